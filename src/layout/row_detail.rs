//! The detail page of a row: every field, remark, source and absence.

use crate::content::labels::REMARKS;
use crate::content::{Block, Document, Row, RowPath, Section, Subject, Value};
use crate::layout::builder::{PageBuilder, attribution};
use crate::layout::page::{LayoutOptions, Page, PageEnd, Role};

impl Page {
    /// Lays out one row in full, without notices. Returns an empty page if the document has no such
    /// row.
    pub fn from_row(document: &Document, path: &RowPath, options: LayoutOptions) -> Self {
        let mut builder = PageBuilder::new(document, options);
        let Some((section, block, row)) = document.row(path) else {
            return builder.page;
        };
        let title = row_title(document, section, block, row);
        builder.paragraph(&title, Role::Heading, 0);
        if let Some(standing) = row.standing {
            builder.paragraph(standing.label(), Role::from_standing(standing), 0);
        }
        builder.blank_line();
        fields(&mut builder, row);
        for source in row.stated_by() {
            builder.paragraph(&attribution(document, source), Role::Source, 0);
            let Some(source) = document.source(source) else {
                continue;
            };
            if let Some(url) = &source.url {
                let start = builder.page.lines.len();
                builder.paragraph(url, Role::Source, 2);
                let lines = start..builder.page.lines.len();
                let link = source.link().map(|url| (lines, url.into()));
                builder.page.links.extend(link);
            }
        }
        if !row.remarks.is_empty() {
            builder.blank_line();
            builder.paragraph(REMARKS, Role::Title, 0);
        }
        builder.remarks(row, 0);
        builder.finish(PageEnd::Nothing)
    }
}

fn fields(builder: &mut PageBuilder<'_>, row: &Row) {
    let label_width = builder.label_width(row.cells.iter());
    for cell in &row.cells {
        match &cell.value {
            Value::Text(text) => {
                let role = Role::from_voice(builder.voice(row));
                builder.field(&cell.label, label_width, text, role);
            }
            Value::Unavailable(absent) => {
                if !cell.label.is_empty() {
                    builder.paragraph(&cell.label, Role::Label, 0);
                }
                builder.absence(absent);
            }
        }
    }
}

/// Formats the title of a row: `83950-26  Professional Component`, `83950 › Payers › Aetna`.
fn row_title(document: &Document, section: &Section, block: &Block, row: &Row) -> String {
    let code = document.code.value();
    match &row.subject {
        Subject::Modifier(modifier) => {
            let name = row.cells.get(1).and_then(|cell| cell.value.as_text());
            let name = name.unwrap_or_default();
            format!("{code}-{modifier}  {name}").trim_end().to_owned()
        }
        Subject::PayerRule(modifier) => format!("{code}-{modifier} › {}", row.name()),
        Subject::Payer | Subject::Place | Subject::Code(_) => {
            format!("{code} › {} › {}", section.title, row.name())
        }
        Subject::Text | Subject::Absence => match &block.title {
            Some(title) => format!("{code} › {} › {title}", section.title),
            None => format!("{code} › {}", section.title),
        },
    }
}
