//! What readers cost who do nothing. The server asks each every 30 s whether the client is still
//! there, and nothing else happens; the window holds four of these rounds.

use std::time::Duration;

use crate::reader;
use crate::server::Server;

/// How long the server is watched.
const WINDOW: Duration = Duration::from_secs(120);

/// What connecting leaves to do is done after so long.
const SETTLE_TIME: Duration = Duration::from_secs(3);

/// Measures and prints.
pub async fn measure(readers: usize) {
    let server = Server::with_high_limits();
    let (connected, _) = reader::connect(&server, readers).await;
    tokio::time::sleep(SETTLE_TIME).await;
    let rest = server.cpu_ticks();
    tokio::time::sleep(WINDOW).await;
    let idle = (server.cpu_ticks() - rest) as f64 / WINDOW.as_secs_f64();
    println!(
        "{readers} readers idle for {} s: {idle:.2} % of a core",
        WINDOW.as_secs()
    );
    drop(connected);
}
