//! Benchmarks a large library: time to first paint, time to a searchable index, time per keystroke,
//! and memory.
//!
//! ```text
//! CODELEAF_DATA=FOLDER cargo bench --bench library
//! ```
//!
//! The library is generated: 10,000 documents of 7 kB, the same in every run. `FOLDER` has the public
//! files `icd10cm-order-2025.txt` and `hcpcs-2019-anweb.txt`; without it the code sets are left out.
//! Each start runs the built program in a terminal with a warm page cache, and the median of
//! several starts is reported.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that cannot be taken ends"
)]

#[path = "../tests/search/generate.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod generate;
#[path = "search/library.rs"]
mod made_up;
#[path = "../tests/support"]
mod support {
    pub mod keys;
    #[expect(dead_code, reason = "the tests use more of it")]
    pub mod program;
    #[expect(dead_code, reason = "the tests use more of it")]
    pub mod sequences;
}

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use codeleaf::app::MAX_HITS;
use codeleaf::codesets::SetStore;
use codeleaf::content::Date;
use codeleaf::loader::{IndexCache, LibraryLoader};
use codeleaf::search::{Index, Query};
use support::program::{Home, Launch, Terminal};

const DOCUMENTS: usize = 10_000;

/// How often the program is started, a library loaded, and its files checked, for one figure.
const START_RUNS: usize = 9;
const LOAD_RUNS: usize = 3;
const CHECK_RUNS: usize = 5;

/// The pause in the output that ends a frame.
const QUIET_PERIOD: Duration = Duration::from_millis(200);

/// The pause after the first frame of a start.
const SETTLE_TIME: Duration = Duration::from_millis(700);

/// The first argument of a child process; its task and home follow.
const CHILD_ARGUMENT: &str = "aside";

fn main() {
    let words: Vec<OsString> = std::env::args_os().collect();
    if let [_, word, task, home] = &words[..]
        && word == CHILD_ARGUMENT
    {
        return ChildTask::in_home(Path::new(home)).run(task.to_str().unwrap());
    }
    let home = Home::new();
    let content = home.path("data/codeleaf/content");
    let cache = home.path("cache/codeleaf");
    run_in_child("furnish", &home);
    let reader = || Launch::codeleaf("10234").home(&home);

    println!("{DOCUMENTS} documents");
    measure_starts("first frame, nothing kept", || {
        let _ = fs::remove_dir_all(&cache);
        reader()
    });
    measure_check(&home, &content);
    run_in_child("read", &home);
    measure_starts("first frame, kept", reader);
    measure_starts("first frame, kept, another code", || {
        Launch::codeleaf("15000").home(&home)
    });
    run_in_child("open", &home);
    measure_memory("documents", &home);

    if !import_sets(&home) {
        return;
    }
    println!("\n{DOCUMENTS} documents and the code sets");
    run_in_child("read", &home);
    measure_starts("first frame, kept", reader);
    run_in_child("open", &home);
    measure_memory("documents and code sets", &home);

    fs::remove_dir_all(&content).unwrap();
    println!("\nthe code sets alone");
    measure_starts("first frame", || Launch::codeleaf("83950").home(&home));
    measure_starts("first frame, a code of a set", || {
        Launch::codeleaf("K92.2").home(&home)
    });
    measure_memory("code sets", &home);
}

/// Runs a task in a child process. An index would enlarge this process, and a larger process takes
/// longer to start others.
fn run_in_child(task: &str, home: &Home) {
    let status = Command::new(std::env::current_exe().unwrap())
        .args([CHILD_ARGUMENT, task])
        .arg(home.path(""))
        .status();
    assert!(status.unwrap().success(), "{task}");
}

/// The task of a child process.
struct ChildTask {
    content: PathBuf,
    cache: PathBuf,
    store: PathBuf,
}

impl ChildTask {
    fn in_home(home: &Path) -> Self {
        Self {
            content: home.join("data/codeleaf/content"),
            cache: home.join("cache/codeleaf"),
            store: home.join("data/codeleaf/sets"),
        }
    }

    fn run(&self, task: &str) {
        match task {
            "furnish" => write_documents(&self.content),
            "read" => {
                let whole = (0..LOAD_RUNS).map(|_| {
                    let _ = fs::remove_dir_all(&self.cache);
                    self.open_library().0
                });
                print_row("everything read and kept", whole.min().unwrap_or_default());
            }
            _ => {
                let (took, index) = self.open_library();
                print_row("opened as kept", took);
                println!("{index:?}");
                measure_keystrokes(&index);
            }
        }
    }

    /// Opens the library as a background thread does after the first frame.
    fn open_library(&self) -> (Duration, Arc<Index>) {
        let (folders, cache) = ([self.content.clone()], IndexCache::new(self.cache.clone()));
        let loader = LibraryLoader::new(&folders, Some(&cache));
        // As the program does: the cache is not current for another date of service.
        let since_1970 = SystemTime::UNIX_EPOCH.elapsed().unwrap();
        let today = Date::from_days_since_1970(since_1970.as_secs() / 86_400).unwrap();
        let sets = SetStore::new(self.store.clone())
            .open_sets()
            .for_date(today);
        let start = Instant::now();
        let opened = loader.load(sets, &|_| ());
        let took = start.elapsed();
        assert!(opened.cache_error.is_none());
        (took, opened.into_shared().1)
    }
}

/// Writes the documents with an earlier modification time, because the cache skips files that were
/// changed just now.
fn write_documents(content: &Path) {
    fs::create_dir_all(content).unwrap();
    let codes = generate::load_icd10cm().unwrap_or_default();
    let phrases: Vec<String> = match codes.len() {
        0 => made_up::phrases(50_000),
        _ => codes.into_iter().map(|coded| coded.title).collect(),
    };
    let then = SystemTime::now() - Duration::from_secs(60);
    for number in 0..DOCUMENTS {
        let (name, text) = made_up::document_file(number, &phrases);
        let path = content.join(name);
        fs::write(&path, text).unwrap();
        let file = File::options().write(true).open(&path).unwrap();
        file.set_modified(then).unwrap();
    }
}

fn import_sets(home: &Home) -> bool {
    let Some(folder) = std::env::var_os("CODELEAF_DATA") else {
        return false;
    };
    for name in ["icd10cm-order-2025.txt", "hcpcs-2019-anweb.txt"] {
        let path = Path::new(&folder).join(name);
        let output = Launch::codeleaf_with(&["import".as_ref(), path.as_os_str()])
            .home(home)
            .run();
        if !output.status.success() {
            println!("skipped: {}", String::from_utf8_lossy(&output.stderr));
            return false;
        }
    }
    true
}

fn measure_starts(words: &str, mut launch: impl FnMut() -> Launch) {
    let mut paints: Vec<Duration> = (0..START_RUNS)
        .map(|_| {
            let terminal = launch().start();
            let paint = terminal.time_to_first_paint();
            // The background thread must not slow down the next start.
            std::thread::sleep(SETTLE_TIME);
            quit(terminal);
            paint
        })
        .collect();
    paints.sort_unstable();
    print_row(words, paints[START_RUNS / 2]);
}

/// Checks all documents without a cache.
fn measure_check(home: &Home, content: &Path) {
    let mut times: Vec<Duration> = (0..CHECK_RUNS)
        .map(|_| {
            let _ = fs::remove_dir_all(home.path("cache/codeleaf"));
            let check = Launch::codeleaf_with(&["check".as_ref(), content.as_os_str()]);
            let start = Instant::now();
            let output = check.home(home).run();
            assert!(output.status.success());
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    print_row("`check` of all documents", times[CHECK_RUNS / 2]);
}

fn quit(mut terminal: Terminal) {
    terminal.press("q");
    terminal.wait_for_exit();
}

fn print_row(words: &str, took: Duration) {
    println!("{words:36} {:>9.1} ms", took.as_secs_f64() * 1000.0);
}

/// Types queries letter by letter. The best of three runs counts, to exclude the influence of other
/// programs.
fn measure_keystrokes(index: &Index) {
    let mut times: Vec<(Duration, &str)> = Vec::new();
    for text in made_up::READER_QUERIES {
        for end in 1..=text.len() {
            let typed = &text[..end];
            let time = |_| {
                let start = Instant::now();
                std::hint::black_box(index.search(&Query::parse(typed), None, MAX_HITS));
                start.elapsed()
            };
            times.push(((0..3).map(time).min().unwrap_or_default(), typed));
        }
    }
    times.sort_unstable();
    for part in [50, 95, 100] {
        let (took, typed) = times[(times.len() - 1) * part / 100];
        println!(
            "{:36} {:>9.1} ms  {typed:?}",
            format!("a keystroke, {part} in 100 are faster"),
            took.as_secs_f64() * 1000.0
        );
    }
}

/// Starts a reader, types all queries, and prints its memory.
fn measure_memory(words: &str, home: &Home) {
    let terminal = Launch::codeleaf("").home(home).start();
    terminal.time_to_first_paint();
    terminal.wait_for_silence(Duration::from_millis(500));
    let process = terminal.pid();
    let status = |name: &str| {
        let path = format!("/proc/{}/status", process.as_raw_nonzero());
        let status = fs::read_to_string(path).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        kilobytes.unwrap_or(0.0) / 1024.0
    };
    let print = |when: &str| {
        println!(
            "{:36} {:>9.1} MB  (own {:.1}, of files {:.1}, at most {:.1})",
            format!("memory, {words}, {when}"),
            status("VmRSS:"),
            status("RssAnon:"),
            status("RssFile:"),
            status("VmHWM:"),
        );
    };
    print("open");
    for asked in made_up::READER_QUERIES {
        terminal.press("/");
        terminal.send(asked.as_bytes());
        terminal.wait_for_silence(QUIET_PERIOD);
        terminal.press("esc");
        // Esc is decoded when no byte follows.
        terminal.wait_for_silence(QUIET_PERIOD);
    }
    print("asked");
    quit(terminal);
}
