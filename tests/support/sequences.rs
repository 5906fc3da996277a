//! A parser for the output of the program: text, controls, and escape sequences.

use std::collections::BTreeMap;

/// The content of the query for the background color, an OSC.
pub const BACKGROUND_QUERY: &str = "11;?";

/// One element of the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutputToken {
    Text(char),
    Control(char),
    /// A control sequence: its private marker, parameters, and intermediate and final bytes.
    Csi(Option<char>, Vec<u16>, String),
    /// An OSC or other string sequence: its introducer and its content.
    String(char, String),
    /// Any other escape sequence.
    Escape(String),
}

/// Parses bytes, which must be UTF-8 and end after a complete sequence.
pub fn parse_output(bytes: &[u8]) -> Vec<OutputToken> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let mut chars = text.chars().peekable();
    let mut tokens = Vec::new();
    while let Some(c) = chars.next() {
        if c != '\x1b' {
            tokens.push(if c.is_control() {
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
                    numbers => numbers
                        .split([';', ':'])
                        .map(|n| n.parse().unwrap_or(0))
                        .collect(),
                };
                tokens.push(OutputToken::Csi(marker, parameters, last));
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
                tokens.push(OutputToken::String(start, string));
            }
            c => {
                let mut escape = String::from(c);
                if (' '..='/').contains(&c) {
                    escape.extend(chars.next());
                }
                tokens.push(OutputToken::Escape(escape));
            }
        }
    }
    tokens
}

/// The private modes that were set or reset, with their last state.
pub fn private_modes(bytes: &[u8]) -> BTreeMap<u16, bool> {
    let mut modes = BTreeMap::new();
    for token in parse_output(bytes) {
        if let OutputToken::Csi(Some('?'), parameters, last) = token
            && (last == "h" || last == "l")
        {
            modes.extend(parameters.into_iter().map(|mode| (mode, last == "h")));
        }
    }
    modes
}

/// The modes that are still on after the bytes.
pub fn left_enabled(bytes: &[u8]) -> Vec<String> {
    let mut on: Vec<String> = private_modes(bytes)
        .into_iter()
        // Autowrap and a visible cursor are on at the start.
        .filter(|(mode, set)| *set != matches!(mode, 7 | 25))
        .map(|(mode, _)| format!("private mode {mode}"))
        .collect();
    let region = parse_output(bytes)
        .into_iter()
        .rev()
        .find_map(|token| match token {
            OutputToken::Csi(None, region, last) if last == "r" => Some(region),
            _ => None,
        });
    if region.is_some_and(|region| !region.is_empty()) {
        on.push("a scroll region".to_owned());
    }
    on
}

/// The size of the largest palette in use: 0 for no colors, 16, 256, or 1 << 24.
pub fn color_count(bytes: &[u8]) -> u32 {
    let mut count = 0;
    for token in parse_output(bytes) {
        let OutputToken::Csi(None, codes, last) = token else {
            continue;
        };
        if last != "m" {
            continue;
        }
        let mut codes = codes.into_iter();
        while let Some(code) = codes.next() {
            count = count.max(match code {
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
    count
}
