//! Makes the document on a code that only an imported set describes.

use crate::codesets::{
    CorruptSet, Coverage, HcpcsCode, HcpcsRow, IcdRow, ImportedSets, SetFile, SetHeader, SetRow,
};
use crate::content::{
    AbsenceReason, AsOf, Block, CodeId, CodeSystem, Document, Row, Section, Shape, Status, Subject,
    USE_NOTICE, Value,
};
use crate::library::imported::builder::{
    SetCitation, block, column_cell, record_cell, section, source, usage,
};
use crate::library::imported::enrich::enrich;
use crate::library::imported::set_and_key;

/// The longest description that is a title, in characters; the short one stands in for longer ones.
const MAX_TITLE_CHARS: usize = 100;

/// How many neighbours stand before and after a code.
const MAX_NEIGHBORS: usize = 10;

/// Returns the document on a code of an imported set; nothing where no set lists it.
pub(crate) fn synthesize(
    sets: &ImportedSets,
    code: &CodeId,
) -> Result<Option<Document>, CorruptSet> {
    let Some((set, key)) = set_and_key(sets, code) else {
        return Ok(None);
    };
    Ok(match set.get(&key)? {
        Some(SetRow::Icd10cm(row)) => Some(diagnosis_document(set, code, &row)?),
        Some(SetRow::Hcpcs(row)) => {
            let mut document = hcpcs_document(set, code, &row)?;
            enrich(sets, &mut document);
            Some(document)
        }
        _ => None,
    })
}

fn choose_title(long: &str, short: &str) -> String {
    let is_long = long.chars().count() > MAX_TITLE_CHARS && !short.is_empty();
    (if is_long { short } else { long }).to_owned()
}

fn build_document(
    set: &SetFile,
    code: &CodeId,
    title: String,
    mut sections: Vec<Section>,
) -> Document {
    for section in &mut sections {
        section.headings.push(set.header().title());
    }
    Document {
        code: code.clone(),
        title,
        status: Status::Active,
        effective: AsOf::Unknown,
        revised: set.header().edition.as_of(),
        reviewed_by: None,
        next_review: AsOf::Unknown,
        synonyms: Vec::new(),
        sources: vec![source(set.header())],
        sections,
        notices: vec![USE_NOTICE.to_owned()],
    }
}

/// Returns where a set comes from, as a fact.
fn source_row(speaker: &SetCitation, header: &SetHeader) -> Row {
    let text = format!("{}; imported on {}", source(header).title, header.imported);
    speaker.fact("source", "Source", Value::Text(text))
}

fn diagnosis_document(set: &SetFile, code: &CodeId, row: &IcdRow) -> Result<Document, CorruptSet> {
    let speaker = SetCitation::by_publication(set);
    let text = |text: &str| Value::Text(text.to_owned());
    let usage = match usage(row) {
        "header" => "header: groups the codes below it, not for claims",
        billable => billable,
    };
    let facts = vec![
        speaker.fact("code", "Code", text(code.value())),
        speaker.fact("use", "Use", text(usage)),
        speaker.fact("short", "Short description", text(&row.short)),
        speaker.fact(
            "effective",
            "Effective",
            speaker.unavailable(AbsenceReason::SourceSilent),
        ),
        speaker.fact(
            "terminated",
            "Terminated",
            speaker.unavailable(AbsenceReason::SourceSilent),
        ),
        speaker.fact(
            "coverage",
            "Coverage",
            speaker.unavailable(AbsenceReason::SourceSilent),
        ),
        source_row(&speaker, set.header()),
    ];
    let parents = set.ancestors(&row.code)?;
    let children = set.children(&row.code)?;
    let near = neighbors(set.siblings(&row.code)?, |other| other.code == row.code);
    let table = |id: &str, title: &str, rows: &[IcdRow]| -> Block {
        if rows.is_empty() {
            return speaker.absence_block(id, title, AbsenceReason::NotApplicable);
        }
        let rows = rows.iter().map(|row| speaker.diagnosis_row(row)).collect();
        block(id, Some(title), Shape::Table, rows)
    };
    let sections = vec![
        summary_section(&speaker, &row.long, facts),
        section(
            "hierarchy",
            "Parents, children and neighbours",
            "Hierarchy",
            vec![
                table("parents", "Above this code", &parents),
                table("children", "Below this code", &children),
                table("neighbours", "Beside this code", &near),
            ],
        ),
    ];
    Ok(build_document(
        set,
        code,
        choose_title(&row.long, &row.short),
        sections,
    ))
}

fn hcpcs_document(set: &SetFile, code: &CodeId, row: &HcpcsRow) -> Result<Document, CorruptSet> {
    let speaker = SetCitation::by_publication(set);
    let text = |text: &str| match text {
        "" => speaker.unavailable(AbsenceReason::SourceSilent),
        text => Value::Text(text.to_owned()),
    };
    let terminated = row.terminated.map_or_else(
        || "not terminated in this edition".to_owned(),
        |date| date.to_string(),
    );
    let terminated = Value::Text(terminated);
    let facts = vec![
        speaker.fact("code", "Code", text(code.value())),
        speaker.fact("short", "Short description", text(&row.short)),
        speaker.fact(
            "coverage",
            "Medicare coverage",
            text(row.coverage.map_or("", Coverage::label)),
        ),
        speaker.fact("added", "Added", speaker.date_value(row.added)),
        speaker.fact("effective", "Effective", speaker.date_value(row.effective)),
        speaker.fact("terminated", "Terminated", terminated),
        speaker.fact("action", "Last change", text(&describe_action(&row.action))),
        source_row(&speaker, set.header()),
    ];
    let near = neighbors(set.hcpcs_siblings(code.value())?, |other| {
        other.code == row.code
    });
    let rows: Vec<Row> = near
        .iter()
        .filter_map(|row| neighbor_row(&speaker, row))
        .collect();
    let beside = if rows.is_empty() {
        speaker.absence_block(
            "neighbours",
            "Beside this code",
            AbsenceReason::NotApplicable,
        )
    } else {
        block("neighbours", Some("Beside this code"), Shape::Table, rows)
    };
    let sections = vec![
        summary_section(&speaker, &row.long, facts),
        section("neighbours", "Neighbours", "Neighbours", vec![beside]),
    ];
    let title = choose_title(&row.long, &row.short);
    let mut document = build_document(set, code, title, sections);
    document.effective = row.effective.map_or(AsOf::Unknown, AsOf::Day);
    if row.terminated.is_some() {
        document.status = Status::Deleted;
    }
    Ok(document)
}

fn summary_section(speaker: &SetCitation, long: &str, facts: Vec<Row>) -> Section {
    let text = block(
        "text",
        None,
        Shape::Prose,
        vec![speaker.paragraph("1", long)],
    );
    let facts = block("facts", None, Shape::Facts, facts);
    section("summary", "Summary", "Summary", vec![text, facts])
}

/// Returns the nearest before and after a row, without the row itself.
fn neighbors<R>(mut rows: Vec<R>, is_own: impl Fn(&R) -> bool) -> Vec<R> {
    let Some(at) = rows.iter().position(is_own) else {
        return rows;
    };
    rows.remove(at);
    rows.truncate(at + MAX_NEIGHBORS);
    rows.drain(..at.saturating_sub(MAX_NEIGHBORS));
    rows
}

fn neighbor_row(speaker: &SetCitation, row: &HcpcsRow) -> Option<Row> {
    let HcpcsCode::Code(code) = &row.code else {
        return None;
    };
    let id = CodeId::new(CodeSystem::Hcpcs, code).ok()?;
    let mut cells = vec![
        column_cell("Code", code),
        column_cell("Description", &row.long),
    ];
    cells.extend(
        row.terminated
            .and_then(|date| record_cell("Terminated", &date.to_string())),
    );
    Some(speaker.row(code, Subject::Code(id), cells))
}

/// Returns what the action letter stands for, after the record layout of the HCPCS file (field 30).
fn describe_action(letter: &str) -> String {
    let words = match letter {
        "A" => "added",
        "B" => "administrative data and long description changed",
        "C" => "long description changed",
        "D" => "discontinued",
        "F" => "administrative data changed",
        "N" => "no maintenance in this edition",
        "P" => "payment changed",
        "R" => "re-activated",
        "S" => "short description changed",
        "T" => "miscellaneous change",
        other => other,
    };
    words.to_owned()
}
