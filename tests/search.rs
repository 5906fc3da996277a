//! Search as a user sees it: a query in, rows out.

mod documents;
mod everyday;
mod generate;
mod quality;
mod questions;

use std::collections::HashMap;
use std::sync::Arc;

use codeleaf::content::{CodeId, CodeSystem, RowPath};
use codeleaf::library::Library;
use codeleaf::search::{
    DocumentSource, Hit, HitGroup, Index, IndexBuilder, MatchReason, Query, Results,
};
use proptest::prelude::*;

use documents::{cpt, document, her2, icd, index_of, prose, psa, section, two_document_index};

fn search(index: &Index, text: &str) -> Results {
    index.search(&Query::parse(text), Some(&cpt("83950")), 20)
}

/// Returns the code and row of a hit.
fn location(hit: &Hit) -> String {
    let path = hit
        .row_path
        .as_ref()
        .map_or("-".to_owned(), RowPath::to_string);
    format!("{} {path}", hit.code.value())
}

fn first_location(index: &Index, text: &str) -> String {
    search(index, text)
        .hits
        .first()
        .map_or_else(|| "no hits".to_owned(), location)
}

fn highlighted(hit: &Hit) -> Vec<&str> {
    hit.snippet
        .highlights
        .iter()
        .map(|range| &hit.snippet.text[range.clone()])
        .collect()
}

#[test]
fn shipped_document_has_expected_first_hits() {
    let library = Library::built_in();
    let index = index_of(&[(*library.document(&cpt("83950")).unwrap()).clone()]);
    for (text, path) in [
        ("26", "coding/modifiers/26"),
        ("-26", "coding/modifiers/26"),
        ("mod 26", "coding/modifiers/26"),
        ("modifier 90", "coding/modifiers/90"),
        ("83950-90", "coding/modifiers/90"),
        ("professional component", "coding/modifiers/26"),
        ("profesional comp", "coding/modifiers/26"),
        ("outside lab", "coding/modifiers/90"),
        ("outside la", "coding/modifiers/90"),
        ("send-out", "coding/modifiers/90"),
        ("repeat test", "coding/remarks/2"),
        ("clia waived", "coding/remarks/4"),
        ("reccurence", "clinical/text/1"),
        ("aetna", "payers/payers/aetna"),
        ("shed antigen", "overview/synonyms/3"),
        ("immunohistochemistry", "overview/not-this/1"),
        ("service type", "overview/facts/service-type"),
        ("blood test", "summary/text/1"),
        ("her2", "summary/text/1"),
    ] {
        assert_eq!(
            first_location(&index, text),
            format!("83950 {path}"),
            "{text}"
        );
    }
}

#[test]
fn modifier_is_found_in_every_spelling() {
    let index = two_document_index();
    for text in [
        "26",
        "-26",
        "mod 26",
        "modifier 26",
        "mod:26",
        "MOD 26",
        "professional component",
    ] {
        assert_eq!(
            first_location(&index, text),
            "83950 coding/modifiers/26",
            "{text}"
        );
    }
    for text in [
        "modifier 90",
        "83950-90",
        "\"83950-90\"",
        "\"83950 90\"",
        "83950 90",
        "8395090",
        "83950 mod 90",
        "reference lab",
    ] {
        assert_eq!(
            first_location(&index, text),
            "83950 coding/modifiers/90",
            "{text}"
        );
    }
}

#[test]
fn modifier_row_ranks_above_same_number_in_prose() {
    let results = search(&two_document_index(), "26");
    let locations: Vec<_> = results.hits.iter().map(location).collect();
    assert_eq!(
        locations,
        [
            "83950 coding/modifiers/26",
            "84153 coding/modifiers/26",
            "83950 clinical/text/2",
            "84153 summary/text/2",
        ]
    );
    assert_eq!(results.hits[0].reason, MatchReason::Modifier);
    assert_eq!(results.hits[0].trail, ["Coding", "26"]);
    assert_eq!(results.total, 4);
}

#[test]
fn code_with_modifier_finds_one_row() {
    let results = search(&two_document_index(), "84153-26");
    assert_eq!(
        results.hits.iter().map(location).collect::<Vec<_>>(),
        ["84153 coding/modifiers/26"]
    );
    assert_eq!(results.hits[0].reason, MatchReason::Code);
}

#[test]
fn unlisted_modifier_is_named_with_the_listed_ones() {
    let results = search(&two_document_index(), "83950-51");
    let locations: Vec<_> = results.hits.iter().map(location).collect();
    assert_eq!(locations, ["83950 summary/text/1"]);
    let missing = "no entry for modifier 51 in the document on 83950; it lists 26, 90";
    assert_eq!(results.missing, [missing]);
    let unknown = search(&two_document_index(), "83959-26");
    assert_eq!((unknown.hits.len(), unknown.total), (0, 0));
    assert!(!unknown.suggestions.is_empty());
}

#[test]
fn claim_line_has_a_hit_for_each_code_and_modifier() {
    let index = two_document_index();
    let found = |text: &str| {
        let results = search(&index, text);
        let hits: Vec<_> = results.hits.iter().map(location).collect();
        (hits.join(", "), results.missing.len())
    };
    let rows = "83950 coding/modifiers/90, 83950 coding/modifiers/26, 83950 summary/text/1";
    for text in [
        "83950-90-26",
        "83950 90 26",
        "CPT 83950, modifiers 90 and 26",
        "83950,90,26",
        "83950\t90\t26\n",
    ] {
        assert_eq!(found(text), (rows.to_owned(), 0), "{text:?}");
    }
    // QW is not taken for a typo of another modifier or word.
    assert_eq!(
        found("83950-90-qw"),
        (
            "83950 coding/modifiers/90, 83950 summary/text/1".to_owned(),
            1
        )
    );
    assert_eq!(
        found("83950, 84153-26; E11.9"),
        (
            "83950 summary/text/1, 84153 coding/modifiers/26".to_owned(),
            1
        )
    );
}

#[test]
fn scope_without_a_value_lists_its_values() {
    let index = two_document_index();
    let values = |text: &str| {
        let results = search(&index, text);
        assert!(
            results.has_scope_values && results.hits.is_empty(),
            "{text}"
        );
        results.suggestions
    };
    assert_eq!(values("set:"), ["set:cpt"]);
    let payers = values("payer:");
    assert!(payers.contains(&"payer:\"Aetna\"".to_owned()), "{payers:?}");
    for payer in payers {
        assert!(search(&index, &payer).total > 0, "{payer}");
    }
    assert!(values("in:").contains(&"in:coding".to_owned()));
    assert!(!search(&index, "code:").has_scope_values);
}

#[test]
fn typo_is_corrected_if_the_word_matches_nothing() {
    let results = search(&two_document_index(), "reccurence");
    assert_eq!(location(&results.hits[0]), "83950 clinical/text/1");
    assert_eq!(highlighted(&results.hits[0]), ["recurrence"]);
    assert_eq!(results.hits[0].group, HitGroup::Similar);
    assert_eq!(results.corrections, ["recurrence"]);
    assert_eq!(
        results.hits[0].reason,
        MatchReason::Words {
            field: "Text".to_owned(),
            typos: 1
        }
    );
}

#[test]
fn only_corrections_found_in_hits_are_highlighted() {
    // `bills` is as near as `billed`, but no row has both `bills` and `apart`.
    let results = search(&two_document_index(), "billd apart");
    assert_eq!(location(&results.hits[0]), "84153 summary/text/1");
    assert_eq!(results.highlighter.ranges("bills, billed").len(), 1);
}

#[test]
fn every_spelling_of_her2_finds_the_same_rows() {
    let index = two_document_index();
    let rows = |text| -> Vec<String> {
        let mut rows: Vec<_> = search(&index, text).hits.iter().map(location).collect();
        rows.sort();
        rows
    };
    for text in ["HER2", "HER-2", "her 2", "HER2 "] {
        assert_eq!(rows(text), rows("her2"), "{text}");
        assert_eq!(
            first_location(&index, text),
            "83950 summary/text/1",
            "{text}"
        );
    }
    assert_eq!(first_location(&index, "HER2/neu"), "83950 summary/text/1");
    assert_eq!(
        highlighted(&search(&index, "HER2/neu").hits[0]),
        ["HER2/neu"]
    );
}

#[test]
fn code_finds_its_document() {
    let results = search(&two_document_index(), "84153");
    assert_eq!(location(&results.hits[0]), "84153 summary/text/1");
    assert_eq!(results.hits[0].reason, MatchReason::Code);
    assert_eq!(results.hits[0].trail, [""; 0]);
}

#[test]
fn last_word_matches_as_prefix_while_typed() {
    let index = two_document_index();
    let results = search(&index, "professional comp");
    assert_eq!(location(&results.hits[0]), "83950 coding/modifiers/26");
    assert_eq!(highlighted(&results.hits[0])[..2], ["Professional", "Comp"]);
    for typed in [
        "p",
        "pr",
        "profes",
        "profession",
        "professional",
        "professional c",
    ] {
        assert!(search(&index, typed).total > 0, "{typed}");
    }
}

#[test]
fn words_in_one_field_rank_above_words_in_one_document() {
    let results = search(&two_document_index(), "specimen laboratory");
    let locations: Vec<_> = results.hits.iter().map(location).collect();
    assert_eq!(locations[0], "83950 coding/modifiers/90");
    let results = search(&two_document_index(), "recurrence serologic");
    assert_eq!(results.hits.len(), 1, "{results:?}");
}

#[test]
fn rows_of_the_named_code_rank_above_headings_that_mention_it() {
    let with_heading = |title: &str, text| {
        let mut block = prose(&[text]);
        block.title = Some(title.to_owned());
        vec![section("summary", "Summary", "Summary", vec![block])]
    };
    let own = with_heading("Text", "A laboratory assay of a protein in serum");
    let other = with_heading("Laboratory tests beside 83950", "A text");
    let index = index_of(&[
        document(cpt("83951"), "Another assay", other),
        document(cpt("83950"), "Assay", own),
    ]);
    let results = search(&index, "83950 laboratory");
    let codes: Vec<&str> = results.hits.iter().map(|hit| hit.code.value()).collect();
    assert_eq!(codes, ["83950", "83951"]);
}

#[test]
fn phrase_search_counts_unread_rows() {
    let texts: Vec<String> = (0..450)
        .map(|n| {
            let words = if n % 5 == 0 { "fifth one" } else { "not fifth" };
            format!("An assay of serum, {words}, number {n}")
        })
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let sections = vec![section(
        "summary",
        "Summary",
        "Summary",
        vec![prose(&texts)],
    )];
    let index = index_of(&[document(cpt("83950"), "Assay", sections)]);
    let counts = |text| {
        let results = search(&index, text);
        (results.hits.len(), results.total, results.unverified)
    };
    // The first 200 rows have it.
    assert_eq!(counts("\"assay of serum\""), (20, 200, 250));
    // Only 40 of the first 200 rows have it, so 400 are read.
    assert_eq!(counts("\"serum fifth\""), (20, 80, 50));
    assert_eq!(counts("\"serum assay\""), (0, 0, 50));
    assert_eq!(counts("assay of serum"), (20, 450, 0));
    assert_eq!(counts("\"number 7\""), (1, 1, 0));
}

/// Generates texts of a few words each. `I10` has two of them as everyday names.
fn generated_text(n: usize) -> String {
    let word = |n: usize| {
        [
            "high blood pressure",
            "of a vessel",
            "hypertension",
            "chronic",
        ][n % 4]
    };
    let words = (0..2 + n % 5).map(|at| word(n / 5 + at * (n % 3 + 1)));
    words.collect::<Vec<_>>().join(" ")
}

fn generated_index(document_count: usize) -> Index {
    let mut builder = IndexBuilder::new();
    let mut documents = HashMap::new();
    for n in 0..document_count {
        let texts = [generated_text(n * 7), generated_text(n * 11 + 1)];
        let block = prose(&texts.each_ref().map(String::as_str));
        let sections = vec![section("summary", "Summary", "Summary", vec![block])];
        let code = cpt(&(10_000 + n).to_string());
        let document = document(code.clone(), &generated_text(n), sections);
        builder.add(&document);
        documents.insert(code, Arc::new(document));
    }
    for n in 0..1000 {
        let code = match n {
            999 => "I10".to_owned(),
            _ => format!("K{:02}.{}", n / 10, n % 10),
        };
        builder.add_code(&icd(&code), &generated_text(n + 3), "");
    }
    builder.finish(DocumentSource::Documents(documents))
}

/// With a limit, most rows are rejected before they are ranked in full.
#[test]
fn limit_changes_neither_the_order_of_hits_nor_their_number() {
    let queries = [
        "h",
        "hyp",
        "hypertension",
        "high blood pressure",
        "pressure chronic",
    ];
    for (document_count, kind) in [(400, CodeSystem::Cpt), (6, CodeSystem::Icd10cm)] {
        let index = generated_index(document_count);
        for query in queries {
            let hits = |limit| {
                let results = index.search(&Query::parse(query), Some(&cpt("10003")), limit);
                let of_kind = results.hits.iter().filter(|hit| hit.code.system() == kind);
                let locations: Vec<String> = of_kind.map(location).collect();
                (results.total, results.hits.len(), locations)
            };
            let (total, all_count, all) = hits(usize::MAX);
            let (limited_total, count, limited) = hits(40);
            assert_eq!(
                (limited_total, all_count, count),
                (total, total, 40),
                "{query}"
            );
            assert!(
                total > 300 && limited.len() > 9,
                "{query}: {total}, {}",
                limited.len()
            );
            assert_eq!(limited, all[..limited.len()], "{query}");
        }
    }
}

#[test]
fn row_of_the_open_document_is_first_among_many_equal_ones() {
    let documents = (10_000..10_600).map(|n| {
        let sections = vec![section(
            "summary",
            "Summary",
            "Summary",
            vec![prose(&["Serum"])],
        )];
        document(cpt(&n.to_string()), "Assay", sections)
    });
    let index = index_of(&documents.collect::<Vec<_>>());
    for open in ["10000", "10299", "10599"] {
        let results = index.search(&Query::parse("serum"), Some(&cpt(open)), 40);
        assert_eq!((results.total, results.hits.len()), (600, 40));
        let first_two = [0, 1].map(|n: usize| results.hits[n].code.value().to_owned());
        let second = if open == "10000" { "10001" } else { "10000" };
        assert_eq!(first_two, [open, second]);
    }
}

#[test]
fn punctuation_only_payer_matches_nothing() {
    assert!(search(&two_document_index(), "component").total > 0);
    assert_eq!(search(&two_document_index(), "payer:-- component").total, 0);
}

#[test]
fn long_phrase_is_matched_in_full() {
    let long = format!("{} and not a word", vec!["serum"; 70].join(" "));
    let rows = prose(&[&long, &long.replace("not", "yet")]);
    let sections = vec![section("summary", "Summary", "Summary", vec![rows])];
    let index = index_of(&[document(cpt("83950"), "Assay", sections)]);
    assert_eq!(search(&index, &format!("\"{long}\"")).total, 1);
}

#[test]
fn quoted_words_must_be_adjacent() {
    let index = two_document_index();
    let results = search(&index, "\"component that a professional\"");
    assert_eq!(
        results.hits.iter().map(location).collect::<Vec<_>>(),
        ["84153 summary/text/1"]
    );
    let results = search(&index, "\"professional component\"");
    assert!(
        results.hits.iter().all(|hit| hit.trail[0] == "Coding"),
        "{results:?}"
    );
}

#[test]
fn large_and_small_index_return_the_same_hits() {
    let documents = [psa(), her2()].map(|document| (document.code.clone(), Arc::new(document)));
    let build = |mut builder: IndexBuilder, source| {
        builder.add(&psa());
        builder.add(&her2());
        builder.finish(source)
    };
    let source = DocumentSource::Documents(documents.into());
    let small = build(IndexBuilder::new(), source);
    let large = build(IndexBuilder::with_row_store(), DocumentSource::default());
    for text in [
        "26",
        "her2",
        "83950",
        "component",
        "related codes",
        "mod:26",
        "\"tumor marker\"",
    ] {
        assert_eq!(
            search(&large, text).hits,
            search(&small, text).hits,
            "{text}"
        );
    }
}

#[test]
fn row_appears_only_once() {
    let index = two_document_index();
    for text in ["component", "26", "her2", "83950", "laboratory", "use when"] {
        let mut rows: Vec<_> = search(&index, text).hits.iter().map(location).collect();
        let all = rows.len();
        rows.sort();
        rows.dedup();
        assert_eq!(rows.len(), all, "{text}");
    }
}

#[test]
fn scopes_restrict_results() {
    let index = two_document_index();
    let rows = |text| {
        search(&index, text)
            .hits
            .iter()
            .map(location)
            .collect::<Vec<_>>()
    };
    assert_eq!(rows("payer:aetna"), ["83950 payers/payers/aetna"]);
    assert_eq!(rows("payer:aetna covered"), ["83950 payers/payers/aetna"]);
    assert_eq!(rows("mod:90 specimen"), ["83950 coding/modifiers/90"]);
    assert_eq!(rows("mod:26 code:84153"), ["84153 coding/modifiers/26"]);
    assert_eq!(rows("in:clinical recurrence"), ["83950 clinical/text/1"]);
    assert_eq!(rows("code:84153 recurrence"), ["84153 summary/text/2"]);
    assert_eq!(rows("set:icd10cm recurrence"), [""; 0]);
    assert_eq!(rows("cpt: recurrence").len(), 2);
    assert_eq!(rows("in: recurrence").len(), 2);
}

#[test]
fn bare_code_of_two_systems_returns_both() {
    let mut builder = IndexBuilder::new();
    builder.add_code(
        &CodeId::new(CodeSystem::Hcpcs, "G0439").unwrap(),
        "Annual wellness visit",
        "",
    );
    builder.add_code(
        &icd("G04.39"),
        "Other acute necrotizing hemorrhagic encephalopathy",
        "",
    );
    builder.add_code(
        &icd("K92.2"),
        "Gastrointestinal hemorrhage, unspecified",
        "",
    );
    let index = builder.finish(DocumentSource::default());
    let codes = |text| -> Vec<String> {
        search(&index, text)
            .hits
            .iter()
            .map(|hit| hit.code.to_string())
            .collect()
    };
    assert_eq!(codes("g0439"), ["hcpcs:G0439", "icd10cm:G04.39"]);
    assert_eq!(codes("G04.39"), ["icd10cm:G04.39"]);
    assert_eq!(codes("icd10cm:G0439"), ["icd10cm:G04.39"]);
    for text in ["k922", "K92.2", "k92.2", "K922", "K92", "k92.", "k9"] {
        assert_eq!(codes(text), ["icd10cm:K92.2"], "{text}");
    }
    assert_eq!(codes("hemorrhage gastro"), ["icd10cm:K92.2"]);
    let hit = &search(&index, "gastrointestinal").hits[0];
    assert_eq!(
        (&hit.row_path, &*hit.snippet.text),
        (&None, "Gastrointestinal hemorrhage, unspecified")
    );
}

#[test]
fn abbreviation_in_text_does_not_outrank_title_match() {
    let mut builder = IndexBuilder::new();
    for (code, title, short) in [
        (
            "E11.37",
            "Type 2 diabetes with macular edema, resolved",
            "Type 2 diab with edema",
        ),
        (
            "E11",
            "Type 2 diabetes mellitus",
            "Type 2 diabetes mellitus",
        ),
    ] {
        builder.add_code(&icd(code), title, short);
    }
    let index = builder.finish(DocumentSource::default());
    assert_eq!(search(&index, "type 2 diab").hits[0].code, icd("E11"));
    assert_eq!(search(&index, "diab").hits[0].code, icd("E11"));
}

#[test]
fn query_without_hits_suggests_nearest_terms() {
    let index = two_document_index();
    for text in [
        "zzzzqqqq",
        "83951",
        "-zz",
        "mod 77",
        "xq \"zz yy\"",
        "set:nothing",
        "日本語",
    ] {
        let results = search(&index, text);
        assert_eq!(results.hits, [], "{text}");
        assert!(!results.suggestions.is_empty(), "{text}");
    }
    assert_eq!(search(&index, "83951").suggestions[0], "83950");
    assert!(
        search(&index, "recxrrexcx")
            .suggestions
            .contains(&"recurrence".to_owned())
    );
    assert_eq!(search(&index, "  ").suggestions, [""; 0]);
}

#[test]
fn headings_and_absences_are_found() {
    let index = two_document_index();
    assert_eq!(
        first_location(&index, "related codes"),
        "83950 coding/related/absent"
    );
    assert_eq!(
        first_location(&index, "service type"),
        "83950 overview/facts/service"
    );
}

fn assert_consistent(results: &Results) {
    for hit in &results.hits {
        let text = &hit.snippet.text;
        assert!(
            hit.snippet
                .highlights
                .iter()
                .all(|range| text.get(range.clone()).is_some() && !range.is_empty())
        );
        assert!(
            hit.snippet
                .highlights
                .windows(2)
                .all(|pair| pair[0].end <= pair[1].start)
        );
    }
    assert!(results.hits.len() <= results.total);
    assert!(results.total == 0 || !results.hits.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn results_of_any_text_are_consistent(text in any::<String>()) {
        assert_consistent(&search(&two_document_index(), &text));
    }

    #[test]
    fn results_of_random_query_syntax_are_consistent(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "26", "-26", "mod", "modifier", "83950", "-90", "83950-", "her2", "HER-2", "/neu", "\"",
                "payer:", "in:", "set:", "code:", "mod:", "cpt:", ":", "recc", "é", "of", "K92.2", ".", "c-",
                "professional", "comp", "lab", "in:coding", "\u{300}", "🦀",
            ]),
            0..8,
        ),
        spaces in prop::collection::vec(prop::sample::select(vec!["", " ", "  "]), 8),
    ) {
        let text: String = parts.iter().zip(spaces).flat_map(|(part, space)| [*part, space]).collect();
        assert_consistent(&search(&two_document_index(), &text));
    }
}
