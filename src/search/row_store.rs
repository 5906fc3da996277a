//! Defines the sheet: everything that a hit shows of a row, apart from its document.
//!
//! An index of many documents keeps the sheets of all its rows in its file: to show five dozen hits
//! it would have to parse as many documents otherwise, which takes longer than finding them. Sheets
//! take no memory; those of a document are read in microseconds.

use std::sync::Arc;

use crate::content::{BlockId, RowKey, RowPath, SectionId, Shape, Subject};

use crate::search::fields::{FieldMask, IndexedField, RowContext};
use crate::storage::varint::{read_byte, read_list, read_varint, write_text, write_varint};
use crate::storage::{Container, PartTag, varint};

/// The part of a flat file that holds sheets.
pub(crate) const STORED_ROWS: PartTag = *b"leaf";

/// How long the name of a row is in a trail, in characters.
const MAX_NAME_CHARS: usize = 32;

/// What a hit shows of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredRow {
    pub(crate) row_path: RowPath,
    /// The section and the row, as a breadcrumb shows them.
    pub(crate) trail: Vec<String>,
    pub(crate) fields: Vec<StoredField>,
}

/// A field of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredField {
    pub(crate) mask: FieldMask,
    pub(crate) label: String,
    /// Whether the label belongs to the trail.
    pub(crate) in_trail: bool,
    pub(crate) text: String,
}

impl StoredRow {
    pub(crate) fn from_context(spot: &RowContext<'_>) -> Self {
        let name = row_name(spot);
        let pieces = spot.fields().into_iter().map(|field| StoredField {
            mask: field.mask,
            in_trail: in_trail(spot, name, &field),
            label: field.label.to_owned(),
            text: field.text.into_owned(),
        });
        Self {
            row_path: RowPath::new(spot.section, spot.block, spot.row),
            trail: trail(spot, name),
            fields: pieces.collect(),
        }
    }

    fn decode(mut bytes: &[u8]) -> Option<Self> {
        let bytes = &mut bytes;
        let place = RowPath {
            section: SectionId(read_text(bytes)?),
            block: BlockId(read_text(bytes)?),
            row: RowKey(read_text(bytes)?),
        };
        let trail = read_list(bytes, read_text)?;
        let pieces = read_list(bytes, |bytes| {
            Some(StoredField {
                mask: FieldMask(read_byte(bytes)?),
                in_trail: read_byte(bytes)? == 1,
                label: read_text(bytes)?,
                text: read_text(bytes)?,
            })
        })?;
        Some(Self {
            row_path: place,
            trail,
            fields: pieces,
        })
    }
}

/// Appends the sheet of a row, with its length before it, to those of its document. The fields are
/// those of the row.
/// `sheet` is where it is put together.
pub(crate) fn append_row(
    spot: &RowContext<'_>,
    fields: &[IndexedField<'_>],
    sheet: &mut Vec<u8>,
    out: &mut Vec<u8>,
) {
    sheet.clear();
    write_text(sheet, &spot.section.id.0);
    write_text(sheet, &spot.block.id.0);
    write_text(sheet, &spot.row.key.0);
    let name = row_name(spot);
    let trail = trail(spot, name);
    write_varint(sheet, trail.len() as u64);
    for text in &trail {
        write_text(sheet, text);
    }
    write_varint(sheet, fields.len() as u64);
    for field in fields {
        sheet.extend([field.mask.0, u8::from(in_trail(spot, name, field))]);
        write_text(sheet, field.label);
        write_text(sheet, &field.text);
    }
    varint::write_bytes(out, sheet);
}

fn trail(spot: &RowContext<'_>, name: &str) -> Vec<String> {
    let mut trail = vec![spot.section.short.clone()];
    if !name.is_empty() && name != spot.section.title {
        trail.push(truncate_name(name));
    }
    trail
}

/// Says whether the label of a field belongs to the trail.
fn in_trail(spot: &RowContext<'_>, name: &str, field: &IndexedField<'_>) -> bool {
    let prose = matches!(spot.block.shape, Shape::Prose | Shape::List);
    !(field.label.is_empty()
        || field.mask == FieldMask::NAME
        || field.mask == FieldMask::HEADING
        || (prose && field.mask != FieldMask::REST)
        || field.label == name)
}

/// Returns what a trail calls a row.
fn row_name<'a>(spot: &RowContext<'a>) -> &'a str {
    match (&spot.row.subject, spot.block.shape) {
        (
            Subject::Modifier(_)
            | Subject::PayerRule(_)
            | Subject::Code(_)
            | Subject::Payer
            | Subject::Place,
            _,
        )
        | (Subject::Text, Shape::Table) => spot.row.name(),
        (Subject::Text, Shape::Facts) => spot.row.cells.first().map_or("", |cell| &cell.label),
        (Subject::Text | Subject::Absence, _) => spot.block.title.as_deref().unwrap_or_default(),
    }
}

fn truncate_name(name: &str) -> String {
    if name.chars().count() <= MAX_NAME_CHARS {
        return name.to_owned();
    }
    let cut: String = name.chars().take(MAX_NAME_CHARS).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(head, _)| head);
    format!("{cut}…")
}

fn read_text(bytes: &mut &[u8]) -> Option<String> {
    varint::read_text(bytes).map(str::to_owned)
}

/// Where the sheets of a document are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StoreEntry {
    pub(crate) doc: u32,
    pub(crate) length: u32,
    pub(crate) offset: u64,
}

impl StoreEntry {
    /// How many bytes one takes in a file.
    pub(crate) const BYTES: u64 = 16;
}

/// The sheets of an index, in its file.
#[derive(Debug)]
pub(crate) struct RowStore {
    container: Arc<Container>,
    /// By document.
    entries: Vec<StoreEntry>,
}

/// The sheets of one document.
#[derive(Clone, Debug, Default)]
pub(crate) struct StoredDoc(Vec<u8>);

impl RowStore {
    pub(crate) const fn new(flat: Arc<Container>, spreads: Vec<StoreEntry>) -> Self {
        Self {
            container: flat,
            entries: spreads,
        }
    }

    /// Reads the sheets of a document.
    pub(crate) fn doc(&self, doc: u32) -> Option<StoredDoc> {
        let spreads = &self.entries;
        let at = spreads.binary_search_by_key(&doc, |one| one.doc).ok()?;
        let StoreEntry {
            offset: at, length, ..
        } = *spreads.get(at)?;
        let bytes = self
            .container
            .read_range(STORED_ROWS, at, length as usize)?;
        Some(StoredDoc(bytes))
    }
}

impl StoredDoc {
    /// Returns the sheet of the row at a position.
    pub(crate) fn row(&self, position: u32) -> Option<StoredRow> {
        let mut rest = &self.0[..];
        for _ in 0..position {
            let length = usize::try_from(read_varint(&mut rest)?).ok()?;
            rest = rest.get(length..)?;
        }
        let length = usize::try_from(read_varint(&mut rest)?).ok()?;
        StoredRow::decode(rest.get(..length)?)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::search::fields::row_contexts;

    #[test]
    fn stored_rows_round_trip() {
        let text = include_str!("../../content/cpt-83950.toml");
        let document = crate::content::parse_document("a.toml", text.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        for spot in row_contexts(&document) {
            append_row(&spot, &spot.fields(), &mut Vec::new(), &mut bytes);
        }
        let stack = StoredDoc(bytes);
        let mut rows = 0;
        for (row, spot) in (0..).zip(row_contexts(&document)) {
            assert_eq!(stack.row(row), Some(StoredRow::from_context(&spot)));
            rows = row + 1;
        }
        assert!(rows > 20);
        assert_eq!(stack.row(rows), None);
    }

    proptest! {
        #[test]
        fn damaged_rows_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = StoredRow::decode(&bytes);
            let _ = StoredDoc(bytes).row(1);
        }
    }
}
