//! A page: lines of text spans, and the rows that they belong to.

use std::ops::Range;
use std::sync::Arc;

use crate::content::{AbsenceReason, RowPath, Standing, Value, Voice};
use crate::num::saturating_u16;
use crate::text::Charset;
use crate::text::wrap::width;

/// The maximum width of text, in columns; longer lines are hard to read.
pub const MAX_TEXT_WIDTH: u16 = 96;
/// The fewest columns for a left margin and wide gaps. Narrower screens have neither.
pub const MIN_COLUMNS_FOR_MARGIN: u16 = 40;

/// The fewest columns of a screen or pane with tables that are wider than text.
const MIN_COLUMNS_FOR_WIDE_TABLES: u16 = 120;

/// The columns left of headings and selection marks.
pub const fn margin(columns: u16) -> u16 {
    let is_narrow = columns < MIN_COLUMNS_FOR_MARGIN;
    if is_narrow { 0 } else { 1 }
}

/// The columns left of the text, including the selection mark.
pub const fn gutter(columns: u16) -> u16 {
    let is_narrow = columns < MIN_COLUMNS_FOR_MARGIN;
    if is_narrow { 1 } else { 3 }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayoutOptions {
    /// The available columns, including the gutter.
    pub columns: u16,
    pub charset: Charset,
    pub table_mode: TableMode,
    pub medium: Medium,
}

/// Where a page is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Medium {
    /// On a screen, where a key opens the details of a row.
    #[default]
    Screen,
    /// As plain text: every row has all its fields, and the text has neither gutter nor maximum
    /// width.
    Print,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TableMode {
    /// Tables have columns.
    #[default]
    Columns,
    /// Tables are laid out field by field, for screen readers and braille displays.
    Linear,
}

impl LayoutOptions {
    pub const fn gutter(self) -> u16 {
        match self.medium {
            Medium::Screen => gutter(self.columns),
            Medium::Print => 0,
        }
    }

    pub(crate) fn text_width(self) -> usize {
        let columns = match self.medium {
            Medium::Screen => (self.columns.saturating_sub(self.gutter() + 1)).min(MAX_TEXT_WIDTH),
            Medium::Print => self.columns,
        };
        columns.max(1).into()
    }

    /// The width of tables. On a wide screen, they use all columns before they wrap.
    pub(crate) fn table_width(self) -> usize {
        match self.medium {
            Medium::Screen if self.columns >= MIN_COLUMNS_FOR_WIDE_TABLES => {
                usize::from(self.columns - self.gutter() - 1)
            }
            _ => self.text_width(),
        }
    }

    /// Makes a span; `column` counts from the gutter.
    pub(crate) fn span(self, column: usize, text: String, role: Role) -> Span {
        Span {
            column: saturating_u16(column).saturating_add(self.gutter()),
            text,
            role,
            is_first_field: false,
        }
    }
}

/// What follows the rows of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageEnd {
    Nothing,
    Notices,
    /// The title, history and sources of the document, then its notices.
    About,
}

/// A section or an opened row, laid out at one width.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    pub lines: Vec<PageLine>,
    /// The selectable rows, in order. An opened row has none.
    pub rows: Vec<PageRow>,
    /// Lines whose whole text opens an address, with the address.
    pub links: Vec<(Range<usize>, Arc<str>)>,
}

impl Page {
    /// Appends the lines of another page after an empty line, without its rows.
    pub fn append(&mut self, other: Self) {
        if !self.lines.is_empty() {
            self.lines.push(PageLine::default());
        }
        let start = self.lines.len();
        self.lines.extend(other.lines);
        let links = other.links.into_iter();
        let links = links.map(|(lines, url)| (start + lines.start..start + lines.end, url));
        self.links.extend(links);
    }

    pub fn row_index(&self, path: &RowPath) -> Option<usize> {
        self.rows.iter().position(|row| row.path == *path)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRow {
    pub path: RowPath,
    pub lines: Range<usize>,
    /// The column at which the row begins. Rows of a grid share their lines.
    pub column: u16,
    pub kind: RowKind,
}

/// How a row is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// Line by line.
    Prose,
    /// At a glance, such as a table row. It scrolls into view as a whole when it is selected.
    Record,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageLine {
    /// Sorted by column, without overlaps.
    pub spans: Vec<Span>,
}

/// Text at a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The column on the page, including the gutter.
    pub column: u16,
    /// Without control characters.
    pub text: String,
    pub role: Role,
    /// The first field of a row is bold while the row is selected.
    pub is_first_field: bool,
}

/// The role of a text span. A theme assigns a color to each role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Text,
    /// A heading of the publication, or the title of an opened row.
    Heading,
    /// The title of a block.
    Title,
    /// The name of a field or column.
    Label,
    /// Text of the editors.
    Editor,
    /// A stated absence.
    Unavailable,
    /// The document has no entry; nobody states an absence.
    NoEntry,
    /// Conditional or not expected.
    Caution,
    /// Sources disagree.
    Conflict,
    /// The source of a row and its date.
    Source,
    Notice,
}

impl Role {
    pub(crate) const fn from_voice(voice: Voice) -> Self {
        match voice {
            Voice::Publication => Self::Text,
            Voice::Editor => Self::Editor,
        }
    }

    pub(crate) const fn from_absence(reason: AbsenceReason) -> Self {
        match reason {
            AbsenceReason::NoEntry => Self::NoEntry,
            AbsenceReason::Imported => Self::Editor,
            AbsenceReason::NotListed
            | AbsenceReason::SourceSilent
            | AbsenceReason::NotLoaded
            | AbsenceReason::NotApplicable
            | AbsenceReason::License
            | AbsenceReason::Unpublished => Self::Unavailable,
        }
    }

    pub(crate) const fn from_standing(standing: Standing) -> Self {
        match standing {
            Standing::Usual => Self::Text,
            Standing::Situational | Standing::NotExpected => Self::Caution,
            Standing::Disputed => Self::Conflict,
        }
    }
}

/// Formats a value for a table or a list of facts, in the charset of the page.
pub(crate) fn value_text(value: &Value, voice: Voice, charset: Charset) -> (String, Role) {
    match value {
        Value::Text(text) => {
            let text = charset.transliterate(text).into_owned();
            (text, Role::from_voice(voice))
        }
        Value::Unavailable(absent) => {
            let text = absent.short_text();
            let text = charset.transliterate(&text).into_owned();
            (text, Role::from_absence(absent.reason))
        }
    }
}

impl std::fmt::Display for PageLine {
    /// Writes the line as plain text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut at = 0;
        for span in &self.spans {
            let gap = usize::from(span.column).saturating_sub(at);
            write!(f, "{:gap$}{}", "", span.text)?;
            at += gap + width(&span.text);
        }
        Ok(())
    }
}
