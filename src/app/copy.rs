//! The texts that can be copied from a document: unwrapped, with tabs between fields.

use crate::app::document_view::DocumentView;
use crate::content::labels::{NO_SOURCE, conflict_after_source};
use crate::content::{Block, Document, Row, SHORT_CPT_NOTICE, Source, Subject, Value, Visibility};

/// What is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyFormat {
    Code,
    CodeAndTitle,
    /// The fields of each row, separated by tabs.
    Row,
    /// Each row with its standing, source and date, and the remarks on it.
    CitedRow,
    TableAsTsv,
    TableAsMarkdown,
    /// The addresses of the sources of each row.
    Links,
}

impl CopyFormat {
    /// Links are last, so that a menu without them is the beginning of this list.
    pub const ALL: [Self; 7] = [
        Self::Code,
        Self::CodeAndTitle,
        Self::Row,
        Self::CitedRow,
        Self::TableAsTsv,
        Self::TableAsMarkdown,
        Self::Links,
    ];
}

/// The text of the marked rows or else of the selected row, or of the table that it is in, with the
/// notice of the AMA if it may have CPT content. A code alone has none, because it goes into a claim.
/// `None` if no row is selected.
pub(crate) fn copy_text(view: &DocumentView, format: CopyFormat) -> Option<String> {
    let document = view.document();
    let marked = view.marks();
    let rows = selected_rows(view);
    if rows.is_empty() {
        return None;
    }
    let mut lines: Vec<String> = match format {
        CopyFormat::Code => rows
            .iter()
            .map(|(_, row)| row_code(document, row))
            .collect(),
        CopyFormat::CodeAndTitle => rows
            .iter()
            .map(|(_, row)| code_and_title(document, row))
            .collect(),
        CopyFormat::Row => rows.iter().map(|(_, row)| fields(row).join("\t")).collect(),
        CopyFormat::CitedRow => rows
            .iter()
            .map(|(_, row)| cited_row(document, row))
            .collect(),
        CopyFormat::Links => links(view),
        CopyFormat::TableAsTsv | CopyFormat::TableAsMarkdown => {
            let (block, _) = rows.first()?;
            let is_marked = |row: &&Row| marked.is_empty() || rows.iter().any(|(_, it)| it == row);
            let rows: Vec<&Row> = block.rows.iter().filter(is_marked).collect();
            table(&rows, format)
        }
    };
    let has_cpt_content = document.code.system().needs_short_cpt_notice();
    match format {
        _ if !has_cpt_content => {}
        CopyFormat::Code | CopyFormat::Links => {}
        // A table ends at an empty line.
        CopyFormat::TableAsMarkdown => {
            lines.extend([String::new(), SHORT_CPT_NOTICE.to_owned()]);
        }
        _ => lines.push(SHORT_CPT_NOTICE.to_owned()),
    }
    Some(lines.join("\n"))
}

/// Returns the marked rows, or else the selected one, with their blocks.
fn selected_rows(view: &DocumentView) -> Vec<(&Block, &Row)> {
    let marked = view.marks();
    let selected = view.row_path().filter(|_| marked.is_empty());
    let rows = marked.iter().chain(selected);
    let rows = rows.filter_map(|path| view.document().row(path));
    rows.map(|(_, block, row)| (block, row)).collect()
}

/// Returns the addresses of the sources of the rows that are copied.
pub(crate) fn links(view: &DocumentView) -> Vec<String> {
    let mut links = Vec::new();
    for (_, row) in selected_rows(view) {
        let sources = row.sources().filter_map(|id| view.document().source(id));
        for link in sources.filter_map(Source::link) {
            if !links.iter().any(|known| known == link) {
                links.push(link.to_owned());
            }
        }
    }
    links
}

/// The code of a row about a code, or the document's code with the row's modifier.
fn row_code(document: &Document, row: &Row) -> String {
    let code = document.code.value();
    match &row.subject {
        Subject::Code(code) => code.value().to_owned(),
        Subject::Modifier(modifier) | Subject::PayerRule(modifier) => format!("{code}-{modifier}"),
        Subject::Text | Subject::Payer | Subject::Place | Subject::Absence => code.to_owned(),
    }
}

/// The code of a row, and its name or else the document's title.
fn code_and_title(document: &Document, row: &Row) -> String {
    let title = match row.subject {
        Subject::Code(_) | Subject::Modifier(_) | Subject::PayerRule(_) => {
            fields(row).into_iter().nth(1).unwrap_or_default()
        }
        _ => document.title.clone(),
    };
    format!("{} {title}", row_code(document, row))
        .trim_end()
        .to_owned()
}

fn fields(row: &Row) -> Vec<String> {
    let fields = row.cells.iter().map(|cell| match &cell.value {
        Value::Text(text) => text.clone(),
        Value::Unavailable(absent) => match &absent.stated {
            Some(stated) => format!("{} (“{stated}”)", absent.text()),
            None => absent.text(),
        },
    });
    fields.collect()
}

fn cited_row(document: &Document, row: &Row) -> String {
    let mut lines = vec![fields(row).join("\t")];
    lines.extend(row.standing.map(|standing| standing.label().to_owned()));
    lines.push(citation_line(document, row));
    lines.extend(row.remarks.iter().map(|remark| {
        let source = document.source(&remark.source);
        let source = source.map_or(String::new(), Source::citation);
        format!("{} · {source}", remark.text)
    }));
    lines.join("\n")
}

/// Labels and rows. Rows without a field of the first row's labels have a blank there.
fn table(rows: &[&Row], format: CopyFormat) -> Vec<String> {
    let mut labels: Vec<&str> = Vec::new();
    for cell in rows.iter().flat_map(|row| &row.cells) {
        if cell.visibility == Visibility::Column && !labels.contains(&&*cell.label) {
            labels.push(&cell.label);
        }
    }
    let cells = |row: &&Row| {
        let fields = fields(row);
        let value = |label: &&str| {
            let position = row.cells.iter().position(|cell| cell.label == *label);
            position.map_or(String::new(), |position| fields[position].clone())
        };
        labels.iter().map(value).collect::<Vec<_>>()
    };
    let header = labels
        .iter()
        .map(|label| (*label).to_owned())
        .collect::<Vec<_>>();
    let lines = std::iter::once(header).chain(rows.iter().map(cells));
    if format == CopyFormat::TableAsTsv {
        return lines.map(|cells| cells.join("\t")).collect();
    }
    let escaped = lines.map(|cells| {
        let cells = cells.iter().map(|cell| cell.replace('|', "\\|"));
        format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
    });
    let mut lines: Vec<String> = escaped.collect();
    lines.insert(1, format!("|{}", " --- |".repeat(labels.len())));
    lines
}

/// A line such as `CPT 83950-26 · CPT 83950: … (publication), no date · conflicts with: …`.
fn citation_line(document: &Document, row: &Row) -> String {
    let code = document.code.value();
    let system = document.code.system();
    let mut line = match &row.subject {
        Subject::Modifier(modifier) | Subject::PayerRule(modifier) => {
            format!("{system} {code}-{modifier}")
        }
        Subject::Text | Subject::Payer | Subject::Place | Subject::Code(_) | Subject::Absence => {
            format!("{system} {code}")
        }
    };
    let source_text = |id| document.source(id).map(Source::citation);
    let stated_by: Vec<String> = row.stated_by().filter_map(source_text).collect();
    if stated_by.is_empty() {
        line += &format!(" · {NO_SOURCE}");
    }
    for source in stated_by {
        line += &format!(" · {source}");
    }
    for source in row.disputed_by.iter().filter_map(source_text) {
        line += &conflict_after_source(source);
    }
    line
}
