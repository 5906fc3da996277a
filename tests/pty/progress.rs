//! The progress of long work, in the reader and on the command line.

use std::io::Read;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::sets::files;
use crate::support::program::{Home, Launch, Terminal, WAIT_TIMEOUT, text};

/// A home folder with a small and a large file of one edition, of which the small one is imported.
fn home() -> Home {
    let home = Home::new();
    home.write("small.txt", files::icd10cm());
    home.write("large.txt", files::large_icd10cm());
    let out = import(&home, "small.txt").run();
    assert_eq!(
        (text(&out.stderr).as_str(), out.status.code()),
        ("", Some(0))
    );
    home
}

fn import(home: &Home, file: &str) -> Launch {
    Launch::codeleaf(&format!("import --edition 2025 --replace {file}")).home(home)
}

fn wait_for_bar(terminal: &Terminal) {
    terminal.wait_for("Importing [###").wait_for(" left");
}

#[test]
fn bar_of_an_import_is_removed_at_its_end() {
    let mut terminal = import(&home(), "large.txt").size(100, 10).start();
    wait_for_bar(&terminal);
    assert_eq!(terminal.wait_for_exit(), 0);
    let screen = terminal.wait_for("26000 rows").screen();
    assert!(screen.starts_with("icd10cm-2025: ICD-10-CM"), "{screen}");
}

#[test]
fn bar_of_an_interrupted_import_is_removed_and_the_old_set_remains() {
    let home = home();
    let mut terminal = import(&home, "large.txt").size(100, 10).start();
    wait_for_bar(&terminal);
    // A key pressed while the bar is being drawn is echoed behind it; see `ProgressBar::show`.
    terminal.wait_for_silence(Duration::from_millis(20));
    terminal.press("ctrl-c");
    assert_ne!(terminal.wait_for_exit(), 0);
    terminal.wait_for_silence(Duration::from_millis(100));
    assert_eq!(terminal.screen().trim(), "");
    let sets = text(&Launch::codeleaf("sets").home(&home).run().stdout);
    assert!(sets.contains(" 13 rows, "), "{sets}");
}

#[test]
fn short_import_shows_no_bar() {
    let mut terminal = import(&home(), "small.txt").start();
    assert_eq!(terminal.wait_for_exit(), 0);
    terminal.wait_for("13 rows");
    let bytes = text(&terminal.bytes_since(0));
    assert!(!bytes.contains('\x1b') && !bytes.contains('['), "{bytes:?}");
}

/// The number of bytes that a process has read from files; `None` on systems other than Linux.
fn bytes_read(process: Pid) -> Option<u64> {
    let counts = std::fs::read_to_string(format!("/proc/{}/io", process.as_raw_nonzero())).ok()?;
    let count = counts.lines().find_map(|line| line.strip_prefix("rchar: "));
    count?.parse().ok()
}

#[test]
fn long_import_without_a_terminal_prints_lines() {
    let home = home();
    let started = Instant::now();
    let mut command = import(&home, "large.txt").to_command();
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = Pid::from_child(&child);
    // The file is read once for its digest, and then for its rows. A pause makes that take long.
    let size = std::fs::metadata(home.path("large.txt")).unwrap().len();
    if bytes_read(pid).is_none() {
        child.kill().unwrap();
        child.wait().unwrap();
        println!("skipped: this system does not tell how much a process has read");
        return;
    }
    while bytes_read(pid).is_some_and(|read| read < size + size / 4) {
        assert!(started.elapsed() < WAIT_TIMEOUT);
        thread::sleep(Duration::from_millis(1));
    }
    kill_process(pid, Signal::STOP).unwrap();
    thread::sleep(Duration::from_millis(3100));
    kill_process(pid, Signal::CONT).unwrap();
    let mut err = String::new();
    let mut stderr = child.stderr.take().unwrap();
    stderr.read_to_string(&mut err).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(!err.is_empty());
    assert!(
        err.lines().count() as u64 <= started.elapsed().as_secs() / 3,
        "{err}"
    );
    for line in err.lines() {
        assert!(line.starts_with("Importing "), "{err}");
        assert!(line.contains(" of 4,056 KB, "), "{err}");
    }
}

#[test]
fn reader_shows_the_progress_of_the_first_index_and_is_then_silent() {
    let home = home();
    assert!(import(&home, "large.txt").run().status.success());
    let mut terminal = Launch::codeleaf("83950").home(&home).size(100, 24).start();
    terminal
        .wait_for("Indexing [")
        .wait_for(" of 26,000 codes, ")
        .wait_for(" left");
    terminal.wait_until_gone("Indexing [");
    terminal.wait_for_silence(Duration::from_secs(1));
    terminal.press("q");
    terminal.assert_exits_restored(0);

    let cached = Launch::codeleaf("83950").home(&home).start();
    cached
        .wait_for("1/3")
        .wait_for_silence(Duration::from_secs(1));
    assert!(!text(&cached.bytes_since(0)).contains("Indexing"));
}
