//! Names of blocks and rows: reserved names, slugs, and uniqueness.

use foldhash::HashMap;

use crate::content::labels::REMARKS;
use crate::diagnostics::diagnostic::Span;

/// The blocks for typed rows in reading order: id, table in the file, title. These ids are reserved.
/// Remarks have a table in each section.
const TYPED_BLOCKS: [(&str, Option<&str>, &str); 18] = [
    ("modifier-when", Some("when"), "When to use"),
    ("modifier-not-when", Some("not_when"), "When not to use"),
    (
        "modifier-questions",
        Some("question"),
        "Open questions, not verified",
    ),
    (
        "modifier-documentation",
        Some("documentation"),
        "Documentation",
    ),
    ("modifier-sequencing", Some("sequencing"), "On the claim"),
    ("modifiers", Some("modifier"), "Modifiers"),
    ("diagnoses", Some("diagnosis"), "ICD-10 diagnoses"),
    ("related", Some("related"), "Related codes"),
    ("taxonomies", Some("taxonomy"), "Taxonomies"),
    ("modifier-payment", Some("payment"), "Effect on payment"),
    ("modifier-payers", Some("payer_rule"), "Payer rules"),
    ("payers", Some("payer"), "Payers"),
    (
        "payer-modifiers",
        Some("payer.modifier"),
        "Modifier rules by payer",
    ),
    ("modifier-scope", Some("applies_to"), "Applies to"),
    ("synonyms", Some("synonym"), "Also known as"),
    ("not-this", Some("not_this"), "Not to be confused with"),
    ("places", Some("place"), "Places of service"),
    ("remarks", None, REMARKS),
];

pub(crate) fn typed_block_title(id: &str) -> Option<&'static str> {
    TYPED_BLOCKS
        .iter()
        .find(|(name, ..)| *name == id)
        .map(|(.., title)| *title)
}

/// Returns the table of the rows of a block.
pub(crate) fn typed_block_table(id: &str) -> Option<&'static str> {
    let (_, table, _) = TYPED_BLOCKS.iter().find(|(name, ..)| *name == id)?;
    *table
}

/// Returns the position of a block for typed rows in the reading order.
pub(crate) fn typed_block_rank(id: &str) -> Option<usize> {
    TYPED_BLOCKS.iter().position(|(name, ..)| *name == id)
}

/// Converts a title to a name for links: lower case, with hyphens between words. A title without
/// letters and digits gets the default name.
pub(crate) fn slug(title: &str, default: &str) -> String {
    let mut slug = String::new();
    for c in title.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() || c == '_' {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    match slug.trim_end_matches('-') {
        "" => default.to_owned(),
        slug => slug.to_owned(),
    }
}

/// A set of names.
#[derive(Default)]
pub(crate) struct UniqueNames {
    /// Each name, and where it was first used.
    taken: HashMap<String, Span>,
    /// The next number to try for a repeated name. Counting from 2 each time would take minutes for
    /// a file that repeats a name 100,000 times.
    next_suffix: HashMap<String, usize>,
}

impl UniqueNames {
    /// Claims the name, or the name with the first suffix that makes it unique.
    pub(crate) fn unique(&mut self, name: &str, at: &Span) -> String {
        let mut free = name.to_owned();
        while self.taken.contains_key(&free) {
            let next = self.next_suffix.entry(name.to_owned()).or_insert(2);
            free = format!("{name}-{next}");
            *next += 1;
        }
        self.taken.insert(free.clone(), at.clone());
        free
    }

    /// Claims a name, or returns where it was claimed before.
    pub(crate) fn claim(&mut self, name: &str, at: &Span) -> Option<Span> {
        let first = self.taken.get(name).cloned();
        if first.is_none() {
            self.taken.insert(name.to_owned(), at.clone());
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slug_is_lowercase_and_hyphenated() {
        let slug = |title| slug(title, "fact");
        assert_eq!(slug("Typical site of service"), "typical-site-of-service");
        assert_eq!(slug(" NCCI (PTP) / MUE "), "ncci-ptp-mue");
        assert_eq!(slug("—"), "fact");
    }

    #[test]
    fn repeated_names_get_a_number() {
        let mut names = UniqueNames::default();
        assert_eq!(names.unique("a", &(0..1)), "a");
        assert_eq!(names.unique("a", &(2..3)), "a-2");
        assert_eq!(names.claim("a-2", &(4..5)), Some(2..3));
        assert_eq!(names.claim("b", &(4..5)), None);
    }
}
