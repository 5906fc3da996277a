//! Compiles the author's tables into a [`Document`]: sections of blocks of rows.
//!
//! A missing or invalid value is reported and replaced by an empty one, so that the rest of the
//! file is checked as well.

pub(crate) mod absence;
pub(crate) mod block;
pub(crate) mod compiler;
pub(crate) mod guidance;
pub(crate) mod header;
pub(crate) mod name;
pub(crate) mod rows;
pub(crate) mod section;
pub(crate) mod value;

use crate::content::document::Document;
use crate::content::toml::compile::compiler::{Compiler, StatedDate};
use crate::content::toml::schema::DocumentFile;
use crate::diagnostics::diagnostic::{Diagnostics, WHOLE_FILE};

/// Compiles a document; returns the dates of the file, too. `None` means that an error was
/// reported; the converse does not hold.
pub(crate) fn compile(
    file: &DocumentFile,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<(Document, Vec<StatedDate>)> {
    let mut compiler = Compiler {
        diagnostics,
        code: None,
        sources: Vec::new(),
        publication: None,
        dates: Vec::new(),
    };
    let header = compiler.header(file);
    compiler.code = header.as_ref().map(|header| header.code.clone());
    let sections = compiler.sections(file);
    if sections.is_empty() && !compiler.diagnostics.has_suppressed(WHOLE_FILE) {
        compiler.diagnostics.missing(
            0..0,
            "this document has no section",
            "write at least one, such as [summary] with a text",
        );
    }
    let document = Document {
        sources: compiler.sources,
        sections,
        ..header?
    };
    Some((document, compiler.dates))
}
