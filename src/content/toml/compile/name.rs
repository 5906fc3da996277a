//! Defines the names of blocks and rows: those of typed rows, those made from titles, and that no
//! two are alike.

use std::collections::HashMap;
use std::ops::Range;

/// The blocks that the author's typed rows go to, with their titles, in reading order. An author's
/// own block cannot have one of these names.
pub(crate) const TYPED_BLOCKS: [(&str, &str); 10] = [
    ("modifiers", "Modifiers"),
    ("diagnoses", "ICD-10 diagnoses"),
    ("related", "Related codes"),
    ("taxonomies", "Taxonomies"),
    ("payers", "Payers"),
    ("payer-modifiers", "Payers on modifiers"),
    ("synonyms", "Also known as"),
    ("not-this", "Not to be mixed up with"),
    ("places", "Places of service"),
    ("remarks", "Editor's remarks"),
];

/// Returns the title of a block for typed rows.
pub(crate) fn typed_block_title(id: &str) -> Option<&'static str> {
    TYPED_BLOCKS
        .iter()
        .find(|(name, _)| *name == id)
        .map(|(_, t)| *t)
}

/// Returns where a block for typed rows stands among the others.
pub(crate) fn typed_block_rank(id: &str) -> Option<usize> {
    TYPED_BLOCKS.iter().position(|(name, _)| *name == id)
}

/// Returns a title as a name for links: lower case, with hyphens for all but letters and digits.
/// A title without any is given the other name.
pub(crate) fn slug(title: &str, otherwise: &str) -> String {
    let mut slug = String::new();
    for c in title.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() || c == '_' {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    match slug.trim_end_matches('-') {
        "" => otherwise.to_owned(),
        slug => slug.to_owned(),
    }
}

/// Names that were given out.
#[derive(Default)]
pub(crate) struct UniqueNames {
    /// Each with the place where it was.
    taken: HashMap<String, Range<usize>>,
    /// The number to try next for a name that is asked for again. A file may have it a hundred
    /// thousand times, and counting from the start for each would take minutes.
    next_suffix: HashMap<String, usize>,
}

impl UniqueNames {
    /// Returns the name itself, or with the first number that makes it differ.
    pub(crate) fn unique(&mut self, name: &str, at: &Range<usize>) -> String {
        let mut free = name.to_owned();
        while self.taken.contains_key(&free) {
            let next = self.next_suffix.entry(name.to_owned()).or_insert(2);
            free = format!("{name}-{next}");
            *next += 1;
        }
        self.taken.insert(free.clone(), at.clone());
        free
    }

    /// Takes a name, or returns where it was taken before.
    pub(crate) fn claim(&mut self, name: &str, at: &Range<usize>) -> Option<Range<usize>> {
        let before = self.taken.get(name).cloned();
        self.taken
            .entry(name.to_owned())
            .or_insert_with(|| at.clone());
        before
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
