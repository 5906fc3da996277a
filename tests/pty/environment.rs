//! What the environment says of the terminal: its kind, colours and locale, and whether it is one.

use std::time::Duration;

use super::open_with;
use crate::support::program::{Launch, Terminal, count, text};
use crate::support::sequences::{Piece, colours, modes, pieces};

/// Goes everywhere once.
fn tour(terminal: &Terminal) {
    for keys in [
        "down",
        "2",
        "3",
        "4",
        "enter",
        "right",
        "esc",
        "5",
        "down",
        "?",
        "esc",
        "o",
        "esc",
        "/ \"recurrence\"",
    ] {
        terminal.press(keys);
        // A lone Esc is one only if nothing follows it for a moment.
        let silence = if keys == "esc" { 200 } else { 60 };
        terminal.wait_for_silence(Duration::from_millis(silence));
    }
    terminal.wait_for("1 place");
    terminal.press("enter").wait_for("hit 1 of");
}

/// Starts it in an environment, goes everywhere, leaves, and returns what was sent.
fn tour_with(launch: Launch) -> Vec<u8> {
    let mut terminal = open_with(launch);
    tour(&terminal);
    terminal.press("q");
    terminal.ends_restored(0);
    terminal.since(0)
}

fn codeleaf() -> Launch {
    Launch::codeleaf("83950")
}

fn finals(sent: &[u8]) -> String {
    let finals = pieces(sent).into_iter().filter_map(|piece| match piece {
        Piece::Csi(_, _, last) => Some(last),
        _ => None,
    });
    finals.collect()
}

#[test]
fn each_terminal_is_sent_only_what_it_knows() {
    for (term, colour, private) in [
        ("xterm-256color", 256, &[25, 1049, 2004, 2026][..]),
        ("xterm", 16, &[25, 1049, 2004, 2026]),
        ("screen-256color", 256, &[25, 1049, 2004]),
        ("linux", 16, &[25]),
        ("vt220", 0, &[25]),
        ("vt100", 0, &[]),
        ("nonesuch", 16, &[]),
    ] {
        let sent = tour_with(codeleaf().env("TERM", term));
        assert!(
            colours(&sent) <= colour,
            "{term}: {} colours",
            colours(&sent)
        );
        assert_eq!(
            colours(&sent) == 0,
            colour == 0,
            "{term}: {} colours",
            colours(&sent)
        );
        for mode in modes(&sent).into_keys() {
            assert!(
                private.contains(&mode) || matches!(mode, 1000 | 1006) && private.contains(&1049),
                "{term}: private mode {mode}"
            );
        }
        let finals = finals(&sent);
        let unknown = match term {
            "vt100" => "XGd@PLMST",
            "vt220" => "Gd",
            "nonesuch" => "rXGd@PLMSTn",
            _ => "ST",
        };
        assert!(
            !finals.contains(|c| unknown.contains(c)),
            "{term}: {finals}"
        );
        let strings = pieces(&sent)
            .iter()
            .any(|piece| matches!(piece, Piece::String(..)));
        assert!(!strings, "{term}");
    }
}

#[test]
fn colours_are_what_was_asked_for() {
    for (arguments, variables, at_most) in [
        ("83950 --color never", &[][..], 0),
        ("83950 --color 16", &[], 16),
        ("83950 --color 256", &[], 256),
        ("83950 --color true", &[("TERM", "xterm")], 1 << 24),
        ("83950", &[("NO_COLOR", "1")], 0),
        ("83950", &[("CLICOLOR", "0")], 0),
        ("83950 --color 16", &[("NO_COLOR", "1")], 16),
        ("83950", &[("COLORTERM", "truecolor")], 1 << 24),
    ] {
        let mut launch = Launch::codeleaf(arguments);
        for (name, value) in variables {
            launch = launch.env(name, *value);
        }
        let sent = tour_with(launch);
        let what = format!("{arguments} {variables:?}: {}", colours(&sent));
        assert!(colours(&sent) <= at_most, "{what}");
        assert_eq!(colours(&sent) == 0, at_most == 0, "{what}");
    }
}

#[test]
fn characters_are_what_the_locale_knows() {
    let plain = || codeleaf().without("LANG");
    for (launch, ascii) in [
        (plain(), true),
        (plain().env("LANG", "C"), true),
        (plain().env("LANG", "C.UTF-8").env("LC_ALL", "C"), true),
        (plain().env("LANG", "de_DE.ISO-8859-1"), true),
        (Launch::codeleaf("83950 --ascii"), true),
        (plain().env("LC_ALL", "C.UTF-8"), false),
        (plain().env("LANG", "en_US.UTF-8"), false),
        (
            plain().env("LANG", "C").env("LC_CTYPE", "en_US.utf8"),
            false,
        ),
        (Launch::codeleaf("83950 --unicode").env("LANG", "C"), false),
    ] {
        let what = format!("{launch:?}");
        let sent = tour_with(launch);
        assert_eq!(sent.is_ascii(), ascii, "{what}");
    }
}

#[test]
fn a_terminal_that_obeys_nothing_gets_the_document_and_a_hint() {
    for launch in [
        codeleaf().env("TERM", "dumb"),
        codeleaf().env("TERM", ""),
        codeleaf().without("TERM"),
    ] {
        let mut terminal = launch.start();
        assert_eq!(terminal.end(), 0);
        terminal.wait_for_silence(Duration::from_millis(100));
        let sent = terminal.since(0);
        assert_eq!(count(&sent, b"\x1b"), 0);
        let sent = text(&sent);
        for words in [
            "Professional Component",
            "CPT copyright",
            "set TERM to read by keys",
        ] {
            assert!(sent.contains(words), "{words}: {sent}");
        }
        assert!(terminal.is_cooked());
    }
}

#[test]
fn what_is_piped_is_the_document_without_an_escape_and_the_notices_last() {
    for term in ["xterm-256color", "dumb"] {
        let launch = codeleaf().env("TERM", term);
        let output = launch.run();
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(text(&output.stderr), "");
        let printed = text(&output.stdout);
        assert!(
            !printed.contains(|c: char| c.is_control() && c != '\n'),
            "{printed}"
        );
        assert!(printed.contains("Professional Component"));
        let end = printed.trim_end().rsplit("\n\n").next().unwrap();
        assert!(
            end.contains("CPT copyright") || end.contains("Fee schedules"),
            "{end}"
        );
        assert!(Launch::codeleaf("").run().stdout == output.stdout, "bare");
        // Into a pipe from a terminal, of which nothing is wanted.
        let mut terminal = launch.by_script(r#""$@" | cat > piped"#).start();
        assert_eq!(terminal.end(), 0);
        terminal.wait_for_silence(Duration::from_millis(50));
        assert_eq!(terminal.since(0), b"");
        assert_eq!(
            std::fs::read(terminal.home.path("piped")).unwrap(),
            output.stdout
        );
    }
}

#[test]
fn keys_come_from_the_terminal_where_standard_input_is_none() {
    for script in [r#""$@" </dev/null"#, r#"echo q | "$@""#] {
        let mut terminal = open_with(codeleaf().by_script(script));
        terminal.press("4").wait_for("83950 › Coding › 26");
        terminal.press("q");
        terminal.ends_restored(0);
    }
}
