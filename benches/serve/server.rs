//! The server under measurement.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::MAX_READERS;
use crate::support::program::program_path;

/// A running server. Dropping it kills the process.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// Starts a server whose limits admit [`MAX_READERS`] clients.
    pub fn with_high_limits() -> Self {
        let many = MAX_READERS.to_string();
        let limits = [
            "--max-connections",
            "--max-logins",
            "--max-logins-per-address",
            "--max-sessions-per-address",
        ];
        let limits: Vec<&str> = limits.iter().flat_map(|name| [*name, &many]).collect();
        Self::start(&[&["--open"], limits.as_slice()].concat())
    }

    /// Starts a server with these options and defaults for the others.
    pub fn start(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::start_in(folder.path(), options)
    }

    /// Starts a server with its XDG folders in `folder`.
    pub fn start_in(folder: &Path, options: &[&str]) -> Self {
        let mut child = Command::new(program_path())
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(options)
            .env_remove("CODELEAF_CONTENT")
            .env("HOME", folder)
            .env("XDG_STATE_HOME", folder)
            .env("XDG_CONFIG_HOME", folder)
            .env("XDG_DATA_HOME", folder)
            .env("XDG_CACHE_HOME", folder)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, rest) = line.split_once("listening address=")?;
                rest.split(' ').next()?.parse().ok()
            })
            .unwrap();
        // Drains the log, so that the server does not block on it.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    /// The resident memory, in KiB.
    pub fn memory_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// The processor time, in ticks of 10 ms.
    pub fn cpu_ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let (_, rest) = stat.rsplit_once(") ").unwrap();
        let field = |n: usize| -> u64 { rest.split(' ').nth(n).unwrap().parse().unwrap() };
        field(11) + field(12)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
