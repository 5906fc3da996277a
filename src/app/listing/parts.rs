//! Gathers the parts of the library's lists, as far as they pass a filter.
//!
//! A document passes where every word of the filter stands in its line. Of imported codes there
//! are too many to look at at every key; the index that search uses finds them.

use std::collections::BTreeMap;

use super::By;
use crate::content::System;
use crate::library::{About, Broken, Entry, Library, Origin};
use crate::search::{BareCodes, CodeNumber, Index};

/// How many codes of imported sets are listed of those that pass a filter.
const MOST_FOUND: usize = 2_000;

/// How many words of a filter count; a longer one is pasted prose.
const MOST_WORDS: usize = 32;

/// A part of a list, under one heading.
#[derive(Clone, Debug)]
pub struct Part {
    /// The heading.
    pub title: String,
    /// What it lists.
    pub which: Which,
}

/// What a part of a list lists. Positions are those in the library.
#[derive(Clone, Debug)]
pub enum Which {
    /// Documents.
    Entries(Vec<usize>),
    /// Files that could not be read.
    Broken(Vec<usize>),
    /// Every code of an imported set.
    Codes(BareCodes),
    /// The codes of an imported set that were found.
    Found(Vec<CodeNumber>),
    /// The documents that say something on it; where there are several, all of them side by side
    /// stand first.
    About(About, Vec<usize>),
}

impl Part {
    /// Returns how many items it has.
    pub fn len(&self) -> usize {
        match &self.which {
            Which::Entries(some) | Which::Broken(some) => some.len(),
            Which::Codes(codes) => codes.len(),
            Which::Found(codes) => codes.len(),
            Which::About(_, entries) => entries.len() + beside(entries),
        }
    }

    /// Returns how many documents, codes or files it is about.
    pub fn said(&self) -> usize {
        match &self.which {
            Which::About(_, entries) => entries.len(),
            _ => self.len(),
        }
    }

    /// Returns the document of an item that is about something.
    pub fn entry(&self, n: usize) -> Option<usize> {
        match &self.which {
            Which::About(_, entries) => entries.get(n.checked_sub(beside(entries))?).copied(),
            _ => None,
        }
    }

    /// Returns the code of an item of an imported set.
    pub fn code(&self, n: usize, index: &Index) -> Option<CodeNumber> {
        match &self.which {
            Which::Codes(codes) => index.bare_code(codes, n),
            Which::Found(found) => found.get(n).copied(),
            _ => None,
        }
    }

    /// Returns the item that is about a document.
    pub fn position(&self, entry: usize) -> Option<usize> {
        match &self.which {
            Which::Entries(entries) => entries.binary_search(&entry).ok(),
            Which::About(_, entries) => {
                let at = entries.binary_search(&entry).ok()?;
                Some(at + beside(entries))
            }
            Which::Broken(_) | Which::Codes(_) | Which::Found(_) => None,
        }
    }
}

/// Returns how many items stand before those of the documents.
fn beside(entries: &[usize]) -> usize {
    usize::from(entries.len() > 1)
}

/// Returns the parts of a list that pass a filter, none of them empty, and how many imported codes
/// pass and are left out.
pub fn passing(by: By, words: &str, library: &Library, index: &Index) -> (Vec<Part>, usize) {
    let filter = Filter::of(words);
    let (mut parts, mut left_out) = (Vec::new(), 0);
    match by {
        By::Code => {
            documents(&filter, library, &mut parts);
            left_out = codes(words, library, index, &mut parts);
        }
        By::Modifier => {
            let asked = |entry: &Entry| -> Vec<_> {
                let asked = entry.modifiers.iter().cloned();
                asked.map(About::Modifier).collect()
            };
            about(&filter, library, asked, &mut parts);
        }
        By::Payer => {
            let asked = |entry: &Entry| -> Vec<_> {
                let asked = entry.payers.iter().cloned();
                asked.map(About::Payer).collect()
            };
            about(&filter, library, asked, &mut parts);
        }
    }
    parts.retain(|part| part.len() > 0);
    (parts, left_out)
}

fn documents(filter: &Filter, library: &Library, parts: &mut Vec<Part>) {
    let mut line = String::new();
    for system in System::ALL {
        let mut passing = Vec::new();
        for (at, entry) in library.entries().iter().enumerate() {
            if entry.code.system() == system
                && filter.passes(&mut line, |line| write_entry(line, entry))
            {
                passing.push(at);
            }
        }
        parts.push(Part {
            title: format!("{system} documents"),
            which: Which::Entries(passing),
        });
    }
    let mut passing = Vec::new();
    for (at, Broken { path, .. }) in library.broken().iter().enumerate() {
        if filter.passes(&mut line, |line| lower(line, &path.to_string_lossy())) {
            passing.push(at);
        }
    }
    parts.push(Part {
        title: "Files with errors".to_owned(),
        which: Which::Broken(passing),
    });
}

fn codes(words: &str, library: &Library, index: &Index, parts: &mut Vec<Part>) -> usize {
    let title = |system: System| match library.edition(system) {
        Some(edition) => format!("{system} codes, {edition}"),
        None => format!("{system} codes"),
    };
    if words.trim().is_empty() {
        parts.extend(System::ALL.map(|system| Part {
            title: title(system),
            which: Which::Codes(index.bare_codes(system)),
        }));
        return 0;
    }
    let (found, total) = index.codes_about(words, MOST_FOUND);
    let left_out = total.saturating_sub(found.len());
    // The system with the best code comes first.
    for (system, number) in found {
        let title = title(system);
        let of_system = parts.iter_mut().find(|part| part.title == title);
        match of_system.map(|part| &mut part.which) {
            Some(Which::Found(codes)) => codes.push(number),
            _ => parts.push(Part {
                title,
                which: Which::Found(vec![number]),
            }),
        }
    }
    left_out
}

fn about(
    filter: &Filter,
    library: &Library,
    asked: impl Fn(&Entry) -> Vec<About>,
    parts: &mut Vec<Part>,
) {
    let mut line = String::new();
    let mut all: BTreeMap<About, (u32, Vec<usize>)> = BTreeMap::new();
    for (at, entry) in library.entries().iter().enumerate() {
        let mut of_entry = None;
        for about in asked(entry) {
            let own = *of_entry.get_or_insert_with(|| {
                filter.met(&mut line, |line| {
                    lower(line, entry.code.value());
                    line.push(' ');
                    lower(line, &entry.title);
                })
            });
            let (name, entries) = all.entry(about).or_insert_with_key(|about| {
                (
                    filter.met(&mut line, |line| lower(line, &about.to_string())),
                    Vec::new(),
                )
            });
            // A payer may have two rows in a document, one for each plan.
            if own | *name == filter.all() && entries.last() != Some(&at) {
                entries.push(at);
            }
        }
    }
    parts.extend(all.into_iter().map(|(about, (_, entries))| Part {
        title: about.to_string(),
        which: Which::About(about, entries),
    }));
}

/// The words that a line is to have.
struct Filter(Vec<String>);

impl Filter {
    fn of(words: &str) -> Self {
        let words = words.split_whitespace().take(MOST_WORDS);
        Self(words.map(str::to_lowercase).collect())
    }

    /// Returns a bit for every word.
    fn all(&self) -> u32 {
        (0..self.0.len()).fold(0, |all, n| all | 1 << n)
    }

    /// Returns the bits of the words that a line has, which is written in lower case.
    fn met(&self, line: &mut String, write: impl FnOnce(&mut String)) -> u32 {
        if self.0.is_empty() {
            return 0;
        }
        line.clear();
        write(line);
        let words = self.0.iter().enumerate();
        let met = words.filter(|(_, word)| line.contains(word.as_str()));
        met.fold(0, |met, (n, _)| met | 1 << n)
    }

    fn passes(&self, line: &mut String, write: impl FnOnce(&mut String)) -> bool {
        self.met(line, write) == self.all()
    }
}

/// Writes what a document can be found by.
fn write_entry(line: &mut String, entry: &Entry) {
    let code = &entry.code;
    let origin = match &entry.origin {
        Origin::BuiltIn => "built in".into(),
        Origin::File(path) => path.to_string_lossy(),
    };
    for text in [
        code.value(),
        code.system().name(),
        &entry.title,
        entry.status.id(),
        &origin,
    ] {
        lower(line, text);
        line.push(' ');
    }
}

fn lower(line: &mut String, text: &str) {
    if text.is_ascii() {
        let start = line.len();
        line.push_str(text);
        line[start..].make_ascii_lowercase();
    } else {
        line.extend(text.chars().flat_map(char::to_lowercase));
    }
}
