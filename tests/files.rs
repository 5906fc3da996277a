//! Files that the program reads and writes: their kind, their size, and who may read them.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::support::generated;
use crate::support::program::{Home, Launch, WAIT_TIMEOUT, text};

/// What a path may name instead of a file that is worth reading.
#[derive(Clone, Copy, Debug)]
enum Trap {
    Pipe,
    Device,
    /// 100 GB that take no space.
    HugeFile,
}

impl Trap {
    const ALL: [Self; 3] = [Self::Pipe, Self::Device, Self::HugeFile];

    fn set(self, path: &Path) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match self {
            Self::Pipe => mknodat(CWD, path, FileType::Fifo, Mode::RWXU, 0).unwrap(),
            Self::Device => symlink("/dev/zero", path).unwrap(),
            Self::HugeFile => fs::File::create(path).unwrap().set_len(100 << 30).unwrap(),
        }
    }
}

/// Runs the program with little memory; fails if it does not end.
fn run(home: &Home, arguments: &str) -> Output {
    let launch = Launch::codeleaf(arguments).home(home);
    let launch = launch.in_shell_script("ulimit -v 3000000; exec \"$@\"");
    let mut command = launch.to_command();
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let started = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if started.elapsed() > WAIT_TIMEOUT {
            child.kill().unwrap();
            panic!("`{arguments}` does not end");
        }
        thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}

#[test]
fn pipes_devices_and_huge_files_neither_block_nor_fill_memory() {
    let serve = "serve --listen 127.0.0.1:0";
    for (file, arguments) in [
        ("config/codeleaf/keymap.toml", format!("{serve} --open")),
        (
            "config/codeleaf/themes/mine.toml",
            format!("{serve} --open --theme mine"),
        ),
        ("theme", format!("{serve} --open --theme ./theme")),
        ("serve.toml", format!("{serve} --config serve.toml")),
        ("keys", format!("{serve} --authorized-keys keys")),
        ("key", format!("{serve} --open --host-key key")),
        ("config/codeleaf/synonyms.toml", "search lab".to_owned()),
        ("mine.toml", "show mine.toml".to_owned()),
        ("mine.toml", "check mine.toml".to_owned()),
        ("set.txt", "import set.txt".to_owned()),
        ("set.txt", "import icd10cm set.txt".to_owned()),
    ] {
        for trap in Trap::ALL {
            let home = Home::new();
            trap.set(&home.path(file));
            let output = run(&home, &arguments);
            let message = text(&output.stderr);
            let expected = match trap {
                Trap::Pipe => "a pipe, not a file",
                Trap::Device => "a device, not a file",
                Trap::HugeFile if file == "key" => "chmod 600",
                Trap::HugeFile => "larger than",
            };
            assert_eq!(output.status.code(), Some(2), "{arguments}: {message}");
            assert!(message.contains(expected), "{arguments}: {message}");
        }
    }
}

/// Enough documents for a cache.
const DOCUMENTS: usize = 40;

fn write_documents(home: &Home, folder: &str) {
    for code in 1..=DOCUMENTS {
        let document = generated::list().replace("\"00001\"", &format!("\"{code:05}\""));
        home.write(&format!("{folder}/{code}.toml"), document);
    }
}

#[test]
fn pipe_among_documents_sets_or_caches_affects_nothing_else() {
    for trap in Trap::ALL {
        let home = Home::new();
        write_documents(&home, "data/codeleaf/content");
        trap.set(&home.path("data/codeleaf/content/x.toml"));
        trap.set(&home.path("data/codeleaf/sets/x.set"));
        let listed = || {
            let output = run(&home, "list");
            assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
            text(&output.stdout).matches("A made-up document").count()
        };
        assert_eq!(listed(), DOCUMENTS);
        let sets = run(&home, "sets");
        assert_eq!(sets.status.code(), Some(0));
        assert!(text(&sets.stderr).contains("x.set"), "{sets:?}");
        assert_eq!(run(&home, "search line").status.code(), Some(0));
        let cache = fs::read_dir(home.path("cache/codeleaf")).unwrap();
        let cache = cache.map(|entry| entry.unwrap().path());
        let cache = cache.last().unwrap();
        fs::remove_file(&cache).unwrap();
        trap.set(&cache);
        trap.set(&cache.with_file_name("left.new"));
        assert_eq!(listed(), DOCUMENTS);
        assert_eq!(run(&home, "search line").status.code(), Some(0));
    }
}

#[test]
fn reader_opens_with_pipes_in_place_of_its_state() {
    let home = Home::new();
    Trap::Pipe.set(&home.state_file());
    Trap::Pipe.set(&home.path("data/codeleaf/marks.lock"));
    let mut terminal = Launch::codeleaf("").home(&home).start();
    terminal.wait_for("this is a pipe");
    terminal.press("4 b q");
    terminal.assert_exits_restored(0);
    let marks = fs::read_to_string(home.path("data/codeleaf/marks.toml")).unwrap();
    assert!(marks.contains("coding/modifiers/26"), "{marks}");
}

/// Asserts that only the user can read a folder and everything in it.
pub fn assert_private(folder: &Path) {
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(folder), 0o700, "{}", folder.display());
    let mut entries = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            assert_private(&path);
        } else {
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
        entries += 1;
    }
    assert!(entries > 0, "nothing in {}", folder.display());
}

#[test]
fn only_the_user_can_read_what_was_written_even_under_umask_000() {
    let home = Home::before_first_start();
    write_documents(&home, "content");
    let launch = Launch::codeleaf("--content content cpt:83950").home(&home);
    let script = "umask 000; exec \"$@\"";
    let mut terminal = launch.in_shell_script(script).start();
    terminal.wait_for("CPT (c) AMA");
    terminal.press("4").wait_for("83950 › Coding › 26");
    terminal
        .press("a \"call Anna\" enter")
        .wait_for("ote saved");
    let started = Instant::now();
    while !home.path("cache/codeleaf").exists() {
        assert!(started.elapsed() < WAIT_TIMEOUT, "{}", terminal.screen());
        thread::sleep(Duration::from_millis(10));
    }
    terminal.press("q");
    terminal.assert_exits_restored(0);
    for folder in ["data", "state", "cache"] {
        assert_private(&home.path(folder).join("codeleaf"));
    }
    let marks = fs::read_to_string(home.path("data/codeleaf/marks.toml")).unwrap();
    assert!(marks.contains("call Anna"), "{marks}");
}
