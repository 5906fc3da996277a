//! A session whose terminal is a `vt100` parser: keys in, picture out.

use std::num::NonZero;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use codeleaf::app::{AppOptions, Bookmarks, Effect, Host, Keymap, PaneSettings, ReadingPosition};
use codeleaf::content::{CodeId, CodeSystem, Date, Document};
use codeleaf::layout::TableMode;
use codeleaf::library::Library;
use codeleaf::search::{Index, IndexBuilder};
use codeleaf::session::{Event, Session, load};
use codeleaf::tty::{Capabilities, Size};
use codeleaf::view::Theme;
use ratatui::buffer::Buffer;

use super::keys::key_sequence;

/// A reader at a terminal.
pub struct TestSession {
    pub session: Session,
    library: Arc<Library>,
    parser: vt100::Parser,
    buffer: Buffer,
    now: Instant,
    /// The number of bytes of the last frame.
    pub last_frame_bytes: usize,
    pub last_frame: Vec<u8>,
    /// The bytes of all frames.
    pub total_bytes: usize,
    /// The requests to the host, oldest first.
    pub effects: Vec<Effect>,
}

/// The built-in library and its index, which a debug build takes a second to make.
static BUILT_IN: LazyLock<(Arc<Library>, Arc<Index>)> = LazyLock::new(|| {
    let library = Arc::new(Library::built_in());
    let index = IndexBuilder::index_library(&library);
    (library, Arc::new(index))
});

pub fn shipped_document() -> Arc<Document> {
    let code = CodeId::new(CodeSystem::Cpt, "83950").unwrap();
    BUILT_IN.0.document(&code).unwrap()
}

impl TestSession {
    /// Opens the shipped document.
    pub fn open(columns: u16, rows: u16) -> Self {
        Self::with_capabilities(columns, rows, Capabilities::modern(), TableMode::Columns)
    }

    pub fn with_capabilities(
        columns: u16,
        rows: u16,
        capabilities: Capabilities,
        table_mode: TableMode,
    ) -> Self {
        Self::with_document(
            shipped_document(),
            Arc::clone(&BUILT_IN.0),
            (columns, rows),
            capabilities,
            table_mode,
        )
    }

    pub fn with_document(
        document: Arc<Document>,
        library: Arc<Library>,
        size: (u16, u16),
        capabilities: Capabilities,
        table_mode: TableMode,
    ) -> Self {
        let index = index_of(&library);
        let options = AppOptions {
            table_mode,
            ..app_options(document, library, index, size, capabilities)
        };
        Self::start(options, capabilities, "dark")
    }

    /// Opens a document of a library whose index exists.
    pub fn with_index(
        document: Arc<Document>,
        library: &Arc<Library>,
        index: &Arc<Index>,
        size: (u16, u16),
    ) -> Self {
        let capabilities = Capabilities::modern();
        let options = app_options(
            document,
            Arc::clone(library),
            Arc::clone(index),
            size,
            capabilities,
        );
        Self::start(options, capabilities, "dark")
    }

    /// Opens the document that a reader left, at the same row, with the reader's bookmarks.
    pub fn resume(
        (library, index): (&Arc<Library>, &Arc<Index>),
        position: &ReadingPosition,
        bookmarks: Bookmarks,
        size: (u16, u16),
    ) -> Self {
        let capabilities = Capabilities::modern();
        let document = library.document(&position.code).unwrap();
        let (library, index) = (Arc::clone(library), Arc::clone(index));
        let options = AppOptions {
            row_path: position.row_path.clone(),
            top: position.top,
            bookmarks: Some(bookmarks),
            ..app_options(document, library, index, size, capabilities)
        };
        Self::start(options, capabilities, "dark")
    }

    /// Opens the shipped document with a built-in theme.
    pub fn with_theme(size: (u16, u16), capabilities: Capabilities, theme: &str) -> Self {
        let library = Arc::clone(&BUILT_IN.0);
        let index = Arc::clone(&BUILT_IN.1);
        let options = app_options(shipped_document(), library, index, size, capabilities);
        Self::start(options, capabilities, theme)
    }

    fn start(options: AppOptions, capabilities: Capabilities, theme: &str) -> Self {
        let library = Arc::clone(&options.library);
        let (columns, rows) = (options.size.width, options.size.height);
        let theme = Theme::built_in(theme).unwrap().unwrap();
        let mut reader = Self {
            session: Session::new(options, Arc::new(theme), capabilities),
            library,
            parser: vt100::Parser::new(nonzero(rows), nonzero(columns), 0),
            buffer: Buffer::default(),
            now: Instant::now(),
            last_frame_bytes: 0,
            last_frame: Vec::new(),
            total_bytes: 0,
            effects: Vec::new(),
        };
        reader.draw();
        reader
    }

    /// Presses keys; see [`key_sequence`].
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for bytes in key_sequence(keys) {
            self.send(bytes);
        }
        self
    }

    /// Sends bytes as the terminal does, waits until they are decoded, and draws once.
    pub fn send(&mut self, bytes: &[u8]) {
        self.handle_event(Event::Bytes(bytes.to_vec()));
        self.now += Duration::from_millis(200);
        self.handle_event(Event::Deadline);
        self.draw();
    }

    /// Sends bytes 20 ms after the last ones, as from a held key, and draws once.
    pub fn hold(&mut self, bytes: &[u8]) {
        self.now += Duration::from_millis(20);
        self.handle_event(Event::Bytes(bytes.to_vec()));
        self.draw();
    }

    /// Waits until the cursor has rested, and draws.
    pub fn rest(&mut self) {
        self.now += Duration::from_millis(60);
        self.handle_event(Event::Deadline);
        self.draw();
    }

    /// Changes the terminal's size, and draws if the session does not delay the frame.
    pub fn begin_resize(&mut self, columns: u16, rows: u16) {
        self.parser
            .screen_mut()
            .set_size(nonzero(rows), nonzero(columns));
        self.handle_event(Event::Resize(Size::new(columns, rows)));
        self.draw();
    }

    /// Changes the terminal's size, and waits until it is drawn.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.parser
            .screen_mut()
            .set_size(nonzero(rows), nonzero(columns));
        self.handle_event(Event::Resize(Size::new(columns, rows)));
        self.now += Duration::from_millis(200);
        self.draw();
    }

    /// The text that was copied last.
    pub fn copied(&self) -> String {
        let text = self.session.app().copied_text();
        text.unwrap_or_default().to_owned()
    }

    /// The screen as lines of text, without trailing spaces.
    pub fn screen(&self) -> String {
        let screen = self.parser.screen();
        let (_, columns) = screen.size();
        let mut lines: Vec<String> = screen
            .rows(0, columns.get())
            .map(|line| line.trim_end().to_owned())
            .collect();
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        lines.join("\n")
    }

    /// The line with the terminal's cursor.
    pub fn cursor_line(&self) -> String {
        let (row, _) = self.parser.screen().cursor_position();
        self.screen()
            .lines()
            .nth(usize::from(row))
            .unwrap_or_default()
            .to_owned()
    }

    /// The lines of the last frame, if text is only appended.
    pub fn appended(&self) -> String {
        String::from_utf8_lossy(&self.last_frame).replace("\r\n", "\n")
    }

    pub fn vt100_screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    fn handle_event(&mut self, event: Event) {
        for effect in self.session.handle(event, self.now) {
            if let Some(action) = load(&self.library, effect.clone()) {
                self.handle_event(Event::Action(action));
            }
            self.effects.push(effect);
        }
    }

    fn draw(&mut self) {
        let mut bytes = Vec::new();
        self.last_frame_bytes = self
            .session
            .draw(self.now, &mut self.buffer, &mut bytes)
            .unwrap();
        assert_eq!(self.last_frame_bytes, bytes.len());
        self.total_bytes += bytes.len();
        self.parser.process(&bytes);
        self.last_frame = bytes;
    }
}

fn index_of(library: &Arc<Library>) -> Arc<Index> {
    if Arc::ptr_eq(library, &BUILT_IN.0) {
        Arc::clone(&BUILT_IN.1)
    } else {
        Arc::new(IndexBuilder::index_library(library))
    }
}

fn app_options(
    document: Arc<Document>,
    library: Arc<Library>,
    index: Arc<Index>,
    (columns, rows): (u16, u16),
    capabilities: Capabilities,
) -> AppOptions {
    AppOptions {
        index,
        library,
        keymap: Arc::new(Keymap::built_in()),
        host: Host::Local,
        bookmarks: Some(Bookmarks::default()),
        charset: capabilities.charset,
        size: ratatui::layout::Size::new(columns, rows),
        document,
        row_path: None,
        top: 0,
        message: None,
        is_first_start: false,
        table_mode: TableMode::Columns,
        today: Date::new(2026, 11, 25),
        panes: PaneSettings::default(),
    }
}

fn nonzero(cells: u16) -> NonZero<u16> {
    NonZero::new(cells.max(1)).unwrap()
}
