//! The terminal of a client, as the client describes it.

use std::collections::HashMap;

use crate::num::saturating_u16;
use crate::tty::{Capabilities, DisplayMode, Overrides, Size};

/// The maximum length of a terminal name, in bytes.
const MAX_TERM_LENGTH: usize = 64;

/// The maximum length of a variable's value, in bytes.
const MAX_VALUE_LENGTH: usize = 64;

/// The variables that describe a terminal. Clients send many others.
const ACCEPTED_VARIABLES: [&str; 5] = ["LANG", "LC_ALL", "LC_CTYPE", "COLORTERM", "NO_COLOR"];

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientTerminal {
    pty: Option<Pty>,
    variables: HashMap<&'static str, String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pty {
    term: String,
    size: Size,
}

impl ClientTerminal {
    /// Sets the terminal type and size. A type that is too long becomes empty, which means plain
    /// text: truncated, it would be another type.
    pub fn set_pty(&mut self, term: &str, size: Size) {
        let is_valid = term.len() <= MAX_TERM_LENGTH;
        let term = if is_valid { term } else { "" }.to_owned();
        self.pty = Some(Pty { term, size });
    }

    pub fn set_size(&mut self, size: Size) {
        if let Some(pty) = &mut self.pty {
            pty.size = size;
        }
    }

    /// Sets a variable of the locale or of colors. Returns false for any other variable, or if the
    /// value is too long.
    pub fn set_variable(&mut self, name: &str, value: &str) -> bool {
        if value.len() > MAX_VALUE_LENGTH {
            return false;
        }
        if let Some(known) = ACCEPTED_VARIABLES.iter().find(|known| **known == name) {
            self.variables.insert(known, value.to_owned());
            return true;
        }
        // The other locale categories are accepted and ignored.
        name.len() <= MAX_VALUE_LENGTH && name.starts_with("LC_")
    }

    /// `None` if the client has no terminal.
    pub fn size(&self) -> Option<Size> {
        self.pty.as_ref().map(|pty| pty.size)
    }

    pub fn term(&self) -> Option<&str> {
        self.pty.as_ref().map(|pty| pty.term.as_str())
    }

    pub fn display_mode(&self, overrides: Overrides) -> DisplayMode {
        let variable = |name: &str| {
            if name == "TERM" {
                return self.term().map(str::to_owned);
            }
            self.variables.get(name).cloned()
        };
        match Capabilities::detect(&variable, overrides) {
            DisplayMode::Interactive(capabilities) if self.pty.is_none() => {
                DisplayMode::Plain(capabilities.charset)
            }
            mode => mode,
        }
    }
}

/// Converts a size that a client reports, and limits it.
pub fn clamped_size(columns: u32, rows: u32, max: Size) -> Size {
    Size::from_reported(saturating_u16(columns), saturating_u16(rows)).at_most(max)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::Charset;
    use crate::tty::ColorDepth;

    const MAX_SIZE: Size = Size::new(300, 100);

    fn display_mode_of(term: &str, variables: &[(&str, &str)]) -> DisplayMode {
        let mut client = ClientTerminal::default();
        client.set_pty(term, Size::DEFAULT);
        for (name, value) in variables {
            client.set_variable(name, value);
        }
        client.display_mode(Overrides::default())
    }

    #[test]
    fn display_mode_follows_term_and_environment() {
        let DisplayMode::Interactive(full) =
            display_mode_of("xterm-256color", &[("LANG", "en_US.UTF-8")])
        else {
            panic!("plain");
        };
        assert_eq!(
            (full.color_depth, full.charset),
            (ColorDepth::Ansi256, Charset::Unicode)
        );
        let DisplayMode::Interactive(full) =
            display_mode_of("vt100", &[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")])
        else {
            panic!("plain");
        };
        assert_eq!(
            (full.color_depth, full.charset),
            (ColorDepth::None, Charset::Ascii)
        );
        let DisplayMode::Interactive(full) =
            display_mode_of("xterm-256color", &[("NO_COLOR", "1")])
        else {
            panic!("plain");
        };
        assert_eq!(full.color_depth, ColorDepth::None);
        assert_eq!(
            display_mode_of("dumb", &[]),
            DisplayMode::Plain(Charset::Ascii)
        );
        let none = ClientTerminal::default().display_mode(Overrides::default());
        assert_eq!(none, DisplayMode::Plain(Charset::Ascii));
    }

    #[test]
    fn sizes_are_clamped_and_zero_means_default() {
        assert_eq!(clamped_size(0, 0, MAX_SIZE), Size::DEFAULT);
        assert_eq!(clamped_size(500, 300, MAX_SIZE), MAX_SIZE);
        assert_eq!(clamped_size(u32::MAX, 1, MAX_SIZE), Size::new(300, 1));
    }

    proptest! {
        #[test]
        fn stored_client_data_is_bounded(
            pairs in prop::collection::vec(("[A-Z_]{0,12}|LANG|LC_.{0,200}", ".{0,200}"), 0..50),
            term in ".{0,200}",
            columns: u32,
            rows: u32,
        ) {
            let mut client = ClientTerminal::default();
            client.set_pty(&term, clamped_size(columns, rows, MAX_SIZE));
            for (name, value) in &pairs {
                client.set_variable(name, value);
            }
            let stored: usize = client.variables.values().map(String::len).sum();
            prop_assert!(stored <= ACCEPTED_VARIABLES.len() * MAX_VALUE_LENGTH);
            prop_assert!(client.term().is_none_or(|term| term.len() <= MAX_TERM_LENGTH));
            let size = client.size().unwrap();
            prop_assert!((1..=300).contains(&size.columns()) && (1..=100).contains(&size.rows()));
            client.display_mode(Overrides::default());
        }
    }
}
