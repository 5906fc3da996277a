//! What holds for any keys at any size, and for any table at any width.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use codeleaf::app::{
    Action, App, AppOptions, Bookmarks, Command, Effect, Focus, Host, Keymap, ListLine, Movement,
    SCOPES, key_name,
};
use codeleaf::content::{self, Document, Row, Subject, Value, Visibility};
use codeleaf::layout::{LayoutOptions, Notices, Page, TableMode};
use codeleaf::library::{ComparisonRequest, ExcerptSubject, Library};
use codeleaf::search::IndexBuilder;
use codeleaf::text::Charset;
use codeleaf::tty::Capabilities;
use proptest::prelude::*;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect, Size};

use crate::support::reader::{TestSession, shipped_document};

fn app(document: Arc<Document>, columns: u16, rows: u16, flow: TableMode) -> App {
    app_with_keymap(document, (columns, rows), flow, Keymap::built_in())
}

fn app_with_keymap(
    document: Arc<Document>,
    (columns, rows): (u16, u16),
    flow: TableMode,
    keymap: Keymap,
) -> App {
    let library = library();
    App::new(AppOptions {
        index: Arc::new(IndexBuilder::index_library(&library)),
        library,
        keymap: Arc::new(keymap),
        charset: Charset::Unicode,
        size: Size::new(columns, rows),
        document,
        row_path: None,
        top: 0,
        message: None,
        table_mode: flow,
        host: Host::Local,
        bookmarks: Some(Bookmarks::default()),
    })
}

/// Returns the documents of the fixtures and the shipped one.
fn library() -> Arc<Library> {
    static LIBRARY: LazyLock<Arc<Library>> = LazyLock::new(|| {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        Arc::new(Library::open(&[
            folder.join("valid"),
            folder.join("invalid"),
        ]))
    });
    Arc::clone(&LIBRARY)
}

/// Does for an app what a host does.
fn run_effects(app: &mut App, mut effect: Option<Effect>) {
    while let Some(asked) = effect.take() {
        effect = match asked {
            Effect::LoadDocument(code, place) => {
                let document = library().document(&code).unwrap();
                app.update(Action::DocumentLoaded(document, place))
            }
            Effect::LoadExcerpts(asks) => {
                let answers = asks
                    .into_iter()
                    .map(|ask| (ask.clone(), library().excerpt(&ask)));
                app.update(Action::ExcerptsLoaded(answers.collect()))
            }
            Effect::LoadComparison(topic) => {
                let (document, place) = library().comparison(&topic).unwrap();
                app.update(Action::ComparisonLoaded(topic, Arc::new(document), place))
            }
            _ => None,
        };
    }
}

fn any_action() -> impl Strategy<Value = Action> {
    let commands: Vec<Command> = Command::all().collect();
    prop_oneof![
        8 => prop::sample::select(commands).prop_map(Action::Command),
        1 => (1..=9u8).prop_map(|n| Action::Command(Command::Section(n))),
        2 => Just(Action::Command(Command::Library)),
        2 => Just(Action::Command(Command::NextSection)),
        2 => Just(Action::Command(Command::Open)),
        2 => "[a-z0-9 /-]{0,6}|26|83950-90|é日".prop_map(Action::Insert),
        1 => (0..250u16, 0..70u16).prop_map(|(width, height)| Action::Resize(Size::new(width, height))),
        1 => (0..90u16, 0..30u16).prop_map(|(x, y)| Action::Click(Position::new(x, y))),
        1 => prop::sample::select(vec![Movement::Up, Movement::Down]).prop_map(Action::Wheel),
    ]
}

/// Says that what is selected exists and can be seen.
fn check_invariants(app: &App) -> Result<(), TestCaseError> {
    let reading = app.document_view();
    let height = usize::from(app.screen_layout().body.height);
    let lines = reading.page().lines.len();
    prop_assert!(reading.section() < reading.document().sections.len());
    prop_assert!(reading.top() <= lines.saturating_sub(height));
    prop_assert!(reading.selected() < reading.page().rows.len().max(1));
    if let Focus::Search(searching) = app.focus() {
        let results = searching.results();
        let choices = results
            .hits
            .len()
            .max(results.suggestions.len())
            .max(SCOPES.len());
        prop_assert!(searching.selected() < choices.max(1));
    }
    let list = app.screen_layout().list_areas().1.height;
    if let Focus::Library(listing) = app.focus() {
        prop_assert!(listing.selected() < listing.len().max(1));
        let lines = listing.top()..listing.top() + usize::from(list);
        let mut lines = lines.map(|line| listing.grouped_list().line_at(line, list));
        let chosen = Some(ListLine::Item(listing.selected(), 0));
        prop_assert!(listing.is_empty() || list == 0 || lines.any(|line| line == chosen));
        prop_assert!(
            listing.is_empty()
                || listing
                    .item(listing.selected(), app.library(), app.index())
                    .is_some()
        );
    }
    if let Focus::Comparison(beside) = app.focus() {
        prop_assert!(beside.top <= beside.page.lines.len().saturating_sub(usize::from(list)));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_actions_at_any_size_leave_the_selection_in_range(
        actions in prop::collection::vec(any_action(), 0..60),
        (columns, rows) in (0..220u16, 0..70u16),
        linear in any::<bool>(),
    ) {
        let flow = if linear { TableMode::Linear } else { TableMode::Columns };
        let mut app = app(shipped_document(), columns, rows, flow);
        let theme = codeleaf::view::Theme::built_in("dark").unwrap().unwrap();
        for action in actions {
            let effect = app.update(action);
            run_effects(&mut app, effect);
            check_invariants(&app)?;
            let size = app.screen_layout();
            let area = ratatui::layout::Rect::new(
                0, 0, size.body.width, size.footer.map_or(size.body.bottom(), ratatui::layout::Rect::bottom),
            );
            let mut buffer = ratatui::buffer::Buffer::empty(area);
            if let Some(at) = codeleaf::view::draw(&app, &theme, &mut buffer) {
                prop_assert!(area.is_empty() || area.contains(at), "{at:?} in {area:?}");
            }
        }
    }

    #[test]
    fn table_of_any_words_shows_every_word(
        rows in prop::collection::vec(("[0-9A-Z]{2}", "[a-zA-Z/é-]{1,40}( [a-z(]{1,12}){0,8}", "[a-z—]{1,60}( [a-z,]{1,9}){0,30}"), 1..5),
        columns in 20..200u16,
    ) {
        let mut seen = BTreeSet::new();
        let mut text = String::from(DOCUMENT_HEAD);
        for (code, name, when) in rows {
            if seen.insert(code.clone()) {
                text += &format!(
                    "[[modifier]]\ncode = \"{code}\"\ndescription = \"{name}\"\nwhen = \"{when}\"\nsource = \"s\"\n"
                );
            }
        }
        let document = content::parse_document("t.toml", text.as_bytes()).unwrap_or_else(|report| panic!("{report}"));
        assert_no_word_lost(&document, columns);
    }
}

/// What a document needs before its modifiers.
const DOCUMENT_HEAD: &str = "schema = 1\n[code]\nsystem = \"cpt\"\nvalue = \"00001\"\ntitle = \"t\"\nstatus = \"unverified\"\n\
    [sources.s]\ntitle = \"s\"\nshort = \"s\"\nkind = \"house\"\nas_of = \"unknown\"\n";

/// Proves that every word of every table is on its page at a width.
fn assert_no_word_lost(document: &Document, columns: u16) {
    for flow in [TableMode::Columns, TableMode::Linear] {
        let setting = LayoutOptions {
            columns,
            charset: Charset::Unicode,
            table_mode: flow,
        };
        for n in 0..document.sections.len() {
            let page = Page::from_section(document, n, setting, Notices::Include);
            for shown in &page.rows {
                let (_, _, row) = document.row(&shown.path).unwrap();
                let lines = &page.lines[shown.lines.clone()];
                for line in lines {
                    for span in &line.spans {
                        let end = usize::from(span.column) + codeleaf::text::width(&span.text);
                        assert!(end <= usize::from(columns), "{columns}: {span:?}");
                    }
                }
                let everything = strip_spaces_and_dashes(&text_by_column(lines));
                for text in column_texts(row) {
                    assert!(
                        everything.contains(&strip_spaces_and_dashes(&text)),
                        "{columns}: {text} not in {everything}"
                    );
                }
            }
        }
    }
}

fn column_texts(row: &Row) -> impl Iterator<Item = String> {
    row.cells
        .iter()
        .filter(|cell| cell.visibility == Visibility::Column)
        .map(move |cell| match &cell.value {
            Value::Text(text) => text.clone(),
            Value::Unavailable(absent) if row.subject == Subject::Absence => {
                absent.reason.label().to_owned()
            }
            Value::Unavailable(absent) => absent.reason.short_label().to_owned(),
        })
}

/// Returns the text of some lines, column by column.
fn text_by_column(lines: &[codeleaf::layout::PageLine]) -> String {
    let columns: BTreeSet<u16> = lines
        .iter()
        .flat_map(|line| &line.spans)
        .map(|span| span.column)
        .collect();
    let mut text: Vec<String> = columns
        .into_iter()
        .map(|column| {
            let spans = lines.iter().flat_map(|line| &line.spans);
            spans
                .filter(|span| span.column == column)
                .map(|span| span.text.as_str())
                .collect()
        })
        .collect();
    // Field by field, a text starts beside its label and goes on below it.
    text.push(
        lines
            .iter()
            .flat_map(|line| &line.spans)
            .map(|span| span.text.as_str())
            .collect(),
    );
    text.join("|")
}

fn strip_spaces_and_dashes(text: &str) -> String {
    text.chars().filter(|c| *c != ' ' && *c != '–').collect()
}

#[test]
fn comparison_shows_every_word_at_any_width() {
    let modifier = codeleaf::content::ModifierCode::new("26").unwrap();
    let topics = [
        ExcerptSubject::Modifier(modifier),
        ExcerptSubject::Payer("Gold Health".to_owned()),
    ];
    for about in topics {
        let codes = ["cpt:00002", "cpt:0001U", "cpt:83950"].map(|code| code.parse().unwrap());
        let topic = ComparisonRequest {
            subject: about,
            codes: codes.to_vec(),
            left_out: 0,
        };
        let (document, _) = library().comparison(&topic).unwrap();
        for columns in 20..=200 {
            assert_no_word_lost(&document, columns);
        }
    }
}

#[test]
fn every_word_is_reachable_at_every_width() {
    let document = shipped_document();
    for columns in 20..=200 {
        assert_no_word_lost(&document, columns);
        for rows in [5, 24] {
            assert_every_line_reachable(&document, columns, rows);
        }
    }
}

fn assert_every_line_reachable(document: &Arc<Document>, columns: u16, rows: u16) {
    let mut app = app(Arc::clone(document), columns, rows, TableMode::Columns);
    for section in 0..document.sections.len() {
        app.update(Action::Command(Command::Section(
            u8::try_from(section + 1).unwrap(),
        )));
        let height = usize::from(app.screen_layout().body.height);
        let lines = app.document_view().page().lines.len();
        let (mut seen, mut before) = (BTreeSet::new(), None);
        app.update(Action::Command(Command::Move(Movement::Home)));
        while before != Some((app.document_view().top(), app.document_view().selected())) {
            before = Some((app.document_view().top(), app.document_view().selected()));
            seen.extend(app.document_view().top()..(app.document_view().top() + height).min(lines));
            app.update(Action::Command(Command::Move(Movement::Down)));
        }
        let unseen: Vec<usize> = (0..lines).filter(|line| !seen.contains(line)).collect();
        assert!(
            unseen.is_empty(),
            "{columns}x{rows}, section {section}: {unseen:?}"
        );
        assert_eq!(
            app.document_view().selected() + 1,
            app.document_view().page().rows.len()
        );
    }
}

#[test]
fn moving_up_undoes_moving_down() {
    for (columns, rows) in [(20, 5), (80, 24), (200, 60)] {
        let mut app = app(shipped_document(), columns, rows, TableMode::Columns);
        for section in 1..=5 {
            app.update(Action::Command(Command::Section(section)));
            for _ in 0..300 {
                app.update(Action::Command(Command::Move(Movement::Down)));
            }
            for _ in 0..300 {
                app.update(Action::Command(Command::Move(Movement::Up)));
            }
            assert_eq!(
                (app.document_view().top(), app.document_view().selected()),
                (0, 0),
                "{columns}x{rows} {section}"
            );
        }
    }
}

#[test]
fn ascii_terminal_receives_only_ascii() {
    let mut capabilities = Capabilities::modern();
    capabilities.charset = Charset::Ascii;
    let mut reader = TestSession::with_capabilities(80, 24, capabilities, TableMode::Columns);
    for keys in [
        "2",
        "3",
        "4",
        "enter",
        "esc",
        "5",
        "/ \"HER2 § é\"",
        "esc",
        "o",
        "esc",
        "?",
    ] {
        let screen = reader.press(keys).screen();
        assert!(screen.is_ascii(), "{keys}: {screen}");
    }
}

#[test]
fn plain_ui_announces_every_change_in_status_line() {
    let mut reader =
        TestSession::with_capabilities(80, 24, Capabilities::modern(), TableMode::Linear);
    let status = |reader: &TestSession| {
        reader
            .screen()
            .lines()
            .nth(22)
            .unwrap_or_default()
            .to_owned()
    };
    let mut said = vec![status(&reader)];
    for keys in [
        "right", "4", "down", "enter", "esc", "/ \"26\"", "esc", "o", "esc", "?",
    ] {
        reader.press(keys);
        let now = status(&reader);
        assert_ne!(said.last(), Some(&now), "{keys} changed nothing in {now}");
        said.push(now);
    }
    assert!(
        said[2].contains("Section 4 of 5, Coding Specifications; row 1 of"),
        "{said:?}"
    );
    assert!(said[3].contains("90, ~ with conditions"), "{said:?}");
}

/// The built-in actions, each with one key that no built-in action has: Alt and a letter or digit.
fn rebound_keymap() -> Keymap {
    let built_in = Keymap::built_in();
    let mut keys = ('a'..='z').chain('0'..='9');
    let rows: String = built_in
        .bindings()
        .iter()
        .map(|binding| {
            let (action, key) = (binding.command.id(), keys.next().expect("a free key"));
            format!("[[key]]\naction = \"{action}\"\nkeys = [\"alt-{key}\"]\n")
        })
        .collect();
    built_in.with_overrides("keymap.toml", &rows).unwrap()
}

/// The words on the screen, without punctuation.
fn words_on_screen(app: &App) -> BTreeSet<String> {
    let theme = codeleaf::view::Theme::built_in("dark").unwrap().unwrap();
    let mut buffer = Buffer::empty(Rect::new(0, 0, 100, 40));
    codeleaf::view::draw(app, &theme, &mut buffer);
    let symbols: Vec<&str> = buffer.content().iter().map(Cell::symbol).collect();
    let lines: Vec<String> = symbols.chunks(100).map(<[&str]>::concat).collect();
    lines
        .iter()
        .flat_map(|line| line.split_whitespace())
        .map(|word| word.trim_matches(['.', ',', ':', ';', '(', ')']).to_owned())
        .collect()
}

#[test]
fn no_screen_names_a_key_that_was_rebound() {
    let keymap = rebound_keymap();
    // Documents contain some keys as words: the article "a", a slash, and section numbers.
    let old_keys: BTreeSet<String> = Keymap::built_in()
        .bindings()
        .iter()
        .flat_map(|binding| binding.keys.clone())
        .map(|key| key_name(key, Charset::Unicode))
        .filter(|name| {
            name != "a" && name != "/" && !name.starts_with(|first: char| first.is_ascii_digit())
        })
        .collect();
    assert!(old_keys.contains("Enter") && old_keys.contains("B"));
    let paths_to_screens: [&[Command]; 9] = [
        &[],
        &[Command::Open],
        &[Command::Search],
        &[Command::Library],
        &[Command::Library, Command::Right],
        &[Command::Library, Command::Right, Command::Open],
        &[Command::Help],
        &[Command::Annotate],
        &[Command::Bookmarks],
    ];
    let check = |app: &App| {
        let words = words_on_screen(app);
        let found: Vec<_> = words.intersection(&old_keys).collect();
        assert!(found.is_empty(), "{found:?} in {:?}: {words:?}", app.mode());
    };
    for table_mode in [TableMode::Columns, TableMode::Linear] {
        for commands in paths_to_screens {
            let mut app =
                app_with_keymap(shipped_document(), (100, 40), table_mode, keymap.clone());
            for &command in commands {
                let effect = app.update(Action::Command(command));
                run_effects(&mut app, effect);
            }
            check(&app);
            for command in Command::all() {
                let mut app = app.clone();
                let effect = app.update(Action::Command(command));
                run_effects(&mut app, effect);
                check(&app);
            }
        }
    }
}
