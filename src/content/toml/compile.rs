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
use crate::content::shared::{Entries, SharedEntries};
use crate::content::toml::compile::compiler::{Compiler, StatedDate};
use crate::content::toml::schema::{DocumentFile, SharedFile};
use crate::diagnostics::diagnostic::{Diagnostics, WHOLE_FILE};

/// Compiles a document, which may refer to shared entries; returns the dates of the file, too.
/// `None` means that an error was reported; the converse does not hold.
pub(crate) fn compile(
    file: &DocumentFile,
    shared: &SharedEntries,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<(Document, Vec<StatedDate>)> {
    let mut compiler = Compiler::new(shared, diagnostics);
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

/// Compiles shared entries; returns the dates of the file, too.
pub(crate) fn compile_shared(
    file: &SharedFile,
    diagnostics: &mut Diagnostics<'_>,
) -> (Entries, Vec<StatedDate>) {
    let none = SharedEntries::default();
    let mut compiler = Compiler::new(&none, diagnostics);
    compiler.collect_sources(&file.sources);
    let payers = compiler.shared_payers(&file.payers);
    let entries = Entries {
        sources: compiler.sources,
        payers,
        broken: Vec::new(),
    };
    (entries, compiler.dates)
}
