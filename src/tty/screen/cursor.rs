//! Cursor moves in the fewest bytes.

use crate::tty::capabilities::Capabilities;
use crate::tty::capabilities::feature::Feature;
use crate::tty::screen::ansi::{LINE_FEED, REVERSE_INDEX, Shortest, write_csi, write_cup};

/// The longest move for which single steps may be shorter than a sequence of four bytes.
const MAX_SINGLE_STEPS: usize = 4;

/// The position of the terminal's cursor, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CursorPosition {
    /// After setting a scroll region, for example.
    Unknown,
    /// The row is known. Terminals disagree about the column after wide glyphs and clusters, and
    /// after the last column.
    Row(usize),
    /// Row and column are known.
    At(usize, usize),
}

/// Appends the shortest sequence that moves the cursor.
pub(crate) fn move_cursor(
    out: &mut Vec<u8>,
    from: CursorPosition,
    to: (usize, usize),
    capabilities: Capabilities,
) {
    let (row, column) = to;
    let mut shortest = Shortest::new(out);
    shortest.consider(|out| write_cup(out, row, column));
    let (from_row, from_column) = match from {
        CursorPosition::Unknown => return,
        CursorPosition::Row(row) => (row, None),
        CursorPosition::At(row, column) => (row, Some(column)),
    };
    for vertical in vertical_moves(from_row, row, capabilities)
        .into_iter()
        .flatten()
    {
        if let Some(from_column) = from_column {
            for horizontal in horizontal_moves(from_column, column).into_iter().flatten() {
                shortest.consider(|out| {
                    vertical.write(out);
                    horizontal.write(out);
                });
            }
        }
        shortest.consider(|out| {
            out.push(b'\r');
            vertical.write(out);
            if column > 0 {
                write_csi(out, column, b'C');
            }
        });
        if capabilities.can(Feature::LineAddress) && (from_column.is_some() || from_row == row) {
            shortest.consider(|out| {
                vertical.write(out);
                write_csi(out, column + 1, b'G');
            });
        }
    }
}

/// A move in one direction.
#[derive(Clone, Copy)]
enum Move {
    Stay,
    /// A control character or short sequence, repeated.
    Repeat(&'static [u8], usize),
    /// A control sequence with one parameter.
    Csi(usize, u8),
}

impl Move {
    fn write(self, out: &mut Vec<u8>) {
        match self {
            Self::Stay => {}
            Self::Repeat(bytes, count) => (0..count).for_each(|_| out.extend(bytes)),
            Self::Csi(parameter, last) => write_csi(out, parameter, last),
        }
    }
}

/// The ways to move to another row. A line feed keeps the column, because the terminal is in raw
/// mode. Neither it nor a reverse index scrolls, because the new row is on the screen.
fn vertical_moves(from: usize, to: usize, capabilities: Capabilities) -> [Option<Move>; 3] {
    let distance = to.abs_diff(from);
    if distance == 0 {
        return [Some(Move::Stay), None, None];
    }
    let down = to > from;
    let (single, several) = if down {
        (LINE_FEED, b'B')
    } else {
        (REVERSE_INDEX, b'A')
    };
    let can_single = down || capabilities.can(Feature::ScrollRegion);
    let address = capabilities.can(Feature::LineAddress);
    [
        (can_single && distance <= MAX_SINGLE_STEPS).then_some(Move::Repeat(single, distance)),
        Some(Move::Csi(distance, several)),
        address.then_some(Move::Csi(to + 1, b'd')),
    ]
}

/// The ways to move from a known column to another one.
fn horizontal_moves(from: usize, to: usize) -> [Option<Move>; 2] {
    let distance = to.abs_diff(from);
    if distance == 0 {
        return [Some(Move::Stay), None];
    }
    let back = to < from;
    [
        (back && distance <= MAX_SINGLE_STEPS).then_some(Move::Repeat(b"\x08", distance)),
        Some(Move::Csi(distance, if back { b'D' } else { b'C' })),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode_move(from: CursorPosition, row: usize, column: usize) -> String {
        let capabilities = Capabilities::modern();
        let mut out = Vec::new();
        move_cursor(&mut out, from, (row, column), capabilities);
        String::from_utf8(out)
            .expect("moves are ASCII")
            .replace('\x1b', "^")
    }

    #[test]
    fn the_shortest_move_is_taken() {
        let cases = [
            (CursorPosition::Unknown, 0, 0, "^[H"),
            (CursorPosition::Unknown, 4, 0, "^[5H"),
            (CursorPosition::Unknown, 4, 9, "^[5;10H"),
            (CursorPosition::At(4, 9), 5, 9, "\n"),
            (CursorPosition::At(4, 9), 5, 0, "\r\n"),
            (CursorPosition::At(4, 9), 3, 9, "^M"),
            (CursorPosition::At(4, 9), 4, 7, "\x08\x08"),
            (CursorPosition::At(4, 9), 4, 10, "^[C"),
            (CursorPosition::At(4, 9), 4, 70, "^[61C"),
            (CursorPosition::At(4, 70), 4, 5, "^[6G"),
            (CursorPosition::At(4, 9), 20, 9, "^[16B"),
            (CursorPosition::At(20, 9), 3, 9, "^[4d"),
            (CursorPosition::At(4, 70), 4, 0, "\r"),
            (CursorPosition::Row(4), 4, 40, "^[41G"),
            (CursorPosition::Row(4), 5, 0, "\r\n"),
            (CursorPosition::Row(4), 5, 40, "^[6;41H"),
        ];
        for (from, row, column, bytes) in cases {
            assert_eq!(
                encode_move(from, row, column),
                bytes,
                "{from:?} to {row},{column}"
            );
        }
    }
}
