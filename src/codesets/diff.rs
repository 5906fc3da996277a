//! The comparison of two editions of a set.

use std::cmp::Ordering;
use std::iter;

use crate::codesets::error::CorruptSet;
use crate::codesets::file::SetFile;
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

/// Returns the changes from an old edition to a new one, in the order of keys. One row of each is
/// in memory at a time. The iterator ends after the first error.
pub fn diff<'s>(
    old: &'s SetFile,
    new: &'s SetFile,
) -> impl Iterator<Item = Result<Change, CorruptSet>> {
    let with_key = |row: Result<SetRow, CorruptSet>| row.map(|row| (row.key(), row));
    let mut old = old.rows().map(with_key).peekable();
    let mut new = new.rows().map(with_key).peekable();
    let mut is_ended = false;
    iter::from_fn(move || {
        while !is_ended {
            let order = match (old.peek(), new.peek()) {
                (None, None) => break,
                (Some(Ok((old, _))), Some(Ok((new, _)))) => old.cmp(new),
                // Errors are taken first.
                (Some(Err(_)), _) | (Some(_), None) => Ordering::Less,
                (_, Some(_)) => Ordering::Greater,
            };
            let change = match order {
                Ordering::Less => old.next()?.map(|(_, row)| Change::Removed(row)),
                Ordering::Greater => new.next()?.map(|(_, row)| Change::Added(row)),
                Ordering::Equal => match (old.next()?, new.next()?) {
                    (Ok((_, old)), Ok((_, new))) if old != new => Ok(Change::Changed { old, new }),
                    _ => continue,
                },
            };
            is_ended = change.is_err();
            return Some(change);
        }
        None
    })
}
