//! Ends of sessions: terminals are restored, and no session is left.

use super::client::Ssh;
use super::server::Server;

#[test]
fn killed_client_leaves_no_session() {
    let server = Server::open(&[]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let mut readers: Vec<_> = (0..3).map(|_| ssh.open_reader(&server, &[], &[])).collect();
    for reader in &readers {
        reader.expect("HER2/neu");
    }
    server.wait_for_metric("codeleaf_sessions", 3.0);
    for reader in &mut readers {
        reader.kill();
    }
    server.wait_for_metric("codeleaf_sessions", 0.0);
    server.wait_for_metric("codeleaf_connections", 0.0);
}

#[test]
fn sigterm_restores_every_terminal() {
    let mut server = Server::open(&[]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let mut readers: Vec<_> = (0..3).map(|_| ssh.open_reader(&server, &[], &[])).collect();
    for reader in &readers {
        reader.expect("HER2/neu");
        assert!(reader.is_full_screen());
    }
    server.signal("TERM");
    for reader in &mut readers {
        assert_eq!(reader.wait_for_exit(), 143);
        assert!(!reader.is_full_screen());
        reader.expect("the server is stopping");
    }
    assert!(server.wait_for_exit().success());
    assert_eq!(server.wait_for_log("stopped")["left"], 0);
}

#[test]
fn idle_session_is_warned_and_then_ended() {
    let server = Server::open(&["--idle-time", "3s"]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let mut reader = ssh.open_reader(&server, &[], &[]);
    reader.expect("HER2/neu");
    reader.expect("unless you press a key");
    reader.press("j");
    reader.expect_gone("unless you press a key");
    reader.expect("unless you press a key");
    assert_eq!(reader.wait_for_exit(), 1);
    reader.expect("no key was pressed for too long");
    assert!(!reader.is_full_screen());
    assert_eq!(server.wait_for_log("session ended")["reason"], "Idle");
}

#[test]
fn session_time_limit_ends_the_session() {
    let server = Server::open(&["--session-time", "2s"]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let mut reader = ssh.open_reader(&server, &[], &[]);
    reader.expect("HER2/neu");
    reader.expect("time limit ends this session");
    assert_eq!(reader.wait_for_exit(), 1);
    reader.expect("sessions have a time limit");
}
