//! Documents for the tests of search.

use std::sync::Arc;

use codeleaf::content::{
    AbsenceReason, AsOf, Block, BlockId, Cell, CodeId, CodeSystem, Document, ModifierCode, Row,
    RowKey, Section, SectionId, Shape, SourceId, Standing, Status, Subject, Unavailable, Value,
    Visibility, Voice,
};
use codeleaf::search::{DocumentSource, Index, IndexBuilder};

fn cell(label: &str, text: &str) -> Cell {
    Cell {
        label: label.to_owned().into(),
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
        confirmed_by: Vec::new(),
        disputed_by: Vec::new(),
        remarks: Vec::new(),
    }
}

pub fn prose(texts: &[&str]) -> Block {
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

pub fn section(id: &str, title: &str, short: &str, blocks: Vec<Block>) -> Section {
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

pub fn document(code: CodeId, title: &str, sections: Vec<Section>) -> Document {
    Document {
        code,
        title: title.to_owned(),
        edition: None,
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

pub fn cpt(value: &str) -> CodeId {
    CodeId::new(CodeSystem::Cpt, value).unwrap()
}

pub fn icd(value: &str) -> CodeId {
    CodeId::new(CodeSystem::Icd10cm, value).unwrap()
}

/// The shipped document with shorter sentences.
pub fn her2() -> Document {
    let absent = Row {
        subject: Subject::Absence,
        cells: vec![Cell {
            label: "".into(),
            value: Value::from(Unavailable {
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

/// Another laboratory code with the same modifiers, and with words of [`her2`] further apart.
pub fn psa() -> Document {
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
                    "The 26 samples of a day go to the laboratory; a recurrence shows as a rise.",
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

pub fn index_of(documents: &[Document]) -> Index {
    let mut builder = IndexBuilder::new();
    for document in documents {
        builder.add(document);
    }
    let by_code = documents
        .iter()
        .map(|document| (document.code.clone(), Arc::new(document.clone())));
    builder.finish(DocumentSource::Documents(by_code.collect()))
}

pub fn two_document_index() -> Index {
    index_of(&[psa(), her2()])
}
