//! The `fmt` command: writes content files in their canonical layout.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::authoring::format_document;
use crate::cli::output::{CommandOutput, DENIED, INVALID_INPUT};
use crate::content::Document;
use crate::content::shared::{Entries, SharedEntries, is_shared_file};
use crate::content::toml::read::{
    decode, folder_of, parse_document_with, parse_entries, read_bytes,
};
use crate::diagnostics::Report;
use crate::diagnostics::wording::count;
use crate::files;
use crate::library::scan::{content_files, entries_by_folder};
use crate::text::sanitize;

#[derive(Args, Debug)]
pub struct FmtArgs {
    /// Files, or folders of files.
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Write nothing; list the files that are not formatted, and exit with status 1 if there are
    /// any.
    #[arg(long)]
    check: bool,
}

/// Formats files. Files with errors stay as they are.
pub fn fmt(arguments: &FmtArgs) -> CommandOutput {
    let mut output = CommandOutput::default();
    let mut errors: Vec<String> = Vec::new();
    let mut changed = 0;
    let files = content_files(&arguments.paths);
    let shared = entries_by_folder(&files);
    for path in &files {
        let name = sanitize(&path.display().to_string()).into_owned();
        let text = match formatted(path, shared.get(folder_of(path))) {
            Ok(Some(text)) => text,
            Ok(None) => continue,
            Err(report) => {
                errors.push(report.to_string());
                continue;
            }
        };
        if arguments.check {
            changed += 1;
            output.out += &format!("{name}: not formatted\n");
            output.status = DENIED;
        } else if let Err(error) = files::replace(path, text.as_bytes()) {
            errors.push(format!("{name}: cannot be written: {error}"));
        } else {
            changed += 1;
            output.out += &format!("{name}: formatted\n");
        }
    }
    if !errors.is_empty() {
        output.err = errors.join("\n\n");
        output.status = INVALID_INPUT;
    }
    let what = if arguments.check {
        "not formatted"
    } else {
        "formatted"
    };
    output.out += &format!("{changed} of {} {what}\n", count(files.len(), "file"));
    output
}

/// The content of a file: a document, or shared entries.
#[derive(PartialEq)]
enum Content {
    Document(Box<Document>),
    Entries(Entries),
}

/// Returns the canonical text of a file; `None` if the file has it.
fn formatted(path: &Path, shared: Option<&SharedEntries>) -> Result<Option<String>, Report> {
    let name = path.to_string_lossy();
    let failed = |message: String, hint| Report::whole_file(&name, message, hint);
    let bytes = read_bytes(path)?;
    let parse = |bytes: &[u8]| -> Result<Content, Report> {
        Ok(match shared {
            Some(shared) if !is_shared_file(path) => {
                let document = parse_document_with(&name, bytes, shared)?;
                Content::Document(Box::new(document))
            }
            _ => Content::Entries(parse_entries(&name, decode(&name, bytes)?)?.entries),
        })
    };
    let content = parse(&bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let formatted = format_document(&text)
        .map_err(|error| failed(error.message().to_owned(), "correct the file first"))?;
    if formatted == text {
        return Ok(None);
    }
    // Formatting must not change the content.
    if parse(formatted.as_bytes()).as_ref() != Ok(&content) {
        let message = "formatting would change the content of this file";
        return Err(failed(message.to_owned(), "report the file as a bug"));
    }
    Ok(Some(formatted))
}
