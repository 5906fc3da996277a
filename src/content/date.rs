//! Calendar dates as sources state them: to the day, the month, the year, or not at all.
//! `content::toml::date_field` reads one from TOML.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: u64 = 719_468;

// The conversions follow Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years start
// in March, so that the leap day comes last.
impl Date {
    /// Makes a date; `None` if the calendar has no such day.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap =
            (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
        let last = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        (1..=last)
            .contains(&day)
            .then_some(Self { year, month, day })
    }

    pub(crate) const fn year(self) -> u16 {
        self.year
    }

    /// From 1 to 12.
    pub(crate) const fn month(self) -> u8 {
        self.month
    }

    pub(crate) const fn day(self) -> u8 {
        self.day
    }

    /// Returns the first day of the month `count` months later.
    pub(crate) fn first_of_month_after(self, count: u8) -> Option<Self> {
        let months = self.month - 1 + count;
        Self::new(
            self.year.checked_add(u16::from(months / 12))?,
            months % 12 + 1,
            1,
        )
    }

    pub(crate) fn previous_day(self) -> Option<Self> {
        let Self { year, month, day } = self;
        match (month, day) {
            (1, 1) => Self::new(year.checked_sub(1)?, 12, 31),
            (_, 1) => (28..=31)
                .rev()
                .find_map(|last| Self::new(year, month - 1, last)),
            _ => Self::new(year, month, day - 1),
        }
    }

    /// Returns the date `days` after 1970-01-01; `None` after the year 65535.
    pub fn from_days_since_1970(days: u64) -> Option<Self> {
        let days = days.checked_add(EPOCH)?;
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = (month_from_march + 2) % 12 + 1;
        let year = year_of_era + era * 400 + u64::from(month <= 2);
        Self::new(
            u16::try_from(year).ok()?,
            u8::try_from(month).ok()?,
            u8::try_from(day).ok()?,
        )
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Date {
    type Err = ParseDayError;

    /// Parses `2026-04-01`, or `4/1/2026` as Americans write it.
    fn from_str(s: &str) -> Result<Self, ParseDayError> {
        let american = || {
            let parts: Vec<&str> = s.split('/').collect();
            let [month, day, year] = parts[..] else {
                return None;
            };
            let number = |text: &str| digits(text, text.len().clamp(1, 2));
            Self::new(digits(year, 4)?, number(month)?, number(day)?)
        };
        match s.parse() {
            Ok(AsOf::Day(date)) => Ok(date),
            _ => american().ok_or_else(|| ParseDayError(s.to_owned())),
        }
    }
}

/// The date of a fact, no more precise than its source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AsOf {
    /// The source states no date.
    #[default]
    Unknown,
    Year(u16),
    /// A year and a month from 1 to 12.
    Month(u16, u8),
    Day(Date),
}

impl AsOf {
    /// Returns the first day of the period.
    pub(crate) fn first_day(self) -> Option<Date> {
        match self {
            Self::Unknown => None,
            Self::Year(year) => Date::new(year, 1, 1),
            Self::Month(year, month) => Date::new(year, month, 1),
            Self::Day(day) => Some(day),
        }
    }

    /// Returns the last day of the period.
    pub(crate) fn last_day(self) -> Option<Date> {
        match self {
            Self::Unknown => None,
            Self::Year(year) => Date::new(year, 12, 31),
            Self::Month(..) => self.first_day()?.first_of_month_after(1)?.previous_day(),
            Self::Day(day) => Some(day),
        }
    }
}

impl fmt::Display for AsOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("no date"),
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Self::Day(date) => date.fmt(f),
        }
    }
}

impl FromStr for AsOf {
    type Err = ParseDateError;

    /// Parses `2026-04-01`, `2026-04`, `2026` or `unknown`.
    fn from_str(s: &str) -> Result<Self, ParseDateError> {
        let parts: Vec<&str> = s.split('-').collect();
        let parse = || {
            Some(match parts[..] {
                ["unknown"] => Self::Unknown,
                [year] => Self::Year(digits(year, 4)?),
                [year, month] => {
                    let first = Date::new(digits(year, 4)?, digits(month, 2)?, 1)?;
                    Self::Month(first.year, first.month)
                }
                [year, month, day] => Self::Day(Date::new(
                    digits(year, 4)?,
                    digits(month, 2)?,
                    digits(day, 2)?,
                )?),
                _ => return None,
            })
        };
        parse().ok_or_else(|| ParseDateError(s.to_owned()))
    }
}

/// Parses a number of exactly `count` digits.
fn digits<T: FromStr>(text: &str, count: usize) -> Option<T> {
    let is_number = text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

impl Serialize for AsOf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unknown => serializer.serialize_none(),
            known => serializer.collect_str(known),
        }
    }
}

/// Why a text cannot be parsed as a date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a date; write 2026-04-01, 2026-04, 2026 or \"unknown\"")]
pub struct ParseDateError(pub String);

/// Why a text cannot be parsed as a day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a day; write 2026-04-01 or 4/1/2026")]
pub struct ParseDayError(pub String);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_keep_their_precision() {
        for text in ["2026-04-01", "2024-07", "2023"] {
            assert_eq!(text.parse::<AsOf>().unwrap().to_string(), text);
        }
        assert_eq!("unknown".parse::<AsOf>().unwrap().to_string(), "no date");
    }

    #[test]
    fn invalid_dates_are_rejected() {
        for text in [
            "2026-02-29",
            "2026-13",
            "26",
            "",
            "2026-1-1",
            "2026-04-01-01",
            "soon",
            "2026-00",
            "+026",
        ] {
            assert!(text.parse::<AsOf>().is_err(), "{text}");
        }
        assert!("2024-02-29".parse::<AsOf>().is_ok());
    }

    #[test]
    fn days_are_written_in_two_forms() {
        for text in ["2026-04-01", "4/1/2026", "04/01/2026"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), "2026-04-01");
        }
        for text in [
            "2026-04",
            "2026",
            "unknown",
            "13/1/2026",
            "4/1/26",
            "4/1",
            "4/1/2026/1",
            "//",
        ] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn previous_day_and_later_months_cross_years() {
        for (text, previous, later) in [
            ("2024-10-01", "2024-09-30", "2025-01-01"),
            ("2024-03-01", "2024-02-29", "2024-06-01"),
            ("2025-01-01", "2024-12-31", "2025-04-01"),
            ("2025-01-31", "2025-01-30", "2025-04-01"),
            ("2025-12-15", "2025-12-14", "2026-03-01"),
        ] {
            let date: Date = text.parse().unwrap();
            assert_eq!(date.previous_day().unwrap().to_string(), previous);
            assert_eq!(date.first_of_month_after(3).unwrap().to_string(), later);
        }
    }

    #[test]
    fn days_since_1970_are_dates() {
        for (days, text) in [
            (0, "1970-01-01"),
            (58, "1970-02-28"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (19_783, "2024-03-01"),
            (20_780, "2026-11-23"),
        ] {
            assert_eq!(Date::from_days_since_1970(days).unwrap().to_string(), text);
        }
        assert_eq!(Date::from_days_since_1970(u64::MAX), None);
    }

    proptest! {
        #[test]
        fn next_day_is_later(days in 0..20_000_000_u64) {
            let next = Date::from_days_since_1970(days + 1);
            prop_assert!(Date::from_days_since_1970(days) < next);
        }
    }
}
