//! The reader shows one document while the library loads.

use std::fs;
use std::time::Duration;

use super::{DOCUMENTS, document, install_user_library, write_backdated};
use crate::support::program::{Home, Launch, Terminal};

/// Presses Esc, once the terminal has answered: its answer begins with the same byte.
fn press_esc(terminal: &Terminal) -> &Terminal {
    terminal.wait_for_silence(Duration::from_millis(100));
    terminal.wait_until_answered();
    terminal.press("esc")
}

#[test]
fn opened_document_is_shown_before_the_library_loads() {
    let home = Home::new();
    let content = install_user_library(&home);
    write_backdated(&content.join("broken.toml"), "schema = 1\n[code\n");
    for _ in ["without a cache", "with a cache"] {
        let mut terminal = Launch::codeleaf("00007").home(&home).start();
        terminal.wait_for("specimen number 7.");
        // Search at once, while the library may still be loading.
        terminal.press("/").send(b"specimen number 12");
        terminal.wait_for("00012 › Summary");
        terminal.press("enter").wait_for("Result 1 of");
        let all = format!("{} documents, 1 file with errors", DOCUMENTS + 1);
        terminal.press("o").wait_for(&all);
        press_esc(&terminal).wait_for("specimen number 12.");
        terminal.press("q");
        terminal.assert_exits_restored(0);
    }
    assert_eq!(
        fs::read_dir(home.path("cache/codeleaf")).unwrap().count(),
        1
    );
}

#[test]
fn overriding_document_replaces_the_opened_one() {
    let home = Home::new();
    let content = install_user_library(&home);
    let text = document(7, "A text that overrides.");
    let other = home.write("other/of-another-name.toml", text);
    for _ in ["without a cache", "with a cache"] {
        let launch = Launch::codeleaf("00007").home(&home);
        let mut terminal = launch
            .env("CODELEAF_CONTENT", other.parent().unwrap())
            .start();
        terminal.wait_for("A text that overrides.");
        terminal.press("q");
        terminal.assert_exits_restored(0);
    }
    fs::remove_dir_all(content).unwrap();
}

#[test]
fn document_is_found_whatever_its_file_name() {
    let home = Home::new();
    let content = install_user_library(&home);
    let text = document(99_999, "A text of its own.");
    write_backdated(&content.join("of-another-name.toml"), &text);
    for arguments in ["99999", ""] {
        let _ = fs::remove_dir_all(home.path("cache/codeleaf"));
        let mut terminal = Launch::codeleaf(arguments).home(&home).start();
        terminal.wait_for("99999  Assay");
        terminal.press("2").wait_for("▸ 26");
        terminal.press("q");
        terminal.assert_exits_restored(0);
    }
}

#[test]
fn file_argument_is_opened_and_searched_with_the_library() {
    let home = Home::new();
    install_user_library(&home);
    let own = home.write("own.toml", document(7, "Quite another specimen."));
    let mut terminal = Launch::codeleaf_with(&[own]).home(&home).start();
    terminal.wait_for("Quite another specimen.");
    terminal.press("/").send(b"specimen number 12");
    terminal.wait_for("00012 › Summary");
    press_esc(&terminal).wait_for("Quite another specimen.");
    terminal.press("/").send(b"quite an");
    terminal.wait_for("00007 › Summary");
    press_esc(&terminal).wait_for("1/1");
    terminal.press("q");
    terminal.assert_exits_restored(0);
}

#[test]
fn unwritable_cache_is_noted_in_the_terminal() {
    let home = Home::new();
    install_user_library(&home);
    home.write("cache/codeleaf", "this is not a folder");
    let mut terminal = Launch::codeleaf("00007").home(&home).start();
    terminal.wait_for("cannot save the search index");
    terminal.press("/").send(b"specimen number 12");
    terminal.wait_for("00012 › Summary");
    press_esc(&terminal).wait_for("specimen number 7.");
    terminal.press("q");
    terminal.assert_exits_restored(0);
}
