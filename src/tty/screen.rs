//! The screen: what a terminal shows, and the fewest bytes that turn it into the next frame.
//!
//! ratatui's own backends move to each run of changed cells, query the terminal of the process for
//! its size, and use one color depth for all terminals. A [`Screen`] belongs to one session, and
//! queries nothing. It writes a frame within the terminal's capabilities, and takes the shortest of
//! several encodings: it skips or rewrites gaps, erases blanks and scrolls rows.
//!
//! ```text
//! frame ─► grid ─► scroll, row_diff ─► writer ─► cursor, sgr ─► ansi
//! ```

pub(crate) mod ansi;
pub(crate) mod cell;
pub(crate) mod cursor;
pub(crate) mod glyph;
pub(crate) mod grid;
pub(crate) mod palette;
pub(crate) mod row_diff;
pub(crate) mod scroll;
pub(crate) mod sgr;
pub(crate) mod style;
pub(crate) mod style_table;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod writer;

use std::io;
use std::io::Write;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::text::Link;
use crate::tty::capabilities::Capabilities;
use crate::tty::capabilities::feature::Feature;
use crate::tty::screen::cursor::CursorPosition;
use crate::tty::screen::grid::Grid;
use crate::tty::screen::style_table::StyleTable;
use crate::tty::screen::writer::ScreenWriter;
use crate::tty::size::Size;

/// The longest frame, in bytes, that is sent without synchronized output. The kernel's terminal
/// buffer, sshd and TCP pass such a short write on in one piece, so the terminal never shows half of
/// it. The sixteen bytes of synchronization would be a seventh of a scrolled line.
const MAX_UNSYNCHRONIZED_LEN: usize = 256;

/// The longest frame, in bytes, for which no scroll is tried. A scroll itself takes about twenty.
const MAX_UNSCROLLED_LEN: usize = 48;

/// The most cells of a band. A screen of 80×24 is drawn in one.
const MAX_BAND_CELLS: u16 = 4096;

/// The screen of one terminal.
#[derive(Debug)]
pub struct Screen {
    capabilities: Capabilities,
    size: Size,
    /// The cells on the terminal; `None` if they are unknown.
    shown: Option<Grid>,
    style_table: StyleTable,
    cursor: CursorPosition,
    cursor_is_hidden: bool,
    entered: bool,
    /// Bytes to send with the next frame.
    queued: Vec<u8>,
    /// Queries to send after the next frame, unless it is empty.
    queries: Vec<u8>,
}

impl Screen {
    /// The terminal's contents are unknown at first.
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
            queries: Vec::new(),
        }
    }

    pub const fn size(&self) -> Size {
        self.size
    }

    pub const fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    /// Sets the size. Terminals rearrange their contents differently on a resize, so the next frame
    /// is written whole.
    pub fn resize(&mut self, size: Size) {
        self.size = size;
        self.invalidate();
    }

    /// Marks the contents as unknown, because something else wrote to the terminal. The next frame
    /// is written whole.
    pub fn invalidate(&mut self) {
        self.shown = None;
        self.cursor = CursorPosition::Unknown;
    }

    /// Switches to the alternate screen, and turns bracketed paste on, with the next frame. May be
    /// called again after another process has used the terminal.
    pub fn enter(&mut self) {
        self.entered = true;
        self.cursor_is_hidden = false;
        self.invalidate();
        if self.capabilities.can(Feature::AlternateScreen) {
            self.queued.extend(ansi::ENTER_ALTERNATE_SCREEN);
        }
        if self.capabilities.can(Feature::BracketedPaste) {
            self.queued.extend(ansi::BEGIN_BRACKETED_PASTE);
        }
    }

    /// Restores the terminal. Does nothing unless [`Screen::enter`] was called.
    pub fn leave(&mut self, out: &mut impl Write) -> io::Result<()> {
        if !self.entered {
            return Ok(());
        }
        let bytes = Self::reset_sequence(self.capabilities, self.size);
        self.entered = false;
        self.queued.clear();
        self.queries.clear();
        self.cursor_is_hidden = false;
        self.invalidate();
        out.write_all(&bytes)?;
        out.flush()
    }

    /// Returns the bytes that restore a terminal: they turn off every mode that a screen turns on.
    pub fn reset_sequence(capabilities: Capabilities, size: Size) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (feature, sequence) in [
            (Feature::ScrollRegion, ansi::RESET_REGION),
            (Feature::Mouse, ansi::RELEASE_MOUSE),
            (Feature::BracketedPaste, ansi::END_BRACKETED_PASTE),
            (Feature::HideCursor, ansi::SHOW_CURSOR),
        ] {
            if capabilities.can(feature) {
                bytes.extend(sequence);
            }
        }
        if capabilities.appends_only {
            return bytes;
        }
        bytes.extend(ansi::RESET_STYLE);
        if capabilities.can(Feature::AlternateScreen) {
            bytes.extend(ansi::LEAVE_ALTERNATE_SCREEN);
        } else {
            // The shell's prompt belongs in the last row.
            bytes.extend(ansi::CLEAR_SCREEN);
            ansi::write_cup(&mut bytes, usize::from(size.rows() - 1), 0);
        }
        if capabilities.can(Feature::Synchronized) {
            bytes.extend(ansi::END_SYNCHRONIZED);
        }
        bytes
    }

    /// Turns reporting of clicks and the wheel on or off, with the next frame.
    pub fn capture_mouse(&mut self, capture: MouseCapture) {
        if self.capabilities.can(Feature::Mouse) {
            self.queue(match capture {
                MouseCapture::On => ansi::CAPTURE_MOUSE,
                MouseCapture::Off => ansi::RELEASE_MOUSE,
            });
        }
    }

    /// Takes the bytes that wait for the next frame, to append them instead.
    pub fn take_queued(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.queued)
    }

    /// Sends bytes with the next frame, even if it changes nothing. They must not change cursor,
    /// style or contents.
    pub fn queue(&mut self, bytes: &[u8]) {
        self.queued.extend(bytes);
    }

    /// Adds a device-status query to the next frame, unless the frame is empty. The answer arrives
    /// as [`Input::Ready`](crate::tty::Input::Ready) after the terminal has read the frame.
    pub fn request_status(&mut self) {
        if self.capabilities.can(Feature::DeviceStatus) {
            self.queries.extend(ansi::DEVICE_STATUS);
        }
    }

    /// Adds a query of the background color to the next frame, unless the frame is empty. The answer
    /// arrives as [`Input::Background`](crate::tty::Input::Background).
    pub fn request_background(&mut self) {
        if self.capabilities.can(Feature::BackgroundColor) {
            self.queries.extend(ansi::BACKGROUND_QUERY);
        }
    }

    /// Writes the bytes that turn the terminal's contents into `frame`, in a single write, and
    /// returns their number: zero if nothing changed.
    ///
    /// Without a position, the cursor is hidden. After an error the contents are unknown, and the
    /// next frame is written whole.
    pub fn draw(
        &mut self,
        frame: &Buffer,
        cursor: Option<Position>,
        out: &mut impl Write,
    ) -> io::Result<usize> {
        let mut next = self.begin_frame();
        next.fill(frame, self.capabilities, &mut self.style_table);
        self.present(next, cursor, out)
    }

    /// Like [`Screen::draw`], with a frame that is drawn in bands of rows. A buffer of all cells of a
    /// wide screen would take half a megabyte.
    ///
    /// `draw_band` draws the rows of the buffer's area, and returns the cursor's position and the
    /// links in these rows.
    pub fn draw_in_bands(
        &mut self,
        buffer: &mut Buffer,
        mut draw_band: impl FnMut(&mut Buffer) -> (Option<Position>, Vec<Link>),
        out: &mut impl Write,
    ) -> io::Result<usize> {
        let mut next = self.begin_frame();
        let mut cursor = None;
        let (columns, rows) = (self.size.columns(), self.size.rows());
        let band_rows = (MAX_BAND_CELLS / columns.max(1)).max(1);
        for y in (0..rows).step_by(usize::from(band_rows)) {
            let area = Rect::new(0, y, columns, band_rows.min(rows - y));
            if buffer.content.len() == usize::from(columns) * usize::from(area.height) {
                buffer.area = area;
                buffer.reset();
            } else {
                *buffer = Buffer::empty(area);
            }
            let (at, links) = draw_band(buffer);
            cursor = at.filter(|at| area.contains(*at)).or(cursor);
            next.fill(buffer, self.capabilities, &mut self.style_table);
            if self.capabilities.can(Feature::Hyperlinks) {
                next.add_links(&links, &mut self.style_table);
            }
        }
        self.present(next, cursor, out)
    }

    /// Returns a blank grid for the next frame.
    fn begin_frame(&mut self) -> Grid {
        if let Some(shown) = &mut self.shown {
            self.style_table.compact(shown.cells_mut());
        } else {
            self.style_table = StyleTable::default();
        }
        Grid::blank(self.size)
    }

    fn present(
        &mut self,
        next: Grid,
        cursor: Option<Position>,
        out: &mut impl Write,
    ) -> io::Result<usize> {
        let queries = std::mem::take(&mut self.queries);
        let mut bytes = std::mem::take(&mut self.queued);

        let (mut body, after_contents) = self.encode_contents(&next);
        self.cursor = after_contents;
        self.place_cursor(cursor, &mut body);
        let is_synchronized =
            body.len() > MAX_UNSYNCHRONIZED_LEN && self.capabilities.can(Feature::Synchronized);
        if is_synchronized {
            bytes.extend(ansi::BEGIN_SYNCHRONIZED);
        }
        bytes.extend(body);
        if is_synchronized {
            bytes.extend(ansi::END_SYNCHRONIZED);
        }
        if bytes.is_empty() {
            return Ok(0);
        }
        bytes.extend(queries);
        if let Err(error) = out.write_all(&bytes).and_then(|()| out.flush()) {
            self.invalidate();
            return Err(error);
        }
        self.shown = Some(next);
        Ok(bytes.len())
    }

    /// Returns the bytes that turn the terminal's contents into `next`, and the cursor's position
    /// after them.
    fn encode_contents(&self, next: &Grid) -> (Vec<u8>, CursorPosition) {
        let Some(shown) = &self.shown else {
            return self.encode_whole(next);
        };
        let mut writer = self.writer(self.cursor);
        row_diff::write(&mut writer, shown, next, 0..next.rows());
        let unscrolled = writer.finish();
        let is_short = unscrolled.0.len() <= MAX_UNSCROLLED_LEN;
        if is_short || !self.capabilities.can(Feature::ScrollRegion) {
            return unscrolled;
        }
        let scrolled = scroll::candidates(shown, next).into_iter().map(|scroll| {
            let mut writer = self.writer(self.cursor);
            scroll.write(&mut writer, shown, next);
            writer.finish()
        });
        match scrolled.min_by_key(|(bytes, _)| bytes.len()) {
            Some(scrolled) if scrolled.0.len() < unscrolled.0.len() / 4 * 3 => scrolled,
            _ => unscrolled,
        }
    }

    /// Encodes a grid for a terminal that shows unknown contents.
    fn encode_whole(&self, next: &Grid) -> (Vec<u8>, CursorPosition) {
        let mut writer = self.writer(CursorPosition::At(0, 0));
        writer.out.extend(ansi::RESET_STYLE);
        if self.capabilities.can(Feature::ScrollRegion) {
            writer.out.extend(ansi::RESET_REGION);
        }
        writer.out.extend(ansi::CLEAR_SCREEN);
        row_diff::write(&mut writer, &Grid::blank(self.size), next, 0..next.rows());
        writer.finish()
    }

    /// Appends the bytes that move the cursor and show it, or hide it.
    fn place_cursor(&mut self, cursor: Option<Position>, body: &mut Vec<u8>) {
        if let Some(position) = cursor {
            let row = usize::from(position.y.min(self.size.rows() - 1));
            let column = usize::from(position.x.min(self.size.columns() - 1));
            let mut writer = self.writer(self.cursor);
            writer.move_to(row, column);
            body.extend(writer.out);
            self.cursor = CursorPosition::At(row, column);
        }
        let hide = cursor.is_none();
        if self.capabilities.can(Feature::HideCursor) && self.cursor_is_hidden != hide {
            body.extend(if hide {
                ansi::HIDE_CURSOR
            } else {
                ansi::SHOW_CURSOR
            });
            self.cursor_is_hidden = hide;
        }
    }

    fn writer(&self, cursor: CursorPosition) -> ScreenWriter<'_> {
        let columns = usize::from(self.size.columns());
        ScreenWriter::new(self.capabilities, &self.style_table, columns, cursor)
    }
}

/// Whether a terminal reports clicks and the wheel. While it does, it does not select text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MouseCapture {
    On,
    Off,
}
