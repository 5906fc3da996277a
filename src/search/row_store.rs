//! The row store: the parts of each row that a hit shows, so that no document is parsed for it.
//!
//! An index of many documents has its row store in its file. Parsing five dozen documents to show
//! as many hits would take longer than finding them; reading their stored rows takes microseconds
//! and no memory. A row is much smaller than a page of the file, so it has a checksum of its own.
//!
//! ```text
//! document: offset of each row and of the end (4 bytes each) │ row │ row │ …
//! row: checksum (4 bytes), section, block, key, trail, fields
//! ```

use std::sync::Arc;

use crate::content::{BlockId, RowKey, RowPath, SectionId, Shape, Standing};
use crate::num::saturating_u32;
use crate::search::fields::{FieldMask, IndexedField, RowContext};
use crate::storage::varint::{
    self, read_byte, read_list, read_varint, u32_at, write_text, write_varint,
};
use crate::storage::{Container, PartReader, PartTag};

pub(crate) const STORED_ROWS: PartTag = *b"leaf";
pub(crate) const STORE_ENTRIES: PartTag = *b"spre";

/// The bytes of a document to read first. Most documents have fewer.
const FIRST_READ_LEN: usize = 12 * 1024;

const OFFSET_LEN: usize = 4;
const CHECKSUM_LEN: usize = 4;

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

/// Encodes the rows of one document. Its buffers are reused from document to document.
#[derive(Debug, Default)]
pub(crate) struct RowEncoder {
    /// Where each row starts in `rows`.
    starts: Vec<u32>,
    rows: Vec<u8>,
}

impl RowEncoder {
    pub(crate) fn add(&mut self, context: &RowContext<'_>, fields: &[IndexedField<'_>]) {
        let position = saturating_u32(self.starts.len());
        self.starts.push(saturating_u32(self.rows.len()));
        let start = self.rows.len();
        let out = &mut self.rows;
        out.extend([0; CHECKSUM_LEN]);
        write_text(out, &context.section.id.0);
        write_text(out, &context.block.id.0);
        write_text(out, &context.row.key.0);
        let name = row_name(context);
        let trail = trail(context, name);
        write_varint(out, trail.len() as u64);
        for text in &trail {
            write_text(out, text);
        }
        write_varint(out, fields.len() as u64);
        for field in fields {
            out.extend([field.mask.0, u8::from(in_trail(context, name, field))]);
            write_text(out, field.label);
            write_text(out, &field.text);
        }
        if let Some((sum, row)) = out[start..].split_first_chunk_mut() {
            *sum = checksum(position, row).to_le_bytes();
        }
    }

    /// Appends the rows that were added since the last call.
    pub(crate) fn finish_doc(&mut self, out: &mut Vec<u8>) {
        let header_len = OFFSET_LEN * (self.starts.len() + 1);
        let ends = [saturating_u32(self.rows.len())];
        for offset in self.starts.drain(..).chain(ends) {
            out.extend(
                saturating_u32(header_len)
                    .saturating_add(offset)
                    .to_le_bytes(),
            );
        }
        out.append(&mut self.rows);
    }
}

/// The position in the document is part of the checksum, so that a row is not read as another one.
fn checksum(position: u32, row: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(position);
    hasher.update(row);
    hasher.finalize()
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

/// A row as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct EncodedRow(Vec<u8>);

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

    /// Reads the row at a position in a document, or returns `None` if there is none or it is
    /// damaged.
    pub(crate) fn row(&self, doc: u32, position: u32) -> Option<EncodedRow> {
        let entries = &self.entries;
        let at = entries.binary_search_by_key(&doc, |entry| entry.doc).ok()?;
        let entry = entries.get(at)?;
        // One read of a few pages is faster than two short ones.
        let head = self.read(entry, 0, (entry.length as usize).min(FIRST_READ_LEN))?;
        let read = |offset: usize, length: usize| {
            let bytes = head.get(offset..offset.checked_add(length)?);
            bytes.map_or_else(|| self.read(entry, offset, length), |it| Some(it.to_vec()))
        };
        let offsets = read(OFFSET_LEN.checked_mul(position as usize)?, 2 * OFFSET_LEN)?;
        let (start, end) = (u32_at(&offsets, 0)?, u32_at(&offsets, OFFSET_LEN)?);
        let mut bytes = read(start as usize, end.checked_sub(start)? as usize)?;
        let (sum, row) = bytes.split_first_chunk()?;
        if row.is_empty() || u32::from_le_bytes(*sum) != checksum(position, row) {
            return None;
        }
        bytes.drain(..CHECKSUM_LEN);
        Some(EncodedRow(bytes))
    }

    fn read(&self, entry: &StoreEntry, offset: usize, length: usize) -> Option<Vec<u8>> {
        let is_in_entry = offset.checked_add(length)? <= entry.length as usize;
        let offset = entry
            .offset
            .checked_add(offset as u64)
            .filter(|_| is_in_entry)?;
        self.container.read_unverified(STORED_ROWS, offset, length)
    }
}

impl EncodedRow {
    pub(crate) fn decode(&self) -> Option<StoredRow> {
        StoredRow::decode(&self.0)
    }

    /// Returns true if any field satisfies a predicate on its mask and text. Allocates nothing.
    pub(crate) fn any_field(&self, is_match: impl Fn(FieldMask, &str) -> bool) -> Option<bool> {
        let bytes = &mut &self.0[..];
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
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::content::Document;
    use crate::search::fields::row_contexts;
    use crate::storage::ContainerWriter;
    use crate::storage::container::Backing;

    #[test]
    fn stored_rows_round_trip() {
        let text = include_str!("../../content/cpt-83950.toml");
        let document = crate::content::parse_document("a.toml", text.as_bytes()).unwrap();
        let (store, rows) = (
            new_store(&encode(&document)),
            row_contexts(&document).count(),
        );
        assert!(rows > 20);
        for (position, context) in (0..).zip(row_contexts(&document)) {
            let expected = StoredRow::from_context(&context);
            let row = store.row(7, position).unwrap();
            for StoredField { mask, text, .. } in &expected.fields {
                let is_field = |other: FieldMask, found: &str| other == *mask && found == text;
                assert_eq!(row.any_field(is_field), Some(true));
            }
            assert_eq!(row.any_field(|_, _| false), Some(false));
            assert_eq!(row.decode(), Some(expected));
        }
        for position in [rows, rows + 1, 1 << 30, u32::MAX as usize] {
            assert!(store.row(7, u32::try_from(position).unwrap()).is_none());
        }
        assert!(store.row(6, 0).is_none() && store.row(8, 0).is_none());
    }

    #[test]
    fn damaged_row_is_not_read_and_every_other_row_is_the_same() {
        let text = include_str!("../../content/cpt-83950.toml");
        let document = crate::content::parse_document("a.toml", text.as_bytes()).unwrap();
        let bytes = encode(&document);
        let rows = u32::try_from(row_contexts(&document).count()).unwrap();
        let header_len = OFFSET_LEN * (rows as usize + 1);
        let decode_all = |bytes: &[u8]| {
            let store = new_store(bytes);
            let decode = |row| store.row(7, row).and_then(|row| row.decode());
            (0..rows).map(decode).collect::<Vec<_>>()
        };
        let intact = decode_all(&bytes);
        for at in (0..bytes.len()).step_by(7) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << (at % 8);
            let mut lost = 0;
            for (found, expected) in decode_all(&damaged).into_iter().zip(&intact) {
                lost += usize::from(found.is_none());
                assert!(found.is_none() || found == *expected, "byte {at}");
            }
            // An offset is the end of a row and the start of the next.
            let may_lose = if at < header_len { 1..=2 } else { 1..=1 };
            assert!(may_lose.contains(&lost), "byte {at}: {lost} rows");
        }
    }

    #[test]
    fn rows_of_a_long_document_are_read_as_those_of_a_short_one() {
        let text = include_str!("../../content/cpt-83950.toml");
        let mut document = crate::content::parse_document("a.toml", text.as_bytes()).unwrap();
        let sections = document.sections.clone();
        while document.sections.len() < 40 {
            document.sections.extend_from_slice(&sections);
        }
        let bytes = encode(&document);
        assert!(bytes.len() > 2 * FIRST_READ_LEN);
        let store = new_store(&bytes);
        for (position, context) in (0..).zip(row_contexts(&document)) {
            let row = store.row(7, position).and_then(|row| row.decode());
            assert_eq!(row, Some(StoredRow::from_context(&context)));
        }
    }

    #[test]
    fn row_at_the_place_of_another_is_not_read() {
        let text = include_str!("../../content/cpt-83950.toml");
        let document = crate::content::parse_document("a.toml", text.as_bytes()).unwrap();
        let mut bytes = encode(&document);
        let second_row = bytes[OFFSET_LEN..3 * OFFSET_LEN].to_vec();
        bytes[..2 * OFFSET_LEN].copy_from_slice(&second_row);
        let store = new_store(&bytes);
        assert!(store.row(7, 0).is_none());
        assert!(store.row(7, 2).is_some());
    }

    fn encode(document: &Document) -> Vec<u8> {
        let (mut encoder, mut bytes) = (RowEncoder::default(), Vec::new());
        for context in row_contexts(document) {
            encoder.add(&context, &context.fields());
        }
        encoder.finish_doc(&mut bytes);
        bytes
    }

    /// Returns a store with one document, whose id is 7.
    fn new_store(bytes: &[u8]) -> RowStore {
        let mut file = ContainerWriter::new(Vec::new(), 1).unwrap();
        let length = u32::try_from(bytes.len()).unwrap();
        file.write_part(STORED_ROWS, &[&[0; 3], bytes, &[0; 3]].concat())
            .unwrap();
        let file = Backing::Memory(file.finish().unwrap());
        RowStore {
            container: Arc::new(Container::open(file, 1).unwrap()),
            entries: vec![StoreEntry {
                doc: 7,
                length,
                offset: 3,
            }],
        }
    }

    proptest! {
        #[test]
        fn damaged_rows_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let row = EncodedRow(bytes);
            let _ = row.decode();
            let _ = row.any_field(|_, _| false);
        }
    }
}
