//! The comparison of two editions of a set.

use std::cmp::Ordering;

use crate::codesets::error::CorruptSet;
use crate::codesets::file::{Rows, SetFile};
use crate::codesets::row::SetRow;

/// One difference between two editions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Added(SetRow),
    Removed(SetRow),
    /// Both editions have a row with this key, and the rows differ.
    Changed {
        old: SetRow,
        new: SetRow,
    },
}

/// Returns the changes from an old edition to a new one, in the order of keys. One row of each is in
/// memory at a time. The iterator ends after the first error.
pub fn diff<'s>(
    old: &'s SetFile,
    new: &'s SetFile,
) -> impl Iterator<Item = Result<Change, CorruptSet>> {
    Changes {
        old: PeekableRows::new(old.rows()),
        new: PeekableRows::new(new.rows()),
        is_ended: false,
    }
}

struct Changes<'s> {
    old: PeekableRows<'s>,
    new: PeekableRows<'s>,
    /// Whether an error was returned.
    is_ended: bool,
}

/// The rows of one edition, and the next one with its key.
struct PeekableRows<'s> {
    rows: Rows<'s>,
    next: Option<(String, SetRow)>,
}

impl<'s> PeekableRows<'s> {
    const fn new(rows: Rows<'s>) -> Self {
        Self { rows, next: None }
    }

    /// Returns the key of the next row.
    fn peek_key(&mut self) -> Result<Option<&str>, CorruptSet> {
        if self.next.is_none() {
            let row = self.rows.next().transpose()?;
            self.next = row.map(|row| (row.key(), row));
        }
        Ok(self.next.as_ref().map(|(key, _)| key.as_str()))
    }

    fn take(&mut self) -> Option<SetRow> {
        self.next.take().map(|(_, row)| row)
    }
}

impl Changes<'_> {
    fn next_change(&mut self) -> Result<Option<Change>, CorruptSet> {
        loop {
            let order = match (self.old.peek_key()?, self.new.peek_key()?) {
                (None, None) => return Ok(None),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(old), Some(new)) => old.cmp(new),
            };
            match order {
                Ordering::Less => return Ok(self.old.take().map(Change::Removed)),
                Ordering::Greater => return Ok(self.new.take().map(Change::Added)),
                Ordering::Equal => {
                    if let (Some(old), Some(new)) = (self.old.take(), self.new.take())
                        && old != new
                    {
                        return Ok(Some(Change::Changed { old, new }));
                    }
                }
            }
        }
    }
}

impl Iterator for Changes<'_> {
    type Item = Result<Change, CorruptSet>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_ended {
            return None;
        }
        let change = self.next_change();
        self.is_ended = change.is_err();
        change.transpose()
    }
}
