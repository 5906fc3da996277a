//! Defines the options that every command takes: which documents, and what the screen shows.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::text::Charset;
use crate::tty::{ColorChoice, ColorDepth, Overrides};

/// Options that every command takes.
#[derive(Args, Clone, Debug, Default)]
pub struct Options {
    /// A folder of documents; may be given again. A later one stands before an earlier one, each
    /// before `CODELEAF_CONTENT`, the user's data folder, and the built-in documents.
    #[arg(long, value_name = "DIR", global = true)]
    pub content: Vec<PathBuf>,

    /// Colours: dark, light, high-contrast, monochrome, or a file of your own.
    #[arg(long, value_name = "NAME | FILE", global = true)]
    pub theme: Option<String>,

    /// How many colours to send.
    #[arg(long, value_enum, default_value_t, value_name = "WHEN", global = true)]
    pub color: ColorOption,

    /// Send ASCII only, whatever the locale says.
    #[arg(long, global = true, conflicts_with = "unicode")]
    pub ascii: bool,

    /// For screen readers and braille lines: everything in one column, in order, and every change
    /// said in the line below it.
    #[arg(long, global = true)]
    pub plain_ui: bool,

    /// Send any character, whatever the locale says.
    #[arg(long, global = true)]
    pub unicode: bool,
}

/// What `--color` takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorOption {
    /// As `TERM`, `COLORTERM`, `NO_COLOR` and `CLICOLOR` say.
    #[default]
    Auto,
    /// None: bold and underline only.
    Never,
    /// The 16 of every terminal.
    #[value(name = "16")]
    Ansi16,
    /// The 256 of xterm.
    #[value(name = "256")]
    Ansi256,
    /// Red, green and blue.
    True,
}

impl Options {
    /// Returns what stands before the environment.
    pub fn overrides(&self) -> Overrides {
        Overrides {
            color: match self.color {
                ColorOption::Auto => ColorChoice::Auto,
                ColorOption::Never => ColorChoice::Always(ColorDepth::None),
                ColorOption::Ansi16 => ColorChoice::Always(ColorDepth::Ansi16),
                ColorOption::Ansi256 => ColorChoice::Always(ColorDepth::Ansi256),
                ColorOption::True => ColorChoice::Always(ColorDepth::TrueColor),
            },
            charset: match (self.ascii, self.unicode) {
                (true, _) => Some(Charset::Ascii),
                (_, true) => Some(Charset::Unicode),
                _ => None,
            },
        }
    }
}
