//! Defines tokens: how a text falls into words that can be compared.
//!
//! The index, a query and the marks on screen all cut text here and nowhere else, so what one of
//! them takes for a word is a word to the others. A word is a run of letters and digits, folded:
//! lower case, without accents, Greek letters by name. Words tied by a hyphen, dot or apostrophe
//! also count as one (`HER-2` is `her`, `2` and `her2`), and so do a few letters with a number
//! after them (`HER 2`); that is how `her2` meets all the spellings of it.

use std::ops::Range;

/// The longest word that is told apart, in bytes of its folded form; the rest is cut.
pub(crate) const MAX_TERM_BYTES: usize = 48;

/// The longest word that is tied to another one by a slash, in bytes of both.
const MAX_SLASH_COMPOUND_BYTES: usize = 10;

/// The most letters that are tied to a number which follows after a space: `HER 2`, `type 2`.
const MAX_LETTERS_BEFORE_NUMBER: usize = 4;

/// How many words of one tie are told apart (`a-b-c-…`); longer ones are no words.
const MAX_COMPOUND_WORDS: usize = 8;

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    /// The word, folded.
    pub(crate) text: &'a str,
    /// Where it stands in the text, in bytes.
    pub(crate) range: Range<usize>,
    /// Whether it is one run of letters and digits, or several tied together.
    pub(crate) kind: TokenKind,
}

/// How a token came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// One run of letters and digits.
    Word,
    /// Several runs, tied.
    Compound,
}

/// What stands between two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    Hyphen,
    Dot,
    Apostrophe,
    Slash,
    Space,
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
        matches!(
            self,
            Self::Hyphen | Self::Dot | Self::Apostrophe | Self::Slash
        )
    }
}

/// One run: where it stands in the folded buffer and in the text, and what stood before it.
#[derive(Clone, Debug)]
struct WordSpan {
    folded: Range<usize>,
    source: Range<usize>,
    gap_before: Gap,
}

/// Calls a function with every token of a text: runs in their order, and ties among them.
pub(crate) fn for_each_token(text: &str, take: impl FnMut(Token<'_>)) {
    Tokenizer::default().for_each_token(text, take);
}

/// Returns the tokens of a text that are single runs, in order.
pub(crate) fn split_words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for_each_token(text, |token| {
        if token.kind == TokenKind::Word {
            found.push(token.text.to_owned());
        }
    });
    found
}

/// Returns how many tokens of a text are single runs.
pub(crate) fn count_words(text: &str) -> usize {
    let mut count = 0;
    for_each_token(text, |token| {
        count += usize::from(token.kind == TokenKind::Word);
    });
    count
}

/// Returns the end, in bytes of `text`, of as many characters as fold to `length` bytes.
pub(crate) fn folded_prefix_end(text: &str, length: usize) -> usize {
    let mut folded = String::new();
    for (at, c) in text.char_indices() {
        if folded.len() >= length && !is_ignorable(c) {
            return at;
        }
        fold(c, &mut folded);
    }
    text.len()
}

/// Keeps the runs of one tie, and the lone word before it, until it is known how far it goes. Who
/// cuts many texts keeps the cutter, and with it the memory that it works in.
#[derive(Debug, Default)]
pub(crate) struct Tokenizer {
    folded: String,
    words: Vec<WordSpan>,
    /// Runs at the front of `runs` that were emitted and stay for the tie to a number.
    emitted: usize,
}

impl Tokenizer {
    /// Calls a function with every token of a text: runs in their order, and ties among them.
    pub(crate) fn for_each_token(&mut self, text: &str, mut take: impl FnMut(Token<'_>)) {
        self.folded.clear();
        self.words.clear();
        self.emitted = 0;
        let mut gap = Gap::Other;
        let mut gap_width = 0_usize;
        let mut open: Option<WordSpan> = None;
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let at = text.len() - rest.len();
            let start = self.folded.len();
            let plain = ascii_prefix_len(rest);
            let length = plain.max(c.len_utf8());
            rest = &rest[length..];
            let is_letter = if plain > 0 {
                self.folded.push_str(&text[at..at + plain]);
                if let Some(folded) = self.folded.get_mut(start..) {
                    folded.make_ascii_lowercase();
                }
                true
            } else {
                fold_non_ascii(c, &mut self.folded)
            };
            if is_letter {
                if open.is_none() {
                    let before = if gap_width == 1 { gap } else { Gap::Other };
                    let start = self.start_word(start, before, &mut take);
                    open = Some(WordSpan {
                        folded: start..start,
                        source: at..at,
                        gap_before: before,
                    });
                }
                if let Some(run) = &mut open {
                    run.folded.end = self.folded.len();
                    run.source.end = at + length;
                }
            } else if open.is_some() && is_ignorable(c) {
                if let Some(run) = &mut open {
                    run.source.end = at + length;
                }
            } else {
                if let Some(run) = open.take() {
                    self.words.push(run);
                    gap_width = 0;
                }
                gap = Gap::from_char(c);
                gap_width += 1;
            }
        }
        self.words.extend(open);
        self.emit_pending(&mut take);
    }

    /// Makes room for a run that begins at `start` of the buffer; returns where it begins then.
    fn start_word(&mut self, start: usize, before: Gap, take: &mut impl FnMut(Token<'_>)) -> usize {
        if self.words.is_empty() || (before.is_joiner() && self.words.len() < MAX_COMPOUND_WORDS) {
            return start;
        }
        self.emit_pending(take);
        let kept = self.words.len() - 1;
        let first = if before == Gap::Space && self.emitted == 0 && self.words.len() == 1 {
            self.emitted = 1;
            self.words[kept].folded.start
        } else if before == Gap::Space && self.emitted == 1 && self.words.len() == 2 {
            self.words.remove(0);
            self.words[0].folded.start
        } else {
            self.words.clear();
            self.emitted = 0;
            start
        };
        self.folded.drain(..first);
        for run in &mut self.words {
            run.folded = run.folded.start - first..run.folded.end - first;
        }
        start - first
    }

    /// Emits what is not emitted yet.
    fn emit_pending(&self, take: &mut impl FnMut(Token<'_>)) {
        let runs = &self.words[self.emitted..];
        for (index, run) in runs.iter().enumerate() {
            let possessive = index > 0
                && run.gap_before == Gap::Apostrophe
                && &self.folded[run.folded.clone()] == "s";
            if !possessive {
                self.emit_token(std::slice::from_ref(run), TokenKind::Word, take);
            }
        }
        for pair in runs.windows(2) {
            self.emit_token(pair, TokenKind::Compound, take);
        }
        if runs.len() > 2 {
            self.emit_token(runs, TokenKind::Compound, take);
        }
        self.emit_number_compounds(take);
    }

    /// Ties `HER 2`, and `CA 15-3` as `ca15` and `ca153`.
    fn emit_number_compounds(&self, take: &mut impl FnMut(Token<'_>)) {
        let [word, number, ..] = &self.words[..] else {
            return;
        };
        let letters = &self.folded[word.folded.clone()];
        if self.emitted == 1
            && letters.len() <= MAX_LETTERS_BEFORE_NUMBER
            && letters.bytes().all(|b| b.is_ascii_lowercase())
            && self.folded[number.folded.clone()]
                .bytes()
                .all(|b| b.is_ascii_digit())
            && number.folded.len() <= 3
        {
            self.emit_token(&self.words[..2], TokenKind::Compound, take);
            if self.words.len() > 2 {
                self.emit_token(&self.words, TokenKind::Compound, take);
            }
        }
    }

    fn emit_token(&self, runs: &[WordSpan], make: TokenKind, take: &mut impl FnMut(Token<'_>)) {
        let (Some(first), Some(last)) = (runs.first(), runs.last()) else {
            return;
        };
        let folded = first.folded.start..last.folded.end;
        if make == TokenKind::Compound
            && runs[1..].iter().any(|run| run.gap_before == Gap::Slash)
            && folded.len() > MAX_SLASH_COMPOUND_BYTES
        {
            return;
        }
        take(Token {
            text: truncate_term(&self.folded[folded]),
            range: first.source.start..last.source.end,
            kind: make,
        });
    }
}

/// Cuts a word to the longest that is told apart.
pub(crate) fn truncate_term(word: &str) -> &str {
    let mut end = word.len().min(MAX_TERM_BYTES);
    while !word.is_char_boundary(end) {
        end -= 1;
    }
    &word[..end]
}

/// Says whether a character within a word counts for nothing: combining marks, soft hyphens.
const fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{200b}'..='\u{200d}'
            | '\u{2060}'
            | '\u{300}'..='\u{36f}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{fe20}'..='\u{fe2f}'
    )
}

/// Returns how many ASCII letters and digits a text begins with.
fn ascii_prefix_len(text: &str) -> usize {
    let bytes = text.bytes();
    bytes.take_while(u8::is_ascii_alphanumeric).count()
}

/// Appends the folded form of a character; says whether it belongs to a word.
fn fold(c: char, out: &mut String) -> bool {
    if c.is_ascii_alphanumeric() {
        out.push(c.to_ascii_lowercase());
        return true;
    }
    fold_non_ascii(c, out)
}

fn fold_non_ascii(c: char, out: &mut String) -> bool {
    if c.is_ascii() || is_ignorable(c) || !c.is_alphanumeric() {
        return false;
    }
    let before = out.len();
    for lower in c.to_lowercase() {
        if let Some(name) = greek_letter_name(lower) {
            out.push_str(name);
        } else if is_latin(lower) {
            let plain = deunicode::deunicode_char(lower).unwrap_or_default();
            out.extend(
                plain
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .map(|plain| plain.to_ascii_lowercase()),
            );
        } else if !is_ignorable(lower) {
            out.push(lower);
        }
    }
    if out.len() == before {
        out.push(c);
    }
    true
}

/// Says whether a letter or digit reads as one of ASCII: accented, full width, raised.
const fn is_latin(c: char) -> bool {
    matches!(
        c,
        '\u{aa}'..='\u{24f}'
            | '\u{1e00}'..='\u{1eff}'
            | '\u{2070}'..='\u{209c}'
            | '\u{fb00}'..='\u{fb06}'
            | '\u{ff10}'..='\u{ff5a}'
    )
}

/// Returns the name of a Greek letter as laboratories spell it out: `β-hCG`, `beta hCG`.
const fn greek_letter_name(c: char) -> Option<&'static str> {
    Some(match c {
        'α' => "alpha",
        'β' => "beta",
        'γ' => "gamma",
        'δ' => "delta",
        'ε' => "epsilon",
        'ζ' => "zeta",
        'κ' => "kappa",
        'λ' => "lambda",
        // The sign of micro- as well: `µg` and `ug` are the same.
        'μ' => "u",
        'σ' | 'ς' => "sigma",
        'τ' => "tau",
        'ω' => "omega",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
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

    #[test]
    fn folded_prefix_ends_on_char_boundary() {
        assert_eq!(
            &"compo\u{301}nent"[..folded_prefix_end("compo\u{301}nent", 5)],
            "compo\u{301}"
        );
        assert_eq!(&"βeta"[..folded_prefix_end("βeta", 2)], "β");
        assert_eq!(folded_prefix_end("", 3), 0);
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
