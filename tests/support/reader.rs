//! A session whose terminal is a `vt100` parser: keys in, picture out.

use std::num::NonZero;
use std::sync::Arc;
use std::time::{Duration, Instant};

use codeleaf::app::{Effect, Host, Keymap, Own, Start};
use codeleaf::content::{CodeId, Document, System};
use codeleaf::library::Library;
use codeleaf::page::Flow;
use codeleaf::search::Index;
use codeleaf::terminal::{Capabilities, Event, Session, Size};
use codeleaf::view::Theme;
use ratatui::buffer::Buffer;

use super::keys::bytes_of;

/// A reader at a terminal.
pub struct Reader {
    pub session: Session,
    library: Arc<Library>,
    terminal: vt100::Parser,
    scratch: Buffer,
    now: Instant,
    /// The bytes of the last frame.
    pub frame: usize,
    /// The bytes of all frames.
    pub bytes: usize,
    /// What the session asked its host for, oldest first.
    pub effects: Vec<Effect>,
}

/// Returns the shipped document.
pub fn shipped() -> Arc<Document> {
    let code = CodeId::new(System::Cpt, "83950").unwrap();
    Library::built_in().document(&code).unwrap()
}

impl Reader {
    /// Opens the shipped document.
    pub fn open(columns: u16, rows: u16) -> Self {
        Self::with(columns, rows, Capabilities::modern(), Flow::Columns)
    }

    /// Opens the shipped document on a terminal of some kind.
    pub fn with(columns: u16, rows: u16, capabilities: Capabilities, flow: Flow) -> Self {
        let library = Arc::new(Library::built_in());
        Self::of(shipped(), library, (columns, rows), capabilities, flow)
    }

    /// Opens a document of a library.
    pub fn of(
        document: Arc<Document>,
        library: Arc<Library>,
        (columns, rows): (u16, u16),
        capabilities: Capabilities,
        flow: Flow,
    ) -> Self {
        let start = Start {
            index: Arc::new(Index::build(&library)),
            library: Arc::clone(&library),
            keymap: Arc::new(Keymap::built_in()),
            host: Host::Local,
            own: Some(Own::default()),
            charset: capabilities.charset,
            size: ratatui::layout::Size::new(columns, rows),
            document,
            place: None,
            top: 0,
            note: None,
            flow,
        };
        let theme = Theme::built_in("dark").unwrap().unwrap();
        let mut reader = Self {
            session: Session::new(start, Arc::new(theme), capabilities),
            library,
            terminal: vt100::Parser::new(side(rows), side(columns), 0),
            scratch: Buffer::default(),
            now: Instant::now(),
            frame: 0,
            bytes: 0,
            effects: Vec::new(),
        };
        reader.draw();
        reader
    }

    /// Presses keys, named as in `assets/keymap.toml` with spaces between; `"…"` is typed text.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for (n, part) in keys.split('"').enumerate() {
            if n % 2 == 1 {
                self.send(part.as_bytes());
            } else {
                for key in part.split_whitespace() {
                    self.send(bytes_of(key));
                }
            }
        }
        self
    }

    /// Sends bytes as the terminal does, waits until they are decoded, and draws once.
    pub fn send(&mut self, bytes: &[u8]) {
        self.event(Event::Bytes(bytes.to_vec()));
        self.now += Duration::from_millis(200);
        self.event(Event::Deadline);
        self.draw();
    }

    /// Changes the terminal's size, and draws at once where the session wants to.
    pub fn begin_resize(&mut self, columns: u16, rows: u16) {
        self.terminal
            .screen_mut()
            .set_size(side(rows), side(columns));
        self.event(Event::Resize(Size::new(columns, rows)));
        self.draw();
    }

    /// Changes the terminal's size, and waits until it is drawn.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.terminal
            .screen_mut()
            .set_size(side(rows), side(columns));
        self.event(Event::Resize(Size::new(columns, rows)));
        self.now += Duration::from_millis(200);
        self.draw();
    }

    /// Returns the screen as text, a line each, without trailing spaces.
    pub fn screen(&self) -> String {
        let screen = self.terminal.screen();
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

    /// Returns the line that the terminal's cursor stands on.
    pub fn cursor_line(&self) -> String {
        let (row, _) = self.terminal.screen().cursor_position();
        self.screen()
            .lines()
            .nth(usize::from(row))
            .unwrap_or_default()
            .to_owned()
    }

    /// Returns the terminal.
    pub fn terminal(&self) -> &vt100::Screen {
        self.terminal.screen()
    }

    fn event(&mut self, event: Event) {
        for effect in self.session.handle(event, self.now) {
            if let Effect::Load(code, place) = &effect {
                let document = self
                    .library
                    .document(code)
                    .map_err(|error| error.to_string());
                self.event(Event::Loaded(document, place.clone()));
            }
            match &effect {
                Effect::Ask(asks) => self.event(Event::told(&self.library, asks.clone())),
                Effect::Compare(topic) => {
                    if let Some(event) = Event::compared(&self.library, topic.clone()) {
                        self.event(event);
                    }
                }
                _ => {}
            }
            self.effects.push(effect);
        }
    }

    fn draw(&mut self) {
        let mut bytes = Vec::new();
        self.frame = self
            .session
            .draw(self.now, &mut self.scratch, &mut bytes)
            .unwrap();
        assert_eq!(self.frame, bytes.len());
        self.bytes += bytes.len();
        self.terminal.process(&bytes);
    }
}

fn side(cells: u16) -> NonZero<u16> {
    NonZero::new(cells.max(1)).unwrap()
}
