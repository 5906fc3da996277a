//! Screens: the picture after a sequence of keys.

use std::sync::Arc;
use std::time::{Duration, Instant};

use codeleaf::app::Action;
use codeleaf::content;
use codeleaf::layout::TableMode;
use codeleaf::library::{Library, Progress};
use codeleaf::session::Event;
use codeleaf::text::Charset;
use codeleaf::tty::Capabilities;
use insta::assert_snapshot;

use crate::support::reader::TestSession;

/// The screen after pressing keys in the shipped document.
fn screen(columns: u16, rows: u16, keys: &str) -> String {
    TestSession::open(columns, rows).press(keys).screen()
}

#[test]
fn document_opens_on_its_summary() {
    assert_snapshot!(screen(80, 14, ""), @r#"
83950  HER2/neu serum tumor marker assay                    CPT · not reviewed
1 Summary  2 Overview  3 Clinical Context  4 Coding Specifications  5 Payers
                                                                           Top
  Summary & Overview
  CPT 83950: HER2/neu Serum Tumor Marker Assay

▸ CPT code 83950 represents a laboratory assay that measures the HER2/neu
  oncoprotein in serum. The test is clinically relevant for monitoring
  patients with a prior breast cancer diagnosis, offering a minimally invasive
  method to track tumor marker levels over time. Nationally, HER2 monitoring
  supports oncologists in assessing disease progression or response to therapy
  and can inform follow-up care decisions.
83950 › Summary › 1/3                                     publication, no date
↑↓ row  ←→ section  Enter details  / search  ? help  q quit  :      CPT (c) AMA
"#);
}

#[test]
fn modifier_table_shows_use_and_disagreeing_source() {
    assert_snapshot!(screen(80, 24, "right right right"), @r#"
83950  HER2/neu serum tumor marker assay                    CPT · not reviewed
1 Summary  2 Overview  3 Clinical Context  4 Coding Specifications  5 Payers
                                                                           Top
  Clinical & Coding Specifications
  Coding Specifications

  Modifiers
  Modifier  Description             When to use
▸ 26        Professional Component  Use when billing only the professional
            ! disputed              interpretation/reporting component and the
                                    facility bills for technical component.
    | Medicare does not expect modifier 26 for 83950: status X, PC/TC
      indicator 9, no line with modifier 26. Other payers may accept it in
      writing.
      Conflicts with: CMS Physician Fee Schedule, relative value files, 2023
  90        Reference (Outside)     Use when the specimen is sent to an
            Laboratory              outside reference laboratory for testing.
            ~ conditional
    | Right, with conditions (Medicare): independent laboratories only, both
      CLIA numbers, 90 and non-90 lines on separate claims.
      — Medicare contractors NGS, Noridian and Palmetto, no date

83950 › Coding › 26             publication, no date · conflicts with: CMS PFS
↑↓ row  ←→ section  Enter details  / search  ? help  q quit  :      CPT (c) AMA
"#);
}

#[test]
fn enter_opens_row_detail_and_tab_shows_next_row() {
    assert_snapshot!(screen(80, 24, "4 enter"), @r#"
83950  HER2/neu serum tumor marker assay                    CPT · not reviewed
1 Summary  2 Overview  3 Clinical Context  4 Coding Specifications  5 Payers
                                                                           Top
  83950-26  Professional Component
  ! disputed

  Modifier     26
  Description  Professional Component
  When to use  Use when billing only the professional interpretation/reporting
               component and the facility bills for technical component.
  Code system  CPT
  — according to CPT 83950: HER2/neu Serum Tumor Marker Assay (publication),
  no date

  Editor's remarks
  | Medicare does not expect modifier 26 for 83950: status X, PC/TC indicator
    9, no line with modifier 26. Other payers may accept it in writing.
    Conflicts with: CMS Physician Fee Schedule, relative value files, 2023

  CPT copyright 2026 American Medical Association. All rights reserved. CPT is
  a registered trademark of the American Medical Association.
  Reference only; no guarantee of coverage or payment. Check the payer's
83950 › Coding › 26             publication, no date · conflicts with: CMS PFS
↑↓ scroll  Esc back  / search  y copy  Y with source  q quit        CPT (c) AMA
"#);
    assert_snapshot!(screen(80, 24, "4 enter tab").lines().nth(3).unwrap(), @"   83950-90  Reference (Outside) Laboratory");
}

#[test]
fn missing_values_are_explained_in_the_sources_words() {
    assert_snapshot!(screen(80, 20, "5"), @r#"
83950  HER2/neu serum tumor marker assay                    CPT · not reviewed
1 Summary  2 Overview  3 Clinical Context  4 Coding Specifications  5 Payers
                                                                           Top
  Payers
  Payer                   Plan          Policy        Rate
▸ Aetna                   – not stated  – not stated  – not stated
  Blue Cross Blue Shield  – not stated  – not stated  – not stated
    | Licensees publish separate policies: name the plan.
      — Blue Cross Blue Shield plans (FL, ND, TN, MA), no date
  Cigna Health            – not stated  – not stated  – not stated
  UnitedHealthcare        – not stated  – not stated  – not stated
  Medicare                – not stated  – not stated  – not imported

  Plan, Policy (every row)
  – not stated in source
    — according to CPT 83950: HER2/neu Serum Tumor Marker Assay (publication),
    no date · checked 2026-11-23

83950 › Payers › Aetna                                    publication, no date
↑↓ row  ←→ section  Enter details  / search  ? help  q quit  :      CPT (c) AMA
"#);
}

#[test]
fn screen_of_20_by_5_shows_three_content_lines() {
    assert_snapshot!(screen(20, 5, "4"), @r#"
83950›Coding›26
▸26 Professional
 Component
 ! disputed
↑↓ ←→ / ?CPT (c) AMA
"#);
}

#[test]
fn narrow_table_is_laid_out_field_by_field() {
    assert_snapshot!(screen(40, 16, "4"), @r#"
83950  HER2/neu serum tumor marker ass…
1  2  3  4 Coding  5
                                    1%
  Coding Specifications

  Modifiers
▸ 26 Professional Component
   ! disputed
   When to use: Use when billing only
   the professional interpretation/
   reporting component and the
   facility bills for technical
   component.
   … more
83950›Coding›26  publication, no date…
↑↓ row ←→ Enter / ? q :     CPT (c) AMA
"#);
}

#[test]
fn wide_screen_does_not_widen_text() {
    let screen = screen(200, 20, "p");
    assert!(
        screen
            .lines()
            .skip(3)
            .take(14)
            .all(|line| line.chars().count() <= 100),
        "{screen}"
    );
}

#[test]
fn search_lists_hits_while_typing_and_enter_opens_row() {
    let mut reader = TestSession::open(80, 24);
    assert_snapshot!(reader.press("/ \"profesional comp\"").screen(), @r#"
/ profesional comp                                                   8 similar
All  Documents  Diagnoses  Procedures  Modifiers  Payers  Billable  In 83950
No results for “profesional comp”. Did you mean: professional? · 8
▸ CPT 83950 › Coding › 26 › ! disputed                     description, 1 typo
    Professional Component — Use when billing only the professional interpreta…
  Modifier 26 › Overview › Also known as                          text, 1 typo
    professional component
  Modifier 26 › Summary › When not to use                         text, 1 typo
    professional component does not apply to them.
  Modifier 51 › Payers › Effect on payment                        text, 1 typo
    With multiple-procedure indicator 4 (imaging), the technical component of …
  Modifier 26 › Payers › Effect on payment                        text, 1 typo
    26 pays the rate of the professional component, never the whole fee. CMS a…
  Modifier 80 › Payers › Effect on payment                                text
    AS, for comparison, is paid 13.6 percent.
  Modifier 53 › Summary › Open questions, not verified                    text
    Is a later, complete colonoscopy paid in full?
  Modifier GT › Summary › When to use › Source                          source
    a billing company, on change request 10152




↑↓ select  Enter open  Esc back  Tab filter                         CPT (c) AMA
"#);
    reader.press("enter");
    assert!(reader.cursor_line().contains("▸ 26"), "{}", reader.screen());
}

#[test]
fn search_without_hits_suggests_nearest_terms() {
    let screen = screen(80, 24, "/ \"oncolojist\"");
    assert!(screen.contains("oncologist"), "{screen}");
    let screen = self::screen(80, 24, "/ \"qqqqqq\"");
    assert!(screen.contains("No results for “qqqqqq”"), "{screen}");
    assert!(screen.lines().count() > 4, "no suggestions: {screen}");
}

#[test]
fn search_finds_notes_and_opens_their_rows() {
    let mut reader = TestSession::open(80, 24);
    reader.press("4 down a \"ask Anna about recurrence\" enter 1");
    let screen = reader.press("/ \"recurrence\"").screen();
    let first: Vec<&str> = screen.lines().skip(2).take(4).map(str::trim).collect();
    assert_eq!(first[0], "Your notes · 1");
    assert!(
        first[1].starts_with("▸ CPT 83950 › 90 ") && first[1].ends_with(" note"),
        "{screen}"
    );
    assert_eq!(first[2], "ask Anna about recurrence");
    assert!(first[3].starts_with("Documents · "), "{screen}");
    let documents = reader.press("tab").screen();
    assert!(!documents.contains("Your notes"), "{documents}");
    reader.press("shift-tab enter");
    assert!(reader.cursor_line().contains("▸ 90"), "{}", reader.screen());
}

#[test]
fn results_for_a_corrected_word_are_labeled() {
    let screen = screen(80, 24, "/ \"reccurence\"");
    let lines: Vec<&str> = screen.lines().map(str::trim).collect();
    assert!(lines[0].ends_with(" 1 similar"), "{screen}");
    let question = "No results for “reccurence”. Did you mean: recurrence? · 1";
    assert_eq!(lines[2], question);
}

#[test]
fn escape_from_search_restores_previous_screen() {
    let mut reader = TestSession::open(80, 24);
    reader.press("4 down");
    let before = reader.screen();
    assert_eq!(reader.press("/ \"recurrence\" down esc").screen(), before);
}

#[test]
fn n_moves_between_hits_and_keeps_highlights() {
    let mut reader = TestSession::open(80, 24);
    reader.press("/ \"assay\" enter");
    let first = reader.session.app().document_view().row_path().cloned();
    let highlighted = |reader: &TestSession| {
        let screen = reader.vt100_screen();
        let cells = (0..24).flat_map(|row| (0..80).map(move |column| (row, column)));
        cells
            .filter_map(|(row, column)| screen.cell(row, column))
            .filter(|cell| cell.bgcolor() == vt100::Color::Idx(3))
            .map(|cell| cell.contents().to_owned())
            .collect::<String>()
    };
    assert!(
        highlighted(&reader).to_lowercase().contains("assay"),
        "{}",
        reader.screen()
    );
    reader.press("n");
    assert_ne!(
        reader.session.app().document_view().row_path().cloned(),
        first
    );
    assert!(
        highlighted(&reader).to_lowercase().contains("assay"),
        "{}",
        reader.screen()
    );
    reader.press("N");
    assert_eq!(
        reader.session.app().document_view().row_path().cloned(),
        first
    );
    assert_eq!(
        highlighted(reader.press("esc esc")),
        "",
        "leaving the results removes the highlights"
    );
}

#[test]
fn help_lists_every_action_with_its_keys() {
    let mut reader = TestSession::open(100, 100);
    let help = reader.press("?").screen();
    for binding in reader.session.app().keymap().bindings() {
        let words = binding.help.split(';').next().unwrap();
        assert!(help.contains(words), "{words}: {help}");
    }
}

#[test]
fn library_lists_documents_and_opens_the_selected_one() {
    assert_snapshot!(screen(80, 10, "o"), @r#"
Library by code:                                                    1 document
CPT documents · 1
▸ 83950    HER2/neu serum tumor marker assay                 active · built in






↑↓ select  Enter open  Esc back  Tab by modifier, by payer          CPT (c) AMA
"#);
    assert!(screen(80, 24, "o enter").contains("Summary & Overview"));
}

#[test]
fn short_notice_stays_on_last_line_for_cpt_content() {
    for (columns, rows) in [(80, 24), (20, 5), (40, 10), (200, 60), (12, 3)] {
        for keys in ["", "4", "4 enter", "/ \"26\"", "o"] {
            let screen = screen(columns, rows, keys);
            let last = screen
                .lines()
                .nth(usize::from(rows) - 1)
                .unwrap_or_default();
            assert!(
                last.ends_with("CPT (c) AMA"),
                "{columns}x{rows} {keys}: {screen}"
            );
        }
    }
}

#[test]
fn full_notices_end_every_section_and_row_detail() {
    for section in ["1", "2", "3", "4", "5"] {
        for keys in [format!("{section} end"), format!("{section} enter end")] {
            let screen = screen(80, 24, &keys);
            for words in [
                "CPT copyright 2026 American Medical Association",
                "Reference only",
            ] {
                assert!(screen.contains(words), "{keys}: {screen}");
            }
        }
    }
}

#[test]
fn cursor_is_on_the_selected_row() {
    let mut reader = TestSession::open(80, 24);
    for keys in ["4", "down", "down", "5", "down", "1", "down"] {
        reader.press(keys);
        assert!(
            reader.cursor_line().contains('▸'),
            "{keys}: {}",
            reader.screen()
        );
    }
}

#[test]
fn copied_text_is_shown_and_sent_to_terminal() {
    let mut reader = TestSession::open(80, 24);
    let screen = reader.press("4 Y").screen();
    assert!(screen.contains("Copied. If it didn't paste"), "{screen}");
    assert!(
        screen.contains("CPT 83950-26 · CPT 83950: HER2/neu"),
        "{screen}"
    );
}

#[test]
fn paste_fills_the_search_field_and_runs_no_command() {
    let mut reader = TestSession::open(80, 24);
    let before = reader.screen();
    reader.send(b"\x1b[200~q?\r5\x1b[201~");
    assert_eq!(
        reader.screen(),
        before,
        "a paste outside a text field does nothing"
    );
    reader.press("/");
    reader.send(b"\x1b[200~professional\rq\x1b[201~");
    assert!(
        reader.screen().starts_with(" / professional q"),
        "{}",
        reader.screen()
    );
}

#[test]
fn claim_line_pasted_over_a_document_is_looked_up() {
    let mut reader = TestSession::open(80, 24);
    reader.send(b"\x1b[200~83950\t90\tQW\r\n\x1b[201~");
    let screen = reader.screen();
    assert!(screen.starts_with(" / 83950 90 QW"), "{screen}");
    assert!(screen.contains("no entry for modifier QW in"), "{screen}");
    assert!(screen.contains("83950 › Coding › 90"), "{screen}");
    reader.press("enter");
    assert!(reader.cursor_line().contains("▸ 90"), "{}", reader.screen());
}

#[test]
fn resize_keeps_the_row_and_draws_once() {
    let mut reader = TestSession::open(80, 24);
    reader.press("4 down");
    reader.resize(20, 5);
    assert!(reader.cursor_line().contains("▸90"), "{}", reader.screen());
    let bytes = reader.total_bytes;
    for columns in 60..80 {
        reader.begin_resize(columns, 24);
    }
    reader.resize(80, 24);
    assert!(reader.cursor_line().contains("▸ 90"), "{}", reader.screen());
    let drawn = reader.total_bytes - bytes;
    assert!(drawn < 4_000, "21 resizes sent {drawn} bytes");
}

#[test]
fn ascii_screen_spells_symbols_out_and_keeps_columns_in_snippets() {
    let text = r#"
        schema = 1
        [code]
        system = "cpt"
        value = "00001"
        title = "t"
        status = "unverified"
        [sources.s]
        title = "s"
        short = "s"
        kind = "house"
        as_of = "unknown"
        [[modifier]]
        code = "26"
        description = "Component"
        when = "Amount ≠ 5, ¶ 3, ≥ 2 × é"
        source = "s"
    "#;
    let document = content::parse_document("t.toml", text.as_bytes())
        .unwrap_or_else(|report| panic!("{report}"));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("00001.toml"), text).unwrap();
    let library = Library::open(&[folder.path().to_owned()]);
    let mut capabilities = Capabilities::modern();
    capabilities.charset = Charset::Ascii;
    let mut reader = TestSession::with_document(
        Arc::new(document),
        Arc::new(library),
        (80, 24),
        capabilities,
        TableMode::Columns,
    );
    let page = reader.screen();
    assert!(page.contains("Amount != 5, Para. 3, >= 2 x e"), "{page}");
    let hits = reader.press("/ \"amount\"").screen();
    assert!(hits.contains("Amount = 5, P 3, > 2 x e"), "{hits}");
}

#[test]
fn status_line_names_a_table_row_by_its_own_first_field() {
    let text = r#"schema = 1
[code]
system = "hcpcs"
value = "G0439"
title = "Own table"
status = "active"
[summary]
text = "x"
[[summary.fact]]
label = "Service"
value = "Visit"
[[summary.table]]
title = "Limits"
columns = ["Age", "Limit"]
rows = [["65 and over", "1 a year"], ["under 65", "none"]]
"#;
    let document = Arc::new(content::parse_document("t.toml", text.as_bytes()).unwrap());
    let open = |capabilities, table_mode| {
        let library = Arc::new(Library::built_in());
        TestSession::with_document(
            Arc::clone(&document),
            library,
            (80, 24),
            capabilities,
            table_mode,
        )
    };
    let mut reader = open(Capabilities::modern(), TableMode::Columns);
    for name in ["› Service ", "› 65 and over ", "› under 65 "] {
        reader.press("down");
        let screen = reader.screen();
        let status = screen.lines().nth(22).unwrap().to_owned() + " ";
        assert!(status.contains(name), "{name:?} not in {status:?}");
    }
    let mut reader = open(Capabilities::modern().append_only(), TableMode::Linear);
    for name in [", Service", ", 65 and over", ", under 65"] {
        reader.press("down");
        let appended = reader.appended();
        assert!(appended.contains(name), "{name:?} not in {appended:?}");
    }
}

#[test]
fn document_with_one_voice_is_plain_and_names_its_source_once() {
    let text = r#"
        schema = 1
        [code]
        system = "cpt"
        value = "00001"
        title = "A made-up test"
        status = "unverified"
        [sources.own]
        title = "Laboratory manual"
        short = "manual"
        kind = "house"
        as_of = "2026-01"
        [sources.letter]
        title = "Letter of a made-up payer"
        short = "letter"
        kind = "secondary"
        as_of = "2026-02"
        [summary]
        source = "own"
        text = "The first paragraph.\n\nThe second paragraph."
        [[summary.list]]
        id = "letters"
        title = "What payers wrote"
        items = ["One sentence.", "Another sentence."]
        source = "letter"
        [[modifier]]
        code = "26"
        description = "Reading only"
        when = "Somebody else owns the machine."
        source = "own"
        [[modifier]]
        code = "90"
        description = "Sent out"
        when = "Another laboratory did the work."
        source = "letter"
        [[modifier]]
        code = "92"
        description = "Test away from the laboratory"
        when = "A kit did the work."
        source = "letter"
        [[modifier]]
        code = "59"
        description = "Separate service"
        when = "Nothing else fits."
        source = ["own", "letter"]
        [[modifier]]
        code = "91"
        description = "Repeat"
        when = "The same test on the same day."
        source = "own"
    "#;
    let document = content::parse_document("t.toml", text.as_bytes())
        .unwrap_or_else(|report| panic!("{report}"));
    assert!(document.has_one_voice());
    let mut reader = TestSession::with_document(
        Arc::new(document),
        Arc::new(Library::built_in()),
        (80, 24),
        Capabilities::modern(),
        TableMode::Columns,
    );
    assert_snapshot!(reader.screen(), @r#"
00001  A made-up test                 CPT · status not verified · not reviewed
1 Summary  2 Coding Specifications

  — Laboratory manual, 2026-01
▸ The first paragraph.

  The second paragraph.

  What payers wrote
  — according to Letter of a made-up payer, 2026-02
  • One sentence.
  • Another sentence.

  CPT copyright 2026 American Medical Association. All rights reserved. CPT is
  a registered trademark of the American Medical Association.
  Reference only; no guarantee of coverage or payment. Check the payer's
  current policy.





00001 › Summary › 1/4                                          manual, 2026-01
↑↓ row  ←→ section  Enter details  / search  ? help  q quit  :      CPT (c) AMA
"#);
    let paragraph = reader.vt100_screen().cell(4, 3).unwrap();
    assert_eq!(paragraph.contents(), "T");
    assert_eq!(paragraph.fgcolor(), vt100::Color::Default);
    // Most rows of the table have one source. Each of the others names its own.
    let table = reader.press("2").screen();
    assert_eq!(table.matches("— Laboratory manual").count(), 2, "{table}");
    assert_eq!(table.matches("— according to Letter").count(), 3, "{table}");
    // The row with two sources names both, in the status line and when it is copied, too.
    let status = reader.press("down down down").screen();
    let expected = "manual, 2026-01 · letter, 2026-02";
    assert!(status.contains(expected), "{status}");
    let copied = reader.press("Y").screen();
    let copied = copied.split_whitespace().collect::<Vec<_>>().join(" ");
    let expected = "Laboratory manual, 2026-01 · Letter of a made-up payer, 2026-02";
    assert!(copied.contains(expected), "{copied}");
}

#[test]
fn progress_of_indexing_is_in_the_status_line_but_not_for_screen_readers() {
    let progress = Progress {
        done: 12_000,
        total: 97_584,
        unit: "codes",
        elapsed: Duration::from_secs(2),
    };
    let shown = |table_mode| {
        let mut reader = TestSession::with_capabilities(80, 24, Capabilities::modern(), table_mode);
        let event = Event::Action(Action::Progress(progress));
        assert_eq!(reader.session.handle(event, Instant::now()), []);
        reader.send(b"");
        reader.screen()
    };
    let screen = shown(TableMode::Columns);
    let line = "\n Indexing [#---------] 12,000 of 97,584 codes, 6,000/s, 15 s left\n";
    assert!(screen.contains(line), "{screen}");
    assert!(!shown(TableMode::Linear).contains("12,000"));
}
