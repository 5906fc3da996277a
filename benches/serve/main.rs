//! Measures `codeleaf serve`: `cargo bench --bench serve -- load 100 1000`, and other words for
//! what else can be measured; without a word it lists them. README.md in the folder above says
//! what the goals are.
//!
//! The server is the built program, and connections go to loopback only. Clients share the machine
//! with the server, so that times are upper bounds.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]
#![expect(clippy::cast_precision_loss, reason = "what is printed is rounded")]

#[path = "../../tests/support"]
mod support {
    pub mod ears;
    pub mod keys;
    #[expect(dead_code, reason = "the tests use more of it")]
    pub mod program;
    #[expect(dead_code, reason = "the tests use more of it")]
    pub mod sequences;
    #[expect(dead_code, reason = "the tests use more of it")]
    pub mod sshd;
}

mod attack;
mod figures;
mod hostile;
mod idle;
mod load;
mod login;
mod reader;
mod server;

use attack::Attack;

/// The most readers; each takes a file descriptor on both sides.
const MAX_READERS: usize = 2_000;

fn main() {
    // Cargo hands `--bench` down.
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["load", numbers @ ..] => {
            for readers in parse_counts(numbers, &[100, 1000]) {
                run(load::measure(readers));
            }
        }
        ["idle", numbers @ ..] => {
            for readers in parse_counts(numbers, &[1000]) {
                run(idle::measure(readers));
            }
        }
        ["login"] => login::measure(),
        ["hostile"] => {
            for attack in Attack::ALL {
                run(hostile::measure(attack, 1));
            }
        }
        // What the measurement of hostile clients starts as a process of its own.
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
            "cargo bench --bench serve -- WORD\n\n  \
             load [READERS…]     memory, connecting, keys\n  \
             idle [READERS…]     what readers cost who do nothing\n  \
             login               connecting, beside a login to sshd\n  \
             hostile             each of these, one after the other:\n{}",
            Attack::ALL
                .map(|attack| format!("  {:19} {}\n", attack.name(), attack.description()))
                .concat()
        ),
    }
}

/// Returns the numbers that are given, or else others.
fn parse_counts(given: &[&str], otherwise: &[usize]) -> Vec<usize> {
    let given: Vec<usize> = given
        .iter()
        .map(|number| number.parse::<usize>().unwrap().clamp(1, MAX_READERS))
        .collect();
    if given.is_empty() {
        otherwise.to_vec()
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
    // Clients that attack on have no end of their own.
    runtime.shutdown_background();
}
