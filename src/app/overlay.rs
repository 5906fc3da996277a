//! Panes that open over another pane and return to it: help, reports, the palette, the copy menu.

use std::mem;

use crate::app::action::Effect;
use crate::app::app::{App, Focus};
use crate::app::command::Command;
use crate::app::copy::{self, CopyFormat};
use crate::app::messages;
use crate::app::mode::Mode;
use crate::app::modes::copy_menu::CopyMenu;
use crate::app::modes::palette::{Palette, PaletteContent, PaletteItem};
use crate::app::modes::text_panel::TextPanel;
use crate::app::open_row::payer_query;

impl App {
    /// Opens a pane over the focused one. One overlay replaces another.
    pub(crate) fn show_overlay(&mut self, overlay: Focus) {
        let below = mem::replace(&mut self.focus, overlay);
        if !below.is_overlay() {
            self.below = Some(Box::new(below));
        }
        self.with_pane(|pane, context| {
            pane.reload(context);
            pane.relayout(context);
        });
    }

    /// Returns to the pane below the overlay.
    pub(crate) fn close_overlay(&mut self) {
        self.focus = self.below.take().map_or(Focus::Document, |below| *below);
        self.with_pane(|pane, context| pane.relayout(context));
    }

    /// The mode of the pane below the overlays.
    fn mode_below(&self) -> Mode {
        let below = self.below.as_ref().filter(|_| self.focus.is_overlay());
        below.map_or_else(|| self.mode(), |below| below.mode())
    }

    /// Shows the keys, those of the focused pane first.
    pub(crate) fn show_help(&mut self) {
        let help = TextPanel::help(
            &self.keymap,
            self.mode_below(),
            self.layout_options(self.size.width),
        );
        self.show_overlay(Focus::TextPanel(help));
    }

    pub(crate) fn show_palette(&mut self, content: PaletteContent) {
        let palette = Palette::new(content, self.mode_below());
        self.show_overlay(Focus::Palette(Box::new(palette)));
    }

    /// Runs the selected action, goes to the selected code, or searches for the rows of a payer.
    pub(crate) fn open_palette_item(&mut self, palette: Box<Palette>) -> Option<Effect> {
        let selected = palette.item(palette.list.selected(), &self.keymap);
        let Some(selected) = selected else {
            self.focus = Focus::Palette(palette);
            return None;
        };
        let action = match selected {
            PaletteItem::Hit(hit) => {
                let (code, path) = (hit.code.clone(), hit.row_path.clone());
                self.below = None;
                self.push_history();
                return self.show_row(code, path);
            }
            PaletteItem::Payer(name) => {
                let query = payer_query(name);
                self.below = None;
                self.search_for(query);
                return None;
            }
            PaletteItem::Action(binding) if binding.modes.contains(&palette.mode()) => {
                binding.command
            }
            PaletteItem::Action(binding) => {
                let panes: Vec<_> = binding.modes.iter().map(|mode| mode.title()).collect();
                self.message = Some(messages::palette::works_in(panes.join(", ")));
                self.focus = Focus::Palette(palette);
                return None;
            }
        };
        self.close_overlay();
        self.run_command(action)
    }

    /// Copies the marked rows, or else the selected one, and shows the copied text.
    pub(crate) fn copy(&mut self, format: CopyFormat) -> Option<Effect> {
        if matches!(self.focus, Focus::CopyMenu(_)) {
            self.close_overlay();
        }
        let text = copy::copy_text(&self.document_view, format)?;
        self.document_view.clear_marks();
        Some(self.copy_text(text))
    }

    /// Copies a text, and shows it.
    pub(crate) fn copy_text(&mut self, text: String) -> Effect {
        self.copied = Some(text.clone());
        Effect::Copy(text)
    }

    pub(crate) fn show_copy_menu(&mut self) {
        if self.document_view.row().is_some() {
            let has_links = !copy::links(&self.document_view).is_empty();
            self.show_overlay(Focus::CopyMenu(CopyMenu::new(has_links)));
        }
    }

    /// Marks the selected row for copying, or removes its mark, and moves to the next row.
    pub(crate) fn toggle_mark(&mut self) {
        self.document_view.toggle_mark();
        let count = self.document_view.marks().len();
        let copy_key = self.key_label(Command::Copy);
        self.message = Some(messages::document::rows_marked(count, copy_key));
    }
}
