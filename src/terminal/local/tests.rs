//! Runs a small host in a terminal of its own and does to it what happens to hosts.
//!
//! The host is this test binary itself, started again to run the one test named `host`.

use std::io::Read;
use std::sync::mpsc;

use portable_pty::{CommandBuilder, ExitStatus, PtyPair, PtySize, native_pty_system};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::*;
use crate::terminal::Screen;

/// Set for the process that is to be the host.
const HOST: &str = "CODELEAF_TEST_HOST";

/// Shows what happens, and does what keys say.
fn host() -> u8 {
    let local = Local::open(Capabilities::modern()).expect("a terminal");
    let mut screen = Screen::new(local.size(), Capabilities::modern());
    let mut decoder = Decoder::default();
    let mut writer = local.writer();
    let mut said = "ready".to_owned();
    screen.enter();
    loop {
        let size = screen.size();
        let mut frame = Buffer::empty(Rect::new(0, 0, size.columns(), size.rows()));
        let line = format!("{said} {}x{}.", size.columns(), size.rows());
        frame.set_string(0, 0, line, Style::new());
        if screen
            .draw(&frame, Some(Position::new(0, 0)), &mut writer)
            .is_err()
        {
            local.leave(None);
            return Reason::HungUp.exit_status();
        }
        let mut inputs = Vec::new();
        match local.events().recv().expect("the host has a sender too") {
            Event::Bytes(bytes) => decoder.feed(&bytes, Instant::now(), &mut inputs),
            Event::Resize(size) => screen.resize(size),
            Event::Eof => {
                local.leave(None);
                return Reason::HungUp.exit_status();
            }
            Event::Leave(reason) => {
                local.leave(None);
                return reason.exit_status();
            }
            Event::Suspend => decoder.feed(b"\x1a", Instant::now(), &mut inputs),
            Event::Deadline | Event::Resumed => screen.enter(),
            Event::Loaded(..) | Event::Catalogue(..) | Event::Note(_) => {}
        }
        for input in inputs {
            said = format!("{input:?}");
            let Input::Key(key) = input else { continue };
            said = crokey::KeyCombination::from(key).to_string();
            match said.as_str() {
                "q" => {
                    local.leave(None);
                    return 0;
                }
                "a" => {
                    writer.write_all(b"\x1b[5n").expect("the terminal takes it");
                    local.leave(Some(Duration::from_secs(1)));
                    return 0;
                }
                "p" => panic!("oh dear"),
                "t" => {
                    let panics = thread::spawn(|| panic!("elsewhere")).join();
                    assert!(panics.is_err());
                    said = "went on".to_owned();
                }
                "b" => thread::sleep(Duration::from_secs(60)),
                "Ctrl-z" => match local.suspend() {
                    Ok([Event::Resize(size), Event::Resumed]) => {
                        screen.resize(size);
                        screen.enter();
                        said = "back".to_owned();
                    }
                    Ok(other) => panic!("{other:?}"),
                    Err(error) => said = format!("not suspended: {error}"),
                },
                _ => {}
            }
        }
    }
}

/// Runs the host, if this process was started to.
#[test]
fn host_process() {
    if std::env::var_os(HOST).is_some() {
        std::process::exit(i32::from(host()));
    }
}

/// A terminal in which the host runs.
struct Terminal {
    pair: PtyPair,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    keys: Option<Box<dyn Write + Send>>,
    output: mpsc::Receiver<Vec<u8>>,
    /// What was written so far.
    seen: Vec<u8>,
    cooked: String,
}

const SIZE: PtySize = PtySize {
    rows: 24,
    cols: 80,
    pixel_width: 0,
    pixel_height: 0,
};

impl Terminal {
    /// Starts the host under a command that runs its arguments.
    fn start(wrapper: &[&str]) -> Self {
        let pair = native_pty_system().openpty(SIZE).expect("a pty");
        let mut argv: Vec<std::ffi::OsString> = wrapper.iter().map(Into::into).collect();
        argv.push(std::env::current_exe().expect("this binary").into());
        let name = "terminal::local::tests::host_process";
        argv.extend(["--exact", name, "--nocapture", "--test-threads=1"].map(Into::into));
        let mut command = CommandBuilder::from_argv(argv);
        command.env(HOST, "1");
        command.env("RUST_BACKTRACE", "0");
        let cooked = modes(&pair);
        let child = pair.slave.spawn_command(command).expect("the host starts");
        let keys = pair.master.take_writer().expect("a writer");
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let (sender, output) = mpsc::channel();
        thread::spawn(move || {
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
            keys: Some(keys),
            output,
            seen: Vec::new(),
            cooked,
        }
    }

    fn start_and_wait() -> Self {
        let mut terminal = Self::start(&[]);
        terminal.wait_for("ready 80x24.");
        assert_ne!(modes(&terminal.pair), terminal.cooked, "raw mode");
        terminal
    }

    fn send(&mut self, bytes: &[u8]) {
        let keys = self.keys.as_mut().expect("still connected");
        keys.write_all(bytes).expect("the pty takes it");
        keys.flush().expect("the pty takes it");
    }

    fn signal(&self, signal: &str) {
        let process = self.child.process_id().expect("a process").to_string();
        let sent = std::process::Command::new("kill")
            .args(["-s", signal, &process])
            .status();
        assert!(sent.is_ok_and(|status| status.success()));
    }

    /// Reads until a text appears that was not there before.
    fn wait_for(&mut self, text: &str) {
        let start = self.seen.len();
        let give_up = Instant::now() + Duration::from_secs(10);
        while !String::from_utf8_lossy(&self.seen[start..]).contains(text) {
            let patience = give_up.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(patience) {
                Ok(bytes) => self.seen.extend(bytes),
                Err(error) => {
                    let seen = self.seen[start..].escape_ascii();
                    panic!("no {text:?} in {seen}: {error}");
                }
            }
        }
    }

    /// Waits for the end, which must not take long.
    fn end(&mut self) -> ExitStatus {
        let give_up = Instant::now() + Duration::from_secs(5);
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            if Instant::now() >= give_up {
                self.child.kill().expect("a child");
                panic!("still there after {}", self.seen.escape_ascii());
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for the end and looks at what is left behind.
    fn ends_restored(&mut self, exit_code: u32) {
        let status = self.end();
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(50)) {
            self.seen.extend(bytes);
        }
        let seen = String::from_utf8_lossy(&self.seen).into_owned();
        assert_eq!(status.exit_code(), exit_code, "{}", seen.escape_debug());
        assert_eq!(modes(&self.pair), self.cooked);
        let restoration = Screen::restoration(Capabilities::modern(), Size::DEFAULT);
        let restoration = String::from_utf8(restoration).expect("ASCII");
        assert_eq!(
            seen.matches(&restoration).count(),
            1,
            "{}",
            seen.escape_debug()
        );
    }
}

fn modes(pair: &PtyPair) -> String {
    format!(
        "{:?}",
        pair.master.get_termios().expect("the pty has modes")
    )
}

#[test]
fn leaving_by_a_key_gives_the_terminal_back() {
    let mut terminal = Terminal::start_and_wait();
    terminal.send(b"q");
    terminal.ends_restored(0);
}

#[test]
fn leaving_by_a_signal_gives_the_terminal_back() {
    for (signal, status) in [("TERM", 143), ("HUP", 129), ("INT", 130), ("QUIT", 131)] {
        let mut terminal = Terminal::start_and_wait();
        terminal.signal(signal);
        terminal.ends_restored(status);
    }
}

#[test]
fn a_host_that_is_busy_is_ended_within_a_second_or_so() {
    let mut terminal = Terminal::start_and_wait();
    terminal.send(b"b");
    thread::sleep(Duration::from_millis(50));
    let start = Instant::now();
    terminal.signal("TERM");
    terminal.ends_restored(143);
    assert!(start.elapsed() < Duration::from_secs(3));
}

#[test]
fn a_panic_gives_the_terminal_back_before_it_prints() {
    let mut terminal = Terminal::start_and_wait();
    terminal.send(b"p");
    terminal.ends_restored(101);
    let seen = String::from_utf8_lossy(&terminal.seen).into_owned();
    let (_, after) = seen.split_once("\x1b[?1049l").expect("it left");
    assert!(after.contains("oh dear"), "{}", seen.escape_debug());
}

#[test]
fn a_panic_of_another_thread_is_printed_when_the_program_ends() {
    let mut terminal = Terminal::start_and_wait();
    terminal.send(b"t");
    terminal.wait_for("went on");
    terminal.send(b"q");
    terminal.ends_restored(0);
    let seen = String::from_utf8_lossy(&terminal.seen).into_owned();
    let (before, after) = seen.split_once("\x1b[?1049l").expect("it left");
    assert!(
        !before.contains("elsewhere") && after.contains("elsewhere"),
        "{}",
        seen.escape_debug()
    );
}

#[test]
fn a_new_size_is_told() {
    let mut terminal = Terminal::start_and_wait();
    let size = PtySize {
        rows: 10,
        cols: 40,
        ..SIZE
    };
    terminal
        .pair
        .master
        .resize(size)
        .expect("the pty is resized");
    terminal.wait_for("40x10.");
    terminal.send(b"q");
    terminal.ends_restored(0);
}

#[test]
fn the_end_of_the_terminal_is_the_end_of_the_program() {
    let ignored = "trap '' HUP; \"$@\"; exit $?";
    let elsewhere = "trap '' HUP; setsid --wait \"$@\"; exit $?";
    for wrapper in [
        &[][..],
        &["sh", "-c", ignored, "sh"],
        &["sh", "-c", elsewhere, "sh"],
    ] {
        let mut terminal = Terminal::start(wrapper);
        terminal.wait_for("ready 80x24.");
        terminal.keys = None;
        let Terminal {
            pair,
            mut child,
            output,
            ..
        } = terminal;
        let start = Instant::now();
        drop((pair, output));
        let status = loop {
            match child.try_wait().expect("a child") {
                Some(status) => break status,
                None if start.elapsed() > Duration::from_secs(5) => {
                    child.kill().expect("a child");
                    panic!("{wrapper:?}: still there");
                }
                None => thread::sleep(Duration::from_millis(5)),
            }
        };
        assert!(
            start.elapsed() < Duration::from_secs(1),
            "{wrapper:?}: {:?}",
            start.elapsed()
        );
        assert_eq!(status.exit_code(), 129, "{wrapper:?}");
    }
}

#[test]
fn an_answer_outstanding_is_kept_from_the_shell() {
    let mut terminal = Terminal::start_and_wait();
    terminal.send(b"a");
    terminal.wait_for("\x1b[5n");
    thread::sleep(Duration::from_millis(100));
    terminal.send(b"\x1b[0n");
    terminal.ends_restored(0);
    assert!(
        !String::from_utf8_lossy(&terminal.seen).contains("0n"),
        "it was echoed"
    );
}

#[test]
fn a_terminal_that_never_answers_is_left_within_a_second_or_so() {
    let mut terminal = Terminal::start_and_wait();
    let start = Instant::now();
    terminal.send(b"a");
    terminal.ends_restored(0);
    assert!(start.elapsed() < Duration::from_millis(1500));
}

#[test]
fn suspension_gives_the_terminal_back_and_takes_it_again() {
    let script = "set -m; \"$@\"; echo stopped; read line; fg >/dev/null; echo back $?";
    let mut terminal = Terminal::start(&["sh", "-c", script, "sh"]);
    terminal.wait_for("ready 80x24.");
    terminal.send(b"\x1a");
    terminal.wait_for("stopped");
    assert_eq!(modes(&terminal.pair), terminal.cooked);
    let seen = String::from_utf8_lossy(&terminal.seen).into_owned();
    assert!(seen.contains("\x1b[?1049l"), "{}", seen.escape_debug());
    let size = PtySize {
        rows: 10,
        cols: 40,
        ..SIZE
    };
    terminal
        .pair
        .master
        .resize(size)
        .expect("the pty is resized");
    terminal.send(b"\n");
    terminal.wait_for("back 40x10.");
    assert_ne!(modes(&terminal.pair), terminal.cooked);
    terminal.send(b"q");
    terminal.wait_for("back 0");
    assert_eq!(modes(&terminal.pair), terminal.cooked);
}

#[test]
fn nothing_is_suspended_where_nobody_could_resume_it() {
    for wrapper in [&[][..], &["sh", "-c", "\"$@\"; exit $?", "sh"]] {
        let mut terminal = Terminal::start(wrapper);
        terminal.wait_for("ready 80x24.");
        terminal.send(b"\x1a");
        terminal.wait_for("not suspended");
        terminal.send(b"q");
        terminal.ends_restored(0);
    }
}

#[test]
fn a_terminal_that_reads_nothing_does_not_keep_the_program() {
    let mut terminal = Terminal::start_and_wait();
    // Nobody reads any more, and the host draws until the pty is full.
    let (_, nobody) = mpsc::channel();
    terminal.output = nobody;
    for _ in 0..2000 {
        terminal.send(b"xy");
        thread::sleep(Duration::from_micros(200));
    }
    let start = Instant::now();
    terminal.signal("TERM");
    assert_eq!(terminal.end().exit_code(), 143);
    assert!(start.elapsed() < Duration::from_secs(3));
}
