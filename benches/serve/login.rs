//! Time from the start of OpenSSH's client to the first frame: with `codeleaf serve`, and with a
//! real sshd that runs the same reader. Both accept the same key, and runs alternate, so that other
//! load on the machine affects both.

use std::time::Duration;

use crate::figures::Times;
use crate::server::Server;
use crate::support::program::{Launch, Terminal, program_path};
use crate::support::sshd::{self, Sshd};

const RUNS: usize = 25;

/// Prints the reason if the benchmark is skipped.
pub fn measure() {
    let sshd = match Sshd::start(Vec::new()) {
        Ok(sshd) => sshd,
        Err(why) => return println!("skipped: {why}"),
    };
    let keys = sshd.home.path("authorized_keys").display().to_string();
    let server = Server::start(&["--authorized-keys", &keys]);
    let reader = format!("exec {} 83950", program_path().display());
    let (mut own, mut other) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let client = sshd::client_command(&sshd.home.path("id"), server.address.port());
        own.push(time_to_first_paint(
            &Launch::command(client).home(&sshd.home).start(),
        ));
        other.push(time_to_first_paint(&sshd.log_in(&reader)));
    }
    println!("ssh, from its start to the first frame, with a key");
    let [own, other] = [own, other].map(Times::from_iter);
    own.print("codeleaf serve");
    other.print("sshd and the same reader");
    println!(
        "  p50, of sshd's: {:.2}",
        own.percentile(50) / other.percentile(50)
    );
}

fn time_to_first_paint(terminal: &Terminal) -> Duration {
    let first = terminal.time_to_first_paint();
    terminal.wait_for("83950");
    first
}
