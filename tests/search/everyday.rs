//! Everyday words: names of codes, shorthand, and the order of the user's documents and the codes.

use std::sync::Arc;

use codeleaf::content::{CodeId, Document};
use codeleaf::library::Library;
use codeleaf::search::{DocumentSource, HitGroup, Index, IndexBuilder, MatchReason, Query};

use super::documents::{cpt, document, prose, section};

fn index_of_codes(codes: &[(&str, &str)], document: Option<Document>) -> Index {
    let mut builder = IndexBuilder::new();
    let mut source = DocumentSource::default();
    if let Some(document) = document {
        builder.add(&document);
        let by_code = [(document.code.clone(), Arc::new(document))];
        source = DocumentSource::Documents(by_code.into());
    }
    for (code, title) in codes {
        builder.add_code(&code.parse().unwrap(), title, "");
    }
    builder.finish(source)
}

fn found(index: &Index, text: &str) -> Vec<String> {
    let results = index.search(&Query::parse(text), None, 20);
    let codes = results.hits.iter().map(|hit| hit.code.value().to_owned());
    codes.collect()
}

fn built_in() -> Index {
    IndexBuilder::index_library(&Arc::new(Library::built_in()))
}

#[test]
fn everyday_name_finds_its_code_and_the_headings_above_it() {
    let codes = [
        ("icd10cm:I10", "Essential (primary) hypertension"),
        ("icd10cm:I15.9", "Secondary hypertension, unspecified"),
        ("icd10cm:J18", "Pneumonia, unspecified organism"),
        ("icd10cm:J18.9", "Pneumonia, unspecified organism"),
        ("icd10cm:J12.9", "Viral pneumonia, unspecified"),
        ("icd10cm:M25.562", "Pain in left knee"),
    ];
    let index = index_of_codes(&codes, None);
    for (text, first) in [
        ("htn", "I10"),
        ("r/o htn", "I10"),
        ("pt with HTN", "I10"),
        ("hyperten", "I10"),
        ("hypertenson", "I10"),
        ("pna", "J18.9"),
        ("lt knee pain", "M25.562"),
        ("pain in the left knee", "M25.562"),
    ] {
        assert_eq!(
            found(&index, text).first().map(String::as_str),
            Some(first),
            "{text}"
        );
    }
    assert_eq!(found(&index, "pneumonia"), ["J18.9", "J18", "J12.9"]);
    let results = index.search(&Query::parse("htn"), None, 5);
    assert_eq!(results.hits[0].group, HitGroup::Best);
    assert!(matches!(
        results.hits[0].reason,
        MatchReason::Synonym { .. }
    ));
}

#[test]
fn unspecified_code_and_diagnosis_come_before_others() {
    let codes = [
        (
            "hcpcs:G8815",
            "Documented reason for nephritis of the xylem",
        ),
        (
            "icd10cm:N05.1",
            "Xylem nephritis with focal and segmental glomerular lesions",
        ),
        ("icd10cm:N05.9", "Xylem nephritis, unspecified"),
        ("icd10cm:N05.8", "Other xylem nephritis"),
    ];
    let index = index_of_codes(&codes, None);
    assert_eq!(
        found(&index, "nephritis xylem"),
        ["N05.9", "N05.8", "N05.1", "G8815"]
    );
    assert_eq!(found(&index, "documented xylem"), ["G8815"]);
}

#[test]
fn plurals_and_british_spelling_find_the_american_singular() {
    let codes = [
        ("icd10cm:D17.9", "Tumor of the esophagus"),
        ("icd10cm:D61.9", "Anemia with edema"),
    ];
    let index = index_of_codes(&codes, None);
    assert_eq!(found(&index, "tumours oesophagus"), ["D17.9"]);
    assert_eq!(found(&index, "anaemia oedema"), ["D61.9"]);
}

fn note_on_abn() -> Document {
    let text = "File an ABN for opioid tests of urine.";
    let summary = section("summary", "Summary", "Summary", vec![prose(&[text])]);
    document(cpt("80307"), "Drug screen", vec![summary])
}

#[test]
fn whole_word_in_a_document_comes_before_the_start_of_a_word_in_a_code() {
    let codes: Vec<(String, String)> = (0..80)
        .map(|n| {
            (
                format!("icd10cm:R{n:02}"),
                format!("Abnormal opioidlike {n}"),
            )
        })
        .collect();
    let codes: Vec<(&str, &str)> = codes.iter().map(|(a, b)| (&**a, &**b)).collect();
    let index = index_of_codes(&codes, Some(note_on_abn()));
    for text in ["ABN", "urine", "opioid"] {
        assert_eq!(found(&index, text)[0], "80307", "{text}");
    }
}

#[test]
fn documents_stay_in_the_list_however_many_codes_match() {
    let codes: Vec<(String, String)> = (0..90)
        .map(|n| (format!("icd10cm:R{n:02}"), "Urine".to_owned()))
        .collect();
    let codes: Vec<(&str, &str)> = codes.iter().map(|(a, b)| (&**a, &**b)).collect();
    let index = index_of_codes(&codes, Some(note_on_abn()));
    let codes = found(&index, "urine");
    assert_eq!(codes.len(), 20);
    assert!(codes.contains(&"80307".to_owned()), "{codes:?}");
}

#[test]
fn short_word_without_results_is_not_replaced_by_a_neighbor() {
    let index = built_in();
    for text in ["fever", "gout", "acne"] {
        let results = index.search(&Query::parse(text), None, 5);
        assert!(
            results.hits.is_empty(),
            "{text}: {:?}",
            results.hits[0].snippet
        );
        assert!(!results.suggestions.is_empty(), "{text}");
    }
    let suggestions = index.search(&Query::parse("fever"), None, 5).suggestions;
    assert!(suggestions.contains(&"never".to_owned()), "{suggestions:?}");
    let results = index.search(&Query::parse("reccurence"), None, 5);
    let reason = &results.hits[0].reason;
    assert!(
        matches!(reason, MatchReason::Words { typos: 1, .. }),
        "{reason:?}"
    );
}

#[test]
fn negation_is_part_of_what_is_asked() {
    let texts = [
        "The test is covered, and this is not a promise.",
        "The test is not covered for screening.",
        "The test is non-covered in Ohio.",
    ];
    let rows = section("summary", "Summary", "Summary", vec![prose(&texts)]);
    let document = document(cpt("80307"), "Drug screen", vec![rows]);
    let index = index_of_codes(&[], Some(document));
    for text in ["not covered", "not cover", "NOT covered screening"] {
        let results = index.search(&Query::parse(text), None, 5);
        let snippets: Vec<&str> = results.hits.iter().map(|hit| &*hit.snippet.text).collect();
        assert!(snippets[0].contains("not covered"), "{text}: {snippets:?}");
        assert!(!snippets.contains(&texts[0]), "{text}: {snippets:?}");
    }
}

#[test]
fn names_of_sources_are_found() {
    let index = built_in();
    for text in ["noridian code:83950", "ncci code:83950"] {
        let results = index.search(&Query::parse(text), None, 5);
        let code: CodeId = cpt("83950");
        assert!(results.hits.iter().any(|hit| hit.code == code), "{text}");
    }
}
