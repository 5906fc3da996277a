//! Defines the query: what a reader asks for, taken apart into codes, modifiers, phrases, words
//! and scopes.

use crate::content::{CodeId, CodeSystem, ModifierCode};

use crate::search::query::code_ref;
use crate::search::query::code_ref::{CodeRef, parse_code_refs};
use crate::search::tokenizer;

/// How many parts of a query are looked at; a longer one is pasted prose.
const MAX_CLAUSES: usize = 12;

/// What a reader asks for, taken apart.
///
/// Nothing is looked up here: `26` stays a word that may be a modifier, and `h1n1` a word that may
/// be a code, until an index says which of them it knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    text: String,
    clauses: Vec<Clause>,
    scopes: Vec<Scope>,
    last_term: LastTerm,
}

/// One thing asked for; an answer has them all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Clause {
    /// A code, and perhaps a modifier or its beginning after a hyphen.
    Code(CodeClause),
    /// A modifier, called so: `-26`, `mod 26`. One character stands for all that begin with it.
    Modifier(ModifierClause),
    /// A word.
    Word(Word),
    /// Words in quotes, next to one another.
    Phrase(Vec<String>),
}

/// A code as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CodeClause {
    /// What it may mean.
    pub(crate) code_refs: Vec<CodeRef>,
    /// The first character of a modifier that is being typed.
    pub(crate) modifier_prefix: Option<char>,
    /// The same as a word of a text, without modifier.
    pub(crate) word: Word,
}

/// A modifier as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ModifierClause {
    /// Its characters, upper case, or the first of them.
    pub(crate) prefix: String,
    /// The words that were typed, folded.
    pub(crate) words: Vec<String>,
}

/// A word as it was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Word {
    /// The word as a token: the runs of `follow-up` tied together.
    pub(crate) text: String,
    /// Its runs, where there are several.
    pub(crate) parts: Vec<String>,
}

/// Whether the last word is still being typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum LastTerm {
    /// It stands as it is.
    Complete,
    /// Words that begin with it are meant too.
    #[default]
    Prefix,
}

/// A bound that a reader sets to the answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// `code:83950`, `code:K92`: codes that begin so, without regard to the dot.
    Code(String),
    /// `mod:26`: rows about a modifier; the beginning is enough.
    Modifier(String),
    /// `payer:aetna`: rows about a payer.
    Payer(String),
    /// `in:coding`: rows of a section.
    Section(String),
    /// `set:icd10cm`: codes of a system.
    System(String),
}

impl Scope {
    /// Every scope: what is typed before the colon, and what it does, for a menu.
    pub const MENU: [(&'static str, &'static str); 5] = [
        ("code", "codes that begin so: code:K92"),
        ("mod", "rows about a modifier: mod:26"),
        ("payer", "rows about a payer: payer:aetna"),
        ("in", "rows of a section: in:coding"),
        ("set", "codes of a system: set:icd10cm"),
    ];

    fn parse(name: &str, value: &str) -> Option<Self> {
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

    /// Returns what is typed before the colon.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Code(_) => "code",
            Self::Modifier(_) => "mod",
            Self::Payer(_) => "payer",
            Self::Section(_) => "in",
            Self::System(_) => "set",
        }
    }

    /// Returns what is typed after the colon; nothing yet, perhaps.
    pub fn value(&self) -> &str {
        match self {
            Self::Code(value)
            | Self::Modifier(value)
            | Self::Payer(value)
            | Self::Section(value)
            | Self::System(value) => value,
        }
    }
}

impl Query {
    /// Takes words apart: scopes, codes, modifiers, phrases, and the rest.
    pub fn parse(text: &str) -> Self {
        let mut query = Self {
            text: text.to_owned(),
            clauses: Vec::new(),
            scopes: Vec::new(),
            last_term: if text.ends_with(|c: char| c.is_whitespace() || c == '"') {
                LastTerm::Complete
            } else {
                LastTerm::Prefix
            },
        };
        let chunks = lex(text);
        let mut rest = &chunks[..];
        while let Some((first, after)) = rest.split_first() {
            if query.clauses.len() >= MAX_CLAUSES {
                break;
            }
            let used = query.parse_lexeme(first, after);
            rest = &after[used.min(after.len())..];
        }
        query
    }

    /// Returns the words as they were typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Says whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty() && self.scopes.iter().all(|scope| scope.value().is_empty())
    }

    /// Returns the bounds that were set, in the order in which they were typed.
    pub fn scopes(&self) -> &[Scope] {
        &self.scopes
    }

    /// Returns what the query means where it is one code and nothing else; several readings where
    /// several systems know such a code.
    pub fn code_refs(&self) -> &[CodeRef] {
        match &self.clauses[..] {
            [Clause::Code(code)] if code.modifier_prefix.is_none() && self.scopes.is_empty() => {
                &code.code_refs
            }
            _ => &[],
        }
    }

    pub(crate) fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    pub(crate) const fn last_term(&self) -> LastTerm {
        self.last_term
    }

    /// Takes one chunk and those after it that belong to it; returns how many of these it took.
    fn parse_lexeme(&mut self, chunk: &Lexeme<'_>, after: &[Lexeme<'_>]) -> usize {
        match chunk {
            Lexeme::Quoted(text) => {
                self.parse_phrase(text);
                0
            }
            Lexeme::Bare(text) => self.parse_bare(text, after),
        }
    }

    fn parse_phrase(&mut self, text: &str) {
        let words = tokenizer::split_words(text);
        match <[String; 1]>::try_from(words) {
            Ok([word]) => self.clauses.push(Clause::Word(Word {
                text: word,
                parts: Vec::new(),
            })),
            Err(words) if words.is_empty() => {}
            Err(words) => self.clauses.push(Clause::Phrase(words)),
        }
    }

    fn parse_bare(&mut self, text: &str, after: &[Lexeme<'_>]) -> usize {
        let next = match after.first() {
            Some(Lexeme::Bare(next)) => Some(*next),
            _ => None,
        };
        if let Some((name, value)) = text.split_once(':') {
            if let Some(scope) = Scope::parse(name, value) {
                self.scopes.push(scope);
                return 0;
            }
            if let Some((system, rest)) = code_ref::split_system(text)
                && parse_code_refs(text).is_empty()
            {
                // `icd10cm:` and a beginning, or words: the system alone decides.
                self.scopes.push(Scope::System(system.id().to_owned()));
                return if rest.is_empty() {
                    0
                } else {
                    self.parse_bare(rest, after)
                };
            }
        }
        if let Some(used) = self.parse_code(text, next) {
            return used;
        }
        if let Some(used) = self.parse_modifier(text, next) {
            return used;
        }
        for piece in text.split('/') {
            if let Some(word) = Word::parse(piece) {
                self.clauses.push(Clause::Word(word));
            }
        }
        0
    }

    fn parse_code(&mut self, text: &str, next: Option<&str>) -> Option<usize> {
        let plain = text.trim_end_matches(['.', ',', ';']);
        let (readings, begun, used) = match plain.rsplit_once('-') {
            Some((code, begun)) if begun.chars().count() < 2 => {
                let begun = match begun.chars().next() {
                    Some(c) if c.is_ascii_alphanumeric() => Some(c.to_ascii_uppercase()),
                    Some(_) => return None,
                    None => None,
                };
                let mut readings = parse_code_refs(code);
                readings.retain(|read| {
                    read.modifier.is_none() && read.code.system() != CodeSystem::Icd10cm
                });
                (readings, begun, 0)
            }
            _ => parse_code_with_modifier(plain, next),
        };
        let first = readings.first()?;
        self.clauses.push(Clause::Code(CodeClause {
            word: Word::parse(first.code.value())?,
            code_refs: readings,
            modifier_prefix: begun,
        }));
        Some(used)
    }

    /// Takes `-26`, or `mod` with what stands after it.
    fn parse_modifier(&mut self, text: &str, next: Option<&str>) -> Option<usize> {
        let called = ["mod", "modifier", "modifiers"]
            .iter()
            .any(|name| text.trim_end_matches('.').eq_ignore_ascii_case(name));
        let (value, used) = if called {
            (next?.trim_start_matches('-'), 1)
        } else {
            (text.strip_prefix('-')?, 0)
        };
        let fits = (1..=2).contains(&value.len())
            && value.bytes().all(|b| b.is_ascii_alphanumeric())
            && !is_stop_word(value);
        if !fits {
            return None;
        }
        let mut words = vec![value.to_ascii_lowercase()];
        if called {
            words.insert(0, "modifier".to_owned());
        }
        self.clauses.push(Clause::Modifier(ModifierClause {
            prefix: value.to_ascii_uppercase(),
            words,
        }));
        Some(used)
    }
}

impl Word {
    /// Reads a piece of a query that holds no space; punctuation alone is no word.
    pub(crate) fn parse(piece: &str) -> Option<Self> {
        let runs = tokenizer::split_words(piece);
        let whole = runs.concat();
        if whole.is_empty() {
            return None;
        }
        Some(Self {
            text: tokenizer::truncate_term(&whole).to_owned(),
            parts: if runs.len() > 1 { runs } else { Vec::new() },
        })
    }

    /// Says whether the word is too common to be asked for beside others.
    pub(crate) fn is_stop_word(&self) -> bool {
        is_stop_word(&self.text)
    }

    /// Returns the modifier that the word may be.
    pub(crate) fn to_modifier(&self) -> Option<ModifierCode> {
        ModifierCode::new(&self.text).ok()
    }

    /// Returns the beginning of a code that the word may be, upper case, without dot.
    pub(crate) fn to_code_prefix(&self) -> Option<String> {
        let fits = self.text.len() <= 7
            && self.text.bytes().all(|b| b.is_ascii_alphanumeric())
            && self.text.bytes().any(|b| b.is_ascii_digit());
        fits.then(|| self.text.to_ascii_uppercase())
    }
}

/// Says whether a word is one that every text is full of.
pub(crate) fn is_stop_word(word: &str) -> bool {
    const STOP_WORDS: [&str; 24] = [
        "a", "an", "and", "are", "as", "at", "be", "by", "do", "for", "from", "if", "in", "is",
        "it", "no", "not", "of", "on", "or", "the", "to", "was", "with",
    ];
    STOP_WORDS
        .iter()
        .any(|small| small.eq_ignore_ascii_case(word))
}

/// Reads a code, and the modifier in the chunk after it.
fn parse_code_with_modifier(text: &str, next: Option<&str>) -> (Vec<CodeRef>, Option<char>, usize) {
    let mut readings = parse_code_refs(text);
    if let Some(next) = next.filter(|next| !is_stop_word(next))
        && readings.iter().any(|read| read.modifier.is_none())
    {
        let both = parse_code_refs(&format!("{text} {next}"));
        if !both.is_empty() {
            return (both, None, 1);
        }
    }
    // `g0439qw`: what is a code with a modifier is the likelier reading, and comes first anyway.
    readings.dedup();
    (readings, None, 0)
}

/// A piece of a query between spaces, or between quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lexeme<'a> {
    Bare(&'a str),
    Quoted(&'a str),
}

/// Cuts a query at its spaces, outside quotes; `payer:"blue cross"` is one chunk.
fn lex(text: &str) -> Vec<Lexeme<'_>> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"').unwrap_or(quoted.len());
            found.push(Lexeme::Quoted(&quoted[..end]));
            rest = quoted.get(end + 1..).unwrap_or_default().trim_start();
            continue;
        }
        let mut end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        if let Some(colon) = rest[..end].find(":\"") {
            let from = colon + 2;
            end = rest[from..]
                .find('"')
                .map_or(rest.len(), |quote| from + quote + 1);
        }
        found.push(Lexeme::Bare(&rest[..end]));
        rest = rest[end..].trim_start();
    }
    found
}

/// Returns the codes of some readings.
pub(crate) fn codes(readings: &[CodeRef]) -> impl Iterator<Item = &CodeId> {
    readings.iter().map(|read| &read.code)
}
