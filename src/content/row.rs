//! Defines the row, the unit that readers select, find, copy and cite.

use serde::Serialize;

use crate::content::code::{CodeId, ModifierCode};
use crate::content::source::{SourceId, Unavailable};

/// A row's name within its block, stable over edits: `26`, `aetna`, `1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RowKey(pub String);

impl RowKey {
    /// Returns the key of an unnamed row: its number in the block, from 1.
    pub fn from_index(index: usize) -> Self {
        Self((index + 1).to_string())
    }

    /// Returns the name of the row with what a payer says on a modifier: `aetna-26`.
    pub fn for_payer_rule(payer: &Self, modifier: &ModifierCode) -> Self {
        Self(format!("{}-{modifier}", payer.0))
    }
}

/// A paragraph, list item, fact, table row, modifier, payer, … of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The name within the block.
    pub key: RowKey,
    /// What the row is about.
    pub subject: Subject,
    /// Who speaks.
    pub voice: Voice,
    /// What it says, field by field, in the order of the block's columns.
    pub cells: Vec<Cell>,
    /// Whether the row is usual, disputed, …; modifiers have it.
    pub standing: Option<Standing>,
    /// Who says so.
    pub source: Option<SourceId>,
    /// Who disagrees.
    #[serde(rename = "against")]
    pub disputed_by: Vec<SourceId>,
    /// What the editors add, each with its own source.
    pub remarks: Vec<Remark>,
}

impl Row {
    /// Makes a row without standing, source, dissent or remarks.
    pub const fn new(key: RowKey, subject: Subject, voice: Voice, cells: Vec<Cell>) -> Self {
        Self {
            key,
            subject,
            voice,
            cells,
            standing: None,
            source: None,
            disputed_by: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// Returns the name that a breadcrumb shows for this row: its first cell's text, cut to a few
    /// words by whoever shows it.
    pub fn name(&self) -> &str {
        match &self.subject {
            Subject::Modifier(code) => code.as_str(),
            Subject::Code(code) => code.value(),
            Subject::Text
            | Subject::Payer
            | Subject::PayerRule(_)
            | Subject::Place
            | Subject::Absence => self
                .cells
                .first()
                .and_then(|cell| cell.value.as_text())
                .unwrap_or(&self.key.0),
        }
    }
}

/// What a row is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Itself: a paragraph, list item, fact or row of an author's own table.
    Text,
    /// A modifier.
    Modifier(ModifierCode),
    /// A payer.
    Payer,
    /// What a payer says on a modifier.
    #[serde(rename = "stance")]
    PayerRule(ModifierCode),
    /// A place of service.
    Place,
    /// Another code: a diagnosis, a related code, one not to be mixed up with.
    Code(CodeId),
    /// A promised block that has nothing to show; the row's one cell says why.
    Absence,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Voice {
    /// The publication that the document carries, word for word.
    Publication,
    /// The editors, who cite a source of their own; shown apart from the publication's text.
    Editor,
}

/// One field of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The field's name: `When to use`. Empty in prose and lists, which have one field.
    pub label: String,
    /// What it says, or why it does not.
    pub value: Value,
    /// Where the field is shown.
    #[serde(rename = "reach")]
    pub visibility: Visibility,
}

impl Cell {
    pub fn column(label: &str, value: impl Into<Value>) -> Self {
        Self {
            label: label.to_owned(),
            value: value.into(),
            visibility: Visibility::Column,
        }
    }

    pub fn record(label: &str, value: impl Into<Value>) -> Self {
        Self {
            visibility: Visibility::Record,
            ..Self::column(label, value)
        }
    }
}

/// Where a field is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// As a column of the block's table, and in the opened row.
    Column,
    /// In the opened row (and in exports) only.
    Record,
}

/// The content of a field: a text, or a stated absence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Sanitised text, of one paragraph.
    Text(String),
    /// The reason why there is none.
    Unavailable(Unavailable),
}

impl Value {
    /// Returns the text, where there is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Unavailable(_) => None,
        }
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// How far a modifier's use is agreed upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// In common use with this code.
    Usual,
    /// Right under conditions.
    Situational,
    /// Not expected with this code.
    NotExpected,
    /// Sources disagree.
    Disputed,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 4] = [
        Self::Usual,
        Self::Situational,
        Self::NotExpected,
        Self::Disputed,
    ];

    /// Returns the word that content files use.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::Situational => "situational",
            Self::NotExpected => "not_expected",
            Self::Disputed => "disputed",
        }
    }

    /// Returns the sign and word that readers see; the sign tells the states apart without colour.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Usual => "+ usual",
            Self::Situational => "~ with conditions",
            Self::NotExpected => "x not expected",
            Self::Disputed => "! disputed",
        }
    }
}

/// What the editors add to a row or a section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// The remark, sanitised, of one paragraph.
    pub text: String,
    /// Who says so.
    pub source: SourceId,
}
