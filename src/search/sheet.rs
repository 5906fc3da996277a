//! Defines the sheet: everything that a hit shows of a row, apart from its document.
//!
//! An index of many documents keeps the sheets of all its rows in its file: to show five dozen hits
//! it would have to parse as many documents otherwise, which takes longer than finding them. Sheets
//! take no memory; those of a document are read in microseconds.

use std::sync::Arc;

use crate::content::{BlockId, Place, RowKey, SectionId, Shape, Subject};

use super::fields::{Field, Mask, Spot};
use crate::flat::packed::{read_byte, read_many, read_number, write_number, write_text};
use crate::flat::{Flat, Name, packed};

/// The part of a flat file that holds sheets.
pub(super) const SHEETS: Name = *b"leaf";

/// How long the name of a row is in a trail, in characters.
const NAME_LENGTH: usize = 32;

/// What a hit shows of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sheet {
    pub(super) place: Place,
    /// The section and the row, as a breadcrumb shows them.
    pub(super) trail: Vec<String>,
    pub(super) pieces: Vec<Piece>,
}

/// A field of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) mask: Mask,
    pub(super) label: String,
    /// Whether the label belongs to the trail.
    pub(super) in_trail: bool,
    pub(super) text: String,
}

impl Sheet {
    pub(super) fn of(spot: &Spot<'_>) -> Self {
        let name = name(spot);
        let pieces = spot.fields().into_iter().map(|field| Piece {
            mask: field.mask,
            in_trail: in_trail(spot, name, &field),
            label: field.label.to_owned(),
            text: field.text.into_owned(),
        });
        Self {
            place: Place::of(spot.section, spot.block, spot.row),
            trail: trail(spot, name),
            pieces: pieces.collect(),
        }
    }

    fn read(mut bytes: &[u8]) -> Option<Self> {
        let bytes = &mut bytes;
        let place = Place {
            section: SectionId(read_text(bytes)?),
            block: BlockId(read_text(bytes)?),
            row: RowKey(read_text(bytes)?),
        };
        let trail = read_many(bytes, read_text)?;
        let pieces = read_many(bytes, |bytes| {
            Some(Piece {
                mask: Mask(read_byte(bytes)?),
                in_trail: read_byte(bytes)? == 1,
                label: read_text(bytes)?,
                text: read_text(bytes)?,
            })
        })?;
        Some(Self {
            place,
            trail,
            pieces,
        })
    }
}

/// Appends the sheet of a row, with its length before it, to those of its document. The fields are
/// those of the row.
/// `sheet` is where it is put together.
pub(super) fn append(
    spot: &Spot<'_>,
    fields: &[Field<'_>],
    sheet: &mut Vec<u8>,
    out: &mut Vec<u8>,
) {
    sheet.clear();
    write_text(sheet, &spot.section.id.0);
    write_text(sheet, &spot.block.id.0);
    write_text(sheet, &spot.row.key.0);
    let name = name(spot);
    let trail = trail(spot, name);
    write_number(sheet, trail.len() as u64);
    for text in &trail {
        write_text(sheet, text);
    }
    write_number(sheet, fields.len() as u64);
    for field in fields {
        sheet.extend([field.mask.0, u8::from(in_trail(spot, name, field))]);
        write_text(sheet, field.label);
        write_text(sheet, &field.text);
    }
    packed::write_bytes(out, sheet);
}

fn trail(spot: &Spot<'_>, name: &str) -> Vec<String> {
    let mut trail = vec![spot.section.short.clone()];
    if !name.is_empty() && name != spot.section.title {
        trail.push(shortened(name));
    }
    trail
}

/// Says whether the label of a field belongs to the trail.
fn in_trail(spot: &Spot<'_>, name: &str, field: &Field<'_>) -> bool {
    let prose = matches!(spot.block.shape, Shape::Prose | Shape::List);
    !(field.label.is_empty()
        || field.mask == Mask::NAME
        || field.mask == Mask::HEADING
        || (prose && field.mask != Mask::REST)
        || field.label == name)
}

/// Returns what a trail calls a row.
fn name<'a>(spot: &Spot<'a>) -> &'a str {
    match (&spot.row.subject, spot.block.shape) {
        (
            Subject::Modifier(_)
            | Subject::Stance(_)
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

fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME_LENGTH {
        return name.to_owned();
    }
    let cut: String = name.chars().take(NAME_LENGTH).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(head, _)| head);
    format!("{cut}…")
}

fn read_text(bytes: &mut &[u8]) -> Option<String> {
    packed::read_text(bytes).map(str::to_owned)
}

/// Where the sheets of a document are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spread {
    pub(super) doc: u32,
    pub(super) length: u32,
    pub(super) at: u64,
}

impl Spread {
    /// How many bytes one takes in a file.
    pub(super) const BYTES: u64 = 16;
}

/// The sheets of an index, in its file.
#[derive(Debug)]
pub(super) struct Sheets {
    flat: Arc<Flat>,
    /// By document.
    spreads: Vec<Spread>,
}

/// The sheets of one document.
#[derive(Clone, Debug, Default)]
pub(super) struct Stack(Vec<u8>);

impl Sheets {
    pub(super) const fn new(flat: Arc<Flat>, spreads: Vec<Spread>) -> Self {
        Self { flat, spreads }
    }

    /// Reads the sheets of a document.
    pub(super) fn stack(&self, doc: u32) -> Option<Stack> {
        let spreads = &self.spreads;
        let at = spreads.binary_search_by_key(&doc, |one| one.doc).ok()?;
        let Spread { at, length, .. } = *spreads.get(at)?;
        let bytes = self.flat.piece(SHEETS, at, length as usize)?;
        Some(Stack(bytes))
    }
}

impl Stack {
    /// Returns the sheet of the row at a position.
    pub(super) fn sheet(&self, position: u32) -> Option<Sheet> {
        let mut rest = &self.0[..];
        for _ in 0..position {
            let length = usize::try_from(read_number(&mut rest)?).ok()?;
            rest = rest.get(length..)?;
        }
        let length = usize::try_from(read_number(&mut rest)?).ok()?;
        Sheet::read(rest.get(..length)?)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fields::spots;
    use super::*;

    #[test]
    fn sheets_come_back_as_they_were() {
        let text = include_str!("../../content/cpt-83950.toml");
        let document = crate::content::read("a.toml", text.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        for spot in spots(&document) {
            append(&spot, &spot.fields(), &mut Vec::new(), &mut bytes);
        }
        let stack = Stack(bytes);
        let mut rows = 0;
        for (row, spot) in (0..).zip(spots(&document)) {
            assert_eq!(stack.sheet(row), Some(Sheet::of(&spot)));
            rows = row + 1;
        }
        assert!(rows > 20);
        assert_eq!(stack.sheet(rows), None);
    }

    proptest! {
        #[test]
        fn damaged_sheets_are_no_sheets(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = Sheet::read(&bytes);
            let _ = Stack(bytes).sheet(1);
        }
    }
}
