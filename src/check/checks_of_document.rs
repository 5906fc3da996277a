//! Checks of one document by itself.

use std::collections::BTreeSet;

use foldhash::HashSet;
use toml::Spanned;

use crate::check::descriptor::looks_like_descriptor;
use crate::check::rules::{
    AMA_DESCRIPTOR, EARLY_DATE, FUTURE_DATE, MODIFIER_WITHOUT_WHEN, OVERDUE_REVIEW, UNLINKED_URL,
    UNLISTED_MODIFIER, UNUSED_SOURCE,
};
use crate::content::toml::compile::compiler::StatedDate;
use crate::content::toml::read::{ParsedEntries, ParsedFile};
use crate::content::toml::schema::{Field, FieldValue, SectionTable, SourceTable};
use crate::content::toml::tree::Text;
use crate::content::{CodeSystem, Date, ModifierCode, Source, SourceId, Subject};
use crate::diagnostics::Level;
use crate::diagnostics::diagnostic::{Finding, Span};
use crate::diagnostics::wording::quote;

/// How many years ahead a next review may be.
const MAX_YEARS_TO_REVIEW: u16 = 10;

/// The year in which CPT was first published.
const FIRST_YEAR: u16 = 1966;

/// Returns the findings that need neither other documents nor imported sets.
pub(crate) fn check_document(file: &ParsedFile, today: Option<Date>) -> Vec<Finding> {
    let mut findings = check_dates(&file.dates, today);
    findings.extend(unused_sources(file));
    findings.extend(unlinked_urls(&file.document.sources, &file.tables.sources));
    findings.extend(unlisted_modifiers(file));
    findings.extend(modifier_without_when(file));
    findings.extend(descriptors(file));
    findings
}

/// Returns the findings in a file with shared entries.
pub(crate) fn check_entries(file: &ParsedEntries, today: Option<Date>) -> Vec<Finding> {
    let mut findings = check_dates(&file.dates, today);
    findings.extend(unlinked_urls(&file.entries.sources, &file.tables.sources));
    findings
}

fn check_dates(dates: &[StatedDate], today: Option<Date>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for date in dates {
        findings.extend(early_date(date));
        findings.extend(today.and_then(|today| date_against_today(date, today)));
    }
    findings
}

fn years_after(day: Date, years: u16) -> Option<Date> {
    // The 29th of February is not in every year.
    Date::new(
        day.year().checked_add(years)?,
        day.month(),
        day.day().min(28),
    )
}

fn early_date(StatedDate { field, span, date }: &StatedDate) -> Option<Finding> {
    let is_early = date.last_day()?.year() < FIRST_YEAR;
    is_early.then(|| {
        Finding::new(
            &EARLY_DATE,
            span.clone(),
            format!("`{field}` is {date}, before CPT was first published in {FIRST_YEAR}"),
            "correct the year, or write \"unknown\"",
        )
    })
}

fn date_against_today(stated: &StatedDate, today: Date) -> Option<Finding> {
    let StatedDate { field, span, date } = stated;
    let first = date.first_day()?;
    if *field == "next_review" {
        if date.last_day()? < today {
            let message = format!("the next review was due on {date}");
            let hint = "review the document, and write the date of the next review";
            return Some(Finding::new(&OVERDUE_REVIEW, span.clone(), message, hint));
        }
        if first <= years_after(today, MAX_YEARS_TO_REVIEW)? {
            return None;
        }
    }
    // Where the author lives, tomorrow may have begun.
    if first.previous_day()? <= today {
        return None;
    }
    // Publishers announce codes and editions some months ahead.
    let is_announced = matches!(*field, "effective" | "as_of") && first <= years_after(today, 1)?;
    let (level, hint) = if is_announced {
        let hint = "nothing to do if the publisher has announced it already";
        (Level::Note, hint)
    } else {
        (Level::Warning, "correct the date")
    };
    let message = format!("`{field}` is in the future: {date}");
    let finding = Finding::new(&FUTURE_DATE, span.clone(), message, hint);
    Some(Finding { level, ..finding })
}

/// The tables of all sections.
pub(crate) fn sections<'f>(file: &'f ParsedFile<'f>) -> impl Iterator<Item = &'f SectionTable<'f>> {
    let tables = &file.tables;
    let typed = [
        &tables.summary,
        &tables.overview,
        &tables.clinical,
        &tables.coding,
        &tables.payers,
    ];
    let typed = typed.into_iter().flatten();
    typed.chain(&tables.section).map(Spanned::get_ref)
}

fn unused_sources(file: &ParsedFile) -> impl Iterator<Item = Finding> {
    let rows = file.document.rows();
    let mut used: HashSet<&str> = rows
        .flat_map(|(_, _, row)| row.sources())
        .map(|SourceId(id)| id.as_str())
        .collect();
    let metadata = file.tables.document.as_ref().map(Spanned::get_ref);
    let publication = metadata.and_then(|table| table.publication.as_ref());
    let of_sections = sections(file).filter_map(|section| section.source.as_ref());
    let of_sections = of_sections.flat_map(|sources| &sources.names);
    used.extend(
        publication
            .into_iter()
            .chain(of_sections)
            .map(|id| id.get_ref().trim()),
    );
    let ids = file.tables.sources.iter().map(|(id, _)| id);
    let unused = ids.filter(move |id| !used.contains(id.get_ref().trim()));
    unused.map(|id| {
        Finding::new(
            &UNUSED_SOURCE,
            id.span(),
            format!("nothing refers to the source {}", quote(id.get_ref())),
            format!(
                "write source = \"{}\" in the rows that are from it, or remove it",
                id.get_ref().trim()
            ),
        )
    })
}

/// Compares the sources of a file with its tables, which are as many and in the same order; shared
/// sources may follow.
fn unlinked_urls(
    sources: &[Source],
    tables: &[(Text, Spanned<SourceTable>)],
) -> impl Iterator<Item = Finding> {
    let sources = sources.iter().zip(tables);
    sources.filter_map(|(source, (_, table))| {
        let url = table.get_ref().url.as_ref()?;
        source.link().is_none().then(|| {
            Finding::new(
                &UNLINKED_URL,
                url.span(),
                format!("{} is not a link", quote(url.get_ref())),
                "write the whole address, with https://",
            )
        })
    })
}

fn unlisted_modifiers(file: &ParsedFile) -> Vec<Finding> {
    let listed: BTreeSet<&ModifierCode> = file.document.modifiers().collect();
    let mut findings = Vec::new();
    for payer in file.tables.payer.iter().map(Spanned::get_ref) {
        for text in payer
            .modifier
            .iter()
            .filter_map(|rule| rule.get_ref().code.as_ref())
        {
            let code = ModifierCode::new(text.get_ref().trim()).ok();
            if let Some(code) = code.filter(|code| !listed.contains(code)) {
                let payer = payer.name.as_ref().or(payer.id.as_ref());
                let payer = payer.map_or("the payer", |name| name.get_ref());
                findings.push(Finding::new(
                    &UNLISTED_MODIFIER,
                    text.span(),
                    format!(
                        "{} has a rule on modifier {code}, which the document does not list",
                        quote(payer)
                    ),
                    format!("add a row [[modifier]] with code = \"{code}\", or remove the rule"),
                ));
            }
        }
    }
    findings
}

fn modifier_without_when(file: &ParsedFile) -> Option<Finding> {
    if file.document.code.system() != CodeSystem::Modifier {
        return None;
    }
    let states_when = file
        .document
        .rows()
        .any(|(_, block, row)| match row.subject {
            Subject::Absence => ["when", "modifier-when"].contains(&row.key.0.as_str()),
            _ => block.id.0 == "modifier-when",
        });
    (!states_when).then(|| {
        Finding::new(
            &MODIFIER_WITHOUT_WHEN,
            code_span(file),
            "the document does not state when to use the modifier",
            "add a row [[when]] with text and source, or [[absent]] with section = \"summary\", what = \"when\" and a reason",
        )
    })
}

/// The position of the document's code.
pub(crate) fn code_span(file: &ParsedFile) -> Span {
    let table = file.tables.code.as_ref().map(Spanned::get_ref);
    let value = table.and_then(|table| table.value.as_ref());
    value.map(Text::span).unwrap_or_default()
}

/// Looks for descriptors in the title, in the first paragraph of each section, and in the texts on
/// other CPT codes.
fn descriptors(file: &ParsedFile) -> Vec<Finding> {
    let tables = &file.tables;
    let mut texts: Vec<(Span, &str)> = Vec::new();
    if file.document.code.system() == CodeSystem::Cpt {
        let code = tables.code.as_ref().map(Spanned::get_ref);
        let title = code.and_then(|code| code.title.as_ref());
        let of_sections = sections(file).filter_map(|section| section.text.as_ref());
        texts.extend(title.into_iter().chain(of_sections).map(with_span));
    }
    let is_cpt = |system: &Option<Text>| {
        let system = system.as_ref().map(|system| system.get_ref().trim());
        system == Some(CodeSystem::Cpt.id())
    };
    let related = tables.related.iter().map(Spanned::get_ref);
    let related = related.filter(|row| is_cpt(&row.system));
    texts.extend(related.filter_map(|row| field_text(row.description.as_ref()?)));
    let confused = tables.not_this.iter().map(Spanned::get_ref);
    let confused = confused.filter(|row| is_cpt(&row.system));
    texts.extend(confused.filter_map(|row| row.text.as_ref()).map(with_span));
    let is_descriptor = |text: &str| {
        let paragraph = text.trim().split("\n\n").next().unwrap_or_default();
        paragraph.contains(';') && looks_like_descriptor(&paragraph.replace('\n', " "))
    };
    texts.retain(|(_, text)| is_descriptor(text));
    let findings = texts.into_iter().map(|(span, text)| {
        Finding::new(
            &AMA_DESCRIPTOR,
            span,
            format!("{} looks like an AMA descriptor", quote(text)),
            "write it in your own words: the AMA's descriptors may not be distributed",
        )
    });
    findings.collect()
}

fn with_span<'f>(text: &'f Text<'_>) -> (Span, &'f str) {
    (text.span(), text.get_ref())
}

/// Returns a field's text with its position.
pub(crate) fn field_text<'f>(field: &'f Field<'_>) -> Option<(Span, &'f str)> {
    match field.get_ref() {
        FieldValue::Text(text) => Some((field.span(), text)),
        FieldValue::Absent(_) => None,
    }
}
