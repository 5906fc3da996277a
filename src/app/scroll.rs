//! The scroll position of a pane that shows a page.

use crate::app::command::Movement;
use crate::layout::Page;

/// A scroll position: the number of the page's line at the top of the pane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScrollState {
    pub top: usize,
}

impl ScrollState {
    /// Scrolls to a line, as far as the length of the page allows.
    pub(crate) fn scroll_to(&mut self, top: usize, page: &Page, height: u16) {
        self.top = top.min(Self::max_top(page, height));
    }

    pub(crate) fn max_top(page: &Page, height: u16) -> usize {
        page.lines.len().saturating_sub(usize::from(height))
    }

    /// Moves by lines or screens. Two screens overlap by one line.
    pub(crate) fn apply(&mut self, movement: Movement, page: &Page, height: u16) {
        let screen = usize::from(height.saturating_sub(1)).max(1);
        let top = match movement {
            Movement::Up => self.top.saturating_sub(1),
            Movement::Down => self.top + 1,
            Movement::PageUp => self.top.saturating_sub(screen),
            Movement::PageDown => self.top + screen,
            Movement::Home => 0,
            Movement::End => usize::MAX,
        };
        self.scroll_to(top, page, height);
    }
}
