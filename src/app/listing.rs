//! Keeps the list of documents: which is chosen, and what is scrolled into sight.

use crate::library::{Broken, Entry, Library};

/// The list of documents, then of files that could not be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The number of the chosen one, from 0.
    pub chosen: usize,
    /// The number of the one that is listed first.
    pub top: usize,
}

/// One line of the list.
#[derive(Clone, Copy, Debug)]
pub enum Listed<'a> {
    /// A document.
    Entry(&'a Entry),
    /// A file that could not be read.
    Broken(&'a Broken),
}

impl Listing {
    /// Returns what is listed.
    pub fn all(library: &Library) -> impl Iterator<Item = Listed<'_>> {
        let entries = library.entries().iter().map(Listed::Entry);
        entries.chain(library.broken().iter().map(Listed::Broken))
    }

    /// Chooses by how far it is from the chosen one, and shows it in a list of some lines.
    pub(super) fn choose(&mut self, by: isize, library: &Library, lines: u16) {
        let count = library.entries().len() + library.broken().len();
        self.chosen = self
            .chosen
            .saturating_add_signed(by)
            .min(count.saturating_sub(1));
        let visible = usize::from(lines.max(1));
        self.top = self
            .top
            .clamp(self.chosen.saturating_sub(visible - 1), self.chosen);
    }
}
