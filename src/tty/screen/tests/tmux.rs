//! Comparison of a screen's output with what tmux shows: a check by a second, real terminal.

use std::fs::File;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::tty::screen::tests::look::{emulator_cells, expected_cells};
use crate::tty::screen::tests::page::{PageChange, TestPage, any_change};
use crate::tty::screen::*;

const COLUMNS: u16 = 80;
const ROWS: u16 = 24;

/// A private tmux server with one window, which shows what is written to it.
struct Tmux {
    socket: PathBuf,
    window: File,
    frames: usize,
    _folder: tempfile::TempDir,
}

impl Tmux {
    /// Returns `None` if tmux is not installed.
    fn start() -> Option<Self> {
        Command::new("tmux").arg("-V").output().ok()?;
        let folder = tempfile::tempdir().expect("a folder");
        let pipe = folder.path().join("pipe");
        let socket = folder.path().join("socket");
        let made = Command::new("mkfifo").arg(&pipe).status();
        assert!(made.is_ok_and(|status| status.success()));
        let show = format!("stty raw -echo; exec cat '{}'", pipe.display());
        let started = Command::new("tmux")
            .arg("-S")
            .arg(&socket)
            .args([
                "-f",
                "/dev/null",
                "new-session",
                "-d",
                "-x",
                "80",
                "-y",
                "24",
                &show,
            ])
            .env("LC_ALL", "C.UTF-8")
            .env_remove("TMUX")
            .status();
        assert!(started.is_ok_and(|status| status.success()));
        let tmux = Self {
            window: File::options().write(true).open(pipe).expect("tmux reads"),
            socket,
            frames: 0,
            _folder: folder,
        };
        tmux.run(&["set-option", "-g", "status", "off"]);
        tmux.run(&["resize-window", "-x", "80", "-y", "24"]);
        Some(tmux)
    }

    fn run(&self, arguments: &[&str]) -> String {
        let output = Command::new("tmux")
            .arg("-u")
            .arg("-S")
            .arg(&self.socket)
            .args(arguments)
            .output();
        let output = output.expect("tmux runs");
        String::from_utf8(output.stdout).expect("tmux writes UTF-8")
    }

    /// Writes bytes, and waits until tmux has read them.
    fn write(&mut self, bytes: &[u8]) {
        self.frames += 1;
        let title = format!("frame {}", self.frames);
        self.window.write_all(bytes).expect("tmux reads");
        write!(self.window, "\x1b]2;{title}\x07").expect("tmux reads");
        let deadline = Instant::now() + Duration::from_secs(10);
        while self
            .run(&["display-message", "-p", "#{pane_title}"])
            .trim_end()
            != title
        {
            assert!(Instant::now() < deadline, "tmux does not answer");
        }
    }

    /// The contents of tmux's window, as an emulator parses its capture.
    fn screen(&self) -> vt100::Parser {
        let mut copy = vt100::Parser::new(
            ROWS.try_into().expect("not zero"),
            COLUMNS.try_into().expect("not zero"),
            0,
        );
        let rows = self.run(&["capture-pane", "-p", "-e", "-N"]);
        copy.process(rows.trim_end_matches('\n').replace('\n', "\r\n").as_bytes());
        copy
    }

    fn cursor(&self) -> (u16, u16) {
        let at = self.run(&["display-message", "-p", "#{cursor_x} #{cursor_y}"]);
        let (x, y) = at.trim_end().split_once(' ').expect("two numbers");
        (x.parse().expect("a number"), y.parse().expect("a number"))
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        self.run(&["kill-server"]);
    }
}

#[test]
fn tmux_shows_the_drawn_frame() {
    let Some(mut tmux) = Tmux::start() else {
        println!("skipped: tmux is not installed");
        return;
    };
    let frames = std::env::var("CODELEAF_TMUX_FRAMES")
        .map_or(100, |frames| frames.parse().expect("a number"));
    let mut runner = TestRunner::deterministic();
    let changes = proptest::collection::vec(any_change(), 1..4);
    let mut screen = Screen::new(Size::new(COLUMNS, ROWS), Capabilities::modern());
    let mut page = TestPage::blank(COLUMNS, ROWS);
    screen.enter();
    for frame in 0..frames {
        for change in changes.new_tree(&mut runner).expect("changes").current() {
            // The window of tmux keeps its size.
            if !matches!(
                change,
                PageChange::Resize { .. } | PageChange::ForeignOutput
            ) {
                page.apply(&change);
            }
        }
        let mut bytes = Vec::new();
        screen
            .draw(&page.frame, page.cursor, &mut bytes)
            .expect("a Vec takes everything");
        tmux.write(&bytes);
        let shown = emulator_cells(tmux.screen().screen());
        let expected = expected_cells(&page.frame, Capabilities::modern());
        for (row, (shown, expected)) in shown.iter().zip(&expected).enumerate() {
            assert_eq!(
                shown,
                expected,
                "frame {frame}, row {row}: {}",
                bytes.escape_ascii()
            );
        }
        if let Some(cursor) = page.cursor {
            assert_eq!(tmux.cursor(), (cursor.x, cursor.y), "frame {frame}");
        }
    }
}
