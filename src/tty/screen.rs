//! Holds what a terminal shows, and writes the fewest bytes to the next frame.
//!
//! ratatui's own backends send each changed cell where it stands, ask the terminal of the process
//! for its size, and know one colour depth for all. A [`Screen`] belongs to one reader, asks
//! nothing, and says a frame in what that reader's terminal can do: gaps rewritten or jumped over,
//! rows erased, scrolled or moved to by whatever is shortest.

pub(crate) mod cell;
pub(crate) mod cursor;
pub(crate) mod glyph;
pub(crate) mod grid;
pub(crate) mod palette;
pub(crate) mod row_diff;
pub(crate) mod scroll;
pub(crate) mod style;
pub(crate) mod style_table;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod writer;

use std::io;
use std::io::Write;

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::tty::Size;
use crate::tty::capabilities::{Capabilities, Feature};
use crate::tty::screen::grid::Grid;
use crate::tty::screen::style_table::StyleTable;
use crate::tty::screen::writer::{CursorPosition, ScreenWriter};

/// The longest frame that is sent without a bracket around it. The kernel's terminal buffer, sshd
/// and TCP pass so short a write on in one piece, so that it cannot be seen half done, and the
/// sixteen bytes of a bracket would be a seventh of a scrolled line.
const MAX_UNSYNCHRONIZED_LEN: usize = 256;

/// The longest frame that is not tried again with a scroll, which costs some twenty bytes itself.
const MAX_UNSCROLLED_LEN: usize = 48;

const BEGIN_SYNCHRONIZED: &[u8] = b"\x1b[?2026h";
const END_SYNCHRONIZED: &[u8] = b"\x1b[?2026l";
const SHOW_CURSOR: &[u8] = b"\x1b[?25h";
const HIDE_CURSOR: &[u8] = b"\x1b[?25l";
const DEVICE_STATUS: &[u8] = b"\x1b[5n";
const RESET_REGION: &[u8] = b"\x1b[r";
const RESET_STYLE: &[u8] = b"\x1b[m";
const CLEAR: &[u8] = b"\x1b[H\x1b[J";
const CAPTURE_MOUSE: &[u8] = b"\x1b[?1000h\x1b[?1006h";
const RELEASE_MOUSE: &[u8] = b"\x1b[?1006l\x1b[?1000l";

/// What a terminal shows.
#[derive(Debug)]
pub struct Screen {
    capabilities: Capabilities,
    size: Size,
    /// What the cells show; none when nobody knows.
    shown: Option<Grid>,
    style_table: StyleTable,
    cursor: CursorPosition,
    cursor_is_hidden: bool,
    entered: bool,
    /// Goes out with the next frame.
    queued: Vec<u8>,
    status_requested: bool,
}

impl Screen {
    /// Returns the screen of a terminal that shows something unknown.
    pub fn new(size: Size, capabilities: Capabilities) -> Self {
        Self {
            capabilities,
            size,
            shown: None,
            style_table: StyleTable::default(),
            cursor: CursorPosition::Unknown,
            cursor_is_hidden: false,
            entered: false,
            queued: Vec::new(),
            status_requested: false,
        }
    }

    /// Returns the size that frames are to have.
    pub const fn size(&self) -> Size {
        self.size
    }

    /// Returns what the terminal can do.
    pub const fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    /// Takes another size. What the terminal made of its contents is unknown, so the next frame is
    /// painted whole.
    pub fn resize(&mut self, size: Size) {
        self.size = size;
        self.invalidate();
    }

    /// Forgets what the terminal shows: others wrote to it. The next frame is painted whole.
    pub fn invalidate(&mut self) {
        self.shown = None;
        self.cursor = CursorPosition::Unknown;
    }

    /// Takes the terminal over, together with the next frame; again, after somebody else gave it
    /// back.
    pub fn enter(&mut self) {
        self.entered = true;
        self.cursor_is_hidden = false;
        self.invalidate();
        if self.capabilities.can(Feature::AlternateScreen) {
            self.queued.extend(b"\x1b[?1049h");
        }
        if self.capabilities.can(Feature::BracketedPaste) {
            self.queued.extend(b"\x1b[?2004h");
        }
    }

    /// Gives the terminal back as it was. Does nothing when it was not taken over.
    pub fn leave(&mut self, out: &mut impl Write) -> io::Result<()> {
        if !self.entered {
            return Ok(());
        }
        let bytes = Self::reset_sequence(self.capabilities, self.size);
        self.entered = false;
        self.queued.clear();
        self.status_requested = false;
        self.cursor_is_hidden = false;
        self.invalidate();
        out.write_all(&bytes)?;
        out.flush()
    }

    /// Returns the bytes that give a terminal back, whatever was written to it before: everything
    /// that a screen ever turns on is turned off.
    pub fn reset_sequence(capabilities: Capabilities, size: Size) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut when = |feature, sequence: &[u8]| {
            if capabilities.can(feature) {
                bytes.extend(sequence);
            }
        };
        when(Feature::ScrollRegion, RESET_REGION);
        when(Feature::Mouse, RELEASE_MOUSE);
        when(Feature::BracketedPaste, b"\x1b[?2004l");
        when(Feature::HideCursor, SHOW_CURSOR);
        bytes.extend(RESET_STYLE);
        if capabilities.can(Feature::AlternateScreen) {
            bytes.extend(b"\x1b[?1049l");
        } else {
            // The prompt comes where the eye is used to it.
            bytes.extend(CLEAR);
            bytes.extend(format!("\x1b[{}H", size.rows()).bytes());
        }
        if capabilities.can(Feature::Synchronized) {
            bytes.extend(END_SYNCHRONIZED);
        }
        bytes
    }

    /// Turns the reporting of clicks and the wheel on or off, with the next frame.
    pub fn capture_mouse(&mut self, capture: MouseCapture) {
        if self.capabilities.can(Feature::Mouse) {
            self.queue(match capture {
                MouseCapture::On => CAPTURE_MOUSE,
                MouseCapture::Off => RELEASE_MOUSE,
            });
        }
    }

    /// Sends bytes with the next frame, even one that changes nothing. They are to leave cursor,
    /// pen and contents alone.
    pub fn queue(&mut self, bytes: &[u8]) {
        self.queued.extend(bytes);
    }

    /// Asks the terminal, at the end of the next frame, to say when it has read it, unless that
    /// frame is empty; the answer arrives as [`Input::Ready`](crate::tty::decoder::Input::Ready).
    pub fn request_status(&mut self) {
        self.status_requested = self.capabilities.can(Feature::DeviceStatus);
    }

    /// Writes what turns the terminal's contents into a frame, in one call, and returns how many
    /// bytes that took: none when nothing changed.
    ///
    /// The cursor is shown at a position of the frame, or hidden. After an error the contents are
    /// unknown, and the next frame is painted whole.
    pub fn draw(
        &mut self,
        frame: &Buffer,
        cursor: Option<Position>,
        out: &mut impl Write,
    ) -> io::Result<usize> {
        if let Some(shown) = &mut self.shown {
            self.style_table.compact(shown.cells_mut());
        } else {
            self.style_table = StyleTable::default();
        }
        let next = Grid::from_frame(frame, self.size, self.capabilities, &mut self.style_table);
        let asks = std::mem::take(&mut self.status_requested);
        let mut bytes = std::mem::take(&mut self.queued);
        let contents = self.encode_contents(&next);
        let body = self.append_cursor(contents, cursor);
        let bracket =
            body.len() > MAX_UNSYNCHRONIZED_LEN && self.capabilities.can(Feature::Synchronized);
        if bracket {
            bytes.extend(BEGIN_SYNCHRONIZED);
        }
        bytes.extend(body);
        if bracket {
            bytes.extend(END_SYNCHRONIZED);
        }
        if bytes.is_empty() {
            return Ok(0);
        }
        if asks {
            bytes.extend(DEVICE_STATUS);
        }
        let written = out.write_all(&bytes).and_then(|()| out.flush());
        if let Err(error) = written {
            self.invalidate();
            return Err(error);
        }
        self.shown = Some(next);
        Ok(bytes.len())
    }

    /// Returns what turns the terminal's contents into a grid, and where the cursor is after it.
    fn encode_contents(&self, next: &Grid) -> (Vec<u8>, CursorPosition) {
        let Some(shown) = &self.shown else {
            let mut writer = self.writer(CursorPosition::At(0, 0));
            writer.out.extend(RESET_STYLE);
            if self.capabilities.can(Feature::ScrollRegion) {
                writer.out.extend(RESET_REGION);
            }
            writer.out.extend(CLEAR);
            row_diff::rewrite(&mut writer, &Grid::blank(self.size), next, 0..next.rows());
            return writer.finish();
        };
        let mut plain = self.writer(self.cursor);
        row_diff::rewrite(&mut plain, shown, next, 0..next.rows());
        let plain = plain.finish();
        if plain.0.len() <= MAX_UNSCROLLED_LEN || !self.capabilities.can(Feature::ScrollRegion) {
            return plain;
        }
        let scrolled = scroll::candidates(shown, next).into_iter().map(|scroll| {
            let mut writer = self.writer(self.cursor);
            scroll::rewrite(&mut writer, scroll, shown, next);
            writer.finish()
        });
        match scrolled.min_by_key(|(bytes, _)| bytes.len()) {
            Some(scrolled) if scrolled.0.len() < plain.0.len() / 4 * 3 => scrolled,
            _ => plain,
        }
    }

    fn writer(&self, cursor: CursorPosition) -> ScreenWriter<'_> {
        let columns = usize::from(self.size.columns());
        ScreenWriter::new(self.capabilities, &self.style_table, columns, cursor)
    }

    /// Appends what puts the cursor into its place.
    fn append_cursor(
        &mut self,
        contents: (Vec<u8>, CursorPosition),
        cursor: Option<Position>,
    ) -> Vec<u8> {
        let (mut body, at) = contents;
        self.cursor = at;
        let hides = self.capabilities.can(Feature::HideCursor);
        let Some(position) = cursor else {
            if hides && !self.cursor_is_hidden {
                body.extend(HIDE_CURSOR);
                self.cursor_is_hidden = true;
            }
            return body;
        };
        let row = usize::from(position.y.min(self.size.rows() - 1));
        let column = usize::from(position.x.min(self.size.columns() - 1));
        let mut writer = self.writer(at);
        writer.move_to(row, column);
        let (bytes, at) = (writer.out, writer.cursor);
        body.extend(bytes);
        self.cursor = at;
        if hides && self.cursor_is_hidden {
            body.extend(SHOW_CURSOR);
            self.cursor_is_hidden = false;
        }
        body
    }
}

/// Whether a terminal reports clicks and the wheel. While it does, it does not select text by
/// itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MouseCapture {
    /// It does.
    On,
    /// It does not.
    Off,
}
