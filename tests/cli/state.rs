//! The saved position: written, restored, and ignored if it is damaged.

use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::support::program::{Home, Launch, Terminal, WAIT_TIMEOUT};

fn start(home: &Home, arguments: &str) -> Terminal {
    let terminal = Launch::codeleaf(arguments).home(home).start();
    terminal.wait_for("CPT (c) AMA");
    terminal
}

#[test]
fn position_is_saved_within_a_second_of_the_last_move() {
    let home = Home::new();
    let mut terminal = start(&home, "");
    terminal.press("4 down").wait_for("83950 › Coding › 90");
    let moved = Instant::now();
    let saved = || fs::read_to_string(home.state_file()).unwrap_or_default();
    while !saved().contains("coding/modifiers/90") {
        assert!(moved.elapsed() < WAIT_TIMEOUT, "{}", saved());
        thread::sleep(Duration::from_millis(10));
    }
    // A second, on a machine that is not busy.
    assert!(
        moved.elapsed() < Duration::from_secs(3),
        "{:?}",
        moved.elapsed()
    );
    // The saved position survives a kill.
    terminal.signal(rustix::process::Signal::KILL);
    terminal.wait_for_exit();
    let mut terminal = start(&home, "");
    terminal.wait_for("83950 › Coding › 90");
    assert!(
        terminal.cursor_line().contains("▸ 90"),
        "{}",
        terminal.screen()
    );
    terminal.press("q");
    terminal.assert_exits_restored(0);
}

#[test]
fn position_is_saved_on_exit() {
    let home = Home::new();
    let mut terminal = start(&home, "");
    terminal.press("5 down down q");
    terminal.assert_exits_restored(0);
    let mut terminal = start(&home, "");
    terminal.wait_for("83950 › Payers › Cigna Health");
    assert!(
        terminal.cursor_line().contains("▸ Cigna"),
        "{}",
        terminal.screen()
    );
    terminal.signal(rustix::process::Signal::TERM);
    terminal.assert_exits_restored(143);
}

#[test]
fn command_line_target_overrides_the_saved_position() {
    let home = Home::new();
    let mut terminal = start(&home, "");
    terminal.press("5 down q");
    terminal.assert_exits_restored(0);
    let mut terminal = start(&home, "83950-90");
    terminal.wait_for("83950 › Coding › 90");
    assert!(
        terminal.cursor_line().contains("▸ 90"),
        "{}",
        terminal.screen()
    );
    terminal.press("q");
    terminal.assert_exits_restored(0);
}

#[test]
fn damaged_state_file_shows_a_note_and_continues() {
    let big = "x".repeat(100_000);
    for damaged in ["", "code = 3", "\u{1b}[31m", big.as_str()] {
        let home = Home::new();
        home.write("state/codeleaf/state.toml", damaged);
        let mut terminal = start(&home, "");
        terminal.wait_for("damaged");
        terminal.press("4").wait_for("83950 › Coding › 26");
        terminal.press("q");
        terminal.assert_exits_restored(0);
        let mut terminal = start(&home, "");
        terminal.wait_for("83950 › Coding › 26");
        terminal.press("q");
        terminal.assert_exits_restored(0);
    }
}

#[test]
fn saved_position_that_no_longer_exists_is_ignored() {
    for stale in [
        "code = \"cpt:83950\"\nplace = \"no/such/row\"\ntop = 9000\n",
        "code = \"cpt:00000\"\n",
    ] {
        let home = Home::new();
        home.write("state/codeleaf/state.toml", stale);
        let mut terminal = start(&home, "");
        terminal.wait_for("83950 › Summary › 1/3");
        terminal.press("q");
        terminal.assert_exits_restored(0);
    }
}

#[test]
fn unwritable_state_file_shows_a_note_and_continues() {
    let home = Home::before_first_start();
    // Not even root can create a folder through a dangling link.
    fs::create_dir_all(home.path("state")).unwrap();
    std::os::unix::fs::symlink("nowhere/at/all", home.path("state/codeleaf")).unwrap();
    let mut terminal = start(&home, "");
    terminal.press("4").wait_for("cannot save");
    terminal.press("down").wait_for("83950 › Coding › 90");
    terminal.press("q");
    terminal.assert_exits_restored(0);
}

#[test]
fn first_start_names_three_keys_until_the_first_key_and_never_again() {
    let home = Home::before_first_start();
    let hints = "/ searches   : lists all commands   ? shows the keys";
    let mut terminal = start(&home, "");
    terminal.wait_for(hints);
    terminal.press("down").wait_for("83950 › Summary › 2/3");
    assert!(!terminal.screen().contains(hints), "{}", terminal.screen());
    let started = Instant::now();
    while !home.path("state/codeleaf/settings").exists() {
        assert!(started.elapsed() < WAIT_TIMEOUT);
        thread::sleep(Duration::from_millis(10));
    }
    terminal.signal(rustix::process::Signal::KILL);
    terminal.wait_for_exit();
    for arguments in ["", "83950"] {
        let mut terminal = start(&home, arguments);
        terminal.wait_for("83950 › Summary");
        assert!(!terminal.screen().contains(hints), "{}", terminal.screen());
        terminal.press("q");
        terminal.assert_exits_restored(0);
    }

    let home = Home::before_first_start();
    let mut terminal = start(&home, "--secure");
    terminal.wait_for("83950 › Summary");
    terminal.press("q");
    terminal.assert_exits_restored(0);
    assert!(!home.path("state/codeleaf").exists());
}

#[test]
fn panes_and_their_split_are_kept_for_the_next_start() {
    let home = Home::new();
    let wide = |arguments: &str| {
        let launch = Launch::codeleaf(arguments).home(&home).size(160, 40);
        let terminal = launch.start();
        terminal.wait_for("CPT (c) AMA");
        terminal
    };
    // The first column of the details.
    let details = |terminal: &Terminal| {
        let screen = terminal.screen();
        let line = screen.lines().find(|line| line.contains("83950-26  Prof"));
        line.map(|line| line.split("83950-26  Prof").next().unwrap().chars().count())
    };
    // The column after both keys: the second one moves the details by as much as the first.
    let wait_for_move = |terminal: &Terminal, first: usize| {
        let started = Instant::now();
        loop {
            match details(terminal) {
                Some(column) if first - column > 6 => return column,
                column => assert!(started.elapsed() < WAIT_TIMEOUT, "{column:?}"),
            }
            thread::sleep(Duration::from_millis(10));
        }
    };
    let quit = |mut terminal: Terminal| {
        terminal.press("q");
        terminal.assert_exits_restored(0);
    };
    let terminal = wide("83950-26");
    terminal.wait_for("83950-26  Prof");
    let first = details(&terminal).unwrap();
    terminal.press("< <");
    let moved = wait_for_move(&terminal, first);
    quit(terminal);
    let terminal = wide("83950-26");
    terminal.wait_for("83950-26  Prof");
    assert_eq!(details(&terminal), Some(moved));
    terminal.press("p").wait_for("One pane");
    quit(terminal);
    let terminal = wide("83950-26");
    terminal.wait_for("83950 › Coding › 26");
    assert_eq!(details(&terminal), None, "{}", terminal.screen());
    quit(terminal);
    let terminal = wide("83950-26 --panes auto");
    terminal.wait_for("83950-26  Prof");
    assert_eq!(details(&terminal), Some(moved));
    quit(terminal);
    let kept = fs::read_to_string(home.path("state/codeleaf/settings")).unwrap();
    assert_eq!(kept, "panes off\nsplit 50\n");
}
