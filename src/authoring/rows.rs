//! Adds the rows of a spreadsheet to a content file.

use std::collections::HashSet;

use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, TomlError, Value};

use crate::authoring::format::{header_tables, table_rank};
use crate::authoring::row_kind::RowKind;
use crate::codesets::{FORMULA_STARTS, SheetRow, SheetTable, normalize_column_name};
use crate::content::shared::SharedEntries;
use crate::content::toml::read::parse_document_with;
use crate::content::{
    AbsenceReason, Block, CODE_RELATIONS, CodeId, CodeSystem, DIAGNOSIS_RELATIONS, Document,
    Relation, Row, Standing, Subject, Unavailable,
};
use crate::diagnostics::Report;
use crate::diagnostics::wording::join_with_and;

/// A file with added rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedRows {
    pub text: String,
    /// How many rows were added.
    pub count: usize,
    /// The columns and rows that have no place in the file, with their lines.
    pub left_out: Vec<String>,
}

/// The entries and pages that a file may refer to.
#[derive(Clone, Copy)]
pub struct Folder<'a> {
    /// The sources and payers that its folder shares.
    pub shared: &'a SharedEntries,
    /// Returns true for a modifier that has a page.
    pub is_known: &'a dyn Fn(&CodeId) -> bool,
}

/// Adds the rows of a table to a file. Rows that the file has already, and rows that its loader would
/// refuse, are left out.
///
/// Fails if the file has errors already. Its name is used in messages only.
pub fn add_rows(
    name: &str,
    text: &str,
    (kind, sheet): (RowKind, &SheetTable),
    folder: Folder<'_>,
) -> Result<AddedRows, Report> {
    let document = parse_document_with(name, text.as_bytes(), folder.shared)?;
    let file: DocumentMut =
        text.trim_start_matches('\u{feff}')
            .parse()
            .map_err(|error: TomlError| {
                Report::whole_file(name, error.message(), "correct it first")
            })?;
    let mut adder = RowAdder::new(file, kind, &document, folder);
    let positions = adder.positions(sheet);
    // One message for all rows with the same mistake.
    let mut refused: Vec<(Vec<String>, String)> = Vec::new();
    for row in &sheet.rows {
        let Err(message) = adder.add(row, &positions) else {
            continue;
        };
        let line = row.line.to_string();
        match refused.iter_mut().find(|(_, other)| *other == message) {
            Some((lines, _)) => lines.push(line),
            None => refused.push((vec![line], message)),
        }
    }
    let refused = refused.iter().map(|(lines, message)| {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let word = if lines.len() == 1 { "line" } else { "lines" };
        format!("{word} {}: {message}", join_with_and(&lines))
    });
    Ok(AddedRows {
        count: adder.count,
        text: adder.file.to_string(),
        left_out: adder.left_out.into_iter().chain(refused).collect(),
    })
}

struct RowAdder<'d> {
    kind: RowKind,
    document: &'d Document,
    folder: Folder<'d>,
    file: DocumentMut,
    /// The file without rows and sections, for the check of a single row.
    frame: DocumentMut,
    /// The codes or payers that the file has.
    keys: HashSet<String>,
    count: usize,
    left_out: Vec<String>,
}

impl<'d> RowAdder<'d> {
    fn new(file: DocumentMut, kind: RowKind, document: &'d Document, folder: Folder<'d>) -> Self {
        let mut frame = file.clone();
        let tables: Vec<String> = frame.iter().map(|(name, _)| name.to_owned()).collect();
        for name in tables {
            if !["schema", "code", "document", "sources"].contains(&name.as_str()) {
                frame.remove(&name);
            }
        }
        let keys = document.rows().map(|(_, block, row)| row_key(block, row));
        Self {
            kind,
            document,
            folder,
            file,
            frame,
            keys: keys.collect(),
            count: 0,
            left_out: Vec::new(),
        }
    }

    /// Returns the column of each field. Reports columns without a field.
    fn positions(&mut self, sheet: &SheetTable) -> Vec<Option<usize>> {
        let columns = self.kind.columns();
        let mut positions = vec![None; columns.len()];
        for (at, name) in sheet.columns.iter().enumerate() {
            let key = normalize_column_name(name);
            let field = columns.iter().position(|column| column.is_named(&key));
            let number = at + 1;
            match field {
                Some(field) if positions[field].is_none() => positions[field] = Some(at),
                Some(field) => self.left_out.push(format!(
                    "column {number} `{name}`: another column is `{}` already",
                    columns[field].field
                )),
                None if sheet.rows.iter().any(|row| !cell(row, Some(at)).is_empty()) => {
                    let fields: Vec<&str> = columns.iter().map(|column| column.field).collect();
                    self.left_out.push(format!(
                        "column {number} `{name}`: no field of [[{}]] has this name; its fields are {}",
                        self.kind.table(),
                        fields.join(", ")
                    ));
                }
                None => {}
            }
        }
        positions
    }

    /// Adds a row, or returns why it cannot be added.
    fn add(&mut self, row: &SheetRow, positions: &[Option<usize>]) -> Result<(), String> {
        let mut texts: Vec<String> = positions.iter().map(|at| cell(row, *at)).collect();
        if texts.iter().all(String::is_empty) {
            return Err("no column with a field has a text".to_owned());
        }
        self.complete(&mut texts)?;
        let mut table = Table::new();
        for (column, text) in self.kind.columns().iter().zip(&texts) {
            if let Some(value) = self.value(column.field, text) {
                table.insert(column.field, Item::Value(value));
            }
        }
        let key = self.check(&table)?;
        if !self.keys.insert(key.clone()) {
            let name = key.split('/').next_back().unwrap_or_default();
            return Err(format!("the file has a row on {name} already"));
        }
        self.push(table);
        self.count += 1;
        Ok(())
    }

    fn field_index(&self, field: &str) -> Option<usize> {
        let mut columns = self.kind.columns().iter();
        columns.position(|column| column.field == field)
    }

    /// Fills in the fields that follow from others.
    fn complete(&self, texts: &mut [String]) -> Result<(), String> {
        let index = |field| self.field_index(field);
        match self.kind {
            RowKind::Payer => {
                if let (Some(id), Some(name)) = (index("id"), index("name"))
                    && texts[id].is_empty()
                {
                    let shared = self.shared_payer(&texts[name]);
                    texts[id] = shared.map_or_else(|| payer_id(&texts[name]), str::to_owned);
                    if shared.is_some() {
                        texts[name].clear();
                    }
                }
            }
            RowKind::Related => {
                if let (Some(system), Some(code)) = (index("system"), index("code")) {
                    texts[system] = related_system(&texts[system], &texts[code])?;
                }
            }
            RowKind::Modifier | RowKind::Diagnosis => {}
        }
        Ok(())
    }

    /// Returns the ID of the shared payer with a name.
    fn shared_payer(&self, name: &str) -> Option<&'d str> {
        let mut payers = self.folder.shared.entries().payers.iter();
        let payer = payers.find(|payer| {
            let mut names = payer.aliases.iter().chain([&payer.name, &payer.id]);
            names.any(|known| known.eq_ignore_ascii_case(name))
        });
        payer.map(|payer| payer.id.as_str())
    }

    /// Returns the value of a field; `None` for one that may be missing.
    fn value(&self, field: &str, text: &str) -> Option<Value> {
        if field == "source" {
            return self.sources(text);
        }
        let word = normalize_column_name(text);
        let keyword = match (self.kind, field) {
            (_, "standing") => Some(standing(text, &word)),
            (_, "system") => Some(system_id(text)),
            (RowKind::Diagnosis, "relation") => Some(match word.as_str() {
                "" => "mentioned".to_owned(),
                "YES" | "Y" => "covered".to_owned(),
                "NO" | "N" => "not_covered".to_owned(),
                _ => relation(text, &word, &DIAGNOSIS_RELATIONS),
            }),
            (RowKind::Related, "relation") => Some(match word.as_str() {
                "" => "see".to_owned(),
                _ => relation(text, &word, &CODE_RELATIONS),
            }),
            _ => None,
        };
        if let Some(keyword) = keyword {
            return (!keyword.is_empty()).then(|| keyword.into());
        }
        let is_absence = |reason: &AbsenceReason| Unavailable::new(*reason).text() == text;
        let stated = AbsenceReason::STATED.into_iter().find(is_absence);
        let is_required = matches!(field, "description" | "when" | "plan" | "policy" | "rate");
        match stated.or((text.is_empty() && is_required).then_some(AbsenceReason::SourceSilent)) {
            Some(reason) => {
                let mut absence = InlineTable::new();
                absence.insert("reason", reason.id().into());
                Some(Value::InlineTable(absence))
            }
            None => (!text.is_empty()).then(|| text.into()),
        }
    }

    /// Returns the sources that a cell names, separated by semicolons.
    fn sources(&self, text: &str) -> Option<Value> {
        let names: Vec<&str> = text.split(';').map(str::trim).collect();
        match names.as_slice() {
            [""] => None,
            [name] => Some(self.source(name).into()),
            names => Some(names.iter().map(|name| self.source(name)).collect()),
        }
    }

    /// Returns the id of the source that a text names by id or title, or else the text itself.
    fn source(&self, text: &str) -> String {
        let is_named = |name: &str| name.eq_ignore_ascii_case(text);
        let shared = &self.folder.shared.entries().sources;
        let mut sources = self.document.sources.iter().chain(shared);
        let known = sources.find(|source| {
            let names = [&source.id.0, &source.short, &source.title];
            names.into_iter().any(|name| is_named(name))
        });
        known.map_or_else(|| text.to_owned(), |source| source.id.0.clone())
    }

    /// Loads the row by itself, and returns its key, or else the first error.
    fn check(&self, table: &Table) -> Result<String, String> {
        let mut frame = self.frame.clone();
        let mut rows = ArrayOfTables::new();
        rows.push(table.clone());
        frame.insert(self.kind.table(), Item::ArrayOfTables(rows));
        match parse_document_with("", frame.to_string().as_bytes(), self.folder.shared) {
            Ok(document) => {
                let row = document.rows().next();
                if let Some((_, _, row)) = row
                    && let Subject::Code(code) = &row.subject
                    && code.system() == CodeSystem::Modifier
                    && !(self.folder.is_known)(code)
                {
                    return Err(format!("no document on modifier {}", code.value()));
                }
                Ok(row.map_or_else(String::new, |(_, block, row)| row_key(block, row)))
            }
            Err(report) => {
                let first = report.diagnostics.into_iter().next();
                Err(first.map_or_else(String::new, |error| match error.hint {
                    Some(hint) => format!("{}; {hint}", error.message),
                    None => error.message,
                }))
            }
        }
    }

    /// Adds a table after the last one of its kind, or else at its place in the canonical order.
    fn push(&mut self, mut table: Table) {
        let name = self.kind.table();
        let rank = table_rank(name);
        table.decor_mut().set_prefix("\n");
        if let Some(rows) = self
            .file
            .get_mut(name)
            .and_then(Item::as_array_of_tables_mut)
        {
            return rows.push(table);
        }
        let tables = header_tables(self.file.as_table());
        let before = tables.iter().filter(|it| table_rank(it.path[0]) <= rank);
        let position = before.map(|it| it.position).max();
        table.set_position(position);
        let mut rows = ArrayOfTables::new();
        rows.push(table);
        self.file.insert(name, Item::ArrayOfTables(rows));
    }
}

fn row_key(block: &Block, row: &Row) -> String {
    format!("{}/{}", block.id.0, row.key.0)
}

/// Returns a cell without the apostrophe that keeps a spreadsheet from running it as a formula.
fn cell(row: &SheetRow, position: Option<usize>) -> String {
    let text = position
        .and_then(|at| row.cells.get(at))
        .map_or("", String::as_str);
    match text.strip_prefix('\'') {
        Some(formula) if formula.starts_with(FORMULA_STARTS) => formula.to_owned(),
        _ => text.to_owned(),
    }
}

/// Makes the id of a payer from its name: `Blue Cross (FL)` becomes `blue-cross-fl`.
fn payer_id(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words
        .map(str::to_ascii_lowercase)
        .collect::<Vec<_>>()
        .join("-")
}

/// Returns the id of a system that is written as on screen or in a file.
fn system_id(text: &str) -> String {
    let word = normalize_column_name(text);
    let mut systems = CodeSystem::ALL.into_iter();
    let named = systems.find(|system| {
        [system.id(), system.name()]
            .iter()
            .any(|name| normalize_column_name(name) == word)
    });
    named.map_or_else(|| text.to_owned(), |system| system.id().to_owned())
}

/// Returns the id of the system that a cell names, or else of the only one that has such codes.
fn related_system(text: &str, code: &str) -> Result<String, String> {
    if !text.is_empty() {
        return Ok(system_id(text));
    }
    let mut candidates = CodeId::candidates(code);
    // A diagnosis is written with its dot where it looks like a procedure.
    let is_procedure = |code: &CodeId| code.system().takes_modifiers();
    if !code.contains('.') && candidates.iter().any(is_procedure) {
        candidates.retain(is_procedure);
    }
    match candidates.as_slice() {
        [code] => Ok(code.system().id().to_owned()),
        [] => Err(format!("`{code}` is not a code")),
        several => {
            let systems: Vec<&str> = several.iter().map(|code| code.system().id()).collect();
            Err(format!(
                "`{code}` is a code of {}; add a column `system`",
                systems.join(" and ")
            ))
        }
    }
}

/// Returns the keyword of a relation that is written as on screen or in a file.
fn relation(text: &str, word: &str, relations: &[Relation]) -> String {
    let is_named = |(id, label): &&Relation| {
        [id, label]
            .iter()
            .any(|name| normalize_column_name(name) == word)
    };
    let known = relations.iter().find(is_named);
    known.map_or(text, |(id, _)| *id).to_owned()
}

/// Returns the keyword of a standing that is written as on screen or in a file.
fn standing(text: &str, word: &str) -> String {
    let is_named = |standing: &Standing| {
        [standing.id(), standing.label()]
            .iter()
            .any(|name| normalize_column_name(name) == word)
    };
    match word {
        "CONDITIONAL" => Standing::Situational.id().to_owned(),
        "NOTAPPROPRIATE" => Standing::NotExpected.id().to_owned(),
        _ => {
            let known = Standing::ALL.iter().find(|it| is_named(it));
            known.map_or_else(|| text.to_owned(), |standing| standing.id().to_owned())
        }
    }
}
