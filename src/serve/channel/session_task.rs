//! Hosts one reader's session on a channel.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::time::sleep_until;

use crate::app::{Action, AppOptions, Effect, Host, ReadingPosition};
use crate::serve::auth::key_entry;
use crate::serve::channel::catch_panic::{PanicError, catch_panic};
use crate::serve::channel::context::{ChannelContext, Gone};
use crate::serve::channel::session_end::SessionEnd;
use crate::serve::channel::session_timers::SessionTimers;
use crate::serve::command::SessionOptions;
use crate::serve::content::ServedContent;
use crate::serve::settings::CodeLogging;
use crate::serve::state::Phase;
use crate::session::{Event, Session, load};
use crate::tty::Size;
use crate::tty::{Capabilities, Screen};

/// How many bytes of input are handed in before the time that they took is looked at. Each may be
/// a letter in the search field, which is a search.
const INPUT_CHUNK: usize = 4;

/// How long a session may work at a stretch, which others may have to wait for. What takes longer
/// is followed by a rest three times as long, so that a flood takes a quarter of a thread and not
/// all of it.
const MAX_BURST: Duration = Duration::from_micros(500);

/// What a test sends to have a session fail; nothing that is known makes one fail.
#[cfg(test)]
pub const PANIC_BYTE: u8 = 0;

/// One reader's session on a channel.
pub struct SessionTask<'a> {
    context: &'a ChannelContext,
    session: Session,
    capabilities: Capabilities,
    size: Size,
    content: watch::Receiver<Arc<ServedContent>>,
    timers: SessionTimers,
    /// Whether something happened since the last frame.
    dirty: bool,
    /// When the next frame may be sent.
    next_frame: Instant,
    /// When the first input came that is not on screen yet.
    input_since: Option<Instant>,
    /// Input that was taken and not handed in yet.
    input: VecDeque<u8>,
    /// Until when this session rests.
    throttled_until: Option<Instant>,
    drop_logged: bool,
}

impl<'a> SessionTask<'a> {
    /// Opens a reader.
    pub fn new(
        desk: &'a ChannelContext,
        opening: SessionOptions,
        stock: watch::Receiver<Arc<ServedContent>>,
    ) -> Self {
        let size = desk.client.size().unwrap_or(Size::DEFAULT);
        let now = Instant::now();
        let session = {
            let stock = stock.borrow();
            let start = AppOptions {
                library: Arc::clone(&stock.library),
                index: Arc::clone(&stock.index),
                keymap: Arc::clone(&stock.keymap),
                host: Host::Served,
                charset: opening.capabilities.charset,
                size: ratatui::layout::Size::new(size.columns(), size.rows()),
                document: opening.document,
                row_path: opening.place,
                top: opening.top,
                message: None,
                bookmarks: None,
                table_mode: opening.flow,
            };
            Session::new(start, opening.theme, opening.capabilities)
        };
        let reading = Self {
            context: desk,
            session,
            capabilities: opening.capabilities,
            size,
            content: stock,
            timers: SessionTimers::new(&desk.server.limits(), now),
            dirty: true,
            next_frame: now,
            input_since: None,
            input: VecDeque::new(),
            throttled_until: None,
            drop_logged: false,
        };
        reading.log_started();
        reading
    }

    /// Runs the session to its end, and gives the client's terminal back.
    pub async fn run(&mut self) -> SessionEnd {
        let started = Instant::now();
        let metrics = Arc::clone(&self.context.server.metrics);
        metrics.sessions.inc();
        let ending = match self.event_loop().await {
            Ok(ending) => ending,
            Err(Gone) => SessionEnd::Gone,
        };
        if ending == SessionEnd::Failed {
            self.context.record_panic();
        }
        let ending = match self.leave(ending).await {
            Ok(()) => ending,
            Err(Gone) => SessionEnd::Gone,
        };
        metrics.sessions.dec();
        tracing::info!(
            connection = self.context.connection.id,
            seconds = started.elapsed().as_secs(),
            reason = ?ending,
            "session ended"
        );
        ending
    }

    async fn event_loop(&mut self) -> Result<SessionEnd, Gone> {
        let mut phase = self.context.server.phase.subscribe();
        let mut reloads = self.context.server.reloads.subscribe();
        loop {
            let now = Instant::now();
            if self.dirty && now >= self.next_frame {
                match self.draw(now) {
                    Ok(frame) => self.send_frame(frame).await?,
                    Err(PanicError) => return Ok(SessionEnd::Failed),
                }
            }
            let wake = if self.dirty {
                // What else is due waits for the frame, too.
                Some(self.next_frame)
            } else {
                let due = [
                    self.session.deadline(),
                    self.timers.deadline(),
                    self.throttled_until,
                ];
                due.into_iter().flatten().min()
            };
            let alarm = async {
                match wake {
                    Some(at) => sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            let handled = tokio::select! {
                // The sender lives as long as the house.
                _ = phase.wait_for(|phase| *phase == Phase::Draining) => Ok(Some(SessionEnd::Shutdown)),
                () = self.context.input.wait_for_input() => self.process_input(),
                Ok(()) = reloads.changed() => Ok(self.check_authorization()),
                Ok(()) = self.content.changed() => self.reload_content(),
                () = alarm => self.handle_due_timers(),
            };
            match handled {
                Ok(None) => {}
                Ok(Some(ending)) => return Ok(ending),
                Err(PanicError) => return Ok(SessionEnd::Failed),
            }
        }
    }

    /// Takes what the client sent: one frame is drawn for all of it.
    fn process_input(&mut self) -> Result<Option<SessionEnd>, PanicError> {
        let ended = self.context.input.is_closed();
        let started = Instant::now();
        if self.throttled_until.is_some_and(|until| started < until) && !ended {
            return Ok(None);
        }
        self.throttled_until = None;
        let mut ending = None;
        if self.input.is_empty() || ended {
            ending = self.read_input_buffer()?;
        }
        while ending.is_none() && !self.input.is_empty() && started.elapsed() <= MAX_BURST {
            let slice = self
                .input
                .drain(..self.input.len().min(INPUT_CHUNK))
                .collect();
            ending = self.handle(vec![Event::Bytes(slice)])?;
        }
        if self.input.is_empty() {
            // A long paste is not to keep its room for the rest of the session.
            self.input = VecDeque::new();
        }
        let worked = started.elapsed();
        if worked > MAX_BURST {
            // Also when all is done: more may be waiting.
            self.throttled_until = Some(started + worked * 4);
        }
        Ok(ending)
    }

    /// Empties the inbox.
    fn read_input_buffer(&mut self) -> Result<Option<SessionEnd>, PanicError> {
        let waiting = self.context.input.take();
        if waiting.dropped > 0 && !self.drop_logged {
            self.drop_logged = true;
            tracing::warn!(
                connection = self.context.connection.id,
                "input came faster than it was read, and some was dropped"
            );
        }
        let mut events = Vec::new();
        if let Some(size) = waiting.size.filter(|size| *size != self.size) {
            self.size = size;
            events.push(Event::Resize(size));
        }
        if !waiting.bytes.is_empty() {
            self.timers.record_input(&waiting.bytes, Instant::now());
            self.input_since = self.input_since.or(waiting.received_at);
            self.input = waiting.bytes.into();
        }
        if waiting.closed {
            events.push(Event::Eof);
            self.handle(events)?;
            return Ok(Some(SessionEnd::Gone));
        }
        self.handle(events)
    }

    fn reload_content(&mut self) -> Result<Option<SessionEnd>, PanicError> {
        let stock = Arc::clone(&self.content.borrow_and_update());
        let (library, index) = (Arc::clone(&stock.library), Arc::clone(&stock.index));
        self.handle(vec![Event::Action(Action::LibraryLoaded(library, index))])
    }

    /// Ends the session where the reader's key is not let in any more.
    fn check_authorization(&self) -> Option<SessionEnd> {
        let desk = self.context;
        let reader = desk.identity.as_ref()?;
        let from = desk.connection.peer.ip();
        match desk.server.auth.authorize(&reader.key, from) {
            Ok(key_entry::PtyPermission::Allowed) => None,
            Ok(key_entry::PtyPermission::Forbidden) | Err(_) => Some(SessionEnd::Revoked),
        }
    }

    /// Does what a moment was waited for.
    fn handle_due_timers(&mut self) -> Result<Option<SessionEnd>, PanicError> {
        let now = Instant::now();
        if self.throttled_until.is_some_and(|until| until <= now) {
            return self.process_input();
        }
        let mut events = Vec::new();
        if self.session.deadline().is_some_and(|at| at <= now) {
            events.push(Event::Deadline);
        }
        match self.timers.poll(now) {
            Some(Ok(warning)) => events.push(Event::Action(Action::ShowMessage(warning))),
            Some(Err(ending)) => return Ok(Some(ending)),
            None => {}
        }
        self.handle(events)
    }

    /// Hands events in, and carries out what the session asks for.
    fn handle(&mut self, events: Vec<Event>) -> Result<Option<SessionEnd>, PanicError> {
        let mut events = events;
        let mut ending = None;
        events.reverse();
        while let Some(event) = events.pop() {
            self.dirty = true;
            let session = &mut self.session;
            let handled = catch_panic(|| {
                #[cfg(test)]
                assert!(
                    !matches!(&event, Event::Bytes(bytes) if bytes.contains(&PANIC_BYTE)),
                    "as a fault would"
                );
                session.handle(event, Instant::now())
            })?;
            for effect in handled {
                match effect {
                    Effect::Quit => ending = Some(SessionEnd::Left),
                    Effect::LoadDocument(..)
                    | Effect::ReloadDocument(_)
                    | Effect::LoadExcerpts(_)
                    | Effect::LoadComparison(_) => {
                        if let Effect::LoadDocument(code, _) = &effect {
                            self.log_code(code);
                        }
                        let library = Arc::clone(&self.content.borrow().library);
                        let action = catch_panic(|| load(&library, effect))?;
                        events.extend(action.map(Event::Action));
                    }
                    Effect::SavePosition(whereabouts) => {
                        self.save_position(whereabouts);
                    }
                    // There is no shell to go back to, and nobody's notes are kept; the rest is the
                    // session's own.
                    Effect::Suspend
                    | Effect::SaveBookmark(_)
                    | Effect::Redraw
                    | Effect::Copy(_)
                    | Effect::SetMouseOwner(_) => {}
                }
            }
            if ending.is_some() {
                break;
            }
        }
        Ok(ending)
    }

    fn draw(&mut self, now: Instant) -> Result<Vec<u8>, PanicError> {
        self.dirty = false;
        let session = &mut self.session;
        let scratch = &self.context.server.buffers;
        catch_panic(|| {
            scratch.with_buffer(|buffer| {
                let mut frame = Vec::new();
                // Writing to memory does not fail.
                let _ = session.draw(now, buffer, &mut frame);
                frame
            })
        })
    }

    async fn send_frame(&mut self, frame: Vec<u8>) -> Result<(), Gone> {
        if frame.is_empty() {
            // The input changed nothing, unless the frame is held back.
            if self.session.deadline().is_none() {
                self.input_since = None;
            }
            return Ok(());
        }
        self.context.send(frame).await?;
        let house = &self.context.server;
        house.metrics.frames.inc();
        if let Some(since) = self.input_since.take() {
            house.metrics.latency.observe(since.elapsed().as_secs_f64());
        }
        self.next_frame = Instant::now() + house.limits().frame_interval;
        Ok(())
    }

    /// Gives the terminal back, with a word where the reader did not leave by choice.
    async fn leave(&mut self, ending: SessionEnd) -> Result<(), Gone> {
        if ending == SessionEnd::Gone {
            return Ok(());
        }
        let mut bytes = Vec::new();
        let outstanding = if ending == SessionEnd::Failed {
            // Of a session that failed nothing can be relied on.
            bytes = Screen::reset_sequence(self.capabilities, self.size);
            None
        } else {
            self.save_position(self.session.app().reading_position());
            // Writing to memory does not fail.
            let _ = self.session.leave(&mut bytes);
            self.session.drain_timeout(Instant::now())
        };
        if let Some(words) = ending.message() {
            bytes.extend(words.bytes());
            bytes.extend(b"\r\n");
        }
        self.context.send(bytes).await?;
        if let Some(patience) = outstanding {
            let patience = patience.min(Duration::from_millis(300));
            self.context.drain_replies(patience).await;
        }
        Ok(())
    }

    /// Keeps where the reader is.
    fn save_position(&self, whereabouts: ReadingPosition) {
        let desk = self.context;
        if let (Some(places), Some(reader)) = (&desk.server.positions, &desk.identity) {
            places.save(&reader.fingerprint, whereabouts);
        }
    }

    fn log_started(&self) {
        let client = &self.context.client;
        tracing::info!(
            connection = self.context.connection.id,
            term = crate::serve::ops::log::printable(client.term().unwrap_or_default()),
            columns = self.size.columns(),
            rows = self.size.rows(),
            "session"
        );
        self.log_code(&self.session.app().document_view().document().code);
    }

    fn log_code(&self, code: &crate::content::CodeId) {
        if self.context.server.limits().code_logging == CodeLogging::Enabled {
            tracing::info!(connection = self.context.connection.id, %code, "opened");
        }
    }
}
