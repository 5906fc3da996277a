//! The results of a search: they stay, every one can be reached, and filters limit them.

use codeleaf::app::{Effect, Focus, HIT_LINES};
use insta::assert_snapshot;

use crate::lists::reader_with_set_codes;
use crate::support::reader::TestSession;

#[test]
fn esc_and_backspace_return_from_a_hit_to_the_results() {
    let mut reader = TestSession::open(80, 24);
    reader.press("4 down");
    let before = reader.screen();
    let results = reader.press("/ \"assay\" down down").screen();
    for back in ["esc", "backspace"] {
        let hit = reader.press("enter").screen();
        assert_ne!(hit, results);
        assert_eq!(reader.press(back).screen(), results, "{back}");
    }
    assert_eq!(reader.press("esc").screen(), before);
}

#[test]
fn back_leads_through_later_jumps_to_the_results() {
    let mut reader = TestSession::open(80, 24);
    let results = reader.press("/ \"component\"").screen();
    reader.press("enter o end enter");
    let elsewhere = reader.session.app().document_view().document().code.clone();
    assert_ne!(elsewhere.value(), "83950");
    reader.press("backspace");
    assert!(matches!(reader.session.app().focus(), Focus::Document));
    assert_eq!(reader.press("backspace").screen(), results);
}

#[test]
fn search_reopens_with_the_last_query_selected_and_typing_replaces_it() {
    let mut reader = TestSession::open(80, 24);
    let results = reader.press("/ \"recurrence\" down").screen();
    reader.press("enter");
    let document = reader.press("right left").screen();
    assert_eq!(reader.press("/").screen(), results);
    assert_eq!(
        reader.press("esc").screen(),
        document,
        "the search stays active"
    );
    reader.press("n");
    assert!(
        reader.screen().contains("for “recurrence”"),
        "{}",
        reader.screen()
    );
    reader.press("/ \"26\"");
    assert!(reader.screen().starts_with(" / 26 "), "{}", reader.screen());
    reader.press("esc /");
    assert!(reader.screen().starts_with(" / 26 "), "{}", reader.screen());
    reader.press("\"90\"");
    assert!(reader.screen().starts_with(" / 90 "), "{}", reader.screen());
}

#[test]
fn every_hit_can_be_reached() {
    let mut reader = reader_with_set_codes(300, (80, 24));
    reader.press("/ \"invented disease\"");
    let first = reader.screen();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..400 {
        let Focus::Search(search) = reader.session.app().focus() else {
            panic!("{}", reader.screen());
        };
        let hit = search
            .selected_hit()
            .map(|hit| (hit.code.clone(), hit.row_path.clone()));
        let hit = hit.unwrap_or_else(|| panic!("a blank hit: {}", reader.screen()));
        seen.insert(format!("{hit:?}"));
        if search.list.selected() + 1 == search.list.count() {
            assert_eq!(search.list.count(), search.results.total);
            break;
        }
        reader.press("down");
    }
    assert!(seen.len() > 300, "{}", seen.len());
    assert!(
        reader.screen().contains(&format!("{} results", seen.len())),
        "{}",
        reader.screen()
    );
    for _ in 0..40 {
        reader.press("pageup");
    }
    assert_eq!(reader.screen(), first);
}

#[test]
fn further_hits_open_and_are_stepped_through() {
    let mut reader = reader_with_set_codes(300, (80, 24));
    reader.press("/ \"invented disease\"");
    let per_screen = usize::from(19 / HIT_LINES);
    for _ in 0..(100 / per_screen) {
        reader.press("pagedown");
    }
    let selected = |reader: &TestSession| match reader.session.app().focus() {
        Focus::Search(search) => search.selected_hit().unwrap().code.clone(),
        _ => panic!("{}", reader.screen()),
    };
    let open = |reader: &TestSession| reader.session.app().document_view().document().code.clone();
    let code = selected(&reader);
    reader.press("enter");
    assert_eq!(open(&reader), code);
    reader.press("n n N");
    let next = open(&reader);
    assert_ne!(next, code);
    reader.press("esc");
    assert_eq!(selected(&reader), next);
}

#[test]
fn filters_limit_hits_to_kind_billable_codes_and_document() {
    let mut reader = reader_with_set_codes(30, (80, 16));
    assert_snapshot!(reader.press("/ \"a00\" down").screen(), @r#"
/ a00                                                          11 results  Top
All  Documents  Diagnoses  Procedures  Modifiers  Payers  Billable  In 83950
Best match · 1
  ICD-10-CM A00                                            not billable · code
    Invented diseases
ICD-10-CM codes · 10
▸ ICD-10-CM A00.0                                              billable · code
    Invented disease number 0 of the left hand, with later encounters
  ICD-10-CM A00.1                                              billable · code
    Invented disease number 1 of the left hand, with later encounters
  ICD-10-CM A00.2                                              billable · code
    Invented disease number 2 of the left hand, with later encounters
  ICD-10-CM A00.3                                              billable · code
    Invented disease number 3 of the left hand, with later encounters

↑↓ select  Enter open  Esc back  Tab filter                         CPT (c) AMA
"#);
    assert_snapshot!(reader.press("ctrl-o").screen(), @r#"
/ a00                                                          10 results  Top
All  Documents  Diagnoses  Procedures  Modifiers  Payers  Billable  In 83950
Best match · 1
▸ ICD-10-CM A00.0                                              billable · code
    Invented disease number 0 of the left hand, with later encounters
ICD-10-CM codes · 9
  ICD-10-CM A00.1                                              billable · code
    Invented disease number 1 of the left hand, with later encounters
  ICD-10-CM A00.2                                              billable · code
    Invented disease number 2 of the left hand, with later encounters
  ICD-10-CM A00.3                                              billable · code
    Invented disease number 3 of the left hand, with later encounters
  ICD-10-CM A00.4                                              billable · code
    Invented disease number 4 of the left hand, with later encounters

↑↓ select  Enter open  Esc back  Tab filter                         CPT (c) AMA
"#);
    assert_snapshot!(reader.press("tab").screen(), @r#"
/ a00                                                               no results
All  Documents  Diagnoses  Procedures  Modifiers  Payers  Billable  In 83950
  No results for “a00” with these filters.












↑↓ select  Enter open  Esc back  Tab filter                         CPT (c) AMA
"#);
    let count = |reader: &TestSession| match reader.session.app().focus() {
        Focus::Search(search) => search.results.total,
        _ => panic!("{}", reader.screen()),
    };
    reader.press("ctrl-o shift-tab ctrl-u \"assay\"");
    let all = count(&reader);
    let here = count(reader.press("ctrl-t"));
    assert!(0 < here && here < all, "{here} of {all}");
    assert!(
        reader
            .press("ctrl-t tab tab")
            .screen()
            .contains("No results for “assay” with these filters")
    );
}

#[test]
fn click_selects_a_filter() {
    let mut reader = TestSession::open(80, 24);
    reader.press("m / \"26\"");
    let column = reader
        .screen()
        .lines()
        .nth(1)
        .unwrap()
        .find("Payers")
        .unwrap()
        + 1;
    reader.send(format!("\x1b[<0;{column};2M").as_bytes());
    let Focus::Search(search) = reader.session.app().focus() else {
        panic!("{}", reader.screen());
    };
    assert_eq!(search.filters.kind, codeleaf::search::HitKind::Payers);
}

#[test]
fn empty_field_lists_earlier_searches_and_opened_codes() {
    let mut reader = reader_with_set_codes(30, (80, 24));
    reader.press("/ \"a00.3\" enter down up down / ctrl-u");
    assert_snapshot!(reader.screen(), @r#"
/
All  Documents  Diagnoses  Procedures  Modifiers  Payers  Billable  In A00.3
Earlier searches · 1
▸ a00.3
Codes opened before · 1
  A00.3   Invented disease number 3 of the left hand, with later encounters
Search within · 6
  mod:    a modifier, in every document: mod:26
  payer:  a payer, in every document: payer:aetna
  code:   codes by their first characters: code:839
  pos:    a place of service: pos:22
  in:     one section: in:coding
  set:    one code set: set:icd10cm

  Or type: 26, 83950-90, professional component, outside lab, reccurence








↑↓ select  Enter open  Esc back  Tab filter                         CPT (c) AMA
"#);
    let mut saved = reader.effects.iter().filter_map(|effect| match effect {
        Effect::SaveSearchHistory(history) => Some(history.clone()),
        _ => None,
    });
    let saved = saved.next_back().unwrap();
    assert_eq!(saved.queries, ["a00.3"]);
    assert_eq!(saved.codes[0].code.value(), "A00.3");
    reader.press("enter");
    assert!(
        reader.screen().starts_with(" / a00.3"),
        "{}",
        reader.screen()
    );
    reader.press("esc / ctrl-u down enter");
    assert_eq!(
        reader.session.app().document_view().document().code.value(),
        "A00.3"
    );
}
