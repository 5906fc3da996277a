//! Chooses the field of a row that a hit shows.

use std::cmp::Reverse;

use crate::search::eval::matches::QueryMatches;
use crate::search::fields::FieldMask;
use crate::search::hits::highlight::Highlighter;
use crate::search::hits::ranking::Tier;
use crate::search::row_store::StoredField;

/// The fields of a row that may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShownFields {
    /// The document matches by its code.
    None,
    /// The query has scopes only.
    AllButHeadings,
    /// The row is about the modifier of the query.
    Name,
    /// The words match in these fields; in unknown ones if the mask is empty.
    Mask(FieldMask),
}

impl ShownFields {
    pub(crate) fn new(matches: &QueryMatches, row: u32, tier: Tier) -> Self {
        let mut mask = FieldMask::ALL;
        let mut is_about_modifier = false;
        for found in matches.of_row(row) {
            is_about_modifier |= found.mask == FieldMask::ALL;
            mask = mask.and(found.mask);
        }
        let mut clauses = matches.by_clause.iter();
        let has_code = clauses.any(|clause| !clause.code_docs.is_empty());
        if matches.by_clause.is_empty() && tier == Tier::CodePrefix {
            // The scopes restrict documents only.
            Self::None
        } else if matches.by_clause.is_empty() {
            Self::AllButHeadings
        } else if (has_code && tier == Tier::Code || tier == Tier::Named) && !is_about_modifier {
            Self::None
        } else if is_about_modifier && mask == FieldMask::ALL {
            Self::Name
        } else {
            Self::Mask(mask)
        }
    }

    fn contains(self, field: &StoredField) -> bool {
        match self {
            Self::None => false,
            Self::AllButHeadings => ![FieldMask::TITLE, FieldMask::HEADING].contains(&field.mask),
            Self::Name => field.mask == FieldMask::NAME,
            Self::Mask(mask) => mask.is_empty() || mask.intersects(field.mask),
        }
    }
}

/// Chooses the field with most words of the query; the first one of several. Returns `None` if the
/// hit should show the document's title, because the document as a whole matches.
pub(crate) fn choose_field(
    shown: ShownFields,
    tier: Tier,
    fields: &[StoredField],
    highlighter: &Highlighter,
) -> Option<usize> {
    let is_candidate = |field: &StoredField| shown.contains(field) && !field.text.is_empty();
    let mut candidates = (0..fields.len()).filter(|n| is_candidate(&fields[*n]));
    let first = candidates.next()?;
    let best = match candidates.next() {
        // The words of a single candidate need not be counted.
        None => first,
        Some(second) => {
            let word_count = |n: usize| highlighter.distinct_matches(&fields[n].text);
            let all = [first, second].into_iter().chain(candidates);
            all.max_by_key(|n| (word_count(*n), Reverse(*n)))?
        }
    };
    let is_document = matches!(
        tier,
        Tier::Code | Tier::Named | Tier::CodePrefix | Tier::Title
    );
    (!is_document || fields[best].mask != FieldMask::TITLE).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::eval::matches::{MatchCost, MatchKind, RowMatch, TermMatches};

    const ROW: u32 = 7;

    fn fields() -> Vec<StoredField> {
        let texts = [
            (FieldMask::TITLE, "Serum assay"),
            (FieldMask::HEADING, "Coding"),
            (FieldMask::NAME, "Professional component"),
            (FieldMask::BODY, ""),
            (FieldMask::BODY, "serum of a professional"),
            (FieldMask::REST, "serum and assay of a professional"),
        ];
        let field = |(mask, text): (FieldMask, &str)| StoredField {
            mask,
            label: String::new(),
            in_trail: false,
            text: text.to_owned(),
        };
        texts.map(field).into()
    }

    /// A clause that matches the row in some fields.
    fn clause(mask: FieldMask) -> TermMatches {
        let (row, cost, kind) = (ROW, MatchCost::NONE, MatchKind::Words);
        let rows = vec![RowMatch {
            row,
            mask,
            cost,
            kind,
        }];
        TermMatches {
            rows,
            ..TermMatches::default()
        }
    }

    #[test]
    fn chosen_field_has_most_words_among_those_that_match() {
        let code = || TermMatches {
            code_docs: vec![0],
            ..TermMatches::default()
        };
        let body_or_rest = FieldMask::BODY.or(FieldMask::REST);
        let table = [
            ("scopes only", vec![], Tier::Row, Some(5)),
            ("code", vec![code()], Tier::Code, None),
            (
                "code and word",
                vec![code(), clause(FieldMask::BODY)],
                Tier::Title,
                Some(4),
            ),
            (
                "code and modifier",
                vec![code(), clause(FieldMask::ALL)],
                Tier::Code,
                Some(2),
            ),
            (
                "modifier",
                vec![clause(FieldMask::ALL)],
                Tier::Modifier,
                Some(2),
            ),
            ("title", vec![clause(FieldMask::TITLE)], Tier::Title, None),
            (
                "title of a row",
                vec![clause(FieldMask::TITLE)],
                Tier::Row,
                Some(0),
            ),
            (
                "title and body",
                vec![clause(FieldMask::TITLE.or(FieldMask::BODY))],
                Tier::Title,
                None,
            ),
            (
                "one field",
                vec![clause(FieldMask::BODY)],
                Tier::Field,
                Some(4),
            ),
            (
                "two fields",
                vec![clause(body_or_rest)],
                Tier::Field,
                Some(5),
            ),
            (
                "common field",
                vec![clause(body_or_rest), clause(FieldMask::BODY)],
                Tier::Field,
                Some(4),
            ),
            (
                "no common field",
                vec![clause(FieldMask::NAME), clause(FieldMask::BODY)],
                Tier::Row,
                Some(5),
            ),
        ];
        let words = ["serum", "assay", "professional"].map(str::to_owned);
        let highlighter = Highlighter::new(words.to_vec(), Vec::new());
        for (name, by_clause, tier, expected) in table {
            let matches = QueryMatches {
                by_clause,
                ..QueryMatches::default()
            };
            let shown = ShownFields::new(&matches, ROW, tier);
            let choice = choose_field(shown, tier, &fields(), &highlighter);
            assert_eq!(choice, expected, "{name}");
        }
    }

    #[test]
    fn first_of_equal_fields_is_chosen() {
        let shown = ShownFields::Mask(FieldMask::default());
        let choice = choose_field(shown, Tier::Row, &fields(), &Highlighter::default());
        assert_eq!(choice, Some(0));
    }
}
