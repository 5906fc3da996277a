//! Excerpts: one line of a document on a modifier or payer, for lists of thousands of documents.
//!
//! Lists request excerpts of their visible lines only, so the library need not store any.

use std::fmt;

use crate::content::{
    Cell, CodeId, Document, ModifierCode, Row, RowPath, Standing, Subject, Value,
};
use crate::library::entry::LoadError;
use crate::library::imported::lookup;
use crate::library::library::Library;

/// A request for an excerpt about one code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExcerptRequest {
    pub code: CodeId,
    pub subject: ExcerptSubject,
}

/// The subject of an excerpt or comparison.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExcerptSubject {
    /// The status of the code in the imported set that lists it.
    CodeStatus,
    Modifier(ModifierCode),
    /// A payer, by name.
    Payer(String),
}

impl fmt::Display for ExcerptSubject {
    /// Writes a heading: `Modifier 26`, a payer's name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CodeStatus => f.write_str("Code"),
            Self::Modifier(modifier) => write!(f, "Modifier {modifier}"),
            Self::Payer(name) => f.write_str(name),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    pub text: String,
    pub standing: Option<Standing>,
}

impl From<String> for Excerpt {
    fn from(text: String) -> Self {
        Self {
            text,
            standing: None,
        }
    }
}

impl Library {
    /// Returns the excerpt, or the reason why there is none as its text.
    pub fn excerpt(&self, request: &ExcerptRequest) -> Excerpt {
        let code = &request.code;
        match &request.subject {
            ExcerptSubject::CodeStatus => {
                let status = lookup::code_status(&self.sets, code);
                status.unwrap_or_else(|damage| damage.to_string()).into()
            }
            ExcerptSubject::Modifier(modifier) if *code == CodeId::from(modifier) => self
                .document_excerpt(code, |document| {
                    document.rows().next().map(|(_, _, row)| rule_excerpt(row))
                }),
            ExcerptSubject::Modifier(modifier) => self.document_excerpt(code, |document| {
                modifier_row(document, modifier).map(|(_, row)| rule_excerpt(row))
            }),
            ExcerptSubject::Payer(name) => {
                self.document_excerpt(code, |document| payer_excerpt(document, name))
            }
        }
    }

    fn document_excerpt(
        &self,
        code: &CodeId,
        excerpt: impl Fn(&Document) -> Option<Excerpt>,
    ) -> Excerpt {
        let problem = match self.document_unenriched(code) {
            Ok(document) => match excerpt(&document) {
                Some(excerpt) => return excerpt,
                None => "no longer in this document",
            },
            Err(LoadError::Unknown(_)) => "no longer in the library",
            Err(LoadError::Broken(_)) => "this file has errors; open it to see them",
        };
        problem.to_owned().into()
    }
}

/// Returns the document's own row on a modifier, or the first payer's.
fn modifier_row<'d>(document: &'d Document, modifier: &ModifierCode) -> Option<(RowPath, &'d Row)> {
    document.modifier(modifier).or_else(|| {
        let subject = Subject::PayerRule(modifier.clone());
        find_row(document, |row| row.subject == subject)
    })
}

pub(crate) fn subject_row_path(document: &Document, subject: &ExcerptSubject) -> Option<RowPath> {
    let found = match subject {
        ExcerptSubject::CodeStatus => None,
        ExcerptSubject::Modifier(modifier) => modifier_row(document, modifier),
        ExcerptSubject::Payer(name) => find_row(document, |row| {
            row.subject == Subject::Payer && row.name() == name
        }),
    };
    found.map(|(path, _)| path)
}

fn find_row(document: &Document, matches: impl Fn(&Row) -> bool) -> Option<(RowPath, &Row)> {
    let mut rows = document.rows();
    let (section, block, row) = rows.find(|(_, _, row)| matches(row))?;
    Some((RowPath::new(section, block, row), row))
}

pub(crate) fn rule_excerpt(row: &Row) -> Excerpt {
    let cells = row.column_cells().filter(|cell| cell.label != "Modifier");
    let texts: Vec<String> = cells.map(|cell| value_text(&cell.value)).collect();
    Excerpt {
        text: texts.join(" — "),
        standing: row.standing,
    }
}

fn payer_excerpt(document: &Document, name: &str) -> Option<Excerpt> {
    let mut texts = Vec::new();
    let mut has_payer = false;
    for (_, _, row) in document.rows().filter(|(_, _, row)| row.name() == name) {
        match &row.subject {
            Subject::Payer => {
                has_payer = true;
                let field = |cell: &Cell| format!("{}: {}", cell.label, value_text(&cell.value));
                texts.extend(row.cells.iter().skip(1).map(field));
            }
            Subject::PayerRule(modifier) => {
                let rule = match (row.standing, row.cells.last()) {
                    (None, Some(cell)) => value_text(&cell.value),
                    (standing, _) => standing.map_or("", Standing::label).to_owned(),
                };
                texts.push(format!("{modifier}: {rule}"));
            }
            _ => {}
        }
    }
    has_payer.then(|| texts.join(" · ").into())
}

/// Formats a value as a table cell shows it.
fn value_text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Unavailable(absent) => absent.short_text(),
    }
}
