//! Lays what documents say on one topic side by side: a table each, who says it, and as of when.

use crate::content::{
    AbsenceReason, AsOf, Block, BlockId, Cell, CodeId, Document, ModifierCode, Row, RowKey,
    Section, SectionId, Shape, Source, SourceId, Standing, Status, Subject, Unavailable, Value,
    Visibility, Voice,
};
use crate::library::excerpt::{ComparisonRequest, ExcerptSubject};
use crate::library::library::LoadError;

/// What marks a row that [`Row::disputed_by`] says somebody disagrees with, in words.
const LEGEND: &str = "≠ differs: from the document's own rule; where that is disputed or missing, \
                      from what most payers say.";

/// The name of the column that says what a payer says.
const STATEMENT_LABEL: &str = "What is said";

/// The texts of imported sets on modifiers, and the block that has them.
const OFFICIAL_TEXTS_BLOCK: &str = "set-hcpcs";
/// Medicare's rates with and without modifiers.
const RATES_BLOCK: &str = "set-clfs";

/// A comparison that is being made.
#[derive(Debug)]
pub(crate) struct ComparisonBuilder {
    subject: ExcerptSubject,
    blocks: Vec<Block>,
    sources: Vec<Source>,
    notices: Vec<String>,
}

impl ComparisonBuilder {
    pub(crate) fn new(topic: &ComparisonRequest) -> Self {
        Self {
            subject: topic.subject.clone(),
            blocks: Vec::new(),
            sources: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// Adds what a document says.
    pub(crate) fn add_document(&mut self, document: &Document) {
        let (name, rows) = match &self.subject {
            ExcerptSubject::Modifier(modifier) => {
                let name = format!("{}-{modifier}", document.code.value());
                (name, DocumentRows(document).for_modifier(modifier))
            }
            ExcerptSubject::Payer(payer) => {
                let name = document.code.value().to_owned();
                (name, DocumentRows(document).for_payer(payer))
            }
            ExcerptSubject::CodeStatus => return,
        };
        self.push_block(&document.code, format!("{name}  {}", document.title), rows);
        for source in &document.sources {
            self.sources.push(Source {
                id: qualified_source_id(document, &source.id),
                ..source.clone()
            });
        }
        for notice in &document.notices {
            if !self.notices.contains(notice) {
                self.notices.push(notice.clone());
            }
        }
    }

    /// Says why a document is missing.
    pub(crate) fn add_error(&mut self, code: &CodeId, error: &LoadError) {
        let words = error.to_string();
        let first = words.lines().next().unwrap_or_default();
        let cells = vec![cell("", Value::Text(first.to_owned()))];
        self.push_block(
            code,
            code.value().to_owned(),
            vec![row("error", Subject::Text, cells)],
        );
    }

    fn push_block(&mut self, code: &CodeId, title: String, rows: Vec<Row>) {
        let is_table = rows.iter().all(|row| row.cells.len() > 1);
        let shape = if is_table { Shape::Table } else { Shape::Prose };
        self.blocks
            .push(block(&code.to_string(), Some(title), shape, rows));
    }

    /// Puts what was added together: legend, tables, sources.
    pub(crate) fn finish(mut self, topic: &ComparisonRequest) -> Option<Document> {
        let differs = |block: &Block| block.rows.iter().any(|row| !row.disputed_by.is_empty());
        if self.blocks.iter().any(differs) {
            let legend = vec![paragraph("legend", LEGEND)];
            self.blocks
                .insert(0, block("legend", None, Shape::Prose, legend));
        }
        if topic.left_out > 0 {
            let words = format!(
                "{} more documents are not shown here: type in the list to narrow it.",
                topic.left_out
            );
            let rows = vec![paragraph("left-out", &words)];
            self.blocks
                .push(block("left-out", None, Shape::Prose, rows));
        }
        let mut named: Vec<(String, String)> = Vec::new();
        for source in &self.sources {
            let line = (source.short.clone(), with_date(&source.title, source.as_of));
            if !named.contains(&line) && self.is_cited(source) {
                named.push(line);
            }
        }
        if !named.is_empty() {
            let rows = named.into_iter().zip(1..).map(|((short, title), n)| {
                row(
                    &n.to_string(),
                    Subject::Text,
                    vec![cell(&short, Value::Text(title))],
                )
            });
            let title = Some("Sources".to_owned());
            self.blocks
                .push(block("sources", title, Shape::Facts, rows.collect()));
        }
        Some(Document {
            // Nobody opens a comparison by its code; it has that of the first document.
            code: topic.codes.first()?.clone(),
            title: String::new(),
            status: Status::Unverified,
            effective: AsOf::Unknown,
            revised: AsOf::Unknown,
            reviewed_by: None,
            next_review: AsOf::Unknown,
            synonyms: Vec::new(),
            sources: self.sources,
            sections: vec![Section {
                id: SectionId("comparison".to_owned()),
                title: String::new(),
                short: String::new(),
                headings: Vec::new(),
                blocks: self.blocks,
            }],
            notices: self.notices,
        })
    }

    fn is_cited(&self, source: &Source) -> bool {
        let rows = self.blocks.iter().flat_map(|block| &block.rows);
        rows.flat_map(|row| row.source.iter().chain(&row.disputed_by))
            .any(|id| *id == source.id)
    }
}

/// A document, asked for rows of a comparison.
#[derive(Clone, Copy)]
struct DocumentRows<'d>(&'d Document);

impl DocumentRows<'_> {
    /// Returns what each payer says on a modifier, after the document's own rule; what no payer
    /// says is stated to be so.
    fn for_modifier(self, modifier: &ModifierCode) -> Vec<Row> {
        let document = self.0;
        let label = format!("On {modifier}");
        let mut rows = Vec::new();
        let own = document.modifier(modifier).map(|(_, row)| row);
        if let Some(own) = own {
            let cells = own.cells.iter().skip(1);
            let cells = cells.filter(|cell| cell.visibility == Visibility::Column);
            let texts: Vec<&str> = cells.filter_map(|cell| cell.value.as_text()).collect();
            let who = match own.voice {
                Voice::Publication => "The publication",
                Voice::Editor => "The editors",
            };
            let said = Value::Text(texts.join(": "));
            rows.push(Row {
                standing: own.standing,
                ..self.statement_row("own", who, &label, said, own)
            });
            rows.extend(self.remark_rows(own, None, &label));
        }
        let mut stances = Vec::new();
        for (_, _, payer) in document
            .rows()
            .filter(|(_, _, row)| row.subject == Subject::Payer)
        {
            let stance = document
                .payer_rule(&payer.key, modifier)
                .map(|(_, row)| row);
            let line = match stance {
                Some(row) => {
                    let said = row
                        .cells
                        .last()
                        .map_or_else(source_silent, |cell| cell.value.clone());
                    Row {
                        standing: row.standing,
                        subject: Subject::PayerRule(modifier.clone()),
                        ..self.statement_row(&payer.key.0, payer.name(), &label, said, row)
                    }
                }
                None => {
                    self.statement_row(&payer.key.0, payer.name(), &label, source_silent(), payer)
                }
            };
            stances.push(line);
            let remarks = stance.map(|row| self.remark_rows(row, Some(payer.name()), &label));
            stances.extend(remarks.into_iter().flatten());
        }
        mark_differences(rows.first(), &mut stances);
        rows.extend(stances);
        rows.extend(self.set_rows(modifier, &label));
        rows
    }

    /// Returns what a document says of a payer: each field, and each modifier.
    fn for_payer(self, name: &str) -> Vec<Row> {
        let mut rows = Vec::new();
        for (_, _, row) in self.0.rows().filter(|(_, _, row)| row.name() == name) {
            match &row.subject {
                Subject::Payer => {
                    for cell in row.cells.iter().skip(1) {
                        let key = format!("{}-{}", row.key.0, cell.label);
                        let value = cell.value.clone();
                        rows.push(self.statement_row(
                            &key,
                            &cell.label,
                            STATEMENT_LABEL,
                            value,
                            row,
                        ));
                    }
                    rows.extend(self.remark_rows(row, None, STATEMENT_LABEL));
                }
                Subject::PayerRule(modifier) => {
                    let value = row
                        .cells
                        .last()
                        .map_or_else(source_silent, |cell| cell.value.clone());
                    let who = format!("Modifier {modifier}");
                    rows.push(Row {
                        standing: row.standing,
                        ..self.statement_row(&row.key.0, &who, STATEMENT_LABEL, value, row)
                    });
                    rows.extend(self.remark_rows(row, None, STATEMENT_LABEL));
                }
                _ => {}
            }
        }
        rows
    }

    /// Returns what the editors remark on a row, each remark as a line of whom it is about, or else
    /// of whom it cites.
    fn remark_rows(self, of: &Row, about: Option<&str>, label: &str) -> Vec<Row> {
        let lines = of.remarks.iter().zip(1..).map(|(remark, n)| {
            let cites = self.0.source(&remark.source);
            let cites = cites.map_or(remark.source.0.as_str(), |source| &source.short);
            let about = about.map(|payer| format!("{payer}, remark"));
            let who = about.as_deref().unwrap_or(cites);
            let said = Value::Text(remark.text.clone());
            let remarked = Row {
                source: Some(remark.source.clone()),
                ..of.clone()
            };
            self.statement_row(
                &format!("{}-remark-{n}", of.key.0),
                who,
                label,
                said,
                &remarked,
            )
        });
        lines.collect()
    }

    /// Returns what imported sets say on a modifier of this code.
    fn set_rows(self, modifier: &ModifierCode, label: &str) -> Vec<Row> {
        let line = format!("{}-{modifier}", self.0.code.value());
        let mut rows = Vec::new();
        for (_, block, row) in self.0.rows() {
            let (who, key) = match block.id.0.as_str() {
                OFFICIAL_TEXTS_BLOCK => ("Official text", modifier.as_str()),
                RATES_BLOCK => ("Medicare, laboratory rate", line.as_str()),
                _ => continue,
            };
            if row.key.0 == key {
                let texts: Vec<&str> = row
                    .cells
                    .iter()
                    .skip(1)
                    .filter(|cell| cell.visibility == Visibility::Column)
                    .filter_map(|cell| cell.value.as_text())
                    .collect();
                let said = Value::Text(texts.join(" · "));
                rows.push(self.statement_row(&block.id.0, who, label, said, row));
            }
        }
        rows
    }

    /// Returns a line: who, what, and where it was taken from.
    fn statement_row(self, key: &str, who: &str, label: &str, said: Value, from: &Row) -> Row {
        let absent = match &said {
            Value::Unavailable(absent) => absent.source.as_ref(),
            Value::Text(_) => None,
        };
        let id = absent.or(from.source.as_ref()).cloned();
        let source = match id.as_ref().and_then(|id| self.0.source(id)) {
            Some(source) => with_date(&source.short, source.as_of),
            None => "no source named".to_owned(),
        };
        let said = match said {
            Value::Unavailable(absent) => Value::Unavailable(Unavailable {
                source: id.as_ref().map(|id| qualified_source_id(self.0, id)),
                ..absent
            }),
            text @ Value::Text(_) => text,
        };
        let cells = vec![
            cell("Who", Value::Text(who.to_owned())),
            cell(label, said),
            cell("Source", Value::Text(source)),
        ];
        Row {
            source: id.map(|id| qualified_source_id(self.0, &id)),
            ..row(key, Subject::Text, cells)
        }
    }
}

/// Marks the payers that stand elsewhere than the document's own rule; where that is disputed or
/// missing, elsewhere than most payers do.
fn mark_differences(own: Option<&Row>, stances: &mut [Row]) {
    let rule = own.and_then(|row| row.standing);
    let rule = rule.filter(|standing| *standing != Standing::Disputed);
    let said: Vec<Standing> = stances.iter().filter_map(|row| row.standing).collect();
    let count = |one: Standing| said.iter().filter(|other| **other == one).count();
    // Of several that are said as often, the one said first.
    let most = said.iter().rev().copied().max_by_key(|one| count(*one));
    let Some(measure) = rule.or(most) else { return };
    let by = match rule {
        Some(_) => own,
        None => stances.iter().find(|row| row.standing == Some(measure)),
    };
    let by = by.and_then(|row| row.source.clone());
    let by = by.unwrap_or_else(|| SourceId("unnamed".to_owned()));
    for row in stances {
        if row.standing.is_some_and(|standing| standing != measure) {
            row.disputed_by = vec![by.clone()];
        }
    }
}

/// Returns a source's name among those of several documents.
fn qualified_source_id(document: &Document, id: &SourceId) -> SourceId {
    SourceId(format!("{}/{}", document.code, id.0))
}

fn with_date(name: &str, as_of: AsOf) -> String {
    format!("{name}, {as_of}")
}

const fn source_silent() -> Value {
    Value::Unavailable(Unavailable {
        reason: AbsenceReason::SourceSilent,
        stated: None,
        source: None,
        checked: AsOf::Unknown,
        find: None,
    })
}

fn cell(label: &str, value: Value) -> Cell {
    Cell {
        label: label.to_owned(),
        value,
        visibility: Visibility::Column,
    }
}

fn paragraph(key: &str, text: &str) -> Row {
    row(
        key,
        Subject::Text,
        vec![cell("", Value::Text(text.to_owned()))],
    )
}

fn row(key: &str, subject: Subject, cells: Vec<Cell>) -> Row {
    Row {
        key: RowKey(key.to_owned()),
        subject,
        voice: Voice::Publication,
        cells,
        standing: None,
        source: None,
        disputed_by: Vec::new(),
        remarks: Vec::new(),
    }
}

fn block(id: &str, title: Option<String>, shape: Shape, rows: Vec<Row>) -> Block {
    Block {
        id: BlockId(id.to_owned()),
        title,
        shape,
        rows,
    }
}
