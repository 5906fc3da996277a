//! The areas of the screen, as a pure function of its size.

use ratatui::layout::{Rect, Size};

use crate::layout::TableMode;

/// The areas of the screen.
///
/// A low screen loses its frame before its content: with five lines, it still has three of content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScreenLayout {
    /// Code and title, or a text field.
    pub header: Option<Rect>,
    /// The sections.
    pub tabs: Option<Rect>,
    pub body: Rect,
    /// The reader's position and the row's source, or a message.
    pub status_line: Option<Rect>,
    /// Key hints and the short notice.
    pub footer: Option<Rect>,
}

impl ScreenLayout {
    pub fn new(size: Size, table_mode: TableMode) -> Self {
        let Size { width, height } = size;
        let lines = |y, height| Rect::new(0, y, width, height);
        let last = height.saturating_sub(1);
        let body_only = Self {
            header: None,
            tabs: None,
            body: lines(0, height),
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
            // Every change is announced in one place, the line below the content.
            _ if table_mode == TableMode::Linear => Self {
                body: lines(0, height - 2),
                status_line: Some(lines(last - 1, 1)),
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
        (title, Rect { y, height, ..body })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_never_overlap_or_leave_the_screen() {
        let modes = [TableMode::Columns, TableMode::Linear];
        for (height, mode) in (0..60).flat_map(|height| modes.map(|mode| (height, mode))) {
            let layout = ScreenLayout::new(Size::new(80, height), mode);
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
