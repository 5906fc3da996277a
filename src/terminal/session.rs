//! Runs one reader: events in, effects and bytes out, the same under every host.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{
    Capabilities, Decoder, Event, Feature, Input, MouseCapture, MouseKind, Pacing, Screen, Size,
    Turn, clipboard,
};
use crate::app::{Action, App, Effect, Mouse, Start, Step, Whereabouts};
use crate::view::{self, Theme};

/// How long after the last move the reader's place is handed out to be kept.
const SETTLED: Duration = Duration::from_millis(700);

/// How long a window that is being dragged is given before it is drawn: a storm of resizes costs
/// one frame, and nobody sees the difference.
const RESIZED: Duration = Duration::from_millis(30);

/// One reader on one terminal.
#[derive(Debug)]
pub struct Session {
    app: App,
    theme: Arc<Theme>,
    decoder: Decoder,
    screen: Screen,
    /// Whether anything happened since the last frame.
    stale: bool,
    /// What was read and not yet acted on: what came behind a key whose effect is awaited is meant
    /// for what that brings.
    inputs: VecDeque<Input>,
    /// Since when that waits.
    held: Option<Instant>,
    kept: Whereabouts,
    keep_at: Option<Instant>,
    pacing: Pacing,
    /// Until when nothing is drawn: the size may go on changing, or the terminal is behind.
    still_until: Option<Instant>,
}

impl Session {
    /// Opens a reader; nothing is sent before the first [`Session::draw`].
    pub fn new(start: Start, theme: Arc<Theme>, capabilities: Capabilities) -> Self {
        let size = Size::new(start.size.width, start.size.height);
        let app = App::new(start);
        let kept = app.whereabouts();
        let mut screen = Screen::new(size, capabilities);
        screen.enter();
        Self {
            app,
            theme,
            decoder: Decoder::default(),
            screen,
            stale: true,
            inputs: VecDeque::new(),
            held: None,
            kept,
            keep_at: None,
            pacing: Pacing::new(capabilities),
            still_until: None,
        }
    }

    /// Returns the state.
    pub const fn app(&self) -> &App {
        &self.app
    }

    /// Takes one event in, and returns what the host is to do. Draws nothing: a host hands in
    /// every event that is waiting, and then calls [`Session::draw`] once.
    pub fn handle(&mut self, event: Event, now: Instant) -> Vec<Effect> {
        let mut effects = Vec::new();
        match event {
            Event::Bytes(bytes) => self.decoder.feed(&bytes, now, &mut self.inputs),
            Event::Deadline => {
                self.decoder.expire(now, &mut self.inputs);
                if self.keep_at.is_some_and(|at| at <= now) {
                    self.keep_at = None;
                    self.kept = self.app.whereabouts();
                    effects.push(Effect::Keep(self.kept.clone()));
                }
            }
            Event::Resize(size) => {
                self.screen.resize(size);
                self.still_until = Some(now + RESIZED);
                let size = ratatui::layout::Size::new(size.columns(), size.rows());
                self.update(Action::Resize(size), &mut effects);
            }
            Event::Resumed => {
                self.screen = Screen::new(self.screen.size(), self.screen.capabilities());
                self.screen.enter();
                if self.app.mouse() == Mouse::Reader {
                    self.screen.capture_mouse(MouseCapture::On);
                }
                self.stale = true;
            }
            Event::Loaded(Ok(document), place) => {
                self.update(Action::Loaded(document, place), &mut effects);
            }
            Event::Loaded(Err(error), _) => self.update(Action::Note(error), &mut effects),
            Event::Told(answers) => self.update(Action::Told(answers), &mut effects),
            Event::Compared(topic, document, place) => {
                self.update(Action::Compared(topic, document, place), &mut effects);
            }
            Event::Catalogue(library, index) => {
                self.update(Action::Catalogue(library, index), &mut effects);
            }
            Event::Reloaded(document) => self.update(Action::Reloaded(document), &mut effects),
            Event::Progress(progress) => self.update(Action::Progress(progress), &mut effects),
            Event::Note(note) => self.update(Action::Note(note), &mut effects),
            Event::Suspend => effects.push(Effect::Suspend),
            Event::Eof | Event::Leave(_) => effects.push(Effect::Quit),
        }
        self.take(now, &mut effects);
        if effects.contains(&Effect::Quit) && self.app.whereabouts() != self.kept {
            effects.insert(0, Effect::Keep(self.app.whereabouts()));
        }
        if self.app.whereabouts() == self.kept {
            self.keep_at = None;
        } else if self.keep_at.is_none() {
            self.keep_at = Some(now + SETTLED);
        }
        effects
    }

    /// Returns when the session wants an [`Event::Deadline`], if at all.
    pub fn deadline(&self) -> Option<Instant> {
        let due = [
            self.decoder.deadline(),
            self.keep_at,
            self.still_until,
            self.held,
        ];
        due.into_iter().flatten().min()
    }

    /// Draws what has changed since the last frame, and returns how many bytes it took. The
    /// buffer is scratch: one serves every session of a thread.
    pub fn draw(
        &mut self,
        now: Instant,
        scratch: &mut Buffer,
        out: &mut impl Write,
    ) -> io::Result<usize> {
        if !self.stale || self.still_until.is_some_and(|until| now < until) {
            return Ok(0);
        }
        let turn = self.pacing.turn(now);
        if let Turn::Wait(until) = turn {
            self.still_until = Some(until);
            return Ok(0);
        }
        self.still_until = None;
        self.stale = false;
        let size = self.screen.size();
        scratch.resize(Rect::new(0, 0, size.columns(), size.rows()));
        scratch.reset();
        let cursor = view::draw(&self.app, &self.theme, scratch);
        if turn == Turn::DrawAndAsk {
            self.screen.ask_when_read();
        }
        let sent = self.screen.draw(scratch, cursor, out)?;
        if sent > 0 {
            self.pacing.drawn(turn, now);
        }
        Ok(sent)
    }

    /// Gives the terminal back as it was.
    pub fn leave(&mut self, out: &mut impl Write) -> io::Result<()> {
        self.screen.leave(out)
    }

    /// Returns how long an answer of the terminal may still take to arrive, where one is awaited.
    pub fn outstanding(&self, now: Instant) -> Option<Duration> {
        self.pacing.farewell(now)
    }

    /// Acts on what was read, up to a key that the host has to do something for first.
    fn take(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        while !effects.iter().any(is_awaited)
            && let Some(input) = self.inputs.pop_front()
        {
            match input {
                Input::Key(key) => {
                    if let Some(command) = self.app.keymap().command(self.app.room(), key) {
                        self.update(Action::Do(command), effects);
                    } else if let Some(text) = typed(key) {
                        self.update(Action::Insert(text), effects);
                    }
                }
                Input::Paste(text) => self.update(Action::Insert(text), effects),
                Input::Mouse(mouse) => {
                    let action = match mouse.kind {
                        MouseKind::Press => Action::Click(Position::new(mouse.column, mouse.row)),
                        MouseKind::WheelUp => Action::Wheel(Step::Up),
                        MouseKind::WheelDown => Action::Wheel(Step::Down),
                    };
                    self.update(action, effects);
                }
                Input::Ready => {
                    self.pacing.answered(now);
                    self.still_until = None;
                }
            }
        }
        self.held = (!self.inputs.is_empty()).then_some(now);
    }

    fn update(&mut self, action: Action, effects: &mut Vec<Effect>) {
        self.stale = true;
        match self.app.update(action) {
            Some(Effect::Redraw) => self.screen.forget(),
            Some(Effect::Mouse(Mouse::Reader)) => self.screen.capture_mouse(MouseCapture::On),
            Some(Effect::Mouse(Mouse::Terminal)) => self.screen.capture_mouse(MouseCapture::Off),
            Some(Effect::Copy(text)) => self.copy(&text),
            Some(effect) => effects.push(effect),
            None => {}
        }
    }

    /// Sends a text to the terminal's clipboard, with the next frame.
    fn copy(&mut self, text: &str) {
        let capabilities = self.screen.capabilities();
        let trouble = if capabilities.can(Feature::Clipboard) {
            match clipboard::copy(text, capabilities.multiplexer) {
                Ok(bytes) => return self.screen.queue(&bytes),
                Err(error) => error.to_string(),
            }
        } else {
            "this terminal has no clipboard to send to: select the text".to_owned()
        };
        self.app.update(Action::Note(trouble));
    }
}

/// Says whether what is typed next is meant for what an effect brings.
const fn is_awaited(effect: &Effect) -> bool {
    match effect {
        Effect::Load(..) | Effect::Compare(_) | Effect::Suspend | Effect::Quit => true,
        Effect::Redraw
        | Effect::Reload(_)
        | Effect::Ask(_)
        | Effect::Copy(_)
        | Effect::Mouse(_)
        | Effect::Mark(_)
        | Effect::Keep(_) => false,
    }
}

/// Returns the character that a key types.
fn typed(key: crossterm::event::KeyEvent) -> Option<String> {
    use crossterm::event::{KeyCode, KeyModifiers};
    let plain = !key
        .modifiers
        .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    match key.code {
        KeyCode::Char(c) if plain => Some(c.to_string()),
        _ => None,
    }
}
