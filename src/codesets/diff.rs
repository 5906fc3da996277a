//! The comparison of two editions of a set.

use std::cmp::Ordering;
use std::iter;

use crate::codesets::error::CorruptSet;
use crate::codesets::file::SetFile;
use crate::codesets::kind::SetKind;
use crate::codesets::row::SetRow;

/// The fields that differ with every edition and say nothing of the code, such as the year.
const EDITION_FIELDS: [(SetKind, &[&str]); 2] = [
    (SetKind::Clfs, &["effective", "year"]),
    (SetKind::Hcpcs, &["effective", "action"]),
];

/// A field whose text differs between two rows with the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    pub name: &'static str,
    pub old: String,
    pub new: String,
}

/// Returns the fields of a row that are shown, without those that belong to the edition.
pub fn shown_fields(row: &SetRow) -> Vec<(&'static str, String)> {
    let mut of_edition = EDITION_FIELDS.into_iter();
    let of_edition = of_edition.find(|(kind, _)| *kind == row.kind());
    let of_edition = of_edition.map_or(&[][..], |(_, fields)| fields);
    let mut fields = row.shown_fields();
    fields.retain(|(name, _)| !of_edition.contains(name));
    fields
}

/// Returns the shown fields that differ between two rows.
pub fn field_changes(old: &SetRow, new: &SetRow) -> Vec<FieldChange> {
    let fields = shown_fields(old).into_iter().zip(shown_fields(new));
    let changes = fields.filter(|((_, old), (_, new))| old != new);
    changes
        .map(|((name, old), (_, new))| FieldChange { name, old, new })
        .collect()
}

/// One difference between two editions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Added(SetRow),
    Removed(SetRow),
    /// Both editions have a row with this key, and the rows have [`field_changes`].
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
                    (Ok((_, old)), Ok((_, new))) if !field_changes(&old, &new).is_empty() => {
                        Ok(Change::Changed { old, new })
                    }
                    (Err(error), _) | (_, Err(error)) => Err(error),
                    _ => continue,
                },
            };
            is_ended = change.is_err();
            return Some(change);
        }
        None
    })
}
