//! Puts what imported sets say beside a document's own words: rates, edits, and the texts of what
//! it mentions.

use crate::codesets::{CorruptSet, ImportedSets, PtpRow, SetFile, SetKind, SetRow};
use crate::content::{
    Block, CPT_NOTICE, CodeId, CodeSystem, Document, FEE_NOTICE, Row, Section, SectionId, Shape,
    Subject,
};
use crate::library::imported::builder::{
    SetCitation, block, column_cell, record_cell, section, source,
};
use crate::library::imported::references::References;

/// How many pairs are shown; some codes have thousands.
const MAX_PAIRS: usize = 200;

/// Adds a block for each imported set that says something on the document's code, or on what it
/// mentions.
pub(crate) fn enrich(sets: &ImportedSets, document: &mut Document) {
    if sets.all().is_empty() {
        return;
    }
    let mentions = References::from_document(document);
    for kind in SetKind::ALL {
        let Some(set) = sets.latest(kind) else {
            continue;
        };
        let made = rows_from_set(set, &document.code, &mentions);
        let rows = match made {
            Ok(rows) if rows.is_empty() => continue,
            Ok(rows) => rows,
            // The document is worth reading without the set, and says what is missing.
            Err(damage) => {
                vec![SetCitation::by_editors(set).paragraph("damaged", &damage.to_string())]
            }
        };
        add_notices(kind, &rows, &mut document.notices);
        document.sources.push(source(set.header()));
        let place = BlockPlacement::for_kind(kind);
        let title = format!("{}, {}", place.title, set.header().edition.label());
        let is_table = rows.iter().all(|row| row.cells.len() > 1);
        let shape = if is_table { Shape::Table } else { Shape::Prose };
        place.insert(document, block(place.block_id, Some(&title), shape, rows));
    }
}

fn add_notices(kind: SetKind, rows: &[Row], notices: &mut Vec<String>) {
    let needed = match kind {
        SetKind::Clfs => vec![FEE_NOTICE],
        SetKind::NcciPtp if !rows.is_empty() => vec![CPT_NOTICE],
        _ => Vec::new(),
    };
    for notice in needed {
        let start = notice
            .split_whitespace()
            .take(2)
            .collect::<Vec<_>>()
            .join(" ");
        if !notices.iter().any(|there| there.starts_with(&start)) {
            notices.push(notice.to_owned());
        }
    }
}

/// Where a set's block belongs in a document.
struct BlockPlacement {
    section: &'static str,
    /// The block that it follows, or the statement that there is none.
    after_block: &'static str,
    block_id: &'static str,
    title: &'static str,
}

impl BlockPlacement {
    const fn for_kind(kind: SetKind) -> Self {
        let (section, after, id, title) = match kind {
            SetKind::Icd10cm => ("coding", "diagnoses", "set-icd10cm", "ICD-10-CM texts"),
            SetKind::Hcpcs => (
                "coding",
                "modifiers",
                "set-hcpcs",
                "HCPCS modifiers, official texts",
            ),
            SetKind::Clfs => (
                "payers",
                "payers",
                "set-clfs",
                "Medicare laboratory rate (CLFS)",
            ),
            SetKind::Nucc => ("coding", "taxonomies", "set-nucc", "NUCC taxonomy"),
            SetKind::NcciMue => (
                "coding",
                "related",
                "set-mue",
                "Most units a day (NCCI MUE)",
            ),
            SetKind::NcciPtp => (
                "coding",
                "related",
                "set-ptp",
                "Not paid together (NCCI PTP)",
            ),
            SetKind::PlaceOfService => ("overview", "places", "set-pos", "Places of service"),
        };
        Self {
            section,
            after_block: after,
            block_id: id,
            title,
        }
    }

    /// Puts the block after what it adds to; where the document has no such section, into one at
    /// its end.
    fn insert(&self, document: &mut Document, block: Block) {
        let section = self.find_or_add_section(&mut document.sections);
        let own = |id: &str| {
            let tail = id.strip_prefix(self.after_block);
            tail.is_some_and(|tail| tail.is_empty() || tail == "-absent")
        };
        let after = section.blocks.iter().rposition(|block| own(&block.id.0));
        let at = after.map_or(section.blocks.len(), |at| at + 1);
        section.blocks.insert(at, block);
    }

    fn find_or_add_section<'d>(&self, sections: &'d mut Vec<Section>) -> &'d mut Section {
        let find = |sections: &[Section], id: &str| {
            let id = SectionId(id.to_owned());
            sections.iter().position(|section| section.id == id)
        };
        let at = find(sections, self.section).or_else(|| find(sections, IMPORTED_SECTION));
        let at = at.unwrap_or_else(|| {
            sections.push(section(
                IMPORTED_SECTION,
                "From imported sets",
                "Imported",
                Vec::new(),
            ));
            sections.len() - 1
        });
        &mut sections[at]
    }
}

/// The section for what has no other.
const IMPORTED_SECTION: &str = "imported";

/// Returns what a set says on a code, or on what its document mentions.
fn rows_from_set(
    set: &SetFile,
    code: &CodeId,
    mentions: &References,
) -> Result<Vec<Row>, CorruptSet> {
    let speaker = SetCitation::by_editors(set);
    // A diagnosis may be spelled as a procedure begins: `A00`, `A0021`.
    let is_procedure = code.system() != CodeSystem::Icd10cm;
    match set.header().kind {
        SetKind::Clfs | SetKind::NcciMue | SetKind::NcciPtp if !is_procedure => Ok(Vec::new()),
        SetKind::Icd10cm => diagnosis_rows(set, &speaker, mentions),
        SetKind::Hcpcs => modifier_rows(set, &speaker, mentions),
        SetKind::Clfs => rate_rows(set, &speaker, code),
        SetKind::Nucc => taxonomy_rows(set, &speaker, mentions),
        SetKind::NcciMue => unit_rows(set, &speaker, code),
        SetKind::NcciPtp => pair_rows(set, &speaker, code),
        SetKind::PlaceOfService => place_rows(set, &speaker, mentions),
    }
}

fn diagnosis_rows(
    set: &SetFile,
    speaker: &SetCitation,
    mentions: &References,
) -> Result<Vec<Row>, CorruptSet> {
    let mut rows = Vec::new();
    for code in &mentions.diagnoses {
        if let Some(SetRow::Icd10cm(row)) = set.get(&code.value().replace('.', ""))? {
            rows.push(speaker.diagnosis_row(&row));
        }
    }
    Ok(rows)
}

fn modifier_rows(
    set: &SetFile,
    speaker: &SetCitation,
    mentions: &References,
) -> Result<Vec<Row>, CorruptSet> {
    let mut rows = Vec::new();
    for modifier in &mentions.modifiers {
        let Some(SetRow::Hcpcs(row)) = set.get(&format!("-{modifier}"))? else {
            continue;
        };
        let mut cells = vec![
            column_cell("Modifier", modifier.as_str()),
            column_cell("Official text", &row.long),
        ];
        cells.extend(record_cell("Short text", &row.short));
        cells.extend(
            row.effective
                .and_then(|day| record_cell("Effective", &day.to_string())),
        );
        cells.extend(
            row.terminated
                .and_then(|day| record_cell("Terminated", &day.to_string())),
        );
        rows.push(speaker.row(modifier.as_str(), Subject::Text, cells));
    }
    Ok(rows)
}

fn rate_rows(set: &SetFile, speaker: &SetCitation, code: &CodeId) -> Result<Vec<Row>, CorruptSet> {
    let mut rows = Vec::new();
    let mut has_waived = false;
    for row in set.rows_with_prefix(code.value())? {
        let SetRow::Clfs(row) = row else { continue };
        let line = match &row.modifier {
            Some(modifier) => format!("{}-{modifier}", row.code),
            None => row.code.clone(),
        };
        has_waived |= row.modifier.as_deref() == Some("QW");
        let indicator = match row.indicator.as_str() {
            "N" => "national",
            "L" => "local",
            other => other,
        };
        let cells = vec![
            column_cell("Line", &line),
            column_cell("Rate", &row.rate.to_string()),
            column_cell("Effective", &row.effective.to_string()),
            column_cell("Limit", indicator),
        ];
        rows.push(speaker.row(&line, Subject::Text, cells));
    }
    if !rows.is_empty() && !has_waived {
        let line = format!("{}-QW", code.value());
        let cells = vec![
            column_cell("Line", &line),
            column_cell("Rate", "no line with QW in this edition"),
        ];
        rows.push(speaker.row(&line, Subject::Text, cells));
    }
    Ok(rows)
}

fn taxonomy_rows(
    set: &SetFile,
    speaker: &SetCitation,
    mentions: &References,
) -> Result<Vec<Row>, CorruptSet> {
    let mut rows = Vec::new();
    for code in &mentions.taxonomies {
        let Some(SetRow::Nucc(row)) = set.get(code)? else {
            continue;
        };
        let name = match row.display.as_str() {
            "" => format!("{} {}", row.classification, row.specialization),
            name => name.to_owned(),
        };
        let mut cells = vec![
            column_cell("Taxonomy", code),
            column_cell("Name", name.trim()),
            column_cell("Grouping", &row.grouping),
        ];
        cells.extend(record_cell("Definition", &row.definition));
        rows.push(speaker.row(code, Subject::Text, cells));
    }
    Ok(rows)
}

fn unit_rows(set: &SetFile, speaker: &SetCitation, code: &CodeId) -> Result<Vec<Row>, CorruptSet> {
    let Some(SetRow::NcciMue(row)) = set.get(code.value())? else {
        return Ok(Vec::new());
    };
    let cells = vec![
        column_cell("Code", &row.code),
        column_cell("Units", &row.units.to_string()),
        column_cell("Indicator", &row.indicator),
        column_cell("Rationale", &row.rationale),
    ];
    Ok(vec![speaker.row(&row.code, Subject::Text, cells)])
}

fn pair_rows(set: &SetFile, speaker: &SetCitation, code: &CodeId) -> Result<Vec<Row>, CorruptSet> {
    let mut pairs: Vec<PtpRow> = set
        .rows_with_prefix(code.value())?
        .into_iter()
        .filter_map(|row| match row {
            SetRow::NcciPtp(row) => Some(row),
            _ => None,
        })
        .collect();
    // Those in force come first.
    pairs.sort_by_key(|row| row.deleted.is_some());
    let left_out = pairs.len().saturating_sub(MAX_PAIRS);
    pairs.truncate(MAX_PAIRS);
    let mut rows: Vec<Row> = pairs
        .iter()
        .map(|row| pair_row(speaker, row, code.value()))
        .collect();
    if left_out > 0 {
        let cells = vec![
            column_cell("Column 1", "and more"),
            column_cell(
                "Column 2",
                &format!("{left_out} further pairs are not shown"),
            ),
        ];
        rows.push(speaker.row("left-out", Subject::Text, cells));
    }
    Ok(rows)
}

fn pair_row(speaker: &SetCitation, row: &PtpRow, own: &str) -> Row {
    let modifier = match row.modifier_indicator.as_str() {
        "0" => "never",
        "1" => "allowed",
        _ => "not applicable",
    };
    let force = row.deleted.map_or_else(
        || format!("since {}", row.effective),
        |day| format!("{} to {day}", row.effective),
    );
    let mut cells = vec![
        column_cell("Column 1", &row.column1),
        column_cell("Column 2", &row.column2),
        column_cell("Modifier", modifier),
        column_cell("In force", &force),
    ];
    cells.extend(record_cell("Rationale", &row.rationale));
    let other = if row.column1 == own {
        &row.column2
    } else {
        &row.column1
    };
    let codes = [CodeSystem::Cpt, CodeSystem::Hcpcs].map(|system| CodeId::new(system, other).ok());
    let subject = codes.into_iter().flatten().next();
    let key = format!("{}-{}-{}", row.column1, row.column2, row.effective);
    speaker.row(&key, subject.map_or(Subject::Text, Subject::Code), cells)
}

fn place_rows(
    set: &SetFile,
    speaker: &SetCitation,
    mentions: &References,
) -> Result<Vec<Row>, CorruptSet> {
    let mut rows = Vec::new();
    for code in &mentions.places {
        let Some(SetRow::PlaceOfService(row)) = set.get(code)? else {
            continue;
        };
        let mut cells = vec![column_cell("Place", code), column_cell("Name", &row.name)];
        cells.extend(record_cell("Setting", &row.setting));
        cells.extend(record_cell("Description", &row.description));
        rows.push(speaker.row(code, Subject::Text, cells));
    }
    Ok(rows)
}
