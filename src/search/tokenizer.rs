//! The tokenizer: splits a text into words and compounds that can be compared.
//!
//! The index, queries and highlights all use it, so they agree about words. A word is a run
//! of letters and digits, folded (see [`folding`](crate::search::folding)). Words that a hyphen,
//! dot, apostrophe or slash connects are also one compound (`HER-2` is `her`, `2` and `her2`), and
//! so are a few letters and the number that follows (`HER 2`). All spellings thus share `her2`.

use std::ops::Range;

use crate::search::folding::{fold_letters, is_ignorable};

/// The longest term in bytes of its folded form. Longer ones are truncated.
pub(crate) const MAX_TERM_BYTES: usize = 48;

/// The longest compound with a slash, in bytes.
const MAX_SLASH_COMPOUND_BYTES: usize = 10;

/// The most letters that form a compound with a number after a space: `HER 2`, `type 2`.
const MAX_LETTERS_BEFORE_NUMBER: usize = 4;

/// The most digits of such a number.
const MAX_NUMBER_DIGITS: usize = 3;

/// The most words of one compound. `a-b-c-…` with more words is split.
const MAX_COMPOUND_WORDS: usize = 8;

/// A term of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) text: &'a str,
    pub(crate) range: Range<usize>,
    pub(crate) kind: TokenKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Word,
    /// Several words, joined without what separates them.
    Compound,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    Hyphen,
    Dot,
    Apostrophe,
    Slash,
    Space,
    /// Any other character, or more than one.
    Other,
}

impl Gap {
    const fn from_char(c: char) -> Self {
        match c {
            '-' | '\u{2010}' | '\u{2011}' => Self::Hyphen,
            '.' => Self::Dot,
            '\'' | '\u{2019}' => Self::Apostrophe,
            '/' => Self::Slash,
            ' ' => Self::Space,
            _ => Self::Other,
        }
    }

    const fn is_joiner(self) -> bool {
        !matches!(self, Self::Space | Self::Other)
    }
}

/// The position of a word in the folded text and in the source text.
#[derive(Clone, Debug)]
struct WordSpan {
    folded: Range<usize>,
    source: Range<usize>,
    gap_before: Gap,
}

/// The first pass: reads the words of a text one by one.
struct WordSplitter<'t> {
    text: &'t str,
    position: usize,
}

impl WordSplitter<'_> {
    /// Finds the next word, and appends its folded form to `folded`.
    fn next_word(&mut self, folded: &mut String) -> Option<WordSpan> {
        let folded_start = folded.len();
        let mut gap = Gap::Other;
        let mut gap_chars = 0;
        let source_start = loop {
            let rest = &self.text[self.position..];
            let length = fold_letters(rest, folded);
            if length > 0 {
                let start = self.position;
                self.position += length;
                break start;
            }
            let c = rest.chars().next()?;
            self.position += c.len_utf8();
            gap = Gap::from_char(c);
            gap_chars += 1;
        };
        self.read_rest_of_word(folded);
        Some(WordSpan {
            folded: folded_start..folded.len(),
            source: source_start..self.position,
            gap_before: if gap_chars == 1 { gap } else { Gap::Other },
        })
    }

    fn read_rest_of_word(&mut self, folded: &mut String) {
        loop {
            let rest = &self.text[self.position..];
            let next = rest.as_bytes().first();
            if next.is_none_or(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric()) {
                // No ASCII character is ignorable.
                return;
            }
            let mut length = fold_letters(rest, folded);
            if length == 0 {
                let Some(c) = rest.chars().next().filter(|c| is_ignorable(*c)) else {
                    return;
                };
                length = c.len_utf8();
            }
            self.position += length;
        }
    }
}

/// Splits texts into tokens. Its buffers are reused from text to text.
#[derive(Debug, Default)]
pub(crate) struct Tokenizer {
    folded: String,
    /// The words that joiners connect, up to the last word read. In front of them is the word
    /// before, if `has_lead`.
    words: Vec<WordSpan>,
    /// Whether the first of `words` is a single word before a space. Its own token was emitted; it
    /// may form a compound with a number.
    has_lead: bool,
}

/// Calls `emit` with every token of a text. Words come in order, compounds after their words.
pub(crate) fn for_each_token(text: &str, emit: impl FnMut(Token<'_>)) {
    let mut tokenizer = Tokenizer {
        folded: String::with_capacity(text.len()),
        ..Tokenizer::default()
    };
    tokenizer.for_each_token(text, emit);
}

pub(crate) fn split_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for_each_token(text, |token| {
        if token.kind == TokenKind::Word {
            words.push(token.text.to_owned());
        }
    });
    words
}

pub(crate) fn count_words(text: &str) -> usize {
    let mut count = 0;
    for_each_token(text, |token| {
        count += usize::from(token.kind == TokenKind::Word);
    });
    count
}

impl Tokenizer {
    pub(crate) fn for_each_token(&mut self, text: &str, mut emit: impl FnMut(Token<'_>)) {
        self.folded.clear();
        self.words.clear();
        self.has_lead = false;
        let mut splitter = WordSplitter { text, position: 0 };
        while let Some(word) = splitter.next_word(&mut self.folded) {
            if !word.gap_before.is_joiner() || self.words.len() == MAX_COMPOUND_WORDS {
                self.emit_words(&mut emit);
                self.retain_lead(word.gap_before);
            }
            self.words.push(word);
        }
        self.emit_words(&mut emit);
    }

    /// Drops the words that were emitted, apart from one that may lead a number.
    fn retain_lead(&mut self, gap: Gap) {
        let own_words = self.words.len() - usize::from(self.has_lead);
        self.has_lead = gap == Gap::Space && own_words == 1;
        let dropped = self.words.len() - usize::from(self.has_lead);
        self.words.drain(..dropped);
    }

    /// The second pass: emits connected words and their compounds.
    fn emit_words(&self, emit: &mut impl FnMut(Token<'_>)) {
        let words = &self.words[usize::from(self.has_lead)..];
        for (index, word) in words.iter().enumerate() {
            let is_possessive = index > 0
                && word.gap_before == Gap::Apostrophe
                && &self.folded[word.folded.clone()] == "s";
            if !is_possessive {
                self.emit_token(std::slice::from_ref(word), emit);
            }
        }
        for pair in words.windows(2) {
            self.emit_token(pair, emit);
        }
        if words.len() > 2 {
            self.emit_token(words, emit);
        }
        if self.has_lead {
            self.emit_number_compounds(emit);
        }
    }

    /// Emits `her2` for `HER 2`; `ca15` and `ca153` for `CA 15-3`.
    fn emit_number_compounds(&self, emit: &mut impl FnMut(Token<'_>)) {
        let [lead, number, ..] = &self.words[..] else {
            return;
        };
        let letters = &self.folded[lead.folded.clone()];
        let digits = &self.folded[number.folded.clone()];
        if letters.len() <= MAX_LETTERS_BEFORE_NUMBER
            && letters.bytes().all(|b| b.is_ascii_lowercase())
            && digits.len() <= MAX_NUMBER_DIGITS
            && digits.bytes().all(|b| b.is_ascii_digit())
        {
            self.emit_token(&self.words[..2], emit);
            if self.words.len() > 2 {
                self.emit_token(&self.words, emit);
            }
        }
    }

    fn emit_token(&self, words: &[WordSpan], emit: &mut impl FnMut(Token<'_>)) {
        let (Some(first), Some(last)) = (words.first(), words.last()) else {
            return;
        };
        let folded = first.folded.start..last.folded.end;
        let has_slash = words[1..].iter().any(|word| word.gap_before == Gap::Slash);
        if has_slash && folded.len() > MAX_SLASH_COMPOUND_BYTES {
            return;
        }
        emit(Token {
            text: truncate_term(&self.folded[folded]),
            range: first.source.start..last.source.end,
            kind: match words.len() {
                1 => TokenKind::Word,
                _ => TokenKind::Compound,
            },
        });
    }
}

/// Cuts a term to [`MAX_TERM_BYTES`].
pub(crate) fn truncate_term(term: &str) -> &str {
    let mut end = term.len().min(MAX_TERM_BYTES);
    while !term.is_char_boundary(end) {
        end -= 1;
    }
    &term[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::folding::folded_prefix_end;
    use proptest::prelude::*;

    fn token_texts(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        for_each_token(text, |token| found.push(token.text.to_owned()));
        found.sort();
        found.dedup();
        found
    }

    #[test]
    fn spellings_of_her2_share_a_word() {
        for text in [
            "her2",
            "HER2",
            "HER-2",
            "HER 2",
            "HER2/neu",
            "(HER-2/neu)",
            "H\u{cb}R2",
        ] {
            assert!(token_texts(text).contains(&"her2".to_owned()), "{text}");
        }
    }

    #[test]
    fn compounds_are_emitted_with_their_words() {
        assert_eq!(
            token_texts("C-erbB-2"),
            ["2", "c", "cerbb", "cerbb2", "erbb", "erbb2"]
        );
        assert_eq!(token_texts("K92.2"), ["2", "k92", "k922"]);
        assert_eq!(token_texts("Wilson's"), ["wilson", "wilsons"]);
        assert_eq!(
            token_texts("CA 15-3"),
            ["15", "153", "3", "ca", "ca15", "ca153"]
        );
    }

    #[test]
    fn separated_words_form_no_compound() {
        assert_eq!(token_texts("her, 2"), ["2", "her"]);
        assert_eq!(token_texts("her  2"), ["2", "her"]);
        assert_eq!(token_texts("a - b"), ["a", "b"]);
        assert_eq!(
            token_texts("interpretation/reporting"),
            ["interpretation", "reporting"]
        );
        assert_eq!(
            token_texts("Laboratory\u{2014}serologic"),
            ["laboratory", "serologic"]
        );
        assert_eq!(token_texts("diabetes 2"), ["2", "diabetes"]);
        assert_eq!(token_texts("type 2024"), ["2024", "type"]);
    }

    #[test]
    fn compounds_have_at_most_eight_words() {
        let compounds = token_texts("a-b-c-d-e-f-g-h-i-j");
        assert!(compounds.contains(&"abcdefgh".to_owned()));
        assert!(compounds.contains(&"ij".to_owned()));
        assert!(!compounds.contains(&"hi".to_owned()));
    }

    #[test]
    fn accents_case_and_width_do_not_matter() {
        for text in ["Ménière", "MENIERE", "Me\u{301}nie\u{300}re", "Ｍeniere"] {
            assert_eq!(token_texts(text), ["meniere"], "{text}");
        }
        assert_eq!(token_texts("β-hCG"), ["beta", "betahcg", "hcg"]);
        assert_eq!(token_texts("5 µg"), token_texts("5 ug"));
    }

    #[test]
    fn tokens_carry_their_source_range() {
        let text = "the “HÉR-2/neu” assay";
        let mut found = Vec::new();
        for_each_token(text, |token| {
            found.push((token.text.to_owned(), text[token.range].to_owned()));
        });
        assert!(found.contains(&("her2".to_owned(), "HÉR-2".to_owned())));
        assert!(found.contains(&("her2neu".to_owned(), "HÉR-2/neu".to_owned())));
        assert!(found.contains(&("assay".to_owned(), "assay".to_owned())));
    }

    proptest! {
        #[test]
        fn tokens_of_any_text_end_on_char_boundaries(text in any::<String>()) {
            let mut after = 0;
            for_each_token(&text, |token| {
                assert!(text.get(token.range.clone()).is_some(), "{token:?}");
                assert!(!token.text.is_empty() && token.text.len() <= MAX_TERM_BYTES);
                assert!(!token.range.is_empty());
                if token.kind == TokenKind::Word {
                    assert!(token.range.start >= after, "{token:?}");
                    after = token.range.end;
                }
            });
        }

        #[test]
        fn tokens_of_compounds_end_on_char_boundaries(
            text in "([a-zé2]{1,5}[-./' ]{0,2}){0,12}",
            length in 0_usize..9,
        ) {
            let mut after = 0;
            for_each_token(&text, |token| {
                assert!(text.get(token.range.clone()).is_some(), "{token:?}");
                if token.kind == TokenKind::Word {
                    assert!(token.range.start >= after, "{token:?}");
                    after = token.range.end;
                }
            });
            assert!(text.is_char_boundary(folded_prefix_end(&text, length)));
        }
    }
}
