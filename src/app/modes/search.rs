//! The search pane: a text field, filters, and the hits for the text.
//!
//! The texts of the first hits are read at every keystroke. Those of further hits are read when they
//! scroll into view, and forgotten when they leave it.

pub(crate) mod filter_bar;

use ratatui::layout::{Position, Rect};

use crate::app::action::Effect;
use crate::app::command::Movement;
use crate::app::history::ReadingPosition;
use crate::app::list::{Click, Group, GroupedList};
use crate::app::messages::search::{
    EARLIER_SEARCHES, MORE_RESULTS, OPENED_CODES, SCOPES, SEARCH_WITHIN,
};
use crate::app::modes::search::filter_bar::{Filter, FilterLabel, Filters};
use crate::app::pane::{Pane, PaneContext};
use crate::app::search_history::{OpenedCode, SearchHistory};
use crate::app::text_input::{Edit, TextInput};
use crate::content::CodeId;
use crate::search::{Highlighter, Hit, HitFilters, HitGroup, HitKind, Index, Query, Results};

/// The number of hits whose text is read at every keystroke.
pub const MAX_HITS: usize = 60;

/// The lines of one hit in the list: the path, then the text.
pub const HIT_LINES: u16 = 2;

/// The least height at which the filters have a line.
const MIN_HEIGHT_FOR_FILTERS: u16 = 8;

/// A text field with one of three lists: suggestions of what to search for while the field is empty,
/// hits, or similar words if there are no hits.
#[derive(Clone, Debug, Default)]
pub struct SearchState {
    pub input: TextInput,
    pub filters: Filters,
    /// The first hits.
    pub results: Results,
    /// Hits after the first ones, as far as they are in view.
    further: Vec<Hit>,
    /// The number of hits between the first ones and `further`.
    further_start: usize,
    pub list: GroupedList,
    /// The document that was open when the query ran. Its rows rank higher.
    open: Option<CodeId>,
    /// The position before the search, if the reader has returned from a hit.
    pub(crate) origin: Option<ReadingPosition>,
    /// See [`ActiveSearch::history_depth`]; `None` once the query is edited.
    pub(crate) resumed: Option<usize>,
}

/// An item of the list below an empty field.
#[derive(Clone, Copy, Debug)]
pub enum StartItem<'a> {
    /// An earlier search.
    Query(&'a str),
    Code(&'a OpenedCode),
    /// A scope and its description.
    Scope(&'static str, &'static str),
}

impl SearchState {
    /// A search for a text. [`Pane::reload`] runs it.
    pub(crate) fn with_text(text: String) -> Self {
        Self {
            input: TextInput::new(text, usize::MAX),
            ..Self::default()
        }
    }

    /// A hit of the list, if its text is loaded.
    pub fn hit(&self, n: usize) -> Option<&Hit> {
        match n.checked_sub(self.results.hits.len()) {
            None => self.results.hits.get(n),
            Some(further) => self.further.get(further.checked_sub(self.further_start)?),
        }
    }

    pub fn selected_hit(&self) -> Option<&Hit> {
        self.hit(self.list.selected())
    }

    /// `None` if there are hits.
    pub fn selected_suggestion(&self) -> Option<&str> {
        let suggestion = self.results.suggestions.get(self.list.selected())?;
        self.results.hits.is_empty().then_some(suggestion)
    }

    /// An item of the list below the empty field. `None` if the field has a text.
    pub fn start_item<'a>(&self, n: usize, history: &'a SearchHistory) -> Option<StartItem<'a>> {
        let queries = history.queries.iter().map(|query| StartItem::Query(query));
        let codes = history.codes.iter().map(StartItem::Code);
        let scopes = SCOPES.into_iter();
        let scopes = scopes.map(|(scope, description)| StartItem::Scope(scope, description));
        let mut items = queries.chain(codes).chain(scopes);
        items.nth(n).filter(|_| self.has_no_text())
    }

    /// The lines of the filters, if there is room, and of the list.
    pub fn areas(area: Rect) -> (Option<Rect>, Rect) {
        if area.height < MIN_HEIGHT_FOR_FILTERS {
            return (None, area);
        }
        let filters = Rect { height: 1, ..area };
        let list = Rect {
            y: area.y + 1,
            height: area.height - 1,
            ..area
        };
        (Some(filters), list)
    }

    pub fn has_no_text(&self) -> bool {
        self.input.text().trim().is_empty()
    }

    pub fn filter_labels(&self, columns: u16) -> Vec<FilterLabel> {
        self.filters.labels(self.open_code(), columns)
    }

    fn open_code(&self) -> &str {
        self.open.as_ref().map_or("", |open| open.value())
    }

    /// Returns true if filters may hide hits.
    pub fn has_filters(&self) -> bool {
        self.filters != Filters::default()
    }

    fn query(&self) -> Query {
        let document = self.open.clone().filter(|_| self.filters.this_document);
        Query::parse(self.input.text()).with_filters(HitFilters {
            kind: self.filters.kind,
            billable_only: self.filters.billable_only,
            document,
        })
    }

    /// Searches the index and the notes.
    fn run_query(&mut self, context: &PaneContext<'_>) {
        self.open = Some(context.document_view.document().code.clone());
        let query = self.query();
        self.results = if query.is_empty() {
            Results::default()
        } else {
            context.index.search(&query, self.open.as_ref(), MAX_HITS)
        };
        if let (Some(bookmarks), HitKind::All) = (context.bookmarks, self.filters.kind) {
            self.results.add_notes(bookmarks.search(&query), usize::MAX);
        }
        if self.has_filters() {
            // They were found without the filters.
            self.results.suggestions.clear();
        }
        self.further.clear();
        self.list = self.build_list(context.search_history);
    }

    fn build_list(&self, history: &SearchHistory) -> GroupedList {
        let results = &self.results;
        if self.has_no_text() {
            let (queries, codes) = (history.queries.len(), history.codes.len());
            if queries + codes == 0 {
                return GroupedList::ungrouped(SCOPES.len(), 1);
            }
            let groups = [
                (EARLIER_SEARCHES, queries),
                (OPENED_CODES, codes),
                (SEARCH_WITHIN, SCOPES.len()),
            ];
            let groups = groups.map(|(title, count)| Group::new(title.to_owned(), count));
            return GroupedList::new(groups, 1);
        }
        if results.hits.is_empty() {
            return GroupedList::ungrouped(results.suggestions.len(), 1);
        }
        let groups = results.hits.chunk_by(|a, b| a.group == b.group);
        let groups = groups.map(|group| {
            let mut title = results.heading(group[0].group, self.input.text());
            if group[0].group == HitGroup::Best {
                for missing in &results.missing {
                    title += "; ";
                    title += missing;
                }
            }
            Group::new(title, group.len())
        });
        let further = results.total.saturating_sub(results.hits.len());
        let further = Group::new(MORE_RESULTS.to_owned(), further);
        GroupedList::new(groups.chain([further]), HIT_LINES)
    }

    /// Loads the further hits in view, unless they are loaded.
    fn load_visible(&mut self, index: &Index, height: u16) {
        let visible = usize::from(height / HIT_LINES) + 2;
        let first = self.list.top() / usize::from(HIT_LINES);
        // Headings move hits down by less than a screen.
        let low = first.saturating_sub(self.list.groups().len());
        let count = self.list.count();
        let first_page = self.results.hits.len();
        let end = (first + visible).min(count);
        if self.results.hits.is_empty() || end <= first_page {
            return;
        }
        let wanted = low.max(first_page)..end;
        let loaded = first_page + self.further_start;
        let loaded = loaded..loaded + self.further.len();
        if loaded.start <= wanted.start && wanted.end <= loaded.end {
            return;
        }
        // Loading some more in both directions saves searches while an arrow is held.
        let start = wanted.start.saturating_sub(visible).max(first_page) - first_page;
        let range = start..start + wanted.len() + 2 * visible;
        let query = self.query();
        self.further = index.search_further(&query, self.open.as_ref(), MAX_HITS, range);
        self.further_start = start;
    }

    /// Selects a hit and loads its text.
    pub(crate) fn select_hit(&mut self, n: usize, index: &Index, area: Rect) {
        let (_, list) = Self::areas(area);
        self.list.select(n, list.height);
        self.load_visible(index, list.height);
    }
}

impl Pane for SearchState {
    fn relayout(&mut self, context: &mut PaneContext<'_>) {
        let (_, list) = Self::areas(context.list_area());
        self.list.relayout(list.height);
        self.load_visible(context.index, list.height);
    }

    fn reload(&mut self, context: &mut PaneContext<'_>) {
        self.run_query(context);
    }

    fn move_vertically(&mut self, movement: Movement, context: &mut PaneContext<'_>) {
        match movement {
            Movement::Home => self.input.move_to_start(),
            Movement::End => self.input.move_to_end(),
            movement => {
                let (_, list) = Self::areas(context.list_area());
                self.list.apply(movement, list.height);
                self.load_visible(context.index, list.height);
            }
        }
    }

    fn move_horizontally(&mut self, by: isize, _: &mut PaneContext<'_>) -> Option<Effect> {
        self.input.move_cursor(by);
        None
    }

    /// Selects the next or previous kind of hits, around the ends.
    fn cycle_tab(&mut self, by: isize, context: &mut PaneContext<'_>) -> bool {
        self.apply_filter(Filter::Kind(self.filters.kind_after(by)), context);
        true
    }

    fn apply_filter(&mut self, filter: Filter, context: &mut PaneContext<'_>) {
        self.filters.apply(filter);
        self.resumed = None;
        self.reload(context);
        self.relayout(context);
    }

    fn edit(&mut self, edit: Edit<'_>, context: &mut PaneContext<'_>) {
        if self.input.edit(edit) {
            self.resumed = None;
            self.run_query(context);
        }
    }

    fn click(&mut self, at: Position, context: &mut PaneContext<'_>) -> Click {
        let (filters, list) = Self::areas(context.list_area());
        if let Some(area) = filters.filter(|area| area.contains(at)) {
            if let Some(filter) = self.filters.filter_at(self.open_code(), at, area) {
                self.apply_filter(filter, context);
            }
            return Click::Done;
        }
        let click = self.list.click(at, list);
        self.load_visible(context.index, list.height);
        click
    }
}

/// A search whose hits the reader steps through. Its words are highlighted.
#[derive(Clone, Debug)]
pub struct ActiveSearch {
    /// The selected hit is the one that the reader last went to.
    pub state: Box<SearchState>,
    /// The number of positions to go back to when the first hit was opened. Back from there leads to
    /// the results.
    pub history_depth: usize,
}

impl ActiveSearch {
    pub const fn highlighter(&self) -> &Highlighter {
        &self.state.results.highlighter
    }
}
