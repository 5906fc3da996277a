//! Checks of several files together: two on one code, modifiers without a page, and names that are
//! nearly the same.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use crate::check::checks_of_codes::{CodeRole, StatedCode};
use crate::check::checks_of_document::code_span;
use crate::check::near_names::{NameUse, NameUses, payer_key, title_key};
use crate::check::rules::{DUPLICATE_CODE, NEAR_PAYER, NEAR_SOURCE, NO_MODIFIER_PAGE};
use crate::content::toml::read::{ParsedEntries, ParsedFile};
use crate::content::toml::tree::Text;
use crate::content::{CodeId, CodeSystem};
use crate::diagnostics::Rule;
use crate::diagnostics::diagnostic::{Finding, Span};
use crate::diagnostics::wording::quote;
use crate::text::sanitize;

/// The parts of a file that are compared with other files.
#[derive(Debug, Default)]
pub(crate) struct FileFacts {
    /// The code of a document.
    code: Option<(CodeId, Span)>,
    /// The modifiers that rows refer to as related.
    related_modifiers: Vec<StatedCode>,
    /// The names of payers.
    payers: Vec<(String, Span)>,
    /// The other names of shared payers, each with the ID of the payer.
    aliases: Vec<(String, String)>,
    /// The titles of sources.
    sources: Vec<(String, Span)>,
}

impl FileFacts {
    pub(crate) fn of_document(file: &ParsedFile, mut codes: Vec<StatedCode>) -> Self {
        let tables = &file.tables;
        codes.retain(|stated| {
            stated.role == CodeRole::Related && stated.code.system() == CodeSystem::Modifier
        });
        let payers = tables.payer.iter();
        Self {
            code: Some((file.document.code.clone(), code_span(file))),
            related_modifiers: codes,
            payers: named(payers.map(|row| &row.get_ref().name)),
            aliases: Vec::new(),
            sources: named(tables.sources.iter().map(|(_, row)| &row.get_ref().title)),
        }
    }

    pub(crate) fn of_entries(file: &ParsedEntries) -> Self {
        let tables = &file.tables;
        let payers = file.entries.payers.iter();
        let aliases = payers.flat_map(|payer| {
            let aliases = payer.aliases.iter();
            aliases.map(|alias| (alias.clone(), payer.id.clone()))
        });
        Self {
            payers: named(tables.payers.iter().map(|(_, row)| &row.get_ref().name)),
            aliases: aliases.collect(),
            sources: named(tables.sources.iter().map(|(_, row)| &row.get_ref().title)),
            ..Self::default()
        }
    }
}

fn named<'t>(texts: impl Iterator<Item = &'t Option<Text<'t>>>) -> Vec<(String, Span)> {
    let texts = texts.flatten();
    let named = texts.map(|text| (text.get_ref().trim().to_owned(), text.span()));
    named.collect()
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
pub(crate) fn check_files(
    files: &[FactsOfFile<'_>],
    is_in_library: &dyn Fn(&CodeId) -> bool,
) -> Vec<(usize, Finding)> {
    let mut findings = duplicate_codes(files);
    findings.extend(modifiers_without_page(files, is_in_library));
    let aliases = payers_by_alias(files);
    let is_alias = |(number, finding): &(usize, Finding)| {
        let mut aliases = aliases.iter();
        aliases.any(|(other, alias)| other == number && alias.span == finding.span)
    };
    let mut near = near_duplicates(
        files,
        |facts| &facts.payers,
        payer_key,
        (&NEAR_PAYER, "payer"),
    );
    near.retain(|finding| !is_alias(finding));
    findings.extend(near);
    findings.extend(aliases);
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
        let Some((code, span)) = &file.facts.code else {
            continue;
        };
        let key = (file.path.parent(), code);
        let Some(other) = first.get(&key) else {
            first.insert(key, file.path);
            continue;
        };
        let other = sanitize(&other.display().to_string()).into_owned();
        let finding = Finding::new(
            &DUPLICATE_CODE,
            span.clone(),
            format!("{code} is already described by {other}"),
            "one file describes one code; join the two, or remove one",
        );
        findings.push((file.number, finding));
    }
    findings
}

fn modifiers_without_page(
    files: &[FactsOfFile<'_>],
    is_in_library: &dyn Fn(&CodeId) -> bool,
) -> Vec<(usize, Finding)> {
    let codes = files.iter().filter_map(|file| file.facts.code.as_ref());
    let codes: HashSet<&CodeId> = codes.map(|(code, _)| code).collect();
    let mut is_described: HashMap<&CodeId, bool> = HashMap::new();
    let mut findings = Vec::new();
    for file in files {
        for StatedCode { code, span, .. } in &file.facts.related_modifiers {
            let is_described = is_described
                .entry(code)
                .or_insert_with(|| codes.contains(code) || is_in_library(code));
            if *is_described {
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

/// Returns the payers of documents whose names are aliases of a shared payer of the folder.
fn payers_by_alias(files: &[FactsOfFile<'_>]) -> Vec<(usize, Finding)> {
    let mut ids: HashMap<(Option<&Path>, String), &str> = HashMap::new();
    for file in files {
        for (alias, id) in &file.facts.aliases {
            ids.insert((file.path.parent(), alias.to_lowercase()), id);
        }
    }
    let mut findings = Vec::new();
    for file in files.iter().filter(|_| !ids.is_empty()) {
        for (name, span) in &file.facts.payers {
            if let Some(id) = ids.get(&(file.path.parent(), name.to_lowercase())) {
                let finding = Finding::new(
                    &NEAR_PAYER,
                    span.clone(),
                    format!("{} is another name of the shared payer `{id}`", quote(name)),
                    format!("write id = \"{id}\", and no name"),
                );
                findings.push((file.number, finding));
            }
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
            format!("use one name for one {what}, or describe it once in {what}s.toml"),
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
