//! Makes the document on a code that only an imported set describes.

use super::rows::{Speaker, block, column, record, section, source, usage};
use super::{enrich, listed};
use crate::content::{
    AsOf, Block, CodeId, Document, Reason, Row, Section, Shape, Status, Subject, System, Value,
};
use crate::sets::{Coverage, Damage, HcpcsCode, HcpcsRow, Header, IcdRow, SetFile, SetRow, Sets};

/// The longest description that is a title, in characters; the short one stands in for longer ones.
const LONGEST_TITLE: usize = 100;

/// How many neighbours stand before and after a code.
const NEIGHBOURS: usize = 10;

/// What ends every section.
const USE: &str =
    "Reference only; no guarantee of coverage or payment. Check the payer's current policy.";

/// Returns the document on a code of an imported set; nothing where no set lists it.
pub(in crate::library) fn document(sets: &Sets, code: &CodeId) -> Result<Option<Document>, Damage> {
    let Some((set, key)) = listed(sets, code) else {
        return Ok(None);
    };
    Ok(match set.get(&key)? {
        Some(SetRow::Icd10cm(row)) => Some(diagnosis(set, code, &row)?),
        Some(SetRow::Hcpcs(row)) => {
            let mut document = hcpcs(set, code, &row)?;
            enrich(sets, &mut document);
            Some(document)
        }
        _ => None,
    })
}

fn title(long: &str, short: &str) -> String {
    let is_long = long.chars().count() > LONGEST_TITLE && !short.is_empty();
    (if is_long { short } else { long }).to_owned()
}

fn made(set: &SetFile, code: &CodeId, title: String, mut sections: Vec<Section>) -> Document {
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
        notices: vec![USE.to_owned()],
    }
}

/// Returns where a set comes from, as a fact.
fn origin(speaker: &Speaker, header: &Header) -> Row {
    let text = format!("{}; imported on {}", source(header).title, header.imported);
    speaker.fact("source", "Source", Value::Text(text))
}

fn diagnosis(set: &SetFile, code: &CodeId, row: &IcdRow) -> Result<Document, Damage> {
    let speaker = Speaker::itself(set);
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
            speaker.absent(Reason::SourceSilent),
        ),
        speaker.fact(
            "terminated",
            "Terminated",
            speaker.absent(Reason::SourceSilent),
        ),
        speaker.fact("coverage", "Coverage", speaker.absent(Reason::SourceSilent)),
        origin(&speaker, set.header()),
    ];
    let parents = set.parents(&row.code)?;
    let children = set.children(&row.code)?;
    let near = near(set.siblings(&row.code)?, |other| other.code == row.code);
    let table = |id: &str, title: &str, rows: &[IcdRow]| -> Block {
        if rows.is_empty() {
            return speaker.absence(id, title, Reason::NotApplicable);
        }
        let rows = rows.iter().map(|row| speaker.diagnosis(row)).collect();
        block(id, Some(title), Shape::Table, rows)
    };
    let sections = vec![
        summary(&speaker, &row.long, facts),
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
    Ok(made(set, code, title(&row.long, &row.short), sections))
}

fn hcpcs(set: &SetFile, code: &CodeId, row: &HcpcsRow) -> Result<Document, Damage> {
    let speaker = Speaker::itself(set);
    let text = |text: &str| match text {
        "" => speaker.absent(Reason::SourceSilent),
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
            text(row.coverage.map_or("", Coverage::words)),
        ),
        speaker.fact("added", "Added", speaker.date(row.added)),
        speaker.fact("effective", "Effective", speaker.date(row.effective)),
        speaker.fact("terminated", "Terminated", terminated),
        speaker.fact("action", "Last change", text(&action(&row.action))),
        origin(&speaker, set.header()),
    ];
    let near = near(set.hcpcs_siblings(code.value())?, |other| {
        other.code == row.code
    });
    let rows: Vec<Row> = near
        .iter()
        .filter_map(|row| neighbour(&speaker, row))
        .collect();
    let beside = if rows.is_empty() {
        speaker.absence("neighbours", "Beside this code", Reason::NotApplicable)
    } else {
        block("neighbours", Some("Beside this code"), Shape::Table, rows)
    };
    let sections = vec![
        summary(&speaker, &row.long, facts),
        section("neighbours", "Neighbours", "Neighbours", vec![beside]),
    ];
    let title = title(&row.long, &row.short);
    let mut document = made(set, code, title, sections);
    document.effective = row.effective.map_or(AsOf::Unknown, AsOf::Day);
    if row.terminated.is_some() {
        document.status = Status::Deleted;
    }
    Ok(document)
}

fn summary(speaker: &Speaker, long: &str, facts: Vec<Row>) -> Section {
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
fn near<R>(mut rows: Vec<R>, is_own: impl Fn(&R) -> bool) -> Vec<R> {
    let Some(at) = rows.iter().position(is_own) else {
        return rows;
    };
    rows.remove(at);
    rows.truncate(at + NEIGHBOURS);
    rows.drain(..at.saturating_sub(NEIGHBOURS));
    rows
}

fn neighbour(speaker: &Speaker, row: &HcpcsRow) -> Option<Row> {
    let HcpcsCode::Code(code) = &row.code else {
        return None;
    };
    let id = CodeId::new(System::Hcpcs, code).ok()?;
    let mut cells = vec![column("Code", code), column("Description", &row.long)];
    cells.extend(
        row.terminated
            .and_then(|date| record("Terminated", &date.to_string())),
    );
    Some(speaker.row(code, Subject::Code(id), cells))
}

/// Returns what the action letter stands for, after the record layout of the HCPCS file (field 30).
fn action(letter: &str) -> String {
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
