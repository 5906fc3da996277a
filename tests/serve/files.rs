//! Files of a server: who else may write them, and who may read what the server writes.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use super::client::Ssh;
use super::server::{Server, eventually, program};
use crate::files::assert_private;
#[cfg(target_os = "linux")]
use crate::support::program::peak_memory;

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn keys_and_settings_that_others_can_write_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("etc")).unwrap();
    let shown = program(folder.path())
        .args(["serve", "--show-host-key", "--host-key", "etc/host"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(shown.status.success());
    fs::write(path("etc/serve.toml"), "open = true\n").unwrap();
    fs::write(path("etc/keys"), "").unwrap();
    let run = |option: &str| {
        let output = program(folder.path())
            .args(["serve", "--listen", "127.0.0.1:0", "--host-key", "etc/host"])
            .args(option.split(' '))
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{option}");
        String::from_utf8(output.stderr).unwrap()
    };
    for (name, option) in [
        ("etc/serve.toml", "--config etc/serve.toml"),
        ("etc/keys", "--authorized-keys etc/keys"),
    ] {
        for mode in [0o664, 0o602] {
            set_mode(&path(name), mode);
            let message = run(option);
            assert!(
                message.contains(&format!("run `chmod go-w {name}`")),
                "{message}"
            );
        }
        set_mode(&path(name), 0o600);
    }
    set_mode(&path("etc/host"), 0o620);
    assert!(run("--open").contains("chmod 600"));
    set_mode(&path("etc/host"), 0o600);
    set_mode(&path("etc"), 0o777);
    for option in [
        "--open",
        "--config etc/serve.toml",
        "--authorized-keys etc/keys",
    ] {
        let message = run(option);
        assert!(message.contains("/etc can be written by others (mode 0777)"));
    }
}

#[test]
fn only_the_server_can_read_what_it_wrote_even_under_umask_000() {
    let folder = tempfile::tempdir().unwrap();
    let Some(ssh) = Ssh::find(folder.path()) else {
        return;
    };
    let keys = folder.path().join("keys");
    fs::copy(folder.path().join("client/id.pub"), &keys).unwrap();
    let keys = keys.display().to_string();
    let umask = ["sh", "-c", "umask 000; exec \"$@\"", "sh"];
    let server = Server::start_with(&umask, folder, &["--authorized-keys", &keys]);
    let mut reader = ssh.open_reader(&server, &[], &["83950-90"]);
    reader.expect("› 90");
    reader.press("q");
    assert_eq!(reader.wait_for_exit(), 0);
    let state = server.folder().join("state/codeleaf");
    eventually("the saved position", || {
        fs::read_dir(state.join("readers")).ok()?.next()?.ok()
    });
    assert_private(&state);
}

/// A document of tiny rows.
#[cfg(target_os = "linux")]
fn list_of(rows: usize, code: usize) -> String {
    format!(
        "schema = 1\n[code]\nsystem = \"cpt\"\nvalue = \"{code:05}\"\ntitle = \"A\"\n\
         status = \"active\"\n[[coding.list]]\nitems = [{}]\n",
        "\"a\",\n".repeat(rows)
    )
}

#[cfg(target_os = "linux")]
#[test]
fn documents_of_many_tiny_rows_do_not_fill_memory() {
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("data/codeleaf/content");
    fs::create_dir_all(&content).unwrap();
    for code in 1..=6 {
        fs::write(content.join(format!("{code}.toml")), list_of(300_000, code)).unwrap();
        let code = code + 10;
        fs::write(content.join(format!("{code}.toml")), list_of(19_000, code)).unwrap();
    }
    let server = Server::start(folder, &["--open"]);
    let refused =
        server.log_lines("a document is broken; its last valid version stays, if there is one");
    assert_eq!(refused.len(), 6);
    let report = refused[0]["report"].as_str().unwrap();
    assert!(report.contains("at most 20000 rows"), "{report}");
    assert!(report.contains("1.toml:20006:4"), "{report}");
    // Six of these, and those that are built in.
    let documents = server.wait_for_log("listening")["documents"].as_u64();
    assert!(documents > Some(6), "{documents:?}");
    server.signal("HUP");
    server.wait_for_log("reloaded");
    // A server without documents takes 22 MB, unoptimized.
    let peak = peak_memory(server.pid()).unwrap();
    assert!(peak < 120_000, "{peak} kB");
}
