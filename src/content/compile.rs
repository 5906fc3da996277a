//! Defines how the author's tables become a [`Document`]: sections of blocks of rows.
//!
//! Each kind of table has its own fields, and the reader knows rows only; the translation happens
//! here and nowhere else. What a row needs and does not have is noted, and something empty put in
//! its place, so that the rest of the file is checked as well.

mod absence;
mod block;
mod header;
mod name;
mod rows;
mod section;
mod value;

use super::format::File;
use super::report::{FILE, Problems};
use super::{Document, Source, SourceId};

/// Makes the document that a file describes; nothing, where something stands in the way, which is
/// noted.
pub(super) fn compile(file: &File, problems: &mut Problems<'_>) -> Option<Document> {
    let mut compiler = Compiler {
        problems,
        sources: Vec::new(),
        publication: None,
    };
    compiler.document(file)
}

/// What is known while the tables of one file are translated.
struct Compiler<'p, 't> {
    problems: &'p mut Problems<'t>,
    sources: Vec<Source>,
    publication: Option<SourceId>,
}

impl Compiler<'_, '_> {
    fn document(&mut self, file: &File) -> Option<Document> {
        self.take_sources(&file.sources);
        let about = self.about(file.document.as_ref());
        if file.code.is_none() {
            self.missing_code();
        }
        let header = file.code.as_ref().and_then(|table| self.header(table));
        let sections = self.sections(file);
        if sections.is_empty() && !self.problems.has_excused(FILE) {
            self.problems.lack(
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

    fn missing_code(&mut self) {
        if !self.problems.is_excused(FILE, "code") {
            self.problems.lack(
                0..0,
                "missing table [code]",
                "say which code the file is about: [code] with system, value, title and status",
            );
        }
    }
}
