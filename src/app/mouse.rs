//! Answers the mouse, which is the terminal's own until the reader asks for it.

use ratatui::layout::Position;

use crate::app::action::{Effect, MouseOwner};
use crate::app::app::{App, Focus};
use crate::app::command::Command;
use crate::app::list::{GroupedList, ListLine};
use crate::text::width;

impl App {
    /// Takes the mouse from the terminal, or gives it back.
    pub(crate) fn toggle_mouse(&mut self) -> Effect {
        let (owner, message) = match self.mouse_owner {
            MouseOwner::Terminal => (
                MouseOwner::App,
                match self.key_label(Command::ToggleMouse) {
                    Some(key) => format!(
                        "The mouse clicks and scrolls. To select text, hold Shift or press {key}"
                    ),
                    None => "The mouse clicks and scrolls. To select text, hold Shift".to_owned(),
                },
            ),
            MouseOwner::App => (
                MouseOwner::Terminal,
                "The mouse selects text, as your terminal does".to_owned(),
            ),
        };
        self.mouse_owner = owner;
        self.message = Some(message);
        Effect::SetMouseOwner(owner)
    }

    /// Selects what was clicked on; what is selected already, opens.
    pub(crate) fn click(&mut self, at: Position) -> Option<Effect> {
        let layout = self.screen_layout();
        let list = layout.list_areas().1;
        let body = layout.body;
        match &mut self.focus {
            Focus::Document if body.contains(at) => {
                let line = self.document_view.top() + usize::from(at.y - body.y);
                let rows = &self.document_view.page().rows;
                let row = rows.iter().position(|row| row.lines.contains(&line))?;
                if row == self.document_view.selected() {
                    return self.update(crate::app::action::Action::Command(Command::Open));
                }
                self.document_view.select(row, body.height);
                None
            }
            Focus::Document | Focus::RowDetail(_) => {
                let tabs = layout.tabs.filter(|tabs| tabs.contains(at))?;
                let section = self.tab_at(at.x - tabs.x, tabs.width)?;
                self.show_section(section);
                None
            }
            Focus::Search(searching) if list.contains(at) => {
                let line = usize::from(at.y - list.y) + searching.top();
                let by = offset_from_selected(
                    searching.grouped_list(),
                    line,
                    searching.selected(),
                    list.height,
                )?;
                searching.move_selection(by, list.height);
                (by == 0)
                    .then(|| self.update(crate::app::action::Action::Command(Command::Open)))
                    .flatten()
            }
            Focus::Library(listing) if list.contains(at) => {
                let line = usize::from(at.y - list.y) + listing.top();
                let by = offset_from_selected(
                    listing.grouped_list(),
                    line,
                    listing.selected(),
                    list.height,
                )?;
                listing.move_selection(by, list.height);
                (by == 0)
                    .then(|| self.update(crate::app::action::Action::Command(Command::Open)))
                    .flatten()
            }
            Focus::Search(_)
            | Focus::Library(_)
            | Focus::Comparison(_)
            | Focus::TextPanel(_)
            | Focus::Note(_)
            | Focus::Bookmarks(_) => None,
        }
    }

    /// Returns the section whose tab covers a column.
    fn tab_at(&self, column: u16, columns: u16) -> Option<usize> {
        let mut end = usize::from(crate::layout::margin(columns));
        self.tab_labels(columns).iter().position(|label| {
            let start = end;
            end += width(label) + 2;
            (start..end - 2).contains(&usize::from(column))
        })
    }

    /// Returns the labels of the sections' tabs, as long as fits: full titles, short ones, or the
    /// open one's alone.
    pub fn tab_labels(&self, columns: u16) -> Vec<String> {
        let sections = &self.document_view.document().sections;
        let open = self.document_view.section();
        let labels = |name: &dyn Fn(usize) -> String| -> Vec<String> {
            (0..sections.len())
                .map(|n| {
                    format!("{} {}", n + 1, self.charset.transliterate(&name(n)))
                        .trim_end()
                        .to_owned()
                })
                .collect()
        };
        let fits = |labels: &Vec<String>| {
            labels.iter().map(|label| width(label) + 2).sum::<usize>() < usize::from(columns)
        };
        [
            labels(&|n| sections[n].title.clone()),
            labels(&|n| sections[n].short.clone()),
        ]
        .into_iter()
        .find(fits)
        .unwrap_or_else(|| {
            labels(&|n| {
                if n == open {
                    sections[n].short.clone()
                } else {
                    String::new()
                }
            })
        })
    }
}

/// Returns how far the item on a line of a list is from the chosen one; a heading is no item.
fn offset_from_selected(
    groups: &GroupedList,
    line: usize,
    chosen: usize,
    height: u16,
) -> Option<isize> {
    match groups.line_at(line, height)? {
        ListLine::Item(n, _) => Some(isize::try_from(n).ok()? - isize::try_from(chosen).ok()?),
        ListLine::Heading(_) => None,
    }
}
