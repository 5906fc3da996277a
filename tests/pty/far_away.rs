//! A terminal on a slow line, and one that never answers queries.

use std::time::Duration;

use super::open_with;
use crate::support::program::{Launch, QueryReplies};
use crate::support::sequences::{BACKGROUND_QUERY, OutputToken, parse_output};

const SLOW_LINE: QueryReplies = QueryReplies::After(Duration::from_millis(300));

#[test]
fn no_query_is_sent_before_the_first_frame() {
    let mut terminal = open_with(Launch::codeleaf("83950").query_replies(QueryReplies::Never));
    // The frame does not wait for a reply.
    assert!(terminal.time_to_first_paint() < Duration::from_secs(10));
    terminal.wait_for_silence(Duration::from_millis(300));
    let tokens = parse_output(&terminal.bytes_since(0));
    // The query for the background follows the frame.
    let query = OutputToken::String(']', BACKGROUND_QUERY.to_owned());
    let (last, frame) = tokens.split_last().unwrap();
    assert_eq!(*last, query);
    for token in frame {
        match token {
            OutputToken::Csi(_, _, last) => {
                assert!(
                    !matches!(last.as_str(), "c" | "n" | "q" | "t" | "u" | "$p"),
                    "{token:?}"
                );
            }
            OutputToken::String(..) => panic!("{token:?}"),
            _ => {}
        }
    }
    terminal.press("q");
    terminal.assert_exits_restored(0);
}

#[test]
fn keys_work_on_slow_and_unresponsive_terminals() {
    for replies in [SLOW_LINE, QueryReplies::Never] {
        let mut terminal = open_with(Launch::codeleaf("83950").query_replies(replies));
        for _ in 0..4 {
            terminal.press("down right left up");
        }
        terminal.press("4").wait_for("83950 › Coding › 26");
        terminal.press("down").wait_for("83950 › Coding › 90");
        terminal.press("q");
        terminal.assert_exits_restored(0);
    }
}

#[test]
fn no_response_reaches_the_shell() {
    for replies in [
        SLOW_LINE,
        QueryReplies::After(Duration::from_millis(450)),
        QueryReplies::Never,
    ] {
        // One key; several keys, faster than a round trip; several keys in one write.
        for keys in [
            "down",
            "down, down",
            "down, up, down, up, 4, down",
            "down up down",
        ] {
            let mut terminal = open_with(Launch::codeleaf("83950").query_replies(replies));
            for keys in keys.split(", ") {
                terminal.press_and_count_bytes(keys);
            }
            terminal.press("q");
            let status = terminal.wait_for_exit();
            terminal.wait_until_answered();
            terminal.wait_for_silence(Duration::from_millis(50));
            let unread = terminal.unread_input();
            let context = format!("{replies:?}, {keys}: {}", unread.escape_ascii());
            assert!(unread.is_empty(), "{context}");
            let seen = terminal.bytes_since(0);
            let (_, shell) = crate::support::program::text(&seen)
                .rsplit_once("\x1b[?2026l")
                .map(|(drawn, shell)| (drawn.to_owned(), shell.to_owned()))
                .unwrap();
            assert_eq!(shell, "", "{context}: a reply was echoed");
            assert_eq!(status, 0, "{context}");
            terminal.assert_exits_restored(0);
        }
    }
}
