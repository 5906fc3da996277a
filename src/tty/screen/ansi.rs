//! ANSI escape sequences: constants, and sequences with numeric parameters.

pub(crate) const BEGIN_SYNCHRONIZED: &[u8] = b"\x1b[?2026h";
pub(crate) const END_SYNCHRONIZED: &[u8] = b"\x1b[?2026l";
pub(crate) const ENTER_ALTERNATE_SCREEN: &[u8] = b"\x1b[?1049h";
pub(crate) const LEAVE_ALTERNATE_SCREEN: &[u8] = b"\x1b[?1049l";
pub(crate) const BEGIN_BRACKETED_PASTE: &[u8] = b"\x1b[?2004h";
pub(crate) const END_BRACKETED_PASTE: &[u8] = b"\x1b[?2004l";
pub(crate) const CAPTURE_MOUSE: &[u8] = b"\x1b[?1000h\x1b[?1006h";
pub(crate) const RELEASE_MOUSE: &[u8] = b"\x1b[?1006l\x1b[?1000l";
pub(crate) const SHOW_CURSOR: &[u8] = b"\x1b[?25h";
pub(crate) const HIDE_CURSOR: &[u8] = b"\x1b[?25l";
pub(crate) const DEVICE_STATUS: &[u8] = b"\x1b[5n";
pub(crate) const BACKGROUND_QUERY: &[u8] = b"\x1b]11;?\x1b\\";
pub(crate) const RESET_REGION: &[u8] = b"\x1b[r";
pub(crate) const RESET_STYLE: &[u8] = b"\x1b[m";
pub(crate) const CLEAR_SCREEN: &[u8] = b"\x1b[H\x1b[J";
pub(crate) const ERASE_TO_ROW_END: &[u8] = b"\x1b[K";
/// Moves the cursor down; in the last row of the scroll region, scrolls the region up.
pub(crate) const LINE_FEED: &[u8] = b"\n";
/// Moves the cursor up; in the first row of the scroll region, scrolls the region down.
pub(crate) const REVERSE_INDEX: &[u8] = b"\x1bM";

/// Appends a control sequence with one parameter, which is omitted if it is 1, the default.
pub(crate) fn write_csi(out: &mut Vec<u8>, parameter: usize, last: u8) {
    out.extend(b"\x1b[");
    if parameter != 1 {
        write_number(out, parameter);
    }
    out.push(last);
}

/// Appends OSC 8, which makes the following characters open an address, or none if it is empty. The
/// ID joins the lines of a wrapped address. Bytes outside of printable ASCII are percent-encoded.
pub(crate) fn write_link(out: &mut Vec<u8>, id: u8, url: &str) {
    out.extend(b"\x1b]8;");
    if !url.is_empty() {
        out.extend(b"id=");
        write_number(out, id.into());
    }
    out.push(b';');
    for byte in url.bytes() {
        if byte.is_ascii_graphic() {
            out.push(byte);
        } else {
            out.extend(format!("%{byte:02X}").bytes());
        }
    }
    out.extend(b"\x1b\\");
}

/// Appends CUP, which moves the cursor. Row and column count from zero.
pub(crate) fn write_cup(out: &mut Vec<u8>, row: usize, column: usize) {
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

/// Appends DECSTBM, which sets the scroll region. Edges of the screen are omitted: they are the
/// defaults.
pub(crate) fn write_region(out: &mut Vec<u8>, top: usize, bottom: usize, rows: usize) {
    out.extend(b"\x1b[");
    if top > 0 {
        write_number(out, top + 1);
    }
    if bottom + 1 < rows {
        out.push(b';');
        write_number(out, bottom + 1);
    }
    out.push(b'r');
}

/// Appends a decimal number.
pub(crate) fn write_number(out: &mut Vec<u8>, number: usize) {
    if number >= 10 {
        write_number(out, number / 10);
    }
    out.push(b"0123456789"[number % 10]);
}

/// Keeps the shortest of several encodings of the same thing.
pub(crate) struct Shortest<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
}

impl<'a> Shortest<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Self {
        let start = out.len();
        Self { out, start }
    }

    /// Appends an encoding, and removes the longer one; the later one if they are equally long.
    pub(crate) fn consider(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
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
