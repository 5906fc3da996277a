//! Runs one reader: events in, effects and bytes out, the same under every host.

use std::collections::VecDeque;
use std::io;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::{Action, App, AppOptions, Effect, MouseOwner, Movement, ReadingPosition};
use crate::session::event::Event;
use crate::tty::Size;
use crate::tty::{
    Capabilities, Decoder, Feature, FrameDecision, FramePacer, Input, MouseCapture, MouseKind,
    Screen, clipboard,
};
use crate::view;
use crate::view::Theme;

/// How long after the last move the reader's place is handed out to be kept.
const SAVE_DELAY: Duration = Duration::from_millis(700);

/// How long a window that is being dragged is given before it is drawn: a storm of resizes costs
/// one frame, and nobody sees the difference.
const RESIZE_DELAY: Duration = Duration::from_millis(30);

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
    input_held_since: Option<Instant>,
    saved_position: ReadingPosition,
    save_at: Option<Instant>,
    pacer: FramePacer,
    /// Until when nothing is drawn: the size may go on changing, or the terminal is behind.
    draw_after: Option<Instant>,
}

impl Session {
    /// Opens a reader; nothing is sent before the first [`Session::draw`].
    pub fn new(start: AppOptions, theme: Arc<Theme>, capabilities: Capabilities) -> Self {
        let size = Size::new(start.size.width, start.size.height);
        let app = App::new(start);
        let kept = app.reading_position();
        let mut screen = Screen::new(size, capabilities);
        screen.enter();
        Self {
            app,
            theme,
            decoder: Decoder::default(),
            screen,
            stale: true,
            inputs: VecDeque::new(),
            input_held_since: None,
            saved_position: kept,
            save_at: None,
            pacer: FramePacer::new(capabilities),
            draw_after: None,
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
                if self.save_at.is_some_and(|at| at <= now) {
                    self.save_at = None;
                    self.saved_position = self.app.reading_position();
                    effects.push(Effect::SavePosition(self.saved_position.clone()));
                }
            }
            Event::Resize(size) => {
                self.screen.resize(size);
                self.draw_after = Some(now + RESIZE_DELAY);
                let size = ratatui::layout::Size::new(size.columns(), size.rows());
                self.update(Action::Resize(size), &mut effects);
            }
            Event::Resumed => {
                self.screen = Screen::new(self.screen.size(), self.screen.capabilities());
                self.screen.enter();
                if self.app.mouse_owner() == MouseOwner::App {
                    self.screen.capture_mouse(MouseCapture::On);
                }
                self.stale = true;
            }
            Event::Action(action) => self.update(action, &mut effects),
            Event::Suspend => effects.push(Effect::Suspend),
            Event::Eof | Event::Shutdown(_) => effects.push(Effect::Quit),
        }
        self.process_inputs(now, &mut effects);
        if effects.contains(&Effect::Quit) && self.app.reading_position() != self.saved_position {
            effects.insert(0, Effect::SavePosition(self.app.reading_position()));
        }
        if self.app.reading_position() == self.saved_position {
            self.save_at = None;
        } else if self.save_at.is_none() {
            self.save_at = Some(now + SAVE_DELAY);
        }
        effects
    }

    /// Returns when the session wants an [`Event::Deadline`], if at all.
    pub fn deadline(&self) -> Option<Instant> {
        let due = [
            self.decoder.deadline(),
            self.save_at,
            self.draw_after,
            self.input_held_since,
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
        if !self.stale || self.draw_after.is_some_and(|until| now < until) {
            return Ok(0);
        }
        let turn = self.pacer.decide(now);
        if let FrameDecision::Wait(until) = turn {
            self.draw_after = Some(until);
            return Ok(0);
        }
        self.draw_after = None;
        self.stale = false;
        let size = self.screen.size();
        scratch.resize(Rect::new(0, 0, size.columns(), size.rows()));
        scratch.reset();
        let cursor = view::draw(&self.app, &self.theme, scratch);
        if turn == FrameDecision::DrawAndQuery {
            self.screen.request_status();
        }
        let sent = self.screen.draw(scratch, cursor, out)?;
        if sent > 0 {
            self.pacer.record_frame(turn, now);
        }
        Ok(sent)
    }

    /// Gives the terminal back as it was.
    pub fn leave(&mut self, out: &mut impl Write) -> io::Result<()> {
        self.screen.leave(out)
    }

    /// Returns how long an answer of the terminal may still take to arrive, where one is awaited.
    pub fn drain_timeout(&self, now: Instant) -> Option<Duration> {
        self.pacer.drain_timeout(now)
    }

    /// Acts on what was read, up to a key that the host has to do something for first.
    fn process_inputs(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        while !effects.iter().any(holds_input)
            && let Some(input) = self.inputs.pop_front()
        {
            match input {
                Input::Key(key) => {
                    if let Some(command) = self.app.keymap().command(self.app.mode(), key) {
                        self.update(Action::Command(command), effects);
                    } else if let Some(text) = typed_text(key) {
                        self.update(Action::Insert(text), effects);
                    }
                }
                Input::Paste(text) => self.update(Action::Insert(text), effects),
                Input::Mouse(mouse) => {
                    let action = match mouse.kind {
                        MouseKind::Press => Action::Click(Position::new(mouse.column, mouse.row)),
                        MouseKind::WheelUp => Action::Wheel(Movement::Up),
                        MouseKind::WheelDown => Action::Wheel(Movement::Down),
                    };
                    self.update(action, effects);
                }
                Input::Ready => {
                    self.pacer.record_response(now);
                    self.draw_after = None;
                }
            }
        }
        self.input_held_since = (!self.inputs.is_empty()).then_some(now);
    }

    fn update(&mut self, action: Action, effects: &mut Vec<Effect>) {
        self.stale = true;
        match self.app.update(action) {
            Some(Effect::Redraw) => self.screen.invalidate(),
            Some(Effect::SetMouseOwner(MouseOwner::App)) => {
                self.screen.capture_mouse(MouseCapture::On);
            }
            Some(Effect::SetMouseOwner(MouseOwner::Terminal)) => {
                self.screen.capture_mouse(MouseCapture::Off);
            }
            Some(Effect::Copy(text)) => self.copy(&text),
            Some(effect) => effects.push(effect),
            None => {}
        }
    }

    /// Sends a text to the terminal's clipboard, with the next frame.
    fn copy(&mut self, text: &str) {
        let capabilities = self.screen.capabilities();
        let trouble = if capabilities.can(Feature::Clipboard) {
            match clipboard::copy_sequence(text, capabilities.multiplexer) {
                Ok(bytes) => return self.screen.queue(&bytes),
                Err(error) => error.to_string(),
            }
        } else {
            "this terminal has no clipboard to send to: select the text".to_owned()
        };
        self.app.update(Action::ShowMessage(trouble));
    }
}

/// Says whether what is typed next is meant for what an effect brings.
const fn holds_input(effect: &Effect) -> bool {
    match effect {
        Effect::LoadDocument(..) | Effect::LoadComparison(_) | Effect::Suspend | Effect::Quit => {
            true
        }
        Effect::Redraw
        | Effect::ReloadDocument(_)
        | Effect::LoadExcerpts(_)
        | Effect::Copy(_)
        | Effect::SetMouseOwner(_)
        | Effect::SaveBookmark(_)
        | Effect::SavePosition(_) => false,
    }
}

/// Returns the character that a key types.
fn typed_text(key: crossterm::event::KeyEvent) -> Option<String> {
    use crossterm::event::{KeyCode, KeyModifiers};
    let plain = !key
        .modifiers
        .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    match key.code {
        KeyCode::Char(c) if plain => Some(c.to_string()),
        _ => None,
    }
}
