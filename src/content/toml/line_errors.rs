//! Explains a syntax error by the line that has it.

use crate::content::toml::date_field::{date_hint, in_file_format};
use crate::content::toml::outline::Heading;
use crate::content::toml::schema::{DATE_FIELDS, fields_of, is_row_table, table_names};
use crate::diagnostics::diagnostic::Span;
use crate::diagnostics::wording::{nearest, quote};
use crate::text::sanitize::is_invisible;

pub(crate) const UNQUOTED: &str = "a text must be in quotes";
const NAME_WITH_SPACE: &str = "a name has no spaces";
const COLON_HINT: &str = "use = instead of :";
const COMMENT: &str = "a comment begins with #";
const COMMENT_HINT: &str = "write # instead of //";
const BACKSLASH: &str = "a single backslash cannot be in a text in double quotes";
const BACKSLASH_HINT: &str = "write \\\\, or enclose the text in '...'";

/// The place of a mistake, a message, and a hint.
pub(crate) type Explained = (Span, String, String);

/// The place of a syntax error.
pub(crate) struct Place<'t> {
    pub(crate) line: &'t str,
    /// The offset of the line.
    pub(crate) start: usize,
    /// The offset of the error in the line.
    pub(crate) at: usize,
    /// The end of the error in the line.
    pub(crate) end: usize,
    /// The heading of the line, or above it.
    pub(crate) heading: Option<&'t Heading<'t>>,
}

impl Place<'_> {
    /// Explains an error by the line that has it; `None` if the line does not tell the mistake.
    pub(crate) fn explain(&self, message: &str) -> Option<Explained> {
        let heading = self
            .heading
            .filter(|heading| heading.span.start >= self.start);
        self.explain_character().or_else(|| match heading {
            Some(heading) => self.explain_heading(heading),
            None => self.explain_key().or_else(|| self.explain_value(message)),
        })
    }

    /// A message about a part of the line.
    fn explained(&self, at: Span, message: &str, hint: &str) -> Explained {
        let at = self.start + at.start..self.start + at.end;
        (at, message.to_owned(), hint.to_owned())
    }

    /// The place of the character at the error.
    fn next_char(&self) -> Option<(Span, char)> {
        let c = self.line[self.at..].chars().next()?;
        Some((self.at..self.at + c.len_utf8(), c))
    }

    /// Explains characters that word processors insert.
    fn explain_character(&self) -> Option<Explained> {
        let (mut at, c) = self.next_char()?;
        let code_point = u32::from(c);
        let (message, hint) = if is_invisible(c) {
            (
                format!("there is an invisible character here (U+{code_point:04X})"),
                "delete it, and retype the characters around it".to_owned(),
            )
        } else if c.is_whitespace() && !c.is_ascii() {
            (
                format!("there is an unusual space here (U+{code_point:04X})"),
                "replace it with a plain space".to_owned(),
            )
        } else if "“”„‘’".contains(c) {
            at.end = at.end.max(self.end);
            (
                "curly quotes cannot enclose a text".to_owned(),
                "enclose it in straight quotes: \"...\"".to_owned(),
            )
        } else if "–—‒‐‑−".contains(c) {
            let name = self.line.split(['=', ']']).next().unwrap_or_default();
            let name = name.trim_matches(|c: char| c == '[' || c.is_whitespace());
            let message = match c {
                '—' => "a name cannot have an em dash",
                '–' => "a name cannot have an en dash",
                _ => "a name cannot have this dash",
            };
            (message.to_owned(), self.name_hint(&name.replace(c, "_")))
        } else {
            return None;
        };
        Some(self.explained(at, &message, &hint))
    }

    /// The hint for a name with characters that no name has, which are replaced by `_`.
    fn name_hint(&self, name: &str) -> String {
        let path = self.heading.map_or("", |heading| heading.path);
        let is_heading = self.line.trim_start().starts_with('[');
        let known: Vec<&str> = if is_heading {
            table_names().collect()
        } else {
            fields_of(path).to_vec()
        };
        let first = || {
            known
                .iter()
                .find(|known| name.split('_').any(|word| word == **known))
        };
        match nearest(name, &known).or_else(|| first().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write {name}"),
        }
    }

    fn explain_heading(&self, heading: &Heading<'_>) -> Option<Explained> {
        let path = heading.path;
        if path.contains(char::is_whitespace) {
            let name: Vec<&str> = path.split_whitespace().collect();
            let hint = self.name_hint(&name.join("_"));
            return Some((heading.span.clone(), NAME_WITH_SPACE.to_owned(), hint));
        }
        let written = self.line.get(heading.span.start - self.start..)?;
        let opened = written.bytes().take_while(|byte| *byte == b'[').count();
        let closed = written
            .bytes()
            .skip(opened)
            .filter(|byte| *byte == b']')
            .count();
        let right = if is_row_table(path) {
            format!("write [[{path}]]")
        } else {
            format!("write [{path}]")
        };
        if closed > 0 && closed != opened {
            let message = "the brackets of this heading do not match";
            return Some((heading.span.clone(), message.to_owned(), right));
        }
        let is_after = heading.span.end <= self.start + self.at;
        (closed > 0 && is_after).then(|| {
            let message = "a heading has a line of its own";
            self.explained(
                self.at..self.line.len(),
                message,
                "write the rest in the line below",
            )
        })
    }

    /// Explains a mistake before `=`.
    fn explain_key(&self) -> Option<Explained> {
        let (before, after) = self.line.split_once('=').unwrap_or((self.line, ""));
        if before.len() < self.at && before.len() < self.line.len() {
            return None;
        }
        let line = self.line.trim_start();
        let indent = self.line.len() - line.len();
        let length = line.find(|c: char| !is_name(c.encode_utf8(&mut [0; 4])));
        let (word, rest) = line.split_at(length.unwrap_or(line.len()));
        let after_word = indent + word.len() + (rest.len() - rest.trim_start().len());
        let rest = rest.trim_start();
        if rest.starts_with(':') && !word.is_empty() {
            let message = format!("`{word}` is followed by a colon");
            Some(self.explained(after_word..after_word + 1, &message, COLON_HINT))
        } else if rest.starts_with(['"', '\'']) && !word.is_empty() {
            let message = format!("missing = after `{word}`");
            let hint = format!("write {word} = {rest}");
            Some(self.explained(after_word..after_word, &message, &hint))
        } else if line.starts_with("//") {
            Some(self.explained(indent..indent + 2, COMMENT, COMMENT_HINT))
        } else if line.starts_with("- ") || line.starts_with("* ") {
            let hint = "write the items of a list in brackets: items = [\"...\", \"...\"]";
            Some(self.explained(indent..indent + 1, "a list has no bullets", hint))
        } else {
            let words: Vec<&str> = before.split_whitespace().collect();
            let is_spaced = words.len() > 1 && words.iter().all(|word| is_name(word));
            (is_spaced && !after.is_empty()).then(|| {
                let hint = self.name_hint(&words.join("_"));
                self.explained(indent..before.trim_end().len(), NAME_WITH_SPACE, &hint)
            })
        }
    }

    /// Explains a mistake after `=`, or in a line of a list.
    fn explain_value(&self, message: &str) -> Option<Explained> {
        let (before, rest) = self.line.split_at(self.at);
        let next = self.next_char();
        let name_length = before.find('=').map_or(0, |equals| equals + 1);
        let value = self.line[name_length..].trim_start();
        let value_at = self.line.len() - value.len();
        if message.contains("escape") || message.contains("unicode") {
            let at = self.line[..(self.at + 1).min(self.line.len())].rfind('\\')?;
            return Some(self.explained(at..at + 1, BACKSLASH, BACKSLASH_HINT));
        }
        if rest.starts_with("//") {
            return Some(self.explained(self.at..self.at + 2, COMMENT, COMMENT_HINT));
        }
        if let Some((at, c @ (';' | ','))) = &next
            && matches!(rest[1..].trim_start().chars().next(), None | Some('#'))
        {
            let mark = if *c == ';' { "semicolon" } else { "comma" };
            let message = format!("a line does not end with a {mark}");
            return Some(self.explained(at.clone(), &message, &format!("remove the {mark}")));
        }
        if let Some(name) = before.trim_end().strip_suffix(':')
            && rest.starts_with(['"', '\'', '{', '['])
        {
            let at = name.len()..name.len() + 1;
            return Some(self.explained(at, "a colon follows a name", COLON_HINT));
        }
        if name_length > 0 && !value.starts_with(['"', '\'', '[', '{', '=']) {
            let name = self.line[..name_length - 1].trim();
            return explain_unquoted(name, value).map(|(length, message, hint)| {
                self.explained(value_at..value_at + length, &message, &hint)
            });
        }
        match (before.chars().next_back(), next) {
            (Some(quote @ ('"' | '\'')), Some((_, c)))
                if !c.is_whitespace() && c != quote && c != ',' =>
            {
                let hint = match quote {
                    '"' => "write a quote within a text as \\\", or enclose the text in '...'",
                    _ => "enclose a text with an apostrophe in \"...\"",
                };
                let message = "the text ends at this quote";
                Some(self.explained(self.at - 1..self.at, message, hint))
            }
            (_, Some((at, '"' | '\'' | ','))) if before.trim_end().ends_with(['"', '\'']) => {
                let hint = "write several texts as a list: [\"...\", \"...\"]";
                Some(self.explained(at, "a second text follows here", hint))
            }
            (_, Some((at, ':'))) => Some(self.explained(at, "a colon follows a name", COLON_HINT)),
            _ => None,
        }
    }
}

/// Explains a value that is not in quotes; returns its length, a message and a hint.
fn explain_unquoted(name: &str, value: &str) -> Option<(usize, String, String)> {
    let value = value.split(" #").next().unwrap_or_default();
    let value = value.trim_end().trim_end_matches([';', ',']);
    let is_date_field = DATE_FIELDS.contains(&name);
    let (message, hint) = if value.is_empty() {
        (
            format!("`{name}` has no value"),
            format!("write {name} = \"...\", or remove the line"),
        )
    } else if is_date_field || (value.contains('/') && in_file_format(value).is_some()) {
        (format!("{} is not a date", quote(value)), date_hint(value))
    } else if value.starts_with('0') {
        return None;
    } else if ["code", "value"].contains(&name) && is_name(&value.replace('.', "-")) {
        (
            UNQUOTED.to_owned(),
            format!("put codes in quotes: \"{value}\""),
        )
    } else {
        (
            UNQUOTED.to_owned(),
            "enclose it in straight quotes: \"...\"".to_owned(),
        )
    };
    Some((value.len(), message, hint))
}

pub(crate) fn is_name(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    !text.is_empty() && text.chars().all(is_plain)
}
