//! Explains invalid entries to authors: unknown fields, and values of the wrong type.

use crate::content::toml::from_toml::{Expected, FieldError, Problem};
use crate::content::toml::outline::Outline;
use crate::content::toml::schema::{NESTED_ROWS, fields_of};
use crate::diagnostics::diagnostic::Diagnostics;
use crate::diagnostics::wording::{DATE_HINT, join_with_and, nearest, quote, unknown_message};

/// Reports an entry that was left out.
pub(crate) fn report_field_error(
    error: &FieldError,
    outline: &Outline<'_>,
    diagnostics: &mut Diagnostics<'_>,
) {
    let key = error.key.as_str();
    diagnostics.suppress_missing(error.table_start, key);
    let (message, hint) = match &error.problem {
        Problem::UnknownField { known } => {
            if report_misplaced(error, outline, diagnostics) {
                return;
            }
            let near = nearest(key, known);
            if let Some(near) = near {
                diagnostics.suppress_missing(error.table_start, near);
            }
            let hint = format!("known here are {}", join_with_and(known));
            (unknown_message("field", key, near), hint)
        }
        Problem::WrongType {
            expected,
            found,
            number,
            is_element,
        } => {
            let each = if *is_element { "each part of " } else { "" };
            let (key_quoted, type_name) = (quote(key), expected.description());
            (
                format!("{each}{key_quoted} must be {type_name}, not {found}"),
                expected.hint(key, number.as_deref(), *is_element),
            )
        }
    };
    diagnostics.invalid(error.span.clone(), message, hint);
}

/// Reports a field that belongs to the row above: `when` below `[[modifier.remark]]`. Returns false
/// for others.
fn report_misplaced(
    error: &FieldError,
    outline: &Outline<'_>,
    diagnostics: &mut Diagnostics<'_>,
) -> bool {
    let Some((index, heading)) = outline.heading_above(error.span.start) else {
        return false;
    };
    let key = error.key.as_str();
    let parent = outline.parent(index);
    let Some(parent) = parent.filter(|parent| fields_of(parent.path).contains(&key)) else {
        return false;
    };
    diagnostics.suppress_missing(parent.span.start, key);
    let line = diagnostics.line_number(heading.span.start);
    let (path, parent) = (heading.path, parent.path);
    diagnostics.invalid(
        error.span.clone(),
        format!("`{key}` belongs to [[{parent}]], not to [[{path}]]"),
        format!("move it above line {line}"),
    );
    true
}

impl Expected {
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

    fn hint(self, key: &str, number: Option<&str>, is_element: bool) -> String {
        match (self, number) {
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
            (Self::List | Self::Table, _) if NESTED_ROWS.contains(&key) => {
                "write its name in double brackets, [[ ]], and its fields below it".to_owned()
            }
            (Self::List, _) if is_element => "write it in brackets: [\"...\", \"...\"]".to_owned(),
            (Self::List, _) => format!("write {key} = [\"...\", \"...\"]"),
            (Self::Table, _) => format!("write [{key}] in a line of its own"),
        }
    }
}
