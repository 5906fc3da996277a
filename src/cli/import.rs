//! The `import` command: imports public code-set files into the user's store.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use clap::Args;

use crate::cli::options::Options;
use crate::cli::output::{INVALID_INPUT, print_error, print_output};
use crate::cli::progress_bar::ProgressBar;
use crate::cli::setup;
use crate::codesets::{
    Edition, ImportError, ImportGroup, ImportOutcome, ImportProgress, ImportRequest, SetKind,
    open_groups,
};
use crate::library::Progress;

#[derive(Args, Debug)]
pub struct ImportArgs {
    /// The files. A kind before them (icd10cm, icd10cm-tabular, hcpcs, clfs, pfs, nucc,
    /// ncci-mue, ncci-ptp, pos) overrides detection from their content.
    #[arg(required = true, value_name = "[KIND] FILE")]
    words: Vec<PathBuf>,
    /// The name of the edition, if the file states none or the wrong one: 2026, 2026-q1.
    #[arg(long, value_name = "NAME")]
    edition: Option<String>,
    /// Replace a set of the same edition that was imported from another file.
    #[arg(long)]
    replace: bool,
}

/// The imports that the arguments request.
struct ImportPlan {
    edition: Option<Edition>,
    groups: Vec<ImportGroup>,
}

impl ImportPlan {
    fn new(arguments: &ImportArgs) -> Result<Self, String> {
        let (kind, files) = split_kind(&arguments.words)?;
        let edition = arguments.edition.as_deref().map(Edition::from_name);
        Ok(Self {
            edition: edition.transpose().map_err(|error| error.to_string())?,
            groups: open_groups(kind, files)
                .map_err(|error| format!("{}\nnothing was imported", import_error(&error)))?,
        })
    }
}

pub fn import(options: &Options, arguments: &ImportArgs) -> anyhow::Result<ExitCode> {
    let plan = match ImportPlan::new(arguments) {
        Ok(plan) => plan,
        Err(message) => {
            print_error(&message);
            return Ok(ExitCode::from(INVALID_INPUT));
        }
    };
    let store = setup::set_store(options).context("no home folder: set HOME")?;
    let today = setup::today().context("the system clock is outside the supported years")?;
    let mut status = ExitCode::SUCCESS;
    for group in &plan.groups {
        let request = ImportRequest {
            edition: plan.edition.clone(),
            replace: arguments.replace,
            today,
        };
        let bar = ProgressBar::new("Importing").removed_by_signals()?;
        let started = Instant::now();
        let outcome = store.import(
            group,
            &request,
            &mut |ImportProgress { bytes, total, .. }| {
                bar.show(Progress {
                    done: bytes / 1000,
                    total: total / 1000,
                    unit: "KB",
                    elapsed: started.elapsed(),
                });
            },
        );
        drop(bar);
        match outcome {
            Ok(outcome) => drop(print_output(summary(&outcome).as_bytes())?),
            Err(error) => {
                print_error(&format!("{}\nthe store is unchanged", import_error(&error)));
                status = ExitCode::from(INVALID_INPUT);
            }
        }
    }
    Ok(status)
}

/// The message of an error, with a hint in terms of the command line.
fn import_error(error: &ImportError) -> String {
    match error {
        ImportError::UnknownKind { .. } => {
            format!("{error}; name the kind to learn why: codeleaf import KIND FILE")
        }
        ImportError::WrongKind { detected, .. } => {
            format!("{error}; leave the kind out, or write {detected}")
        }
        ImportError::MixedEditions(_) => {
            format!("{error}; import each by itself, or give all one name with --edition")
        }
        ImportError::WouldReplace { .. } => format!(
            "{error}; give it a name of its own with --edition NAME, or replace the set with --replace"
        ),
        ImportError::Read { .. }
        | ImportError::Archive { .. }
        | ImportError::NotImported { .. }
        | ImportError::Parse { .. }
        | ImportError::Store { .. } => error.to_string(),
    }
}

/// Splits the arguments into the kind, if the first one names it, and the files.
fn split_kind(words: &[PathBuf]) -> Result<(Option<SetKind>, &[PathBuf]), String> {
    let Some((first, rest)) = words.split_first() else {
        return Ok((None, words));
    };
    match first.to_str().map(str::parse::<SetKind>) {
        Some(Ok(_)) if rest.is_empty() => Err(format!(
            "name a file as well: codeleaf import {} FILE",
            first.display()
        )),
        Some(Ok(kind)) => Ok((Some(kind), rest)),
        // Neither a file nor named like one: a misspelled kind.
        Some(Err(error)) if !rest.is_empty() && !first.exists() && first.extension().is_none() => {
            Err(error.to_string())
        }
        _ => Ok((None, words)),
    }
}

fn summary(outcome: &ImportOutcome) -> String {
    let header = &outcome.header;
    let mut out = format!(
        "{}: {}, {}\n",
        header.name(),
        header.title(),
        header.row_count()
    );
    for file in &header.files {
        out += &format!("  from {}, SHA-256 {}\n", file.name, file.sha256);
    }
    if let Some(old) = &outcome.replaced {
        out += &format!(
            "  replaces the import of {}, {}\n",
            old.imported,
            old.row_count()
        );
    }
    for note in &outcome.notes {
        out += &format!("  note: {note}\n");
    }
    if !header.edition.stated {
        out += "  note: neither the file nor its name states an edition; --edition names it\n";
    }
    out + &format!("  {}\n", header.notice)
}
