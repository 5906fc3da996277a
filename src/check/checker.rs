//! Runs the checks: reads and checks every file in parallel, then compares the files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml::Spanned;

use crate::check::checks_of_codes::{check_codes, codes_of};
use crate::check::checks_of_document::{check_document, code_span};
use crate::check::checks_of_files::{FactsOfFile, FileFacts, check_files};
use crate::check::checks_of_rates::check_rates;
use crate::check::rules::SETS_NOT_IMPORTED;
use crate::check::set_lookup::SetLookup;
use crate::codesets::SetKind;
use crate::content::toml::read::{ParsedFile, decode, parse_file, read_bytes};
use crate::content::{CodeId, CodeSystem, Date};
use crate::diagnostics::diagnostic::{Diagnostics, Finding, Span};
use crate::diagnostics::wording::join_with_and;
use crate::diagnostics::{Level, Report};
use crate::library::Library;
use crate::library::catalog_record::FILES_PER_TASK;
use crate::library::parallel::{parallel_map_ordered, thread_count};
use crate::library::scan::toml_files;

/// What to check.
#[derive(Clone, Copy, Debug)]
pub struct CheckRequest<'a> {
    /// Files, and folders of files.
    pub paths: &'a [PathBuf],
    /// The documents that files may refer to, and the imported sets.
    pub library: &'a Library,
    /// Without it, no date is in the future, and no review is overdue.
    pub today: Option<Date>,
}

#[derive(Debug)]
pub struct CheckReport {
    /// In the order of the paths; those of a folder by name.
    pub files: Vec<FileReport>,
    /// What concerns no file in particular.
    pub general: Option<Report>,
}

/// The result for one file.
#[derive(Debug)]
pub struct FileReport {
    pub path: PathBuf,
    /// The code and the title, if the file can be read.
    pub document: Option<(CodeId, String)>,
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
    /// The text of a document, what is known of it, and what was found.
    outcome: Result<ReadDocument, Report>,
}

struct ReadDocument {
    text: String,
    title: String,
    facts: FileFacts,
    findings: Vec<Finding>,
}

/// Checks files. A path that is not a folder is a file.
pub fn check(request: CheckRequest<'_>) -> CheckReport {
    let paths = request.paths.iter();
    let paths = paths.flat_map(|path| toml_files(path).unwrap_or_else(|_| vec![path.clone()]));
    let paths: Vec<PathBuf> = paths.collect();
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
    for (number, finding) in check_files(&readable, request.library) {
        if let Ok(document) = &mut files[number].outcome {
            document.findings.push(finding);
        }
    }
    CheckReport {
        files: files.into_iter().map(CheckedFile::report).collect(),
        general: (!missing.is_empty()).then(|| missing_sets(&missing)),
    }
}

/// Checks each file by itself. Returns the kinds of sets that were needed and not imported, too.
fn check_each(
    paths: &[PathBuf],
    request: CheckRequest<'_>,
) -> (Vec<CheckedFile>, BTreeSet<SetKind>) {
    let batches: Vec<&[PathBuf]> = paths.chunks(FILES_PER_TASK).collect();
    let mut files = Vec::with_capacity(paths.len());
    let lookups = parallel_map_ordered(
        thread_count(),
        batches.len(),
        |_| SetLookup::new(request.library.sets(), request.today),
        |lookup, batch| -> Vec<CheckedFile> {
            let paths = batches[batch].iter();
            paths
                .map(|path| CheckedFile::read(path, request.today, lookup))
                .collect()
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
        "to compare codes and rates, too, import the published files: `codeleaf import FILE`";
    Report::general(&SETS_NOT_IMPORTED, &message, hint)
}

impl CheckedFile {
    fn read(path: &Path, today: Option<Date>, lookup: &mut SetLookup<'_>) -> Self {
        Self {
            path: path.to_owned(),
            outcome: ReadDocument::read(path, today, lookup),
        }
    }

    fn report(self) -> FileReport {
        let name = self.path.to_string_lossy();
        let (document, report) = match self.outcome {
            Err(report) => (None, Some(report)),
            Ok(read) => {
                let mut diagnostics = Diagnostics::new(&read.text);
                for finding in read.findings {
                    diagnostics.finding(finding);
                }
                let report = diagnostics.into_result(&name).err();
                (Some((read.facts.code, read.title)), report)
            }
        };
        FileReport {
            document,
            report,
            path: self.path,
        }
    }
}

impl ReadDocument {
    fn read(path: &Path, today: Option<Date>, lookup: &mut SetLookup<'_>) -> Result<Self, Report> {
        let name = path.to_string_lossy();
        let bytes = read_bytes(path)?;
        let text = decode(&name, &bytes)?;
        let file = parse_file(&name, text)?;
        let codes = codes_of(&file);
        let mut findings = check_document(&file, today);
        findings.extend(check_codes(&file, &codes, lookup));
        findings.extend(check_rates(&file, lookup));
        Ok(Self {
            text: text.to_owned(),
            facts: facts_of(&file, codes),
            title: file.document.title,
            findings,
        })
    }
}

fn facts_of(file: &ParsedFile, codes: Vec<(CodeId, Span)>) -> FileFacts {
    let tables = &file.tables;
    let related: Vec<Span> = tables
        .related
        .iter()
        .filter_map(|row| Some(row.get_ref().code.as_ref()?.span()))
        .collect();
    let is_related_modifier = |(code, span): &(CodeId, Span)| {
        code.system() == CodeSystem::Modifier && related.contains(span)
    };
    let named = |text: &Spanned<String>| (text.get_ref().trim().to_owned(), text.span());
    let payers = tables
        .payer
        .iter()
        .filter_map(|row| row.get_ref().name.as_ref());
    let titles = tables
        .sources
        .iter()
        .filter_map(|(_, row)| row.get_ref().title.as_ref());
    FileFacts {
        code: file.document.code.clone(),
        code_span: code_span(file),
        related_modifiers: codes.into_iter().filter(is_related_modifier).collect(),
        payers: payers.map(named).collect(),
        sources: titles.map(named).collect(),
    }
}
