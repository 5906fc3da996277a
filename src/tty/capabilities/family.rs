//! Terminal families, recognized by the name in `TERM`.
//!
//! Their features come from the terminfo entries of ncurses 6.4 and from the terminals' manuals.

use crate::tty::capabilities::color::ColorDepth;
use crate::tty::capabilities::feature::{Feature, Features};

/// A terminal multiplexer, through which some sequences must be wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multiplexer {
    Tmux,
    /// GNU screen.
    Screen,
}

/// Terminals with the same features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// xterm and compatible emulators, which are nearly all of today's.
    Xterm,
    /// st, which reports an error for each synchronized frame and for each link.
    St,
    /// tmux, under its own name, or under the name `screen` with `TMUX` set.
    Tmux,
    /// GNU screen, or a remote tmux that uses the same name.
    Screen,
    /// The text console of the Linux kernel.
    LinuxConsole,
    /// DEC's VT200 to VT500 series.
    Vt220,
    /// DEC's VT100 and VT102.
    Vt100,
    /// Any other terminal. It is assumed to follow ECMA-48.
    Unknown,
}

/// Name prefixes of emulators that are compatible with xterm.
const XTERM_PREFIXES: [&str; 19] = [
    "xterm",
    "alacritty",
    "foot",
    "kitty",
    "wezterm",
    "ghostty",
    "rio",
    "contour",
    "konsole",
    "gnome",
    "vte",
    "iterm",
    "rxvt",
    "putty",
    "mintty",
    "mlterm",
    "Eterm",
    "ms-terminal",
    "termite",
];

/// Parts of the names of terminals that certainly show true color.
const TRUE_COLOR_NAMES: [&str; 8] = [
    "-direct",
    "alacritty",
    "foot",
    "kitty",
    "wezterm",
    "ghostty",
    "contour",
    "iterm",
];

/// Name prefixes of DEC's terminals from the VT220 on.
const VT220_PREFIXES: [&str; 4] = ["vt2", "vt3", "vt4", "vt5"];

/// Names of terminals without control sequences, or with other ones, such as the VT52.
const DUMB: [&str; 7] = ["", "dumb", "unknown", "network", "dialup", "emacs", "vt52"];

const VT100: Features = Features::NONE.with(&[
    Feature::ScrollRegion,
    Feature::DeferredWrap,
    Feature::DeviceStatus,
]);

const VT220: Features = VT100.with(&[
    Feature::EraseCharacters,
    Feature::HideCursor,
    Feature::ResetAttribute,
]);

const LINUX_CONSOLE: Features = VT220.with(&[Feature::LineAddress, Feature::Dim]);

/// GNU screen takes SGR 3 for standout, and does not know ECH and mode 2026.
const SCREEN: Features = VT100.with(&[
    Feature::AlternateScreen,
    Feature::LineAddress,
    Feature::BracketedPaste,
    Feature::HideCursor,
    Feature::ResetAttribute,
    Feature::BrightColors,
    Feature::Dim,
    Feature::Mouse,
    Feature::Clipboard,
]);

const XTERM: Features = SCREEN.with(&[
    Feature::EraseCharacters,
    Feature::Synchronized,
    Feature::Italic,
    Feature::CrossedOut,
    Feature::BackgroundColor,
    Feature::Hyperlinks,
]);

impl Family {
    /// Returns `None` for terminals that take no sequences at all.
    pub(crate) fn from_term(term: &str, multiplexer: Option<Multiplexer>) -> Option<Self> {
        let starts = |names: &[&str]| names.iter().any(|name| term.starts_with(name));
        Some(match term {
            _ if DUMB.contains(&term) => return None,
            _ if multiplexer == Some(Multiplexer::Tmux) => Self::Tmux,
            _ if multiplexer == Some(Multiplexer::Screen) => Self::Screen,
            _ if term == "st" || term.starts_with("st-") => Self::St,
            _ if starts(&XTERM_PREFIXES) => Self::Xterm,
            _ if term.starts_with("linux") => Self::LinuxConsole,
            _ if term.starts_with("vt10") => Self::Vt100,
            _ if starts(&VT220_PREFIXES) => Self::Vt220,
            _ if term.contains("256color") || term.contains("-direct") => Self::Xterm,
            _ => Self::Unknown,
        })
    }

    pub(crate) const fn features(self) -> Features {
        match self {
            Self::Xterm | Self::Tmux => XTERM,
            Self::St => XTERM
                .without(Feature::Synchronized)
                .without(Feature::Hyperlinks),
            Self::Screen => SCREEN,
            Self::LinuxConsole => LINUX_CONSOLE,
            Self::Vt220 => VT220,
            Self::Vt100 => VT100,
            Self::Unknown => Features::NONE,
        }
    }

    /// Returns false for terminals that show their national character set only.
    pub(crate) const fn supports_unicode(self) -> bool {
        !matches!(self, Self::Vt100 | Self::Vt220)
    }

    pub(crate) fn color_depth(self, term: &str, claimed: Option<ColorDepth>) -> ColorDepth {
        match self {
            Self::Vt100 | Self::Vt220 => ColorDepth::None,
            _ if term.ends_with("-mono") => ColorDepth::None,
            Self::Xterm | Self::St | Self::Tmux if claimed == Some(ColorDepth::TrueColor) => {
                ColorDepth::TrueColor
            }
            Self::Xterm if TRUE_COLOR_NAMES.iter().any(|name| term.contains(name)) => {
                ColorDepth::TrueColor
            }
            Self::Tmux => ColorDepth::Ansi256,
            Self::Xterm | Self::St | Self::Screen if term.contains("256") => ColorDepth::Ansi256,
            Self::Xterm | Self::St | Self::Screen | Self::LinuxConsole | Self::Unknown => {
                ColorDepth::Ansi16
            }
        }
    }
}
