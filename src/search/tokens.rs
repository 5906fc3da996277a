//! Defines tokens: how a text falls into words that can be compared.
//!
//! The index, a query and the marks on screen all cut text here and nowhere else, so what one of
//! them takes for a word is a word to the others. A word is a run of letters and digits, folded:
//! lower case, without accents, Greek letters by name. Words tied by a hyphen, dot or apostrophe
//! also count as one (`HER-2` is `her`, `2` and `her2`), and so do a few letters with a number
//! after them (`HER 2`); that is how `her2` meets all the spellings of it.

use std::ops::Range;

/// The longest word that is told apart, in bytes of its folded form; the rest is cut.
pub(super) const LONGEST: usize = 48;

/// The longest word that is tied to another one by a slash, in bytes of both.
const LONGEST_BY_SLASH: usize = 10;

/// The most letters that are tied to a number which follows after a space: `HER 2`, `type 2`.
const LETTERS_BEFORE_NUMBER: usize = 4;

/// How many words of one tie are told apart (`a-b-c-…`); longer ones are no words.
const MOST_PARTS: usize = 8;

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    /// The word, folded.
    pub(super) text: &'a str,
    /// Where it stands in the text, in bytes.
    pub(super) range: Range<usize>,
    /// Whether it is one run of letters and digits, or several tied together.
    pub(super) make: Make,
}

/// How a token came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Make {
    /// One run of letters and digits.
    Run,
    /// Several runs, tied.
    Tied,
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
    const fn of(c: char) -> Self {
        match c {
            '-' | '\u{2010}' | '\u{2011}' => Self::Hyphen,
            '.' => Self::Dot,
            '\'' | '\u{2019}' => Self::Apostrophe,
            '/' => Self::Slash,
            ' ' => Self::Space,
            _ => Self::Other,
        }
    }

    const fn ties(self) -> bool {
        matches!(
            self,
            Self::Hyphen | Self::Dot | Self::Apostrophe | Self::Slash
        )
    }
}

/// One run: where it stands in the folded buffer and in the text, and what stood before it.
#[derive(Clone, Debug)]
struct Run {
    folded: Range<usize>,
    source: Range<usize>,
    before: Gap,
}

/// Calls a function with every token of a text: runs in their order, and ties among them.
pub(super) fn each(text: &str, take: impl FnMut(Token<'_>)) {
    Cutter::default().each(text, take);
}

/// Returns the tokens of a text that are single runs, in order.
pub(super) fn runs(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    each(text, |token| {
        if token.make == Make::Run {
            found.push(token.text.to_owned());
        }
    });
    found
}

/// Returns how many tokens of a text are single runs.
pub(super) fn count(text: &str) -> usize {
    let mut count = 0;
    each(text, |token| count += usize::from(token.make == Make::Run));
    count
}

/// Returns the end, in bytes of `text`, of as many characters as fold to `length` bytes.
pub(super) fn end_of_folded(text: &str, length: usize) -> usize {
    let mut folded = String::new();
    for (at, c) in text.char_indices() {
        if folded.len() >= length && !is_silent(c) {
            return at;
        }
        fold(c, &mut folded);
    }
    text.len()
}

/// Keeps the runs of one tie, and the lone word before it, until it is known how far it goes. Who
/// cuts many texts keeps the cutter, and with it the memory that it works in.
#[derive(Debug, Default)]
pub(super) struct Cutter {
    folded: String,
    runs: Vec<Run>,
    /// Runs at the front of `runs` that were emitted and stay for the tie to a number.
    emitted: usize,
}

impl Cutter {
    /// Calls a function with every token of a text: runs in their order, and ties among them.
    pub(super) fn each(&mut self, text: &str, mut take: impl FnMut(Token<'_>)) {
        self.folded.clear();
        self.runs.clear();
        self.emitted = 0;
        let mut gap = Gap::Other;
        let mut gap_width = 0_usize;
        let mut open: Option<Run> = None;
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let at = text.len() - rest.len();
            let start = self.folded.len();
            let plain = plain_letters(rest);
            let length = plain.max(c.len_utf8());
            rest = &rest[length..];
            let is_letter = if plain > 0 {
                self.folded.push_str(&text[at..at + plain]);
                if let Some(folded) = self.folded.get_mut(start..) {
                    folded.make_ascii_lowercase();
                }
                true
            } else {
                fold_other(c, &mut self.folded)
            };
            if is_letter {
                if open.is_none() {
                    let before = if gap_width == 1 { gap } else { Gap::Other };
                    let start = self.begin(start, before, &mut take);
                    open = Some(Run {
                        folded: start..start,
                        source: at..at,
                        before,
                    });
                }
                if let Some(run) = &mut open {
                    run.folded.end = self.folded.len();
                    run.source.end = at + length;
                }
            } else if open.is_some() && is_silent(c) {
                if let Some(run) = &mut open {
                    run.source.end = at + length;
                }
            } else {
                if let Some(run) = open.take() {
                    self.runs.push(run);
                    gap_width = 0;
                }
                gap = Gap::of(c);
                gap_width += 1;
            }
        }
        self.runs.extend(open);
        self.emit(&mut take);
    }

    /// Makes room for a run that begins at `start` of the buffer; returns where it begins then.
    fn begin(&mut self, start: usize, before: Gap, take: &mut impl FnMut(Token<'_>)) -> usize {
        if self.runs.is_empty() || (before.ties() && self.runs.len() < MOST_PARTS) {
            return start;
        }
        self.emit(take);
        let kept = self.runs.len() - 1;
        let first = if before == Gap::Space && self.emitted == 0 && self.runs.len() == 1 {
            self.emitted = 1;
            self.runs[kept].folded.start
        } else if before == Gap::Space && self.emitted == 1 && self.runs.len() == 2 {
            self.runs.remove(0);
            self.runs[0].folded.start
        } else {
            self.runs.clear();
            self.emitted = 0;
            start
        };
        self.folded.drain(..first);
        for run in &mut self.runs {
            run.folded = run.folded.start - first..run.folded.end - first;
        }
        start - first
    }

    /// Emits what is not emitted yet.
    fn emit(&self, take: &mut impl FnMut(Token<'_>)) {
        let runs = &self.runs[self.emitted..];
        for (index, run) in runs.iter().enumerate() {
            let possessive = index > 0
                && run.before == Gap::Apostrophe
                && &self.folded[run.folded.clone()] == "s";
            if !possessive {
                self.tie(std::slice::from_ref(run), Make::Run, take);
            }
        }
        for pair in runs.windows(2) {
            self.tie(pair, Make::Tied, take);
        }
        if runs.len() > 2 {
            self.tie(runs, Make::Tied, take);
        }
        self.tie_to_number(take);
    }

    /// Ties `HER 2`, and `CA 15-3` as `ca15` and `ca153`.
    fn tie_to_number(&self, take: &mut impl FnMut(Token<'_>)) {
        let [word, number, ..] = &self.runs[..] else {
            return;
        };
        let letters = &self.folded[word.folded.clone()];
        if self.emitted == 1
            && letters.len() <= LETTERS_BEFORE_NUMBER
            && letters.bytes().all(|b| b.is_ascii_lowercase())
            && self.folded[number.folded.clone()]
                .bytes()
                .all(|b| b.is_ascii_digit())
            && number.folded.len() <= 3
        {
            self.tie(&self.runs[..2], Make::Tied, take);
            if self.runs.len() > 2 {
                self.tie(&self.runs, Make::Tied, take);
            }
        }
    }

    fn tie(&self, runs: &[Run], make: Make, take: &mut impl FnMut(Token<'_>)) {
        let (Some(first), Some(last)) = (runs.first(), runs.last()) else {
            return;
        };
        let folded = first.folded.start..last.folded.end;
        if make == Make::Tied
            && runs[1..].iter().any(|run| run.before == Gap::Slash)
            && folded.len() > LONGEST_BY_SLASH
        {
            return;
        }
        take(Token {
            text: cut(&self.folded[folded]),
            range: first.source.start..last.source.end,
            make,
        });
    }
}

/// Cuts a word to the longest that is told apart.
pub(super) fn cut(word: &str) -> &str {
    let mut end = word.len().min(LONGEST);
    while !word.is_char_boundary(end) {
        end -= 1;
    }
    &word[..end]
}

/// Says whether a character within a word counts for nothing: combining marks, soft hyphens.
const fn is_silent(c: char) -> bool {
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
fn plain_letters(text: &str) -> usize {
    let bytes = text.bytes();
    bytes.take_while(u8::is_ascii_alphanumeric).count()
}

/// Appends the folded form of a character; says whether it belongs to a word.
fn fold(c: char, out: &mut String) -> bool {
    if c.is_ascii_alphanumeric() {
        out.push(c.to_ascii_lowercase());
        return true;
    }
    fold_other(c, out)
}

fn fold_other(c: char, out: &mut String) -> bool {
    if c.is_ascii() || is_silent(c) || !c.is_alphanumeric() {
        return false;
    }
    let before = out.len();
    for lower in c.to_lowercase() {
        if let Some(name) = greek(lower) {
            out.push_str(name);
        } else if is_latin(lower) {
            let plain = deunicode::deunicode_char(lower).unwrap_or_default();
            out.extend(
                plain
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .map(|plain| plain.to_ascii_lowercase()),
            );
        } else if !is_silent(lower) {
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
const fn greek(c: char) -> Option<&'static str> {
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

    fn words(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        each(text, |token| found.push(token.text.to_owned()));
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
            assert!(words(text).contains(&"her2".to_owned()), "{text}");
        }
    }

    #[test]
    fn ties_stand_beside_their_parts() {
        assert_eq!(
            words("C-erbB-2"),
            ["2", "c", "cerbb", "cerbb2", "erbb", "erbb2"]
        );
        assert_eq!(words("K92.2"), ["2", "k92", "k922"]);
        assert_eq!(words("Wilson's"), ["wilson", "wilsons"]);
        assert_eq!(words("CA 15-3"), ["15", "153", "3", "ca", "ca15", "ca153"]);
    }

    #[test]
    fn what_is_apart_stays_apart() {
        assert_eq!(words("her, 2"), ["2", "her"]);
        assert_eq!(words("her  2"), ["2", "her"]);
        assert_eq!(words("a - b"), ["a", "b"]);
        assert_eq!(
            words("interpretation/reporting"),
            ["interpretation", "reporting"]
        );
        assert_eq!(
            words("Laboratory\u{2014}serologic"),
            ["laboratory", "serologic"]
        );
        assert_eq!(words("diabetes 2"), ["2", "diabetes"]);
    }

    #[test]
    fn accents_case_and_width_do_not_matter() {
        for text in ["Ménière", "MENIERE", "Me\u{301}nie\u{300}re", "Ｍeniere"] {
            assert_eq!(words(text), ["meniere"], "{text}");
        }
        assert_eq!(words("β-hCG"), ["beta", "betahcg", "hcg"]);
        assert_eq!(words("5 µg"), words("5 ug"));
    }

    #[test]
    fn a_token_knows_where_it_stands() {
        let text = "the “HÉR-2/neu” assay";
        let mut found = Vec::new();
        each(text, |token| {
            found.push((token.text.to_owned(), text[token.range].to_owned()));
        });
        assert!(found.contains(&("her2".to_owned(), "HÉR-2".to_owned())));
        assert!(found.contains(&("her2neu".to_owned(), "HÉR-2/neu".to_owned())));
        assert!(found.contains(&("assay".to_owned(), "assay".to_owned())));
    }

    #[test]
    fn a_prefix_ends_where_its_characters_do() {
        assert_eq!(
            &"compo\u{301}nent"[..end_of_folded("compo\u{301}nent", 5)],
            "compo\u{301}"
        );
        assert_eq!(&"βeta"[..end_of_folded("βeta", 2)], "β");
        assert_eq!(end_of_folded("", 3), 0);
    }

    proptest! {
        #[test]
        fn any_text_is_cut_on_its_characters(text in any::<String>()) {
            let mut after = 0;
            each(&text, |token| {
                assert!(text.get(token.range.clone()).is_some(), "{token:?}");
                assert!(!token.text.is_empty() && token.text.len() <= LONGEST);
                assert!(!token.range.is_empty());
                if token.make == Make::Run {
                    assert!(token.range.start >= after, "{token:?}");
                    after = token.range.end;
                }
            });
        }

        #[test]
        fn words_joined_in_any_way_are_cut_on_their_characters(
            text in "([a-zé2]{1,5}[-./' ]{0,2}){0,12}",
            length in 0_usize..9,
        ) {
            let mut after = 0;
            each(&text, |token| {
                assert!(text.get(token.range.clone()).is_some(), "{token:?}");
                if token.make == Make::Run {
                    assert!(token.range.start >= after, "{token:?}");
                    after = token.range.end;
                }
            });
            assert!(text.is_char_boundary(end_of_folded(&text, length)));
        }
    }
}
