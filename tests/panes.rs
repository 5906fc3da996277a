//! The panes beside the rows on a wide screen.

use std::sync::Arc;

use codeleaf::app::{Effect, Focus};
use codeleaf::content;
use codeleaf::layout::TableMode;
use codeleaf::library::Library;
use codeleaf::tty::Capabilities;
use insta::assert_snapshot;

use crate::support::generated;
use crate::support::keys::key_bytes;
use crate::support::reader::{TestSession, shipped_document};

/// The screen after pressing keys in the shipped document.
fn screen(columns: u16, rows: u16, keys: &str) -> String {
    TestSession::open(columns, rows).press(keys).screen()
}

fn reader_of(document: &str, size: (u16, u16)) -> TestSession {
    let document = content::parse_document("generated.toml", document.as_bytes()).unwrap();
    TestSession::with_document(
        Arc::new(document),
        Arc::new(Library::built_in()),
        size,
        Capabilities::modern(),
        TableMode::Columns,
    )
}

#[test]
fn details_of_the_selected_row_are_beside_the_rows() {
    assert_snapshot!(screen(120, 40, "4"), @r#"
83950  HER2/neu serum tumor marker assay                                                            CPT · not reviewed
1 Summary  2 Overview  3 Clinical Context  4 Coding Specifications  5 Payers
                                                                Top
  Clinical & Coding Specifications
  Coding Specifications

  Modifiers
  Modifier  Description    When to use
▸ 26        Professional   Use when billing only the professional      83950-26  Professional Component
            Component      interpretation/reporting component and      ! disputed
            ! disputed     the facility bills for technical
                           component.                                  Modifier     26
    | Medicare does not expect modifier 26 for 83950: status X, PC/    Description  Professional Component
      TC indicator 9, no line with modifier 26. Other payers may       When to use  Use when billing only the
      accept it in writing.                                                         professional interpretation/
      Conflicts with: CMS Physician Fee Schedule, relative value                    reporting component and the
      files, 2023                                                                   facility bills for technical
  90        Reference      Use when the specimen is sent to an                      component.
            (Outside)      outside reference laboratory for            Code system  CPT
            Laboratory     testing.                                    — according to CPT 83950: HER2/neu Serum Tumor
            ~ conditional                                              Marker Assay (publication), no date
    | Right, with conditions (Medicare): independent laboratories
      only, both CLIA numbers, 90 and non-90 lines on separate         Editor's remarks
      claims.                                                          | Medicare does not expect modifier 26 for
      — Medicare contractors NGS, Noridian and Palmetto, no date         83950: status X, PC/TC indicator 9, no line
                                                                         with modifier 26. Other payers may accept it
  ICD-10 diagnoses                                                       in writing.
  – not stated in source                                                 Conflicts with: CMS Physician Fee Schedule,
    “Data not available in the input for associated taxonomies,          relative value files, 2023
    ICD-10 diagnoses, and related codes.”
    — according to CPT 83950: HER2/neu Serum Tumor Marker Assay
    (publication), no date · checked 2026-11-23

  Related codes
  – not stated in source
    “Data not available in the input for associated taxonomies,
    ICD-10 diagnoses, and related codes.”
    — according to CPT 83950: HER2/neu Serum Tumor Marker Assay
83950 › Coding › 26
↑↓ row  Enter details  / search  Tab pane  ? help  q quit  : commands                                       CPT (c) AMA
"#);
}

#[test]
fn outline_of_sections_is_at_the_left_of_a_wider_screen() {
    assert_snapshot!(screen(200, 60, "4"), @r#"
83950  HER2/neu serum tumor marker assay                                                                                                                                            CPT · not reviewed
                                                                                                                         Top
  1 Summary               Clinical & Coding Specifications
  2 Overview              Coding Specifications
  3 Clinical
  4 Coding                Modifiers
  5 Payers                Modifier  Description              When to use
                        ▸ 26        Professional Component   Use when billing only the professional interpretation/             83950-26  Professional Component
                                    ! disputed               reporting component and the facility bills for technical           ! disputed
                                                             component.
                            | Medicare does not expect modifier 26 for 83950: status X, PC/TC indicator 9, no line with         Modifier     26
                              modifier 26. Other payers may accept it in writing.                                               Description  Professional Component
                              Conflicts with: CMS Physician Fee Schedule, relative value files, 2023                            When to use  Use when billing only the professional interpretation/
                          90        Reference (Outside)      Use when the specimen is sent to an outside reference                           reporting component and the facility bills for technical
                                    Laboratory               laboratory for testing.                                                         component.
                                    ~ conditional                                                                               Code system  CPT
                            | Right, with conditions (Medicare): independent laboratories only, both CLIA numbers, 90 and       — according to CPT 83950: HER2/neu Serum Tumor Marker Assay
                              non-90 lines on separate claims.                                                                  (publication), no date
                              — Medicare contractors NGS, Noridian and Palmetto, no date
                                                                                                                                Editor's remarks
                          ICD-10 diagnoses                                                                                      | Medicare does not expect modifier 26 for 83950: status X, PC/TC
                          – not stated in source                                                                                  indicator 9, no line with modifier 26. Other payers may accept it in
                            “Data not available in the input for associated taxonomies, ICD-10 diagnoses, and related             writing.
                            codes.”                                                                                               Conflicts with: CMS Physician Fee Schedule, relative value files,
                            — according to CPT 83950: HER2/neu Serum Tumor Marker Assay (publication), no date · checked          2023
                            2026-11-23

                          Related codes
                          – not stated in source
                            “Data not available in the input for associated taxonomies, ICD-10 diagnoses, and related
                            codes.”
                            — according to CPT 83950: HER2/neu Serum Tumor Marker Assay (publication), no date · checked
                            2026-11-23

                          Related codes, from the editors
                          Code   Description      Relation
                          86300  CA 15-3 / 27.29  serves the same purpose
                            Code system: CPT
                            — Medicare National Coverage Determination 190.29, no date

                          Taxonomies
                          – not stated in source
                            “Data not available in the input for associated taxonomies, ICD-10 diagnoses, and related
                            codes.”
                            — according to CPT 83950: HER2/neu Serum Tumor Marker Assay (publication), no date · checked
                            2026-11-23 · see: NUCC taxonomy CSV (import)

                          Editor's remarks
                          • Modifier TC does not apply (PC/TC indicator 9).
                            — CMS Physician Fee Schedule, relative value files, 2023
                          • Modifier 91 is for a medically needed repeat on the same day, never for a rerun.
                            — Medicare contractor Noridian, no date
                          • Modifier 91: MUE 1 (MAI 2) means that Medicare denies a second unit.
                            — CMS National Correct Coding Initiative, medically unlikely edits (MUE), 2024-07
                          • Modifier QW does not apply: no QW line.
                            — CMS Clinical Laboratory Fee Schedule, 2025 and 2026, 2026
                          • Modifiers 59 and XU are only for the column-2 codes 86294 and 86316; never for 88271, 88274,
                            88275 or 96523.
83950 › Coding › 26
↑↓ row  Enter details  / search  Tab pane  ? help  q quit  : commands                                                                                                                       CPT (c) AMA
"#);
}

#[test]
fn arrows_and_tab_move_between_panes() {
    let mut reader = TestSession::open(160, 30);
    let mark = |reader: &TestSession| {
        let line = reader.cursor_line();
        let column = line.chars().position(|c| c == '▸').unwrap_or(usize::MAX);
        ["outline", "rows", "details"][usize::from(column > 20) + usize::from(column > 60)]
    };
    let mut seen = Vec::new();
    for key in [
        "4",
        "right",
        "right",
        "left",
        "left",
        "left",
        "tab",
        "tab",
        "tab",
        "shift-tab",
    ] {
        reader.press(key);
        seen.push(format!("{key}: {}", mark(&reader)));
    }
    assert_snapshot!(seen.join("\n"), @r#"
4: rows
right: details
right: rows
left: outline
left: outline
left: outline
tab: rows
tab: details
tab: outline
shift-tab: details
"#);
    // The sections follow the cursor of the outline.
    let mut reader = TestSession::open(160, 30);
    reader.press("left down down");
    assert!(
        reader.screen().contains("83950 › Clinical"),
        "{}",
        reader.screen()
    );
    reader.press("enter down");
    assert_eq!(mark(&reader), "rows");
}

#[test]
fn enter_scrolls_long_details_and_esc_returns_to_the_rows() {
    let mut reader = TestSession::open(120, 16);
    let before = reader.press("4 enter").screen();
    let after = reader.press("down down").screen();
    assert_ne!(before, after);
    assert_eq!(
        reader.press("esc").screen(),
        TestSession::open(120, 16).press("4").screen()
    );
}

#[test]
fn panes_are_turned_off_with_a_key_and_the_split_moves() {
    let one_pane = screen(140, 24, "4 p");
    assert!(one_pane.contains("One pane"), "{one_pane}");
    assert!(!one_pane.contains("83950-26"), "{one_pane}");
    let column = |keys: &str| {
        let screen = screen(140, 24, keys);
        let line = screen
            .lines()
            .find(|line| line.contains("83950-26  "))
            .unwrap()
            .to_owned();
        line.split("83950-26  ").next().unwrap().chars().count()
    };
    let start = column("4");
    assert!(column("4 <") < start && column("4 > >") > start);
    assert_eq!(column("4 < >"), start);
    assert_eq!(column("4 p p"), start);
}

#[test]
fn narrow_or_linear_screen_has_one_pane() {
    for (columns, rows) in [(119, 40), (200, 11)] {
        let one = screen(columns, rows, "4 enter");
        assert_ne!(one, screen(columns, rows, "4"));
        assert!(!screen(columns, rows, "4").contains("83950-26  "));
    }
    let capabilities = Capabilities::modern().append_only();
    let mut reader = TestSession::with_capabilities(200, 60, capabilities, TableMode::Linear);
    reader.press("4");
    assert!(
        !reader.appended().contains("83950-26  "),
        "{}",
        reader.appended()
    );
    reader.press("p p");
    assert_eq!(reader.appended(), "--plain-ui shows one pane at a time\n");
    reader.press("enter");
    assert!(
        reader.appended().contains("Row details, 26"),
        "{}",
        reader.appended()
    );
}

#[test]
fn held_arrow_sends_as_little_as_with_one_pane() {
    for (kind, document) in [("list", generated::list()), ("prose", generated::prose())] {
        for size in [(120, 40), (200, 60)] {
            let mut reader = reader_of(&document, size);
            for _ in 0..70 {
                reader.hold(key_bytes("down"));
            }
            let mut sent = 0;
            for _ in 0..50 {
                reader.hold(key_bytes("down"));
                sent += reader.last_frame_bytes;
            }
            println!(
                "one line of scroll with panes, {kind}, {size:?}: {} B",
                sent / 50
            );
            assert!(sent <= 130 * 50, "{kind}, {size:?}: {} B", sent / 50);
            reader.rest();
            println!(
                "the panes when the cursor rests: {} B",
                reader.last_frame_bytes
            );
            assert!(reader.last_frame_bytes > 0);
            let row = reader.cursor_line();
            let name = row
                .split_whitespace()
                .find(|word| word.ends_with(':'))
                .unwrap_or_default();
            assert!(
                reader.screen().matches(name).count() >= 2,
                "{}",
                reader.screen()
            );
            reader.rest();
            assert_eq!(reader.last_frame_bytes, 0);
        }
    }
}

#[test]
fn first_frame_with_panes_is_small() {
    for (kind, document) in [("list", generated::list()), ("prose", generated::prose())] {
        let sent = reader_of(&document, (200, 60)).total_bytes;
        println!("first frame with panes, {kind}: {sent} B");
        assert!(sent <= 6 << 10, "{kind}: {sent} B");
    }
    let sent = TestSession::open(200, 60).total_bytes;
    println!("first frame with panes, shipped document: {sent} B");
    assert!(sent <= 6 << 10, "{sent} B");
}

#[test]
fn document_of_the_selected_hit_is_beside_the_results() {
    let mut reader = TestSession::open(120, 24);
    reader.press("/ \"83950-26\"");
    assert_snapshot!(reader.screen(), @r#"
/ 83950-26                                                                                                    1 result
All  Documents  Diagnoses  Procedures  Modifiers  Payers  Billable                                                 Top
Best match · 1                                                         83950  HER2/neu serum tumor marker assay
▸ CPT 83950 › Coding › 26 › ! disputed                         code
    26 — Professional Component — Use when billing only the profess…   Clinical & Coding Specifications
                                                                       Coding Specifications

                                                                       Modifiers
                                                                       Modifier  Description    When to use
                                                                       26        Professional   Use when billing only
                                                                                 Component      the professional
                                                                                 ! disputed     interpretation/
                                                                                                reporting component
                                                                                                and the facility bills
                                                                                                for technical
                                                                                                component.
                                                                        … more
                                                                       90        Reference      Use when the specimen
                                                                                 (Outside)      is sent to an outside
                                                                                 Laboratory     reference laboratory
                                                                                 ~ conditional  for testing.
                                                                        … more

↑↓ select  Enter open  Esc back  Tab pane  Shift-Tab filter                                                 CPT (c) AMA
"#);
    reader.press("ctrl-u \"professional\"");
    // The document of another hit is loaded when the cursor rests, and only then.
    let before = reader.effects.len();
    for _ in 0..3 {
        reader.hold(key_bytes("down"));
    }
    assert_eq!(reader.effects.len(), before);
    let moving = reader.screen();
    reader.rest();
    assert_ne!(reader.screen(), moving);
    assert!(
        matches!(reader.effects.last(), Some(Effect::LoadPreview(_))),
        "{:?}",
        reader.effects
    );
}

#[test]
fn summary_of_the_selected_document_is_beside_the_library() {
    assert_snapshot!(screen(120, 24, "o"), @r#"
Library by code:                                                                                            1 document
CPT documents · 1                                                                                                  Top
▸ 83950    HER2/neu serum tumor marker assay      active · built in    83950  HER2/neu serum tumor marker assay
                                                                       active · revised 2026-11-23 · not reviewed ·
                                                                       next review 2027-01-02
                                                                       Summary · Overview · Clinical Context · Coding
                                                                       Specifications · Payers

                                                                       Summary & Overview
                                                                       CPT 83950: HER2/neu Serum Tumor Marker Assay

                                                                       CPT code 83950 represents a laboratory assay
                                                                       that measures the HER2/neu oncoprotein in
                                                                       serum. The test is clinically relevant for
                                                                       monitoring patients with a prior breast cancer
                                                                       diagnosis, offering a minimally invasive method
                                                                       to track tumor marker levels over time.
                                                                       Nationally, HER2 monitoring supports
                                                                       oncologists in assessing disease progression or
                                                                       response to therapy and can inform follow-up
                                                                       care decisions.


↑↓ select  Enter open  Esc back  Tab pane  Shift-Tab by modifier, by payer                                  CPT (c) AMA
"#);
    // The row on the modifier is in view, and marked.
    let mut reader = TestSession::open(120, 24);
    reader.press("o right \"83950 26\" down");
    assert_snapshot!(reader.screen(), @r#"
Library by modifier: 83950 26                                                                               1 modifier
Modifier 26 · 1                                                                                                    Top
▸ 83950  HER2/neu serum tumor marker assay               ! disputed    83950  HER2/neu serum tumor marker assay
    Professional Component — Use when billing only the professiona…
                                                                       Clinical & Coding Specifications
                                                                       Coding Specifications

                                                                       Modifiers
                                                                       Modifier  Description    When to use
                                                                       26        Professional   Use when billing only
                                                                                 Component      the professional
                                                                                 ! disputed     interpretation/
                                                                                                reporting component
                                                                                                and the facility bills
                                                                                                for technical
                                                                                                component.
                                                                        … more
                                                                       90        Reference      Use when the specimen
                                                                                 (Outside)      is sent to an outside
                                                                                 Laboratory     reference laboratory
                                                                                 ~ conditional  for testing.
                                                                        … more

↑↓ select  Enter open  Esc back  Tab pane  Shift-Tab by modifier, by payer                                  CPT (c) AMA
"#);
}

#[test]
fn report_on_a_broken_file_is_beside_the_library() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("broken.toml"),
        "schema = 1\nnonsense = 1\n",
    )
    .unwrap();
    let library = Arc::new(Library::open(&[folder.path().to_owned()]));
    let mut reader = TestSession::with_document(
        shipped_document(),
        library,
        (160, 24),
        Capabilities::modern(),
        TableMode::Columns,
    );
    reader.press("o \"broken\"");
    assert!(
        reader.screen().contains("missing table [code]"),
        "{}",
        reader.screen()
    );
}

#[test]
fn every_scrolled_pane_shows_how_far_in_three_columns() {
    let line = |screen: &str, n: usize| screen.lines().nth(n).unwrap_or_default().trim().to_owned();
    for (keys, position) in [("4", "Top"), ("4 end", "End")] {
        assert_eq!(line(&screen(80, 24, keys), 2), position, "{keys}");
    }
    let percent = line(&screen(80, 24, "4 pagedown"), 2);
    assert!(percent.len() == 3 && percent.ends_with('%'), "{percent}");
    for (keys, end) in [
        ("?", "Top"),
        ("? end", "End"),
        ("/ \"26\"", "results  Top"),
        ("o tab end", "modifiers  End"),
        ("4 enter end", "End"),
    ] {
        let screen = screen(80, 12, keys);
        let shown = [line(&screen, 0), line(&screen, 2)];
        assert!(
            shown.iter().any(|line| line.ends_with(end)),
            "{keys}: {screen}"
        );
    }
    // A pane that shows everything has no position, and neither has one without a line to spare.
    assert_eq!(line(&screen(80, 60, "1"), 2), "");
    assert!(!screen(80, 8, "4").contains("Top"));
}

#[test]
fn dragging_a_window_draws_the_panes_once() {
    let mut reader = TestSession::open(119, 40);
    reader.press("4");
    let mut frames = 0;
    for columns in (120..=200).chain((160..200).rev()) {
        reader.begin_resize(columns, 40);
        frames += usize::from(reader.last_frame_bytes > 0);
    }
    reader.resize(160, 40);
    frames += usize::from(reader.last_frame_bytes > 0);
    assert!(frames <= 3, "{frames} frames");
    assert_eq!(reader.screen(), screen(160, 40, "4"));
    reader.rest();
    assert_eq!(reader.last_frame_bytes, 0);
}

/// The first lines of a wide screen, whose rest continues or is blank.
fn first_lines(screen: &str) -> String {
    screen.lines().take(24).collect::<Vec<_>>().join("\n")
}

#[test]
fn search_and_library_use_a_wide_screen() {
    assert_snapshot!(first_lines(&screen(200, 60, "/ \"83950-26\"")), @r#"
/ 83950-26                                                                                                                                                                                    1 result
All  Documents  Diagnoses  Procedures  Modifiers  Payers  Billable  In 83950                                                                                                                       Top
Best match · 1                                                                                                                  83950  HER2/neu serum tumor marker assay
▸ CPT 83950 › Coding › 26 › ! disputed                                                                                  code
    26 — Professional Component — Use when billing only the professional interpretation/reporting component and the facility…   Clinical & Coding Specifications
                                                                                                                                Coding Specifications

                                                                                                                                Modifiers
                                                                                                                                Modifier  Description        When to use
                                                                                                                                26        Professional       Use when billing only the professional
                                                                                                                                          Component          interpretation/reporting component and
                                                                                                                                          ! disputed         the facility bills for technical
                                                                                                                                                             component.
                                                                                                                                  | Medicare does not expect modifier 26 for 83950: status X, PC/TC
                                                                                                                                    indicator 9, no line with modifier 26. Other payers may accept it
                                                                                                                                    in writing.
                                                                                                                                    Conflicts with: CMS Physician Fee Schedule, relative value files,
                                                                                                                                    2023
                                                                                                                                90        Reference          Use when the specimen is sent to an
                                                                                                                                          (Outside)          outside reference laboratory for testing.
                                                                                                                                          Laboratory
                                                                                                                                          ~ conditional
                                                                                                                                  | Right, with conditions (Medicare): independent laboratories only,
                                                                                                                                    both CLIA numbers, 90 and non-90 lines on separate claims.
"#);
    assert_snapshot!(first_lines(&screen(200, 60, "o")), @r#"
Library by code:                                                                                                                                                                            1 document
CPT documents · 1
▸ 83950    HER2/neu serum tumor marker assay                                     active · built in                              83950  HER2/neu serum tumor marker assay
                                                                                                                                active · revised 2026-11-23 · not reviewed · next review 2027-01-02
                                                                                                                                Summary · Overview · Clinical Context · Coding Specifications · Payers

                                                                                                                                Summary & Overview
                                                                                                                                CPT 83950: HER2/neu Serum Tumor Marker Assay

                                                                                                                                CPT code 83950 represents a laboratory assay that measures the HER2/
                                                                                                                                neu oncoprotein in serum. The test is clinically relevant for
                                                                                                                                monitoring patients with a prior breast cancer diagnosis, offering a
                                                                                                                                minimally invasive method to track tumor marker levels over time.
                                                                                                                                Nationally, HER2 monitoring supports oncologists in assessing disease
                                                                                                                                progression or response to therapy and can inform follow-up care
                                                                                                                                decisions.

                                                                                                                                Key payers covered in this analysis include Aetna, Blue Cross Blue
                                                                                                                                Shield, Cigna Health, UnitedHealthcare, and Medicare. Readers will
                                                                                                                                find a concise overview of clinical context and service setting, plus
                                                                                                                                what to expect in payer coverage discussions and common billing
                                                                                                                                considerations. The publication outlines benchmarks and payment policy
                                                                                                                                themes relevant to laboratory oncology testing, summarizes typical
                                                                                                                                sites of service, and highlights where additional coding or
"#);
}

#[test]
fn page_beside_a_list_takes_the_focus_with_tab_and_scrolls() {
    for keys in ["/ \"modifier 26\"", "o"] {
        let mut reader = TestSession::open(120, 14);
        reader.press(keys);
        let list = reader.screen();
        let page = |screen: &str| {
            let lines = screen.lines().skip(2).take(9);
            let right = lines.map(|line| line.chars().skip(70).collect::<String>());
            let text = right.map(|line| line.trim_start_matches(['▸', ' ']).to_owned());
            text.collect::<Vec<_>>()
        };
        assert!(list.lines().nth(1).unwrap().ends_with(" Top"), "{list}");
        reader.press("tab");
        let (_, column) = reader.vt100_screen().cursor_position();
        assert!(column > 65, "{keys}: {}", reader.screen());
        assert!(reader.screen().contains("Esc back"), "{}", reader.screen());
        reader.press("down down");
        let scrolled = reader.screen();
        assert_eq!(page(&scrolled)[0], page(&list)[2], "{scrolled}");
        reader.press("end");
        assert!(
            reader.screen().lines().nth(1).unwrap().ends_with(" End"),
            "{keys}: {}",
            reader.screen()
        );
        reader.rest();
        assert!(
            reader.screen().lines().nth(1).unwrap().ends_with(" End"),
            "{keys}: {}",
            reader.screen()
        );
        for back in ["tab", "esc", "left", "shift-tab"] {
            reader.press("home").press(back);
            assert_eq!(reader.screen(), list, "{keys}, {back}");
            reader.press("tab");
        }
        // Letters are commands there, not text.
        let focused = reader.screen();
        reader.press("j");
        assert_ne!(reader.screen(), focused);
        reader.press("enter");
        assert!(reader.session.app().shows_document(), "{}", reader.screen());
    }
}

#[test]
fn page_beside_a_list_loses_the_focus_with_its_room() {
    let mut reader = TestSession::open(120, 24);
    reader.press("/ \"modifier 26\" tab");
    reader.resize(100, 24);
    reader.press("down");
    let Focus::Search(search) = reader.session.app().focus() else {
        panic!("{}", reader.screen());
    };
    assert_eq!(search.list.selected(), 1);
}
