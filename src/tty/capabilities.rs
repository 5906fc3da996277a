//! Terminal capabilities, detected from environment variables.
//!
//! The terminal itself is not queried for them: an answer takes a round trip, and may never come. The
//! terminfo database is not read either, because a server's copy does not describe its clients'
//! terminals. The few families that matter are recognized by name.

pub(crate) mod background;
pub(crate) mod color;
pub(crate) mod family;
pub(crate) mod feature;
#[cfg(test)]
pub(crate) mod tests;

use crate::text::Charset;
use crate::tty::capabilities::background::Background;
use crate::tty::capabilities::color::{ColorChoice, ColorDepth};
use crate::tty::capabilities::family::{Family, Multiplexer};
use crate::tty::capabilities::feature::{Feature, Features};

/// What a terminal can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    pub color_depth: ColorDepth,
    pub charset: Charset,
    /// `None` if the environment does not tell.
    pub background: Option<Background>,
    /// `None` if the environment does not name one.
    pub multiplexer: Option<Multiplexer>,
    /// Whether text is only appended (`--plain-ui`): nothing moves the cursor or changes the screen.
    pub appends_only: bool,
    features: Features,
}

/// The features of a terminal to which text is only appended.
const APPENDING_FEATURES: Features =
    Features::NONE.with(&[Feature::BracketedPaste, Feature::Clipboard]);

/// How the program uses a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisplayMode {
    Interactive(Capabilities),
    /// Plain text only: `TERM` is `dumb` or missing, so no control sequence is safe.
    Plain(Charset),
}

/// Command-line options that override the environment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--color`.
    pub color: ColorChoice,
    /// `--ascii` or `--unicode`.
    pub charset: Option<Charset>,
    /// `--plain-ui`.
    pub appends_only: bool,
}

impl Capabilities {
    /// Detects the capabilities. `variable` looks an environment variable up.
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
        let capabilities = |color_depth, features| {
            let capabilities = Self {
                color_depth,
                charset,
                background: environment.background(),
                multiplexer,
                appends_only: false,
                features,
            };
            DisplayMode::Interactive(if overrides.appends_only {
                capabilities.append_only()
            } else {
                capabilities
            })
        };
        let Some(family) = family else {
            return if overrides.appends_only {
                capabilities(ColorDepth::None, Features::NONE)
            } else {
                DisplayMode::Plain(charset)
            };
        };
        let color_depth = match overrides.color {
            ColorChoice::Always(depth) => depth,
            ColorChoice::Auto => environment.color_depth(family, &term),
        };
        capabilities(color_depth, family.features())
    }

    /// The same terminal if text is only appended to it.
    #[must_use]
    pub const fn append_only(self) -> Self {
        Self {
            color_depth: ColorDepth::None,
            background: None,
            appends_only: true,
            features: self.features.only(APPENDING_FEATURES),
            ..self
        }
    }

    /// The capabilities of a modern terminal emulator: all of xterm's features, in true color.
    pub const fn modern() -> Self {
        Self {
            color_depth: ColorDepth::TrueColor,
            charset: Charset::Unicode,
            background: None,
            multiplexer: None,
            appends_only: false,
            features: Family::Xterm.features(),
        }
    }

    pub const fn can(self, feature: Feature) -> bool {
        self.features.contains(feature)
    }

    #[must_use]
    pub const fn without(mut self, feature: Feature) -> Self {
        self.features = self.features.without(feature);
        self
    }
}

/// The environment variables. An empty one counts as unset.
struct Environment<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Environment<'_> {
    fn get(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    fn background(&self) -> Option<Background> {
        Background::from_colorfgbg(&self.get("COLORFGBG")?)
    }

    /// Reads the locale as setlocale(3) does: the first of three variables that is set counts, and
    /// the default is "C".
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

    /// Follows the conventions of <https://no-color.org> and <https://bixense.com/clicolors>.
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
