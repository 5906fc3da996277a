//! Sets a table: columns that wrap by word, or field by field where columns do not fit.

use crate::content::{Block, Cell, Row, Section, Subject, Unavailable, Value, Visibility, Voice};
use crate::layout::builder::{PageBuilder, attribution};
use crate::layout::page::{Role, RowKind, Span, TableMode, standing_role, value_text};
use crate::text::wrap::{min_content_width, width, wrap};

/// The most columns of a field that shares its line with the next where a table is stacked.
const MAX_INLINE_WIDTH: usize = 8;

/// The columns between two columns of a table.
const COLUMN_SPACING: usize = 2;

/// How many rows decide how the columns share the room.
const SAMPLE_ROWS: usize = 64;

/// The lines that one column of a row takes, each with its role.
type CellLines = Vec<(String, Role)>;

/// Sets every row of a block.
pub fn layout_table(setter: &mut PageBuilder<'_>, section: &Section, block: &Block) {
    let labels = column_labels(block);
    let widths = match setter.options.table_mode {
        TableMode::Columns => column_widths(setter, block, &labels),
        TableMode::Linear => None,
    };
    if let Some(widths) = &widths {
        header_row(setter, &labels, widths);
    }
    for (n, row) in block.rows.iter().enumerate() {
        let start = setter.page.lines.len();
        let absence = match (
            row.subject == Subject::Absence,
            row.cells.first().map(|cell| &cell.value),
        ) {
            (true, Some(Value::Unavailable(absent))) => Some(absent),
            _ => None,
        };
        match (absence, &widths) {
            (Some(absent), _) => setter.absence(absent),
            (None, Some(widths)) => columnar_row(setter, row, &labels, widths),
            (None, None) => {
                let start = if n > 0 { start + 1 } else { start };
                stacked_row(setter, row, n > 0);
                setter.finish_row(section, block, row, start, RowKind::Record);
                continue;
            }
        }
        setter.finish_row(section, block, row, start, RowKind::Record);
    }
    absence_notes(setter, block);
}

/// Sets below a table what its cells have no room for: why fields are not there, in the source's
/// own words, once for all rows of which it is said.
fn absence_notes(setter: &mut PageBuilder<'_>, block: &Block) {
    let mut said: Vec<(&Unavailable, Vec<&str>)> = Vec::new();
    for cell in block
        .rows
        .iter()
        .filter(|row| row.subject != Subject::Absence)
        .flat_map(column_cells)
    {
        if let Value::Unavailable(absent) = &cell.value {
            match said.iter_mut().find(|(known, _)| *known == absent) {
                Some((_, labels)) if labels.contains(&cell.label.as_str()) => {}
                Some((_, labels)) => labels.push(&cell.label),
                None => said.push((absent, vec![&cell.label])),
            }
        }
    }
    for (absent, labels) in said {
        setter.blank_line();
        setter.paragraph(&labels.join(", "), Role::Label, 0);
        setter.absence(absent);
    }
}

/// Returns the table's columns: every label that a row shows, in the order of first appearance.
fn column_labels(block: &Block) -> Vec<&str> {
    let mut labels: Vec<&str> = Vec::new();
    for row in block
        .rows
        .iter()
        .filter(|row| row.subject != Subject::Absence)
    {
        for cell in column_cells(row) {
            if !labels.contains(&cell.label.as_str()) {
                labels.push(&cell.label);
            }
        }
    }
    labels
}

fn column_cells(row: &Row) -> impl Iterator<Item = &Cell> {
    row.cells
        .iter()
        .filter(|cell| cell.visibility == Visibility::Column)
}

/// Divides the columns at hand, or says that they do not suffice for the longest words.
///
/// Each starts with its longest word; what is left goes, a column of room at a time, to whichever
/// makes the rows tallest, up to what its longest text needs on one line.
fn column_widths(setter: &PageBuilder<'_>, block: &Block, labels: &[&str]) -> Option<Vec<usize>> {
    let room = setter
        .options
        .text_width()
        .checked_sub(COLUMN_SPACING * labels.len().saturating_sub(1))?;
    let mut least = Vec::new();
    let mut most = Vec::new();
    // What each cell of the first rows needs, paragraph by paragraph; a long table's others are
    // taken to be like them.
    let mut needs = vec![Vec::new(); block.rows.len().min(SAMPLE_ROWS)];
    for (n, label) in labels.iter().enumerate() {
        let label = setter.options.charset.transliterate(label);
        let (mut low, mut high) = (min_content_width(&label), width(&label));
        for (r, row) in block.rows.iter().enumerate() {
            if row.subject == Subject::Absence {
                continue;
            }
            let mut texts = Vec::new();
            for (text, _) in cell_texts(
                setter,
                row,
                label_at(labels, n),
                n == standing_column(labels),
            ) {
                low = low.max(min_content_width(&text));
                high = high.max(width(&text));
                texts.push(width(&text));
            }
            if let Some(needs) = needs.get_mut(r) {
                needs.push(texts);
            }
        }
        least.push(low);
        most.push(high);
    }
    if least.iter().sum::<usize>() > room {
        return None;
    }
    let mut widths = least;
    let mut left = room - widths.iter().sum::<usize>();
    while left > 0 {
        let Some(n) = bottleneck(&needs, &widths, &most) else {
            break;
        };
        widths[n] += 1;
        left -= 1;
    }
    Some(widths)
}

/// Returns the column that makes the rows as tall as they are, and would be helped by more room.
fn bottleneck(needs: &[Vec<Vec<usize>>], widths: &[usize], most: &[usize]) -> Option<usize> {
    let mut excess = vec![0; widths.len()];
    for row in needs {
        let heights: Vec<usize> = row
            .iter()
            .zip(widths)
            .map(|(texts, &width)| {
                texts
                    .iter()
                    .map(|text| text.div_ceil(width.max(1)).max(1))
                    .sum()
            })
            .collect();
        let tallest = heights.iter().copied().max().unwrap_or(0);
        for (n, _) in heights
            .iter()
            .enumerate()
            .filter(|(_, height)| **height == tallest)
        {
            excess[n] += tallest;
        }
    }
    (0..widths.len())
        .filter(|&n| widths[n] < most[n])
        .max_by_key(|&n| (excess[n], most[n]))
}

fn label_at<'a>(labels: &[&'a str], n: usize) -> &'a str {
    labels.get(n).copied().unwrap_or_default()
}

/// Returns the column under whose text a row's standing is shown.
fn standing_column(labels: &[&str]) -> usize {
    usize::from(labels.len() > 1)
}

/// Returns the paragraphs of one cell: its value, and the row's standing where it belongs here.
fn cell_texts(
    setter: &PageBuilder<'_>,
    row: &Row,
    label: &str,
    signs: bool,
) -> Vec<(String, Role)> {
    let mut texts = Vec::new();
    if let Some(cell) = column_cells(row).find(|cell| cell.label == label) {
        let (text, role) = value_text(&cell.value, setter.options.charset);
        texts.push((text, voice_role(row, role)));
    }
    if signs && let Some(standing) = row.standing {
        texts.push((
            setter
                .options
                .charset
                .transliterate(standing.label())
                .into_owned(),
            standing_role(standing),
        ));
    }
    if signs && differs(row) {
        let words = setter.options.charset.transliterate(DIFFERS).into_owned();
        texts.push((words, Role::Conflict));
    }
    texts
}

/// What is said below a payer's rule that others disagree with.
const DIFFERS: &str = "≠ differs";

/// Says whether a row is a payer's rule that others disagree with; a document's own says so by its
/// standing.
fn differs(row: &Row) -> bool {
    matches!(row.subject, Subject::PayerRule(_)) && !row.disputed_by.is_empty()
}

fn header_row(setter: &mut PageBuilder<'_>, labels: &[&str], widths: &[usize]) {
    let columns: Vec<CellLines> = labels
        .iter()
        .zip(widths)
        .map(|(label, &columns)| {
            let label = setter.options.charset.transliterate(label);
            wrap(&label, columns)
                .into_iter()
                .map(|line| (line, Role::Label))
                .collect()
        })
        .collect();
    push_columns(setter, &columns, widths, false);
}

fn columnar_row(setter: &mut PageBuilder<'_>, row: &Row, labels: &[&str], widths: &[usize]) {
    let columns: Vec<CellLines> = widths
        .iter()
        .enumerate()
        .map(|(n, &columns)| {
            cell_texts(
                setter,
                row,
                label_at(labels, n),
                n == standing_column(labels),
            )
            .into_iter()
            .flat_map(|(text, role)| {
                wrap(&text, columns)
                    .into_iter()
                    .map(move |line| (line, role))
            })
            .collect()
        })
        .collect();
    push_columns(setter, &columns, widths, true);
    editor_attribution(setter, row);
}

/// Sets columns beside each other.
fn push_columns(setter: &mut PageBuilder<'_>, columns: &[CellLines], widths: &[usize], lead: bool) {
    let height = columns.iter().map(Vec::len).max().unwrap_or(0);
    for n in 0..height {
        let mut at = 0;
        let mut spans = Vec::new();
        for (c, (column, width)) in columns.iter().zip(widths).enumerate() {
            if let Some((text, role)) = column.get(n).filter(|(text, _)| !text.is_empty()) {
                spans.push(Span {
                    is_first_field: lead && c == 0,
                    ..setter.span(at, text.clone(), *role)
                });
            }
            at += width + COLUMN_SPACING;
        }
        setter.line(spans);
    }
}

/// Sets a row field by field: a short first field and the next on one line, as a heading.
fn stacked_row(setter: &mut PageBuilder<'_>, row: &Row, gap: bool) {
    if gap {
        setter.blank_line();
    }
    let charset = setter.options.charset;
    let texts: Vec<(&str, String, Role)> = column_cells(row)
        .map(|cell| {
            let (text, role) = value_text(&cell.value, charset);
            (cell.label.as_str(), text, voice_role(row, role))
        })
        .collect();
    let first = setter.page.lines.len();
    let rest = match texts.as_slice() {
        [(_, code, role), (_, name, _), rest @ ..] if width(code) <= MAX_INLINE_WIDTH => {
            setter.paragraph(&format!("{code} {name}"), *role, 0);
            rest
        }
        [(_, name, role), rest @ ..] => {
            setter.paragraph(name, *role, 0);
            rest
        }
        [] => &[],
    };
    for line in &mut setter.page.lines[first..] {
        line.spans
            .iter_mut()
            .for_each(|span| span.is_first_field = true);
    }
    if let Some(standing) = row.standing {
        setter.paragraph(standing.label(), standing_role(standing), 1);
    }
    if differs(row) {
        setter.paragraph(DIFFERS, Role::Conflict, 1);
    }
    for (label, text, role) in rest {
        setter.paragraph(
            &format!("{}: {text}", charset.transliterate(label)),
            *role,
            1,
        );
    }
    editor_attribution(setter, row);
}

/// Returns the role of a field's text: what the editors say is told apart from the publication.
fn voice_role(row: &Row, role: Role) -> Role {
    if row.voice == Voice::Editor && role == Role::Text {
        Role::Editor
    } else {
        role
    }
}

/// Sets what an editor's row must show beside its fields: who says so.
fn editor_attribution(setter: &mut PageBuilder<'_>, row: &Row) {
    if row.voice == Voice::Editor
        && let Some(source) = &row.source
    {
        let words = attribution(setter.document, source);
        setter.paragraph(&words, Role::Source, 2);
    }
}
