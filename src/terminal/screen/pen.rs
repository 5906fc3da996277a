//! Defines a pen, and the shortest sequences that exchange one for another.

use std::io::Write as _;

use ratatui::buffer::Cell as FrameCell;
use ratatui::style::Modifier;

use super::palette;
use crate::terminal::{Capabilities, Colours, Feature};

/// A colour as a terminal is told it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Ink {
    /// The terminal's own.
    #[default]
    Default,
    /// One of xterm's palette.
    Indexed(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

/// Attributes of text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Attributes(u8);

impl Attributes {
    pub(super) const NONE: Self = Self(0);
    pub(super) const BOLD: Self = Self(1);
    pub(super) const DIM: Self = Self(1 << 1);
    pub(super) const ITALIC: Self = Self(1 << 2);
    pub(super) const UNDERLINE: Self = Self(1 << 3);
    pub(super) const REVERSE: Self = Self(1 << 4);
    pub(super) const CROSSED_OUT: Self = Self(1 << 5);

    /// Those that are seen on a blank.
    const ON_BLANKS: Self = Self(Self::UNDERLINE.0 | Self::REVERSE.0 | Self::CROSSED_OUT.0);

    /// Each with the codes that begin and end it. Bold and dim end together.
    const CODES: [(Self, u8, u8); 6] = [
        (Self::BOLD, 1, 22),
        (Self::DIM, 2, 22),
        (Self::ITALIC, 3, 23),
        (Self::UNDERLINE, 4, 24),
        (Self::REVERSE, 7, 27),
        (Self::CROSSED_OUT, 9, 29),
    ];

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// How text is drawn, in what a terminal can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pen {
    pub(super) foreground: Ink,
    pub(super) background: Ink,
    pub(super) attributes: Attributes,
}

impl Pen {
    /// Returns the pen for a cell of a frame, as near as the terminal can come.
    pub(super) fn of(cell: &FrameCell, capabilities: Capabilities) -> Self {
        let mut pen = Self {
            foreground: palette::ink(cell.fg, capabilities.colours),
            background: palette::ink(cell.bg, capabilities.colours),
            attributes: attributes(cell.modifier, capabilities),
        };
        if pen.foreground == pen.background && cell.fg != cell.bg {
            // Two colours became one, and the text would vanish.
            pen.background = Ink::Default;
        }
        if capabilities.colours == Colours::Ansi16 && !capabilities.can(Feature::BrightColours) {
            pen.dull();
        }
        pen
    }

    /// Says bright colours as terminals of eight do: by bold text, and dark grey as white, since
    /// bold black is black on some.
    fn dull(&mut self) {
        if let Ink::Indexed(index @ 8..) = self.foreground {
            if index == 8 {
                self.foreground = Ink::Indexed(7);
            } else {
                self.foreground = Ink::Indexed(index - 8);
                self.attributes = self.attributes.with(Attributes::BOLD);
            }
        }
        if let Ink::Indexed(index @ 8..) = self.background {
            self.background = Ink::Indexed(index - 8);
        }
        if self.foreground == self.background {
            self.background = Ink::Default;
        }
    }

    /// Returns the part of the pen that is seen on a blank.
    pub(super) fn on_blank(self) -> Self {
        if self.attributes.has(Attributes::ON_BLANKS) {
            self
        } else {
            Self {
                background: self.background,
                ..Self::default()
            }
        }
    }

    /// Appends the shortest sequence that makes this pen the next, or nothing if they are equal.
    pub(super) fn exchange(self, next: Self, capabilities: Capabilities, out: &mut Vec<u8>) {
        if self == next {
            return;
        }
        if next == Self::default() {
            out.extend(b"\x1b[m");
            return;
        }
        let start = out.len();
        begin(out);
        out.extend(b"0;");
        next.set_all(out);
        end(out);
        if let Some(delta) = self.delta(next, capabilities)
            && delta.len() < out.len() - start
        {
            out.truncate(start);
            out.extend(delta);
        }
    }

    fn set_all(self, out: &mut Vec<u8>) {
        for (attribute, on, _) in Attributes::CODES {
            if self.attributes.has(attribute) {
                number(out, on);
            }
        }
        ink(out, self.foreground, Ground::Fore);
        ink(out, self.background, Ground::Back);
    }

    /// Returns the sequence for what differs, where the terminal can end one thing alone.
    fn delta(self, next: Self, capabilities: Capabilities) -> Option<Vec<u8>> {
        let gone = self.attributes.without(next.attributes);
        let colour_gone = |old, new| old != Ink::Default && new == Ink::Default;
        let ends_something = gone != Attributes::NONE
            || colour_gone(self.foreground, next.foreground)
            || colour_gone(self.background, next.background);
        if ends_something && !capabilities.can(Feature::EndAttribute) {
            return None;
        }
        let mut out = Vec::new();
        begin(&mut out);
        let mut held = self.attributes;
        let weight = Attributes::BOLD.with(Attributes::DIM);
        if gone.has(weight) {
            number(&mut out, 22);
            held = held.without(weight);
        }
        for (attribute, on, off) in Attributes::CODES {
            match (held.has(attribute), next.attributes.has(attribute)) {
                (false, true) => number(&mut out, on),
                (true, false) => number(&mut out, off),
                _ => {}
            }
        }
        for (old, new, ground) in [
            (self.foreground, next.foreground, Ground::Fore),
            (self.background, next.background, Ground::Back),
        ] {
            if colour_gone(old, new) {
                number(&mut out, if ground == Ground::Fore { 39 } else { 49 });
            } else if old != new {
                ink(&mut out, new, ground);
            }
        }
        end(&mut out);
        Some(out)
    }
}

fn attributes(modifier: Modifier, capabilities: Capabilities) -> Attributes {
    let pairs = [
        (Modifier::BOLD, Attributes::BOLD, None),
        (Modifier::DIM, Attributes::DIM, Some(Feature::Dim)),
        (Modifier::ITALIC, Attributes::ITALIC, Some(Feature::Italic)),
        (Modifier::UNDERLINED, Attributes::UNDERLINE, None),
        (Modifier::REVERSED, Attributes::REVERSE, None),
        (
            Modifier::CROSSED_OUT,
            Attributes::CROSSED_OUT,
            Some(Feature::CrossedOut),
        ),
    ];
    pairs
        .into_iter()
        .filter(|(theirs, _, needs)| {
            modifier.contains(*theirs) && needs.is_none_or(|feature| capabilities.can(feature))
        })
        .fold(Attributes::NONE, |all, (_, ours, _)| all.with(ours))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ground {
    Fore,
    Back,
}

fn begin(out: &mut Vec<u8>) {
    out.extend(b"\x1b[");
}

/// Ends the sequence in place of the last separator.
fn end(out: &mut Vec<u8>) {
    out.pop();
    out.push(b'm');
}

fn number(out: &mut Vec<u8>, code: u8) {
    // Writing into a Vec cannot fail.
    let _ = write!(out, "{code};");
}

/// Appends a colour that is not the default.
fn ink(out: &mut Vec<u8>, ink: Ink, ground: Ground) {
    let base = if ground == Ground::Fore { 30 } else { 40 };
    match ink {
        Ink::Default => {}
        Ink::Indexed(index @ 0..8) => number(out, base + index),
        Ink::Indexed(index @ 8..16) => number(out, base + 52 + index),
        Ink::Indexed(index) => {
            let _ = write!(out, "{};5;{index};", base + 8);
        }
        Ink::Rgb(red, green, blue) => {
            let _ = write!(out, "{};2;{red};{green};{blue};", base + 8);
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Style};

    use super::*;

    const BOLD: Pen = pen(Ink::Default, Attributes::BOLD);
    const BOTH: Pen = pen(Ink::Default, Attributes::BOLD.with(Attributes::DIM));
    const RED: Pen = pen(Ink::Indexed(1), Attributes::NONE);
    const BOLD_RED: Pen = pen(Ink::Indexed(1), Attributes::BOLD);
    const BRIGHT: Pen = pen(Ink::Indexed(9), Attributes::NONE);
    const ORANGE: Pen = pen(Ink::Indexed(208), Attributes::NONE);
    const TRUE: Pen = pen(Ink::Rgb(1, 2, 3), Attributes::UNDERLINE);

    const fn pen(foreground: Ink, attributes: Attributes) -> Pen {
        Pen {
            foreground,
            background: Ink::Default,
            attributes,
        }
    }

    fn exchanged(from: Pen, to: Pen, capabilities: Capabilities) -> String {
        let mut out = Vec::new();
        from.exchange(to, capabilities, &mut out);
        out.escape_ascii().to_string().replace("\\x1b[", "")
    }

    #[test]
    fn the_shorter_of_delta_and_anew_is_sent() {
        let none = Pen::default();
        let cases = [
            (none, none, ""),
            (none, BOLD, "1m"),
            (BOLD, none, "m"),
            (BOLD, BOTH, "2m"),
            (BOTH, BOLD, "0;1m"),
            (BOLD, RED, "0;31m"),
            (RED, BOLD_RED, "1m"),
            (BOLD_RED, RED, "22m"),
            (BOLD_RED, BOLD, "39m"),
            (RED, BRIGHT, "91m"),
            (BRIGHT, ORANGE, "38;5;208m"),
            (ORANGE, TRUE, "4;38;2;1;2;3m"),
            (TRUE, pen(Ink::Rgb(1, 2, 3), Attributes::BOLD), "1;24m"),
            (
                BOTH,
                pen(Ink::Default, Attributes::DIM.with(Attributes::ITALIC)),
                "0;2;3m",
            ),
        ];
        for (from, to, expected) in cases {
            assert_eq!(
                exchanged(from, to, Capabilities::modern()),
                expected,
                "{from:?} to {to:?}"
            );
        }
    }

    #[test]
    fn of_two_weights_the_one_that_stays_is_begun_again() {
        let long = Attributes::DIM
            .with(Attributes::UNDERLINE)
            .with(Attributes::REVERSE);
        let both = pen(Ink::Rgb(100, 100, 100), long.with(Attributes::BOLD));
        let dim = pen(Ink::Rgb(100, 100, 100), long);
        assert_eq!(exchanged(both, dim, Capabilities::modern()), "22;2m");
    }

    #[test]
    fn a_terminal_that_cannot_end_one_attribute_begins_anew() {
        let old = Capabilities::modern().without(Feature::EndAttribute);
        assert_eq!(exchanged(BOLD, BOLD_RED, old), "31m");
        assert_eq!(exchanged(BOLD_RED, RED, old), "0;31m");
        assert_eq!(exchanged(BOLD_RED, BOLD, old), "0;1m");
    }

    fn in_16_colours() -> Capabilities {
        let mut capabilities = Capabilities::modern();
        capabilities.colours = Colours::Ansi16;
        capabilities
    }

    fn of(style: Style, capabilities: Capabilities) -> Pen {
        let mut cell = FrameCell::EMPTY;
        cell.set_style(style);
        Pen::of(&cell, capabilities)
    }

    #[test]
    fn text_does_not_vanish_where_two_colours_become_one() {
        let sixteen = in_16_colours();
        let grey = Style::new()
            .fg(Color::Rgb(130, 130, 130))
            .bg(Color::Rgb(120, 120, 120));
        assert_eq!(of(grey, sixteen), pen(Ink::Indexed(8), Attributes::NONE));
        let invisible = Style::new().fg(Color::Red).bg(Color::Red);
        assert_eq!(
            of(invisible, sixteen).background,
            Ink::Indexed(1),
            "as it was asked for"
        );
    }

    #[test]
    fn terminals_of_eight_colours_show_bright_ones_bold() {
        let eight = in_16_colours().without(Feature::BrightColours);
        assert_eq!(of(Style::new().fg(Color::LightRed), eight), BOLD_RED);
        assert_eq!(
            of(Style::new().fg(Color::DarkGray), eight),
            pen(Ink::Indexed(7), Attributes::NONE)
        );
        let bright = Style::new().fg(Color::Red).bg(Color::LightRed);
        assert_eq!(of(bright, eight), RED, "or it would vanish");
    }
}
