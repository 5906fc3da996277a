//! The command palette: a text field over the actions, codes, modifiers, payers and documents whose
//! names have its words.

use std::collections::HashSet;

use crate::app::action::Effect;
use crate::app::command::Movement;
use crate::app::keymap::{Binding, Keymap};
use crate::app::list::{Click, Group, GroupedList};
use crate::app::mode::Mode;
use crate::app::pane::{Pane, PaneContext};
use crate::app::text_input::{Edit, TextInput};
use crate::search::{Hit, MatchReason, Query};
use ratatui::layout::Position;

/// The most hits that are read for a keystroke.
const MAX_HITS: usize = 40;

#[derive(Clone, Debug)]
pub struct Palette {
    pub input: TextInput,
    pub list: GroupedList,
    /// What the palette lists.
    pub content: PaletteContent,
    /// The mode of the pane below, in which the actions run.
    mode: Mode,
    /// The positions of the listed bindings in the keymap: first those of the pane below.
    bindings: Vec<usize>,
    hits: Vec<Hit>,
    hits_come_first: bool,
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
}

impl Palette {
    /// An empty palette. [`Pane::reload`] fills it.
    pub(crate) fn new(content: PaletteContent, mode: Mode) -> Self {
        Self {
            input: TextInput::default(),
            list: GroupedList::default(),
            content,
            mode,
            bindings: Vec::new(),
            hits: Vec::new(),
            hits_come_first: false,
        }
    }

    pub fn item<'a>(&'a self, n: usize, keymap: &'a Keymap) -> Option<PaletteItem<'a>> {
        let action = |n: usize| {
            let binding = keymap.bindings().get(*self.bindings.get(n)?)?;
            Some(PaletteItem::Action(binding))
        };
        let hit = |n: usize| self.hits.get(n).map(PaletteItem::Hit);
        if self.hits_come_first {
            hit(n).or_else(|| action(n - self.hits.len()))
        } else {
            action(n).or_else(|| hit(n - self.bindings.len()))
        }
    }

    pub const fn mode(&self) -> Mode {
        self.mode
    }

    fn fill(&mut self, context: &PaneContext<'_>) {
        let text = self.input.text().to_lowercase();
        let words: Vec<&str> = text.split_whitespace().collect();
        let matches = |binding: &Binding| {
            let name = format!("{} {}", binding.help, binding.command.id()).to_lowercase();
            let mut name_words = name.split(|c: char| !c.is_alphanumeric());
            words
                .iter()
                .all(|word| name_words.clone().any(|name| name.starts_with(word)))
                && name_words.next().is_some()
        };
        let bindings = context.keymap.bindings().iter().enumerate();
        let matching = bindings.filter(|(_, binding)| matches(binding));
        let (here, elsewhere): (Vec<_>, Vec<_>) =
            matching.partition(|(_, binding)| binding.modes.contains(&self.mode));
        let numbers =
            |bindings: &[(usize, &Binding)]| bindings.iter().map(|(n, _)| *n).collect::<Vec<_>>();
        self.bindings = numbers(&here);
        let mut groups = vec![Group::new("Actions".to_owned(), here.len())];
        self.hits.clear();
        match self.content {
            PaletteContent::Keys => {
                self.bindings.extend(numbers(&elsewhere));
                groups.push(Group::new("In other panes".to_owned(), elsewhere.len()));
            }
            PaletteContent::ActionsAndCodes => {
                let query = Query::parse(&text);
                let open = &context.document_view.document().code;
                let mut hits = context.index.search(&query, Some(open), MAX_HITS).hits;
                let mut seen = HashSet::new();
                hits.retain(|hit| {
                    is_by_name(hit) && seen.insert((hit.code.clone(), hit.row_path.clone()))
                });
                self.hits = hits;
                self.hits_come_first = query.is_codes_only();
                let codes = Group::new("Codes and documents".to_owned(), self.hits.len());
                groups.insert(usize::from(!self.hits_come_first), codes);
            }
        }
        self.list = GroupedList::new(groups, 1);
    }
}

/// Returns true if the query is in the name of the code, document, modifier or payer.
fn is_by_name(hit: &Hit) -> bool {
    match &hit.reason {
        MatchReason::Code | MatchReason::Modifier | MatchReason::Synonym { .. } => true,
        MatchReason::Words { field, .. } => ["Title", "Payer"].contains(&field.as_str()),
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
