//! Archives and spreadsheets: the files in them, as text.
//!
//! A published file usually comes in a zip archive, beside descriptions and other layouts. Every
//! file of the archive that may be a code set is unpacked into an unnamed temporary file, and every
//! sheet of a spreadsheet becomes tab-separated text. Archives are downloads, so their number of
//! files, depth, size and ratio are limited, whatever they state.

use std::fs::File;
use std::io;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use calamine::{DataRef, Reader, Xlsx};
use zip::ZipArchive;
use zip::result::ZipError;

use crate::codesets::error::ImportError;
use crate::codesets::import::input::{InputFile, Origin};
use crate::content::Date;
use crate::files;
use crate::text::sanitize;

/// The first bytes of a zip archive. An `.xlsx` file is one.
const ZIP_MAGIC: &[u8] = b"PK\x03\x04";
/// The part that makes a zip archive a spreadsheet.
const WORKBOOK: &str = "xl/workbook.xml";
/// The extensions of files that may be code sets.
const EXTENSIONS: [&str; 6] = ["txt", "csv", "tsv", "xlsx", "xml", "zip"];

/// The maximum number of files in an archive, and the maximum nesting of archives.
const MAX_FILES: usize = 1000;
const MAX_DEPTH: usize = 3;
/// The maximum unpacked size of an archive, in bytes.
const MAX_UNPACKED: u64 = 1 << 30;
/// The maximum ratio of unpacked to packed bytes, above the first [`FREE_LEN`] bytes. Published tables,
/// which are mostly spaces and repeated texts, have about 20.
const MAX_RATIO: u64 = 200;
const FREE_LEN: u64 = 1 << 20;
/// The most columns of a sheet that are read, and the most rows that it may have.
const MAX_COLUMNS: usize = 512;
const MAX_ROWS: u32 = 1 << 20;

/// The files that may be code sets, and the errors of spreadsheets in the same archive.
#[derive(Debug, Default)]
pub(crate) struct Unpacked {
    pub(crate) inputs: Vec<InputFile>,
    pub(crate) unreadable: Vec<ImportError>,
}

/// Opens a file, or every file in an archive that may be a code set.
pub(crate) fn open_inputs(path: &Path) -> Result<Unpacked, ImportError> {
    let file = files::open(path).map_err(|source| ImportError::Read {
        path: path.to_owned(),
        source,
    })?;
    let origin = Origin {
        path: path.to_owned(),
        archive: None,
    };
    let mut unpacker = Unpacker {
        left: MAX_UNPACKED,
        unpacked: Unpacked::default(),
    };
    unpacker.add(&origin, file, 0)?;
    Ok(unpacker.unpacked)
}

struct Unpacker {
    /// How many more bytes may be unpacked.
    left: u64,
    unpacked: Unpacked,
}

impl Unpacker {
    fn add(&mut self, origin: &Origin, mut file: File, depth: usize) -> Result<(), ImportError> {
        let error = |message: String| archive_error(&origin.path, message);
        let mut magic = Vec::new();
        let mut start = (&file).take(ZIP_MAGIC.len() as u64);
        let read = start.read_to_end(&mut magic).and_then(|_| file.rewind());
        read.map_err(|source| error(source.to_string()))?;
        if magic != ZIP_MAGIC {
            let input = InputFile::from_file(origin, file)?;
            self.unpacked.inputs.push(input);
            return Ok(());
        }
        let copy = file
            .try_clone()
            .map_err(|source| error(source.to_string()))?;
        let mut archive =
            ZipArchive::new(BufReader::new(copy)).map_err(|it| error(damaged(&it)))?;
        if archive.len() > MAX_FILES {
            return Err(error(format!(
                "the archive has more than {MAX_FILES} files"
            )));
        }
        if archive.index_for_name(WORKBOOK).is_some() {
            for index in 0..archive.len() {
                self.unpack(&mut archive, index, &mut io::sink())
                    .map_err(error)?;
            }
            return match self.add_sheets(origin, &file) {
                // The archive has other files, and most tables as text, too.
                Err(error) if depth > 0 => {
                    self.unpacked.unreadable.push(error);
                    Ok(())
                }
                added => added,
            };
        }
        if depth == MAX_DEPTH {
            return Err(error(format!(
                "archives are nested more than {MAX_DEPTH} deep"
            )));
        }
        for index in 0..archive.len() {
            let name = entry_name(&mut archive, index).map_err(|it| error(damaged(&it)))?;
            let extension = Path::new(&name).extension().unwrap_or_default();
            if !EXTENSIONS
                .iter()
                .any(|known| extension.eq_ignore_ascii_case(known))
            {
                continue;
            }
            let mut unpacked = tempfile::tempfile().map_err(|source| error(source.to_string()))?;
            self.unpack(&mut archive, index, &mut unpacked)
                .map_err(error)?;
            unpacked
                .rewind()
                .map_err(|source| error(source.to_string()))?;
            let own_name = sanitize(
                &origin
                    .path
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy(),
            )
            .into_owned();
            let inner = Origin {
                path: origin.path.join(name),
                archive: origin.archive.clone().or(Some(own_name)),
            };
            self.add(&inner, unpacked, depth + 1)?;
        }
        Ok(())
    }

    /// Unpacks a file within the limits; returns the message of an error.
    fn unpack(
        &mut self,
        archive: &mut ZipArchive<BufReader<File>>,
        index: usize,
        out: &mut impl Write,
    ) -> Result<(), String> {
        let entry = archive.by_index(index).map_err(|error| damaged(&error))?;
        let by_ratio = entry
            .compressed_size()
            .saturating_mul(MAX_RATIO)
            .saturating_add(FREE_LEN);
        let limit = self.left.min(by_ratio);
        let copied = io::copy(&mut entry.take(limit + 1), out);
        let copied = copied.map_err(|error| damaged(&ZipError::Io(error)))?;
        if copied > limit {
            return Err("the archive unpacks to far more than a code set has".to_owned());
        }
        self.left -= copied;
        Ok(())
    }

    /// Adds each sheet of a spreadsheet whose size was checked.
    fn add_sheets(&mut self, origin: &Origin, file: &File) -> Result<(), ImportError> {
        let error = |message: String| {
            archive_error(
                &origin.path,
                format!("the spreadsheet cannot be read: {message}"),
            )
        };
        let io_error = |source: io::Error| error(source.to_string());
        let original = file.try_clone().map_err(io_error)?;
        let original = InputFile::from_file(origin, original)?;
        let mut file = file.try_clone().map_err(io_error)?;
        file.seek(SeekFrom::Start(0)).map_err(io_error)?;
        let workbook = Xlsx::new(BufReader::new(file));
        let mut workbook = workbook.map_err(|source| error(source.to_string()))?;
        for name in workbook.sheet_names() {
            let text = sheet_text(&mut workbook, &name).map_err(&error)?;
            self.unpacked.inputs.push(original.with_text(text)?);
        }
        Ok(())
    }
}

fn entry_name(archive: &mut ZipArchive<BufReader<File>>, index: usize) -> Result<String, ZipError> {
    let entry = archive.by_index_raw(index)?;
    let name = entry.name()?;
    Ok(sanitize(&name)
        .replace('\\', "/")
        .trim_start_matches('/')
        .to_owned())
}

fn archive_error(path: &Path, message: String) -> ImportError {
    ImportError::Archive {
        path: path.to_owned(),
        message,
    }
}

fn damaged(error: &ZipError) -> String {
    format!("the archive cannot be read: {error}; download it again")
}

/// Writes a sheet to an unnamed temporary file as tab-separated text, a cell at a time. The lines of
/// the text have the numbers of the rows.
fn sheet_text(workbook: &mut Xlsx<BufReader<File>>, name: &str) -> Result<File, String> {
    let text = |error: &dyn ToString| error.to_string();
    let file = tempfile::tempfile().map_err(|error| text(&error))?;
    let mut table = csv::WriterBuilder::new();
    table.delimiter(b'\t').flexible(true);
    let mut table = table.from_writer(BufWriter::new(file));
    let mut cells = workbook
        .worksheet_cells_reader(name)
        .map_err(|error| text(&error))?;
    let mut row: Vec<String> = Vec::new();
    let (mut number, mut width) = (0, 0);
    loop {
        let cell = cells.next_cell().map_err(|error| text(&error))?;
        let position = cell.as_ref().map(calamine::Cell::get_position);
        if position.is_none_or(|(next, _)| next != number) {
            // Cells at the end of a row may be missing.
            width = width.max(row.len());
            row.resize(width, String::new());
            let next = position.map_or(number + 1, |(next, _)| next);
            if next > MAX_ROWS {
                return Err(format!("a sheet has more than {MAX_ROWS} rows"));
            }
            for _ in number..next.max(number + 1) {
                table.write_record(&row).map_err(|error| text(&error))?;
                row.fill(String::new());
            }
            row.clear();
        }
        let (Some(cell), Some((next, column))) = (cell, position) else {
            break;
        };
        number = next;
        let column = usize::try_from(column).unwrap_or(MAX_COLUMNS);
        if column < MAX_COLUMNS {
            row.resize(row.len().max(column + 1), String::new());
            row[column] = cell_text(cell.get_value());
        }
    }
    let out = table.into_inner().map_err(|error| text(&error))?;
    let mut file = out.into_inner().map_err(|error| text(&error))?;
    file.rewind().map_err(|error| text(&error))?;
    Ok(file)
}

fn cell_text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            one_line(text)
        }
        DataRef::SharedString(text) => one_line(text),
        DataRef::DateTime(date) => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            Date::new(year, month, day).map_or_else(String::new, |date| date.to_string())
        }
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

fn one_line(text: &str) -> String {
    text.replace(['\r', '\n', '\t'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_an_archive_are_limited_together() {
        let mut archive = zip::ZipWriter::new(tempfile::tempfile().unwrap());
        for name in ["a.txt", "b.txt", "c.txt"] {
            let options = zip::write::SimpleFileOptions::default();
            archive.start_file(name, options).unwrap();
            archive.write_all(&[b' '; 100]).unwrap();
        }
        let mut file = archive.finish().unwrap();
        let origin = Origin {
            path: "x.zip".into(),
            archive: None,
        };
        let mut unpack = |left| {
            file.rewind().unwrap();
            let mut limited = Unpacker {
                left,
                unpacked: Unpacked::default(),
            };
            let added = limited.add(&origin, file.try_clone().unwrap(), 0);
            added.map(|()| limited.unpacked.inputs.len())
        };
        assert_eq!(unpack(300).unwrap(), 3);
        let error = unpack(299).unwrap_err().to_string();
        let expected = "x.zip: the archive unpacks to far more than a code set has";
        assert_eq!(error, expected);
    }
}
