//! Links: addresses that a terminal may open.

use std::ops::Range;
use std::sync::Arc;

/// The cells of one line of the screen that open an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub line: u16,
    pub columns: Range<u16>,
    /// An address as [`web_address`] admits it.
    pub url: Arc<str>,
}

/// Returns an address that may be a link: http or https, without spaces and control characters.
pub fn web_address(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let mut web = ["http", "https"].iter();
    let is_web = web.any(|web| scheme.eq_ignore_ascii_case(web));
    let is_plain = |c: char| !c.is_control() && !c.is_whitespace();
    (is_web && !rest.is_empty() && url.chars().all(is_plain)).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_without_control_characters_are_links() {
        for url in ["https://example.com", "HTTP://example.com/é?a=b#c"] {
            assert_eq!(web_address(url), Some(url));
        }
        for url in [
            "",
            "https://",
            "www.example.com",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "ssh://example.com",
            "https://example.com/a b",
            "https://example.com/\u{1b}\\",
            "https://example.com/\u{7}",
            "https://example.com/\u{9c}",
        ] {
            assert_eq!(web_address(url), None, "{url:?}");
        }
    }
}
