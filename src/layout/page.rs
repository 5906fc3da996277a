//! A page: one section of a document laid out at one width.

use crate::layout::{row_detail, section};
use std::ops::Range;

use crate::content::{Document, RowPath, Standing, Value};
use crate::text::Charset;

pub use crate::text::wrap::width;

/// The widest that text is set, in columns; longer lines are hard to read.
pub const MAX_TEXT_WIDTH: u16 = 96;

/// The fewest columns for a left margin and wide gaps. Narrower screens have neither.
pub const MIN_COLUMNS_FOR_MARGIN: u16 = 40;

/// The columns left of headings and selection marks.
pub const fn margin(columns: u16) -> u16 {
    if columns < MIN_COLUMNS_FOR_MARGIN {
        0
    } else {
        1
    }
}

/// The columns left of the text, including the selection mark.
pub const fn gutter(columns: u16) -> u16 {
    if columns < MIN_COLUMNS_FOR_MARGIN {
        1
    } else {
        3
    }
}

/// How a page is to be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayoutOptions {
    /// The columns at hand, gutter included.
    pub columns: u16,
    /// The characters that may be used.
    pub charset: Charset,
    /// Whether tables have columns.
    pub table_mode: TableMode,
}

/// The order in which a page is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TableMode {
    /// Across and down: tables have columns.
    #[default]
    Columns,
    /// Down only, for screen readers and braille lines: a table is set field by field.
    Linear,
}

impl LayoutOptions {
    /// Returns the columns left of the text that hold the selection mark.
    pub const fn gutter(self) -> u16 {
        gutter(self.columns)
    }

    /// Returns the columns that text may fill.
    pub(crate) fn text_width(self) -> usize {
        usize::from(
            self.columns
                .saturating_sub(self.gutter())
                .saturating_sub(1)
                .clamp(1, MAX_TEXT_WIDTH),
        )
    }
}

/// What is set of a section or row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notices {
    /// The content, then the notices: what stands on a screen of its own.
    Include,
    /// The content alone, where the notices follow elsewhere.
    Omit,
}

/// A section, or an opened row, set at one width.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The lines, from the top.
    pub lines: Vec<PageLine>,
    /// The rows that can be selected, in order; none in an opened row.
    pub rows: Vec<PageRow>,
}

impl Page {
    /// Sets one section of a document. A section that is not there makes an empty page.
    pub fn from_section(
        document: &Document,
        section: usize,
        setting: LayoutOptions,
        wanted: Notices,
    ) -> Self {
        section::layout_section(document, section, setting, wanted)
    }

    /// Sets one row whole: every field, remark and source. A row that is not there makes an empty
    /// page.
    pub fn from_row(
        document: &Document,
        place: &RowPath,
        setting: LayoutOptions,
        wanted: Notices,
    ) -> Self {
        row_detail::layout_row_detail(document, place, setting, wanted)
    }

    /// Sets the notices alone.
    pub fn from_notices(document: &Document, setting: LayoutOptions) -> Self {
        section::layout_notices(document, setting)
    }

    /// Sets `(label, text)` lines that belong to no document, one under the other.
    pub fn from_label_values(
        rows: impl IntoIterator<Item = (String, String, Role)>,
        setting: LayoutOptions,
    ) -> Self {
        section::layout_label_values(rows, setting)
    }

    /// Adds the lines of another page below an empty line; its rows stay behind.
    pub fn append(&mut self, other: Self) {
        if !self.lines.is_empty() {
            self.lines.push(PageLine::default());
        }
        self.lines.extend(other.lines);
    }

    /// Returns the row with this place.
    pub fn row_index(&self, place: &RowPath) -> Option<usize> {
        self.rows.iter().position(|row| row.path == *place)
    }
}

/// A row on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRow {
    /// Where it stands in the document.
    pub path: RowPath,
    /// The lines it takes.
    pub lines: Range<usize>,
    /// Whether it is read line by line rather than looked up.
    pub kind: RowKind,
}

/// How a row is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// Line by line, as prose is.
    Prose,
    /// At a glance, as the row of a table is: shown whole as soon as it is selected.
    Record,
}

/// One line of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageLine {
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
    pub is_first_field: bool,
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
pub(crate) const fn standing_role(standing: Standing) -> Role {
    match standing {
        Standing::Usual => Role::Text,
        Standing::Situational | Standing::NotExpected => Role::Caution,
        Standing::Disputed => Role::Conflict,
    }
}

/// Returns a field's content as it is shown in a table or fact, and in which role.
pub(crate) fn value_text(value: &Value, charset: Charset) -> (String, Role) {
    match value {
        Value::Text(text) => (charset.transliterate(text).into_owned(), Role::Text),
        Value::Unavailable(absent) => (
            charset
                .transliterate(&format!("– {}", absent.reason.short_label()))
                .into_owned(),
            Role::Unavailable,
        ),
    }
}

impl std::fmt::Display for PageLine {
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
