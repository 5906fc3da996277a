//! OpenSSH's client, with a `vt100` parser as its terminal or without one.

use std::io::{Read, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::server::{Server, eventually};
use crate::support::skip;

/// OpenSSH's client, with its own key.
pub struct Ssh {
    folder: PathBuf,
}

pub fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

impl Ssh {
    /// Creates a client with a new key. Without OpenSSH, prints a message and returns `None`.
    pub fn find(folder: &Path) -> Option<Self> {
        for program in ["ssh", "ssh-keygen", "sftp"] {
            if !installed(program) {
                skip(&format!("{program} is not installed"));
                return None;
            }
        }
        let folder = folder.join("client");
        std::fs::create_dir_all(&folder).unwrap();
        let ssh = Self { folder };
        ssh.make_key("id");
        Some(ssh)
    }

    /// Creates a key pair, and returns the public key.
    pub fn make_key(&self, name: &str) -> String {
        let file = self.folder.join(name);
        let status = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"])
            .arg(&file)
            .status()
            .unwrap();
        assert!(status.success());
        std::fs::read_to_string(file.with_extension("pub")).unwrap()
    }

    /// The arguments before the remote command.
    pub fn arguments(&self, server: &Server, more: &[&str]) -> Vec<String> {
        let key = self.folder.join("id").display().to_string();
        let port = server.address.port().to_string();
        let mut arguments: Vec<String> = ["-F", "none", "-i", &key, "-p", &port]
            .into_iter()
            .map(str::to_owned)
            .collect();
        // If an option is given twice, the first one applies.
        arguments.extend(more.iter().map(|&argument| argument.to_owned()));
        for option in [
            "IdentitiesOnly=yes",
            "BatchMode=yes",
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
            "LogLevel=ERROR",
            "SendEnv=LANG LC_* COLORTERM NO_COLOR",
        ] {
            arguments.extend(["-o".to_owned(), option.to_owned()]);
        }
        arguments.push("codes@127.0.0.1".to_owned());
        arguments
    }

    /// A command without a terminal, in a minimal environment.
    pub fn command(&self, server: &Server, options: &[&str], command_line: &[&str]) -> Command {
        let mut command = Command::new("ssh");
        command
            .args(self.arguments(server, options))
            .args(command_line)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LANG", "en_US.UTF-8")
            .stdin(Stdio::null());
        command
    }

    /// Runs a remote command without a terminal.
    pub fn run(&self, server: &Server, options: &[&str], command_line: &[&str]) -> Output {
        self.command(server, options, command_line)
            .output()
            .unwrap()
    }

    /// Runs a remote command, or the reader, in a terminal of 80×24.
    pub fn open_reader(
        &self,
        server: &Server,
        options: &[&str],
        command_line: &[&str],
    ) -> Terminal {
        let environment = [("TERM", "xterm-256color"), ("LANG", "en_US.UTF-8")];
        self.open_reader_with(server, options, command_line, &environment)
    }

    /// Like [`Ssh::open_reader`], with other environment variables.
    pub fn open_reader_with(
        &self,
        server: &Server,
        options: &[&str],
        command_line: &[&str],
        environment: &[(&str, &str)],
    ) -> Terminal {
        let mut command = CommandBuilder::new("ssh");
        command.args(self.arguments(server, &[&["-t"], options].concat()));
        command.args(command_line);
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        for (name, value) in environment {
            command.env(name, value);
        }
        Terminal::run(command)
    }
}

/// A program in a terminal.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    captured: Arc<Mutex<CapturedOutput>>,
}

struct CapturedOutput {
    ended: bool,
    screen: vt100::Parser,
    bytes: Vec<u8>,
}

fn nonzero(cells: u16) -> NonZero<u16> {
    NonZero::new(cells).unwrap()
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

impl Terminal {
    /// Runs a program in a terminal of 80×24.
    pub fn run(command: CommandBuilder) -> Self {
        let pair = native_pty_system().openpty(size(80, 24)).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let captured = Arc::new(Mutex::new(CapturedOutput {
            screen: vt100::Parser::new(nonzero(24), nonzero(80), 0),
            bytes: Vec::new(),
            ended: false,
        }));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let watched = Arc::clone(&captured);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                let mut captured = watched.lock().unwrap();
                captured.screen.process(&buffer[..length]);
                captured.bytes.extend(&buffer[..length]);
            }
            watched.lock().unwrap().ended = true;
        });
        let writer = pair.master.take_writer().unwrap();
        Self {
            child,
            master: pair.master,
            writer,
            captured,
        }
    }

    pub fn press(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        let mut captured = self.captured.lock().unwrap();
        captured
            .screen
            .screen_mut()
            .set_size(nonzero(rows), nonzero(columns));
        drop(captured);
        self.master.resize(size(columns, rows)).unwrap();
    }

    pub fn screen(&self) -> String {
        let captured = self.captured.lock().unwrap();
        captured.screen.screen().contents()
    }

    /// Whether the alternate screen is in use.
    pub fn is_full_screen(&self) -> bool {
        let captured = self.captured.lock().unwrap();
        captured.screen.screen().alternate_screen()
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.captured.lock().unwrap().bytes.clone()
    }

    /// Waits until the screen shows a text.
    pub fn expect(&self, text: &str) {
        let shown = || self.screen().contains(text).then_some(());
        eventually(
            &format!("`{text}`; the screen is\n{}", self.screen()),
            shown,
        );
    }

    /// Waits until the screen no longer shows a text.
    pub fn expect_gone(&self, text: &str) {
        let gone = || (!self.screen().contains(text)).then_some(());
        eventually(&format!("`{text}` to go"), gone);
    }

    /// Waits until the program exits, and returns its status.
    pub fn wait_for_exit(&mut self) -> u32 {
        let status = eventually("the client's end", || self.child.try_wait().unwrap());
        let all_seen = || self.captured.lock().unwrap().ended.then_some(());
        eventually("the end of its output", all_seen);
        status.exit_code()
    }

    /// Sends SIGKILL.
    pub fn kill(&mut self) {
        let id = self.child.process_id().unwrap().to_string();
        let killed = Command::new("kill").args(["-9", &id]).status().unwrap();
        assert!(killed.success());
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the screen:\n{}", self.screen());
        }
        // It may have ended already.
        let _ = self.child.kill();
    }
}
