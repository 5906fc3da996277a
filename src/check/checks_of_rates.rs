//! Compares the rates of a document with the imported fee schedules of the same period.
//!
//! A rate is compared if the payer is Medicare or its main source is a fee schedule. The source must
//! have a date, because rates differ between periods.

use toml::Spanned;

use crate::check::checks_of_document::{field_text, sections};
use crate::check::rules::RATE_DIFFERS;
use crate::check::set_lookup::{SetLookup, set_name};
use crate::codesets::{Cents, SetFile, SetKind, SetRow};
use crate::content::toml::read::ParsedFile;
use crate::content::{AsOf, CodeId, CodeSystem, Source, SourceId, Subject};
use crate::diagnostics::diagnostic::{Finding, Span};

const SCHEDULES: [SetKind; 2] = [SetKind::Clfs, SetKind::Pfs];

/// How many amounts of a schedule a message names.
const MAX_AMOUNTS: usize = 4;

/// A rate with its position and main source.
struct Rate<'f> {
    span: Span,
    text: &'f str,
    source: &'f Source,
    /// The author's label of the rate: `Medicare`, `CLFS rate`.
    label: &'f str,
}

/// Returns the rates that a fee schedule contradicts.
pub(crate) fn check_rates(file: &ParsedFile, lookup: &mut SetLookup<'_>) -> Vec<Finding> {
    let code = &file.document.code;
    if !matches!(code.system(), CodeSystem::Cpt | CodeSystem::Hcpcs) {
        return Vec::new();
    }
    let rates = rates_of(file);
    rates
        .iter()
        .filter_map(|rate| check_rate(code, rate, lookup))
        .collect()
}

/// Returns the rates of payers and facts that name a source.
fn rates_of<'f>(file: &'f ParsedFile<'f>) -> Vec<Rate<'f>> {
    let tables = &file.tables;
    // A payer without a name has that of the shared payer.
    let compiled = file.document.rows().map(|(_, _, row)| row);
    let compiled = compiled.filter(|row| row.subject == Subject::Payer);
    let payers = tables.payer.iter().map(Spanned::get_ref).zip(compiled);
    let payers =
        payers.map(|(row, payer)| (Some(payer.name()), row.rate.as_ref(), row.source.as_ref()));
    let facts = sections(file).flat_map(|section| {
        let facts = section.fact.iter().map(Spanned::get_ref);
        facts.map(|row| {
            let source = row.source.as_ref().or(section.source.as_ref());
            let label = row.label.as_ref().map(|label| label.get_ref().as_ref());
            (label, row.value.as_ref(), source)
        })
    });
    let rates = payers.chain(facts).filter_map(|(label, value, source)| {
        let (span, text) = field_text(value?)?;
        let id = source?.names.first()?.get_ref().trim();
        Some(Rate {
            span,
            text,
            source: file.document.source(&SourceId(id.to_owned()))?,
            label: label?,
        })
    });
    rates.collect()
}

impl Rate<'_> {
    /// The schedules that may have the rate: the one that the source or the label names, or both if
    /// the rate is Medicare's.
    fn schedules(&self) -> Vec<SetKind> {
        let texts = [self.label, &self.source.title, &self.source.short];
        let named = SCHEDULES.into_iter().filter(|kind| {
            let names: &[&str] = match kind {
                SetKind::Clfs => &["CLFS", "Clinical Laboratory Fee Schedule"],
                _ => &["PFS", "MPFS", "Physician Fee Schedule"],
            };
            texts
                .iter()
                .any(|text| names.iter().any(|name| has_words(text, name)))
        });
        let named: Vec<SetKind> = named.collect();
        let is_medicare = self.label.trim() == "Medicare" || has_words(self.label, "Medicare rate");
        if named.is_empty() && is_medicare {
            return SCHEDULES.to_vec();
        }
        named
    }

    /// The date of the statement.
    fn date(&self) -> AsOf {
        match self.source.as_of {
            AsOf::Unknown => self.source.read,
            date => date,
        }
    }
}

/// Returns true if a text contains a phrase as whole words.
fn has_words(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + words.len()..]);
        !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
    })
}

fn check_rate(code: &CodeId, rate: &Rate<'_>, lookup: &mut SetLookup<'_>) -> Option<Finding> {
    let stated = dollar_amounts(rate.text);
    if stated.is_empty() {
        return None;
    }
    let mut differing = Vec::new();
    for kind in rate.schedules() {
        if lookup.sets.in_force(kind).is_none() {
            lookup.missing.insert(kind);
        }
        for set in lookup
            .sets
            .editions(kind)
            .filter(|set| is_of_period(set, rate.date()))
        {
            let lines = amounts(set, code);
            if lines.iter().any(|(_, amount)| stated.contains(amount)) {
                return None;
            }
            if !lines.is_empty() {
                differing.push((set, lines));
            }
        }
    }
    // The latest edition of the period.
    let (set, lines) = differing.pop()?;
    let stated: Vec<String> = stated.iter().map(ToString::to_string).collect();
    let shown = lines.iter().take(MAX_AMOUNTS);
    let shown: Vec<String> = shown
        .map(|(line, amount)| format!("{line} {amount}"))
        .collect();
    let source = &rate.source.title;
    Some(Finding::new(
        &RATE_DIFFERS,
        rate.span.clone(),
        format!(
            "{} ({source}, {}) differs from {}: {}",
            stated.join(", "),
            rate.date(),
            set_name(set.header()),
            shown.join(", ")
        ),
        "correct the rate, or the date of its source",
    ))
}

/// Returns true if an edition was in force on a day of a date's period.
fn is_of_period(set: &SetFile, date: AsOf) -> bool {
    let header = set.header();
    let (Some(from), Some(to)) = (date.first_day(), date.last_day()) else {
        return false;
    };
    let begins = header.first_day().is_some_and(|first| first <= to);
    begins && header.last_day().is_none_or(|last| from <= last)
}

/// Returns the amounts of a code in a fee schedule, each with its line. The schedule of a damaged set
/// has none.
fn amounts(set: &SetFile, code: &CodeId) -> Vec<(String, Cents)> {
    let rows = set.rows_with_prefix(code.value()).unwrap_or_default();
    let mut amounts = Vec::new();
    for row in rows {
        match row {
            SetRow::Clfs(row) => {
                let modifier = row.modifier.map(|it| format!("-{it}")).unwrap_or_default();
                amounts.push((format!("{}{modifier}", row.code), row.rate));
            }
            SetRow::Pfs(row) => {
                let settings = [
                    ("non-facility", row.non_facility_total),
                    ("facility", row.facility_total),
                ];
                for (setting, total) in settings {
                    let line = format!("{} {setting}", row.line());
                    amounts.extend(row.amount(total).map(|amount| (line, amount)));
                }
            }
            _ => {}
        }
    }
    amounts
}

/// Returns the amounts of dollars in a text.
fn dollar_amounts(text: &str) -> Vec<Cents> {
    let amounts = text.split('$').skip(1).filter_map(|rest| {
        let rest = rest.trim_start();
        let is_part = |c: char| c.is_ascii_digit() || ",.".contains(c);
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        Cents::parse(rest[..end].trim_end_matches([',', '.']))
    });
    amounts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_dollars_are_found_in_sentences() {
        let amounts = |text| {
            dollar_amounts(text)
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            amounts("$1,064.40, or $ 12 for the rest."),
            ["$1064.40", "$12.00"]
        );
        assert_eq!(amounts("between 20 and 30 dollars"), [""; 0]);
        assert_eq!(amounts("$"), [""; 0]);
    }

    #[test]
    fn names_of_schedules_are_whole_words() {
        assert!(has_words("CMS CLFS, 2026", "CLFS"));
        assert!(has_words("PFS", "PFS"));
        assert!(!has_words("OPPFS", "PFS"));
        assert!(has_words("OPPFS and PFS", "PFS"));
    }
}
