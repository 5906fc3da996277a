//! The output formats of `show`, `list` and `search`.

use clap::ValueEnum;

use crate::export::ExportFormat;

/// The value of `--format`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// Plain text, laid out as on screen.
    #[default]
    Text,
    /// Markdown, with tables.
    Markdown,
    /// JSON, stable and documented in the README.
    Json,
}

impl From<OutputFormat> for ExportFormat {
    fn from(format: OutputFormat) -> Self {
        match format {
            OutputFormat::Text => Self::Text,
            OutputFormat::Markdown => Self::Markdown,
            OutputFormat::Json => Self::Json,
        }
    }
}
