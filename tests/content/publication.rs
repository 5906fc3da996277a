//! The built-in document reproduces the publication word for word and in order.
//!
//! `tests/fixtures/cpt-83950.txt` is an exact copy of the publication. It is parsed by its own
//! markup (headings, `-` before a list item, `|` in the table) and compared with the document.

use std::fs;

use codeleaf::content::{
    Cell, CodeId, CodeSystem, Document, Section, Shape, SourceId, Subject, Value, Visibility, Voice,
};
use codeleaf::library::Library;

use super::fixtures;

/// The publication's headings, and the sections whose heading each is.
const HEADINGS: [(&str, &[&str]); 6] = [
    ("Summary & Overview", &["summary"]),
    ("CPT 83950: HER2/neu Serum Tumor Marker Assay", &["summary"]),
    ("Billing Code Overview", &["overview"]),
    ("Clinical & Coding Specifications", &["clinical", "coding"]),
    ("Clinical Context", &["clinical"]),
    ("Coding Specifications", &["coding"]),
];

fn publication_text() -> String {
    fs::read_to_string(fixtures().join("cpt-83950.txt")).unwrap()
}

fn built_in_document() -> std::sync::Arc<Document> {
    let code = CodeId::new(CodeSystem::Cpt, "83950").unwrap();
    Library::built_in().document(&code).unwrap()
}

/// The content of a section of the publication, in reading order.
#[derive(Debug, Default, PartialEq)]
struct PublicationSection {
    headings: Vec<String>,
    /// Paragraphs, list items as `label: value`, and table rows cell by cell.
    items: Vec<Vec<String>>,
    /// The headings of the table's columns.
    columns: Vec<String>,
}

/// Parses the publication into the named sections.
fn parse_publication(text: &str, sections: &[&str]) -> Vec<PublicationSection> {
    let mut parts: Vec<PublicationSection> = sections
        .iter()
        .map(|_| PublicationSection::default())
        .collect();
    let mut open = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some((_, opens)) = HEADINGS.iter().find(|(heading, _)| *heading == line) {
            open = opens.to_vec();
            for (part, section) in parts.iter_mut().zip(sections) {
                if opens.contains(section) {
                    part.headings.push(line.to_owned());
                }
            }
            continue;
        }
        let only = |open: &[&str]| {
            assert_eq!(open.len(), 1, "{line:?} is not below exactly one heading");
            sections
                .iter()
                .position(|section| *section == open[0])
                .unwrap()
        };
        // A lone hyphen precedes a list item on the next line.
        if line.is_empty() || line == "-" || line.chars().all(|c| "|-".contains(c)) {
            continue;
        }
        let part = &mut parts[only(&open)];
        if line.contains('|') {
            let cells = line
                .split('|')
                .map(str::trim)
                .filter(|cell| !cell.is_empty());
            let cells = cells.map(str::to_owned).collect();
            if line.starts_with('|') {
                part.columns = cells;
            } else {
                part.items.push(cells);
            }
        } else {
            part.items.push(vec![line.to_owned()]);
        }
    }
    parts
}

/// Returns the rows of a section that have the publication's voice, in the same form.
fn publication_section(section: &Section) -> PublicationSection {
    let mut part = PublicationSection {
        headings: section.headings.clone(),
        ..PublicationSection::default()
    };
    for block in &section.blocks {
        for row in &block.rows {
            // Absences repeat words of the publication, and the editors compiled the synonyms.
            if row.voice != Voice::Publication
                || row.subject == Subject::Absence
                || block.id.0 == "synonyms"
            {
                continue;
            }
            let columns = row
                .cells
                .iter()
                .filter(|cell| cell.visibility == Visibility::Column);
            let columns: Vec<&Cell> = columns.collect();
            let texts = columns
                .iter()
                .map(|cell| cell.value.as_text().unwrap_or_default());
            part.items.push(match block.shape {
                Shape::Facts => vec![format!(
                    "{}: {}",
                    columns[0].label,
                    columns[0].value.as_text().unwrap()
                )],
                Shape::Prose | Shape::List | Shape::Table => texts.map(str::to_owned).collect(),
            });
            if block.shape == Shape::Table {
                part.columns = columns.iter().map(|cell| cell.label.to_string()).collect();
            }
        }
    }
    part
}

#[test]
fn built_in_document_matches_the_publication() {
    let document = built_in_document();
    let sections = ["summary", "overview", "clinical", "coding"];
    let parts = parse_publication(&publication_text(), &sections);
    for (id, mut expected) in sections.into_iter().zip(parts) {
        let section = document
            .sections
            .iter()
            .find(|section| section.id.0 == id)
            .unwrap();
        let mut found = publication_section(section);
        // The document has `When to use`, the publication `When to Use`.
        for columns in [&mut expected.columns, &mut found.columns] {
            for column in columns.iter_mut() {
                *column = column.to_lowercase();
            }
        }
        assert_eq!(found, expected, "in {id}");
    }
    let order: Vec<&str> = document.sections.iter().map(|s| s.title.as_str()).collect();
    let titles = [
        "Summary",
        "Overview",
        "Clinical Context",
        "Coding Specifications",
        "Payers",
    ];
    assert_eq!(order, titles);
}

#[test]
fn parse_publication_covers_every_letter() {
    let sections = ["summary", "overview", "clinical", "coding"];
    let parts = parse_publication(&publication_text(), &sections);
    let items: Vec<usize> = parts.iter().map(|part| part.items.len()).collect();
    assert_eq!(items, [3, 4, 1, 2]);
    let headings: usize = parts.iter().map(|part| part.headings.len()).sum();
    assert_eq!(
        headings,
        HEADINGS.len() + 1,
        "one heading opens two sections"
    );
    assert_eq!(parts[3].columns, ["Modifier", "Description", "When to Use"]);
    // Every letter of the publication is in one of the parts.
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    let parsed: usize = parts
        .iter()
        .flat_map(|part| {
            part.headings
                .iter()
                .chain(&part.columns)
                .chain(part.items.iter().flatten())
        })
        .map(|text| letters(text))
        .sum();
    let twice = letters("Clinical & Coding Specifications");
    assert_eq!(parsed - twice, letters(&publication_text()));
}

#[test]
fn publication_rows_quote_the_publication() {
    let (document, publication) = (built_in_document(), publication_text());
    let source = SourceId("publication".to_owned());
    let mut quotations = 0;
    for (section, block, row) in document.rows() {
        let place = format!("{}/{}/{}", section.id.0, block.id.0, row.key.0);
        assert_eq!(
            row.voice == Voice::Publication,
            row.source.as_ref() == Some(&source),
            "{place}"
        );
        for remark in &row.remarks {
            assert_ne!(remark.source, source, "{place}");
            assert!(!publication.contains(&remark.text), "{place}");
        }
        for cell in &row.cells {
            match &cell.value {
                Value::Text(text) if row.voice == Voice::Publication => {
                    assert!(publication.contains(text), "{place}: {text}");
                }
                // Names of code systems have no voice.
                Value::Text(_) if cell.visibility != Visibility::Column => {}
                Value::Text(text) => assert!(!publication.contains(text), "{place}: {text}"),
                Value::Unavailable(absence) => {
                    assert_eq!(absence.source.as_ref(), Some(&source), "{place}");
                    if let Some(stated) = &absence.stated {
                        assert!(publication.lines().any(|line| line == stated), "{place}");
                        quotations += 1;
                    }
                }
            }
        }
    }
    assert_eq!(
        quotations,
        3 + 5,
        "three blocks and five rates quote the publication"
    );
}

#[test]
fn payers_state_plan_policy_and_rate_or_a_reason() {
    let document = built_in_document();
    let payers: Vec<_> = document
        .rows()
        .filter(|(.., row)| row.subject == Subject::Payer)
        .collect();
    let names: Vec<&str> = payers.iter().map(|(.., row)| row.name()).collect();
    let expected = [
        "Aetna",
        "Blue Cross Blue Shield",
        "Cigna Health",
        "UnitedHealthcare",
        "Medicare",
    ];
    assert_eq!(names, expected);
    for (_, _, row) in payers {
        let labels: Vec<&str> = row.cells.iter().map(|cell| &*cell.label).collect();
        assert_eq!(labels, ["Payer", "Plan", "Policy", "Rate"]);
        for cell in &row.cells[1..] {
            assert!(
                matches!(cell.value, Value::Unavailable(_)),
                "{}",
                row.name()
            );
        }
    }
}

#[test]
fn source_dates_are_only_as_precise_as_known() {
    let document = built_in_document();
    let dates: Vec<String> = document
        .sources
        .iter()
        .map(|source| format!("{} {}", source.id.0, source.as_of))
        .collect();
    insta::assert_snapshot!(dates.join("\n"), @r#"
    publication no date
    pfs 2023
    contractors no date
    noridian no date
    ncci_mue 2024-07
    ncci_ptp 2024-07
    clfs 2026
    hcpcs no date
    ncd no date
    catalogues no date
    bcbs no date
    "#);
    assert_eq!(document.reviewed_by, None);
}

#[test]
fn editor_rows_and_remarks_name_their_source() {
    let document = built_in_document();
    let mut lines = Vec::new();
    for (section, block, row) in document.rows() {
        let place = format!("{}/{}/{}", section.id.0, block.id.0, row.key.0);
        let source = |id: &SourceId| document.source(id).unwrap().short.clone();
        if row.voice == Voice::Editor {
            let texts: Vec<&str> = row
                .cells
                .iter()
                .filter_map(|cell| cell.value.as_text())
                .collect();
            let source = row.source.as_ref().map(source).unwrap();
            lines.push(format!("{place} [{source}] {}", texts.join(" | ")));
        }
        if let Some(standing) = row.standing {
            let against: Vec<String> = row.disputed_by.iter().map(source).collect();
            lines.push(format!("{place} {} {against:?}", standing.label()));
        }
        for remark in &row.remarks {
            lines.push(format!(
                "{place} + [{}] {}",
                source(&remark.source),
                remark.text
            ));
        }
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    overview/synonyms/1 [lab catalogues] HER-2 extracellular domain
    overview/synonyms/2 [lab catalogues] HER2 ECD
    overview/synonyms/3 [lab catalogues] shed antigen
    overview/not-this/1 [lab catalogues] Tissue HER2 by immunohistochemistry or FISH
    overview/not-this/1 + [lab catalogues] The classic mix-up; 83950 is the serum assay.
    coding/modifiers/26 ! disputed ["CMS PFS"]
    coding/modifiers/26 + [CMS PFS] Medicare does not expect modifier 26 for 83950: status X, PC/TC indicator 9, no line with modifier 26. Other payers may accept it in writing.
    coding/modifiers/90 ~ conditional []
    coding/modifiers/90 + [Medicare contractors] Right, with conditions (Medicare): independent laboratories only, both CLIA numbers, 90 and non-90 lines on separate claims.
    coding/related/86300 [NCD 190.29] 86300 | CA 15-3 / 27.29 | serves the same purpose | CPT
    coding/remarks/1 [CMS PFS] Modifier TC does not apply (PC/TC indicator 9).
    coding/remarks/2 [Noridian] Modifier 91 is for a medically needed repeat on the same day, never for a rerun.
    coding/remarks/3 [NCCI MUE] Modifier 91: MUE 1 (MAI 2) means that Medicare denies a second unit.
    coding/remarks/4 [CMS CLFS] Modifier QW does not apply: no QW line.
    coding/remarks/5 [NCCI PTP] Modifiers 59 and XU are only for the column-2 codes 86294 and 86316; never for 88271, 88274, 88275 or 96523.
    coding/remarks/6 [HCPCS Level II] Modifiers GA, GX, GY and GZ are relevant (advance beneficiary notice cases).
    payers/payers/bcbs + [BCBS plans] Licensees publish separate policies: name the plan.
    "#);
}

#[test]
fn required_notices_are_present() {
    insta::assert_snapshot!(built_in_document().notices.join("\n"), @r#"
    CPT copyright 2026 American Medical Association. All rights reserved. CPT is a registered trademark of the American Medical Association.
    Reference only; no guarantee of coverage or payment. Check the payer's current policy.
    Fee schedules, relative value units and similar figures are not assigned by the AMA.
    "#);
}
