//! Defines how answers are shown: the best rows as hits with their place, reason and snippet.

use std::collections::HashSet;

use crate::content::CodeId;

use crate::search::doc_table::DocKind;
use crate::search::eval::filter::ScopeFilter;
use crate::search::eval::matches::{MatchKind, QueryMatches};
use crate::search::eval::planner::Fuzziness;
use crate::search::fields::{FieldMask, row_contexts};
use crate::search::hits::group::{HitGroup, group_hits};
use crate::search::hits::highlight::Highlighter;
use crate::search::hits::ranker::{Ranker, ScoredRow, Tier};
use crate::search::hits::results::{Hit, MatchReason, Results};
use crate::search::hits::snippet::Snippet;
use crate::search::hits::suggest;
use crate::search::index::{Index, LoadedDoc};
use crate::search::query::parse::{Clause, Query};
use crate::search::row_store::{StoredField, StoredRow};
use crate::search::tokenizer;

/// How many of the best rows are read again to see whether their words stand together.
const RERANK_WINDOW: usize = 24;

/// How many rows are read again at most to tell which have a phrase that was asked for.
const MAX_PHRASE_ROWS: usize = 400;

/// A field this short is followed by those after it in a snippet, in bytes.
const SHORT_FIELD: usize = 80;

/// What a title is called in a reason, and a field without a name.
const TITLE: &str = "Title";
const TEXT: &str = "Text";

impl Index {
    /// Returns the best hits for a query, at most `limit`. Rows of the open document rank above
    /// equal rows of other documents.
    pub fn search(&self, query: &Query, open: Option<&CodeId>, limit: usize) -> Results {
        let results = Searcher::search(self, query, open, limit);
        if self.terms.is_damaged() {
            // The file was damaged after it was opened, so any number of hits may be missing.
            return Results::default();
        }
        results
    }
}

/// Answers one query.
struct Searcher<'a> {
    index: &'a Index,
    query: &'a Query,
    matches: QueryMatches,
    highlighter: Highlighter,
    /// What was read last, and of which document.
    last_read: Option<(u32, LoadedDoc)>,
}

impl<'a> Searcher<'a> {
    /// Finds the best answers to a query.
    fn search(index: &'a Index, query: &'a Query, open: Option<&CodeId>, limit: usize) -> Results {
        if query.is_empty() {
            return Results::default();
        }
        let bounds = ScopeFilter::from_query(index, query);
        let mut needs = QueryMatches::find(index, query, &bounds, Fuzziness::UnmatchedWords);
        let most = if phrases(query.clauses()).is_empty() {
            limit.max(RERANK_WINDOW)
        } else {
            MAX_PHRASE_ROWS
        };
        let rank = |needs: &QueryMatches| Ranker::rank(index, needs, &bounds, open, most).finish();
        let mut found = rank(&needs);
        if found.1 == 0 && !needs.by_clause.is_empty() {
            needs = QueryMatches::find(index, query, &bounds, Fuzziness::AllWords);
            found = rank(&needs);
        }
        let terms = [&needs.terms[..], &needs.corrections[..]].concat();
        let marker = Highlighter::new(terms, needs.prefixes.clone());
        let mut answer = Self {
            index,
            query,
            matches: needs,
            highlighter: marker,
            last_read: None,
        };
        answer.build_results(found, limit)
    }

    fn build_results(
        &mut self,
        (mut found, mut total): (Vec<ScoredRow>, usize),
        limit: usize,
    ) -> Results {
        let phrases: Vec<&[String]> = phrases(self.query.clauses());
        let mut unread = 0;
        if phrases.is_empty() {
            self.promote_phrase_matches(&mut found);
        } else {
            unread = total - found.len();
            self.retain_phrase_matches(&mut found, &phrases);
            total = found.len();
        }
        found.truncate(limit);
        let hits: Vec<Hit> = group_hits(found, |one| self.group(*one))
            .into_iter()
            .filter_map(|(group, one)| self.hit(one, group))
            .collect();
        let nearest = if total == 0 {
            suggest::suggestions(self.index, self.query, &self.matches)
        } else {
            Vec::new()
        };
        Results {
            highlighter: self.highlighter_for(&hits),
            hits,
            total,
            unverified: unread,
            suggestions: nearest,
        }
    }

    /// Returns what marks the words of the query anywhere: of the corrections only those that the
    /// hits have, for a word may have dozens.
    fn highlighter_for(&mut self, hits: &[Hit]) -> Highlighter {
        if self.matches.corrections.is_empty() {
            return std::mem::take(&mut self.highlighter);
        }
        let marked: HashSet<String> = hits
            .iter()
            .flat_map(|Hit { snippet, .. }| {
                let marks = snippet.highlights.iter();
                marks.flat_map(|mark| tokenizer::split_words(&snippet.text[mark.clone()]))
            })
            .collect();
        let mut terms = std::mem::take(&mut self.matches.corrections);
        terms.retain(|term| marked.contains(term));
        terms.append(&mut self.matches.terms);
        Highlighter::new(terms, std::mem::take(&mut self.matches.prefixes))
    }

    /// Moves rows up whose words stand next to one another as they do in the query.
    fn promote_phrase_matches(&mut self, found: &mut [ScoredRow]) {
        let words: Vec<String> = self
            .query
            .clauses()
            .iter()
            .filter_map(|part| match part {
                Clause::Word(word) => Some(word.text.clone()),
                _ => None,
            })
            .collect();
        if words.len() < 2 || words.len() < self.query.clauses().len() {
            return;
        }
        let window = found.len().min(RERANK_WINDOW);
        let Some(window) = found.get_mut(..window) else {
            return;
        };
        for one in window.iter_mut().filter(|one| one.tier() == Tier::Field) {
            if self.has_phrase(*one, &words, PhraseMatch::Prefix) {
                one.promote();
            }
        }
        window.sort_unstable();
    }

    /// Keeps rows that have every phrase. They are read document by document, each once.
    fn retain_phrase_matches(&mut self, found: &mut Vec<ScoredRow>, phrases: &[&[String]]) {
        found.sort_unstable_by_key(|one| (one.doc, one.row()));
        found.retain(|one| self.has_all_phrases(*one, phrases));
        found.sort_unstable();
    }

    fn has_all_phrases(&mut self, one: ScoredRow, phrases: &[&[String]]) -> bool {
        phrases
            .iter()
            .all(|words| self.has_phrase(one, words, PhraseMatch::Exact))
    }

    fn has_phrase(&mut self, one: ScoredRow, words: &[String], last: PhraseMatch) -> bool {
        let mask = self.matched_fields(one);
        match self.stored_row(one) {
            Some(sheet) => {
                let mut pieces = sheet
                    .fields
                    .iter()
                    .filter(|piece| mask.intersects(piece.mask));
                pieces.any(|piece| contains_phrase(words, &piece.text, last))
            }
            None => contains_phrase(words, &self.index.docs.titles.get(one.doc), last),
        }
    }

    /// Returns the fields that have a word of the query; every one, where that is not known.
    fn matched_fields(&self, one: ScoredRow) -> FieldMask {
        let entries = self
            .matches
            .by_clause
            .iter()
            .filter_map(|need| need.row_match(one.row()));
        let mask = entries.fold(FieldMask::default(), |mask, entry| mask.or(entry.mask));
        if mask.is_empty() {
            FieldMask::ALL
        } else {
            mask
        }
    }

    /// Returns what is to be shown of a row; a bare code has nothing but its title.
    fn stored_row(&mut self, one: ScoredRow) -> Option<StoredRow> {
        if self.index.docs.kind(one.doc) == DocKind::ListedCode {
            return None;
        }
        let position = one.row().checked_sub(self.index.docs.rows(one.doc).start)?;
        if self
            .last_read
            .as_ref()
            .is_none_or(|(doc, _)| *doc != one.doc)
        {
            self.last_read = Some((one.doc, self.index.load_doc(one.doc)?));
        }
        match &self.last_read {
            Some((_, LoadedDoc::Stored(stack))) => stack.row(position),
            Some((_, LoadedDoc::Parsed(document))) => {
                let spot = row_contexts(document).nth(position as usize)?;
                Some(StoredRow::from_context(&spot))
            }
            None => None,
        }
    }

    fn group(&self, one: ScoredRow) -> HitGroup {
        match (one.tier(), self.index.docs.kind(one.doc)) {
            (Tier::Code, _) => HitGroup::Best,
            (_, DocKind::Document) => HitGroup::Documents,
            (_, DocKind::ListedCode) => self
                .index
                .docs
                .system(one.doc)
                .map_or(HitGroup::Documents, HitGroup::Codes),
        }
    }

    fn hit(&mut self, one: ScoredRow, group: HitGroup) -> Option<Hit> {
        let code = self.index.docs.code(one.doc)?;
        let title = self.index.docs.titles.get(one.doc);
        let Some(sheet) = self.stored_row(one) else {
            return Some(Hit {
                group,
                reason: self.match_reason(one, TITLE),
                snippet: Snippet::new(&title, &self.highlighter),
                code,
                title,
                row_path: None,
                trail: Vec::new(),
            });
        };
        let piece = self.best_field(one, &sheet.fields);
        let whole = matches!(one.tier(), Tier::Code | Tier::CodePrefix | Tier::Title)
            && piece.is_none_or(|at| sheet.fields[at].mask == FieldMask::TITLE);
        let (trail, label, text) = match piece {
            Some(at) if !whole => {
                let piece = &sheet.fields[at];
                let mut trail = sheet.trail;
                if piece.in_trail {
                    trail.push(piece.label.clone());
                }
                let label = match piece.label.as_str() {
                    "" => TEXT,
                    label => label,
                };
                (trail, label, snippet_text(&sheet.fields[at..]))
            }
            _ => (Vec::new(), TITLE, title.clone()),
        };
        Some(Hit {
            group,
            reason: self.match_reason(one, label),
            snippet: Snippet::new(&text, &self.highlighter),
            code,
            title,
            row_path: Some(sheet.row_path),
            trail,
        })
    }

    /// Chooses the field that shows best why a row is an answer; nothing where the document as a
    /// whole is.
    fn best_field(&self, one: ScoredRow, pieces: &[StoredField]) -> Option<usize> {
        let mut mask = FieldMask::ALL;
        let mut modifier = false;
        for need in &self.matches.by_clause {
            if let Some(entry) = need.row_match(one.row()) {
                modifier |= entry.mask == FieldMask::ALL;
                mask = mask.and(entry.mask);
            }
        }
        let by_code = self
            .matches
            .by_clause
            .iter()
            .any(|need| !need.code_docs.is_empty());
        if by_code && one.tier() == Tier::Code && !modifier {
            return None;
        }
        let wanted = |piece: &StoredField| {
            if self.matches.by_clause.is_empty() {
                piece.mask != FieldMask::TITLE && piece.mask != FieldMask::HEADING
            } else if modifier && mask == FieldMask::ALL {
                piece.mask == FieldMask::NAME
            } else {
                mask.is_empty() || mask.intersects(piece.mask)
            }
        };
        let mut fit =
            (0..pieces.len()).filter(|at| wanted(&pieces[*at]) && !pieces[*at].text.is_empty());
        let first = fit.next()?;
        // Where only one field fits, its words need not be counted.
        let Some(second) = fit.next() else {
            return Some(first);
        };
        [first, second].into_iter().chain(fit).max_by_key(|at| {
            (
                self.highlighter.distinct_matches(&pieces[*at].text),
                pieces.len() - at,
            )
        })
    }

    fn match_reason(&self, one: ScoredRow, field: &str) -> MatchReason {
        let mut typos = 0;
        for need in &self.matches.by_clause {
            match need.row_match(one.row()).map(|entry| entry.kind) {
                Some(MatchKind::Synonym(at)) => {
                    if let Some((asked, found)) = self.matches.synonyms.get(usize::from(at)) {
                        return MatchReason::Synonym {
                            query_words: asked.clone(),
                            synonym: found.clone(),
                        };
                    }
                }
                Some(MatchKind::Typo) => typos += 1,
                Some(MatchKind::Words | MatchKind::Modifier | MatchKind::CodeAndModifier)
                | None => {}
            }
        }
        match one.tier() {
            Tier::Code | Tier::CodePrefix => MatchReason::Code,
            Tier::Modifier => MatchReason::Modifier,
            _ => MatchReason::Words {
                field: field.to_owned(),
                typos,
            },
        }
    }
}

fn phrases(parts: &[Clause]) -> Vec<&[String]> {
    parts
        .iter()
        .filter_map(|part| match part {
            Clause::Phrase(words) => Some(&words[..]),
            _ => None,
        })
        .collect()
}

/// Whether the last word of a phrase may be the beginning of a longer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PhraseMatch {
    Exact,
    Prefix,
}

/// Says whether some words stand next to one another in a text, in this order.
fn contains_phrase(words: &[String], text: &str, last: PhraseMatch) -> bool {
    let Some(end) = words.len().checked_sub(1) else {
        return false;
    };
    // Whether the words up to each one end where the text has been read to.
    let mut ended = vec![false; words.len()];
    let mut found = false;
    tokenizer::for_each_token(text, |token| {
        if token.kind != tokenizer::TokenKind::Word {
            return;
        }
        for (at, word) in words.iter().enumerate().rev() {
            let fits = token.text == word
                || (at == end
                    && last == PhraseMatch::Prefix
                    && token.text.starts_with(word.as_str()));
            ended[at] = fits && (at == 0 || ended[at - 1]);
        }
        found |= ended[end];
    });
    found
}

/// Returns a field's text; a short one with those after it.
fn snippet_text(pieces: &[StoredField]) -> String {
    let Some((first, after)) = pieces.split_first() else {
        return String::new();
    };
    let mut text = first.text.clone();
    if first.mask == FieldMask::TITLE || first.mask == FieldMask::HEADING {
        return text;
    }
    for piece in after {
        if text.len() >= SHORT_FIELD || piece.mask == FieldMask::REST {
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
