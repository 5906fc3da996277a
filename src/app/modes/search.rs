//! The search pane: a text field and the hits for its text.

use ratatui::layout::Position;

use crate::app::action::Effect;
use crate::app::bookmarks::Bookmarks;
use crate::app::command::Movement;
use crate::app::list::{Click, Group, GroupedList};
use crate::app::pane::{Pane, PaneContext};
use crate::app::text_input::{Edit, TextInput};
use crate::content::CodeId;
use crate::search::{Highlighter, Hit, HitGroup, Index, Query, Results};

/// The most hits in the list. The text of each is read again at every keystroke, and a reader who
/// wants more is better served by another word.
pub const MAX_HITS: usize = 60;

/// The lines of one hit in the list: the path, then the text.
pub const HIT_LINES: u16 = 2;

/// The prefixes that limit a search, listed while the field is empty: what to type, and its effect.
pub const SCOPES: [(&str, &str); 6] = [
    ("mod:", "a modifier, in every document: mod:26"),
    ("payer:", "a payer, in every document: payer:aetna"),
    ("code:", "codes that begin so: code:839"),
    ("pos:", "a place of service: pos:22"),
    ("in:", "one section: in:coding"),
    ("set:", "one code set: set:icd10cm"),
];

/// A text field with one of three lists: scopes while the field is empty, hits, or suggestions if
/// there are no hits.
#[derive(Clone, Debug)]
pub struct SearchState {
    pub input: TextInput,
    pub results: Results,
    pub list: GroupedList,
}

impl Default for SearchState {
    fn default() -> Self {
        Self {
            input: TextInput::default(),
            results: Results::default(),
            list: GroupedList::ungrouped(SCOPES.len(), 1),
        }
    }
}

impl SearchState {
    pub(crate) fn with_query(
        text: String,
        index: &Index,
        bookmarks: Option<&Bookmarks>,
        open: &CodeId,
    ) -> Self {
        let mut search = Self {
            input: TextInput::new(text, usize::MAX),
            ..Self::default()
        };
        search.run_query(index, bookmarks, open);
        search
    }

    pub fn selected_hit(&self) -> Option<&Hit> {
        self.results.hits.get(self.list.selected())
    }

    /// `None` if there are hits.
    pub fn selected_suggestion(&self) -> Option<&str> {
        let suggestion = self.results.suggestions.get(self.list.selected())?;
        self.results.hits.is_empty().then_some(suggestion)
    }

    /// `None` unless the field is empty.
    pub(crate) fn selected_scope(&self) -> Option<&'static str> {
        let (scope, _) = SCOPES.get(self.list.selected())?;
        self.input.text().is_empty().then_some(scope)
    }

    /// Searches the index and the notes. Rows of the open document rank higher.
    fn run_query(&mut self, index: &Index, bookmarks: Option<&Bookmarks>, open: &CodeId) {
        let query = Query::parse(self.input.text());
        self.results = if query.is_empty() {
            Results::default()
        } else {
            index.search(&query, Some(open), MAX_HITS)
        };
        if let Some(bookmarks) = bookmarks {
            self.results.add_notes(bookmarks.search(&query), MAX_HITS);
        }
        self.list = self.build_list();
    }

    fn run_query_in(&mut self, context: &PaneContext<'_>) {
        let open = &context.document_view.document().code;
        self.run_query(context.index, context.bookmarks, open);
    }

    fn build_list(&self) -> GroupedList {
        let hits = &self.results.hits;
        if self.input.text().is_empty() {
            return GroupedList::ungrouped(SCOPES.len(), 1);
        }
        if hits.is_empty() {
            return GroupedList::ungrouped(self.results.suggestions.len(), 1);
        }
        let groups = hits.chunk_by(|a, b| a.group == b.group);
        let groups = groups.map(|group| {
            let mut title = self.results.heading(group[0].group, self.input.text());
            if group[0].group == HitGroup::Best {
                for missing in &self.results.missing {
                    title += &format!("; {missing}");
                }
            }
            Group::new(title, group.len())
        });
        GroupedList::new(groups, HIT_LINES)
    }

    /// Ends the search at the selected hit. `None` if there is none.
    pub(crate) fn into_active_search(self) -> Option<ActiveSearch> {
        let current_hit = self.list.selected();
        (current_hit < self.results.hits.len()).then(|| ActiveSearch {
            query_text: self.input.text().to_owned(),
            hits: self.results.hits,
            highlighter: self.results.highlighter,
            current_hit,
        })
    }
}

impl Pane for SearchState {
    fn relayout(&mut self, context: &mut PaneContext<'_>) {
        self.list.relayout(context.list_area().height);
    }

    fn library_changed(&mut self, context: &mut PaneContext<'_>) {
        self.run_query_in(context);
    }

    fn move_vertically(&mut self, movement: Movement, context: &mut PaneContext<'_>) {
        match movement {
            Movement::Home => self.input.move_to_start(),
            Movement::End => self.input.move_to_end(),
            Movement::Up | Movement::Down | Movement::PageUp | Movement::PageDown => {
                self.list.apply(movement, context.list_area().height);
            }
        }
    }

    fn move_horizontally(&mut self, by: isize, _: &mut PaneContext<'_>) -> Option<Effect> {
        self.input.move_cursor(by);
        None
    }

    fn edit(&mut self, edit: Edit<'_>, context: &mut PaneContext<'_>) {
        if self.input.edit(edit) {
            self.run_query_in(context);
        }
    }

    fn click(&mut self, at: Position, context: &mut PaneContext<'_>) -> Click {
        self.list.click(at, context.list_area())
    }
}

/// A search whose hits the reader steps through. Its words are highlighted.
#[derive(Clone, Debug)]
pub struct ActiveSearch {
    pub query_text: String,
    /// Best first; never empty.
    pub hits: Vec<Hit>,
    pub highlighter: Highlighter,
    /// The number of the hit that the reader last went to.
    pub current_hit: usize,
}
