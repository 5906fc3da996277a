//! Defines how a file of synonyms is read, with every mistake in it told at once.

use std::ops::Range;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error, ValueDeserializer};

use crate::content::{ModifierCode, Problems, Report, instead_of};

use super::{LONGEST_PHRASE, words};

/// The largest file that is read, in bytes; the built-in one has about 7 kB.
const LARGEST: usize = 1 << 20;

/// A file of synonyms, checked.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) forget: Vec<String>,
    pub(super) same: Vec<Vec<String>>,
    pub(super) also: Vec<Also>,
}

/// `[[also]]`, checked.
#[derive(Debug)]
pub(super) struct Also {
    pub(super) asked: Vec<String>,
    pub(super) modifier: Option<ModifierCode>,
    pub(super) words: Vec<String>,
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

impl File {
    pub(super) fn read(name: &str, text: &str) -> Result<Self, Report> {
        if text.len() > LARGEST {
            let hint = "synonyms take a few kilobytes";
            return Err(Report::whole_file(name, "this file is too large", hint));
        }
        let mut reader = Reader {
            file: Self::default(),
            problems: Problems::of(text),
        };
        reader.read(text);
        reader.problems.report(name)?;
        Ok(reader.file)
    }
}

struct Reader<'t> {
    file: File,
    problems: Problems<'t>,
}

impl Reader<'_> {
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
                (format!("unknown field `{name}`"), instead_of(name, &known))
            }
            None => (message.to_owned(), hint.to_owned()),
        };
        let span = error.span().unwrap_or(span);
        self.problems.fault(span, message, hint);
    }

    fn read(&mut self, text: &str) {
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let hint = "the file must be TOML; assets/synonyms.toml shows how";
            let span = error.span().unwrap_or_default();
            self.problems
                .syntax(span, error.message().to_owned(), hint.to_owned());
        }
        if !errors.is_empty() {
            return;
        }
        for (key, value) in root.into_inner() {
            match &**key.get_ref() {
                "forget" => self.forget(value),
                "same" => {
                    for row in self.rows("same", value) {
                        self.same(row);
                    }
                }
                "also" => {
                    for row in self.rows("also", value) {
                        self.also(row);
                    }
                }
                name => self.problems.fault(
                    key.span(),
                    format!("unknown field `{name}`"),
                    "a file may have forget = […], [[same]] and [[also]]",
                ),
            }
        }
    }

    fn forget(&mut self, value: Spanned<DeValue<'_>>) {
        let span = value.span();
        match Vec::<Spanned<String>>::deserialize(ValueDeserializer::from(value)) {
            Ok(phrases) => self.file.forget = self.phrases(phrases),
            Err(error) => self.note_error(&error, span, "write forget = [\"…\", \"…\"]"),
        }
    }

    /// Returns the tables of a list of tables.
    fn rows<'i>(&mut self, name: &str, value: Spanned<DeValue<'i>>) -> Vec<Spanned<DeValue<'i>>> {
        let span = value.span();
        if let DeValue::Array(rows) = value.into_inner() {
            return rows.into_iter().collect();
        }
        self.problems.fault(
            span,
            format!("`{name}` must be a list of tables"),
            "write double brackets: [[same]], [[also]]",
        );
        Vec::new()
    }

    fn row<T: DeserializeOwned>(
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

    fn same(&mut self, row: Spanned<DeValue<'_>>) {
        let span = row.span();
        let Some(row) = self.row::<SameRow>(row, "[[same]] has words = [\"…\", \"…\"]") else {
            return;
        };
        let before = self.problems.count();
        let words = self.phrases(row.words);
        if words.len() < 2 && self.problems.count() == before {
            self.problems.fault(
                span,
                "a group needs two phrases at least",
                "write words = [\"lab\", \"laboratory\"]",
            );
        }
        self.file.same.push(words);
    }

    fn also(&mut self, row: Spanned<DeValue<'_>>) {
        let span = row.span();
        let hint = "[[also]] has asked = [\"…\"], and modifier = \"26\" or words = [\"…\"]";
        let Some(row) = self.row::<AlsoRow>(row, hint) else {
            return;
        };
        let before = self.problems.count();
        let modifier = row.modifier.and_then(|text| {
            let code = ModifierCode::new(text.get_ref());
            if let Err(error) = &code {
                self.problems.fault(
                    text.span(),
                    error.to_string(),
                    "put the two characters in quotes, as in \"26\"",
                );
            }
            code.ok()
        });
        let asked = self.phrases(row.asked);
        let words = self.phrases(row.words);
        if self.problems.count() > before {
            return;
        }
        if asked.is_empty() || (modifier.is_none() && words.is_empty()) {
            self.problems.fault(span, "this stands for nothing", hint);
        }
        self.file.also.push(Also {
            asked,
            modifier,
            words,
        });
    }

    fn phrases(&mut self, phrases: Vec<Spanned<String>>) -> Vec<String> {
        let mut sound = Vec::with_capacity(phrases.len());
        for phrase in phrases {
            match words(phrase.get_ref()).len() {
                0 => self.problems.fault(
                    phrase.span(),
                    "a phrase needs a letter or digit",
                    "write the words as readers would type them",
                ),
                1..=LONGEST_PHRASE => sound.push(phrase.into_inner()),
                _ => self.problems.fault(
                    phrase.span(),
                    format!("a phrase may have {LONGEST_PHRASE} words at most"),
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
        File::read("mine.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn every_mistake_is_told_with_its_line() {
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

        error: `901` is no modifier; one has two letters or digits
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
    fn what_is_no_toml_is_told_with_its_line() {
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
    fn a_row_that_stands_for_nothing_is_refused() {
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
        fn any_text_is_read_or_refused(text in any::<String>()) {
            let _ = File::read("mine.toml", &text).map_err(|error| error.to_string());
        }
    }
}
