//! Keys, the choice of access, saved positions, and the host key.

use std::process::Stdio;

use super::client::Ssh;
use super::server::{Server, eventually, program};

/// Starts a server that allows the client's key only.
fn start_with_client_key(options: &[&str]) -> Option<(Server, Ssh, String)> {
    let folder = tempfile::tempdir().unwrap();
    let ssh = Ssh::find(folder.path())?;
    let key = std::fs::read_to_string(folder.path().join("client/id.pub")).unwrap();
    let keys = folder.path().join("keys").display().to_string();
    std::fs::write(&keys, &key).unwrap();
    let options = [&["--authorized-keys", &keys], options].concat();
    let server = Server::start(folder, &options);
    Some((server, ssh, key))
}

#[test]
fn only_listed_keys_can_log_in() {
    let Some((server, ssh, _)) = start_with_client_key(&[]) else {
        return;
    };
    assert!(ssh.run(&server, &[], &["list"]).status.success());
    let login = server.wait_for_log("logged in");
    assert!(
        login["fingerprint"]
            .as_str()
            .unwrap()
            .starts_with("SHA256:")
    );
    assert_eq!(login["user"], "codes");

    let other = server.folder().join("client/other").display().to_string();
    ssh.make_key("other");
    let id = server.folder().join("client/id");
    let aside = server.folder().join("client/aside");
    std::fs::rename(&id, &aside).unwrap();
    let refused = ssh.run(&server, &["-i", &other], &["list"]);
    assert_eq!(refused.status.code(), Some(255));
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        message.contains("Permission denied (publickey)"),
        "{message}"
    );
    assert_eq!(
        server.wait_for_log("login refused")["reason"],
        "unknown key"
    );

    let none = ssh.run(&server, &["-o", "PubkeyAuthentication=no"], &["list"]);
    assert_eq!(none.status.code(), Some(255));
    std::fs::rename(&aside, &id).unwrap();
    assert!(ssh.run(&server, &[], &["list"]).status.success());
    assert!(!server.log().contains('\u{1b}'));
}

#[test]
fn authorized_keys_changes_apply_at_once() {
    let Some((server, ssh, key)) = start_with_client_key(&[]) else {
        return;
    };
    let keys = server.folder().join("keys");
    let other = ssh.make_key("other");
    std::fs::write(&keys, &other).unwrap();
    assert!(!ssh.run(&server, &[], &["list"]).status.success());
    std::fs::write(&keys, format!("{other}expiry-time=\"20200101Z\" {key}")).unwrap();
    assert!(!ssh.run(&server, &[], &["list"]).status.success());
    // A key without a terminal gets text instead of the reader.
    std::fs::write(&keys, format!("{other}restrict {key}")).unwrap();
    let mut text = ssh.open_reader(&server, &[], &["83950-26"]);
    assert_eq!(text.wait_for_exit(), 0);
    assert!(!text.is_full_screen() && !text.bytes().contains(&0x1b));
    assert!(String::from_utf8_lossy(&text.bytes()).contains("Professional Component"));
}

#[test]
fn removed_key_ends_its_session_at_the_reload() {
    let Some((server, ssh, key)) = start_with_client_key(&[]) else {
        return;
    };
    let keys = server.folder().join("keys");
    let other = ssh.make_key("other");
    let mut reader = ssh.open_reader(&server, &[], &[]);
    reader.expect("HER2/neu");
    std::fs::write(&keys, format!("{other}{key}")).unwrap();
    server.signal("HUP");
    server.wait_for_log("reloaded");
    std::fs::write(&keys, &other).unwrap();
    assert!(!ssh.run(&server, &[], &["list"]).status.success());
    reader.press("4");
    reader.expect("Professional Component");
    server.signal("HUP");
    assert_eq!(reader.wait_for_exit(), 1);
    reader.expect("your key is no longer allowed");
    assert!(!reader.is_full_screen());
    assert_eq!(server.wait_for_log("session ended")["reason"], "Revoked");
}

#[test]
fn file_without_keys_admits_nobody_and_ends_sessions_at_the_reload() {
    let Some((server, ssh, key)) = start_with_client_key(&["--penalty-time", "off"]) else {
        return;
    };
    let keys = server.folder().join("keys");
    let is_admitted = || ssh.run(&server, &[], &["list"]).status.success();
    for without_key in [Some(String::new()), Some(format!("#{key}")), None] {
        std::fs::write(&keys, &key).unwrap();
        assert!(is_admitted());
        let mut reader = ssh.open_reader(&server, &[], &[]);
        reader.expect("HER2/neu");
        match &without_key {
            Some(text) => std::fs::write(&keys, text).unwrap(),
            None => std::fs::remove_file(&keys).unwrap(),
        }
        server.signal("HUP");
        assert_eq!(reader.wait_for_exit(), 1);
        reader.expect("your key is no longer allowed");
        assert!(!is_admitted(), "{without_key:?}");
    }
    let log = server.log();
    assert!(
        log.contains("no usable key") && log.contains("cannot read the authorized keys"),
        "{log}"
    );
    // A line that cannot be used does not affect the others.
    std::fs::write(
        &keys,
        [b"command=\"sh\" nonsense\xE9\n", key.as_bytes()].concat(),
    )
    .unwrap();
    assert!(is_admitted());
}

#[test]
fn keys_are_read_at_the_reload_before_anyone_logs_in() {
    let Some((server, _, _)) = start_with_client_key(&[]) else {
        return;
    };
    std::fs::remove_file(server.folder().join("keys")).unwrap();
    server.signal("HUP");
    server.wait_for_log("nobody can log in");
}

#[test]
fn position_is_restored_at_the_next_login() {
    let Some((server, ssh, _)) = start_with_client_key(&[]) else {
        return;
    };
    let mut reader = ssh.open_reader(&server, &[], &["83950-26"]);
    reader.expect("› 26");
    reader.press("\x1b[B");
    reader.expect("› 90");
    reader.press("q");
    assert_eq!(reader.wait_for_exit(), 0);
    let mut again = eventually("the saved position", || {
        let readers = server.folder().join("state/codeleaf/readers");
        let mut files = std::fs::read_dir(readers).ok()?;
        files.next()?.ok()?;
        Some(ssh.open_reader(&server, &[], &[]))
    });
    again.expect("› 90");
    again.press("q");
    assert_eq!(again.wait_for_exit(), 0);

    let open = Server::open(&[]);
    let mut reader = ssh.open_reader(&open, &[], &["83950-26"]);
    reader.expect("› 26");
    reader.press("\x1b[Bq");
    assert_eq!(reader.wait_for_exit(), 0);
    assert!(!open.folder().join("state/codeleaf/readers").exists());
}

#[test]
fn serve_requires_an_access_choice() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = program(folder.path())
            .arg("serve")
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let message = run(&[]);
    assert!(
        message.contains("--authorized-keys") && message.contains("--open"),
        "{message}"
    );
    let message = run(&["--open", "--authorized-keys", "x"]);
    assert!(message.contains("give one of the two"), "{message}");
    let message = run(&["--authorized-keys", "missing"]);
    assert!(
        message.contains("cannot read the authorized keys missing"),
        "{message}"
    );
    let config = folder.path().join("serve.toml");
    std::fs::write(&config, "open = true\nidle-tme = \"5m\"\n").unwrap();
    let message = run(&["--config", &config.display().to_string()]);
    assert!(message.contains("serve.toml:2:1"), "{message}");
}

#[test]
fn show_host_key_needs_no_access_choice() {
    let folder = tempfile::tempdir().unwrap();
    let show = || {
        let shown = program(folder.path())
            .args(["serve", "--show-host-key"])
            .output()
            .unwrap();
        assert!(shown.status.success());
        String::from_utf8(shown.stdout).unwrap()
    };
    let first = show();
    assert!(first.starts_with("SHA256:"), "{first}");
    assert!(first.contains("ssh-ed25519 "), "{first}");
    assert_eq!(first, show());
}
