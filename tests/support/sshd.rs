//! A real sshd for tests, reachable from this machine only.

use std::ffi::OsString;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use rustix::process::{Pid, Signal, kill_process};

use super::program::{Home, Launch, Terminal, WAIT_TIMEOUT, program_path};

const SSHD: &str = "/usr/sbin/sshd";

pub fn is_installed(program: &str) -> bool {
    Command::new("sh")
        .args(["-c", "command -v \"$1\"", "sh", program])
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// An sshd that ends when this is dropped.
pub struct Sshd {
    /// The user's folders, with the keys of client and server.
    pub home: Home,
    process: Child,
    port: u16,
    command_prefix: Vec<OsString>,
}

impl Sshd {
    /// Starts an sshd. The prefix is put before its command and those of its clients. An error means
    /// that this machine cannot run it.
    pub fn start(prefix: Vec<OsString>) -> Result<Self, String> {
        Self::start_configured(prefix, "")
    }

    /// Like [`Sshd::start`], with more lines for its configuration. `FOLDER` in them stands for the
    /// folder of `home`.
    pub fn start_configured(prefix: Vec<OsString>, lines: &str) -> Result<Self, String> {
        if !Path::new(SSHD).exists() {
            return Err(format!("{SSHD} is not installed"));
        }
        if !rustix::process::geteuid().is_root() {
            return Err("only root can start an sshd that accepts logins".to_owned());
        }
        for program in ["ssh", "ssh-keygen"] {
            if !is_installed(program) {
                return Err(format!("{program} is not installed"));
            }
        }
        let home = Home::new();
        // sshd requires this folder, which Debian's service creates.
        fs::create_dir_all("/run/sshd").map_err(|error| error.to_string())?;
        for key in ["hostkey", "id"] {
            let status = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(home.path(key))
                .status();
            assert!(status.is_ok_and(|status| status.success()));
        }
        fs::copy(home.path("id.pub"), home.path("authorized_keys")).unwrap();
        // Another process may take the port before sshd does.
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0")
                .unwrap()
                .local_addr()
                .unwrap()
                .port();
            let config = format!(
                "ListenAddress 127.0.0.1\nPort {port}\nHostKey {0}/hostkey\nPidFile none\n\
                 AuthorizedKeysFile {0}/authorized_keys\nStrictModes no\nUsePAM no\n\
                 PasswordAuthentication no\nKbdInteractiveAuthentication no\n\
                 PermitRootLogin prohibit-password\nAcceptEnv LANG LC_* COLORTERM NO_COLOR\n\
                 AllowTcpForwarding no\nUseDNS no\n{1}\n",
                home.path("").display(),
                lines.replace("FOLDER", &home.path("").display().to_string())
            );
            let config = home.write("sshd_config", config.replace("//", "/"));
            // Known since OpenSSH 9.8; tests fail to log in on purpose.
            let no_penalties = "PerSourcePenalties=no";
            let is_known = Command::new(SSHD)
                .args(["-t", "-o", no_penalties, "-f"])
                .arg(&config)
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success());
            let mut argv = prefix.clone();
            argv.extend([SSHD, "-D", "-e", "-f"].map(OsString::from));
            argv.push(config.into());
            if is_known {
                argv.extend(["-o", no_penalties].map(OsString::from));
            }
            let log = fs::File::create(home.path("log")).unwrap();
            let mut process = Command::new(&argv[0])
                .args(&argv[1..])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(log)
                .spawn()
                .unwrap();
            let deadline = Instant::now() + WAIT_TIMEOUT;
            let log = || fs::read_to_string(home.path("log")).unwrap_or_default();
            while process.try_wait().unwrap().is_none() {
                if log().contains("Server listening") {
                    return Ok(Self {
                        home,
                        process,
                        port,
                        command_prefix: prefix,
                    });
                }
                assert!(Instant::now() < deadline, "sshd does not listen: {}", log());
                thread::sleep(Duration::from_millis(20));
            }
        }
        let log = fs::read_to_string(home.path("log")).unwrap_or_default();
        panic!("sshd does not start: {log}");
    }

    #[cfg(feature = "serve")]
    pub fn address(&self) -> std::net::SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }

    /// Logs in and runs a command.
    pub fn log_in(&self, command: &str) -> Terminal {
        let home = self.home.path("").display().to_string();
        let folders = format!(
            "export HOME={home} XDG_STATE_HOME={home}/state XDG_DATA_HOME={home}/data \
             XDG_CONFIG_HOME={home}/config; cd {home}"
        );
        let mut argv = self.client();
        argv.push(format!("{folders}; {command}").into());
        Launch::command(argv).home(&self.home).start()
    }

    /// The command of the client, without a command for the server.
    pub fn client(&self) -> Vec<OsString> {
        let mut argv = self.command_prefix.clone();
        argv.extend(client_command(&self.home.path("id"), self.port));
        argv
    }

    /// A command that writes its process ID into a file and then opens the reader.
    pub fn reader_command(&self, arguments: &str) -> String {
        let pid = self.pid_file().display().to_string();
        let program = program_path().display();
        format!("sh -c 'echo $$ > {pid}; exec {program} {arguments}'")
    }

    fn pid_file(&self) -> PathBuf {
        self.home.path("pid")
    }

    pub fn reader_pid(&self) -> Pid {
        let text = fs::read_to_string(self.pid_file()).unwrap();
        Pid::from_raw(text.trim().parse().unwrap()).unwrap()
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        // On SIGTERM, sshd also ends its sessions.
        if let Some(process) = Pid::from_raw(self.process.id().try_into().unwrap_or_default()) {
            let _ = kill_process(process, Signal::TERM);
        }
        let _ = self.process.wait();
    }
}

/// The command of OpenSSH's client for a login with a key, as root on this machine, with a terminal.
pub fn client_command(key: &Path, port: u16) -> Vec<OsString> {
    let mut argv = ["ssh", "-tt", "-F", "none", "-i"]
        .map(OsString::from)
        .to_vec();
    argv.push(key.into());
    for option in [
        "IdentitiesOnly=yes",
        "StrictHostKeyChecking=no",
        "UserKnownHostsFile=/dev/null",
        "LogLevel=ERROR",
        "SendEnv=LANG",
    ] {
        argv.extend(["-o", option].map(OsString::from));
    }
    argv.extend(["-p", &port.to_string(), "root@127.0.0.1"].map(OsString::from));
    argv
}
