//! Splits a command line into words, as a shell does, and does nothing else that a shell does.

/// The most words that a line may have.
const MAX_WORDS: usize = 64;

/// Says why a line has no words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// A quote is not closed.
    #[error("a quote is not closed")]
    UnclosedQuote,
    /// There are too many words.
    #[error("more than {MAX_WORDS} words")]
    TooManyWords,
}

/// Splits a line at white space outside quotes. Single quotes keep everything; double quotes and
/// the backslash work as in a shell. Nothing is expanded.
pub fn split(line: &str) -> Result<Vec<String>, SplitError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (Some(open), c) if open == c => quote = None,
            (None, '\\') => word
                .get_or_insert_default()
                .extend(chars.next().or(Some('\\'))),
            (Some('"'), '\\') => match chars.next() {
                Some(c @ ('"' | '\\' | '$' | '`')) => word.get_or_insert_default().push(c),
                Some(c) => word.get_or_insert_default().extend(['\\', c]),
                None => return Err(SplitError::UnclosedQuote),
            },
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
        if words.len() > MAX_WORDS {
            return Err(SplitError::TooManyWords);
        }
    }
    if quote.is_some() {
        return Err(SplitError::UnclosedQuote);
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_split_as_a_shell_does() {
        for (line, expected) in [
            ("", &[] as &[&str]),
            ("  83950-90 ", &["83950-90"]),
            (
                "search 'modifier 26' --format json",
                &["search", "modifier 26", "--format", "json"],
            ),
            (
                r#"search "a \"b\" \c" d\ e"#,
                &["search", r#"a "b" \c"#, "d e"],
            ),
            ("search ''", &["search", ""]),
            (
                "show $(reboot) `x` ;ls",
                &["show", "$(reboot)", "`x`", ";ls"],
            ),
        ] {
            assert_eq!(split(line).unwrap(), expected, "{line}");
        }
        assert_eq!(split("search 'x"), Err(SplitError::UnclosedQuote));
        assert_eq!(split(&"a ".repeat(99)), Err(SplitError::TooManyWords));
    }

    proptest! {
        #[test]
        fn quoted_words_round_trip(words in prop::collection::vec(any::<String>(), 0..9)) {
            let quoted: Vec<String> =
                words.iter().map(|word| format!("'{}'", word.replace('\'', r"'\''"))).collect();
            prop_assert_eq!(split(&quoted.join(" ")), Ok(words));
        }

        #[test]
        fn any_line_is_split_or_refused(line in any::<String>()) {
            if let Ok(words) = split(&line) {
                prop_assert!(words.iter().map(String::len).sum::<usize>() <= line.len());
            }
        }
    }
}
