//! The arguments of the command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::check::CheckFormat;
use crate::cli::options::Options;
use crate::export::ExportFormat;

/// A reference for billing codes: the row, its source, and its date.
///
/// Reference only; no guarantee of coverage or payment.
#[derive(Debug, Parser)]
#[command(
    name = "codeleaf",
    version,
    color = clap::ColorChoice::Never
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Option<CliCommand>,

    /// A code (`83950`, `icd10cm:K92.2`, `pos:22`), codes with up to four modifiers each
    /// (`83950-90-QW`, `E11.9, I10`), or a file (`FILE.toml`, or anything with a `/`).
    #[arg(value_name = "CODE[-MODIFIER] | FILE.toml")]
    pub target: Vec<String>,

    #[command(flatten)]
    pub options: Options,
}

impl Arguments {
    /// Parses a command line, program name first.
    ///
    /// Most starts name a code or nothing, and bypass clap: it builds every option of every
    /// command first, which takes a tenth of the time to first paint.
    pub fn parse_command_line(
        words: impl IntoIterator<Item = OsString>,
    ) -> Result<Self, clap::Error> {
        let words: Vec<OsString> = words.into_iter().collect();
        Self::parse_plain(&words).map_or_else(|| Self::try_parse_from(&words), Ok)
    }

    /// Parses the words if none of them can be an option or a command.
    fn parse_plain(words: &[OsString]) -> Option<Self> {
        let (_, words) = words.split_first()?;
        let is_plain = |word: &&str| {
            !word.is_empty()
                && !word.starts_with('-')
                && *word != "help"
                && !CliCommand::has_subcommand(word)
        };
        let target = words
            .iter()
            .map(|word| word.to_str().filter(is_plain).map(str::to_owned));
        Some(Self {
            command: None,
            target: target.collect::<Option<_>>()?,
            options: Options::default(),
        })
    }
}

/// A command; without one, the reader opens.
#[derive(Debug, Subcommand)]
pub enum CliCommand {
    /// Print a document, one of its sections, or one row.
    Show(ShowArgs),
    /// Print the list of documents.
    List {
        /// Output format.
        #[arg(long, value_enum, default_value_t)]
        format: OutputFormat,
    },
    /// Search for a modifier, a code or a phrase.
    Search(SearchArgs),
    /// Write the first lines of a document into the current folder: CODE.toml, to fill in.
    New(crate::cli::new::NewArgs),
    /// Check content files, one by one, together, and against the imported code sets. Prints every
    /// error, warning and note with line, column and a hint.
    Check(CheckArgs),
    /// Add the rows of a spreadsheet to a content file.
    Rows(crate::cli::rows::RowsArgs),
    /// Format content files: canonical order and layout, with comments kept.
    Fmt(crate::cli::fmt::FmtArgs),
    /// Print a JSON Schema of content files, with which editors complete and check them.
    Schema,
    /// Serve the reader over SSH, without accounts and without a shell.
    #[cfg(feature = "serve")]
    Serve(Box<ServeArgs>),
    /// Import public code-set files: ICD-10-CM, HCPCS, CLFS, NUCC, NCCI, place of service.
    Import(crate::cli::import::ImportArgs),
    /// List, compare or remove imported code sets.
    Sets(crate::cli::sets::SetsArgs),
    /// Print a completion script for a shell.
    Completions { shell: clap_complete::Shell },
    /// Print the man page of the program, or of one of its commands.
    Man {
        /// The command, such as `show` or `sets diff`.
        command: Vec<String>,
    },
}

#[derive(Args, Debug)]
pub struct CheckArgs {
    /// Files, or folders of files.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Output format.
    #[arg(long, value_enum, default_value_t)]
    pub format: CheckOutput,
    /// Exit with status 1 if there are warnings.
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub deny: Option<DeniedLevel>,
}

/// Values of `check --format`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CheckOutput {
    /// Each finding with its line and a caret.
    #[default]
    Text,
    Json,
    /// SARIF 2.1.0, for code-scanning services and editors.
    Sarif,
}

impl From<CheckOutput> for CheckFormat {
    fn from(format: CheckOutput) -> Self {
        match format {
            CheckOutput::Text => Self::Text,
            CheckOutput::Json => Self::Json,
            CheckOutput::Sarif => Self::Sarif,
        }
    }
}

/// Values of `check --deny`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DeniedLevel {
    Warnings,
}

#[derive(Args, Debug)]
pub struct ShowArgs {
    /// A code, codes with up to four modifiers each, or a file.
    #[arg(required = true, value_name = "CODE[-MODIFIER] | FILE.toml")]
    pub target: Vec<String>,
    /// One section: summary, overview, clinical, coding, payers, or one of the author's own.
    #[arg(long)]
    pub section: Option<String>,
    /// Output format.
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
}

#[cfg(feature = "serve")]
#[derive(Args, Clone, Debug)]
pub struct ServeArgs {
    /// Read settings from a TOML file, named like the options. Options on the command line
    /// override it.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print the host key's fingerprint and its known_hosts line; create the key if it does not
    /// exist.
    #[arg(long)]
    pub show_host_key: bool,
    #[command(flatten)]
    pub settings: crate::serve::Settings,
}

#[derive(Args, Debug)]
pub struct SearchArgs {
    /// What to search for.
    #[arg(required = true, allow_negative_numbers = true)]
    pub words: Vec<String>,
    /// Output format.
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
    /// Maximum number of results.
    #[arg(long, default_value_t = 20)]
    pub limit: usize,
}

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
    /// The rows of tables, for spreadsheets.
    Csv,
}

impl From<OutputFormat> for ExportFormat {
    fn from(format: OutputFormat) -> Self {
        match format {
            OutputFormat::Text => Self::Text,
            OutputFormat::Markdown => Self::Markdown,
            OutputFormat::Json => Self::Json,
            OutputFormat::Csv => Self::Csv,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    fn parse(words: &[&str]) -> Arguments {
        Arguments::parse_command_line(words.iter().map(OsString::from)).unwrap()
    }

    #[test]
    fn subcommand_takes_precedence_over_code() {
        let list = parse(&["codeleaf", "list"]);
        assert!(matches!(list.command, Some(CliCommand::List { .. })));
        let code = parse(&["codeleaf", "83950", "90"]);
        assert_eq!(code.target, ["83950", "90"]);
        assert!(code.command.is_none());
    }

    #[test]
    fn plain_parser_agrees_with_clap() {
        let command = Arguments::command();
        let commands = command.get_subcommands().map(clap::Command::get_name);
        let others = [
            "83950",
            "83950-90",
            "icd10cm:K92.2",
            "a.toml",
            "./list",
            "lists",
            "HELP",
            "help",
            "é",
            "a=b",
            "@a",
            "/?",
            "",
            "-",
            "--",
            "-1",
            "-h",
            "--ascii",
            "--color=16",
        ];
        let pool: Vec<&str> = commands.chain(others).collect();
        let mut lines = vec![vec!["codeleaf"]];
        for first in &pool {
            lines.push(vec!["codeleaf", first]);
            lines.extend(pool.iter().map(|second| vec!["codeleaf", first, second]));
        }
        let mut plain = 0;
        for line in lines {
            let words: Vec<OsString> = line.iter().map(OsString::from).collect();
            if let Some(parsed) = Arguments::parse_plain(&words) {
                let by_clap = Arguments::try_parse_from(&words).map_err(|error| error.to_string());
                assert_eq!(
                    Ok(format!("{parsed:?}")),
                    by_clap.map(|a| format!("{a:?}")),
                    "{line:?}"
                );
                plain += 1;
            }
        }
        assert!(plain > 100, "only {plain}");
    }
}
