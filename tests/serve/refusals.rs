//! Refusals of subsystems, forwarding and second sessions.

use std::process::Command;

use super::client::Ssh;
use super::server::{Server, eventually};

#[test]
fn subsystems_are_refused_with_a_line_and_a_status() {
    let server = Server::open(&[]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let answer = ssh.run(&server, &["-s"], &["sftp"]);
    assert_eq!(answer.status.code(), Some(2));
    let message = String::from_utf8_lossy(&answer.stderr).into_owned();
    assert_eq!(
        message.trim_end(),
        "codeleaf: sftp is not supported, only the reader"
    );
    let port = server.address.port().to_string();
    let sftp = Command::new("sftp")
        .args([
            "-F",
            "none",
            "-o",
            "BatchMode=yes",
            "-o",
            "StrictHostKeyChecking=no",
        ])
        .args([
            "-o",
            "UserKnownHostsFile=/dev/null",
            "-P",
            &port,
            "codes@127.0.0.1",
        ])
        .output()
        .unwrap();
    assert!(!sftp.status.success());
}

#[test]
fn forwarding_is_refused() {
    let server = Server::open(&[]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let port = server.address.port();
    let target = format!("127.0.0.1:{port}");
    let answer = ssh.run(&server, &["-o", "LogLevel=INFO", "-W", &target], &[]);
    assert!(!answer.status.success());
    let message = String::from_utf8_lossy(&answer.stderr).into_owned();
    assert!(
        message.contains("port forwarding is not supported"),
        "{message}"
    );
    let back = format!("0:{target}");
    let options = ["-o", "ExitOnForwardFailure=yes", "-R", &back];
    let answer = ssh.run(&server, &options, &["list"]);
    assert!(!answer.status.success());

    // -L fails when it is used; the session goes on.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let local = free.local_addr().unwrap();
    drop(free);
    let forward = format!("{}:{target}", local.port());
    let mut reader = ssh.open_reader(&server, &["-L", &forward], &[]);
    reader.expect("HER2/neu");
    let mut stream = eventually("the forwarded port", || {
        std::net::TcpStream::connect(local).ok()
    });
    let mut read = Vec::new();
    // Closed at once, or reset.
    let _ = std::io::Read::read_to_end(&mut stream, &mut read);
    assert!(read.is_empty(), "the forwarded port answered: {read:?}");
    reader.press("q");
    assert_eq!(reader.wait_for_exit(), 0);
    eventually("three refusals", || {
        (server.log_lines("refused").len() >= 3).then_some(())
    });
}

#[test]
fn agent_and_x11_forwarding_are_refused_and_commands_run() {
    let server = Server::open(&[]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let mut command = ssh.command(&server, &["-A", "-X"], &["list"]);
    let agent = server.folder().join("agent.sock");
    let listener = std::os::unix::net::UnixListener::bind(&agent).unwrap();
    // An agent that closes every connection; ssh would wait for a silent one.
    std::thread::spawn(move || listener.incoming().for_each(drop));
    command
        .env("SSH_AUTH_SOCK", &agent)
        .env("DISPLAY", "127.0.0.1:99");
    command.args(["--format", "text"]);
    let answer = command.output().unwrap();
    assert!(answer.status.success(), "{answer:?}");
    assert!(String::from_utf8_lossy(&answer.stdout).contains("83950"));
    // It may be logged after the response.
    eventually("the refused agent", || {
        let mut refused = server.log_lines("refused").into_iter();
        refused.find(|line| line["name"] == "agent forwarding")
    });
}

#[test]
fn second_session_on_a_connection_is_refused() {
    let server = Server::open(&[]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    // A socket path is limited to about 100 bytes.
    let folder = tempfile::tempdir().unwrap();
    let control = folder.path().join("c").display().to_string();
    let master = ["-o", "ControlMaster=yes", "-S", &control];
    let mut reader = ssh.open_reader(&server, &master, &[]);
    reader.expect("HER2/neu");
    eventually("the control socket", || {
        std::path::Path::new(&control).exists().then_some(())
    });
    let second = ssh.run(
        &server,
        &["-o", "ControlMaster=no", "-S", &control],
        &["list"],
    );
    // OpenSSH's client then opens a second connection; the test is that the first one refuses.
    drop(second);
    let refused = server.wait_for_log("refused");
    assert_eq!(refused["name"], "second session");
    reader.press("\x1b[B");
    reader.press("q");
    assert_eq!(reader.wait_for_exit(), 0);
}
