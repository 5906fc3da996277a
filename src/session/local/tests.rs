//! Keys, signals, panics and suspension of a host in a pseudo-terminal.

pub(crate) mod pty;

use std::sync::mpsc;

use portable_pty::PtySize;

use crate::session::local::tests::pty::{PtyTerminal, SIZE, modes};
use crate::session::local::*;

#[test]
fn quitting_by_key_restores_the_terminal() {
    let mut terminal = PtyTerminal::start_and_wait();
    terminal.send(b"q");
    terminal.assert_exits_restored(0);
}

#[test]
fn quitting_by_signal_restores_the_terminal() {
    for (signal, status) in [("TERM", 143), ("HUP", 129), ("INT", 130), ("QUIT", 131)] {
        let mut terminal = PtyTerminal::start_and_wait();
        terminal.signal(signal);
        terminal.assert_exits_restored(status);
    }
}

#[test]
fn busy_host_exits_after_the_grace_period() {
    let mut terminal = PtyTerminal::start_and_wait();
    terminal.send(b"b");
    thread::sleep(Duration::from_millis(50));
    let start = Instant::now();
    terminal.signal("TERM");
    terminal.assert_exits_restored(143);
    assert!(start.elapsed() < Duration::from_secs(3));
}

#[test]
fn panic_restores_the_terminal_before_printing() {
    let mut terminal = PtyTerminal::start_and_wait();
    terminal.send(b"p");
    terminal.assert_exits_restored(101);
    let seen = String::from_utf8_lossy(&terminal.captured).into_owned();
    let (_, after) = seen.split_once("\x1b[?1049l").expect("it left");
    assert!(after.contains("oh dear"), "{}", seen.escape_debug());
}

#[test]
fn panic_of_another_thread_is_printed_at_exit() {
    let mut terminal = PtyTerminal::start_and_wait();
    terminal.send(b"t");
    terminal.wait_for("went on");
    terminal.send(b"q");
    terminal.assert_exits_restored(0);
    let seen = String::from_utf8_lossy(&terminal.captured).into_owned();
    let (before, after) = seen.split_once("\x1b[?1049l").expect("it left");
    assert!(
        !before.contains("elsewhere") && after.contains("elsewhere"),
        "{}",
        seen.escape_debug()
    );
}

#[test]
fn resize_is_reported() {
    let mut terminal = PtyTerminal::start_and_wait();
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
    terminal.assert_exits_restored(0);
}

#[test]
fn closing_the_terminal_ends_the_program() {
    let ignored = "trap '' HUP; \"$@\"; exit $?";
    let elsewhere = "trap '' HUP; setsid --wait \"$@\"; exit $?";
    for wrapper in [
        &[][..],
        &["sh", "-c", ignored, "sh"],
        &["sh", "-c", elsewhere, "sh"],
    ] {
        let mut terminal = PtyTerminal::start(wrapper);
        terminal.wait_for("ready 80x24.");
        // The thread that reads holds the terminal open, until it finds nobody to tell.
        (_, terminal.output) = mpsc::channel();
        while !terminal.reader.is_finished() {
            terminal.send(b"xy");
            thread::sleep(Duration::from_millis(1));
        }
        let PtyTerminal {
            pair,
            mut child,
            writer: keys,
            ..
        } = terminal;
        let start = Instant::now();
        drop((pair, keys));
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
fn pending_response_does_not_reach_the_shell() {
    let mut terminal = PtyTerminal::start_and_wait();
    terminal.send(b"a");
    terminal.wait_for("\x1b[5n");
    thread::sleep(Duration::from_millis(100));
    terminal.send(b"\x1b[0n");
    terminal.assert_exits_restored(0);
    assert!(
        !String::from_utf8_lossy(&terminal.captured).contains("0n"),
        "it was echoed"
    );
}

#[test]
fn unresponsive_terminal_does_not_delay_exit_for_long() {
    let mut terminal = PtyTerminal::start_and_wait();
    let start = Instant::now();
    terminal.send(b"a");
    terminal.assert_exits_restored(0);
    assert!(start.elapsed() < Duration::from_millis(1500));
}

#[test]
fn suspend_restores_the_terminal_and_resume_retakes_it() {
    let script = "set -m; \"$@\"; echo stopped; read line; fg >/dev/null; echo back $?";
    let mut terminal = PtyTerminal::start(&["sh", "-c", script, "sh"]);
    terminal.wait_for("ready 80x24.");
    terminal.send(b"\x1a");
    terminal.wait_for("stopped");
    assert_eq!(modes(&terminal.pair), terminal.cooked);
    let seen = String::from_utf8_lossy(&terminal.captured).into_owned();
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
fn suspended_program_can_be_terminated() {
    let script =
        "set -m; (trap '' TERM; \"$@\"; echo ended $?); kill -s TERM %1; kill -s CONT %1; sleep 9";
    let mut terminal = PtyTerminal::start(&["sh", "-c", script, "sh"]);
    terminal.wait_for("ready 80x24.");
    terminal.send(b"\x1a");
    terminal.wait_for("ended 143");
    assert_eq!(modes(&terminal.pair), terminal.cooked);
    let seen = String::from_utf8_lossy(&terminal.captured).into_owned();
    let (_, after) = seen.split_once("\x1b[?1049l").expect("it left");
    assert!(!after.contains("Ctrl-z"), "it drew on the shell's screen");
    terminal.child.kill().expect("the shell sleeps");
}

#[test]
fn terminal_is_retaken_after_sigstop() {
    let script = "set -m; \"$@\"; stty sane; fg >/dev/null; echo back $?";
    let mut terminal = PtyTerminal::start(&["sh", "-c", script, "sh"]);
    terminal.wait_for("ready 80x24.");
    terminal.send(b"s");
    terminal.wait_for("ready 80x24.");
    assert_ne!(modes(&terminal.pair), terminal.cooked);
    terminal.send(b"q");
    terminal.wait_for("back 0");
}

#[test]
fn suspend_fails_without_a_shell() {
    for wrapper in [&[][..], &["sh", "-c", "\"$@\"; exit $?", "sh"]] {
        let mut terminal = PtyTerminal::start(wrapper);
        terminal.wait_for("ready 80x24.");
        terminal.send(b"\x1a");
        terminal.wait_for("not suspended");
        terminal.send(b"q");
        terminal.assert_exits_restored(0);
    }
}

#[test]
fn stalled_terminal_does_not_block_exit() {
    let mut terminal = PtyTerminal::start_and_wait();
    // Nobody reads any more, and the host draws until the pty is full.
    let (_, nobody) = mpsc::channel();
    terminal.output = nobody;
    for _ in 0..2000 {
        terminal.send(b"xy");
        thread::sleep(Duration::from_micros(200));
    }
    let start = Instant::now();
    terminal.signal("TERM");
    assert_eq!(terminal.wait_for_exit().exit_code(), 143);
    assert!(start.elapsed() < Duration::from_secs(3));
}
