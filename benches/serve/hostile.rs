//! The cost of hostile clients to well-behaved ones: the same clients press the same keys before and
//! during an attack, on a server with default limits.

use std::net::IpAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};

use crate::attack::Attack;
use crate::figures::Times;
use crate::reader::{self, TestSession, dial};
use crate::server::Server;

/// The number of well-behaved clients.
const READERS: usize = 20;

const KEY_INTERVAL: Duration = Duration::from_millis(200);

/// Before and during the attack.
const TYPING_TIME: Duration = Duration::from_secs(15);

/// How long the attack runs before the measurement.
const ATTACK_LEAD: Duration = Duration::from_secs(3);

/// The number of logins during the attack, one at a time.
const LOGINS: usize = 40;

/// Measures an attack that is run several times at once, and prints the result.
pub async fn measure(attack: Attack, times: usize) {
    println!("{times} × {}: {}", attack.name(), attack.description());
    let server = Server::start(attack.server_options());
    let (readers, _) = reader::connect(&server, READERS, reader::NARROW).await;
    // Warms up, so that the cost of first drawing is not counted.
    let (readers, _) = reader::type_keys(readers, KEY_INTERVAL, Duration::from_secs(2)).await;
    let (readers, quiet) = measure_typing(&server, readers).await;
    quiet.print("quiet");
    let _attackers = AttackProcess::start(attack, &server, times);
    sleep(ATTACK_LEAD).await;
    let (readers, during) = measure_typing(&server, readers).await;
    during.print("during it");
    println!(
        "  p95, of its quiet value: {:.2}",
        during.0.percentile(95) / quiet.0.percentile(95)
    );
    if attack.is_about_logins() {
        measure_logins(&server, "an address of its own", [127, 0, 0, 1].into()).await;
        measure_logins(&server, "an address of theirs", [127, 0, 1, 1].into()).await;
    }
    drop(readers);
}

/// Times, with the peak memory in KiB and the processor load in percent of a core.
struct ServerLoad(Times, u64, f64);

impl ServerLoad {
    fn print(&self, what: &str) {
        let Self(times, memory, busy) = self;
        times.print(what);
        println!("    the server: {memory} KiB at most, {busy:.1} % of a core");
    }
}

/// Lets the clients type, and samples the server meanwhile.
async fn measure_typing(
    server: &Server,
    readers: Vec<TestSession>,
) -> (Vec<TestSession>, ServerLoad) {
    let (started, ticks) = (Instant::now(), server.cpu_ticks());
    let typing = reader::type_keys(readers, KEY_INTERVAL, TYPING_TIME);
    tokio::pin!(typing);
    let mut peak = 0;
    loop {
        tokio::select! {
            (readers, times) = &mut typing => {
                let busy = (server.cpu_ticks() - ticks) as f64 / started.elapsed().as_secs_f64();
                return (readers, ServerLoad(times, peak, busy));
            }
            () = sleep(Duration::from_millis(100)) => peak = peak.max(server.memory_kib()),
        }
    }
}

/// Logs in repeatedly, and prints how many logins led to a first frame.
async fn measure_logins(server: &Server, label: &str, from: IpAddr) {
    let mut times = Vec::new();
    for _ in 0..LOGINS {
        let started = Instant::now();
        let login = async {
            let stream = dial(from, server.address).await?;
            let mut reader = TestSession::open(stream, 80, 24).await?;
            reader.wait_for_frame().await;
            Ok::<_, russh::Error>(())
        };
        if let Ok(Ok(())) = timeout(Duration::from_secs(10), login).await {
            times.push(started.elapsed());
        }
        sleep(Duration::from_millis(100)).await;
    }
    let completed = Times::from_iter(times);
    println!("  {} of {LOGINS} logged in from {label}", completed.len());
    completed.print("  connect to first frame");
}

/// The attacking process. Dropping it kills the process.
struct AttackProcess(Child);

impl AttackProcess {
    fn start(attack: Attack, server: &Server, times: usize) -> Self {
        let process = Command::new("nice")
            .args(["-n", "19"])
            .arg(std::env::current_exe().unwrap())
            .args(["attack", attack.name()])
            .args([server.address.to_string(), times.to_string()])
            .stdin(Stdio::null())
            .spawn();
        Self(process.unwrap())
    }
}

impl Drop for AttackProcess {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}
