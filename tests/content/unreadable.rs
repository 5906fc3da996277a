//! Paths that cannot be read: a clear error at once.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::time::{Duration, Instant};

use codeleaf::content::{MAX_BYTES, load_document, parse_document};
use rustix::fs::{CWD, FileType, Mode, mknodat};

/// Returns the report on a path, without its folder.
fn error_message(path: &Path) -> String {
    let report = load_document(path).unwrap_err();
    assert_eq!(report.diagnostics.len(), 1);
    assert_eq!(
        (report.diagnostics[0].line, report.diagnostics[0].column),
        (0, 0)
    );
    let folder = format!("{}/", path.parent().unwrap().display());
    report.to_string().replace(&folder, "")
}

#[test]
fn paths_other_than_files_are_rejected_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("folder.toml")).unwrap();
    fs::write(path("empty.toml"), "").unwrap();
    fs::write(path("bom.toml"), "\u{feff}").unwrap();
    symlink(path("nowhere.toml"), path("dangling.toml")).unwrap();
    symlink(path("loop.toml"), path("loop.toml")).unwrap();
    mknodat(CWD, path("pipe.toml"), FileType::Fifo, Mode::RUSR, 0).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(path("socket.toml")).unwrap();
    let names = [
        "missing", "folder", "empty", "bom", "dangling", "pipe", "socket",
    ];
    let started = Instant::now();
    let messages: Vec<String> = names
        .iter()
        .map(|name| error_message(&path(&format!("{name}.toml"))))
        .collect();
    assert!(started.elapsed() < Duration::from_secs(2));
    insta::assert_snapshot!(messages.join("\n\n"), @r#"
    error: missing.toml: there is no such file
     |
     = help: check the name, and the folder it is in

    error: folder.toml: this is a folder, not a file
     |
     = help: name a .toml file

    error: empty.toml: the file is empty
     |
     = help: content/README.md shows what a document looks like

    error: bom.toml: the file is empty
     |
     = help: content/README.md shows what a document looks like

    error: dangling.toml: the target of this link does not exist
     |
     = help: restore the file it points to, or remove the link

    error: pipe.toml: this is a pipe, not a file
     |
     = help: name a .toml file

    error: socket.toml: this is a socket, not a file
     |
     = help: name a .toml file
    "#);
    assert!(error_message(&path("loop.toml")).contains("cannot be read"));
    assert!(error_message(Path::new("/dev/zero")).contains("this is a device, not a file"));
    assert!(error_message(&path("empty.toml/x.toml")).contains("cannot be read"));
}

#[test]
fn permission_error_is_reported() {
    if rustix::process::geteuid().is_root() {
        eprintln!("skipped: root may read every file");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret.toml");
    fs::write(&path, "schema = 1").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    assert!(error_message(&path).contains("no permission to read this file"));
}

#[test]
fn huge_file_is_rejected_without_reading() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.toml");
    // A sparse file: it takes no disk space, and reading it would take seconds.
    fs::File::create(&path).unwrap().set_len(100 << 30).unwrap();
    let started = Instant::now();
    assert!(error_message(&path).contains("the file is larger than 4 MiB"));
    assert!(started.elapsed() < Duration::from_secs(1));
    let bytes = vec![b'#'; usize::try_from(MAX_BYTES).unwrap() + 1];
    assert!(
        parse_document("huge.toml", &bytes)
            .unwrap_err()
            .to_string()
            .contains("larger")
    );
    assert!(
        !parse_document("comment.toml", &bytes[1..])
            .unwrap_err()
            .to_string()
            .contains("larger")
    );
}

#[test]
fn invalid_utf8_is_reported_with_its_location() {
    let mut bytes = b"schema = 1\n# 83950 \xe2\x80\x94 a dash\n[code]\ntitle = \"".to_vec();
    bytes.extend(b"\x93HER2\x94\"\n");
    let report = parse_document("latin.toml", &bytes).unwrap_err();
    assert_eq!(
        (report.diagnostics[0].line, report.diagnostics[0].column),
        (4, 10)
    );
    insta::assert_snapshot!(report, @r#"
    error: not UTF-8: byte 0x93 at offset 46
     --> latin.toml:4:10
      |
    4 | title = "�HER2�"
      |          ^
      |
      = help: save the file as UTF-8; the byte may come from another encoding, such as Windows-1252
    "#);
    let utf_16: Vec<u8> = "\u{feff}schema = 1"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    insta::assert_snapshot!(parse_document("wide.toml", &utf_16).unwrap_err(), @r#"
    error: not UTF-8: byte 0xFF at offset 0
     --> wide.toml:1:1
      |
    1 | ��s�c�h�e�m�a� �=� �1�
      | ^
      |
      = help: the file is UTF-16; save it as UTF-8
    "#);
}

#[test]
fn report_length_and_time_are_bounded() {
    let mut text = "schema = 1\n[summary]\n".to_owned();
    for n in 0..500 {
        writeln!(text, "wrong_{n} = 1").unwrap();
    }
    let report = parse_document("a.toml", text.as_bytes()).unwrap_err();
    assert!(
        report.diagnostics.len() <= 101,
        "{}",
        report.diagnostics.len()
    );
    // Making repeated names unique takes linear time.
    let facts = "[[summary.fact]]\nlabel = \"A\"\nvalue = \"B\"\n".repeat(19_000);
    let head = "schema = 1\n[code]\nsystem = \"cpt\"\nvalue = \"00001\"\n";
    let head = format!("{head}title = \"A\"\nstatus = \"active\"\n");
    let started = Instant::now();
    let document = parse_document("facts.toml", format!("{head}{facts}").as_bytes()).unwrap();
    assert_eq!(document.rows().count(), 19_000);
    assert!(started.elapsed() < Duration::from_secs(20));
    // Noise gives a short report in a short time.
    for noise in [
        "=\n",
        "[a]\nx=1\n",
        "a = [[\n",
        "\u{1}",
        "a.",
        "[",
        "\"",
        "'''\n",
    ] {
        let started = Instant::now();
        let text = noise.repeat((200 << 10) / noise.len());
        let report = parse_document("noise.toml", text.as_bytes()).unwrap_err();
        assert!(report.to_string().len() < 100_000, "{noise:?}");
        assert!(started.elapsed() < Duration::from_secs(20), "{noise:?}");
    }
}
