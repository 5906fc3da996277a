//! The `sets` command: lists, compares and removes imported code sets.

use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use crate::cli::options::Options;
use crate::cli::output::{INVALID_INPUT, NOT_FOUND, print_error, print_output};
use crate::cli::setup;
use crate::codesets::{
    Change, FieldChange, ImportedSets, SetFile, SetHeader, SetRow, diff, field_changes,
    shown_fields,
};
use crate::diagnostics::did_you_mean;
use crate::text::Charset;

#[derive(Args, Debug)]
pub struct SetsArgs {
    #[command(subcommand)]
    action: Option<SetsCommand>,
    /// The output format.
    #[arg(long, value_enum, default_value_t, global = true)]
    format: SetsFormat,
}

impl SetsArgs {
    pub const fn is_removal(&self) -> bool {
        matches!(self.action, Some(SetsCommand::Remove { .. }))
    }
}

#[derive(Debug, Subcommand)]
enum SetsCommand {
    /// List the imported sets: edition, files, digests, rows, day of import, license terms.
    List,
    /// Remove a set.
    Remove {
        /// The set's name in the list: icd10cm-2025.
        set: String,
    },
    /// Print the rows that were added (+), removed (-) or changed (~) between two sets.
    Diff {
        /// The old set.
        old: String,
        /// The new set.
        new: String,
    },
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum SetsFormat {
    /// Text for people.
    #[default]
    Text,
    /// Stable JSON for programs.
    Json,
    /// A table for spreadsheets.
    Csv,
}

pub fn sets(options: &Options, arguments: &SetsArgs) -> anyhow::Result<ExitCode> {
    let store = setup::set_store(options).context("no home folder: set HOME")?;
    let charset = setup::charset(options.overrides());
    let sets = store.open_sets();
    match arguments.action.as_ref().unwrap_or(&SetsCommand::List) {
        SetsCommand::List => list(&sets, arguments.format),
        SetsCommand::Remove { set } => {
            let known = sets.find_by_name(set);
            let name = known.map_or(set.clone(), |set| set.header().name());
            if !store.remove(&name)? {
                return Ok(unknown_set(set, &sets));
            }
            let out = match arguments.format {
                SetsFormat::Text | SetsFormat::Csv => format!("{name} was removed\n"),
                SetsFormat::Json => format!("{}\n", json!({"schema": 1, "removed": name})),
            };
            print_output(out.as_bytes())
        }
        SetsCommand::Diff { old, new } => match (sets.find_by_name(old), sets.find_by_name(new)) {
            (Some(old), Some(new)) => print_diff(old, new, arguments.format, charset),
            (None, _) => Ok(unknown_set(old, &sets)),
            (_, None) => Ok(unknown_set(new, &sets)),
        },
    }
}

/// Reports an unknown set, with the names of known ones.
fn unknown_set(name: &str, sets: &ImportedSets) -> ExitCode {
    let known: Vec<String> = sets.all().iter().map(|set| set.header().name()).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let name = crate::text::sanitize(name);
    print_error(&match known.as_slice() {
        [] => format!("no set `{name}`: no sets were imported"),
        known => format!("no set `{name}`; {}", did_you_mean(&name, known)),
    });
    ExitCode::from(NOT_FOUND)
}

fn list(sets: &ImportedSets, format: SetsFormat) -> anyhow::Result<ExitCode> {
    for error in sets.damaged() {
        print_error(&error.to_string());
    }
    if !sets.damaged().is_empty() {
        print_error(
            "to import a file again: codeleaf import FILE; to remove a set: codeleaf sets remove SET",
        );
    }
    let headers = sets.all().iter().map(SetFile::header);
    let out = match format {
        SetsFormat::Text if sets.all().is_empty() => {
            "no code sets; codeleaf import FILE takes ICD-10-CM, HCPCS, CLFS, PFS, NUCC, NCCI and POS \
             files\n"
                .to_owned()
        }
        SetsFormat::Text => headers.map(header_text).collect(),
        SetsFormat::Csv => headers_csv(headers)?,
        SetsFormat::Json => {
            let damaged = sets.damaged().iter();
            let damaged: Vec<_> = damaged
                .map(|error| json!({"path": error.path.to_string_lossy(), "what": error.message}))
                .collect();
            let sets: Vec<_> = headers.map(header_json).collect();
            let out = json!({"schema": 1, "sets": sets, "damaged": damaged});
            format!("{out:#}\n")
        }
    };
    print_output(out.as_bytes())
}

fn headers_csv<'s>(headers: impl Iterator<Item = &'s SetHeader>) -> anyhow::Result<String> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["set", "title", "first_day", "rows", "imported", "files"])?;
    for header in headers {
        let first_day = header.first_day().map(|day| day.to_string());
        let files: Vec<&str> = header.files.iter().map(|file| file.name.as_str()).collect();
        table.write_record([
            &header.name(),
            &header.title(),
            &first_day.unwrap_or_default(),
            &header.rows.to_string(),
            &header.imported,
            &files.join(" "),
        ])?;
    }
    Ok(String::from_utf8(table.into_inner()?)?)
}

fn header_text(header: &SetHeader) -> String {
    let mut out = format!("{}  {}\n", header.name(), header.title());
    out += &format!(
        "  {}, imported {}, as of {}\n",
        header.row_count(),
        header.imported,
        header.as_of()
    );
    for file in &header.files {
        out += &format!("  {}  SHA-256 {}\n", file.name, file.sha256);
    }
    out + &format!("  {}\n", header.notice)
}

fn header_json(header: &SetHeader) -> serde_json::Value {
    let files = header.files.iter();
    let files =
        files.map(|file| json!({"name": file.name, "sha256": file.sha256, "size": file.size}));
    json!({
        "set": header.name(),
        "kind": header.kind.id(),
        "title": header.title(),
        "edition": header.edition.stated.then_some(&header.edition.name),
        "as_of": header.as_of(),
        "first_day": header.first_day().map(|day| day.to_string()),
        "rows": header.rows,
        "imported": header.imported,
        "files": files.collect::<Vec<_>>(),
        "notice": header.notice,
    })
}

fn print_diff(
    old: &SetFile,
    new: &SetFile,
    format: SetsFormat,
    charset: Charset,
) -> anyhow::Result<ExitCode> {
    let (from, to) = (old.header().name(), new.header().name());
    if old.header().kind != new.header().kind {
        print_error(&format!(
            "{from} and {to} are of different kinds, so they cannot be compared"
        ));
        return Ok(ExitCode::from(INVALID_INPUT));
    }
    let (mut added, mut removed, mut changed) = (0_u64, 0_u64, 0_u64);
    let mut lines = String::new();
    let mut values = Vec::new();
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["change", "key", "field", "old", "new"])?;
    for change in diff(old, new) {
        let change = match change {
            Ok(change) => change,
            Err(error) => {
                print_error(&error.to_string());
                return Ok(ExitCode::from(INVALID_INPUT));
            }
        };
        match change {
            Change::Added(_) => added += 1,
            Change::Removed(_) => removed += 1,
            Change::Changed { .. } => changed += 1,
        }
        match format {
            SetsFormat::Text => lines += &change_text(&change),
            SetsFormat::Json => values.push(change_json(&change)),
            SetsFormat::Csv => write_change(&mut table, &change)?,
        }
    }
    let out = match format {
        SetsFormat::Text => {
            format!("{from} to {to}: {added} added, {removed} removed, {changed} changed\n{lines}")
        }
        SetsFormat::Json => {
            let out = json!({
                "schema": 1,
                "old": from,
                "new": to,
                "added": added,
                "removed": removed,
                "changed": changed,
                "changes": values,
            });
            format!("{out:#}\n")
        }
        SetsFormat::Csv => String::from_utf8(table.into_inner()?)?,
    };
    print_output(charset.transliterate(&out).as_bytes())
}

/// A change on one line, or with a line for each field if several have changed.
fn change_text(change: &Change) -> String {
    match change {
        Change::Added(row) => format!("+ {}\n", row_line(row)),
        Change::Removed(row) => format!("- {}\n", row_line(row)),
        Change::Changed { old, new } => {
            let key = display_key(new);
            match field_changes(old, new).as_slice() {
                [FieldChange { old, new, .. }] => format!("~ {key}  {old} → {new}\n"),
                several => {
                    let lines = several.iter().map(|FieldChange { name, old, new }| {
                        format!("    {name}: {old} → {new}\n")
                    });
                    format!("~ {key}\n{}", lines.collect::<String>())
                }
            }
        }
    }
}

/// Writes a record for each field of an added or removed row, or for each changed field.
fn write_change(table: &mut csv::Writer<Vec<u8>>, change: &Change) -> csv::Result<()> {
    let (name, row) = match change {
        Change::Added(row) => ("added", row),
        Change::Removed(row) => ("removed", row),
        Change::Changed { old, new } => {
            for FieldChange {
                name,
                old,
                new: text,
            } in field_changes(old, new)
            {
                table.write_record(["changed", &new.key(), name, &old, &text])?;
            }
            return Ok(());
        }
    };
    for (field, text) in shown_fields(row).into_iter().skip(1) {
        let (old, new) = if name == "added" {
            ("", &*text)
        } else {
            (&*text, "")
        };
        if !text.is_empty() {
            table.write_record([name, &row.key(), field, old, new])?;
        }
    }
    Ok(())
}

/// A row on one line: its key, and its fields except the code and repeated texts.
fn row_line(row: &SetRow) -> String {
    let fields = shown_fields(row);
    let mut shown: Vec<String> = Vec::new();
    for (index, (name, text)) in fields.iter().enumerate().skip(1) {
        let is_repeated = fields
            .iter()
            .skip(index + 1)
            .any(|(_, other)| other == text);
        if !text.is_empty() && !is_repeated {
            shown.push(format!("{name} {text}"));
        }
    }
    format!("{}  {}", display_key(row), shown.join("; "))
}

fn display_key(row: &SetRow) -> String {
    row.key().replace('>', " > ").replace('@', " of ")
}

fn change_json(change: &Change) -> serde_json::Value {
    let row = |row: &SetRow| {
        let fields = row.fields().into_iter();
        let fields = fields.map(|(name, text)| (name.to_owned(), text.into()));
        serde_json::Value::Object(fields.collect())
    };
    match change {
        Change::Added(new) => json!({"change": "added", "key": new.key(), "new": row(new)}),
        Change::Removed(old) => json!({"change": "removed", "key": old.key(), "old": row(old)}),
        Change::Changed { old, new } => {
            json!({"change": "changed", "key": new.key(), "old": row(old), "new": row(new)})
        }
    }
}
