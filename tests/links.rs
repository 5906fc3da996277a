//! Tests of links between rows and documents, and of the history.

use std::fs;
use std::sync::Arc;

use codeleaf::app::Effect;
use codeleaf::layout::TableMode;
use codeleaf::library::Library;
use codeleaf::tty::Capabilities;

use crate::sets::{StoreFixture, files};
use crate::support::reader::{TestSession, shipped_document};

/// A document with links to the built-in one and to an unknown code.
const OTHER_DOCUMENT: &str = r#"
schema = 1
[code]
system = "cpt"
value = "00001"
title = "An invented code"
status = "unverified"
[sources.house]
title = "House"
short = "house"
kind = "house"
as_of = "2026"
[summary]
text = "An invented text."
source = "house"
[[modifier]]
code = "26"
description = "Professional Component"
when = "An invented rule."
source = "house"
[[related]]
system = "cpt"
code = "83950"
description = "the built-in one"
relation = "same_purpose"
source = "house"
[[related]]
system = "cpt"
code = "99999"
description = "an unknown one"
relation = "same_purpose"
source = "house"
"#;

fn reader() -> TestSession {
    reader_of(OTHER_DOCUMENT)
}

fn reader_of(document: &str) -> TestSession {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cpt-00001.toml");
    fs::write(&path, document).unwrap();
    let (library, code) = Library::built_in()
        .with_file(&path)
        .unwrap_or_else(|report| panic!("{report}"));
    let document = library.document(&code).unwrap();
    let terminal = Capabilities::modern();
    // The folder is deleted on return; the document has been read.
    TestSession::with_document(
        document,
        Arc::new(library),
        (80, 24),
        terminal,
        TableMode::Columns,
    )
}

fn current_code(reader: &TestSession) -> String {
    reader
        .session
        .app()
        .document_view()
        .document()
        .code
        .to_string()
}

#[test]
fn related_code_opens_its_document_and_back_returns() {
    let mut reader = reader();
    reader.press("2 down");
    let before = reader.screen();
    assert!(reader.cursor_line().contains("83950"), "{before}");
    reader.press("enter");
    assert_eq!(current_code(&reader), "cpt:83950");
    reader.press("backspace");
    assert_eq!(current_code(&reader), "cpt:00001");
    assert!(
        reader.cursor_line().contains("83950"),
        "{}",
        reader.screen()
    );
    reader.press("]");
    assert_eq!(current_code(&reader), "cpt:83950");
}

#[test]
fn keys_typed_ahead_wait_for_the_document_to_open() {
    let mut reader = reader();
    reader.press("2 down");
    // If the list opened first, the document would open over it.
    reader.send(b"\ro");
    assert_eq!(current_code(&reader), "cpt:83950");
    let screen = reader.screen();
    assert!(screen.starts_with(" Library by code"), "{screen}");
    reader.press("esc");
    // A code that cannot be opened does not block the keys after it.
    reader.press("backspace down");
    reader.send(b"\ro");
    assert!(reader.screen().starts_with(" Library by code"));
}

#[test]
fn unknown_code_shows_a_message_and_its_row() {
    let mut reader = reader();
    let screen = reader.press("2 down down enter").screen();
    assert!(
        screen.contains("No document or code set has cpt:99999"),
        "{screen}"
    );
    assert!(screen.contains("an unknown one"), "{screen}");
    assert_eq!(current_code(&reader), "cpt:00001");
}

#[test]
fn opened_modifier_leads_to_its_page_and_from_there_to_every_document() {
    let mut reader = reader();
    let screen = reader.press("2 enter enter").screen();
    assert!(
        screen.starts_with(" 26  Reading and report only"),
        "{screen}"
    );
    let screen = reader.press("5").screen();
    for code in ["00001", "83950"] {
        assert!(screen.contains(code), "{screen}");
    }
    let screen = reader.press("down enter").screen();
    assert_eq!(current_code(&reader), "cpt:83950");
    assert!(screen.contains("83950 › Coding › 26"), "{screen}");
}

#[test]
fn modifier_without_a_page_is_searched_for() {
    let mut reader = reader_of(&OTHER_DOCUMENT.replace("\"26\"", "\"ZZ\""));
    let screen = reader.press("2 enter enter").screen();
    assert!(screen.starts_with(" / mod:ZZ"), "{screen}");
}

#[test]
fn back_from_a_hit_restores_the_position_before_search() {
    let mut reader = TestSession::open(80, 24);
    reader.press("5 down down");
    let before = reader.screen();
    reader.press("/ \"recurrence\" enter");
    assert_ne!(reader.screen(), before);
    reader.press("esc esc");
    assert_eq!(reader.screen(), before);
}

#[test]
fn library_list_filters_while_typing() {
    let mut reader = reader();
    let screen = reader.press("o \"invented\"").screen();
    assert!(
        screen.contains("00001") && !screen.contains("HER2"),
        "{screen}"
    );
    assert!(screen.contains("1 of 2"), "{screen}");
    let screen = reader.press("ctrl-u \"her2 cpt\" enter").screen();
    assert!(screen.contains("Summary & Overview"), "{screen}");
    assert_eq!(
        *shipped_document(),
        *reader.session.app().document_view().document()
    );
}

#[test]
fn scope_is_chosen_from_a_menu() {
    let mut reader = reader();
    let screen = reader.press("/").screen();
    assert!(screen.contains("payer:"), "{screen}");
    let screen = reader.press("down enter \"medicare\"").screen();
    assert!(screen.starts_with(" / payer:medicare"), "{screen}");
    assert!(screen.contains("83950 › Payers › Medicare"), "{screen}");
}

#[test]
fn bookmarked_row_with_a_note_reopens_from_the_list() {
    let mut reader = TestSession::open(80, 24);
    reader.press("4 b down a \"call the laboratory first\" enter");
    assert!(reader.screen().contains("*▸ 90"), "{}", reader.screen());
    assert!(
        reader
            .press("enter")
            .screen()
            .contains("call the laboratory first")
    );
    let screen = reader.press("esc 1 B").screen();
    assert!(screen.contains("83950 › coding › 26"), "{screen}");
    assert!(screen.contains("call the laboratory first"), "{screen}");
    reader.press("down enter");
    assert!(reader.cursor_line().contains("90"), "{}", reader.screen());
    let marks = |effect: &Effect| matches!(effect, Effect::SaveBookmark(_));
    assert_eq!(
        reader.effects.iter().filter(|effect| marks(effect)).count(),
        2
    );
    reader.press("a ctrl-u enter");
    assert!(
        !reader.screen().contains("*▸ 90"),
        "an empty note goes: {}",
        reader.screen()
    );
}

#[test]
fn hierarchy_is_walked_up_down_and_sideways() {
    let place = StoreFixture::new();
    for (name, bytes) in [
        ("icd10cm-order-2025.txt", files::icd10cm()),
        ("icd10cm-tabular-April-1-2026.xml", files::icd10cm_tabular()),
    ] {
        place.import(name, &bytes).unwrap();
    }
    let library = Arc::new(Library::built_in().with_sets(place.store.open_sets()));
    let document = library.document(&"icd10cm:K92.2".parse().unwrap()).unwrap();
    let terminal = Capabilities::modern();
    let mut reader =
        TestSession::with_document(document, library, (80, 24), terminal, TableMode::Columns);
    let selected = |reader: &TestSession| reader.cursor_line();
    // Up, from below the chapter and the section: this code is selected there.
    reader.press("3 down down");
    assert!(selected(&reader).contains("K92  "), "{}", reader.screen());
    reader.press("enter");
    assert_eq!(current_code(&reader), "icd10cm:K92");
    assert!(selected(&reader).contains("K92.2"), "{}", reader.screen());
    // Down to another code, whose parent is selected; sideways and back.
    reader.press("up enter");
    assert_eq!(current_code(&reader), "icd10cm:K92.0");
    assert!(selected(&reader).contains("K92  "), "{}", reader.screen());
    reader.press("end enter");
    assert_eq!(current_code(&reader), "icd10cm:K92.2");
    assert!(selected(&reader).contains("K92.0"), "{}", reader.screen());
    reader.press("backspace");
    assert_eq!(current_code(&reader), "icd10cm:K92.0");
}
