//! The background of a terminal, which decides the colors that are readable on it.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Background {
    Dark,
    Light,
}

impl Background {
    /// Parses `COLORFGBG`, such as `15;0`. The last field is the background, one of 16 colors.
    pub(crate) fn from_colorfgbg(value: &str) -> Option<Self> {
        match value.rsplit(';').next()?.parse::<u8>().ok()? {
            0..=6 | 8 => Some(Self::Dark),
            7 | 9..=15 => Some(Self::Light),
            _ => None,
        }
    }

    /// Parses the answer to OSC 11 without its frame, such as `11;rgb:ffff/ffff/ffff`. Each component
    /// has one to four hexadecimal digits.
    pub(crate) fn from_osc(answer: &[u8]) -> Option<Self> {
        let answer = std::str::from_utf8(answer).ok()?;
        let color = answer.strip_prefix("11;rgb:")?;
        let mut components = color.split('/').map(|digits| {
            let max = 16_u32.checked_pow(u32::try_from(digits.len()).ok()?)? - 1;
            let value = u32::from_str_radix(digits, 16).ok()?;
            (value * 1000).checked_div(max)
        });
        let mut next = || components.next().flatten();
        let (red, green, blue) = (next()?, next()?, next()?);
        // The weights of the eye, for each component from 0 to 1000.
        let brightness = 3 * red + 6 * green + blue;
        Some(if brightness < 5000 {
            Self::Dark
        } else {
            Self::Light
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn background_is_read_from_variable_and_answer() {
        let (dark, light) = (Some(Background::Dark), Some(Background::Light));
        for (value, background) in [
            ("15;0", dark),
            ("0;15", light),
            ("0;default;7", light),
            ("12;8", dark),
            ("0;default", None),
            ("", None),
            ("15;255", None),
        ] {
            assert_eq!(Background::from_colorfgbg(value), background, "{value}");
        }
        for (answer, background) in [
            ("11;rgb:ffff/ffff/ffff", light),
            ("11;rgb:fd/f6/e3", light),
            ("11;rgb:0000/2b2b/3636", dark),
            ("11;rgb:1/1/1", dark),
            ("11;rgb:ffff/ffff", None),
            ("11;rgb://", None),
            ("11;rgb:fffffffff/0/0", None),
            ("11;white", None),
            ("10;rgb:ffff/ffff/ffff", None),
        ] {
            assert_eq!(
                Background::from_osc(answer.as_bytes()),
                background,
                "{answer}"
            );
        }
    }
}
