//! Comparisons: what several documents state on one modifier or payer, as one document with a
//! table for each and the sources they cite.

pub(crate) mod rows;

use crate::content::labels;
use crate::content::{
    AsOf, Block, Cell, CodeId, Document, Row, RowKey, RowPath, Section, Shape, Source, Status,
    Subject, Voice,
};
use crate::library::comparison::rows::{DocumentRows, qualified_source_id, with_date};
use crate::library::entry::LoadError;
use crate::library::excerpt::{ExcerptSubject, subject_row_path};
use crate::library::library::Library;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparisonRequest {
    pub subject: ExcerptSubject,
    /// The documents, in display order.
    pub codes: Vec<CodeId>,
    /// How many more documents the list has.
    pub left_out: usize,
}

impl Library {
    /// Compares documents. Also returns the path of the first document's row on the subject, if
    /// any. Returns `None` if the request has no codes.
    pub fn comparison(&self, request: &ComparisonRequest) -> Option<(Document, Option<RowPath>)> {
        let mut comparison = ComparisonBuilder {
            subject: &request.subject,
            blocks: Vec::new(),
            sources: Vec::new(),
            notices: Vec::new(),
        };
        let mut path = None;
        for code in &request.codes {
            match self.document(code) {
                Ok(document) => {
                    comparison.add_document(&document);
                    path = path.or_else(|| subject_row_path(&document, &request.subject));
                }
                Err(error) => comparison.add_error(code, &error),
            }
        }
        Some((comparison.finish(request)?, path))
    }
}

#[derive(Debug)]
struct ComparisonBuilder<'r> {
    subject: &'r ExcerptSubject,
    blocks: Vec<Block>,
    sources: Vec<Source>,
    notices: Vec<String>,
}

impl ComparisonBuilder<'_> {
    fn add_document(&mut self, document: &Document) {
        let value = document.code.value();
        let (name, rows) = match self.subject {
            ExcerptSubject::Modifier(modifier) => (
                format!("{value}-{modifier}"),
                DocumentRows::for_modifier(document, modifier),
            ),
            ExcerptSubject::Payer(payer) => {
                (value.to_owned(), DocumentRows::for_payer(document, payer))
            }
            ExcerptSubject::CodeStatus => return,
        };
        let title = format!("{name}  {}", document.title);
        let id = document.code.to_string();
        self.blocks.push(Block::from_rows(&id, Some(&title), rows));
        self.sources
            .extend(document.sources.iter().map(|source| Source {
                id: qualified_source_id(document, &source.id),
                ..source.clone()
            }));
        for notice in &document.notices {
            if !self.notices.contains(notice) {
                self.notices.push(notice.clone());
            }
        }
    }

    /// Adds the reason why a document is missing.
    fn add_error(&mut self, code: &CodeId, error: &LoadError) {
        let error = error.to_string();
        let line = error.lines().next().unwrap_or_default();
        let rows = vec![text_row("error", "", line)];
        let block = Block::from_rows(&code.to_string(), Some(code.value()), rows);
        self.blocks.push(block);
    }

    /// Makes the document: legend, tables, count of documents left out, sources.
    fn finish(mut self, request: &ComparisonRequest) -> Option<Document> {
        let differs = |block: &Block| block.rows.iter().any(|row| !row.disputed_by.is_empty());
        if self.blocks.iter().any(differs) {
            let rows = vec![text_row("legend", "", labels::RULES_LEGEND)];
            self.blocks
                .insert(0, Block::from_rows("legend", None, rows));
        }
        if request.left_out > 0 {
            let text = match request.left_out {
                1 => "1 more document is not shown here".to_owned(),
                count => format!("{count} more documents are not shown here"),
            };
            let text = text + ": type in the list to narrow it.";
            let rows = vec![text_row("left-out", "", &text)];
            self.blocks.push(Block::from_rows("left-out", None, rows));
        }
        let sources = self.source_rows();
        if !sources.is_empty() {
            let block = Block::new("sources", Some(labels::SOURCES), Shape::Facts, sources);
            self.blocks.push(block);
        }
        Some(Document {
            // A comparison has no code of its own.
            code: request.codes.first()?.clone(),
            title: String::new(),
            edition: None,
            status: Status::Unverified,
            effective: AsOf::Unknown,
            revised: AsOf::Unknown,
            reviewed_by: None,
            next_review: AsOf::Unknown,
            synonyms: Vec::new(),
            sources: self.sources,
            sections: vec![Section::new("comparison", "", "", self.blocks)],
            notices: self.notices,
        })
    }

    /// Returns a row for each distinct source that is cited.
    fn source_rows(&self) -> Vec<Row> {
        let mut lines: Vec<(&str, String)> = Vec::new();
        for source in self.sources.iter().filter(|source| self.is_cited(source)) {
            let line = (&*source.short, with_date(&source.title, source.as_of));
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        let rows = (1..).zip(&lines);
        rows.map(|(number, (short, title))| text_row(&number.to_string(), short, title))
            .collect()
    }

    fn is_cited(&self, source: &Source) -> bool {
        let rows = self.blocks.iter().flat_map(|block| &block.rows);
        rows.flat_map(|row| row.stated_by().chain(&row.disputed_by))
            .any(|id| *id == source.id)
    }
}

fn text_row(key: &str, label: &str, text: &str) -> Row {
    let cells = vec![Cell::column(label.to_owned(), text)];
    let key = RowKey(key.to_owned());
    Row::new(key, Subject::Text, Voice::Publication, cells)
}
