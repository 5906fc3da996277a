//! The options that every command has: which documents to open, and how to draw them.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::app::PaneVisibility;
use crate::content::Date;
use crate::export::PrintOptions;
use crate::layout::TableMode;
use crate::text::Charset;
use crate::tty::{ColorChoice, ColorDepth, Overrides};

/// The width of printed documents when standard output is not a terminal.
const DEFAULT_WIDTH: u16 = 80;

#[derive(Args, Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "an option without a value is a bool to clap"
)]
pub struct Options {
    /// A folder of documents; may be repeated. A later folder overrides an earlier one, and each
    /// overrides `CODELEAF_CONTENT`, the user's data folder, and the built-in documents.
    #[arg(long, value_name = "DIR", global = true)]
    pub content: Vec<PathBuf>,

    /// The date of service: imported code sets answer with the edition in force on it [default:
    /// `CODELEAF_AS_OF`, or else today].
    #[arg(long, value_name = "DATE", global = true)]
    pub as_of: Option<Date>,

    /// Colors: auto (those of your terminal's background), dark, light, high-contrast, monochrome, or
    /// a file of your own.
    #[arg(long, value_name = "NAME | FILE", global = true)]
    pub theme: Option<String>,

    /// How many colors to use.
    #[arg(long, value_enum, default_value_t, value_name = "WHEN", global = true)]
    pub color: ColorOption,

    /// Send ASCII only, regardless of the locale.
    #[arg(long, global = true, conflicts_with = "unicode")]
    pub ascii: bool,

    /// How many panes a screen of 120 columns or more has [default: as at the last start, or else as
    /// many as fit].
    #[arg(long, value_enum, value_name = "WHEN", global = true)]
    pub panes: Option<PanesOption>,

    /// For screen readers and braille displays: text in reading order, in one column. Every change is
    /// written below it, in words; nothing on the screen changes.
    #[arg(long, global = true)]
    pub plain_ui: bool,

    /// For a forced command, a login shell or a kiosk: no suspending, no copying, no files, folders
    /// or themes by path, nothing from `XDG_*` and `CODELEAF_CONTENT`, and nothing is written.
    /// `CODELEAF_SECURE=1` does the same.
    #[arg(long, global = true)]
    pub secure: bool,

    /// Send any character, regardless of the locale.
    #[arg(long, global = true)]
    pub unicode: bool,

    /// The width of printed documents and results, from 20 to 1000 columns. The default is that of the
    /// terminal, or else 80.
    #[arg(long, value_name = "N", global = true, value_parser = clap::value_parser!(u16).range(20..=1000))]
    pub width: Option<u16>,
}

/// Values of `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorOption {
    /// Follow `TERM`, `COLORTERM`, `NO_COLOR` and `CLICOLOR`.
    #[default]
    Auto,
    /// No color: bold and underline only.
    Never,
    /// The 16 colors of every terminal.
    #[value(name = "16")]
    Ansi16,
    /// The 256 colors of xterm.
    #[value(name = "256")]
    Ansi256,
    /// 24-bit color.
    True,
}

/// Values of `--panes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PanesOption {
    /// As many as fit.
    Auto,
    /// One.
    Off,
}

impl From<PanesOption> for PaneVisibility {
    fn from(option: PanesOption) -> Self {
        match option {
            PanesOption::Auto => Self::Auto,
            PanesOption::Off => Self::Off,
        }
    }
}

impl Options {
    pub fn table_mode(&self) -> TableMode {
        if self.plain_ui {
            TableMode::Linear
        } else {
            TableMode::Columns
        }
    }

    /// How to print a document: `--width` overrides the width of the terminal.
    pub fn print_options(&self, charset: Charset, terminal_columns: Option<u16>) -> PrintOptions {
        let terminal = terminal_columns.map(|columns| columns.clamp(20, 1000));
        PrintOptions {
            charset,
            columns: self.width.or(terminal).unwrap_or(DEFAULT_WIDTH),
        }
    }

    /// The settings that override the environment.
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
            appends_only: self.plain_ui,
        }
    }
}
