//! Defines calendar dates as sources state them: to the day, the month, the year, or not at all.

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

impl Date {
    /// Makes a date, or nothing where the calendar has no such day.
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
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// The time as of which a fact holds, no more precise than its source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AsOf {
    /// The source states no date.
    #[default]
    Unknown,
    /// A year.
    Year(u16),
    /// A month of a year.
    Month(u16, u8),
    /// A day.
    Day(Date),
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

    /// Reads `2026-04-01`, `2026-04`, `2026` or `unknown`.
    fn from_str(s: &str) -> Result<Self, ParseDateError> {
        if s == "unknown" {
            return Ok(Self::Unknown);
        }
        let parts: Vec<&str> = s.split('-').collect();
        let number = |index: usize, width: usize| {
            let part: &&str = parts.get(index)?;
            (part.len() == width && part.bytes().all(|b| b.is_ascii_digit()))
                .then(|| part.parse::<u16>().ok())
                .flatten()
        };
        let month = || {
            number(1, 2)
                .and_then(|m| u8::try_from(m).ok())
                .filter(|m| (1..=12).contains(m))
        };
        let read = match parts.len() {
            1 => number(0, 4).map(Self::Year),
            2 => number(0, 4).zip(month()).map(|(y, m)| Self::Month(y, m)),
            3 => number(0, 4)
                .zip(month())
                .zip(number(2, 2).and_then(|d| u8::try_from(d).ok()))
                .and_then(|((y, m), d)| Date::new(y, m, d))
                .map(Self::Day),
            _ => None,
        };
        read.ok_or_else(|| ParseDateError(s.to_owned()))
    }
}

impl Serialize for AsOf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unknown => serializer.serialize_none(),
            known => serializer.collect_str(known),
        }
    }
}

/// Says that a text is no date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no date; write 2026-04-01, 2026-04, 2026 or \"unknown\"")]
pub struct ParseDateError(pub String);

#[cfg(test)]
mod tests {
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
        ] {
            assert!(text.parse::<AsOf>().is_err(), "{text}");
        }
        assert!("2024-02-29".parse::<AsOf>().is_ok());
    }
}
