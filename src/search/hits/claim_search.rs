//! The search for claim lines: a hit for each code and each of its modifiers, and the names of those
//! without an entry.

use std::sync::Arc;

use crate::content::{CodeId, Document, ModifierCode, Row, Subject};
use crate::search::fields::{FieldMask, RowContext, row_contexts};
use crate::search::hits::group::HitGroup;
use crate::search::hits::highlight::Highlighter;
use crate::search::hits::results::{Hit, MatchReason, Results};
use crate::search::hits::snippet::Snippet;
use crate::search::index::Index;
use crate::search::query::claim::ClaimLine;
use crate::search::row_store::StoredRow;

/// The id of the block of adjacent codes in a document that was made from a set.
const ADJACENT_CODES: &str = "neighbours";

/// Describes a modifier that a document has no row on: `no entry for modifier QW in the document on
/// 83950; it lists 26, 90`.
pub fn missing_modifier(document: &Document, modifier: &ModifierCode) -> String {
    let value = document.code.value();
    let mut listed: Vec<&str> = Vec::new();
    for modifier in document.modifiers().map(ModifierCode::as_str) {
        if !listed.contains(&modifier) {
            listed.push(modifier);
        }
    }
    let listed = match listed.as_slice() {
        [] => "it lists no modifiers".to_owned(),
        listed => format!("it lists {}", listed.join(", ")),
    };
    format!("no entry for modifier {modifier} in the document on {value}; {listed}")
}

/// Describes a code without a document: `no entry for 99999`.
pub fn missing_code(code: &CodeId) -> String {
    format!("no entry for {}", code.value())
}

impl Index {
    /// Looks up claim lines in their order.
    pub(crate) fn search_claim(&self, lines: &[ClaimLine], limit: usize) -> Results {
        let modifiers = lines.iter().flat_map(|line| &line.modifiers);
        let terms = modifiers.map(|modifier| modifier.as_str().to_lowercase());
        let mut answer = ClaimAnswer {
            index: self,
            results: Results {
                highlighter: Highlighter::new(terms.collect(), Vec::new()),
                ..Results::default()
            },
        };
        for line in lines {
            answer.add_line(line);
        }
        answer.add_links(lines);
        let mut results = answer.results;
        results.total = results.hits.len();
        results.hits.truncate(limit);
        results
    }
}

struct ClaimAnswer<'a> {
    index: &'a Index,
    results: Results,
}

impl ClaimAnswer<'_> {
    fn document(&self, code: &CodeId) -> Option<Arc<Document>> {
        self.index.document_source.document(code)
    }

    /// Adds the rows on the modifiers, then the code. A modifier that its document does not list has
    /// the texts that name it instead, and its own document.
    fn add_line(&mut self, line: &ClaimLine) {
        let codes = line.codes.iter();
        let documents: Vec<_> = codes.filter_map(|code| self.document(code)).collect();
        if let ([], Some(code)) = (documents.as_slice(), line.codes.first()) {
            self.results.missing.push(missing_code(code));
        }
        let mut has_row = false;
        for modifier in &line.modifiers {
            let is_on_modifier = |context: &RowContext<'_>| {
                let subject = &context.row.subject;
                matches!(subject, Subject::Modifier(on) | Subject::PayerRule(on) if on == modifier)
            };
            let rows = || documents.iter().flat_map(|document| row_contexts(document));
            let mut found: Vec<_> = rows().filter(is_on_modifier).collect();
            has_row = !found.is_empty();
            if !has_row {
                found.extend(rows().filter(|context| names_modifier(context.row, modifier)));
            }
            for row in found {
                let hit = row_hit(&row, &self.results.highlighter);
                self.results.hits.push(hit);
            }
            if !has_row {
                let missing = documents.iter();
                let missing = missing.map(|document| missing_modifier(document, modifier));
                self.results.missing.extend(missing);
                let page = self.document(&CodeId::from(modifier));
                self.results.hits.extend(page.as_deref().map(document_hit));
            }
        }
        // A code with one modifier names one row.
        if line.modifiers.len() != 1 || !has_row {
            let hits = documents.iter().map(|document| document_hit(document));
            self.results.hits.extend(hits);
        }
    }

    /// Adds the rows of each procedure's document that name a later code: an NCCI edit of the pair,
    /// or a diagnosis that supports a test. Adjacent codes are not related.
    fn add_links(&mut self, lines: &[ClaimLine]) {
        for (at, line) in (1..).zip(lines) {
            let later: Vec<&CodeId> = lines[at..].iter().flat_map(|line| &line.codes).collect();
            let is_link = |context: &RowContext<'_>| {
                let subject = &context.row.subject;
                matches!(subject, Subject::Code(to) if later.contains(&to))
                    && context.block.id.0 != ADJACENT_CODES
            };
            let codes = line.codes.iter();
            let procedures = codes.filter(|code| code.system().takes_modifiers());
            let documents = procedures.filter_map(|code| self.document(code));
            let documents: Vec<_> = documents.filter(|_| !later.is_empty()).collect();
            for document in documents {
                let rows: Vec<_> = row_contexts(&document).filter(is_link).collect();
                for row in rows {
                    let hit = row_hit(&row, &self.results.highlighter);
                    self.results.hits.push(hit);
                }
            }
        }
    }
}

/// Returns true if a text of the row names a modifier: `Modifiers 59 and XU are only for …`.
fn names_modifier(row: &Row, modifier: &ModifierCode) -> bool {
    let cells = row.cells.iter().filter_map(|cell| cell.value.as_text());
    let remarks = row.remarks.iter().map(|remark| remark.text.as_str());
    cells.chain(remarks).any(|text| {
        let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
        words.clone().any(|word| word == modifier.as_str())
            && words.any(|word| ["modifier", "modifiers"].contains(&&*word.to_ascii_lowercase()))
    })
}

fn document_hit(document: &Document) -> Hit {
    let first = row_contexts(document).next();
    Hit {
        group: HitGroup::Best,
        code: document.code.clone(),
        title: document.title.clone(),
        row_path: first.map(|row| StoredRow::from_context(&row).row_path),
        trail: Vec::new(),
        reason: MatchReason::Code,
        snippet: Snippet::new(&document.title, &Highlighter::default()),
    }
}

fn row_hit(row: &RowContext<'_>, highlighter: &Highlighter) -> Hit {
    let stored = StoredRow::from_context(row);
    let mut fields = stored.fields.iter();
    let start = fields.position(|field| field.mask == FieldMask::NAME && !field.text.is_empty());
    let fields = &stored.fields[start.unwrap_or_default()..];
    Hit {
        snippet: Snippet::of_fields(fields, highlighter),
        row_path: Some(stored.row_path),
        trail: stored.trail,
        ..document_hit(row.document)
    }
}
