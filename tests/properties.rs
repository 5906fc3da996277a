//! What holds for any keys at any size, and for any table at any width.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use codeleaf::app::{
    Action, App, Command, Effect, Focus, Host, Keymap, Line, Own, SCOPES, Start, Step,
};
use codeleaf::content::{self, Charset, Document, Reach, Row, Subject, Value};
use codeleaf::library::{About, Library, Topic};
use codeleaf::page::{Flow, Page, Setting, Wanted};
use codeleaf::search::Index;
use codeleaf::terminal::Capabilities;
use proptest::prelude::*;
use ratatui::layout::{Position, Size};

use crate::support::reader::{Reader, shipped};

fn app(document: Arc<Document>, columns: u16, rows: u16, flow: Flow) -> App {
    let library = library();
    App::new(Start {
        index: Arc::new(Index::build(&library)),
        library,
        keymap: Arc::new(Keymap::built_in()),
        charset: Charset::Unicode,
        size: Size::new(columns, rows),
        document,
        place: None,
        top: 0,
        note: None,
        flow,
        host: Host::Local,
        own: Some(Own::default()),
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
fn serve(app: &mut App, mut effect: Option<Effect>) {
    while let Some(asked) = effect.take() {
        effect = match asked {
            Effect::Load(code, place) => {
                let document = library().document(&code).unwrap();
                app.update(Action::Loaded(document, place))
            }
            Effect::Ask(asks) => {
                let answers = asks
                    .into_iter()
                    .map(|ask| (ask.clone(), library().excerpt(&ask)));
                app.update(Action::Told(answers.collect()))
            }
            Effect::Compare(topic) => {
                let (document, place) = library().comparison(&topic).unwrap();
                app.update(Action::Compared(topic, Arc::new(document), place))
            }
            _ => None,
        };
    }
}

fn any_action() -> impl Strategy<Value = Action> {
    let commands: Vec<Command> = Command::all().collect();
    prop_oneof![
        8 => prop::sample::select(commands).prop_map(Action::Do),
        1 => (1..=9u8).prop_map(|n| Action::Do(Command::Section(n))),
        2 => Just(Action::Do(Command::Library)),
        2 => Just(Action::Do(Command::NextSection)),
        2 => Just(Action::Do(Command::Open)),
        2 => "[a-z0-9 /-]{0,6}|26|83950-90|é日".prop_map(Action::Insert),
        1 => (0..250u16, 0..70u16).prop_map(|(width, height)| Action::Resize(Size::new(width, height))),
        1 => (0..90u16, 0..30u16).prop_map(|(x, y)| Action::Click(Position::new(x, y))),
        1 => prop::sample::select(vec![Step::Up, Step::Down]).prop_map(Action::Wheel),
    ]
}

/// Says that what is selected exists and can be seen.
fn in_order(app: &App) -> Result<(), TestCaseError> {
    let reading = app.reading();
    let height = usize::from(app.layout().body.height);
    let lines = reading.page().lines.len();
    prop_assert!(reading.section() < reading.document().sections.len());
    prop_assert!(reading.top() <= lines.saturating_sub(height));
    prop_assert!(reading.selected() < reading.page().rows.len().max(1));
    if let Focus::Search(searching) = app.focus() {
        let results = searching.results();
        let choices = results
            .hits
            .len()
            .max(results.nearest.len())
            .max(SCOPES.len());
        prop_assert!(searching.chosen() < choices.max(1));
    }
    let list = app.layout().list().1.height;
    if let Focus::Library(listing) = app.focus() {
        prop_assert!(listing.chosen() < listing.len().max(1));
        let lines = listing.top()..listing.top() + usize::from(list);
        let mut lines = lines.map(|line| listing.groups().at(line, list));
        let chosen = Some(Line::Item(listing.chosen(), 0));
        prop_assert!(listing.is_empty() || list == 0 || lines.any(|line| line == chosen));
        prop_assert!(
            listing.is_empty()
                || listing
                    .item(listing.chosen(), app.library(), app.index())
                    .is_some()
        );
    }
    if let Focus::Beside(beside) = app.focus() {
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
        let flow = if linear { Flow::Linear } else { Flow::Columns };
        let mut app = app(shipped(), columns, rows, flow);
        let theme = codeleaf::view::Theme::built_in("dark").unwrap().unwrap();
        for action in actions {
            let effect = app.update(action);
            serve(&mut app, effect);
            in_order(&app)?;
            let size = app.layout();
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
    fn a_table_of_any_words_loses_none(
        rows in prop::collection::vec(("[0-9A-Z]{2}", "[a-zA-Z/é-]{1,40}( [a-z(]{1,12}){0,8}", "[a-z—]{1,60}( [a-z,]{1,9}){0,30}"), 1..5),
        columns in 20..200u16,
    ) {
        let mut seen = BTreeSet::new();
        let mut text = String::from(HEAD);
        for (code, name, when) in rows {
            if seen.insert(code.clone()) {
                text += &format!(
                    "[[modifier]]\ncode = \"{code}\"\ndescription = \"{name}\"\nwhen = \"{when}\"\nsource = \"s\"\n"
                );
            }
        }
        let document = content::read("t.toml", text.as_bytes()).unwrap_or_else(|report| panic!("{report}"));
        loses_no_word(&document, columns);
    }
}

/// What a document needs before its modifiers.
const HEAD: &str = "schema = 1\n[code]\nsystem = \"cpt\"\nvalue = \"00001\"\ntitle = \"t\"\nstatus = \"unverified\"\n\
    [sources.s]\ntitle = \"s\"\nshort = \"s\"\nkind = \"house\"\nas_of = \"unknown\"\n";

/// Proves that every word of every table is on its page at a width.
fn loses_no_word(document: &Document, columns: u16) {
    for flow in [Flow::Columns, Flow::Linear] {
        let setting = Setting {
            columns,
            charset: Charset::Unicode,
            flow,
        };
        for n in 0..document.sections.len() {
            let page = Page::of_section(document, n, setting, Wanted::WithNotices);
            for shown in &page.rows {
                let (_, _, row) = document.row(&shown.place).unwrap();
                let lines = &page.lines[shown.lines.clone()];
                for line in lines {
                    for span in &line.spans {
                        let end = usize::from(span.column) + codeleaf::page::width(&span.text);
                        assert!(end <= usize::from(columns), "{columns}: {span:?}");
                    }
                }
                let everything = squeezed(&by_column(lines));
                for text in column_texts(row) {
                    assert!(
                        everything.contains(&squeezed(&text)),
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
        .filter(|cell| cell.reach == Reach::Column)
        .map(move |cell| match &cell.value {
            Value::Text(text) => text.clone(),
            Value::Unavailable(absent) if row.subject == Subject::Absence => {
                absent.reason.words().to_owned()
            }
            Value::Unavailable(absent) => absent.reason.short().to_owned(),
        })
}

/// Returns the text of some lines, column by column.
fn by_column(lines: &[codeleaf::page::Line]) -> String {
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

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| *c != ' ' && *c != '–').collect()
}

#[test]
fn a_comparison_loses_no_word_at_any_width() {
    let modifier = codeleaf::content::ModifierCode::new("26").unwrap();
    let topics = [
        About::Modifier(modifier),
        About::Payer("Gold Health".to_owned()),
    ];
    for about in topics {
        let codes = ["cpt:00002", "cpt:0001U", "cpt:83950"].map(|code| code.parse().unwrap());
        let topic = Topic {
            about,
            codes: codes.to_vec(),
            left_out: 0,
        };
        let (document, _) = library().comparison(&topic).unwrap();
        for columns in 20..=200 {
            loses_no_word(&document, columns);
        }
    }
}

#[test]
fn every_word_of_every_table_can_be_brought_on_screen_at_every_width() {
    let document = shipped();
    for columns in 20..=200 {
        loses_no_word(&document, columns);
        for rows in [5, 24] {
            every_line_can_be_brought_on_screen(&document, columns, rows);
        }
    }
}

fn every_line_can_be_brought_on_screen(document: &Arc<Document>, columns: u16, rows: u16) {
    let mut app = app(Arc::clone(document), columns, rows, Flow::Columns);
    for section in 0..document.sections.len() {
        app.update(Action::Do(Command::Section(
            u8::try_from(section + 1).unwrap(),
        )));
        let height = usize::from(app.layout().body.height);
        let lines = app.reading().page().lines.len();
        let (mut seen, mut before) = (BTreeSet::new(), None);
        app.update(Action::Do(Command::Go(Step::Home)));
        while before != Some((app.reading().top(), app.reading().selected())) {
            before = Some((app.reading().top(), app.reading().selected()));
            seen.extend(app.reading().top()..(app.reading().top() + height).min(lines));
            app.update(Action::Do(Command::Go(Step::Down)));
        }
        let unseen: Vec<usize> = (0..lines).filter(|line| !seen.contains(line)).collect();
        assert!(
            unseen.is_empty(),
            "{columns}x{rows}, section {section}: {unseen:?}"
        );
        assert_eq!(
            app.reading().selected() + 1,
            app.reading().page().rows.len()
        );
    }
}

#[test]
fn down_and_up_are_each_others_way_back() {
    for (columns, rows) in [(20, 5), (80, 24), (200, 60)] {
        let mut app = app(shipped(), columns, rows, Flow::Columns);
        for section in 1..=5 {
            app.update(Action::Do(Command::Section(section)));
            for _ in 0..300 {
                app.update(Action::Do(Command::Go(Step::Down)));
            }
            for _ in 0..300 {
                app.update(Action::Do(Command::Go(Step::Up)));
            }
            assert_eq!(
                (app.reading().top(), app.reading().selected()),
                (0, 0),
                "{columns}x{rows} {section}"
            );
        }
    }
}

#[test]
fn a_terminal_of_ascii_gets_no_other_byte() {
    let mut capabilities = Capabilities::modern();
    capabilities.charset = Charset::Ascii;
    let mut reader = Reader::with(80, 24, capabilities, Flow::Columns);
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
fn in_plain_ui_every_change_is_said_in_the_status_line() {
    let mut reader = Reader::with(80, 24, Capabilities::modern(), Flow::Linear);
    let status = |reader: &Reader| {
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
