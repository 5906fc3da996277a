//! The formats of a report.

use serde_json::{Value, json};

use crate::check::checker::{CheckReport, FileReport};
use crate::check::sarif::sarif;
use crate::diagnostics::wording::count;
use crate::diagnostics::{Diagnostic, Level};
use crate::text::sanitize;

/// The version of the JSON, whose fields may be added, but never renamed or removed.
const SCHEMA_VERSION: u32 = 1;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CheckFormat {
    /// Each finding with its line and a caret.
    #[default]
    Text,
    Json,
    /// SARIF 2.1.0, for code-scanning services and editors.
    Sarif,
}

impl CheckReport {
    /// Formats the report for standard output and standard error. Only text writes to both: the
    /// findings are errors of the files.
    pub fn format(&self, format: CheckFormat) -> [String; 2] {
        match format {
            CheckFormat::Text => {
                let findings = self.reports().map(|report| format!("{report}\n"));
                [self.summary(), findings.collect::<Vec<_>>().join("\n")]
            }
            CheckFormat::Json => [format!("{:#}\n", self.json()), String::new()],
            CheckFormat::Sarif => [format!("{:#}\n", sarif(self)), String::new()],
        }
    }

    /// A line for each file that can be read, and the number of findings.
    fn summary(&self) -> String {
        let lines = self.files.iter().filter_map(FileReport::line);
        let broken = self
            .reports()
            .filter(|report| report.count(Level::Error) > 0);
        let errors = match self.count(Level::Error) {
            0 => "no errors".to_owned(),
            n => format!("{} in {}", count(n, "error"), count(broken.count(), "file")),
        };
        let others = counts(|level| self.count(level), &[Level::Warning, Level::Note]);
        let parts: Vec<String> = [errors].into_iter().chain(others).collect();
        let files = count(self.files.len(), "file");
        lines.collect::<String>() + &format!("{files} checked: {}\n", parts.join(", "))
    }

    fn json(&self) -> Value {
        let of_files = self.files.iter().filter_map(|file| {
            let path = file.path.display().to_string();
            Some((Some(path), file.report.as_ref()?))
        });
        let reports = of_files.chain(self.general.iter().map(|report| (None, report)));
        let findings = reports.flat_map(|(path, report)| {
            let path = path.map(|path| sanitize(&path).into_owned());
            report
                .diagnostics
                .iter()
                .map(move |it| finding(path.as_deref(), it))
        });
        json!({
            "schema": SCHEMA_VERSION,
            "files": self.files.len(),
            "errors": self.count(Level::Error),
            "warnings": self.count(Level::Warning),
            "notes": self.count(Level::Note),
            "findings": findings.collect::<Vec<_>>(),
        })
    }
}

impl FileReport {
    /// Returns `FILE: CODE TITLE: OK`; `None` for a file with errors.
    fn line(&self) -> Option<String> {
        let summary = self.summary.as_ref()?;
        let report = self.report.as_ref();
        let found = |level| report.map_or(0, |report| report.count(level));
        if found(Level::Error) > 0 {
            return None;
        }
        let found = counts(found, &[Level::Warning, Level::Note]);
        let result = match found.as_slice() {
            [] => "OK".to_owned(),
            found => found.join(", "),
        };
        let name = sanitize(&self.path.display().to_string()).into_owned();
        Some(format!("{name}: {summary}: {result}\n"))
    }
}

fn finding(path: Option<&str>, diagnostic: &Diagnostic) -> Value {
    json!({
        "rule": diagnostic.rule.id,
        "level": diagnostic.level.id(),
        "file": path,
        "line": diagnostic.line,
        "column": diagnostic.column,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
    })
}

/// Formats the number of findings of each level, without zeros.
fn counts(of: impl Fn(Level) -> usize, levels: &[Level]) -> Vec<String> {
    let found = levels.iter().map(|level| (of(*level), level));
    let found = found.filter(|(n, _)| *n > 0);
    found.map(|(n, level)| count(n, level.id())).collect()
}
