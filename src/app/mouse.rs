//! The mouse, which belongs to the terminal until the reader asks for it.

use ratatui::layout::Position;

use crate::app::action::{Effect, MouseOwner};
use crate::app::app::App;
use crate::app::command::Command;
use crate::app::list::Click;
use crate::app::messages::status;
use crate::content::Section;
use crate::text::width;

impl App {
    pub(crate) fn toggle_mouse(&mut self) -> Effect {
        let (owner, message) = match self.mouse_owner {
            MouseOwner::Terminal => {
                let key = self.key_label(Command::ToggleMouse);
                (MouseOwner::App, status::mouse_captured(key))
            }
            MouseOwner::App => (MouseOwner::Terminal, status::MOUSE_RELEASED.to_owned()),
        };
        self.mouse_owner = owner;
        self.message = Some(message);
        Effect::SetMouseOwner(owner)
    }

    /// Selects the clicked tab or item. Opens an item that is already selected.
    pub(crate) fn click(&mut self, at: Position) -> Option<Effect> {
        if let Some(section) = self.tab_at(at) {
            self.show_section(section);
            return None;
        }
        if let Some(pane) = self.pane_at(at) {
            self.focus_pane(pane);
        }
        match self.with_pane(|pane, context| pane.click(at, context)) {
            Click::Open => self.open(),
            Click::Done => None,
        }
    }

    /// The section whose tab covers a position.
    fn tab_at(&self, at: Position) -> Option<usize> {
        if !self.shows_document() {
            return None;
        }
        let screen = self.screen_layout();
        if let Some(outline) = screen.outline.filter(|outline| outline.contains(at)) {
            return Some(usize::from(at.y - outline.y));
        }
        let tabs = screen.tabs?;
        let column = usize::from(at.x.checked_sub(tabs.x)?);
        if !tabs.contains(at) {
            return None;
        }
        let mut end = usize::from(crate::layout::margin(tabs.width));
        self.tab_labels(tabs.width).iter().position(|label| {
            let start = end;
            end += width(label) + 2;
            (start..end - 2).contains(&column)
        })
    }

    /// The labels of the section tabs, in the longest form that fits: full titles, short titles,
    /// or the open section's alone.
    pub fn tab_labels(&self, columns: u16) -> Vec<String> {
        let sections = &self.document_view.document().sections;
        let open = self.document_view.section();
        let labels = |name: &dyn Fn(usize, &Section) -> &str| -> Vec<String> {
            let sections = sections.iter().enumerate();
            let labels = sections.map(|(n, section)| {
                let name = self.charset.transliterate(name(n, section));
                format!("{} {name}", n + 1).trim_end().to_owned()
            });
            labels.collect()
        };
        let fits = |labels: &Vec<String>| {
            labels.iter().map(|label| width(label) + 2).sum::<usize>() < usize::from(columns)
        };
        let full = labels(&|_, section| &section.title);
        if fits(&full) {
            return full;
        }
        let short = labels(&|_, section| &section.short);
        if fits(&short) {
            return short;
        }
        labels(&|n, section| if n == open { &section.short } else { "" })
    }
}
