//! The headings of a file and its unclosed brackets and texts, read from its tokens, so that a file
//! with syntax errors has them too.

use std::collections::HashSet;

use toml_parser::Source;
use toml_parser::lexer::TokenKind;

use crate::content::toml::schema::is_row_table;
use crate::diagnostics::diagnostic::Span;

/// A line `[name]` or `[[name]]`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Heading<'t> {
    /// The brackets and the name.
    pub(crate) span: Span,
    /// The name as written: `payer.modifier`.
    pub(crate) path: &'t str,
    pub(crate) is_double: bool,
    /// Whether the name is that of an earlier heading.
    pub(crate) is_repeated: bool,
}

impl Heading<'_> {
    /// Returns true if a table has single brackets and must have double ones.
    pub(crate) fn lacks_brackets(&self) -> bool {
        !self.is_double && is_row_table(self.path)
    }
}

/// A delimiter that is never closed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unclosed<'t> {
    pub(crate) span: Span,
    /// `[`, `{`, `"""` or `'''`.
    pub(crate) delimiter: &'t str,
}

/// The headings and the first unclosed delimiter of a file.
#[derive(Debug, Default)]
pub(crate) struct Outline<'t> {
    pub(crate) headings: Vec<Heading<'t>>,
    /// The names of the headings that lack brackets.
    pub(crate) single_rows: HashSet<&'t str>,
    pub(crate) unclosed: Option<Unclosed<'t>>,
}

impl<'t> Outline<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let mut outline = Self::default();
        let mut open: Vec<Span> = Vec::new();
        let mut paths = HashSet::new();
        let (mut is_line_start, mut is_value) = (true, false);
        for token in Source::new(text).lex() {
            let span = token.span().start()..token.span().end();
            match token.kind() {
                TokenKind::Whitespace => continue,
                TokenKind::Newline => {
                    (is_line_start, is_value) = (true, false);
                    continue;
                }
                TokenKind::LeftSquareBracket if is_line_start => {
                    let mut heading = heading_at(text, span.start);
                    heading.is_repeated = !paths.insert(heading.path);
                    match open.first() {
                        Some(first) if heading.is_plain() => {
                            outline.unclosed = unclosed(text, first.start, 1);
                            return outline;
                        }
                        None => {
                            if heading.lacks_brackets() {
                                outline.single_rows.insert(heading.path);
                            }
                            outline.headings.push(heading);
                        }
                        Some(_) => open.push(span),
                    }
                }
                TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket
                    if is_value || !open.is_empty() =>
                {
                    open.push(span);
                }
                TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => {
                    open.pop();
                }
                TokenKind::MlBasicString | TokenKind::MlLiteralString
                    if is_unclosed_text(&text[span.clone()]) =>
                {
                    outline.unclosed = unclosed(text, span.start, 3);
                    return outline;
                }
                _ => {}
            }
            is_line_start = false;
            is_value = token.kind() == TokenKind::Equals;
        }
        outline.unclosed = open.first().and_then(|at| unclosed(text, at.start, 1));
        outline
    }

    /// The heading above a position, with its index.
    pub(crate) fn heading_above(&self, at: usize) -> Option<(usize, &Heading<'t>)> {
        let index = self.headings.partition_point(|it| it.span.start <= at);
        let index = index.checked_sub(1)?;
        Some((index, &self.headings[index]))
    }

    /// The row to which a row of a row belongs: of `[[modifier.remark]]`, the last `[[modifier]]`
    /// above it.
    pub(crate) fn parent(&self, index: usize) -> Option<&Heading<'t>> {
        let (parent, _) = self.headings.get(index)?.path.rsplit_once('.')?;
        let mut above = self.headings[..index].iter().rev();
        above.find(|heading| heading.path == parent)
    }
}

impl Heading<'_> {
    /// Returns true for a name in the form of a table's, which cannot be an item of a list.
    fn is_plain(&self) -> bool {
        let is_plain = |c: char| c.is_ascii_lowercase() || "_.".contains(c);
        !self.path.is_empty() && self.path.chars().all(is_plain)
    }
}

fn heading_at(text: &str, start: usize) -> Heading<'_> {
    let line = text[start..].lines().next().unwrap_or_default();
    let name = line.trim_start_matches('[');
    let length = name.find([']', '#']).unwrap_or(name.len());
    let brackets = name[length..].bytes().take_while(|byte| *byte == b']');
    let end = start + (line.len() - name.len()) + length + brackets.count();
    Heading {
        span: start..end,
        path: name[..length].trim(),
        is_double: line.starts_with("[["),
        is_repeated: false,
    }
}

fn unclosed(text: &str, at: usize, length: usize) -> Option<Unclosed<'_>> {
    let span = at..at + length;
    let delimiter = text.get(span.clone())?;
    Some(Unclosed { span, delimiter })
}

/// Returns true for a text of several lines without an end, and for one that ends where the next
/// one begins: `text = """`.
fn is_unclosed_text(text: &str) -> bool {
    let (delimiter, body) = text.split_at(3);
    let Some(body) = body.strip_suffix(delimiter) else {
        return true;
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    body.rsplit_once('\n')
        .and_then(|(_, last)| last.trim_end().strip_suffix('='))
        .map(str::trim)
        .is_some_and(|name| !name.is_empty() && name.chars().all(is_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unclosed_at(text: &str) -> Option<usize> {
        Outline::new(text)
            .unclosed
            .map(|unclosed| unclosed.span.start)
    }

    #[test]
    fn headings_are_found_outside_of_values() {
        let text = "[code]\na = [\n  [\"x\"],\n]\nb = \"\"\"\n[no]\n\"\"\"\n[[ modifier.remark ]] # c\n[open\n";
        let outline = Outline::new(text);
        let paths: Vec<&str> = outline.headings.iter().map(|it| it.path).collect();
        assert_eq!(paths, ["code", "modifier.remark", "open"]);
        assert_eq!(
            outline.headings[1].span.len(),
            "[[ modifier.remark ]]".len()
        );
        assert_eq!(outline.unclosed, None);
    }

    #[test]
    fn unclosed_delimiters_are_found_where_they_open() {
        assert_eq!(unclosed_at("a = \"\"\"\nb\n"), Some(4));
        assert_eq!(unclosed_at("a = '''\nb\n\nc = '''\nd\n'''\n"), Some(4));
        assert_eq!(unclosed_at("a = [\"b\",\n[[payer]]\nc = 1\n"), Some(4));
        assert_eq!(unclosed_at("a = { b = 1\nc = 2\n"), Some(4));
        assert_eq!(
            unclosed_at("a = \"\"\"b\"\"\"\nc = [[\"d\"],\n[\"e\"]]\n"),
            None
        );
    }
}
