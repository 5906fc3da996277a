//! Says when a terminal is ready for a frame.
//!
//! On a slow line, frames drawn as fast as keys repeat pile up in buffers, and the page runs on
//! for seconds after the key is released. So while frames follow each other quickly, one carries a
//! device-status query, and the next waits for the answer: it says that the terminal has read
//! everything before it. Input that arrives meanwhile goes into one frame.

use std::time::{Duration, Instant};

use super::{Capabilities, Feature};

/// Frames further apart than this do not pile up. A key pressed now and then thus leaves no answer
/// outstanding.
const QUICK: Duration = Duration::from_millis(250);

/// How long a frame is held back at most.
const LIMIT: Duration = Duration::from_secs(1);

/// How many answers in a row may be missed before no more are asked for.
const MISSES: u8 = 2;

/// How long an answer that is outstanding is waited for on leaving, at least, by a terminal that has
/// answered before.
const FAREWELL: Duration = Duration::from_millis(300);

/// What to do with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Hold it back until an answer arrives, or until this moment.
    Wait(Instant),
    /// Draw it.
    Draw,
    /// Draw it, and ask the terminal to say when it has read it.
    DrawAndAsk,
}

/// Keeps account of frames and answers.
#[derive(Clone, Debug)]
pub struct Pacing {
    asks: bool,
    answers: bool,
    misses: u8,
    /// When the query was sent that is not answered yet.
    outstanding: Option<Instant>,
    asked: Option<Instant>,
    drawn: Option<Instant>,
    /// Whether a frame has been held back since the last one was drawn.
    held: bool,
    /// How long the last answer took; unknown before the first.
    round_trip: Option<Duration>,
}

impl Pacing {
    /// Begins with a terminal that has not shown yet whether it answers.
    pub fn new(capabilities: Capabilities) -> Self {
        Self {
            asks: capabilities.can(Feature::DeviceStatus),
            answers: false,
            misses: 0,
            outstanding: None,
            asked: None,
            drawn: None,
            held: false,
            round_trip: None,
        }
    }

    /// Says what to do with a frame at a moment.
    pub fn turn(&mut self, now: Instant) -> Turn {
        if let Some(asked) = self.outstanding {
            let until = asked + LIMIT;
            if now >= until {
                self.miss();
            } else if self.answers {
                self.held = true;
                return Turn::Wait(until);
            } else {
                return Turn::Draw;
            }
        }
        let quick = self
            .drawn
            .is_some_and(|drawn| now.saturating_duration_since(drawn) < QUICK);
        if self.asks && (quick || self.held) {
            Turn::DrawAndAsk
        } else {
            Turn::Draw
        }
    }

    /// Notes that a frame was sent that was not empty.
    pub fn drawn(&mut self, turn: Turn, now: Instant) {
        self.drawn = Some(now);
        self.held = false;
        if turn == Turn::DrawAndAsk {
            self.outstanding = Some(now);
            self.asked = Some(now);
        }
    }

    /// Notes an answer of the terminal.
    pub fn answered(&mut self, now: Instant) {
        if let Some(asked) = self.asked.take() {
            // An answer that comes after all takes the miss back.
            self.answers = true;
            self.misses = 0;
            self.asks = true;
            self.round_trip = Some(now.saturating_duration_since(asked));
        }
        self.outstanding = None;
    }

    /// Returns how long to wait on leaving for an answer that is outstanding, so that none reaches
    /// the shell that comes next: twice what the last one took, and as long as an answer may take
    /// at all where none has come yet.
    pub fn farewell(&self, now: Instant) -> Option<Duration> {
        let asked = self.outstanding?;
        let waited = now.saturating_duration_since(asked);
        (waited < LIMIT).then(|| {
            self.round_trip
                .map_or(LIMIT, |took| (2 * took).clamp(FAREWELL, LIMIT))
        })
    }

    fn miss(&mut self) {
        self.outstanding = None;
        self.misses += 1;
        if self.misses >= MISSES {
            self.asks = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A terminal, with a clock that counts milliseconds.
    struct Bench {
        pacing: Pacing,
        start: Instant,
    }

    impl Bench {
        fn new() -> Self {
            Self {
                pacing: Pacing::new(Capabilities::modern()),
                start: Instant::now(),
            }
        }

        /// One that has answered within 40 ms, and has read everything.
        fn answering() -> Self {
            let mut bench = Self::new();
            assert_eq!(bench.frame(0), Turn::Draw);
            assert_eq!(bench.frame(10), Turn::DrawAndAsk);
            bench.answer(50);
            bench
        }

        fn at(&self, millis: u64) -> Instant {
            self.start + Duration::from_millis(millis)
        }

        /// Draws a frame if it may be drawn.
        fn frame(&mut self, millis: u64) -> Turn {
            let now = self.at(millis);
            let turn = self.pacing.turn(now);
            if !matches!(turn, Turn::Wait(_)) {
                self.pacing.drawn(turn, now);
            }
            turn
        }

        fn answer(&mut self, millis: u64) {
            self.pacing.answered(self.at(millis));
        }

        fn farewell(&self, millis: u64) -> Option<Duration> {
            self.pacing.farewell(self.at(millis))
        }
    }

    #[test]
    fn frames_far_apart_ask_nothing() {
        let mut bench = Bench::answering();
        for millis in [300, 550, 800] {
            assert_eq!(bench.frame(millis), Turn::Draw);
            assert_eq!(bench.farewell(millis), None);
        }
        assert_eq!(bench.frame(1049), Turn::DrawAndAsk);
    }

    #[test]
    fn frames_wait_for_the_answer_to_the_last() {
        let mut bench = Bench::answering();
        assert_eq!(bench.frame(60), Turn::DrawAndAsk);
        assert_eq!(bench.frame(70), Turn::Wait(bench.at(1060)));
        assert_eq!(bench.frame(400), Turn::Wait(bench.at(1060)));
        bench.answer(500);
        // It came late, but it was held back: the line is slow.
        assert_eq!(bench.frame(500), Turn::DrawAndAsk);
    }

    #[test]
    fn nothing_is_held_back_before_the_first_answer() {
        let mut bench = Bench::new();
        bench.frame(0);
        assert_eq!(bench.frame(10), Turn::DrawAndAsk);
        assert_eq!(bench.frame(20), Turn::Draw);
        assert_eq!(bench.frame(30), Turn::Draw);
    }

    #[test]
    fn a_frame_is_held_back_for_a_second_at_most() {
        let mut bench = Bench::answering();
        bench.frame(60);
        assert!(matches!(bench.frame(1059), Turn::Wait(_)));
        assert_eq!(bench.frame(1060), Turn::DrawAndAsk);
    }

    #[test]
    fn a_terminal_that_misses_twice_is_asked_no_more() {
        for mut bench in [Bench::new(), Bench::answering()] {
            bench.frame(60);
            let mut queries = 0;
            for millis in (80..10_000).step_by(20) {
                queries += u32::from(bench.frame(millis) == Turn::DrawAndAsk);
            }
            assert!(queries <= 2, "{queries}");
            assert_eq!(bench.frame(10_010), Turn::Draw);
            assert_eq!(bench.farewell(10_010), None);
        }
    }

    #[test]
    fn an_answer_after_all_takes_the_misses_back() {
        let mut bench = Bench::answering();
        bench.frame(60);
        assert_eq!(bench.frame(1060), Turn::Draw);
        bench.answer(1500);
        assert_eq!(bench.frame(1501), Turn::Draw);
        assert_eq!(bench.frame(1502), Turn::DrawAndAsk);
    }

    #[test]
    fn a_terminal_that_cannot_answer_is_never_asked() {
        let mute = Capabilities::modern().without(Feature::DeviceStatus);
        let mut pacing = Pacing::new(mute);
        let now = Instant::now();
        for _ in 0..3 {
            assert_eq!(pacing.turn(now), Turn::Draw);
            pacing.drawn(Turn::Draw, now);
        }
    }

    #[test]
    fn the_farewell_is_long_where_nothing_is_known_of_the_line() {
        let mut bench = Bench::new();
        bench.frame(0);
        assert_eq!(bench.farewell(5), None, "nothing is outstanding");
        assert_eq!(bench.frame(10), Turn::DrawAndAsk);
        assert_eq!(bench.farewell(40), Some(Duration::from_secs(1)));
    }

    #[test]
    fn the_farewell_is_as_long_as_the_line_needs() {
        let mut bench = Bench::answering();
        assert_eq!(bench.farewell(55), None, "nothing is outstanding");
        bench.frame(60);
        assert_eq!(bench.farewell(70), Some(Duration::from_millis(300)));
        assert!(matches!(bench.frame(70), Turn::Wait(_)));
        bench.answer(310);
        bench.frame(320);
        assert_eq!(bench.farewell(330), Some(Duration::from_millis(500)));
        assert!(matches!(bench.frame(330), Turn::Wait(_)));
        bench.answer(1200);
        bench.frame(1210);
        assert_eq!(bench.farewell(1220), Some(Duration::from_secs(1)));
        assert_eq!(bench.farewell(2210), None, "it is missed");
    }
}
