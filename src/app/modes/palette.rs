//! The command palette: a text field over the actions, codes, modifiers, payers and documents whose
//! names have its words.

use std::collections::{BTreeSet, HashSet};

use crate::app::action::Effect;
use crate::app::command::Movement;
use crate::app::keymap::{Binding, Keymap};
use crate::app::list::{Click, Group, GroupedList};
use crate::app::messages::OTHER_PANES;
use crate::app::messages::palette::{ACTIONS, CODES_AND_DOCUMENTS, PAYERS};
use crate::app::mode::Mode;
use crate::app::pane::{Pane, PaneContext};
use crate::app::text_input::{Edit, TextInput};
use crate::library::Library;
use crate::search::{Hit, MatchReason, Query};
use ratatui::layout::Position;

/// The most hits that are read for a keystroke, and the most payers.
const MAX_HITS: usize = 40;

#[derive(Clone, Debug)]
pub struct Palette {
    pub input: TextInput,
    pub list: GroupedList,
    /// What the palette lists.
    pub content: PaletteContent,
    /// The mode of the pane below, in which the actions run.
    mode: Mode,
    items: Vec<Item>,
}

#[derive(Clone, Debug)]
enum Item {
    /// The position of a binding in the keymap.
    Action(usize),
    Hit(Box<Hit>),
    Payer(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaletteContent {
    /// The actions of the pane below, and codes.
    ActionsAndCodes,
    /// All actions.
    Keys,
}

#[derive(Clone, Copy, Debug)]
pub enum PaletteItem<'a> {
    Action(&'a Binding),
    Hit(&'a Hit),
    /// The name of a payer.
    Payer(&'a str),
}

impl Palette {
    /// An empty palette. [`Pane::reload`] fills it.
    pub(crate) fn new(content: PaletteContent, mode: Mode) -> Self {
        Self {
            input: TextInput::default(),
            list: GroupedList::default(),
            content,
            mode,
            items: Vec::new(),
        }
    }

    pub fn item<'a>(&'a self, n: usize, keymap: &'a Keymap) -> Option<PaletteItem<'a>> {
        Some(match self.items.get(n)? {
            Item::Action(binding) => PaletteItem::Action(keymap.bindings().get(*binding)?),
            Item::Hit(hit) => PaletteItem::Hit(hit),
            Item::Payer(name) => PaletteItem::Payer(name),
        })
    }

    pub const fn mode(&self) -> Mode {
        self.mode
    }

    fn fill(&mut self, context: &PaneContext<'_>) {
        let text = self.input.text().to_lowercase();
        let words: Vec<&str> = text.split_whitespace().collect();
        let bindings = context.keymap.bindings().iter().enumerate();
        let (mut here, mut elsewhere) = (Vec::new(), Vec::new());
        for (n, binding) in bindings {
            let name = format!("{} {}", binding.help, binding.command.id());
            if !has_words(&name, &words) {
                continue;
            }
            if binding.modes.contains(&self.mode) {
                here.push(Item::Action(n));
            } else {
                elsewhere.push(Item::Action(n));
            }
        }
        let mut groups = vec![(ACTIONS, here)];
        match self.content {
            PaletteContent::Keys => groups.push((OTHER_PANES, elsewhere)),
            PaletteContent::ActionsAndCodes => {
                let query = Query::parse(&text);
                let open = &context.document_view.document().code;
                let mut hits = context.index.search(&query, Some(open), MAX_HITS).hits;
                let mut seen = HashSet::new();
                hits.retain(|hit| {
                    is_by_name(hit) && seen.insert((hit.code.clone(), hit.row_path.clone()))
                });
                let hits = hits
                    .into_iter()
                    .map(|hit| Item::Hit(Box::new(hit)))
                    .collect();
                let payers = payers(context.library, &words).map(Item::Payer).collect();
                groups.push((CODES_AND_DOCUMENTS, hits));
                groups.push((PAYERS, payers));
            }
        }
        let headings = groups.iter();
        let headings = headings.map(|(title, items)| Group::new((*title).to_owned(), items.len()));
        self.list = GroupedList::new(headings, 1);
        self.items = groups.into_iter().flat_map(|(_, items)| items).collect();
    }
}

/// Returns true if each of the words, in lower case, begins a word of a name.
fn has_words(name: &str, words: &[&str]) -> bool {
    let name = name.to_lowercase();
    let name_words = name.split(|c: char| !c.is_alphanumeric());
    let is_beginning = |word: &&str| name_words.clone().any(|name| name.starts_with(*word));
    words.iter().all(is_beginning)
}

/// The payers of all documents whose names have all words, in alphabetical order. Returns none if
/// there are no words.
fn payers(library: &Library, words: &[&str]) -> impl Iterator<Item = String> {
    let entries = library.entries().iter().filter(|_| !words.is_empty());
    // Many documents share a list.
    let mut seen = HashSet::new();
    let lists = entries.map(|entry| &entry.payers);
    let lists = lists.filter(|list| seen.insert(list.as_ptr()));
    let names: BTreeSet<&String> = lists.flat_map(|list| &**list).collect();
    let names = names.into_iter().filter(|name| has_words(name, words));
    names.take(MAX_HITS).cloned()
}

/// Returns true if the query is in the name of the code, document or modifier.
fn is_by_name(hit: &Hit) -> bool {
    match &hit.reason {
        MatchReason::Code | MatchReason::Modifier | MatchReason::Synonym { .. } => true,
        // A listed code has names only.
        MatchReason::Words { field, .. } => field == "Title" || hit.row_path.is_none(),
    }
}

impl Pane for Palette {
    fn relayout(&mut self, context: &mut PaneContext<'_>) {
        self.list.relayout(context.list_area().height);
    }

    fn reload(&mut self, context: &mut PaneContext<'_>) {
        self.fill(context);
    }

    fn move_vertically(&mut self, movement: Movement, context: &mut PaneContext<'_>) {
        match movement {
            Movement::Home => self.input.move_to_start(),
            Movement::End => self.input.move_to_end(),
            movement => self.list.apply(movement, context.list_area().height),
        }
    }

    fn move_horizontally(&mut self, by: isize, _: &mut PaneContext<'_>) -> Option<Effect> {
        self.input.move_cursor(by);
        None
    }

    fn edit(&mut self, edit: Edit<'_>, context: &mut PaneContext<'_>) {
        if self.input.edit(edit) {
            self.fill(context);
        }
    }

    fn click(&mut self, at: Position, context: &mut PaneContext<'_>) -> Click {
        self.list.click(at, context.list_area())
    }
}
