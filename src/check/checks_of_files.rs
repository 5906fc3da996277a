//! Checks of several files together: two on one code, modifiers without a page, and names that are
//! nearly the same.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use crate::check::near_names::{NameUse, NameUses, payer_key, title_key};
use crate::check::rules::{DUPLICATE_CODE, NEAR_PAYER, NEAR_SOURCE, NO_MODIFIER_PAGE};
use crate::content::CodeId;
use crate::diagnostics::Rule;
use crate::diagnostics::diagnostic::{Finding, Span};
use crate::diagnostics::wording::quote;
use crate::library::Library;
use crate::text::sanitize;

/// What the checks of several files need of one file.
#[derive(Debug)]
pub(crate) struct FileFacts {
    pub(crate) code: CodeId,
    pub(crate) code_span: Span,
    /// The modifiers that rows refer to as related.
    pub(crate) related_modifiers: Vec<(CodeId, Span)>,
    /// The names of payers.
    pub(crate) payers: Vec<(String, Span)>,
    /// The titles of sources.
    pub(crate) sources: Vec<(String, Span)>,
}

/// A file that can be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FactsOfFile<'f> {
    /// The position of the file in the report.
    pub(crate) number: usize,
    pub(crate) path: &'f Path,
    pub(crate) facts: &'f FileFacts,
}

/// A place in one of the files.
type Place<'f> = (FactsOfFile<'f>, &'f Span);

/// Returns findings, each with the number of its file.
pub(crate) fn check_files(files: &[FactsOfFile<'_>], library: &Library) -> Vec<(usize, Finding)> {
    let mut findings = duplicate_codes(files);
    findings.extend(modifiers_without_page(files, library));
    findings.extend(near_duplicates(
        files,
        |facts| &facts.payers,
        payer_key,
        (&NEAR_PAYER, "payer"),
    ));
    findings.extend(near_duplicates(
        files,
        |facts| &facts.sources,
        title_key,
        (&NEAR_SOURCE, "source"),
    ));
    findings
}

fn duplicate_codes(files: &[FactsOfFile<'_>]) -> Vec<(usize, Finding)> {
    let mut first: HashMap<(Option<&Path>, &CodeId), &Path> = HashMap::new();
    let mut findings = Vec::new();
    for file in files {
        let code = &file.facts.code;
        let key = (file.path.parent(), code);
        let Some(other) = first.get(&key) else {
            first.insert(key, file.path);
            continue;
        };
        let other = sanitize(&other.display().to_string()).into_owned();
        let finding = Finding::new(
            &DUPLICATE_CODE,
            file.facts.code_span.clone(),
            format!("{code} is already described by {other}"),
            "one file describes one code; join the two, or remove one",
        );
        findings.push((file.number, finding));
    }
    findings
}

fn modifiers_without_page(files: &[FactsOfFile<'_>], library: &Library) -> Vec<(usize, Finding)> {
    let codes: HashSet<&CodeId> = files.iter().map(|file| &file.facts.code).collect();
    let mut in_library: HashMap<&CodeId, bool> = HashMap::new();
    let mut findings = Vec::new();
    for file in files {
        for (code, span) in &file.facts.related_modifiers {
            let is_in_library = in_library
                .entry(code)
                .or_insert_with(|| library.contains(code));
            if *is_in_library || codes.contains(code) {
                continue;
            }
            let value = code.value();
            let finding = Finding::new(
                &NO_MODIFIER_PAGE,
                span.clone(),
                format!("no document on modifier {value}"),
                format!(
                    "write modifier-{value}.toml and check it together with this file, \
                     import a HCPCS file that has it, or correct the code"
                ),
            );
            findings.push((file.number, finding));
        }
    }
    findings
}

fn near_duplicates(
    files: &[FactsOfFile<'_>],
    names: fn(&FileFacts) -> &[(String, Span)],
    key: fn(&str) -> String,
    (rule, what): (&'static Rule, &str),
) -> Vec<(usize, Finding)> {
    let mut uses: NameUses<Place<'_>> = NameUses::default();
    for file in files {
        for (name, span) in names(file.facts) {
            uses.add(name, (*file, span));
        }
    }
    let findings = uses.near_duplicates(key).into_iter().map(|[near, other]| {
        let (file, span) = near.first;
        let finding = Finding::new(
            rule,
            span.clone(),
            format!(
                "{} may be the same {what} as {}{}",
                quote(&near.name),
                quote(&other.name),
                elsewhere(near, other)
            ),
            format!("use one name for one {what}"),
        );
        (file.number, finding)
    });
    findings.collect()
}

/// Names the file of another name, if it is not the same one.
fn elsewhere(near: &NameUse<Place<'_>>, other: &NameUse<Place<'_>>) -> String {
    let (file, _) = other.first;
    if file.number == near.first.0.number {
        return String::new();
    }
    format!(" in {}", sanitize(&file.path.display().to_string()))
}
