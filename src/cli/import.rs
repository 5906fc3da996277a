//! Answers `import`: public code-set files into the user's store.

use std::io;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use clap::Args;

use crate::cli::output::{INVALID_INPUT, print_error, print_output};
use crate::cli::setup;
use crate::codesets;
use crate::codesets::{Edition, ImportOutcome, ImportProgress, ImportRequest, SetKind};
use crate::content::Date;

/// What `import` takes.
#[derive(Args, Debug)]
pub struct ImportArgs {
    /// The kind, if it is not to be guessed from the content (icd10cm, hcpcs, clfs, nucc,
    /// ncci-mue, ncci-ptp, pos), then the files.
    #[arg(required = true, value_name = "[KIND] FILE")]
    words: Vec<PathBuf>,
    /// What to call the edition, where the file states none or another is meant: 2026, 2026-q1.
    #[arg(long, value_name = "NAME")]
    edition: Option<String>,
}

/// Imports files.
pub fn import(arguments: &ImportArgs) -> anyhow::Result<ExitCode> {
    let (kind, files) = match split_kind(&arguments.words) {
        Ok(words) => words,
        Err(words) => return Ok(input_error(&words)),
    };
    let edition = match arguments
        .edition
        .as_deref()
        .map(Edition::from_name)
        .transpose()
    {
        Ok(edition) => edition,
        Err(error) => return Ok(input_error(&error.to_string())),
    };
    let groups = match group_files(kind, files) {
        Ok(groups) => groups,
        Err(error) => return Ok(input_error(&format!("{error}\nnothing was imported"))),
    };
    let store = setup::set_store().context("no home folder: set HOME or XDG_DATA_HOME")?;
    let today = today().context("the clock shows no date of the Gregorian calendar")?;
    let mut status = ExitCode::SUCCESS;
    for files in &groups {
        let import = ImportRequest {
            kind,
            files,
            edition: edition.clone(),
            today,
        };
        let mut bar = ProgressBar::start();
        let imported = store.import(&import, &mut |progress| bar.show(progress));
        bar.clear();
        match imported {
            Ok(imported) => {
                print_output(summary(&imported).as_bytes())?;
            }
            Err(error) => {
                print_error(&format!("{error}\nthe store is unchanged"));
                status = ExitCode::from(INVALID_INPUT);
            }
        }
    }
    Ok(status)
}

fn input_error(words: &str) -> ExitCode {
    print_error(words);
    ExitCode::from(INVALID_INPUT)
}

/// Tells the kind, where one is named, from the files.
fn split_kind(words: &[PathBuf]) -> Result<(Option<SetKind>, &[PathBuf]), String> {
    let Some((first, rest)) = words.split_first() else {
        return Ok((None, words));
    };
    let named = first.to_str().map(str::parse::<SetKind>);
    match named {
        Some(Ok(_)) if rest.is_empty() => Err(format!(
            "name a file as well: codeleaf import {} FILE",
            first.display()
        )),
        Some(Ok(kind)) => Ok((Some(kind), rest)),
        // A first word that is no file and looks like none was meant to be a kind.
        Some(Err(error)) if !rest.is_empty() && !first.exists() && first.extension().is_none() => {
            Err(error.to_string())
        }
        _ => Ok((None, words)),
    }
}

/// Puts the files of one edition together: NCCI's pairs come in several files, others in one.
fn group_files(
    kind: Option<SetKind>,
    files: &[PathBuf],
) -> Result<Vec<Vec<PathBuf>>, codesets::ImportError> {
    let mut groups: Vec<Vec<PathBuf>> = Vec::new();
    let mut pairs = Vec::new();
    for file in files {
        let kind = match kind {
            Some(kind) => kind,
            None => codesets::detect_kind(file)?,
        };
        if kind == SetKind::NcciPtp {
            pairs.push(file.clone());
        } else {
            groups.push(vec![file.clone()]);
        }
    }
    if !pairs.is_empty() {
        groups.push(pairs);
    }
    Ok(groups)
}

fn summary(imported: &ImportOutcome) -> String {
    let header = &imported.header;
    let mut out = format!(
        "{}: {}, {} rows\n",
        header.name(),
        header.title(),
        header.rows
    );
    for file in &header.files {
        out += &format!("  from {}, SHA-256 {}\n", file.name, file.sha256);
    }
    if let Some(old) = &imported.replaced {
        out += &format!(
            "  replaces the import of {}, {} rows\n",
            old.imported, old.rows
        );
    }
    for note in &imported.notes {
        out += &format!("  note: {note}\n");
    }
    out + &format!("  {}\n", header.notice)
}

/// Returns the day, in UTC.
fn today() -> Option<Date> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    Date::from_days_since_1970(seconds / 86_400)
}

/// How often the bar is drawn anew.
const REDRAW_INTERVAL: Duration = Duration::from_millis(100);
/// How wide it is, in characters.
const BAR_WIDTH: u64 = 24;

/// A line on the terminal that says how far an import has come; nothing elsewhere.
struct ProgressBar {
    is_shown: bool,
    started: Instant,
    drawn: Option<Instant>,
    length: usize,
}

impl ProgressBar {
    fn start() -> Self {
        Self {
            is_shown: io::stderr().is_terminal(),
            started: Instant::now(),
            drawn: None,
            length: 0,
        }
    }

    fn show(&mut self, progress: ImportProgress) {
        let now = Instant::now();
        let is_early = self
            .drawn
            .is_some_and(|drawn| now - drawn < REDRAW_INTERVAL);
        if !self.is_shown || is_early {
            return;
        }
        self.drawn = Some(now);
        let line = progress_line(progress, now - self.started);
        // What was longer before is covered by spaces.
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

/// Returns what the bar says: `[######------] 52000 rows, 3 s left`.
fn progress_line(progress: ImportProgress, passed: Duration) -> String {
    let ImportProgress { bytes, total, rows } = progress;
    let full = (BAR_WIDTH * bytes.min(total))
        .checked_div(total)
        .unwrap_or(0);
    let bar: String = (0..BAR_WIDTH)
        .map(|at| if at < full { '#' } else { '-' })
        .collect();
    let left = total.saturating_sub(bytes);
    let seconds = u128::from(left) * passed.as_millis() / u128::from(bytes.max(1)) / 1000;
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
