//! Parts of an area: its lines, margins and columns.

use ratatui::layout::{Position, Rect};

use crate::layout::{self, MAX_TEXT_WIDTH};
use crate::num::saturating_u16;

/// Line `n` of an area; an empty area if there are fewer lines.
pub fn line_area(area: Rect, n: usize) -> Rect {
    let n = saturating_u16(n);
    Rect {
        y: area.y.saturating_add(n),
        height: u16::from(n < area.height),
        ..area
    }
}

/// The column of headings and selection marks.
pub const fn margin(area: Rect) -> u16 {
    layout::margin(area.width)
}

/// The column at which the items of a list begin.
pub const fn indent(area: Rect) -> u16 {
    layout::gutter(area.width)
}

pub fn without_last_column(area: Rect) -> Rect {
    Rect {
        width: area.width.saturating_sub(1),
        ..area
    }
}

/// The area of a list item, which is no wider than text and leaves the last column free.
pub fn item_area(area: Rect) -> Rect {
    let area = without_last_column(area);
    Rect {
        width: area.width.min(MAX_TEXT_WIDTH + indent(area)),
        ..area
    }
}

/// The position of the selection mark in a line.
pub fn mark_position(line: Rect) -> Position {
    Position {
        x: line.x + margin(line),
        y: line.y,
    }
}
