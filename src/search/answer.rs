//! Defines how answers are shown: the best rows as hits with their place, reason and snippet.

use std::sync::Arc;

use crate::content::{CodeId, Document, Place, Shape, Subject};

use super::bounds::Bounds;
use super::fields::{Field, Mask, Spot, spots};
use super::lookup::Leniency;
use super::marker::Marker;
use super::need::{Needs, Via};
use super::query::{Part, Query};
use super::rank::{Candidate, Ranking, Tier};
use super::{Hit, Index, Results, Snippet, Why, nearest};

/// How many of the best rows are read again to see whether their words stand together.
const READ_AGAIN: usize = 24;

/// How many rows are read again at most to tell which have a phrase that was asked for.
const READ_FOR_PHRASE: usize = 400;

/// How long the name of a row is in a trail, in characters.
const NAME_LENGTH: usize = 32;

/// A field this short is followed by those after it in a snippet, in bytes.
const SHORT_FIELD: usize = 80;

/// Answers one query.
pub(super) struct Answer<'a> {
    index: &'a Index,
    query: &'a Query,
    needs: Needs,
    marker: Marker,
    /// The document that was read last.
    document: Option<Arc<Document>>,
}

impl<'a> Answer<'a> {
    /// Finds the best answers to a query.
    pub(super) fn of(
        index: &'a Index,
        query: &'a Query,
        open: Option<&CodeId>,
        limit: usize,
    ) -> Results {
        if query.is_empty() {
            return Results::default();
        }
        let bounds = Bounds::of(index, query);
        let mut needs = Needs::of(index, query, Leniency::Strict);
        let most = if phrases(query.parts()).is_empty() {
            limit.max(READ_AGAIN)
        } else {
            READ_FOR_PHRASE
        };
        let rank = |needs: &Needs| Ranking::of(index, needs, &bounds, open, most).finish();
        let mut found = rank(&needs);
        if found.1 == 0 && !needs.all.is_empty() {
            needs = Needs::of(index, query, Leniency::Lenient);
            found = rank(&needs);
        }
        let marker = Marker::new(
            std::mem::take(&mut needs.terms),
            std::mem::take(&mut needs.beginnings),
        );
        let mut answer = Self {
            index,
            query,
            needs,
            marker,
            document: None,
        };
        answer.results(found, limit)
    }

    fn results(
        &mut self,
        (mut found, mut total): (Vec<Candidate>, usize),
        limit: usize,
    ) -> Results {
        let phrases: Vec<&[String]> = phrases(self.query.parts());
        if phrases.is_empty() {
            self.promote(&mut found);
        } else {
            found.retain(|one| self.has_phrases(*one, &phrases));
            total = found.len();
        }
        found.truncate(limit);
        let hits: Vec<Hit> = found.iter().filter_map(|one| self.hit(*one)).collect();
        let nearest = if total == 0 {
            nearest::of(self.index, self.query, &self.needs)
        } else {
            Vec::new()
        };
        Results {
            hits,
            total,
            marker: std::mem::take(&mut self.marker),
            nearest,
        }
    }

    /// Moves rows up whose words stand next to one another as they do in the query.
    fn promote(&mut self, found: &mut [Candidate]) {
        let words: Vec<String> = self
            .query
            .parts()
            .iter()
            .filter_map(|part| match part {
                Part::Word(word) => Some(word.whole.clone()),
                _ => None,
            })
            .collect();
        if words.len() < 2 || words.len() < self.query.parts().len() {
            return;
        }
        let window = found.len().min(READ_AGAIN);
        let Some(window) = found.get_mut(..window) else {
            return;
        };
        for one in window.iter_mut().filter(|one| one.tier() == Tier::Field) {
            if self.has_phrase(*one, &words, Last::Begun) {
                one.promote();
            }
        }
        window.sort_unstable();
    }

    fn has_phrases(&mut self, one: Candidate, phrases: &[&[String]]) -> bool {
        phrases
            .iter()
            .all(|words| self.has_phrase(one, words, Last::Whole))
    }

    fn has_phrase(&mut self, one: Candidate, words: &[String], last: Last) -> bool {
        let title = self.index.docs.titles.get(one.doc);
        if stands_in(words, &title, last) {
            return true;
        }
        let Some(document) = self.read(one.doc) else {
            return false;
        };
        spot(self.index, &document, one).is_some_and(|spot| {
            spot.fields()
                .iter()
                .any(|field| stands_in(words, &field.text, last))
        })
    }

    /// Reads a document again; the same one is not read twice in a row.
    fn read(&mut self, doc: u32) -> Option<Arc<Document>> {
        let code = self.index.docs.code(doc)?;
        if let Some(document) = &self.document
            && document.code == code
        {
            return Some(Arc::clone(document));
        }
        self.document = self.index.texts.document(&code);
        self.document.clone()
    }

    fn hit(&mut self, one: Candidate) -> Option<Hit> {
        let code = self.index.docs.code(one.doc)?;
        let title = self.index.docs.titles.get(one.doc);
        let document = self.read(one.doc);
        let spot = document
            .as_ref()
            .and_then(|document| spot(self.index, document, one));
        let (Some(spot), Some(_)) = (&spot, &document) else {
            return Some(Hit {
                why: self.why(one, "Title"),
                snippet: Snippet::of(&title, &self.marker),
                code,
                title,
                place: None,
                trail: Vec::new(),
            });
        };
        let fields = spot.fields();
        let field = self.field(one, &fields);
        let place = Some(Place::of(spot.section, spot.block, spot.row));
        let whole = matches!(one.tier(), Tier::Code | Tier::CodeBegun | Tier::Title)
            && field.is_none_or(|at| fields[at].mask == Mask::TITLE);
        let (trail, label, text) = match field {
            Some(at) if !whole => (
                trail(spot, &fields[at]),
                label(&fields[at]),
                text(&fields, at),
            ),
            _ => (Vec::new(), "Title".to_owned(), title.clone()),
        };
        Some(Hit {
            why: self.why(one, &label),
            snippet: Snippet::of(&text, &self.marker),
            code,
            title,
            place,
            trail,
        })
    }

    /// Chooses the field that shows best why a row is an answer.
    fn field(&self, one: Candidate, fields: &[Field<'_>]) -> Option<usize> {
        let mut mask = Mask::WHOLE;
        let mut modifier = false;
        for need in &self.needs.all {
            if let Some(entry) = need.entry(one.row()) {
                modifier |= entry.mask == Mask::WHOLE;
                mask = mask.and(entry.mask);
            }
        }
        if self.needs.all.iter().any(|need| !need.docs.is_empty())
            && one.tier() == Tier::Code
            && !modifier
        {
            return None;
        }
        let wanted = |field: &Field<'_>| {
            if modifier && mask == Mask::WHOLE {
                field.mask == Mask::NAME
            } else {
                mask.is_empty() || mask.has(field.mask)
            }
        };
        (0..fields.len())
            .filter(|at| wanted(&fields[*at]) && !fields[*at].text.is_empty())
            .max_by_key(|at| (self.marker.count(&fields[*at].text), fields.len() - at))
    }

    fn why(&self, one: Candidate, field: &str) -> Why {
        let mut typos = 0;
        for need in &self.needs.all {
            match need.entry(one.row()).map(|entry| entry.via) {
                Some(Via::Synonym(at)) => {
                    if let Some((asked, found)) = self.needs.synonyms.get(usize::from(at)) {
                        return Why::Synonym {
                            asked: asked.clone(),
                            found: found.clone(),
                        };
                    }
                }
                Some(Via::Typo) => typos += 1,
                Some(Via::Words | Via::Modifier | Via::CodeAndModifier) | None => {}
            }
        }
        match one.tier() {
            Tier::Code | Tier::CodeBegun => Why::Code,
            Tier::Modifier => Why::Modifier,
            _ => Why::Words {
                field: field.to_owned(),
                typos,
            },
        }
    }
}

fn phrases(parts: &[Part]) -> Vec<&[String]> {
    parts
        .iter()
        .filter_map(|part| match part {
            Part::Phrase(words) => Some(&words[..]),
            _ => None,
        })
        .collect()
}

/// Whether the last word of a phrase may be the beginning of a longer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    Whole,
    Begun,
}

/// Says whether some words stand next to one another in a text, in this order.
fn stands_in(words: &[String], text: &str, last: Last) -> bool {
    let Some((end, front)) = words.split_last() else {
        return false;
    };
    super::tokens::runs(text)
        .windows(words.len())
        .any(|window| {
            let (found, before) = (&window[window.len() - 1], &window[..window.len() - 1]);
            before == front
                && match last {
                    Last::Whole => found == end,
                    Last::Begun => found.starts_with(end.as_str()),
                }
        })
}

/// Returns the row of an answer in its document, unless the document changed since.
fn spot<'d>(index: &Index, document: &'d Document, one: Candidate) -> Option<Spot<'d>> {
    let position = one.row().checked_sub(index.docs.rows(one.doc).start)?;
    spots(document).nth(position as usize)
}

/// Returns section, row and field, as a breadcrumb shows them.
fn trail(spot: &Spot<'_>, field: &Field<'_>) -> Vec<String> {
    let mut trail = vec![spot.section.short.clone()];
    let prose = matches!(spot.block.shape, Shape::Prose | Shape::List);
    let name = match (&spot.row.subject, spot.block.shape) {
        (Subject::Modifier(_) | Subject::Code(_) | Subject::Payer | Subject::Place, _)
        | (Subject::Text, Shape::Table) => spot.row.name(),
        (Subject::Text, Shape::Facts) => spot.row.cells.first().map_or("", |cell| &cell.label),
        (Subject::Text | Subject::Absence, _) => spot.block.title.as_deref().unwrap_or_default(),
    };
    if !name.is_empty() && name != spot.section.title {
        trail.push(shortened(name));
    }
    if !(field.label.is_empty()
        || field.mask == Mask::NAME
        || field.mask == Mask::HEADING
        || (prose && field.mask != Mask::REST)
        || field.label == name)
    {
        trail.push(field.label.to_owned());
    }
    trail
}

fn label(field: &Field<'_>) -> String {
    if field.label.is_empty() {
        "Text".to_owned()
    } else {
        field.label.to_owned()
    }
}

/// Returns a field's text; a short one with those after it.
fn text(fields: &[Field<'_>], at: usize) -> String {
    let mut text = fields[at].text.to_string();
    if fields[at].mask != Mask::TITLE && fields[at].mask != Mask::HEADING {
        for field in &fields[at + 1..] {
            if text.len() >= SHORT_FIELD || field.mask == Mask::REST {
                break;
            }
            text.push_str(" — ");
            text.push_str(&field.text);
        }
    }
    text
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME_LENGTH {
        return name.to_owned();
    }
    let cut: String = name.chars().take(NAME_LENGTH).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(head, _)| head);
    format!("{cut}…")
}
