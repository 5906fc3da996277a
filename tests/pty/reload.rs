//! Files that change while the reader is open, and the editor that it starts.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::support::program::{Home, Launch, Terminal, cpu_time};

/// A document with a section of 40 facts, whose rows are named after their labels.
fn document(code: &str, word: &str) -> String {
    let fact = |n| format!("[[overview.fact]]\nlabel = \"Fact {n}\"\nvalue = \"{word} {n}.\"\n");
    let facts: Vec<String> = (1..=40).map(fact).collect();
    format!(
        "schema = 1\n\n[code]\nsystem = \"cpt\"\nvalue = \"{code}\"\ntitle = \"A {word}\"\n\
         status = \"active\"\n\n[summary]\ntext = \"Summary\"\n\n{}",
        facts.join("\n")
    )
}

/// A content folder with one document, and the reader open at the tenth paragraph of it.
struct Opened {
    home: Home,
    file: PathBuf,
    terminal: Terminal,
}

impl Opened {
    fn new() -> Self {
        Self::with(|launch| launch)
    }

    fn with(change: impl FnOnce(Launch) -> Launch) -> Self {
        let home = Home::new();
        let file = home.write("ours/cpt-00001.toml", document("00001", "first"));
        let launch = Launch::codeleaf("00001 --content ours").home(&home);
        let terminal = change(launch).start();
        terminal.wait_for("Summary");
        terminal.press("2").wait_for("first 1.");
        terminal.press(&"down ".repeat(20)).wait_for("› Fact 21");
        Self {
            home,
            file,
            terminal,
        }
    }

    /// Waits for a text, and checks that section, row and scroll position are as before.
    fn wait_for_version(&self, word: &str) {
        self.terminal.wait_for(&format!("{word} 21."));
        let line = self.terminal.cursor_line();
        assert!(line.contains("Fact 21"), "{line}");
        let screen = self.terminal.screen();
        assert!(!screen.contains(&format!("{word} 1.")), "{screen}");
    }

    fn quit(mut self) {
        self.terminal.press("q");
        self.terminal.assert_exits_restored(0);
    }
}

/// Saves a file as vim does: the old file becomes the backup, and the new one gets its name.
fn save_by_rename(path: &Path, text: &str) {
    let backup = path.with_extension("toml~");
    fs::rename(path, &backup).unwrap();
    fs::write(path, text).unwrap();
    fs::remove_file(backup).unwrap();
}

#[test]
fn saved_file_is_shown_at_the_same_place() {
    let opened = Opened::new();
    fs::write(&opened.file, document("00001", "second")).unwrap();
    opened.wait_for_version("second");
    save_by_rename(&opened.file, &document("00001", "third"));
    opened.wait_for_version("third");
    let new = opened.home.write("ours/new", document("00001", "fourth"));
    fs::rename(new, &opened.file).unwrap();
    opened.wait_for_version("fourth");
    // Lines above the selected row move it in the file and not on the screen.
    let row = |word: &str| {
        let screen = opened.terminal.screen();
        let mut lines = screen.lines();
        let row = lines.position(|line| line.contains(&format!("{word} 21.")));
        row.unwrap()
    };
    let before = row("fourth");
    let first = "[[overview.fact]]\nlabel = \"Fact 1\"";
    let new = format!("[[overview.fact]]\nlabel = \"New\"\nvalue = \"New\"\n\n{first}");
    let text = document("00001", "fifth").replacen(first, &new, 1);
    fs::write(&opened.file, text).unwrap();
    opened.wait_for_version("fifth");
    assert_eq!(row("fifth"), before);
    opened.quit();
}

#[test]
fn file_with_errors_keeps_the_last_version_and_has_a_report() {
    let opened = Opened::new();
    let broken = document("00001", "second").replace("status = \"active\"", "status = active");
    fs::write(&opened.file, &broken).unwrap();
    let terminal = &opened.terminal;
    terminal.wait_for("Errors (! shows all): cpt-00001.toml:7:10:");
    terminal.wait_for("first 21.");
    terminal.press("!").wait_for("--> ");
    terminal.wait_for("y copies this report, e edits the file");
    let mark = terminal.bytes_received();
    terminal.press("y").wait_for("select it below");
    terminal.wait_for_bytes(mark, b"\x1b]52;c;");
    terminal.press("esc").wait_until_gone("select it below");
    // The report follows the file, and closes when there are no errors.
    let other = broken.replace("schema = 1", "schema = 2");
    fs::write(&opened.file, other).unwrap();
    terminal.wait_for("this file is of schema 2");
    terminal.wait_for_silence(Duration::from_millis(600));
    fs::write(&opened.file, document("00001", "third")).unwrap();
    opened.wait_for_version("third");
    terminal
        .press("!")
        .wait_for("No errors in this document's file");
    opened.quit();
}

#[test]
fn library_and_search_follow_the_files() {
    let opened = Opened::new();
    let terminal = &opened.terminal;
    let other = opened
        .home
        .write("ours/cpt-00002.toml", document("00002", "xylophone"));
    terminal.press("/ \"xylophone\"").wait_for("CPT 00002");
    fs::remove_file(other).unwrap();
    terminal.wait_for("No results");
    terminal.press("esc").wait_for("first 21.");
    // The last version stays when the file is gone.
    fs::remove_dir_all(opened.home.path("ours")).unwrap();
    terminal.press("o").wait_for("ours: could not be read");
    terminal.press("esc").wait_for("first 21.");
    opened
        .home
        .write("ours/cpt-00001.toml", document("00001", "again"));
    opened.wait_for_version("again");
    opened.quit();
}

#[test]
fn single_file_is_reloaded() {
    let home = Home::new();
    let file = home.write("a/00001.toml", document("00001", "first"));
    let mut terminal = Launch::codeleaf("a/00001.toml").home(&home).start();
    terminal.wait_for("A first");
    save_by_rename(&file, &document("00001", "second"));
    terminal.wait_for("A second");
    terminal.press("q");
    terminal.assert_exits_restored(0);
}

#[test]
fn watching_files_costs_nothing() {
    let opened = Opened::new();
    let terminal = &opened.terminal;
    terminal.wait_for_silence(Duration::from_millis(1200));
    let (mark, before) = (terminal.bytes_received(), cpu_time(terminal.pid()));
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(terminal.bytes_received(), mark);
    if let (Some(before), Some(after)) = (before, cpu_time(terminal.pid())) {
        assert!(after.saturating_sub(before) <= Duration::from_millis(20));
    }
    opened.quit();
}

/// An editor that shows its arguments, waits for a key, and replaces a word of the file.
const EDITOR: &str = r#"echo "editing $0 $@"; read -r _; sed -i 's/first/edited/' "$2""#;

fn editor(home: &Home) -> PathBuf {
    home.write("editor", EDITOR)
}

#[test]
fn editor_opens_the_file_at_the_row_and_returns_to_the_reader() {
    let opened = Opened::with(|launch| launch.env("VISUAL", "sh ./editor").env("EDITOR", "false"));
    editor(&opened.home);
    let terminal = &opened.terminal;
    terminal.press("e").wait_for("editing ./editor +");
    let screen = terminal.screen();
    let text = fs::read_to_string(&opened.file).unwrap();
    let line = text.lines().position(|line| line == "label = \"Fact 21\"");
    let line = line.unwrap() + 1;
    assert!(
        screen.contains(&format!("+{line} ours/cpt-00001.toml")),
        "{screen}"
    );
    assert!(terminal.has_initial_modes());
    // These keys are for the editor alone.
    terminal.send(b"q\n");
    opened.wait_for_version("edited");
    assert!(!terminal.has_initial_modes());
    opened.quit();
}

#[test]
fn documents_without_a_file_and_missing_editors_have_messages() {
    let opened = Opened::new();
    opened.terminal.press("e").wait_for("set VISUAL or EDITOR");
    opened.quit();
    let opened = Opened::with(|launch| launch.env("EDITOR", "/no/such/editor"));
    opened.terminal.press("e").wait_for("editor was not found");
    opened.quit();
    let mut terminal = Launch::codeleaf("83950").env("EDITOR", "false").start();
    terminal.wait_for("1/3");
    terminal.press("e").wait_for("has no file");
    terminal.press("q");
    terminal.assert_exits_restored(0);
    let secure = Launch::codeleaf("83950 --secure").env("EDITOR", "false");
    let mut terminal = secure.start();
    terminal.wait_for("1/3");
    terminal.press("e").wait_for("not available in secure mode");
    terminal.press("q");
    terminal.assert_exits_restored(0);
}
