//! Defines a list in groups: a heading above each, which the selection passes over.
//!
//! Where a line is, and what stands on it, follows from the number of items in each group, so that
//! a list of a hundred thousand items costs no more than one of ten.

/// The least lines of a list that has headings: below, content needs them more.
const MIN_HEIGHT_FOR_HEADINGS: u16 = 6;

/// The groups of a list, none of them empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupedList {
    groups: Vec<Group>,
    /// The lines that each item takes.
    lines_per_item: u16,
}

/// One group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What stands above it.
    pub title: String,
    /// How many items it has.
    pub count: usize,
    /// How much it says there is: an item may stand for several others.
    pub shown_count: usize,
}

/// What stands on a line of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListLine<'a> {
    /// The heading of a group.
    Heading(&'a Group),
    /// An item, by number, and which of its lines.
    Item(usize, usize),
}

impl Group {
    /// Makes a heading that says how many items it has.
    pub(crate) const fn new(title: String, count: usize) -> Self {
        Self {
            title,
            count,
            shown_count: count,
        }
    }
}

impl GroupedList {
    /// Makes a list without headings.
    pub(crate) fn ungrouped(count: usize, each: u16) -> Self {
        Self::new([Group::new(String::new(), count)], each)
    }

    /// Makes the groups of a list whose items take some lines each; a group of none is left out.
    ///
    /// Where no group has a title, none has a heading.
    pub(crate) fn new(groups: impl IntoIterator<Item = Group>, each: u16) -> Self {
        let groups = groups.into_iter().filter(|group| group.count > 0);
        Self {
            groups: groups.collect(),
            lines_per_item: each.max(1),
        }
    }

    /// Returns what stands above each group.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Returns how many items there are.
    pub fn count(&self) -> usize {
        self.groups.iter().map(|group| group.count).sum()
    }

    /// Returns the group that an item is in, and its number there.
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

    /// Returns what stands on a line of the list when it is shown in so many lines.
    pub fn line_at(&self, line: usize, height: u16) -> Option<ListLine<'_>> {
        let (each, heading) = (usize::from(self.lines_per_item), self.heading_lines(height));
        let (mut rest, mut before) = (line, 0);
        for group in &self.groups {
            if rest < heading {
                return Some(ListLine::Heading(group));
            }
            rest -= heading;
            if rest < group.count * each {
                return Some(ListLine::Item(before + rest / each, rest % each));
            }
            rest -= group.count * each;
            before += group.count;
        }
        None
    }

    /// Returns the lines that an item and, where it is the first of its group, the heading above it
    /// begin at.
    fn line_of(&self, item: usize, height: u16) -> (usize, usize) {
        let heading = self.heading_lines(height);
        let (group, within) = self.locate(item).unwrap_or_default();
        let line = item * usize::from(self.lines_per_item) + (group + 1) * heading;
        (line, if within == 0 { line - heading } else { line })
    }

    fn total_lines(&self, height: u16) -> usize {
        self.count() * usize::from(self.lines_per_item)
            + self.groups.len() * self.heading_lines(height)
    }

    /// Says whether a list of so many lines has headings.
    pub fn has_headings(&self, height: u16) -> bool {
        let is_titled = self.groups.iter().any(|group| !group.title.is_empty());
        is_titled && height >= MIN_HEIGHT_FOR_HEADINGS
    }

    fn heading_lines(&self, height: u16) -> usize {
        usize::from(self.has_headings(height))
    }

    /// Returns how many items are in sight at once, about.
    pub(crate) fn items_per_screen(&self, height: u16) -> usize {
        usize::from(height / self.lines_per_item.max(1)).max(1)
    }
}

/// Which item of a list is chosen, and what is in sight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListCursor {
    /// The number of the chosen item, from 0.
    pub item: usize,
    /// The number of the line that is shown first.
    pub top: usize,
}

impl ListCursor {
    /// Chooses by how far it is from the chosen item, and shows it in a list of some lines.
    pub(crate) fn move_by(&mut self, by: isize, groups: &GroupedList, height: u16) {
        let last = groups.count().saturating_sub(1);
        self.item = self.item.saturating_add_signed(by).min(last);
        let visible = usize::from(height.max(1));
        let (line, with_heading) = groups.line_of(self.item, height);
        let end = line + usize::from(groups.lines_per_item);
        let start = if end - with_heading <= visible {
            with_heading
        } else {
            line
        };
        // Of an item that is taller than the list, the first line is shown.
        let low = end.saturating_sub(visible).min(line);
        let longest = groups.total_lines(height).saturating_sub(visible);
        self.top = self.top.clamp(low, start.max(low)).min(longest.max(low));
    }
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
        let groups = GroupedList::new([group("a", 3), group("b", 0), group("c", 9)], 1);
        let mut choice = ListCursor::default();
        choice.move_by(9, &groups, 6);
        assert_eq!(choice, ListCursor { item: 9, top: 6 });
        choice.move_by(-6, &groups, 6);
        assert_eq!(choice, ListCursor { item: 3, top: 4 });
        assert!(matches!(groups.line_at(4, 6), Some(ListLine::Heading(c)) if c.title == "c"));
    }

    #[test]
    fn short_list_has_no_headings() {
        let groups = GroupedList::new([group("a", 2)], 2);
        assert_eq!(groups.line_at(0, 5), Some(ListLine::Item(0, 0)));
        assert_eq!(groups.line_at(3, 5), Some(ListLine::Item(1, 1)));
        assert_eq!(groups.line_at(4, 5), None);
    }

    proptest! {
        #[test]
        fn selected_item_stays_visible_after_any_moves(
            counts in prop::collection::vec(0..9_usize, 0..6),
            steps in prop::collection::vec((-9..9isize, 0..12u16), 1..9),
            each in 1..3u16,
        ) {
            let groups = GroupedList::new(counts.into_iter().map(|n| group("a", n)), each);
            let mut choice = ListCursor::default();
            for (by, height) in steps {
                choice.move_by(by, &groups, height);
                prop_assert!(choice.item < groups.count().max(1));
                if groups.count() > 0 && height > 0 {
                    let lines = choice.top..choice.top + usize::from(height);
                    let shown = lines.clone().filter_map(|line| groups.line_at(line, height));
                    prop_assert!(
                        shown.into_iter().any(|line| line == ListLine::Item(choice.item, 0)),
                        "{:?} {:?}", choice, lines
                    );
                }
            }
        }
    }
}
