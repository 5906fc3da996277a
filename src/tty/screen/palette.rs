//! Reduction of a frame's colors and attributes to those that the terminal shows.

use std::ops::RangeInclusive;

use ratatui::buffer::Cell as FrameCell;
use ratatui::style::{Color, Modifier};

use crate::tty::capabilities::Capabilities;
use crate::tty::capabilities::color::ColorDepth;
use crate::tty::capabilities::feature::Feature;
use crate::tty::screen::style::{Attributes, CellStyle, LinkId, TerminalColor};

pub(crate) type Rgb = (u8, u8, u8);

/// The levels of red, green and blue in xterm's cube of 216 colors.
const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// xterm's first sixteen colors. Users change them, so these values are a guess.
const ANSI_16: [Rgb; 16] = [
    (0, 0, 0),
    (205, 0, 0),
    (0, 205, 0),
    (205, 205, 0),
    (0, 0, 238),
    (205, 0, 205),
    (0, 205, 205),
    (229, 229, 229),
    (127, 127, 127),
    (255, 0, 0),
    (0, 255, 0),
    (255, 255, 0),
    (92, 92, 255),
    (255, 0, 255),
    (0, 255, 255),
    (255, 255, 255),
];

/// Returns the closest style to a frame cell's that the terminal shows.
pub(crate) fn supported_style(cell: &FrameCell, capabilities: Capabilities) -> CellStyle {
    let mut style = CellStyle {
        foreground: nearest_color(cell.fg, capabilities.color_depth),
        background: nearest_color(cell.bg, capabilities.color_depth),
        attributes: supported_attributes(cell.modifier, capabilities),
        link: LinkId::default(),
    };
    if style.foreground == style.background && cell.fg != cell.bg {
        // Two colors became one, which would hide the text.
        style.background = TerminalColor::Default;
    }
    if capabilities.color_depth == ColorDepth::Ansi16 && !capabilities.can(Feature::BrightColors) {
        reduce_to_8_colors(&mut style);
    }
    style
}

/// Replaces bright foregrounds by bold text, as terminals with eight colors do. Dark gray becomes
/// white, because some of them show bold black as black.
fn reduce_to_8_colors(style: &mut CellStyle) {
    if let TerminalColor::Indexed(index @ 8..) = style.foreground {
        if index == 8 {
            style.foreground = TerminalColor::Indexed(7);
        } else {
            style.foreground = TerminalColor::Indexed(index - 8);
            style.attributes = style.attributes.with(Attributes::BOLD);
        }
    }
    if let TerminalColor::Indexed(index @ 8..) = style.background {
        style.background = TerminalColor::Indexed(index - 8);
    }
    if style.foreground == style.background {
        style.background = TerminalColor::Default;
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

fn nearest_color(color: Color, depth: ColorDepth) -> TerminalColor {
    let (rgb, index) = match (color, palette_index(color)) {
        (Color::Rgb(red, green, blue), _) => ((red, green, blue), None),
        (_, Some(index)) => (index_to_rgb(index), Some(index)),
        (_, None) => return TerminalColor::Default,
    };
    match (depth, index) {
        (ColorDepth::None, _) => TerminalColor::Default,
        (ColorDepth::TrueColor | ColorDepth::Ansi256, Some(index))
        | (ColorDepth::Ansi16, Some(index @ 0..16)) => TerminalColor::Indexed(index),
        (ColorDepth::TrueColor, None) => TerminalColor::Rgb(rgb.0, rgb.1, rgb.2),
        // The first sixteen are omitted, because users change them.
        (ColorDepth::Ansi256, None) => TerminalColor::Indexed(nearest_index(rgb, 16..=255)),
        (ColorDepth::Ansi16, _) => TerminalColor::Indexed(nearest_index(rgb, 0..=15)),
    }
}

/// The color that xterm shows for a color of a theme. `None` for the default color.
#[cfg(test)]
pub(crate) fn shown_rgb(color: Color, depth: ColorDepth) -> Option<Rgb> {
    match nearest_color(color, depth) {
        TerminalColor::Default => None,
        TerminalColor::Indexed(index) => Some(index_to_rgb(index)),
        TerminalColor::Rgb(red, green, blue) => Some((red, green, blue)),
    }
}

fn nearest_index(color: Rgb, indices: RangeInclusive<u8>) -> u8 {
    indices
        .min_by_key(|&index| distance(color, index_to_rgb(index)))
        .unwrap_or(7)
}

/// The perceived distance of two colors: squares, weighted by the eye's sensitivity.
fn distance(a: Rgb, b: Rgb) -> u32 {
    let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
    3 * square(a.0, b.0) + 6 * square(a.1, b.1) + square(a.2, b.2)
}

/// The index in xterm's palette, if the color has one.
const fn palette_index(color: Color) -> Option<u8> {
    Some(match color {
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
        Color::Indexed(index) => index,
        Color::Reset | Color::Rgb(..) => return None,
    })
}

/// The color that xterm shows for an index of its palette.
fn index_to_rgb(index: u8) -> Rgb {
    match index {
        0..16 => ANSI_16[usize::from(index)],
        16..232 => {
            let level = |step: u8| LEVELS[usize::from(step % 6)];
            let cube = index - 16;
            (level(cube / 36), level(cube / 6), level(cube))
        }
        232.. => {
            let gray = 8 + 10 * (index - 232);
            (gray, gray, gray)
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;

    #[test]
    fn colors_map_to_the_nearest_supported_color() {
        let cases = [
            (
                Color::Rgb(255, 135, 0),
                ColorDepth::TrueColor,
                TerminalColor::Rgb(255, 135, 0),
            ),
            (
                Color::Rgb(255, 135, 0),
                ColorDepth::Ansi256,
                TerminalColor::Indexed(208),
            ),
            (
                Color::Rgb(205, 0, 0),
                ColorDepth::Ansi256,
                TerminalColor::Indexed(160),
            ),
            (
                Color::Rgb(254, 1, 2),
                ColorDepth::Ansi16,
                TerminalColor::Indexed(9),
            ),
            (
                Color::Rgb(238, 238, 238),
                ColorDepth::Ansi256,
                TerminalColor::Indexed(255),
            ),
            (
                Color::Indexed(208),
                ColorDepth::TrueColor,
                TerminalColor::Indexed(208),
            ),
            (
                Color::Indexed(196),
                ColorDepth::Ansi16,
                TerminalColor::Indexed(9),
            ),
            (
                Color::Indexed(16),
                ColorDepth::Ansi16,
                TerminalColor::Indexed(0),
            ),
            (
                Color::Indexed(232),
                ColorDepth::Ansi16,
                TerminalColor::Indexed(0),
            ),
            (
                Color::DarkGray,
                ColorDepth::Ansi16,
                TerminalColor::Indexed(8),
            ),
            (Color::Red, ColorDepth::None, TerminalColor::Default),
            (
                Color::Rgb(1, 2, 3),
                ColorDepth::None,
                TerminalColor::Default,
            ),
            (Color::Reset, ColorDepth::TrueColor, TerminalColor::Default),
        ];
        for (color, depth, expected) in cases {
            assert_eq!(
                nearest_color(color, depth),
                expected,
                "{color:?} in {depth:?}"
            );
        }
    }

    fn text_style(foreground: u8, attributes: Attributes) -> CellStyle {
        CellStyle {
            foreground: TerminalColor::Indexed(foreground),
            background: TerminalColor::Default,
            attributes,
            link: LinkId::default(),
        }
    }

    fn ansi16_capabilities() -> Capabilities {
        let mut capabilities = Capabilities::modern();
        capabilities.color_depth = ColorDepth::Ansi16;
        capabilities
    }

    fn converted(style: Style, capabilities: Capabilities) -> CellStyle {
        let mut cell = FrameCell::EMPTY;
        cell.set_style(style);
        supported_style(&cell, capabilities)
    }

    #[test]
    fn reduced_colors_keep_text_visible() {
        let sixteen = ansi16_capabilities();
        let gray = Style::new()
            .fg(Color::Rgb(130, 130, 130))
            .bg(Color::Rgb(120, 120, 120));
        assert_eq!(converted(gray, sixteen), text_style(8, Attributes::NONE));
        let hidden = Style::new().fg(Color::Red).bg(Color::Red);
        assert_eq!(
            converted(hidden, sixteen).background,
            TerminalColor::Indexed(1),
            "as the frame has it"
        );
    }

    #[test]
    fn eight_color_terminals_show_bright_colors_as_bold() {
        let eight = ansi16_capabilities().without(Feature::BrightColors);
        assert_eq!(
            converted(Style::new().fg(Color::LightRed), eight),
            text_style(1, Attributes::BOLD)
        );
        assert_eq!(
            converted(Style::new().fg(Color::DarkGray), eight),
            text_style(7, Attributes::NONE)
        );
        let bright = Style::new().fg(Color::Red).bg(Color::LightRed);
        assert_eq!(
            converted(bright, eight),
            text_style(1, Attributes::NONE),
            "or it would vanish"
        );
    }
}
