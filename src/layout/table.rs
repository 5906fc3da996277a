//! Tables: columns that wrap by word, or rows laid out field by field if the columns do not fit.

use crate::content::labels;
use crate::content::{
    AbsenceReason, Block, Cell, Row, RowPath, Section, Subject, Unavailable, Value,
};
use crate::layout::builder::PageBuilder;
use crate::layout::page::{Role, RowKind, Span, TableMode, value_text};
use crate::layout::payer_values::{self, PayerValues};
use crate::text::wrap::{min_content_width, width, wrap};

/// The maximum width of a first field that shares its line with the second one in a stacked row.
const MAX_INLINE_WIDTH: usize = 8;
/// The gap between two columns.
pub const COLUMN_SPACING: usize = 2;
/// How many rows are measured to distribute the width.
const SAMPLE_ROWS: usize = 64;

/// The columns of a table, and the values to compare those of its rows with.
struct Columns<'r> {
    labels: Vec<&'r str>,
    payer_values: PayerValues<'r>,
}

/// A wrapped line of a cell.
pub type CellLine = (String, Role);

pub fn layout_table(builder: &mut PageBuilder<'_>, section: &Section, block: &Block) {
    let columns = Columns {
        labels: column_labels(table_rows(block)),
        payer_values: PayerValues::new(block),
    };
    let widths = match builder.options.table_mode {
        TableMode::Columns => column_widths(builder, block, &columns),
        TableMode::Linear => None,
    };
    match &widths {
        Some(widths) => header_row(builder, &columns.labels, widths),
        None => stacked_header(builder, block),
    }
    for (n, row) in block.rows.iter().enumerate() {
        let absence = stated_absence(row);
        if n > 0 && widths.is_none() && absence.is_none() {
            builder.blank_line();
        }
        let start = builder.page.lines.len();
        match (absence, &widths) {
            (Some(absent), _) => builder.absence(absent),
            (None, Some(widths)) => columnar_row(builder, row, &columns, widths),
            (None, None) => stacked_row(builder, row, &columns.payer_values),
        }
        if absence.is_none() {
            builder.table_annotations(row, block.rows.get(n + 1));
        }
        builder.finish_row(RowPath::new(section, block, row), start, RowKind::Record);
    }
    let mut cells = table_rows(block).flat_map(Row::column_cells);
    if !columns.payer_values.is_empty() && cells.any(|cell| columns.payer_values.differs(cell)) {
        builder.blank_line();
        builder.paragraph(labels::PAYER_VALUES_LEGEND, Role::Label, 0);
    }
    absence_notes(builder, block);
}

/// Returns the absence that a row consists of.
fn stated_absence(row: &Row) -> Option<&Unavailable> {
    match row.cells.first().map(|cell| &cell.value) {
        Some(Value::Unavailable(absent)) if row.subject == Subject::Absence => Some(absent),
        _ => None,
    }
}

/// Adds the full reasons of absent values below the table, once for all fields that share one, with
/// the columns and rows of these fields.
pub fn absence_notes(builder: &mut PageBuilder<'_>, block: &Block) {
    let mut notes: Vec<(&Unavailable, Vec<AbsentField<'_>>)> = Vec::new();
    for row in table_rows(block) {
        for cell in row.column_cells() {
            if let Value::Unavailable(absent) = &cell.value
                && absent.reason != AbsenceReason::NoEntry
            {
                let field = (&*cell.label, row);
                match notes.iter_mut().find(|(known, _)| **known == **absent) {
                    Some((_, fields)) => fields.push(field),
                    None => notes.push((absent, vec![field])),
                }
            }
        }
    }
    let row_count = table_rows(block).count();
    for (absent, fields) in notes {
        builder.blank_line();
        for (labels, rows) in group_by_rows(&fields) {
            let names: Vec<String> = rows.iter().map(|row| row_name(row)).collect();
            let names = match row_count {
                2.. if names.len() == row_count => labels::EVERY_ROW.to_owned(),
                _ => names.join("; "),
            };
            let text = format!("{} ({names})", labels.join(", "));
            builder.paragraph(&text, Role::Label, 0);
        }
        builder.absence(absent);
    }
}

/// The label of a column and a row without a value in it.
type AbsentField<'r> = (&'r str, &'r Row);

/// Groups columns that lack a value in the same rows.
fn group_by_rows<'r>(fields: &[AbsentField<'r>]) -> Vec<(Vec<&'r str>, Vec<&'r Row>)> {
    let mut groups: Vec<(Vec<&str>, Vec<&Row>)> = Vec::new();
    let labels = fields.iter().map(|(label, _)| *label);
    let mut seen: Vec<&str> = Vec::new();
    for label in labels {
        if seen.contains(&label) {
            continue;
        }
        seen.push(label);
        let rows = fields.iter().filter(|(other, _)| *other == label);
        let rows: Vec<&Row> = rows.map(|(_, row)| *row).collect();
        match groups.iter_mut().find(|(_, known)| *known == rows) {
            Some((labels, _)) => labels.push(label),
            None => groups.push((vec![label], rows)),
        }
    }
    groups
}

/// The name of a row below its table. A payer has a rule on several modifiers.
fn row_name(row: &Row) -> String {
    match &row.subject {
        Subject::PayerRule(modifier) => format!("{}, {modifier}", row.name()),
        _ => row.name().to_owned(),
    }
}

/// Returns the rows that fill columns.
fn table_rows(block: &Block) -> impl Iterator<Item = &Row> {
    let rows = block.rows.iter();
    rows.filter(|row| row.subject != Subject::Absence)
}

/// Returns the labels of the columns of some rows, in the order of first appearance.
pub fn column_labels<'r>(rows: impl Iterator<Item = &'r Row>) -> Vec<&'r str> {
    let mut labels: Vec<&str> = Vec::new();
    for cell in rows.flat_map(Row::column_cells) {
        if !labels.contains(&&*cell.label) {
            labels.push(&cell.label);
        }
    }
    labels
}

/// Returns the width of each column, or `None` if the longest words do not fit.
fn column_widths(
    builder: &PageBuilder<'_>,
    block: &Block,
    columns: &Columns<'_>,
) -> Option<Vec<usize>> {
    let labels = &columns.labels;
    let spacing = COLUMN_SPACING * labels.len().saturating_sub(1);
    let room = builder.options.table_width().checked_sub(spacing)?;
    let rows: Vec<&Row> = table_rows(block).collect();
    let cell = |row: usize, column| cell_paragraphs(builder, rows[row], columns, column);
    ColumnNeeds::measure(builder, labels, rows.len(), cell).distribute(room)
}

/// The widths that the columns of a table need.
pub struct ColumnNeeds {
    /// The longest word of each column.
    min: Vec<usize>,
    /// The longest paragraph of each column, on one line.
    max: Vec<usize>,
    /// For each of the first rows, for each column, the widths of its paragraphs.
    samples: Vec<Vec<Vec<usize>>>,
}

impl ColumnNeeds {
    /// Measures the paragraphs of each cell of some rows, by row and column.
    pub fn measure(
        builder: &PageBuilder<'_>,
        labels: &[&str],
        rows: usize,
        cell: impl Fn(usize, usize) -> Vec<CellLine>,
    ) -> Self {
        let mut needs = Self {
            min: Vec::new(),
            max: Vec::new(),
            samples: vec![Vec::new(); rows.min(SAMPLE_ROWS)],
        };
        for (column, label) in labels.iter().enumerate() {
            let label = builder.options.charset.transliterate(label);
            let (mut min, mut max) = (min_content_width(&label), width(&label));
            for row in 0..rows {
                let mut widths = Vec::new();
                for (text, _) in cell(row, column) {
                    min = min.max(min_content_width(&text));
                    max = max.max(width(&text));
                    widths.push(width(&text));
                }
                if let Some(sample) = needs.samples.get_mut(row) {
                    sample.push(widths);
                }
            }
            needs.min.push(min);
            needs.max.push(max);
        }
        needs
    }

    /// Gives each column its minimum, then the rest of the room, one by one, to the column that
    /// makes the rows tallest, up to its maximum.
    pub fn distribute(&self, room: usize) -> Option<Vec<usize>> {
        let rest = room.checked_sub(self.min.iter().sum())?;
        let mut widths = self.min.clone();
        for _ in 0..rest {
            match self.bottleneck(&widths) {
                Some(column) => widths[column] += 1,
                None => break,
            }
        }
        Some(widths)
    }

    /// Returns the column that may still grow and is the tallest cell of the most rows, weighted by
    /// height: one more cell of width saves the most lines there.
    fn bottleneck(&self, widths: &[usize]) -> Option<usize> {
        let mut excess = vec![0; widths.len()];
        for row in &self.samples {
            let heights = row.iter().zip(widths).map(|(paragraphs, &width)| {
                let lines = |paragraph: &usize| paragraph.div_ceil(width.max(1)).max(1);
                paragraphs.iter().map(lines).sum()
            });
            let heights: Vec<usize> = heights.collect();
            let tallest = heights.iter().copied().max().unwrap_or(0);
            for (excess, height) in excess.iter_mut().zip(heights) {
                if height == tallest {
                    *excess += tallest;
                }
            }
        }
        let growable = (0..widths.len()).filter(|&column| widths[column] < self.max[column]);
        growable.max_by_key(|&column| (excess[column], self.max[column]))
    }
}

/// Returns the paragraphs of a cell: its value, and in the second column (or the only one) the
/// standing of the row.
fn cell_paragraphs(
    builder: &PageBuilder<'_>,
    row: &Row,
    columns: &Columns<'_>,
    column: usize,
) -> Vec<CellLine> {
    let (charset, labels) = (builder.options.charset, &columns.labels);
    let mut paragraphs = Vec::new();
    if let Some(cell) = row.column_cells().find(|cell| cell.label == labels[column]) {
        paragraphs.push(field_text(builder, row, cell, &columns.payer_values));
    }
    if column == usize::from(labels.len() > 1) {
        let transliterate = |text| charset.transliterate(text).into_owned();
        paragraphs.extend(standing_lines(row).map(|(text, role)| (transliterate(text), role)));
    }
    paragraphs
}

/// Formats the value of a cell, with a mark if it differs from that of most payers.
fn field_text(
    builder: &PageBuilder<'_>,
    row: &Row,
    cell: &Cell,
    payer_values: &PayerValues<'_>,
) -> CellLine {
    let charset = builder.options.charset;
    let (mut text, role) = value_text(&cell.value, builder.voice(row), charset);
    if !payer_values.differs(cell) {
        return (text, role);
    }
    text += " ";
    text += &charset.transliterate(payer_values::DIFFERS);
    (text, Role::Conflict)
}

/// Returns the standing of a row, and a mark if it differs. A disputed rule of the document
/// itself has a standing that says so.
fn standing_lines(row: &Row) -> impl Iterator<Item = (&'static str, Role)> {
    let standing = row.standing;
    let standing = standing.map(|it| (it.label(), Role::from_standing(it)));
    let differs = matches!(row.subject, Subject::PayerRule(_)) && !row.disputed_by.is_empty();
    let differs = differs.then_some((labels::DIFFERS, Role::Conflict));
    standing.into_iter().chain(differs)
}

fn header_row(builder: &mut PageBuilder<'_>, labels: &[&str], widths: &[usize]) {
    let charset = builder.options.charset;
    let columns = labels.iter().zip(widths).map(|(label, &width)| {
        let lines = wrap(&charset.transliterate(label), width).into_iter();
        lines.map(|line| (line, Role::Label)).collect()
    });
    let columns: Vec<Vec<CellLine>> = columns.collect();
    push_columns(builder, &columns, widths);
}

fn columnar_row(builder: &mut PageBuilder<'_>, row: &Row, columns: &Columns<'_>, widths: &[usize]) {
    let columns = widths.iter().enumerate().map(|(column, &width)| {
        let paragraphs = cell_paragraphs(builder, row, columns, column).into_iter();
        let lines = paragraphs.flat_map(|(text, role)| {
            let lines = wrap(&text, width).into_iter();
            lines.map(move |line| (line, role))
        });
        lines.collect()
    });
    let columns: Vec<Vec<CellLine>> = columns.collect();
    push_columns(builder, &columns, widths);
}

pub fn push_columns(builder: &mut PageBuilder<'_>, columns: &[Vec<CellLine>], widths: &[usize]) {
    let height = columns.iter().map(Vec::len).max().unwrap_or(0);
    for n in 0..height {
        let mut start = 0;
        let mut spans = Vec::new();
        for (column, (lines, width)) in columns.iter().zip(widths).enumerate() {
            if let Some((text, role)) = lines.get(n).filter(|(text, _)| !text.is_empty()) {
                spans.push(Span {
                    // The labels of a header are not fields.
                    is_first_field: column == 0 && *role != Role::Label,
                    ..builder.options.span(start, text.clone(), *role)
                });
            }
            start += width + COLUMN_SPACING;
        }
        builder.line(spans);
    }
}

/// Adds the label of the field that heads each stacked row, if the authors chose it. A code, a
/// modifier or a payer needs none.
fn stacked_header(builder: &mut PageBuilder<'_>, block: &Block) {
    let mut rows = table_rows(block);
    let row = rows.find(|row| row.subject == Subject::Text);
    if let Some(cell) = row.and_then(|row| row.column_cells().next()) {
        builder.paragraph(&cell.label, Role::Label, 0);
    }
}

/// Lays out a row field by field. Its heading is the first field. The second one follows on the same
/// line if the first is a code.
fn stacked_row(builder: &mut PageBuilder<'_>, row: &Row, payer_values: &PayerValues<'_>) {
    let charset = builder.options.charset;
    let fields = row.column_cells().map(|cell| {
        let (text, role) = field_text(builder, row, cell, payer_values);
        (&*cell.label, text, role)
    });
    let fields: Vec<(&str, String, Role)> = fields.collect();
    let start = builder.page.lines.len();
    let rest = match fields.as_slice() {
        [(_, code, role), (_, name, _), rest @ ..]
            if row.subject != Subject::Text && width(code) <= MAX_INLINE_WIDTH =>
        {
            builder.paragraph(&format!("{code} {name}"), *role, 0);
            rest
        }
        [(_, name, role), rest @ ..] => {
            builder.paragraph(name, *role, 0);
            rest
        }
        [] => &[],
    };
    for line in &mut builder.page.lines[start..] {
        for span in &mut line.spans {
            span.is_first_field = true;
        }
    }
    for (text, role) in standing_lines(row) {
        builder.paragraph(text, role, 1);
    }
    for (label, text, role) in rest {
        let text = format!("{}: {text}", charset.transliterate(label));
        builder.paragraph(&text, *role, 1);
    }
}
