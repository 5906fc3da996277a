//! The report on a file: all diagnostics at once, each with its line, a caret and a hint.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Renderer, Snippet};

use crate::diagnostics::rule::{INVALID_CONTENT, Level, MISSING_CONTENT, Rule, SYNTAX, UNREADABLE};
use crate::text::sanitize::{sanitize, sanitize_keeping_columns};

/// A range of bytes in a file.
pub type Span = Range<usize>;

/// The largest number of diagnostics in a report.
const MAX_DIAGNOSTICS: usize = 100;

/// The table position that [`Diagnostics::suppress_missing`] takes for the top level of the file.
pub(crate) const WHOLE_FILE: usize = usize::MAX;

/// All diagnostics of a file. Its text is sanitized and has no final line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The diagnostics, in the order of the file; never empty.
    pub diagnostics: Vec<Diagnostic>,
    /// A lower bound for the number of diagnostics that were left out.
    pub left_out: usize,
}

impl Report {
    /// Makes a report on the file as a whole, for example one that cannot be read.
    pub fn whole_file(name: &str, message: impl AsRef<str>, hint: &str) -> Self {
        let message = sanitize(message.as_ref());
        let title = format!("{}: {message}", sanitize(name));
        Self::without_position(&UNREADABLE, title, message.into_owned(), hint)
    }

    /// Makes a report that does not concern a file.
    pub(crate) fn general(rule: &'static Rule, message: &str, hint: &str) -> Self {
        Self::without_position(rule, message.to_owned(), message.to_owned(), hint)
    }

    fn without_position(rule: &'static Rule, title: String, message: String, hint: &str) -> Self {
        let group = rule.level.label().primary_title(title);
        let group = group.element(annotate_snippets::Level::HELP.message(hint));
        Self {
            diagnostics: vec![Diagnostic {
                rule,
                level: rule.level,
                line: 0,
                column: 0,
                end_column: 0,
                rendered: Renderer::plain().render(&[group]),
                message,
                hint: Some(hint.to_owned()),
            }],
            left_out: 0,
        }
    }

    /// Returns how many diagnostics of a level there are. Those that were left out are errors.
    pub fn count(&self, level: Level) -> usize {
        let of_level = self.diagnostics.iter().filter(|it| it.level == level);
        let left_out = if level == Level::Error {
            self.left_out
        } else {
            0
        };
        of_level.count() + left_out
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.diagnostics.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            f.write_str(&diagnostic.rendered)?;
        }
        match self.left_out {
            0 => Ok(()),
            n => write!(f, "\n\nerror: {n} more in this file; fix these first"),
        }
    }
}

impl std::error::Error for Report {}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub rule: &'static Rule,
    pub level: Level,
    /// The line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// The column in characters, from 1; 0 for the file as a whole.
    pub column: usize,
    /// The column after the last character.
    pub end_column: usize,
    pub message: String,
    pub hint: Option<String>,
    rendered: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rendered)
    }
}

/// A collector of diagnostics.
#[derive(Debug, Default)]
pub struct Diagnostics<'t> {
    text: &'t str,
    pending: Vec<PendingDiagnostic>,
    left_out: usize,
    /// Tables by position, and fields in them, whose absence is not reported.
    suppressed: HashSet<(usize, String)>,
}

#[derive(Debug)]
struct PendingDiagnostic {
    rule: &'static Rule,
    level: Level,
    span: Span,
    message: String,
    hint: String,
    kind: DiagnosticKind,
}

/// The finding of a check in a file without errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) rule: &'static Rule,
    pub(crate) level: Level,
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) hint: String,
}

impl Finding {
    /// Makes a finding of the rule's own level.
    pub(crate) fn new(
        rule: &'static Rule,
        span: Span,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            level: rule.level,
            span,
            message: message.into(),
            hint: hint.into(),
        }
    }
}

/// Decides which diagnostics a syntax error hides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DiagnosticKind {
    Syntax,
    /// Hidden by a syntax error on the same line.
    Invalid,
    /// Hidden by any syntax error, because the skipped lines may contain what is missing.
    Missing,
}

impl<'t> Diagnostics<'t> {
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            ..Self::default()
        }
    }

    /// The line that contains a byte offset, from 1.
    pub(crate) fn line_number(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or(self.text);
        before.matches('\n').count() + 1
    }

    pub fn syntax_error(&mut self, span: Span, message: String, hint: String) {
        self.push(span, message, hint, DiagnosticKind::Syntax);
    }

    /// Reports invalid content.
    pub fn invalid(&mut self, span: Span, message: impl Into<String>, hint: impl Into<String>) {
        self.push(span, message.into(), hint.into(), DiagnosticKind::Invalid);
    }

    /// Reports missing content.
    pub(crate) fn missing(
        &mut self,
        span: Span,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.push(span, message.into(), hint.into(), DiagnosticKind::Missing);
    }

    fn push(&mut self, span: Span, message: String, hint: String, kind: DiagnosticKind) {
        let is_same = |d: &PendingDiagnostic| d.span == span && d.message == message;
        if self.is_full() {
            self.left_out += 1;
        } else if !self.pending.iter().any(is_same) {
            self.pending.push(PendingDiagnostic {
                rule: match kind {
                    DiagnosticKind::Syntax => &SYNTAX,
                    DiagnosticKind::Invalid => &INVALID_CONTENT,
                    DiagnosticKind::Missing => &MISSING_CONTENT,
                },
                level: Level::Error,
                span,
                message,
                hint,
                kind,
            });
        }
    }

    /// Reports a finding in a file without errors. The number of findings is not limited.
    pub(crate) fn finding(&mut self, finding: Finding) {
        self.pending.push(PendingDiagnostic {
            rule: finding.rule,
            level: finding.level,
            span: finding.span,
            message: finding.message,
            hint: finding.hint,
            kind: DiagnosticKind::Invalid,
        });
    }

    /// Marks a field of the table at a position as present but invalid, so that it is not reported
    /// as missing.
    pub(crate) fn suppress_missing(&mut self, table: usize, field: &str) {
        self.suppressed.insert((table, field.to_owned()));
    }

    pub(crate) fn is_suppressed(&self, table: usize, field: &str) -> bool {
        self.suppressed.contains(&(table, field.to_owned()))
    }

    pub fn count(&self) -> usize {
        self.pending.len()
    }

    pub(crate) fn has_suppressed(&self, table: usize) -> bool {
        self.suppressed.iter().any(|(at, _)| *at == table)
    }

    pub(crate) fn is_full(&self) -> bool {
        self.pending.len() >= MAX_DIAGNOSTICS
    }

    /// Returns the report as an error, unless it is empty.
    pub fn into_result(self, name: &str) -> Result<(), Report> {
        let mut pending = self.pending;
        if pending.is_empty() {
            return Ok(());
        }
        let lines = LineIndex::new(self.text);
        let broken: HashSet<usize> = pending
            .iter()
            .filter(|d| d.kind == DiagnosticKind::Syntax)
            .map(|d| lines.line_of(d.span.start))
            .collect();
        pending.retain(|d| match d.kind {
            DiagnosticKind::Syntax => true,
            // A value without text is what a syntax error left of it.
            DiagnosticKind::Invalid if d.span.is_empty() => broken.is_empty(),
            DiagnosticKind::Invalid => !broken.contains(&lines.line_of(d.span.start)),
            DiagnosticKind::Missing => broken.is_empty(),
        });
        if pending.is_empty() {
            return Ok(());
        }
        pending.sort_by_key(|d| (d.span.start, d.span.end));
        let name = sanitize(name);
        Err(Report {
            diagnostics: pending.iter().map(|d| lines.render(&name, d)).collect(),
            left_out: self.left_out,
        })
    }
}

/// The byte offsets at which the lines of a file start.
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

    /// The line that contains a byte offset, from 0.
    fn line_of(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at) - 1
    }

    fn render(&self, name: &str, pending: &PendingDiagnostic) -> Diagnostic {
        let number = self.line_of(pending.span.start);
        let line = &self.text[self.starts[number]..];
        let line = line.split(['\r', '\n']).next().unwrap_or_default();
        let within = |at: usize| {
            let mut at = at.saturating_sub(self.starts[number]).min(line.len());
            while !line.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let (start, end) = (within(pending.span.start), within(pending.span.end));
        // The text before, under and after the caret is sanitized separately, so that the caret
        // stays in its column.
        let before = sanitize_keeping_columns(&line[..start]);
        let under = sanitize_keeping_columns(&line[start..end.max(start)]);
        let after = sanitize_keeping_columns(&line[end.max(start)..]);
        let caret = before.len()..before.len() + under.len();
        let message = sanitize(&pending.message).into_owned();
        let hint = sanitize(&pending.hint).into_owned();
        let snippet = Snippet::source(before.clone() + &under + &after)
            .path(name)
            .line_start(number + 1)
            .annotation(AnnotationKind::Primary.span(caret));
        let title = pending.level.label().primary_title(&message);
        // Errors in reading a file are shown without the name of their rule.
        let title = match pending.rule {
            rule if rule.keeps_from_reading() => title,
            rule => title.id(rule.id),
        };
        let help = annotate_snippets::Level::HELP.message(&hint);
        let group = title.element(snippet).element(help);
        let column = before.chars().count() + 1;
        Diagnostic {
            rule: pending.rule,
            level: pending.level,
            line: number + 1,
            column,
            end_column: column + under.chars().count(),
            rendered: Renderer::plain().render(&[group]),
            message,
            hint: Some(hint),
        }
    }
}
