//! The limit of rows, which is checked before a file is parsed: a parsed row takes up to a hundred
//! times the bytes of its text.

use toml_parser::Source;
use toml_parser::lexer::TokenKind;

use crate::diagnostics::diagnostic::{Diagnostics, Span};

/// The most rows, list items and table cells of a document. Lists of a thousand diagnoses exist.
const MAX_ROWS: usize = 20_000;

/// Reports a file with more than [`MAX_ROWS`]; returns false for it.
pub(crate) fn check_row_limit(text: &str, diagnostics: &mut Diagnostics<'_>) -> bool {
    // A list item takes two bytes at least, so most files need no look.
    if text.len() <= 2 * MAX_ROWS {
        return true;
    }
    let Some(at) = find_excess_row(text) else {
        return true;
    };
    diagnostics.syntax_error(
        at,
        format!(
            "a document has at most {MAX_ROWS} rows, list items and table cells; here is one more"
        ),
        "a document is about one code; split the file, one code each".to_owned(),
    );
    false
}

/// Returns the place of the first table header, or comma between the items of an array, beyond
/// [`MAX_ROWS`].
fn find_excess_row(text: &str) -> Option<Span> {
    let mut open = Vec::new();
    let mut is_value = false;
    let mut rows = 0;
    for token in Source::new(text).lex() {
        let is_row = match token.kind() {
            TokenKind::Whitespace => continue,
            kind @ (TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket) => {
                let is_header = open.is_empty() && !is_value;
                open.push(kind);
                is_header
            }
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => {
                open.pop();
                false
            }
            TokenKind::Comma => open.last() == Some(&TokenKind::LeftSquareBracket),
            _ => false,
        };
        is_value = token.kind() == TokenKind::Equals;
        rows += usize::from(is_row);
        if rows > MAX_ROWS {
            return Some(token.span().start()..token.span().end());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_items_and_cells_count_and_fields_do_not() {
        let fields = "[[fact]] # [a, b]\nlabel = { reason = \"x, y\", a = \"[,\" }\n";
        for (row, rows_in_it, head, tail) in [
            (fields, 1, "", ""),
            ("'a',", 1, "items = [", "]"),
            ("['a', 'b'],", 2, "rows = [", "]"),
            ("{ a = 1, b = 2 },\n", 1, "fact = [", "]"),
        ] {
            let text = |count: usize| format!("{head}{}{tail}", row.repeat(count));
            let most = MAX_ROWS / rows_in_it;
            assert_eq!(find_excess_row(&text(most)), None, "{row}");
            let at = find_excess_row(&text(most + 1)).unwrap();
            assert!(at.start >= head.len() + most * row.len(), "{row}");
        }
    }
}
