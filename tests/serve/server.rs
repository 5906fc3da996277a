//! The server under test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::Pid;
use serde_json::Value;
use tempfile::TempDir;

pub const TIMEOUT: Duration = Duration::from_secs(20);

/// A running server. Dropping it kills the process.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    metrics: SocketAddr,
    log: Arc<Mutex<Vec<Value>>>,
    folder: TempDir,
}

/// Polls until the result is `Some`.
pub fn eventually<T>(what: &str, mut poll: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = poll() {
            return found;
        }
        assert!(start.elapsed() < TIMEOUT, "timed out waiting for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A document about a made-up code.
pub fn document(code: &str) -> String {
    let shipped = include_str!("../../content/cpt-83950.toml");
    shipped.replace("\"83950\"", &format!("\"{code}\""))
}

/// The program, with its XDG folders inside `folder`.
pub fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_codeleaf"));
    command
        .env_remove("CODELEAF_CONTENT")
        .env("HOME", folder)
        .env("XDG_STATE_HOME", folder.join("state"))
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env("XDG_DATA_HOME", folder.join("data"));
    command
}

impl Server {
    /// Starts a server with `--open`.
    pub fn open(options: &[&str]) -> Self {
        Self::start(
            tempfile::tempdir().unwrap(),
            &[&["--open"], options].concat(),
        )
    }

    pub fn start(folder: TempDir, options: &[&str]) -> Self {
        Self::start_with(&["env"], folder, options)
    }

    /// Starts a server through another program, which executes it.
    pub fn start_with(launcher: &[&str], folder: TempDir, options: &[&str]) -> Self {
        let codeleaf = program(folder.path());
        let mut command = Command::new(launcher[0]);
        for (name, value) in codeleaf.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let mut child = command
            .args(&launcher[1..])
            .arg(codeleaf.get_program())
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--metrics",
                "127.0.0.1:0",
            ])
            .args(["--log-format", "json"])
            .args(options)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let written = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                // Keeps a line that is not JSON, so that a test fails on it.
                let line = serde_json::from_str(&line).unwrap_or(Value::String(line));
                written.lock().unwrap().push(line);
            }
        });
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server = Self {
            child,
            address: nowhere,
            metrics: nowhere,
            log,
            folder,
        };
        server.metrics = server.wait_for_log("metrics")["address"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        server.address = server.wait_for_log("listening")["address"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        server
    }

    /// Starts an open server whose log goes elsewhere. The log of other servers names their ports.
    pub fn with_stderr(stderr: impl Into<Stdio>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let free = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let [address, metrics] = free.map(|listener| listener.local_addr().unwrap());
        let child = program(folder.path())
            .args(["serve", "--open", "--listen", &address.to_string()])
            .args(["--metrics", &metrics.to_string()])
            .stdin(Stdio::null())
            .stderr(stderr)
            .spawn()
            .unwrap();
        eventually("the server", || TcpStream::connect(metrics).ok());
        Self {
            child,
            address,
            metrics,
            log: Arc::default(),
            folder,
        }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The user's document folder.
    pub fn content(&self) -> PathBuf {
        self.folder().join("data/codeleaf/content")
    }

    /// Waits for a log line with this message.
    pub fn wait_for_log(&self, message: &str) -> Value {
        eventually(message, || self.log_lines(message).into_iter().next())
    }

    pub fn log_lines(&self, message: &str) -> Vec<Value> {
        let log = self.log.lock().unwrap();
        log.iter()
            .filter(|line| line["message"] == message)
            .cloned()
            .collect()
    }

    pub fn log(&self) -> String {
        let log = self.log.lock().unwrap();
        let lines: Vec<String> = log.iter().map(ToString::to_string).collect();
        lines.join("\n")
    }

    /// Connects to the metrics.
    pub fn connect_scraper(&self) -> TcpStream {
        let stream = TcpStream::connect(self.metrics).unwrap();
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        stream
    }

    pub fn metric(&self, name: &str) -> f64 {
        let mut stream = self.connect_scraper();
        stream
            .write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            .unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name} in\n{text}"))
            .parse()
            .unwrap()
    }

    pub fn wait_for_metric(&self, name: &str, value: f64) {
        eventually(&format!("{name} = {value}"), || {
            ((self.metric(name) - value).abs() < 0.5).then_some(())
        });
    }

    pub fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().try_into().unwrap()).unwrap()
    }

    /// The resident memory, in KiB.
    pub fn memory_kib(&self) -> u64 {
        let status = Command::new("ps")
            .args(["-o", "rss=", "-p", &self.child.id().to_string()])
            .output()
            .unwrap();
        String::from_utf8_lossy(&status.stdout)
            .trim()
            .parse()
            .unwrap()
    }

    /// Sends a signal: `TERM`, `HUP`.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let status = Command::new("kill")
            .args([&format!("-{name}"), &id])
            .status()
            .unwrap();
        assert!(status.success());
    }

    pub fn wait_for_exit(&mut self) -> ExitStatus {
        eventually("the server's end", || self.child.try_wait().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("the server's log:\n{}", self.log());
        }
    }
}
