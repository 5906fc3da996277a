//! An input file: its size, digest, encoding, text and lines.
//!
//! `InputFile::check_complete` detects a truncated file by its last line. The formats add what they
//! know: `delimited` checks quotes and columns, `icd10cm`, `hcpcs` and `place_of_service` the last code.

use std::fs::File;
use std::io;
use std::io::{BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::time::SystemTime;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use sha2::{Digest, Sha256};

use crate::codesets::error::{ImportError, ParseError, ReadError};
use crate::files::FileError;
use crate::text::sanitize;

/// The number of bytes at the start of a file that are searched for its kind. The disclaimers of an
/// HCPCS file take about 2,000.
const HEAD_LEN: usize = 64 * 1024;
/// How many lines of the head are examined.
const HEAD_LINES: usize = 40;
/// The maximum length of a line in bytes, far above that of any layout.
const MAX_LINE_LEN: u64 = 64 * 1024;
/// The maximum size of a file in bytes. The largest published ones, of PTP edits, have about 30 MB.
const MAX_LEN: u64 = 1 << 30;
/// The maximum size of a delimited file in bytes. The largest published one has about 5 MB. The
/// files with millions of rows are tab-separated and read line by line.
const MAX_CSV_LEN: u64 = 24 * 1024 * 1024;

/// How many bytes of UTF-16 are decoded at a time.
const CHUNK_LEN: u64 = 64 * 1024;

/// A file, and the archive that it is in.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) path: PathBuf,
    /// The name of the outermost archive.
    pub(crate) archive: Option<String>,
}

/// A file that was read through once. Reading it again yields its lines or its text.
#[derive(Debug)]
pub(crate) struct InputFile {
    pub(crate) path: PathBuf,
    /// The name of the archive that the file is in.
    pub(crate) archive: Option<String>,
    file: File,
    pub(crate) size: u64,
    modified: Option<SystemTime>,
    /// SHA-256 in hexadecimal digits.
    pub(crate) digest: String,
    /// UTF-8, or Windows-1252, which includes the printable characters of ISO-8859-1.
    encoding: &'static Encoding,
    /// Its first bytes, decoded.
    pub(crate) head: String,
    ends_with_newline: bool,
}

impl InputFile {
    /// Reads a file through, for its digest and its encoding: one byte anywhere can show that the
    /// whole file is not UTF-8.
    pub(crate) fn from_file(origin: &Origin, file: File) -> Result<Self, ImportError> {
        let failed = |source| ImportError::Read {
            path: origin.path.clone(),
            source,
        };
        let probe = Probe::new(&file).map_err(|error| failed(error.into()))?;
        if probe.size > MAX_LEN {
            return Err(failed(FileError::TooLarge(MAX_LEN)));
        }
        let utf_16 = utf_16(&probe.head);
        let input = Self::from_probe(origin, file, probe);
        match utf_16 {
            Some(encoding) => {
                let text = transcode(&input.file, encoding);
                input.with_text(text.map_err(|error| failed(error.into()))?)
            }
            None => Ok(input),
        }
    }

    fn from_probe(origin: &Origin, file: File, probe: Probe) -> Self {
        let encoding = if probe.is_utf8 { UTF_8 } else { WINDOWS_1252 };
        Self {
            path: origin.path.clone(),
            archive: origin.archive.clone(),
            modified: modified(&file),
            file,
            size: probe.size,
            digest: probe.digest,
            encoding,
            head: decode(encoding, &probe.head),
            ends_with_newline: probe.last_byte == Some(b'\n'),
        }
    }

    /// Makes an input of the text that was decoded from this one, whose digest it has.
    pub(crate) fn with_text(&self, text: File) -> Result<Self, ImportError> {
        let probe = Probe::new(&text).map_err(|error| ImportError::Read {
            path: self.path.clone(),
            source: error.into(),
        })?;
        let origin = Origin {
            path: self.path.clone(),
            archive: self.archive.clone(),
        };
        let digest = self.digest.clone();
        Ok(Self::from_probe(&origin, text, Probe { digest, ..probe }))
    }

    /// The file's name, without its folder.
    pub(crate) fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        sanitize(&name.to_string_lossy()).into_owned()
    }

    pub(crate) fn any_head_line(&self, matches: impl Fn(&str) -> bool) -> bool {
        self.head.lines().take(HEAD_LINES).any(matches)
    }

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

    /// Returns the whole text of a delimited file.
    pub(crate) fn read_text(&self) -> Result<String, ReadError> {
        if self.size > MAX_CSV_LEN {
            let message = format!("the file is larger than {} MiB", MAX_CSV_LEN >> 20);
            let expected = "no file of this kind is that large; is it the right one?";
            return Err(ParseError::for_file(message, expected).into());
        }
        let mut file = &self.file;
        file.seek(SeekFrom::Start(0)).map_err(ReadError::Io)?;
        let mut bytes = Vec::new();
        let read = file.take(MAX_CSV_LEN + 1).read_to_end(&mut bytes);
        read.map_err(ReadError::Io)?;
        Ok(decode(self.encoding, &bytes))
    }

    /// Returns an error if the file changed since its digest was computed.
    pub(crate) fn check_unchanged(&self) -> Result<(), ParseError> {
        let size = self.file.metadata().map(|metadata| metadata.len());
        if size.ok() == Some(self.size) && modified(&self.file) == self.modified {
            Ok(())
        } else {
            let message = "the file changed while it was read";
            Err(ParseError::for_file(message, "import it again"))
        }
    }

    /// Returns an error if the last line, which has this number, has no line end.
    pub(crate) fn check_complete(&self, line: u64) -> Result<(), ParseError> {
        if self.ends_with_newline {
            Ok(())
        } else {
            let message = "the last line has no line end";
            let expected = "the file was cut short; download it again (if an editor removed the \
                            line end, add it)";
            Err(ParseError::at_line(line, message, expected))
        }
    }
}

fn modified(file: &File) -> Option<SystemTime> {
    file.metadata().and_then(|m| m.modified()).ok()
}

/// Returns the encoding that the byte order mark of UTF-16 states.
fn utf_16(head: &[u8]) -> Option<&'static Encoding> {
    let (encoding, _) = Encoding::for_bom(head)?;
    (encoding != UTF_8).then_some(encoding)
}

/// Decodes a file into an unnamed temporary file in UTF-8.
fn transcode(mut file: &File, encoding: &'static Encoding) -> io::Result<File> {
    file.seek(SeekFrom::Start(0))?;
    let mut out = BufWriter::new(tempfile::tempfile()?);
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let (mut bytes, mut text) = (Vec::new(), String::new());
    loop {
        bytes.clear();
        text.clear();
        file.take(CHUNK_LEN).read_to_end(&mut bytes)?;
        let is_last = bytes.is_empty();
        let capacity = decoder.max_utf8_buffer_length(bytes.len());
        text.reserve(capacity.ok_or(io::ErrorKind::OutOfMemory)?);
        let _ = decoder.decode_to_string(&bytes, &mut text, is_last);
        out.write_all(text.as_bytes())?;
        if is_last {
            let mut file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.seek(SeekFrom::Start(0))?;
            return Ok(file);
        }
    }
}

fn decode(encoding: &'static Encoding, bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// The result of reading a file through once.
#[derive(Default)]
struct Probe {
    size: u64,
    digest: String,
    is_utf8: bool,
    head: Vec<u8>,
    last_byte: Option<u8>,
}

impl Probe {
    /// Reads at most one byte more than [`MAX_LEN`].
    fn new(file: &File) -> io::Result<Self> {
        let mut file = file.take(MAX_LEN + 1);
        let mut probe = Self {
            is_utf8: true,
            ..Self::default()
        };
        let mut sha = Sha256::new();
        let mut buffer = vec![0; 128 * 1024];
        // The number of bytes at the start of the buffer that begin a character which the last
        // chunk did not complete. If the file ends there it was cut short; it is still UTF-8.
        let mut partial = 0;
        loop {
            let read = match file.read(&mut buffer[partial..]) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let filled = partial + read;
            let chunk = &buffer[partial..filled];
            sha.update(chunk);
            probe.size += read as u64;
            probe.last_byte = chunk.last().copied();
            let room = HEAD_LEN.saturating_sub(probe.head.len());
            probe.head.extend(&chunk[..read.min(room)]);
            if probe.is_utf8 {
                let valid = match std::str::from_utf8(&buffer[..filled]) {
                    Err(error) if error.error_len().is_none() => error.valid_up_to(),
                    decoded => {
                        probe.is_utf8 = decoded.is_ok();
                        filled
                    }
                };
                buffer.copy_within(valid..filled, 0);
                partial = filled - valid;
            }
        }
        for byte in sha.finalize() {
            probe.digest += &format!("{byte:02x}");
        }
        Ok(probe)
    }
}

/// The lines of a file, one in memory at a time.
pub(crate) struct LineReader<'s> {
    reader: BufReader<&'s File>,
    encoding: &'static Encoding,
    number: u64,
    buffer: Vec<u8>,
}

/// A line without its line end.
pub(crate) struct NumberedLine {
    /// From 1.
    pub(crate) number: u64,
    pub(crate) text: String,
    /// The length of the line in bytes, with its line end.
    pub(crate) byte_len: usize,
}

impl LineReader<'_> {
    pub(crate) fn next(&mut self) -> Result<Option<NumberedLine>, ReadError> {
        self.buffer.clear();
        let mut limited = (&mut self.reader).take(MAX_LINE_LEN);
        let read = limited.read_until(b'\n', &mut self.buffer);
        let read = read.map_err(ReadError::Io)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        if read as u64 == MAX_LINE_LEN {
            let message = format!("this line is longer than {} KiB", MAX_LINE_LEN >> 10);
            let expected = "no layout has lines that long";
            return Err(ParseError::at_line(self.number, message, expected).into());
        }
        let line = self.buffer.strip_suffix(b"\n").unwrap_or(&self.buffer);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        Ok(Some(NumberedLine {
            number: self.number,
            text: decode(self.encoding, line),
            byte_len: read,
        }))
    }
}
