//! The task that runs one user's session on a channel.
//!
//! A [`Session`] is a state machine without a thread. The task wakes for input, a deadline or a
//! change in the server, passes all of it to the session, draws once, and waits until the frame is
//! sent. So a client that does not read blocks no other, and at most one frame is buffered for it.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::time::sleep_until;

use crate::app::{Action, AppOptions, Effect, Host, PaneSettings, ReadingPosition};
use crate::content::CodeId;
use crate::serve::auth::key_entry::PtyPermission;
use crate::serve::channel::context::ChannelContext;
use crate::serve::channel::session_timers::{SessionEnd, SessionTimers};
use crate::serve::command::SessionOptions;
use crate::serve::content::ServedContent;
use crate::serve::net::rate_limiter::RateLimiter;
use crate::serve::ops::log::{log_event, printable};
use crate::session::{Event, Session, load};
use crate::tty::{Capabilities, Screen, Size};

/// The number of input bytes that are handled between two looks at the clock. Each may be a letter in
/// the search field, and so a search.
const INPUT_CHUNK: usize = 4;

/// How long a session may work before it is throttled. It then pauses three times as long as it
/// worked, so that a flood of input takes a quarter of a thread.
const MAX_BURST: Duration = Duration::from_micros(500);

/// How many opened codes per second are logged for a session in the long run, and at once.
const OPENED_RATE: u32 = 2;
const OPENED_BURST: u32 = 60;

/// Input on which tests make a session panic.
#[cfg(test)]
pub const PANIC_BYTE: u8 = 0;

/// Catches a panic, so that it ends one session only. Discard what `work` has changed if it fails.
/// The panic hook logs the panic.
pub fn catch_panic<T>(work: impl FnOnce() -> T) -> Result<T, SessionEnd> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| SessionEnd::Failed)
}

pub struct SessionTask<'a> {
    context: &'a ChannelContext,
    session: Session,
    capabilities: Capabilities,
    size: Size,
    content: watch::Receiver<Arc<ServedContent>>,
    timers: SessionTimers,
    /// Whether an event was handled since the last frame.
    dirty: bool,
    /// When the next frame may be sent.
    next_frame: Instant,
    /// When the first input arrived that is not on screen yet.
    input_since: Option<Instant>,
    /// Input taken from the buffer and not handled yet.
    input: VecDeque<u8>,
    throttled_until: Option<Instant>,
    drop_logged: bool,
    /// Limits the log lines about opened codes.
    opened_limiter: RateLimiter,
    unlogged_codes: u64,
}

impl<'a> SessionTask<'a> {
    pub fn new(
        context: &'a ChannelContext,
        options: SessionOptions,
        updates: watch::Receiver<Arc<ServedContent>>,
    ) -> Self {
        let size = context.client.size().unwrap_or(Size::DEFAULT);
        let now = Instant::now();
        let current = Arc::clone(&updates.borrow());
        let app_options = AppOptions {
            library: Arc::clone(&current.library),
            index: Arc::clone(&current.index),
            keymap: Arc::clone(&current.keymap),
            host: Host::Served,
            charset: options.capabilities.charset,
            size: ratatui::layout::Size::new(size.columns(), size.rows()),
            document: options.document,
            row_path: options.row_path,
            top: options.top,
            message: None,
            is_first_start: false,
            bookmarks: None,
            table_mode: options.table_mode,
            today: None,
            panes: PaneSettings::from(options.appearance.panes),
        };
        let mut task = Self {
            context,
            session: Session::new(app_options, options.appearance.theme, options.capabilities),
            capabilities: options.capabilities,
            size,
            content: updates,
            timers: SessionTimers::new(&context.connection.server.limits(), now),
            dirty: true,
            next_frame: now,
            input_since: None,
            input: VecDeque::new(),
            throttled_until: None,
            drop_logged: false,
            opened_limiter: RateLimiter::new(OPENED_RATE, OPENED_BURST, now),
            unlogged_codes: 0,
        };
        task.log_started();
        task
    }

    /// Runs the session to its end, and restores the client's terminal.
    pub async fn run(&mut self) -> SessionEnd {
        let started = Instant::now();
        let metrics = &self.context.connection.server.metrics;
        metrics.sessions.inc();
        let Err(end) = self.event_loop().await;
        if end == SessionEnd::Failed {
            metrics.panics.inc();
        }
        let end = self.leave(end).await.err().unwrap_or(end);
        metrics.sessions.dec();
        let seconds = started.elapsed().as_secs();
        let unlogged_codes = (self.unlogged_codes > 0).then_some(self.unlogged_codes);
        let connection = &self.context.connection;
        log_event!(connection => info, seconds, unlogged_codes, reason = ?end, "session ended");
        end
    }

    async fn event_loop(&mut self) -> Result<Infallible, SessionEnd> {
        let mut reloads = self.context.connection.server.reloads.subscribe();
        loop {
            let now = Instant::now();
            if self.dirty && now >= self.next_frame {
                let frame = self.draw(now)?;
                self.send_frame(frame).await?;
            }
            let deadline = self.deadline();
            let wake = async {
                match deadline {
                    Some(at) => sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.context.connection.server.wait_for_drain() => return Err(SessionEnd::Shutdown),
                () = self.context.input.wait_for_input() => self.process_input()?,
                Ok(()) = reloads.changed() => self.check_authorization().await?,
                Ok(()) = self.content.changed() => self.reload_content()?,
                () = wake => self.handle_due_timers()?,
            }
        }
    }

    /// When the task wakes without input. Timers wait for a frame that is due.
    fn deadline(&self) -> Option<Instant> {
        if self.dirty {
            return Some(self.next_frame);
        }
        let deadlines = [
            self.session.deadline(),
            self.timers.deadline(),
            self.throttled_until,
        ];
        deadlines.into_iter().flatten().min()
    }

    /// Handles the client's input, until it has taken too long.
    fn process_input(&mut self) -> Result<(), SessionEnd> {
        let closed = self.context.input.is_closed();
        let started = Instant::now();
        if self.throttled_until.is_some_and(|until| started < until) && !closed {
            return Ok(());
        }
        self.throttled_until = None;
        if self.input.is_empty() || closed {
            self.read_input_buffer()?;
        }
        while !self.input.is_empty() && started.elapsed() <= MAX_BURST {
            let length = self.input.len().min(INPUT_CHUNK);
            let chunk = self.input.drain(..length).collect();
            self.handle(vec![Event::Bytes(chunk)])?;
        }
        if self.input.is_empty() {
            // Frees the memory of a long paste.
            self.input = VecDeque::new();
        }
        let worked = started.elapsed();
        if worked > MAX_BURST {
            // Even if all input is handled: the buffer may have more.
            self.throttled_until = Some(started + worked * 4);
        }
        Ok(())
    }

    fn read_input_buffer(&mut self) -> Result<(), SessionEnd> {
        let pending = self.context.input.take();
        if pending.dropped > 0 && !self.drop_logged {
            self.drop_logged = true;
            let message = "input came faster than it was read, and some was dropped";
            log_event!(self.context.connection => warn, message);
        }
        let mut events = Vec::new();
        if let Some(size) = pending.size.filter(|size| *size != self.size) {
            self.size = size;
            events.push(Event::Resize(size));
        }
        if !pending.bytes.is_empty() {
            self.timers.record_input(&pending.bytes, Instant::now());
            self.input_since = self.input_since.or(pending.received_at);
            self.input = pending.bytes.into();
        }
        if pending.closed {
            events.push(Event::Eof);
            return Err(match self.handle(events) {
                Err(SessionEnd::Failed) => SessionEnd::Failed,
                _ => SessionEnd::Disconnected,
            });
        }
        self.handle(events)
    }

    fn reload_content(&mut self) -> Result<(), SessionEnd> {
        let content = Arc::clone(&self.content.borrow_and_update());
        let (library, index) = (Arc::clone(&content.library), Arc::clone(&content.index));
        self.handle(vec![Event::Action(Action::LibraryLoaded(library, index))])
    }

    /// Ends the session if the user's key may no longer open it.
    async fn check_authorization(&self) -> Result<(), SessionEnd> {
        let Some(user) = &self.context.identity else {
            return Ok(());
        };
        let connection = &self.context.connection;
        let authorized = connection.server.authorize(&user.key, connection.peer.ip());
        match authorized.await {
            Ok(PtyPermission::Allowed) => Ok(()),
            Ok(PtyPermission::Forbidden) | Err(_) => Err(SessionEnd::Revoked),
        }
    }

    fn handle_due_timers(&mut self) -> Result<(), SessionEnd> {
        let now = Instant::now();
        if self.throttled_until.is_some_and(|until| until <= now) {
            return self.process_input();
        }
        let mut events = Vec::new();
        if self.session.deadline().is_some_and(|at| at <= now) {
            events.push(Event::Deadline);
        }
        let warning = self.timers.poll(now)?;
        events.extend(warning.map(|warning| Event::Action(Action::ShowMessage(warning))));
        self.handle(events)
    }

    /// Passes events to the session, and the results of its effects in turn.
    fn handle(&mut self, mut events: Vec<Event>) -> Result<(), SessionEnd> {
        events.reverse();
        while let Some(event) = events.pop() {
            self.dirty = true;
            let session = &mut self.session;
            let effects = catch_panic(|| {
                #[cfg(test)]
                assert!(
                    !matches!(&event, Event::Bytes(bytes) if bytes.contains(&PANIC_BYTE)),
                    "panic for a test"
                );
                session.handle(event, Instant::now())
            })?;
            let mut quit = false;
            for effect in effects {
                quit |= matches!(effect, Effect::Quit);
                events.extend(self.perform_effect(effect)?);
            }
            if quit {
                return Err(SessionEnd::Quit);
            }
        }
        Ok(())
    }

    /// Performs an effect, and returns the event with its result. A served session has no shell to
    /// suspend to and saves no bookmarks.
    fn perform_effect(&mut self, effect: Effect) -> Result<Option<Event>, SessionEnd> {
        if let Effect::SavePosition(position) = effect {
            self.save_position(position);
            return Ok(None);
        }
        if let Effect::LoadDocument(code, _) = &effect {
            self.log_code(code);
        }
        let library = Arc::clone(&self.content.borrow().library);
        let action = catch_panic(|| load(&library, effect))?;
        Ok(action.map(Event::Action))
    }

    fn draw(&mut self, now: Instant) -> Result<Vec<u8>, SessionEnd> {
        self.dirty = false;
        let session = &mut self.session;
        let buffers = &self.context.connection.server.buffers;
        catch_panic(|| {
            buffers.with_buffer(|buffer| {
                let mut frame = Vec::new();
                // Writing to memory does not fail.
                let _ = session.draw(now, buffer, &mut frame);
                frame
            })
        })
    }

    async fn send_frame(&mut self, frame: Vec<u8>) -> Result<(), SessionEnd> {
        if frame.is_empty() {
            // The input changed nothing, unless the session delays the frame.
            if self.session.deadline().is_none() {
                self.input_since = None;
            }
            return Ok(());
        }
        self.context.send(frame).await?;
        let server = &self.context.connection.server;
        server.metrics.frames.inc();
        if let Some(since) = self.input_since.take() {
            server
                .metrics
                .latency
                .observe(since.elapsed().as_secs_f64());
        }
        self.next_frame = Instant::now() + server.limits().frame_interval;
        Ok(())
    }

    /// Restores the client's terminal, and explains the end unless the user quit.
    async fn leave(&mut self, end: SessionEnd) -> Result<(), SessionEnd> {
        if end == SessionEnd::Disconnected {
            return Ok(());
        }
        let mut bytes = Vec::new();
        let pending = if end == SessionEnd::Failed {
            // The state of a session that panicked is undefined.
            bytes = Screen::reset_sequence(self.capabilities, self.size);
            None
        } else {
            self.save_position(self.session.app().reading_position());
            // Writing to memory does not fail.
            let _ = self.session.leave(&mut bytes);
            self.session.pending_reply(Instant::now())
        };
        if let Some(message) = end.message() {
            bytes.extend(message.bytes());
            bytes.extend(b"\r\n");
        }
        self.context.send(bytes).await?;
        if let Some((reply, limit)) = pending {
            let limit = limit.min(Duration::from_millis(300));
            self.context.drain_replies(reply, limit).await;
        }
        Ok(())
    }

    fn save_position(&self, position: ReadingPosition) {
        let context = self.context;
        if let (Some(positions), Some(user)) =
            (&context.connection.server.positions, &context.identity)
        {
            positions.save(&user.fingerprint, position);
        }
    }

    fn log_started(&mut self) {
        let term = printable(self.context.client.term().unwrap_or_default());
        let (columns, rows) = (self.size.columns(), self.size.rows());
        log_event!(self.context.connection => info, term, columns, rows, "session");
        let code = self.session.app().document_view().document().code.clone();
        self.log_code(&code);
    }

    fn log_code(&mut self, code: &CodeId) {
        let connection = &self.context.connection;
        if !self.context.connection.server.limits().log_codes || !connection.is_logged() {
            return;
        }
        if self.opened_limiter.try_record(Instant::now()) {
            log_event!(connection => info, %code, "opened");
        } else {
            self.unlogged_codes += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panic_becomes_an_error() {
        let caught = catch_panic(|| -> u8 { panic!("for a test") });
        assert_eq!(caught, Err(SessionEnd::Failed));
        assert_eq!(catch_panic(|| 7), Ok(7));
    }
}
