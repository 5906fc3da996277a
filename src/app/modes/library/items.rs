//! The groups of a library list that pass the filter.
//!
//! A document passes if each word of the filter occurs in its line. Imported codes are too many to
//! scan at every key; the search index finds them.

use std::collections::BTreeMap;

use crate::app::messages::library::{
    BY_CODE, BY_MODIFIER, BY_PAYER, FILES_WITH_ERRORS, codes, codes_of_edition, documents,
};
use crate::content::CodeSystem;
use crate::library::{BrokenFile, CatalogEntry, ExcerptSubject, Library, Origin};
use crate::search::{CodeDocId, CodeList, Index};

/// The most codes of imported sets in a filtered list.
const MAX_LISTED_CODES: usize = 2_000;

/// The most words of a filter that count; a longer one is pasted prose.
const MAX_FILTER_WORDS: usize = 32;

/// The systems of the list by code. Modifiers have a list of their own.
const CODE_SYSTEMS: [CodeSystem; 5] = [
    CodeSystem::Cpt,
    CodeSystem::Hcpcs,
    CodeSystem::Icd10cm,
    CodeSystem::PlaceOfService,
    CodeSystem::Taxonomy,
];

/// How the library's items are grouped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GroupBy {
    /// Documents, broken files, and codes of imported sets, each by system.
    #[default]
    Code,
    /// Each modifier, with the documents that have a row on it.
    Modifier,
    /// Each payer, with the documents that have a row on it.
    Payer,
}

impl GroupBy {
    pub const fn title(self) -> &'static str {
        match self {
            Self::Code => BY_CODE,
            Self::Modifier => BY_MODIFIER,
            Self::Payer => BY_PAYER,
        }
    }

    pub(crate) const fn lines_per_item(self) -> u16 {
        match self {
            Self::Code => 1,
            Self::Modifier | Self::Payer => 2,
        }
    }

    /// The next value or, if `by` is negative, the previous one, around the ends.
    pub(crate) const fn cycle(self, by: isize) -> Self {
        match (self, by < 0) {
            (Self::Code, false) | (Self::Payer, true) => Self::Modifier,
            (Self::Modifier, false) | (Self::Code, true) => Self::Payer,
            (Self::Payer, false) | (Self::Modifier, true) => Self::Code,
        }
    }
}

/// The items below one heading.
#[derive(Clone, Debug)]
pub struct ItemGroup {
    pub title: String,
    pub source: ItemSource,
}

/// The items of a group. Documents and files are given by their positions in the library.
#[derive(Clone, Debug)]
pub enum ItemSource {
    Documents(Vec<usize>),
    BrokenFiles(Vec<usize>),
    /// Every code of an imported set.
    AllCodes(CodeList),
    /// The codes of an imported set that pass the filter.
    MatchingCodes(Vec<CodeDocId>),
    /// The documents with a row on a modifier or payer, after the document on the modifier itself.
    /// If there are several, their comparison comes before them.
    Subject {
        subject: ExcerptSubject,
        page: Option<usize>,
        entries: Vec<usize>,
    },
}

impl ItemGroup {
    pub fn len(&self) -> usize {
        match &self.source {
            ItemSource::AllCodes(codes) => codes.len(),
            ItemSource::MatchingCodes(codes) => codes.len(),
            ItemSource::Documents(entries) | ItemSource::BrokenFiles(entries) => entries.len(),
            ItemSource::Subject { page, entries, .. } => {
                entries.len() + items_before(*page, entries)
            }
        }
    }

    /// The number of documents, codes or files, for the heading.
    pub fn shown_count(&self) -> usize {
        match &self.source {
            ItemSource::Subject { entries, .. } => entries.len(),
            _ => self.len(),
        }
    }

    /// The document of an item in a group on a modifier or payer.
    pub fn document_at(&self, n: usize) -> Option<usize> {
        match &self.source {
            ItemSource::Subject { page, entries, .. } => {
                match n.checked_sub(items_before(*page, entries)) {
                    Some(n) => entries.get(n).copied(),
                    None => page.filter(|_| n == 0),
                }
            }
            _ => None,
        }
    }

    /// The code of an item in a group of codes.
    pub fn code_at(&self, n: usize, index: &Index) -> Option<CodeDocId> {
        match &self.source {
            ItemSource::AllCodes(codes) => index.code_at(codes, n),
            ItemSource::MatchingCodes(codes) => codes.get(n).copied(),
            _ => None,
        }
    }

    /// The item about a document.
    pub fn position(&self, document: usize) -> Option<usize> {
        match &self.source {
            ItemSource::Documents(entries) => entries.binary_search(&document).ok(),
            ItemSource::Subject { page, entries, .. } if *page != Some(document) => {
                let n = entries.binary_search(&document).ok()?;
                Some(n + items_before(*page, entries))
            }
            ItemSource::Subject { .. } => Some(0),
            ItemSource::BrokenFiles(_) | ItemSource::AllCodes(_) | ItemSource::MatchingCodes(_) => {
                None
            }
        }
    }
}

/// The number of items before those of the documents.
fn items_before(page: Option<usize>, entries: &[usize]) -> usize {
    usize::from(page.is_some()) + usize::from(entries.len() > 1)
}

/// The groups that pass a filter, none of them empty, and how many imported codes pass but are left
/// out.
pub fn filtered_groups(
    group_by: GroupBy,
    filter_text: &str,
    library: &Library,
    index: &Index,
) -> (Vec<ItemGroup>, usize) {
    let filter = WordFilter::parse(filter_text);
    let mut left_out = 0;
    let mut groups = match group_by {
        GroupBy::Code => {
            let mut groups = document_groups(&filter, library);
            left_out = add_codes(&CODE_SYSTEMS, filter_text, (library, index), &mut groups);
            groups
        }
        GroupBy::Modifier => {
            let mut groups = subject_groups(&filter, library, |entry| {
                let modifiers = entry
                    .modifiers
                    .iter()
                    .cloned()
                    .chain(entry.code.as_modifier());
                modifiers.map(ExcerptSubject::Modifier).collect()
            });
            left_out = add_codes(
                &[CodeSystem::Modifier],
                filter_text,
                (library, index),
                &mut groups,
            );
            groups
        }
        GroupBy::Payer => subject_groups(&filter, library, |entry| {
            let payers = entry.payers.iter().cloned();
            payers.map(ExcerptSubject::Payer).collect()
        }),
    };
    groups.retain(|group| group.len() > 0);
    (groups, left_out)
}

fn document_groups(filter: &WordFilter, library: &Library) -> Vec<ItemGroup> {
    let mut groups = Vec::new();
    let mut line = String::new();
    for system in CODE_SYSTEMS {
        let entries = library.entries().iter().enumerate();
        let passing = entries.filter(|(_, entry)| {
            entry.code.system() == system
                && filter.matches(&mut line, |line| push_search_text(line, entry))
        });
        groups.push(ItemGroup {
            title: documents(system),
            source: ItemSource::Documents(passing.map(|(n, _)| n).collect()),
        });
    }
    let files = library.broken().iter().enumerate();
    let passing = files.filter(|(_, BrokenFile { path, .. })| {
        filter.matches(&mut line, |line| {
            push_lowercase(line, &path.to_string_lossy());
        })
    });
    groups.push(ItemGroup {
        title: FILES_WITH_ERRORS.to_owned(),
        source: ItemSource::BrokenFiles(passing.map(|(n, _)| n).collect()),
    });
    groups
}

/// Adds the codes of imported sets, and returns how many pass but are left out.
fn add_codes(
    systems: &[CodeSystem],
    filter_text: &str,
    (library, index): (&Library, &Index),
    groups: &mut Vec<ItemGroup>,
) -> usize {
    let title = |system: CodeSystem| match library.edition_name(system) {
        Some(edition) => codes_of_edition(system, edition),
        None => codes(system),
    };
    if filter_text.trim().is_empty() {
        groups.extend(systems.iter().map(|system| ItemGroup {
            title: title(*system),
            source: ItemSource::AllCodes(index.code_list(*system)),
        }));
        return 0;
    }
    let (matches, total) = index.search_codes(filter_text, MAX_LISTED_CODES);
    let left_out = total.saturating_sub(matches.len());
    // The system with the best match comes first.
    for (system, code) in matches {
        if !systems.contains(&system) {
            continue;
        }
        let title = title(system);
        let group = groups.iter_mut().find(|group| group.title == title);
        match group.map(|group| &mut group.source) {
            Some(ItemSource::MatchingCodes(codes)) => codes.push(code),
            _ => groups.push(ItemGroup {
                title,
                source: ItemSource::MatchingCodes(vec![code]),
            }),
        }
    }
    left_out
}

/// Groups the documents by the subjects of their rows. A document passes if each word occurs in
/// its code, its title or the name of the subject.
fn subject_groups(
    filter: &WordFilter,
    library: &Library,
    subjects: impl Fn(&CatalogEntry) -> Vec<ExcerptSubject>,
) -> Vec<ItemGroup> {
    let mut line = String::new();
    let mut groups: BTreeMap<ExcerptSubject, SubjectEntries> = BTreeMap::new();
    for (n, entry) in library.entries().iter().enumerate() {
        let mut entry_bits = None;
        for subject in subjects(entry) {
            let entry_bits = *entry_bits.get_or_insert_with(|| {
                filter.matched_bits(&mut line, |line| {
                    push_lowercase(line, entry.code.value());
                    line.push(' ');
                    push_lowercase(line, &entry.title);
                })
            });
            let group = groups.entry(subject).or_insert_with_key(|subject| {
                let name = subject.to_string();
                let bits = filter.matched_bits(&mut line, |line| push_lowercase(line, &name));
                SubjectEntries {
                    bits,
                    ..SubjectEntries::default()
                }
            });
            if entry_bits | group.bits != filter.all_bits() {
                continue;
            }
            if entry.code.as_modifier().is_some() {
                group.page = Some(n);
            } else if group.entries.last() != Some(&n) {
                // A payer may have two rows in a document, one for each plan.
                group.entries.push(n);
            }
        }
    }
    let groups = groups.into_iter().map(|(subject, group)| ItemGroup {
        title: subject.to_string(),
        source: ItemSource::Subject {
            subject,
            page: group.page,
            entries: group.entries,
        },
    });
    groups.collect()
}

/// The entries on a subject that pass the filter.
#[derive(Default)]
struct SubjectEntries {
    /// The words of the filter that occur in the subject's name.
    bits: u32,
    page: Option<usize>,
    entries: Vec<usize>,
}

/// Words that must all occur in a line.
struct WordFilter(Vec<String>);

impl WordFilter {
    fn parse(text: &str) -> Self {
        let words = text.split_whitespace().take(MAX_FILTER_WORDS);
        Self(words.map(str::to_lowercase).collect())
    }

    /// One bit per word.
    fn all_bits(&self) -> u32 {
        (0..self.0.len()).fold(0, |bits, n| bits | 1 << n)
    }

    /// The bits of the words that occur in a lower-case line. `line` is a reused buffer.
    fn matched_bits(&self, line: &mut String, write: impl FnOnce(&mut String)) -> u32 {
        if self.0.is_empty() {
            return 0;
        }
        line.clear();
        write(line);
        let words = self.0.iter().enumerate();
        let matching = words.filter(|(_, word)| line.contains(word.as_str()));
        matching.fold(0, |bits, (n, _)| bits | 1 << n)
    }

    fn matches(&self, line: &mut String, write: impl FnOnce(&mut String)) -> bool {
        self.matched_bits(line, write) == self.all_bits()
    }
}

/// Writes the text of a document that the filter searches.
fn push_search_text(line: &mut String, entry: &CatalogEntry) {
    let code = &entry.code;
    let origin = match &entry.origin {
        Origin::BuiltIn => Origin::BUILT_IN.into(),
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
