//! Gathers the parts of the library's lists, as far as they pass a filter.
//!
//! A document passes where every word of the filter stands in its line. Of imported codes there
//! are too many to look at at every key; the index that search uses finds them.

use std::collections::BTreeMap;

use crate::app::modes::library::GroupBy;
use crate::content::CodeSystem;
use crate::library::{BrokenFile, CatalogEntry, ExcerptSubject, Library, Origin};
use crate::search::{CodeDocId, CodeList, Index};

/// How many codes of imported sets are listed of those that pass a filter.
const MAX_LISTED_CODES: usize = 2_000;

/// How many words of a filter count; a longer one is pasted prose.
const MAX_FILTER_WORDS: usize = 32;

/// A part of a list, under one heading.
#[derive(Clone, Debug)]
pub struct ItemGroup {
    /// The heading.
    pub title: String,
    /// What it lists.
    pub source: ItemSource,
}

/// What a part of a list lists. Positions are those in the library.
#[derive(Clone, Debug)]
pub enum ItemSource {
    /// Documents.
    Documents(Vec<usize>),
    /// Files that could not be read.
    BrokenFiles(Vec<usize>),
    /// Every code of an imported set.
    AllCodes(CodeList),
    /// The codes of an imported set that were found.
    MatchingCodes(Vec<CodeDocId>),
    /// The documents that say something on it; where there are several, all of them side by side
    /// stand first.
    Subject(ExcerptSubject, Vec<usize>),
}

impl ItemGroup {
    /// Returns how many items it has.
    pub fn len(&self) -> usize {
        match &self.source {
            ItemSource::Documents(some) | ItemSource::BrokenFiles(some) => some.len(),
            ItemSource::AllCodes(codes) => codes.len(),
            ItemSource::MatchingCodes(codes) => codes.len(),
            ItemSource::Subject(_, entries) => entries.len() + comparison_item_count(entries),
        }
    }

    /// Returns how many documents, codes or files it is about.
    pub fn shown_count(&self) -> usize {
        match &self.source {
            ItemSource::Subject(_, entries) => entries.len(),
            _ => self.len(),
        }
    }

    /// Returns the document of an item that is about something.
    pub fn document_at(&self, n: usize) -> Option<usize> {
        match &self.source {
            ItemSource::Subject(_, entries) => entries
                .get(n.checked_sub(comparison_item_count(entries))?)
                .copied(),
            _ => None,
        }
    }

    /// Returns the code of an item of an imported set.
    pub fn code_at(&self, n: usize, index: &Index) -> Option<CodeDocId> {
        match &self.source {
            ItemSource::AllCodes(codes) => index.code_at(codes, n),
            ItemSource::MatchingCodes(found) => found.get(n).copied(),
            _ => None,
        }
    }

    /// Returns the item that is about a document.
    pub fn position(&self, entry: usize) -> Option<usize> {
        match &self.source {
            ItemSource::Documents(entries) => entries.binary_search(&entry).ok(),
            ItemSource::Subject(_, entries) => {
                let at = entries.binary_search(&entry).ok()?;
                Some(at + comparison_item_count(entries))
            }
            ItemSource::BrokenFiles(_) | ItemSource::AllCodes(_) | ItemSource::MatchingCodes(_) => {
                None
            }
        }
    }
}

/// Returns how many items stand before those of the documents.
fn comparison_item_count(entries: &[usize]) -> usize {
    usize::from(entries.len() > 1)
}

/// Returns the parts of a list that pass a filter, none of them empty, and how many imported codes
/// pass and are left out.
pub fn filtered_groups(
    by: GroupBy,
    words: &str,
    library: &Library,
    index: &Index,
) -> (Vec<ItemGroup>, usize) {
    let filter = WordFilter::parse(words);
    let (mut parts, mut left_out) = (Vec::new(), 0);
    match by {
        GroupBy::Code => {
            add_documents(&filter, library, &mut parts);
            left_out = add_codes(words, library, index, &mut parts);
        }
        GroupBy::Modifier => {
            let asked = |entry: &CatalogEntry| -> Vec<_> {
                let asked = entry.modifiers.iter().cloned();
                asked.map(ExcerptSubject::Modifier).collect()
            };
            add_subjects(&filter, library, asked, &mut parts);
        }
        GroupBy::Payer => {
            let asked = |entry: &CatalogEntry| -> Vec<_> {
                let asked = entry.payers.iter().cloned();
                asked.map(ExcerptSubject::Payer).collect()
            };
            add_subjects(&filter, library, asked, &mut parts);
        }
    }
    parts.retain(|part| part.len() > 0);
    (parts, left_out)
}

fn add_documents(filter: &WordFilter, library: &Library, parts: &mut Vec<ItemGroup>) {
    let mut line = String::new();
    for system in CodeSystem::ALL {
        let mut passing = Vec::new();
        for (at, entry) in library.entries().iter().enumerate() {
            if entry.code.system() == system
                && filter.matches(&mut line, |line| push_search_text(line, entry))
            {
                passing.push(at);
            }
        }
        parts.push(ItemGroup {
            title: format!("{system} documents"),
            source: ItemSource::Documents(passing),
        });
    }
    let mut passing = Vec::new();
    for (at, BrokenFile { path, .. }) in library.broken().iter().enumerate() {
        if filter.matches(&mut line, |line| {
            push_lowercase(line, &path.to_string_lossy());
        }) {
            passing.push(at);
        }
    }
    parts.push(ItemGroup {
        title: "Files with errors".to_owned(),
        source: ItemSource::BrokenFiles(passing),
    });
}

fn add_codes(words: &str, library: &Library, index: &Index, parts: &mut Vec<ItemGroup>) -> usize {
    let title = |system: CodeSystem| match library.edition_name(system) {
        Some(edition) => format!("{system} codes, {edition}"),
        None => format!("{system} codes"),
    };
    if words.trim().is_empty() {
        parts.extend(CodeSystem::ALL.map(|system| ItemGroup {
            title: title(system),
            source: ItemSource::AllCodes(index.code_list(system)),
        }));
        return 0;
    }
    let (found, total) = index.search_codes(words, MAX_LISTED_CODES);
    let left_out = total.saturating_sub(found.len());
    // The system with the best code comes first.
    for (system, number) in found {
        let title = title(system);
        let of_system = parts.iter_mut().find(|part| part.title == title);
        match of_system.map(|part| &mut part.source) {
            Some(ItemSource::MatchingCodes(codes)) => codes.push(number),
            _ => parts.push(ItemGroup {
                title,
                source: ItemSource::MatchingCodes(vec![number]),
            }),
        }
    }
    left_out
}

fn add_subjects(
    filter: &WordFilter,
    library: &Library,
    asked: impl Fn(&CatalogEntry) -> Vec<ExcerptSubject>,
    parts: &mut Vec<ItemGroup>,
) {
    let mut line = String::new();
    let mut all: BTreeMap<ExcerptSubject, (u32, Vec<usize>)> = BTreeMap::new();
    for (at, entry) in library.entries().iter().enumerate() {
        let mut of_entry = None;
        for about in asked(entry) {
            let own = *of_entry.get_or_insert_with(|| {
                filter.matched_bits(&mut line, |line| {
                    push_lowercase(line, entry.code.value());
                    line.push(' ');
                    push_lowercase(line, &entry.title);
                })
            });
            let (name, entries) = all.entry(about).or_insert_with_key(|about| {
                (
                    filter.matched_bits(&mut line, |line| push_lowercase(line, &about.to_string())),
                    Vec::new(),
                )
            });
            // A payer may have two rows in a document, one for each plan.
            if own | *name == filter.all_bits() && entries.last() != Some(&at) {
                entries.push(at);
            }
        }
    }
    parts.extend(all.into_iter().map(|(about, (_, entries))| ItemGroup {
        title: about.to_string(),
        source: ItemSource::Subject(about, entries),
    }));
}

/// The words that a line is to have.
struct WordFilter(Vec<String>);

impl WordFilter {
    fn parse(words: &str) -> Self {
        let words = words.split_whitespace().take(MAX_FILTER_WORDS);
        Self(words.map(str::to_lowercase).collect())
    }

    /// Returns a bit for every word.
    fn all_bits(&self) -> u32 {
        (0..self.0.len()).fold(0, |all, n| all | 1 << n)
    }

    /// Returns the bits of the words that a line has, which is written in lower case.
    fn matched_bits(&self, line: &mut String, write: impl FnOnce(&mut String)) -> u32 {
        if self.0.is_empty() {
            return 0;
        }
        line.clear();
        write(line);
        let words = self.0.iter().enumerate();
        let met = words.filter(|(_, word)| line.contains(word.as_str()));
        met.fold(0, |met, (n, _)| met | 1 << n)
    }

    fn matches(&self, line: &mut String, write: impl FnOnce(&mut String)) -> bool {
        self.matched_bits(line, write) == self.all_bits()
    }
}

/// Writes what a document can be found by.
fn push_search_text(line: &mut String, entry: &CatalogEntry) {
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
        push_lowercase(line, text);
        line.push(' ');
    }
}

fn push_lowercase(line: &mut String, text: &str) {
    if text.is_ascii() {
        let start = line.len();
        line.push_str(text);
        line[start..].make_ascii_lowercase();
    } else {
        line.extend(text.chars().flat_map(char::to_lowercase));
    }
}
