//! The document on one code: sections of blocks of rows, with their sources.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::content::code::{CodeId, ModifierCode};
use crate::content::date::AsOf;
use crate::content::keyword::keywords;
use crate::content::row::{Row, RowKey, Subject, Voice};
use crate::content::source::{Source, SourceId};

/// The content of one file, about one code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Document {
    pub code: CodeId,
    /// The title in the editors' words; the owner's text may be protected.
    pub title: String,
    /// The edition of the code set that the document was made from; `None` if an author wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    pub status: Status,
    /// The date from which the status applies.
    pub effective: AsOf,
    /// The last revision of the document.
    pub revised: AsOf,
    pub reviewed_by: Option<String>,
    pub next_review: AsOf,
    /// Other names for search. A block repeats them.
    pub synonyms: Vec<String>,
    /// The sources that rows refer to, in the order of the file.
    pub sources: Vec<Source>,
    /// The sections in reading order; never empty.
    pub sections: Vec<Section>,
    /// Paragraphs at the end of every section and every printout.
    pub notices: Vec<String>,
}

impl Document {
    /// Returns the sources that publication rows quote.
    pub fn quoted_sources(&self) -> BTreeSet<&SourceId> {
        let rows = self.rows().map(|(_, _, row)| row);
        let quotations = rows.filter(|row| row.voice == Voice::Publication);
        quotations.filter_map(|row| row.source.as_ref()).collect()
    }

    /// Returns true if the editors wrote every row, so that there is no other voice to tell them from.
    pub fn has_one_voice(&self) -> bool {
        self.rows().all(|(_, _, row)| row.voice == Voice::Editor)
    }

    pub fn source(&self, id: &SourceId) -> Option<&Source> {
        self.sources.iter().find(|source| source.id == *id)
    }

    /// A section with its position.
    pub fn section(&self, id: &SectionId) -> Option<(usize, &Section)> {
        self.sections
            .iter()
            .enumerate()
            .find(|(_, section)| section.id == *id)
    }

    /// Every row with its section and block, in reading order.
    pub fn rows(&self) -> impl Iterator<Item = (&Section, &Block, &Row)> {
        self.sections.iter().flat_map(|section| {
            section
                .blocks
                .iter()
                .flat_map(move |block| block.rows.iter().map(move |row| (section, block, row)))
        })
    }

    pub fn row(&self, path: &RowPath) -> Option<(&Section, &Block, &Row)> {
        self.rows().find(|(section, block, row)| {
            section.id == path.section && block.id == path.block && row.key == path.row
        })
    }

    /// Returns the number of a row in the document, from 0.
    pub fn row_number(&self, path: &RowPath) -> Option<usize> {
        self.rows().position(|(section, block, row)| {
            section.id == path.section && block.id == path.block && row.key == path.row
        })
    }

    /// Returns the row about a modifier, with its path.
    pub fn modifier(&self, code: &ModifierCode) -> Option<(RowPath, &Row)> {
        self.find_row(|row| row.subject == Subject::Modifier(code.clone()))
    }

    /// Returns the rule of a payer (by the key of its row) on a modifier, with its path.
    pub fn payer_rule(&self, payer: &RowKey, modifier: &ModifierCode) -> Option<(RowPath, &Row)> {
        let key = RowKey::for_payer_rule(payer, modifier);
        self.find_row(|row| row.subject == Subject::PayerRule(modifier.clone()) && row.key == key)
    }

    fn find_row(&self, is_match: impl Fn(&Row) -> bool) -> Option<(RowPath, &Row)> {
        let (section, block, row) = self.rows().find(|(_, _, row)| is_match(row))?;
        Some((RowPath::new(section, block, row), row))
    }

    /// The modifiers that have a row, in reading order.
    pub fn modifiers(&self) -> impl Iterator<Item = &ModifierCode> {
        self.rows().filter_map(|(_, _, row)| match &row.subject {
            Subject::Modifier(code) => Some(code),
            _ => None,
        })
    }
}

keywords! {
    /// Whether a code is in force.
    Status {
        Active = "active",
        Deleted = "deleted",
        Unverified = "unverified",
    }
}

/// The name of a section, as in `--section coding`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct SectionId(pub String);

/// A section of a document, shown under a tab of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    pub id: SectionId,
    /// The title on the tab: `Coding Specifications`.
    pub title: String,
    /// The title on a narrow tab: `Coding`.
    pub short: String,
    /// The publication's headings of this part, outermost first.
    pub headings: Vec<String>,
    /// The blocks in reading order.
    pub blocks: Vec<Block>,
}

impl Section {
    /// Makes a section without headings.
    pub fn new(id: &str, title: &str, short: &str, blocks: Vec<Block>) -> Self {
        Self {
            id: SectionId(id.to_owned()),
            title: title.to_owned(),
            short: short.to_owned(),
            headings: Vec::new(),
            blocks,
        }
    }
}

/// The name of a block, unique in its section: `modifiers`, `text`, `icd10`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct BlockId(pub String);

/// Rows of one shape under one heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Block {
    pub id: BlockId,
    pub title: Option<String>,
    pub shape: Shape,
    /// The rows; their keys are unique.
    pub rows: Vec<Row>,
}

impl Block {
    pub fn new(id: &str, title: Option<&str>, shape: Shape, rows: Vec<Row>) -> Self {
        Self {
            id: BlockId(id.to_owned()),
            title: title.map(str::to_owned),
            shape,
            rows,
        }
    }

    /// Returns the name of a row of this block: the label of a fact, the code or first field of other
    /// rows. A paragraph, a list item and an absence have none.
    pub fn row_name<'b>(&'b self, row: &'b Row) -> Option<&'b str> {
        match (&row.subject, self.shape) {
            (Subject::Absence, _) | (Subject::Text, Shape::Prose | Shape::List) => None,
            (Subject::Text, Shape::Facts) => row.cells.first().map(|cell| &*cell.label),
            _ => Some(row.name()),
        }
    }

    /// Makes a table if every row has more than one cell, otherwise prose.
    pub fn from_rows(id: &str, title: Option<&str>, rows: Vec<Row>) -> Self {
        let is_table = rows.iter().all(|row| row.cells.len() > 1);
        let shape = if is_table { Shape::Table } else { Shape::Prose };
        Self::new(id, title, shape, rows)
    }
}

/// The layout of a block's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Each row is a paragraph.
    Prose,
    /// Each row has a bullet.
    List,
    /// Each row is `Label  value`.
    Facts,
    /// The cells' labels are the headings of columns.
    Table,
}

/// The path of a row in its document: `coding/modifiers/26`.
///
/// It has names instead of positions, so that it stays valid when the file is edited.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowPath {
    pub section: SectionId,
    pub block: BlockId,
    pub row: RowKey,
}

impl RowPath {
    pub fn new(section: &Section, block: &Block, row: &Row) -> Self {
        Self {
            section: section.id.clone(),
            block: block.id.clone(),
            row: row.key.clone(),
        }
    }

    /// Returns the path of a document's own row on a modifier, `coding/modifiers/26`.
    pub fn of_modifier(modifier: &ModifierCode) -> Self {
        Self {
            section: SectionId("coding".to_owned()),
            block: BlockId("modifiers".to_owned()),
            row: RowKey(modifier.as_str().to_owned()),
        }
    }
}

impl fmt::Display for RowPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.section.0, self.block.0, self.row.0)
    }
}

impl FromStr for RowPath {
    type Err = ();

    fn from_str(s: &str) -> Result<Self, ()> {
        let mut parts = s.splitn(3, '/').map(str::to_owned);
        match (parts.next(), parts.next(), parts.next()) {
            (Some(section), Some(block), Some(row)) => Ok(Self {
                section: SectionId(section),
                block: BlockId(block),
                row: RowKey(row),
            }),
            _ => Err(()),
        }
    }
}

impl Serialize for RowPath {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
