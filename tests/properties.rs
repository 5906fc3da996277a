//! Properties of any keys at any size, and of any table at any width.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use codeleaf::app::{
    Action, App, AppOptions, Bookmarks, Command, Effect, Focus, GroupedList, Host, InvalidVersion,
    Keymap, ListLine, Movement, PaneSettings, SearchState, key_name,
};
use codeleaf::content::{self, Document, Row, Subject, Value, Visibility};
use codeleaf::layout::{LayoutOptions, Medium, Page, PageEnd, TableMode};
use codeleaf::library::{ComparisonRequest, ExcerptSubject, Library};
use codeleaf::search::{Index, IndexBuilder};
use codeleaf::session::load;
use codeleaf::text::Charset;
use codeleaf::tty::Capabilities;
use proptest::prelude::*;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect, Size};

use crate::support::reader::{TestSession, shipped_document};

fn app(document: Arc<Document>, columns: u16, rows: u16, table_mode: TableMode) -> App {
    app_with_keymap(document, (columns, rows), table_mode, Keymap::built_in())
}

fn app_with_keymap(
    document: Arc<Document>,
    (columns, rows): (u16, u16),
    table_mode: TableMode,
    keymap: Keymap,
) -> App {
    App::new(AppOptions {
        index: index(),
        library: library(),
        keymap: Arc::new(keymap),
        charset: Charset::Unicode,
        size: Size::new(columns, rows),
        document,
        row_path: None,
        top: 0,
        message: None,
        is_first_start: false,
        table_mode,
        today: None,
        panes: PaneSettings::default(),
        host: Host::Local,
        bookmarks: Some(Bookmarks::default()),
    })
}

/// The documents of the fixtures, and the built-in one.
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

/// Its index, built once: that takes a debug build a second.
fn index() -> Arc<Index> {
    static INDEX: LazyLock<Arc<Index>> =
        LazyLock::new(|| Arc::new(IndexBuilder::index_library(&library())));
    Arc::clone(&INDEX)
}

/// Carries out the loads that an app requests, as a host does.
fn run_effects(app: &mut App, mut effect: Option<Effect>) {
    while let Some(action) = effect.and_then(|effect| load(&library(), effect)) {
        effect = app.update(action);
    }
}

fn any_action() -> impl Strategy<Value = Action> {
    let commands: Vec<Command> = Command::all().collect();
    prop_oneof![
        8 => prop::sample::select(commands).prop_map(Action::Command),
        1 => (1..=9u8).prop_map(|n| Action::Command(Command::Section(n))),
        2 => Just(Action::Rest),
        2 => Just(Action::Command(Command::Library)),
        2 => Just(Action::Command(Command::NextSection)),
        2 => Just(Action::Command(Command::Open)),
        1 => Just(Action::Command(Command::Bookmark)),
        1 => Just(Action::Command(Command::Bookmarks)),
        1 => Just(Action::Command(Command::Annotate)),
        2 => "[a-z0-9 /-]{0,6}|26|83950-90|é日".prop_map(Action::Insert),
        1 => (0..250u16, 0..70u16).prop_map(|(width, height)| Action::Resize(Size::new(width, height))),
        1 => (0..90u16, 0..30u16).prop_map(|(x, y)| Action::Click(Position::new(x, y))),
        1 => prop::sample::select(vec![Movement::Up, Movement::Down]).prop_map(Action::Wheel),
    ]
}

/// Checks that in every mode the selected item exists and is in view, and that no pane is scrolled
/// past its end.
fn check_invariants(app: &App) -> Result<(), TestCaseError> {
    let body = app.screen_layout().body.height;
    let area = app.screen_layout().list_areas().1.height;
    let view = app.document_view();
    prop_assert!(view.section() < view.document().sections.len());
    prop_assert!(view.selected() < view.page().rows.len().max(1));
    check_scroll(view.top(), view.page(), body)?;
    match app.focus() {
        Focus::Document | Focus::Outline => Ok(()),
        Focus::RowDetail(detail) => {
            let height = app.screen_layout().detail_area().height;
            check_scroll(detail.view.top, &detail.view.page, height)
        }
        Focus::Search(search) => {
            let (_, list) = SearchState::areas(app.screen_layout().list_areas().1);
            prop_assert!(search.results.hits.is_empty() || search.selected_hit().is_some());
            check_list(&search.list, list.height)
        }
        Focus::Palette(palette) => {
            let item = palette.item(palette.list.selected(), app.keymap());
            prop_assert!(palette.list.count() == 0 || item.is_some());
            check_list(&palette.list, area)
        }
        Focus::CopyMenu(menu) => {
            let (_, list) = menu.areas(app.screen_layout().body);
            check_list(&menu.list, list.height)
        }
        Focus::Filter(field) => {
            prop_assert_eq!(field.input.text(), view.filter());
            Ok(())
        }
        Focus::Library(library) => {
            check_list(&library.list, area)?;
            let item = library.item(library.list.selected(), app.library(), app.index());
            prop_assert!(library.is_empty() || item.is_some());
            Ok(())
        }
        Focus::Comparison(comparison) => {
            check_scroll(comparison.view.top, &comparison.view.page, area)
        }
        Focus::TextPanel(panel) => check_scroll(panel.view.top, &panel.view.page, area),
        Focus::Note(editor) => {
            let (text, cursor) = (editor.input.text(), editor.input.cursor());
            prop_assert!(
                cursor <= codeleaf::text::width(text),
                "{cursor} in {text:?}"
            );
            prop_assert!(text.chars().count() <= 2_000);
            Ok(())
        }
        Focus::Bookmarks(bookmarks) => {
            let entries = app
                .bookmarks()
                .map_or(0, |bookmarks| bookmarks.entries.len());
            prop_assert_eq!(bookmarks.list.count(), entries);
            check_list(&bookmarks.list, area)
        }
    }
}

fn check_scroll(top: usize, page: &Page, height: u16) -> Result<(), TestCaseError> {
    let lines = page.lines.len();
    let max_top = lines.saturating_sub(usize::from(height));
    prop_assert!(top <= max_top, "{top} of {lines} lines at height {height}");
    Ok(())
}

fn check_list(list: &GroupedList, height: u16) -> Result<(), TestCaseError> {
    prop_assert!(list.selected() < list.count().max(1));
    let mut lines = list.top()..list.top() + usize::from(height);
    let selected = Some(ListLine::Item(list.selected(), 0));
    let is_visible = lines.any(|line| list.line_at(line, height) == selected);
    prop_assert!(
        is_visible || list.count() == 0 || height == 0,
        "{list:?} at height {height}"
    );
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
        let table_mode = if linear { TableMode::Linear } else { TableMode::Columns };
        let mut app = app(shipped_document(), columns, rows, table_mode);
        let theme = codeleaf::view::Theme::built_in("dark").unwrap().unwrap();
        for action in actions {
            let effect = app.update(action);
            run_effects(&mut app, effect);
            check_invariants(&app)?;
            let size = app.screen_layout();
            let area = ratatui::layout::Rect::new(
                0, 0, size.detail_area().right(), size.footer.map_or(size.body.bottom(), ratatui::layout::Rect::bottom),
            );
            let mut buffer = ratatui::buffer::Buffer::empty(area);
            if let Some(at) = codeleaf::view::draw(&app, &theme, &mut buffer).cursor {
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

/// The part of a document before its modifiers.
const DOCUMENT_HEAD: &str = "schema = 1\n[code]\nsystem = \"cpt\"\nvalue = \"00001\"\ntitle = \"t\"\nstatus = \"unverified\"\n\
    [sources.s]\ntitle = \"s\"\nshort = \"s\"\nkind = \"house\"\nas_of = \"unknown\"\n";

/// Checks that every word of every table is on its page at a width.
fn assert_no_word_lost(document: &Document, columns: u16) {
    for table_mode in [TableMode::Columns, TableMode::Linear] {
        let options = LayoutOptions {
            columns,
            charset: Charset::Unicode,
            table_mode,
            medium: Medium::Screen,
        };
        for n in 0..document.sections.len() {
            let page = Page::from_section(document, n, options, PageEnd::Notices);
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
            Value::Unavailable(absent) if row.subject == Subject::Absence => absent.text(),
            Value::Unavailable(absent) => absent.short_text(),
        })
}

/// The text of some lines, column by column.
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
    // In a table laid out field by field, a text starts to the right of its label and continues
    // below it.
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
    let subjects = [
        ExcerptSubject::Modifier(modifier),
        ExcerptSubject::Payer("Gold Health".to_owned()),
    ];
    for subject in subjects {
        let codes = ["cpt:00002", "cpt:0001U", "cpt:83950"].map(|code| code.parse().unwrap());
        let request = ComparisonRequest {
            subject,
            codes: codes.to_vec(),
            left_out: 0,
        };
        let (document, _) = library().comparison(&request).unwrap();
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

/// Every action, with one key that no built-in action has: Alt and a letter or digit.
fn rebound_keymap() -> Keymap {
    let letters = ('a'..='z').chain('0'..='9');
    let keys = ["alt", "ctrl-alt"].map(|modifier| letters.clone().map(move |key| (modifier, key)));
    let keys = keys.into_iter().flatten();
    let rows: Vec<String> = Command::ids()
        .iter()
        .zip(keys)
        .map(|(action, (modifier, key))| {
            format!("[[key]]\naction = \"{action}\"\nkeys = [\"{modifier}-{key}\"]\n")
        })
        .collect();
    let keymap = Keymap::built_in();
    keymap
        .with_overrides("keymap.toml", &rows.concat())
        .unwrap()
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
    // Some keys are also words of documents, messages and help: the article "a", a slash, "End of
    // history", "Delete the bookmark", the sign of conflicts and broken files, which is also the key of
    // the message at the end, and section numbers.
    let old_keys: BTreeSet<String> = Keymap::built_in()
        .bindings()
        .iter()
        .flat_map(|binding| binding.keys.clone())
        .map(|key| key_name(key, Charset::Unicode))
        .filter(|name| {
            !["a", "/", "!", "End", "Delete"].contains(&name.as_str())
                && !name.starts_with(char::is_numeric)
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
    let document = shipped_document();
    let mut app = app_with_keymap(document, (100, 40), TableMode::Columns, keymap);
    let report = content::parse_document("t.toml", b"schema = 1\n").unwrap_err();
    let version = InvalidVersion::new(Path::new("t.toml"), &report);
    app.update(Action::DocumentInvalid(version));
    let message = app.invalid_version_message().unwrap();
    let key = app.key_label(Command::ShowErrors).unwrap();
    assert!(
        message.contains(&key) && !message.contains('!'),
        "{key}: {message}"
    );
}
