//! Defines how a file of synonyms is read, with every mistake in it told at once.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error, ValueDeserializer};

use crate::content::{ModifierCode, sanitize};

use super::{LONGEST_PHRASE, words};

/// The largest file that is read, in bytes; the built-in one has about 7 kB.
const LARGEST: usize = 1 << 20;

/// How many mistakes are told.
const MOST: usize = 50;

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

/// Everything that is wrong with a file of synonyms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SynonymsError {
    /// The mistakes, in the order of the file; never empty.
    pub problems: Vec<SynonymProblem>,
}

/// One mistake in a file of synonyms. It shows as file, line and column, the line with a caret,
/// and what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SynonymProblem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    rendered: String,
}

impl fmt::Display for SynonymsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.problems.iter().enumerate() {
            if at > 0 {
                f.write_str("\n\n")?;
            }
            f.write_str(&problem.rendered)?;
        }
        Ok(())
    }
}

impl std::error::Error for SynonymsError {}

impl File {
    pub(super) fn read(name: &str, text: &str) -> Result<Self, SynonymsError> {
        let mut reader = Reader {
            file: Self::default(),
            found: Vec::new(),
        };
        if text.len() > LARGEST {
            reader.note(
                0..0,
                "this file is too large",
                "synonyms take a few kilobytes",
            );
        } else {
            reader.read(text);
        }
        let mut found = reader.found;
        if found.is_empty() {
            return Ok(reader.file);
        }
        found.sort_by_key(|mistake| mistake.span.start);
        found.truncate(MOST);
        let problems = found
            .iter()
            .map(|mistake| mistake.shown(name, text))
            .collect();
        Err(SynonymsError { problems })
    }
}

/// A mistake, before it is shown.
struct Mistake {
    span: Range<usize>,
    message: String,
    hint: &'static str,
}

impl Mistake {
    fn shown(&self, name: &str, text: &str) -> SynonymProblem {
        let start = self.span.start.min(text.len());
        let begin = text[..floor(text, start)]
            .rfind('\n')
            .map_or(0, |at| at + 1);
        let number = text[..begin].matches('\n').count() + 1;
        let line = text[begin..].split(['\r', '\n']).next().unwrap_or_default();
        let within = |at: usize| floor(line, at.saturating_sub(begin).min(line.len()));
        let (from, to) = (within(self.span.start), within(self.span.end));
        // What stands before and under the caret is made printable apart, so that it stays put.
        let before = sanitize(&line[..from]);
        let under = sanitize(&line[from..to.max(from)]);
        let after = sanitize(&line[to.max(from)..]);
        let caret = before.len()..before.len() + under.len();
        let message = sanitize(&self.message).into_owned();
        let name = sanitize(name);
        let snippet = Snippet::source(format!("{before}{under}{after}"))
            .path(&*name)
            .line_start(number)
            .annotation(AnnotationKind::Primary.span(caret));
        let group = Level::ERROR
            .primary_title(&*message)
            .element(snippet)
            .element(Level::HELP.message(self.hint));
        SynonymProblem {
            line: number,
            rendered: Renderer::plain().render(&[group]),
            message,
        }
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

struct Reader {
    file: File,
    found: Vec<Mistake>,
}

impl Reader {
    fn note(&mut self, span: Range<usize>, message: impl Into<String>, hint: &'static str) {
        if self.found.len() < MOST {
            self.found.push(Mistake {
                span,
                message: message.into(),
                hint,
            });
        }
    }

    fn note_error(&mut self, error: &Error, span: Range<usize>, hint: &'static str) {
        let message = error.message();
        let unknown = message
            .strip_prefix("unknown field `")
            .and_then(|rest| rest.split_once('`'));
        let message = match unknown {
            Some((name, known)) => unknown_field(name, known),
            None => message.to_owned(),
        };
        self.note(error.span().unwrap_or(span), message, hint);
    }

    fn read(&mut self, text: &str) {
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            self.note_error(
                error,
                0..0,
                "the file must be TOML; assets/synonyms.toml shows how",
            );
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
                name => self.note(
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
        match value.into_inner() {
            DeValue::Array(rows) => rows.into_iter().collect(),
            _ => {
                self.note(
                    span,
                    format!("`{name}` must be a list of tables"),
                    "write double brackets: [[same]], [[also]]",
                );
                Vec::new()
            }
        }
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
        let before = self.found.len();
        let words = self.phrases(row.words);
        if words.len() < 2 && self.found.len() == before {
            self.note(
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
        let before = self.found.len();
        let modifier = row.modifier.and_then(|text| {
            let code = ModifierCode::new(text.get_ref());
            if let Err(error) = &code {
                self.note(
                    text.span(),
                    error.to_string(),
                    "put the two characters in quotes, as in \"26\"",
                );
            }
            code.ok()
        });
        let asked = self.phrases(row.asked);
        let words = self.phrases(row.words);
        if self.found.len() > before {
            return;
        }
        if asked.is_empty() || (modifier.is_none() && words.is_empty()) {
            self.note(span, "this stands for nothing", hint);
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
                0 => self.note(
                    phrase.span(),
                    "a phrase needs a letter or digit",
                    "write the words as readers would type them",
                ),
                1..=LONGEST_PHRASE => sound.push(phrase.into_inner()),
                _ => self.note(
                    phrase.span(),
                    format!("a phrase may have {LONGEST_PHRASE} words at most"),
                    "leave the small words out",
                ),
            }
        }
        sound
    }
}

/// Words what serde says about an unknown field: its name, and then the known ones in backquotes.
fn unknown_field(name: &str, known: &str) -> String {
    let near = known
        .split('`')
        .skip(1)
        .step_by(2)
        .find(|known| strsim::osa_distance(name, known) <= 2);
    match near {
        Some(near) => format!("unknown field `{name}`; did you mean `{near}`?"),
        None => format!("unknown field `{name}`"),
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

        error: unknown field `modifer`; did you mean `modifier`?
         --> mine.toml:6:1
          |
        6 | modifer = "90"
          | ^^^^^^^
          |
          = help: [[also]] has asked = ["…"], and modifier = "26" or words = ["…"]

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
