//! A kill during indexing leaves the old cache file or none.

use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use super::install_user_library;
use crate::support::program::{Home, Launch, text};

#[test]
fn kill_while_indexing_leaves_no_damage() {
    let home = Home::new();
    install_user_library(&home);
    let search = Launch::codeleaf("search specimen number 7").home(&home);
    let started = Instant::now();
    let intact = search.run();
    let whole = started.elapsed();
    let answer = text(&intact.stdout);
    assert!(answer.contains("00007"), "{answer}");
    let cache = home.path("cache/codeleaf");
    let files = || std::fs::read_dir(&cache).unwrap().count();
    assert_eq!(files(), 1);
    for step in 0..16 {
        std::fs::remove_dir_all(&cache).unwrap();
        let mut child = search
            .to_command()
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_secs_f64(
            whole.as_secs_f64() * f64::from(step) / 16.0,
        ));
        // Fails if the process has ended already.
        let _ = child.kill();
        child.wait().unwrap();
        assert_eq!(text(&search.run().stdout), answer, "step {step}");
        assert_eq!(files(), 1, "step {step}");
    }
}
