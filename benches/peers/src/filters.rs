//! Filter programs, which are started for each query and read all texts: ripgrep and fzf.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use codeleaf::app::MAX_HITS;

use crate::{CorpusDocument, SearchEngine};

struct FilterProgram {
    /// A file with one line per text: the code, a tab, the title and the body.
    lines: PathBuf,
    command: fn(&str) -> Command,
}

/// ripgrep: matches the words in order, the last one as a prefix, in any case.
pub fn ripgrep(corpus: &[CorpusDocument], path: &Path) -> anyhow::Result<Option<Box<dyn SearchEngine>>> {
    build("rg", corpus, path, |text| {
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut command = Command::new("rg");
        command.args(["--ignore-case", "--no-line-number", "--max-count"]);
        command
            .arg(MAX_HITS.to_string())
            .arg("--")
            .arg(words.join(".*"));
        command
    })
}

/// fzf as a filter: fuzzy and ranked.
pub fn fzf(corpus: &[CorpusDocument], path: &Path) -> anyhow::Result<Option<Box<dyn SearchEngine>>> {
    build("fzf", corpus, path, |text| {
        let mut command = Command::new("fzf");
        command.arg("--filter").arg(text);
        command
    })
}

fn build(
    program: &str,
    corpus: &[CorpusDocument],
    path: &Path,
    command: fn(&str) -> Command,
) -> anyhow::Result<Option<Box<dyn SearchEngine>>> {
    let mut version = Command::new(program);
    if version.arg("--version").output().is_err() {
        return Ok(None);
    }
    let mut lines = String::new();
    for CorpusDocument { code, title, file } in corpus {
        let body = file.as_deref().unwrap_or_default().replace('\n', " ");
        writeln!(lines, "{code}\t{title} {body}")?;
    }
    fs::write(path, lines)?;
    let lines = path.to_owned();
    Ok(Some(Box::new(FilterProgram { lines, command })))
}

impl SearchEngine for FilterProgram {
    fn search(&self, text: &str) -> anyhow::Result<Vec<String>> {
        let mut child = (self.command)(text)
            .stdin(File::open(&self.lines)?)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut codes = Vec::new();
        if let Some(output) = child.stdout.take() {
            for line in BufReader::new(output).lines().take(MAX_HITS) {
                let line = line?;
                codes.extend(line.split('\t').next().map(str::to_owned));
            }
        }
        child.wait()?;
        Ok(codes)
    }

    fn is_slow(&self) -> bool {
        true
    }
}
