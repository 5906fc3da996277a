//! Limits on connections, logins, descriptors and screen sizes, and clients other than OpenSSH.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::time::{sleep, timeout};

use super::client::{Ssh, installed};
use super::hostile::connect;
use super::server::{Server, TIMEOUT, eventually};
use crate::support::program::cpu_time;
use crate::support::skip;

fn connect_silent(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    stream
}

/// Connects, and returns what the server sends first.
pub fn first_line(server: &Server) -> String {
    let mut stream = connect_silent(server);
    stream.shutdown(Shutdown::Write).unwrap();
    read_to_end(&mut stream)
}

fn read_to_end(stream: &mut TcpStream) -> String {
    let mut received = Vec::new();
    // A reset ends it too.
    let _ = stream.read_to_end(&mut received);
    String::from_utf8_lossy(&received).into_owned()
}

#[test]
fn connections_that_never_log_in_are_dropped() {
    let server = Server::open(&["--login-time", "1s"]);
    let mut stream = connect_silent(&server);
    let received = read_to_end(&mut stream);
    assert!(received.starts_with("SSH-2.0-codeleaf\r\n"), "{received}");
    let mut stream = connect_silent(&server);
    stream.write_all(b"SSH-2.0-silence\r\n").unwrap();
    read_to_end(&mut stream);
    server.wait_for_metric("codeleaf_connections", 0.0);
}

#[test]
fn clients_that_log_in_and_request_nothing_are_dropped() {
    let server = Server::open(&["--login-time", "1s"]);
    Runtime::new().unwrap().block_on(async {
        let connection = connect(&server, "x").await;
        let closed = async {
            while !connection.is_closed() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(TIMEOUT, closed).await.unwrap();
    });
    assert_eq!(server.wait_for_log("timed out")["what"], "request");
}

#[test]
fn silent_connections_do_not_block_logins() {
    let server = Server::open(&["--max-logins-per-address", "3", "--login-time", "60s"]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let held: Vec<TcpStream> = (0..3).map(|_| connect_silent(&server)).collect();
    server.wait_for_metric("codeleaf_connections", 3.0);
    // A login works once they count as silent, long before their login time is over.
    eventually("a login", || {
        ssh.run(&server, &[], &["list"])
            .status
            .success()
            .then_some(())
    });
    server.wait_for_log("evicted to admit another login");
    drop(held);
    server.wait_for_metric("codeleaf_connections", 0.0);
}

#[test]
fn accept_recovers_after_running_out_of_descriptors() {
    let server = Server::start_with(
        &["sh", "-c", "ulimit -n 40; exec \"$@\"", "sh"],
        tempfile::tempdir().unwrap(),
        &[
            &["--open", "--login-time", "60s"] as &[&str],
            &["--max-logins", "999", "--max-logins-per-address", "999"],
            &["--penalty-time", "off"],
        ]
        .concat(),
    );
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let held: Vec<TcpStream> = (0..60).map(|_| connect_silent(&server)).collect();
    let failed = "cannot accept connections; retrying";
    server.wait_for_log(failed);
    let busy = cpu_time(server.pid());
    let pause = std::time::Duration::from_secs(1);
    std::thread::sleep(pause);
    if let (Some(before), Some(after)) = (busy, cpu_time(server.pid())) {
        assert!(
            after < before + pause / 2,
            "busy loop: {before:?}, {after:?}"
        );
    }
    assert_eq!(server.log_lines(failed).len(), 1);
    drop(held);
    eventually("a login", || {
        ssh.run(&server, &[], &["list"])
            .status
            .success()
            .then_some(())
    });
}

#[test]
fn connection_limit_changes_on_reload() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("serve.toml");
    std::fs::write(&config, "open = true\nmax-connections = 1\n").unwrap();
    let path = config.display().to_string();
    let server = Server::start(folder, &["--config", &path]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let mut reader = ssh.open_reader(&server, &[], &[]);
    reader.expect("HER2/neu");
    assert!(read_to_end(&mut connect_silent(&server)).contains("too many readers"));
    std::fs::write(&config, "open = true\nmax-connections = many\n").unwrap();
    server.signal("HUP");
    eventually("the error", || {
        server.log().contains("keeping the previous").then_some(())
    });
    assert!(read_to_end(&mut connect_silent(&server)).contains("too many readers"));
    std::fs::write(&config, "open = true\nmax-connections = 2\n").unwrap();
    server.signal("HUP");
    eventually("two reloads", || {
        (server.log_lines("reloaded").len() == 2).then_some(())
    });
    assert!(ssh.run(&server, &[], &["list"]).status.success());
    reader.press("q");
    assert_eq!(reader.wait_for_exit(), 0);
}

#[test]
fn silent_scrapers_do_not_delay_others() {
    let server = Server::open(&[]);
    let held: Vec<TcpStream> = (0..100).map(|_| server.connect_scraper()).collect();
    server.wait_for_metric("codeleaf_connections", 0.0);
    drop(held);
}

#[test]
fn terminal_size_is_capped() {
    let server = Server::open(&["--max-columns", "60", "--max-rows", "10"]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let mut reader = ssh.open_reader(&server, &[], &[]);
    reader.expect("HER2/neu");
    reader.resize(500, 200);
    let session = server.wait_for_log("session");
    assert_eq!(
        (&session["columns"], &session["rows"]),
        (&60.into(), &10.into())
    );
    reader.press("\x1b[B");
    reader.press("q");
    assert_eq!(reader.wait_for_exit(), 0);
    let mut lines = reader.screen();
    lines.truncate(lines.trim_end().len());
    assert!(
        lines.lines().all(|line| line.chars().count() <= 60),
        "{lines}"
    );
}

#[test]
fn putty_and_dropbear_clients_are_served() {
    let server = Server::open(&[]);
    let port = server.address.port();
    let listening = server.wait_for_log("listening");
    let fingerprint = listening["fingerprint"].as_str().unwrap();
    for line in [
        format!("plink -ssh -batch -P {port} -hostkey {fingerprint} -l codes 127.0.0.1 list"),
        format!("dbclient -y -y -p {port} codes@127.0.0.1 list"),
    ] {
        let mut words = line.split(' ');
        let program = words.next().unwrap();
        if !installed(program) {
            skip(&format!("{program} is not installed"));
            continue;
        }
        let output = Command::new(program)
            .args(words)
            .env("HOME", server.folder())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let out = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && out.contains("83950"),
            "{program}: {output:?}"
        );
    }
}
