//! A list in groups, each with a heading that the selection skips, and a cursor for it.
//!
//! The position and content of a line follow from the number of items in each group, so that a list
//! of a hundred thousand items costs no more than one of ten.

use ratatui::layout::{Position, Rect};

use crate::app::command::Movement;

/// The least height at which a list shows headings; in a lower pane, content needs the lines more.
const MIN_HEIGHT_FOR_HEADINGS: u16 = 6;

/// The groups of a list, none of them empty, and the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupedList {
    groups: Vec<Group>,
    lines_per_item: u16,
    pub(crate) cursor: ListCursor,
}

/// The selected item of a list, and the scroll position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListCursor {
    pub item: usize,
    pub top: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub title: String,
    /// The number of items.
    pub count: usize,
    /// The number in the heading, which differs if an item combines several others.
    pub shown_count: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListLine<'a> {
    Heading(&'a Group),
    /// The number of an item, and of one of its lines.
    Item(usize, usize),
}

impl Group {
    pub(crate) const fn new(title: String, count: usize) -> Self {
        Self {
            title,
            count,
            shown_count: count,
        }
    }
}

impl GroupedList {
    /// A list without headings.
    pub(crate) fn ungrouped(count: usize, lines_per_item: u16) -> Self {
        Self::new([Group::new(String::new(), count)], lines_per_item)
    }

    /// A list that leaves out empty groups. It has no headings if no group has a title.
    pub(crate) fn new(groups: impl IntoIterator<Item = Group>, lines_per_item: u16) -> Self {
        let groups = groups.into_iter().filter(|group| group.count > 0);
        Self {
            groups: groups.collect(),
            lines_per_item: lines_per_item.max(1),
            cursor: ListCursor::default(),
        }
    }

    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    pub const fn selected(&self) -> usize {
        self.cursor.item
    }

    /// The line at the top of the pane.
    pub const fn top(&self) -> usize {
        self.cursor.top
    }

    pub fn count(&self) -> usize {
        self.groups.iter().map(|group| group.count).sum()
    }

    /// The group of an item, and the item's number in it.
    pub fn locate(&self, item: usize) -> Option<(usize, usize)> {
        let mut rest = item;
        for (n, group) in self.groups.iter().enumerate() {
            match rest.checked_sub(group.count) {
                Some(after) => rest = after,
                None => return Some((n, rest)),
            }
        }
        None
    }

    /// The content of a line in a pane of a given height.
    pub fn line_at(&self, line: usize, height: u16) -> Option<ListLine<'_>> {
        let lines_per_item = usize::from(self.lines_per_item);
        let heading_lines = self.heading_lines(height);
        let (mut line, mut items_before) = (line, 0);
        for group in &self.groups {
            if line < heading_lines {
                return Some(ListLine::Heading(group));
            }
            line -= heading_lines;
            if line < group.count * lines_per_item {
                let item = items_before + line / lines_per_item;
                return Some(ListLine::Item(item, line % lines_per_item));
            }
            line -= group.count * lines_per_item;
            items_before += group.count;
        }
        None
    }

    /// The first line of an item, and that of the heading above if it is the first of its group.
    fn line_of(&self, item: usize, height: u16) -> (usize, usize) {
        let heading_lines = self.heading_lines(height);
        let (group, within) = self.locate(item).unwrap_or_default();
        let line = item * usize::from(self.lines_per_item) + (group + 1) * heading_lines;
        (
            line,
            if within == 0 {
                line - heading_lines
            } else {
                line
            },
        )
    }

    /// The number of lines, with headings, in a pane of a given height.
    pub fn total_lines(&self, height: u16) -> usize {
        self.count() * usize::from(self.lines_per_item)
            + self.groups.len() * self.heading_lines(height)
    }

    pub fn has_headings(&self, height: u16) -> bool {
        let has_titles = self.groups.iter().any(|group| !group.title.is_empty());
        has_titles && height >= MIN_HEIGHT_FOR_HEADINGS
    }

    fn heading_lines(&self, height: u16) -> usize {
        usize::from(self.has_headings(height))
    }

    /// Selects an item by its distance from the selected one, and scrolls it into view.
    pub(crate) fn move_by(&mut self, by: isize, height: u16) {
        let item = self.cursor.item.saturating_add_signed(by);
        self.select(item, height);
    }

    /// Selects an item and scrolls it into view.
    pub(crate) fn select(&mut self, item: usize, height: u16) {
        let item = item.min(self.count().saturating_sub(1));
        let visible = usize::from(height.max(1));
        let (line, with_heading) = self.line_of(item, height);
        let end = line + usize::from(self.lines_per_item);
        let start = if end - with_heading <= visible {
            with_heading
        } else {
            line
        };
        // If the item is taller than the pane, its first line is in view.
        let low = end.saturating_sub(visible).min(line);
        let max_top = self.total_lines(height).saturating_sub(visible);
        let top = self.cursor.top.clamp(low, start.max(low));
        self.cursor = ListCursor {
            item,
            top: top.min(max_top.max(low)),
        };
    }

    /// Adapts to a new height: the selected item stays in view.
    pub(crate) fn relayout(&mut self, height: u16) {
        self.select(self.cursor.item, height);
    }

    pub(crate) fn apply(&mut self, movement: Movement, height: u16) {
        let screen = (height / self.lines_per_item.max(1)).max(1);
        let screen = isize::try_from(screen).unwrap_or(isize::MAX);
        let by = match movement {
            Movement::Up => -1,
            Movement::Down => 1,
            Movement::PageUp => -screen,
            Movement::PageDown => screen,
            Movement::HalfPageUp => -(screen / 2).max(1),
            Movement::HalfPageDown => (screen / 2).max(1),
            Movement::Home => isize::MIN,
            Movement::End => isize::MAX,
        };
        self.move_by(by, height);
    }

    /// Selects the item at a position on the screen, if the list fills an area.
    pub(crate) fn click(&mut self, at: Position, area: Rect) -> Click {
        if !area.contains(at) {
            return Click::Done;
        }
        let line = self.cursor.top + usize::from(at.y - area.y);
        match self.line_at(line, area.height) {
            Some(ListLine::Item(n, _)) if n == self.cursor.item => return Click::Open,
            Some(ListLine::Item(n, _)) => self.select(n, area.height),
            Some(ListLine::Heading(_)) | None => {}
        }
        Click::Done
    }
}

/// The result of a click on a list or document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Click {
    /// The click selected an item or hit none.
    Done,
    /// The click hit the selected item, which opens.
    Open,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn group(title: &str, count: usize) -> Group {
        Group::new(title.to_owned(), count)
    }

    #[test]
    fn first_item_scrolls_its_heading_into_view() {
        let mut list = GroupedList::new([group("a", 3), group("b", 0), group("c", 9)], 1);
        list.move_by(9, 6);
        assert_eq!(list.cursor, ListCursor { item: 9, top: 6 });
        list.move_by(-6, 6);
        assert_eq!(list.cursor, ListCursor { item: 3, top: 4 });
        assert!(matches!(list.line_at(4, 6), Some(ListLine::Heading(c)) if c.title == "c"));
    }

    #[test]
    fn short_list_has_no_headings() {
        let list = GroupedList::new([group("a", 2)], 2);
        assert_eq!(list.line_at(0, 5), Some(ListLine::Item(0, 0)));
        assert_eq!(list.line_at(3, 5), Some(ListLine::Item(1, 1)));
        assert_eq!(list.line_at(4, 5), None);
    }

    proptest! {
        #[test]
        fn selected_item_stays_visible_after_any_moves(
            counts in prop::collection::vec(0..9_usize, 0..6),
            steps in prop::collection::vec((-9..9isize, 0..12u16), 1..9),
            each in 1..3u16,
        ) {
            let mut list = GroupedList::new(counts.into_iter().map(|n| group("a", n)), each);
            for (by, height) in steps {
                list.move_by(by, height);
                let ListCursor { item, top } = list.cursor;
                prop_assert!(item < list.count().max(1));
                if list.count() > 0 && height > 0 {
                    let lines = top..top + usize::from(height);
                    let mut shown = lines.filter_map(|line| list.line_at(line, height));
                    prop_assert!(
                        shown.any(|line| line == ListLine::Item(item, 0)),
                        "{list:?} at height {height}"
                    );
                }
            }
        }
    }
}
