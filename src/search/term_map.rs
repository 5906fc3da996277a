//! The term map: every term and its ordinal, which is its position in sorted order.

use std::borrow::Cow;
use std::ops::ControlFlow;

use fst::{Automaton, IntoStreamer, Map, Streamer};

use crate::num::saturating_u32;

/// The most terms of a plain list. An `fst` map is smaller and skips terms that cannot match, but
/// building one allocates 960 KB, an eighth of the memory of a reader with a few documents.
const MAX_LIST_TERMS: usize = 4096;

pub(crate) enum TermMap {
    List(Box<[Box<str>]>),
    Fst(Map<Vec<u8>>),
}

impl Default for TermMap {
    fn default() -> Self {
        Self::List(Box::default())
    }
}

impl TermMap {
    /// Creates a map of terms that are sorted and unique.
    pub(crate) fn from_sorted(terms: &[&str]) -> Self {
        if terms.len() <= MAX_LIST_TERMS {
            Self::List(terms.iter().map(|term| Box::from(*term)).collect())
        } else {
            Self::Fst(build_fst(terms.iter().copied()))
        }
    }

    /// Opens the bytes that [`TermMap::to_bytes`] returned, or returns `None` for any others.
    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        Map::new(bytes).ok().map(Self::Fst)
    }

    /// Returns the terms as an `fst` map.
    pub(crate) fn to_bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Self::List(terms) => {
                let map = build_fst(terms.iter().map(|term| &**term));
                Cow::Owned(map.into_fst().into_inner())
            }
            Self::Fst(map) => Cow::Borrowed(map.as_fst().as_bytes()),
        }
    }

    pub(crate) fn size(&self) -> usize {
        match self {
            Self::List(terms) => terms
                .iter()
                .map(|term| term.len() + size_of_val(term))
                .sum(),
            Self::Fst(map) => map.as_fst().size(),
        }
    }

    pub(crate) fn term_ord(&self, term: &str) -> Option<u32> {
        match self {
            Self::List(terms) => {
                let position = terms.binary_search_by(|other| (**other).cmp(term)).ok()?;
                u32::try_from(position).ok()
            }
            Self::Fst(map) => u32::try_from(map.get(term)?).ok(),
        }
    }

    /// Returns the ordinal of the first term that is not less than `bound`.
    pub(crate) fn lower_bound(&self, bound: &[u8]) -> Option<u32> {
        match self {
            Self::List(terms) => {
                let position = terms.partition_point(|term| term.as_bytes() < bound);
                (position < terms.len()).then(|| saturating_u32(position))
            }
            Self::Fst(map) => {
                let mut stream = map.range().ge(bound).into_stream();
                let (_, ord) = stream.next()?;
                u32::try_from(ord).ok()
            }
        }
    }

    /// Calls `visit` with each term that an automaton accepts and its ordinal, in order, until
    /// `visit` breaks.
    pub(crate) fn for_each_match(
        &self,
        automaton: impl Automaton,
        mut visit: impl FnMut(&str, u32) -> ControlFlow<()>,
    ) {
        match self {
            Self::List(terms) => {
                for (term, ord) in terms.iter().zip(0..) {
                    if accepts(&automaton, term.as_bytes()) && visit(term, ord).is_break() {
                        return;
                    }
                }
            }
            Self::Fst(map) => {
                let mut stream = map.search(automaton).into_stream();
                while let Some((term, ord)) = stream.next() {
                    if let (Ok(term), Ok(ord)) = (std::str::from_utf8(term), u32::try_from(ord))
                        && visit(term, ord).is_break()
                    {
                        return;
                    }
                }
            }
        }
    }
}

fn accepts(automaton: &impl Automaton, term: &[u8]) -> bool {
    let mut state = automaton.start();
    for byte in term {
        if !automaton.can_match(&state) {
            return false;
        }
        state = automaton.accept(&state, *byte);
    }
    automaton.is_match(&state)
}

/// Builds a map of sorted, unique terms, which cannot fail.
fn build_fst<'t>(terms: impl Iterator<Item = &'t str>) -> Map<Vec<u8>> {
    Map::from_iter(terms.zip(0..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fst::automaton::Str;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn list_and_fst_give_the_same_answers(
            terms in prop::collection::btree_set("[a-cé]{1,4}", 0..40),
            query in "[a-cé]{0,4}",
        ) {
            let terms: Vec<&str> = terms.iter().map(String::as_str).collect();
            let list = TermMap::from_sorted(&terms);
            let fst = TermMap::from_bytes(list.to_bytes().into_owned()).unwrap();
            prop_assert!(matches!(list, TermMap::List(_)) && matches!(fst, TermMap::Fst(_)));
            prop_assert_eq!(list.term_ord(&query), fst.term_ord(&query));
            prop_assert_eq!(list.lower_bound(query.as_bytes()), fst.lower_bound(query.as_bytes()));
            let first_three = |map: &TermMap| {
                let mut found = Vec::new();
                map.for_each_match(Str::new(&query).starts_with(), |term, ord| {
                    found.push((term.to_owned(), ord));
                    if found.len() < 3 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                });
                found
            };
            prop_assert_eq!(first_three(&list), first_three(&fst));
        }
    }
}
