//! Defines how answers are shown: the best rows as hits with their place, reason and snippet.

use std::collections::HashSet;

use crate::content::CodeId;

use super::bounds::Bounds;
use super::catalogue::Make;
use super::fields::{Mask, spots};
use super::group::{Group, grouped};
use super::lookup::Leniency;
use super::marker::Marker;
use super::need::{Needs, Via};
use super::query::{Part, Query};
use super::rank::{Candidate, Ranking, Tier};
use super::sheet::{Piece, Sheet};
use super::tokens;
use super::{Hit, Index, Read, Results, Snippet, Why, nearest};

/// How many of the best rows are read again to see whether their words stand together.
const READ_AGAIN: usize = 24;

/// How many rows are read again at most to tell which have a phrase that was asked for.
const READ_FOR_PHRASE: usize = 400;

/// A field this short is followed by those after it in a snippet, in bytes.
const SHORT_FIELD: usize = 80;

/// What a title is called in a reason, and a field without a name.
const TITLE: &str = "Title";
const TEXT: &str = "Text";

/// Answers one query.
pub(super) struct Answer<'a> {
    index: &'a Index,
    query: &'a Query,
    needs: Needs,
    marker: Marker,
    /// What was read last, and of which document.
    read: Option<(u32, Read)>,
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
        let mut needs = Needs::of(index, query, &bounds, Leniency::Strict);
        let most = if phrases(query.parts()).is_empty() {
            limit.max(READ_AGAIN)
        } else {
            READ_FOR_PHRASE
        };
        let rank = |needs: &Needs| Ranking::of(index, needs, &bounds, open, most).finish();
        let mut found = rank(&needs);
        if found.1 == 0 && !needs.all.is_empty() {
            needs = Needs::of(index, query, &bounds, Leniency::Lenient);
            found = rank(&needs);
        }
        let terms = [&needs.terms[..], &needs.corrections[..]].concat();
        let marker = Marker::new(terms, needs.beginnings.clone());
        let mut answer = Self {
            index,
            query,
            needs,
            marker,
            read: None,
        };
        answer.results(found, limit)
    }

    fn results(
        &mut self,
        (mut found, mut total): (Vec<Candidate>, usize),
        limit: usize,
    ) -> Results {
        let phrases: Vec<&[String]> = phrases(self.query.parts());
        let mut unread = 0;
        if phrases.is_empty() {
            self.promote(&mut found);
        } else {
            unread = total - found.len();
            self.keep_phrases(&mut found, &phrases);
            total = found.len();
        }
        found.truncate(limit);
        let hits: Vec<Hit> = grouped(found, |one| self.group(*one))
            .into_iter()
            .filter_map(|(group, one)| self.hit(one, group))
            .collect();
        let nearest = if total == 0 {
            nearest::of(self.index, self.query, &self.needs)
        } else {
            Vec::new()
        };
        Results {
            marker: self.marker_of(&hits),
            hits,
            total,
            unread,
            nearest,
        }
    }

    /// Returns what marks the words of the query anywhere: of the corrections only those that the
    /// hits have, for a word may have dozens.
    fn marker_of(&mut self, hits: &[Hit]) -> Marker {
        if self.needs.corrections.is_empty() {
            return std::mem::take(&mut self.marker);
        }
        let marked: HashSet<String> = hits
            .iter()
            .flat_map(|Hit { snippet, .. }| {
                let marks = snippet.marks.iter();
                marks.flat_map(|mark| tokens::runs(&snippet.text[mark.clone()]))
            })
            .collect();
        let mut terms = std::mem::take(&mut self.needs.corrections);
        terms.retain(|term| marked.contains(term));
        terms.append(&mut self.needs.terms);
        Marker::new(terms, std::mem::take(&mut self.needs.beginnings))
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

    /// Keeps rows that have every phrase. They are read document by document, each once.
    fn keep_phrases(&mut self, found: &mut Vec<Candidate>, phrases: &[&[String]]) {
        found.sort_unstable_by_key(|one| (one.doc, one.row()));
        found.retain(|one| self.has_phrases(*one, phrases));
        found.sort_unstable();
    }

    fn has_phrases(&mut self, one: Candidate, phrases: &[&[String]]) -> bool {
        phrases
            .iter()
            .all(|words| self.has_phrase(one, words, Last::Whole))
    }

    fn has_phrase(&mut self, one: Candidate, words: &[String], last: Last) -> bool {
        let mask = self.fields(one);
        match self.sheet(one) {
            Some(sheet) => {
                let mut pieces = sheet.pieces.iter().filter(|piece| mask.has(piece.mask));
                pieces.any(|piece| stands_in(words, &piece.text, last))
            }
            None => stands_in(words, &self.index.docs.titles.get(one.doc), last),
        }
    }

    /// Returns the fields that have a word of the query; every one, where that is not known.
    fn fields(&self, one: Candidate) -> Mask {
        let entries = self
            .needs
            .all
            .iter()
            .filter_map(|need| need.entry(one.row()));
        let mask = entries.fold(Mask::default(), |mask, entry| mask.or(entry.mask));
        if mask.is_empty() { Mask::WHOLE } else { mask }
    }

    /// Returns what is to be shown of a row; a bare code has nothing but its title.
    fn sheet(&mut self, one: Candidate) -> Option<Sheet> {
        if self.index.docs.make(one.doc) == Make::Entry {
            return None;
        }
        let position = one.row().checked_sub(self.index.docs.rows(one.doc).start)?;
        if self.read.as_ref().is_none_or(|(doc, _)| *doc != one.doc) {
            self.read = Some((one.doc, self.index.read(one.doc)?));
        }
        match &self.read {
            Some((_, Read::Sheets(stack))) => stack.sheet(position),
            Some((_, Read::Document(document))) => {
                let spot = spots(document).nth(position as usize)?;
                Some(Sheet::of(&spot))
            }
            None => None,
        }
    }

    fn group(&self, one: Candidate) -> Group {
        match (one.tier(), self.index.docs.make(one.doc)) {
            (Tier::Code, _) => Group::Best,
            (_, Make::Document) => Group::Documents,
            (_, Make::Entry) => self
                .index
                .docs
                .system(one.doc)
                .map_or(Group::Documents, Group::Codes),
        }
    }

    fn hit(&mut self, one: Candidate, group: Group) -> Option<Hit> {
        let code = self.index.docs.code(one.doc)?;
        let title = self.index.docs.titles.get(one.doc);
        let Some(sheet) = self.sheet(one) else {
            return Some(Hit {
                group,
                why: self.why(one, TITLE),
                snippet: Snippet::of(&title, &self.marker),
                code,
                title,
                place: None,
                trail: Vec::new(),
            });
        };
        let piece = self.piece(one, &sheet.pieces);
        let whole = matches!(one.tier(), Tier::Code | Tier::CodeBegun | Tier::Title)
            && piece.is_none_or(|at| sheet.pieces[at].mask == Mask::TITLE);
        let (trail, label, text) = match piece {
            Some(at) if !whole => {
                let piece = &sheet.pieces[at];
                let mut trail = sheet.trail;
                if piece.in_trail {
                    trail.push(piece.label.clone());
                }
                let label = match piece.label.as_str() {
                    "" => TEXT,
                    label => label,
                };
                (trail, label, text(&sheet.pieces[at..]))
            }
            _ => (Vec::new(), TITLE, title.clone()),
        };
        Some(Hit {
            group,
            why: self.why(one, label),
            snippet: Snippet::of(&text, &self.marker),
            code,
            title,
            place: Some(sheet.place),
            trail,
        })
    }

    /// Chooses the field that shows best why a row is an answer; nothing where the document as a
    /// whole is.
    fn piece(&self, one: Candidate, pieces: &[Piece]) -> Option<usize> {
        let mut mask = Mask::WHOLE;
        let mut modifier = false;
        for need in &self.needs.all {
            if let Some(entry) = need.entry(one.row()) {
                modifier |= entry.mask == Mask::WHOLE;
                mask = mask.and(entry.mask);
            }
        }
        let by_code = self.needs.all.iter().any(|need| !need.docs.is_empty());
        if by_code && one.tier() == Tier::Code && !modifier {
            return None;
        }
        let wanted = |piece: &Piece| {
            if self.needs.all.is_empty() {
                piece.mask != Mask::TITLE && piece.mask != Mask::HEADING
            } else if modifier && mask == Mask::WHOLE {
                piece.mask == Mask::NAME
            } else {
                mask.is_empty() || mask.has(piece.mask)
            }
        };
        let mut fit =
            (0..pieces.len()).filter(|at| wanted(&pieces[*at]) && !pieces[*at].text.is_empty());
        let first = fit.next()?;
        // Where only one field fits, its words need not be counted.
        let Some(second) = fit.next() else {
            return Some(first);
        };
        [first, second]
            .into_iter()
            .chain(fit)
            .max_by_key(|at| (self.marker.count(&pieces[*at].text), pieces.len() - at))
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
    let Some(end) = words.len().checked_sub(1) else {
        return false;
    };
    // Whether the words up to each one end where the text has been read to.
    let mut ended = vec![false; words.len()];
    let mut found = false;
    tokens::each(text, |token| {
        if token.make != tokens::Make::Run {
            return;
        }
        for (at, word) in words.iter().enumerate().rev() {
            let fits = token.text == word
                || (at == end && last == Last::Begun && token.text.starts_with(word.as_str()));
            ended[at] = fits && (at == 0 || ended[at - 1]);
        }
        found |= ended[end];
    });
    found
}

/// Returns a field's text; a short one with those after it.
fn text(pieces: &[Piece]) -> String {
    let Some((first, after)) = pieces.split_first() else {
        return String::new();
    };
    let mut text = first.text.clone();
    if first.mask == Mask::TITLE || first.mask == Mask::HEADING {
        return text;
    }
    for piece in after {
        if text.len() >= SHORT_FIELD || piece.mask == Mask::REST {
            break;
        }
        // Absences in a row say the same.
        if !text.ends_with(&piece.text) {
            text.push_str(" — ");
            text.push_str(&piece.text);
        }
    }
    text
}
