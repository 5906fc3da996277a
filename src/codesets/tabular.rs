//! The rows of the ICD-10-CM tabular list: chapters, sections and codes, with their notes.

use crate::codesets::stored_field::Field;

/// Separates the stored notes of a row. Sanitized text has no line breaks.
const NOTE_SEPARATOR: char = '\n';
/// Separates the kind of a stored note from its text.
const KIND_SEPARATOR: &str = ": ";

/// A chapter, a section or a code. Its notes apply to everything below it, too, except the
/// inclusion terms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TabularRow {
    /// A code without its dot, `section E08-E13` or `chapter 4`.
    pub key: String,
    pub title: String,
    /// The key of the row above it; empty for a chapter.
    pub parent: String,
    /// In the order of the file.
    pub notes: Vec<Note>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub kind: NoteKind,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    Includes,
    InclusionTerm,
    Note,
    CodeFirst,
    UseAdditionalCode,
    CodeAlso,
    Excludes1,
    Excludes2,
    /// An instruction on the seventh character, or a character and its meaning.
    SeventhCharacter,
}

impl NoteKind {
    /// In the order of display, with the element of the file and the title for readers.
    pub const ALL: [(Self, &'static str, &'static str); 9] = [
        (Self::Includes, "includes", "Includes"),
        (Self::InclusionTerm, "inclusionTerm", "Inclusion terms"),
        (Self::Note, "notes", "Notes"),
        (Self::CodeFirst, "codeFirst", "Code first"),
        (
            Self::UseAdditionalCode,
            "useAdditionalCode",
            "Use additional code",
        ),
        (Self::CodeAlso, "codeAlso", "Code also"),
        (Self::Excludes1, "excludes1", "Excludes1: not coded here"),
        (Self::Excludes2, "excludes2", "Excludes2: not included here"),
        (Self::SeventhCharacter, "sevenChrDef", "7th character"),
    ];

    pub(crate) fn from_element(element: &str) -> Option<Self> {
        // The instruction is in an element of its own.
        let element = match element {
            "sevenChrNote" => "sevenChrDef",
            element => element,
        };
        let (kind, ..) = Self::ALL.into_iter().find(|entry| entry.1 == element)?;
        Some(kind)
    }

    const fn element(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    pub(crate) const fn title(self) -> &'static str {
        Self::ALL[self as usize].2
    }
}

impl TabularRow {
    /// Returns true for a code, false for a chapter or section.
    pub fn is_code(&self) -> bool {
        !self.key.contains(' ')
    }

    /// Returns the other names of the code: its inclusion terms, and what it includes.
    pub fn aliases(&self) -> impl Iterator<Item = &Note> {
        let is_alias =
            |note: &&Note| matches!(note.kind, NoteKind::InclusionTerm | NoteKind::Includes);
        self.notes.iter().filter(is_alias)
    }
}

impl Field for Vec<Note> {
    fn to_text(&self) -> String {
        let notes = self.iter();
        let notes =
            notes.map(|Note { kind, text }| format!("{}{KIND_SEPARATOR}{text}", kind.element()));
        notes.collect::<Vec<_>>().join(&NOTE_SEPARATOR.to_string())
    }

    fn from_text(text: &str) -> Option<Self> {
        let notes = text.split_terminator(NOTE_SEPARATOR).map(|note| {
            let (element, text) = note.split_once(KIND_SEPARATOR)?;
            Some(Note {
                kind: NoteKind::from_element(element)?,
                text: text.to_owned(),
            })
        });
        notes.collect()
    }
}
