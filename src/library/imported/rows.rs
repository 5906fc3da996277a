//! Builds rows and blocks out of what a set says.

use crate::content::{
    AsOf, Block, BlockId, Cell, CodeId, Date, Reach, Reason, Row, RowKey, Section, SectionId,
    Shape, Source, SourceId, SourceKind, Subject, System, Unavailable, Value, Voice,
};
use crate::sets::{Header, IcdRow, SetFile};

/// Who speaks, and out of which set.
#[derive(Clone, Debug)]
pub(super) struct Speaker {
    voice: Voice,
    source: SourceId,
}

impl Speaker {
    /// The set itself, in the document that is made of it.
    pub(super) fn itself(set: &SetFile) -> Self {
        Self {
            voice: Voice::Publication,
            source: source(set.header()).id,
        }
    }

    /// The editors, who cite the set beside a document's own words.
    pub(super) fn beside(set: &SetFile) -> Self {
        Self {
            voice: Voice::Editor,
            ..Self::itself(set)
        }
    }

    pub(super) fn row(&self, key: &str, subject: Subject, cells: Vec<Cell>) -> Row {
        Row {
            key: RowKey(key.to_owned()),
            subject,
            voice: self.voice,
            cells,
            standing: None,
            source: Some(self.source.clone()),
            against: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// Returns a paragraph.
    pub(super) fn paragraph(&self, key: &str, text: &str) -> Row {
        self.row(key, Subject::Text, vec![column("", text)])
    }

    /// Returns a `Label  value` row.
    pub(super) fn fact(&self, key: &str, label: &str, value: Value) -> Row {
        let cell = Cell {
            label: label.to_owned(),
            value,
            reach: Reach::Column,
        };
        self.row(key, Subject::Text, vec![cell])
    }

    /// Returns a date as a field, or that the set states none.
    pub(super) fn date(&self, date: Option<Date>) -> Value {
        date.map_or_else(
            || self.absent(Reason::SourceSilent),
            |date| Value::Text(date.to_string()),
        )
    }

    /// Returns the absence of something in the set.
    pub(super) fn absent(&self, reason: Reason) -> Value {
        Value::Unavailable(Unavailable {
            reason,
            stated: None,
            source: Some(self.source.clone()),
            checked: AsOf::Unknown,
            find: None,
        })
    }

    /// Returns a block that has nothing to show.
    pub(super) fn absence(&self, id: &str, title: &str, reason: Reason) -> Block {
        let cell = Cell {
            label: String::new(),
            value: self.absent(reason),
            reach: Reach::Column,
        };
        let row = self.row(id, Subject::Absence, vec![cell]);
        block(id, Some(title), Shape::Prose, vec![row])
    }

    /// Returns a row about another ICD-10-CM code, which opens it.
    pub(super) fn diagnosis(&self, row: &IcdRow) -> Row {
        let code = CodeId::new(System::Icd10cm, &row.code);
        let shown = code.as_ref().map_or(row.code.as_str(), CodeId::value);
        let cells = vec![
            column("Code", shown),
            column("Description", &row.long),
            column("Use", usage(row)),
        ];
        let key = shown.to_owned();
        self.row(&key, code.map_or(Subject::Text, Subject::Code), cells)
    }
}

/// Says what a diagnosis code is for.
pub(super) const fn usage(row: &IcdRow) -> &'static str {
    if row.billable { "billable" } else { "header" }
}

/// Returns a set as a source.
pub(super) fn source(header: &Header) -> Source {
    let files: Vec<&str> = header.files.iter().map(|file| file.name.as_str()).collect();
    let title = format!("{} (imported from {})", header.title(), files.join(", "));
    Source {
        id: SourceId(format!("set-{}", header.name())),
        title,
        short: header.kind.short().to_owned(),
        kind: SourceKind::Primary,
        as_of: header.edition.as_of(),
    }
}

/// Returns a field with a column.
pub(super) fn column(label: &str, text: &str) -> Cell {
    Cell {
        label: label.to_owned(),
        value: Value::Text(text.to_owned()),
        reach: Reach::Column,
    }
}

/// Returns a field of the opened row, where there is anything in it.
pub(super) fn record(label: &str, text: &str) -> Option<Cell> {
    (!text.is_empty()).then(|| Cell {
        reach: Reach::Record,
        ..column(label, text)
    })
}

pub(super) fn block(id: &str, title: Option<&str>, shape: Shape, rows: Vec<Row>) -> Block {
    Block {
        id: BlockId(id.to_owned()),
        title: title.map(str::to_owned),
        shape,
        rows,
    }
}

pub(super) fn section(id: &str, title: &str, short: &str, blocks: Vec<Block>) -> Section {
    Section {
        id: SectionId(id.to_owned()),
        title: title.to_owned(),
        short: short.to_owned(),
        headings: Vec::new(),
        blocks,
    }
}
