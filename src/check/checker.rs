//! Runs the checks: reads and checks every file in parallel, then compares the files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::check::checks_of_codes::{check_codes, codes_of};
use crate::check::checks_of_document::{check_document, check_entries};
use crate::check::checks_of_files::{FactsOfFile, FileFacts, check_files};
use crate::check::checks_of_rates::check_rates;
use crate::check::rules::SETS_NOT_IMPORTED;
use crate::check::set_lookup::SetLookup;
use crate::codesets::{ImportedSets, SetKind};
use crate::content::shared::{SharedEntries, is_shared_file};
use crate::content::toml::read::{decode, folder_of, parse_entries, parse_file, read_bytes};
use crate::content::{CodeId, Date};
use crate::diagnostics::diagnostic::{Diagnostics, Finding};
use crate::diagnostics::wording::{count, join_with_and};
use crate::diagnostics::{Level, Report};
use crate::library::catalog_record::FILES_PER_TASK;
use crate::library::parallel::{parallel_map_ordered, thread_count};
use crate::library::scan::{content_files, entries_by_folder};

/// The input of [`check`].
#[derive(Clone, Copy)]
pub struct CheckRequest<'a> {
    /// Files, and folders of files.
    pub paths: &'a [PathBuf],
    pub sets: &'a ImportedSets,
    /// Returns true for a code in the library. It is called only for modifiers that a file names and
    /// no file describes, so the library need not be open before.
    pub is_in_library: &'a (dyn Fn(&CodeId) -> bool + Sync),
    /// Without it, no date is in the future, and no review is overdue.
    pub today: Option<Date>,
}

#[derive(Debug)]
pub struct CheckReport {
    /// In the order of the paths; those of a folder by name.
    pub files: Vec<FileReport>,
    /// The finding that is not about one file.
    pub general: Option<Report>,
}

/// The result for one file.
#[derive(Debug)]
pub struct FileReport {
    pub path: PathBuf,
    /// The code and the title of a document, or the number of shared entries; `None` if the file
    /// cannot be read.
    pub summary: Option<String>,
    /// The findings, if there are any.
    pub report: Option<Report>,
}

impl CheckReport {
    pub fn reports(&self) -> impl Iterator<Item = &Report> {
        let of_files = self.files.iter().filter_map(|file| file.report.as_ref());
        of_files.chain(&self.general)
    }

    pub fn count(&self, level: Level) -> usize {
        self.reports().map(|report| report.count(level)).sum()
    }
}

/// A file that has been read and checked by itself.
struct CheckedFile {
    path: PathBuf,
    outcome: Result<ReadFile, Report>,
}

/// A file without errors, and the findings in it.
struct ReadFile {
    summary: String,
    facts: FileFacts,
    findings: Vec<Finding>,
}

/// Checks files. A path that is not a folder is a file.
pub fn check(request: CheckRequest<'_>) -> CheckReport {
    let paths = content_files(request.paths);
    let (mut files, missing) = check_each(&paths, request);
    let readable = files.iter().enumerate().filter_map(|(number, file)| {
        let facts = &file.outcome.as_ref().ok()?.facts;
        Some(FactsOfFile {
            number,
            path: &file.path,
            facts,
        })
    });
    let readable: Vec<FactsOfFile<'_>> = readable.collect();
    for (number, finding) in check_files(&readable, request.is_in_library) {
        if let Ok(document) = &mut files[number].outcome {
            document.findings.push(finding);
        }
    }
    let reports = report_each(&files);
    let files = files.into_iter().zip(reports);
    let files = files.map(|(CheckedFile { path, outcome }, report)| {
        let (summary, report) = match outcome {
            Ok(file) => (Some(file.summary), report),
            Err(report) => (None, Some(report)),
        };
        FileReport {
            path,
            summary,
            report,
        }
    });
    CheckReport {
        files: files.collect(),
        general: (!missing.is_empty()).then(|| missing_sets(&missing)),
    }
}

/// Checks each file by itself. Also returns the kinds of sets that were needed but are not imported.
fn check_each(
    paths: &[PathBuf],
    request: CheckRequest<'_>,
) -> (Vec<CheckedFile>, BTreeSet<SetKind>) {
    let batches: Vec<&[PathBuf]> = paths.chunks(FILES_PER_TASK).collect();
    let mut files = Vec::with_capacity(paths.len());
    let shared = entries_by_folder(paths);
    let lookups = parallel_map_ordered(
        thread_count(),
        batches.len(),
        |_| SetLookup::new(request.sets, request.today),
        |lookup, batch| -> Vec<CheckedFile> {
            let read = |path: &PathBuf| CheckedFile {
                path: path.clone(),
                outcome: match shared.get(folder_of(path)) {
                    Some(shared) if !is_shared_file(path) => {
                        ReadFile::document(path, shared, request.today, lookup)
                    }
                    _ => ReadFile::entries(path, request.today),
                },
            };
            batches[batch].iter().map(read).collect()
        },
        |batch| files.extend(batch),
    );
    let missing = lookups.into_iter().flat_map(|lookup| lookup.missing);
    (files, missing.collect())
}

fn missing_sets(kinds: &BTreeSet<SetKind>) -> Report {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.short_title()).collect();
    let message = format!("not compared with {}: not imported", join_with_and(&names));
    let hint =
        "to compare codes and rates as well, import the published files: `codeleaf import FILE`";
    Report::general(&SETS_NOT_IMPORTED, &message, hint)
}

/// Renders the findings of each file.
fn report_each(files: &[CheckedFile]) -> Vec<Option<Report>> {
    let batches: Vec<&[CheckedFile]> = files.chunks(FILES_PER_TASK).collect();
    let mut reports = Vec::with_capacity(files.len());
    parallel_map_ordered(
        thread_count(),
        batches.len(),
        |_| (),
        |(), batch| -> Vec<_> { batches[batch].iter().map(CheckedFile::report).collect() },
        |batch| reports.extend(batch),
    );
    reports
}

impl CheckedFile {
    /// Renders the findings. Reads the file again, because the texts of all files would fill memory.
    fn report(&self) -> Option<Report> {
        let findings = &self.outcome.as_ref().ok()?.findings;
        if findings.is_empty() {
            return None;
        }
        let render = || {
            let name = self.path.to_string_lossy();
            let bytes = read_bytes(&self.path)?;
            let mut diagnostics = Diagnostics::new(decode(&name, &bytes)?);
            for finding in findings {
                diagnostics.finding(finding.clone());
            }
            diagnostics.into_result(&name)
        };
        render().err()
    }
}

impl ReadFile {
    fn document(
        path: &Path,
        shared: &SharedEntries,
        today: Option<Date>,
        lookup: &mut SetLookup<'_>,
    ) -> Result<Self, Report> {
        let name = path.to_string_lossy();
        let bytes = read_bytes(path)?;
        let text = decode(&name, &bytes)?;
        let file = parse_file(&name, text, shared)?;
        let codes = codes_of(&file);
        let mut findings = check_document(&file, today);
        findings.extend(check_codes(&file, &codes, lookup));
        findings.extend(check_rates(&file, lookup));
        Ok(Self {
            summary: format!("{} {}", file.document.code, file.document.title),
            facts: FileFacts::of_document(&file, codes),
            findings,
        })
    }

    /// Reads a file with shared entries.
    fn entries(path: &Path, today: Option<Date>) -> Result<Self, Report> {
        let name = path.to_string_lossy();
        let bytes = read_bytes(path)?;
        let text = decode(&name, &bytes)?;
        let file = parse_entries(&name, text)?;
        let (sources, payers) = (file.entries.sources.len(), file.entries.payers.len());
        let counts = [(sources, "source"), (payers, "payer")].into_iter();
        let counts = counts
            .filter(|(n, _)| *n > 0)
            .map(|(n, what)| count(n, what));
        Ok(Self {
            summary: counts.collect::<Vec<_>>().join(", "),
            findings: check_entries(&file, today),
            facts: FileFacts::of_entries(&file),
        })
    }
}
