//! Says when a terminal is ready for a frame.
//!
//! On a slow line, frames drawn as fast as keys repeat pile up in buffers, and the page runs on
//! for seconds after the key is released. So while frames follow each other quickly, one carries a
//! device-status query, and the next waits for the answer: it says that the terminal has read
//! everything before it. Input that arrives meanwhile goes into one frame.

use std::time::{Duration, Instant};

use crate::tty::capabilities::{Capabilities, Feature};

/// Frames further apart than this do not pile up. A key pressed now and then thus leaves no answer
/// outstanding.
const RAPID_FRAME_INTERVAL: Duration = Duration::from_millis(250);

/// How long a frame is held back at most.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(1);

/// How many answers in a row may be missed before no more are asked for.
const MAX_MISSED_RESPONSES: u8 = 2;

/// How long an answer that is outstanding is waited for on leaving, at least, by a terminal that has
/// answered before.
const MIN_DRAIN_TIMEOUT: Duration = Duration::from_millis(300);

/// What to do with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameDecision {
    /// Hold it back until an answer arrives, or until this moment.
    Wait(Instant),
    /// Draw it.
    Draw,
    /// Draw it, and ask the terminal to say when it has read it.
    DrawAndQuery,
}

/// Keeps account of frames and answers.
#[derive(Clone, Debug)]
pub struct FramePacer {
    queries_enabled: bool,
    has_responded: bool,
    missed_responses: u8,
    /// When the query was sent that is not answered yet.
    pending_query: Option<Instant>,
    last_query: Option<Instant>,
    last_frame: Option<Instant>,
    /// Whether a frame has been held back since the last one was drawn.
    frame_delayed: bool,
    /// How long the last answer took; unknown before the first.
    round_trip: Option<Duration>,
}

impl FramePacer {
    /// Begins with a terminal that has not shown yet whether it answers.
    pub fn new(capabilities: Capabilities) -> Self {
        Self {
            queries_enabled: capabilities.can(Feature::DeviceStatus),
            has_responded: false,
            missed_responses: 0,
            pending_query: None,
            last_query: None,
            last_frame: None,
            frame_delayed: false,
            round_trip: None,
        }
    }

    /// Says what to do with a frame at a moment.
    pub fn decide(&mut self, now: Instant) -> FrameDecision {
        if let Some(asked) = self.pending_query {
            let until = asked + RESPONSE_TIMEOUT;
            if now >= until {
                self.record_miss();
            } else if self.has_responded {
                self.frame_delayed = true;
                return FrameDecision::Wait(until);
            } else {
                return FrameDecision::Draw;
            }
        }
        let quick = self
            .last_frame
            .is_some_and(|drawn| now.saturating_duration_since(drawn) < RAPID_FRAME_INTERVAL);
        if self.queries_enabled && (quick || self.frame_delayed) {
            FrameDecision::DrawAndQuery
        } else {
            FrameDecision::Draw
        }
    }

    /// Notes that a frame was sent that was not empty.
    pub fn record_frame(&mut self, turn: FrameDecision, now: Instant) {
        self.last_frame = Some(now);
        self.frame_delayed = false;
        if turn == FrameDecision::DrawAndQuery {
            self.pending_query = Some(now);
            self.last_query = Some(now);
        }
    }

    /// Notes an answer of the terminal.
    pub fn record_response(&mut self, now: Instant) {
        if let Some(asked) = self.last_query.take() {
            // An answer that comes after all takes the miss back.
            self.has_responded = true;
            self.missed_responses = 0;
            self.queries_enabled = true;
            self.round_trip = Some(now.saturating_duration_since(asked));
        }
        self.pending_query = None;
    }

    /// Returns how long to wait on leaving for an answer that is outstanding, so that none reaches
    /// the shell that comes next: twice what the last one took, and as long as an answer may take
    /// at all where none has come yet.
    pub fn drain_timeout(&self, now: Instant) -> Option<Duration> {
        let asked = self.pending_query?;
        let waited = now.saturating_duration_since(asked);
        (waited < RESPONSE_TIMEOUT).then(|| {
            self.round_trip.map_or(RESPONSE_TIMEOUT, |took| {
                (2 * took).clamp(MIN_DRAIN_TIMEOUT, RESPONSE_TIMEOUT)
            })
        })
    }

    fn record_miss(&mut self) {
        self.pending_query = None;
        self.missed_responses += 1;
        if self.missed_responses >= MAX_MISSED_RESPONSES {
            self.queries_enabled = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A terminal, with a clock that counts milliseconds.
    struct SimulatedTerminal {
        pacer: FramePacer,
        start: Instant,
    }

    impl SimulatedTerminal {
        fn new() -> Self {
            Self {
                pacer: FramePacer::new(Capabilities::modern()),
                start: Instant::now(),
            }
        }

        /// One that has answered within 40 ms, and has read everything.
        fn responsive() -> Self {
            let mut bench = Self::new();
            assert_eq!(bench.frame(0), FrameDecision::Draw);
            assert_eq!(bench.frame(10), FrameDecision::DrawAndQuery);
            bench.respond(50);
            bench
        }

        fn at(&self, millis: u64) -> Instant {
            self.start + Duration::from_millis(millis)
        }

        /// Draws a frame if it may be drawn.
        fn frame(&mut self, millis: u64) -> FrameDecision {
            let now = self.at(millis);
            let turn = self.pacer.decide(now);
            if !matches!(turn, FrameDecision::Wait(_)) {
                self.pacer.record_frame(turn, now);
            }
            turn
        }

        fn respond(&mut self, millis: u64) {
            self.pacer.record_response(self.at(millis));
        }

        fn drain_timeout(&self, millis: u64) -> Option<Duration> {
            self.pacer.drain_timeout(self.at(millis))
        }
    }

    #[test]
    fn infrequent_frames_send_no_query() {
        let mut bench = SimulatedTerminal::responsive();
        for millis in [300, 550, 800] {
            assert_eq!(bench.frame(millis), FrameDecision::Draw);
            assert_eq!(bench.drain_timeout(millis), None);
        }
        assert_eq!(bench.frame(1049), FrameDecision::DrawAndQuery);
    }

    #[test]
    fn rapid_frames_wait_for_the_pending_response() {
        let mut bench = SimulatedTerminal::responsive();
        assert_eq!(bench.frame(60), FrameDecision::DrawAndQuery);
        assert_eq!(bench.frame(70), FrameDecision::Wait(bench.at(1060)));
        assert_eq!(bench.frame(400), FrameDecision::Wait(bench.at(1060)));
        bench.respond(500);
        // It came late, but it was held back: the line is slow.
        assert_eq!(bench.frame(500), FrameDecision::DrawAndQuery);
    }

    #[test]
    fn frames_are_not_delayed_before_the_first_response() {
        let mut bench = SimulatedTerminal::new();
        bench.frame(0);
        assert_eq!(bench.frame(10), FrameDecision::DrawAndQuery);
        assert_eq!(bench.frame(20), FrameDecision::Draw);
        assert_eq!(bench.frame(30), FrameDecision::Draw);
    }

    #[test]
    fn frame_is_delayed_by_one_second_at_most() {
        let mut bench = SimulatedTerminal::responsive();
        bench.frame(60);
        assert!(matches!(bench.frame(1059), FrameDecision::Wait(_)));
        assert_eq!(bench.frame(1060), FrameDecision::DrawAndQuery);
    }

    #[test]
    fn queries_stop_after_two_missed_responses() {
        for mut bench in [SimulatedTerminal::new(), SimulatedTerminal::responsive()] {
            bench.frame(60);
            let mut queries = 0;
            for millis in (80..10_000).step_by(20) {
                queries += u32::from(bench.frame(millis) == FrameDecision::DrawAndQuery);
            }
            assert!(queries <= 2, "{queries}");
            assert_eq!(bench.frame(10_010), FrameDecision::Draw);
            assert_eq!(bench.drain_timeout(10_010), None);
        }
    }

    #[test]
    fn late_response_resets_missed_responses() {
        let mut bench = SimulatedTerminal::responsive();
        bench.frame(60);
        assert_eq!(bench.frame(1060), FrameDecision::Draw);
        bench.respond(1500);
        assert_eq!(bench.frame(1501), FrameDecision::Draw);
        assert_eq!(bench.frame(1502), FrameDecision::DrawAndQuery);
    }

    #[test]
    fn no_query_without_device_status_support() {
        let mute = Capabilities::modern().without(Feature::DeviceStatus);
        let mut pacing = FramePacer::new(mute);
        let now = Instant::now();
        for _ in 0..3 {
            assert_eq!(pacing.decide(now), FrameDecision::Draw);
            pacing.record_frame(FrameDecision::Draw, now);
        }
    }

    #[test]
    fn drain_timeout_is_one_second_before_the_first_response() {
        let mut bench = SimulatedTerminal::new();
        bench.frame(0);
        assert_eq!(bench.drain_timeout(5), None, "nothing is outstanding");
        assert_eq!(bench.frame(10), FrameDecision::DrawAndQuery);
        assert_eq!(bench.drain_timeout(40), Some(Duration::from_secs(1)));
    }

    #[test]
    fn drain_timeout_follows_the_round_trip() {
        let mut bench = SimulatedTerminal::responsive();
        assert_eq!(bench.drain_timeout(55), None, "nothing is outstanding");
        bench.frame(60);
        assert_eq!(bench.drain_timeout(70), Some(Duration::from_millis(300)));
        assert!(matches!(bench.frame(70), FrameDecision::Wait(_)));
        bench.respond(310);
        bench.frame(320);
        assert_eq!(bench.drain_timeout(330), Some(Duration::from_millis(500)));
        assert!(matches!(bench.frame(330), FrameDecision::Wait(_)));
        bench.respond(1200);
        bench.frame(1210);
        assert_eq!(bench.drain_timeout(1220), Some(Duration::from_secs(1)));
        assert_eq!(bench.drain_timeout(2210), None, "it is missed");
    }
}
