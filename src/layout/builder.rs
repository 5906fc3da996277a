//! The page builder: appends wrapped lines to a page in the requested charset and width.

use crate::content::labels;
use crate::content::{
    AbsenceReason, AsOf, Cell, Document, Row, RowPath, Source, SourceId, SourceKind, Subject,
    Unavailable, Voice,
};
use crate::layout::majority::majority;
use crate::layout::page::{LayoutOptions, Page, PageEnd, PageLine, PageRow, Role, RowKind, Span};
use crate::text::wrap::{width, wrap};

/// The narrowest column for the value of a field. If less is left, it goes below the label.
const MIN_VALUE_WIDTH: usize = 20;

/// Lays out `Label  value`. The label is padded to a width, and the value wraps to its right, or
/// below it if the line is too short for both.
pub fn field_lines(
    options: LayoutOptions,
    (label, label_width): (&str, usize),
    text: &str,
    role: Role,
) -> Vec<PageLine> {
    let columns = options.text_width();
    let (is_below, indent) = match label_width {
        0 => (false, 0),
        _ if columns < label_width + 2 + MIN_VALUE_WIDTH => (true, 1),
        _ => (false, label_width + 2),
    };
    let labels = wrap(label, columns).into_iter();
    let mut labels = labels.filter(|line| !line.is_empty()).map(|text| Span {
        is_first_field: true,
        ..options.span(0, text, Role::Label)
    });
    let mut lines = Vec::new();
    if is_below {
        lines.extend(labels.by_ref().map(|span| PageLine { spans: vec![span] }));
    }
    for text in wrap(text, columns.saturating_sub(indent)) {
        let value = (!text.is_empty()).then(|| options.span(indent, text, role));
        let spans = labels.next().into_iter().chain(value).collect();
        lines.push(PageLine { spans });
    }
    lines
}

/// Collects the lines of a page.
pub struct PageBuilder<'d> {
    pub document: &'d Document,
    pub options: LayoutOptions,
    pub page: Page,
    has_one_voice: bool,
    /// The source of the rows that follow, which a line above them names. Only in a document with
    /// one voice.
    pub named_source: Option<SourceId>,
}

impl<'d> PageBuilder<'d> {
    pub fn new(document: &'d Document, options: LayoutOptions) -> Self {
        Self {
            document,
            options,
            page: Page::default(),
            has_one_voice: document.has_one_voice(),
            named_source: None,
        }
    }

    /// The voice that decides how a row looks. A document with one voice is plain text.
    pub fn voice(&self, row: &Row) -> Voice {
        if self.has_one_voice {
            Voice::Publication
        } else {
            row.voice
        }
    }

    /// In a document with one voice, names the source of most rows of a section or block, unless a
    /// line above names it.
    pub fn name_source<'r>(&mut self, rows: impl Iterator<Item = &'r Row> + Clone) {
        if !self.has_one_voice {
            return;
        }
        let common = common_source(rows);
        if let Some(source) = common.filter(|source| self.named_source.as_ref() != Some(source)) {
            self.paragraph(&attribution(self.document, source), Role::Source, 0);
            self.named_source = Some(source.clone());
        }
    }

    /// Adds the sources of a row of the editors, and the further sources of a quotation. Leaves them
    /// out if a line above names them, or if the next row of the block has the same, primary ones.
    pub fn row_source(&mut self, row: &Row, next: Option<&Row>) {
        let is_editors = row.voice == Voice::Editor;
        if is_editors && self.has_one_voice && row.stated_by().eq(&self.named_source) {
            return;
        }
        let is_bare = row.remarks.is_empty() && row.disputed_by.is_empty();
        let is_same = |next: &Row| next.voice == row.voice && next.stated_by().eq(row.stated_by());
        if is_bare
            && self.named_source.is_none()
            && next.is_some_and(is_same)
            && !self.has_secondary_source(row)
        {
            return;
        }
        let main = row.source.iter().filter(|_| is_editors);
        for source in main.chain(&row.confirmed_by) {
            self.paragraph(&attribution(self.document, source), Role::Source, 2);
        }
        if row.source.is_none() && self.named_source.is_some() {
            self.paragraph(&format!("— {}", labels::NO_SOURCE), Role::Source, 2);
        }
    }

    fn has_secondary_source(&self, row: &Row) -> bool {
        let mut sources = row.stated_by().filter_map(|id| self.document.source(id));
        sources.any(|source| source.kind == SourceKind::Secondary)
    }

    pub fn line(&mut self, spans: Vec<Span>) {
        self.page.lines.push(PageLine { spans });
    }

    /// Adds an empty line, unless the page is empty or ends with one.
    pub fn blank_line(&mut self) {
        let last = self.page.lines.last();
        if last.is_some_and(|line| !line.spans.is_empty()) {
            self.line(Vec::new());
        }
    }

    /// Adds a wrapped paragraph; `indent` counts from the gutter.
    pub fn paragraph(&mut self, text: &str, role: Role, indent: usize) {
        self.hanging_paragraph("", text, role, indent);
    }

    /// Adds a wrapped paragraph with a marker; the following lines are aligned with the text.
    pub fn hanging_paragraph(&mut self, marker: &str, text: &str, role: Role, indent: usize) {
        let marker = self.options.charset.transliterate(marker).into_owned();
        let text = self.options.charset.transliterate(text).into_owned();
        let columns = self.options.text_width();
        // A short line has no columns to spare for an indent.
        let indent = if columns < 24 { 0 } else { indent };
        let inner = indent + width(&marker);
        let lines = wrap(&text, columns.saturating_sub(inner));
        for (n, line) in lines.into_iter().enumerate() {
            let span = match n {
                0 => self.options.span(indent, format!("{marker}{line}"), role),
                _ => self.options.span(inner, line, role),
            };
            self.line(vec![span]);
        }
    }

    /// Adds `Label  value`; see [`field_lines`].
    pub fn field(&mut self, label: &str, label_width: usize, text: &str, role: Role) {
        let charset = self.options.charset;
        let (label, text) = (charset.transliterate(label), charset.transliterate(text));
        let lines = field_lines(self.options, (&label, label_width), &text, role);
        self.page.lines.extend(lines);
    }

    pub fn label_width<'c>(&self, cells: impl Iterator<Item = &'c Cell>) -> usize {
        let charset = self.options.charset;
        let widths = cells.map(|cell| width(&charset.transliterate(&cell.label)));
        widths.max().unwrap_or(0)
    }

    /// Adds an absence: its reason, the words of the source, and where to look.
    pub fn absence(&mut self, absent: &Unavailable) {
        let role = Role::from_absence(absent.reason);
        let marker = match absent.reason {
            AbsenceReason::Imported => "",
            _ => "– ",
        };
        self.hanging_paragraph(marker, &absent.text(), role, 0);
        self.absence_details(absent, None);
    }

    /// Adds what is known about an absence besides its reason. The source is left out if the row
    /// has the same one.
    pub fn absence_details(&mut self, absent: &Unavailable, row_source: Option<&SourceId>) {
        if let Some(stated) = &absent.stated {
            self.paragraph(&format!("“{stated}”"), Role::Unavailable, 2);
        }
        let mut details = Vec::new();
        let source = absent.source.as_ref().filter(|id| row_source != Some(id));
        details.extend(source.map(|source| attribution(self.document, source)));
        if absent.checked != AsOf::Unknown {
            details.push(labels::checked(absent.checked));
        }
        let find = absent.find_elsewhere();
        details.extend(find.map(labels::see));
        if !details.is_empty() {
            self.paragraph(&details.join(" · "), Role::Source, 2);
        }
    }

    /// Ends a row whose first line is `start`. A row without lines is not selectable.
    pub fn finish_row(&mut self, path: RowPath, start: usize, kind: RowKind) {
        let lines = start..self.page.lines.len();
        if !lines.is_empty() {
            let column = self.options.gutter();
            self.page.rows.push(PageRow {
                path,
                lines,
                column,
                kind,
            });
        }
    }

    pub fn finish(mut self, end: PageEnd) -> Page {
        if end == PageEnd::About {
            self.about(&self.document.sources.iter().collect::<Vec<_>>());
        }
        if end != PageEnd::Nothing {
            self.blank_line();
            for notice in &self.document.notices {
                self.paragraph(notice, Role::Notice, 0);
            }
        }
        self.page
    }
}

/// The source of more than half of several rows.
fn common_source<'r>(rows: impl Iterator<Item = &'r Row> + Clone) -> Option<&'r SourceId> {
    let rows = rows.filter(|row| row.subject != Subject::Absence);
    majority(rows.map(|row| row.source.as_ref())).flatten()
}

/// Formats a source with its date: `— CMS PFS relative value files, 2023`, `— according to Noridian,
/// modifier 90, undated, read 2026-11-25`.
pub fn attribution(document: &Document, id: &SourceId) -> String {
    let Some(source) = document.source(id) else {
        return format!("— {}", labels::unknown_source(&id.0));
    };
    format!("— {}", source.attribution())
}

/// Names a source that disagrees with a row.
pub fn conflict(document: &Document, id: &SourceId) -> String {
    let source = document.source(id);
    let source = source.map_or_else(|| id.0.clone(), Source::citation);
    labels::conflict(source)
}
