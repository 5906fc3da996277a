//! Sets one row whole: field by field, with every remark, source and absence.

use crate::content::{Block, Document, Row, RowPath, Section, Subject, Value, Voice};
use crate::layout::builder::{PageBuilder, attribution};
use crate::layout::page::{LayoutOptions, Notices, Page, Role, standing_role};
use crate::text::wrap::width;

/// Sets the row at a place; a place that is not there makes an empty page.
pub fn layout_row_detail(
    document: &Document,
    place: &RowPath,
    setting: LayoutOptions,
    wanted: Notices,
) -> Page {
    let mut setter = PageBuilder::new(document, setting);
    if let Some((section, block, row)) = document.row(place) {
        row_detail(&mut setter, section, block, row);
        setter.append_notices(wanted);
    }
    setter.page
}

fn row_detail(setter: &mut PageBuilder<'_>, section: &Section, block: &Block, row: &Row) {
    setter.paragraph(
        &row_title(setter.document, section, block, row),
        Role::Heading,
        0,
    );
    if let Some(standing) = row.standing {
        setter.paragraph(standing.label(), standing_role(standing), 0);
    }
    setter.blank_line();
    let labels = row
        .cells
        .iter()
        .map(|cell| width(&setter.options.charset.transliterate(&cell.label)))
        .max()
        .unwrap_or(0);
    let own = if row.voice == Voice::Editor {
        Role::Editor
    } else {
        Role::Text
    };
    for cell in &row.cells {
        match &cell.value {
            Value::Text(text) => setter.field(&cell.label, labels, text, own),
            Value::Unavailable(absent) => {
                if !cell.label.is_empty() {
                    setter.paragraph(&cell.label, Role::Label, 0);
                }
                setter.absence(absent);
            }
        }
    }
    if let Some(source) = &row.source {
        let words = attribution(setter.document, source);
        setter.paragraph(&words, Role::Source, 0);
    }
    for source in &row.disputed_by {
        let words = format!("disagrees {}", attribution(setter.document, source));
        setter.paragraph(&words, Role::Conflict, 0);
    }
    if !row.remarks.is_empty() {
        setter.blank_line();
        setter.paragraph("Editor's remarks", Role::Title, 0);
        for remark in &row.remarks {
            setter.remark(&remark.text, &remark.source);
        }
    }
}

/// Names a row: `83950-26  Professional Component`, `83950 › Payers › Aetna`.
fn row_title(document: &Document, section: &Section, block: &Block, row: &Row) -> String {
    let code = document.code.value();
    match &row.subject {
        Subject::Modifier(modifier) => {
            let name = row
                .cells
                .get(1)
                .and_then(|cell| cell.value.as_text())
                .unwrap_or_default();
            format!("{code}-{modifier}  {name}").trim_end().to_owned()
        }
        Subject::PayerRule(modifier) => {
            format!("{code}-{modifier} › {}", row.name())
        }
        Subject::Payer | Subject::Place | Subject::Code(_) => {
            format!("{code} › {} › {}", section.short, row.name())
        }
        Subject::Text | Subject::Absence => match &block.title {
            Some(title) => format!("{code} › {} › {title}", section.short),
            None => format!("{code} › {}", section.short),
        },
    }
}
