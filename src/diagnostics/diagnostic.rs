//! Defines the report on a file: every problem in it, each with its place and what to do next.
//!
//! Authors are specialists and no programmers. They get all problems at once, each with file, line
//! and column, the line itself with a caret, and a hint.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::text::sanitize::{sanitize, sanitize_keeping_columns};

/// How many problems one report lists; a file with more of them is not a document at all.
const MAX_DIAGNOSTICS: usize = 100;

/// The position that stands for the file in [`Diagnostics::suppress_missing`]; tables have their own.
pub(crate) const WHOLE_FILE: usize = usize::MAX;

/// Everything that is wrong with a file. Its text is safe to print, and ends without a line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The problems, in the order of the file; never empty.
    pub diagnostics: Vec<Diagnostic>,
    /// How many further problems were met and left out, at least.
    pub left_out: usize,
}

impl Report {
    /// Makes a report on a file as a whole: one that cannot be read, say.
    pub fn whole_file(name: &str, message: impl AsRef<str>, hint: &str) -> Self {
        let message = sanitize(message.as_ref()).into_owned();
        let title = Level::ERROR.primary_title(format!("{}: {message}", sanitize(name)));
        let group = title.element(Level::HELP.message(hint));
        Self {
            diagnostics: vec![Diagnostic {
                line: 0,
                column: 0,
                rendered: Renderer::plain().render(&[group]),
                message,
                hint: Some(hint.to_owned()),
            }],
            left_out: 0,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.diagnostics.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            f.write_str(&problem.rendered)?;
        }
        match self.left_out {
            0 => Ok(()),
            n => write!(f, "\n\nerror: {n} more in this file; mend these first"),
        }
    }
}

impl std::error::Error for Report {}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The line, from 1; 0 where the file as a whole is meant.
    pub line: usize,
    /// The column in characters, from 1; 0 where the file as a whole is meant.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    rendered: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rendered)
    }
}

/// The problems found so far, while a file is read.
#[derive(Debug)]
pub struct Diagnostics<'t> {
    text: &'t str,
    pending: Vec<PendingDiagnostic>,
    left_out: usize,
    suppressed: HashSet<(usize, String)>,
}

#[derive(Debug)]
struct PendingDiagnostic {
    span: Range<usize>,
    message: String,
    hint: String,
    kind: DiagnosticKind,
}

/// What a problem may be a mere consequence of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DiagnosticKind {
    /// The file is no TOML here.
    Syntax,
    /// What is written is wrong.
    Invalid,
    /// Something is not there. After a syntax error it may only seem so, so it is not reported.
    Missing,
}

impl<'t> Diagnostics<'t> {
    /// Opens the list for a file with this text.
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            pending: Vec::new(),
            left_out: 0,
            suppressed: HashSet::new(),
        }
    }

    /// Returns the number of the line that holds a byte, from 1.
    pub(crate) fn line_number(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or(self.text);
        before.matches('\n').count() + 1
    }

    /// Notes that the file is no TOML at a place.
    pub fn syntax_error(&mut self, span: Range<usize>, message: String, hint: String) {
        self.push(span, message, hint, DiagnosticKind::Syntax);
    }

    /// Notes that something that is written is wrong.
    pub fn invalid(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.push(span, message.into(), hint.into(), DiagnosticKind::Invalid);
    }

    /// Notes that something is not there.
    pub(crate) fn missing(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.push(span, message.into(), hint.into(), DiagnosticKind::Missing);
    }

    fn push(&mut self, span: Range<usize>, message: String, hint: String, nature: DiagnosticKind) {
        let again = |f: &PendingDiagnostic| f.span == span && f.message == message;
        if self.is_full() {
            self.left_out += 1;
        } else if !self.pending.iter().any(again) {
            self.pending.push(PendingDiagnostic {
                span,
                message,
                hint,
                kind: nature,
            });
        }
    }

    /// Excuses a field of the table at a position from being asked for: it is there, but wrong,
    /// and that is reported already.
    pub(crate) fn suppress_missing(&mut self, table: usize, field: &str) {
        self.suppressed.insert((table, field.to_owned()));
    }

    /// Says whether a field of the table at a position is excused.
    pub(crate) fn is_suppressed(&self, table: usize, field: &str) -> bool {
        self.suppressed.contains(&(table, field.to_owned()))
    }

    /// Returns how many problems were noted.
    pub fn count(&self) -> usize {
        self.pending.len()
    }

    /// Says whether any field of the table at a position is excused.
    pub(crate) fn has_suppressed(&self, table: usize) -> bool {
        self.suppressed.iter().any(|(at, _)| *at == table)
    }

    /// Says whether there are so many problems that looking for more helps nobody.
    pub(crate) fn is_full(&self) -> bool {
        self.pending.len() >= MAX_DIAGNOSTICS
    }

    /// Returns the report, where there is something to report.
    pub fn into_result(self, name: &str) -> Result<(), Report> {
        let mut found = self.pending;
        if found.is_empty() {
            return Ok(());
        }
        let lines = LineIndex::new(self.text);
        let broken: HashSet<usize> = found
            .iter()
            .filter(|f| f.kind == DiagnosticKind::Syntax)
            .map(|f| lines.line_of(f.span.start))
            .collect();
        found.retain(|f| match f.kind {
            DiagnosticKind::Syntax => true,
            DiagnosticKind::Invalid => !broken.contains(&lines.line_of(f.span.start)),
            DiagnosticKind::Missing => broken.is_empty(),
        });
        if found.is_empty() {
            return Ok(());
        }
        found.sort_by_key(|f| (f.span.start, f.span.end));
        let name = sanitize(name);
        Err(Report {
            diagnostics: found.iter().map(|f| lines.render(&name, f)).collect(),
            left_out: self.left_out,
        })
    }
}

/// The lines of a file, by the byte at which each starts.
struct LineIndex<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> LineIndex<'t> {
    fn new(text: &'t str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1));
        Self {
            text,
            starts: starts.collect(),
        }
    }

    /// Returns the number of the line that holds a byte, from 0.
    fn line_of(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at) - 1
    }

    fn render(&self, name: &str, found: &PendingDiagnostic) -> Diagnostic {
        let number = self.line_of(found.span.start);
        let line = &self.text[self.starts[number]..];
        let line = line.split(['\r', '\n']).next().unwrap_or_default();
        let within = |at: usize| {
            let mut at = at.saturating_sub(self.starts[number]).min(line.len());
            while !line.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let (start, end) = (within(found.span.start), within(found.span.end));
        // Only the one line is rendered, and what stands before, under and after the caret is made
        // printable apart, so that the caret stays where it belongs.
        let before = sanitize_keeping_columns(&line[..start]);
        let under = sanitize_keeping_columns(&line[start..end.max(start)]);
        let after = sanitize_keeping_columns(&line[end.max(start)..]);
        let caret = before.len()..before.len() + under.len();
        let message = sanitize(&found.message).into_owned();
        let hint = sanitize(&found.hint).into_owned();
        let snippet = Snippet::source(before.clone() + &under + &after)
            .path(name)
            .line_start(number + 1)
            .annotation(AnnotationKind::Primary.span(caret));
        let group = Level::ERROR
            .primary_title(&message)
            .element(snippet)
            .element(Level::HELP.message(&hint));
        Diagnostic {
            line: number + 1,
            column: before.chars().count() + 1,
            rendered: Renderer::plain().render(&[group]),
            message,
            hint: Some(hint),
        }
    }
}
