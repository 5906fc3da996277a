//! Compares the codes of a document with imported sets.

use toml::Spanned;

use crate::check::checks_of_document::code_span;
use crate::check::rules::{CODE_NOT_IN_FORCE, NOT_BILLABLE, UNLISTED_CODE};
use crate::check::set_lookup::{Listing, SetLookup, set_name};
use crate::codesets::{SetKind, SetRow};
use crate::content::toml::read::ParsedFile;
use crate::content::toml::tree::Text;
use crate::content::{CodeId, CodeSystem, Status};
use crate::diagnostics::Level;
use crate::diagnostics::diagnostic::{Finding, Span};

/// A code that a document is about or refers to.
#[derive(Debug)]
pub(crate) struct StatedCode {
    pub(crate) code: CodeId,
    pub(crate) span: Span,
    pub(crate) role: CodeRole,
}

/// How a document refers to a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodeRole {
    /// In a `[[diagnosis]]` that makes no statement on coverage.
    MentionedDiagnosis,
    /// In a `[[related]]`.
    Related,
    Other,
}

/// Returns the codes that a document is about or refers to.
pub(crate) fn codes_of(file: &ParsedFile) -> Vec<StatedCode> {
    let tables = &file.tables;
    let mut codes = vec![StatedCode {
        code: file.document.code.clone(),
        span: code_span(file),
        role: CodeRole::Other,
    }];
    let mut add = |system: Option<CodeSystem>, text: Option<&Text>, role: CodeRole| {
        let text = text.filter(|text| !text.get_ref().trim().is_empty());
        if let (Some(system), Some(text)) = (system, text)
            && let Ok(code) = CodeId::new(system, text.get_ref().trim())
        {
            codes.push(StatedCode {
                code,
                span: text.span(),
                role,
            });
        }
    };
    for row in tables.diagnosis.iter().map(Spanned::get_ref) {
        let relation = row.relation.as_ref().map(|text| text.get_ref().trim());
        let role = match relation {
            Some("mentioned") => CodeRole::MentionedDiagnosis,
            _ => CodeRole::Other,
        };
        add(Some(CodeSystem::Icd10cm), row.code.as_ref(), role);
    }
    let system = |text: &Option<Text>| text.as_ref()?.get_ref().trim().parse().ok();
    for row in tables.related.iter().map(Spanned::get_ref) {
        add(system(&row.system), row.code.as_ref(), CodeRole::Related);
    }
    for row in tables.not_this.iter().map(Spanned::get_ref) {
        add(system(&row.system), row.code.as_ref(), CodeRole::Other);
    }
    for row in tables.modifier.iter().map(Spanned::get_ref) {
        add(
            Some(CodeSystem::Modifier),
            row.code.as_ref(),
            CodeRole::Other,
        );
    }
    let rules = tables
        .payer
        .iter()
        .flat_map(|payer| &payer.get_ref().modifier);
    for rule in rules.map(Spanned::get_ref) {
        add(
            Some(CodeSystem::Modifier),
            rule.code.as_ref(),
            CodeRole::Other,
        );
    }
    for row in tables.place.iter().map(Spanned::get_ref) {
        add(
            Some(CodeSystem::PlaceOfService),
            row.code.as_ref(),
            CodeRole::Other,
        );
    }
    for row in tables.taxonomy.iter().map(Spanned::get_ref) {
        add(
            Some(CodeSystem::Taxonomy),
            row.code.as_ref(),
            CodeRole::Other,
        );
    }
    codes
}

/// Returns the findings on codes that the imported sets contradict.
pub(crate) fn check_codes(
    file: &ParsedFile,
    codes: &[StatedCode],
    lookup: &mut SetLookup<'_>,
) -> Vec<Finding> {
    let own = &file.document.code;
    let mut findings = Vec::new();
    for stated in codes {
        let StatedCode { code, span, .. } = stated;
        let is_own = code == own;
        // No set lists a new code of an author, and none must have a deleted one.
        if is_own && file.document.status != Status::Active {
            continue;
        }
        let finding = match lookup.look_up(code) {
            Listing::Unknown => None,
            Listing::Listed(row) => check_row(&row, stated, is_own, lookup),
            Listing::OtherEdition { set, note } => Some(Finding::new(
                &CODE_NOT_IN_FORCE,
                span.clone(),
                format!("{} is only in {set}: {note}", name(code)),
                "name the code that is in force, or give the date of service with --as-of",
            )),
            Listing::Unlisted { set } => Some(unlisted(code, span, &set)),
            // The code may be newer than the set.
            Listing::UnlistedOnOtherDays { set } => Some(Finding {
                level: Level::Note,
                ..unlisted(code, span, &format!("{set}, which is not in force"))
            }),
        };
        findings.extend(finding);
    }
    findings
}

fn unlisted(code: &CodeId, span: &Span, set: &str) -> Finding {
    Finding::new(
        &UNLISTED_CODE,
        span.clone(),
        format!("{} is not in {set}", name(code)),
        "correct the code, or import the edition that has it",
    )
}

/// The code with its kind, for messages: `diagnosis Z85.3`, `CPT 83950`.
fn name(code: &CodeId) -> String {
    let kind = match code.system() {
        CodeSystem::Icd10cm => "diagnosis",
        CodeSystem::Modifier => "modifier",
        CodeSystem::PlaceOfService => "place of service",
        CodeSystem::Taxonomy => "taxonomy",
        system @ (CodeSystem::Cpt | CodeSystem::Hcpcs) => system.name(),
    };
    format!("{kind} {}", code.value())
}

fn check_row(
    row: &SetRow,
    StatedCode { code, span, role }: &StatedCode,
    is_own: bool,
    lookup: &SetLookup<'_>,
) -> Option<Finding> {
    match row {
        SetRow::Hcpcs(row) => {
            let day = row.terminated?;
            (day <= lookup.as_of?).then(|| {
                Finding::new(
                    &CODE_NOT_IN_FORCE,
                    span.clone(),
                    format!("{} was terminated on {day}", name(code)),
                    "name the code that replaces it, or set the status of the document to deleted",
                )
            })
        }
        SetRow::Icd10cm(row) if !row.billable && !is_own => {
            let set = lookup.sets.in_force(SetKind::Icd10cm)?;
            let mut finding = Finding::new(
                &NOT_BILLABLE,
                span.clone(),
                format!(
                    "{} is a category in {}, not a billable code",
                    name(code),
                    set_name(set.header())
                ),
                "name the codes below it; `codeleaf show` lists them",
            );
            if *role == CodeRole::MentionedDiagnosis {
                // It is not billed.
                finding.level = Level::Note;
            }
            Some(finding)
        }
        _ => None,
    }
}
