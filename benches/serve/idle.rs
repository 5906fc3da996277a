//! The cost of idle sessions. The only traffic is a keepalive per client every 30 s, four of them
//! during the measurement.

use std::time::Duration;

use crate::reader;
use crate::server::Server;

/// The duration of the measurement.
const WINDOW: Duration = Duration::from_secs(120);

/// The pause between connecting and measuring.
const SETTLE_TIME: Duration = Duration::from_secs(3);

pub async fn measure(readers: usize) {
    let server = Server::with_high_limits();
    let (connected, _) = reader::connect(&server, readers, reader::NARROW).await;
    tokio::time::sleep(SETTLE_TIME).await;
    let before = server.cpu_ticks();
    tokio::time::sleep(WINDOW).await;
    let idle = (server.cpu_ticks() - before) as f64 / WINDOW.as_secs_f64();
    println!(
        "{readers} readers idle for {} s: {idle:.2} % of a core",
        WINDOW.as_secs()
    );
    drop(connected);
}
