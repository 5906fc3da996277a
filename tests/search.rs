//! Search as a reader meets it: words in, rows out.

mod generate;
mod quality;

use std::sync::Arc;

use codeleaf::content::{
    AbsenceReason, AsOf, Block, BlockId, Cell, CodeId, CodeSystem, Document, ModifierCode, Row,
    RowKey, RowPath, Section, SectionId, Shape, SourceId, Standing, Status, Subject, Unavailable,
    Value, Visibility, Voice,
};
use codeleaf::library::Library;
use codeleaf::search::{DocumentSource, Hit, Index, IndexBuilder, MatchReason, Query, Results};
use proptest::prelude::*;

fn cell(label: &str, text: &str) -> Cell {
    Cell {
        label: label.to_owned(),
        value: Value::Text(text.to_owned()),
        visibility: Visibility::Column,
    }
}

fn row(key: &str, subject: Subject, cells: Vec<Cell>) -> Row {
    Row {
        key: RowKey(key.to_owned()),
        subject,
        voice: Voice::Publication,
        cells,
        standing: None,
        source: Some(SourceId("publication".to_owned())),
        disputed_by: Vec::new(),
        remarks: Vec::new(),
    }
}

fn prose(texts: &[&str]) -> Block {
    Block {
        id: BlockId("text".to_owned()),
        title: None,
        shape: Shape::Prose,
        rows: (1..)
            .zip(texts)
            .map(|(key, text)| row(&format!("{key}"), Subject::Text, vec![cell("", text)]))
            .collect(),
    }
}

fn modifier(code: &str, name: &str, when: &str) -> Row {
    let mut row = row(
        code,
        Subject::Modifier(ModifierCode::new(code).unwrap()),
        vec![cell("Description", name), cell("When to use", when)],
    );
    row.standing = Some(Standing::Usual);
    row
}

fn section(id: &str, title: &str, short: &str, blocks: Vec<Block>) -> Section {
    Section {
        id: SectionId(id.to_owned()),
        title: title.to_owned(),
        short: short.to_owned(),
        headings: Vec::new(),
        blocks,
    }
}

fn block(id: &str, title: &str, shape: Shape, rows: Vec<Row>) -> Block {
    Block {
        id: BlockId(id.to_owned()),
        title: Some(title.to_owned()),
        shape,
        rows,
    }
}

fn document(code: CodeId, title: &str, sections: Vec<Section>) -> Document {
    Document {
        code,
        title: title.to_owned(),
        status: Status::Active,
        effective: AsOf::Unknown,
        revised: AsOf::Unknown,
        reviewed_by: None,
        next_review: AsOf::Unknown,
        synonyms: Vec::new(),
        sources: Vec::new(),
        sections,
        notices: Vec::new(),
    }
}

fn cpt(value: &str) -> CodeId {
    CodeId::new(CodeSystem::Cpt, value).unwrap()
}

fn icd(value: &str) -> CodeId {
    CodeId::new(CodeSystem::Icd10cm, value).unwrap()
}

/// The publication's document, with its sentences shortened.
fn her2() -> Document {
    let absent = Row {
        subject: Subject::Absence,
        cells: vec![Cell {
            label: String::new(),
            value: Value::Unavailable(Unavailable {
                reason: AbsenceReason::SourceSilent,
                stated: Some("Data not available in the input for related codes.".to_owned()),
                source: None,
                checked: AsOf::Unknown,
                find: None,
            }),
            visibility: Visibility::Column,
        }],
        ..row("absent", Subject::Absence, Vec::new())
    };
    document(
        cpt("83950"),
        "HER2/neu Serum Tumor Marker Assay",
        vec![
            section(
                "summary",
                "Summary",
                "Summary",
                vec![prose(&[
                    "CPT code 83950 represents a laboratory assay that measures the HER2/neu oncoprotein in serum.",
                    "Key payers covered in this analysis include Aetna, Blue Cross Blue Shield, Cigna Health, UnitedHealthcare, and Medicare.",
                ])],
            ),
            section(
                "overview",
                "Billing Code Overview",
                "Overview",
                vec![block(
                    "facts",
                    "Facts",
                    Shape::Facts,
                    vec![row(
                        "service",
                        Subject::Text,
                        vec![cell(
                            "Service type",
                            "Laboratory—serologic tumor marker assay",
                        )],
                    )],
                )],
            ),
            section(
                "clinical",
                "Clinical Context",
                "Clinical",
                vec![prose(&[
                    "A 58-year-old woman presents for routine oncology follow-up. The oncologist orders a serum HER2/neu oncoprotein test to assess for biochemical evidence of recurrence or progression.",
                    "The specimen is sent to the lab for the quantitative immunoassay of HER-2 (C-erbB-2); 26 samples a day.",
                ])],
            ),
            section(
                "coding",
                "Coding Specifications",
                "Coding",
                vec![
                    block(
                        "modifiers",
                        "Modifiers",
                        Shape::Table,
                        vec![
                            modifier(
                                "26",
                                "Professional Component",
                                "Use when billing only the professional interpretation/reporting component and the facility bills for technical component.",
                            ),
                            modifier(
                                "90",
                                "Reference (Outside) Laboratory",
                                "Use when the specimen is sent to an outside reference laboratory for testing.",
                            ),
                        ],
                    ),
                    block("related", "Related codes", Shape::Table, vec![absent]),
                ],
            ),
            payers(),
        ],
    )
}

fn payers() -> Section {
    section(
        "payers",
        "Payers",
        "Payers",
        vec![block(
            "payers",
            "Payers",
            Shape::Table,
            ["Aetna", "Medicare"]
                .iter()
                .map(|name| {
                    row(
                        &name.to_lowercase(),
                        Subject::Payer,
                        vec![
                            cell("Payer", name),
                            cell("Policy", "Covered in this analysis."),
                        ],
                    )
                })
                .collect(),
        )],
    )
}

/// Another laboratory code with the same modifiers, and the words of `her2` further apart.
fn psa() -> Document {
    document(
        cpt("84153"),
        "Prostate Specific Antigen, Total",
        vec![
            section(
                "summary",
                "Summary",
                "Summary",
                vec![prose(&[
                    "CPT code 84153 measures the prostate specific antigen. The component that a professional reads is billed apart.",
                    "The 26 samples of a day go to the laboratory; a recurrence is told by a rise.",
                ])],
            ),
            section(
                "coding",
                "Coding Specifications",
                "Coding",
                vec![block(
                    "modifiers",
                    "Modifiers",
                    Shape::Table,
                    vec![
                        modifier("26", "Professional Component", "Use for the reading alone."),
                        modifier(
                            "91",
                            "Repeat Test",
                            "Use when the test is repeated on the same day.",
                        ),
                    ],
                )],
            ),
        ],
    )
}

fn index_of(documents: &[Document]) -> Index {
    let mut builder = IndexBuilder::new();
    for document in documents {
        builder.add(document);
    }
    let by_code = documents
        .iter()
        .map(|document| (document.code.clone(), Arc::new(document.clone())));
    builder.finish(DocumentSource::Documents(by_code.collect()))
}

fn two_document_index() -> Index {
    index_of(&[psa(), her2()])
}

fn ask(index: &Index, text: &str) -> Results {
    index.search(&Query::parse(text), Some(&cpt("83950")), 20)
}

/// Where a hit lands, and what the reader sees of it.
fn location(hit: &Hit) -> String {
    let place = hit
        .row_path
        .as_ref()
        .map_or("-".to_owned(), RowPath::to_string);
    format!("{} {place}", hit.code.value())
}

fn first_location(index: &Index, text: &str) -> String {
    ask(index, text)
        .hits
        .first()
        .map_or_else(|| "nothing".to_owned(), location)
}

fn highlighted(hit: &Hit) -> Vec<&str> {
    hit.snippet
        .highlights
        .iter()
        .map(|mark| &hit.snippet.text[mark.clone()])
        .collect()
}

#[test]
fn the_shipped_document_answers_what_billers_ask() {
    let library = Arc::new(Library::built_in());
    let index = IndexBuilder::index_library(&library);
    for (text, place) in [
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
        ("HER-2", "summary/text/1"),
        ("HER2/neu", "summary/text/1"),
        ("her 2", "summary/text/1"),
    ] {
        assert_eq!(
            first_location(&index, text),
            format!("83950 {place}"),
            "{text}"
        );
    }
}

#[test]
fn a_modifier_is_found_in_every_spelling() {
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
    let found = ask(&two_document_index(), "26");
    let places: Vec<_> = found.hits.iter().map(location).collect();
    assert_eq!(
        places,
        [
            "83950 coding/modifiers/26",
            "84153 coding/modifiers/26",
            "83950 clinical/text/2",
            "84153 summary/text/2",
        ]
    );
    assert_eq!(found.hits[0].reason, MatchReason::Modifier);
    assert_eq!(found.hits[0].trail, ["Coding", "26"]);
    assert_eq!(found.total, 4);
}

#[test]
fn code_with_modifier_finds_one_row() {
    let found = ask(&two_document_index(), "84153-26");
    assert_eq!(
        found.hits.iter().map(location).collect::<Vec<_>>(),
        ["84153 coding/modifiers/26"]
    );
    assert_eq!(found.hits[0].reason, MatchReason::Code);
}

#[test]
fn unlisted_modifier_suggests_listed_ones() {
    let found = ask(&two_document_index(), "83950-51");
    assert_eq!((found.hits.len(), found.total), (0, 0));
    assert_eq!(found.suggestions, ["83950-26", "83950-90"]);
}

#[test]
fn a_typo_is_corrected_where_the_word_matches_nothing() {
    let found = ask(&two_document_index(), "reccurence");
    assert_eq!(location(&found.hits[0]), "83950 clinical/text/1");
    assert_eq!(highlighted(&found.hits[0]), ["recurrence"]);
    assert_eq!(
        found.hits[0].reason,
        MatchReason::Words {
            field: "Text".to_owned(),
            typos: 1
        }
    );
}

#[test]
fn only_corrections_found_in_hits_are_highlighted() {
    // `bills` is as near as `billed`, but no row has it beside `apart`.
    let found = ask(&two_document_index(), "billd apart");
    assert_eq!(location(&found.hits[0]), "84153 summary/text/1");
    assert_eq!(found.highlighter.ranges("bills, billed").len(), 1);
}

#[test]
fn every_spelling_of_her2_finds_the_same_rows() {
    let index = two_document_index();
    let rows = |text| -> Vec<String> {
        let mut rows: Vec<_> = ask(&index, text).hits.iter().map(location).collect();
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
    assert_eq!(highlighted(&ask(&index, "HER2/neu").hits[0]), ["HER2/neu"]);
}

#[test]
fn a_code_is_found_with_its_document() {
    let found = ask(&two_document_index(), "84153");
    assert_eq!(location(&found.hits[0]), "84153 summary/text/1");
    assert_eq!(found.hits[0].reason, MatchReason::Code);
    assert_eq!(found.hits[0].trail, [""; 0]);
}

#[test]
fn last_word_matches_as_prefix_while_typed() {
    let index = two_document_index();
    let found = ask(&index, "professional comp");
    assert_eq!(location(&found.hits[0]), "83950 coding/modifiers/26");
    assert_eq!(highlighted(&found.hits[0])[..2], ["Professional", "Comp"]);
    for typed in [
        "p",
        "pr",
        "profes",
        "profession",
        "professional",
        "professional c",
    ] {
        assert!(ask(&index, typed).total > 0, "{typed}");
    }
}

#[test]
fn words_in_one_field_rank_above_words_in_one_document() {
    let found = ask(&two_document_index(), "specimen laboratory");
    let places: Vec<_> = found.hits.iter().map(location).collect();
    assert_eq!(places[0], "83950 coding/modifiers/90");
    let found = ask(&two_document_index(), "recurrence serologic");
    assert_eq!(found.hits.len(), 1, "{found:?}");
}

#[test]
fn phrase_search_counts_unread_rows() {
    let texts: Vec<String> = (0..450)
        .map(|n| format!("An assay of serum, number {n}"))
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
        let found = ask(&index, text);
        (found.hits.len(), found.total, found.unverified)
    };
    assert_eq!(counts("\"assay of serum\""), (20, 400, 50));
    assert_eq!(counts("\"serum assay\""), (0, 0, 50));
    assert_eq!(counts("assay of serum"), (20, 450, 0));
    assert_eq!(counts("\"number 7\""), (1, 1, 0));
}

#[test]
fn punctuation_only_payer_matches_nothing() {
    assert!(ask(&two_document_index(), "component").total > 0);
    assert_eq!(ask(&two_document_index(), "payer:-- component").total, 0);
}

#[test]
fn long_phrase_is_matched_in_full() {
    let long = format!("{} and not a word", vec!["serum"; 70].join(" "));
    let rows = prose(&[&long, &long.replace("not", "yet")]);
    let sections = vec![section("summary", "Summary", "Summary", vec![rows])];
    let index = index_of(&[document(cpt("83950"), "Assay", sections)]);
    assert_eq!(ask(&index, &format!("\"{long}\"")).total, 1);
}

#[test]
fn quoted_words_must_be_adjacent() {
    let index = two_document_index();
    let found = ask(&index, "\"component that a professional\"");
    assert_eq!(
        found.hits.iter().map(location).collect::<Vec<_>>(),
        ["84153 summary/text/1"]
    );
    let found = ask(&index, "\"professional component\"");
    assert!(
        found.hits.iter().all(|hit| hit.trail[0] == "Coding"),
        "{found:?}"
    );
}

#[test]
fn large_and_small_index_return_the_same_hits() {
    let texts = || {
        let documents = [psa(), her2()].map(|document| (document.code.clone(), Arc::new(document)));
        DocumentSource::Documents(documents.into())
    };
    let of = |mut builder: IndexBuilder, texts| {
        builder.add(&psa());
        builder.add(&her2());
        builder.finish(texts)
    };
    let few = of(IndexBuilder::new(), texts());
    let many = of(IndexBuilder::with_row_store(), DocumentSource::default());
    for text in [
        "26",
        "her2",
        "83950",
        "component",
        "related codes",
        "mod:26",
        "\"tumor marker\"",
    ] {
        assert_eq!(ask(&many, text).hits, ask(&few, text).hits, "{text}");
    }
}

#[test]
fn a_row_appears_once() {
    let index = two_document_index();
    for text in ["component", "26", "her2", "83950", "laboratory", "use when"] {
        let mut rows: Vec<_> = ask(&index, text).hits.iter().map(location).collect();
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
        ask(&index, text)
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
        ask(&index, text)
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
    let hit = &ask(&index, "gastrointestinal").hits[0];
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
    assert_eq!(ask(&index, "type 2 diab").hits[0].code, icd("E11"));
    assert_eq!(ask(&index, "diab").hits[0].code, icd("E11"));
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
        let found = ask(&index, text);
        assert_eq!(found.hits, [], "{text}");
        assert!(!found.suggestions.is_empty(), "{text}");
    }
    assert_eq!(ask(&index, "83951").suggestions[0], "83950");
    assert!(
        ask(&index, "recxrrexcx")
            .suggestions
            .contains(&"recurrence".to_owned())
    );
    assert_eq!(ask(&index, "  ").suggestions, [""; 0]);
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
                .all(|mark| text.get(mark.clone()).is_some() && !mark.is_empty())
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
    fn any_query_is_answered(text in any::<String>()) {
        assert_consistent(&ask(&two_document_index(), &text));
    }

    #[test]
    fn random_query_syntax_is_answered(
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
        assert_consistent(&ask(&two_document_index(), &text));
    }
}
