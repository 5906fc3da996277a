//! SARIF 2.1.0, the exchange format of static analysis, with the fields that GitHub's code scanning
//! requires.

use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use serde_json::{Value, json};

use crate::check::checker::CheckReport;
use crate::check::rules::every_rule;
use crate::diagnostics::{Diagnostic, Rule};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
const RULES_ARE_DESCRIBED_IN: &str = "The README of codeleaf lists all rules.";

pub(crate) fn sarif(report: &CheckReport) -> Value {
    let results = report.files.iter().flat_map(|file| {
        let diagnostics = file.report.iter().flat_map(|report| &report.diagnostics);
        diagnostics.map(|diagnostic| result(&file.path, diagnostic))
    });
    // A result needs a location, so what concerns no file is a notification.
    let general = report.general.iter().flat_map(|report| &report.diagnostics);
    let notifications = general.map(|diagnostic| {
        json!({
            "descriptor": { "id": diagnostic.rule.id },
            "level": diagnostic.level.id(),
            "message": { "text": text(diagnostic) },
        })
    });
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "codeleaf",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": every_rule().map(rule).collect::<Vec<_>>(),
            } },
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notifications.collect::<Vec<_>>(),
            }],
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Vec<_>>(),
        }],
    })
}

fn rule(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": format!("{}.", rule.summary) },
        "help": { "text": RULES_ARE_DESCRIBED_IN },
        "defaultConfiguration": { "level": rule.level.id() },
    })
}

fn result(path: &Path, diagnostic: &Diagnostic) -> Value {
    json!({
        "ruleId": diagnostic.rule.id,
        "level": diagnostic.level.id(),
        "message": { "text": text(diagnostic) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(path) },
            // Findings on a whole file are shown at its beginning.
            "region": {
                "startLine": diagnostic.line.max(1),
                "startColumn": diagnostic.column.max(1),
                "endLine": diagnostic.line.max(1),
                "endColumn": diagnostic.end_column.max(1),
            },
        } }],
    })
}

/// The message and how to fix it.
fn text(diagnostic: &Diagnostic) -> String {
    match &diagnostic.hint {
        Some(hint) => format!("{}: {hint}", diagnostic.message),
        None => diagnostic.message.clone(),
    }
}

/// A path as a relative reference, or as a file URI if it is absolute (RFC 3986).
fn uri(path: &Path) -> String {
    let mut uri = if path.is_absolute() { "file://" } else { "" }.to_owned();
    for byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_percent_encoded() {
        assert_eq!(
            uri(Path::new("my files/é:1.toml")),
            "my%20files/%C3%A9%3A1.toml"
        );
        assert_eq!(uri(Path::new("/a b.toml")), "file:///a%20b.toml");
    }
}
