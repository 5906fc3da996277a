//! The indexed fields of a row.
//!
//! Indexing and snippets both use these fields, so a snippet contains the words that match.

use std::borrow::Cow;

use crate::content::row::PAYER_ALIASES;
use crate::content::{Block, Document, Row, Section, Shape, Source, SourceId, Subject, Value};

/// A set of fields of a row, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FieldMask(pub(crate) u8);

impl FieldMask {
    /// The document's title, a field of its first row.
    pub(crate) const TITLE: Self = Self(1);
    /// Headings, fields of the first row below them.
    pub(crate) const HEADING: Self = Self(1 << 1);
    /// The row's name.
    pub(crate) const NAME: Self = Self(1 << 2);
    /// The first field after the name. The next three have the next bits.
    pub(crate) const BODY: Self = Self(1 << 3);
    /// All further fields and remarks.
    pub(crate) const REST: Self = Self(1 << 7);
    /// Every field, for a row that matches as a whole.
    pub(crate) const ALL: Self = Self(0xff);

    const fn body(index: usize) -> Self {
        if index < 4 {
            Self(Self::BODY.0 << index)
        } else {
            Self::REST
        }
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IndexedField<'a> {
    pub(crate) mask: FieldMask,
    /// The name of the field for users, or an empty text.
    pub(crate) label: &'a str,
    pub(crate) text: Cow<'a, str>,
}

impl<'a> IndexedField<'a> {
    fn new(mask: FieldMask, label: &'a str, text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        Self { mask, label, text }
    }
}

/// A row with its block, section and document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowContext<'a> {
    pub(crate) document: &'a Document,
    pub(crate) section: &'a Section,
    pub(crate) block: &'a Block,
    pub(crate) row: &'a Row,
    pub(crate) position: usize,
}

pub(crate) fn row_contexts(document: &Document) -> impl Iterator<Item = RowContext<'_>> {
    let rows = (0..).zip(document.rows());
    rows.map(move |(position, (section, block, row))| RowContext {
        document,
        section,
        block,
        row,
        position,
    })
}

impl<'a> RowContext<'a> {
    pub(crate) fn fields(&self) -> Vec<IndexedField<'a>> {
        let mut fields = Vec::with_capacity(self.row.cells.len() + 3);
        if self.position == 0 {
            let title = &*self.document.title;
            fields.push(IndexedField::new(FieldMask::TITLE, "Title", title));
        }
        self.push_headings(&mut fields);
        self.push_cells(&mut fields);
        if let Some(standing) = self.row.standing {
            fields.push(IndexedField::new(
                FieldMask::REST,
                "Standing",
                standing.label(),
            ));
        }
        let remarks = self.row.remarks.iter();
        fields.extend(
            remarks.map(|remark| IndexedField::new(FieldMask::REST, "Remark", &*remark.text)),
        );
        self.push_sources(&mut fields);
        fields
    }

    /// Adds the names of the row's sources that no earlier row of its section has.
    fn push_sources(&self, fields: &mut Vec<IndexedField<'a>>) {
        let cited = |row: &'a Row| {
            let remarks = row.remarks.iter().map(|remark| &remark.source);
            row.stated_by().chain(remarks)
        };
        let earlier = || {
            let rows = self.section.blocks.iter().flat_map(|block| &block.rows);
            rows.take_while(|row| !std::ptr::eq(*row, self.row))
        };
        let ids: Vec<&SourceId> = cited(self.row).collect();
        for (at, id) in ids.iter().enumerate() {
            let is_known =
                ids[..at].contains(id) || earlier().any(|row| cited(row).any(|it| it == *id));
            if !is_known && let Some(Source { title, short, .. }) = self.document.source(id) {
                let text: Cow<'a, str> = if title.contains(short) {
                    Cow::Borrowed(title)
                } else {
                    Cow::Owned(format!("{short}: {title}"))
                };
                fields.push(IndexedField::new(FieldMask::REST, "Source", text));
            }
        }
    }

    fn push_headings(&self, fields: &mut Vec<IndexedField<'a>>) {
        let mut heading = |text: &'a str| {
            if !text.is_empty() {
                fields.push(IndexedField::new(FieldMask::HEADING, "Heading", text));
            }
        };
        let first_row = self.block.rows.first();
        if first_row.is_some_and(|row| std::ptr::eq(row, self.row)) {
            heading(self.block.title.as_deref().unwrap_or_default());
            let first_block = self.section.blocks.iter().find(|b| !b.rows.is_empty());
            if first_block.is_some_and(|block| std::ptr::eq(block, self.block)) {
                heading(&self.section.title);
                self.section.headings.iter().for_each(|text| heading(text));
            }
        }
    }

    fn push_cells(&self, fields: &mut Vec<IndexedField<'a>>) {
        if self.block.shape == Shape::Facts
            && let Some(cell) = self.row.cells.first()
        {
            fields.push(IndexedField::new(FieldMask::NAME, "", &*cell.label));
        }
        let name_cells = self.name_cell_count();
        for (index, cell) in self.row.cells.iter().enumerate() {
            let body_index = index.checked_sub(name_cells);
            let mask = match body_index {
                Some(index) if cell.label != PAYER_ALIASES => FieldMask::body(index),
                _ => FieldMask::NAME,
            };
            fields.push(IndexedField::new(
                mask,
                &cell.label,
                value_text(&cell.value),
            ));
        }
    }

    /// Returns the number of cells at the start that name the row.
    fn name_cell_count(&self) -> usize {
        match (&self.row.subject, self.block.shape) {
            (Subject::Modifier(code), _) => {
                let first = self.row.cells.first().and_then(|cell| cell.value.as_text());
                if first == Some(code.as_str()) { 2 } else { 1 }
            }
            (Subject::Absence, _) | (Subject::Text, Shape::Prose | Shape::List | Shape::Facts) => 0,
            _ => 1,
        }
    }
}

/// Returns the text of a value, or the reason of its absence.
fn value_text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Text(text) => Cow::Borrowed(&**text),
        Value::Unavailable(absence) => match (&absence.stated, &absence.find) {
            (Some(stated), None) => Cow::Borrowed(&**stated),
            (None, Some(find)) => Cow::Borrowed(&**find),
            (Some(stated), Some(find)) => Cow::Owned(format!("{stated} {find}")),
            (None, None) => Cow::Owned(absence.text()),
        },
    }
}
