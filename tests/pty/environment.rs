//! The terminal as the environment describes it: type, colors, locale, or no terminal at all.

use std::time::Duration;

use super::open_with;
use crate::support::program::{Launch, Terminal, count, text};
use crate::support::sequences::{
    BACKGROUND_QUERY, OutputToken, color_count, parse_output, private_modes,
};

/// Visits every pane once.
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
        // Esc counts as a key only if no other byte follows for a moment.
        let silence = if keys == "esc" { 200 } else { 60 };
        terminal.wait_for_silence(Duration::from_millis(silence));
    }
    terminal.wait_for("1 result");
    terminal.press("enter").wait_for("Result 1 of");
}

/// Starts the program, visits every pane, quits, and returns the output.
fn tour_output(launch: Launch) -> Vec<u8> {
    let mut terminal = open_with(launch);
    tour(&terminal);
    terminal.press("q");
    terminal.assert_exits_restored(0);
    terminal.bytes_since(0)
}

fn codeleaf() -> Launch {
    Launch::codeleaf("83950")
}

fn final_bytes(sent: &[u8]) -> String {
    let finals = parse_output(sent)
        .into_iter()
        .filter_map(|token| match token {
            OutputToken::Csi(_, _, last) => Some(last),
            _ => None,
        });
    finals.collect()
}

#[test]
fn each_terminal_receives_only_supported_sequences() {
    for (term, colors, private) in [
        ("xterm-256color", 256, &[25, 1049, 2004, 2026][..]),
        ("xterm", 16, &[25, 1049, 2004, 2026]),
        ("screen-256color", 256, &[25, 1049, 2004]),
        ("linux", 16, &[25]),
        ("vt220", 0, &[25]),
        ("vt100", 0, &[]),
        ("nonesuch", 16, &[]),
    ] {
        let sent = tour_output(codeleaf().env("TERM", term));
        assert!(
            color_count(&sent) <= colors,
            "{term}: {} colors",
            color_count(&sent)
        );
        assert_eq!(
            color_count(&sent) == 0,
            colors == 0,
            "{term}: {} colors",
            color_count(&sent)
        );
        for mode in private_modes(&sent).into_keys() {
            assert!(
                private.contains(&mode) || matches!(mode, 1000 | 1006) && private.contains(&1049),
                "{term}: private mode {mode}"
            );
        }
        let finals = final_bytes(&sent);
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
        let tokens = parse_output(&sent);
        let strings = tokens
            .iter()
            .filter(|token| matches!(token, OutputToken::String(..)))
            .cloned();
        let query = OutputToken::String(']', BACKGROUND_QUERY.to_owned());
        let expected = if term.starts_with("xterm") {
            vec![query]
        } else {
            Vec::new()
        };
        assert_eq!(strings.collect::<Vec<_>>(), expected, "{term}");
    }
}

#[test]
fn options_and_variables_set_the_color_depth() {
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
        let sent = tour_output(launch);
        let context = format!("{arguments} {variables:?}: {}", color_count(&sent));
        assert!(color_count(&sent) <= at_most, "{context}");
        assert_eq!(color_count(&sent) == 0, at_most == 0, "{context}");
    }
}

#[test]
fn locale_and_options_select_the_charset() {
    let plain = || codeleaf().without_env("LANG");
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
        let context = format!("{launch:?}");
        let sent = tour_output(launch);
        assert_eq!(sent.is_ascii(), ascii, "{context}");
    }
}

#[test]
fn dumb_terminal_gets_the_plain_document_and_a_hint() {
    for launch in [
        codeleaf().env("TERM", "dumb"),
        codeleaf().env("TERM", ""),
        codeleaf().without_env("TERM"),
    ] {
        let mut terminal = launch.start();
        assert_eq!(terminal.wait_for_exit(), 0);
        terminal.wait_for_silence(Duration::from_millis(100));
        let sent = terminal.bytes_since(0);
        assert_eq!(count(&sent, b"\x1b"), 0);
        let sent = text(&sent);
        for expected in [
            "Professional Component",
            "CPT copyright",
            "set TERM or use --plain-ui to open the reader",
        ] {
            assert!(sent.contains(expected), "{expected}: {sent}");
        }
        assert!(terminal.has_initial_modes());
    }
}

#[test]
fn piped_output_has_no_escapes_and_ends_with_notices() {
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
        // A pipe inside a terminal: the terminal receives nothing.
        let mut terminal = launch.in_shell_script(r#""$@" | cat > piped"#).start();
        assert_eq!(terminal.wait_for_exit(), 0);
        terminal.wait_for_silence(Duration::from_millis(50));
        assert_eq!(terminal.bytes_since(0), b"");
        assert_eq!(
            std::fs::read(terminal.home.path("piped")).unwrap(),
            output.stdout
        );
    }
}

#[test]
fn keys_are_read_from_tty_when_stdin_is_not_a_terminal() {
    for script in [r#""$@" </dev/null"#, r#"echo q | "$@""#] {
        let mut terminal = open_with(codeleaf().in_shell_script(script));
        terminal.press("4").wait_for("83950 › Coding › 26");
        terminal.press("q");
        terminal.assert_exits_restored(0);
    }
}
