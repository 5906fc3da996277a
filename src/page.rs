//! Defines the page: what a section of a document is at one width.
//!
//! A [`Page`] is lines of positioned, coloured-by-role text, wrapped once per width and kept until
//! the width changes. It also knows which lines belong to which row, so that scrolling can be
//! clamped without drawing anything. A table never loses a word: its columns wrap by word, and
//! where they would be narrower than their longest word, each row is set field by field.

mod layout;
mod record;
mod setter;
mod table;
mod wrap;

use std::ops::Range;

use crate::content::{Charset, Document, Place, Standing, Value};

pub use wrap::{clip, width};

/// The widest that text is set, in columns; longer lines are hard to read.
pub const MEASURE: u16 = 96;

/// How a page is to be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The columns at hand, gutter included.
    pub columns: u16,
    /// The characters that may be used.
    pub charset: Charset,
    /// Whether tables have columns.
    pub flow: Flow,
}

/// The order in which a page is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flow {
    /// Across and down: tables have columns.
    #[default]
    Columns,
    /// Down only, for screen readers and braille lines: a table is set field by field.
    Linear,
}

impl Setting {
    /// Returns the columns left of the text that hold the selection mark.
    pub const fn gutter(self) -> u16 {
        if self.columns < 40 { 1 } else { 3 }
    }

    /// Returns the columns that text may fill.
    pub(crate) fn text(self) -> usize {
        usize::from(
            self.columns
                .saturating_sub(self.gutter())
                .saturating_sub(1)
                .clamp(1, MEASURE),
        )
    }
}

/// What is set of a section or row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The content, then the notices: what stands on a screen of its own.
    WithNotices,
    /// The content alone, where the notices follow elsewhere.
    Content,
}

/// A section, or an opened row, set at one width.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The lines, from the top.
    pub lines: Vec<Line>,
    /// The rows that can be selected, in order; none in an opened row.
    pub rows: Vec<PageRow>,
}

impl Page {
    /// Sets one section of a document. A section that is not there makes an empty page.
    pub fn of_section(
        document: &Document,
        section: usize,
        setting: Setting,
        wanted: Wanted,
    ) -> Self {
        layout::section(document, section, setting, wanted)
    }

    /// Sets one row whole: every field, remark and source. A row that is not there makes an empty
    /// page.
    pub fn of_row(document: &Document, place: &Place, setting: Setting, wanted: Wanted) -> Self {
        record::page(document, place, setting, wanted)
    }

    /// Sets the notices alone.
    pub fn of_notices(document: &Document, setting: Setting) -> Self {
        layout::notices(document, setting)
    }

    /// Sets `(label, text)` lines that belong to no document, one under the other.
    pub fn of_pairs(
        rows: impl IntoIterator<Item = (String, String, Role)>,
        setting: Setting,
    ) -> Self {
        layout::lines_of(rows, setting)
    }

    /// Adds the lines of another page below an empty line; its rows stay behind.
    pub fn append(&mut self, other: Self) {
        if !self.lines.is_empty() {
            self.lines.push(Line::default());
        }
        self.lines.extend(other.lines);
    }

    /// Returns the row with this place.
    pub fn position(&self, place: &Place) -> Option<usize> {
        self.rows.iter().position(|row| row.place == *place)
    }
}

/// A row on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRow {
    /// Where it stands in the document.
    pub place: Place,
    /// The lines it takes.
    pub lines: Range<usize>,
    /// Whether it is read line by line rather than looked up.
    pub kind: RowKind,
}

/// How a row is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// Line by line, as prose is.
    Read,
    /// At a glance, as the row of a table is: shown whole as soon as it is selected.
    LookedUp,
}

/// One line of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The texts on the line, from left to right, apart.
    pub spans: Vec<Span>,
}

/// A text at a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The column, counted from the left edge of the page, gutter included.
    pub column: u16,
    /// The text, without control characters.
    pub text: String,
    /// What it is, which decides its colour.
    pub role: Role,
    /// Whether it belongs to the row's first field, which is bold while the row is selected.
    pub lead: bool,
}

/// What a piece of text is; a theme gives each role its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Running text.
    Text,
    /// A heading of the publication or the title of an opened row.
    Heading,
    /// The title of a block.
    Title,
    /// The name of a field or column.
    Label,
    /// What the editors say.
    Editor,
    /// A stated absence.
    Unavailable,
    /// Right under conditions, or not expected.
    Caution,
    /// Sources disagree.
    Conflict,
    /// Who says so, and as of when.
    Source,
    /// The notices.
    Notice,
}

/// Returns the role in which a standing is shown.
const fn standing_role(standing: Standing) -> Role {
    match standing {
        Standing::Usual => Role::Text,
        Standing::Situational | Standing::NotExpected => Role::Caution,
        Standing::Disputed => Role::Conflict,
    }
}

/// Returns a field's content as it is shown in a table or fact, and in which role.
fn value_words(value: &Value, charset: Charset) -> (String, Role) {
    match value {
        Value::Text(text) => (charset.text(text).into_owned(), Role::Text),
        Value::Unavailable(absent) => (
            charset
                .text(&format!("– {}", absent.reason.short()))
                .into_owned(),
            Role::Unavailable,
        ),
    }
}

impl std::fmt::Display for Line {
    /// Writes the line as plain text, gutter left out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let start = self.spans.iter().map(|span| span.column).min().unwrap_or(0);
        let mut at = usize::from(start.min(3));
        for span in &self.spans {
            let gap = usize::from(span.column).saturating_sub(at);
            write!(f, "{:gap$}{}", "", span.text)?;
            at += gap + width(&span.text);
        }
        Ok(())
    }
}
