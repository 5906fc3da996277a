//! The content of the log.

use super::client::Ssh;
use super::hostile::{self, open};
use super::server::{Server, eventually};

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
    tokio::runtime::Runtime::new().unwrap().block_on(async {
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
        reader.press("\x03");
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
