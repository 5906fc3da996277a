//! Defines the file that is imported: its size, digest and encoding, and the guess at its kind.

use std::fs::File;
use std::io;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use encoding_rs::WINDOWS_1252;
use sha2::{Digest, Sha256};

use crate::codesets::error::{ImportError, ParseError, ReadError};
use crate::codesets::import::CSV_HEADERS;
use crate::codesets::import::delimited::{CsvRecord, CsvRecords, normalize_column_name};
use crate::codesets::import::formats::{hcpcs, icd10cm, ptp};
use crate::codesets::kind::SetKind;

/// How much of a file is looked at to guess its kind, in bytes. The disclaimers that precede the
/// rows of a HCPCS file have about two thousand.
const HEAD_LEN: usize = 64 * 1024;

/// How many lines of it are looked at.
const HEAD_LINES: usize = 40;

/// The longest line that any layout has, in bytes, with a wide margin.
const MAX_LINE_LEN: u64 = 64 * 1024;

/// The largest separated file that is read, in bytes. The largest that is published has about
/// 5 MB; millions of rows come in tab-separated files, which are read line by line.
const MAX_CSV_LEN: u64 = 24 * 1024 * 1024;

/// How a file's bytes become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Utf8,
    /// Windows-1252, of which ISO-8859-1 is a part as far as printable characters go.
    Windows1252,
}

/// A file that was looked through once.
#[derive(Debug)]
pub(crate) struct InputFile {
    pub(crate) path: PathBuf,
    file: File,
    pub(crate) size: u64,
    modified: Option<SystemTime>,
    /// SHA-256 in hexadecimal digits.
    pub(crate) digest: String,
    encoding: Encoding,
    head: String,
    /// Whether the last line has its line end.
    pub(crate) ends_with_newline: bool,
}

/// Guesses the kind of a file from its content.
pub fn detect_kind(path: &Path) -> Result<SetKind, ImportError> {
    let source = InputFile::open(path)?;
    source
        .detect_kind()
        .ok_or_else(|| ImportError::UnknownKind {
            path: path.to_owned(),
        })
}

impl InputFile {
    /// Opens a file and reads it through once: for its digest, and because one byte decides on the
    /// encoding of all.
    pub(crate) fn open(path: &Path) -> Result<Self, ImportError> {
        let failed = |source| ImportError::Read {
            path: path.to_owned(),
            source,
        };
        // Looked at before it is opened: opening a pipe would wait for somebody to write.
        if !path.metadata().map_err(failed)?.is_file() {
            return Err(ImportError::NotAFile {
                path: path.to_owned(),
            });
        }
        let mut file = File::open(path).map_err(failed)?;
        let modified = modified(&file);
        let seen = probe(&mut file).map_err(failed)?;
        let encoding = if seen.is_utf8 {
            Encoding::Utf8
        } else {
            Encoding::Windows1252
        };
        Ok(Self {
            path: path.to_owned(),
            file,
            size: seen.size,
            modified,
            digest: seen.digest,
            encoding,
            head: encoding.decode(&seen.head),
            ends_with_newline: seen.last_byte == Some(b'\n'),
        })
    }

    /// Returns the file's name, without its folder.
    pub(crate) fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        crate::text::sanitize(&name.to_string_lossy()).into_owned()
    }

    /// Guesses the kind from the first lines.
    pub(crate) fn detect_kind(&self) -> Option<SetKind> {
        let mut records = CsvRecords::new(&self.head);
        for _ in 0..12 {
            let Some(record) = records.next() else { break };
            if let Some(kind) = kind_from_header(&record) {
                return Some(kind);
            }
        }
        if self.any_head_line(ptp::is_header) {
            Some(SetKind::NcciPtp)
        } else if self.head.lines().next().is_some_and(icd10cm::is_row) {
            Some(SetKind::Icd10cm)
        } else if self.any_head_line(hcpcs::is_row) {
            Some(SetKind::Hcpcs)
        } else {
            None
        }
    }

    /// Says whether one of the first lines is of a kind.
    pub(crate) fn any_head_line(&self, is: impl Fn(&str) -> bool) -> bool {
        self.head.lines().take(HEAD_LINES).any(is)
    }

    /// Returns the lines from the start.
    pub(crate) fn lines(&self) -> Result<LineReader<'_>, ReadError> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(0)).map_err(ReadError::Io)?;
        Ok(LineReader {
            reader: BufReader::with_capacity(128 * 1024, file),
            encoding: self.encoding,
            number: 0,
            buffer: Vec::new(),
        })
    }

    /// Returns the whole text of a separated file.
    pub(crate) fn read_text(&self) -> Result<String, ReadError> {
        if self.size > MAX_CSV_LEN {
            let message = format!("the file is larger than {} MiB", MAX_CSV_LEN >> 20);
            return Err(ParseError::for_file(
                message,
                "no file of this kind is; is it the right one?",
            )
            .into());
        }
        let mut file = &self.file;
        file.seek(SeekFrom::Start(0)).map_err(ReadError::Io)?;
        let mut bytes = Vec::new();
        file.take(MAX_CSV_LEN + 1)
            .read_to_end(&mut bytes)
            .map_err(ReadError::Io)?;
        Ok(self.encoding.decode(&bytes))
    }

    /// Returns the fault of a file that is no longer what its digest was taken of.
    pub(crate) fn check_unchanged(&self) -> Result<(), ParseError> {
        let length = self.file.metadata().map(|about| about.len());
        if length.ok() == Some(self.size) && modified(&self.file) == self.modified {
            Ok(())
        } else {
            let message = "the file changed while it was read";
            Err(ParseError::for_file(message, "import it again"))
        }
    }

    /// Returns the fault of a file whose last line is not whole.
    pub(crate) fn check_complete(&self, line: u64) -> Result<(), ParseError> {
        if self.ends_with_newline {
            Ok(())
        } else {
            Err(ParseError::at_line(
                line,
                "the last line has no line end",
                "the file was cut short; fetch it again (if an editor took the line end off, add it)",
            ))
        }
    }
}

fn modified(file: &File) -> Option<SystemTime> {
    file.metadata().and_then(|about| about.modified()).ok()
}

/// Returns the kind whose header a record is.
fn kind_from_header(record: &CsvRecord) -> Option<SetKind> {
    CSV_HEADERS
        .iter()
        .find(|(_, columns)| {
            columns.iter().all(|names| {
                record
                    .fields
                    .iter()
                    .any(|f| names.contains(&&*normalize_column_name(f)))
            })
        })
        .map(|(kind, _)| *kind)
}

impl Encoding {
    fn decode(self, bytes: &[u8]) -> String {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Self::Windows1252 => WINDOWS_1252
                .decode_without_bom_handling(bytes)
                .0
                .into_owned(),
        }
    }
}

/// What one look at a whole file tells.
struct Probe {
    size: u64,
    digest: String,
    is_utf8: bool,
    head: Vec<u8>,
    last_byte: Option<u8>,
}

fn probe(file: &mut File) -> io::Result<Probe> {
    let mut sha = Sha256::new();
    let mut seen = Probe {
        size: 0,
        digest: String::new(),
        is_utf8: true,
        head: Vec::new(),
        last_byte: None,
    };
    let mut buffer = vec![0; 128 * 1024];
    // The bytes of a character that a chunk's end cut in two stay at the buffer's start.
    let mut kept = 0;
    loop {
        let read = match file.read(&mut buffer[kept..]) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let new = &buffer[kept..kept + read];
        sha.update(new);
        seen.size += read as u64;
        seen.last_byte = new.last().copied();
        let room = HEAD_LEN.saturating_sub(seen.head.len());
        seen.head.extend(&new[..read.min(room)]);
        if seen.is_utf8 {
            let filled = kept + read;
            match std::str::from_utf8(&buffer[..filled]) {
                Ok(_) => kept = 0,
                Err(error) if error.error_len().is_none() => {
                    let from = error.valid_up_to();
                    buffer.copy_within(from..filled, 0);
                    kept = filled - from;
                }
                Err(_) => {
                    seen.is_utf8 = false;
                    kept = 0;
                }
            }
        }
    }
    // A character that the file's end cuts in two is the cut's fault, not another encoding.
    for byte in sha.finalize() {
        seen.digest += &format!("{byte:02x}");
    }
    Ok(seen)
}

/// The lines of a file, one in memory at a time.
pub(crate) struct LineReader<'s> {
    reader: BufReader<&'s File>,
    encoding: Encoding,
    number: u64,
    buffer: Vec<u8>,
}

/// One line, without its line end.
pub(crate) struct NumberedLine {
    /// From 1.
    pub(crate) number: u64,
    pub(crate) text: String,
    /// The line's length with its line end, in bytes.
    pub(crate) byte_len: usize,
}

impl LineReader<'_> {
    /// Returns the next line.
    pub(crate) fn next(&mut self) -> Result<Option<NumberedLine>, ReadError> {
        self.buffer.clear();
        let mut limited = (&mut self.reader).take(MAX_LINE_LEN);
        let read = limited
            .read_until(b'\n', &mut self.buffer)
            .map_err(ReadError::Io)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        if read as u64 == MAX_LINE_LEN {
            let message = format!("this line is longer than {} KiB", MAX_LINE_LEN >> 10);
            return Err(
                ParseError::at_line(self.number, message, "no layout has such lines").into(),
            );
        }
        let line = self.buffer.strip_suffix(b"\n").unwrap_or(&self.buffer);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        Ok(Some(NumberedLine {
            number: self.number,
            text: self.encoding.decode(line),
            byte_len: read,
        }))
    }
}
