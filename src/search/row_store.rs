//! The row store: the parts of each row that a hit shows, so that no document is parsed for it.
//!
//! An index of many documents has its row store in its file. Parsing five dozen documents to show
//! as many hits would take longer than finding them; reading their stored rows takes microseconds
//! and no memory.

use std::sync::Arc;

use crate::content::{BlockId, RowKey, RowPath, SectionId, Shape, Standing};
use crate::search::fields::{FieldMask, IndexedField, RowContext};
use crate::storage::varint::{self, read_byte, read_list, read_varint, write_text, write_varint};
use crate::storage::{Container, PartReader, PartTag};

pub(crate) const STORED_ROWS: PartTag = *b"leaf";
pub(crate) const STORE_ENTRIES: PartTag = *b"spre";

/// The number of texts of an encoded row path, with which a row starts.
const ROW_PATH_TEXTS: usize = 3;

/// The longest name of a row in a trail, in characters.
const MAX_NAME_CHARS: usize = 32;

/// The parts of a row that a hit shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredRow {
    pub(crate) row_path: RowPath,
    /// The section and the row, as a breadcrumb, and whether the row is disputed.
    pub(crate) trail: Vec<String>,
    pub(crate) fields: Vec<StoredField>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredField {
    pub(crate) mask: FieldMask,
    pub(crate) label: String,
    /// Whether a hit in this field adds the label to the trail.
    pub(crate) in_trail: bool,
    pub(crate) text: String,
}

impl StoredRow {
    pub(crate) fn from_context(context: &RowContext<'_>) -> Self {
        let name = row_name(context);
        let fields = context.fields().into_iter().map(|field| StoredField {
            mask: field.mask,
            in_trail: in_trail(context, name, &field),
            label: field.label.to_owned(),
            text: field.text.into_owned(),
        });
        Self {
            row_path: RowPath::new(context.section, context.block, context.row),
            trail: trail(context, name),
            fields: fields.collect(),
        }
    }

    fn decode(mut bytes: &[u8]) -> Option<Self> {
        let bytes = &mut bytes;
        Some(Self {
            row_path: RowPath {
                section: SectionId(read_text(bytes)?),
                block: BlockId(read_text(bytes)?),
                row: RowKey(read_text(bytes)?),
            },
            trail: read_list(bytes, read_text)?,
            fields: read_list(bytes, |bytes| {
                FieldRef::decode(bytes).map(StoredField::from)
            })?,
        })
    }
}

/// An encoded [`StoredField`].
struct FieldRef<'b> {
    mask: FieldMask,
    in_trail: bool,
    label: &'b str,
    text: &'b str,
}

impl<'b> FieldRef<'b> {
    fn decode(bytes: &mut &'b [u8]) -> Option<Self> {
        Some(Self {
            mask: FieldMask(read_byte(bytes)?),
            in_trail: read_byte(bytes)? == 1,
            label: varint::read_text(bytes)?,
            text: varint::read_text(bytes)?,
        })
    }
}

impl From<FieldRef<'_>> for StoredField {
    fn from(field: FieldRef<'_>) -> Self {
        Self {
            mask: field.mask,
            in_trail: field.in_trail,
            label: field.label.to_owned(),
            text: field.text.to_owned(),
        }
    }
}

/// Encodes a row with its length and `fields`, and appends it to the stored rows of its document.
/// `buffer` holds the row meanwhile.
pub(crate) fn append_row(
    context: &RowContext<'_>,
    fields: &[IndexedField<'_>],
    buffer: &mut Vec<u8>,
    out: &mut Vec<u8>,
) {
    buffer.clear();
    write_text(buffer, &context.section.id.0);
    write_text(buffer, &context.block.id.0);
    write_text(buffer, &context.row.key.0);
    let name = row_name(context);
    let trail = trail(context, name);
    write_varint(buffer, trail.len() as u64);
    for text in &trail {
        write_text(buffer, text);
    }
    write_varint(buffer, fields.len() as u64);
    for field in fields {
        buffer.extend([field.mask.0, u8::from(in_trail(context, name, field))]);
        write_text(buffer, field.label);
        write_text(buffer, &field.text);
    }
    varint::write_bytes(out, buffer);
}

fn trail(context: &RowContext<'_>, name: &str) -> Vec<String> {
    let mut trail = vec![context.section.short.clone()];
    if !name.is_empty() && name != context.section.title {
        trail.push(truncate_name(name));
    }
    if let Some(standing @ Standing::Disputed) = context.row.standing {
        trail.push(standing.label().to_owned());
    }
    trail
}

fn in_trail(context: &RowContext<'_>, name: &str, field: &IndexedField<'_>) -> bool {
    let is_prose = matches!(context.block.shape, Shape::Prose | Shape::List);
    !(field.label.is_empty()
        || field.mask == FieldMask::NAME
        || field.mask == FieldMask::HEADING
        || (is_prose && field.mask != FieldMask::REST)
        || field.label == name)
}

/// Returns the name of a row in a trail, or an empty text.
fn row_name<'a>(context: &RowContext<'a>) -> &'a str {
    let name = context.block.row_name(context.row);
    name.or(context.block.title.as_deref()).unwrap_or_default()
}

fn truncate_name(name: &str) -> String {
    if name.chars().count() <= MAX_NAME_CHARS {
        return name.to_owned();
    }
    let start: String = name.chars().take(MAX_NAME_CHARS).collect();
    let words = start.rsplit_once(' ').map_or(&*start, |(words, _)| words);
    format!("{words}…")
}

fn read_text(bytes: &mut &[u8]) -> Option<String> {
    varint::read_text(bytes).map(str::to_owned)
}

/// Where the stored rows of a document are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StoreEntry {
    pub(crate) doc: u32,
    pub(crate) length: u32,
    pub(crate) offset: u64,
}

impl StoreEntry {
    const BYTES: u64 = 16;

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        out.extend(self.doc.to_le_bytes());
        out.extend(self.length.to_le_bytes());
        out.extend(self.offset.to_le_bytes());
    }

    fn decode(part: &mut PartReader<'_>) -> Option<Self> {
        Some(Self {
            doc: u32::from_le_bytes(part.read_array()?),
            length: u32::from_le_bytes(part.read_array()?),
            offset: u64::from_le_bytes(part.read_array()?),
        })
    }
}

#[derive(Debug)]
pub(crate) struct RowStore {
    container: Arc<Container>,
    /// In the order of documents.
    entries: Vec<StoreEntry>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct StoredDoc(Vec<u8>);

impl RowStore {
    /// Opens the store in a container. Its rows are verified when they are read.
    pub(crate) fn open(container: &Arc<Container>) -> Option<Self> {
        let mut part = container.part_reader(STORE_ENTRIES)?;
        let count = usize::try_from(part.remaining() / StoreEntry::BYTES).ok()?;
        let mut entries = Vec::with_capacity(count);
        while part.remaining() > 0 {
            entries.push(StoreEntry::decode(&mut part)?);
        }
        let container = Arc::clone(container);
        Some(Self { container, entries })
    }

    /// Reads the rows of a document, or returns `None` if there are none or they are damaged.
    pub(crate) fn doc(&self, doc: u32) -> Option<StoredDoc> {
        let entries = &self.entries;
        let position = entries.binary_search_by_key(&doc, |entry| entry.doc).ok()?;
        let StoreEntry { offset, length, .. } = *entries.get(position)?;
        self.container
            .read_range(STORED_ROWS, offset, length as usize)
            .map(StoredDoc)
    }
}

impl StoredDoc {
    pub(crate) fn row(&self, position: u32) -> Option<StoredRow> {
        StoredRow::decode(self.row_bytes(position)?)
    }

    /// Returns true if any field of a row satisfies a predicate on its mask and text. Allocates
    /// nothing.
    pub(crate) fn any_field(
        &self,
        position: u32,
        is_match: impl Fn(FieldMask, &str) -> bool,
    ) -> Option<bool> {
        let bytes = &mut self.row_bytes(position)?;
        for _ in 0..ROW_PATH_TEXTS {
            varint::read_text(bytes)?;
        }
        for _ in 0..read_varint(bytes)? {
            varint::read_text(bytes)?;
        }
        for _ in 0..read_varint(bytes)? {
            let field = FieldRef::decode(bytes)?;
            if is_match(field.mask, field.text) {
                return Some(true);
            }
        }
        Some(false)
    }

    fn row_bytes(&self, position: u32) -> Option<&[u8]> {
        let mut rest = &self.0[..];
        for _ in 0..position {
            let length = usize::try_from(read_varint(&mut rest)?).ok()?;
            rest = rest.get(length..)?;
        }
        varint::read_bytes(&mut rest)
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
        for context in row_contexts(&document) {
            append_row(&context, &context.fields(), &mut Vec::new(), &mut bytes);
        }
        let stored = StoredDoc(bytes);
        let mut rows = 0;
        for (row, context) in (0..).zip(row_contexts(&document)) {
            let expected = StoredRow::from_context(&context);
            for StoredField { mask, text, .. } in &expected.fields {
                let is_field = |other: FieldMask, found: &str| other == *mask && found == text;
                assert_eq!(stored.any_field(row, is_field), Some(true));
            }
            assert_eq!(stored.any_field(row, |_, _| false), Some(false));
            assert_eq!(stored.row(row), Some(expected));
            rows = row + 1;
        }
        assert!(rows > 20);
        assert_eq!(stored.row(rows), None);
    }

    proptest! {
        #[test]
        fn damaged_rows_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = StoredRow::decode(&bytes);
            let doc = StoredDoc(bytes);
            let _ = doc.row(1);
            let _ = doc.any_field(0, |_, _| false);
        }
    }
}
