//! The `fmt` command: writes content files in their canonical layout.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::authoring::format_document;
use crate::cli::output::{CommandOutput, DENIED, INVALID_INPUT};
use crate::content::toml::read::{parse_document_with, read_bytes, shared_entries_beside};
use crate::diagnostics::Report;
use crate::diagnostics::wording::count;
use crate::files;
use crate::library::scan::toml_files;
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
    let (mut files, mut changed) = (0, 0);
    let paths = arguments.paths.iter();
    let paths = paths.flat_map(|path| toml_files(path).unwrap_or_else(|_| vec![path.clone()]));
    for path in paths {
        files += 1;
        let name = sanitize(&path.display().to_string()).into_owned();
        let text = match formatted(&path) {
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
        } else if let Err(error) = files::replace(&path, text.as_bytes()) {
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
    output.out += &format!("{changed} of {} {what}\n", count(files, "file"));
    output
}

/// Returns the canonical text of a file; `None` if the file has it.
fn formatted(path: &Path) -> Result<Option<String>, Report> {
    let name = path.to_string_lossy();
    let failed = |message: String, hint| Report::whole_file(&name, message, hint);
    let bytes = read_bytes(path)?;
    let shared = shared_entries_beside(path);
    let parse = |bytes: &[u8]| parse_document_with(&name, bytes, &shared);
    let document = parse(&bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let formatted = format_document(&text)
        .map_err(|error| failed(error.message().to_owned(), "correct the file first"))?;
    if formatted == text {
        return Ok(None);
    }
    // Formatting must not change the content.
    if parse(formatted.as_bytes()).as_ref() != Ok(&document) {
        let message = "formatting would change the content of this file";
        return Err(failed(message.to_owned(), "report the file as a bug"));
    }
    Ok(Some(formatted))
}
