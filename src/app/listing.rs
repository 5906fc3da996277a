//! Keeps the list of documents: what it is filtered by, which is chosen, and what is in sight.

use tui_input::{Input, InputRequest};

use crate::library::{Broken, Entry, Library};

/// The list of documents, then of files that could not be read, filtered as one types.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    filter: Input,
    /// The numbers of what passes the filter.
    shown: Vec<usize>,
    chosen: usize,
    top: usize,
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
    /// Lists everything.
    pub(super) fn new(library: &Library) -> Self {
        let mut listing = Self::default();
        listing.filter(library);
        listing
    }

    /// Returns what it is filtered by.
    pub fn text(&self) -> &str {
        self.filter.value()
    }

    /// Returns the columns of the filter's text before the cursor.
    pub fn cursor(&self) -> usize {
        self.filter.visual_cursor()
    }

    /// Returns the number of the chosen line, from 0.
    pub const fn chosen(&self) -> usize {
        self.chosen
    }

    /// Returns the number of the line that is shown first.
    pub const fn top(&self) -> usize {
        self.top
    }

    /// Returns how many lines there are.
    pub fn len(&self) -> usize {
        self.shown.len()
    }

    /// Says whether nothing passes the filter.
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// Returns a line of the list.
    pub fn line<'a>(&self, library: &'a Library, line: usize) -> Option<Listed<'a>> {
        item(library, *self.shown.get(line)?)
    }

    /// Chooses the first line that is like this one.
    pub(super) fn choose_entry(&mut self, library: &Library, wanted: impl Fn(&Entry) -> bool) {
        let at = self.shown.iter().position(|&n| match item(library, n) {
            Some(Listed::Entry(entry)) => wanted(entry),
            Some(Listed::Broken(_)) | None => false,
        });
        self.chosen = at.unwrap_or(0);
    }

    /// Chooses by how far it is from the chosen one, and shows it in a list of some lines.
    pub(super) fn choose(&mut self, by: isize, lines: u16) {
        let last = self.shown.len().saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(by).min(last);
        let visible = usize::from(lines.max(1));
        self.top = self
            .top
            .clamp(self.chosen.saturating_sub(visible - 1), self.chosen);
    }

    /// Edits the filter.
    pub(super) fn edit(&mut self, request: InputRequest, library: &Library) {
        if self
            .filter
            .handle(request)
            .is_some_and(|change| change.value)
        {
            self.filter(library);
        }
    }

    /// Puts text into the filter at the cursor.
    pub(super) fn insert(&mut self, text: &str, library: &Library) {
        for c in text.chars() {
            self.filter.handle(InputRequest::InsertChar(c));
        }
        self.filter(library);
    }

    /// Filters anew: every word that was typed is to stand in the line.
    pub(super) fn filter(&mut self, library: &Library) {
        let words: Vec<String> = self
            .filter
            .value()
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        let count = library.entries().len() + library.broken().len();
        self.shown = (0..count)
            .filter(|&n| {
                words.is_empty()
                    || item(library, n).is_some_and(|item| {
                        let text = text(&item).to_lowercase();
                        words.iter().all(|word| text.contains(word.as_str()))
                    })
            })
            .collect();
        self.chosen = 0;
        self.top = 0;
    }
}

fn item(library: &Library, n: usize) -> Option<Listed<'_>> {
    let entries = library.entries();
    match entries.get(n) {
        Some(entry) => Some(Listed::Entry(entry)),
        None => library.broken().get(n - entries.len()).map(Listed::Broken),
    }
}

/// Returns what a line can be found by.
fn text(listed: &Listed<'_>) -> String {
    match listed {
        Listed::Entry(entry) => format!(
            "{} {} {} {} {}",
            entry.code.value(),
            entry.code.system(),
            entry.title,
            entry.status.id(),
            entry.origin
        ),
        Listed::Broken(broken) => broken.path.display().to_string(),
    }
}
