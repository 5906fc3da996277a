//! Memory of the server's process a session, from connecting to the first frame, and from a key to
//! its frame, where 100 readers or fewer press ten keys a second each, and more of them press 500
//! a second together.

use std::time::Duration;

use crate::reader::{self, AT_ONCE, TestSession};
use crate::server::Server;

/// How long keys are pressed.
const TYPING_TIME: Duration = Duration::from_secs(10);

/// Measures and prints.
pub async fn measure(readers: usize) {
    let server = Server::with_high_limits();
    // What the first session brings along is not its own.
    drop(TestSession::connect(server.address).await);
    tokio::time::sleep(Duration::from_millis(500)).await;
    let before = server.memory_kib();
    println!("{readers} readers; the server alone has {before} KiB");
    let (connected, times) = reader::connect(&server, readers).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let each = |server: &Server| (server.memory_kib() - before) as f64 / readers as f64;
    println!("  memory a session: {:.1} KiB", each(&server));
    times.print(&format!("connect to first frame ({AT_ONCE} at once)"));
    let between = if readers <= 100 {
        Duration::from_millis(100)
    } else {
        Duration::from_millis(2) * u32::try_from(readers).unwrap()
    };
    let busy = server.cpu_ticks();
    let (connected, times) = reader::type_keys(connected, between, TYPING_TIME).await;
    let keys = times.len() as f64 / TYPING_TIME.as_secs_f64();
    times.print(&format!("key to frame, {keys:.0} keys/s"));
    let busy = (server.cpu_ticks() - busy) as f64 / TYPING_TIME.as_secs_f64();
    println!("  typing: {busy:.1} % of a core");
    println!("  memory a session after it: {:.1} KiB", each(&server));
    drop(connected);
}
