//! Keeps a search: the field, its answers, the one that is chosen, and the one gone to.

use tui_input::{Input, InputRequest};

use crate::app::list::{Group, GroupedList, ListCursor};
use crate::content::CodeId;
use crate::search::{Highlighter, Hit, Index, Query, Results};

/// How many hits are listed at most. Each has its text read again at every keystroke; who wants
/// more is better served by another word.
pub const MAX_HITS: usize = 60;

/// The lines that one hit takes in the list: where, then what.
pub const HIT_LINES: u16 = 2;

/// What a search can be bounded to, for those who do not know the words for it: what to type, and
/// what it does.
pub const SCOPES: [(&str, &str); 5] = [
    ("mod:", "a modifier, in every document: mod:26"),
    ("payer:", "a payer, in every document: payer:aetna"),
    ("code:", "codes that begin so: code:839"),
    ("in:", "one section: in:coding"),
    ("set:", "one code set: set:icd10cm"),
];

/// The search field and its answers.
#[derive(Clone, Debug)]
pub struct SearchState {
    input: Input,
    results: Results,
    grouped_list: GroupedList,
    list_cursor: ListCursor,
}

impl Default for SearchState {
    /// Begins with the list of scopes.
    fn default() -> Self {
        Self {
            input: Input::default(),
            results: Results::default(),
            grouped_list: GroupedList::ungrouped(SCOPES.len(), 1),
            list_cursor: ListCursor::default(),
        }
    }
}

impl SearchState {
    /// Returns what has been typed.
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// Returns the columns of the field's text before the cursor.
    pub fn cursor(&self) -> usize {
        self.input.visual_cursor()
    }

    /// Returns the answers.
    pub const fn results(&self) -> &Results {
        &self.results
    }

    /// Returns the number of the chosen hit, or of the chosen nearest term where nothing matched.
    pub const fn selected(&self) -> usize {
        self.list_cursor.item
    }

    /// Returns the number of the line that is shown first.
    pub const fn top(&self) -> usize {
        self.list_cursor.top
    }

    /// Returns where hits and the headings of their groups stand; without hits, where the nearest
    /// terms or the scopes do.
    pub const fn grouped_list(&self) -> &GroupedList {
        &self.grouped_list
    }

    /// Returns the chosen hit.
    pub fn selected_hit(&self) -> Option<&Hit> {
        self.results.hits.get(self.list_cursor.item)
    }

    /// Returns the chosen one of the nearest terms, where nothing matched.
    pub fn selected_suggestion(&self) -> Option<&str> {
        let nearest = self.results.suggestions.get(self.list_cursor.item);
        nearest
            .filter(|_| self.results.hits.is_empty())
            .map(String::as_str)
    }

    /// Searches anew for what stands in the field.
    pub(crate) fn run_query(&mut self, index: &Index, open: &CodeId) {
        let query = Query::parse(self.input.value());
        self.results = if query.is_empty() {
            Results::default()
        } else {
            index.search(&query, Some(open), MAX_HITS)
        };
        self.grouped_list = self.build_list();
        self.list_cursor = ListCursor::default();
    }

    /// Edits the field; says whether its text has changed.
    pub(crate) fn edit(&mut self, request: InputRequest) -> bool {
        self.input
            .handle(request)
            .is_some_and(|change| change.value)
    }

    /// Puts text in at the cursor.
    pub(crate) fn insert(&mut self, text: &str) {
        for c in text.chars() {
            self.edit(InputRequest::InsertChar(c));
        }
    }

    /// Puts another text into the field.
    pub(crate) fn set_text(&mut self, text: String) {
        self.input = Input::new(text);
    }

    /// Chooses a hit by how far it is from the chosen one, and shows it in a list of some lines.
    pub(crate) fn move_selection(&mut self, by: isize, lines: u16) {
        self.list_cursor.move_by(by, &self.grouped_list, lines);
    }

    /// Returns how many hits a list of some lines shows.
    pub(crate) fn items_per_screen(&self, lines: u16) -> usize {
        self.grouped_list.items_per_screen(lines)
    }

    /// Returns the chosen one of [`SCOPES`], while nothing is typed.
    pub(crate) fn selected_scope(&self) -> Option<&'static str> {
        let (scope, _) = SCOPES.get(self.list_cursor.item)?;
        self.text().is_empty().then_some(scope)
    }

    fn build_list(&self) -> GroupedList {
        let hits = &self.results.hits;
        if self.text().is_empty() {
            return GroupedList::ungrouped(SCOPES.len(), 1);
        }
        if hits.is_empty() {
            return GroupedList::ungrouped(self.results.suggestions.len(), 1);
        }
        let groups = hits.chunk_by(|a, b| a.group == b.group);
        let groups = groups.map(|group| Group::new(group[0].group.title().to_owned(), group.len()));
        GroupedList::new(groups, HIT_LINES)
    }

    /// Ends the search at the chosen hit.
    pub(crate) fn into_active_search(self) -> Option<ActiveSearch> {
        let at = self.list_cursor.item;
        (at < self.results.hits.len()).then(|| ActiveSearch {
            query_text: self.input.value().to_owned(),
            hits: self.results.hits,
            highlighter: self.results.highlighter,
            current_hit: at,
        })
    }
}

/// A search whose hits the reader goes through.
#[derive(Clone, Debug)]
pub struct ActiveSearch {
    /// What was asked for.
    pub query_text: String,
    /// The hits, best first; never empty.
    pub hits: Vec<Hit>,
    /// Marks the words that were found.
    pub highlighter: Highlighter,
    /// The number of the hit that the reader went to last.
    pub current_hit: usize,
}
