//! The areas of the screen, as a pure function of its size and the reader's settings.

use ratatui::layout::{Rect, Size};

use crate::layout::TableMode;
use crate::num::saturating_u16;

/// The fewest columns of a screen with details beside the rows.
pub(crate) const MIN_COLUMNS_FOR_PANES: u16 = 120;

/// The fewest columns of a screen with an outline as well.
const MIN_COLUMNS_FOR_OUTLINE: u16 = 160;

/// The fewest lines of a screen with several panes: those of the whole frame.
const MIN_LINES_FOR_PANES: u16 = 12;

const OUTLINE_COLUMNS: u16 = 24;

/// The fewest columns of the left and of the right of two panes.
const MIN_PANE_COLUMNS: (u16, u16) = (60, 36);

/// The reader's choices about panes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaneSettings {
    pub visibility: PaneVisibility,
    left_percent: u16,
}

/// Whether a wide screen has several panes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PaneVisibility {
    /// As many as fit.
    #[default]
    Auto,
    /// One at a time.
    Off,
}

impl Default for PaneSettings {
    fn default() -> Self {
        Self::from(PaneVisibility::default())
    }
}

impl From<PaneVisibility> for PaneSettings {
    fn from(visibility: PaneVisibility) -> Self {
        Self {
            visibility,
            left_percent: 58,
        }
    }
}

impl PaneSettings {
    /// The share of the left of two panes, in percent.
    pub const fn left_percent(self) -> u16 {
        self.left_percent
    }

    /// Sets the share of the left of two panes, as far as the right one allows.
    pub fn set_left_percent(&mut self, percent: u16) {
        self.left_percent = percent.clamp(30, 78);
    }

    /// Gives the left of two panes a larger share or, if `by` is negative, a smaller one.
    pub(crate) fn move_split(&mut self, by: isize) {
        self.set_left_percent(if by < 0 {
            self.left_percent.saturating_sub(4)
        } else {
            self.left_percent + 4
        });
    }
}

/// The areas of the screen.
///
/// A low screen loses its frame before its content: with five lines, it still has three of content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScreenLayout {
    /// Code and title, or a text field.
    pub header: Option<Rect>,
    /// The sections, unless they have an outline.
    pub tabs: Option<Rect>,
    /// The sections, left of the body.
    pub outline: Option<Rect>,
    /// The rows of the open document, or a page.
    pub body: Rect,
    /// The details of the selected item, right of the body.
    pub detail: Option<Rect>,
    /// The reader's position and the row's source, or a message.
    pub status_line: Option<Rect>,
    /// Key hints and the short notice.
    pub footer: Option<Rect>,
}

impl ScreenLayout {
    pub fn new(size: Size, table_mode: TableMode, panes: PaneSettings) -> Self {
        let lines = Self::in_lines(size);
        let has_panes = size.width >= MIN_COLUMNS_FOR_PANES
            && size.height >= MIN_LINES_FOR_PANES
            && table_mode == TableMode::Columns
            && panes.visibility == PaneVisibility::Auto;
        if has_panes {
            lines.with_panes(size, panes)
        } else {
            lines
        }
    }

    /// Divides the body into panes. An outline takes the place of the tabs.
    fn with_panes(mut self, size: Size, panes: PaneSettings) -> Self {
        let mut body = self.body;
        if size.width >= MIN_COLUMNS_FOR_OUTLINE {
            self.tabs = None;
            body.y -= 1;
            body.height += 1;
            self.outline = Some(Rect {
                width: OUTLINE_COLUMNS,
                ..body
            });
            body.x = OUTLINE_COLUMNS;
            body.width -= OUTLINE_COLUMNS;
        }
        let share = u32::from(body.width) * u32::from(panes.left_percent) / 100;
        let (min_left, min_right) = MIN_PANE_COLUMNS;
        let left = saturating_u16(share).clamp(min_left, body.width - min_right);
        self.detail = Some(Rect {
            x: body.x + left,
            width: body.width - left,
            ..body
        });
        self.body = Rect {
            width: left,
            ..body
        };
        self
    }

    /// Divides the screen into lines.
    fn in_lines(size: Size) -> Self {
        let Size { width, height } = size;
        let lines = |y, height| Rect::new(0, y, width, height);
        let last = height.saturating_sub(1);
        let body_only = Self {
            header: None,
            tabs: None,
            outline: None,
            body: lines(0, height),
            detail: None,
            status_line: None,
            footer: None,
        };
        let with_footer = Self {
            footer: Some(lines(last, 1)),
            ..body_only
        };
        match height {
            0 | 1 => body_only,
            2 | 3 => Self {
                body: lines(0, last),
                ..with_footer
            },
            4..=7 => Self {
                status_line: Some(lines(0, 1)),
                body: lines(1, height - 2),
                ..with_footer
            },
            8..=11 => Self {
                tabs: Some(lines(0, 1)),
                body: lines(1, height - 3),
                status_line: Some(lines(last - 1, 1)),
                ..with_footer
            },
            // A blank line separates the tabs from the content.
            _ => Self {
                header: Some(lines(0, 1)),
                tabs: Some(lines(1, 1)),
                body: lines(3, height - 5),
                status_line: Some(lines(last - 1, 1)),
                ..with_footer
            },
        }
    }

    /// The line for a pane's title or text field, and the area below it, which is the body of all
    /// panes without tabs.
    pub fn list_areas(&self) -> (Rect, Rect) {
        let top_status = self.status_line.filter(|status| status.y == 0);
        let body = self.body;
        let title = self.header.or(self.tabs).or(top_status);
        let title = title.unwrap_or(Rect::new(body.x, body.y, body.width, body.height.min(1)));
        let y = title.y + 1;
        let height = body.bottom().saturating_sub(y);
        (title, Rect { y, height, ..title })
    }

    /// The area of a list, and of the page beside it.
    pub fn list_panes(&self) -> (Rect, Option<Rect>) {
        let (_, list) = self.list_areas();
        match self.detail {
            None => (list, None),
            Some(Rect { x, width, .. }) => {
                (Rect { width: x, ..list }, Some(Rect { x, width, ..list }))
            }
        }
    }

    /// The area of an opened row.
    pub const fn detail_area(&self) -> Rect {
        match self.detail {
            Some(area) => area,
            None => self.body,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_never_overlap_or_leave_the_screen() {
        for height in 0..60 {
            let size = Size::new(80, height);
            let layout = ScreenLayout::new(size, TableMode::Columns, PaneSettings::default());
            let mut users = vec![0; usize::from(height)];
            let areas = [
                layout.header,
                layout.tabs,
                Some(layout.body),
                layout.status_line,
                layout.footer,
            ];
            for area in areas.into_iter().flatten() {
                for y in area.y..area.bottom() {
                    users[usize::from(y)] += 1;
                }
            }
            assert!(users.iter().all(|&n| n <= 1), "{height}: {users:?}");
            let (title, list) = layout.list_areas();
            assert!(
                title.bottom() <= list.y && list.bottom() <= height.max(1),
                "{height}"
            );
        }
    }
}
