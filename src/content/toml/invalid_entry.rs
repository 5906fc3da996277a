//! Defines how the entry that an error is about is found and taken out.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeValue};

/// An entry that could not be read, taken out of its table.
pub(crate) struct InvalidEntry {
    /// Where its table starts.
    pub(crate) table_start: usize,
    /// Its name; an element of a list has its list's.
    pub(crate) key: String,
    /// Which part of it is at fault.
    pub(crate) part: EntryPart,
    /// What it is.
    pub(crate) kind: &'static str,
    /// What the file says there, where it is a number.
    pub(crate) number: Option<String>,
}

/// Which part of an entry of a table is at fault.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryPart {
    /// Its name.
    Key,
    /// Its value.
    Value,
    /// An element of the list that its value is.
    Element,
}

impl InvalidEntry {
    /// Takes out the innermost entry at a place.
    pub(crate) fn extract(value: &mut Spanned<DeValue<'_>>, at: &Range<usize>) -> Option<Self> {
        let table_at = value.span().start;
        let DeValue::Table(table) = value.get_mut() else {
            return None;
        };
        let mut found = None;
        for (key, entry) in table.iter_mut() {
            let name = key.get_ref();
            if key.span() == *at {
                found = Some(Self::new(table_at, name, EntryPart::Key, entry.get_ref()));
            } else if let Some(inner) = Self::extract(entry, at) {
                return Some(inner);
            } else if let DeValue::Array(elements) = entry.get_mut()
                && let Some(inner) = Self::extract_from_list(elements, at, table_at, name)
            {
                return Some(inner);
            }
            if found.is_none() && covers(&entry.span(), at) {
                found = Some(Self::new(table_at, name, EntryPart::Value, entry.get_ref()));
            }
            if found.is_some() {
                break;
            }
        }
        let found = found?;
        table.remove(found.key.as_str());
        Some(found)
    }

    /// Takes out the innermost entry of a list at a place.
    fn extract_from_list(
        elements: &mut DeArray<'_>,
        at: &Range<usize>,
        table: usize,
        key: &str,
    ) -> Option<Self> {
        for index in 0..elements.len() {
            let element = elements.get_mut(index)?;
            if let Some(inner) = Self::extract(element, at) {
                return Some(inner);
            }
            if let DeValue::Array(inner) = element.get_mut()
                && let Some(inner) = Self::extract_from_list(inner, at, table, key)
            {
                return Some(inner);
            }
            // The rows of a list of tables start where the list does, so that an error at this
            // place is the list's unless the list is written in brackets.
            if covers(&element.span(), at) && !matches!(element.get_ref(), DeValue::Table(_)) {
                let offender = Self::new(table, key, EntryPart::Element, element.get_ref());
                let all = elements.clone().into_iter().enumerate();
                *elements = all.filter(|(i, _)| *i != index).map(|(_, e)| e).collect();
                return Some(offender);
            }
        }
        None
    }

    fn new(table: usize, key: &str, part: EntryPart, value: &DeValue<'_>) -> Self {
        Self {
            table_start: table,
            key: key.to_owned(),
            part,
            kind: match value {
                DeValue::String(_) => "a text",
                DeValue::Integer(_) | DeValue::Float(_) => "a number",
                DeValue::Boolean(_) => "true or false",
                DeValue::Datetime(_) => "a date",
                DeValue::Array(list) if list.iter().any(|v| v.get_ref().is_table()) => {
                    "a list of tables"
                }
                DeValue::Array(_) => "a list",
                DeValue::Table(_) => "a table",
            },
            number: value.as_integer().map(ToString::to_string),
        }
    }
}

fn covers(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
