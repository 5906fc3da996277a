//! The frame pacer, which decides when a terminal is ready for the next frame.
//!
//! On a slow connection, frames drawn at the rate of key repeat pile up in buffers, and the page
//! scrolls on for seconds after the key is released. So when frames follow each other quickly, one
//! carries a device-status query, and the next one waits for the answer, which shows that the
//! terminal has read everything before it. All input that arrives meanwhile goes into one frame.

use std::time::{Duration, Instant};

use crate::tty::capabilities::Capabilities;
use crate::tty::capabilities::feature::Feature;

/// Frames further apart than this do not pile up, and carry no query.
const RAPID_FRAME_INTERVAL: Duration = Duration::from_millis(250);

/// The longest delay of a frame.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(1);

/// After this many missed answers in a row, no more queries are sent.
const MAX_MISSED_RESPONSES: u8 = 2;

/// The shortest wait for a pending answer on leaving, if the terminal has answered before.
const MIN_DRAIN_TIMEOUT: Duration = Duration::from_millis(300);

/// What to do with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameDecision {
    /// Delay the frame until an answer arrives, or until this time.
    Wait(Instant),
    Draw,
    /// Draw the frame, with a device-status query.
    DrawAndQuery,
}

/// Tracks frames and answers.
#[derive(Clone, Debug, Default)]
pub struct FramePacer {
    queries_enabled: bool,
    has_responded: bool,
    missed_responses: u8,
    /// When the unanswered query was sent.
    pending_query: Option<Instant>,
    last_query: Option<Instant>,
    last_frame: Option<Instant>,
    /// Whether a frame was delayed since the last one was drawn.
    frame_delayed: bool,
    /// How long the last answer took.
    round_trip: Option<Duration>,
}

impl FramePacer {
    pub fn new(capabilities: Capabilities) -> Self {
        Self {
            queries_enabled: capabilities.can(Feature::DeviceStatus),
            ..Self::default()
        }
    }

    pub fn decide(&mut self, now: Instant) -> FrameDecision {
        if let Some(sent) = self.pending_query {
            let until = sent + RESPONSE_TIMEOUT;
            if now >= until {
                self.record_miss();
            } else if self.has_responded {
                self.frame_delayed = true;
                return FrameDecision::Wait(until);
            } else {
                return FrameDecision::Draw;
            }
        }
        let is_rapid = self
            .last_frame
            .is_some_and(|drawn| now.saturating_duration_since(drawn) < RAPID_FRAME_INTERVAL);
        if self.queries_enabled && (is_rapid || self.frame_delayed) {
            FrameDecision::DrawAndQuery
        } else {
            FrameDecision::Draw
        }
    }

    /// Records that a frame was sent and was not empty.
    pub fn record_frame(&mut self, decision: FrameDecision, now: Instant) {
        self.last_frame = Some(now);
        self.frame_delayed = false;
        if decision == FrameDecision::DrawAndQuery {
            self.pending_query = Some(now);
            self.last_query = Some(now);
        }
    }

    /// Records an answer from the terminal.
    pub fn record_response(&mut self, now: Instant) {
        if let Some(sent) = self.last_query.take() {
            // A late answer also resets the count of misses.
            self.has_responded = true;
            self.missed_responses = 0;
            self.queries_enabled = true;
            self.round_trip = Some(now.saturating_duration_since(sent));
        }
        self.pending_query = None;
    }

    /// How long to wait on leaving for a pending answer, so that it does not reach the shell: twice
    /// as long as the last answer took, or `RESPONSE_TIMEOUT` before the first answer.
    pub fn drain_timeout(&self, now: Instant) -> Option<Duration> {
        let sent = self.pending_query?;
        let waited = now.saturating_duration_since(sent);
        (waited < RESPONSE_TIMEOUT).then(|| {
            self.round_trip.map_or(RESPONSE_TIMEOUT, |round_trip| {
                (2 * round_trip).clamp(MIN_DRAIN_TIMEOUT, RESPONSE_TIMEOUT)
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

    /// A terminal with a clock in milliseconds.
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

        /// A terminal that has answered within 40 ms.
        fn responsive() -> Self {
            let mut terminal = Self::new();
            assert_eq!(terminal.frame(0), FrameDecision::Draw);
            assert_eq!(terminal.frame(10), FrameDecision::DrawAndQuery);
            terminal.respond(50);
            terminal
        }

        fn at(&self, millis: u64) -> Instant {
            self.start + Duration::from_millis(millis)
        }

        /// Draws a frame unless the pacer delays it.
        fn frame(&mut self, millis: u64) -> FrameDecision {
            let now = self.at(millis);
            let decision = self.pacer.decide(now);
            if !matches!(decision, FrameDecision::Wait(_)) {
                self.pacer.record_frame(decision, now);
            }
            decision
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
        let mut terminal = SimulatedTerminal::responsive();
        for millis in [300, 550, 800] {
            assert_eq!(terminal.frame(millis), FrameDecision::Draw);
            assert_eq!(terminal.drain_timeout(millis), None);
        }
        assert_eq!(terminal.frame(1049), FrameDecision::DrawAndQuery);
    }

    #[test]
    fn rapid_frames_wait_for_the_pending_response() {
        let mut terminal = SimulatedTerminal::responsive();
        assert_eq!(terminal.frame(60), FrameDecision::DrawAndQuery);
        assert_eq!(terminal.frame(70), FrameDecision::Wait(terminal.at(1060)));
        assert_eq!(terminal.frame(400), FrameDecision::Wait(terminal.at(1060)));
        terminal.respond(500);
        // The interval is long, but the frame was delayed: the connection is slow.
        assert_eq!(terminal.frame(500), FrameDecision::DrawAndQuery);
    }

    #[test]
    fn frames_are_not_delayed_before_the_first_response() {
        let mut terminal = SimulatedTerminal::new();
        terminal.frame(0);
        assert_eq!(terminal.frame(10), FrameDecision::DrawAndQuery);
        assert_eq!(terminal.frame(20), FrameDecision::Draw);
        assert_eq!(terminal.frame(30), FrameDecision::Draw);
    }

    #[test]
    fn frame_is_delayed_by_one_second_at_most() {
        let mut terminal = SimulatedTerminal::responsive();
        terminal.frame(60);
        assert!(matches!(terminal.frame(1059), FrameDecision::Wait(_)));
        assert_eq!(terminal.frame(1060), FrameDecision::DrawAndQuery);
    }

    #[test]
    fn queries_stop_after_two_missed_responses() {
        for mut terminal in [SimulatedTerminal::new(), SimulatedTerminal::responsive()] {
            terminal.frame(60);
            let mut queries = 0;
            for millis in (80..10_000).step_by(20) {
                queries += u32::from(terminal.frame(millis) == FrameDecision::DrawAndQuery);
            }
            assert!(queries <= 2, "{queries}");
            assert_eq!(terminal.frame(10_010), FrameDecision::Draw);
            assert_eq!(terminal.drain_timeout(10_010), None);
        }
    }

    #[test]
    fn late_response_resets_missed_responses() {
        let mut terminal = SimulatedTerminal::responsive();
        terminal.frame(60);
        assert_eq!(terminal.frame(1060), FrameDecision::Draw);
        terminal.respond(1500);
        assert_eq!(terminal.frame(1501), FrameDecision::Draw);
        assert_eq!(terminal.frame(1502), FrameDecision::DrawAndQuery);
    }

    #[test]
    fn no_query_without_device_status_support() {
        let mute = Capabilities::modern().without(Feature::DeviceStatus);
        let mut pacer = FramePacer::new(mute);
        let now = Instant::now();
        for _ in 0..3 {
            assert_eq!(pacer.decide(now), FrameDecision::Draw);
            pacer.record_frame(FrameDecision::Draw, now);
        }
    }

    #[test]
    fn drain_timeout_is_one_second_before_the_first_response() {
        let mut terminal = SimulatedTerminal::new();
        terminal.frame(0);
        assert_eq!(terminal.drain_timeout(5), None, "no query is pending");
        assert_eq!(terminal.frame(10), FrameDecision::DrawAndQuery);
        assert_eq!(terminal.drain_timeout(40), Some(Duration::from_secs(1)));
    }

    #[test]
    fn drain_timeout_follows_the_round_trip() {
        let mut terminal = SimulatedTerminal::responsive();
        assert_eq!(terminal.drain_timeout(55), None, "no query is pending");
        terminal.frame(60);
        assert_eq!(terminal.drain_timeout(70), Some(Duration::from_millis(300)));
        assert!(matches!(terminal.frame(70), FrameDecision::Wait(_)));
        terminal.respond(310);
        terminal.frame(320);
        assert_eq!(
            terminal.drain_timeout(330),
            Some(Duration::from_millis(500))
        );
        assert!(matches!(terminal.frame(330), FrameDecision::Wait(_)));
        terminal.respond(1200);
        terminal.frame(1210);
        assert_eq!(terminal.drain_timeout(1220), Some(Duration::from_secs(1)));
        assert_eq!(terminal.drain_timeout(2210), None, "the answer is missed");
    }
}
