//! Compares the program with `less` in a terminal. Runs alternate, so that other load on the machine
//! affects both.
//!
//! Run it with `cargo bench --bench terminal`. README.md in this folder has the goals.

#![expect(clippy::unwrap_used, reason = "a failed measurement ends the program")]

#[path = "../tests/support"]
mod support {
    #[expect(dead_code, reason = "the tests use more of it")]
    pub mod generated;
    pub mod keys;
    #[expect(dead_code, reason = "the tests use more of it")]
    pub mod program;
    #[expect(dead_code, reason = "the tests use more of it")]
    pub mod sequences;
}

use std::time::Duration;

use support::generated;
use support::program::{Home, Launch, QueryReplies, cpu_time, peak_memory, text};

/// How often each program is started.
const RUNS: usize = 41;

/// How many key presses are averaged.
const KEYS: usize = 50;

const SILENCE: Duration = Duration::from_millis(150);

fn main() {
    let home = Home::new();
    let printed = |arguments: &str| text(&Launch::codeleaf(arguments).home(&home).run().stdout);
    home.write("shipped.txt", printed("show 83950"));
    home.write("long.toml", generated::list());
    home.write("long.txt", printed("show long.toml"));
    let codeleaf = |arguments: &str| Launch::codeleaf(arguments).home(&home);
    let less = |file: &str| {
        let argv = ["less", "-R", file].map(Into::into).to_vec();
        Launch::command(argv).home(&home).env("LESSHISTFILE", "-")
    };

    println!(
        "{:36} {:>10} {:>10} {:>7}",
        "80x24, median", "codeleaf", "less", "ratio"
    );
    let far = QueryReplies::After(Duration::from_millis(300));
    let at_once = QueryReplies::After(Duration::ZERO);
    for (words, answers, (columns, rows)) in [
        ("first paint, ms", at_once, (80, 24)),
        ("... 300 ms away, ms", far, (80, 24)),
        ("... answering nothing, ms", QueryReplies::Never, (80, 24)),
        ("... 200x60, with panes, ms", at_once, (200, 60)),
    ] {
        let mut paints = [Vec::new(), Vec::new()];
        for _ in 0..RUNS {
            for (launch, paints) in [codeleaf("83950"), less("shipped.txt")]
                .into_iter()
                .zip(&mut paints)
            {
                let launch = launch.size(columns, rows).query_replies(answers);
                let terminal = launch.start();
                paints.push(terminal.time_to_first_paint().as_secs_f64() * 1000.0);
                terminal.wait_for_silence(Duration::from_millis(30));
            }
        }
        let [own, other] = paints.map(median);
        print_row(words, own, other);
    }

    let mut figures = [codeleaf("83950"), less("shipped.txt")].map(|launch| {
        let terminal = launch.start();
        terminal.time_to_first_paint();
        terminal.wait_for_silence(SILENCE);
        let first = terminal.bytes_received();
        let process = terminal.pid();
        let before = cpu_time(process).unwrap_or_default();
        std::thread::sleep(Duration::from_secs(2));
        let after = cpu_time(process).unwrap_or_default();
        let busy = after.saturating_sub(before);
        let idle = terminal.bytes_received() - first;
        let kilobytes = peak_memory(process).unwrap_or_default();
        [
            to_f64(first),
            to_f64(idle) / 2.0,
            busy.as_secs_f64() / 2.0 * 100.0,
            f64::from(u32::try_from(kilobytes).unwrap()) / 1024.0,
        ]
        .into_iter()
    });
    for words in [
        "first frame, B",
        "idle, B/s",
        "idle, % CPU",
        "memory at most, MB",
    ] {
        let [own, other] = figures.each_mut().map(|figures| figures.next().unwrap());
        print_row(words, own, other);
    }

    for (columns, rows) in [(80, 24), (200, 60)] {
        let scroll = [codeleaf("long.toml"), less("long.txt")].map(|launch| {
            let terminal = launch.size(columns, rows).start();
            terminal.time_to_first_paint();
            terminal.wait_for_silence(SILENCE);
            terminal.press_and_count_bytes(&"down ".repeat(70));
            terminal.wait_for_silence(SILENCE);
            to_f64(
                (0..KEYS)
                    .map(|_| terminal.press_and_count_bytes("down"))
                    .sum(),
            ) / to_f64(KEYS)
        });
        print_row(
            &format!("one line of scroll, {columns}x{rows}, B"),
            scroll[0],
            scroll[1],
        );
    }
    let terminal = codeleaf("long.toml").start();
    terminal.time_to_first_paint();
    terminal.wait_for_silence(SILENCE);
    let moved = to_f64(
        (0..12)
            .map(|_| terminal.press_and_count_bytes("down"))
            .sum(),
    ) / 12.0;
    println!("{:36} {moved:>10.1}", "moving a selection, B");
}

fn print_row(words: &str, own: f64, other: f64) {
    let ratio = if other > 0.0 {
        format!("{:.2}", own / other)
    } else {
        String::new()
    };
    println!("{words:36} {own:>10.1} {other:>10.1} {ratio:>7}");
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn to_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}
