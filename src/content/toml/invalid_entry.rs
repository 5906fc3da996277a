//! Finds and removes the entry that a deserialization error is about.

use toml::Spanned;
use toml::de::{DeArray, DeValue};

use crate::diagnostics::diagnostic::Span;

/// An entry that was removed from its table.
pub(crate) struct InvalidEntry {
    /// The position of its table.
    pub(crate) table_start: usize,
    /// Its key; for an element of a list, the key of the list.
    pub(crate) key: String,
    pub(crate) part: EntryPart,
    /// The type of its value, for messages.
    pub(crate) kind: &'static str,
    /// Its value as written, if that is an integer.
    pub(crate) number: Option<String>,
}

/// The part of an entry that is invalid.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryPart {
    Key,
    Value,
    /// An element of a list.
    Element,
}

impl InvalidEntry {
    /// Removes the innermost entry at a position.
    pub(crate) fn extract(value: &mut Spanned<DeValue<'_>>, at: &Span) -> Option<Self> {
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

    /// Removes the innermost entry or element of a list at a position.
    fn extract_from_list(
        elements: &mut DeArray<'_>,
        at: &Span,
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
            // The tables of an array of tables have the span of the array, so an error there is
            // about the array.
            if covers(&element.span(), at) && !matches!(element.get_ref(), DeValue::Table(_)) {
                let entry = Self::new(table, key, EntryPart::Element, element.get_ref());
                let all = elements.clone().into_iter().enumerate();
                *elements = all.filter(|(i, _)| *i != index).map(|(_, e)| e).collect();
                return Some(entry);
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

fn covers(outer: &Span, inner: &Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
