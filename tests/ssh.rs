//! The local reader, run through a real sshd.
//!
//! A test is skipped with a message if a program is missing; with `CODELEAF_E2E=require` it fails.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{fs, thread};

use rustix::process::{Pid, Signal, test_kill_process};

use crate::support::program::{Home, Launch, Terminal, WAIT_TIMEOUT, program_path};
use crate::support::sshd::{Sshd, is_installed};
use crate::support::{generated, skip};

/// A network namespace with a slow loopback.
struct SlowLine(String);

impl SlowLine {
    /// Creates one with 64 kbit/s; needs privileges.
    fn new() -> Result<Self, String> {
        let name = format!("codeleaf-{}", std::process::id());
        let run = |command: String| {
            let mut argv = command.split_whitespace();
            let output = Command::new(argv.next().unwrap()).args(argv).output();
            match output {
                Ok(output) if output.status.success() => Ok(()),
                Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
                Err(error) => Err(error.to_string()),
            }
        };
        run(format!("ip netns add {name}"))?;
        let line = Self(name.clone());
        run(format!("ip netns exec {name} ip link set lo up"))?;
        let shape = "tc qdisc add dev lo root tbf rate 64kbit burst 16kb limit 65536";
        run(format!("ip netns exec {name} {shape}"))?;
        Ok(line)
    }

    fn command_prefix(&self) -> Vec<OsString> {
        ["ip", "netns", "exec", &self.0]
            .map(OsString::from)
            .to_vec()
    }
}

impl Drop for SlowLine {
    fn drop(&mut self) {
        let _ = Command::new("ip").args(["netns", "del", &self.0]).status();
    }
}

/// A tmux server with its socket in the test's folder.
struct Tmux(Home);

impl Tmux {
    fn socket(&self) -> PathBuf {
        self.0.path("tmux")
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = Command::new("tmux")
            .arg("-S")
            .arg(self.socket())
            .arg("kill-server")
            .status();
    }
}

/// Whether a process runs. A zombie does not count.
fn is_running(process: Pid) -> bool {
    match fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero())) {
        Ok(stat) => !stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .starts_with(" Z"),
        Err(_) => test_kill_process(process).is_ok() && !Path::new("/proc/self").exists(),
    }
}

/// Waits until a process has ended, and returns the time.
fn wait_for_exit(process: Pid) -> Duration {
    let start = Instant::now();
    while is_running(process) {
        assert!(
            start.elapsed() < WAIT_TIMEOUT,
            "the reader is still running"
        );
        thread::sleep(Duration::from_millis(10));
    }
    start.elapsed()
}

fn browse_and_search(terminal: &Terminal) {
    terminal.wait_for("83950 › Summary › 1/3");
    terminal.press("4").wait_for("83950 › Coding › 26");
    terminal.press("down").wait_for("83950 › Coding › 90");
    terminal
        .press("/ \"83950-26\"")
        .wait_for("▸ CPT 83950 › Coding › 26");
    terminal.press("enter").wait_for("Result 1 of 1");
    terminal.resize(50, 14);
    terminal
        .wait_until_gone("Specifications  5 Payers")
        .wait_for("CPT (c) AMA");
    terminal.press("5").wait_for("83950 › Payers › Aetna");
}

#[test]
fn reader_over_ssh_exits_when_the_connection_drops() {
    let sshd = match Sshd::start(Vec::new()) {
        Ok(sshd) => sshd,
        Err(reason) => return skip(&reason),
    };
    let mut terminal = sshd.log_in(&sshd.reader_command("83950"));
    browse_and_search(&terminal);
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit(), 0);
    terminal.wait_for_silence(Duration::from_millis(100));
    assert_eq!(terminal.left_enabled(), Vec::<String>::new());

    let mut terminal = sshd.log_in(&sshd.reader_command("83950"));
    browse_and_search(&terminal);
    let process = sshd.reader_pid();
    terminal.signal(Signal::KILL);
    terminal.wait_for_exit();
    let took = wait_for_exit(process);
    // It takes a second on an idle machine.
    assert!(took < Duration::from_secs(3), "{took:?}");
}

#[test]
fn reader_in_tmux_survives_a_dropped_ssh_connection() {
    if !is_installed("tmux") {
        return skip("tmux is not installed");
    }
    let sshd = match Sshd::start(Vec::new()) {
        Ok(sshd) => sshd,
        Err(reason) => return skip(&reason),
    };
    let server = Tmux(sshd.home.clone());
    let tmux = format!("tmux -S {} -f /dev/null", server.socket().display());
    let reader = sshd.reader_command("83950");
    let shell = reader.replace('\'', "'\\''");
    let start = format!("{tmux} -u new-session -s reading '{shell}' \\; set status off");
    let mut terminal = sshd.log_in(&start);
    browse_and_search(&terminal);
    let process = sshd.reader_pid();
    terminal.signal(Signal::KILL);
    terminal.wait_for_exit();
    // The reader in tmux keeps running, and a new client sees the same screen.
    let mut terminal = sshd.log_in(&format!("{tmux} -u attach -t reading"));
    terminal.wait_for("Aetna");
    assert!(is_running(process));
    drop(server);
    wait_for_exit(process);
    terminal.wait_for_exit();
}

#[test]
fn held_key_on_a_slow_line_stops_soon_after_release() {
    let line = match SlowLine::new() {
        Ok(line) => line,
        Err(reason) => return skip(&format!("no slow line: {reason}")),
    };
    let sshd = match Sshd::start(line.command_prefix()) {
        Ok(sshd) => sshd,
        Err(reason) => return skip(&reason),
    };
    let document = sshd.home.write("made-up.toml", generated::list());
    let mut terminal = sshd.log_in(&sshd.reader_command(&document.display().to_string()));
    terminal.wait_for("00001 › Summary › 1/401");
    terminal.wait_for_silence(Duration::from_millis(500));
    // The repeat rate of a key that is held for three seconds.
    let keys = 90;
    for _ in 0..keys {
        terminal.press("down");
        thread::sleep(Duration::from_millis(33));
    }
    let released = Instant::now();
    terminal.wait_for(&format!("› {}/401", keys + 1));
    let lag = released.elapsed();
    println!("64 kbit/s: {lag:?} from key release to the last frame");
    // The goal is 0.4 s; this is not a benchmark, so the limit is 1.5 s.
    assert!(lag < Duration::from_millis(1500), "{lag:?}");
    terminal.press("q");
    assert_eq!(terminal.wait_for_exit(), 0);
}

#[test]
fn secure_reader_is_the_forced_command_of_an_account() {
    let program = program_path().display();
    let lines = format!(
        "AcceptEnv *\nForceCommand env HOME=FOLDER/reader CODELEAF_SECURE=1 {program} $SSH_ORIGINAL_COMMAND\n"
    );
    let sshd = match Sshd::start_configured(Vec::new(), &lines) {
        Ok(sshd) => sshd,
        Err(reason) => return skip(&reason),
    };
    let secret = sshd.home.write("secret/a.toml", generated::list());
    let folder = secret.parent().unwrap().display();
    let log_in = |command: &str| {
        let mut argv = sshd.client();
        let variables = format!(
            "SetEnv=CODELEAF_SECURE=0 CODELEAF_CONTENT={folder} XDG_STATE_HOME={folder}/state"
        );
        let at = argv.len() - 1;
        argv.splice(at..at, ["-o".into(), variables.into()]);
        argv.push(command.into());
        Launch::command(argv).home(&sshd.home).start()
    };
    let mut reader = log_in("83950");
    reader.wait_for("CPT (c) AMA");
    reader
        .press("ctrl-z")
        .wait_for("not available in secure mode");
    reader.press("o").wait_for("Library by code");
    assert!(!reader.screen().contains("made-up"), "{}", reader.screen());
    reader.press("esc").wait_until_gone("Library by code");
    reader.press("q");
    assert_eq!(reader.wait_for_exit(), 0);
    for command in [
        format!("show {}", secret.display()),
        format!("list --content {folder}"),
        format!("83950 --theme {}", secret.display()),
        "serve --open".to_owned(),
    ] {
        let mut refused = log_in(&command);
        refused.wait_for("not available in secure mode");
        assert_eq!(refused.wait_for_exit(), 2, "{command}");
    }
    assert!(!sshd.home.path("reader").exists(), "nothing is written");
    assert!(!sshd.home.path("secret/state").exists());
}
