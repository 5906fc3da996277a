//! Defines the survey: what documents say on one modifier or of one payer, side by side.
//!
//! Lists of ten thousand lines ask for an [`Excerpt`] of those in sight, and a reader who opens one
//! gets a comparison. Both are made of what the documents say when somebody looks, so that nothing
//! of ten thousand documents is kept for it. A comparison is itself a [`Document`]: it is set, and
//! says what is absent, as any other.

use std::fmt;

use crate::library::comparison::ComparisonBuilder;

use crate::content::{CodeId, Document, ModifierCode, Row, RowPath, Standing, Subject, Value};
use crate::library::imported;
use crate::library::library::{Library, LoadError};

/// One question about one code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExcerptRequest {
    /// The code.
    pub code: CodeId,
    /// What is asked about it.
    pub subject: ExcerptSubject,
}

/// What can be asked about a code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExcerptSubject {
    /// How it stands in the imported set that lists it.
    CodeStatus,
    /// What its document says on a modifier.
    Modifier(ModifierCode),
    /// What its document says of a payer, by name.
    Payer(String),
}

impl fmt::Display for ExcerptSubject {
    /// Shows what a heading says: `Modifier 26`, a payer's name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CodeStatus => f.write_str("Code"),
            Self::Modifier(modifier) => write!(f, "Modifier {modifier}"),
            Self::Payer(name) => f.write_str(name),
        }
    }
}

/// An answer, in one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// What is said.
    pub text: String,
    /// How far it is agreed upon.
    pub standing: Option<Standing>,
}

/// What is laid side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparisonRequest {
    /// What the documents are asked.
    pub subject: ExcerptSubject,
    /// The documents, in the order in which they are shown.
    pub codes: Vec<CodeId>,
    /// How many more there would be.
    pub left_out: usize,
}

impl Library {
    /// Answers a question; what stands in the way is the answer, where something does.
    pub fn excerpt(&self, ask: &ExcerptRequest) -> Excerpt {
        match &ask.subject {
            ExcerptSubject::CodeStatus => Excerpt {
                text: imported::code_status(&self.sets, &ask.code)
                    .unwrap_or_else(|e| e.to_string()),
                standing: None,
            },
            ExcerptSubject::Modifier(modifier) => self.document_excerpt(&ask.code, |document| {
                modifier_row(document, modifier).map(|(_, row)| rule_excerpt(row))
            }),
            ExcerptSubject::Payer(name) => {
                self.document_excerpt(&ask.code, |document| payer_excerpt(document, name))
            }
        }
    }

    /// Lays what documents say on a topic side by side, and returns the row that the first of them
    /// has on it as well; nothing where there are no documents.
    pub fn comparison(&self, topic: &ComparisonRequest) -> Option<(Document, Option<RowPath>)> {
        let mut comparison = ComparisonBuilder::new(topic);
        let mut place = None;
        for code in &topic.codes {
            match self.document(code) {
                Ok(document) => {
                    comparison.add_document(&document);
                    place = place.or_else(|| subject_row_path(&document, &topic.subject));
                }
                Err(error) => comparison.add_error(code, &error),
            }
        }
        Some((comparison.finish(topic)?, place))
    }

    fn document_excerpt(
        &self,
        code: &CodeId,
        excerpt: impl Fn(&Document) -> Option<Excerpt>,
    ) -> Excerpt {
        let made = self
            .document_unenriched(code)
            .map(|document| excerpt(&document));
        let words = |text: String| Excerpt {
            text,
            standing: None,
        };
        match made {
            Ok(Some(excerpt)) => excerpt,
            Ok(None) => words("no longer in this document".to_owned()),
            Err(LoadError::Unknown(_)) => words("no longer in the library".to_owned()),
            Err(LoadError::Broken(_)) => {
                words("this file has errors; open it to see them".to_owned())
            }
        }
    }
}

/// Returns the row on a modifier: the document's own, or else the first payer's.
fn modifier_row<'d>(document: &'d Document, modifier: &ModifierCode) -> Option<(RowPath, &'d Row)> {
    document.modifier(modifier).or_else(|| {
        let stance = Subject::PayerRule(modifier.clone());
        let mut rows = document.rows();
        rows.find(|(_, _, row)| row.subject == stance)
            .map(|(section, block, row)| (RowPath::new(section, block, row), row))
    })
}

/// Returns the row that a document has on a topic.
fn subject_row_path(document: &Document, about: &ExcerptSubject) -> Option<RowPath> {
    match about {
        ExcerptSubject::CodeStatus => None,
        ExcerptSubject::Modifier(modifier) => {
            modifier_row(document, modifier).map(|(place, _)| place)
        }
        ExcerptSubject::Payer(name) => document
            .rows()
            .find(|(_, _, row)| row.subject == Subject::Payer && row.name() == name)
            .map(|(section, block, row)| RowPath::new(section, block, row)),
    }
}

fn rule_excerpt(row: &Row) -> Excerpt {
    let texts: Vec<String> = row
        .cells
        .iter()
        .filter(|cell| cell.label != "Modifier")
        .filter(|cell| cell.visibility == crate::content::row::Visibility::Column)
        .map(|cell| value_text(&cell.value))
        .collect();
    Excerpt {
        text: texts.join(" — "),
        standing: row.standing,
    }
}

fn payer_excerpt(document: &Document, name: &str) -> Option<Excerpt> {
    let mut texts = Vec::new();
    let mut found = false;
    for (_, _, row) in document.rows().filter(|(_, _, row)| row.name() == name) {
        match &row.subject {
            Subject::Payer => {
                found = true;
                let cells = row.cells.iter().skip(1);
                texts.extend(
                    cells.map(|cell| format!("{}: {}", cell.label, value_text(&cell.value))),
                );
            }
            Subject::PayerRule(modifier) => texts.push(match row.standing {
                Some(standing) => format!("{modifier}: {}", standing.label()),
                None => format!("{modifier}: – source silent"),
            }),
            _ => {}
        }
    }
    found.then(|| Excerpt {
        text: texts.join(" · "),
        standing: None,
    })
}

/// Returns what a field says, an absence as the cell of a table does.
fn value_text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Unavailable(absent) => format!("– {}", absent.reason.short_label()),
    }
}
