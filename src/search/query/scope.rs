//! The scopes of a query: `code:`, `mod:`, `payer:`, `in:` and `set:`.

/// A restriction of the rows that a query may match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) kind: ScopeKind,
    /// The text after the colon; empty while the user has typed the name only.
    pub(crate) value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScopeKind {
    /// `code:83950`, `code:K92`: codes with this prefix; the dot does not matter.
    Code,
    /// `mod:26`: rows about modifiers with this prefix.
    Modifier,
    /// `payer:aetna`: rows about payers whose names have words with this prefix.
    Payer,
    /// `in:coding`: rows of sections whose names have this prefix.
    Section,
    /// `set:icd10cm`: codes of systems whose names have this prefix.
    System,
}

impl Scope {
    pub(crate) fn parse(name: &str, value: &str) -> Option<Self> {
        let kind = match name.to_ascii_lowercase().as_str() {
            "code" => ScopeKind::Code,
            "mod" | "modifier" => ScopeKind::Modifier,
            "payer" => ScopeKind::Payer,
            "in" | "section" => ScopeKind::Section,
            "set" | "system" => ScopeKind::System,
            _ => return None,
        };
        let value = value.trim_matches('"').trim().to_owned();
        Some(Self { kind, value })
    }
}
