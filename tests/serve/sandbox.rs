//! The sandbox of the server.

use std::fs;
use std::os::unix::fs::symlink;

use super::client::Ssh;
use super::server::{Server, document, eventually};
use crate::support::skip;

#[test]
fn server_reads_only_its_folders_also_after_a_reload() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let content = path("data/codeleaf/content");
    for name in ["data/codeleaf/content", "linked", "outside"] {
        fs::create_dir_all(path(name)).unwrap();
    }
    fs::write(path("linked/a.toml"), document("00001")).unwrap();
    fs::write(path("outside/b.toml"), document("00002")).unwrap();
    symlink(path("linked/a.toml"), content.join("a.toml")).unwrap();
    let outside = path("outside/b.toml");
    let server = Server::start(folder, &["--open"]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let sandbox = server.wait_for_log("sandbox");
    if sandbox["enforced"] == "none" {
        return skip("the kernel has no Landlock");
    }
    symlink(&outside, content.join("b.toml")).unwrap();
    fs::write(content.join("c.toml"), document("00003")).unwrap();
    server.signal("HUP");
    server.wait_for_log("reloaded");
    let listed = ssh.run(&server, &[], &["list"]);
    let listed = String::from_utf8_lossy(&listed.stdout);
    let is_listed = ["00001", "00002", "00003"].map(|code| listed.contains(code));
    assert_eq!(is_listed, [true, false, true], "{listed}");
    assert!(server.log().contains("b.toml"), "the file is not reported");
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid().as_raw_nonzero()));
    assert!(status.unwrap().contains("NoNewPrivs:\t1"));
}

#[test]
fn replaced_files_are_read_at_a_reload() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("etc/serve.toml");
    fs::create_dir(folder.path().join("etc")).unwrap();
    fs::write(&config, "open = true\n").unwrap();
    let server = Server::start(folder, &["--config", &config.display().to_string()]);
    // As an editor does it, and a file that did not exist before.
    let new = config.with_extension("new");
    fs::write(&new, "open = true\nmax-connections = many\n").unwrap();
    fs::rename(&new, &config).unwrap();
    fs::write(
        server.folder().join("config/codeleaf/keymap.toml"),
        "broken",
    )
    .unwrap();
    server.signal("HUP");
    eventually("both errors", || {
        let log = server.log();
        (log.contains("serve.toml:2:") && log.contains("keymap.toml:1:")).then_some(())
    });
}
