//! A terminal at the other end of a slow line, and one that answers nothing.

use std::time::Duration;

use super::open_with;
use crate::support::program::{Answers, Launch};
use crate::support::sequences::{Piece, pieces};

const FAR: Answers = Answers::After(Duration::from_millis(300));

#[test]
fn nothing_is_asked_before_the_first_frame() {
    let mut terminal = open_with(Launch::codeleaf("83950").answers(Answers::Never));
    // Long before an answer could have come from far away.
    assert!(terminal.first_paint() < Duration::from_secs(10));
    terminal.wait_for_silence(Duration::from_millis(300));
    for piece in pieces(&terminal.since(0)) {
        match &piece {
            Piece::Csi(_, _, last) => {
                assert!(
                    !matches!(last.as_str(), "c" | "n" | "q" | "t" | "u" | "$p"),
                    "{piece:?}"
                );
            }
            Piece::String(..) => panic!("{piece:?}"),
            _ => {}
        }
    }
    terminal.press("q");
    terminal.ends_restored(0);
}

#[test]
fn keys_work_at_once_on_a_terminal_far_away_and_on_a_mute_one() {
    for answers in [FAR, Answers::Never] {
        let mut terminal = open_with(Launch::codeleaf("83950").answers(answers));
        for _ in 0..4 {
            terminal.press("down right left up");
        }
        terminal.press("4").wait_for("83950 › Coding › 26");
        terminal.press("down").wait_for("83950 › Coding › 90");
        terminal.press("q");
        terminal.ends_restored(0);
    }
}

#[test]
fn no_answer_reaches_the_shell() {
    for answers in [
        FAR,
        Answers::After(Duration::from_millis(450)),
        Answers::Never,
    ] {
        // One key; several, faster than a frame goes there and back; several in one.
        for keys in [
            "down",
            "down, down",
            "down, up, down, up, 4, down",
            "down up down",
        ] {
            let mut terminal = open_with(Launch::codeleaf("83950").answers(answers));
            for keys in keys.split(", ") {
                terminal.step(keys);
            }
            terminal.press("q");
            let status = terminal.end();
            terminal.wait_until_answered();
            terminal.wait_for_silence(Duration::from_millis(50));
            let unread = terminal.unread();
            let what = format!("{answers:?}, {keys}: {}", unread.escape_ascii());
            assert!(unread.is_empty(), "{what}");
            let seen = terminal.since(0);
            let (_, shell) = crate::support::program::text(&seen)
                .rsplit_once("\x1b[?2026l")
                .map(|(drawn, shell)| (drawn.to_owned(), shell.to_owned()))
                .unwrap();
            assert_eq!(shell, "", "{what}: an answer was echoed");
            assert_eq!(status, 0, "{what}");
            terminal.ends_restored(0);
        }
    }
}
