//! Who is let in.

use std::process::Stdio;

use super::client::Ssh;
use super::server::{Server, eventually, program};

/// Starts a server for the client's key only.
fn closed(options: &[&str]) -> Option<(Server, Ssh, String)> {
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
fn the_right_key_is_let_in_and_no_other() {
    let Some((server, ssh, _)) = closed(&[]) else {
        return;
    };
    assert!(ssh.ask(&server, &[], &["list"]).status.success());
    let login = server.logged("logged in");
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
    let refused = ssh.ask(&server, &["-i", &other], &["list"]);
    assert_eq!(refused.status.code(), Some(255));
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(words.contains("Permission denied (publickey)"), "{words}");
    assert_eq!(server.logged("login refused")["reason"], "unknown key");

    let none = ssh.ask(&server, &["-o", "PubkeyAuthentication=no"], &["list"]);
    assert_eq!(none.status.code(), Some(255));
    std::fs::rename(&aside, &id).unwrap();
    assert!(ssh.ask(&server, &[], &["list"]).status.success());
    assert!(!server.log().contains('\u{1b}'));
}

#[test]
fn keys_count_as_soon_as_they_are_listed() {
    let Some((server, ssh, key)) = closed(&[]) else {
        return;
    };
    let keys = server.folder().join("keys");
    let other = ssh.make_key("other");
    std::fs::write(&keys, &other).unwrap();
    assert!(!ssh.ask(&server, &[], &["list"]).status.success());
    std::fs::write(&keys, format!("{other}expiry-time=\"20200101Z\" {key}")).unwrap();
    assert!(!ssh.ask(&server, &[], &["list"]).status.success());
    // A key without a terminal prints; it opens no reader.
    std::fs::write(&keys, format!("{other}restrict {key}")).unwrap();
    let mut text = ssh.read(&server, &[], &["83950-26"]);
    assert_eq!(text.ended(), 0);
    assert!(!text.is_full_screen() && !text.bytes().contains(&0x1b));
    assert!(text.screen().contains("Professional Component"));
}

#[test]
fn whose_key_is_taken_out_reads_until_the_reload() {
    let Some((server, ssh, key)) = closed(&[]) else {
        return;
    };
    let keys = server.folder().join("keys");
    let other = ssh.make_key("other");
    let mut reader = ssh.read(&server, &[], &[]);
    reader.expect("HER2/neu");
    std::fs::write(&keys, format!("{other}{key}")).unwrap();
    server.signal("HUP");
    server.logged("reloaded");
    std::fs::write(&keys, &other).unwrap();
    assert!(!ssh.ask(&server, &[], &["list"]).status.success());
    reader.press("4");
    reader.expect("Professional Component");
    server.signal("HUP");
    assert_eq!(reader.ended(), 1);
    reader.expect("your key is not let in any more");
    assert!(!reader.is_full_screen());
    assert_eq!(server.logged("session ended")["reason"], "Revoked");
}

#[test]
fn a_reader_finds_again_where_they_were() {
    let Some((server, ssh, _)) = closed(&[]) else {
        return;
    };
    let mut reader = ssh.read(&server, &[], &["83950-26"]);
    reader.expect("› 26");
    reader.press("\x1b[B");
    reader.expect("› 90");
    reader.press("q");
    assert_eq!(reader.ended(), 0);
    let mut again = eventually("the place kept", || {
        let readers = server.folder().join("state/codeleaf/readers");
        let mut files = std::fs::read_dir(readers).ok()?;
        files.next()?.ok()?;
        Some(ssh.read(&server, &[], &[]))
    });
    again.expect("› 90");
    again.press("q");
    assert_eq!(again.ended(), 0);

    let open = Server::open(&[]);
    let mut reader = ssh.read(&open, &[], &["83950-26"]);
    reader.expect("› 26");
    reader.press("\x1b[Bq");
    assert_eq!(reader.ended(), 0);
    assert!(!open.folder().join("state/codeleaf/readers").exists());
}

#[test]
fn nobody_is_let_in_by_accident() {
    let folder = tempfile::tempdir().unwrap();
    let said = |arguments: &[&str]| {
        let output = program(folder.path())
            .arg("serve")
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let words = said(&[]);
    assert!(
        words.contains("--authorized-keys") && words.contains("--open"),
        "{words}"
    );
    let words = said(&["--open", "--authorized-keys", "x"]);
    assert!(words.contains("give one of the two"), "{words}");
    let words = said(&["--authorized-keys", "missing"]);
    assert!(
        words.contains("cannot read the authorised keys missing"),
        "{words}"
    );
    let config = folder.path().join("serve.toml");
    std::fs::write(&config, "open = true\nidle-tme = \"5m\"\n").unwrap();
    let words = said(&["--config", &config.display().to_string()]);
    assert!(words.contains("serve.toml:2:1"), "{words}");
}

#[test]
fn the_host_key_is_shown_without_a_choice_of_access() {
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
