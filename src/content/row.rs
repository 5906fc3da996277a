//! The row: the unit that readers select, find, copy and cite.

use std::borrow::Cow;

use serde::Serialize;

use crate::content::code::{CodeId, ModifierCode};
use crate::content::keyword::keywords;
use crate::content::source::{AbsenceReason, SourceId, Unavailable};

/// The name of a row, unique in its block: `26`, `aetna`, `1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RowKey(pub String);

impl RowKey {
    /// Returns the key of an unnamed row: its number in the block, from 1.
    pub fn from_index(index: usize) -> Self {
        Self((index + 1).to_string())
    }

    /// Returns the key of a payer's rule on a modifier: `aetna-26`.
    pub fn for_payer_rule(payer: &Self, modifier: &ModifierCode) -> Self {
        Self(format!("{}-{modifier}", payer.0))
    }
}

/// A paragraph, list item, fact, modifier, payer, … of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    pub key: RowKey,
    pub subject: Subject,
    pub voice: Voice,
    /// The fields, in the order of the block's columns.
    pub cells: Vec<Cell>,
    /// For modifiers and payers' rules.
    pub standing: Option<Standing>,
    pub source: Option<SourceId>,
    /// Further sources that state the same.
    pub confirmed_by: Vec<SourceId>,
    /// Sources that contradict the row.
    #[serde(rename = "against")]
    pub disputed_by: Vec<SourceId>,
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
            confirmed_by: Vec::new(),
            disputed_by: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// Returns the cells that fill columns of the block's table.
    pub fn column_cells(&self) -> impl Iterator<Item = &Cell> {
        let cells = self.cells.iter();
        cells.filter(|cell| cell.visibility == Visibility::Column)
    }

    /// Returns the sources that state the row, the main one first.
    pub fn stated_by(&self) -> impl Iterator<Item = &SourceId> {
        self.source.iter().chain(&self.confirmed_by)
    }

    /// Returns every source that the row, its fields and its remarks cite.
    pub fn sources(&self) -> impl Iterator<Item = &SourceId> {
        let absences = self.cells.iter().filter_map(|cell| match &cell.value {
            Value::Unavailable(absent) => absent.source.as_ref(),
            Value::Text(_) => None,
        });
        let remarks = self.remarks.iter().map(|remark| &remark.source);
        let own = self.stated_by().chain(&self.disputed_by);
        own.chain(absences).chain(remarks)
    }

    /// Returns the row's name in breadcrumbs: its code, or the text of its first cell, at any length.
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

/// The label of the field with a payer's other names.
pub(crate) const PAYER_ALIASES: &str = "Also known as";

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A paragraph, list item, fact or row of an author's own table.
    Text,
    Modifier(ModifierCode),
    Payer,
    /// A payer's rule on a modifier.
    #[serde(rename = "stance")]
    PayerRule(ModifierCode),
    /// A place of service.
    Place,
    /// Another code: a diagnosis, a related code, a code it is confused with.
    Code(CodeId),
    /// A block without content; the row's only cell has the reason.
    Absence,
}

/// The author of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Voice {
    /// The publication that the document reproduces, word for word.
    Publication,
    /// The editors, citing a source. Displayed differently from the publication's text.
    Editor,
}

/// A field of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The field's name: `When to use`. Empty in prose and lists, which have one field.
    pub label: Cow<'static, str>,
    pub value: Value,
    #[serde(rename = "reach")]
    pub visibility: Visibility,
}

impl Cell {
    pub fn column(label: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
            visibility: Visibility::Column,
        }
    }

    pub fn line(label: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        Self {
            visibility: Visibility::Line,
            ..Self::column(label, value)
        }
    }

    pub fn record(label: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
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
    /// In a column of the block's table, and in the row's details.
    Column,
    /// In a line below the row, in the row's details, and in exports. JSON calls it `record`, too.
    #[serde(rename = "record")]
    Line,
    /// In the row's details and in exports only.
    Record,
}

/// The content of a field: a text, or a stated absence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Sanitized text of one paragraph.
    Text(String),
    /// In a box, because texts are far more frequent, and smaller.
    Unavailable(Box<Unavailable>),
}

impl Value {
    pub fn new_absence(reason: AbsenceReason) -> Self {
        Unavailable::new(reason).into()
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Unavailable(_) => None,
        }
    }
}

impl From<Unavailable> for Value {
    fn from(absence: Unavailable) -> Self {
        Self::Unavailable(Box::new(absence))
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

keywords! {
    /// How appropriate a modifier is for the code.
    Standing {
        Usual = "usual",
        /// Appropriate under conditions.
        Situational = "situational",
        NotExpected = "not_expected",
        /// Sources disagree.
        Disputed = "disputed",
    }
}

impl Standing {
    /// The standing that the rules of payers are compared with: the document's own or, where that is
    /// disputed or missing, the most frequent of the payers', the first if several are.
    pub fn expected(own: Option<Self>, of_payers: &[Self]) -> Option<Self> {
        let count = |this: Self| of_payers.iter().filter(|other| **other == this).count();
        let backwards = of_payers.iter().rev().copied();
        let most_frequent = backwards.max_by_key(|standing| count(*standing));
        own.filter(|own| *own != Self::Disputed).or(most_frequent)
    }

    /// The symbol of the label.
    pub fn sign(self) -> &'static str {
        self.label().split(' ').next().unwrap_or_default()
    }
}

/// An editors' remark on a row or a section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// Sanitized text of one paragraph.
    pub text: String,
    pub source: SourceId,
}
