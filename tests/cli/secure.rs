//! Secure mode: what it refuses, on the command line and in the reader.

use std::fs;

use super::document;
use crate::support::program::{Home, Launch, text};

const REFUSAL: &str = "not available in secure mode";

#[test]
fn secure_mode_refuses_paths_and_commands_that_write() {
    let home = Home::new();
    home.write("mine.toml", document("00002", "Mine"));
    home.write("config/codeleaf/themes/mine.toml", "");
    for arguments in [
        "--content . list",
        "list --content=.",
        "mine.toml",
        "show ./mine.toml",
        "--theme mine.toml 83950",
        "--theme mine 83950",
        "--theme ../x 83950",
        "new 83950",
        "check mine.toml",
        "rows mine.csv --as payer --into mine.toml",
        "fmt mine.toml",
        "import mine.toml",
        "sets remove icd10cm-2025",
        "serve --open",
    ] {
        for launch in [
            Launch::codeleaf(arguments).env("CODELEAF_SECURE", "1"),
            Launch::codeleaf(&format!("{arguments} --secure")),
        ] {
            let output = launch.home(&home).run();
            assert_eq!(output.status.code(), Some(2), "{arguments}");
            let message = text(&output.stderr);
            assert!(message.contains(REFUSAL), "{arguments}: {message}");
            assert_eq!(text(&output.stdout), "", "{arguments}");
        }
    }
    for arguments in [
        "83950-90",
        "list",
        "search lab",
        "sets",
        "--theme dark 83950",
    ] {
        let launch = Launch::codeleaf(arguments).env("CODELEAF_SECURE", "1");
        let output = launch.home(&home).run();
        assert_eq!(output.status.code(), Some(0), "{arguments}");
    }
    for off in ["", "0"] {
        let launch = Launch::codeleaf("show mine.toml").env("CODELEAF_SECURE", off);
        assert_eq!(launch.home(&home).run().status.code(), Some(0));
    }
    assert!(text(&Launch::codeleaf("--help").run().stdout).contains("CODELEAF_SECURE=1"));
    assert!(text(&Launch::codeleaf("man").run().stdout).contains("CODELEAF_SECURE=1"));
}

#[test]
fn secure_mode_reads_nothing_that_the_environment_names_but_the_home_folder() {
    let home = Home::new();
    let other = home.write("other/codeleaf/content/a.toml", document("00001", "Other"));
    home.write("other/codeleaf/keymap.toml", "broken");
    let own = "home/.local/share/codeleaf/content/b.toml";
    home.write(own, document("00002", "Own"));
    let launch = Launch::codeleaf("list --secure").home(&home);
    let output = launch
        .env("CODELEAF_CONTENT", other.parent().unwrap())
        .env("XDG_DATA_HOME", home.path("other"))
        .env("XDG_CONFIG_HOME", home.path("other"))
        .run();
    let list = text(&output.stdout);
    assert!(list.contains("Own") && !list.contains("Other"), "{list}");
}

#[test]
fn secure_reader_refuses_keys_that_write_copy_or_suspend_and_saves_nothing() {
    let home = Home::before_first_start();
    let mut terminal = Launch::codeleaf("--secure").home(&home).start();
    terminal.wait_for("CPT (c) AMA");
    for key in ["ctrl-z", "y", "Y", "b", "a", "B"] {
        terminal.press("4").wait_for("› Coding › 26");
        terminal.press(key).wait_for(REFUSAL);
        // A digit would continue a code that `Y` or `B` has begun.
        terminal.press("up").wait_until_gone(REFUSAL);
    }
    terminal.press("?").wait_for("Help");
    for _ in 0..8 {
        assert!(
            !terminal.screen().contains("suspend"),
            "{}",
            terminal.screen()
        );
        terminal.press("pagedown");
        terminal.wait_for_silence(std::time::Duration::from_millis(50));
    }
    terminal.press("esc").wait_for("Enter details");
    terminal.press("/ \"lab\"").wait_for("results");
    terminal.press("ctrl-z").wait_for(REFUSAL);
    terminal.press("esc").wait_for("Enter details");
    terminal.press("q");
    terminal.assert_exits_restored(0);
    let bytes = terminal.bytes_since(0);
    assert!(!text(&bytes).contains("\u{1b}]52"), "no clipboard sequence");
    for folder in ["home", "data", "state", "config", "cache"] {
        let entries = fs::read_dir(home.path(folder)).unwrap().count();
        assert_eq!(entries, 0, "{folder}");
    }
}
