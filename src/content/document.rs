//! Defines the document: one code's sections, blocks and sources.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::content::code::{CodeId, ModifierCode};
use crate::content::date::AsOf;
use crate::content::row::{Row, RowKey, Subject};
use crate::content::source::{Source, SourceId};

/// Everything that one file says about one code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Document {
    /// The code.
    pub code: CodeId,
    /// The title, in house words.
    pub title: String,
    /// Whether the code is in force.
    pub status: Status,
    /// Since when it is.
    pub effective: AsOf,
    /// When the document was last revised.
    pub revised: AsOf,
    /// Who reviewed it; nobody, when the screen says "not reviewed".
    pub reviewed_by: Option<String>,
    /// When it should be looked at again.
    pub next_review: AsOf,
    /// Other names, for search; they also stand in a block of their own.
    pub synonyms: Vec<String>,
    /// The sources that rows refer to, in the order of the file.
    pub sources: Vec<Source>,
    /// The sections, in reading order; never empty.
    pub sections: Vec<Section>,
    /// The notices that end every section and every printout, a paragraph each.
    pub notices: Vec<String>,
}

impl Document {
    /// Returns the source of this name.
    pub fn source(&self, id: &SourceId) -> Option<&Source> {
        self.sources.iter().find(|source| source.id == *id)
    }

    /// Returns the section of this name and its position.
    pub fn section(&self, id: &SectionId) -> Option<(usize, &Section)> {
        self.sections
            .iter()
            .enumerate()
            .find(|(_, section)| section.id == *id)
    }

    /// Returns every row with its section and block, in reading order.
    pub fn rows(&self) -> impl Iterator<Item = (&Section, &Block, &Row)> {
        self.sections.iter().flat_map(|section| {
            section
                .blocks
                .iter()
                .flat_map(move |block| block.rows.iter().map(move |row| (section, block, row)))
        })
    }

    /// Returns the row at a place.
    pub fn row(&self, place: &RowPath) -> Option<(&Section, &Block, &Row)> {
        self.rows().find(|(section, block, row)| {
            section.id == place.section && block.id == place.block && row.key == place.row
        })
    }

    /// Returns the row about a modifier, with its place.
    pub fn modifier(&self, code: &ModifierCode) -> Option<(RowPath, &Row)> {
        self.rows()
            .find(|(_, _, row)| row.subject == Subject::Modifier(code.clone()))
            .map(|(section, block, row)| (RowPath::new(section, block, row), row))
    }

    /// Returns what a payer, by the name of its row, says on a modifier.
    pub fn payer_rule(&self, payer: &RowKey, modifier: &ModifierCode) -> Option<(RowPath, &Row)> {
        let key = RowKey::for_payer_rule(payer, modifier);
        self.rows()
            .find(|(_, _, row)| {
                row.subject == Subject::PayerRule(modifier.clone()) && row.key == key
            })
            .map(|(section, block, row)| (RowPath::new(section, block, row), row))
    }

    /// Returns the modifiers that have a row, in reading order.
    pub fn modifiers(&self) -> impl Iterator<Item = &ModifierCode> {
        self.rows().filter_map(|(_, _, row)| match &row.subject {
            Subject::Modifier(code) => Some(code),
            _ => None,
        })
    }
}

/// Whether a code is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// In force.
    Active,
    /// No longer in force.
    Deleted,
    /// Nobody checked.
    Unverified,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Active, Self::Deleted, Self::Unverified];

    /// Returns the word that content files use and readers see.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Deleted => "deleted",
            Self::Unverified => "unverified",
        }
    }
}

/// A section's name, as `--section` takes it: `coding`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct SectionId(pub String);

/// One pane of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// The name.
    pub id: SectionId,
    /// The title on the tab: `Coding Specifications`.
    pub title: String,
    /// A title for narrow tabs: `Coding`.
    pub short: String,
    /// The headings that the publication gives this part, from the outside in.
    pub headings: Vec<String>,
    /// What it holds, in reading order.
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

/// A block's name within its section: `modifiers`, `text`, `icd10`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct BlockId(pub String);

/// Rows of one shape under one heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Block {
    /// The name.
    pub id: BlockId,
    /// The heading, where there is one.
    pub title: Option<String>,
    /// How the rows are set.
    pub shape: Shape,
    /// The rows; their keys differ.
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
}

/// How the rows of a block are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A paragraph a row.
    Prose,
    /// A bullet a row.
    List,
    /// `Label  value` a row.
    Facts,
    /// Columns, named by the cells' labels.
    Table,
}

/// Where a row stands in a document: `coding/modifiers/26`.
///
/// Names rather than positions, so that a place outlives an edit of the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowPath {
    /// The section.
    pub section: SectionId,
    /// The block.
    pub block: BlockId,
    /// The row.
    pub row: RowKey,
}

impl RowPath {
    /// Returns the place of a row.
    pub fn new(section: &Section, block: &Block, row: &Row) -> Self {
        Self {
            section: section.id.clone(),
            block: block.id.clone(),
            row: row.key.clone(),
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
