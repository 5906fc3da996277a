//! Tests of the library lists (by code, modifier and payer) and of comparisons.

use std::sync::Arc;

use codeleaf::app::{Effect, Focus};
use codeleaf::layout::TableMode;
use codeleaf::library::Library;
use codeleaf::tty::Capabilities;
use insta::assert_snapshot;

use crate::sets::{StoreFixture, files};
use crate::support::keys::key_bytes;
use crate::support::reader::{TestSession, shipped_document};

/// Opens the fixtures and the built-in document, with origins that show no folders.
fn fixture_library() -> Library {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/valid");
    Library::open(&[folder]).for_serving(None).0
}

fn reader(library: Library, (columns, rows): (u16, u16)) -> TestSession {
    let library = Arc::new(library);
    let document = shipped_document();
    TestSession::with_document(
        document,
        library,
        (columns, rows),
        Capabilities::modern(),
        TableMode::Columns,
    )
}

fn screen(size: (u16, u16), keys: &str) -> String {
    reader(fixture_library(), size).press(keys).screen()
}

/// Opens a library with codes of an imported set.
pub fn reader_with_set_codes(rows: usize, size: (u16, u16)) -> TestSession {
    let place = StoreFixture::new();
    let titles: Vec<(String, String)> = (0..rows)
        .map(|n| {
            let letter = char::from(b'A' + u8::try_from(n / 1000 % 26).unwrap());
            let title =
                format!("Invented disease number {n} of the left hand, with later encounters");
            (format!("{letter}{:02}{}", n / 10 % 100, n % 10), title)
        })
        .collect();
    let codes = titles.iter();
    let codes = codes.map(|(code, title)| (code.as_str(), 1, title.as_str()));
    // The importer refuses a file without the first and last code as truncated.
    let titles: Vec<(&str, u8, &str)> = [("A00", 0, "Invented diseases")]
        .into_iter()
        .chain(codes)
        .chain([("Z998", 1, "The last of all")])
        .collect();
    let file = files::icd10cm_from_rows(&titles);
    place.import("icd10cm-order-2025.txt", &file).unwrap();
    reader(fixture_library().with_sets(place.store.open_sets()), size)
}

#[test]
fn set_codes_follow_documents_with_title_status_and_source() {
    let mut reader = reader_with_set_codes(100, (80, 16));
    assert_snapshot!(reader.press("o down down").screen(), @r#"
Library by code:                                   5 documents, 102 codes  Top
CPT documents · 3
  00002    An invented assay                 active · payers-on-modifiers.toml
  0001U    An invented test                       unverified · everything.toml
  83950    HER2/neu serum tumor marker assay                 active · built in
HCPCS documents · 1
  G0439    Annual wellness visit, subsequent             active · minimal.toml
ICD-10-CM documents · 1
▸ K92.2    Gastrointestinal haemorrhage, unspecif…  active · own-sections.toml
ICD-10-CM codes, edition 2025 · 102
  A00      Invented diseases                                     header · 2025
  A00.0    Invented disease number 0 of the left hand, with …  billable · 2025
  A00.1    Invented disease number 1 of the left hand, with …  billable · 2025
  A00.2    Invented disease number 2 of the left hand, with …  billable · 2025

↑↓ select  Enter open  Esc back  Tab by modifier, by payer          CPT (c) AMA
"#);
    assert_snapshot!(reader.press("end").screen(), @r#"
Library by code:                                   5 documents, 102 codes  End
  A08.8    Invented disease number 88 of the left hand, with…  billable · 2025
  A08.9    Invented disease number 89 of the left hand, with…  billable · 2025
  A09.0    Invented disease number 90 of the left hand, with…  billable · 2025
  A09.1    Invented disease number 91 of the left hand, with…  billable · 2025
  A09.2    Invented disease number 92 of the left hand, with…  billable · 2025
  A09.3    Invented disease number 93 of the left hand, with…  billable · 2025
  A09.4    Invented disease number 94 of the left hand, with…  billable · 2025
  A09.5    Invented disease number 95 of the left hand, with…  billable · 2025
  A09.6    Invented disease number 96 of the left hand, with…  billable · 2025
  A09.7    Invented disease number 97 of the left hand, with…  billable · 2025
  A09.8    Invented disease number 98 of the left hand, with…  billable · 2025
  A09.9    Invented disease number 99 of the left hand, with…  billable · 2025
▸ Z99.8    The last of all                                     billable · 2025

↑↓ select  Enter open  Esc back  Tab by modifier, by payer          CPT (c) AMA
"#);
    reader.press("enter");
    assert_eq!(
        reader.session.app().document_view().document().code.value(),
        "Z99.8"
    );
}

#[test]
fn set_codes_at_a_narrow_size() {
    assert_snapshot!(reader_with_set_codes(100, (40, 12)).press("o down down").screen(), @r#"
Library by code:
CPT documents · 3
  00002    An invented assay
  0001U    An invented test
  83950    HER2/neu serum tumor marke…
HCPCS documents · 1
  G0439    Annual wellness visit, sub…
ICD-10-CM documents · 1
▸ K92.2    Gastrointestinal haemorrha…
ICD-10-CM codes, edition 2025 · 102

↑↓ select Enter Esc Tab     CPT (c) AMA
"#);
}

#[test]
fn set_codes_are_filtered_by_title_words() {
    let mut reader = reader_with_set_codes(100, (80, 10));
    assert_snapshot!(reader.press("o \"disease number 57\"").screen(), @r#"
Library by code: disease number 57                                    1 of 107
ICD-10-CM codes, edition 2025 · 1
▸ A05.7    Invented disease number 57 of the left hand, with…  billable · 2025






↑↓ select  Enter open  Esc back  Tab by modifier, by payer          CPT (c) AMA
"#);
}

#[test]
fn hits_are_grouped_with_the_best_match_first() {
    let mut reader = reader_with_set_codes(100, (80, 16));
    assert_snapshot!(reader.press("/ \"00002\"").screen(), @r#"
/ 00002                                                               1 result
All  Documents  Diagnoses  Procedures  Modifiers  Payers  Billable  In 83950
Best match · 1
▸ CPT 00002                                                               code
    An invented assay










↑↓ select  Enter open  Esc back  Tab filter                         CPT (c) AMA
"#);
    reader.press("ctrl-u");
    assert_snapshot!(reader.press("\"invented no\"").screen(), @r#"
/ invented no                                                   8 results  Top
All  Documents  Diagnoses  Procedures  Modifiers  Payers  Billable  In 83950
Documents · 8
▸ CPT 0001U › Coding › 26 › ! disputed › Remark                         remark
    CMS has no such line.
  CPT 0001U › Overview › Also known as › Source                         source
    paper: An invented publication
  CPT 0001U › Summary › Rate › Source                                   source
    An invented file of CMS
  CPT 0001U › Payers › Plan A › Source                                  source
    paper: An invented publication
  CPT 0001U › Coding › Z85.3 › Description                         description
    Personal history, as invented — mentioned; no statement on coverage — house
  CPT 0001U › Overview › 0002U                                         heading

↑↓ select  Enter open  Esc back  Tab filter                         CPT (c) AMA
"#);
    let hit = |reader: &TestSession| match reader.session.app().focus() {
        Focus::Search(searching) => searching.selected_hit().unwrap().code.value().to_owned(),
        focus => panic!("{focus:?}"),
    };
    reader.press("ctrl-u").press("\"a000\"");
    assert_eq!(hit(&reader), "A00.0");
}

#[test]
fn grouped_hits_at_a_narrow_size() {
    assert_snapshot!(reader_with_set_codes(100, (40, 12)).press("/ \"invented disease\"").screen(), @r#"
/ invented disease    101 results  Top
All  Documents  Diagnoses  Procedures
Best match · 1
▸ ICD-10-CM A00.0     billable · title
    Invented disease number 0 of the l…
ICD-10-CM codes · 59
  ICD-10-CM A00.1     billable · title
    Invented disease number 1 of the l…
  ICD-10-CM A00.2     billable · title
    Invented disease number 2 of the l…

↑↓ select Enter Esc Tab     CPT (c) AMA
"#);
}

#[test]
fn document_names_the_origins_it_overrides() {
    let folder = tempfile::tempdir().unwrap();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("content/cpt-83950.toml");
    std::fs::copy(path, folder.path().join("ours.toml")).unwrap();
    let library = Library::open(&[folder.path().to_owned()])
        .for_serving(None)
        .0;
    let screen = reader(library, (80, 10)).press("o").screen();
    assert!(
        screen.contains("active · ours.toml · overrides"),
        "{screen}"
    );
}

#[test]
fn each_modifier_lists_its_documents_with_rule_and_standing() {
    assert_snapshot!(screen((80, 24), "o tab \"26\""), @r#"
Library by modifier: 26                                             1 modifier
Modifier 26 · 3
▸ 26  Reading and report only
    The clinician reads and reports; someone else owns the equipment.
  Compare all 3 documents
    what each one says, and where they differ
  00002  An invented assay                                             + usual
    Professional Component — Use when billing only the professional interpret…
  0001U  An invented test                                           ! disputed
    Professional component, as invented — When only the reading is billed.
  83950  HER2/neu serum tumor marker assay                          ! disputed
    Professional Component — Use when billing only the professional interpret…











↑↓ select  Enter open  Esc back  Tab by modifier, by payer          CPT (c) AMA
"#);
}

#[test]
fn modifiers_at_a_narrow_size() {
    assert_snapshot!(screen((40, 12), "o tab \"26\""), @r#"
Library by modifier: 26     1 modifier
Modifier 26 · 3
▸ 26  Reading and report only
    The clinician reads and reports; …
  Compare all 3 documents
    what each one says, and where the…
  00002  + usual  An invented assay
    Professional Component — Use when…
  0001U  ! disputed  An invented test
    Professional component, as invent…

↑↓ select Enter Esc Tab     CPT (c) AMA
"#);
}

#[test]
fn each_payer_lists_its_excerpts() {
    assert_snapshot!(screen((80, 16), "o right right \"plan\""), @r#"
Library by payer: plan                                                 1 payer
Plan A · 1
▸ 0001U  An invented test
    Plan: Gold · Policy: – unpublished · Rate: – not imported · 26: ~ conditi…











↑↓ select  Enter open  Esc back  Tab by modifier, by payer          CPT (c) AMA
"#);
}

#[test]
fn payers_at_a_narrow_size() {
    assert_snapshot!(screen((40, 12), "o left \"gold\""), @r#"
Library by payer: gold         1 payer
Gold Health · 1
▸ 00002  An invented assay
    Plan: All plans · Policy: Policy …







↑↓ select Enter Esc Tab     CPT (c) AMA
"#);
}

#[test]
fn enter_shows_the_full_rule_and_payers_with_sources() {
    let mut reader = reader(fixture_library(), (80, 34));
    assert_snapshot!(reader.press("o tab \"26 00002\" enter").screen(), @r#"
Modifier 26 · 00002
  ≠ differs from the document's own rule; where that is disputed or missing,
  from what most payers say.

  00002-26  An invented assay
  Who          On 26                                                Source
  The          Professional Component: Use when billing only the    paper, no
  publication  professional interpretation/reporting component and  date
               the facility bills for technical component.
               + usual
  Gold Health  Paid to the physician who interprets, with a         Policy 12,
               written report in the record.                        2026-04-01
               + usual
  Silver       Denied for laboratory tests without a professional   Silver
  Mutual       component.                                           manual,
               x not appropriate                                    2025-11
               ≠ differs
  Silver       An appeal with the report was granted once.          Silver
  Mutual,                                                           manual,
  remark                                                            2025-11
  Bronze       (no entry in this document)
  Cross

  Sources
  paper          An invented publication, no date
  Policy 12      Policy 12 of the Gold plan, 2026-04-01
  Silver manual  Provider manual of the Silver plan, chapter 3, 2025-11

  CPT copyright 2026 American Medical Association. All rights reserved. CPT is
  a registered trademark of the American Medical Association.
  Reference only; no guarantee of coverage or payment. Check the payer's
  current policy.

↑↓ scroll  ←→ next  Enter document  Esc back  q quit                CPT (c) AMA
"#);
    // Opens the document, goes to the next one of the list, and returns.
    reader.press("enter");
    let reading = reader.session.app().document_view();
    assert_eq!(reading.document().code.value(), "00002");
    assert_eq!(
        reading.row_path().unwrap().to_string(),
        "coding/modifiers/26"
    );
}

#[test]
fn payers_are_stacked_when_columns_do_not_fit() {
    assert_snapshot!(screen((40, 40), "o tab \"26 00002\" enter"), @r#"
Modifier 26 · 00002                Top
  ≠ differs from the document's own
  rule; where that is disputed or
  missing, from what most payers say.

  00002-26  An invented assay
  Who
  The publication
   + usual
   On 26: Professional Component: Use
   when billing only the professional
   interpretation/reporting component
   and the facility bills for
   technical component.
   Source: paper, no date

  Gold Health
   + usual
   On 26: Paid to the physician who
   interprets, with a written report
   in the record.
   Source: Policy 12, 2026-04-01

  Silver Mutual
   x not appropriate
   ≠ differs
   On 26: Denied for laboratory tests
   without a professional component.
   Source: Silver manual, 2025-11

  Silver Mutual, remark
   On 26: An appeal with the report
   was granted once.
   Source: Silver manual, 2025-11

  Bronze Cross
   On 26: (no entry in this document)


↑↓ scroll ←→ Enter Esc q    CPT (c) AMA
"#);
}

#[test]
fn comparison_shows_all_documents_on_a_modifier() {
    let all = screen((80, 60), "o tab \"90\" home down enter");
    assert!(all.contains("Modifier 90 · 2 documents"), "{all}");
    assert!(
        all.contains("00002-90") && all.contains("83950-90"),
        "{all}"
    );
    assert!(all.contains("≠ differs"), "{all}");
}

#[test]
fn payer_comparison_shows_every_field() {
    assert_snapshot!(screen((80, 24), "o left \"silver\" enter"), @r#"
Silver Mutual · 00002                                                      Top
  00002  An invented assay
  Who       Policy                                      Source
  Plan      PPO                                         Silver manual, 2025-11
  Policy    Provider manual                             Silver manual, 2025-11
  Rate      $ 61.20                                     Silver manual, 2025-11
  Modifier  Denied for laboratory tests without a       Silver manual, 2025-11
  26        professional component.
            x not appropriate
  Silver    An appeal with the report was granted       Silver manual, 2025-11
  manual    once.
  Modifier  – not stated                                Silver manual, 2025-11
  90

  Policy (Modifier 90)
  – not stated in source
    — Provider manual of the Silver plan, chapter 3, 2025-11 · checked
    2026-11-23

  Sources
  Silver manual  Provider manual of the Silver plan, chapter 3, 2025-11


↑↓ scroll  ←→ next  Enter document  Esc back  q quit                CPT (c) AMA
"#);
}

#[test]
fn left_and_right_step_through_the_list_and_esc_returns() {
    let mut reader = reader(fixture_library(), (80, 24));
    reader.press("o tab \"83950\" home enter");
    let title = |reader: &TestSession| {
        let line = reader.screen().lines().next().unwrap().to_owned();
        line.trim_end_matches("Top").trim_end().to_owned()
    };
    assert_eq!(title(&reader), " Modifier 26 · 83950");
    reader.press("right");
    assert_eq!(title(&reader), " Modifier 90 · 83950");
    reader.press("right");
    assert_eq!(title(&reader), " Modifier 90 · 83950");
    reader.press("left");
    assert_eq!(title(&reader), " Modifier 26 · 83950");
    reader.press("right esc");
    let Focus::Library(listing) = reader.session.app().focus() else {
        panic!("{}", reader.screen());
    };
    assert_eq!(
        (listing.filter.text(), listing.list.selected()),
        ("83950", 1)
    );
}

#[test]
fn modifier_comparison_includes_imported_sets() {
    let place = StoreFixture::new();
    for (_, name, bytes) in files::all() {
        place.import(name, &bytes).unwrap();
    }
    let library = fixture_library().with_sets(place.store.open_sets());
    let screen = reader(library, (80, 60))
        .press("o tab \"QW 0001U\" enter")
        .screen();
    assert!(screen.contains("Official text"), "{screen}");
    assert!(screen.contains("HCPCS Level II"), "{screen}");
}

#[test]
fn list_requests_each_visible_excerpt_once() {
    let mut reader = reader_with_set_codes(1000, (80, 24));
    let request_sizes = |reader: &TestSession| -> Vec<usize> {
        let effects = reader.effects.iter().filter_map(|effect| match effect {
            Effect::LoadExcerpts(requests) => Some(requests.len()),
            _ => None,
        });
        effects.collect()
    };
    reader.press("o");
    assert!(
        request_sizes(&reader).iter().sum::<usize>() < 22,
        "{:?}",
        request_sizes(&reader)
    );
    let before = request_sizes(&reader).len();
    reader.press("end up up down down");
    assert_eq!(request_sizes(&reader).len(), before + 1);
    reader.press(&"up ".repeat(30));
    assert!(
        request_sizes(&reader)[before + 1..].iter().all(|n| *n == 1),
        "{:?}",
        request_sizes(&reader)
    );
}

#[test]
fn list_keys_send_few_bytes() {
    for size in [(80, 24), (200, 60)] {
        for keys in ["o", "o tab", "o tab tab"] {
            let mut reader = reader_with_set_codes(300, size);
            reader.press(keys).press("home");
            for key in ["down", "up"] {
                reader.hold(key_bytes(key));
                assert!(
                    reader.last_frame_bytes <= 60,
                    "{size:?} {keys} {key}: {} B",
                    reader.last_frame_bytes
                );
            }
        }
        let mut reader = reader_with_set_codes(300, size);
        reader.press("o home").press(&"down ".repeat(100));
        let mut bytes = 0;
        for _ in 0..50 {
            reader.hold(key_bytes("down"));
            bytes += reader.last_frame_bytes;
        }
        println!("one line of scroll, codes, {size:?}: {} B", bytes / 50);
        // A wide line shows the whole title, so more of it is new.
        let most = if size.0 > 80 { 150 } else { 130 };
        assert!(bytes / 50 <= most, "{size:?}: {} B", bytes / 50);
    }
}

#[test]
fn filter_shows_the_rows_with_its_words() {
    let place = StoreFixture::new();
    let pair = |n| format!("80053\t{}\t\t20180701\t*\t1\tReason number {n}", 10_000 + n);
    let pairs: Vec<String> = (0..4_000).map(pair).collect();
    let file = files::ptp_from_rows(&pairs);
    place.import("ccipra-v302r0-f1.txt", &file).unwrap();
    let library = Arc::new(Library::built_in().with_sets(place.store.open_sets()));
    let document = library.document(&"cpt:80053".parse().unwrap()).unwrap();
    let terminal = Capabilities::modern();
    let mut reader =
        TestSession::with_document(document, library, (80, 24), terminal, TableMode::Columns);
    reader.press("2 f").send(b"1399");
    let screen = reader.screen();
    assert!(screen.starts_with(" Filter: 1399"), "{screen}");
    assert!(screen.contains("11 of 4000 rows"), "{screen}");
    assert!(!screen.contains("10001"), "{screen}");
    // Any field of a row matches, in any order and case.
    reader.send(b" REASON number");
    reader.press("down enter");
    assert!(
        reader.cursor_line().contains("13990"),
        "{}",
        reader.screen()
    );
    let screen = reader.screen();
    assert!(screen.contains("11 of 4000 rows"), "{screen}");
    // The filter is there again, and Esc ends it; the row stays selected.
    let screen = reader.press("f").screen();
    assert!(
        screen.starts_with(" Filter: 1399 REASON number"),
        "{screen}"
    );
    let screen = reader.press("esc").screen();
    assert!(screen.contains("13989"), "{screen}");
    assert!(reader.cursor_line().contains("13990"), "{screen}");
}
