//! Parses a synonym file, and reports all of its errors at once.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error, ValueDeserializer};

use crate::content::{CodeError, CodeId, ModifierCode};
use crate::diagnostics::{Diagnostics, Report, did_you_mean};
use crate::search::query::parse::Word;

/// The entries of `assets/synonyms.toml` but for the names of codes; see `build.rs`.
const BUILT_IN: &str = include_str!(concat!(env!("OUT_DIR"), "/synonyms.tsv"));

/// The built-in file has about 130 kB.
const MAX_FILE_BYTES: usize = 1 << 20;

pub(crate) const MAX_PHRASE_WORDS: usize = 6;

const CODES_HINT: &str =
    "write [codes.icd10cm] or [codes.hcpcs], and below it lines such as \"I10\" = [\"htn\"]";

const ALSO_HINT: &str = "[[also]] has asked = [\"…\"], and modifier = \"26\" or words = [\"…\"]";

#[derive(Debug, Default)]
pub(crate) struct SynonymFile {
    pub(crate) forget: Vec<String>,
    /// Groups of phrases that stand for one another.
    pub(crate) same: Vec<Vec<String>>,
    pub(crate) also: Vec<AlsoEntry>,
    pub(crate) ignore: Vec<String>,
    /// The everyday names of codes.
    pub(crate) codes: Vec<(CodeId, Vec<String>)>,
}

/// Phrases that stand for a modifier or for words, but not the other way round.
#[derive(Debug)]
pub(crate) struct AlsoEntry {
    pub(crate) asked: Vec<String>,
    pub(crate) modifier: Option<ModifierCode>,
    pub(crate) words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SameTable {
    words: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AlsoTable {
    asked: Vec<Spanned<String>>,
    modifier: Option<Spanned<String>>,
    #[serde(default)]
    words: Vec<Spanned<String>>,
}

impl SynonymFile {
    /// Returns the built-in file without the names of codes.
    pub(crate) fn built_in() -> Self {
        let phrases = |list: &str| -> Vec<String> {
            let phrases = list.split('|').filter(|phrase| !phrase.is_empty());
            phrases.map(str::to_owned).collect()
        };
        let mut file = Self::default();
        for line in BUILT_IN.lines() {
            let mut fields = line.split('\t');
            let mut field = || fields.next().unwrap_or_default();
            let (table, modifier, words) = (field(), field(), phrases(field()));
            match table {
                "ignore" => file.ignore = words,
                "same" => file.same.push(words),
                _ => file.also.push(AlsoEntry {
                    asked: phrases(field()),
                    modifier: ModifierCode::new(modifier).ok(),
                    words,
                }),
            }
        }
        file
    }

    pub(crate) fn parse(name: &str, text: &str) -> Result<Self, Report> {
        if text.len() > MAX_FILE_BYTES {
            let hint = "a synonym file has a few kilobytes";
            return Err(Report::whole_file(name, "this file is too large", hint));
        }
        let mut parser = SynonymParser {
            file: Self::default(),
            diagnostics: Diagnostics::new(text),
        };
        parser.parse(text);
        parser.diagnostics.into_result(name)?;
        Ok(parser.file)
    }
}

/// Splits a phrase into the words that a query has for it.
pub(crate) fn split_phrase(phrase: &str) -> Vec<String> {
    phrase
        .split(|c: char| c.is_whitespace() || c == '/')
        .filter_map(Word::parse)
        .map(|word| word.text)
        .collect()
}

struct SynonymParser<'t> {
    file: SynonymFile,
    diagnostics: Diagnostics<'t>,
}

impl SynonymParser<'_> {
    fn parse(&mut self, text: &str) {
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let hint = "the file must be TOML; see assets/synonyms.toml for an example";
            let span = error.span().unwrap_or_default();
            self.diagnostics
                .syntax_error(span, error.message().to_owned(), hint.to_owned());
        }
        if !errors.is_empty() {
            return;
        }
        for (key, value) in root.into_inner() {
            match &**key.get_ref() {
                "forget" => {
                    self.file.forget = self.parse_phrases(value, "write forget = [\"…\", \"…\"]");
                }
                "ignore" => {
                    self.file.ignore = self.parse_phrases(value, "write ignore = [\"…\", \"…\"]");
                }
                "codes" => self.parse_codes(value),
                name @ ("same" | "also") => self.parse_tables(name, value),
                name => self.diagnostics.invalid(
                    key.span(),
                    format!("unknown field `{name}`"),
                    "a file may have forget = […], ignore = […], [[same]], [[also]] and [codes.icd10cm]",
                ),
            }
        }
    }

    fn parse_phrases(&mut self, value: Spanned<DeValue<'_>>, hint: &'static str) -> Vec<String> {
        let phrases = self.deserialize(value, hint);
        phrases.map_or_else(Vec::new, |phrases| self.check_phrases(phrases))
    }

    /// Parses a table of codes and their names for each system.
    fn parse_codes(&mut self, value: Spanned<DeValue<'_>>) {
        type CodeTable = BTreeMap<Spanned<String>, Vec<Spanned<String>>>;
        let Some(systems) =
            self.deserialize::<BTreeMap<Spanned<String>, CodeTable>>(value, CODES_HINT)
        else {
            return;
        };
        for (system, codes) in systems {
            for (code, names) in codes {
                let id = format!("{}:{}", system.get_ref(), code.get_ref());
                match id.parse() {
                    Ok(id) => {
                        let names = self.check_phrases(names);
                        self.file.codes.push((id, names));
                    }
                    Err(error) => {
                        let error: CodeError = error;
                        self.diagnostics
                            .invalid(code.span(), error.to_string(), CODES_HINT);
                    }
                }
            }
        }
    }

    fn parse_tables(&mut self, name: &str, value: Spanned<DeValue<'_>>) {
        let span = value.span();
        let DeValue::Array(tables) = value.into_inner() else {
            self.diagnostics.invalid(
                span,
                format!("`{name}` must be a list of tables"),
                format!("write double brackets: [[{name}]]"),
            );
            return;
        };
        for table in tables {
            if name == "same" {
                self.parse_same(table);
            } else {
                self.parse_also(table);
            }
        }
    }

    fn parse_same(&mut self, table: Spanned<DeValue<'_>>) {
        let span = table.span();
        let hint = "[[same]] has words = [\"…\", \"…\"]";
        let Some(table) = self.deserialize::<SameTable>(table, hint) else {
            return;
        };
        let errors_before = self.diagnostics.count();
        let words = self.check_phrases(table.words);
        if words.len() < 2 && self.diagnostics.count() == errors_before {
            self.diagnostics.invalid(
                span,
                "a group needs at least two phrases",
                "write words = [\"lab\", \"laboratory\"]",
            );
        }
        self.file.same.push(words);
    }

    fn parse_also(&mut self, table: Spanned<DeValue<'_>>) {
        let span = table.span();
        let Some(table) = self.deserialize::<AlsoTable>(table, ALSO_HINT) else {
            return;
        };
        let errors_before = self.diagnostics.count();
        let modifier = table.modifier.and_then(|text| {
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
        let asked = self.check_phrases(table.asked);
        let words = self.check_phrases(table.words);
        if self.diagnostics.count() > errors_before {
            return;
        }
        if asked.is_empty() || (modifier.is_none() && words.is_empty()) {
            let message = "this entry needs phrases, and a modifier or words that they stand for";
            self.diagnostics.invalid(span, message, ALSO_HINT);
        }
        self.file.also.push(AlsoEntry {
            asked,
            modifier,
            words,
        });
    }

    fn deserialize<T: DeserializeOwned>(
        &mut self,
        value: Spanned<DeValue<'_>>,
        hint: &'static str,
    ) -> Option<T> {
        let span = value.span();
        let result = T::deserialize(ValueDeserializer::from(value));
        result.map_err(|error| self.report(&error, span, hint)).ok()
    }

    /// Reports an error of serde. For an unknown field, the hint is the nearest known one.
    fn report(&mut self, error: &Error, span: Range<usize>, hint: &'static str) {
        // serde: "unknown field `a`, expected `b` or `c`". The snapshot below fails if this changes.
        let mut quoted = error.message().split('`').skip(1).step_by(2);
        let (message, hint) = match quoted.next() {
            Some(name) if error.message().starts_with("unknown field `") => {
                let known: Vec<&str> = quoted.collect();
                let message = format!("unknown field `{name}`");
                (message, did_you_mean(name, &known))
            }
            _ => (error.message().to_owned(), hint.to_owned()),
        };
        let span = error.span().unwrap_or(span);
        self.diagnostics.invalid(span, message, hint);
    }

    /// Returns the valid phrases, and reports the others.
    fn check_phrases(&mut self, phrases: Vec<Spanned<String>>) -> Vec<String> {
        let mut valid = Vec::with_capacity(phrases.len());
        for phrase in phrases {
            match split_phrase(phrase.get_ref()).len() {
                0 => self.diagnostics.invalid(
                    phrase.span(),
                    "a phrase needs a letter or digit",
                    "write the words as users would type them",
                ),
                1..=MAX_PHRASE_WORDS => valid.push(phrase.into_inner()),
                _ => self.diagnostics.invalid(
                    phrase.span(),
                    format!("a phrase may have at most {MAX_PHRASE_WORDS} words"),
                    "leave out small words",
                ),
            }
        }
        valid
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn errors(text: &str) -> String {
        SynonymFile::parse("user.toml", text)
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
            "[codes.icd10cm]\n\"I1\" = [\"htn\"]\n",
            "[more]\n",
        );
        insta::assert_snapshot!(errors(text), @r#"
        error: a phrase needs a letter or digit
         --> user.toml:1:11
          |
        1 | forget = ["…"]
          |           ^^^
          |
          = help: write the words as users would type them

        error: a group needs at least two phrases
         --> user.toml:2:1
          |
        2 | [[same]]
          | ^^^^^^^^
          |
          = help: write words = ["lab", "laboratory"]

        error: unknown field `modifer`
         --> user.toml:6:1
          |
        6 | modifer = "90"
          | ^^^^^^^
          |
          = help: did you mean `modifier`?

        error: `901` is not a modifier; a modifier has two letters or digits
         --> user.toml:9:12
          |
        9 | modifier = "901"
          |            ^^^^^
          |
          = help: put the two characters in quotes, as in "26"

        error: `I1` is not a valid ICD-10-CM code; a code has a letter, a digit, a letter or digit, then up to four more after a dot
          --> user.toml:11:1
           |
        11 | "I1" = ["htn"]
           | ^^^^
           |
           = help: write [codes.icd10cm] or [codes.hcpcs], and below it lines such as "I10" = ["htn"]

        error: unknown field `more`
          --> user.toml:12:2
           |
        12 | [more]
           |  ^^^^
           |
           = help: a file may have forget = […], ignore = […], [[same]], [[also]] and [codes.icd10cm]
        "#);
    }

    #[test]
    fn invalid_toml_is_reported_with_its_line() {
        insta::assert_snapshot!(errors("[[same]]\nwords = \"lab\n"), @r#"
        error: invalid basic string, expected `"`
         --> user.toml:2:13
          |
        2 | words = "lab
          |             ^
          |
          = help: the file must be TOML; see assets/synonyms.toml for an example
        "#);
    }

    #[test]
    fn also_entry_without_target_is_rejected() {
        insta::assert_snapshot!(errors("[[also]]\nasked = [\"outside lab\"]\n"), @r#"
        error: this entry needs phrases, and a modifier or words that they stand for
         --> user.toml:1:1
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
            let _ = SynonymFile::parse("user.toml", &text).map_err(|error| error.to_string());
        }
    }
}
