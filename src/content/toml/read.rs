//! Reads a [`Document`] from bytes or a file, or reports all errors in it.

use std::fs::{Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;

use crate::content::document::Document;
use crate::content::toml::compile::compiler::KnownCodes;
use crate::content::toml::{compile, parse};
use crate::diagnostics::Report;
use crate::diagnostics::diagnostic::Diagnostics;

/// The largest file that is read, in bytes. A document of five sections has about 15 kB.
pub const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Parses a document. The name is used in messages only.
pub fn parse_document(name: &str, bytes: &[u8]) -> Result<Document, Report> {
    parse_known(name, bytes, &|_| true)
}

fn parse_known(name: &str, bytes: &[u8], is_known: KnownCodes<'_>) -> Result<Document, Report> {
    if bytes.len() as u64 > MAX_BYTES {
        let (message, hint) = too_large();
        return Err(Report::whole_file(name, message, hint));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bytes.is_empty() {
        return Err(Report::whole_file(
            name,
            "the file is empty",
            "content/README.md shows what a document looks like",
        ));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(name, bytes, error))?;
    let mut diagnostics = Diagnostics::new(text);
    let document = parse::parse_tables(text, &mut diagnostics)
        .and_then(|file| compile::compile(&file, &mut diagnostics, is_known));
    diagnostics.into_result(name)?;
    document.ok_or_else(|| {
        Report::whole_file(
            name,
            "this is not a document",
            "see the format in content/README.md",
        )
    })
}

/// Reads a document from a file. Does not block on pipes and devices, and reads at most
/// [`MAX_BYTES`].
pub fn load_document(path: &Path) -> Result<Document, Report> {
    check_document(path, &|_| true)
}

/// Reads a document as [`load_document`] does, and reports rows on modifiers that are not known.
pub fn check_document(path: &Path, is_known: KnownCodes<'_>) -> Result<Document, Report> {
    let name = path.to_string_lossy();
    let bytes =
        read_file(path).map_err(|(message, hint)| Report::whole_file(&name, message, hint))?;
    parse_known(&name, &bytes, is_known)
}

/// A message and a hint.
type ReadError = (String, &'static str);

fn read_file(path: &Path) -> Result<Vec<u8>, ReadError> {
    // Check first, because opening a device can have effects.
    match path.metadata() {
        Ok(metadata) => require_regular_file(&metadata)?,
        Err(error) if error.kind() == ErrorKind::NotFound && path.is_symlink() => {
            return Err((
                "the target of this link does not exist".to_owned(),
                "restore the file it points to, or remove the link",
            ));
        }
        Err(error) => return Err(describe_io_error(&error)),
    }
    // Check again after opening. Without NONBLOCK, opening a pipe would block.
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default())
        .open(path)
        .map_err(|error| describe_io_error(&error))?;
    let metadata = file.metadata().map_err(|error| describe_io_error(&error))?;
    require_regular_file(&metadata)?;
    if metadata.len() > MAX_BYTES {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    // The file may have grown since its size was checked.
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| describe_io_error(&error))?;
    Ok(bytes)
}

fn require_regular_file(metadata: &Metadata) -> Result<(), ReadError> {
    let kind = metadata.file_type();
    let other = match kind {
        _ if kind.is_file() => return Ok(()),
        _ if kind.is_dir() => "a folder",
        _ if kind.is_fifo() => "a pipe",
        _ if kind.is_socket() => "a socket",
        _ => "a device",
    };
    Err((format!("this is {other}, not a file"), "name a .toml file"))
}

/// Describes an I/O error; the system's own messages differ between systems.
fn describe_io_error(error: &io::Error) -> ReadError {
    match error.kind() {
        ErrorKind::NotFound => (
            "there is no such file".to_owned(),
            "check the name, and the folder it is in",
        ),
        ErrorKind::PermissionDenied => (
            "no permission to read this file".to_owned(),
            "ask its owner for permission",
        ),
        _ => (
            format!("the file cannot be read: {error}"),
            "check that its disk or network folder is there",
        ),
    }
}

fn too_large() -> ReadError {
    (
        format!("the file is larger than {} MiB", MAX_BYTES >> 20),
        "a document is about one code; split the file, one code each",
    )
}

fn not_utf8(name: &str, bytes: &[u8], error: std::str::Utf8Error) -> Report {
    let at = error.valid_up_to();
    let byte = bytes.get(at).copied().unwrap_or_default();
    let hint = match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "the file is UTF-16; save it as UTF-8",
        _ => {
            "save the file as UTF-8; the byte may come from another encoding, such as Windows-1252"
        }
    };
    let text = String::from_utf8_lossy(bytes);
    let mut diagnostics = Diagnostics::new(&text);
    // The text before the byte is valid, so the position is the same in the lossy text.
    diagnostics.invalid(
        at..at + char::REPLACEMENT_CHARACTER.len_utf8(),
        format!("not UTF-8: byte 0x{byte:02X} at offset {at}"),
        hint,
    );
    match diagnostics.into_result(name) {
        Err(report) => report,
        Ok(()) => Report::whole_file(name, "not UTF-8", hint),
    }
}
