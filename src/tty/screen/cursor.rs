//! Moves a terminal's cursor in the fewest bytes.

use crate::tty::capabilities::{Capabilities, Feature};
use crate::tty::screen::writer::CursorPosition;

/// The longest move that may be shorter by single steps: a sequence has four bytes or more.
const MAX_SINGLE_STEPS: usize = 4;

/// Appends the shortest sequence that moves a cursor.
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

/// Keeps the shortest of several ways to say the same.
struct Shortest<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
}

impl<'a> Shortest<'a> {
    fn new(out: &'a mut Vec<u8>) -> Self {
        let start = out.len();
        Self { out, start }
    }

    /// Appends another way, and takes back the longer; the first, if they are equal.
    fn consider(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let end = self.out.len();
        write(self.out);
        let best = end - self.start;
        let length = self.out.len() - end;
        if best == 0 || length < best {
            self.out.copy_within(end.., self.start);
            self.out.truncate(self.start + length);
        } else {
            self.out.truncate(end);
        }
    }
}

/// Appends CUP.
fn write_cup(out: &mut Vec<u8>, row: usize, column: usize) {
    if column == 0 {
        write_csi(out, row + 1, b'H');
    } else {
        out.extend(b"\x1b[");
        write_number(out, row + 1);
        out.push(b';');
        write_number(out, column + 1);
        out.push(b'H');
    }
}

/// Appends a sequence that ends in `last` and has one parameter, which is left out if it is 1.
pub(crate) fn write_csi(out: &mut Vec<u8>, parameter: usize, last: u8) {
    out.extend(b"\x1b[");
    if parameter != 1 {
        write_number(out, parameter);
    }
    out.push(last);
}

/// Appends a number in decimal.
pub(crate) fn write_number(out: &mut Vec<u8>, number: usize) {
    if number >= 10 {
        crate::tty::screen::cursor::write_number(out, number / 10);
    }
    out.push(b"0123456789"[number % 10]);
}

/// A move along one side of the screen.
#[derive(Clone, Copy)]
enum Move {
    Stay,
    /// The same control character or short sequence again and again.
    Repeat(&'static [u8], usize),
    /// A sequence with one parameter.
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

/// Returns moves to another row. A line feed keeps the column, since the terminal is in raw mode,
/// and neither it nor a reverse index scrolls here, since the row is one of the screen's.
fn vertical_moves(from: usize, to: usize, capabilities: Capabilities) -> [Option<Move>; 3] {
    let distance = to.abs_diff(from);
    if distance == 0 {
        return [Some(Move::Stay), None, None];
    }
    let down = to > from;
    let (single, several): (&[u8], _) = if down {
        (b"\n", b'B')
    } else {
        (b"\x1bM", b'A')
    };
    let knows_single = down || capabilities.can(Feature::ScrollRegion);
    let address = capabilities.can(Feature::LineAddress);
    [
        (knows_single && distance <= MAX_SINGLE_STEPS).then_some(Move::Repeat(single, distance)),
        Some(Move::Csi(distance, several)),
        address.then_some(Move::Csi(to + 1, b'd')),
    ]
}

/// Returns moves to another column that begin at a known one.
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
