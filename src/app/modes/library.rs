//! Keeps the library's lists: by code, by modifier or by payer; what they are filtered by, which
//! line is chosen, and what is in sight.
//!
//! Of ten thousand documents and a hundred thousand codes a list keeps numbers at most. What a line
//! says beyond its name is asked for when it comes into sight ([`LibraryList::missing_excerpts`]) and told by
//! whoever may read files ([`LibraryList::receive`]).

pub(crate) mod items;

use std::collections::BTreeMap;
use std::sync::Arc;

use tui_input::{Input, InputRequest};

use crate::app::action::Effect;
use crate::app::app::{App, Focus};
use crate::app::list::{Group, GroupedList, ListCursor};
use crate::app::modes::library::items::{ItemGroup, ItemSource};
use crate::app::modes::text_panel::TextPanel;
use crate::content::CodeId;
use crate::library::{
    BrokenFile, CatalogEntry, ComparisonRequest, Excerpt, ExcerptRequest, ExcerptSubject, Library,
};
use crate::search::Index;

/// How many documents are laid side by side; more would not be read.
const MAX_COMPARED_DOCUMENTS: usize = 40;

/// How many answers are kept before those out of sight are let go.
const MAX_CACHED_EXCERPTS: usize = 512;

/// What the library is listed by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GroupBy {
    /// Documents, broken files, and codes of imported sets, each by system.
    #[default]
    Code,
    /// Each modifier, with the documents that have a row on it.
    Modifier,
    /// Each payer, with the documents that say something of it.
    Payer,
}

impl GroupBy {
    const ALL: [Self; 3] = [Self::Code, Self::Modifier, Self::Payer];

    /// Returns what stands before the filter.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Code => "by code",
            Self::Modifier => "by modifier",
            Self::Payer => "by payer",
        }
    }

    /// Returns the lines of an item.
    const fn lines_per_item(self) -> u16 {
        match self {
            Self::Code => 1,
            Self::Modifier | Self::Payer => 2,
        }
    }
}

/// The library's lists, of which one is shown.
#[derive(Clone, Debug, Default)]
pub struct LibraryList {
    group_by: GroupBy,
    filter: Input,
    item_groups: Vec<ItemGroup>,
    grouped_list: GroupedList,
    list_cursor: ListCursor,
    excerpts: BTreeMap<ExcerptRequest, Excerpt>,
    /// How many codes of imported sets pass the filter and are not listed.
    left_out: usize,
}

/// One item of a list.
#[derive(Clone, Debug)]
pub enum LibraryItem<'a> {
    /// A document.
    Document(&'a CatalogEntry),
    /// A file that could not be read.
    BrokenFile(&'a BrokenFile),
    /// A code of an imported set.
    Code {
        /// The code.
        code: CodeId,
        /// Its title.
        title: String,
        /// How it stands in its set, once that is known.
        usage: Option<&'a Excerpt>,
    },
    /// What a document says on a modifier or of a payer.
    Row {
        /// The document.
        entry: &'a CatalogEntry,
        /// What it is asked.
        subject: &'a ExcerptSubject,
        /// What it says, once that is known.
        excerpt: Option<&'a Excerpt>,
    },
    /// All documents on a modifier or payer, side by side: how many.
    Comparison(usize),
}

impl LibraryList {
    /// Lists everything.
    pub(crate) fn new(by: GroupBy, library: &Library, index: &Index) -> Self {
        let mut listing = Self {
            group_by: by,
            ..Self::default()
        };
        listing.apply_filter(library, index);
        listing
    }

    /// Returns what is listed.
    pub const fn group_by(&self) -> GroupBy {
        self.group_by
    }

    /// Returns what it is filtered by.
    pub fn filter_text(&self) -> &str {
        self.filter.value()
    }

    /// Returns the columns of the filter's text before the cursor.
    pub fn cursor(&self) -> usize {
        self.filter.visual_cursor()
    }

    /// Returns the number of the chosen item, from 0.
    pub const fn selected(&self) -> usize {
        self.list_cursor.item
    }

    /// Returns the number of the line that is shown first.
    pub const fn top(&self) -> usize {
        self.list_cursor.top
    }

    /// Returns where items and headings stand.
    pub const fn grouped_list(&self) -> &GroupedList {
        &self.grouped_list
    }

    /// Returns how many items there are.
    pub fn len(&self) -> usize {
        self.grouped_list.count()
    }

    /// Says whether nothing passes the filter.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns how many codes of imported sets pass the filter and are not listed.
    pub const fn left_out(&self) -> usize {
        self.left_out
    }

    /// Returns an item.
    pub fn item<'a>(
        &'a self,
        n: usize,
        library: &'a Library,
        index: &Index,
    ) -> Option<LibraryItem<'a>> {
        let (part, within) = self.find(n)?;
        Some(match &part.source {
            ItemSource::Documents(entries) => {
                let entry = library.entries().get(*entries.get(within)?)?;
                LibraryItem::Document(entry)
            }
            ItemSource::BrokenFiles(broken) => {
                LibraryItem::BrokenFile(library.broken().get(*broken.get(within)?)?)
            }
            ItemSource::AllCodes(_) | ItemSource::MatchingCodes(_) => {
                let number = part.code_at(within, index)?;
                let (code, title) = index.code(number)?;
                let ask = ExcerptRequest {
                    code,
                    subject: ExcerptSubject::CodeStatus,
                };
                LibraryItem::Code {
                    usage: self.excerpts.get(&ask),
                    code: ask.code,
                    title,
                }
            }
            ItemSource::Subject(about, entries) => match part.document_at(within) {
                None => LibraryItem::Comparison(entries.len()),
                Some(at) => {
                    let entry = library.entries().get(at)?;
                    let ask = ExcerptRequest {
                        code: entry.code.clone(),
                        subject: about.clone(),
                    };
                    LibraryItem::Row {
                        entry,
                        subject: about,
                        excerpt: self.excerpts.get(&ask),
                    }
                }
            },
        })
    }

    /// Returns what is to be laid side by side for an item, where it is about such a thing.
    pub(crate) fn comparison_request(
        &self,
        n: usize,
        library: &Library,
    ) -> Option<ComparisonRequest> {
        let (part, within) = self.find(n)?;
        let ItemSource::Subject(about, entries) = &part.source else {
            return None;
        };
        let chosen = match part.document_at(within) {
            Some(at) => vec![at],
            None => entries
                .iter()
                .copied()
                .take(MAX_COMPARED_DOCUMENTS)
                .collect(),
        };
        let left_out = match part.document_at(within) {
            Some(_) => 0,
            None => entries.len().saturating_sub(MAX_COMPARED_DOCUMENTS),
        };
        let codes = chosen
            .into_iter()
            .filter_map(|at| library.entries().get(at));
        Some(ComparisonRequest {
            subject: about.clone(),
            codes: codes.map(|entry| entry.code.clone()).collect(),
            left_out,
        })
    }

    /// Returns what has to be asked to show the lines in sight.
    pub(crate) fn missing_excerpts(
        &self,
        library: &Library,
        index: &Index,
        height: u16,
    ) -> Vec<ExcerptRequest> {
        let asks = self.visible_items(height).filter_map(|n| {
            let (part, within) = self.find(n)?;
            Some(match &part.source {
                ItemSource::Documents(_) | ItemSource::BrokenFiles(_) => return None,
                ItemSource::AllCodes(_) | ItemSource::MatchingCodes(_) => ExcerptRequest {
                    code: index.code(part.code_at(within, index)?)?.0,
                    subject: ExcerptSubject::CodeStatus,
                },
                ItemSource::Subject(about, _) => ExcerptRequest {
                    code: library
                        .entries()
                        .get(part.document_at(within)?)?
                        .code
                        .clone(),
                    subject: about.clone(),
                },
            })
        });
        asks.filter(|ask| !self.excerpts.contains_key(ask))
            .collect()
    }

    /// Takes answers in.
    pub(crate) fn receive(&mut self, answers: Vec<(ExcerptRequest, Excerpt)>) {
        if self.excerpts.len() + answers.len() > MAX_CACHED_EXCERPTS {
            // Whatever of it is still in sight is asked for once more.
            self.excerpts.clear();
        }
        self.excerpts.extend(answers);
    }

    /// Lists what there is now: the library has changed. The choice stays where it was, since codes
    /// come after the documents when the index is there.
    pub(crate) fn refresh(&mut self, library: &Library, index: &Index) {
        let choice = self.list_cursor;
        self.excerpts.clear();
        self.apply_filter(library, index);
        self.list_cursor = choice;
    }

    fn visible_items(&self, height: u16) -> impl Iterator<Item = usize> {
        let lines = self.list_cursor.top..self.list_cursor.top + usize::from(height);
        let mut items: Vec<usize> = lines
            .filter_map(|line| match self.grouped_list.line_at(line, height)? {
                crate::app::list::ListLine::Item(n, _) => Some(n),
                crate::app::list::ListLine::Heading(_) => None,
            })
            .collect();
        items.dedup();
        items.into_iter()
    }

    fn find(&self, n: usize) -> Option<(&ItemGroup, usize)> {
        let (part, within) = self.grouped_list.locate(n)?;
        Some((self.item_groups.get(part)?, within))
    }

    /// Chooses the first item that is about a code.
    pub(crate) fn select_code(&mut self, library: &Library, code: &CodeId) {
        let Some(at) = library
            .entries()
            .iter()
            .position(|entry| entry.code == *code)
        else {
            return;
        };
        let mut before = 0;
        for part in &self.item_groups {
            if let Some(within) = part.position(at) {
                self.list_cursor.item = before + within;
                return;
            }
            before += part.len();
        }
    }

    /// Chooses by how far it is from the chosen one, and shows it in a list of some lines.
    pub(crate) fn move_selection(&mut self, by: isize, lines: u16) {
        self.list_cursor.move_by(by, &self.grouped_list, lines);
    }

    /// Returns how many items a list of some lines shows.
    pub(crate) fn items_per_screen(&self, lines: u16) -> usize {
        self.grouped_list.items_per_screen(lines)
    }

    /// Turns to another list, around the ends.
    pub(crate) fn cycle_group_by(&mut self, by: isize, library: &Library, index: &Index) {
        let at = GroupBy::ALL.iter().position(|one| *one == self.group_by);
        let count = GroupBy::ALL.len();
        let at = at.unwrap_or_default().checked_add_signed(by);
        self.group_by = GroupBy::ALL[at.unwrap_or(count - 1) % count];
        self.apply_filter(library, index);
    }

    /// Edits the filter; says whether its text has changed.
    pub(crate) fn edit(&mut self, request: InputRequest, library: &Library, index: &Index) {
        let change = self.filter.handle(request);
        if change.is_some_and(|change| change.value) {
            self.apply_filter(library, index);
        }
    }

    /// Puts text into the filter at the cursor.
    pub(crate) fn insert(&mut self, text: &str, library: &Library, index: &Index) {
        for c in text.chars() {
            self.filter.handle(InputRequest::InsertChar(c));
        }
        self.apply_filter(library, index);
    }

    /// Filters anew.
    pub(crate) fn apply_filter(&mut self, library: &Library, index: &Index) {
        let words = self.filter.value();
        (self.item_groups, self.left_out) =
            items::filtered_groups(self.group_by, words, library, index);
        let headings = self.item_groups.iter().map(|part| Group {
            title: part.title.clone(),
            count: part.len(),
            shown_count: part.shown_count(),
        });
        self.grouped_list = GroupedList::new(headings, self.group_by.lines_per_item());
        self.list_cursor = ListCursor::default();
    }
}

impl App {
    /// Opens the chosen item: a document, a report, or what documents say side by side.
    pub(crate) fn open_library_item(&mut self, listing: LibraryList) -> Option<Effect> {
        let (library, index) = (Arc::clone(&self.library), Arc::clone(&self.index));
        let chosen = listing.selected();
        match listing.item(chosen, &library, &index) {
            Some(LibraryItem::Document(CatalogEntry { code, .. })) => {
                self.push_history();
                Some(Effect::LoadDocument(code.clone(), None))
            }
            Some(LibraryItem::Code { code, .. }) => {
                self.push_history();
                Some(Effect::LoadDocument(code, None))
            }
            Some(LibraryItem::BrokenFile(broken)) => {
                self.focus = Focus::TextPanel(TextPanel::error_report(
                    broken,
                    &self.keymap,
                    self.layout_options(),
                ));
                None
            }
            Some(LibraryItem::Row { .. } | LibraryItem::Comparison(_)) | None => {
                let topic = listing.comparison_request(chosen, &library);
                // The list stays until the answer is there, and is come back to.
                self.focus = Focus::Library(listing);
                topic.map(Effect::LoadComparison)
            }
        }
    }

    /// Shows the library's lists, at the open document.
    pub(crate) fn show_library(&mut self) {
        let mut listing = LibraryList::new(GroupBy::Code, &self.library, &self.index);
        listing.select_code(&self.library, &self.document_view.document().code);
        listing.move_selection(0, self.screen_layout().list_areas().1.height);
        self.focus = Focus::Library(listing);
    }
}
