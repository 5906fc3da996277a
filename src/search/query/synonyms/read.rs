//! Defines how a file of synonyms is read, with every mistake in it told at once.

use std::ops::Range;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error, ValueDeserializer};

use crate::content::ModifierCode;
use crate::diagnostics::{Diagnostics, Report, did_you_mean};

use crate::search::query::synonyms::{MAX_PHRASE_WORDS, words};

/// The largest file that is read, in bytes; the built-in one has about 7 kB.
const MAX_FILE_BYTES: usize = 1 << 20;

/// A file of synonyms, checked.
#[derive(Debug, Default)]
pub(crate) struct SynonymFile {
    pub(crate) forget: Vec<String>,
    pub(crate) same: Vec<Vec<String>>,
    pub(crate) also: Vec<AlsoEntry>,
}

/// `[[also]]`, checked.
#[derive(Debug)]
pub(crate) struct AlsoEntry {
    pub(crate) asked: Vec<String>,
    pub(crate) modifier: Option<ModifierCode>,
    pub(crate) words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SameRow {
    words: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AlsoRow {
    asked: Vec<Spanned<String>>,
    modifier: Option<Spanned<String>>,
    #[serde(default)]
    words: Vec<Spanned<String>>,
}

impl SynonymFile {
    pub(crate) fn parse(name: &str, text: &str) -> Result<Self, Report> {
        if text.len() > MAX_FILE_BYTES {
            let hint = "synonyms take a few kilobytes";
            return Err(Report::whole_file(name, "this file is too large", hint));
        }
        let mut reader = SynonymParser {
            file: Self::default(),
            diagnostics: Diagnostics::new(text),
        };
        reader.parse(text);
        reader.diagnostics.into_result(name)?;
        Ok(reader.file)
    }
}

struct SynonymParser<'t> {
    file: SynonymFile,
    diagnostics: Diagnostics<'t>,
}

impl SynonymParser<'_> {
    /// Notes what serde says about a row.
    fn note_error(&mut self, error: &Error, span: Range<usize>, hint: &'static str) {
        let message = error.message();
        let unknown = message
            .strip_prefix("unknown field `")
            .and_then(|rest| rest.split_once('`'));
        let (message, hint) = match unknown {
            Some((name, known)) => {
                // serde lists what it knows in backquotes.
                let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
                (
                    format!("unknown field `{name}`"),
                    did_you_mean(name, &known),
                )
            }
            None => (message.to_owned(), hint.to_owned()),
        };
        let span = error.span().unwrap_or(span);
        self.diagnostics.invalid(span, message, hint);
    }

    fn parse(&mut self, text: &str) {
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let hint = "the file must be TOML; assets/synonyms.toml shows how";
            let span = error.span().unwrap_or_default();
            self.diagnostics
                .syntax_error(span, error.message().to_owned(), hint.to_owned());
        }
        if !errors.is_empty() {
            return;
        }
        for (key, value) in root.into_inner() {
            match &**key.get_ref() {
                "forget" => self.parse_forget(value),
                "same" => {
                    for row in self.table_array("same", value) {
                        self.parse_same(row);
                    }
                }
                "also" => {
                    for row in self.table_array("also", value) {
                        self.parse_also(row);
                    }
                }
                name => self.diagnostics.invalid(
                    key.span(),
                    format!("unknown field `{name}`"),
                    "a file may have forget = […], [[same]] and [[also]]",
                ),
            }
        }
    }

    fn parse_forget(&mut self, value: Spanned<DeValue<'_>>) {
        let span = value.span();
        match Vec::<Spanned<String>>::deserialize(ValueDeserializer::from(value)) {
            Ok(phrases) => self.file.forget = self.check_phrases(phrases),
            Err(error) => self.note_error(&error, span, "write forget = [\"…\", \"…\"]"),
        }
    }

    /// Returns the tables of a list of tables.
    fn table_array<'i>(
        &mut self,
        name: &str,
        value: Spanned<DeValue<'i>>,
    ) -> Vec<Spanned<DeValue<'i>>> {
        let span = value.span();
        if let DeValue::Array(rows) = value.into_inner() {
            return rows.into_iter().collect();
        }
        self.diagnostics.invalid(
            span,
            format!("`{name}` must be a list of tables"),
            "write double brackets: [[same]], [[also]]",
        );
        Vec::new()
    }

    fn deserialize_row<T: DeserializeOwned>(
        &mut self,
        row: Spanned<DeValue<'_>>,
        hint: &'static str,
    ) -> Option<T> {
        let span = row.span();
        match T::deserialize(ValueDeserializer::from(row)) {
            Ok(row) => Some(row),
            Err(error) => {
                self.note_error(&error, span, hint);
                None
            }
        }
    }

    fn parse_same(&mut self, row: Spanned<DeValue<'_>>) {
        let span = row.span();
        let Some(row) = self.deserialize_row::<SameRow>(row, "[[same]] has words = [\"…\", \"…\"]")
        else {
            return;
        };
        let before = self.diagnostics.count();
        let words = self.check_phrases(row.words);
        if words.len() < 2 && self.diagnostics.count() == before {
            self.diagnostics.invalid(
                span,
                "a group needs two phrases at least",
                "write words = [\"lab\", \"laboratory\"]",
            );
        }
        self.file.same.push(words);
    }

    fn parse_also(&mut self, row: Spanned<DeValue<'_>>) {
        let span = row.span();
        let hint = "[[also]] has asked = [\"…\"], and modifier = \"26\" or words = [\"…\"]";
        let Some(row) = self.deserialize_row::<AlsoRow>(row, hint) else {
            return;
        };
        let before = self.diagnostics.count();
        let modifier = row.modifier.and_then(|text| {
            let code = ModifierCode::new(text.get_ref());
            if let Err(error) = &code {
                self.diagnostics.invalid(
                    text.span(),
                    error.to_string(),
                    "put the two characters in quotes, as in \"26\"",
                );
            }
            code.ok()
        });
        let asked = self.check_phrases(row.asked);
        let words = self.check_phrases(row.words);
        if self.diagnostics.count() > before {
            return;
        }
        if asked.is_empty() || (modifier.is_none() && words.is_empty()) {
            self.diagnostics
                .invalid(span, "this stands for nothing", hint);
        }
        self.file.also.push(AlsoEntry {
            asked,
            modifier,
            words,
        });
    }

    fn check_phrases(&mut self, phrases: Vec<Spanned<String>>) -> Vec<String> {
        let mut sound = Vec::with_capacity(phrases.len());
        for phrase in phrases {
            match words(phrase.get_ref()).len() {
                0 => self.diagnostics.invalid(
                    phrase.span(),
                    "a phrase needs a letter or digit",
                    "write the words as readers would type them",
                ),
                1..=MAX_PHRASE_WORDS => sound.push(phrase.into_inner()),
                _ => self.diagnostics.invalid(
                    phrase.span(),
                    format!("a phrase may have {MAX_PHRASE_WORDS} words at most"),
                    "leave the small words out",
                ),
            }
        }
        sound
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn errors(text: &str) -> String {
        SynonymFile::parse("mine.toml", text)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn every_error_is_reported_with_its_line() {
        let text = concat!(
            "forget = [\"…\"]\n",
            "[[same]]\nwords = [\"lab\"]\n",
            "[[also]]\nasked = [\"outside lab\"]\nmodifer = \"90\"\n",
            "[[also]]\nasked = [\"x\"]\nmodifier = \"901\"\n",
            "[more]\n",
        );
        insta::assert_snapshot!(errors(text), @r#"
        error: a phrase needs a letter or digit
         --> mine.toml:1:11
          |
        1 | forget = ["…"]
          |           ^^^
          |
          = help: write the words as readers would type them

        error: a group needs two phrases at least
         --> mine.toml:2:1
          |
        2 | [[same]]
          | ^^^^^^^^
          |
          = help: write words = ["lab", "laboratory"]

        error: unknown field `modifer`
         --> mine.toml:6:1
          |
        6 | modifer = "90"
          | ^^^^^^^
          |
          = help: did you mean `modifier`?

        error: `901` is not a modifier; a modifier has two letters or digits
         --> mine.toml:9:12
          |
        9 | modifier = "901"
          |            ^^^^^
          |
          = help: put the two characters in quotes, as in "26"

        error: unknown field `more`
          --> mine.toml:10:2
           |
        10 | [more]
           |  ^^^^
           |
           = help: a file may have forget = […], [[same]] and [[also]]
        "#);
    }

    #[test]
    fn invalid_toml_is_reported_with_its_line() {
        insta::assert_snapshot!(errors("[[same]]\nwords = \"lab\n"), @r#"
        error: invalid basic string, expected `"`
         --> mine.toml:2:13
          |
        2 | words = "lab
          |             ^
          |
          = help: the file must be TOML; assets/synonyms.toml shows how
        "#);
    }

    #[test]
    fn row_without_target_is_rejected() {
        insta::assert_snapshot!(errors("[[also]]\nasked = [\"outside lab\"]\n"), @r#"
        error: this stands for nothing
         --> mine.toml:1:1
          |
        1 | [[also]]
          | ^^^^^^^^
          |
          = help: [[also]] has asked = ["…"], and modifier = "26" or words = ["…"]
        "#);
    }

    proptest! {
        #[test]
        fn any_text_parses_without_panic(text in any::<String>()) {
            let _ = SynonymFile::parse("mine.toml", &text).map_err(|error| error.to_string());
        }
    }
}
