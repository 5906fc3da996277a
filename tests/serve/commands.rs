//! `ssh HOST COMMAND`: the command line, without what would touch the server.

use super::client::Ssh;
use super::server::Server;

#[test]
fn commands_print_text_and_end() {
    let server = Server::open(&[]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    for (asked, status, out, err) in [
        (
            &["83950-90"] as &[&str],
            0,
            "Reference (Outside) Laboratory",
            "",
        ),
        (
            &["show", "83950", "--section", "coding"],
            0,
            "Professional",
            "",
        ),
        (&["show 83950-26 --format json"], 0, "\"schema\": 1", ""),
        (
            &["search", "'modifier 26'", "--format", "json"],
            0,
            "\"hits\"",
            "",
        ),
        (&["list"], 0, "83950", ""),
        (&["99999"], 1, "", "no document on 99999"),
        (&["search", "zzzzzz"], 1, "", "no results for `zzzzzz`"),
        (&["list", "--content", "/etc"], 2, "", "no --content here"),
        (&["83950", "--theme", "/etc/passwd"], 2, "", "no theme"),
        (&["/etc/passwd"], 2, "", "no files here"),
        (&["my.toml"], 2, "", "no files here"),
        (&["check", "/etc"], 2, "", "only show, list, search"),
        (&["serve", "--open"], 2, "", "only show, list, search"),
        (&["scp", "-t", "/tmp"], 2, "", "unexpected argument '-t'"),
        (&["sh", "-c", "id"], 2, "", "unexpected argument"),
    ] {
        let answer = ssh.run(&server, &[], asked);
        let (stdout, stderr) = (
            String::from_utf8_lossy(&answer.stdout),
            String::from_utf8_lossy(&answer.stderr),
        );
        assert_eq!(answer.status.code(), Some(status), "{asked:?}: {stderr}");
        assert!(stdout.contains(out), "{asked:?}: {stdout}");
        assert!(stderr.contains(err), "{asked:?}: {stderr}");
        assert!(
            !stdout.contains('\u{1b}') && !stderr.contains('\u{1b}'),
            "{asked:?}"
        );
        if status == 2 {
            assert_eq!(stderr.lines().count(), 1, "{asked:?}: {stderr}");
        }
    }
    let nothing = ssh.run(&server, &[], &[]);
    assert!(String::from_utf8_lossy(&nothing.stdout).contains("83950"));
    assert!(
        !server.log().contains("zzzzzz"),
        "words searched are not logged"
    );
}

#[test]
fn text_on_a_terminal_uses_crlf() {
    let server = Server::open(&[]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let mut text = ssh.open_reader(&server, &[], &["list"]);
    assert_eq!(text.wait_for_exit(), 0);
    let bytes = text.bytes();
    for (at, byte) in bytes.iter().enumerate() {
        assert!(*byte != b'\n' || bytes[at - 1] == b'\r', "a bare line feed");
    }
    assert!(text.screen().contains("83950"));
}
