//! Benchmarks of `codeleaf serve`, such as `cargo bench --bench serve -- load 100 1000`. Without
//! arguments it lists them. The goals are in README.md in the folder above.
//!
//! The server is the built program on loopback. Clients share the machine with it, so times are
//! upper bounds.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]
#![expect(
    clippy::cast_precision_loss,
    reason = "figures are rounded for printing"
)]

#[path = "../../tests/support"]
mod support {
    pub mod ears;
    pub mod keys;
    #[expect(dead_code, reason = "the tests use more of it")]
    pub mod program;
    pub mod raw_ssh;
    #[expect(dead_code, reason = "the tests use more of it")]
    pub mod sequences;
    #[expect(dead_code, reason = "the tests use more of it")]
    pub mod sshd;
}

mod attack;
mod figures;
mod fuzz;
mod hostile;
mod idle;
mod load;
mod login;
mod reader;
mod server;

use std::time::Duration;

use attack::Attack;

/// The maximum number of clients; each takes a file descriptor on both sides.
const MAX_READERS: usize = 2_000;

fn main() {
    // Cargo adds `--bench`.
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [name @ ("load" | "wide"), numbers @ ..] => {
            let size = if *name == "wide" {
                reader::WIDE
            } else {
                reader::NARROW
            };
            for readers in parse_counts(numbers, &[100, 1000]) {
                run(load::measure(readers, size));
            }
        }
        ["idle", numbers @ ..] => {
            for readers in parse_counts(numbers, &[1000]) {
                run(idle::measure(readers));
            }
        }
        ["login"] => login::measure(),
        ["fuzz", numbers @ ..] => {
            for seconds in parse_counts(numbers, &[600]) {
                run(fuzz::measure(Duration::from_secs(seconds as u64)));
            }
        }
        ["hostile"] => {
            for attack in Attack::ALL {
                run(hostile::measure(attack, 1));
            }
        }
        // `hostile` starts this as a separate process.
        ["attack", name, address, times] => {
            let attack = Attack::from_name(name).unwrap();
            run(attack.run(address.parse().unwrap(), times.parse().unwrap()));
        }
        [name, numbers @ ..] if Attack::from_name(name).is_some() => {
            for times in parse_counts(numbers, &[1]) {
                run(hostile::measure(Attack::from_name(name).unwrap(), times));
            }
        }
        _ => println!(
            "cargo bench --bench serve -- NAME\n\n  \
             load [READERS…]     memory, connecting, keys\n  \
             wide [READERS…]     the same at 200x60, with panes\n  \
             idle [READERS…]     cost of idle sessions\n  \
             login               time to connect, compared with sshd\n  \
             fuzz [SECONDS]      memory while clients send random requests\n  \
             hostile             all of these, one at a time:\n{}",
            Attack::ALL
                .map(|attack| format!("  {:19} {}\n", attack.name(), attack.description()))
                .concat()
        ),
    }
}

fn parse_counts(given: &[&str], default: &[usize]) -> Vec<usize> {
    let given: Vec<usize> = given
        .iter()
        .map(|number| number.parse::<usize>().unwrap().clamp(1, MAX_READERS))
        .collect();
    if given.is_empty() {
        default.to_vec()
    } else {
        given
    }
}

fn run(measurement: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(measurement);
    // Attacking clients never end by themselves.
    runtime.shutdown_background();
}
