//! Finds the nearest colour that a reader's terminal shows.

use ratatui::style::Color;

use crate::tty::capabilities::ColorDepth;
use crate::tty::screen::style::TerminalColor;

/// The levels of red, green and blue in xterm's cube of 216 colours.
const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// xterm's first sixteen colours. Readers change them, so they are a guess.
const ANSI_16: [(u8, u8, u8); 16] = [
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

/// Returns a colour of a frame as a terminal with these colours is told it.
pub(crate) fn nearest_color(colour: Color, colours: ColorDepth) -> TerminalColor {
    let index = palette_index(colour);
    match (colour, index, colours) {
        (Color::Reset, ..) | (.., ColorDepth::None) => TerminalColor::Default,
        (_, Some(index), ColorDepth::Ansi256 | ColorDepth::TrueColor)
        | (_, Some(index @ 0..16), ColorDepth::Ansi16) => TerminalColor::Indexed(index),
        (_, Some(index), ColorDepth::Ansi16) => TerminalColor::Indexed(nearest_of_16(rgb(index))),
        (Color::Rgb(red, green, blue), _, ColorDepth::TrueColor) => {
            TerminalColor::Rgb(red, green, blue)
        }
        (Color::Rgb(red, green, blue), _, ColorDepth::Ansi256) => {
            TerminalColor::Indexed(nearest_of_256((red, green, blue)))
        }
        (Color::Rgb(red, green, blue), _, ColorDepth::Ansi16) => {
            TerminalColor::Indexed(nearest_of_16((red, green, blue)))
        }
        (_, None, _) => TerminalColor::Default,
    }
}

/// Returns the index in xterm's palette of a colour that has one.
const fn palette_index(colour: Color) -> Option<u8> {
    Some(match colour {
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

/// Returns what xterm shows for an index of its palette.
fn rgb(index: u8) -> (u8, u8, u8) {
    match index {
        0..16 => ANSI_16[usize::from(index)],
        16..232 => {
            let level = |step: u8| LEVELS[usize::from(step % 6)];
            let cube = index - 16;
            (level(cube / 36), level(cube / 6), level(cube))
        }
        232.. => {
            let grey = 8 + 10 * (index - 232);
            (grey, grey, grey)
        }
    }
}

/// Returns how far apart two colours look: squares weighted by how well each part is seen.
fn distance(a: (u8, u8, u8), b: (u8, u8, u8)) -> u32 {
    let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
    3 * square(a.0, b.0) + 6 * square(a.1, b.1) + square(a.2, b.2)
}

fn nearest(colour: (u8, u8, u8), indices: impl Iterator<Item = u8>) -> u8 {
    indices
        .min_by_key(|&index| distance(colour, rgb(index)))
        .unwrap_or(7)
}

fn nearest_of_16(colour: (u8, u8, u8)) -> u8 {
    nearest(colour, 0..16)
}

/// The first sixteen are left out: readers change them.
fn nearest_of_256(colour: (u8, u8, u8)) -> u8 {
    nearest(colour, 16..=255)
}

#[cfg(test)]
mod tests {
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
        for (colour, colours, expected) in cases {
            assert_eq!(
                nearest_color(colour, colours),
                expected,
                "{colour:?} in {colours:?}"
            );
        }
    }
}
