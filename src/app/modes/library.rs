//! The library pane: lists of documents and codes, of modifiers, and of payers, with a filter.
//!
//! A list of ten thousand documents and a hundred thousand codes holds positions at most. The text
//! of an item is requested when it scrolls into view ([`LibraryList::missing_excerpts`]), and
//! arrives later ([`LibraryList::receive`]).

pub(crate) mod items;

use std::collections::BTreeMap;

use ratatui::layout::Position;

use crate::app::action::Effect;
use crate::app::command::Movement;
use crate::app::list::{Click, Group, GroupedList, ListLine};
use crate::app::modes::library::items::{GroupBy, ItemGroup, ItemSource};
use crate::app::pane::{Pane, PaneContext};
use crate::app::text_input::{Edit, TextInput};
use crate::content::CodeId;
use crate::library::{
    BrokenFile, CatalogEntry, ComparisonRequest, Excerpt, ExcerptRequest, ExcerptSubject, Library,
};
use crate::search::Index;

/// The most documents in a comparison; nobody would read more.
const MAX_COMPARED_DOCUMENTS: usize = 40;

/// The most excerpts in memory. Beyond that, all are dropped and those in view requested again.
const MAX_CACHED_EXCERPTS: usize = 512;

#[derive(Clone, Debug, Default)]
pub struct LibraryList {
    pub group_by: GroupBy,
    pub filter: TextInput,
    item_groups: Vec<ItemGroup>,
    pub list: GroupedList,
    excerpts: BTreeMap<ExcerptRequest, Excerpt>,
    /// How many codes of imported sets pass the filter but are not listed.
    pub left_out: usize,
}

/// One item of a list, with the data to show.
#[derive(Clone, Debug)]
pub enum LibraryItem<'a> {
    Document(&'a CatalogEntry),
    BrokenFile(&'a BrokenFile),
    /// A code of an imported set.
    Code {
        code: CodeId,
        title: String,
        /// The code's status in its set, once loaded.
        usage: Option<&'a Excerpt>,
    },
    /// A document's row on a modifier or payer.
    Row {
        entry: &'a CatalogEntry,
        subject: &'a ExcerptSubject,
        /// The row's text, once loaded.
        excerpt: Option<&'a Excerpt>,
    },
    /// The comparison of all documents on a modifier or payer, with their number.
    Comparison(usize),
}

impl LibraryList {
    /// The list that has a document, with the document selected.
    pub(crate) fn with_selected(code: &CodeId, library: &Library, index: &Index) -> Self {
        let group_by = match code.as_modifier() {
            Some(_) => GroupBy::Modifier,
            None => GroupBy::Code,
        };
        let mut list = Self {
            group_by,
            ..Self::default()
        };
        list.filter_items(library, index);
        list.select_code(library, code);
        list
    }

    pub fn len(&self) -> usize {
        self.list.count()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item with a number, from 0.
    pub fn item<'a>(
        &'a self,
        n: usize,
        library: &'a Library,
        index: &Index,
    ) -> Option<LibraryItem<'a>> {
        let (group, within) = self.find(n)?;
        Some(match &group.source {
            ItemSource::Documents(entries) => {
                LibraryItem::Document(library.entries().get(*entries.get(within)?)?)
            }
            ItemSource::BrokenFiles(files) => {
                LibraryItem::BrokenFile(library.broken().get(*files.get(within)?)?)
            }
            ItemSource::AllCodes(_) | ItemSource::MatchingCodes(_) => {
                let (code, title) = index.code(group.code_at(within, index)?)?;
                let subject = ExcerptSubject::CodeStatus;
                let request = ExcerptRequest { code, subject };
                LibraryItem::Code {
                    usage: self.excerpts.get(&request),
                    code: request.code,
                    title,
                }
            }
            ItemSource::Subject {
                subject, entries, ..
            } => match group.document_at(within) {
                None => LibraryItem::Comparison(entries.len()),
                Some(document) => {
                    let entry = library.entries().get(document)?;
                    let request = ExcerptRequest {
                        code: entry.code.clone(),
                        subject: subject.clone(),
                    };
                    LibraryItem::Row {
                        entry,
                        subject,
                        excerpt: self.excerpts.get(&request),
                    }
                }
            },
        })
    }

    /// The comparison that an item opens. `None` for an item that is not a row on a modifier or payer.
    pub(crate) fn comparison_request(
        &self,
        n: usize,
        library: &Library,
    ) -> Option<ComparisonRequest> {
        let (group, within) = self.find(n)?;
        let ItemSource::Subject {
            subject,
            page,
            entries,
        } = &group.source
        else {
            return None;
        };
        if page.is_some() && within == 0 {
            return None;
        }
        let single = group.document_at(within).map(|document| [document]);
        let documents = single.as_ref().map_or(entries.as_slice(), |single| single);
        let compared = documents.iter().take(MAX_COMPARED_DOCUMENTS);
        let entries = compared.filter_map(|n| library.entries().get(*n));
        Some(ComparisonRequest {
            subject: subject.clone(),
            codes: entries.map(|entry| entry.code.clone()).collect(),
            left_out: documents.len().saturating_sub(MAX_COMPARED_DOCUMENTS),
        })
    }

    /// The excerpts that the visible lines need.
    pub(crate) fn missing_excerpts(
        &self,
        library: &Library,
        index: &Index,
        height: u16,
    ) -> Vec<ExcerptRequest> {
        let top = self.list.top();
        let lines = top..top + usize::from(height);
        let items = lines.filter_map(|line| match self.list.line_at(line, height)? {
            // Every item is requested at its first visible line.
            ListLine::Item(n, part) if part == 0 || line == top => Some(n),
            ListLine::Item(..) | ListLine::Heading(_) => None,
        });
        let requests = items.filter_map(|n| match self.item(n, library, index)? {
            LibraryItem::Code {
                code, usage: None, ..
            } => Some(ExcerptRequest {
                code,
                subject: ExcerptSubject::CodeStatus,
            }),
            LibraryItem::Row {
                entry,
                subject,
                excerpt: None,
            } => Some(ExcerptRequest {
                code: entry.code.clone(),
                subject: subject.clone(),
            }),
            _ => None,
        });
        requests.collect()
    }

    pub(crate) fn receive(&mut self, excerpts: Vec<(ExcerptRequest, Excerpt)>) {
        if self.excerpts.len() + excerpts.len() > MAX_CACHED_EXCERPTS {
            self.excerpts.clear();
        }
        self.excerpts.extend(excerpts);
    }

    /// The group of an item, and the item's number in it.
    fn find(&self, n: usize) -> Option<(&ItemGroup, usize)> {
        let (group, within) = self.list.locate(n)?;
        Some((self.item_groups.get(group)?, within))
    }

    /// Selects the first item about a document.
    fn select_code(&mut self, library: &Library, code: &CodeId) {
        let mut entries = library.entries().iter();
        let Some(document) = entries.position(|entry| entry.code == *code) else {
            return;
        };
        let mut before = 0;
        for group in &self.item_groups {
            if let Some(within) = group.position(document) {
                self.list.cursor.item = before + within;
                return;
            }
            before += group.len();
        }
    }

    fn filter_items(&mut self, library: &Library, index: &Index) {
        (self.item_groups, self.left_out) =
            items::filtered_groups(self.group_by, self.filter.text(), library, index);
        let groups = self.item_groups.iter().map(|group| Group {
            title: group.title.clone(),
            count: group.len(),
            shown_count: group.shown_count(),
        });
        self.list = GroupedList::new(groups, self.group_by.lines_per_item());
    }
}

impl Pane for LibraryList {
    fn relayout(&mut self, context: &mut PaneContext<'_>) {
        self.list.relayout(context.list_area().height);
    }

    /// Keeps the selection, since codes come after the documents once the index is there.
    fn reload(&mut self, context: &mut PaneContext<'_>) {
        let cursor = self.list.cursor;
        self.excerpts.clear();
        self.filter_items(context.library, context.index);
        self.list.cursor = cursor;
    }

    /// Moves in the list. Home and End move the text cursor if there is a text.
    fn move_vertically(&mut self, movement: Movement, context: &mut PaneContext<'_>) {
        match movement {
            Movement::Home if !self.filter.text().is_empty() => self.filter.move_to_start(),
            Movement::End if !self.filter.text().is_empty() => self.filter.move_to_end(),
            movement => self.list.apply(movement, context.list_area().height),
        }
    }

    /// Moves the text cursor or, if there is no text, switches to another list.
    fn move_horizontally(&mut self, by: isize, context: &mut PaneContext<'_>) -> Option<Effect> {
        if self.filter.text().is_empty() {
            self.cycle_tab(by, context);
        } else {
            self.filter.move_cursor(by);
        }
        None
    }

    /// Switches to the next or previous list, around the ends, and selects the open document.
    fn cycle_tab(&mut self, by: isize, context: &mut PaneContext<'_>) -> bool {
        self.group_by = self.group_by.cycle(by);
        self.filter_items(context.library, context.index);
        self.select_code(context.library, &context.document_view.document().code);
        self.relayout(context);
        true
    }

    fn edit(&mut self, edit: Edit<'_>, context: &mut PaneContext<'_>) {
        if self.filter.edit(edit) {
            self.filter_items(context.library, context.index);
        }
    }

    fn click(&mut self, at: Position, context: &mut PaneContext<'_>) -> Click {
        self.list.click(at, context.list_area())
    }
}
