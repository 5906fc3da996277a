//! A killed import leaves the old set or the new one.

use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::{StoreFixture, files};

#[test]
fn killed_import_leaves_the_old_or_the_new_set() {
    let fixture = StoreFixture::new();
    let large = fixture.write_file("new.txt", &files::large_icd10cm());
    let small = fixture.write_file("old.txt", &files::icd10cm());
    let import = || {
        Command::new(env!("CARGO_BIN_EXE_codeleaf"))
            .args(["import", "--edition", "2025"])
            .arg(&large)
            .env("XDG_DATA_HOME", fixture.folder.path().join("data"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let started = Instant::now();
    assert!(import().wait().unwrap().success());
    let whole = started.elapsed();
    assert_eq!(count_rows(&fixture), 26_000);

    let (mut old, mut new) = (0, 0);
    for step in 0..16 {
        fixture.import_as(None, &small, Some("2025")).unwrap();
        assert_eq!(count_rows(&fixture), 13);
        let mut child = import();
        // The last tenth, where the file is written and renamed, gets half of the kills.
        let part = match step {
            0..8 => f64::from(step) / 8.0,
            _ => 0.85 + f64::from(step - 8) / 40.0,
        };
        thread::sleep(Duration::from_secs_f64(whole.as_secs_f64() * part));
        // The import may have ended already.
        let _ = child.kill();
        child.wait().unwrap();
        match count_rows(&fixture) {
            13 => old += 1,
            26_000 => new += 1,
            other => panic!("{other} rows after a kill"),
        }
    }
    println!("killed 16 times: {old} times the old set stayed, {new} times the new one was there");
    assert!(old > 0);
    // The next import removes what killed ones left behind.
    fixture.import_as(None, &small, Some("2025")).unwrap();
    assert_eq!(fixture.stored_files().len(), 1);
}

/// Reads every row of the one set.
fn count_rows(fixture: &StoreFixture) -> usize {
    let sets = fixture.store.open_sets();
    assert_eq!((sets.all().len(), sets.damaged().len()), (1, 0));
    sets.all()[0].rows().map(Result::unwrap).count()
}
