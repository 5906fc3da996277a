//! The program in a pseudo-terminal: what a user starts, types, sees and leaves.
//!
//! Whatever is awaited is awaited as a condition, and not for ever: [`WAIT_TIMEOUT`] is long, for a
//! machine that is busy, and a test that is in order never waits so long.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use std::{fs, thread};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};
use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal};
use rustix::termios::{self, OptionalActions};
use tempfile::TempDir;

use super::keys::key_bytes;

/// How long anything is waited for.
pub const WAIT_TIMEOUT: Duration = Duration::from_secs(20);

/// How long a terminal is silent once a frame is through. The next key would end the silence.
const QUIET_AFTER_FRAME: Duration = Duration::from_millis(25);

/// A user's folders, of their own.
#[derive(Clone, Debug)]
pub struct Home(Arc<TempDir>);

impl Home {
    /// Makes them.
    pub fn new() -> Self {
        Self(Arc::new(tempfile::tempdir().unwrap()))
    }

    /// Returns a path below them.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file below them, and its folders.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// Returns the file that says where the reader was.
    pub fn state_file(&self) -> PathBuf {
        self.path("state/codeleaf/state.toml")
    }
}

/// How a terminal answers device-status queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryReplies {
    /// Never.
    Never,
    /// So much later, as one at the other end of a line does.
    After(Duration),
}

/// What is to be started, and where.
#[derive(Clone, Debug)]
pub struct Launch {
    argv: Vec<OsString>,
    environment: BTreeMap<String, OsString>,
    size: (u16, u16),
    query_replies: QueryReplies,
    home: Home,
}

impl Launch {
    /// The program with arguments, separated by spaces.
    pub fn codeleaf(arguments: &str) -> Self {
        let mut argv = vec![OsString::from(program_path())];
        argv.extend(arguments.split_whitespace().map(OsString::from));
        Self::command(argv)
    }

    /// The program with arguments that may have spaces in them.
    pub fn codeleaf_with<A: AsRef<OsStr>>(arguments: &[A]) -> Self {
        let mut argv = vec![OsString::from(program_path())];
        argv.extend(
            arguments
                .iter()
                .map(|argument| argument.as_ref().to_owned()),
        );
        Self::command(argv)
    }

    /// Any command.
    pub fn command(argv: Vec<OsString>) -> Self {
        let home = Home::new();
        let mut launch = Self {
            argv,
            environment: BTreeMap::new(),
            size: (80, 24),
            query_replies: QueryReplies::After(Duration::ZERO),
            home: home.clone(),
        };
        for name in ["PATH", "LD_LIBRARY_PATH"] {
            if let Some(value) = std::env::var_os(name) {
                launch.environment.insert(name.to_owned(), value);
            }
        }
        launch
            .env("TERM", "xterm-256color")
            .env("LANG", "C.UTF-8")
            .home(&home)
    }

    /// The same, run by a shell script, to which it is `"$@"`.
    pub fn in_shell_script(mut self, script: &str) -> Self {
        let shell = ["sh", "-c", script, "sh"].map(OsString::from);
        self.argv.splice(0..0, shell);
        self
    }

    /// Sets an environment variable; there are hardly any to begin with.
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.insert(name.to_owned(), value.into());
        self
    }

    /// Unsets an environment variable.
    pub fn without_env(mut self, name: &str) -> Self {
        self.environment.remove(name);
        self
    }

    /// Sets the terminal's size, in columns and rows.
    pub fn size(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self
    }

    /// Sets how the terminal answers.
    pub fn query_replies(mut self, answers: QueryReplies) -> Self {
        self.query_replies = answers;
        self
    }

    /// Sets whose folders are used.
    pub fn home(mut self, home: &Home) -> Self {
        self.home = home.clone();
        for (name, folder) in [
            ("HOME", "home"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_CACHE_HOME", "cache"),
        ] {
            let path = home.path(folder);
            fs::create_dir_all(&path).unwrap();
            self.environment.insert(name.to_owned(), path.into());
        }
        self
    }

    /// Runs it without a terminal until it ends.
    pub fn run(&self) -> Output {
        self.to_command()
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .output()
            .unwrap()
    }

    /// Returns it as a command without a terminal.
    pub fn to_command(&self) -> Command {
        let mut command = Command::new(&self.argv[0]);
        command
            .args(&self.argv[1..])
            .env_clear()
            .envs(&self.environment)
            .current_dir(self.home.0.path())
            .stdin(Stdio::null());
        command
    }

    /// Starts it in a terminal.
    pub fn start(self) -> Terminal {
        let (columns, rows) = self.size;
        let pair = native_pty_system()
            .openpty(pty_size(columns, rows))
            .unwrap();
        let mut command = CommandBuilder::from_argv(self.argv);
        command.env_clear();
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        command.cwd(self.home.0.path());
        let cooked = termios_modes(&*pair.master);
        let keys = Arc::new(Mutex::new(Some(pair.master.take_writer().unwrap())));
        let seen = Arc::new(SharedOutput::new(columns, rows));
        let mut output = pair.master.try_clone_reader().unwrap();
        let (watcher, answerer) = (Arc::clone(&seen), Arc::clone(&keys));
        let answers = self.query_replies;
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).unwrap();
        let reader = thread::spawn(move || {
            let mut buffer = vec![0; 65536];
            while let Ok(length @ 1..) = output.read(&mut buffer) {
                let queries = watcher.receive(&buffer[..length]);
                if let QueryReplies::After(delay) = answers {
                    watcher.update(|record| record.unanswered_queries += queries);
                    for _ in 0..queries {
                        let (watcher, keys) = (Arc::clone(&watcher), Arc::clone(&answerer));
                        thread::spawn(move || {
                            thread::sleep(delay);
                            write_keys(&keys, b"\x1b[0n");
                            watcher.update(|record| record.unanswered_queries -= 1);
                        });
                    }
                }
                if watcher.lock().stop_reading {
                    break;
                }
            }
            drop(output);
            watcher.update(|record| record.closed = true);
        });
        Terminal {
            tty: pair.master.tty_name().unwrap(),
            pty: Some((pair.master, pair.slave)),
            child,
            keys,
            output: seen,
            reader_thread: Some(reader),
            initial_modes: cooked,
            home: self.home,
            started,
        }
    }
}

/// Returns the program under test.
pub fn program_path() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_codeleaf"))
}

/// What a terminal has received.
struct TerminalOutput {
    bytes: Vec<u8>,
    parser: vt100::Parser,
    /// When there first was something to see.
    first_paint_at: Option<Instant>,
    /// How many queries are not answered yet.
    unanswered_queries: usize,
    /// Set to make the terminal stop listening.
    stop_reading: bool,
    closed: bool,
}

struct SharedOutput {
    output: Mutex<TerminalOutput>,
    changed: Condvar,
}

impl SharedOutput {
    fn new(columns: u16, rows: u16) -> Self {
        let (columns, rows) = if columns == 0 || rows == 0 {
            (80, 24)
        } else {
            (columns, rows)
        };
        Self {
            output: Mutex::new(TerminalOutput {
                bytes: Vec::new(),
                parser: vt100::Parser::new(nonzero(rows), nonzero(columns), 0),
                first_paint_at: None,
                unanswered_queries: 0,
                stop_reading: false,
                closed: false,
            }),
            changed: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, TerminalOutput> {
        self.output
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn update<T>(&self, change: impl FnOnce(&mut TerminalOutput) -> T) -> T {
        let value = change(&mut self.lock());
        self.changed.notify_all();
        value
    }

    /// Takes bytes in, and returns how many queries they complete.
    fn receive(&self, bytes: &[u8]) -> usize {
        self.update(|record| {
            let from = record.bytes.len().saturating_sub(3);
            record.bytes.extend(bytes);
            record.parser.process(bytes);
            if record.first_paint_at.is_none() && !screen_text(&record.parser).trim().is_empty() {
                record.first_paint_at = Some(Instant::now());
            }
            count(&record.bytes[from..], b"\x1b[5n")
        })
    }

    /// Waits until something holds; says whether it does.
    fn wait_until(&self, patience: Duration, holds: &dyn Fn(&TerminalOutput) -> bool) -> bool {
        let give_up = Instant::now() + patience;
        let mut record = self.lock();
        loop {
            if holds(&record) {
                return true;
            }
            let Some(left) = give_up.checked_duration_since(Instant::now()) else {
                return false;
            };
            record = self
                .changed
                .wait_timeout(record, left)
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .0;
        }
    }
}

type KeyWriter = Arc<Mutex<Option<Box<dyn Write + Send>>>>;

fn write_keys(keys: &KeyWriter, bytes: &[u8]) {
    if let Some(keys) = keys.lock().unwrap().as_mut() {
        // A program that has ended reads no more.
        let _ = keys.write_all(bytes).and_then(|()| keys.flush());
    }
}

/// A terminal in which something was started.
pub struct Terminal {
    pty: Option<(Box<dyn MasterPty + Send>, Box<dyn SlavePty + Send>)>,
    child: Box<dyn Child + Send + Sync>,
    keys: KeyWriter,
    output: Arc<SharedOutput>,
    reader_thread: Option<thread::JoinHandle<()>>,
    initial_modes: String,
    tty: PathBuf,
    /// Whose folders are used.
    pub home: Home,
    /// When the program was started.
    pub started: Instant,
}

impl Terminal {
    /// Presses keys, named as in `assets/keymap.toml` with spaces between; `"…"` is typed text.
    pub fn press(&self, keys: &str) -> &Self {
        for (n, part) in keys.split('"').enumerate() {
            if n % 2 == 1 {
                self.send(part.as_bytes());
            } else {
                for key in part.split_whitespace() {
                    self.send(key_bytes(key));
                }
            }
        }
        self
    }

    /// Sends bytes, all at once.
    pub fn send(&self, bytes: &[u8]) {
        write_keys(&self.keys, bytes);
    }

    /// Presses keys, waits until what they bring about is on screen, and returns how many bytes
    /// that took.
    pub fn press_and_count_bytes(&self, keys: &str) -> usize {
        // What is late of the step before is not this one's.
        self.wait_for_silence(QUIET_AFTER_FRAME);
        let mark = self.bytes_received();
        self.press(keys);
        self.wait_until("an answer to keys", |record| record.bytes.len() > mark);
        self.wait_for_silence(QUIET_AFTER_FRAME);
        self.bytes_received() - mark
    }

    /// Waits until a text is on screen.
    pub fn wait_for(&self, text: &str) -> &Self {
        let holds = |record: &TerminalOutput| screen_text(&record.parser).contains(text);
        self.wait_until(&format!("{text:?}"), holds);
        self
    }

    /// Waits until a text is on screen no more.
    pub fn wait_until_gone(&self, text: &str) -> &Self {
        let holds = |record: &TerminalOutput| !screen_text(&record.parser).contains(text);
        self.wait_until(&format!("no {text:?}"), holds);
        self
    }

    /// Waits until bytes were sent, counted from a mark.
    pub fn wait_for_bytes(&self, mark: usize, bytes: &[u8]) -> &Self {
        let holds = |record: &TerminalOutput| count(&record.bytes[mark..], bytes) > 0;
        self.wait_until(&bytes.escape_ascii().to_string(), holds);
        self
    }

    /// Waits until every query is answered, as far as this terminal answers.
    pub fn wait_until_answered(&self) {
        self.wait_until("every answer", |record| record.unanswered_queries == 0);
    }

    fn wait_until(&self, what: &str, holds: impl Fn(&TerminalOutput) -> bool) {
        if !self.output.wait_until(WAIT_TIMEOUT, &holds) {
            let bytes = self.bytes_since(0);
            let tail = &bytes[bytes.len().saturating_sub(600)..];
            panic!("no {what}:\n{}\n{}", self.screen(), tail.escape_ascii());
        }
    }

    /// Waits until the terminal has received nothing for a time.
    pub fn wait_for_silence(&self, silence: Duration) {
        let give_up = Instant::now() + WAIT_TIMEOUT;
        loop {
            let mark = self.bytes_received();
            if !self
                .output
                .wait_until(silence, &|record| record.bytes.len() > mark)
            {
                return;
            }
            assert!(Instant::now() < give_up, "never silent:\n{}", self.screen());
        }
    }

    /// Returns how many bytes were received so far.
    pub fn bytes_received(&self) -> usize {
        self.output.lock().bytes.len()
    }

    /// Returns the bytes received since a mark.
    pub fn bytes_since(&self, mark: usize) -> Vec<u8> {
        self.output.lock().bytes[mark..].to_vec()
    }

    /// Waits until there is something to see, and returns how long after the start that was.
    pub fn time_to_first_paint(&self) -> Duration {
        self.wait_until("a first paint", |record| record.first_paint_at.is_some());
        let painted = self.output.lock().first_paint_at.unwrap();
        painted.duration_since(self.started)
    }

    /// Returns the screen as text, a line each, without trailing spaces.
    pub fn screen(&self) -> String {
        screen_text(&self.output.lock().parser)
    }

    /// Looks at the terminal's state.
    pub fn with_screen<T>(&self, look: impl FnOnce(&vt100::Screen) -> T) -> T {
        look(self.output.lock().parser.screen())
    }

    /// Returns the line that the cursor stands on.
    pub fn cursor_line(&self) -> String {
        let row = self.with_screen(|screen| screen.cursor_position().0);
        let screen = self.screen();
        screen
            .lines()
            .nth(usize::from(row))
            .unwrap_or_default()
            .to_owned()
    }

    /// Changes the terminal's size.
    pub fn resize(&self, columns: u16, rows: u16) {
        self.output.update(|record| {
            record
                .parser
                .screen_mut()
                .set_size(nonzero(rows), nonzero(columns));
        });
        let (master, _) = self.pty.as_ref().unwrap();
        master.resize(pty_size(columns, rows)).unwrap();
    }

    /// Returns the process that was started.
    pub fn pid(&self) -> Pid {
        pid(self.child.process_id().unwrap())
    }

    /// Sends a signal to the process that was started.
    pub fn signal(&self, signal: Signal) {
        rustix::process::kill_process(self.pid(), signal).unwrap();
    }

    /// Takes nothing any more of what the program writes, as after Ctrl-S.
    pub fn stop_output(&self) {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let tty = rustix::fs::open(&self.tty, flags, Mode::empty()).unwrap();
        termios::tcflow(&tty, termios::Action::OOff).unwrap();
    }

    /// Says whether the terminal's modes are as they were before the start.
    pub fn has_initial_modes(&self) -> bool {
        let (master, _) = self.pty.as_ref().unwrap();
        termios_modes(&**master) == self.initial_modes
    }

    /// Waits for the end, and returns the exit status.
    pub fn wait_for_exit(&mut self) -> u32 {
        let give_up = Instant::now() + WAIT_TIMEOUT;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(Instant::now() < give_up, "still there:\n{}", self.screen());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for the end, and looks at what is left behind: nothing.
    pub fn assert_exits_restored(&mut self, status: u32) {
        let ended = self.wait_for_exit();
        self.wait_for_silence(Duration::from_millis(100));
        assert_eq!(ended, status, "{}", self.screen());
        assert!(
            self.has_initial_modes(),
            "the terminal's modes are not restored"
        );
        assert_eq!(self.left_enabled(), Vec::<String>::new());
    }

    /// Returns what was turned on and not off again.
    pub fn left_enabled(&self) -> Vec<String> {
        let mut on = super::sequences::left_enabled(&self.bytes_since(0));
        let plain = self.with_screen(|screen| {
            let colours = [screen.fgcolor(), screen.bgcolor()];
            let pen = screen.bold() || screen.inverse() || screen.underline() || screen.italic();
            !pen && !screen.dim() && colours == [vt100::Color::Default; 2]
        });
        if !plain {
            on.push("a pen".to_owned());
        }
        on
    }

    /// Returns what was typed, or answered, and not read by the program: the shell would get it.
    pub fn unread_input(&self) -> Vec<u8> {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK;
        let tty = rustix::fs::open(&self.tty, flags, Mode::empty()).unwrap();
        let cooked = termios::tcgetattr(&tty).unwrap();
        let mut raw = cooked.clone();
        raw.make_raw();
        termios::tcsetattr(&tty, OptionalActions::Now, &raw).unwrap();
        let mut bytes = vec![0; 4096];
        let length = rustix::io::read(&tty, &mut bytes).unwrap_or(0);
        termios::tcsetattr(&tty, OptionalActions::Now, &cooked).unwrap();
        bytes.truncate(length);
        bytes
    }

    /// Closes the terminal as a line that drops does, and returns how long the process stayed, and
    /// its exit status.
    pub fn hang_up(&mut self) -> (Duration, u32) {
        // The thread that listens holds the terminal open; it is woken to let go of it.
        self.output.update(|record| record.stop_reading = true);
        self.send(b"\x0c");
        let closed = self
            .output
            .wait_until(WAIT_TIMEOUT, &|record| record.closed);
        assert!(closed, "nothing was drawn anew");
        if let Some(reader) = self.reader_thread.take() {
            reader.join().unwrap();
        }
        let start = Instant::now();
        *self.keys.lock().unwrap() = None;
        self.pty = None;
        let status = self.wait_for_exit();
        (start.elapsed(), status)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Most have ended by now.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the processor time that a process has used, where the system tells.
pub fn cpu_time(process: Pid) -> Option<Duration> {
    let path = format!("/proc/{}/stat", process.as_raw_nonzero());
    let line = fs::read_to_string(path).ok()?;
    let (_, fields) = line.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let ticks: u64 = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    // Linux counts in hundredths of a second for every program.
    Some(Duration::from_millis(ticks * 10))
}

/// Returns the most memory that a process has held so far, in kilobytes, where the system tells.
pub fn peak_memory(process: Pid) -> Option<u64> {
    let path = format!("/proc/{}/status", process.as_raw_nonzero());
    let status = fs::read_to_string(path).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Returns the text of an output, which must be UTF-8.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Counts where bytes occur.
pub fn count(bytes: &[u8], wanted: &[u8]) -> usize {
    bytes
        .windows(wanted.len())
        .filter(|window| *window == wanted)
        .count()
}

fn pid(raw: u32) -> Pid {
    Pid::from_raw(raw.try_into().unwrap()).unwrap()
}

fn nonzero(cells: u16) -> NonZero<u16> {
    NonZero::new(cells.max(1)).unwrap()
}

fn pty_size(cols: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn termios_modes(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().unwrap())
}

fn screen_text(parser: &vt100::Parser) -> String {
    let screen = parser.screen();
    let (_, columns) = screen.size();
    let lines: Vec<String> = screen
        .rows(0, columns.get())
        .map(|line| line.trim_end().to_owned())
        .collect();
    lines.join("\n").trim_end_matches('\n').to_owned()
}
