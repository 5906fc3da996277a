//! Parses a query into clauses (codes, modifiers, words and phrases) and scopes.

use crate::content::{CodeId, CodeSystem};
use crate::search::fuzzy::TermMatch;
use crate::search::query::claim::{ClaimLine, parse_claim};
use crate::search::query::code_ref::{CodeRef, parse_code_refs, parse_system, split_system};
use crate::search::query::filters::HitFilters;
use crate::search::query::scope::{Scope, ScopeKind};
use crate::search::query::stop_words::is_stop_word;
use crate::search::tokenizer;

/// The most clauses of a query that are evaluated; a longer query is pasted prose.
const MAX_CLAUSES: usize = 12;

/// A parsed query. Every hit matches all of its clauses.
///
/// Parsing does not consult an index: `26` is a word that may be a modifier, and `h1n1` a word that
/// may be a code, until the planner looks them up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    text: String,
    pub(crate) clauses: Vec<Clause>,
    pub(crate) scopes: Vec<Scope>,
    /// A prefix while the last word is being typed.
    pub(crate) last_term: TermMatch,
    /// The text as claim lines, if it consists of codes and modifiers.
    pub(crate) claim: Option<Vec<ClaimLine>>,
    pub(crate) filters: HitFilters,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Clause {
    Code(CodeClause),
    Modifier(ModifierClause),
    Word(Word),
    /// Words in quotes, or `not` and the word after it; they must be adjacent.
    Phrase(Vec<String>),
}

impl Clause {
    pub(crate) const fn as_word(&self) -> Option<&Word> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }
}

/// A code, perhaps followed by a modifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CodeClause {
    /// One for each system in which the code is valid.
    pub(crate) code_refs: Vec<CodeRef>,
    /// The first character of a modifier that is being typed.
    pub(crate) modifier_prefix: Option<char>,
    /// The code as a word of running text.
    pub(crate) word: Word,
}

impl CodeClause {
    pub(crate) fn codes(&self) -> impl Iterator<Item = &CodeId> {
        self.code_refs.iter().map(|code_ref| &code_ref.code)
    }
}

/// An explicit modifier: `-26`, `mod 26`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ModifierClause {
    /// The modifier or its first character, in upper case.
    pub(crate) prefix: String,
    /// The words as typed, folded.
    pub(crate) words: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Word {
    /// The folded term; a compound such as `follow-up` is one term.
    pub(crate) text: String,
    /// The parts of a compound; empty for a simple word.
    pub(crate) parts: Vec<String>,
}

/// The lexemes that have not been parsed yet.
type Lexemes<'q, 'l> = std::slice::Iter<'l, Lexeme<'q>>;

impl Query {
    pub fn parse(text: &str) -> Self {
        let is_complete = text.ends_with(|c: char| c.is_whitespace() || c == '"');
        let mut query = Self {
            text: text.to_owned(),
            clauses: Vec::new(),
            scopes: Vec::new(),
            last_term: TermMatch::prefix_if(!is_complete),
            claim: parse_claim(text),
            filters: HitFilters::default(),
        };
        let lexemes = lex(text);
        let mut rest = lexemes.iter();
        while query.clauses.len() < MAX_CLAUSES
            && let Some(lexeme) = rest.next()
        {
            match lexeme {
                Lexeme::Quoted(text) => query.clauses.extend(parse_quoted(text)),
                Lexeme::Bare(text) => query.parse_bare(text, &mut rest),
            }
        }
        query
    }

    /// Restricts the hits. A query with filters is not looked up as claim lines.
    #[must_use]
    pub fn with_filters(mut self, filters: HitFilters) -> Self {
        if filters != HitFilters::default() {
            self.claim = None;
        }
        self.filters = filters;
        self
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns true if the query consists of codes, or of codes and modifiers.
    pub fn is_codes_only(&self) -> bool {
        self.claim.is_some() || !self.code_refs().is_empty()
    }

    /// Returns true if the query has neither a clause nor a scope with a value.
    pub fn is_empty(&self) -> bool {
        let has_value = |scope: &Scope| !scope.value.is_empty();
        self.clauses.is_empty() && !self.scopes.iter().any(has_value) && self.bare_scope().is_none()
    }

    /// Returns the kind of a scope without a value if the query is that alone: it asks for a list of
    /// the values.
    pub(crate) fn bare_scope(&self) -> Option<ScopeKind> {
        match (&self.clauses[..], &self.scopes[..]) {
            ([], [scope]) if scope.value.is_empty() => Some(scope.kind),
            _ => None,
        }
    }

    /// If the query is a single code, returns it in each system in which it is valid.
    pub fn code_refs(&self) -> &[CodeRef] {
        match &self.clauses[..] {
            [Clause::Code(code)] if code.modifier_prefix.is_none() && self.scopes.is_empty() => {
                &code.code_refs
            }
            _ => &[],
        }
    }

    fn parse_bare(&mut self, text: &str, rest: &mut Lexemes<'_, '_>) {
        if let Some((name, value)) = text.split_once(':')
            && let Some(scope) = Scope::parse(name, value)
        {
            self.scopes.push(scope);
            return;
        }
        if let Some((system, value)) = split_system(text)
            && parse_code_refs(text).is_empty()
        {
            // `icd10cm:` before words or before the start of a code is a scope.
            self.scopes.push(Scope {
                kind: ScopeKind::System,
                value: system.id().to_owned(),
            });
            if !value.is_empty() {
                self.parse_bare(value, rest);
            }
            return;
        }
        let clause = parse_labeled_code(text, rest)
            .or_else(|| parse_code(text, rest))
            .or_else(|| parse_modifier(text, rest))
            .or_else(|| parse_negation(text, rest));
        if let Some(clause) = clause {
            self.clauses.push(clause);
        } else {
            let words = text.split('/').filter_map(Word::parse);
            self.clauses.extend(words.map(Clause::Word));
        }
    }
}

/// Returns all words of some clauses, folded.
pub(crate) fn words_of<'q>(clauses: impl IntoIterator<Item = &'q Clause>) -> Vec<String> {
    let words = clauses.into_iter().flat_map(|clause| match clause {
        Clause::Code(CodeClause { word, .. }) => std::slice::from_ref(&word.text),
        Clause::Word(word) => word.simple_words(),
        Clause::Modifier(ModifierClause { words, .. }) | Clause::Phrase(words) => words,
    });
    words.cloned().collect()
}

/// Parses a text in quotes: a code, perhaps with its modifier, or else words.
fn parse_quoted(text: &str) -> Option<Clause> {
    let code = parse_code(text.trim(), &mut [].iter());
    code.or_else(|| parse_phrase(text))
}

fn parse_phrase(text: &str) -> Option<Clause> {
    let mut words = tokenizer::split_words(text);
    if words.len() > 1 {
        return Some(Clause::Phrase(words));
    }
    let (text, parts) = (words.pop()?, Vec::new());
    Some(Clause::Word(Word { text, parts }))
}

/// Parses the name of a code system that is followed by a code in the next lexeme: `pos 22`.
fn parse_labeled_code(text: &str, rest: &mut Lexemes<'_, '_>) -> Option<Clause> {
    let system = parse_system(text)?;
    let code = format!("{}:{}", system.id(), next_bare(rest)?);
    let mut after = rest.clone();
    after.next();
    let clause = parse_code(&code, &mut after)?;
    *rest = after;
    Some(clause)
}

/// Parses a code, and a modifier after it in the same lexeme or the next. A modifier alone is a word
/// until the planner looks it up: `is` and `on` have its form.
fn parse_code(text: &str, rest: &mut Lexemes<'_, '_>) -> Option<Clause> {
    let text = text.trim_end_matches(['.', ',', ';']);
    let has_code = |code_ref: &CodeRef| code_ref.code.system() != CodeSystem::Modifier;
    if !parse_code_refs(text).iter().all(has_code) {
        return None;
    }
    let mut modifier_prefix = None;
    let code_refs = match text.rsplit_once('-') {
        Some((code, prefix)) if prefix.chars().count() < 2 => {
            modifier_prefix = prefix.chars().next().map(|c| c.to_ascii_uppercase());
            if modifier_prefix.is_some_and(|c| !c.is_ascii_alphanumeric()) {
                return None;
            }
            let mut code_refs = parse_code_refs(code);
            code_refs.retain(|CodeRef { code, modifier }| {
                modifier.is_none() && code.system().takes_modifiers()
            });
            code_refs
        }
        _ => parse_code_and_next(text, rest),
    };
    Some(Clause::Code(CodeClause {
        word: Word::parse(code_refs.first()?.code.value())?,
        code_refs,
        modifier_prefix,
    }))
}

/// Parses a code; consumes the next lexeme if that is its modifier.
fn parse_code_and_next(text: &str, rest: &mut Lexemes<'_, '_>) -> Vec<CodeRef> {
    let code_refs = parse_code_refs(text);
    if code_refs.iter().any(|code_ref| code_ref.modifier.is_none())
        && let Some(next) = next_bare(rest).filter(|next| !is_stop_word(next))
    {
        let with_modifier = parse_code_refs(&format!("{text} {next}"));
        if !with_modifier.is_empty() {
            rest.next();
            return with_modifier;
        }
    }
    code_refs
}

/// Parses `-26`, or `mod` followed by a modifier in the next lexeme.
fn parse_modifier(text: &str, rest: &mut Lexemes<'_, '_>) -> Option<Clause> {
    let keyword = text.trim_end_matches('.').to_ascii_lowercase();
    let is_keyword = ["mod", "modifier", "modifiers"].contains(&&*keyword);
    let value = if is_keyword {
        next_bare(rest)?.trim_start_matches('-')
    } else {
        text.strip_prefix('-')?
    };
    // In "modifier is missing", the word that follows is not a modifier.
    let is_word = is_stop_word(value) && rest.len() > usize::from(is_keyword);
    let is_modifier = matches!(value.len(), 1 | 2)
        && value.bytes().all(|b| b.is_ascii_alphanumeric())
        && !is_word;
    if !is_modifier {
        return None;
    }
    let mut words = vec![value.to_ascii_lowercase()];
    if is_keyword {
        rest.next();
        words.insert(0, "modifier".to_owned());
    }
    Some(Clause::Modifier(ModifierClause {
        prefix: value.to_ascii_uppercase(),
        words,
    }))
}

/// Parses `not` or `no`, followed by a word in the next lexeme.
fn parse_negation(text: &str, rest: &mut Lexemes<'_, '_>) -> Option<Clause> {
    let negations = ["not", "no"];
    let negation = negations
        .into_iter()
        .find(|word| word.eq_ignore_ascii_case(text))?;
    let words = tokenizer::split_words(next_bare(rest).filter(|next| !next.contains(':'))?);
    if words.is_empty() {
        return None;
    }
    rest.next();
    let negation = std::iter::once(negation.to_owned());
    Some(Clause::Phrase(negation.chain(words).collect()))
}

impl Word {
    /// Parses a text without spaces. Returns `None` if it has no letter or digit.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let parts = tokenizer::split_words(text);
        let whole = parts.concat();
        if whole.is_empty() {
            return None;
        }
        Some(Self {
            text: tokenizer::truncate_term(&whole).to_owned(),
            parts: if parts.len() > 1 { parts } else { Vec::new() },
        })
    }

    /// Returns the parts of a compound, or the word itself.
    pub(crate) fn simple_words(&self) -> &[String] {
        match self.parts.as_slice() {
            [] => std::slice::from_ref(&self.text),
            parts => parts,
        }
    }

    /// Returns the word in upper case if it has the form of a code prefix without its dot.
    pub(crate) fn to_code_prefix(&self) -> Option<String> {
        let fits = self.text.len() <= 7
            && self.text.bytes().all(|b| b.is_ascii_alphanumeric())
            && self.text.bytes().any(|b| b.is_ascii_digit());
        fits.then(|| self.text.to_ascii_uppercase())
    }
}

/// A piece of a query between spaces, or in quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lexeme<'q> {
    Bare(&'q str),
    Quoted(&'q str),
}

/// Returns the next lexeme, without consuming it, if it is not in quotes.
fn next_bare<'q>(rest: &Lexemes<'q, '_>) -> Option<&'q str> {
    match rest.as_slice().first() {
        Some(Lexeme::Bare(text)) => Some(text),
        _ => None,
    }
}

/// Splits a query at spaces outside quotes; `payer:"blue cross"` is one lexeme.
fn lex(text: &str) -> Vec<Lexeme<'_>> {
    let mut lexemes = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"').unwrap_or(quoted.len());
            lexemes.push(Lexeme::Quoted(&quoted[..end]));
            rest = quoted.get(end + 1..).unwrap_or_default().trim_start();
            continue;
        }
        let mut end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        if let Some(colon) = rest[..end].find(":\"") {
            let value = colon + 2;
            let quote = rest[value..].find('"');
            end = quote.map_or(rest.len(), |quote| value + quote + 1);
        }
        lexemes.push(Lexeme::Bare(&rest[..end]));
        rest = rest[end..].trim_start();
    }
    lexemes
}
