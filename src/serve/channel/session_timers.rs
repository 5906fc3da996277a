//! Watches how long a reader has done nothing, and how long the session lasts in all.
//!
//! russh has a timer for inactivity, but any traffic resets it, the answers to its own keepalives
//! included; only what somebody pressed counts here.

use std::time::{Duration, Instant};

use crate::serve::channel::session_end::SessionEnd;
use crate::serve::settings::Limits;

/// How long before the end a warning comes; sooner where the whole time is short.
const WARNING_LEAD: Duration = Duration::from_secs(60);

/// What a terminal says by itself after a frame: that it has read it.
const STATUS_REPORT: &[u8] = b"\x1b[0n";

/// When a session ends by itself.
#[derive(Debug)]
pub struct SessionTimers {
    idle: Option<Timer>,
    session: Option<Timer>,
}

#[derive(Debug)]
struct Timer {
    limit: Duration,
    expires_at: Instant,
    warn_at: Option<Instant>,
}

impl SessionTimers {
    /// Starts both times.
    pub fn new(limits: &Limits, now: Instant) -> Self {
        Self {
            idle: limits.idle_time.map(|limit| Timer::start(limit, now)),
            session: limits.session_time.map(|limit| Timer::start(limit, now)),
        }
    }

    /// Notes what came from the terminal.
    pub fn record_input(&mut self, bytes: &[u8], now: Instant) {
        let mut pressed = bytes;
        while let Some(rest) = pressed.strip_prefix(STATUS_REPORT) {
            pressed = rest;
        }
        if !pressed.is_empty()
            && let Some(idle) = &mut self.idle
        {
            *idle = Timer::start(idle.limit, now);
        }
    }

    /// Returns when [`SessionTimers::poll`] has something to say.
    pub fn deadline(&self) -> Option<Instant> {
        [&self.idle, &self.session]
            .into_iter()
            .flatten()
            .map(|timer| timer.warn_at.unwrap_or(timer.expires_at))
            .min()
    }

    /// Returns what is due: a warning, or the end.
    pub fn poll(&mut self, now: Instant) -> Option<Result<String, SessionEnd>> {
        let due =
            |timer: &Option<Timer>| timer.as_ref().is_some_and(|timer| timer.expires_at <= now);
        if due(&self.session) {
            return Some(Err(SessionEnd::Over));
        }
        if due(&self.idle) {
            return Some(Err(SessionEnd::Idle));
        }
        if let Some(left) = due_warning(&mut self.session, now) {
            return Some(Ok(format!("The time limit ends this session in {left}")));
        }
        due_warning(&mut self.idle, now).map(|left| {
            Ok(format!(
                "This session ends in {left} unless you press a key"
            ))
        })
    }
}

impl Timer {
    fn start(limit: Duration, now: Instant) -> Self {
        Self {
            limit,
            expires_at: now + limit,
            warn_at: Some(now + limit.saturating_sub(WARNING_LEAD.min(limit / 2))),
        }
    }
}

/// Returns the time left, where it is time to say it.
fn due_warning(timer: &mut Option<Timer>, now: Instant) -> Option<String> {
    let timer = timer.as_mut()?;
    timer.warn_at.take_if(|warns| *warns <= now)?;
    let left = timer.expires_at.saturating_duration_since(now);
    Some(match left.as_millis().div_ceil(1000) {
        60 => "a minute".to_owned(),
        seconds => format!("{seconds} s"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::settings::Settings;

    fn limits(idle: u64, session: Option<u64>) -> Limits {
        Limits {
            idle_time: Some(Duration::from_secs(idle)),
            session_time: session.map(Duration::from_secs),
            ..Settings::default().limits().unwrap()
        }
    }

    #[test]
    fn a_warning_comes_a_minute_before_the_end() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut idleness = SessionTimers::new(&limits(1800, None), start);
        assert_eq!(idleness.deadline(), Some(after(1740)));
        assert_eq!(idleness.poll(after(1739)), None);
        let Some(Ok(warning)) = idleness.poll(after(1740)) else {
            panic!("no warning")
        };
        assert!(warning.contains("in a minute"), "{warning}");
        assert_eq!(idleness.poll(after(1741)), None);
        idleness.record_input(b"\x1b[0n\x1b[0n", after(1750));
        assert_eq!(
            idleness.deadline(),
            Some(after(1800)),
            "reports are no keys"
        );
        idleness.record_input(b"\x1b[0nj", after(1750));
        assert_eq!(idleness.deadline(), Some(after(1750 + 1740)));
        assert_eq!(idleness.poll(after(9999)), Some(Err(SessionEnd::Idle)));
    }

    #[test]
    fn keys_do_not_prolong_the_session() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut idleness = SessionTimers::new(&limits(1800, Some(100)), start);
        idleness.record_input(b"j", after(90));
        assert!(matches!(idleness.poll(after(90)), Some(Ok(_))));
        assert_eq!(idleness.poll(after(100)), Some(Err(SessionEnd::Over)));
    }
}
