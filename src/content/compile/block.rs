//! Defines how blocks and rows are put together: who speaks, and the blocks that any section may
//! have.

use std::ops::Range;

use toml::Spanned;

use super::Compiler;
use super::name::{Names, TITLES, rank, slug, title_of};
use crate::content::format::{
    FactRow, Field, GridTable, ListTable, ProseTable, RemarkRow, SectionTable, Text,
};
use crate::content::words::quote;
use crate::content::{
    Block, BlockId, Cell, Reach, Remark, Row, RowKey, Shape, SourceId, Subject, Value, Voice,
};

/// Who says something, and what the editors add.
pub(super) struct Said {
    voice: Voice,
    source: Option<SourceId>,
    remarks: Vec<Remark>,
}

impl Said {
    pub(super) fn row(self, key: RowKey, subject: Subject, cells: Vec<Cell>) -> Row {
        Row {
            key,
            subject,
            voice: self.voice,
            cells,
            standing: None,
            source: self.source,
            against: Vec::new(),
            remarks: self.remarks,
        }
    }
}

/// A field that has a column.
pub(super) fn column(label: &str, value: Value) -> Cell {
    Cell {
        label: label.to_owned(),
        value,
        reach: Reach::Column,
    }
}

/// A field that is shown in the opened row only.
pub(super) fn record(label: &str, value: Value) -> Cell {
    Cell {
        reach: Reach::Record,
        ..column(label, value)
    }
}

/// A block of the author's own, of any shape.
struct Own<'f> {
    at: Range<usize>,
    id: Option<&'f Text>,
    title: Option<&'f Text>,
    source: Option<&'f Text>,
    content: Content<'f>,
}

/// What a block of the author's own holds.
#[derive(Clone, Copy)]
enum Content<'f> {
    Prose(Option<&'f Text>),
    List(&'f [Text]),
    Grid(&'f GridTable),
}

impl<'f> Own<'f> {
    fn prose(item: &'f Spanned<ProseTable>) -> Self {
        let table = item.get_ref();
        Self {
            at: item.span(),
            id: table.id.as_ref(),
            title: table.title.as_ref(),
            source: table.source.as_ref(),
            content: Content::Prose(table.text.as_ref()),
        }
    }

    fn list(item: &'f Spanned<ListTable>) -> Self {
        let table = item.get_ref();
        Self {
            at: item.span(),
            id: table.id.as_ref(),
            title: table.title.as_ref(),
            source: table.source.as_ref(),
            content: Content::List(&table.items),
        }
    }

    fn grid(item: &'f Spanned<GridTable>) -> Self {
        let table = item.get_ref();
        Self {
            at: item.span(),
            id: table.id.as_ref(),
            title: table.title.as_ref(),
            source: table.source.as_ref(),
            content: Content::Grid(table),
        }
    }
}

impl Compiler<'_, '_> {
    /// Returns who says something: the source that the row names, else its section's.
    pub(super) fn said(
        &mut self,
        source: Option<&Text>,
        section: Option<&SourceId>,
        remarks: &[Spanned<RemarkRow>],
    ) -> Said {
        let source = match source {
            Some(_) => self.source(source),
            None => section.cloned(),
        };
        Said {
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
            self.missing(&at, "source", hint);
        }
        Remark {
            text: self.required(&at, "text", row.text.as_ref()),
            source: self
                .source(row.source.as_ref())
                .unwrap_or_else(|| SourceId(String::new())),
        }
    }

    /// Notes that a name is taken.
    pub(super) fn refuse_double(
        &mut self,
        names: &mut Names,
        what: &str,
        name: &str,
        at: &Range<usize>,
    ) {
        if let Some(first) = names.take(name, at) {
            let line = self.problems.line(first.start);
            self.problems.fault(
                at.clone(),
                format!("duplicate {what} {}", quote(name)),
                format!("line {line} has it already; join the two or rename one"),
            );
        }
    }

    /// Returns the blocks that stand in a section's own table, in the order of the file.
    pub(super) fn own_blocks(&mut self, table: &SectionTable) -> Vec<Block> {
        let source = self.source(table.source.as_ref());
        let source = source.as_ref();
        let mut names = Names::default();
        for (reserved, _) in TITLES {
            names.take(reserved, &(0..0));
        }
        let mut blocks = Vec::new();
        if let Some(text) = &table.text {
            let rows = self.prose(text, None, source);
            let id = names.differing("text", &text.span());
            blocks.push((text.span(), block(id, None, Shape::Prose, rows)));
        }
        if let Some(first) = table.fact.first() {
            let rows = self.facts(&table.fact, source);
            let id = names.differing("facts", &first.span());
            blocks.push((first.span(), block(id, None, Shape::Facts, rows)));
        }
        let prose = table.prose.iter().map(Own::prose);
        let lists = table.list.iter().map(Own::list);
        let grids = table.table.iter().map(Own::grid);
        for own in prose.chain(lists).chain(grids) {
            let block = self.own_block(&own, source, &mut names);
            blocks.push((own.at, block));
        }
        blocks.sort_by_key(|(at, _)| at.start);
        blocks.into_iter().map(|(_, block)| block).collect()
    }

    /// Returns the section's remarks as a block.
    pub(super) fn remarks_block(&mut self, remarks: &[Spanned<RemarkRow>]) -> Option<Block> {
        let rows: Vec<Row> = remarks
            .iter()
            .enumerate()
            .map(|(index, row)| {
                let Remark { text, source } = self.remark(row);
                let said = Said {
                    voice: Voice::Editor,
                    source: Some(source),
                    remarks: Vec::new(),
                };
                said.row(
                    number(index),
                    Subject::Text,
                    vec![column("", Value::Text(text))],
                )
            })
            .collect();
        let title = title_of("remarks").map(str::to_owned);
        (!rows.is_empty()).then(|| block("remarks".to_owned(), title, Shape::List, rows))
    }

    fn prose(
        &mut self,
        text: &Text,
        source: Option<&Text>,
        section: Option<&SourceId>,
    ) -> Vec<Row> {
        let paragraphs = self.paragraphs("text", text);
        self.numbered(paragraphs, source, section)
    }

    /// Returns a row for each text, named by its number.
    fn numbered(
        &mut self,
        texts: Vec<String>,
        source: Option<&Text>,
        section: Option<&SourceId>,
    ) -> Vec<Row> {
        let rows = texts.into_iter().enumerate().map(|(index, text)| {
            let cells = vec![column("", Value::Text(text))];
            self.said(source, section, &[])
                .row(number(index), Subject::Text, cells)
        });
        rows.collect()
    }

    fn facts(&mut self, rows: &[Spanned<FactRow>], section: Option<&SourceId>) -> Vec<Row> {
        let mut names = Names::default();
        rows.iter()
            .map(|row| {
                let at = row.span();
                let row = row.get_ref();
                let label = self.required(&at, "label", row.label.as_ref());
                let value = self.field(&at, "value", row.value.as_ref());
                let key = RowKey(names.differing(&slug(&label, "fact"), &at));
                self.said(row.source.as_ref(), section, &row.remark).row(
                    key,
                    Subject::Text,
                    vec![column(&label, value)],
                )
            })
            .collect()
    }

    /// Returns a block of the author's own.
    fn own_block(&mut self, own: &Own<'_>, section: Option<&SourceId>, names: &mut Names) -> Block {
        let (kind, shape) = match own.content {
            Content::Prose(_) => ("prose", Shape::Prose),
            Content::List(_) => ("list", Shape::List),
            Content::Grid(_) => ("table", Shape::Table),
        };
        let (id, title) = self.block_name(own, kind, names);
        let rows = match own.content {
            Content::Prose(Some(text)) => self.prose(text, own.source, section),
            Content::Prose(None) => {
                self.required(&own.at, "text", None);
                Vec::new()
            }
            Content::List(items) => {
                if items.is_empty() {
                    self.missing(&own.at, "items", "write items = [\"...\", \"...\"]");
                }
                let texts = items.iter().map(|text| self.text("items", text)).collect();
                self.numbered(texts, own.source, section)
            }
            Content::Grid(table) => self.grid(&own.at, table, section),
        };
        block(id, title, shape, rows)
    }

    fn grid(
        &mut self,
        at: &Range<usize>,
        table: &GridTable,
        section: Option<&SourceId>,
    ) -> Vec<Row> {
        let mut labels = Names::default();
        let mut columns = Vec::new();
        for text in &table.columns {
            let label = self.text("columns", text);
            self.refuse_double(&mut labels, "column", &label, &text.span());
            columns.push(label);
        }
        if columns.is_empty() {
            self.missing(at, "columns", "write columns = [\"...\", \"...\"]");
        }
        if table.rows.is_empty() {
            let hint = "write rows = [[\"...\", \"...\"], [\"...\", \"...\"]]";
            self.missing(at, "rows", hint);
        }
        let mut rows = Vec::new();
        for (index, row) in table.rows.iter().enumerate() {
            self.refuse_width(at, columns.len(), row);
            let cells: Vec<Cell> = columns
                .iter()
                .zip(row.get_ref())
                .map(|(label, field)| column(label, self.value("rows", field)))
                .collect();
            let said = self.said(table.source.as_ref(), section, &[]);
            rows.push(said.row(number(index), Subject::Text, cells));
        }
        rows
    }

    fn refuse_width(
        &mut self,
        table: &Range<usize>,
        columns: usize,
        row: &Spanned<Vec<Spanned<Field>>>,
    ) {
        let cells = row.get_ref().len();
        let is_excused = |field| self.problems.is_excused(table.start, field);
        if columns == cells || is_excused("columns") || is_excused("rows") {
            return;
        }
        self.problems.fault(
            row.span(),
            format!("the table has {columns} columns, this row has {cells}"),
            "give each column a text, or { reason = \"...\" } where there is none",
        );
    }

    /// Returns the name and title of a block of the author's own.
    fn block_name(
        &mut self,
        own: &Own<'_>,
        kind: &str,
        names: &mut Names,
    ) -> (String, Option<String>) {
        let title = self.optional("title", own.title);
        let id = if let Some(id) = own.id {
            let name = self.name("id", id);
            if rank(&name).is_some() {
                self.problems.fault(
                    id.span(),
                    format!(
                        "the name {} belongs to rows of a kind of their own",
                        quote(&name)
                    ),
                    "choose another id for this block",
                );
            } else {
                self.refuse_double(names, "block", &name, &id.span());
            }
            name
        } else {
            names.differing(&slug(title.as_deref().unwrap_or_default(), kind), &own.at)
        };
        (id, title)
    }
}

/// The key of a row that has a number and no name.
pub(super) fn number(index: usize) -> RowKey {
    RowKey((index + 1).to_string())
}

/// Puts a block together.
pub(super) fn block(id: String, title: Option<String>, shape: Shape, rows: Vec<Row>) -> Block {
    Block {
        id: BlockId(id),
        title,
        shape,
        rows,
    }
}
