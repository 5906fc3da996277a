//! The `rows` command: adds the rows of a spreadsheet to a content file.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use similar::TextDiff;

use crate::authoring::{AddedRows, Folder, RowKind, add_rows};
use crate::check::{CheckFormat, CheckRequest, check};
use crate::cli::output::{CommandOutput, INVALID_INPUT, print_error, print_output};
use crate::codesets::SheetTable;
use crate::content::toml::read::shared_entries_beside;
use crate::content::{CodeId, Date, MAX_BYTES};
use crate::diagnostics::Level;
use crate::diagnostics::wording::count;
use crate::files;
use crate::library::Library;
use crate::text::sanitize;

#[derive(Args, Debug)]
pub struct RowsArgs {
    /// The spreadsheet: a CSV or XLSX file whose first row has the column names.
    #[arg(value_name = "FILE.csv | FILE.xlsx")]
    sheet: PathBuf,
    /// The kind of the rows: modifier, payer, diagnosis or related.
    #[arg(long = "as", value_name = "KIND", value_parser = kind_parser())]
    kind: RowKind,
    /// The content file.
    #[arg(long, value_name = "FILE.toml")]
    into: PathBuf,
    /// Write without asking.
    #[arg(long)]
    yes: bool,
}

/// Parses the name of a [`RowKind`].
pub fn kind_parser() -> impl TypedValueParser<Value = RowKind> {
    PossibleValuesParser::new(RowKind::ALL.map(RowKind::table)).map(|name| {
        let mut kinds = RowKind::ALL.into_iter();
        let kind = kinds.find(|kind| kind.table() == name);
        kind.unwrap_or(RowKind::Modifier)
    })
}

/// Opens the first table of a spreadsheet. If no kind is given, detects it from the columns.
pub fn open_sheet(path: &Path, kind: Option<RowKind>) -> Result<(RowKind, SheetTable), String> {
    let is_known = |key: &str| match kind {
        Some(kind) => kind.has_column(key),
        None => RowKind::ALL.iter().any(|kind| kind.has_column(key)),
    };
    let sheet = SheetTable::open(path, &is_known).map_err(|error| error.to_string())?;
    Ok((kind.unwrap_or_else(|| RowKind::of_table(&sheet)), sheet))
}

/// Shows the added rows as a diff, writes them if the user agrees, and checks the file.
pub fn rows(
    arguments: &RowsArgs,
    library: &Library,
    today: Option<Date>,
) -> anyhow::Result<ExitCode> {
    let (text, added) = match read(arguments, library) {
        Ok(read) => read,
        Err(message) => return CommandOutput::error(message, INVALID_INPUT).print(),
    };
    let name = sanitize(&arguments.into.display().to_string()).into_owned();
    print_error(&left_out(&arguments.sheet, &added));
    if added.count == 0 {
        return CommandOutput::error(format!("{name}: no rows to add"), INVALID_INPUT).print();
    }
    let diff = TextDiff::from_lines(&text, &added.text);
    let diff = diff.unified_diff().header(&name, &name).to_string();
    for line in diff.lines() {
        print_output(format!("{}\n", sanitize(line)).as_bytes())?;
    }
    let rows = count(added.count, "row");
    if !arguments.yes {
        if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
            print_error(&format!("{name}: not written; --yes adds {rows}"));
            return Ok(ExitCode::SUCCESS);
        }
        if !confirm(&format!("Add {rows} to {name}? [y/N] "))? {
            print_error(&format!("{name}: not written"));
            return Ok(ExitCode::SUCCESS);
        }
    }
    files::replace(&arguments.into, added.text.as_bytes())?;
    print_output(format!("{name}: {rows} added\n").as_bytes())?;
    let report = check(CheckRequest {
        paths: std::slice::from_ref(&arguments.into),
        sets: library.sets(),
        is_in_library: &|code| library.contains(code),
        today,
    });
    let [out, err] = report.format(CheckFormat::Text);
    let status = match report.count(Level::Error) {
        0 => 0,
        _ => INVALID_INPUT,
    };
    CommandOutput { out, err, status }.print()
}

/// Returns the columns and rows of a spreadsheet that were not added, one per line.
pub fn left_out(sheet: &Path, added: &AddedRows) -> String {
    let lines = added.left_out.iter();
    let lines = lines.map(|line| format!("not added: {}: {line}", sheet.display()));
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns the text of the content file, and the text with the rows.
fn read(arguments: &RowsArgs, library: &Library) -> Result<(String, AddedRows), String> {
    let (kind, sheet) = open_sheet(&arguments.sheet, Some(arguments.kind))?;
    let path = &arguments.into;
    let name = sanitize(&path.display().to_string()).into_owned();
    let text = files::read_text(path, MAX_BYTES).map_err(|error| format!("{name}: {error}"))?;
    let is_known = |code: &CodeId| library.contains(code);
    let shared = shared_entries_beside(path);
    let folder = Folder {
        shared: &shared,
        is_known: &is_known,
    };
    let added = add_rows(&name, &text, (kind, &sheet), folder);
    let added = added.map_err(|report| report.to_string())?;
    Ok((text, added))
}

fn confirm(question: &str) -> anyhow::Result<bool> {
    print_output(question.as_bytes())?;
    io::stdout().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("y") || answer.trim().eq_ignore_ascii_case("yes"))
}
