//! The reader over SSH: same screens and keys as the local one, except for local commands.

use super::client::Ssh;
use super::server::Server;

#[test]
fn browse_search_resize_and_quit() {
    let server = Server::open(&[]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let mut reader = ssh.open_reader(&server, &[], &[]);
    reader.expect("HER2/neu");
    reader.press("\x1b[C");
    reader.press("\x1b[B\x1b[B");
    reader.press("/");
    reader.press("mod 26");
    reader.expect("Professional Component");
    reader.press("\r");
    reader.expect("› 26");
    reader.resize(100, 30);
    reader.expect("› 26");
    reader.resize(40, 12);
    reader.expect("26");
    assert!(reader.is_full_screen());
    reader.press("q");
    assert_eq!(reader.wait_for_exit(), 0);
    assert!(!reader.is_full_screen());
    server.wait_for_metric("codeleaf_sessions", 0.0);
    server.wait_for_metric("codeleaf_connections", 0.0);
}

#[test]
fn code_argument_opens_its_row() {
    let server = Server::open(&["--log-codes"]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let mut reader = ssh.open_reader(&server, &[], &["83950-90"]);
    reader.expect("› 90");
    reader.press("q");
    assert_eq!(reader.wait_for_exit(), 0);
    assert_eq!(server.wait_for_log("opened")["code"], "cpt:83950");
    assert_eq!(server.wait_for_log("session")["term"], "xterm-256color");
}

#[test]
fn local_only_commands_are_absent() {
    let server = Server::open(&[]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let mut reader = ssh.open_reader(&server, &[], &[]);
    reader.expect("HER2/neu");
    reader.press("\x1a");
    reader.press("?");
    reader.expect("Help");
    reader.press("\x1b[F");
    reader.expect("Quit");
    assert!(!reader.screen().contains("shell"), "{}", reader.screen());
    reader.press("\x1b");
    reader.expect_gone("Quit");
    reader.press("q");
    assert_eq!(reader.wait_for_exit(), 0);
}

#[test]
fn panes_start_as_the_server_or_the_command_line_says_and_a_key_changes_them() {
    let server = Server::open(&["--panes", "off"]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let details = "83950-26  Professional";
    let mut reader = ssh.open_reader(&server, &[], &["83950-26"]);
    reader.expect("› 26");
    reader.resize(160, 40);
    // The title's line is wide.
    reader.expect(&format!("{:60}CPT", ""));
    reader.press("p");
    reader.expect(details);
    reader.press("p");
    reader.expect_gone(details);
    reader.press("q");
    assert_eq!(reader.wait_for_exit(), 0);
    let mut reader = ssh.open_reader(&server, &[], &["83950-26", "--panes", "auto"]);
    reader.expect("› 26");
    reader.resize(160, 40);
    reader.expect(details);
    reader.press("q");
    assert_eq!(reader.wait_for_exit(), 0);
}

#[test]
fn copy_is_sent_to_the_clients_terminal() {
    let server = Server::open(&[]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let mut reader = ssh.open_reader(&server, &[], &["83950-26"]);
    reader.expect("› 26");
    reader.press("Y");
    super::server::eventually("OSC 52", || {
        let bytes = reader.bytes();
        bytes
            .windows(5)
            .any(|part| part == b"\x1b]52;")
            .then_some(())
    });
}

#[test]
fn screen_follows_client_terminal_and_locale() {
    let server = Server::open(&[]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let has_color = |bytes: &[u8]| {
        let sequences = bytes.split(|byte| *byte == 0x1b).skip(1);
        let styles = sequences.filter(|rest| rest.starts_with(b"["));
        let mut styles = styles.filter_map(|rest| {
            let end = rest.iter().position(u8::is_ascii_alphabetic)?;
            (rest[end] == b'm').then(|| String::from_utf8_lossy(&rest[1..end]).into_owned())
        });
        styles.any(|style| {
            let number = |part: &str| part.parse().unwrap_or(0);
            style
                .split([';', ':'])
                .map(number)
                .any(|n: u16| (30..=49).contains(&n) || n >= 90)
        })
    };
    let utf8 = ("LANG", "en_US.UTF-8");
    for (environment, expects_color, expects_unicode) in [
        ([("TERM", "xterm-256color"), utf8], true, true),
        ([("TERM", "xterm-256color"), ("LANG", "C")], true, false),
        ([("TERM", "vt100"), utf8], false, false),
        ([("TERM", "vt100"), ("LANG", "C")], false, false),
        ([("TERM", "linux"), utf8], true, true),
        (
            [("TERM", "tmux-256color"), ("LC_ALL", "C.UTF-8")],
            true,
            true,
        ),
    ] {
        let mut reader = ssh.open_reader_with(&server, &[], &["83950-26"], &environment);
        reader.expect("Professional Component");
        reader.press("q");
        assert_eq!(reader.wait_for_exit(), 0);
        let bytes = reader.bytes();
        assert_eq!(has_color(&bytes), expects_color, "{environment:?}");
        let unicode = bytes.iter().any(|byte| *byte > 0x7f);
        assert_eq!(unicode, expects_unicode, "{environment:?}");
    }
    let mut reader = ssh.open_reader_with(
        &server,
        &[],
        &["83950-26"],
        &[("TERM", "xterm-256color"), ("NO_COLOR", "1")],
    );
    reader.expect("Professional Component");
    assert!(!has_color(&reader.bytes()));
    reader.press("q");
    let mut plain = ssh.open_reader_with(&server, &[], &["83950-26"], &[("TERM", "dumb")]);
    assert_eq!(plain.wait_for_exit(), 0);
    assert!(!plain.bytes().contains(&0x1b));
    let printed = String::from_utf8_lossy(&plain.bytes()).into_owned();
    assert!(printed.contains("Professional Component"), "{printed}");
}

#[test]
fn reload_updates_open_sessions_without_ending_them() {
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("data/codeleaf/content");
    std::fs::create_dir_all(&content).unwrap();
    let server = Server::start(folder, &["--open"]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let mut reader = ssh.open_reader(&server, &[], &[]);
    reader.expect("HER2/neu");
    let shipped = include_str!("../../content/cpt-83950.toml");
    let changed = shipped.replacen("title = \"", "title = \"Changed: ", 1);
    std::fs::write(server.content().join("changed.toml"), &changed).unwrap();
    server.signal("HUP");
    server.wait_for_log("reloaded");
    reader.expect("Changed:");
    // The last valid version of a broken file stays.
    std::fs::write(server.content().join("changed.toml"), "code = broken").unwrap();
    server.signal("HUP");
    super::server::eventually("the second reload", || {
        (server.log_lines("reloaded").len() == 2).then_some(())
    });
    assert!(server.log().contains("is broken"));
    let listed = ssh.run(&server, &[], &["list"]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains("Changed:"));
    reader.press("q");
    assert_eq!(reader.wait_for_exit(), 0);
}
