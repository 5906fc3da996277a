//! Defines the setter: it puts lines on a page, wrapped, in the charset and width asked for.

use super::wrap::{width, wrap};
use super::{Line, Page, PageRow, Role, RowKind, Setting, Span, Wanted};
use crate::content::{AsOf, Block, Document, Place, Row, Section, SourceId, Unavailable};

/// Adds `Label  value`, the value wrapped behind a label column of its own or, where that leaves
/// too little room, below the label.
pub fn field(page: &mut Page, setting: Setting, label: (&str, usize), text: &str, role: Role) {
    let (label, label_columns) = label;
    let columns = setting.text();
    let at = |column: usize| {
        u16::try_from(column)
            .unwrap_or(u16::MAX)
            .saturating_add(setting.gutter())
    };
    let lead = |line: String| Span {
        column: at(0),
        text: line,
        role: Role::Label,
        lead: true,
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
            .extend(labels.by_ref().map(|span| Line { spans: vec![span] }));
    }
    for line in wrap(text, columns.saturating_sub(inner)) {
        let mut spans: Vec<Span> = labels.next().into_iter().collect();
        if !line.is_empty() {
            spans.push(Span {
                column: at(inner),
                text: line,
                role,
                lead: false,
            });
        }
        page.lines.push(Line { spans });
    }
}

/// Collects the lines of a page.
pub struct Setter<'a> {
    /// The document that the rows belong to.
    pub document: &'a Document,
    /// How the page is to be set.
    pub setting: Setting,
    /// What has been set.
    pub page: Page,
}

impl<'a> Setter<'a> {
    /// Starts an empty page.
    pub fn new(document: &'a Document, setting: Setting) -> Self {
        Self {
            document,
            setting,
            page: Page::default(),
        }
    }

    /// Adds a line.
    pub fn line(&mut self, spans: Vec<Span>) {
        self.page.lines.push(Line { spans });
    }

    /// Adds an empty line, unless the page is empty or ends with one.
    pub fn gap(&mut self) {
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
        self.hanging("", text, role, indent);
    }

    /// Adds a wrapped paragraph whose first line starts with a sign; the others stand under the
    /// text.
    pub fn hanging(&mut self, sign: &str, text: &str, role: Role, indent: usize) {
        let sign = self.setting.charset.text(sign).into_owned();
        let text = self.setting.charset.text(text).into_owned();
        let columns = self.setting.text();
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
            .saturating_add(self.setting.gutter());
        Span {
            column,
            text,
            role,
            lead: false,
        }
    }

    /// Adds `Label  value`, in the charset of the page.
    pub fn field(&mut self, label: &str, label_columns: usize, text: &str, role: Role) {
        let charset = self.setting.charset;
        let (label, text) = (charset.text(label), charset.text(text));
        field(
            &mut self.page,
            self.setting,
            (&label, label_columns),
            &text,
            role,
        );
    }

    /// Adds what the editors say, with who says so.
    pub fn remark(&mut self, text: &str, source: &SourceId) {
        self.hanging("| ", text, Role::Editor, 0);
        let words = attribution(self.document, source);
        self.paragraph(&words, Role::Source, 2);
    }

    /// Adds a stated absence: its reason, the source's own words, and where to look.
    pub fn absence(&mut self, absent: &Unavailable) {
        self.hanging("– ", absent.reason.words(), Role::Unavailable, 0);
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
    pub fn finish(
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
                place: Place::of(section, block, row),
                lines,
                kind,
            });
        }
    }

    /// Ends the page, with the document's notices where they are wanted.
    pub fn end(&mut self, wanted: Wanted) {
        match wanted {
            Wanted::Content => {}
            Wanted::WithNotices => {
                self.gap();
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
