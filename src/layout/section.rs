//! The page of a section: headings, blocks by their shape, and notices.

use crate::content::{Block, Document, Row, RowPath, Section, Shape, Subject, Value, Voice};
use crate::layout::builder::{PageBuilder, field_lines};
use crate::layout::grid::layout_grid;
use crate::layout::page::{LayoutOptions, Page, PageEnd, Role, RowKind, value_text};
use crate::layout::table::layout_table;
use crate::text::wrap::width;

impl Page {
    /// Lays out one section. Returns an empty page if the document has no such section.
    pub fn from_section(
        document: &Document,
        section: usize,
        options: LayoutOptions,
        end: PageEnd,
    ) -> Self {
        Self::from_filtered_section(document, section, "", options, end)
    }

    /// Lays out the rows of a section that have each word of a filter.
    pub fn from_filtered_section(
        document: &Document,
        section: usize,
        filter: &str,
        options: LayoutOptions,
        end: PageEnd,
    ) -> Self {
        let mut builder = PageBuilder::new(document, options);
        let Some(section) = document.sections.get(section) else {
            return builder.page;
        };
        for heading in &section.headings {
            builder.paragraph(heading, Role::Heading, 0);
        }
        let rows = section.blocks.iter().flat_map(|block| &block.rows);
        builder.name_source(rows);
        let words: Vec<String> = filter.split_whitespace().map(str::to_lowercase).collect();
        for block in &section.blocks {
            if words.is_empty() {
                layout_block(&mut builder, section, block);
                continue;
            }
            let rows = block.rows.iter().filter(|row| has_words(row, &words));
            let rows: Vec<Row> = rows.cloned().collect();
            if !rows.is_empty() {
                let (id, title) = (&block.id.0, block.title.as_deref());
                let block = Block::new(id, title, block.shape, rows);
                layout_block(&mut builder, section, &block);
            }
        }
        builder.finish(end)
    }

    /// Lays out `(label, text)` pairs that belong to no document.
    pub fn from_label_values(
        rows: impl IntoIterator<Item = (String, String, Role)>,
        options: LayoutOptions,
    ) -> Self {
        let rows: Vec<_> = rows.into_iter().collect();
        let label_width = rows.iter().map(|(label, ..)| width(label)).max();
        let label_width = label_width.unwrap_or(0);
        let mut page = Self::default();
        for (label, text, role) in rows {
            let lines = field_lines(options, (&label, label_width), &text, role);
            page.lines.extend(lines);
        }
        page
    }
}

/// Returns true if each word, in lowercase, is in a field of a row.
fn has_words(row: &Row, words: &[String]) -> bool {
    let texts = row.cells.iter().filter_map(|cell| cell.value.as_text());
    let texts: Vec<String> = texts.map(str::to_lowercase).collect();
    let has = |word: &String| texts.iter().any(|text| text.contains(word.as_str()));
    words.iter().all(has)
}

fn layout_block(builder: &mut PageBuilder<'_>, section: &Section, block: &Block) {
    builder.blank_line();
    if let Some(title) = &block.title {
        builder.paragraph(title, Role::Title, 0);
    }
    let source_of_section = builder.named_source.clone();
    builder.name_source(block.rows.iter());
    match block.shape {
        Shape::Table if layout_grid(builder, section, block) => {}
        Shape::Table => layout_table(builder, section, block),
        _ => layout_rows(builder, section, block),
    }
    builder.named_source = source_of_section;
}

fn layout_rows(builder: &mut PageBuilder<'_>, section: &Section, block: &Block) {
    let first_cells = block.rows.iter().filter_map(|row| row.cells.first());
    let label_width = builder.label_width(first_cells);
    let kind = match block.shape {
        Shape::Prose => RowKind::Prose,
        _ => RowKind::Record,
    };
    for (n, row) in block.rows.iter().enumerate() {
        if n > 0 && kind == RowKind::Prose {
            builder.blank_line();
        }
        let start = builder.page.lines.len();
        layout_row(builder, block.shape, label_width, row);
        builder.annotations(row, block.rows.get(n + 1), 0);
        builder.finish_row(RowPath::new(section, block, row), start, kind);
    }
}

fn layout_row(builder: &mut PageBuilder<'_>, shape: Shape, label_width: usize, row: &Row) {
    for cell in row.column_cells() {
        match (&cell.value, shape) {
            (Value::Unavailable(absent), Shape::Facts) if row.subject != Subject::Absence => {
                let charset = builder.options.charset;
                let (text, role) = value_text(&cell.value, builder.voice(row), charset);
                builder.field(&cell.label, label_width, &text, role);
                builder.absence_details(absent, row.source.as_ref());
            }
            (Value::Unavailable(absent), _) => builder.absence(absent),
            (Value::Text(text), _) => {
                let voice = builder.voice(row);
                let role = Role::from_voice(voice);
                match (shape, voice) {
                    (Shape::Facts, _) => builder.field(&cell.label, label_width, text, role),
                    (Shape::List, _) => builder.hanging_paragraph("• ", text, role, 0),
                    (_, Voice::Editor) => builder.hanging_paragraph("| ", text, role, 0),
                    (_, Voice::Publication) => builder.paragraph(text, role, 0),
                }
            }
        }
    }
    if let Some(standing) = row.standing {
        builder.paragraph(standing.label(), Role::from_standing(standing), 2);
    }
}
