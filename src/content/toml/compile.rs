//! Compiles the author's tables into a [`Document`]: sections of blocks of rows.
//!
//! A missing or invalid value is reported and replaced by an empty one, so that the rest of the
//! file is checked as well.

pub(crate) mod absence;
pub(crate) mod block;
pub(crate) mod header;
pub(crate) mod name;
pub(crate) mod rows;
pub(crate) mod section;
pub(crate) mod value;

use crate::content::document::Document;
use crate::content::source::{Source, SourceId};
use crate::content::toml::schema::DocumentFile;
use crate::diagnostics::diagnostic::{Diagnostics, WHOLE_FILE};

/// Compiles a document. `None` means that an error was reported; the converse does not hold.
pub(crate) fn compile(file: &DocumentFile, diagnostics: &mut Diagnostics<'_>) -> Option<Document> {
    let mut compiler = Compiler {
        diagnostics,
        sources: Vec::new(),
        publication: None,
    };
    compiler.document(file)
}

/// The state of one compilation.
struct Compiler<'d, 't> {
    diagnostics: &'d mut Diagnostics<'t>,
    sources: Vec<Source>,
    /// The source whose rows have the publication's voice.
    publication: Option<SourceId>,
}

impl Compiler<'_, '_> {
    fn document(&mut self, file: &DocumentFile) -> Option<Document> {
        self.collect_sources(&file.sources);
        let metadata = self.document_metadata(file.document.as_ref());
        if file.code.is_none() {
            self.report_missing_code();
        }
        let header = file.code.as_ref().and_then(|table| self.code_header(table));
        let sections = self.sections(file);
        if sections.is_empty() && !self.diagnostics.has_suppressed(WHOLE_FILE) {
            self.diagnostics.missing(
                0..0,
                "this document has no section",
                "write at least one, such as [summary] with a text",
            );
        }
        let header = header?;
        Some(Document {
            notices: self.notices(&header.code, file),
            code: header.code,
            title: header.title,
            status: header.status,
            effective: header.effective,
            revised: metadata.revised,
            reviewed_by: metadata.reviewed_by,
            next_review: metadata.next_review,
            synonyms: self.synonyms(&file.synonym),
            sources: std::mem::take(&mut self.sources),
            sections,
        })
    }

    fn report_missing_code(&mut self) {
        if !self.diagnostics.is_suppressed(WHOLE_FILE, "code") {
            self.diagnostics.missing(
                0..0,
                "missing table [code]",
                "write [code] with system, value, title and status",
            );
        }
    }
}
