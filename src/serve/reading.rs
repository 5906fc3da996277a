//! Hosts one reader's session on a channel.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::time::sleep_until;

use super::Stock;
use super::authorized;
use super::desk::{Desk, Gone};
use super::ending::Ending;
use super::guard::{Panicked, guarded};
use super::house::Phase;
use super::idleness::Idleness;
use super::request::Opening;
use super::settings::Codes;
use crate::app::{Effect, Host, Start, Whereabouts};
use crate::terminal::{Capabilities, Event, Screen, Session, Size};

/// How many bytes of input are handed in before the time that they took is looked at. Each may be
/// a letter in the search field, which is a search.
const SLICE: usize = 4;

/// How long a session may work at a stretch, which others may have to wait for. What takes longer
/// is followed by a rest three times as long, so that a flood takes a quarter of a thread and not
/// all of it.
const STRETCH: Duration = Duration::from_micros(500);

/// What a test sends to have a session fail; nothing that is known makes one fail.
#[cfg(test)]
pub(super) const FAULT: u8 = 0;

/// One reader's session on a channel.
pub(super) struct Reading<'a> {
    desk: &'a Desk,
    session: Session,
    capabilities: Capabilities,
    size: Size,
    stock: watch::Receiver<Arc<Stock>>,
    idleness: Idleness,
    /// Whether something happened since the last frame.
    stale: bool,
    /// When the next frame may be sent.
    next_frame: Instant,
    /// When the first input came that is not on screen yet.
    since: Option<Instant>,
    /// Input that was taken and not handed in yet.
    input: VecDeque<u8>,
    /// Until when this session rests.
    rests: Option<Instant>,
    dropped: bool,
}

impl<'a> Reading<'a> {
    /// Opens a reader.
    pub fn open(desk: &'a Desk, opening: Opening, stock: watch::Receiver<Arc<Stock>>) -> Self {
        let size = desk.client.size().unwrap_or(Size::DEFAULT);
        let now = Instant::now();
        let session = {
            let stock = stock.borrow();
            let start = Start {
                library: Arc::clone(&stock.library),
                index: Arc::clone(&stock.index),
                keymap: Arc::clone(&stock.keymap),
                host: Host::Served,
                charset: opening.capabilities.charset,
                size: ratatui::layout::Size::new(size.columns(), size.rows()),
                document: opening.document,
                place: opening.place,
                top: opening.top,
                note: None,
                own: None,
                flow: opening.flow,
            };
            Session::new(start, opening.theme, opening.capabilities)
        };
        let reading = Self {
            desk,
            session,
            capabilities: opening.capabilities,
            size,
            stock,
            idleness: Idleness::new(&desk.house.limits(), now),
            stale: true,
            next_frame: now,
            since: None,
            input: VecDeque::new(),
            rests: None,
            dropped: false,
        };
        reading.log_open();
        reading
    }

    /// Runs the session to its end, and gives the client's terminal back.
    pub async fn run(&mut self) -> Ending {
        let started = Instant::now();
        let metrics = Arc::clone(&self.desk.house.metrics);
        metrics.sessions.inc();
        let ending = match self.read().await {
            Ok(ending) => ending,
            Err(Gone) => Ending::Gone,
        };
        if ending == Ending::Failed {
            self.desk.note_fault();
        }
        let ending = match self.leave(ending).await {
            Ok(()) => ending,
            Err(Gone) => Ending::Gone,
        };
        metrics.sessions.dec();
        tracing::info!(
            connection = self.desk.connection.number,
            seconds = started.elapsed().as_secs(),
            reason = ?ending,
            "session ended"
        );
        ending
    }

    async fn read(&mut self) -> Result<Ending, Gone> {
        let mut phase = self.desk.house.phase.subscribe();
        let mut reloads = self.desk.house.reloads.subscribe();
        loop {
            let now = Instant::now();
            if self.stale && now >= self.next_frame {
                match self.draw(now) {
                    Ok(frame) => self.show(frame).await?,
                    Err(Panicked) => return Ok(Ending::Failed),
                }
            }
            let wake = if self.stale {
                // What else is due waits for the frame, too.
                Some(self.next_frame)
            } else {
                let due = [
                    self.session.deadline(),
                    self.idleness.deadline(),
                    self.rests,
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
                _ = phase.wait_for(|phase| *phase == Phase::Ending) => Ok(Some(Ending::Shutdown)),
                () = self.desk.inbox.arrival() => self.take(),
                Ok(()) = reloads.changed() => Ok(self.still_let_in()),
                Ok(()) = self.stock.changed() => self.restock(),
                () = alarm => self.wake(),
            };
            match handled {
                Ok(None) => {}
                Ok(Some(ending)) => return Ok(ending),
                Err(Panicked) => return Ok(Ending::Failed),
            }
        }
    }

    /// Takes what the client sent: one frame is drawn for all of it.
    fn take(&mut self) -> Result<Option<Ending>, Panicked> {
        let ended = self.desk.inbox.has_ended();
        let started = Instant::now();
        if self.rests.is_some_and(|until| started < until) && !ended {
            return Ok(None);
        }
        self.rests = None;
        let mut ending = None;
        if self.input.is_empty() || ended {
            ending = self.receive()?;
        }
        while ending.is_none() && !self.input.is_empty() && started.elapsed() <= STRETCH {
            let slice = self.input.drain(..self.input.len().min(SLICE)).collect();
            ending = self.handle(vec![Event::Bytes(slice)])?;
        }
        if self.input.is_empty() {
            // A long paste is not to keep its room for the rest of the session.
            self.input = VecDeque::new();
        }
        let worked = started.elapsed();
        if worked > STRETCH {
            // Also when all is done: more may be waiting.
            self.rests = Some(started + worked * 4);
        }
        Ok(ending)
    }

    /// Empties the inbox.
    fn receive(&mut self) -> Result<Option<Ending>, Panicked> {
        let waiting = self.desk.inbox.take();
        if waiting.dropped > 0 && !self.dropped {
            self.dropped = true;
            tracing::warn!(
                connection = self.desk.connection.number,
                "input came faster than it was read, and some was dropped"
            );
        }
        let mut events = Vec::new();
        if let Some(size) = waiting.size.filter(|size| *size != self.size) {
            self.size = size;
            events.push(Event::Resize(size));
        }
        if !waiting.bytes.is_empty() {
            self.idleness.heard(&waiting.bytes, Instant::now());
            self.since = self.since.or(waiting.since);
            self.input = waiting.bytes.into();
        }
        if waiting.ended {
            events.push(Event::Eof);
            self.handle(events)?;
            return Ok(Some(Ending::Gone));
        }
        self.handle(events)
    }

    fn restock(&mut self) -> Result<Option<Ending>, Panicked> {
        let stock = Arc::clone(&self.stock.borrow_and_update());
        let (library, index) = (Arc::clone(&stock.library), Arc::clone(&stock.index));
        self.handle(vec![Event::Catalogue(library, index)])
    }

    /// Ends the session where the reader's key is not let in any more.
    fn still_let_in(&self) -> Option<Ending> {
        let desk = self.desk;
        let reader = desk.reader.as_ref()?;
        let from = desk.connection.peer.ip();
        match desk.house.entry.screen(&reader.key, from) {
            Ok(authorized::Screen::Allowed) => None,
            Ok(authorized::Screen::Forbidden) | Err(_) => Some(Ending::Revoked),
        }
    }

    /// Does what a moment was waited for.
    fn wake(&mut self) -> Result<Option<Ending>, Panicked> {
        let now = Instant::now();
        if self.rests.is_some_and(|until| until <= now) {
            return self.take();
        }
        let mut events = Vec::new();
        if self.session.deadline().is_some_and(|at| at <= now) {
            events.push(Event::Deadline);
        }
        match self.idleness.at(now) {
            Some(Ok(warning)) => events.push(Event::Note(warning)),
            Some(Err(ending)) => return Ok(Some(ending)),
            None => {}
        }
        self.handle(events)
    }

    /// Hands events in, and carries out what the session asks for.
    fn handle(&mut self, events: Vec<Event>) -> Result<Option<Ending>, Panicked> {
        let mut events = events;
        let mut ending = None;
        events.reverse();
        while let Some(event) = events.pop() {
            self.stale = true;
            let session = &mut self.session;
            let handled = guarded(|| {
                #[cfg(test)]
                assert!(
                    !matches!(&event, Event::Bytes(bytes) if bytes.contains(&FAULT)),
                    "as a fault would"
                );
                session.handle(event, Instant::now())
            })?;
            for effect in handled {
                match effect {
                    Effect::Quit => ending = Some(Ending::Left),
                    Effect::Load(code, place) => {
                        self.log_code(&code);
                        let library = Arc::clone(&self.stock.borrow().library);
                        let document = guarded(|| library.document(&code))?;
                        let document = document.map_err(|error| error.to_string());
                        events.push(Event::Loaded(document, place));
                    }
                    Effect::Reload(code) => {
                        let library = Arc::clone(&self.stock.borrow().library);
                        let document = guarded(|| library.document(&code))?;
                        events.extend(document.map(Event::Reloaded));
                    }
                    Effect::Ask(asks) => {
                        let library = Arc::clone(&self.stock.borrow().library);
                        events.push(guarded(|| Event::told(&library, asks))?);
                    }
                    Effect::Compare(topic) => {
                        let library = Arc::clone(&self.stock.borrow().library);
                        events.extend(guarded(|| Event::compared(&library, topic))?);
                    }
                    Effect::Keep(whereabouts) => {
                        self.keep(whereabouts);
                    }
                    // There is no shell to go back to, and nobody's notes are kept; the rest is the
                    // session's own.
                    Effect::Suspend
                    | Effect::Mark(_)
                    | Effect::Redraw
                    | Effect::Copy(_)
                    | Effect::Mouse(_) => {}
                }
            }
            if ending.is_some() {
                break;
            }
        }
        Ok(ending)
    }

    fn draw(&mut self, now: Instant) -> Result<Vec<u8>, Panicked> {
        self.stale = false;
        let session = &mut self.session;
        let scratch = &self.desk.house.scratch;
        guarded(|| {
            scratch.with(|buffer| {
                let mut frame = Vec::new();
                // Writing to memory does not fail.
                let _ = session.draw(now, buffer, &mut frame);
                frame
            })
        })
    }

    async fn show(&mut self, frame: Vec<u8>) -> Result<(), Gone> {
        if frame.is_empty() {
            // The input changed nothing, unless the frame is held back.
            if self.session.deadline().is_none() {
                self.since = None;
            }
            return Ok(());
        }
        self.desk.send(frame).await?;
        let house = &self.desk.house;
        house.metrics.frames.inc();
        if let Some(since) = self.since.take() {
            house.metrics.latency.observe(since.elapsed().as_secs_f64());
        }
        self.next_frame = Instant::now() + house.limits().between_frames;
        Ok(())
    }

    /// Gives the terminal back, with a word where the reader did not leave by choice.
    async fn leave(&mut self, ending: Ending) -> Result<(), Gone> {
        if ending == Ending::Gone {
            return Ok(());
        }
        let mut bytes = Vec::new();
        let outstanding = if ending == Ending::Failed {
            // Of a session that failed nothing can be relied on.
            bytes = Screen::restoration(self.capabilities, self.size);
            None
        } else {
            self.keep(self.session.app().whereabouts());
            // Writing to memory does not fail.
            let _ = self.session.leave(&mut bytes);
            self.session.outstanding(Instant::now())
        };
        if let Some(words) = ending.words() {
            bytes.extend(words.bytes());
            bytes.extend(b"\r\n");
        }
        self.desk.send(bytes).await?;
        if let Some(patience) = outstanding {
            let patience = patience.min(Duration::from_millis(300));
            self.desk.hear_out(patience).await;
        }
        Ok(())
    }

    /// Keeps where the reader is.
    fn keep(&self, whereabouts: Whereabouts) {
        let desk = self.desk;
        if let (Some(places), Some(reader)) = (&desk.house.places, &desk.reader) {
            places.keep(&reader.fingerprint, whereabouts);
        }
    }

    fn log_open(&self) {
        let client = &self.desk.client;
        tracing::info!(
            connection = self.desk.connection.number,
            term = super::log::said(client.term().unwrap_or_default()),
            columns = self.size.columns(),
            rows = self.size.rows(),
            "session"
        );
        self.log_code(&self.session.app().reading().document().code);
    }

    fn log_code(&self, code: &crate::content::CodeId) {
        if self.desk.house.limits().codes == Codes::Logged {
            tracing::info!(connection = self.desk.connection.number, %code, "opened");
        }
    }
}
