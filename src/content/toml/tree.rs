//! Parses TOML text into tables.
//!
//! The tree of the `toml` crate takes longer to make than all the rest of a document, because each
//! of its tables is a map. Nearly every file needs only plain TOML: a heading with at most two names,
//! and below it fields whose names have one part. This is parsed directly from the events of
//! `toml_parser`. For any other file, and to report errors, the `toml` crate makes the tree.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};
use toml::value::Datetime;
use toml_parser::decoder::ScalarKind;
use toml_parser::parser::{Event, EventKind, RecursionGuard, ValidateWhitespace, parse_document};
use toml_parser::{ParseError, Source};

use crate::diagnostics::diagnostic::Span;

/// A text with its position in the file.
pub(crate) type Text<'t> = Spanned<Cow<'t, str>>;

pub(crate) type TomlTable<'t> = Vec<(Text<'t>, Spanned<TomlValue<'t>>)>;

/// A value. Numbers and dates are as written.
#[derive(Debug, PartialEq)]
pub(crate) enum TomlValue<'t> {
    Text(Cow<'t, str>),
    Integer(&'t str),
    Float,
    Boolean,
    Date(&'t str),
    List(Vec<Spanned<TomlValue<'t>>>),
    Table(TomlTable<'t>),
}

impl TomlValue<'_> {
    pub(crate) fn is_table(&self) -> bool {
        matches!(self, Self::Table(_))
    }
}

/// The most entries of a plain table. They are searched one after the other.
const MAX_PLAIN_ENTRIES: usize = 100;

/// Most tables have fewer fields.
const FIELDS_PER_TABLE: usize = 8;

/// A little less than the usual length of a token, with the space around it.
const BYTES_PER_TOKEN: usize = 6;

/// The deepest list or table in a value; the limit of the `toml` crate.
const MAX_DEPTH: u32 = 80;

/// Parses a file, or returns the first error in it.
pub(crate) fn parse_toml(text: &str) -> Result<TomlTable<'_>, Error> {
    match parse_plain(text) {
        Some(table) => Ok(table),
        None => Ok(convert_table(DeTable::parse(text)?.into_inner(), text)),
    }
}

/// Parses a file, and continues after errors.
pub(crate) fn parse_recoverable(text: &str) -> (TomlTable<'_>, Vec<Error>) {
    let (root, errors) = DeTable::parse_recoverable(text);
    (convert_table(root.into_inner(), text), errors)
}

fn convert_table<'t>(table: DeTable<'t>, text: &'t str) -> TomlTable<'t> {
    let entries = table.into_iter();
    entries
        .map(|(key, value)| (key, convert(value, text)))
        .collect()
}

fn convert<'t>(value: Spanned<DeValue<'t>>, text: &'t str) -> Spanned<TomlValue<'t>> {
    let span = value.span();
    let written = text.get(span.clone()).unwrap_or_default();
    let value = match value.into_inner() {
        DeValue::String(text) => TomlValue::Text(text),
        DeValue::Integer(_) => TomlValue::Integer(written),
        DeValue::Float(_) => TomlValue::Float,
        DeValue::Boolean(_) => TomlValue::Boolean,
        DeValue::Datetime(_) => TomlValue::Date(written),
        DeValue::Array(list) => {
            let elements = list.into_iter().map(|value| convert(value, text));
            TomlValue::List(elements.collect())
        }
        DeValue::Table(table) => TomlValue::Table(convert_table(table, text)),
    };
    Spanned::new(span, value)
}

/// Parses a plain file; `None` for any other, and for one with errors.
fn parse_plain(text: &str) -> Option<TomlTable<'_>> {
    let source = Source::new(text);
    let mut builder = Builder {
        source,
        root: TomlTable::new(),
        heading: None,
        is_in_heading: false,
        open: vec![Open::table(0)],
        error: None,
    };
    let mut is_plain = true;
    let mut receive = |event: Event| is_plain = is_plain && builder.receive(&event).is_some();
    let mut receive = ValidateWhitespace::new(&mut receive, source);
    let mut receive = RecursionGuard::new(&mut receive, MAX_DEPTH);
    let mut error: Option<ParseError> = None;
    let mut tokens = Vec::with_capacity(text.len() / BYTES_PER_TOKEN);
    tokens.extend(source.lex());
    parse_document(&tokens, &mut receive, &mut error);
    builder.finish_table().filter(|()| is_plain)?;
    let has_error = error.is_some() || builder.error.is_some();
    (!has_error).then_some(builder.root)
}

/// Builds the tables of a plain file. Each method returns `None` if the file is not plain.
struct Builder<'t> {
    source: Source<'t>,
    root: TomlTable<'t>,
    /// The heading above.
    heading: Option<Heading<'t>>,
    is_in_heading: bool,
    /// The table below the heading, and the lists and tables in it that are open.
    open: Vec<Open<'t>>,
    /// The error in a text, a number or a name.
    error: Option<ParseError>,
}

struct Heading<'t> {
    span: Span,
    names: Vec<Text<'t>>,
    /// Whether it has double brackets.
    is_row: bool,
}

/// A list or table without its end.
struct Open<'t> {
    start: usize,
    /// The name of the field whose value follows.
    key: Option<Text<'t>>,
    value: TomlValue<'t>,
}

impl Open<'_> {
    fn table(start: usize) -> Self {
        Self {
            start,
            key: None,
            value: TomlValue::Table(Vec::with_capacity(FIELDS_PER_TABLE)),
        }
    }
}

impl<'t> Builder<'t> {
    fn receive(&mut self, event: &Event) -> Option<()> {
        let span = event.span().start()..event.span().end();
        match event.kind() {
            EventKind::Whitespace
            | EventKind::Comment
            | EventKind::Newline
            | EventKind::KeyValSep
            | EventKind::ValueSep => {}
            kind @ (EventKind::StdTableOpen | EventKind::ArrayTableOpen) => {
                self.finish_table()?;
                self.open.push(Open::table(span.start));
                self.heading = Some(Heading {
                    span,
                    names: Vec::new(),
                    is_row: kind == EventKind::ArrayTableOpen,
                });
                self.is_in_heading = true;
            }
            EventKind::StdTableClose | EventKind::ArrayTableClose => {
                self.heading.as_mut()?.span.end = span.end;
                self.is_in_heading = false;
            }
            EventKind::SimpleKey => {
                let mut name = Cow::Borrowed("");
                let raw = self.source.get(event)?;
                raw.decode_key(&mut name, &mut self.error);
                let name = Spanned::new(span, name);
                if self.is_in_heading {
                    self.heading.as_mut()?.names.push(name);
                } else {
                    self.open.last_mut()?.key = Some(name);
                }
            }
            EventKind::KeySep if self.is_in_heading => {}
            EventKind::Scalar => {
                let value = self.scalar(event)?;
                self.add(Spanned::new(span, value))?;
            }
            EventKind::InlineTableOpen => self.open.push(Open::table(span.start)),
            EventKind::ArrayOpen => self.open.push(Open {
                value: TomlValue::List(Vec::new()),
                ..Open::table(span.start)
            }),
            EventKind::InlineTableClose | EventKind::ArrayClose => {
                let Open { start, value, .. } = self.open.pop()?;
                self.add(Spanned::new(start..span.end, value))?;
            }
            EventKind::KeySep | EventKind::Error => return None,
        }
        Some(())
    }

    fn scalar(&mut self, event: &Event) -> Option<TomlValue<'t>> {
        let raw = self.source.get(event)?;
        let mut text = Cow::Borrowed("");
        Some(match raw.decode_scalar(&mut text, &mut self.error) {
            ScalarKind::String => TomlValue::Text(text),
            ScalarKind::Integer(_) => TomlValue::Integer(raw.as_str()),
            ScalarKind::Float => TomlValue::Float,
            ScalarKind::Boolean(_) => TomlValue::Boolean,
            ScalarKind::DateTime => {
                text.parse::<Datetime>().ok()?;
                TomlValue::Date(raw.as_str())
            }
        })
    }

    /// Adds a value to the innermost open list or table.
    fn add(&mut self, value: Spanned<TomlValue<'t>>) -> Option<()> {
        let open = self.open.last_mut()?;
        match &mut open.value {
            TomlValue::List(elements) => elements.push(value),
            TomlValue::Table(entries) => insert(entries, open.key.take()?, value)?,
            _ => return None,
        }
        Some(())
    }

    /// Moves the table below the last heading to its place.
    fn finish_table(&mut self) -> Option<()> {
        let table = self.open.pop()?.value;
        let Some(heading) = self.heading.take() else {
            let TomlValue::Table(entries) = table else {
                return None;
            };
            // Headings may extend the tables of other headings only.
            let is_plain =
                |value: &TomlValue<'_>| !matches!(value, TomlValue::List(_) | TomlValue::Table(_));
            let is_plain = entries.iter().all(|(_, value)| is_plain(value.get_ref()));
            self.root = entries;
            return is_plain.then_some(());
        };
        let Heading {
            span,
            mut names,
            is_row,
        } = heading;
        let name = names.pop()?;
        let parent = match names.pop() {
            None => &mut self.root,
            Some(_) if !names.is_empty() => return None,
            Some(parent) => child_table(&mut self.root, &parent)?,
        };
        let table = Spanned::new(span.clone(), table);
        if !is_row {
            return insert(parent, name, table);
        }
        match find(parent, &name) {
            None => insert(
                parent,
                name,
                Spanned::new(span, TomlValue::List(vec![table])),
            ),
            Some(list) => {
                let list_span = list.span();
                let TomlValue::List(rows) = list.get_mut() else {
                    return None;
                };
                // Unlike a list in brackets, a list of rows begins where its first row does.
                rows.first().filter(|first| first.span() == list_span)?;
                rows.push(table);
                Some(())
            }
        }
    }
}

/// Returns the table to which a heading of two names belongs: the last row, if there are several.
fn child_table<'a, 't>(
    root: &'a mut TomlTable<'t>,
    name: &Text<'t>,
) -> Option<&'a mut TomlTable<'t>> {
    if find(root, name).is_none() {
        let table = Spanned::new(name.span(), TomlValue::Table(Vec::new()));
        insert(root, name.clone(), table)?;
    }
    let value = match find(root, name)?.get_mut() {
        TomlValue::List(rows) => rows.last_mut()?.get_mut(),
        value => value,
    };
    match value {
        TomlValue::Table(table) => Some(table),
        _ => None,
    }
}

fn find<'a, 't>(
    table: &'a mut TomlTable<'t>,
    name: &Text<'_>,
) -> Option<&'a mut Spanned<TomlValue<'t>>> {
    let mut entries = table.iter_mut();
    let found = entries.find(|(key, _)| key.get_ref() == name.get_ref());
    found.map(|(_, value)| value)
}

/// Adds an entry, unless there is one of that name, or too many.
fn insert<'t>(
    table: &mut TomlTable<'t>,
    name: Text<'t>,
    value: Spanned<TomlValue<'t>>,
) -> Option<()> {
    if table.len() == MAX_PLAIN_ENTRIES || find(table, &name).is_some() {
        return None;
    }
    table.push((name, value));
    Some(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Parses a plain file, and compares the result with that of the `toml` crate.
    fn is_plain(text: &str) -> bool {
        fn sort(table: &mut TomlTable<'_>) {
            table.sort_by_key(|(key, _)| key.span().start);
            for (_, value) in table {
                sort_value(value);
            }
        }
        fn sort_value(value: &mut Spanned<TomlValue<'_>>) {
            match value.get_mut() {
                TomlValue::Table(table) => sort(table),
                TomlValue::List(list) => list.iter_mut().for_each(sort_value),
                _ => {}
            }
        }
        let Some(mut plain) = parse_plain(text) else {
            return false;
        };
        let root = DeTable::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let mut expected = convert_table(root.into_inner(), text);
        sort(&mut plain);
        sort(&mut expected);
        let positions = |table: &TomlTable<'_>| format!("{table:?}");
        assert_eq!(positions(&plain), positions(&expected), "{text}");
        true
    }

    #[test]
    fn shipped_documents_are_plain() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("content");
        let folders = [folder.join("modifiers"), folder];
        let entries = folders.iter().flat_map(|it| std::fs::read_dir(it).unwrap());
        let mut count = 0;
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.extension().is_some_and(|it| it == "toml") {
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(is_plain(&text), "{}", path.display());
                count += 1;
            }
        }
        assert!(count > 10, "{count}");
    }

    #[test]
    fn tables_are_those_of_the_toml_crate() {
        for text in [
            "",
            "a = 1\n[b]\nc = 'd' # e\n[[f]]\n\"g\" = [1, [2.0, true]]\n[[f]]\n[[f.h]]\n[[f.h]]\n",
            "[a.b]\nc = { d = 1, e = [{ f = \"\\u00e9\" }] }\n[a.g]\n[h]\n[[h.i]]\nj = 1979-05-27\n",
            "[a]\nb = \"\"\"\nc\n\\\n d\"\"\"\n",
        ] {
            assert!(is_plain(text), "{text}");
        }
        let many: Vec<String> = (0..=MAX_PLAIN_ENTRIES)
            .map(|n| format!("a{n} = 1"))
            .collect();
        let many = many.join("\n");
        let deep = format!("a = {}", "[".repeat(100_000));
        for text in [
            "a.b = 1",
            "a = { b.c = 1 }",
            "[a.b.c]\n",
            "[a.b]\n[a]\n",
            "a = []\n[[a]]\n",
            "a = [{}]\n[[a]]\n",
            "a = {}\n[a.b]\n",
            "[a]\nb = []\n[[a.b]]\n",
            "[a]\nb = [{}]\n[[a.b]]\n",
            "[a]\n[a]\n",
            "[a]\n[[a]]\n",
            "[[a]]\n[a]\n",
            "[a]\nb = {}\n[a.b]\n",
            "a = 1\na = 2",
            "a = { b = 1, b = 2 }",
            "a = 2026-02-30",
            "a = 03950",
            "a = \"\\q\"",
            "a = \"b",
            "a = b c",
            "a = 1 # \u{1}",
            "a = 1\rb = 2",
            "a =",
            "a",
            "= 1",
            "[a",
            "[]\n",
            "é = 1",
            &many,
            &deep,
        ] {
            assert!(!is_plain(text), "{text}");
        }
    }
}
