//! Converts TOML values into the fields of tables. Invalid entries are left out, and returned as
//! errors.

use std::borrow::Cow;

use toml::Spanned;

use crate::content::toml::tree::{TomlTable, TomlValue};
use crate::diagnostics::diagnostic::Span;

/// An entry that was left out.
#[derive(Debug)]
pub(crate) struct FieldError {
    /// The position of its table.
    pub(crate) table_start: usize,
    pub(crate) key: String,
    pub(crate) span: Span,
    pub(crate) problem: Problem,
}

#[derive(Debug)]
pub(crate) enum Problem {
    UnknownField {
        known: &'static [&'static str],
    },
    WrongType {
        expected: Expected,
        /// The type of the value, for messages.
        found: &'static str,
        /// The value as written, if that is an integer.
        number: Option<String>,
        /// Whether the value is an element of the list that has the key.
        is_element: bool,
    },
}

/// The type that a field must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Text,
    Field,
    Sources,
    Date,
    List,
    Table,
}

/// The place of a value.
#[derive(Clone, Debug)]
pub(crate) struct FieldPlace<'k> {
    pub(crate) table_start: usize,
    pub(crate) key: &'k str,
    pub(crate) span: Span,
    pub(crate) is_element: bool,
}

impl FieldPlace<'_> {
    /// Records a value of another type.
    pub(crate) fn reject<T>(
        self,
        value: &TomlValue<'_>,
        expected: Expected,
        errors: &mut Vec<FieldError>,
    ) -> Option<T> {
        errors.push(FieldError {
            table_start: self.table_start,
            key: self.key.to_owned(),
            span: self.span,
            problem: Problem::WrongType {
                expected,
                found: type_name(value),
                number: match value {
                    TomlValue::Integer(number) => Some((*number).to_owned()),
                    _ => None,
                },
                is_element: self.is_element,
            },
        });
        None
    }
}

fn type_name(value: &TomlValue<'_>) -> &'static str {
    match value {
        TomlValue::Text(_) => "a text",
        TomlValue::Integer(_) | TomlValue::Float => "a number",
        TomlValue::Boolean => "true or false",
        TomlValue::Date(_) => "a date",
        TomlValue::List(list) if list.iter().any(|it| it.get_ref().is_table()) => {
            "a list of tables"
        }
        TomlValue::List(_) => "a list",
        TomlValue::Table(_) => "a table",
    }
}

/// A type of values in content files.
pub(crate) trait FromToml<'t>: Sized {
    /// Converts a value. Records the invalid parts of it.
    fn from_toml(
        value: TomlValue<'t>,
        place: FieldPlace<'_>,
        errors: &mut Vec<FieldError>,
    ) -> Option<Self>;
}

/// A type of tables; its default has no fields.
pub(crate) trait Table<'t>: Default {
    const FIELDS: &'static [&'static str];

    /// Sets the field with the key of the place; returns false if there is none.
    fn set(
        &mut self,
        value: TomlValue<'t>,
        place: FieldPlace<'_>,
        errors: &mut Vec<FieldError>,
    ) -> bool;

    /// Converts the table at a position.
    fn from_table(table: TomlTable<'t>, start: usize, errors: &mut Vec<FieldError>) -> Self {
        let mut this = Self::default();
        for (key, value) in table {
            let place = FieldPlace {
                table_start: start,
                key: key.get_ref(),
                span: value.span(),
                is_element: false,
            };
            if !this.set(value.into_inner(), place, errors) {
                errors.push(FieldError {
                    table_start: start,
                    span: key.span(),
                    key: key.into_inner().into_owned(),
                    problem: Problem::UnknownField {
                        known: Self::FIELDS,
                    },
                });
            }
        }
        this
    }
}

impl<'t> FromToml<'t> for Cow<'t, str> {
    fn from_toml(
        value: TomlValue<'t>,
        place: FieldPlace<'_>,
        errors: &mut Vec<FieldError>,
    ) -> Option<Self> {
        match value {
            TomlValue::Text(text) => Some(text),
            other => place.reject(&other, Expected::Text, errors),
        }
    }
}

impl<'t, T: FromToml<'t>> FromToml<'t> for Spanned<T> {
    fn from_toml(
        value: TomlValue<'t>,
        place: FieldPlace<'_>,
        errors: &mut Vec<FieldError>,
    ) -> Option<Self> {
        let span = place.span.clone();
        T::from_toml(value, place, errors).map(|value| Self::new(span, value))
    }
}

impl<'t, T: FromToml<'t>> FromToml<'t> for Option<T> {
    fn from_toml(
        value: TomlValue<'t>,
        place: FieldPlace<'_>,
        errors: &mut Vec<FieldError>,
    ) -> Option<Self> {
        T::from_toml(value, place, errors).map(Some)
    }
}

impl<'t, T: FromToml<'t>> FromToml<'t> for Vec<T> {
    fn from_toml(
        value: TomlValue<'t>,
        place: FieldPlace<'_>,
        errors: &mut Vec<FieldError>,
    ) -> Option<Self> {
        let elements = match value {
            TomlValue::List(elements) => elements,
            other => return place.reject(&other, Expected::List, errors),
        };
        let mut list = Self::with_capacity(elements.len());
        for element in elements {
            let place = FieldPlace {
                span: element.span(),
                is_element: true,
                ..place
            };
            list.extend(T::from_toml(element.into_inner(), place, errors));
        }
        Some(list)
    }
}
