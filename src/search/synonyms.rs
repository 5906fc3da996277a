//! Defines synonyms: what else readers call the things that documents are about.

/// Groups of words that stand for one another.
#[derive(Clone, Debug, Default)]
pub struct Synonyms {}
