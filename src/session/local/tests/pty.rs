//! A small host, and a pseudo-terminal for it.
//!
//! The host is this test binary, started again to run only the test `host_process`.

use std::io::{Read, Write};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, ExitStatus, PtyPair, PtySize, native_pty_system};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::session::event::{Event, ShutdownReason};
use crate::session::local::LocalTerminal;
use crate::tty::{Capabilities, Decoder, Input, PendingReply, Screen, Size};

/// The environment variable of the process that is the host.
const HOST: &str = "CODELEAF_TEST_HOST";

/// Shows the last input and the size, and runs the commands of some keys.
fn run_host() -> u8 {
    let local = LocalTerminal::open(Capabilities::modern()).expect("a terminal");
    local.start_reading().expect("a thread");
    let mut screen = Screen::new(local.size(), Capabilities::modern());
    let mut decoder = Decoder::default();
    let mut writer = local.writer();
    let mut status = "ready".to_owned();
    screen.enter();
    loop {
        let size = screen.size();
        let mut frame = Buffer::empty(Rect::new(0, 0, size.columns(), size.rows()));
        let line = format!("{status} {}x{}.", size.columns(), size.rows());
        frame.set_string(0, 0, line, Style::new());
        if screen
            .draw(&frame, Some(Position::new(0, 0)), &mut writer)
            .is_err()
        {
            local.leave(None);
            return ShutdownReason::HungUp.exit_status();
        }
        let mut inputs = Vec::new();
        match local.wait(None) {
            Event::Bytes(bytes) => decoder.feed(&bytes, Instant::now(), &mut inputs),
            Event::Resize(size) => screen.resize(size),
            Event::Eof => {
                local.leave(None);
                return ShutdownReason::HungUp.exit_status();
            }
            Event::Shutdown(reason) => {
                local.leave(None);
                return reason.exit_status();
            }
            Event::Suspend => decoder.feed(b"\x1a", Instant::now(), &mut inputs),
            Event::Deadline | Event::Resumed => screen.enter(),
            Event::Action(_) => {}
        }
        for input in inputs {
            status = format!("{input:?}");
            let Input::Key(key) = input else { continue };
            status = crokey::KeyCombination::from(key).to_string();
            match status.as_str() {
                "q" => {
                    local.leave(None);
                    return 0;
                }
                "a" => {
                    writer.write_all(b"\x1b[5n").expect("the terminal takes it");
                    local.leave(Some((PendingReply::Status, Duration::from_secs(1))));
                    return 0;
                }
                "p" => panic!("oh dear"),
                "t" => {
                    let panics = thread::spawn(|| panic!("elsewhere")).join();
                    assert!(panics.is_err());
                    status = "went on".to_owned();
                }
                "s" => {
                    let stopped = signal_hook::low_level::raise(signal_hook::consts::SIGSTOP);
                    stopped.expect("the process is its own");
                    status = "ready".to_owned();
                }
                "b" => thread::sleep(Duration::from_secs(60)),
                "Ctrl-z" => match local.suspend().as_deref() {
                    Ok(&[Event::Resize(size), Event::Resumed]) => {
                        screen.resize(size);
                        screen.enter();
                        status = "back".to_owned();
                    }
                    Ok(other) => assert!(other.is_empty(), "{other:?}"),
                    Err(error) => status = format!("not suspended: {error}"),
                },
                _ => {}
            }
        }
    }
}

/// Runs the host, if this process was started as one.
#[test]
fn host_process() {
    if std::env::var_os(HOST).is_some() {
        std::process::exit(i32::from(run_host()));
    }
}

/// A pseudo-terminal with a running host.
pub(crate) struct PtyTerminal {
    pub(crate) pair: PtyPair,
    pub(crate) child: Box<dyn portable_pty::Child + Send + Sync>,
    pub(crate) writer: Box<dyn Write + Send>,
    pub(crate) output: mpsc::Receiver<Vec<u8>>,
    pub(crate) reader: thread::JoinHandle<()>,
    pub(crate) captured: Vec<u8>,
    pub(crate) cooked: String,
}

pub(crate) const SIZE: PtySize = PtySize {
    rows: 24,
    cols: 80,
    pixel_width: 0,
    pixel_height: 0,
};

impl PtyTerminal {
    /// Starts the host under a command that runs its arguments.
    pub(crate) fn start(wrapper: &[&str]) -> Self {
        let pair = native_pty_system().openpty(SIZE).expect("a pty");
        let mut argv: Vec<std::ffi::OsString> = wrapper.iter().map(Into::into).collect();
        argv.push(std::env::current_exe().expect("this binary").into());
        let name = "session::local::tests::pty::host_process";
        argv.extend(["--exact", name, "--nocapture", "--test-threads=1"].map(Into::into));
        let mut command = CommandBuilder::from_argv(argv);
        command.env(HOST, "1");
        command.env("RUST_BACKTRACE", "0");
        let cooked = modes(&pair);
        let child = pair.slave.spawn_command(command).expect("the host starts");
        let keys = pair.master.take_writer().expect("a writer");
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let (sender, output) = mpsc::channel();
        let reader = thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            pair,
            child,
            writer: keys,
            output,
            reader,
            captured: Vec::new(),
            cooked,
        }
    }

    pub(crate) fn start_and_wait() -> Self {
        let mut terminal = Self::start(&[]);
        terminal.wait_for("ready 80x24.");
        assert_ne!(modes(&terminal.pair), terminal.cooked, "raw mode");
        terminal
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.writer.write_all(bytes).expect("the pty takes it");
        self.writer.flush().expect("the pty takes it");
    }

    pub(crate) fn signal(&self, signal: &str) {
        let process = self.child.process_id().expect("a process").to_string();
        let sent = std::process::Command::new("kill")
            .args(["-s", signal, &process])
            .status();
        assert!(sent.is_ok_and(|status| status.success()));
    }

    /// Reads until a text appears in new output.
    pub(crate) fn wait_for(&mut self, text: &str) {
        let start = self.captured.len();
        let deadline = Instant::now() + Duration::from_secs(10);
        while !String::from_utf8_lossy(&self.captured[start..]).contains(text) {
            let timeout = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(timeout) {
                Ok(bytes) => self.captured.extend(bytes),
                Err(error) => {
                    let seen = self.captured[start..].escape_ascii();
                    panic!("no {text:?} in {seen}: {error}");
                }
            }
        }
    }

    /// Waits at most five seconds.
    pub(crate) fn wait_for_exit(&mut self) -> ExitStatus {
        let deadline = Instant::now() + Duration::from_secs(5);
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            if Instant::now() > deadline {
                self.child.kill().expect("a child");
                panic!("still running after {}", self.captured.escape_ascii());
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for the exit, and checks that the terminal was restored exactly once.
    pub(crate) fn assert_exits_restored(&mut self, exit_code: u32) {
        let status = self.wait_for_exit();
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(50)) {
            self.captured.extend(bytes);
        }
        let seen = String::from_utf8_lossy(&self.captured).into_owned();
        assert_eq!(status.exit_code(), exit_code, "{}", seen.escape_debug());
        assert_eq!(modes(&self.pair), self.cooked);
        let restoration = Screen::reset_sequence(Capabilities::modern(), Size::DEFAULT);
        let restoration = String::from_utf8(restoration).expect("ASCII");
        assert_eq!(
            seen.matches(&restoration).count(),
            1,
            "{}",
            seen.escape_debug()
        );
    }
}

pub(crate) fn modes(pair: &PtyPair) -> String {
    format!(
        "{:?}",
        pair.master.get_termios().expect("the pty has modes")
    )
}
