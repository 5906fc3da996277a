//! Limits on logins and sessions, the allowed networks, the banner, and the lines that fail2ban
//! matches.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use russh::client::{self, Config, Handle};
use russh::keys::agent::AgentIdentity;
use russh::keys::ssh_key::private::{Ed25519Keypair, Ed25519PrivateKey};
use russh::keys::{Algorithm, HashAlg, PrivateKey, PrivateKeyWithHashAlg};
use russh::{AgentAuthError, Signer};
use tokio::runtime::Runtime;

use super::authorized_keys::append_signature;
use super::client::{Ssh, installed};
use super::hostile::{HostileClient, connect};
use super::server::{Server, eventually, program};
use crate::support::skip;

async fn connect_without_login(server: &Server) -> Handle<HostileClient> {
    let config = Arc::new(Config::default());
    client::connect(config, server.address, HostileClient)
        .await
        .unwrap()
}

fn key(seed: u8) -> PrivateKeyWithHashAlg {
    let key = Ed25519Keypair::from(Ed25519PrivateKey::from_bytes(&[seed; 32]));
    PrivateKeyWithHashAlg::new(Arc::new(PrivateKey::from(key)), None)
}

/// Starts a server that admits `key(1)`.
fn start_with_keys(options: &[&str]) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys");
    std::fs::write(&file, key(1).public_key().to_openssh().unwrap()).unwrap();
    let file = file.display().to_string();
    Server::start(folder, &[&["--authorized-keys", &*file], options].concat())
}

/// Makes one failed attempt with each method, and then as many as the server takes.
async fn fail_with_each_method(server: &Server) {
    let mut connection = connect_without_login(server).await;
    let user = "x\" peer=192.0.2.1:1 method=";
    for _ in 0..2 {
        connection.authenticate_none(user).await.unwrap();
    }
    connection.authenticate_password(user, "p").await.unwrap();
    let interactive = connection.authenticate_keyboard_interactive_start(user, None);
    interactive.await.unwrap();
    while let Ok(result) = connection.authenticate_publickey(user, key(2)).await {
        assert!(!result.success());
        if connection.is_closed() {
            break;
        }
    }
}

#[test]
fn each_failed_attempt_is_logged_and_tries_are_limited() {
    let server = start_with_keys(&["--max-auth-tries", "5", "--penalty-time", "off"]);
    Runtime::new().unwrap().block_on(async {
        fail_with_each_method(&server).await;
        // Clients begin with `none`, which counts only if nothing follows.
        let mut connection = connect_without_login(&server).await;
        connection.authenticate_none("codes").await.unwrap();
        assert!(
            connection
                .authenticate_publickey("codes", key(1))
                .await
                .unwrap()
                .success()
        );
        let mut connection = connect_without_login(&server).await;
        connection.authenticate_none("last").await.unwrap();
    });
    let refused = eventually("six lines", || {
        let lines = server.log_lines("login refused");
        (lines.len() >= 6).then_some(lines)
    });
    let seen: Vec<(&str, &str)> = refused
        .iter()
        .map(|line| {
            (
                line["method"].as_str().unwrap(),
                line["reason"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        ("none", "a key is required"),
        ("password", "passwords are not accepted"),
        ("keyboard-interactive", "passwords are not accepted"),
        ("publickey", "unknown key"),
        ("publickey", "unknown key; too many attempts"),
        ("none", "a key is required"),
    ];
    assert_eq!(seen, expected);
    assert!(refused.iter().all(|line| line["peer"].is_string()));
    assert_eq!(server.log_lines("logged in").len(), 1);
}

/// Signs with a signature that is not valid.
struct WrongSigner;

impl Signer for WrongSigner {
    type Error = AgentAuthError;

    async fn auth_sign(
        &mut self,
        _: &AgentIdentity,
        _: Option<HashAlg>,
        mut request: Vec<u8>,
    ) -> Result<Vec<u8>, AgentAuthError> {
        append_signature(&mut request, &Algorithm::Ed25519, &[0; 64], &[]);
        Ok(request)
    }
}

#[test]
fn wrong_signature_is_refused_and_logged() {
    let server = start_with_keys(&[]);
    Runtime::new().unwrap().block_on(async {
        let mut connection = connect_without_login(&server).await;
        let public = key(1).public_key().clone();
        let signer = &mut WrongSigner;
        let login = connection.authenticate_publickey_with("x", public, None, signer);
        assert!(!login.await.unwrap().success());
    });
    let refused = server.wait_for_log("login refused");
    assert_eq!(refused["reason"], "no valid signature");
    assert!(refused["fingerprint"].is_string());
}

#[test]
fn fail2ban_filter_matches_each_refused_login() {
    if !installed("fail2ban-regex") {
        return skip("fail2ban-regex is not installed");
    }
    let filter = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/assets/fail2ban/filter.d/codeleaf.conf"
    );
    for format in ["text", "json"] {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        std::fs::write(&keys, "").unwrap();
        let log = folder.path().join("log");
        let mut server = program(folder.path())
            .args(["serve", "--listen", "127.0.0.1:0", "--log-format", format])
            .args(["--penalty-time", "off", "--authorized-keys"])
            .arg(&keys)
            .stdin(Stdio::null())
            .stderr(std::fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let text = || std::fs::read_to_string(&log).unwrap();
        let address = eventually("the address", || {
            let text = text();
            let (_, rest) = text.split_once("listening")?;
            let (_, rest) = rest.split_once("127.0.0.1:")?;
            let end = rest.find(|c: char| !c.is_ascii_digit())?;
            rest[..end].parse::<u16>().ok()
        });
        Runtime::new().unwrap().block_on(async {
            let config = Arc::new(Config::default());
            let address = ("127.0.0.1", address);
            let user = "x\" peer=192.0.2.1:1 method=\n2026-01-01T00:00:00Z  WARN login refused";
            let connection = client::connect(Arc::clone(&config), address, HostileClient);
            let mut connection = connection.await.unwrap();
            for _ in 0..2 {
                connection.authenticate_none(user).await.unwrap();
            }
            connection.authenticate_password(user, "p").await.unwrap();
            let interactive = connection.authenticate_keyboard_interactive_start(user, None);
            interactive.await.unwrap();
            connection
                .authenticate_publickey(user, key(2))
                .await
                .unwrap();
            // Does not match: a client that does not try to log in.
            drop(
                client::connect(config, address, HostileClient)
                    .await
                    .unwrap(),
            );
        });
        eventually("the ends", || {
            (text().matches("disconnected").count() == 2).then_some(())
        });
        server.kill().unwrap();
        server.wait().unwrap();
        let output = Command::new("fail2ban-regex")
            .args(["--print-all-matched", "-o", "ip"])
            .arg(&log)
            .arg(filter)
            .output()
            .unwrap();
        let found = String::from_utf8_lossy(&output.stdout).into_owned();
        let addresses: Vec<&str> = found.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(addresses, ["127.0.0.1"; 4], "{found}\n{}", text());
    }
}

#[test]
fn failed_logins_slow_an_address_down() {
    let server = start_with_keys(&["--penalty-time", "20s"]);
    Runtime::new().unwrap().block_on(async {
        for _ in 0..4 {
            let mut connection = connect_without_login(&server).await;
            connection.authenticate_password("x", "p").await.unwrap();
        }
        eventually("a refused connection", || {
            let banner = super::limits::first_line(&server);
            banner.contains("too many failed logins").then_some(())
        });
        assert_eq!(
            server.wait_for_log("connection refused")["reason"],
            "too many failed logins from your address; try again later"
        );
        // The penalty expires.
        tokio::time::sleep(Duration::from_secs(6)).await;
        let mut connection = connect_without_login(&server).await;
        assert!(
            connection
                .authenticate_publickey("x", key(1))
                .await
                .unwrap()
                .success()
        );
    });
}

#[test]
fn sessions_of_one_address_or_key_are_limited() {
    let server = Server::open(&["--max-sessions-per-address", "2"]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    Runtime::new().unwrap().block_on(async {
        let held = [connect(&server, "a").await, connect(&server, "b").await];
        let refused = ssh.run(&server, &[], &["list"]);
        let message = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(
            message.contains("too many sessions from your address"),
            "{message}"
        );
        assert_eq!(refused.status.code(), Some(255));
        server.wait_for_log("session refused");
        drop(held);
        eventually("a free session", || {
            ssh.run(&server, &[], &["list"])
                .status
                .success()
                .then_some(())
        });
    });

    let server = start_with_keys(&["--max-sessions-per-key", "1"]);
    Runtime::new().unwrap().block_on(async {
        let mut first = connect_without_login(&server).await;
        assert!(
            first
                .authenticate_publickey("x", key(1))
                .await
                .unwrap()
                .success()
        );
        let mut second = connect_without_login(&server).await;
        // The login succeeds, and the server then disconnects.
        let _ = second.authenticate_publickey("x", key(1)).await;
        assert!(second.channel_open_session().await.is_err());
        assert_eq!(
            server.wait_for_log("session refused")["reason"],
            "too many sessions with your key; close one and try again"
        );
        assert!(first.channel_open_session().await.is_ok());
    });
}

#[test]
fn only_allowed_networks_connect() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("serve.toml");
    std::fs::write(&config, "open = true\nallow = [\"192.0.2.0/24\"]\n").unwrap();
    let path = config.display().to_string();
    let server = Server::start(folder, &["--config", &path]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    assert!(super::limits::first_line(&server).contains("not allowed"));
    assert!(!ssh.run(&server, &[], &["list"]).status.success());
    std::fs::write(
        &config,
        "open = true\nallow = [\"192.0.2.0/24\", \"127.0.0.1\"]\n",
    )
    .unwrap();
    server.signal("HUP");
    server.wait_for_log("reloaded");
    assert!(ssh.run(&server, &[], &["list"]).status.success());
    let allowed = Server::open(&["--allow", "10.0.0.0/8", "--allow", "127.0.0.0/8"]);
    assert!(ssh.run(&allowed, &[], &["list"]).status.success());
}

#[test]
fn banner_is_shown_before_the_login_and_reloaded() {
    let folder = tempfile::tempdir().unwrap();
    let banner = folder.path().join("banner");
    std::fs::write(&banner, "Members only\x1b]0;title\x07\nCall 555-0100\n").unwrap();
    let path = banner.display().to_string();
    let server = Server::start(folder, &["--open", "--banner", &path]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let shown = || {
        let output = ssh.run(&server, &["-o", "LogLevel=INFO"], &["list"]);
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let text = shown();
    assert!(
        text.contains("Members only]0;title\nCall 555-0100\n"),
        "{text:?}"
    );
    std::fs::write(&banner, "Closed on Monday\n").unwrap();
    server.signal("HUP");
    server.wait_for_log("reloaded");
    assert!(shown().contains("Closed on Monday"));
}
