//! Defines what a client says of its terminal, as far as it is believed.

use crate::terminal::{Capabilities, Overrides, Painting, Size};

/// The longest terminal name that is kept, in bytes.
const LONGEST_TERM: usize = 64;

/// The longest value of a variable that is kept, in bytes.
const LONGEST_VALUE: usize = 64;

/// The variables that say something about a terminal; clients send many more.
const KNOWN: [&str; 5] = ["LANG", "LC_ALL", "LC_CTYPE", "COLORTERM", "NO_COLOR"];

/// What a client says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    terminal: Option<Terminal>,
    variables: [Option<String>; KNOWN.len()],
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Terminal {
    name: String,
    size: Size,
}

impl Client {
    /// Takes a terminal's name and size.
    pub fn set_terminal(&mut self, name: &str, size: Size) {
        // A name that is cut is another name; none means plain text.
        let name = if name.len() <= LONGEST_TERM { name } else { "" };
        let name = name.to_owned();
        self.terminal = Some(Terminal { name, size });
    }

    /// Takes another size.
    pub fn set_size(&mut self, size: Size) {
        if let Some(terminal) = &mut self.terminal {
            terminal.size = size;
        }
    }

    /// Takes a variable, and says whether it was: those of the locale and of colour are, unless
    /// they are too long.
    pub fn set_variable(&mut self, name: &str, value: &str) -> bool {
        if value.len() > LONGEST_VALUE {
            return false;
        }
        match KNOWN.iter().position(|known| *known == name) {
            Some(at) => {
                self.variables[at] = Some(value.to_owned());
                true
            }
            // The other parts of the locale say nothing that is used here.
            None => name.len() <= LONGEST_VALUE && name.starts_with("LC_"),
        }
    }

    /// Returns the size of the client's terminal, where it has one.
    pub fn size(&self) -> Option<Size> {
        self.terminal.as_ref().map(|terminal| terminal.size)
    }

    /// Returns the name of the client's terminal.
    pub fn term(&self) -> Option<&str> {
        self.terminal
            .as_ref()
            .map(|terminal| terminal.name.as_str())
    }

    /// Returns how text reaches the client.
    pub fn painting(&self, overrides: Overrides) -> Painting {
        let variable = |name: &str| {
            if name == "TERM" {
                return self.term().map(str::to_owned);
            }
            let at = KNOWN.iter().position(|known| *known == name)?;
            self.variables[at].clone()
        };
        match Capabilities::detect(&variable, overrides) {
            Painting::Full(capabilities) if self.terminal.is_none() => {
                Painting::Plain(capabilities.charset)
            }
            painting => painting,
        }
    }
}

/// Returns the size that a client asks for, as far as it is granted.
pub fn size(columns: u32, rows: u32, most: Size) -> Size {
    let side = |cells| u16::try_from(cells).unwrap_or(u16::MAX);
    Size::reported(side(columns), side(rows)).at_most(most)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::content::Charset;
    use crate::terminal::Colours;

    const MOST: Size = Size::new(300, 100);

    fn of(term: &str, variables: &[(&str, &str)]) -> Painting {
        let mut client = Client::default();
        client.set_terminal(term, Size::DEFAULT);
        for (name, value) in variables {
            client.set_variable(name, value);
        }
        client.painting(Overrides::default())
    }

    #[test]
    fn the_terminal_is_what_the_client_says() {
        let Painting::Full(full) = of("xterm-256color", &[("LANG", "en_US.UTF-8")]) else {
            panic!("plain");
        };
        assert_eq!(
            (full.colours, full.charset),
            (Colours::Ansi256, Charset::Unicode)
        );
        let Painting::Full(full) = of("vt100", &[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]) else {
            panic!("plain");
        };
        assert_eq!(
            (full.colours, full.charset),
            (Colours::None, Charset::Ascii)
        );
        let Painting::Full(full) = of("xterm-256color", &[("NO_COLOR", "1")]) else {
            panic!("plain");
        };
        assert_eq!(full.colours, Colours::None);
        assert_eq!(of("dumb", &[]), Painting::Plain(Charset::Ascii));
        let none = Client::default().painting(Overrides::default());
        assert_eq!(none, Painting::Plain(Charset::Ascii));
    }

    #[test]
    fn sizes_are_cut_and_zero_is_unknown() {
        assert_eq!(size(0, 0, MOST), Size::DEFAULT);
        assert_eq!(size(500, 300, MOST), MOST);
        assert_eq!(size(u32::MAX, 1, MOST), Size::new(300, 1));
    }

    proptest! {
        #[test]
        fn whatever_is_said_little_is_kept(
            pairs in prop::collection::vec(("[A-Z_]{0,12}|LANG|LC_.{0,200}", ".{0,200}"), 0..50),
            term in ".{0,200}",
            columns: u32,
            rows: u32,
        ) {
            let mut client = Client::default();
            client.set_terminal(&term, size(columns, rows, MOST));
            for (name, value) in &pairs {
                client.set_variable(name, value);
            }
            let kept: usize = client.variables.iter().flatten().map(String::len).sum();
            prop_assert!(kept <= KNOWN.len() * LONGEST_VALUE);
            prop_assert!(client.term().is_none_or(|term| term.len() <= LONGEST_TERM));
            let size = client.size().unwrap();
            prop_assert!((1..=300).contains(&size.columns()) && (1..=100).contains(&size.rows()));
            client.painting(Overrides::default());
        }
    }
}
