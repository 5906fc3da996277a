//! The program in a pseudo-terminal, with a user who types and reads the screen.
//!
//! Every wait is for a condition, with [`WAIT_TIMEOUT`]. The timeout is long, for a busy machine; a
//! passing test never reaches it.

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

use super::keys::key_sequence;

/// The longest wait for a condition.
pub const WAIT_TIMEOUT: Duration = Duration::from_secs(20);

/// A silence of this length means that a frame is complete, if no key was pressed.
const QUIET_AFTER_FRAME: Duration = Duration::from_millis(25);

/// The temporary folders of one user.
#[derive(Clone, Debug)]
pub struct Home(Arc<TempDir>);

impl Home {
    /// The folders of a user who has started the program before.
    pub fn new() -> Self {
        let home = Self::before_first_start();
        home.write("state/codeleaf/settings", "");
        home
    }

    pub fn before_first_start() -> Self {
        Self(Arc::new(tempfile::tempdir().unwrap()))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, and creates its folders.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// The file with the reader's position.
    pub fn state_file(&self) -> PathBuf {
        self.path("state/codeleaf/state.toml")
    }

    /// The file with bookmarks and notes.
    pub fn bookmarks_file(&self) -> PathBuf {
        self.path("data/codeleaf/marks.toml")
    }
}

/// How a terminal answers device-status queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryReplies {
    Never,
    /// After a delay, as over a slow connection.
    After(Duration),
}

/// A command with its environment and terminal.
#[derive(Clone, Debug)]
pub struct Launch {
    argv: Vec<OsString>,
    environment: BTreeMap<String, OsString>,
    size: (u16, u16),
    query_replies: QueryReplies,
    home: Home,
}

impl Launch {
    /// The program, with arguments separated by spaces.
    pub fn codeleaf(arguments: &str) -> Self {
        let mut argv = vec![OsString::from(program_path())];
        argv.extend(arguments.split_whitespace().map(OsString::from));
        Self::command(argv)
    }

    /// The program, with arguments that may contain spaces.
    pub fn codeleaf_with<A: AsRef<OsStr>>(arguments: &[A]) -> Self {
        let mut argv = vec![OsString::from(program_path())];
        argv.extend(arguments.iter().map(|argument| argument.as_ref().into()));
        Self::command(argv)
    }

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

    /// Runs the command by a shell script, in which it is `"$@"`.
    pub fn in_shell_script(mut self, script: &str) -> Self {
        let shell = ["sh", "-c", script, "sh"].map(OsString::from);
        self.argv.splice(0..0, shell);
        self
    }

    /// Sets an environment variable. Few are set initially.
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.insert(name.to_owned(), value.into());
        self
    }

    pub fn without_env(mut self, name: &str) -> Self {
        self.environment.remove(name);
        self
    }

    pub fn size(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self
    }

    pub fn query_replies(mut self, replies: QueryReplies) -> Self {
        self.query_replies = replies;
        self
    }

    /// Sets the user's folders.
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

    /// Runs the command without a terminal until it ends.
    pub fn run(&self) -> Output {
        self.to_command()
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .output()
            .unwrap()
    }

    /// The command for a run without a terminal.
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

    /// Starts the command in a terminal.
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
        let initial_modes = termios_modes(&*pair.master);
        let keys = Arc::new(Mutex::new(Some(pair.master.take_writer().unwrap())));
        let output = Arc::new(SharedOutput::new(columns, rows));
        let mut pty_reader = pair.master.try_clone_reader().unwrap();
        let (thread_output, thread_keys) = (Arc::clone(&output), Arc::clone(&keys));
        let replies = self.query_replies;
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).unwrap();
        let reader = thread::spawn(move || {
            let mut buffer = vec![0; 65536];
            while let Ok(length @ 1..) = pty_reader.read(&mut buffer) {
                let queries = thread_output.receive(&buffer[..length]);
                if let QueryReplies::After(delay) = replies {
                    thread_output.update(|record| record.unanswered_queries += queries);
                    for _ in 0..queries {
                        let output = Arc::clone(&thread_output);
                        let keys = Arc::clone(&thread_keys);
                        thread::spawn(move || {
                            thread::sleep(delay);
                            write_keys(&keys, b"\x1b[0n");
                            output.update(|record| record.unanswered_queries -= 1);
                        });
                    }
                }
                if thread_output.lock().stop_reading {
                    break;
                }
            }
            drop(pty_reader);
            thread_output.update(|record| record.closed = true);
        });
        Terminal {
            tty: pair.master.tty_name().unwrap(),
            pty: Some((pair.master, pair.slave)),
            child,
            keys,
            output,
            reader_thread: Some(reader),
            initial_modes,
            home: self.home,
            started,
        }
    }
}

pub fn program_path() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_codeleaf"))
}

/// The output that a terminal has received.
struct TerminalOutput {
    bytes: Vec<u8>,
    parser: vt100::Parser,
    /// When the screen first showed text.
    first_paint_at: Option<Instant>,
    unanswered_queries: usize,
    /// Makes the terminal stop reading.
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

    /// Appends bytes, and returns how many queries they complete.
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

    /// Waits for a condition, and returns true if it holds in time.
    fn wait_until(&self, timeout: Duration, holds: &dyn Fn(&TerminalOutput) -> bool) -> bool {
        let deadline = Instant::now() + timeout;
        let mut record = self.lock();
        loop {
            if holds(&record) {
                return true;
            }
            let Some(left) = deadline.checked_duration_since(Instant::now()) else {
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
        // Fails if the program has ended.
        let _ = keys.write_all(bytes).and_then(|()| keys.flush());
    }
}

/// A terminal with a running command.
pub struct Terminal {
    pty: Option<(Box<dyn MasterPty + Send>, Box<dyn SlavePty + Send>)>,
    child: Box<dyn Child + Send + Sync>,
    keys: KeyWriter,
    output: Arc<SharedOutput>,
    reader_thread: Option<thread::JoinHandle<()>>,
    initial_modes: String,
    tty: PathBuf,
    pub home: Home,
    pub started: Instant,
}

impl Terminal {
    /// Presses keys; see [`key_sequence`].
    pub fn press(&self, keys: &str) -> &Self {
        for bytes in key_sequence(keys) {
            self.send(bytes);
        }
        self
    }

    pub fn send(&self, bytes: &[u8]) {
        write_keys(&self.keys, bytes);
    }

    /// Presses keys, waits for the new screen, and returns how many bytes were received.
    pub fn press_and_count_bytes(&self, keys: &str) -> usize {
        // Late output of the previous step does not count.
        self.wait_for_silence(QUIET_AFTER_FRAME);
        let mark = self.bytes_received();
        self.press(keys);
        self.wait_until("output after keys", |record| record.bytes.len() > mark);
        self.wait_for_silence(QUIET_AFTER_FRAME);
        self.bytes_received() - mark
    }

    /// Waits until a text is on screen.
    pub fn wait_for(&self, text: &str) -> &Self {
        let holds = |record: &TerminalOutput| screen_text(&record.parser).contains(text);
        self.wait_until(&format!("{text:?}"), holds);
        self
    }

    /// Waits until a text is no longer on screen.
    pub fn wait_until_gone(&self, text: &str) -> &Self {
        let holds = |record: &TerminalOutput| !screen_text(&record.parser).contains(text);
        self.wait_until(&format!("no {text:?}"), holds);
        self
    }

    /// Waits until bytes were received after a mark.
    pub fn wait_for_bytes(&self, mark: usize, bytes: &[u8]) -> &Self {
        let holds = |record: &TerminalOutput| count(&record.bytes[mark..], bytes) > 0;
        self.wait_until(&bytes.escape_ascii().to_string(), holds);
        self
    }

    /// Waits until every query is answered, if the terminal answers at all.
    pub fn wait_until_answered(&self) {
        self.wait_until("answers to all queries", |record| {
            record.unanswered_queries == 0
        });
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
        let deadline = Instant::now() + WAIT_TIMEOUT;
        loop {
            let mark = self.bytes_received();
            if !self
                .output
                .wait_until(silence, &|record| record.bytes.len() > mark)
            {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "never silent:\n{}",
                self.screen()
            );
        }
    }

    pub fn bytes_received(&self) -> usize {
        self.output.lock().bytes.len()
    }

    pub fn bytes_since(&self, mark: usize) -> Vec<u8> {
        self.output.lock().bytes[mark..].to_vec()
    }

    /// Waits until the screen shows text, and returns the time since the start.
    pub fn time_to_first_paint(&self) -> Duration {
        self.wait_until("a first paint", |record| record.first_paint_at.is_some());
        let painted = self.output.lock().first_paint_at.unwrap();
        painted.duration_since(self.started)
    }

    /// The lines of the screen, without trailing spaces.
    pub fn screen(&self) -> String {
        screen_text(&self.output.lock().parser)
    }

    pub fn with_screen<T>(&self, call: impl FnOnce(&vt100::Screen) -> T) -> T {
        call(self.output.lock().parser.screen())
    }

    /// The line with the cursor.
    pub fn cursor_line(&self) -> String {
        let row = self.with_screen(|screen| screen.cursor_position().0);
        let screen = self.screen();
        screen
            .lines()
            .nth(usize::from(row))
            .unwrap_or_default()
            .to_owned()
    }

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

    pub fn pid(&self) -> Pid {
        pid(self.child.process_id().unwrap())
    }

    pub fn signal(&self, signal: Signal) {
        rustix::process::kill_process(self.pid(), signal).unwrap();
    }

    /// Stops accepting output, as after Ctrl-S.
    pub fn stop_output(&self) {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let tty = rustix::fs::open(&self.tty, flags, Mode::empty()).unwrap();
        termios::tcflow(&tty, termios::Action::OOff).unwrap();
    }

    /// Returns true if the terminal's modes are the same as before the start.
    pub fn has_initial_modes(&self) -> bool {
        let (master, _) = self.pty.as_ref().unwrap();
        termios_modes(&**master) == self.initial_modes
    }

    pub fn wait_for_exit(&mut self) -> u32 {
        let deadline = Instant::now() + WAIT_TIMEOUT;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(
                Instant::now() < deadline,
                "still running:\n{}",
                self.screen()
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for the exit, and checks that the terminal is fully restored.
    pub fn assert_exits_restored(&mut self, status: u32) {
        let actual = self.wait_for_exit();
        self.wait_for_silence(Duration::from_millis(100));
        assert_eq!(actual, status, "{}", self.screen());
        assert!(
            self.has_initial_modes(),
            "the terminal's modes are not restored"
        );
        assert_eq!(self.left_enabled(), Vec::<String>::new());
    }

    /// The modes and styles that are still on.
    pub fn left_enabled(&self) -> Vec<String> {
        let mut on = super::sequences::left_enabled(&self.bytes_since(0));
        let plain = self.with_screen(|screen| {
            let colors = [screen.fgcolor(), screen.bgcolor()];
            let has_style =
                screen.bold() || screen.inverse() || screen.underline() || screen.italic();
            !has_style && !screen.dim() && colors == [vt100::Color::Default; 2]
        });
        if !plain {
            on.push("a style".to_owned());
        }
        on
    }

    /// The input that the program did not read, which the shell would get.
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

    /// Closes the terminal, as a lost connection does, and returns the time until the process exits,
    /// and its exit status.
    pub fn hang_up(&mut self) -> (Duration, u32) {
        // The reader thread holds the terminal open; output makes it notice the flag.
        self.output.update(|record| record.stop_reading = true);
        self.send(b"\x0c");
        let closed = self
            .output
            .wait_until(WAIT_TIMEOUT, &|record| record.closed);
        assert!(closed, "the screen was not redrawn");
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
        // Fails if the process has already exited.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The processor time that a process has used. `None` without `/proc`.
pub fn cpu_time(process: Pid) -> Option<Duration> {
    let path = format!("/proc/{}/stat", process.as_raw_nonzero());
    let line = fs::read_to_string(path).ok()?;
    let (_, fields) = line.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let ticks: u64 = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    // In `/proc`, a tick is always a hundredth of a second.
    Some(Duration::from_millis(ticks * 10))
}

/// The peak memory of a process, in kilobytes. `None` without `/proc`.
pub fn peak_memory(process: Pid) -> Option<u64> {
    let path = format!("/proc/{}/status", process.as_raw_nonzero());
    let status = fs::read_to_string(path).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub fn count(bytes: &[u8], needle: &[u8]) -> usize {
    bytes
        .windows(needle.len())
        .filter(|window| *window == needle)
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
