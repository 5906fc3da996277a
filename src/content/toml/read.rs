//! Reads a [`Document`] from bytes or a file, or reports all errors in it.

use std::fs::{File, OpenOptions};
use std::io;
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;

use crate::content::document::Document;
use crate::content::toml::{compile, parse};
use crate::diagnostics::Report;
use crate::diagnostics::diagnostic::Diagnostics;

/// The largest file that is read, in bytes. A document of five sections has about 15 kB.
pub const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Parses a document. The name is used in messages only.
pub fn parse_document(name: &str, bytes: &[u8]) -> Result<Document, Report> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(too_large(name));
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
        .and_then(|file| compile::compile(&file, &mut diagnostics));
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
    let name = path.to_string_lossy();
    let refuse = |message: String, hint| Err(Report::whole_file(&name, message, hint));
    let (file, size) = match open_regular_file(path) {
        Ok(opened) => opened,
        Err(OpenError::NotAFile(kind)) => {
            return refuse(format!("this is {kind}, not a file"), "name a .toml file");
        }
        Err(OpenError::DanglingLink) => {
            return refuse(
                "the target of this link does not exist".to_owned(),
                "restore the file it points to, or remove the link",
            );
        }
        Err(OpenError::Io(error)) => {
            let hint = match error.kind() {
                io::ErrorKind::NotFound => "check the name, and the folder it is in",
                io::ErrorKind::PermissionDenied => "ask its owner for permission",
                _ => "check that its disk or network folder is there",
            };
            return refuse(describe_io_error(&error), hint);
        }
    };
    if size > MAX_BYTES {
        return Err(too_large(&name));
    }
    let mut bytes = Vec::new();
    // The file may have grown since its size was checked.
    if let Err(error) = file.take(MAX_BYTES + 1).read_to_end(&mut bytes) {
        return refuse(
            describe_io_error(&error),
            "check that its disk or network folder is there",
        );
    }
    parse_document(&name, &bytes)
}

/// Why a path cannot be read from.
enum OpenError {
    NotAFile(&'static str),
    DanglingLink,
    Io(io::Error),
}

/// Opens a regular file, and returns it with its size.
fn open_regular_file(path: &Path) -> Result<(File, u64), OpenError> {
    // Check first, because opening a device can have effects.
    match path.metadata() {
        Ok(metadata) => require_regular_file(metadata.file_type())?,
        Err(error) if error.kind() == io::ErrorKind::NotFound && path.is_symlink() => {
            return Err(OpenError::DanglingLink);
        }
        Err(error) => return Err(OpenError::Io(error)),
    }
    // Check again after opening. Without NONBLOCK, opening a pipe would block.
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)
        .map_err(OpenError::Io)?;
    let metadata = file.metadata().map_err(OpenError::Io)?;
    require_regular_file(metadata.file_type())?;
    Ok((file, metadata.len()))
}

fn require_regular_file(kind: std::fs::FileType) -> Result<(), OpenError> {
    let other = match kind {
        _ if kind.is_file() => return Ok(()),
        _ if kind.is_dir() => "a folder",
        _ if kind.is_fifo() => "a pipe",
        _ if kind.is_socket() => "a socket",
        _ => "a device",
    };
    Err(OpenError::NotAFile(other))
}

/// Describes an I/O error; the system's own messages differ between systems.
fn describe_io_error(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission to read this file is denied".to_owned(),
        _ => format!("the file cannot be read: {error}"),
    }
}

fn too_large(name: &str) -> Report {
    Report::whole_file(
        name,
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
