//! The ICD-10-CM tabular list, as XML.
//!
//! `ICD10CM.tabular` has a `version`, which is the fiscal year, and chapters; these have sections, and
//! these have codes (`diag`), which have the codes below them. Each of them may have notes of several
//! kinds. Checked against the file of April 2026.
//!
//! The file is parsed line by line, as it is published: a tag is on one line, a text may be on
//! several. So memory does not depend on the size of the file. Elements that the layout does not have
//! are refused, so that a later layout is not read in part.

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::codesets::error::{ParseError, ReadError};
use crate::codesets::import::field::{clean, quote};
use crate::codesets::import::input::InputFile;
use crate::codesets::import::sink::{FileMetadata, RowSink};
use crate::codesets::row::SetRow;
use crate::codesets::tabular::{Note, NoteKind, TabularRow};
use crate::content::{CodeId, CodeSystem};

const ROOT: &str = "ICD10CM.tabular";
/// The published file has 9 levels.
const MAX_DEPTH: usize = 24;
/// The longest published text has 809 bytes.
const MAX_TEXT_LEN: usize = 8 * 1024;
/// The most published notes of a row are 38.
const MAX_NOTES: usize = 1000;
/// The longest published key is `section A00-A09`.
const MAX_NAME_LEN: usize = 12;

const LAYOUT: &str = "expected CMS's tabular list of ICD-10-CM, an XML file with the root element \
                      `ICD10CM.tabular`";
const DAMAGED: &str = "the file was damaged or cut short; download it again";

/// Returns true if a file begins like XML with this root.
pub(crate) fn is_tabular(head: &str) -> bool {
    head.starts_with("<?xml") && head.contains("<ICD10CM.tabular>")
}

pub(crate) fn read(input: &InputFile, sink: &mut RowSink<'_>) -> Result<FileMetadata, ReadError> {
    let mut lines = input.lines()?;
    let mut list = TabularReader::default();
    while let Some(line) = lines.next()? {
        sink.advance(line.byte_len);
        list.line = line.number;
        list.read_line(&line.text, sink)?;
    }
    Ok(list.finish()?)
}

/// An element that is open.
#[derive(Default)]
struct OpenElement {
    name: String,
    /// The seventh character that the element describes.
    character: String,
    text: String,
}

#[derive(Default)]
struct TabularReader {
    line: u64,
    open: Vec<OpenElement>,
    /// The chapter, the section and the codes that are open, and the line on which each begins.
    rows: Vec<(u64, TabularRow)>,
    version: Option<u16>,
}

impl TabularReader {
    fn error(&self, message: impl Into<String>, expected: &str) -> ParseError {
        ParseError::at_line(self.line, message, expected)
    }

    fn read_line(&mut self, line: &str, sink: &mut RowSink<'_>) -> Result<(), ReadError> {
        let mut reader = Reader::from_str(line);
        // The elements that end on a line may have begun on another one; `end` compares the names.
        reader.config_mut().check_end_names = false;
        reader.config_mut().allow_unmatched_ends = true;
        loop {
            match reader.read_event() {
                Ok(Event::Start(tag)) => self.start(&tag)?,
                Ok(Event::Empty(tag)) => {
                    self.start(&tag)?;
                    self.end(tag.name().into_inner(), sink)?;
                }
                Ok(Event::End(tag)) => self.end(tag.name().into_inner(), sink)?,
                Ok(Event::Text(text)) => self.add_text(&text)?,
                Ok(Event::GeneralRef(entity)) => self.add_entity(&entity)?,
                Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => {}
                Ok(Event::DocType(_) | Event::CData(_)) => {
                    let message = "a DOCTYPE or CDATA section";
                    return Err(self.error(message, "the published file has none").into());
                }
                Ok(Event::Eof) => break,
                Err(error) => {
                    let message =
                        format!("this is not a line of XML: {}", clean(&error.to_string()));
                    return Err(self.error(message, DAMAGED).into());
                }
            }
        }
        // The end of the line separates words.
        Ok(self.add_text(" ")?)
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), ParseError> {
        let name = tag.name().into_inner().to_owned();
        if self.open.len() >= MAX_DEPTH {
            let message = format!("elements are nested more than {MAX_DEPTH} levels deep");
            return Err(self.error(message, LAYOUT));
        }
        let parent = self.open.last().map_or("", |open| &open.name);
        if !is_known(parent, &name) {
            let name = quote(&name);
            let message = match parent {
                "" => format!("the root element is {name}"),
                parent => format!("an element {name} in `{parent}`"),
            };
            return Err(self.error(message, LAYOUT));
        }
        if is_row(&name) {
            let parent = self.rows.last().map(|(_, row)| row.key.clone());
            let id = attribute(tag, "id");
            let row = TabularRow {
                key: if name == "section" {
                    format!("section {id}")
                } else {
                    String::new()
                },
                parent: parent.unwrap_or_default(),
                ..TabularRow::default()
            };
            self.rows.push((self.line, row));
        }
        self.open.push(OpenElement {
            character: attribute(tag, "char"),
            name,
            text: String::new(),
        });
        Ok(())
    }

    fn add_text(&mut self, text: &str) -> Result<(), ParseError> {
        let Some(open) = self.open.last_mut() else {
            return match text.trim() {
                "" => Ok(()),
                _ => Err(self.error("a text outside of the root element", LAYOUT)),
            };
        };
        // Only blanks are allowed between elements.
        if !(open.text.is_empty() && text.trim().is_empty()) {
            open.text.push_str(text);
        }
        if open.text.len() > MAX_TEXT_LEN {
            let message = format!("a text is longer than {} KiB", MAX_TEXT_LEN >> 10);
            return Err(self.error(message, LAYOUT));
        }
        Ok(())
    }

    fn add_entity(&mut self, entity: &BytesRef<'_>) -> Result<(), ParseError> {
        if let Some(text) = resolve_xml_entity(entity) {
            return self.add_text(text);
        }
        if let Ok(Some(character)) = entity.resolve_char_ref() {
            return self.add_text(character.encode_utf8(&mut [0; 4]));
        }
        let message = format!("the entity {} is unknown", quote(entity));
        let expected = "the five of XML are read; download the file again";
        Err(self.error(message, expected))
    }

    /// Ends the innermost element. Passes on the row that it completes.
    fn end(&mut self, name: &str, sink: &mut RowSink<'_>) -> Result<(), ReadError> {
        let element = self.open.pop().unwrap_or_default();
        if element.name != name {
            let message = format!("{} ends, but {} is open", quote(name), quote(&element.name));
            return Err(self.error(message, DAMAGED).into());
        }
        let text = clean(&element.text);
        let parent = self.open.last().map_or("", |open| &open.name);
        if name == "version" {
            self.version = text.parse().ok().filter(|year| (2014..2100).contains(year));
            if self.version.is_none() {
                let message = format!("the version is {}", quote(&text));
                return Err(self
                    .error(message, "expected a fiscal year, such as 2026")
                    .into());
            }
        }
        let Some((line, row)) = self.rows.last_mut() else {
            return Ok(());
        };
        match name {
            "name" if parent == "chapter" => row.key = format!("chapter {text}"),
            "name" if parent == "diag" => row.key = text.replace('.', ""),
            "desc" if is_row(parent) => row.title = text,
            "note" | "extension" => {
                let kind = NoteKind::from_element(parent);
                let text = match name {
                    "extension" => format!("{}: {text}", element.character),
                    _ => text,
                };
                row.notes.extend(kind.map(|kind| Note { kind, text }));
            }
            name if is_row(name) => {
                let line = *line;
                let (_, row) = self.rows.pop().unwrap_or_default();
                check(line, name, &row)?;
                sink.push(line, &SetRow::Icd10cmTabular(row))?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Checks that the list is complete.
    fn finish(self) -> Result<FileMetadata, ParseError> {
        if let Some(open) = self.open.last() {
            let message = format!("the file ends in the element {}", quote(&open.name));
            return Err(self.error(message, DAMAGED));
        }
        if self.version.is_none() {
            return Err(self.error("the file states no version", LAYOUT));
        }
        Ok(FileMetadata {
            year: self.version,
            ..FileMetadata::default()
        })
    }
}

/// Checks a row that is complete: its name, its place, its title and its number of notes.
fn check(line: u64, element: &str, row: &TabularRow) -> Result<(), ParseError> {
    let error = |message: String| Err(ParseError::at_line(line, message, LAYOUT));
    let name = row.key.split(' ').next_back().unwrap_or_default();
    let quoted = quote(name);
    if element == "diag" && CodeId::new(CodeSystem::Icd10cm, name).is_err() {
        return error(format!("{quoted} is not an ICD-10-CM code"));
    }
    let is_below = match row.parent.as_str() {
        "" => element == "chapter",
        parent => parent.contains(' ') || name.starts_with(parent),
    };
    if !is_below {
        return error(format!("{quoted} is not part of {}", quote(&row.parent)));
    }
    if name.is_empty() || name.len() > MAX_NAME_LEN || row.title.is_empty() {
        return error(format!(
            "a {element} has no valid name or no title: {quoted}"
        ));
    }
    if row.notes.len() > MAX_NOTES {
        return error(format!("{quoted} has more than {MAX_NOTES} notes"));
    }
    Ok(())
}

/// Returns true for an element that is a row: a chapter, a section or a code.
fn is_row(element: &str) -> bool {
    matches!(element, "chapter" | "section" | "diag")
}

/// Returns true if the layout has an element in another; `""` is the parent of the root.
fn is_known(parent: &str, name: &str) -> bool {
    let is_kind = |element: &str| NoteKind::from_element(element).is_some();
    match parent {
        "" => name == ROOT,
        ROOT => matches!(name, "version" | "introduction" | "chapter"),
        "chapter" => is_kind(name) || matches!(name, "name" | "desc" | "sectionIndex" | "section"),
        "section" => is_kind(name) || matches!(name, "desc" | "diag"),
        "diag" => is_kind(name) || matches!(name, "name" | "desc" | "diag" | "visualImpairment"),
        "sectionIndex" => name == "sectionRef",
        "sevenChrDef" => matches!(name, "extension" | "note"),
        // The introduction and the table of visual impairments are not imported.
        "introduction" | "introSection" | "instruction" | "visualImpairment" | "visCategory"
        | "visRange" | "visMin" | "visMax" => !is_row(name),
        parent => name == "note" && is_kind(parent),
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> String {
    let attribute = tag.try_get_attribute(name).ok().flatten();
    attribute.map_or_else(String::new, |it| clean(&it.value))
}
