//! The scopes of a query: `code:`, `mod:`, `payer:`, `in:` and `set:`.

/// A restriction of the rows that a query may match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// `code:83950`, `code:K92`: codes with this prefix; the dot does not matter.
    Code(String),
    /// `mod:26`: rows about modifiers with this prefix.
    Modifier(String),
    /// `payer:aetna`: rows about payers whose names have words with this prefix.
    Payer(String),
    /// `in:coding`: rows of sections whose names have this prefix.
    Section(String),
    /// `set:icd10cm`: codes of a system.
    System(String),
}

impl Scope {
    pub(crate) fn parse(name: &str, value: &str) -> Option<Self> {
        let value = value.trim_matches('"').trim().to_owned();
        Some(match name.to_ascii_lowercase().as_str() {
            "code" => Self::Code(value),
            "mod" | "modifier" => Self::Modifier(value),
            "payer" => Self::Payer(value),
            "in" | "section" => Self::Section(value),
            "set" | "system" => Self::System(value),
            _ => return None,
        })
    }

    /// Returns the text after the colon; empty while the user has typed the name only.
    pub(crate) fn value(&self) -> &str {
        match self {
            Self::Code(value)
            | Self::Modifier(value)
            | Self::Payer(value)
            | Self::Section(value)
            | Self::System(value) => value,
        }
    }
}
