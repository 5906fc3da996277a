//! Compiles the blocks that any section may have: text, facts, lists, tables and remarks.

use toml::Spanned;

use crate::content::document::{Block, Shape};
use crate::content::row::{Cell, Remark, Row, RowKey, Subject, Value, Voice};
use crate::content::source::SourceId;
use crate::content::toml::compile::compiler::Compiler;
use crate::content::toml::compile::name::{UniqueNames, slug, typed_block_rank, typed_block_title};
use crate::content::toml::schema::{
    FactRow, Field, GridTable, ListTable, ProseTable, RemarkRow, SectionTable, Sources,
};
use crate::content::toml::tree::Text;
use crate::diagnostics::diagnostic::Span;
use crate::diagnostics::wording::quote;

/// The voice, sources and remarks of a row.
pub(crate) struct Attribution {
    voice: Voice,
    sources: Vec<SourceId>,
    remarks: Vec<Remark>,
}

impl Attribution {
    pub(crate) fn into_row(self, key: RowKey, subject: Subject, cells: Vec<Cell>) -> Row {
        let mut sources = self.sources.into_iter();
        Row {
            source: sources.next(),
            confirmed_by: sources.collect(),
            remarks: self.remarks,
            ..Row::new(key, subject, self.voice, cells)
        }
    }
}

/// What the blocks of a section share.
struct SectionScope {
    sources: Vec<SourceId>,
    /// The ids of blocks.
    names: UniqueNames,
}

impl Compiler<'_, '_> {
    /// Attributes a row to its own sources, or else to its section's. A row is the publication's if
    /// that is the first source.
    pub(crate) fn attribution(
        &mut self,
        sources: Option<&Sources>,
        section: &[SourceId],
        remarks: &[Spanned<RemarkRow>],
    ) -> Attribution {
        let sources = match sources {
            Some(sources) => self.sources(sources),
            None => section.to_vec(),
        };
        let first = sources.first();
        Attribution {
            voice: if first.is_some() && first == self.publication.as_ref() {
                Voice::Publication
            } else {
                Voice::Editor
            },
            sources,
            remarks: remarks.iter().map(|row| self.remark(row)).collect(),
        }
    }

    fn remark(&mut self, row: &Spanned<RemarkRow>) -> Remark {
        let (at, row) = (row.span(), row.get_ref());
        if row.source.is_none() {
            let hint = "a remark needs a source: source = \"...\"";
            self.missing_field(&at, "source", hint);
        }
        Remark {
            text: self.required(&at, "text", row.text.as_ref()),
            source: self
                .source(row.source.as_ref())
                .unwrap_or_else(|| SourceId(String::new())),
        }
    }

    /// Reports a name that is taken.
    pub(crate) fn reject_duplicate(
        &mut self,
        names: &mut UniqueNames,
        what: &str,
        name: &str,
        at: &Span,
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

    /// Compiles the blocks in a section's own table, in the order of the file.
    pub(crate) fn section_blocks(&mut self, table: &SectionTable) -> Vec<Block> {
        let mut scope = SectionScope {
            sources: table
                .source
                .as_ref()
                .map_or_else(Vec::new, |sources| self.sources(sources)),
            names: UniqueNames::default(),
        };
        let mut blocks = Vec::new();
        if let Some(text) = &table.text {
            let rows = self.prose_rows(text, None, &scope);
            let id = scope.names.unique("text", &text.span());
            let block = Block::new(&id, None, Shape::Prose, rows);
            blocks.push((text.span().start, block));
        }
        if let Some(first) = table.fact.first() {
            let rows = self.fact_rows(&table.fact, &scope);
            let id = scope.names.unique("facts", &first.span());
            let block = Block::new(&id, None, Shape::Facts, rows);
            blocks.push((first.span().start, block));
        }
        for item in &table.prose {
            blocks.push((item.span().start, self.prose_block(item, &mut scope)));
        }
        for item in &table.list {
            blocks.push((item.span().start, self.list_block(item, &mut scope)));
        }
        for item in &table.table {
            blocks.push((item.span().start, self.grid_block(item, &mut scope)));
        }
        blocks.sort_by_key(|(start, _)| *start);
        blocks.into_iter().map(|(_, block)| block).collect()
    }

    /// Compiles a section's remarks.
    pub(crate) fn remarks_block(&mut self, remarks: &[Spanned<RemarkRow>]) -> Option<Block> {
        let rows = remarks.iter().enumerate().map(|(index, row)| {
            let Remark { text, source } = self.remark(row);
            let key = RowKey::from_index(index);
            let cells = text_cell(text);
            Row {
                source: Some(source),
                ..Row::new(key, Subject::Text, Voice::Editor, cells)
            }
        });
        typed_block("remarks", Shape::List, rows.collect())
    }

    fn prose_rows(
        &mut self,
        text: &Text,
        sources: Option<&Sources>,
        scope: &SectionScope,
    ) -> Vec<Row> {
        let paragraphs = self.paragraphs("text", text);
        self.numbered_rows(paragraphs, sources, scope)
    }

    /// Makes one row per text, with its number as the key.
    fn numbered_rows(
        &mut self,
        texts: Vec<String>,
        sources: Option<&Sources>,
        scope: &SectionScope,
    ) -> Vec<Row> {
        let rows = texts.into_iter().enumerate().map(|(index, text)| {
            let attribution = self.attribution(sources, &scope.sources, &[]);
            attribution.into_row(RowKey::from_index(index), Subject::Text, text_cell(text))
        });
        rows.collect()
    }

    fn fact_rows(&mut self, rows: &[Spanned<FactRow>], scope: &SectionScope) -> Vec<Row> {
        let mut names = UniqueNames::default();
        let rows = rows.iter().map(|row| {
            let (at, row) = (row.span(), row.get_ref());
            let label = self.required(&at, "label", row.label.as_ref());
            let value = self.field(&at, "value", row.value.as_ref());
            let key = RowKey(names.unique(&slug(&label, "fact"), &at));
            self.attribution(row.source.as_ref(), &scope.sources, &row.remark)
                .into_row(key, Subject::Text, vec![Cell::column(label, value)])
        });
        rows.collect()
    }

    fn prose_block(&mut self, item: &Spanned<ProseTable>, scope: &mut SectionScope) -> Block {
        let (at, table) = (item.span(), item.get_ref());
        let rows = if let Some(text) = &table.text {
            self.prose_rows(text, table.source.as_ref(), scope)
        } else {
            self.required(&at, "text", None);
            Vec::new()
        };
        let heading = [table.id.as_ref(), table.title.as_ref()];
        let block = self.custom_block(&at, heading, Shape::Prose, scope);
        Block { rows, ..block }
    }

    fn list_block(&mut self, item: &Spanned<ListTable>, scope: &mut SectionScope) -> Block {
        let (at, table) = (item.span(), item.get_ref());
        if table.items.is_empty() {
            self.missing_field(&at, "items", "write items = [\"...\", \"...\"]");
        }
        let items = table.items.iter();
        let texts = items.map(|text| self.text("items", text)).collect();
        let rows = self.numbered_rows(texts, table.source.as_ref(), scope);
        let heading = [table.id.as_ref(), table.title.as_ref()];
        let block = self.custom_block(&at, heading, Shape::List, scope);
        Block { rows, ..block }
    }

    fn grid_block(&mut self, item: &Spanned<GridTable>, scope: &mut SectionScope) -> Block {
        let (at, table) = (item.span(), item.get_ref());
        let columns = self.grid_columns(&at, table);
        if table.rows.is_empty() {
            let hint = "write rows = [[\"...\", \"...\"], [\"...\", \"...\"]]";
            self.missing_field(&at, "rows", hint);
        }
        let mut rows = Vec::new();
        for (index, row) in table.rows.iter().enumerate() {
            self.reject_wrong_width(&at, columns.len(), row);
            let cells = columns.iter().zip(row.get_ref());
            let cells =
                cells.map(|(label, field)| Cell::column(label.clone(), self.value("rows", field)));
            let cells = cells.collect();
            let attribution = self.attribution(table.source.as_ref(), &scope.sources, &[]);
            rows.push(attribution.into_row(RowKey::from_index(index), Subject::Text, cells));
        }
        let heading = [table.id.as_ref(), table.title.as_ref()];
        let block = self.custom_block(&at, heading, Shape::Table, scope);
        Block { rows, ..block }
    }

    fn grid_columns(&mut self, at: &Span, table: &GridTable) -> Vec<String> {
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
        columns
    }

    fn reject_wrong_width(&mut self, table: &Span, columns: usize, row: &Spanned<Vec<Field>>) {
        let cells = row.get_ref().len();
        let is_invalid = |field| self.diagnostics.is_suppressed(table.start, field);
        if columns == cells || is_invalid("columns") || is_invalid("rows") {
            return;
        }
        self.diagnostics.invalid(
            row.span(),
            format!("the table has {columns} columns, this row has {cells}"),
            "give each column a text, or { reason = \"...\" } if there is none",
        );
    }

    /// Makes an author's own block without rows, with an id that is unique in the section.
    fn custom_block(
        &mut self,
        at: &Span,
        [id, title]: [Option<&Text>; 2],
        shape: Shape,
        scope: &mut SectionScope,
    ) -> Block {
        let title = self.optional("title", title);
        let id = if let Some(id) = id {
            let name = self.name("id", id);
            if typed_block_rank(&name).is_some() {
                self.diagnostics.invalid(
                    id.span(),
                    format!("the name {} is reserved for typed rows", quote(&name)),
                    "choose another id for this block",
                );
            } else {
                self.reject_duplicate(&mut scope.names, "block", &name, &id.span());
            }
            name
        } else {
            let default = match shape {
                Shape::Prose => "prose",
                Shape::List => "list",
                Shape::Facts | Shape::Table => "table",
            };
            let slug = slug(title.as_deref().unwrap_or_default(), default);
            if typed_block_rank(&slug).is_some() {
                scope.names.claim(&slug, at);
            }
            scope.names.unique(&slug, at)
        };
        Block::new(&id, title.as_deref(), shape, Vec::new())
    }
}

/// Makes a block for typed rows, with its fixed title; `None` without rows.
pub(crate) fn typed_block(id: &str, shape: Shape, rows: Vec<Row>) -> Option<Block> {
    (!rows.is_empty()).then(|| Block::new(id, typed_block_title(id), shape, rows))
}

/// Makes the only cell of a paragraph or list item.
pub(crate) fn text_cell(value: impl Into<Value>) -> Vec<Cell> {
    vec![Cell::column("", value)]
}

#[cfg(test)]
mod tests {
    use crate::content::parse_document;

    #[test]
    fn block_with_the_title_of_typed_rows_gets_a_number() {
        let text = "schema = 1\n[code]\nsystem = \"cpt\"\nvalue = \"83950\"\ntitle = \"A\"\n\
                    status = \"active\"\n[[summary.list]]\ntitle = \"Payers\"\nitems = [\"A\"]\n\
                    [[summary.list]]\ntitle = \"Payers\"\nitems = [\"B\"]\n";
        let document = parse_document("", text.as_bytes()).unwrap();
        let blocks = document.sections[0].blocks.iter();
        let ids: Vec<&str> = blocks.map(|block| block.id.0.as_str()).collect();
        assert_eq!(ids, ["payers-2", "payers-3"]);
    }
}
