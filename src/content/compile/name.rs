//! Defines the names of blocks and rows: those of typed rows, those made from titles, and that no
//! two are alike.

use std::collections::HashMap;
use std::ops::Range;

/// The blocks that the author's typed rows go to, with their titles, in reading order. An author's
/// own block cannot have one of these names.
pub(super) const TITLES: [(&str, &str); 9] = [
    ("modifiers", "Modifiers"),
    ("diagnoses", "ICD-10 diagnoses"),
    ("related", "Related codes"),
    ("taxonomies", "Taxonomies"),
    ("payers", "Payers"),
    ("synonyms", "Also known as"),
    ("not-this", "Not to be mixed up with"),
    ("places", "Places of service"),
    ("remarks", "Editor's remarks"),
];

/// Returns the title of a block for typed rows.
pub(super) fn title_of(id: &str) -> Option<&'static str> {
    TITLES.iter().find(|(name, _)| *name == id).map(|(_, t)| *t)
}

/// Returns where a block for typed rows stands among the others.
pub(super) fn rank(id: &str) -> Option<usize> {
    TITLES.iter().position(|(name, _)| *name == id)
}

/// Returns a title as a name for links: lower case, with hyphens for all but letters and digits.
pub(super) fn slug(title: &str) -> String {
    let mut slug = String::new();
    for c in title.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() || c == '_' {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// Names that were given out, each with the place where it was.
#[derive(Default)]
pub(super) struct Names(HashMap<String, Range<usize>>);

impl Names {
    /// Returns the name itself, or with the first number that makes it differ.
    pub(super) fn differing(&mut self, name: &str, at: &Range<usize>) -> String {
        let numbered = (2..).map(|n| format!("{name}-{n}"));
        let free = std::iter::once(name.to_owned())
            .chain(numbered)
            .find(|name| !self.0.contains_key(name))
            .unwrap_or_default();
        self.0.insert(free.clone(), at.clone());
        free
    }

    /// Takes a name, or returns where it was taken before.
    pub(super) fn take(&mut self, name: &str, at: &Range<usize>) -> Option<Range<usize>> {
        let before = self.0.get(name).cloned();
        self.0.entry(name.to_owned()).or_insert_with(|| at.clone());
        before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_fit_for_a_link() {
        assert_eq!(slug("Typical site of service"), "typical-site-of-service");
        assert_eq!(slug(" NCCI (PTP) / MUE "), "ncci-ptp-mue");
        assert_eq!(slug("—"), "");
    }

    #[test]
    fn names_are_made_to_differ() {
        let mut names = Names::default();
        assert_eq!(names.differing("a", &(0..1)), "a");
        assert_eq!(names.differing("a", &(2..3)), "a-2");
        assert_eq!(names.take("a-2", &(4..5)), Some(2..3));
        assert_eq!(names.take("b", &(4..5)), None);
    }
}
