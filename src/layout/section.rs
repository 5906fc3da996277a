//! Sets a section: headings, blocks by their shape, and the notices at the end.

use crate::content::{Block, Document, Row, Section, Shape, Subject, Value, Visibility, Voice};
use crate::layout::builder::{PageBuilder, attribution, push_field};
use crate::layout::page::{LayoutOptions, Notices, Page, Role, RowKind, standing_role, value_text};
use crate::layout::table;
use crate::text::wrap::width;

/// Sets one section of a document.
pub fn layout_section(
    document: &Document,
    section: usize,
    setting: LayoutOptions,
    wanted: Notices,
) -> Page {
    let mut setter = PageBuilder::new(document, setting);
    if let Some(section) = document.sections.get(section) {
        for heading in &section.headings {
            setter.paragraph(heading, Role::Heading, 0);
        }
        for block in &section.blocks {
            crate::layout::section::layout_block(&mut setter, section, block);
        }
        setter.append_notices(wanted);
    }
    setter.page
}

/// Sets the notices alone.
pub fn layout_notices(document: &Document, setting: LayoutOptions) -> Page {
    let mut setter = PageBuilder::new(document, setting);
    setter.append_notices(Notices::Include);
    setter.page
}

/// Sets `label, text` pairs that belong to no document, one under the other.
pub fn layout_label_values(
    rows: impl IntoIterator<Item = (String, String, Role)>,
    setting: LayoutOptions,
) -> Page {
    let rows: Vec<_> = rows.into_iter().collect();
    let labels = rows
        .iter()
        .map(|(label, ..)| width(label))
        .max()
        .unwrap_or(0);
    let mut page = Page::default();
    for (label, text, role) in rows {
        push_field(&mut page, setting, (&label, labels), &text, role);
    }
    page
}

fn layout_block(setter: &mut PageBuilder<'_>, section: &Section, block: &Block) {
    setter.blank_line();
    if let Some(title) = &block.title {
        setter.paragraph(title, Role::Title, 0);
    }
    match block.shape {
        Shape::Table => table::layout_table(setter, section, block),
        Shape::Prose | Shape::List | Shape::Facts => layout_rows(setter, section, block),
    }
}

fn layout_rows(setter: &mut PageBuilder<'_>, section: &Section, block: &Block) {
    let labels = block
        .rows
        .iter()
        .filter_map(|row| row.cells.first())
        .map(|cell| width(&setter.options.charset.transliterate(&cell.label)))
        .max()
        .unwrap_or(0);
    for (n, row) in block.rows.iter().enumerate() {
        if n > 0 && block.shape == Shape::Prose {
            setter.blank_line();
        }
        let start = setter.page.lines.len();
        let kind = match block.shape {
            Shape::Prose => RowKind::Prose,
            Shape::List | Shape::Facts | Shape::Table => RowKind::Record,
        };
        layout_row(setter, block.shape, labels, row);
        setter.finish_row(section, block, row, start, kind);
    }
}

fn layout_row(setter: &mut PageBuilder<'_>, shape: Shape, labels: usize, row: &Row) {
    let own = if row.voice == Voice::Editor {
        Role::Editor
    } else {
        Role::Text
    };
    for cell in row
        .cells
        .iter()
        .filter(|cell| cell.visibility == Visibility::Column)
    {
        match (&cell.value, shape) {
            (Value::Unavailable(absent), _) if row.subject == Subject::Absence => {
                setter.absence(absent);
            }
            (Value::Unavailable(_), Shape::Facts) => {
                let (text, role) = value_text(&cell.value, setter.options.charset);
                setter.field(&cell.label, labels, &text, role);
            }
            (Value::Unavailable(absent), _) => setter.absence(absent),
            (Value::Text(text), Shape::Facts) => setter.field(&cell.label, labels, text, own),
            (Value::Text(text), Shape::List) => setter.hanging_paragraph("• ", text, own, 0),
            (Value::Text(text), Shape::Prose | Shape::Table) => match row.voice {
                Voice::Editor => setter.hanging_paragraph("| ", text, own, 0),
                Voice::Publication => setter.paragraph(text, own, 0),
            },
        }
    }
    if let Some(standing) = row.standing {
        setter.paragraph(standing.label(), standing_role(standing), 2);
    }
    if row.voice == Voice::Editor
        && let Some(source) = &row.source
    {
        let words = attribution(setter.document, source);
        setter.paragraph(&words, Role::Source, 2);
    }
    for remark in &row.remarks {
        setter.remark(&remark.text, &remark.source);
    }
}
