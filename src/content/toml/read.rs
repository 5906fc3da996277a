//! Reads a [`Document`] from bytes or a file, or reports all errors in it.

use std::io::{self, ErrorKind};
use std::path::Path;

use crate::content::document::Document;
use crate::content::shared::{Entries, SHARED_FILES, SharedEntries};
use crate::content::toml::compile::compiler::StatedDate;
use crate::content::toml::schema::{DocumentFile, SharedFile};
use crate::content::toml::{compile, parse};
use crate::diagnostics::Report;
use crate::diagnostics::diagnostic::Diagnostics;
use crate::files::{self, FileError};

/// The largest file that is read, in bytes. A document of five sections has about 15 kB.
pub const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// A document, and the file that it was compiled from.
#[derive(Debug)]
pub(crate) struct ParsedFile<'t> {
    pub(crate) document: Document,
    pub(crate) tables: DocumentFile<'t>,
    pub(crate) dates: Vec<StatedDate>,
}

/// Parses a document without shared entries. The name is used in messages only.
pub fn parse_document(name: &str, bytes: &[u8]) -> Result<Document, Report> {
    parse_document_with(name, bytes, &SharedEntries::default())
}

/// Parses a document, which may refer to shared entries.
pub(crate) fn parse_document_with(
    name: &str,
    bytes: &[u8],
    shared: &SharedEntries,
) -> Result<Document, Report> {
    let parsed = parse_file(name, decode(name, bytes)?, shared)?;
    Ok(parsed.document)
}

/// Parses the text of a document.
pub(crate) fn parse_file<'t>(
    name: &str,
    text: &'t str,
    shared: &SharedEntries,
) -> Result<ParsedFile<'t>, Report> {
    let mut diagnostics = Diagnostics::new(text);
    let parsed = parse::parse_tables(text, &mut diagnostics).and_then(|tables| {
        let (document, dates) = compile::compile(&tables, shared, &mut diagnostics)?;
        Some(ParsedFile {
            document,
            tables,
            dates,
        })
    });
    diagnostics.into_result(name)?;
    parsed.ok_or_else(|| {
        Report::whole_file(
            name,
            "this is not a document",
            "see the format in content/README.md",
        )
    })
}

/// A file with shared entries, as it was read.
#[derive(Debug, Default)]
pub(crate) struct ParsedEntries<'t> {
    pub(crate) entries: Entries,
    pub(crate) tables: SharedFile<'t>,
    pub(crate) dates: Vec<StatedDate>,
}

/// Parses the text of a file with shared entries.
pub(crate) fn parse_entries<'t>(name: &str, text: &'t str) -> Result<ParsedEntries<'t>, Report> {
    let mut diagnostics = Diagnostics::new(text);
    let tables = parse::parse_shared_tables(text, &mut diagnostics).unwrap_or_default();
    let (entries, dates) = compile::compile_shared(&tables, &mut diagnostics);
    diagnostics.into_result(name)?;
    Ok(ParsedEntries {
        entries,
        tables,
        dates,
    })
}

/// Returns the folder of a file, empty for the working directory.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// Returns the shared entries of a folder, whose files are read when a document needs them.
pub(crate) fn shared_entries(folder: &Path) -> SharedEntries {
    let paths = SHARED_FILES.map(|name| (name, folder.join(name)));
    SharedEntries::new(move || {
        let mut entries = Entries::default();
        for (name, path) in paths {
            let bytes = match files::read(&path, MAX_BYTES) {
                Ok(bytes) => bytes,
                Err(error) if error.is_not_found() => continue,
                Err(_) => {
                    entries.broken.push(name);
                    continue;
                }
            };
            match decode(name, &bytes).and_then(|text| parse_entries(name, text)) {
                Ok(file) => {
                    entries.sources.extend(file.entries.sources);
                    entries.payers.extend(file.entries.payers);
                }
                Err(_) => entries.broken.push(name),
            }
        }
        entries
    })
}

/// Returns the shared entries of the folder of a file.
pub(crate) fn shared_entries_beside(file: &Path) -> SharedEntries {
    shared_entries(folder_of(file))
}

/// Returns the text of a file, without a byte order mark.
pub(crate) fn decode<'b>(name: &str, bytes: &'b [u8]) -> Result<&'b str, Report> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(file_report(name, &FileError::TooLarge(MAX_BYTES)));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bytes.is_empty() {
        return Err(Report::whole_file(
            name,
            "the file is empty",
            "content/README.md shows what a document looks like",
        ));
    }
    std::str::from_utf8(bytes).map_err(|error| not_utf8(name, bytes, error))
}

/// Reads a document from a file, with the shared entries of its folder.
pub fn load_document(path: &Path) -> Result<Document, Report> {
    load_document_with(path, &shared_entries_beside(path))
}

/// Reads a document from a file, which may refer to shared entries.
pub(crate) fn load_document_with(path: &Path, shared: &SharedEntries) -> Result<Document, Report> {
    parse_document_with(&path.to_string_lossy(), &read_bytes(path)?, shared)
}

/// Reads a file that may be a document.
pub(crate) fn read_bytes(path: &Path) -> Result<Vec<u8>, Report> {
    let name = path.to_string_lossy();
    files::read(path, MAX_BYTES).map_err(|error| {
        if error.is_not_found() && path.is_symlink() {
            Report::whole_file(
                &name,
                "the target of this link does not exist",
                "restore the file it points to, or remove the link",
            )
        } else {
            file_report(&name, &error)
        }
    })
}

fn file_report(name: &str, error: &FileError) -> Report {
    let (message, hint) = match error {
        FileError::Io(error) => describe_io_error(error),
        FileError::TooLarge(_) => (
            error.to_string(),
            "a document is about one code; split the file, one code each",
        ),
        _ => (error.to_string(), "name a .toml file"),
    };
    Report::whole_file(name, message, hint)
}

/// Returns a message and a hint; the system's own messages differ between systems.
fn describe_io_error(error: &io::Error) -> (String, &'static str) {
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
