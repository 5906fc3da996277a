//! Defines how TOML's syntax errors are told to somebody who has never heard of TOML.

use toml::de::Error;

use crate::diagnostics::diagnostic::Diagnostics;
use crate::diagnostics::wording::{DATE_HINT, quote};
use crate::text::sanitize::is_invisible;

/// Notes a syntax error.
pub(crate) fn report_syntax_error(text: &str, error: &Error, problems: &mut Diagnostics<'_>) {
    let span = error.span().unwrap_or(0..0);
    let found = text.get(span.clone()).unwrap_or_default();
    let message = error.message();
    let about = |part: &str| message.contains(part);
    let next = text.get(span.start..).and_then(|rest| rest.chars().next());
    let (message, hint) = if let Some(c) = next.filter(|c| is_invisible(*c)) {
        (
            format!(
                "a character that cannot be seen stands here (U+{:04X})",
                u32::from(c)
            ),
            "delete it, and write the characters around it anew",
        )
    } else if let Some(c) = next.filter(|c| c.is_whitespace() && !c.is_ascii()) {
        (
            format!(
                "a space of an unusual kind stands here (U+{:04X})",
                u32::from(c)
            ),
            "write a plain space in its place",
        )
    } else if about("invalid date") || about("invalid month") || about("invalid day") {
        (format!("{} is no date", quote(found)), DATE_HINT)
    } else if about("leading zero") {
        (
            "a number cannot begin with 0".to_owned(),
            "write a code as a text in quotes, such as \"03950\": it keeps its zeros",
        )
    } else if about("duplicate key") {
        (
            format!("{} stands here for the second time", quote(found)),
            "join the two, or write [[...]] with double brackets where there may be several",
        )
    } else if about("must be quoted") && found.starts_with(['“', '”', '„', '‘', '’']) {
        (
            "curly quotes cannot enclose a text".to_owned(),
            "enclose it in straight quotes: \"...\"",
        )
    } else if about("must be quoted") {
        (
            "a text must stand in quotes".to_owned(),
            "enclose it in straight quotes: \"...\"",
        )
    } else if about("basic string") || about("literal string") {
        (
            "this text does not end as it should".to_owned(),
            "close it with the same quotes; a quote within it is written \\\", a backslash \\\\; \
             text of several lines stands between \"\"\" and \"\"\"",
        )
    } else if about("unclosed table") {
        (
            "the brackets of this heading do not close".to_owned(),
            "write [name] or [[name]] in a line of its own",
        )
    } else if about("key with no value") {
        (
            "this line is neither a heading nor `name = value`".to_owned(),
            "write name = \"value\", or put # before a comment",
        )
    } else {
        (
            message.to_owned(),
            "the file must be TOML: [heading], name = \"value\", and # before a comment",
        )
    };
    problems.syntax_error(span, message, hint.to_owned());
}
