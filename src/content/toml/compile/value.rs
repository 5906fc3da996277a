//! Checks and cleans single values: texts, keywords, dates, codes and sources.

use toml::Spanned;

use crate::content::code::{CodeId, CodeSystem};
use crate::content::date::AsOf;
use crate::content::row::Value;
use crate::content::shared::SOURCES_FILE;
use crate::content::source::SourceId;
use crate::content::toml::compile::compiler::{Compiler, StatedDate};
use crate::content::toml::date_field::{DateField, date_hint};
use crate::content::toml::schema::{Field, FieldValue, Sources};
use crate::content::toml::tree::Text;
use crate::diagnostics::diagnostic::Span;
use crate::diagnostics::wording::{join_with_and, nearest, quote, unknown_message};
use crate::text::sanitize::sanitize;

/// The values that a field may have, and their keywords in files.
#[derive(Clone, Copy)]
pub(crate) struct Keywords<'a, T>(pub(crate) &'a [T], pub(crate) fn(T) -> &'static str);

impl<T: Copy> Keywords<'_, T> {
    fn find(self, word: &str) -> Option<T> {
        self.0
            .iter()
            .copied()
            .find(|value| (self.1)(*value) == word)
    }

    fn words(self) -> Vec<&'static str> {
        self.0.iter().map(|value| (self.1)(*value)).collect()
    }
}

impl Compiler<'_, '_> {
    /// Reports a missing field, unless it is present but invalid.
    pub(crate) fn missing_field(&mut self, table: &Span, field: &str, hint: &str) {
        if !self.diagnostics.is_suppressed(table.start, field) {
            self.diagnostics
                .missing(table.clone(), format!("missing field `{field}`"), hint);
        }
    }

    /// Cleans a text and joins its paragraphs. Reports an empty one.
    pub(crate) fn text(&mut self, field: &str, text: &Text) -> String {
        self.text_at(text.span(), field, text.get_ref())
    }

    fn text_at(&mut self, at: Span, field: &str, text: &str) -> String {
        let clean = one_line(text);
        if clean.is_empty() {
            self.reject_empty(at, field, text);
        }
        clean
    }

    /// Cleans a text and splits it into paragraphs. Reports an empty one.
    pub(crate) fn paragraphs(&mut self, field: &str, text: &Text) -> Vec<String> {
        let paragraphs = split_paragraphs(text.get_ref());
        if paragraphs.is_empty() {
            self.reject_empty(text.span(), field, text.get_ref());
        }
        paragraphs
    }

    fn reject_empty(&mut self, at: Span, field: &str, text: &str) {
        let message = if text.trim().is_empty() {
            format!("`{field}` is empty")
        } else {
            format!("`{field}` has no visible characters")
        };
        let hint = "write a text, or remove the line; state what is not known with \
                    { reason = \"...\" } or in [[absent]]";
        self.diagnostics.invalid(at, message, hint);
    }

    /// Cleans a required text. Reports a missing one, and returns an empty one.
    pub(crate) fn required(&mut self, table: &Span, field: &str, text: Option<&Text>) -> String {
        if let Some(text) = text {
            return self.text(field, text);
        }
        let hint = format!("write {field} = \"...\" in this table");
        self.missing_field(table, field, &hint);
        String::new()
    }

    pub(crate) fn optional(&mut self, field: &str, text: Option<&Text>) -> Option<String> {
        text.map(|text| self.text(field, text))
    }

    /// Cleans a name for links and the command line: letters, digits, `-` and `_`.
    pub(crate) fn name(&mut self, field: &str, text: &Text) -> String {
        let name = self.text(field, text);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        if !name.chars().all(is_plain) {
            let quoted = quote(&name);
            let message = format!("`{field}` has characters that a name cannot have: {quoted}");
            let hint = "use letters without accents, digits, - and _";
            self.diagnostics.invalid(text.span(), message, hint);
        }
        name
    }

    pub(crate) fn optional_keyword<T: Copy>(
        &mut self,
        field: &str,
        text: Option<&Text>,
        keywords: Keywords<'_, T>,
    ) -> Option<T> {
        let text = text?;
        let word = text.get_ref().trim();
        let found = keywords.find(word);
        if found.is_none() {
            let known = keywords.words();
            let message = unknown_message(field, word, nearest(word, &known));
            let hint = format!("expected one of {}", join_with_and(&known));
            self.diagnostics.invalid(text.span(), message, hint);
        }
        found
    }

    pub(crate) fn required_keyword<T: Copy>(
        &mut self,
        table: &Span,
        field: &str,
        text: Option<&Text>,
        keywords: Keywords<'_, T>,
    ) -> Option<T> {
        if text.is_none() {
            let known = join_with_and(&keywords.words());
            let hint = format!("write {field} = \"...\" with one of {known}");
            self.missing_field(table, field, &hint);
        }
        self.optional_keyword(field, text, keywords)
    }

    pub(crate) fn date(&mut self, field: &'static str, date: Option<&Spanned<DateField>>) -> AsOf {
        let Some(date) = date else {
            return AsOf::Unknown;
        };
        let (span, DateField(date)) = (date.span(), date.get_ref());
        match date {
            Ok(date) => {
                let date = *date;
                self.dates.push(StatedDate { field, span, date });
                date
            }
            Err(text) => {
                let message = format!("{} is not a date", quote(text));
                self.diagnostics
                    .invalid(span, message, date_hint(text.trim()));
                AsOf::Unknown
            }
        }
    }

    pub(crate) fn code(&mut self, system: CodeSystem, text: &Text) -> Option<CodeId> {
        let value = text.get_ref().trim();
        CodeId::new(system, value)
            .inspect_err(|_| {
                let (name, shape) = (system.name(), system.shape());
                let mut hint = format!("{name} codes have {shape}");
                let digits = value.bytes().filter(u8::is_ascii_digit).count();
                if system == CodeSystem::Cpt && (1..5).contains(&digits) && digits == value.len() {
                    hint = format!("{hint}; if leading zeros were lost, it is \"{value:0>5}\"");
                } else if let Some(meant) = with_digits(system, value) {
                    let letter = if value.contains(['o', 'O']) {
                        "O instead of zero"
                    } else {
                        "I or l instead of one"
                    };
                    let (system, meant) = (meant.system().name(), meant.value());
                    hint = format!("letter {letter}? the {system} code is \"{meant}\"");
                }
                let message = format!("{} is not a valid {name} code", quote(value));
                self.diagnostics.invalid(text.span(), message, hint);
            })
            .ok()
    }

    /// Compiles a code from two required fields: its system and its value.
    pub(crate) fn required_code(
        &mut self,
        table: &Span,
        system: Option<&Text>,
        field: &str,
        value: Option<&Text>,
    ) -> Option<CodeId> {
        let systems = Keywords(&CodeSystem::ALL, CodeSystem::id);
        let system = self.required_keyword(table, "system", system, systems);
        if value.is_none() {
            self.required(table, field, None);
        }
        self.code(system?, value?)
    }

    /// Returns the source that a table refers to, of the file or else of its folder. Reports an
    /// unknown one.
    pub(crate) fn source(&mut self, source: Option<&Text>) -> Option<SourceId> {
        let source = source?;
        let id = SourceId(source.get_ref().trim().to_owned());
        if self.sources.iter().any(|known| known.id == id) {
            return Some(id);
        }
        if let Some(shared) = self.shared.source(&id) {
            self.sources.push(shared.clone());
            return Some(id);
        }
        let own = self.sources.iter().map(|source| source.id.0.as_str());
        let own: Vec<&str> = own.collect();
        let shared = self.shared.entries();
        let of_folder = shared.sources.iter().map(|source| source.id.0.as_str());
        let known: Vec<&str> = own.iter().copied().chain(of_folder).collect();
        let mut message = unknown_message("source", &id.0, nearest(&id.0, &known));
        let hint = if shared.broken.contains(&SOURCES_FILE) {
            message = format!(
                "the source {} is not known: {SOURCES_FILE} has errors",
                quote(&id.0)
            );
            format!("`codeleaf check {SOURCES_FILE}` shows them")
        } else if own.is_empty() && !shared.sources.is_empty() {
            format!("name a source of {SOURCES_FILE}, or describe it in a table [sources.ID]")
        } else if own.is_empty() {
            "describe it in a table [sources.ID] with title, kind and as_of".to_owned()
        } else {
            let own = join_with_and(&own);
            format!("this file has {own}; describe others in [sources.ID]")
        };
        self.diagnostics.missing(source.span(), message, hint);
        None
    }

    /// Returns the sources that a row or section refers to. Reports an empty list, unknown sources
    /// and duplicates.
    pub(crate) fn sources(&mut self, sources: &Sources) -> Vec<SourceId> {
        if sources.names.is_empty() {
            let hint = "name a source, or remove the line";
            self.diagnostics
                .invalid(sources.span.clone(), "`source` is empty", hint);
        }
        let mut ids = Vec::new();
        for name in &sources.names {
            let Some(id) = self.source(Some(name)) else {
                continue;
            };
            if ids.contains(&id) {
                let message = format!("duplicate source {}", quote(&id.0));
                self.diagnostics
                    .invalid(name.span(), message, "remove one of the two");
            } else {
                ids.push(id);
            }
        }
        ids
    }

    /// Compiles a required field. Reports a missing one, and returns an empty text.
    pub(crate) fn field(&mut self, table: &Span, name: &str, field: Option<&Field>) -> Value {
        if let Some(field) = field {
            return self.value(name, field);
        }
        let hint = format!(
            "write {name} = \"...\", or {name} = {{ reason = \"source_silent\" }} if no source says"
        );
        self.missing_field(table, name, &hint);
        Value::Text(String::new())
    }

    pub(crate) fn value(&mut self, name: &str, field: &Field) -> Value {
        match field.get_ref() {
            FieldValue::Text(text) => Value::Text(self.text_at(field.span(), name, text)),
            FieldValue::Absent(absence) => self.unavailable(&field.span(), absence).into(),
        }
    }
}

/// Corrects letters that were typed for digits. The code is one of `system` if possible, or else
/// of CPT.
fn with_digits(system: CodeSystem, value: &str) -> Option<CodeId> {
    let digit = |c| match c {
        'o' | 'O' => '0',
        'I' | 'l' => '1',
        c => c,
    };
    let all: String = value.chars().map(digit).collect();
    if all == value {
        return None;
    }
    let first = value.chars().take(1);
    let tail: String = first.chain(value.chars().skip(1).map(digit)).collect();
    let meant = [(system, &tail), (system, &all), (CodeSystem::Cpt, &all)];
    let mut codes = meant
        .into_iter()
        .map(|(system, text)| CodeId::new(system, text));
    codes.find_map(Result::ok)
}

/// Sanitizes a text and splits it at blank lines. Other line ends become spaces.
fn split_paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    for line in text.lines() {
        let line = sanitize(line);
        let line = line.trim();
        match paragraphs.last_mut() {
            Some(last) if !line.is_empty() => {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(line);
            }
            _ => paragraphs.push(String::new()),
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

fn one_line(text: &str) -> String {
    if text.contains('\n') {
        return split_paragraphs(text).join(" ");
    }
    sanitize(text).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_separate_paragraphs() {
        let text = "\n  One line\n  and the next.  \n\n \t \n\nAnother—with a dash.\r\nMore.\n";
        let expected = ["One line and the next.", "Another—with a dash. More."];
        assert_eq!(split_paragraphs(text), expected);
        assert_eq!(one_line(text), expected.join(" "));
        assert_eq!(split_paragraphs(" \n\u{200b}\n"), [""; 0]);
    }

    #[test]
    fn spaces_within_a_line_are_kept() {
        assert_eq!(one_line("a  b\tc"), "a  b c");
    }
}
