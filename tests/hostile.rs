//! Documents and names full of control sequences: none reaches the terminal.

use std::os::unix::ffi::OsStrExt;
use std::process::Output;
use std::time::Duration;

use crate::support::program::{Home, Launch, count, text};
use crate::support::sequences::{BACKGROUND_QUERY, OutputToken, parse_output};

/// Control sequences and invisible characters, as TOML escapes: clipboard, clearing, colors by C0
/// and C1, alternate screen, backspace, line ends, tabs, bidirectional controls, tags, zero-width
/// characters and a long run of combining marks.
fn hostile_toml() -> String {
    String::from(
        r"E\u001b]52;c;ZXZpbA==\u0007\u001b[2J\u009b31m\u001b[?1049l\u001bPq\u001b\\\b\r\n\t\u007f\u0085",
    ) + r"\u202e\u2066\u200f\U000E0041\U000E007F\u200b\uFEFF\u2028\u00ADa"
        + &r"\u0300".repeat(200)
}

/// A document with `@` in every field that holds text.
const DOCUMENT: &str = r#"
schema = 1
[code]
system = "cpt"
value = "00009"
title = "T @ t"
status = "unverified"
[document]
publication = "paper"
reviewed_by = "R @ r"
[sources.paper]
title = "S @ s"
short = "s @ s"
kind = "secondary"
as_of = "unknown"
[sources.house]
title = "H @ h"
kind = "house"
as_of = "2026"
[summary]
headings = ["H @ h", "@"]
text = "P @ p"
source = "paper"
[[summary.fact]]
label = "L @ l"
value = "V @ v"
[[summary.fact]]
label = "Absent"
value = { reason = "licence", stated = "S @ s", source = "house", where = "W @ w" }
[[summary.list]]
id = "items"
title = "T @ t"
items = ["one @", "two @"]
[[summary.table]]
id = "table"
title = "T @ t"
columns = ["C @", "D @"]
rows = [["a @", "b @"], ["c @", { reason = "source_silent", stated = "@ s", source = "paper" }]]
[[summary.remark]]
text = "R @ r"
source = "house"
[[modifier]]
code = "26"
description = "D @ d"
when = "W @ w"
not_when = "N @ n"
documentation = "D @ d"
standing = "disputed"
source = "paper"
against = ["house"]
[[modifier.remark]]
text = "R @ r"
source = "house"
[[payer]]
id = "plan"
name = "N @ n"
plan = "P @ p"
policy = "O @ o"
rate = { reason = "not_loaded", where = "W @ w" }
[[diagnosis]]
code = "Z85.3"
relation = "mentioned"
description = "D @ d"
[[related]]
code = "G0439"
system = "hcpcs"
relation = "bundled"
description = "D @ d"
[[taxonomy]]
code = "291U00000X"
name = "N @ n"
[[place]]
code = "02"
name = "N @ n"
[[synonym]]
text = "S @ s"
[[not_this]]
text = "N @ n"
[[absent]]
section = "payers"
what = "W @ w"
reason = "source_silent"
stated = "S @ s"
source = "paper"
[[section]]
id = "own"
title = "T @ t"
text = "P @ p"
[notices]
cpt = "C @ c"
use = "U @ u"
fees = "F @ f"
more = ["M @ m"]
"#;

fn home_with_hostile_document() -> Home {
    let home = Home::new();
    home.write(
        "content/hostile.toml",
        DOCUMENT.replace('@', &hostile_toml()),
    );
    home
}

/// Asserts that a text has no control or invisible characters.
fn assert_harmless(what: &str, text: &str) {
    let mut marks = 0;
    for c in text.chars() {
        let invisible = matches!(c,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
        assert!(
            !invisible && (c == '\n' || !c.is_control()),
            "{what}: {c:?} in {}",
            text.escape_debug()
        );
        marks = if c == '\u{300}' { marks + 1 } else { 0 };
        assert!(marks <= 4, "{what}: marks pile up");
    }
}

#[test]
fn hostile_document_is_sanitized_on_screen() {
    let home = home_with_hostile_document();
    for arguments in [
        "00009 --content content",
        "00009 --content content --plain-ui",
    ] {
        let mut terminal = Launch::codeleaf(arguments).home(&home).start();
        terminal.wait_for("CPT (c) AMA");
        // The decoder recognizes a lone Esc by the pause after it.
        let settled = |keys: &str| {
            terminal.press(keys);
            let silence = if keys == "esc" { 150 } else { 10 };
            terminal.wait_for_silence(Duration::from_millis(silence));
        };
        for section in ["1", "2", "3", "4", "5"] {
            settled(section);
            // Open the details of every row.
            for _ in 0..4 {
                settled("enter");
                settled("right");
                settled("esc");
                settled("down");
            }
        }
        let is_appended = arguments.ends_with("--plain-ui");
        let (help, results) = if is_appended {
            ("This help", "Result 1 of")
        } else {
            ("Help", " results")
        };
        settled("/ \"E\" down enter n o enter ?");
        terminal.wait_for(help);
        settled("esc");
        terminal.press("/ \"26\"").wait_for(results);
        terminal.press("enter").wait_for("for “26”");
        terminal.press("Y").wait_for("Copied. If it didn't paste");
        settled("esc");
        terminal.press("q");
        terminal.assert_exits_restored(0);
        let mut copies = 0;
        let mut shown = String::new();
        for token in parse_output(&terminal.bytes_since(0)) {
            let known = match &token {
                OutputToken::Text(c) => {
                    shown.push(*c);
                    true
                }
                // Cursor movement.
                OutputToken::Control(c) => {
                    shown.push('\n');
                    matches!(c, '\n' | '\r' | '\x08')
                }
                OutputToken::Csi(None, _, last) => "ABCDGHJKXdmnr".contains(last.as_str()),
                OutputToken::Csi(Some('?'), modes, last) => {
                    matches!(modes.as_slice(), [25 | 1000 | 1006 | 1049 | 2004 | 2026])
                        && matches!(last.as_str(), "h" | "l")
                }
                OutputToken::String(']', query) if query == BACKGROUND_QUERY => true,
                OutputToken::String(']', link) if link.starts_with("8;") => {
                    let target = link.splitn(3, ';').last().unwrap_or_default();
                    target.is_empty()
                        || target.starts_with("https://")
                            && target.bytes().all(|byte| byte.is_ascii_graphic())
                }
                OutputToken::String(']', copy) => {
                    copies += 1;
                    let base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
                    copy.strip_prefix("52;c;")
                        .is_some_and(|copy| copy.chars().all(base64) && copy != "ZXZpbA==")
                }
                OutputToken::Escape(escape) => escape == "M",
                OutputToken::Csi(..) | OutputToken::String(..) => false,
            };
            assert!(known, "{arguments}: {token:?}");
        }
        assert_eq!(copies, 1, "only the requested text is copied");
        assert_harmless(arguments, &shown);
        let tokens = parse_output(&terminal.bytes_since(0));
        let alternate = OutputToken::Csi(Some('?'), vec![1049], "l".to_owned());
        assert_eq!(
            tokens.iter().filter(|token| **token == alternate).count(),
            usize::from(!is_appended)
        );
    }
}

#[test]
fn hostile_document_is_sanitized_in_printed_output() {
    let home = home_with_hostile_document();
    for arguments in [
        "show 00009",
        "show 00009-26",
        "search 26",
        "search 00009",
        "list",
        "00009",
    ] {
        for format in ["text", "markdown", "json"] {
            if format != "text" && arguments == "00009" {
                continue;
            }
            let format = if arguments == "00009" {
                String::new()
            } else {
                format!("--format {format}")
            };
            let arguments = format!("{arguments} --content content {format}");
            let output = Launch::codeleaf(&arguments).home(&home).run();
            assert_eq!(
                output.status.code(),
                Some(0),
                "{arguments}: {}",
                text(&output.stderr)
            );
            assert!(text(&output.stdout).contains('E'), "{arguments}");
            assert_output_harmless(&arguments, &output);
        }
    }
}

fn assert_output_harmless(what: &str, output: &Output) {
    for stream in [&output.stdout, &output.stderr] {
        assert_harmless(what, &String::from_utf8_lossy(stream));
    }
}

#[test]
fn errors_sanitize_hostile_lines() {
    let home = Home::new();
    let raw = "\u{1b}]52;c;ZXZpbA==\u{7}\u{1b}[2J\u{9b}31m\u{202e}\u{e0041}\t";
    for (name, line) in [
        ("field", format!("\"k{}\" = 1", hostile_toml())),
        ("raw", format!("title = \"{raw}\"")),
        ("word", format!("status = \"{}\"", hostile_toml())),
        ("source", format!("source = \"{}\"", hostile_toml())),
    ] {
        let file = format!("schema = 1\n[code]\nsystem = \"cpt\"\nvalue = \"00009\"\n{line}\n");
        home.write(&format!("content/{name}.toml"), file);
    }
    for arguments in [
        "check content",
        "content/field.toml",
        "show content/raw.toml",
        "list --content content",
        "list --content content --format markdown",
        "list --content content --format json",
        "show 83950 --content content",
    ] {
        let output = Launch::codeleaf(arguments).home(&home).run();
        assert_output_harmless(arguments, &output);
    }
    let mut terminal = Launch::codeleaf("--content content").home(&home).start();
    terminal.wait_for("CPT (c) AMA");
    terminal.press("o").wait_for("4 files with errors");
    for _ in 0..4 {
        terminal.press_and_count_bytes("down");
        terminal.press_and_count_bytes("enter");
        terminal.press_and_count_bytes("esc");
    }
    terminal.press("ctrl-c q");
    terminal.assert_exits_restored(0);
    let queries = count(&terminal.bytes_since(0), b"\x1b]11;?");
    assert_eq!(count(&terminal.bytes_since(0), b"\x1b]"), queries);
    assert_eq!(count(&terminal.bytes_since(0), b"\x1b[2J"), 0);
}

#[test]
fn hostile_file_names_and_arguments_are_sanitized() {
    let home = Home::new();
    let name = "n\u{1b}[31m\u{9b}2J\u{202e}.toml";
    home.write(&format!("content/{name}"), DOCUMENT.replace('@', "x"));
    home.write(&format!("broken/{name}"), "schema = 3\n");
    let latin1 = std::ffi::OsStr::from_bytes(b"content/\xe9\x1b[31m.toml");
    std::fs::write(
        home.path("x")
            .with_file_name("content")
            .join("\u{1b}c.toml"),
        "x = \u{1b}",
    )
    .unwrap();
    let word = "\u{1b}[31mzzzz\u{202e}";
    for arguments in [
        vec!["list", "--content", "content"],
        vec!["list", "--content", "content", "--format", "markdown"],
        vec!["list", "--content", "content", "--format", "json"],
        vec!["list", "--content", "broken", "--format", "json"],
        vec!["list", "--content", word],
        vec!["list", "--content", word, "--format", "json"],
        vec!["check", "content", "broken"],
        vec!["check", word],
        vec!["search", word],
        vec!["search", word, "--format", "json"],
        vec!["search", word, "--format", "markdown"],
        vec!["show", word],
        vec!["show", "83950", "--section", word],
        vec!["show", "83950", "--format", word],
        vec![word],
        vec!["83950", "--theme", word],
        vec!["--nonesuch\u{1b}[31m"],
    ] {
        let output = Launch::codeleaf_with(&arguments).home(&home).run();
        assert_output_harmless(&format!("{arguments:?}"), &output);
    }
    let output = Launch::codeleaf_with(&[std::ffi::OsStr::new("check"), latin1])
        .home(&home)
        .run();
    assert_output_harmless("not UTF-8", &output);
    for theme in [word, "nonesuch"] {
        let mut terminal = Launch::codeleaf_with(&["83950", "--theme", theme])
            .home(&home)
            .start();
        assert_eq!(terminal.wait_for_exit(), 2);
        terminal.wait_for("no theme");
        assert_eq!(count(&terminal.bytes_since(0), b"\x1b"), 0);
    }
}
