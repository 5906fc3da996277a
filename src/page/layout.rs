//! Sets a section: headings, blocks by their shape, and the notices at the end.

use super::setter::{Setter, attribution, field};
use super::wrap::width;
use super::{Page, Role, RowKind, Setting, Wanted, standing_role, table, value_words};
use crate::content::{Block, Document, Reach, Row, Section, Shape, Subject, Value, Voice};

/// Sets one section of a document.
pub fn section(document: &Document, section: usize, setting: Setting, wanted: Wanted) -> Page {
    let mut setter = Setter::new(document, setting);
    if let Some(section) = document.sections.get(section) {
        for heading in &section.headings {
            setter.paragraph(heading, Role::Heading, 0);
        }
        for block in &section.blocks {
            self::block(&mut setter, section, block);
        }
        setter.end(wanted);
    }
    setter.page
}

/// Sets the notices alone.
pub fn notices(document: &Document, setting: Setting) -> Page {
    let mut setter = Setter::new(document, setting);
    setter.end(Wanted::WithNotices);
    setter.page
}

/// Sets `label, text` pairs that belong to no document, one under the other.
pub fn lines_of(rows: impl IntoIterator<Item = (String, String, Role)>, setting: Setting) -> Page {
    let rows: Vec<_> = rows.into_iter().collect();
    let labels = rows
        .iter()
        .map(|(label, ..)| width(label))
        .max()
        .unwrap_or(0);
    let mut page = Page::default();
    for (label, text, role) in rows {
        field(&mut page, setting, (&label, labels), &text, role);
    }
    page
}

fn block(setter: &mut Setter<'_>, section: &Section, block: &Block) {
    setter.gap();
    if let Some(title) = &block.title {
        setter.paragraph(title, Role::Title, 0);
    }
    match block.shape {
        Shape::Table => table::set(setter, section, block),
        Shape::Prose | Shape::List | Shape::Facts => rows(setter, section, block),
    }
}

fn rows(setter: &mut Setter<'_>, section: &Section, block: &Block) {
    let labels = block
        .rows
        .iter()
        .filter_map(|row| row.cells.first())
        .map(|cell| width(&setter.setting.charset.text(&cell.label)))
        .max()
        .unwrap_or(0);
    for (n, row) in block.rows.iter().enumerate() {
        if n > 0 && block.shape == Shape::Prose {
            setter.gap();
        }
        let start = setter.page.lines.len();
        let kind = match block.shape {
            Shape::Prose => RowKind::Read,
            Shape::List | Shape::Facts | Shape::Table => RowKind::LookedUp,
        };
        one(setter, block.shape, labels, row);
        setter.finish(section, block, row, start, kind);
    }
}

fn one(setter: &mut Setter<'_>, shape: Shape, labels: usize, row: &Row) {
    let own = if row.voice == Voice::Editor {
        Role::Editor
    } else {
        Role::Text
    };
    for cell in row.cells.iter().filter(|cell| cell.reach == Reach::Column) {
        match (&cell.value, shape) {
            (Value::Unavailable(absent), _) if row.subject == Subject::Absence => {
                setter.absence(absent);
            }
            (Value::Unavailable(_), Shape::Facts) => {
                let (text, role) = value_words(&cell.value, setter.setting.charset);
                setter.field(&cell.label, labels, &text, role);
            }
            (Value::Unavailable(absent), _) => setter.absence(absent),
            (Value::Text(text), Shape::Facts) => setter.field(&cell.label, labels, text, own),
            (Value::Text(text), Shape::List) => setter.hanging("• ", text, own, 0),
            (Value::Text(text), Shape::Prose | Shape::Table) => match row.voice {
                Voice::Editor => setter.hanging("| ", text, own, 0),
                Voice::Publication => setter.paragraph(text, own, 0),
            },
        }
    }
    if let Some(standing) = row.standing {
        setter.paragraph(standing.words(), standing_role(standing), 2);
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
