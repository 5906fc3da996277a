//! The content of the log.

use std::fs::{self, File};
use std::io::Write;
use std::net::TcpListener;
use std::time::Instant;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use tokio::net::TcpSocket;
use tokio::runtime::Runtime;

use super::client::Ssh;
use super::hostile::{self, open};
use super::server::{Server, document, eventually, program};
use crate::support::skip;

#[test]
fn disconnect_log_has_duration_and_byte_counts() {
    let server = Server::open(&[]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    assert!(ssh.run(&server, &[], &["list"]).status.success());
    let end = server.wait_for_log("disconnected");
    assert!(end["milliseconds"].is_u64());
    // The key exchange alone takes more in each direction.
    for bytes in ["received", "sent"] {
        assert!(end[bytes].as_u64().unwrap() > 1000, "{end}");
    }
    assert_eq!(
        server.wait_for_log("connected")["connection"],
        end["connection"]
    );
    assert!(server.wait_for_log("connected")["peer"].is_string());
}

#[test]
fn client_text_is_logged_printable_and_truncated() {
    let server = Server::open(&[]);
    let long = "x".repeat(1000);
    let text = format!("\u{1b}]0;{long}\n\u{202e}");
    Runtime::new().unwrap().block_on(async {
        let connection = hostile::connect(&server, &text).await;
        let channel = open(&connection, &text[..60], 80, 24).await;
        server.wait_for_log("session");
        channel.close().await.unwrap();
        let connection = hostile::connect(&server, "x").await;
        let channel = connection.channel_open_session().await.unwrap();
        channel.request_subsystem(true, &text).await.unwrap();
        server.wait_for_log("refused");
    });
    for (message, field) in [
        ("logged in", "user"),
        ("refused", "name"),
        ("session", "term"),
    ] {
        let line = server.wait_for_log(message);
        let logged = line[field].as_str().unwrap();
        assert!(logged.contains("]0;xxx"), "{line}");
        assert!(logged.chars().count() <= 70, "{line}");
        assert!(logged.chars().all(|c| c.is_ascii_graphic()), "{line}");
    }
}

#[test]
fn codes_are_logged_only_on_request_and_search_words_never() {
    let read = |options: &[&str]| {
        let server = Server::open(options);
        let ssh = Ssh::find(server.folder())?;
        assert!(ssh.run(&server, &[], &["show", "83950"]).status.success());
        assert!(ssh.run(&server, &[], &["search", "neu"]).status.success());
        let mut reader = ssh.open_reader(&server, &[], &["83950-26"]);
        reader.expect("› 26");
        reader.press("/trastu");
        reader.expect("trastu");
        reader.press("\x03\x03");
        assert_eq!(reader.wait_for_exit(), 0);
        eventually("three closed connections", || {
            (server.log_lines("disconnected").len() == 3).then_some(())
        });
        Some(server.log())
    };
    let Some(log) = read(&[]) else {
        return;
    };
    for word in ["83950", "neu", "trastu"] {
        assert!(!log.contains(word), "{word} in\n{log}");
    }
    let log = read(&["--log-codes"]).unwrap();
    assert!(log.contains("cpt:83950"), "{log}");
    for word in ["neu", "trastu"] {
        assert!(!log.contains(word), "{word} in\n{log}");
    }
}

/// Logs in several times, checks that lines were dropped, and stops the server.
fn serve_with_a_broken_log(mut server: Server, dropped: f64) {
    Runtime::new().unwrap().block_on(async {
        for _ in 0..5 {
            let connection = hostile::connect(&server, "x").await;
            open(&connection, "xterm", 80, 24).await.wait().await;
        }
    });
    eventually("dropped lines", || {
        (server.metric("codeleaf_dropped_log_lines_total") >= dropped).then_some(())
    });
    server.signal("TERM");
    assert_eq!(server.wait_for_exit().code(), Some(0));
}

#[test]
fn full_disk_costs_log_lines_only() {
    match File::options().write(true).open("/dev/full") {
        Ok(full) => serve_with_a_broken_log(Server::with_stderr(full), 5.0),
        Err(_) => skip("there is no /dev/full"),
    }
}

#[test]
fn unread_log_pipe_costs_log_lines_only() {
    let (reader, mut writer) = std::io::pipe().unwrap();
    let blocking = fcntl_getfl(&writer).unwrap();
    fcntl_setfl(&writer, blocking | OFlags::NONBLOCK).unwrap();
    while writer.write(&[b'x'; 512]).is_ok() {}
    fcntl_setfl(&writer, blocking).unwrap();
    // Its few lines wait in the queue.
    serve_with_a_broken_log(Server::with_stderr(writer), 0.0);
    drop(reader);
}

#[test]
fn one_address_cannot_fill_the_log() {
    let server = Server::open(&[]);
    let started = Instant::now();
    Runtime::new().unwrap().block_on(async {
        for _ in 0..130 {
            drop(hostile::connect(&server, "x").await);
        }
    });
    server.wait_for_metric("codeleaf_connections", 0.0);
    assert!(server.metric("codeleaf_logins_total") >= 130.0);
    let limit = 101 + started.elapsed().as_secs();
    for message in ["connected", "logged in", "disconnected"] {
        let logged = server.log_lines(message).len();
        assert!(logged as u64 <= limit, "{logged} {message}");
    }
    let suppressed = server.wait_for_log("log limit reached; some connections were not logged");
    assert!(suppressed["connections"].as_u64().unwrap() >= 1);
    // Another address is logged.
    Runtime::new().unwrap().block_on(async {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
        let stream = socket.connect(server.address).await.unwrap();
        drop(hostile::connect_over(stream, "elsewhere").await);
    });
    eventually("the other login", || {
        let logins = server.log_lines("logged in");
        logins
            .iter()
            .any(|line| line["user"] == "elsewhere")
            .then_some(())
    });
}

#[test]
fn one_session_cannot_fill_the_log_with_codes() {
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("data/codeleaf/content");
    fs::create_dir_all(&content).unwrap();
    fs::write(content.join("a.toml"), document("00001")).unwrap();
    let server = Server::start(folder, &["--open", "--log-codes"]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let mut reader = ssh.open_reader(&server, &[], &["83950"]);
    reader.expect("83950 ›");
    reader.press("/83950, 00001");
    reader.expect("2 results");
    reader.press("\r");
    reader.expect("Result 1 of 2");
    let started = Instant::now();
    // The next result and the previous one, in two documents.
    reader.press(&"nN".repeat(150));
    reader.press("\x03");
    assert_eq!(reader.wait_for_exit(), 0);
    let end = server.wait_for_log("session ended");
    let opened = server.log_lines("opened").len() as u64;
    assert!(opened <= 65 + 2 * started.elapsed().as_secs(), "{opened}");
    assert!(end["unlogged_codes"].as_u64() > Some(100), "{end}");
}

#[test]
fn text_log_quotes_paths_and_names_an_occupied_address_once() {
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("two words");
    fs::create_dir(&content).unwrap();
    let document = content.join("a b.toml");
    fs::write(&document, "code = ").unwrap();
    let occupied = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = occupied.local_addr().unwrap();
    let output = program(folder.path())
        .args([
            "serve",
            "--open",
            "--listen",
            &address.to_string(),
            "--content",
        ])
        .arg(&content)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let log = String::from_utf8(output.stderr).unwrap();
    let path = format!("path={:?}", document.display().to_string());
    assert!(log.contains(&path), "{log}");
    assert!(
        log.contains(&format!("cannot listen on {address}: ")),
        "{log}"
    );
    assert_eq!(log.matches("in use").count(), 1, "{log}");
}

#[test]
fn unusable_files_are_named_once_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing").display().to_string();
    let key = folder.path().display().to_string();
    for (options, expected) in [
        (
            ["--authorized-keys", &missing].as_slice(),
            format!("cannot read the authorized keys {missing}: No such file"),
        ),
        (
            &["--open", "--banner", &missing],
            format!("cannot read the banner {missing}: No such file"),
        ),
        (
            &["--open", "--host-key", &key],
            format!("cannot use the host key {key}: this is a folder"),
        ),
    ] {
        let mut server = program(folder.path());
        let output = server.arg("serve").args(options).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let log = String::from_utf8(output.stderr).unwrap();
        let error = log.lines().last().unwrap();
        assert!(error.contains(&expected), "{error}");
        let reason = error.rsplit(": ").next().unwrap();
        assert_eq!(error.matches(reason).count(), 1, "{error}");
    }
}
