//! Takes apart what a terminal received: text, controls, and escape sequences.

use std::collections::BTreeMap;

/// A piece of what a terminal received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutputToken {
    /// A character to show.
    Text(char),
    /// A control character.
    Control(char),
    /// A control sequence: its private marker, if any, its parameters, and its last bytes.
    Csi(Option<char>, Vec<u16>, String),
    /// A command to the operating system of the terminal, and other strings.
    String(char, String),
    /// Any other escape sequence.
    Escape(String),
}

/// Takes bytes apart. They must be UTF-8, and end after a whole sequence.
pub fn parse_output(bytes: &[u8]) -> Vec<OutputToken> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let mut chars = text.chars().peekable();
    let mut pieces = Vec::new();
    while let Some(c) = chars.next() {
        if c != '\x1b' {
            pieces.push(if c.is_control() {
                OutputToken::Control(c)
            } else {
                OutputToken::Text(c)
            });
            continue;
        }
        match chars.next().unwrap() {
            '[' => {
                let marker = chars.next_if(|c| "<=>?".contains(*c));
                let mut parameters = String::new();
                while let Some(c) = chars.next_if(|c| "0123456789;:".contains(*c)) {
                    parameters.push(c);
                }
                let mut last = String::new();
                while let Some(c) = chars.next_if(|c| (' '..='/').contains(c)) {
                    last.push(c);
                }
                last.push(chars.next().unwrap());
                let parameters = match parameters.as_str() {
                    "" => Vec::new(),
                    some => some
                        .split([';', ':'])
                        .map(|n| n.parse().unwrap_or(0))
                        .collect(),
                };
                pieces.push(OutputToken::Csi(marker, parameters, last));
            }
            start @ (']' | 'P' | 'X' | '^' | '_') => {
                let mut string = String::new();
                loop {
                    match chars.next().unwrap() {
                        '\x07' => break,
                        '\x1b' if chars.next_if_eq(&'\\').is_some() => break,
                        c => string.push(c),
                    }
                }
                pieces.push(OutputToken::String(start, string));
            }
            c => {
                let mut escape = String::from(c);
                if (' '..='/').contains(&c) {
                    escape.extend(chars.next());
                }
                pieces.push(OutputToken::Escape(escape));
            }
        }
    }
    pieces
}

/// Returns the private modes that were set or reset, and how each was last.
pub fn private_modes(bytes: &[u8]) -> BTreeMap<u16, bool> {
    let mut modes = BTreeMap::new();
    for piece in parse_output(bytes) {
        if let OutputToken::Csi(Some('?'), parameters, last) = piece
            && (last == "h" || last == "l")
        {
            modes.extend(parameters.into_iter().map(|mode| (mode, last == "h")));
        }
    }
    modes
}

/// Returns what bytes leave turned on.
pub fn left_enabled(bytes: &[u8]) -> Vec<String> {
    let mut on: Vec<String> = private_modes(bytes)
        .into_iter()
        // Autowrap and a visible cursor are what a terminal starts with.
        .filter(|(mode, set)| *set != matches!(mode, 7 | 25))
        .map(|(mode, _)| format!("private mode {mode}"))
        .collect();
    let region = parse_output(bytes)
        .into_iter()
        .rev()
        .find_map(|piece| match piece {
            OutputToken::Csi(None, region, last) if last == "r" => Some(region),
            _ => None,
        });
    if region.is_some_and(|region| !region.is_empty()) {
        on.push("a scroll region".to_owned());
    }
    on
}

/// How rich the colours are that were sent: 0 none, 16, 256, or 1 << 24.
pub fn color_count(bytes: &[u8]) -> u32 {
    let mut most = 0;
    for piece in parse_output(bytes) {
        let OutputToken::Csi(None, codes, last) = piece else {
            continue;
        };
        if last != "m" {
            continue;
        }
        let mut codes = codes.into_iter();
        while let Some(code) = codes.next() {
            most = most.max(match code {
                38 | 48 if codes.next() == Some(5) => {
                    codes.next();
                    256
                }
                38 | 48 => {
                    codes.nth(2);
                    1 << 24
                }
                30..=37 | 40..=47 | 90..=97 | 100..=107 => 16,
                _ => 0,
            });
        }
    }
    most
}
