//! Recognizes a code that is typed over a document, where letters and digits are commands.

use std::time::{Duration, Instant};

use crate::app::ReadingPosition;

/// The longest time between two characters of a code.
const MAX_PAUSE: Duration = Duration::from_secs(1);

/// The characters of what may become a code: at most one letter, then digits.
#[derive(Debug, Default)]
pub struct CodeTyping {
    text: String,
    last: Option<Instant>,
    /// The reader's position before the first character, which may have moved it.
    start: Option<ReadingPosition>,
}

impl CodeTyping {
    /// Adds a character that was typed over a document. Returns the characters and the position
    /// before them if they are a code: three characters that end with two digits, or one without a
    /// command. Two digits may open two sections in succession.
    pub fn push(
        &mut self,
        c: char,
        now: Instant,
        has_command: bool,
        position: impl FnOnce() -> ReadingPosition,
    ) -> Option<(String, ReadingPosition)> {
        if !self.is_continued_by(c, now) {
            self.clear();
        }
        if !c.is_ascii_alphanumeric() {
            return None;
        }
        if self.text.is_empty() {
            self.start = Some(position());
        }
        self.last = Some(now);
        self.text.push(c);
        let digits = self.text.bytes().rev().take_while(u8::is_ascii_digit);
        if has_command && (digits.count() < 2 || self.text.len() < 3) {
            return None;
        }
        self.last = None;
        Some((std::mem::take(&mut self.text), self.start.take()?))
    }

    /// Returns true if a character continues a code that has begun: a digit without a pause before it.
    pub fn is_continued_by(&self, c: char, now: Instant) -> bool {
        let is_soon = |last| now.duration_since(last) <= MAX_PAUSE;
        c.is_ascii_digit() && self.last.is_some_and(is_soon)
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position() -> ReadingPosition {
        ReadingPosition {
            code: "cpt:83950".parse().unwrap(),
            row_path: None,
            top: 0,
        }
    }

    /// Types characters, with the pause before each in milliseconds. Lower-case letters have a
    /// command, and so have the digits but 0.
    fn typed(keys: &[(char, u64)]) -> Option<String> {
        let mut typing = CodeTyping::default();
        let mut now = Instant::now();
        for (c, pause) in keys {
            now += Duration::from_millis(*pause);
            let has_command = !matches!(c, '0' | 'A'..='F');
            if let Some((text, _)) = typing.push(*c, now, has_command, position) {
                return Some(text);
            }
        }
        None
    }

    #[test]
    fn three_characters_or_an_unbound_one_are_a_code() {
        let typed_839 = typed(&[('8', 0), ('3', 200), ('9', 200)]);
        assert_eq!(typed_839.as_deref(), Some("839"));
        assert_eq!(typed(&[('E', 0)]).as_deref(), Some("E"));
        assert_eq!(typed(&[('g', 0), ('0', 90)]).as_deref(), Some("g0"));
        assert_eq!(
            typed(&[('k', 0), ('9', 90), ('2', 90)]).as_deref(),
            Some("k92")
        );
    }

    #[test]
    fn commands_with_pauses_or_other_keys_between_are_not_a_code() {
        assert_eq!(typed(&[('4', 0), ('5', 90)]), None);
        assert_eq!(typed(&[('4', 0), ('5', 90), ('6', 1_001)]), None);
        assert_eq!(typed(&[('j', 0), ('j', 90), ('4', 90)]), None);
        assert_eq!(typed(&[('4', 0), ('?', 90), ('5', 90)]), None);
    }
}
