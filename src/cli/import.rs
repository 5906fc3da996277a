//! The `import` command: imports public code-set files into the user's store.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;

use crate::cli::options::Options;
use crate::cli::output::{INVALID_INPUT, print_error, print_output};
use crate::cli::setup;
use crate::codesets::{
    Edition, ImportError, ImportGroup, ImportOutcome, ImportProgress, ImportRequest, SetKind,
    open_groups,
};

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
    let store = setup::set_store(options).context("no home folder: set HOME or XDG_DATA_HOME")?;
    let today = setup::today().context("the system clock is outside the supported years")?;
    let mut status = ExitCode::SUCCESS;
    for group in &plan.groups {
        let request = ImportRequest {
            edition: plan.edition.clone(),
            replace: arguments.replace,
            today,
        };
        let mut bar = ProgressBar::start();
        let outcome = store.import(group, &request, &mut |progress| bar.show(progress));
        bar.clear();
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

/// The minimum time between two updates of the progress bar.
const REDRAW_INTERVAL: Duration = Duration::from_millis(100);

/// The width of the progress bar, in characters.
const BAR_WIDTH: u64 = 24;

/// A progress bar on standard error, if that is a terminal.
struct ProgressBar {
    is_shown: bool,
    started: Instant,
    last_drawn: Option<Instant>,
    /// The length of the line on screen.
    length: usize,
}

impl ProgressBar {
    fn start() -> Self {
        Self {
            is_shown: io::stderr().is_terminal(),
            started: Instant::now(),
            last_drawn: None,
            length: 0,
        }
    }

    fn show(&mut self, progress: ImportProgress) {
        let now = Instant::now();
        let is_early = |drawn| now - drawn < REDRAW_INTERVAL;
        if !self.is_shown || self.last_drawn.is_some_and(is_early) {
            return;
        }
        self.last_drawn = Some(now);
        let line = progress_line(progress, now - self.started);
        // Spaces overwrite the rest of a longer line.
        let _ = write!(io::stderr(), "\r{line:<width$}", width = self.length);
        self.length = line.len();
    }

    fn clear(&mut self) {
        if self.length > 0 {
            let _ = write!(io::stderr(), "\r{:width$}\r", "", width = self.length);
            self.length = 0;
        }
    }
}

/// The text of the progress bar: `[######------] 52000 rows, 3 s left`.
fn progress_line(progress: ImportProgress, elapsed: Duration) -> String {
    let ImportProgress { bytes, total, rows } = progress;
    let filled = (BAR_WIDTH * bytes.min(total)).checked_div(total);
    let filled = filled.unwrap_or(0);
    let bar: String = (0..BAR_WIDTH)
        .map(|step| if step < filled { '#' } else { '-' })
        .collect();
    let left = total.saturating_sub(bytes);
    let seconds = u128::from(left) * elapsed.as_millis() / u128::from(bytes.max(1)) / 1000;
    if left == 0 {
        format!("[{bar}] {rows} rows, writing")
    } else {
        format!("[{bar}] {rows} rows, {} s left", seconds + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_line_shows_rows_and_time_left() {
        let progress = ImportProgress {
            bytes: 50,
            total: 100,
            rows: 7,
        };
        assert_eq!(
            progress_line(progress, Duration::from_secs(3)),
            "[############------------] 7 rows, 4 s left"
        );
    }
}
