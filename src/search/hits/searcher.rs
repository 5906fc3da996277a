//! The searcher: evaluates a query, ranks the matches, and reads the best rows to build hits.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use crate::content::{CodeId, Document};
use crate::search::doc_table::DocKind;
use crate::search::eval::filter::ScopeFilter;
use crate::search::eval::matches::{MatchKind, QueryMatches};
use crate::search::eval::planner::{Fuzziness, find_matches};
use crate::search::fields::{FieldMask, RowContext, row_contexts};
use crate::search::fuzzy::TermMatch;
use crate::search::hits::collector::Collector;
use crate::search::hits::field_choice::{ShownFields, choose_field};
use crate::search::hits::group::{HitGroup, group_hits};
use crate::search::hits::highlight::Highlighter;
use crate::search::hits::phrase::contains_phrase;
use crate::search::hits::ranking::Tier;
use crate::search::hits::results::{Hit, MatchReason, Results};
use crate::search::hits::scope_values::all_modifiers;
use crate::search::hits::snippet::Snippet;
use crate::search::hits::suggest::suggestions;
use crate::search::hits::top_k::ScoredRow;
use crate::search::index::Index;
use crate::search::query::parse::{Clause, Query};
use crate::search::query::scope::ScopeKind;
use crate::search::row_store::{EncodedRow, StoredField, StoredRow};
use crate::search::tokenizer::split_words;

/// The number of top rows that are read to promote those in which the words are adjacent.
const RERANK_WINDOW: usize = 24;

/// The most rows that are read to check that they have the query's phrases.
const MAX_PHRASE_ROWS: usize = 400;

/// The number of top rows after which no more are read if enough of them have the phrases.
const FIRST_PHRASE_ROWS: usize = 200;
const ENOUGH_PHRASE_ROWS: usize = 60;

/// The most parsed documents that a search has in memory.
const MAX_PARSED_DOCS: usize = 64;

/// One in this many hits is reserved for documents.
const RESERVED_SHARE: usize = 4;

/// Field names in a [`MatchReason`]: the title, and a field without a label.
const TITLE: &str = "Title";
const TEXT: &str = "Text";

impl Index {
    /// Returns the best hits for a query, at most `limit`. Rows of the open document rank above
    /// equal rows of other documents.
    pub fn search(&self, query: &Query, open: Option<&CodeId>, limit: usize) -> Results {
        if let Some(scope) = query.bare_scope() {
            return self.search_scope_values(scope, limit);
        }
        let claim = query.claim.as_deref();
        let claim = claim.map(|lines| self.search_claim(lines, limit));
        let results = claim
            .filter(|results| !results.hits.is_empty())
            .unwrap_or_else(|| {
                if query.is_empty() {
                    return Results::default();
                }
                Searcher::new(self, query, open, limit).first_page(limit)
            });
        // If the file was damaged after it was opened, any number of hits may be missing.
        if self.terms.is_damaged() {
            Results::default()
        } else {
            results
        }
    }

    /// Returns some of the hits that come after the `limit` of [`Index::search`], best first. The
    /// range is of their numbers, from 0.
    pub fn search_further(
        &self,
        query: &Query,
        open: Option<&CodeId>,
        limit: usize,
        range: Range<usize>,
    ) -> Vec<Hit> {
        if query.bare_scope() == Some(ScopeKind::Modifier) {
            return self.search_further(&all_modifiers(), None, limit, range);
        }
        let claim = query.claim.as_deref();
        let claim = claim.map(|lines| self.search_claim(lines, usize::MAX).hits);
        match claim.filter(|hits| !hits.is_empty()) {
            Some(hits) => {
                let further = hits.into_iter().skip(limit.saturating_add(range.start));
                further.take(range.len()).collect()
            }
            None if query.is_empty() => Vec::new(),
            None => Searcher::new(self, query, open, usize::MAX).further_hits(limit, range),
        }
    }
}

/// A row, read to check it or to show a hit.
enum LoadedRow<'d> {
    Stored(EncodedRow),
    Parsed(RowContext<'d>),
}

struct Searcher<'a> {
    index: &'a Index,
    query: &'a Query,
    matches: QueryMatches,
    highlighter: Highlighter,
    /// The documents that were parsed because a stored row is missing or damaged.
    parsed: HashMap<u32, Arc<Document>>,
    /// The top rows, best first.
    rows: Vec<ScoredRow>,
    total: usize,
    /// See [`Results::unverified`].
    unverified: usize,
}

impl<'a> Searcher<'a> {
    /// Evaluates a query and ranks its matches. At least the top `limit` rows of documents and those
    /// of listed codes are kept.
    fn new(index: &'a Index, query: &'a Query, open: Option<&CodeId>, limit: usize) -> Self {
        let scope_filter = ScopeFilter::from_query(index, query);
        let phrases: Vec<&[String]> = phrases(query).collect();
        let max_rows = if phrases.is_empty() {
            limit.max(RERANK_WINDOW)
        } else {
            MAX_PHRASE_ROWS
        };
        let find = |fuzziness| {
            let matches = find_matches(index, query, &scope_filter, fuzziness);
            let ranked = Collector::rank(index, &matches, &scope_filter, open, max_rows);
            (matches, ranked)
        };
        let (mut matches, (mut rows, mut total)) = find(Fuzziness::UnmatchedWords);
        if total == 0 && !matches.by_clause.is_empty() {
            (matches, (rows, total)) = find(Fuzziness::AllWords);
        }
        let terms = [&matches.terms[..], &matches.corrections[..]].concat();
        let mut searcher = Self {
            index,
            query,
            highlighter: Highlighter::new(terms, matches.prefixes.clone()),
            matches,
            parsed: HashMap::new(),
            rows: Vec::new(),
            total,
            unverified: 0,
        };
        if phrases.is_empty() {
            searcher.promote_adjacent_words(&mut rows);
        } else {
            let mut others = rows.split_off(rows.len().min(FIRST_PHRASE_ROWS));
            searcher.unverified = total - rows.len();
            searcher.retain_phrase_matches(&mut rows, &phrases);
            if rows.len() < ENOUGH_PHRASE_ROWS {
                searcher.unverified -= others.len();
                searcher.retain_phrase_matches(&mut others, &phrases);
                rows.append(&mut others);
            }
            searcher.total = rows.len();
        }
        searcher.rows = rows;
        searcher
    }

    fn first_page(&mut self, limit: usize) -> Results {
        let (rows, _) = self.split_pages(limit);
        let hits: Vec<Hit> = group_hits(rows, |row| self.group(*row))
            .into_iter()
            .filter_map(|(group, row)| self.hit(row, group))
            .collect();
        let corrections = self.corrections_in(&hits);
        Results {
            highlighter: self.highlighter_with(&corrections),
            corrections,
            hits,
            total: self.total,
            unverified: self.unverified,
            missing: Vec::new(),
            has_scope_values: false,
            suggestions: match self.total {
                0 => suggestions(self.index, self.query),
                _ => Vec::new(),
            },
        }
    }

    fn further_hits(&mut self, limit: usize, range: Range<usize>) -> Vec<Hit> {
        let (_, rows) = self.split_pages(limit);
        let rows = rows.into_iter().skip(range.start).take(range.len());
        rows.filter_map(|row| self.hit(row, self.group(row)))
            .collect()
    }

    /// Splits the ranked rows into the first `limit` and the others. A part of the first ones is
    /// reserved for documents, however many codes match.
    fn split_pages(&mut self, limit: usize) -> (Vec<ScoredRow>, Vec<ScoredRow>) {
        let rows = std::mem::take(&mut self.rows);
        let is_document = |row: &ScoredRow| self.index.docs.kind(row.doc) == DocKind::Document;
        let count = |rows: &[ScoredRow]| rows.iter().filter(|row| is_document(row)).count();
        let reserved = count(&rows).min(limit / RESERVED_SHARE);
        let mut documents = reserved.max(count(&rows[..limit.min(rows.len())]));
        let mut codes = limit - documents;
        rows.into_iter().partition(|row| {
            let room = if is_document(row) {
                &mut documents
            } else {
                &mut codes
            };
            let fits = *room > 0;
            *room = room.saturating_sub(1);
            fits
        })
    }

    /// Returns the corrections of misspelled words, of which there may be dozens, that are in the
    /// hits.
    fn corrections_in(&self, hits: &[Hit]) -> Vec<String> {
        if self.matches.corrections.is_empty() {
            return Vec::new();
        }
        let highlighted = hits.iter().flat_map(|Hit { snippet, .. }| {
            let ranges = snippet.highlights.iter();
            ranges.flat_map(|range| split_words(&snippet.text[range.clone()]))
        });
        let highlighted: HashSet<String> = highlighted.collect();
        let corrections = self.matches.corrections.iter();
        let found = corrections.filter(|term| highlighted.contains(*term));
        found.cloned().collect()
    }

    /// Returns the highlighter for whole documents, with these corrections only.
    fn highlighter_with(&mut self, corrections: &[String]) -> Highlighter {
        if self.matches.corrections.is_empty() {
            return std::mem::take(&mut self.highlighter);
        }
        let terms = [corrections, &self.matches.terms].concat();
        Highlighter::new(terms, std::mem::take(&mut self.matches.prefixes))
    }

    /// Promotes the rows that have the words of the query next to one another.
    fn promote_adjacent_words(&mut self, rows: &mut [ScoredRow]) {
        let words = self
            .query
            .clauses
            .iter()
            .map(|clause| Some(clause.as_word()?.text.clone()));
        let words: Option<Vec<String>> = words.collect();
        let Some(words) = words.filter(|words| words.len() > 1) else {
            return;
        };
        let window = rows.len().min(RERANK_WINDOW);
        for row in &mut rows[..window] {
            let phrase = (&words[..], TermMatch::Prefix);
            if row.key.tier() == Tier::Field && self.has_phrases(*row, &[phrase]) {
                row.key.promote_to_phrase();
            }
        }
        rows[..window].sort_unstable();
    }

    /// Retains the rows that have every phrase. The rows of a document follow one another, so that a
    /// document without stored rows is parsed once.
    fn retain_phrase_matches(&mut self, rows: &mut Vec<ScoredRow>, phrases: &[&[String]]) {
        rows.sort_unstable_by_key(|row| (row.doc, row.key.row()));
        let mut phrases: Vec<_> = phrases
            .iter()
            .map(|words| (*words, TermMatch::Exact))
            .collect();
        if let (Some(Clause::Phrase(words)), Some((last, last_word))) =
            (self.query.clauses.last(), phrases.last_mut())
            && words == last
        {
            *last_word = self.query.last_term;
        }
        rows.retain(|row| row.key.tier() == Tier::Named || self.has_phrases(*row, &phrases));
        rows.sort_unstable();
    }

    /// Returns true if a row has every phrase. How its last word may match is given with a phrase.
    fn has_phrases(&mut self, row: ScoredRow, phrases: &[(&[String], TermMatch)]) -> bool {
        let index = self.index;
        let matched_fields = self.matched_fields(row);
        let loaded = self.load_row(row);
        phrases.iter().all(|(words, last_word)| {
            let is_match = |mask, text: &str| {
                matched_fields.intersects(mask) && contains_phrase(words, text, *last_word)
            };
            match &loaded {
                Some(LoadedRow::Stored(row)) => row.any_field(is_match).unwrap_or_default(),
                Some(LoadedRow::Parsed(context)) => {
                    let fields = context.fields();
                    fields.into_iter().any(|it| is_match(it.mask, &it.text))
                }
                None => contains_phrase(words, &index.docs.titles.get(row.doc), *last_word),
            }
        })
    }

    /// Returns the fields that have a word of the query, or all fields if none is known.
    fn matched_fields(&self, row: ScoredRow) -> FieldMask {
        let matches = self.matches.of_row(row.key.row());
        let mask = matches.fold(FieldMask::default(), |mask, found| mask.or(found.mask));
        if mask.is_empty() {
            FieldMask::ALL
        } else {
            mask
        }
    }

    /// Reads a row from the store, or else from its document. Returns `None` for a bare code, which has
    /// a title only.
    fn load_row(&mut self, row: ScoredRow) -> Option<LoadedRow<'_>> {
        let index = self.index;
        if index.docs.kind(row.doc) == DocKind::ListedCode {
            return None;
        }
        let position = row.key.row().checked_sub(index.docs.rows(row.doc).start)?;
        let store = index.row_store.as_ref();
        if let Some(stored) = store.and_then(|store| store.row(row.doc, position)) {
            return Some(LoadedRow::Stored(stored));
        }
        if !self.parsed.contains_key(&row.doc) {
            let document = index.document_source.document(&index.docs.code(row.doc)?)?;
            if self.parsed.len() == MAX_PARSED_DOCS {
                self.parsed.clear();
            }
            self.parsed.insert(row.doc, document);
        }
        let context = row_contexts(self.parsed.get(&row.doc)?).nth(position as usize)?;
        Some(LoadedRow::Parsed(context))
    }

    fn stored_row(&mut self, row: ScoredRow) -> Option<StoredRow> {
        match self.load_row(row)? {
            LoadedRow::Stored(row) => row.decode(),
            LoadedRow::Parsed(context) => Some(StoredRow::from_context(&context)),
        }
    }

    fn group(&self, row: ScoredRow) -> HitGroup {
        let docs = &self.index.docs;
        match (row.key.tier(), docs.kind(row.doc), docs.system(row.doc)) {
            _ if row.key.has_typo() => HitGroup::Similar,
            (Tier::Code | Tier::Named, ..) => HitGroup::Best,
            (_, DocKind::ListedCode, Some(system)) => HitGroup::Codes(system),
            _ => HitGroup::Documents,
        }
    }

    fn hit(&mut self, row: ScoredRow, group: HitGroup) -> Option<Hit> {
        let code = self.index.docs.code(row.doc)?;
        let title = self.index.docs.titles.get(row.doc);
        let stored = self.stored_row(row);
        let (tier, highlighter) = (row.key.tier(), &self.highlighter);
        let shown = ShownFields::new(&self.matches, row.key.row(), tier);
        let fields = stored.as_ref().map(|stored| &stored.fields[..]);
        let field = fields.and_then(|fields| choose_field(shown, tier, fields, highlighter));
        let mut trail = Vec::new();
        let (label, snippet) = match (&stored, field) {
            (Some(stored), Some(position)) => {
                let StoredField {
                    label, in_trail, ..
                } = &stored.fields[position];
                trail.clone_from(&stored.trail);
                trail.extend(in_trail.then(|| label.clone()));
                let label = if label.is_empty() { TEXT } else { label };
                (
                    label,
                    Snippet::of_fields(&stored.fields[position..], highlighter),
                )
            }
            (None, _) if matches!(shown, ShownFields::Mask(_)) => {
                match self.alias(&code, &title, row) {
                    Some((label, alias)) => {
                        let text = format!("{title} — {alias}");
                        (label, Snippet::new(&text, highlighter))
                    }
                    None => (TITLE, Snippet::new(&title, highlighter)),
                }
            }
            _ => (TITLE, Snippet::new(&title, highlighter)),
        };
        Some(Hit {
            group,
            reason: self.match_reason(row, label),
            snippet,
            code,
            title,
            row_path: stored.map(|stored| stored.row_path),
            trail,
        })
    }

    /// Returns the other name of a listed code that has most words of the query, with its kind, if
    /// the title has fewer.
    fn alias(&self, code: &CodeId, title: &str, row: ScoredRow) -> Option<(&'static str, String)> {
        let count = |text: &str| self.highlighter.distinct_matches(text);
        let in_title = count(title);
        if in_title >= self.matches.of_row(row.key.row()).count() {
            return None;
        }
        let aliases = self.index.document_source.aliases(code).into_iter();
        let counted = aliases.map(|alias| (count(&alias.1), alias));
        // The first of several.
        let best = counted.rev().max_by_key(|(count, _)| *count);
        let (_, alias) = best.filter(|(count, _)| *count > in_title)?;
        Some(alias)
    }

    fn match_reason(&self, row: ScoredRow, field: &str) -> MatchReason {
        let mut typos = 0;
        for found in self.matches.of_row(row.key.row()) {
            match found.kind {
                MatchKind::Synonym(n) => {
                    if let Some(synonym) = self.matches.synonyms.get(usize::from(n)) {
                        let (query_words, synonym) = synonym.clone();
                        return MatchReason::Synonym {
                            query_words,
                            synonym,
                        };
                    }
                }
                MatchKind::Typo => typos += 1,
                MatchKind::Words | MatchKind::Modifier | MatchKind::CodeAndModifier => {}
            }
        }
        match row.key.tier() {
            Tier::Code | Tier::CodePrefix => MatchReason::Code,
            Tier::Named => MatchReason::Synonym {
                query_words: self.query.text().trim().to_owned(),
                synonym: self.index.docs.titles.get(row.doc),
            },
            Tier::Modifier => MatchReason::Modifier,
            _ => MatchReason::Words {
                field: field.to_owned(),
                typos,
            },
        }
    }
}

/// Returns the phrases of several words. A row that has a single word needs no check.
fn phrases(query: &Query) -> impl Iterator<Item = &[String]> {
    query.clauses.iter().filter_map(|clause| match clause {
        Clause::Phrase(words) if words.len() > 1 => Some(&words[..]),
        _ => None,
    })
}
