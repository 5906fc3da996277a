//! Defines the setter: it puts lines on a page, wrapped, in the charset and width asked for.

use crate::content::{AsOf, Block, Document, Row, RowPath, Section, SourceId, Unavailable};
use crate::layout::page::{LayoutOptions, Notices, Page, PageLine, PageRow, Role, RowKind, Span};
use crate::text::wrap::{width, wrap};

/// Adds `Label  value`, the value wrapped behind a label column of its own or, where that leaves
/// too little room, below the label.
pub fn push_field(
    page: &mut Page,
    setting: LayoutOptions,
    label: (&str, usize),
    text: &str,
    role: Role,
) {
    let (label, label_columns) = label;
    let columns = setting.text_width();
    let at = |column: usize| {
        u16::try_from(column)
            .unwrap_or(u16::MAX)
            .saturating_add(setting.gutter())
    };
    let lead = |line: String| Span {
        column: at(0),
        text: line,
        role: Role::Label,
        is_first_field: true,
    };
    let (below, inner) = match label_columns {
        0 => (false, 0),
        _ if columns < label_columns + 22 => (true, 1),
        _ => (false, label_columns + 2),
    };
    let mut labels = wrap(label, columns)
        .into_iter()
        .filter(|line| !line.is_empty())
        .map(lead);
    if below {
        page.lines
            .extend(labels.by_ref().map(|span| PageLine { spans: vec![span] }));
    }
    for line in wrap(text, columns.saturating_sub(inner)) {
        let mut spans: Vec<Span> = labels.next().into_iter().collect();
        if !line.is_empty() {
            spans.push(Span {
                column: at(inner),
                text: line,
                role,
                is_first_field: false,
            });
        }
        page.lines.push(PageLine { spans });
    }
}

/// Collects the lines of a page.
pub struct PageBuilder<'a> {
    /// The document that the rows belong to.
    pub document: &'a Document,
    /// How the page is to be set.
    pub options: LayoutOptions,
    /// What has been set.
    pub page: Page,
}

impl<'a> PageBuilder<'a> {
    /// Starts an empty page.
    pub fn new(document: &'a Document, setting: LayoutOptions) -> Self {
        Self {
            document,
            options: setting,
            page: Page::default(),
        }
    }

    /// Adds a line.
    pub fn line(&mut self, spans: Vec<Span>) {
        self.page.lines.push(PageLine { spans });
    }

    /// Adds an empty line, unless the page is empty or ends with one.
    pub fn blank_line(&mut self) {
        if self
            .page
            .lines
            .last()
            .is_some_and(|line| !line.spans.is_empty())
        {
            self.line(Vec::new());
        }
    }

    /// Adds a wrapped paragraph, some columns in from the gutter.
    pub fn paragraph(&mut self, text: &str, role: Role, indent: usize) {
        self.hanging_paragraph("", text, role, indent);
    }

    /// Adds a wrapped paragraph whose first line starts with a sign; the others stand under the
    /// text.
    pub fn hanging_paragraph(&mut self, sign: &str, text: &str, role: Role, indent: usize) {
        let sign = self.options.charset.transliterate(sign).into_owned();
        let text = self.options.charset.transliterate(text).into_owned();
        let columns = self.options.text_width();
        // On a line too short for an indent, the text needs the columns more.
        let indent = if columns < 24 { 0 } else { indent };
        let inner = indent + width(&sign);
        for (n, line) in wrap(&text, columns.saturating_sub(inner))
            .into_iter()
            .enumerate()
        {
            let text = if n == 0 {
                format!("{sign}{line}")
            } else {
                line
            };
            let column = if n == 0 { indent } else { inner };
            let span = self.span(column, text, role);
            self.line(vec![span]);
        }
    }

    /// Makes a span some columns in from the gutter.
    pub fn span(&self, column: usize, text: String, role: Role) -> Span {
        let column = u16::try_from(column)
            .unwrap_or(u16::MAX)
            .saturating_add(self.options.gutter());
        Span {
            column,
            text,
            role,
            is_first_field: false,
        }
    }

    /// Adds `Label  value`, in the charset of the page.
    pub fn field(&mut self, label: &str, label_columns: usize, text: &str, role: Role) {
        let charset = self.options.charset;
        let (label, text) = (charset.transliterate(label), charset.transliterate(text));
        push_field(
            &mut self.page,
            self.options,
            (&label, label_columns),
            &text,
            role,
        );
    }

    /// Adds what the editors say, with who says so.
    pub fn remark(&mut self, text: &str, source: &SourceId) {
        self.hanging_paragraph("| ", text, Role::Editor, 0);
        let words = attribution(self.document, source);
        self.paragraph(&words, Role::Source, 2);
    }

    /// Adds a stated absence: its reason, the source's own words, and where to look.
    pub fn absence(&mut self, absent: &Unavailable) {
        self.hanging_paragraph("– ", absent.reason.label(), Role::Unavailable, 0);
        if let Some(stated) = &absent.stated {
            self.paragraph(&format!("“{stated}”"), Role::Unavailable, 2);
        }
        let mut rest: Vec<String> = Vec::new();
        if let Some(source) = &absent.source {
            rest.push(attribution(self.document, source));
        }
        if absent.checked != AsOf::Unknown {
            rest.push(format!("checked {}", absent.checked));
        }
        if let Some(find) = &absent.find {
            rest.push(format!("look in: {find}"));
        }
        if !rest.is_empty() {
            self.paragraph(&rest.join(" · "), Role::Source, 2);
        }
    }

    /// Ends a row that began at a line.
    pub fn finish_row(
        &mut self,
        section: &Section,
        block: &Block,
        row: &Row,
        start: usize,
        kind: RowKind,
    ) {
        if self.page.lines.len() > start {
            let lines = start..self.page.lines.len();
            self.page.rows.push(PageRow {
                path: RowPath::new(section, block, row),
                lines,
                kind,
            });
        }
    }

    /// Ends the page, with the document's notices where they are wanted.
    pub fn append_notices(&mut self, wanted: Notices) {
        match wanted {
            Notices::Omit => {}
            Notices::Include => {
                self.blank_line();
                for notice in &self.document.notices {
                    self.paragraph(notice, Role::Notice, 0);
                }
            }
        }
    }
}

/// Says who speaks and as of when: `— CMS PFS relative value files, 2023`.
pub fn attribution(document: &Document, id: &SourceId) -> String {
    match document.source(id) {
        Some(source) => format!("— {}, {}", source.title, source.as_of),
        None => format!("— {}, source unknown", id.0),
    }
}
