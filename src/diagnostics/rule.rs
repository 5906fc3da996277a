//! Rules: the kinds of diagnostics, under names that never change.

/// How serious a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The file, or a row of it, cannot be used.
    Error,
    /// The file opens, and something in it is probably wrong.
    Warning,
    /// For information: the file may be right.
    Note,
}

impl Level {
    pub const fn id(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }

    pub(crate) const fn label(self) -> annotate_snippets::Level<'static> {
        match self {
            Self::Error => annotate_snippets::Level::ERROR,
            Self::Warning => annotate_snippets::Level::WARNING,
            Self::Note => annotate_snippets::Level::NOTE,
        }
    }
}

/// The reason for a diagnostic.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// The name in reports, in kebab case. It never changes.
    pub id: &'static str,
    pub level: Level,
    /// A description, as a sentence without its full stop.
    pub summary: &'static str,
}

impl Rule {
    /// Returns true for the rules on reading a file.
    pub(crate) fn keeps_from_reading(&self) -> bool {
        READING.iter().any(|rule| rule.id == self.id)
    }
}

pub(crate) const UNREADABLE: Rule = Rule {
    id: "unreadable-file",
    level: Level::Error,
    summary: "The file cannot be read",
};
pub(crate) const SYNTAX: Rule = Rule {
    id: "syntax-error",
    level: Level::Error,
    summary: "The text is not TOML",
};
pub(crate) const INVALID_CONTENT: Rule = Rule {
    id: "invalid-content",
    level: Level::Error,
    summary: "A value or the name of a field is not valid",
};
pub(crate) const MISSING_CONTENT: Rule = Rule {
    id: "missing-content",
    level: Level::Error,
    summary: "A table, a field or a section has no content and states no reason",
};

/// The rules on reading a file.
pub const READING: [&Rule; 4] = [&UNREADABLE, &SYNTAX, &INVALID_CONTENT, &MISSING_CONTENT];
