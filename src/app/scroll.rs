//! A page that is taller than its pane.

use crate::app::command::Movement;
use crate::layout::Page;

/// A page and its scroll position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScrollView {
    pub page: Page,
    /// The line at the top of the pane.
    pub top: usize,
}

impl ScrollView {
    /// A page that is scrolled to its start.
    pub(crate) const fn new(page: Page) -> Self {
        Self { page, top: 0 }
    }

    /// Replaces the page and keeps the scroll position as far as possible.
    pub(crate) fn replace(&mut self, page: Page, height: u16) {
        self.page = page;
        self.scroll_to(self.top, height);
    }

    /// Scrolls to a line, as far as the length of the page allows.
    pub(crate) fn scroll_to(&mut self, top: usize, height: u16) {
        let max_top = self.page.lines.len().saturating_sub(usize::from(height));
        self.top = top.min(max_top);
    }

    /// Scrolls by lines or screens. Two screens overlap by one line.
    pub(crate) fn apply(&mut self, movement: Movement, height: u16) {
        let screen = usize::from(height.saturating_sub(1)).max(1);
        let top = match movement {
            Movement::Up => self.top.saturating_sub(1),
            Movement::Down => self.top + 1,
            Movement::PageUp => self.top.saturating_sub(screen),
            Movement::PageDown => self.top + screen,
            Movement::HalfPageUp => self.top.saturating_sub(usize::from(height / 2).max(1)),
            Movement::HalfPageDown => self.top + usize::from(height / 2).max(1),
            Movement::Home => 0,
            Movement::End => usize::MAX,
        };
        self.scroll_to(top, height);
    }
}
