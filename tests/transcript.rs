//! The reader with `--plain-ui`: every change is appended as text, and nothing else is sent.

use std::time::Duration;

use codeleaf::layout::TableMode;
use codeleaf::tty::Capabilities;
use insta::assert_snapshot;

use crate::support::program::{Launch, text};
use crate::support::reader::TestSession;
use crate::support::sequences::{OutputToken, parse_output};

fn open() -> TestSession {
    let capabilities = Capabilities::modern().append_only();
    TestSession::with_capabilities(80, 24, capabilities, TableMode::Linear)
}

/// The text that keys append after a pause.
fn appended(reader: &mut TestSession, keys: &str) -> String {
    let mut text = String::new();
    reader.press(keys);
    text += &reader.appended();
    for _ in 0..2 {
        reader.rest();
        text += &reader.appended();
    }
    text
}

#[test]
fn document_is_announced_with_its_keys_and_first_row() {
    assert_snapshot!(open().appended().trim_start_matches("\u{1b}[?2004h"), @r#"
83950 HER2/neu serum tumor marker assay. CPT · not reviewed. Keys: ↑↓ row, ←→ section, Enter details, / search, ? help, q quit, : commands. CPT (c) AMA
Section 1 of 5, Summary; row 1 of 3
Summary & Overview
CPT 83950: HER2/neu Serum Tumor Marker Assay
CPT code 83950 represents a laboratory assay that measures the HER2/neu
oncoprotein in serum. The test is clinically relevant for monitoring
patients with a prior breast cancer diagnosis, offering a minimally invasive
method to track tumor marker levels over time. Nationally, HER2 monitoring
supports oncologists in assessing disease progression or response to therapy
and can inform follow-up care decisions.
"#);
}

#[test]
fn each_change_of_pane_and_row_is_announced_once() {
    let mut reader = open();
    assert_snapshot!(appended(&mut reader, "4"), @r#"
Section 4 of 5, Coding Specifications; row 1 of 12, 26, ! disputed
Clinical & Coding Specifications
Coding Specifications
Modifiers
26 Professional Component
! disputed
When to use: Use when billing only the professional interpretation/
reporting component and the facility bills for technical component.
| Medicare does not expect modifier 26 for 83950: status X, PC/TC
indicator 9, no line with modifier 26. Other payers may accept it in
writing.
Conflicts with: CMS Physician Fee Schedule, relative value files, 2023
"#);
    assert_snapshot!(appended(&mut reader, "down"), @r#"
Section 4 of 5, Coding Specifications; row 2 of 12, 90, ~ conditional
90 Reference (Outside) Laboratory
~ conditional
When to use: Use when the specimen is sent to an outside reference
laboratory for testing.
| Right, with conditions (Medicare): independent laboratories only, both
CLIA numbers, 90 and non-90 lines on separate claims.
— Medicare contractors NGS, Noridian and Palmetto, no date
"#);
    assert_snapshot!(appended(&mut reader, "enter"), @r#"
Row details. Keys: ↑↓ scroll, Esc back, / search, y copy, Y with source, q quit. CPT (c) AMA
Row details, 90, ~ conditional
83950-90  Reference (Outside) Laboratory
~ conditional
Modifier     90
Description  Reference (Outside) Laboratory
When to use  Use when the specimen is sent to an outside reference
laboratory for testing.
Code system  CPT
— according to CPT 83950: HER2/neu Serum Tumor Marker Assay (publication),
no date
Editor's remarks
| Right, with conditions (Medicare): independent laboratories only, both
CLIA numbers, 90 and non-90 lines on separate claims.
— Medicare contractors NGS, Noridian and Palmetto, no date
CPT copyright 2026 American Medical Association. All rights reserved. CPT is
a registered trademark of the American Medical Association.
Reference only; no guarantee of coverage or payment. Check the payer's
current policy.
Fee schedules, relative value units and similar figures are not assigned by
the AMA.
"#);
    assert_snapshot!(appended(&mut reader, "esc"), @r#"
83950 HER2/neu serum tumor marker assay. CPT · not reviewed. Keys: ↑↓ row, ←→ section, Enter details, / search, ? help, q quit, : commands. CPT (c) AMA
Section 4 of 5, Coding Specifications; row 2 of 12, 90, ~ conditional
90 Reference (Outside) Laboratory
~ conditional
When to use: Use when the specimen is sent to an outside reference
laboratory for testing.
| Right, with conditions (Medicare): independent laboratories only, both
CLIA numbers, 90 and non-90 lines on separate claims.
— Medicare contractors NGS, Noridian and Palmetto, no date
"#);
    assert_snapshot!(appended(&mut reader, "/ \"her2 assay\""), @r#"
Search. Keys: ↑↓ select, Enter open, Esc back, Tab filter. CPT (c) AMA
Result 1 of 6: CPT 83950
HER2/neu serum tumor marker assay
"#);
    assert_snapshot!(appended(&mut reader, "down"), @r#"
Result 2 of 6: CPT 83950 Payers, Aetna, Source
CPT 83950: HER2/neu Serum Tumor Marker Assay (publication)
"#);
    assert_snapshot!(appended(&mut reader, "enter"), @r#"
83950 HER2/neu serum tumor marker assay. CPT · not reviewed. Keys: ↑↓ row, ←→ section, Enter details, / search, ? help, q quit, : commands. CPT (c) AMA
Section 5 of 5, Payers; row 1 of 5, Aetna
Payers
Aetna – not stated
Policy: – not stated
Rate: – not stated
Result 2 of 6 for “her2 assay”
"#);
    assert_snapshot!(appended(&mut reader, "o"), @r#"
Library. Keys: ↑↓ select, Enter open, Esc back, Tab by modifier, by payer. CPT (c) AMA
Library by code, 1 of 1: CPT documents, 83950 HER2/neu serum tumor marker assay
"#);
    assert_snapshot!(appended(&mut reader, "esc b"), @r#"
83950 HER2/neu serum tumor marker assay. CPT · not reviewed. Keys: ↑↓ row, ←→ section, Enter details, / search, ? help, q quit, : commands. CPT (c) AMA
Section 5 of 5, Payers; row 1 of 5, Aetna
Payers
Aetna – not stated
Policy: – not stated
Rate: – not stated
Bookmarked. B lists bookmarks and notes
"#);
}

#[test]
fn copied_text_is_written_below_the_pane() {
    let mut reader = open();
    let menu = appended(&mut reader, "4 y");
    assert!(menu.ends_with("Copy menu, 3 of 6: Row\n"), "{menu}");
    let copied = appended(&mut reader, "y");
    let (clipboard, text) = copied.split_once('\u{7}').unwrap();
    assert!(clipboard.starts_with("\u{1b}]52;c;"), "{clipboard}");
    let (pane, below) = text
        .split_once("Copied. If it didn't paste, select it below:\n26 Professional Component")
        .unwrap_or_else(|| panic!("{text}"));
    assert!(pane.starts_with("83950 HER2/neu"), "{pane}");
    assert!(below.ends_with("\nCPT (c) AMA\n"), "{below}");
}

#[test]
fn arrows_read_every_line_of_every_section() {
    let mut reader = open();
    let mut read = reader.appended();
    let document = reader.session.app().document_view().document().clone();
    for section in 1..=document.sections.len() {
        read += &appended(&mut reader, &format!("{section}"));
        read += &appended(&mut reader, "home");
        for _ in 0..document.rows().count() {
            reader.press("down");
            read += &reader.appended();
        }
    }
    let words: String = read.split_whitespace().collect();
    let cells = document.rows().flat_map(|(_, _, row)| &row.cells);
    let texts = cells.filter(|cell| cell.visibility == codeleaf::content::Visibility::Column);
    let texts = texts.filter_map(|cell| cell.value.as_text());
    let headings = document
        .sections
        .iter()
        .flat_map(|section| &section.headings);
    let notices = document.notices.iter().map(String::as_str);
    for expected in texts.chain(headings.map(String::as_str)).chain(notices) {
        let expected: String = expected.split_whitespace().collect();
        assert!(words.contains(&expected), "{expected} is not read: {read}");
    }
}

#[test]
fn help_is_read_on_by_scrolling_and_not_twice() {
    // So narrow that the help does not fit.
    let capabilities = Capabilities::modern().append_only();
    let mut reader = TestSession::with_capabilities(24, 24, capabilities, TableMode::Linear);
    let help = appended(&mut reader, "?");
    assert!(help.starts_with("Help and reports"), "{help}");
    let mut scrolled = String::new();
    for _ in 0..30 {
        let line = appended(&mut reader, "down");
        assert!(line.lines().count() <= 1, "{line}");
        scrolled += &line;
    }
    // Some lines are blank.
    assert!(scrolled.lines().count() > 15, "{scrolled}");
    let rest = appended(&mut reader, "end");
    assert!(rest.lines().count() > 5, "{rest}");
    assert!(appended(&mut reader, "esc").starts_with("83950 HER2/neu"));
}

#[test]
fn typed_words_are_announced_together() {
    let mut reader = open();
    reader.press("/");
    for letter in ["a", "s", "s", "a"] {
        reader.hold(letter.as_bytes());
        assert_eq!(reader.appended(), "", "after {letter}");
    }
    let text = appended(&mut reader, "y");
    assert_eq!(text.matches("Result 1 of").count(), 1, "{text}");
}

#[test]
fn program_sends_no_sequence_that_moves_or_erases() {
    let paste_mode = |last: &str| OutputToken::Csi(Some('?'), vec![2004], last.to_owned());
    for (term, expected) in [
        ("xterm-256color", vec![paste_mode("h"), paste_mode("l")]),
        ("vt100", vec![]),
        ("dumb", vec![]),
    ] {
        let launch = Launch::codeleaf("83950 --plain-ui").env("TERM", term);
        let mut terminal = launch.start();
        terminal.wait_for("row 1 of 3");
        let keys = [
            "4",
            "down",
            "enter",
            "esc",
            "/ \"assay\"",
            "enter",
            "o",
            "esc",
            "?",
            "esc",
            "ctrl-l",
        ];
        for key in keys {
            terminal.press(key);
            terminal.wait_for_silence(Duration::from_millis(300));
        }
        terminal.resize(60, 20);
        terminal.wait_for_silence(Duration::from_millis(300));
        terminal.press("q");
        terminal.assert_exits_restored(0);
        let bytes = terminal.bytes_since(0);
        let log = text(&bytes);
        let is_sequence =
            |token: &OutputToken| !matches!(token, OutputToken::Text(_) | OutputToken::Control(_));
        let sequences = parse_output(&bytes).into_iter().filter(is_sequence);
        assert_eq!(sequences.collect::<Vec<_>>(), expected, "{term}: {log}");
        for (pane, n) in [
            ("Row details", 1),
            ("Search. Keys", 1),
            ("Library. Keys", 1),
            ("Help and reports. Keys", 1),
        ] {
            assert!(log.matches(pane).count() >= n, "{term}, {pane}: {log}");
        }
        let control = bytes.iter().filter(|byte| byte.is_ascii_control());
        let others = control.filter(|byte| !b"\r\n\x1b".contains(byte));
        assert_eq!(others.count(), 0, "{log}");
    }
}
