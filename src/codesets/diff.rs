//! Compares two editions of a set.

use std::cmp::Ordering;

use crate::codesets::error::CorruptSet;
use crate::codesets::file::{Rows, SetFile};
use crate::codesets::row::SetRow;

/// One difference between two editions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Only the new edition has the row.
    Added(SetRow),
    /// Only the old edition has the row.
    Removed(SetRow),
    /// Both have a row of this key, and they differ.
    Changed {
        /// The old edition's.
        old: SetRow,
        /// The new edition's.
        new: SetRow,
    },
}

/// Returns what changed from an old edition to a new one, in the order of keys, with one row of each
/// in memory at a time.
pub fn diff<'s>(
    old: &'s SetFile,
    new: &'s SetFile,
) -> impl Iterator<Item = Result<Change, CorruptSet>> {
    Differences {
        old: Side::new(old.rows()),
        new: Side::new(new.rows()),
    }
}

struct Differences<'s> {
    old: Side<'s>,
    new: Side<'s>,
}

/// One edition, and its next row.
struct Side<'s> {
    rows: Rows<'s>,
    next: Option<(String, SetRow)>,
    is_started: bool,
}

impl<'s> Side<'s> {
    const fn new(rows: Rows<'s>) -> Self {
        Self {
            rows,
            next: None,
            is_started: false,
        }
    }

    fn advance(&mut self) -> Result<(), CorruptSet> {
        self.is_started = true;
        let row = self.rows.next().transpose()?;
        self.next = row.map(|row| (row.key(), row));
        Ok(())
    }

    fn take(&mut self) -> Result<Option<SetRow>, CorruptSet> {
        let row = self.next.take();
        self.advance()?;
        Ok(row.map(|(_, row)| row))
    }
}

impl Differences<'_> {
    fn next_change(&mut self) -> Result<Option<Change>, CorruptSet> {
        for side in [&mut self.old, &mut self.new] {
            if !side.is_started {
                side.advance()?;
            }
        }
        loop {
            let order = match (&self.old.next, &self.new.next) {
                (None, None) => return Ok(None),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some((old, _)), Some((new, _))) => old.cmp(new),
            };
            match order {
                Ordering::Less => return Ok(self.old.take()?.map(Change::Removed)),
                Ordering::Greater => return Ok(self.new.take()?.map(Change::Added)),
                Ordering::Equal => {
                    if let (Some(old), Some(new)) = (self.old.take()?, self.new.take()?)
                        && old != new
                    {
                        return Ok(Some(Change::Changed { old, new }));
                    }
                }
            }
        }
    }
}

impl Iterator for Differences<'_> {
    type Item = Result<Change, CorruptSet>;

    fn next(&mut self) -> Option<Self::Item> {
        let change = self.next_change();
        if change.is_err() {
            // Nothing sound can follow.
            self.old.next = None;
            self.new.next = None;
        }
        change.transpose()
    }
}
