//! One reader on one terminal: events in, effects and bytes out, the same on every host.

use std::collections::VecDeque;
use std::io;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::app::messages::status;
use crate::app::{
    Action, App, AppOptions, Command, Effect, Mode, MouseOwner, Movement, PaneSettings,
    ReadingPosition,
};
use crate::session::code_typing::CodeTyping;
use crate::session::event::Event;
use crate::tty::{
    Background, Capabilities, ColorDepth, Decoder, Feature, FrameDecision, FramePacer, Input,
    MouseCapture, MouseKind, PendingReply, Screen, Size, clipboard,
};
use crate::view;
use crate::view::{SCREEN_LINES, Theme, Transcript};

/// The time from a move to the effect that saves the reader's position.
const SAVE_DELAY: Duration = Duration::from_millis(700);

/// The time from the last input to the update of the panes beside the rows.
const REST_DELAY: Duration = Duration::from_millis(60);

/// The time from the last typed character to the line about it, if text is only appended.
const TYPING_PAUSE: Duration = Duration::from_millis(250);

/// How long the program waits at its end for the terminal's background, so that the answer does not
/// reach the shell.
const BACKGROUND_TIMEOUT: Duration = Duration::from_millis(300);

/// The time from a resize to the next frame, so that dragging a window costs few frames.
const RESIZE_DELAY: Duration = Duration::from_millis(30);

#[derive(Debug)]
pub struct Session {
    app: App,
    theme: Arc<Theme>,
    /// Whether the next frame asks for the background, because the theme depends on it.
    asks_background: bool,
    /// When the terminal was asked, until it answers.
    background_asked: Option<Instant>,
    decoder: Decoder,
    screen: Screen,
    /// Writes lines in place of frames to a terminal to which text is only appended.
    transcript: Option<Transcript>,
    /// Whether the app has changed since the last frame.
    stale: bool,
    /// Input that waits for the answer to an effect, because it is meant for the new document or
    /// comparison.
    inputs: VecDeque<Input>,
    /// When `inputs` began to wait.
    input_held_since: Option<Instant>,
    saved_position: ReadingPosition,
    saved_panes: PaneSettings,
    /// The number of changes of the search history that were saved.
    saved_history_changes: usize,
    save_at: Option<Instant>,
    code_typing: CodeTyping,
    /// When the cursor has rested for long enough. `None` unless it has moved.
    rest_at: Option<Instant>,
    pacer: FramePacer,
    /// The time of the next frame at the earliest: the size may change again, or the terminal is
    /// slow.
    draw_after: Option<Instant>,
}

impl Session {
    /// Opens the app. Nothing is sent before the first [`Session::draw`].
    pub fn new(mut options: AppOptions, theme: Arc<Theme>, capabilities: Capabilities) -> Self {
        let size = Size::new(options.size.width, options.size.height);
        options.size = app_size(size, capabilities);
        let app = App::new(options);
        let mut screen = Screen::new(size, capabilities);
        screen.enter();
        let background = capabilities.background;
        let theme = background.map_or(Arc::clone(&theme), |it| theme_for(theme, it));
        Self {
            asks_background: theme.depends_on_background()
                && capabilities.color_depth != ColorDepth::None,
            background_asked: None,
            saved_position: app.reading_position(),
            saved_panes: app.side_panes().settings(),
            saved_history_changes: 0,
            app,
            theme,
            decoder: Decoder::default(),
            screen,
            transcript: capabilities.appends_only.then(Transcript::default),
            stale: true,
            inputs: VecDeque::new(),
            input_held_since: None,
            save_at: None,
            code_typing: CodeTyping::default(),
            rest_at: None,
            pacer: FramePacer::new(capabilities),
            draw_after: None,
        }
    }

    pub const fn app(&self) -> &App {
        &self.app
    }

    /// Handles one event, and returns the effects for the host to carry out. Draws nothing: a host
    /// passes every event that is waiting, and then calls [`Session::draw`] once.
    pub fn handle(&mut self, event: Event, now: Instant) -> Vec<Effect> {
        let mut effects = Vec::new();
        let is_input = matches!(event, Event::Bytes(_));
        match event {
            Event::Bytes(bytes) => self.decoder.feed(&bytes, now, &mut self.inputs),
            Event::Deadline => {
                self.decoder.expire(now, &mut self.inputs);
                if self.save_at.is_some_and(|at| at <= now) {
                    self.save_user_data(&mut effects);
                }
                if self.rest_at.is_some_and(|at| at <= now) {
                    self.update(Action::Rest, &mut effects);
                }
            }
            Event::Resize(size) => {
                self.screen.resize(size);
                self.draw_after = Some(now + RESIZE_DELAY);
                let size = app_size(size, self.screen.capabilities());
                self.update(Action::Resize(size), &mut effects);
            }
            Event::Resumed => {
                self.screen = Screen::new(self.screen.size(), self.screen.capabilities());
                self.screen.enter();
                self.restart_transcript();
                if self.app.mouse_owner == MouseOwner::App {
                    self.screen.capture_mouse(MouseCapture::On);
                }
                self.stale = true;
            }
            Event::Action(action) => self.update(action, &mut effects),
            Event::Suspend => effects.push(Effect::Suspend),
            Event::Eof | Event::Shutdown(_) => effects.push(Effect::Quit),
        }
        self.process_inputs(now, &mut effects);
        if is_input && self.transcript.is_some() {
            // Words are written when they are typed, not letter by letter.
            let is_typing = self.app.mode().has_text_field();
            self.draw_after = is_typing.then(|| now + TYPING_PAUSE);
        }
        if !self.app.is_moving() {
            self.rest_at = None;
        } else if is_input || self.rest_at.is_none() {
            self.rest_at = Some(now + REST_DELAY);
        }
        if effects.contains(&Effect::Quit) {
            let mut last = Vec::new();
            self.save_user_data(&mut last);
            effects.splice(0..0, last);
        }
        let has_unsaved =
            self.has_unsaved_position() || self.has_unsaved_history() || self.has_unsaved_panes();
        if !has_unsaved {
            self.save_at = None;
        } else if self.save_at.is_none() {
            self.save_at = Some(now + SAVE_DELAY);
        }
        effects
    }

    fn has_unsaved_position(&self) -> bool {
        self.app.reading_position() != self.saved_position
    }

    fn has_unsaved_panes(&self) -> bool {
        self.app.side_panes().settings() != self.saved_panes
    }

    const fn has_unsaved_history(&self) -> bool {
        self.app.search_history_changes() != self.saved_history_changes
    }

    fn save_user_data(&mut self, effects: &mut Vec<Effect>) {
        if self.has_unsaved_position() {
            self.saved_position = self.app.reading_position();
            effects.push(Effect::SavePosition(self.saved_position.clone()));
        }
        if self.has_unsaved_panes() {
            self.saved_panes = self.app.side_panes().settings();
            effects.push(Effect::SavePanes(self.saved_panes));
        }
        if self.has_unsaved_history() {
            self.saved_history_changes = self.app.search_history_changes();
            let history = self.app.search_history().clone();
            effects.push(Effect::SaveSearchHistory(history));
        }
    }

    /// When the session wants an [`Event::Deadline`].
    pub fn deadline(&self) -> Option<Instant> {
        let due = [
            self.decoder.deadline(),
            self.save_at,
            self.rest_at,
            self.draw_after,
            self.input_held_since,
        ];
        due.into_iter().flatten().min()
    }

    /// Draws what has changed since the last frame, and returns the number of bytes. All sessions
    /// of a thread can share one scratch buffer.
    pub fn draw(
        &mut self,
        now: Instant,
        scratch: &mut Buffer,
        out: &mut impl Write,
    ) -> io::Result<usize> {
        if !self.stale || self.draw_after.is_some_and(|until| now < until) {
            return Ok(0);
        }
        if let Some(transcript) = &mut self.transcript {
            self.draw_after = None;
            self.stale = false;
            let mut bytes = self.screen.take_queued();
            for line in transcript.update(&self.app) {
                bytes.extend(line.as_bytes());
                bytes.extend(b"\r\n");
            }
            out.write_all(&bytes)?;
            out.flush()?;
            return Ok(bytes.len());
        }
        let decision = self.pacer.decide(now);
        if let FrameDecision::Wait(until) = decision {
            self.draw_after = Some(until);
            return Ok(0);
        }
        self.draw_after = None;
        self.stale = false;
        if decision == FrameDecision::DrawAndQuery {
            self.screen.request_status();
        }
        if std::mem::take(&mut self.asks_background) {
            self.screen.request_background();
            self.background_asked = Some(now);
        }
        let (app, theme) = (&self.app, &self.theme);
        let draw_band = |band: &mut Buffer| {
            let drawn = view::draw(app, theme, band);
            (drawn.cursor, drawn.links)
        };
        let sent = self.screen.draw_in_bands(scratch, draw_band, out)?;
        if sent > 0 {
            self.pacer.record_frame(decision, now);
        }
        Ok(sent)
    }

    /// Restores the screen and modes of the terminal.
    pub fn leave(&mut self, out: &mut impl Write) -> io::Result<()> {
        self.screen.leave(out)
    }

    /// The last reply that is outstanding, and how long it may still take. `None` without a query.
    pub fn pending_reply(&self, now: Instant) -> Option<(PendingReply, Duration)> {
        let background = self.background_asked.and_then(|asked| {
            let until = asked + BACKGROUND_TIMEOUT;
            until.checked_duration_since(now)
        });
        match self.pacer.drain_timeout(now) {
            Some(timeout) => Some((PendingReply::Status, timeout)),
            None => background.map(|timeout| (PendingReply::Background, timeout)),
        }
    }

    /// Runs the commands of waiting input, up to one with an effect that holds the rest.
    fn process_inputs(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        while !effects.iter().any(holds_input)
            && let Some(input) = self.inputs.pop_front()
        {
            match input {
                Input::Key(key) => {
                    let action = self.action_for(key, now);
                    self.update(action, effects);
                }
                Input::Paste(text) => self.update(Action::Paste(text), effects),
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
                Input::Background(background) => {
                    self.background_asked = None;
                    self.theme = theme_for(Arc::clone(&self.theme), background);
                    self.stale = true;
                }
            }
        }
        self.input_held_since = (!self.inputs.is_empty()).then_some(now);
    }

    /// The command of a key, the text that it types, or the code that it continues.
    fn action_for(&mut self, key: KeyEvent, now: Instant) -> Action {
        let app = &self.app;
        let command = app.keymap().command(app.mode(), key);
        let typed = typed_character(key);
        let may_be_code = match app.mode() {
            // The commands of capital letters and moves lose nothing if a code follows.
            Mode::Document | Mode::Outline | Mode::RowDetail => matches!(
                command,
                None | Some(
                    Command::Section(_)
                        | Command::Move(_)
                        | Command::Left
                        | Command::Right
                        | Command::NextHit
                        | Command::PreviousHit
                        | Command::Bookmarks
                        | Command::CopyWithCitation
                )
            ),
            // The first letter of the code has opened the list.
            Mode::Bookmarks => {
                command.is_none() && typed.is_some_and(|c| self.code_typing.is_continued_by(c, now))
            }
            _ => false,
        };
        match typed.filter(|_| may_be_code) {
            Some(c) => {
                let position = || app.reading_position();
                let code = self.code_typing.push(c, now, command.is_some(), position);
                if let Some((text, start)) = code {
                    return Action::CodeTyped(text, start);
                }
            }
            None => self.code_typing.clear(),
        }
        let insert = || typed.map(|c| Action::Insert(c.to_string()));
        let command = command.map(Action::Command);
        command.or_else(insert).unwrap_or(Action::UnboundKey)
    }

    /// Switches to the next built-in theme, and returns its name.
    fn use_next_theme(&mut self) -> Option<&'static str> {
        let (name, theme) = self.theme.next_built_in()?;
        let theme = Arc::new(theme);
        let background = self.screen.capabilities().background;
        self.theme = background.map_or(Arc::clone(&theme), |it| theme_for(theme, it));
        self.app.update(Action::ShowMessage(status::theme(name)));
        Some(name)
    }

    fn restart_transcript(&mut self) {
        if let Some(transcript) = &mut self.transcript {
            *transcript = Transcript::default();
        }
    }

    fn update(&mut self, action: Action, effects: &mut Vec<Effect>) {
        self.stale = true;
        match self.app.update(action) {
            Some(Effect::Redraw) => {
                self.screen.invalidate();
                self.restart_transcript();
            }
            Some(Effect::SetMouseOwner(MouseOwner::App)) => {
                self.screen.capture_mouse(MouseCapture::On);
            }
            Some(Effect::SetMouseOwner(MouseOwner::Terminal)) => {
                self.screen.capture_mouse(MouseCapture::Off);
            }
            Some(Effect::Copy(text)) => self.copy(&text),
            Some(Effect::NextTheme) => {
                effects.extend(self.use_next_theme().map(Effect::SaveTheme));
            }
            Some(effect) => effects.push(effect),
            None => {}
        }
    }

    /// Sends a text to the terminal's clipboard with the next frame.
    fn copy(&mut self, text: &str) {
        let capabilities = self.screen.capabilities();
        let error = if capabilities.can(Feature::Clipboard) {
            match clipboard::copy_sequence(text, capabilities.multiplexer) {
                Ok(bytes) => return self.screen.queue(&bytes),
                Err(error) => error.to_string(),
            }
        } else {
            status::NO_CLIPBOARD.to_owned()
        };
        self.app.update(Action::ShowMessage(error));
    }
}

/// The size of the app's screen. A terminal to which text is only appended has no last line.
const fn app_size(size: Size, capabilities: Capabilities) -> ratatui::layout::Size {
    let lines = if capabilities.appends_only {
        SCREEN_LINES
    } else {
        size.rows()
    };
    ratatui::layout::Size::new(size.columns(), lines)
}

/// The theme for a background, in place of the one for any background.
fn theme_for(theme: Arc<Theme>, background: Background) -> Arc<Theme> {
    let name = match background {
        Background::Dark => "dark",
        Background::Light => "light",
    };
    match Theme::built_in(name) {
        Some(Ok(known)) if theme.depends_on_background() => Arc::new(known),
        _ => theme,
    }
}

/// Returns true if input has to wait until an effect is carried out, because it is meant for the
/// document or comparison that the effect loads.
const fn holds_input(effect: &Effect) -> bool {
    match effect {
        Effect::LoadDocument(..)
        | Effect::LoadComparison(_)
        | Effect::Locate(_)
        | Effect::Edit(_)
        | Effect::Suspend
        | Effect::Quit => true,
        Effect::Redraw
        | Effect::ReloadDocument(_)
        | Effect::LoadExcerpts(_)
        | Effect::LoadPreview(_)
        | Effect::Copy(_)
        | Effect::SetMouseOwner(_)
        | Effect::NextTheme
        | Effect::SaveTheme(_)
        | Effect::SavePanes(_)
        | Effect::SaveBookmark(_)
        | Effect::SavePosition(_)
        | Effect::SaveSearchHistory(_) => false,
    }
}

/// The character that a key types.
fn typed_character(key: KeyEvent) -> Option<char> {
    let plain = !key
        .modifiers
        .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    match key.code {
        KeyCode::Char(c) if plain => Some(c),
        _ => None,
    }
}
