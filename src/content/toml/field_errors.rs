//! Explains serde's errors to authors: unknown fields, and values of the wrong type.
//!
//! serde's errors have no kinds, so they are recognized by their messages. Tests fail if those
//! change.

use toml::de::Error;

use crate::content::toml::date_field::EXPECTED_DATE;
use crate::content::toml::field_value::{EXPECTED_FIELD, EXPECTED_SOURCES};
use crate::content::toml::invalid_entry::{EntryPart, InvalidEntry};
use crate::content::toml::outline::Outline;
use crate::content::toml::schema::{NESTED_ROWS, fields_of};
use crate::diagnostics::diagnostic::{Diagnostics, Span};
use crate::diagnostics::wording::{DATE_HINT, join_with_and, nearest, quote, unknown_message};

const README_HINT: &str = "see the format in content/README.md";

/// Reports a serde error about an entry at `at`.
pub(crate) fn report_type_error(
    error: &Error,
    at: Span,
    entry: Option<&InvalidEntry>,
    outline: &Outline<'_>,
    diagnostics: &mut Diagnostics<'_>,
) {
    let message = error.message();
    let Some(entry) = entry else {
        diagnostics.invalid(at, message, README_HINT);
        return;
    };
    diagnostics.suppress_missing(entry.table_start, &entry.key);
    if entry.part == EntryPart::Key && report_misplaced(&at, &entry.key, outline, diagnostics) {
        return;
    }
    if let (EntryPart::Key, Some(known)) = (entry.part, known_fields(message)) {
        let near = nearest(&entry.key, &known);
        if let Some(near) = near {
            diagnostics.suppress_missing(entry.table_start, near);
        }
        let message = unknown_message("field", &entry.key, near);
        let hint = format!("known here are {}", join_with_and(&known));
        diagnostics.invalid(at, message, hint);
    } else if let Some(expected) = Expected::from_message(message) {
        let subject = match entry.part {
            EntryPart::Key | EntryPart::Value => quote(&entry.key),
            EntryPart::Element => format!("each part of {}", quote(&entry.key)),
        };
        let (expected_type, found) = (expected.description(), entry.kind);
        let message = format!("{subject} must be {expected_type}, not {found}");
        diagnostics.invalid(at, message, expected.hint(entry));
    } else {
        diagnostics.invalid(at, message, README_HINT);
    }
}

/// Reports a field that belongs to the row above: `when` below `[[modifier.remark]]`. Returns false
/// for others.
fn report_misplaced(
    at: &Span,
    key: &str,
    outline: &Outline<'_>,
    diagnostics: &mut Diagnostics<'_>,
) -> bool {
    let Some((index, heading)) = outline.heading_above(at.start) else {
        return false;
    };
    let parent = outline.parent(index);
    let Some(parent) = parent.filter(|parent| fields_of(parent.path).contains(&key)) else {
        return false;
    };
    diagnostics.suppress_missing(parent.span.start, key);
    let line = diagnostics.line_number(heading.span.start);
    let (path, parent) = (heading.path, parent.path);
    diagnostics.invalid(
        at.clone(),
        format!("`{key}` belongs to [[{parent}]], not to [[{path}]]"),
        format!("move it above line {line}"),
    );
    true
}

/// Parses the known fields from a message about an unknown one; `None` for other messages.
fn known_fields(message: &str) -> Option<Vec<&str>> {
    // The fields follow the last "expected" in backquotes.
    let fields = message.strip_prefix("unknown field")?;
    let fields = fields.rsplit_once(", expected ").map(|(_, known)| known);
    let fields = fields.unwrap_or_default().split('`').skip(1).step_by(2);
    Some(fields.collect())
}

/// The type that a field must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    Text,
    Field,
    Sources,
    Date,
    List,
    Table,
}

impl Expected {
    fn from_message(message: &str) -> Option<Self> {
        // `toml` presents a date as a map with a private key, which an absence does not know.
        if message.starts_with("unknown field") {
            return Some(Self::Field);
        }
        match message.rsplit_once("expected ")?.1 {
            "a string" => Some(Self::Text),
            EXPECTED_FIELD => Some(Self::Field),
            EXPECTED_SOURCES => Some(Self::Sources),
            EXPECTED_DATE => Some(Self::Date),
            "a sequence" => Some(Self::List),
            other => other.starts_with("struct ").then_some(Self::Table),
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Field => "a text or { reason = ... }",
            Self::Sources => "a text or a list",
            Self::Date => "a date",
            Self::List => "a list",
            Self::Table => "a table",
        }
    }

    fn hint(self, entry: &InvalidEntry) -> String {
        let key = &entry.key;
        let is_element = entry.part == EntryPart::Element;
        match (self, &entry.number) {
            (Self::Date, _) => DATE_HINT.to_owned(),
            (Self::Text | Self::Field, Some(number)) if key == "value" || key == "code" => format!(
                "write {key} = \"{number}\" with every character of the code: \
                 a number loses its leading zeros, a text in quotes keeps them"
            ),
            (Self::Text | Self::Field, Some(number)) => format!("put it in quotes: \"{number}\""),
            (Self::Text | Self::Field, None) if is_element => {
                "write it in quotes: \"...\"".to_owned()
            }
            (Self::Text | Self::Field, None) => format!("write {key} = \"...\""),
            (Self::Sources, _) => {
                format!("write {key} = \"...\", or {key} = [\"...\", \"...\"] for several")
            }
            (Self::List | Self::Table, _) if NESTED_ROWS.contains(&key.as_str()) => {
                "write its name in double brackets, [[ ]], and its fields below it".to_owned()
            }
            (Self::List, _) if is_element => "write it in brackets: [\"...\", \"...\"]".to_owned(),
            (Self::List, _) => format!("write {key} = [\"...\", \"...\"]"),
            (Self::Table, _) => format!("write [{key}] in a line of its own"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;

    use super::*;
    use crate::content::toml::schema::{ModifierRow, SourceTable};

    fn error_message<T: DeserializeOwned>(text: &str) -> String {
        let error = toml::from_str::<T>(text).err().unwrap();
        error.message().to_owned()
    }

    #[test]
    fn type_errors_are_recognized() {
        for (text, expected) in [
            ("code = 1", Expected::Text),
            ("against = [1]", Expected::Text),
            ("when = 1", Expected::Field),
            ("source = 1", Expected::Sources),
            ("source = [1]", Expected::Text),
            ("when = 2026-01-01", Expected::Field),
            ("against = 1", Expected::List),
            ("remark = [1]", Expected::Table),
        ] {
            let message = error_message::<ModifierRow>(text);
            assert_eq!(
                Expected::from_message(&message),
                Some(expected),
                "{message}"
            );
        }
        for text in ["as_of = true", "as_of = { a = 1 }"] {
            let message = error_message::<SourceTable>(text);
            assert_eq!(
                Expected::from_message(&message),
                Some(Expected::Date),
                "{message}"
            );
        }
        assert_eq!(Expected::from_message("invalid length"), None);
    }

    #[test]
    fn known_fields_are_parsed_from_the_message() {
        let message = error_message::<SourceTable>("other = 1");
        let known = ["title", "short", "kind", "as_of", "read", "url", "section"];
        assert_eq!(known_fields(&message).unwrap(), known, "{message}");
        assert_eq!(
            known_fields(&error_message::<SourceTable>("kind = 1")),
            None
        );
    }
}
