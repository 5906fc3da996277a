//! Memory per session, time from connecting to the first frame, and time from a key to its frame.
//! Up to 100 clients press ten keys per second each; more press 500 per second together.

use std::time::Duration;

use crate::reader::{self, AT_ONCE, Size, TestSession};
use crate::server::Server;

const TYPING_TIME: Duration = Duration::from_secs(10);

pub async fn measure(readers: usize, size: Size) {
    let server = Server::with_high_limits();
    // The first session allocates memory that all share; it is not counted.
    drop(TestSession::connect(server.address, size).await);
    tokio::time::sleep(Duration::from_millis(500)).await;
    let before = server.memory_kib();
    let (columns, rows) = size;
    println!("{readers} readers at {columns}x{rows}; the server alone has {before} KiB");
    let (connected, times) = reader::connect(&server, readers, size).await;
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
