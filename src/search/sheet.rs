//! Defines the sheet: everything that a hit shows of a row, apart from its document.
//!
//! An index of many documents keeps the sheets of all its rows in a file of its own, which has no
//! name and vanishes with it: to show two dozen hits it would have to parse as many documents
//! otherwise, which takes longer than finding them. Sheets take no memory; one is read in
//! microseconds.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;

use crate::content::{BlockId, Place, RowKey, SectionId, Shape, Subject};

use super::fields::{Mask, Spot};
use super::postings::{read_number, write_number};

/// How long the name of a row is in a trail, in characters.
const NAME_LENGTH: usize = 32;

/// The longest stretch of sheets that is believed to be one document's, in bytes.
const LARGEST: usize = 64 << 20;

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
        let mut trail = vec![spot.section.short.clone()];
        if !name.is_empty() && name != spot.section.title {
            trail.push(shortened(name));
        }
        let prose = matches!(spot.block.shape, Shape::Prose | Shape::List);
        let pieces = spot.fields().into_iter().map(|field| Piece {
            mask: field.mask,
            in_trail: !(field.label.is_empty()
                || field.mask == Mask::NAME
                || field.mask == Mask::HEADING
                || (prose && field.mask != Mask::REST)
                || field.label == name),
            label: field.label.to_owned(),
            text: field.text.into_owned(),
        });
        Self {
            place: Place::of(spot.section, spot.block, spot.row),
            trail,
            pieces: pieces.collect(),
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        for text in [
            &self.place.section.0,
            &self.place.block.0,
            &self.place.row.0,
        ] {
            write_text(out, text);
        }
        write_number(out, self.trail.len() as u64);
        for text in &self.trail {
            write_text(out, text);
        }
        write_number(out, self.pieces.len() as u64);
        for piece in &self.pieces {
            out.extend([piece.mask.0, u8::from(piece.in_trail)]);
            write_text(out, &piece.label);
            write_text(out, &piece.text);
        }
    }

    fn read(mut bytes: &[u8]) -> Option<Self> {
        let bytes = &mut bytes;
        let place = Place {
            section: SectionId(read_text(bytes)?),
            block: BlockId(read_text(bytes)?),
            row: RowKey(read_text(bytes)?),
        };
        let trail = (0..read_number(bytes)?)
            .map(|_| read_text(bytes))
            .collect::<Option<_>>()?;
        let pieces = (0..read_number(bytes)?)
            .map(|_| {
                let (&[mask, in_trail], rest) = bytes.split_first_chunk()?;
                *bytes = rest;
                Some(Piece {
                    mask: Mask(mask),
                    in_trail: in_trail == 1,
                    label: read_text(bytes)?,
                    text: read_text(bytes)?,
                })
            })
            .collect::<Option<_>>()?;
        Some(Self {
            place,
            trail,
            pieces,
        })
    }
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

fn write_text(out: &mut Vec<u8>, text: &str) {
    write_number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

fn read_text(bytes: &mut &[u8]) -> Option<String> {
    let length = usize::try_from(read_number(bytes)?).ok()?;
    let (text, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    String::from_utf8(text.to_vec()).ok()
}

/// The sheets of an index, in a file without a name.
#[derive(Debug)]
pub(super) struct Sheets {
    file: File,
    /// The documents that have sheets, and where these begin; the last one is where all end.
    starts: Vec<(u32, u64)>,
}

/// The sheets of one document.
#[derive(Clone, Debug, Default)]
pub(super) struct Stack(Vec<u8>);

impl Sheets {
    /// Reads the sheets of a document.
    pub(super) fn stack(&self, doc: u32) -> Option<Stack> {
        let at = self
            .starts
            .binary_search_by_key(&doc, |(doc, _)| *doc)
            .ok()?;
        let (_, start) = *self.starts.get(at)?;
        let (_, end) = *self.starts.get(at + 1)?;
        let length = usize::try_from(end.checked_sub(start)?).ok()?;
        if length > LARGEST {
            return None;
        }
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, start).ok()?;
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

/// Writes the sheets of an index; a full disk ends it, and the index does without.
#[derive(Debug)]
pub(super) struct SheetWriter {
    file: BufWriter<File>,
    starts: Vec<(u32, u64)>,
    end: u64,
    sheet: Vec<u8>,
    length: Vec<u8>,
}

impl SheetWriter {
    /// Opens a file that has no name, where the system keeps files for a while.
    pub(super) fn open() -> io::Result<Self> {
        Ok(Self {
            file: BufWriter::with_capacity(1 << 16, tempfile::tempfile()?),
            starts: Vec::new(),
            end: 0,
            sheet: Vec::new(),
            length: Vec::new(),
        })
    }

    /// Begins with another document; documents come in ascending order.
    pub(super) fn begin(&mut self, doc: u32) {
        self.starts.push((doc, self.end));
    }

    /// Adds the next row of the document.
    pub(super) fn add(&mut self, sheet: &Sheet) -> io::Result<()> {
        self.sheet.clear();
        self.length.clear();
        sheet.write(&mut self.sheet);
        write_number(&mut self.length, self.sheet.len() as u64);
        self.file.write_all(&self.length)?;
        self.file.write_all(&self.sheet)?;
        self.end += (self.length.len() + self.sheet.len()) as u64;
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<Sheets> {
        self.starts.push((u32::MAX, self.end));
        self.starts.shrink_to_fit();
        let file = self
            .file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        Ok(Sheets {
            file,
            starts: self.starts,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sheet(text: &str) -> Sheet {
        Sheet {
            place: "coding/modifiers/26".parse().unwrap(),
            trail: vec!["Coding".to_owned(), "26".to_owned()],
            pieces: vec![Piece {
                mask: Mask::NAME,
                label: "Description".to_owned(),
                in_trail: false,
                text: text.to_owned(),
            }],
        }
    }

    #[test]
    fn sheets_come_back_as_they_were() {
        let mut writer = SheetWriter::open().unwrap();
        for (doc, rows) in [(3, ["one", ""]), (7, ["zwei", "drei – é"])] {
            writer.begin(doc);
            for text in rows {
                writer.add(&sheet(text)).unwrap();
            }
        }
        let sheets = writer.finish().unwrap();
        let read = |doc, row| sheets.stack(doc).and_then(|stack| stack.sheet(row));
        assert_eq!(read(3, 0), Some(sheet("one")));
        assert_eq!(read(3, 1), Some(sheet("")));
        assert_eq!(read(7, 1), Some(sheet("drei – é")));
        for (doc, row) in [(3, 2), (4, 0), (u32::MAX, 0)] {
            assert_eq!(read(doc, row), None);
        }
    }

    proptest! {
        #[test]
        fn damaged_sheets_are_no_sheets(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = Sheet::read(&bytes);
            let _ = Stack(bytes).sheet(1);
        }
    }
}
