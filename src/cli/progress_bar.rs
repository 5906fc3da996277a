//! Progress on standard error: a bar on a terminal, or else a line every few seconds.

use std::io::{self, Write};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use indicatif::{ProgressDrawTarget, ProgressStyle};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};
use signal_hook::low_level::emulate_default_handler;

use crate::library::Progress;
use crate::sync::lock;

/// How long work takes before its bar is shown.
const BAR_DELAY: Duration = Duration::from_millis(300);

/// The time between two updates of a bar.
const BAR_INTERVAL: Duration = Duration::from_millis(100);

/// The time between two lines, and before the first one.
const LINE_INTERVAL: Duration = Duration::from_secs(3);

/// Limits the updates of displayed progress: the first comes after a delay, the others after an
/// interval each. The time since the start of the work is its clock.
#[derive(Debug)]
pub struct UpdateTimer {
    next: Duration,
    interval: Duration,
}

impl UpdateTimer {
    pub const fn new(delay: Duration, interval: Duration) -> Self {
        Self {
            next: delay,
            interval,
        }
    }

    /// Returns true if an update is due. The next one is due after the interval.
    pub fn is_due(&mut self, elapsed: Duration) -> bool {
        let is_due = elapsed >= self.next;
        if is_due {
            self.next = elapsed + self.interval;
        }
        is_due
    }
}

/// The progress of one task. Short tasks show nothing. Dropping it removes the bar.
pub struct ProgressBar {
    /// A verb: `Indexing`.
    work: &'static str,
    bar: indicatif::ProgressBar,
    timer: Mutex<UpdateTimer>,
    signals: Option<Handle>,
}

impl ProgressBar {
    pub fn new(work: &'static str) -> Self {
        let target = ProgressDrawTarget::stderr();
        let timer = if target.is_hidden() {
            UpdateTimer::new(LINE_INTERVAL, LINE_INTERVAL)
        } else {
            UpdateTimer::new(BAR_DELAY, BAR_INTERVAL)
        };
        let style = ProgressStyle::with_template("{prefix} [{bar:24}] {msg}");
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = indicatif::ProgressBar::with_draw_target(None, target);
        bar.set_style(style.progress_chars("##-"));
        Self {
            work,
            bar: bar.with_prefix(work),
            timer: Mutex::new(timer),
            signals: None,
        }
    }

    /// Also removes the bar if a signal ends the program.
    pub fn removed_by_signals(mut self) -> io::Result<Self> {
        if self.bar.is_hidden() {
            return Ok(self);
        }
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])?;
        let (handle, bar) = (signals.handle(), self.bar.clone());
        thread::spawn(move || {
            for signal in signals.forever() {
                bar.finish_and_clear();
                let _ = emulate_default_handler(signal);
            }
        });
        self.signals = Some(handle);
        Ok(self)
    }

    /// Shows the progress if the last update was long enough ago.
    pub fn show(&self, progress: Progress) {
        let mut timer = lock(&self.timer);
        if !timer.is_due(progress.elapsed) {
            return;
        }
        let text = progress.to_string();
        if self.bar.is_hidden() {
            let _ = writeln!(io::stderr(), "{} {text}", self.work);
        } else {
            self.bar.set_length(progress.total);
            self.bar.set_message(text);
            self.bar.set_position(progress.done);
            // A bar fills its line. After it, the `^C` that a terminal shows for Ctrl-C would begin
            // another line, and the bar would not be removed.
            let _ = io::stderr().write_all(b"\r");
        }
    }
}

impl Drop for ProgressBar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        if let Some(signals) = &self.signals {
            signals.close();
        }
    }
}
