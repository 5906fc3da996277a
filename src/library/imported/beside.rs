//! Puts what imported sets say beside a document's own words: rates, edits, and the texts of what
//! it mentions.

use super::mentions::Mentions;
use super::rows::{Speaker, block, column, record, section, source};
use crate::content::{Block, CodeId, Document, Row, Section, SectionId, Shape, Subject, System};
use crate::sets::{Damage, PtpRow, SetFile, SetKind, SetRow, Sets};

/// What stands beside a rate.
const FEES: &str =
    "Fee schedules, relative value units and similar figures are not assigned by the AMA.";
/// What stands beside CPT codes.
const CPT: &str = "CPT copyright 2026 American Medical Association. All rights reserved. CPT is a \
                   registered trademark of the American Medical Association.";

/// How many pairs are shown; some codes have thousands.
const MOST_PAIRS: usize = 200;

/// Adds a block for each imported set that says something on the document's code, or on what it
/// mentions.
pub(in crate::library) fn enrich(sets: &Sets, document: &mut Document) {
    if sets.all().is_empty() {
        return;
    }
    let mentions = Mentions::of(document);
    for kind in SetKind::ALL {
        let Some(set) = sets.latest(kind) else {
            continue;
        };
        let made = added(set, &document.code, &mentions);
        let rows = match made {
            Ok(rows) if rows.is_empty() => continue,
            Ok(rows) => rows,
            // The document is worth reading without the set, and says what is missing.
            Err(damage) => vec![Speaker::beside(set).paragraph("damaged", &damage.to_string())],
        };
        notices(kind, &rows, &mut document.notices);
        document.sources.push(source(set.header()));
        let place = Place::of(kind);
        let title = format!("{}, {}", place.title, set.header().edition.words());
        let is_table = rows.iter().all(|row| row.cells.len() > 1);
        let shape = if is_table { Shape::Table } else { Shape::Prose };
        place.put(document, block(place.id, Some(&title), shape, rows));
    }
}

fn notices(kind: SetKind, rows: &[Row], notices: &mut Vec<String>) {
    let needed = match kind {
        SetKind::Clfs => vec![FEES],
        SetKind::NcciPtp if !rows.is_empty() => vec![CPT],
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
struct Place {
    section: &'static str,
    /// The block that it follows, or the statement that there is none.
    after: &'static str,
    id: &'static str,
    title: &'static str,
}

impl Place {
    const fn of(kind: SetKind) -> Self {
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
            after,
            id,
            title,
        }
    }

    /// Puts the block after what it adds to; where the document has no such section, into one at
    /// its end.
    fn put(&self, document: &mut Document, block: Block) {
        let section = self.section_in(&mut document.sections);
        let own = |id: &str| {
            let tail = id.strip_prefix(self.after);
            tail.is_some_and(|tail| tail.is_empty() || tail == "-absent")
        };
        let after = section.blocks.iter().rposition(|block| own(&block.id.0));
        let at = after.map_or(section.blocks.len(), |at| at + 1);
        section.blocks.insert(at, block);
    }

    fn section_in<'d>(&self, sections: &'d mut Vec<Section>) -> &'d mut Section {
        let find = |sections: &[Section], id: &str| {
            let id = SectionId(id.to_owned());
            sections.iter().position(|section| section.id == id)
        };
        let at = find(sections, self.section).or_else(|| find(sections, IMPORTED));
        let at = at.unwrap_or_else(|| {
            sections.push(section(
                IMPORTED,
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
const IMPORTED: &str = "imported";

/// Returns what a set says on a code, or on what its document mentions.
fn added(set: &SetFile, code: &CodeId, mentions: &Mentions) -> Result<Vec<Row>, Damage> {
    let speaker = Speaker::beside(set);
    // A diagnosis may be spelled as a procedure begins: `A00`, `A0021`.
    let is_procedure = code.system() != System::Icd10cm;
    match set.header().kind {
        SetKind::Clfs | SetKind::NcciMue | SetKind::NcciPtp if !is_procedure => Ok(Vec::new()),
        SetKind::Icd10cm => diagnoses(set, &speaker, mentions),
        SetKind::Hcpcs => modifiers(set, &speaker, mentions),
        SetKind::Clfs => rates(set, &speaker, code),
        SetKind::Nucc => taxonomies(set, &speaker, mentions),
        SetKind::NcciMue => units(set, &speaker, code),
        SetKind::NcciPtp => pairs(set, &speaker, code),
        SetKind::PlaceOfService => places(set, &speaker, mentions),
    }
}

fn diagnoses(set: &SetFile, speaker: &Speaker, mentions: &Mentions) -> Result<Vec<Row>, Damage> {
    let mut rows = Vec::new();
    for code in &mentions.diagnoses {
        if let Some(SetRow::Icd10cm(row)) = set.get(&code.value().replace('.', ""))? {
            rows.push(speaker.diagnosis(&row));
        }
    }
    Ok(rows)
}

fn modifiers(set: &SetFile, speaker: &Speaker, mentions: &Mentions) -> Result<Vec<Row>, Damage> {
    let mut rows = Vec::new();
    for modifier in &mentions.modifiers {
        let Some(SetRow::Hcpcs(row)) = set.get(&format!("-{modifier}"))? else {
            continue;
        };
        let mut cells = vec![
            column("Modifier", modifier.as_str()),
            column("Official text", &row.long),
        ];
        cells.extend(record("Short text", &row.short));
        cells.extend(
            row.effective
                .and_then(|day| record("Effective", &day.to_string())),
        );
        cells.extend(
            row.terminated
                .and_then(|day| record("Terminated", &day.to_string())),
        );
        rows.push(speaker.row(modifier.as_str(), Subject::Text, cells));
    }
    Ok(rows)
}

fn rates(set: &SetFile, speaker: &Speaker, code: &CodeId) -> Result<Vec<Row>, Damage> {
    let mut rows = Vec::new();
    let mut has_waived = false;
    for row in set.starting_with(code.value())? {
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
            column("Line", &line),
            column("Rate", &row.rate.to_string()),
            column("Effective", &row.effective.to_string()),
            column("Limit", indicator),
        ];
        rows.push(speaker.row(&line, Subject::Text, cells));
    }
    if !rows.is_empty() && !has_waived {
        let line = format!("{}-QW", code.value());
        let cells = vec![
            column("Line", &line),
            column("Rate", "no line with QW in this edition"),
        ];
        rows.push(speaker.row(&line, Subject::Text, cells));
    }
    Ok(rows)
}

fn taxonomies(set: &SetFile, speaker: &Speaker, mentions: &Mentions) -> Result<Vec<Row>, Damage> {
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
            column("Taxonomy", code),
            column("Name", name.trim()),
            column("Grouping", &row.grouping),
        ];
        cells.extend(record("Definition", &row.definition));
        rows.push(speaker.row(code, Subject::Text, cells));
    }
    Ok(rows)
}

fn units(set: &SetFile, speaker: &Speaker, code: &CodeId) -> Result<Vec<Row>, Damage> {
    let Some(SetRow::NcciMue(row)) = set.get(code.value())? else {
        return Ok(Vec::new());
    };
    let cells = vec![
        column("Code", &row.code),
        column("Units", &row.units.to_string()),
        column("Indicator", &row.indicator),
        column("Rationale", &row.rationale),
    ];
    Ok(vec![speaker.row(&row.code, Subject::Text, cells)])
}

fn pairs(set: &SetFile, speaker: &Speaker, code: &CodeId) -> Result<Vec<Row>, Damage> {
    let mut pairs: Vec<PtpRow> = set
        .starting_with(code.value())?
        .into_iter()
        .filter_map(|row| match row {
            SetRow::NcciPtp(row) => Some(row),
            _ => None,
        })
        .collect();
    // Those in force come first.
    pairs.sort_by_key(|row| row.deleted.is_some());
    let left_out = pairs.len().saturating_sub(MOST_PAIRS);
    pairs.truncate(MOST_PAIRS);
    let mut rows: Vec<Row> = pairs
        .iter()
        .map(|row| pair(speaker, row, code.value()))
        .collect();
    if left_out > 0 {
        let cells = vec![
            column("Column 1", "and more"),
            column(
                "Column 2",
                &format!("{left_out} further pairs are not shown"),
            ),
        ];
        rows.push(speaker.row("left-out", Subject::Text, cells));
    }
    Ok(rows)
}

fn pair(speaker: &Speaker, row: &PtpRow, own: &str) -> Row {
    let modifier = match row.modifier.as_str() {
        "0" => "never",
        "1" => "allowed",
        _ => "not applicable",
    };
    let force = row.deleted.map_or_else(
        || format!("since {}", row.effective),
        |day| format!("{} to {day}", row.effective),
    );
    let mut cells = vec![
        column("Column 1", &row.column1),
        column("Column 2", &row.column2),
        column("Modifier", modifier),
        column("In force", &force),
    ];
    cells.extend(record("Rationale", &row.rationale));
    let other = if row.column1 == own {
        &row.column2
    } else {
        &row.column1
    };
    let codes = [System::Cpt, System::Hcpcs].map(|system| CodeId::new(system, other).ok());
    let subject = codes.into_iter().flatten().next();
    let key = format!("{}-{}-{}", row.column1, row.column2, row.effective);
    speaker.row(&key, subject.map_or(Subject::Text, Subject::Code), cells)
}

fn places(set: &SetFile, speaker: &Speaker, mentions: &Mentions) -> Result<Vec<Row>, Damage> {
    let mut rows = Vec::new();
    for code in &mentions.places {
        let Some(SetRow::Place(row)) = set.get(code)? else {
            continue;
        };
        let mut cells = vec![column("Place", code), column("Name", &row.name)];
        cells.extend(record("Setting", &row.setting));
        cells.extend(record("Description", &row.description));
        rows.push(speaker.row(code, Subject::Text, cells));
    }
    Ok(rows)
}
