//! Defines the file that is imported: its size, digest and encoding, and the guess at its kind.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use encoding_rs::WINDOWS_1252;
use sha2::{Digest, Sha256};

use super::error::Stop;
use super::reader::table::{Record, Records, normal};
use super::reader::{CSV_HEADERS, hcpcs, icd10cm, ptp};
use super::{Fault, ImportError, SetKind};

/// How much of a file is looked at to guess its kind, in bytes. The disclaimers that precede the
/// rows of a HCPCS file have about two thousand.
const HEAD: usize = 64 * 1024;

/// How many lines of it are looked at.
const HEAD_LINES: usize = 40;

/// The longest line that any layout has, in bytes, with a wide margin.
const LONGEST_LINE: u64 = 64 * 1024;

/// The largest separated file that is read, in bytes. The largest that is published has about
/// 5 MB; millions of rows come in tab-separated files, which are read line by line.
const LARGEST_CSV: u64 = 24 * 1024 * 1024;

/// How a file's bytes become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Utf8,
    /// Windows-1252, of which ISO-8859-1 is a part as far as printable characters go.
    Windows1252,
}

/// A file that was looked through once.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    file: File,
    pub(super) size: u64,
    modified: Option<SystemTime>,
    /// SHA-256 in hexadecimal digits.
    pub(super) digest: String,
    encoding: Encoding,
    head: String,
    /// Whether the last line has its line end.
    pub(super) is_ended: bool,
}

/// Guesses the kind of a file from its content.
pub fn guess(path: &Path) -> Result<SetKind, ImportError> {
    let source = Source::open(path)?;
    source.kind().ok_or_else(|| ImportError::NoKind {
        path: path.to_owned(),
    })
}

impl Source {
    /// Opens a file and reads it through once: for its digest, and because one byte decides on the
    /// encoding of all.
    pub(super) fn open(path: &Path) -> Result<Self, ImportError> {
        let failed = |source| ImportError::Read {
            path: path.to_owned(),
            source,
        };
        // Looked at before it is opened: opening a pipe would wait for somebody to write.
        if !path.metadata().map_err(failed)?.is_file() {
            return Err(ImportError::NoFile {
                path: path.to_owned(),
            });
        }
        let mut file = File::open(path).map_err(failed)?;
        let modified = modified(&file);
        let seen = look_through(&mut file).map_err(failed)?;
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
            is_ended: seen.last == Some(b'\n'),
        })
    }

    /// Returns the file's name, without its folder.
    pub(super) fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        crate::content::sanitize(&name.to_string_lossy()).into_owned()
    }

    /// Guesses the kind from the first lines.
    pub(super) fn kind(&self) -> Option<SetKind> {
        let mut records = Records::of(&self.head);
        for _ in 0..12 {
            let Some(record) = records.next() else { break };
            if let Some(kind) = headed(&record) {
                return Some(kind);
            }
        }
        if self.starts_with(ptp::is_header) {
            Some(SetKind::NcciPtp)
        } else if self.head.lines().next().is_some_and(icd10cm::is_row) {
            Some(SetKind::Icd10cm)
        } else if self.starts_with(hcpcs::is_row) {
            Some(SetKind::Hcpcs)
        } else {
            None
        }
    }

    /// Says whether one of the first lines is of a kind.
    pub(super) fn starts_with(&self, is: impl Fn(&str) -> bool) -> bool {
        self.head.lines().take(HEAD_LINES).any(is)
    }

    /// Returns the lines from the start.
    pub(super) fn lines(&self) -> Result<Lines<'_>, Stop> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(0)).map_err(Stop::Read)?;
        Ok(Lines {
            reader: BufReader::with_capacity(128 * 1024, file),
            encoding: self.encoding,
            number: 0,
            bytes: Vec::new(),
        })
    }

    /// Returns the whole text of a separated file.
    pub(super) fn text(&self) -> Result<String, Stop> {
        if self.size > LARGEST_CSV {
            let message = format!("the file is larger than {} MiB", LARGEST_CSV >> 20);
            return Err(
                Fault::whole(message, "no file of this kind is; is it the right one?").into(),
            );
        }
        let mut file = &self.file;
        file.seek(SeekFrom::Start(0)).map_err(Stop::Read)?;
        let mut bytes = Vec::new();
        file.take(LARGEST_CSV + 1)
            .read_to_end(&mut bytes)
            .map_err(Stop::Read)?;
        Ok(self.encoding.decode(&bytes))
    }

    /// Returns the fault of a file that is no longer what its digest was taken of.
    pub(super) fn changed(&self) -> Result<(), Fault> {
        let length = self.file.metadata().map(|about| about.len());
        if length.ok() == Some(self.size) && modified(&self.file) == self.modified {
            Ok(())
        } else {
            let message = "the file changed while it was read";
            Err(Fault::whole(message, "import it again"))
        }
    }

    /// Returns the fault of a file whose last line is not whole.
    pub(super) fn cut(&self, line: u64) -> Result<(), Fault> {
        if self.is_ended {
            Ok(())
        } else {
            Err(Fault::line(
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
fn headed(record: &Record) -> Option<SetKind> {
    CSV_HEADERS
        .iter()
        .find(|(_, columns)| {
            columns
                .iter()
                .all(|names| record.fields.iter().any(|f| names.contains(&&*normal(f))))
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
struct Seen {
    size: u64,
    digest: String,
    is_utf8: bool,
    head: Vec<u8>,
    last: Option<u8>,
}

fn look_through(file: &mut File) -> io::Result<Seen> {
    let mut sha = Sha256::new();
    let mut seen = Seen {
        size: 0,
        digest: String::new(),
        is_utf8: true,
        head: Vec::new(),
        last: None,
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
        seen.last = new.last().copied();
        let room = HEAD.saturating_sub(seen.head.len());
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
pub(super) struct Lines<'s> {
    reader: BufReader<&'s File>,
    encoding: Encoding,
    number: u64,
    bytes: Vec<u8>,
}

/// One line, without its line end.
pub(super) struct Line {
    /// From 1.
    pub(super) number: u64,
    pub(super) text: String,
    /// The line's length with its line end, in bytes.
    pub(super) bytes: usize,
}

impl Lines<'_> {
    /// Returns the next line.
    pub(super) fn next(&mut self) -> Result<Option<Line>, Stop> {
        self.bytes.clear();
        let mut limited = (&mut self.reader).take(LONGEST_LINE);
        let read = limited
            .read_until(b'\n', &mut self.bytes)
            .map_err(Stop::Read)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        if read as u64 == LONGEST_LINE {
            let message = format!("this line is longer than {} KiB", LONGEST_LINE >> 10);
            return Err(Fault::line(self.number, message, "no layout has such lines").into());
        }
        let line = self.bytes.strip_suffix(b"\n").unwrap_or(&self.bytes);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        Ok(Some(Line {
            number: self.number,
            text: self.encoding.decode(line),
            bytes: read,
        }))
    }
}
