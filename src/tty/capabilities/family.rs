//! Tells families of terminals apart by the name in `TERM`.
//!
//! What each can do is from the terminfo entries of ncurses 6.4 and from the terminals' manuals.

use crate::tty::capabilities::{ColorDepth, Feature, Features, Multiplexer};

/// Terminals that can do the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// xterm and the emulators that follow it: nearly all of today's.
    Xterm,
    /// tmux, under its own name or as `screen` with `TMUX` set.
    Tmux,
    /// GNU screen, or tmux at the far end of a line, which cannot be told from it.
    Screen,
    /// The console of the Linux kernel.
    LinuxConsole,
    /// DEC's VT200 to VT500 series.
    Vt220,
    /// DEC's VT100 and VT102.
    Vt100,
    /// Anything else that follows ECMA-48.
    Unknown,
}

/// The beginnings of the names of emulators that follow xterm.
const XTERM_PREFIXES: [&str; 20] = [
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
    "st-",
    "rxvt",
    "putty",
    "mintty",
    "mlterm",
    "Eterm",
    "ms-terminal",
    "termite",
];

/// The names, or parts of names, of those that show true colour for certain.
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

/// The beginnings of the names of DEC's terminals, those before the VT220 apart.
const VT220_PREFIXES: [&str; 4] = ["vt2", "vt3", "vt4", "vt5"];

/// The names of what takes no sequences, or, like the VT52, others than these.
const DUMB: [&str; 7] = ["", "dumb", "unknown", "network", "dialup", "emacs", "vt52"];

const VT100: Features = Features::new(&[
    Feature::ScrollRegion,
    Feature::DeferredWrap,
    Feature::DeviceStatus,
]);

const VT220: Features = Features::new(&[
    Feature::ScrollRegion,
    Feature::DeferredWrap,
    Feature::DeviceStatus,
    Feature::EraseCharacters,
    Feature::HideCursor,
    Feature::ResetAttribute,
]);

const LINUX_CONSOLE: Features = Features::new(&[
    Feature::ScrollRegion,
    Feature::DeferredWrap,
    Feature::DeviceStatus,
    Feature::EraseCharacters,
    Feature::LineAddress,
    Feature::HideCursor,
    Feature::ResetAttribute,
    Feature::Dim,
]);

/// SGR 3 is standout here, and ECH and mode 2026 are unknown.
const SCREEN: Features = Features::new(&[
    Feature::AlternateScreen,
    Feature::ScrollRegion,
    Feature::DeferredWrap,
    Feature::LineAddress,
    Feature::BracketedPaste,
    Feature::HideCursor,
    Feature::ResetAttribute,
    Feature::BrightColors,
    Feature::Dim,
    Feature::DeviceStatus,
    Feature::Mouse,
    Feature::Clipboard,
]);

const XTERM: Features = Features::new(&[
    Feature::AlternateScreen,
    Feature::ScrollRegion,
    Feature::EraseCharacters,
    Feature::LineAddress,
    Feature::DeferredWrap,
    Feature::Synchronized,
    Feature::BracketedPaste,
    Feature::HideCursor,
    Feature::ResetAttribute,
    Feature::BrightColors,
    Feature::Dim,
    Feature::Italic,
    Feature::CrossedOut,
    Feature::DeviceStatus,
    Feature::Mouse,
    Feature::Clipboard,
]);

impl Family {
    /// Returns the family of a name, or none for terminals that take no sequences at all.
    pub(crate) fn from_term(term: &str, inside: Option<Multiplexer>) -> Option<Self> {
        let starts = |names: &[&str]| names.iter().any(|name| term.starts_with(name));
        Some(match term {
            _ if DUMB.contains(&term) => return None,
            _ if inside == Some(Multiplexer::Tmux) => Self::Tmux,
            _ if inside == Some(Multiplexer::Screen) => Self::Screen,
            _ if term == "st" || starts(&XTERM_PREFIXES) => Self::Xterm,
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
            Self::Screen => SCREEN,
            Self::LinuxConsole => LINUX_CONSOLE,
            Self::Vt220 => VT220,
            Self::Vt100 => VT100,
            Self::Unknown => Features::new(&[]),
        }
    }

    /// Says whether the terminal has characters beyond its national ones.
    pub(crate) const fn supports_unicode(self) -> bool {
        !matches!(self, Self::Vt100 | Self::Vt220)
    }

    pub(crate) fn color_depth(self, term: &str, claimed: Option<ColorDepth>) -> ColorDepth {
        match self {
            Self::Vt100 | Self::Vt220 => ColorDepth::None,
            _ if term.ends_with("-mono") => ColorDepth::None,
            Self::Xterm | Self::Tmux if claimed == Some(ColorDepth::TrueColor) => {
                ColorDepth::TrueColor
            }
            Self::Xterm if TRUE_COLOR_NAMES.iter().any(|name| term.contains(name)) => {
                ColorDepth::TrueColor
            }
            Self::Tmux => ColorDepth::Ansi256,
            Self::Xterm | Self::Screen if term.contains("256") => ColorDepth::Ansi256,
            Self::Xterm | Self::Screen | Self::LinuxConsole | Self::Unknown => ColorDepth::Ansi16,
        }
    }
}
