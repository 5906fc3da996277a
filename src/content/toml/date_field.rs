//! A date in a content file, as TOML presents it.
//!
//! `Compiler::date` reports a text that is not a date.

use std::borrow::Cow;

use crate::content::date::AsOf;
use crate::content::toml::from_toml::{Expected, FieldError, FieldPlace, FromToml};
use crate::content::toml::tree::TomlValue;
use crate::diagnostics::wording::DATE_HINT;

/// A TOML date, a year as a number, or a text; or what is written instead of a date.
#[derive(Clone, Debug)]
pub(crate) struct DateField<'t>(pub(crate) Result<AsOf, Cow<'t, str>>);

impl<'t> FromToml<'t> for DateField<'t> {
    fn from_toml(
        value: TomlValue<'t>,
        place: FieldPlace<'_>,
        errors: &mut Vec<FieldError>,
    ) -> Option<Self> {
        let text = match value {
            TomlValue::Text(text) => text,
            TomlValue::Integer(text) | TomlValue::Date(text) => Cow::Borrowed(text),
            other => return place.reject(&other, Expected::Date, errors),
        };
        Some(Self(text.trim().parse().map_err(|_| text)))
    }
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Returns the hint for a text that is not a date.
pub(crate) fn date_hint(text: &str) -> String {
    match in_file_format(text) {
        Some(date) => format!("write {date}"),
        None => DATE_HINT.to_owned(),
    }
}

/// Converts an American date to the form of files: `1/31/2026`, `Jan 31, 2026`, `January 2026`.
pub(crate) fn in_file_format(text: &str) -> Option<String> {
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric());
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let date = match parts[..] {
        [year, month, day] if year.len() == 4 => format!("{year}-{month:0>2}-{day:0>2}"),
        [month, day, year] => {
            let month = month_number(month).unwrap_or_else(|| month.to_owned());
            format!("{}-{month:0>2}-{day:0>2}", full_year(year)?)
        }
        [month, year] => format!("{}-{:0>2}", full_year(year)?, month_number(month)?),
        _ => return None,
    };
    date.parse::<AsOf>().ok()?;
    Some(if parts.len() == 2 {
        format!("\"{date}\"")
    } else {
        date
    })
}

fn month_number(name: &str) -> Option<String> {
    let name = name.to_ascii_lowercase();
    let is_abbreviated = |month: &str| name.len() >= 3 && month.starts_with(&name);
    let index = MONTHS.iter().position(|month| is_abbreviated(month))?;
    Some((index + 1).to_string())
}

fn full_year(year: &str) -> Option<String> {
    match year.len() {
        2 => Some(format!("20{year}")),
        4 => Some(year.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn american_dates_are_converted() {
        for (text, date) in [
            ("1/1/2026", Some("2026-01-01")),
            ("12/31/26", Some("2026-12-31")),
            ("2026/1/2", Some("2026-01-02")),
            ("Jan 5, 2026", Some("2026-01-05")),
            ("September 2026", Some("\"2026-09\"")),
            ("13/31/2026", None),
            ("soon", None),
            ("2026-01-02T10:00", None),
        ] {
            assert_eq!(in_file_format(text).as_deref(), date, "{text}");
        }
    }
}
