//! Defines how blocks and rows are put together: who speaks, and the blocks that any section may
//! have.

use std::ops::Range;

use toml::Spanned;

use crate::content::document::{Block, BlockId, Shape};
use crate::content::row::{Cell, Remark, Row, RowKey, Subject, Value, Visibility, Voice};
use crate::content::source::SourceId;
use crate::content::toml::compile::Compiler;
use crate::content::toml::compile::name::{
    TYPED_BLOCKS, UniqueNames, slug, typed_block_rank, typed_block_title,
};
use crate::content::toml::fields::{FieldValue, Text};
use crate::content::toml::schema::{
    FactRow, GridTable, ListTable, ProseTable, RemarkRow, SectionTable,
};
use crate::diagnostics::wording::quote;

/// Who says something, and what the editors add.
pub(crate) struct Attribution {
    voice: Voice,
    source: Option<SourceId>,
    remarks: Vec<Remark>,
}

impl Attribution {
    pub(crate) fn into_row(self, key: RowKey, subject: Subject, cells: Vec<Cell>) -> Row {
        Row {
            key,
            subject,
            voice: self.voice,
            cells,
            standing: None,
            source: self.source,
            disputed_by: Vec::new(),
            remarks: self.remarks,
        }
    }
}

/// A field that has a column.
pub(crate) fn column_cell(label: &str, value: Value) -> Cell {
    Cell {
        label: label.to_owned(),
        value,
        visibility: Visibility::Column,
    }
}

/// A field that is shown in the opened row only.
pub(crate) fn record_cell(label: &str, value: Value) -> Cell {
    Cell {
        visibility: Visibility::Record,
        ..column_cell(label, value)
    }
}

/// A block of the author's own, of any shape.
struct CustomBlock<'f> {
    span: Range<usize>,
    id: Option<&'f Text>,
    title: Option<&'f Text>,
    source: Option<&'f Text>,
    content: CustomContent<'f>,
}

/// What a block of the author's own holds.
#[derive(Clone, Copy)]
enum CustomContent<'f> {
    Prose(Option<&'f Text>),
    List(&'f [Text]),
    Grid(&'f GridTable),
}

impl<'f> CustomBlock<'f> {
    fn from_prose(item: &'f Spanned<ProseTable>) -> Self {
        let table = item.get_ref();
        Self {
            span: item.span(),
            id: table.id.as_ref(),
            title: table.title.as_ref(),
            source: table.source.as_ref(),
            content: CustomContent::Prose(table.text.as_ref()),
        }
    }

    fn from_list(item: &'f Spanned<ListTable>) -> Self {
        let table = item.get_ref();
        Self {
            span: item.span(),
            id: table.id.as_ref(),
            title: table.title.as_ref(),
            source: table.source.as_ref(),
            content: CustomContent::List(&table.items),
        }
    }

    fn from_grid(item: &'f Spanned<GridTable>) -> Self {
        let table = item.get_ref();
        Self {
            span: item.span(),
            id: table.id.as_ref(),
            title: table.title.as_ref(),
            source: table.source.as_ref(),
            content: CustomContent::Grid(table),
        }
    }
}

impl Compiler<'_, '_> {
    /// Returns who says something: the source that the row names, else its section's.
    pub(crate) fn attribution(
        &mut self,
        source: Option<&Text>,
        section: Option<&SourceId>,
        remarks: &[Spanned<RemarkRow>],
    ) -> Attribution {
        let source = match source {
            Some(_) => self.source(source),
            None => section.cloned(),
        };
        Attribution {
            voice: if source.is_some() && source == self.publication {
                Voice::Publication
            } else {
                Voice::Editor
            },
            source,
            remarks: remarks.iter().map(|row| self.remark(row)).collect(),
        }
    }

    fn remark(&mut self, row: &Spanned<RemarkRow>) -> Remark {
        let at = row.span();
        let row = row.get_ref();
        if row.source.is_none() {
            let hint = "a remark names who says so: source = \"...\"";
            self.missing_field(&at, "source", hint);
        }
        Remark {
            text: self.required(&at, "text", row.text.as_ref()),
            source: self
                .source(row.source.as_ref())
                .unwrap_or_else(|| SourceId(String::new())),
        }
    }

    /// Notes that a name is taken.
    pub(crate) fn reject_duplicate(
        &mut self,
        names: &mut UniqueNames,
        what: &str,
        name: &str,
        at: &Range<usize>,
    ) {
        if let Some(first) = names.claim(name, at) {
            let line = self.diagnostics.line_number(first.start);
            self.diagnostics.invalid(
                at.clone(),
                format!("duplicate {what} {}", quote(name)),
                format!("line {line} has it already; join the two or rename one"),
            );
        }
    }

    /// Returns the blocks that stand in a section's own table, in the order of the file.
    pub(crate) fn section_blocks(&mut self, table: &SectionTable) -> Vec<Block> {
        let source = self.source(table.source.as_ref());
        let source = source.as_ref();
        let mut names = UniqueNames::default();
        for (reserved, _) in TYPED_BLOCKS {
            names.claim(reserved, &(0..0));
        }
        let mut blocks = Vec::new();
        if let Some(text) = &table.text {
            let rows = self.prose_rows(text, None, source);
            let id = names.unique("text", &text.span());
            blocks.push((text.span(), block(id, None, Shape::Prose, rows)));
        }
        if let Some(first) = table.fact.first() {
            let rows = self.fact_rows(&table.fact, source);
            let id = names.unique("facts", &first.span());
            blocks.push((first.span(), block(id, None, Shape::Facts, rows)));
        }
        let prose = table.prose.iter().map(CustomBlock::from_prose);
        let lists = table.list.iter().map(CustomBlock::from_list);
        let grids = table.table.iter().map(CustomBlock::from_grid);
        for own in prose.chain(lists).chain(grids) {
            let block = self.custom_block(&own, source, &mut names);
            blocks.push((own.span, block));
        }
        blocks.sort_by_key(|(at, _)| at.start);
        blocks.into_iter().map(|(_, block)| block).collect()
    }

    /// Returns the section's remarks as a block.
    pub(crate) fn remarks_block(&mut self, remarks: &[Spanned<RemarkRow>]) -> Option<Block> {
        let rows: Vec<Row> = remarks
            .iter()
            .enumerate()
            .map(|(index, row)| {
                let Remark { text, source } = self.remark(row);
                let said = Attribution {
                    voice: Voice::Editor,
                    source: Some(source),
                    remarks: Vec::new(),
                };
                said.into_row(
                    numbered_key(index),
                    Subject::Text,
                    vec![column_cell("", Value::Text(text))],
                )
            })
            .collect();
        let title = typed_block_title("remarks").map(str::to_owned);
        (!rows.is_empty()).then(|| block("remarks".to_owned(), title, Shape::List, rows))
    }

    fn prose_rows(
        &mut self,
        text: &Text,
        source: Option<&Text>,
        section: Option<&SourceId>,
    ) -> Vec<Row> {
        let paragraphs = self.paragraphs("text", text);
        self.numbered_rows(paragraphs, source, section)
    }

    /// Returns a row for each text, named by its number.
    fn numbered_rows(
        &mut self,
        texts: Vec<String>,
        source: Option<&Text>,
        section: Option<&SourceId>,
    ) -> Vec<Row> {
        let rows = texts.into_iter().enumerate().map(|(index, text)| {
            let cells = vec![column_cell("", Value::Text(text))];
            self.attribution(source, section, &[]).into_row(
                numbered_key(index),
                Subject::Text,
                cells,
            )
        });
        rows.collect()
    }

    fn fact_rows(&mut self, rows: &[Spanned<FactRow>], section: Option<&SourceId>) -> Vec<Row> {
        let mut names = UniqueNames::default();
        rows.iter()
            .map(|row| {
                let at = row.span();
                let row = row.get_ref();
                let label = self.required(&at, "label", row.label.as_ref());
                let value = self.field(&at, "value", row.value.as_ref());
                let key = RowKey(names.unique(&slug(&label, "fact"), &at));
                self.attribution(row.source.as_ref(), section, &row.remark)
                    .into_row(key, Subject::Text, vec![column_cell(&label, value)])
            })
            .collect()
    }

    /// Returns a block of the author's own.
    fn custom_block(
        &mut self,
        own: &CustomBlock<'_>,
        section: Option<&SourceId>,
        names: &mut UniqueNames,
    ) -> Block {
        let (kind, shape) = match own.content {
            CustomContent::Prose(_) => ("prose", Shape::Prose),
            CustomContent::List(_) => ("list", Shape::List),
            CustomContent::Grid(_) => ("table", Shape::Table),
        };
        let (id, title) = self.custom_block_name(own, kind, names);
        let rows = match own.content {
            CustomContent::Prose(Some(text)) => self.prose_rows(text, own.source, section),
            CustomContent::Prose(None) => {
                self.required(&own.span, "text", None);
                Vec::new()
            }
            CustomContent::List(items) => {
                if items.is_empty() {
                    self.missing_field(&own.span, "items", "write items = [\"...\", \"...\"]");
                }
                let texts = items.iter().map(|text| self.text("items", text)).collect();
                self.numbered_rows(texts, own.source, section)
            }
            CustomContent::Grid(table) => self.grid_rows(&own.span, table, section),
        };
        block(id, title, shape, rows)
    }

    fn grid_rows(
        &mut self,
        at: &Range<usize>,
        table: &GridTable,
        section: Option<&SourceId>,
    ) -> Vec<Row> {
        let mut labels = UniqueNames::default();
        let mut columns = Vec::new();
        for text in &table.columns {
            let label = self.text("columns", text);
            self.reject_duplicate(&mut labels, "column", &label, &text.span());
            columns.push(label);
        }
        if columns.is_empty() {
            self.missing_field(at, "columns", "write columns = [\"...\", \"...\"]");
        }
        if table.rows.is_empty() {
            let hint = "write rows = [[\"...\", \"...\"], [\"...\", \"...\"]]";
            self.missing_field(at, "rows", hint);
        }
        let mut rows = Vec::new();
        for (index, row) in table.rows.iter().enumerate() {
            self.reject_wrong_width(at, columns.len(), row);
            let cells: Vec<Cell> = columns
                .iter()
                .zip(row.get_ref())
                .map(|(label, field)| column_cell(label, self.value("rows", field)))
                .collect();
            let said = self.attribution(table.source.as_ref(), section, &[]);
            rows.push(said.into_row(numbered_key(index), Subject::Text, cells));
        }
        rows
    }

    fn reject_wrong_width(
        &mut self,
        table: &Range<usize>,
        columns: usize,
        row: &Spanned<Vec<Spanned<FieldValue>>>,
    ) {
        let cells = row.get_ref().len();
        let is_excused = |field| self.diagnostics.is_suppressed(table.start, field);
        if columns == cells || is_excused("columns") || is_excused("rows") {
            return;
        }
        self.diagnostics.invalid(
            row.span(),
            format!("the table has {columns} columns, this row has {cells}"),
            "give each column a text, or { reason = \"...\" } where there is none",
        );
    }

    /// Returns the name and title of a block of the author's own.
    fn custom_block_name(
        &mut self,
        own: &CustomBlock<'_>,
        kind: &str,
        names: &mut UniqueNames,
    ) -> (String, Option<String>) {
        let title = self.optional("title", own.title);
        let id = if let Some(id) = own.id {
            let name = self.name("id", id);
            if typed_block_rank(&name).is_some() {
                self.diagnostics.invalid(
                    id.span(),
                    format!(
                        "the name {} belongs to rows of a kind of their own",
                        quote(&name)
                    ),
                    "choose another id for this block",
                );
            } else {
                self.reject_duplicate(names, "block", &name, &id.span());
            }
            name
        } else {
            names.unique(&slug(title.as_deref().unwrap_or_default(), kind), &own.span)
        };
        (id, title)
    }
}

/// The key of a row that has a number and no name.
pub(crate) fn numbered_key(index: usize) -> RowKey {
    RowKey((index + 1).to_string())
}

/// Puts a block together.
pub(crate) fn block(id: String, title: Option<String>, shape: Shape, rows: Vec<Row>) -> Block {
    Block {
        id: BlockId(id),
        title,
        shape,
        rows,
    }
}
