//! Builders for rows and blocks that cite an imported set.

use crate::codesets::{SetFile, SetHeader, SetRow};
use crate::content::{
    AbsenceReason, AsOf, Block, Cell, CodeId, CodeSystem, Date, Row, RowKey, Shape, Source,
    SourceId, SourceKind, Subject, Unavailable, Value, Voice,
};
use crate::library::imported::lookup::billing_usage;

/// A set as the source of rows, and the voice of those rows.
#[derive(Clone, Debug)]
pub(crate) struct SetCitation {
    voice: Voice,
    source: SourceId,
}

impl SetCitation {
    /// Cites the set: as the publication in a document made from it, as the editors elsewhere.
    pub(crate) fn new(set: &SetFile, voice: Voice) -> Self {
        let source = source_id(set.header());
        Self { voice, source }
    }

    pub(crate) const fn source(&self) -> &SourceId {
        &self.source
    }

    pub(crate) fn row(&self, key: &str, subject: Subject, cells: Vec<Cell>) -> Row {
        Row {
            source: Some(self.source.clone()),
            ..Row::new(RowKey(key.to_owned()), subject, self.voice, cells)
        }
    }

    pub(crate) fn paragraph(&self, key: &str, text: &str) -> Row {
        self.fact(key, "", text)
    }

    /// Makes a `Label  value` row.
    pub(crate) fn fact(&self, key: &str, label: &'static str, value: impl Into<Value>) -> Row {
        self.row(key, Subject::Text, vec![Cell::column(label, value)])
    }

    /// Makes a value of a text or date, or the statement that the set does not have it.
    pub(crate) fn value(&self, text: Option<String>) -> Value {
        let text = text.filter(|text| !text.is_empty());
        text.map_or_else(
            || self.unavailable(AbsenceReason::SourceSilent),
            Value::Text,
        )
    }

    pub(crate) fn unavailable(&self, reason: AbsenceReason) -> Value {
        let absence = Unavailable {
            source: Some(self.source.clone()),
            ..Unavailable::new(reason)
        };
        absence.into()
    }

    /// Makes a table, or a block that states that it does not apply if there are no rows.
    pub(crate) fn table(&self, id: &str, title: &str, rows: Vec<Row>) -> Block {
        if rows.is_empty() {
            let absent = self.unavailable(AbsenceReason::NotApplicable);
            let row = self.row(id, Subject::Absence, vec![Cell::column("", absent)]);
            return Block::new(id, Some(title), Shape::Prose, vec![row]);
        }
        Block::new(id, Some(title), Shape::Table, rows)
    }

    /// Makes a row that links to an ICD-10-CM code, or that names a chapter or section.
    pub(crate) fn diagnosis_row(&self, row: &SetRow) -> Option<Row> {
        let (title, usage) = match row {
            SetRow::Icd10cm(row) => (&row.long, Some(billing_usage(row))),
            SetRow::Icd10cmTabular(row) => (&row.title, None),
            _ => return None,
        };
        let name = diagnosis_name(row);
        let mut cells = vec![
            Cell::column("Code", name.as_str()),
            Cell::column("Description", title.as_str()),
        ];
        cells.extend(usage.map(|usage| Cell::column("Billable?", usage)));
        let code = CodeId::new(CodeSystem::Icd10cm, &name);
        Some(self.row(&name, code.map_or(Subject::Text, Subject::Code), cells))
    }
}

/// Returns the name of a row of ICD-10-CM for readers: `E11.9`, `section E08-E13`, `chapter 4`.
pub(crate) fn diagnosis_name(row: &SetRow) -> String {
    let key = row.key();
    match CodeId::new(CodeSystem::Icd10cm, &key) {
        Ok(code) => code.value().to_owned(),
        Err(_) => key,
    }
}

fn source_id(header: &SetHeader) -> SourceId {
    SourceId(format!("set-{}", header.name()))
}

/// Makes the source that rows of a set cite.
pub(crate) fn source(header: &SetHeader) -> Source {
    let files: Vec<&str> = header.files.iter().map(|file| file.name.as_str()).collect();
    let mut title = format!("{} (imported from {}", header.title(), files.join(", "));
    if let Some(layout) = header.kind.record_layout() {
        title += &format!("; meanings from {layout}");
    }
    title.push(')');
    Source {
        id: source_id(header),
        title,
        short: header.kind.short_title().to_owned(),
        kind: SourceKind::Primary,
        as_of: header.as_of(),
        read: AsOf::Unknown,
        url: None,
        section: None,
    }
}

/// Makes a cell for the last day on which a code or modifier is valid, if there is one.
pub(crate) fn terminated_cell(date: Option<Date>) -> Option<Cell> {
    date.map(|date| Cell::line("Terminated", date.to_string()))
}

/// Makes a cell that only the opened row shows, or none if the text is empty.
pub(crate) fn record_cell(label: &'static str, text: &str) -> Option<Cell> {
    (!text.is_empty()).then(|| Cell::record(label, text))
}
