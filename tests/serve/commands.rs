//! `ssh HOST COMMAND`: text responses, and commands that are rejected.

use super::client::Ssh;
use super::server::Server;

#[test]
fn commands_print_text_and_end() {
    let server = Server::open(&[]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    for (command, status, out, err) in [
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
        (
            &["list", "--content", "/etc"],
            2,
            "",
            "--content is not available here",
        ),
        (&["83950", "--theme", "/etc/passwd"], 2, "", "unknown theme"),
        (&["/etc/passwd"], 2, "", "files are not available here"),
        (&["my.toml"], 2, "", "files are not available here"),
        (&["check", "/etc"], 2, "", "only show, list, search"),
        (&["serve", "--open"], 2, "", "only show, list, search"),
        (&["scp", "-t", "/tmp"], 2, "", "unexpected argument '-t'"),
        (&["sh", "-c", "id"], 2, "", "unexpected argument"),
    ] {
        let answer = ssh.run(&server, &[], command);
        let (stdout, stderr) = (
            String::from_utf8_lossy(&answer.stdout),
            String::from_utf8_lossy(&answer.stderr),
        );
        assert_eq!(answer.status.code(), Some(status), "{command:?}: {stderr}");
        assert!(stdout.contains(out), "{command:?}: {stdout}");
        assert!(stderr.contains(err), "{command:?}: {stderr}");
        assert!(
            !stdout.contains('\u{1b}') && !stderr.contains('\u{1b}'),
            "{command:?}"
        );
        if status == 2 {
            assert_eq!(stderr.lines().count(), 1, "{command:?}: {stderr}");
        }
    }
    let nothing = ssh.run(&server, &[], &[]);
    assert!(String::from_utf8_lossy(&nothing.stdout).contains("83950"));
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
        assert!(
            *byte != b'\n' || bytes[at - 1] == b'\r',
            "line feed without CR"
        );
    }
    assert!(String::from_utf8_lossy(&bytes).contains("83950"));
}
