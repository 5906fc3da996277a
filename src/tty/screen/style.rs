//! Defines a pen, and the shortest sequences that exchange one for another.

use ratatui::buffer::Cell as FrameCell;
use ratatui::style::Modifier;

use crate::tty::capabilities::{Capabilities, ColorDepth, Feature};
use crate::tty::screen::{cursor, palette};

/// A colour as a terminal is told it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TerminalColor {
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
pub(crate) struct Attributes(u8);

impl Attributes {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const BOLD: Self = Self(1);
    pub(crate) const DIM: Self = Self(1 << 1);
    pub(crate) const ITALIC: Self = Self(1 << 2);
    pub(crate) const UNDERLINE: Self = Self(1 << 3);
    pub(crate) const REVERSE: Self = Self(1 << 4);
    pub(crate) const CROSSED_OUT: Self = Self(1 << 5);

    /// Those that are seen on a blank.
    const VISIBLE_ON_BLANK: Self = Self(Self::UNDERLINE.0 | Self::REVERSE.0 | Self::CROSSED_OUT.0);

    /// Each with the codes that begin and end it. Bold and dim end together.
    const CODES: [(Self, u8, u8); 6] = [
        (Self::BOLD, 1, 22),
        (Self::DIM, 2, 22),
        (Self::ITALIC, 3, 23),
        (Self::UNDERLINE, 4, 24),
        (Self::REVERSE, 7, 27),
        (Self::CROSSED_OUT, 9, 29),
    ];

    pub(crate) const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// How text is drawn, in what a terminal can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CellStyle {
    pub(crate) foreground: TerminalColor,
    pub(crate) background: TerminalColor,
    pub(crate) attributes: Attributes,
}

impl CellStyle {
    /// Returns the pen for a cell of a frame, as near as the terminal can come.
    pub(crate) fn from_cell(cell: &FrameCell, capabilities: Capabilities) -> Self {
        let mut pen = Self {
            foreground: palette::nearest_color(cell.fg, capabilities.color_depth),
            background: palette::nearest_color(cell.bg, capabilities.color_depth),
            attributes: supported_attributes(cell.modifier, capabilities),
        };
        if pen.foreground == pen.background && cell.fg != cell.bg {
            // Two colours became one, and the text would vanish.
            pen.background = TerminalColor::Default;
        }
        if capabilities.color_depth == ColorDepth::Ansi16
            && !capabilities.can(Feature::BrightColors)
        {
            pen.reduce_to_8_colors();
        }
        pen
    }

    /// Says bright colours as terminals of eight do: by bold text, and dark grey as white, since
    /// bold black is black on some.
    fn reduce_to_8_colors(&mut self) {
        if let TerminalColor::Indexed(index @ 8..) = self.foreground {
            if index == 8 {
                self.foreground = TerminalColor::Indexed(7);
            } else {
                self.foreground = TerminalColor::Indexed(index - 8);
                self.attributes = self.attributes.with(Attributes::BOLD);
            }
        }
        if let TerminalColor::Indexed(index @ 8..) = self.background {
            self.background = TerminalColor::Indexed(index - 8);
        }
        if self.foreground == self.background {
            self.background = TerminalColor::Default;
        }
    }

    /// Returns the part of the pen that is seen on a blank.
    pub(crate) fn visible_on_blank(self) -> Self {
        if self.attributes.intersects(Attributes::VISIBLE_ON_BLANK) {
            self
        } else {
            Self {
                background: self.background,
                ..Self::default()
            }
        }
    }

    /// Appends the shortest sequence that makes this pen the next, or nothing if they are equal.
    pub(crate) fn transition_to(self, next: Self, capabilities: Capabilities, out: &mut Vec<u8>) {
        if self == next {
            return;
        }
        if next == Self::default() {
            out.extend(b"\x1b[m");
            return;
        }
        let start = out.len();
        begin_sgr(out);
        out.extend(b"0;");
        next.write_full(out);
        end_sgr(out);
        if let Some(delta) = self.delta(next, capabilities)
            && delta.len() < out.len() - start
        {
            out.truncate(start);
            out.extend(delta);
        }
    }

    fn write_full(self, out: &mut Vec<u8>) {
        for (attribute, on, _) in Attributes::CODES {
            if self.attributes.intersects(attribute) {
                write_code(out, on);
            }
        }
        write_color(out, self.foreground, ColorLayer::Foreground);
        write_color(out, self.background, ColorLayer::Background);
    }

    /// Returns the sequence for what differs, where the terminal can end one thing alone.
    fn delta(self, next: Self, capabilities: Capabilities) -> Option<Vec<u8>> {
        let gone = self.attributes.without(next.attributes);
        let colour_gone = |old, new| old != TerminalColor::Default && new == TerminalColor::Default;
        let ends_something = gone != Attributes::NONE
            || colour_gone(self.foreground, next.foreground)
            || colour_gone(self.background, next.background);
        if ends_something && !capabilities.can(Feature::ResetAttribute) {
            return None;
        }
        let mut out = Vec::new();
        begin_sgr(&mut out);
        let mut held = self.attributes;
        let weight = Attributes::BOLD.with(Attributes::DIM);
        if gone.intersects(weight) {
            write_code(&mut out, 22);
            held = held.without(weight);
        }
        for (attribute, on, off) in Attributes::CODES {
            match (
                held.intersects(attribute),
                next.attributes.intersects(attribute),
            ) {
                (false, true) => write_code(&mut out, on),
                (true, false) => write_code(&mut out, off),
                _ => {}
            }
        }
        for (old, new, ground) in [
            (self.foreground, next.foreground, ColorLayer::Foreground),
            (self.background, next.background, ColorLayer::Background),
        ] {
            if colour_gone(old, new) {
                write_code(
                    &mut out,
                    if ground == ColorLayer::Foreground {
                        39
                    } else {
                        49
                    },
                );
            } else if old != new {
                write_color(&mut out, new, ground);
            }
        }
        end_sgr(&mut out);
        Some(out)
    }
}

fn supported_attributes(modifier: Modifier, capabilities: Capabilities) -> Attributes {
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
enum ColorLayer {
    Foreground,
    Background,
}

fn begin_sgr(out: &mut Vec<u8>) {
    out.extend(b"\x1b[");
}

/// Ends the sequence in place of the last separator.
fn end_sgr(out: &mut Vec<u8>) {
    out.pop();
    out.push(b'm');
}

/// Appends a code and a separator.
fn write_code(out: &mut Vec<u8>, code: u8) {
    cursor::write_number(out, usize::from(code));
    out.push(b';');
}

fn write_codes(out: &mut Vec<u8>, codes: &[u8]) {
    for &code in codes {
        write_code(out, code);
    }
}

/// Appends a colour that is not the default.
fn write_color(out: &mut Vec<u8>, ink: TerminalColor, ground: ColorLayer) {
    let base = if ground == ColorLayer::Foreground {
        30
    } else {
        40
    };
    match ink {
        TerminalColor::Default => {}
        TerminalColor::Indexed(index @ 0..8) => write_code(out, base + index),
        TerminalColor::Indexed(index @ 8..16) => write_code(out, base + 52 + index),
        TerminalColor::Indexed(index) => write_codes(out, &[base + 8, 5, index]),
        TerminalColor::Rgb(red, green, blue) => write_codes(out, &[base + 8, 2, red, green, blue]),
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Style};

    use super::*;

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
        }
    }

    fn transition(from: CellStyle, to: CellStyle, capabilities: Capabilities) -> String {
        let mut out = Vec::new();
        from.transition_to(to, capabilities, &mut out);
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

    fn ansi16_capabilities() -> Capabilities {
        let mut capabilities = Capabilities::modern();
        capabilities.color_depth = ColorDepth::Ansi16;
        capabilities
    }

    fn converted(style: Style, capabilities: Capabilities) -> CellStyle {
        let mut cell = FrameCell::EMPTY;
        cell.set_style(style);
        CellStyle::from_cell(&cell, capabilities)
    }

    #[test]
    fn reduced_colors_keep_text_visible() {
        let sixteen = ansi16_capabilities();
        let grey = Style::new()
            .fg(Color::Rgb(130, 130, 130))
            .bg(Color::Rgb(120, 120, 120));
        assert_eq!(
            converted(grey, sixteen),
            style_with(TerminalColor::Indexed(8), Attributes::NONE)
        );
        let invisible = Style::new().fg(Color::Red).bg(Color::Red);
        assert_eq!(
            converted(invisible, sixteen).background,
            TerminalColor::Indexed(1),
            "as it was asked for"
        );
    }

    #[test]
    fn eight_color_terminals_show_bright_colors_as_bold() {
        let eight = ansi16_capabilities().without(Feature::BrightColors);
        assert_eq!(converted(Style::new().fg(Color::LightRed), eight), BOLD_RED);
        assert_eq!(
            converted(Style::new().fg(Color::DarkGray), eight),
            style_with(TerminalColor::Indexed(7), Attributes::NONE)
        );
        let bright = Style::new().fg(Color::Red).bg(Color::LightRed);
        assert_eq!(converted(bright, eight), RED, "or it would vanish");
    }
}
