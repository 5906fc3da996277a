//! Defines what a reader's terminal can do, as far as the environment tells.
//!
//! No terminal is asked: an answer takes a round trip at best and never comes at worst. Nor is the
//! terminfo database read, which a server has for its own terminals and not for the reader's; the
//! few families that differ in what a reader sends are told apart by name.

pub(crate) mod family;
#[cfg(test)]
pub(crate) mod tests;

use std::str::FromStr;

use crate::text::Charset;

use crate::tty::capabilities::family::Family;

/// The colours that a terminal is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColorDepth {
    /// None: bold, underline and reverse only.
    None,
    /// The eight of ECMA-48 and their bright versions.
    Ansi16,
    /// The 256 of xterm's palette.
    Ansi256,
    /// Red, green and blue of eight bits each.
    TrueColor,
}

/// Something that not every terminal can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Feature {
    /// Keeps a second screen aside (private mode 1049).
    AlternateScreen,
    /// Scrolls some rows only (DECSTBM, with IND and RI).
    ScrollRegion,
    /// Erases characters in the middle of a row (ECH).
    EraseCharacters,
    /// Moves to a column or a row alone (CHA, VPA).
    LineAddress,
    /// Waits at the end of a row until the next character before it wraps.
    DeferredWrap,
    /// Shows a frame only once it is whole (private mode 2026).
    Synchronized,
    /// Marks pasted text (private mode 2004).
    BracketedPaste,
    /// Hides its cursor (DECTCEM).
    HideCursor,
    /// Ends one attribute without the others (SGR 22, 24, 27).
    ResetAttribute,
    /// Shows bright colours by codes of their own (SGR 90 to 107).
    BrightColors,
    /// Shows dim text.
    Dim,
    /// Shows italic text.
    Italic,
    /// Shows crossed-out text.
    CrossedOut,
    /// Says when it has read everything (device status report).
    DeviceStatus,
    /// Reports clicks and the wheel (private modes 1000 and 1006).
    Mouse,
    /// Puts text on the reader's clipboard (OSC 52).
    Clipboard,
}

/// A set of features.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Features(u32);

impl Features {
    const fn new(features: &[Feature]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < features.len() {
            bits |= 1 << features[at] as u8;
            at += 1;
        }
        Self(bits)
    }

    const fn without(self, feature: Feature) -> Self {
        Self(self.0 & !(1 << feature as u8))
    }

    const fn contains(self, feature: Feature) -> bool {
        self.0 & (1 << feature as u8) != 0
    }
}

/// A program between this one and the terminal, through which some sequences must be wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multiplexer {
    /// tmux.
    Tmux,
    /// GNU screen.
    Screen,
}

/// What a terminal can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// The colours to send.
    pub color_depth: ColorDepth,
    /// The characters to send.
    pub charset: Charset,
    /// The program that everything passes through, if the environment names one.
    pub multiplexer: Option<Multiplexer>,
    features: Features,
}

/// How a program shows itself on a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisplayMode {
    /// It fills the screen.
    FullScreen(Capabilities),
    /// It prints plain text: `TERM` is `dumb` or missing, so that no sequence is safe.
    Plain(Charset),
}

/// What a user says about colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorChoice {
    /// The environment decides.
    #[default]
    Auto,
    /// These, whatever the environment says.
    Always(ColorDepth),
}

/// Says that a word names no choice of colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("say auto, never, 16, 256 or true")]
pub struct ColorChoiceError;

impl FromStr for ColorChoice {
    type Err = ColorChoiceError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Ok(match word {
            "auto" => Self::Auto,
            "never" => Self::Always(ColorDepth::None),
            "16" => Self::Always(ColorDepth::Ansi16),
            "256" => Self::Always(ColorDepth::Ansi256),
            "true" => Self::Always(ColorDepth::TrueColor),
            _ => return Err(ColorChoiceError),
        })
    }
}

/// What a user says on the command line, which stands before the environment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--color`.
    pub color: ColorChoice,
    /// `--ascii` or `--unicode`.
    pub charset: Option<Charset>,
}

impl Capabilities {
    /// Finds out from the environment what the terminal can do; `variable` returns the value of an
    /// environment variable.
    pub fn detect(variable: &dyn Fn(&str) -> Option<String>, overrides: Overrides) -> DisplayMode {
        let environment = Environment { variable };
        let term = environment.get("TERM").unwrap_or_default();
        let multiplexer = if environment.get("TMUX").is_some() || term.starts_with("tmux") {
            Some(Multiplexer::Tmux)
        } else if term.starts_with("screen") {
            Some(Multiplexer::Screen)
        } else {
            None
        };
        let family = Family::from_term(&term, multiplexer);
        let charset = overrides
            .charset
            .unwrap_or_else(|| environment.charset(family));
        let Some(family) = family else {
            return DisplayMode::Plain(charset);
        };
        let colours = match overrides.color {
            ColorChoice::Always(colours) => colours,
            ColorChoice::Auto => environment.color_depth(family, &term),
        };
        DisplayMode::FullScreen(Self {
            color_depth: colours,
            charset,
            multiplexer,
            features: family.features(),
        })
    }

    /// Returns what a modern terminal emulator can do: xterm's repertoire in true colour.
    pub const fn modern() -> Self {
        Self {
            color_depth: ColorDepth::TrueColor,
            charset: Charset::Unicode,
            multiplexer: None,
            features: Family::Xterm.features(),
        }
    }

    /// Says whether the terminal can do something.
    pub const fn can(self, feature: Feature) -> bool {
        self.features.contains(feature)
    }

    /// Returns the same without something.
    #[must_use]
    pub const fn without(mut self, feature: Feature) -> Self {
        self.features = self.features.without(feature);
        self
    }
}

/// The environment variables, where an empty one is as good as none.
struct Environment<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Environment<'_> {
    fn get(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    /// Reads the locale as setlocale(3) does: the first of three that is set counts, and without
    /// any the locale is "C".
    fn charset(&self, family: Option<Family>) -> Charset {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|name| self.get(name));
        let locale = locale.unwrap_or_default().to_ascii_lowercase();
        let utf8 = locale.contains("utf-8") || locale.contains("utf8");
        if utf8 && family.is_none_or(Family::supports_unicode) {
            Charset::Unicode
        } else {
            Charset::Ascii
        }
    }

    /// Reads the conventions of <https://no-color.org> and <https://bixense.com/clicolors>.
    fn color_depth(&self, family: Family, term: &str) -> ColorDepth {
        let is = |name, value: &str| self.get(name).as_deref() == Some(value);
        let forced = self.get("CLICOLOR_FORCE").is_some_and(|value| value != "0");
        if self.get("NO_COLOR").is_some() || (is("CLICOLOR", "0") && !forced) {
            return ColorDepth::None;
        }
        let claims = is("COLORTERM", "truecolor") || is("COLORTERM", "24bit");
        family.color_depth(term, claims.then_some(ColorDepth::TrueColor))
    }
}
