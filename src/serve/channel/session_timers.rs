//! The time limits of a session, and the reasons why a session ends.
//!
//! russh's inactivity timer is not used: any traffic resets it, even the replies to its own
//! keepalives. Here any input except status reports counts as activity.

use std::time::{Duration, Instant};

use crate::serve::settings::Limits;

/// How long before the end a warning is shown. It is shown halfway if the limit is short.
const WARNING_LEAD: Duration = Duration::from_secs(60);

/// A terminal's answer to the device-status query (DSR) that some frames carry. It is not user
/// input.
const STATUS_REPORT: &[u8] = b"\x1b[0n";

/// Why a session ended. The log shows the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionEnd {
    /// The user quit.
    Quit,
    Idle,
    /// The session has reached its time limit.
    TimeLimit,
    /// The user's key may no longer log in.
    Revoked,
    Shutdown,
    /// A panic.
    Failed,
    /// The client disconnected, or stopped reading.
    Disconnected,
}

impl SessionEnd {
    pub const fn message(self) -> Option<&'static str> {
        match self {
            Self::Quit | Self::Disconnected => None,
            Self::Idle => Some("codeleaf: session ended: no key was pressed for too long"),
            Self::TimeLimit => Some("codeleaf: session ended: sessions have a time limit"),
            Self::Revoked => Some("codeleaf: session ended: your key is no longer allowed"),
            Self::Shutdown => Some("codeleaf: the server is stopping; try again in a moment"),
            Self::Failed => {
                Some("codeleaf: sorry, an internal error ended this session; it has been logged")
            }
        }
    }

    /// `None` if no client is left to receive it.
    pub const fn exit_status(self) -> Option<u8> {
        match self {
            Self::Quit => Some(0),
            Self::Idle | Self::TimeLimit | Self::Revoked => Some(1),
            // Like the local reader after SIGTERM.
            Self::Shutdown => Some(143),
            // Like any Rust panic.
            Self::Failed => Some(101),
            Self::Disconnected => None,
        }
    }
}

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
    pub fn new(limits: &Limits, now: Instant) -> Self {
        Self {
            idle: limits.idle_time.map(|limit| Timer::start(limit, now)),
            session: limits.session_time.map(|limit| Timer::start(limit, now)),
        }
    }

    /// Restarts the idle timer, unless the input has status reports only.
    pub fn record_input(&mut self, bytes: &[u8], now: Instant) {
        let mut keys = bytes;
        while let Some(rest) = keys.strip_prefix(STATUS_REPORT) {
            keys = rest;
        }
        if !keys.is_empty()
            && let Some(idle) = &mut self.idle
        {
            *idle = Timer::start(idle.limit, now);
        }
    }

    /// When [`SessionTimers::poll`] is next due.
    pub fn deadline(&self) -> Option<Instant> {
        [&self.idle, &self.session]
            .into_iter()
            .flatten()
            .map(|timer| timer.warn_at.unwrap_or(timer.expires_at))
            .min()
    }

    /// The warning that is due, if any; fails if the session is over.
    pub fn poll(&mut self, now: Instant) -> Result<Option<String>, SessionEnd> {
        let is_over =
            |timer: &Option<Timer>| timer.as_ref().is_some_and(|timer| timer.expires_at <= now);
        if is_over(&self.session) {
            return Err(SessionEnd::TimeLimit);
        }
        if is_over(&self.idle) {
            return Err(SessionEnd::Idle);
        }
        let warning = |timer: &mut Option<Timer>| timer.as_mut()?.due_warning(now);
        if let Some(left) = warning(&mut self.session) {
            return Ok(Some(format!("The time limit ends this session in {left}")));
        }
        Ok(warning(&mut self.idle)
            .map(|left| format!("This session ends in {left} unless you press a key")))
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

    /// The time left, once, when the warning is due.
    fn due_warning(&mut self, now: Instant) -> Option<String> {
        self.warn_at.take_if(|warn_at| *warn_at <= now)?;
        let left = self.expires_at.saturating_duration_since(now);
        Some(match left.as_millis().div_ceil(1000) {
            60 => "a minute".to_owned(),
            seconds => format!("{seconds} s"),
        })
    }
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
    fn warning_is_due_a_minute_before_the_end() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut timers = SessionTimers::new(&limits(1800, None), start);
        assert_eq!(timers.deadline(), Some(after(1740)));
        assert_eq!(timers.poll(after(1739)), Ok(None));
        let Ok(Some(warning)) = timers.poll(after(1740)) else {
            panic!("no warning")
        };
        assert!(warning.contains("in a minute"), "{warning}");
        assert_eq!(timers.poll(after(1741)), Ok(None));
        timers.record_input(b"\x1b[0n\x1b[0n", after(1750));
        assert_eq!(
            timers.deadline(),
            Some(after(1800)),
            "status reports are not key presses"
        );
        timers.record_input(b"\x1b[0nj", after(1750));
        assert_eq!(timers.deadline(), Some(after(1750 + 1740)));
        assert_eq!(timers.poll(after(9999)), Err(SessionEnd::Idle));
    }

    #[test]
    fn keys_do_not_prolong_the_session() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut timers = SessionTimers::new(&limits(1800, Some(100)), start);
        timers.record_input(b"j", after(90));
        assert!(matches!(timers.poll(after(90)), Ok(Some(_))));
        assert_eq!(timers.poll(after(100)), Err(SessionEnd::TimeLimit));
    }
}
