//! Defines how the author's tables become a [`Document`]: sections of blocks of rows.
//!
//! Each kind of table has its own fields, and the reader knows rows only; the translation happens
//! here and nowhere else. What a row needs and does not have is noted, and something empty put in
//! its place, so that the rest of the file is checked as well.

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

/// Makes the document that a file describes; nothing, where something stands in the way, which is
/// noted.
pub(crate) fn compile(file: &DocumentFile, problems: &mut Diagnostics<'_>) -> Option<Document> {
    let mut compiler = Compiler {
        diagnostics: problems,
        sources: Vec::new(),
        publication: None,
    };
    compiler.document(file)
}

/// What is known while the tables of one file are translated.
struct Compiler<'p, 't> {
    diagnostics: &'p mut Diagnostics<'t>,
    sources: Vec<Source>,
    publication: Option<SourceId>,
}

impl Compiler<'_, '_> {
    fn document(&mut self, file: &DocumentFile) -> Option<Document> {
        self.collect_sources(&file.sources);
        let about = self.document_metadata(file.document.as_ref());
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
            revised: about.revised,
            reviewed_by: about.reviewed_by,
            next_review: about.next_review,
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
                "say which code the file is about: [code] with system, value, title and status",
            );
        }
    }
}
