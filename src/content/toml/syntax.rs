//! Explains TOML syntax errors to authors who do not know TOML.

use toml::de::Error;

use crate::diagnostics::diagnostic::Diagnostics;
use crate::diagnostics::wording::{DATE_HINT, quote};
use crate::text::sanitize::is_invisible;

/// Explanations of error messages.
///
/// `toml`'s errors have no kinds, so they are recognized by parts of their messages. A test fails if
/// those change.
const EXPLANATIONS: [Explanation; 8] = [
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
        "must be quoted",
        "a text must be in quotes",
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

pub(crate) fn report_syntax_error(text: &str, error: &Error, diagnostics: &mut Diagnostics<'_>) {
    let span = error.span().unwrap_or(0..0);
    let found = text.get(span.clone()).unwrap_or_default();
    let next = text.get(span.start..).and_then(|rest| rest.chars().next());
    let (message, hint) = next
        .and_then(explain_character)
        .unwrap_or_else(|| explain_message(error.message(), found));
    diagnostics.syntax_error(span, message, hint.to_owned());
}

/// Explains characters that word processors insert.
fn explain_character(c: char) -> Option<(String, &'static str)> {
    let code_point = u32::from(c);
    if is_invisible(c) {
        Some((
            format!("there is an invisible character here (U+{code_point:04X})"),
            "delete it, and retype the characters around it",
        ))
    } else if c.is_whitespace() && !c.is_ascii() {
        Some((
            format!("there is an unusual space here (U+{code_point:04X})"),
            "replace it with a plain space",
        ))
    } else if "“”„‘’".contains(c) {
        Some((
            "curly quotes cannot enclose a text".to_owned(),
            "enclose it in straight quotes: \"...\"",
        ))
    } else {
        None
    }
}

fn explain_message(message: &str, found: &str) -> (String, &'static str) {
    let known = EXPLANATIONS.iter();
    let mut known = known.filter(|Explanation(part, ..)| message.contains(part));
    match known.next() {
        Some(Explanation(_, ours, hint)) => (ours.replace("{}", &quote(found)), hint),
        None => (
            message.to_owned(),
            "the file must be TOML: [heading], name = \"value\", and # before a comment",
        ),
    }
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
