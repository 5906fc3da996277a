//! Exact decimal numbers of fee schedules: dollars, relative value units, conversion factors.

use std::fmt;

use crate::codesets::stored_field::Field;

/// A number with a fixed count of decimal places, stored without its point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decimal<const PLACES: u32>(pub u32);

/// An amount of dollars, exact to the cent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cents(pub u64);

impl<const PLACES: u32> Decimal<PLACES> {
    const ONE: u32 = 10_u32.pow(PLACES);

    /// Parses a number as fee schedules write it: `00064.41`, `51.3`, `99`, `.10`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let places = PLACES as usize;
        let is_empty = whole.is_empty() && fraction.is_empty();
        if is_empty || !digits(whole) || !digits(fraction) || fraction.len() > places {
            return None;
        }
        let whole: u32 = format!("0{whole}").parse().ok()?;
        let fraction: u32 = format!("{fraction:0<places$}").parse().ok()?;
        Some(Self(whole.checked_mul(Self::ONE)?.checked_add(fraction)?))
    }
}

impl<const PLACES: u32> fmt::Display for Decimal<PLACES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0 / Self::ONE, self.0 % Self::ONE);
        write!(f, "{whole}.{fraction:0places$}", places = PLACES as usize)
    }
}

impl<const PLACES: u32> Field for Decimal<PLACES> {
    fn to_text(&self) -> String {
        self.to_string()
    }

    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl Cents {
    /// Parses an amount as fee schedules write it, `00064.41`, `51.3`, `99`, or as spreadsheets
    /// show it: `$1,064.40`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('$').unwrap_or(text).trim();
        let (dollars, cents) = text.split_once('.').unwrap_or((text, ""));
        // Thousands are groups of three digits, so `64,41` is not an amount.
        let mut groups = dollars.split(',');
        let head = groups.next().unwrap_or_default();
        let is_grouped = dollars.len() > head.len();
        if is_grouped && (!(1..=3).contains(&head.len()) || groups.any(|group| group.len() != 3)) {
            return None;
        }
        let amount = Decimal::<2>::parse(&format!("{}.{cents}", dollars.replace(',', "")));
        amount.map(|amount| Self(amount.0.into()))
    }
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl Field for Cents {
    fn to_text(&self) -> String {
        self.0.to_string()
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}
