//! Numbers as text.

use std::fmt::Display;

/// Formats a whole number with a comma before every three digits.
pub fn with_thousands_separators(number: impl Display) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
