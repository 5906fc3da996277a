//! Builds rows and blocks out of what a set says.

use crate::codesets::{IcdRow, SetFile, SetHeader};
use crate::content::{
    AbsenceReason, AsOf, Block, BlockId, Cell, CodeId, CodeSystem, Date, Row, RowKey, Section,
    SectionId, Shape, Source, SourceId, SourceKind, Subject, Unavailable, Value, Visibility, Voice,
};

/// Who speaks, and out of which set.
#[derive(Clone, Debug)]
pub(crate) struct SetCitation {
    voice: Voice,
    source: SourceId,
}

impl SetCitation {
    /// The set itself, in the document that is made of it.
    pub(crate) fn by_publication(set: &SetFile) -> Self {
        Self {
            voice: Voice::Publication,
            source: source(set.header()).id,
        }
    }

    /// The editors, who cite the set beside a document's own words.
    pub(crate) fn by_editors(set: &SetFile) -> Self {
        Self {
            voice: Voice::Editor,
            ..Self::by_publication(set)
        }
    }

    pub(crate) fn row(&self, key: &str, subject: Subject, cells: Vec<Cell>) -> Row {
        Row {
            key: RowKey(key.to_owned()),
            subject,
            voice: self.voice,
            cells,
            standing: None,
            source: Some(self.source.clone()),
            disputed_by: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// Returns a paragraph.
    pub(crate) fn paragraph(&self, key: &str, text: &str) -> Row {
        self.row(key, Subject::Text, vec![column_cell("", text)])
    }

    /// Returns a `Label  value` row.
    pub(crate) fn fact(&self, key: &str, label: &str, value: Value) -> Row {
        let cell = Cell {
            label: label.to_owned(),
            value,
            visibility: Visibility::Column,
        };
        self.row(key, Subject::Text, vec![cell])
    }

    /// Returns a date as a field, or that the set states none.
    pub(crate) fn date_value(&self, date: Option<Date>) -> Value {
        date.map_or_else(
            || self.unavailable(AbsenceReason::SourceSilent),
            |date| Value::Text(date.to_string()),
        )
    }

    /// Returns the absence of something in the set.
    pub(crate) fn unavailable(&self, reason: AbsenceReason) -> Value {
        Value::Unavailable(Unavailable {
            reason,
            stated: None,
            source: Some(self.source.clone()),
            checked: AsOf::Unknown,
            find: None,
        })
    }

    /// Returns a block that has nothing to show.
    pub(crate) fn absence_block(&self, id: &str, title: &str, reason: AbsenceReason) -> Block {
        let cell = Cell {
            label: String::new(),
            value: self.unavailable(reason),
            visibility: Visibility::Column,
        };
        let row = self.row(id, Subject::Absence, vec![cell]);
        block(id, Some(title), Shape::Prose, vec![row])
    }

    /// Returns a row about another ICD-10-CM code, which opens it.
    pub(crate) fn diagnosis_row(&self, row: &IcdRow) -> Row {
        let code = CodeId::new(CodeSystem::Icd10cm, &row.code);
        let shown = code.as_ref().map_or(row.code.as_str(), CodeId::value);
        let cells = vec![
            column_cell("Code", shown),
            column_cell("Description", &row.long),
            column_cell("Use", usage(row)),
        ];
        let key = shown.to_owned();
        self.row(&key, code.map_or(Subject::Text, Subject::Code), cells)
    }
}

/// Says what a diagnosis code is for.
pub(crate) const fn usage(row: &IcdRow) -> &'static str {
    if row.billable { "billable" } else { "header" }
}

/// Returns a set as a source.
pub(crate) fn source(header: &SetHeader) -> Source {
    let files: Vec<&str> = header.files.iter().map(|file| file.name.as_str()).collect();
    let title = format!("{} (imported from {})", header.title(), files.join(", "));
    Source {
        id: SourceId(format!("set-{}", header.name())),
        title,
        short: header.kind.short_title().to_owned(),
        kind: SourceKind::Primary,
        as_of: header.edition.as_of(),
    }
}

/// Returns a field with a column.
pub(crate) fn column_cell(label: &str, text: &str) -> Cell {
    Cell {
        label: label.to_owned(),
        value: Value::Text(text.to_owned()),
        visibility: Visibility::Column,
    }
}

/// Returns a field of the opened row, where there is anything in it.
pub(crate) fn record_cell(label: &str, text: &str) -> Option<Cell> {
    (!text.is_empty()).then(|| Cell {
        visibility: Visibility::Record,
        ..column_cell(label, text)
    })
}

pub(crate) fn block(id: &str, title: Option<&str>, shape: Shape, rows: Vec<Row>) -> Block {
    Block {
        id: BlockId(id.to_owned()),
        title: title.map(str::to_owned),
        shape,
        rows,
    }
}

pub(crate) fn section(id: &str, title: &str, short: &str, blocks: Vec<Block>) -> Section {
    Section {
        id: SectionId(id.to_owned()),
        title: title.to_owned(),
        short: short.to_owned(),
        headings: Vec::new(),
        blocks,
    }
}
