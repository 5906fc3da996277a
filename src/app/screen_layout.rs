//! Divides the screen, as a pure function of its size.

use ratatui::layout::{Rect, Size};

use crate::layout::TableMode;

/// Where everything stands on the screen.
///
/// Chrome goes before content does: a screen of five rows still has three of content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScreenLayout {
    /// Code and title; the search field.
    pub header: Option<Rect>,
    /// The sections.
    pub tabs: Option<Rect>,
    /// The content.
    pub body: Rect,
    /// Where the reader is, who says so; notes.
    pub status_line: Option<Rect>,
    /// Hints and the short notice.
    pub footer: Option<Rect>,
}

impl ScreenLayout {
    /// Divides a screen.
    pub fn new(size: Size, flow: TableMode) -> Self {
        let Size { width, height } = size;
        let line = |y| Rect {
            x: 0,
            y,
            width,
            height: 1,
        };
        let body = |y, height| Rect {
            x: 0,
            y,
            width,
            height,
        };
        let none = Self {
            header: None,
            tabs: None,
            body: body(0, height),
            status_line: None,
            footer: None,
        };
        let last = height.saturating_sub(1);
        if flow == TableMode::Linear && height > 3 {
            // What has changed is said in one place, the line below the content.
            return Self {
                body: body(0, height - 2),
                status_line: Some(line(last - 1)),
                footer: Some(line(last)),
                ..none
            };
        }
        match height {
            0 | 1 => none,
            2 | 3 => Self {
                body: body(0, last),
                footer: Some(line(last)),
                ..none
            },
            4..=7 => Self {
                status_line: Some(line(0)),
                body: body(1, height - 2),
                footer: Some(line(last)),
                ..none
            },
            8..=11 => Self {
                tabs: Some(line(0)),
                body: body(1, height - 3),
                status_line: Some(line(last - 1)),
                footer: Some(line(last)),
                ..none
            },
            // A blank row sets the content apart from the tabs.
            _ => Self {
                header: Some(line(0)),
                tabs: Some(line(1)),
                body: body(3, height - 5),
                status_line: Some(line(last - 1)),
                footer: Some(line(last)),
            },
        }
    }

    /// Returns the line of a list's title, or of the search field, and the lines of the list: a
    /// list has no sections above it.
    pub fn list_areas(&self) -> (Rect, Rect) {
        let top = self
            .header
            .or(self.tabs)
            .or(self.status_line.filter(|trail| trail.y == 0));
        match top {
            Some(title) => {
                let y = title.y + 1;
                let bottom = self.body.bottom();
                (
                    title,
                    Rect {
                        y,
                        height: bottom.saturating_sub(y),
                        ..self.body
                    },
                )
            }
            None => (
                Rect {
                    height: self.body.height.min(1),
                    ..self.body
                },
                Rect {
                    y: self.body.y + 1,
                    height: self.body.height.saturating_sub(1),
                    ..self.body
                },
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_never_overlap_or_leave_the_screen() {
        let flows = [TableMode::Columns, TableMode::Linear];
        for (height, flow) in (0..60).flat_map(|height| flows.map(|flow| (height, flow))) {
            let layout = ScreenLayout::new(Size::new(80, height), flow);
            let mut taken = vec![0; usize::from(height)];
            let rooms = [
                layout.header,
                layout.tabs,
                Some(layout.body),
                layout.status_line,
                layout.footer,
            ];
            for room in rooms.into_iter().flatten() {
                for y in room.y..room.bottom() {
                    taken[usize::from(y)] += 1;
                }
            }
            assert!(taken.iter().all(|&n| n <= 1), "{height}: {taken:?}");
            let (title, list) = layout.list_areas();
            assert!(
                title.bottom() <= list.y && list.bottom() <= height.max(1),
                "{height}"
            );
        }
    }
}
