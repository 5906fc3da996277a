//! SGR sequences: the shortest change from one style to another.

use crate::tty::capabilities::Capabilities;
use crate::tty::capabilities::feature::Feature;
use crate::tty::screen::ansi::{self, Shortest};
use crate::tty::screen::style::{Attributes, CellStyle, TerminalColor};

/// Attributes with the codes that begin and end them. Bold and dim end together.
const CODES: [(Attributes, u8, u8); 6] = [
    (Attributes::BOLD, 1, 22),
    (Attributes::DIM, 2, 22),
    (Attributes::ITALIC, 3, 23),
    (Attributes::UNDERLINE, 4, 24),
    (Attributes::REVERSE, 7, 27),
    (Attributes::CROSSED_OUT, 9, 29),
];

/// The base of the color codes of the foreground (30 to 39) or the background (40 to 49).
type ColorBase = u8;

const FOREGROUND: ColorBase = 30;
const BACKGROUND: ColorBase = 40;

/// Appends the shortest sequence that changes the current style from `old` to `new`.
pub(crate) fn write_transition(
    out: &mut Vec<u8>,
    old: CellStyle,
    new: CellStyle,
    capabilities: Capabilities,
) {
    if old == new {
        return;
    }
    if new == CellStyle::default() {
        out.extend(ansi::RESET_STYLE);
        return;
    }
    let mut shortest = Shortest::new(out);
    shortest.consider(|out| write_full(out, new));
    if capabilities.can(Feature::ResetAttribute) || !ends_something(old, new) {
        shortest.consider(|out| write_delta(out, old, new));
    }
}

/// Appends a sequence that resets everything, and sets `style`.
fn write_full(out: &mut Vec<u8>, style: CellStyle) {
    out.extend(b"\x1b[0;");
    for (attribute, begin, _) in CODES {
        if style.attributes.intersects(attribute) {
            write_code(out, begin);
        }
    }
    write_color(out, style.foreground, FOREGROUND);
    write_color(out, style.background, BACKGROUND);
    end_sgr(out);
}

/// Appends a sequence for the difference between two styles.
fn write_delta(out: &mut Vec<u8>, old: CellStyle, new: CellStyle) {
    out.extend(b"\x1b[");
    let mut current = old.attributes;
    let weight = Attributes::BOLD.with(Attributes::DIM);
    if current.without(new.attributes).intersects(weight) {
        write_code(out, 22);
        current = current.without(weight);
    }
    for (attribute, begin, end) in CODES {
        match (
            current.intersects(attribute),
            new.attributes.intersects(attribute),
        ) {
            (false, true) => write_code(out, begin),
            (true, false) => write_code(out, end),
            _ => {}
        }
    }
    for (old, new, base) in [
        (old.foreground, new.foreground, FOREGROUND),
        (old.background, new.background, BACKGROUND),
    ] {
        if is_reset(old, new) {
            write_code(out, base + 9);
        } else if old != new {
            write_color(out, new, base);
        }
    }
    end_sgr(out);
}

/// Returns true if an attribute or color ends, which not every terminal can do by itself.
fn ends_something(old: CellStyle, new: CellStyle) -> bool {
    old.attributes.without(new.attributes) != Attributes::NONE
        || is_reset(old.foreground, new.foreground)
        || is_reset(old.background, new.background)
}

fn is_reset(old: TerminalColor, new: TerminalColor) -> bool {
    old != TerminalColor::Default && new == TerminalColor::Default
}

/// Appends a color. The default color needs no code after a reset.
fn write_color(out: &mut Vec<u8>, color: TerminalColor, base: ColorBase) {
    match color {
        TerminalColor::Default => {}
        TerminalColor::Indexed(index @ 0..8) => write_code(out, base + index),
        // The bright colors have codes from 90 and 100 on.
        TerminalColor::Indexed(index @ 8..16) => write_code(out, base + 60 + (index - 8)),
        TerminalColor::Indexed(index) => write_codes(out, &[base + 8, 5, index]),
        TerminalColor::Rgb(red, green, blue) => write_codes(out, &[base + 8, 2, red, green, blue]),
    }
}

fn write_codes(out: &mut Vec<u8>, codes: &[u8]) {
    for &code in codes {
        write_code(out, code);
    }
}

/// Appends a code and a separator.
fn write_code(out: &mut Vec<u8>, code: u8) {
    ansi::write_number(out, usize::from(code));
    out.push(b';');
}

/// Replaces the last separator by the end of the sequence.
fn end_sgr(out: &mut Vec<u8>) {
    out.pop();
    out.push(b'm');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tty::screen::style::LinkId;

    const BOLD: CellStyle = style_with(TerminalColor::Default, Attributes::BOLD);
    const BOLD_DIM: CellStyle = style_with(
        TerminalColor::Default,
        Attributes::BOLD.with(Attributes::DIM),
    );
    const RED: CellStyle = style_with(TerminalColor::Indexed(1), Attributes::NONE);
    const BOLD_RED: CellStyle = style_with(TerminalColor::Indexed(1), Attributes::BOLD);
    const BRIGHT_RED: CellStyle = style_with(TerminalColor::Indexed(9), Attributes::NONE);
    const ORANGE: CellStyle = style_with(TerminalColor::Indexed(208), Attributes::NONE);
    const UNDERLINED_RGB: CellStyle =
        style_with(TerminalColor::Rgb(1, 2, 3), Attributes::UNDERLINE);

    const fn style_with(foreground: TerminalColor, attributes: Attributes) -> CellStyle {
        CellStyle {
            foreground,
            background: TerminalColor::Default,
            attributes,
            link: LinkId(0),
        }
    }

    fn transition(from: CellStyle, to: CellStyle, capabilities: Capabilities) -> String {
        let mut out = Vec::new();
        write_transition(&mut out, from, to, capabilities);
        out.escape_ascii().to_string().replace("\\x1b[", "")
    }

    #[test]
    fn shorter_of_delta_and_full_style_is_sent() {
        let none = CellStyle::default();
        let cases = [
            (none, none, ""),
            (none, BOLD, "1m"),
            (BOLD, none, "m"),
            (BOLD, BOLD_DIM, "2m"),
            (BOLD_DIM, BOLD, "0;1m"),
            (BOLD, RED, "0;31m"),
            (RED, BOLD_RED, "1m"),
            (BOLD_RED, RED, "22m"),
            (BOLD_RED, BOLD, "39m"),
            (RED, BRIGHT_RED, "91m"),
            (BRIGHT_RED, ORANGE, "38;5;208m"),
            (ORANGE, UNDERLINED_RGB, "4;38;2;1;2;3m"),
            (
                UNDERLINED_RGB,
                style_with(TerminalColor::Rgb(1, 2, 3), Attributes::BOLD),
                "1;24m",
            ),
            (
                BOLD_DIM,
                style_with(
                    TerminalColor::Default,
                    Attributes::DIM.with(Attributes::ITALIC),
                ),
                "0;2;3m",
            ),
        ];
        for (from, to, expected) in cases {
            assert_eq!(
                transition(from, to, Capabilities::modern()),
                expected,
                "{from:?} to {to:?}"
            );
        }
    }

    #[test]
    fn dim_is_set_again_after_bold_ends() {
        let long = Attributes::DIM
            .with(Attributes::UNDERLINE)
            .with(Attributes::REVERSE);
        let both = style_with(
            TerminalColor::Rgb(100, 100, 100),
            long.with(Attributes::BOLD),
        );
        let dim = style_with(TerminalColor::Rgb(100, 100, 100), long);
        assert_eq!(transition(both, dim, Capabilities::modern()), "22;2m");
    }

    #[test]
    fn full_style_is_sent_without_attribute_reset() {
        let old = Capabilities::modern().without(Feature::ResetAttribute);
        assert_eq!(transition(BOLD, BOLD_RED, old), "31m");
        assert_eq!(transition(BOLD_RED, RED, old), "0;31m");
        assert_eq!(transition(BOLD_RED, BOLD, old), "0;1m");
    }
}
