//! Explains TOML syntax errors to authors who do not know TOML.

use std::collections::HashSet;

use toml::de::Error;

use crate::content::toml::line_errors::{Explained, Place, UNQUOTED, is_name};
use crate::content::toml::outline::{Outline, Unclosed};
use crate::diagnostics::diagnostic::{Diagnostics, Span};
use crate::diagnostics::wording::{DATE_HINT, quote};
use crate::text::sanitize::is_invisible;

/// Explanations of error messages.
///
/// `toml`'s errors have no kinds, so they are recognized by parts of their messages. A test fails if
/// those change.
const EXPLANATIONS: [Explanation; 10] = [
    Explanation("invalid date", "{} is not a date", DATE_HINT),
    Explanation(
        "leading zero",
        "a number cannot begin with 0",
        "write a code as a text in quotes, such as \"03950\": it keeps its zeros",
    ),
    Explanation(
        "duplicate key",
        "{} appears twice",
        "join the two, or use double brackets, [[...]], for a table that may appear several times",
    ),
    Explanation(
        "unquoted key",
        "a name has letters without accents, digits, - and _ only",
        "write name = \"value\"",
    ),
    Explanation("extra `=`", "one = too many", "write name = \"value\""),
    Explanation(
        "must be quoted",
        UNQUOTED,
        "enclose it in straight quotes: \"...\"",
    ),
    Explanation("basic string", UNCLOSED_QUOTE, UNCLOSED_QUOTE_HINT),
    Explanation("literal string", UNCLOSED_QUOTE, UNCLOSED_QUOTE_HINT),
    Explanation(
        "unclosed table",
        "this heading has no closing bracket",
        "write [name] or [[name]] in a line of its own",
    ),
    Explanation(
        "key with no value",
        "this line is neither a heading nor `name = value`",
        "write name = \"value\", or put # before a comment",
    ),
];

const UNCLOSED_QUOTE: &str = "missing closing quote";
const UNCLOSED_QUOTE_HINT: &str = "close the text with the same quotes; within it, write a quote \
                                   as \\\" and a backslash as \\\\; enclose several lines in \
                                   \"\"\"";

/// A part of `toml`'s message, our message and our hint. `{}` stands for the quoted text.
struct Explanation(&'static str, &'static str, &'static str);

/// Reports a text or bracket that is never closed, and returns the lines above it: nothing below
/// can be told from the text.
pub(crate) fn report_unclosed<'t>(
    text: &'t str,
    outline: &Outline<'_>,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<&'t str> {
    let Unclosed { span, delimiter } = outline.unclosed.as_ref()?;
    let line = diagnostics.line_number(span.start);
    let (what, hint) = match *delimiter {
        "[" => ("list", "write ] after its last item".to_owned()),
        "{" => ("bracket", "write } after its last value".to_owned()),
        delimiter => ("text", format!("write {delimiter} after its last line")),
    };
    let message = format!("the {what} opened on line {line} is never closed");
    diagnostics.syntax_error(span.clone(), message, hint);
    text.get(..line_at(text, span.start).start)
}

/// Reports one error for each line, and none that follows from another line's.
pub(crate) fn report_syntax_errors(
    text: &str,
    errors: &[Error],
    outline: &Outline<'_>,
    diagnostics: &mut Diagnostics<'_>,
) {
    let mut reported = HashSet::new();
    let mut skipped_to = 0;
    let span_of = |error: &Error| error.span().unwrap_or(0..0);
    let mut errors: Vec<&Error> = errors.iter().collect();
    errors.sort_by_key(|error| span_of(error).start);
    for error in errors {
        let span = span_of(error);
        let line = line_at(text, span.start);
        let next = text[span.start.min(text.len())..].chars().next();
        let is_new = reported.insert(line.start) || next.is_some_and(is_invisible);
        if !is_new || line.start < skipped_to || is_consequence(error, span.start, outline) {
            continue;
        }
        let place = Place {
            line: &text[line.clone()],
            start: line.start,
            at: span.start.saturating_sub(line.start).min(line.len()),
            end: span.end.saturating_sub(line.start).min(line.len()),
            heading: outline
                .heading_above(span.start)
                .map(|(_, heading)| heading),
        };
        let found = text.get(span.clone()).unwrap_or_default();
        let (at, message, hint) = place
            .explain(error.message())
            .unwrap_or_else(|| explain_message(error.message(), span, found));
        if message == UNCLOSED_QUOTE {
            skipped_to = end_of_text(text, line.end);
        }
        diagnostics.syntax_error(at, message, hint);
    }
}

/// Returns the line at an offset, without its end.
fn line_at(text: &str, at: usize) -> Span {
    let at = at.min(text.len());
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    start..end
}

/// Returns true for a repeated name that is not a mistake in itself: the heading above it is repeated,
/// or lacks brackets, which `parse` reports.
fn is_consequence(error: &Error, at: usize, outline: &Outline<'_>) -> bool {
    let above = outline.heading_above(at);
    let Some((_, heading)) = above.filter(|_| error.message().contains("duplicate key")) else {
        return false;
    };
    if heading.span.contains(&at) {
        outline.single_rows.contains(heading.path)
    } else {
        heading.is_repeated && !heading.is_double
    }
}

/// Returns the end of a text in simple quotes that goes on in the lines below; `from` if its end is
/// not found.
fn end_of_text(text: &str, from: usize) -> usize {
    let is_entry = |line: &str| {
        line.split_once('=')
            .is_some_and(|(name, _)| is_name(name.trim()))
    };
    let mut end = from;
    for line in text[from..].split_inclusive('\n').skip(1) {
        let content = line.trim();
        if content.is_empty() || content.starts_with('[') || is_entry(content) {
            break;
        }
        end += line.len();
        if content.ends_with(['"', '\'']) {
            return end;
        }
    }
    from
}

fn explain_message(message: &str, at: Span, found: &str) -> Explained {
    let known = EXPLANATIONS.iter();
    let mut known = known.filter(|Explanation(part, ..)| message.contains(part));
    let (message, hint) = match known.next() {
        Some(Explanation(_, ours, hint)) => (ours.replace("{}", &quote(found)), *hint),
        None => (
            message.to_owned(),
            "the file must be TOML: [heading], name = \"value\", and # before a comment",
        ),
    };
    (at, message, hint.to_owned())
}

#[cfg(test)]
mod tests {
    use toml::de::DeTable;

    use super::*;

    #[test]
    fn every_explanation_matches_a_message_of_the_toml_crate() {
        let examples = [
            ("a = 2026-02-30", "invalid date"),
            ("a = 03950", "leading zero"),
            ("a = 1\na = 2", "duplicate key"),
            ("a = b c", "must be quoted"),
            ("é = 1", "unquoted key"),
            ("a == 1", "extra `=`"),
            ("a = \"b", "basic string"),
            ("a = 'b", "literal string"),
            ("[a\n", "unclosed table"),
            ("a note", "key with no value"),
        ];
        for Explanation(part, ..) in &EXPLANATIONS {
            let example = examples.iter().find(|(_, of)| of == part);
            let (text, _) = example.unwrap_or_else(|| panic!("no example for {part}"));
            let (_, errors) = DeTable::parse_recoverable(text);
            let messages: Vec<&str> = errors.iter().map(Error::message).collect();
            let first = EXPLANATIONS
                .iter()
                .find(|Explanation(other, ..)| messages.iter().any(|m| m.contains(other)));
            assert_eq!(first.map(|e| e.0), Some(*part), "{text}: {messages:?}");
        }
    }
}
