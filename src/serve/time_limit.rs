//! Defines how long something may take, as administrators write it: `10s`, `30m`, `8h`, `off`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;

/// A time that something may take at most, or no such limit. Written as a whole number and a unit
/// (`ms`, `s`, `m`, `h`, `d`), or `off`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct TimeLimit(Option<Duration>);

/// The units, the larger first.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Says that a text is no [`TimeLimit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a number and a unit, such as 90s, 30m or 8h, or `off`")]
pub struct TimeLimitError;

impl TimeLimit {
    /// No limit.
    pub const OFF: Self = Self(None);

    /// Returns a limit of some seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(Some(Duration::from_secs(seconds)))
    }

    /// Returns the time, where there is a limit.
    pub const fn duration(self) -> Option<Duration> {
        self.0
    }
}

impl FromStr for TimeLimit {
    type Err = TimeLimitError;

    fn from_str(text: &str) -> Result<Self, TimeLimitError> {
        if text == "off" {
            return Ok(Self::OFF);
        }
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let unit = &text[digits.len()..];
        let number: u64 = digits.parse().map_err(|_| TimeLimitError)?;
        let (_, milliseconds) = UNITS
            .into_iter()
            .find(|(name, _)| *name == unit)
            .ok_or(TimeLimitError)?;
        match number.checked_mul(milliseconds) {
            None | Some(0) => Err(TimeLimitError),
            // Longer than any process runs, and short enough to be added to any moment.
            Some(all) if all > UNITS[0].1 * 36_500 => Err(TimeLimitError),
            Some(all) => Ok(Self(Some(Duration::from_millis(all)))),
        }
    }
}

impl TryFrom<String> for TimeLimit {
    type Error = TimeLimitError;

    fn try_from(text: String) -> Result<Self, TimeLimitError> {
        text.parse()
    }
}

impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(limit) = self.0 else {
            return f.write_str("off");
        };
        let all = limit.as_millis();
        for (unit, milliseconds) in UNITS {
            let milliseconds = u128::from(milliseconds);
            if all.is_multiple_of(milliseconds) {
                return write!(f, "{}{unit}", all / milliseconds);
            }
        }
        write!(f, "{all}ms")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_written_with_a_unit() {
        for (text, milliseconds) in [("10s", 10_000), ("30m", 1_800_000), ("250ms", 250)] {
            let lapse: TimeLimit = text.parse().unwrap();
            assert_eq!(lapse.duration(), Some(Duration::from_millis(milliseconds)));
            assert_eq!(lapse.to_string(), text);
        }
        assert_eq!("off".parse(), Ok(TimeLimit::OFF));
        for wrong in [
            "",
            "30",
            "m",
            "0s",
            "-1s",
            "1.5h",
            "1 h",
            "9999999999999d",
            "é",
        ] {
            assert_eq!(wrong.parse::<TimeLimit>(), Err(TimeLimitError), "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_time_or_an_error(text in any::<String>()) {
            if let Ok(lapse) = text.parse::<TimeLimit>() {
                prop_assert_eq!(lapse.to_string().parse(), Ok(lapse));
            }
        }
    }
}
