//! Accepts connections, and watches over each until it ends.
//!
//! russh's own accept loop ends when accepting fails, as it does while the process has no file
//! descriptor left; and its connections end only when their clients do.

#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use russh::server::Config;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use crate::serve::channel::handler::Handler;
use crate::serve::net::connection::{Connection, Stage};
use crate::serve::net::limiter::ConnectionPermit;
use crate::serve::net::stream::LimitedStream;
use crate::serve::ops::log::LogDecision;
use crate::serve::ops::metrics::RefusalKind;
use crate::serve::state::{Phase, ServerState};

/// How long accepting rests after it failed.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);

/// How long a client may take to go once its session has ended.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Accepts connections for as long as the server runs.
pub(super) async fn accept(house: Arc<ServerState>, config: Arc<Config>, listener: TcpListener) {
    let mut failing = false;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                failing = false;
                admit_connection(&house, &config, stream, peer);
            }
            Err(error) => {
                // Said once: it may go on for long, many times a second.
                if !failing {
                    tracing::error!(%error, "cannot accept connections; trying on");
                }
                failing = true;
                sleep(ACCEPT_BACKOFF).await;
            }
        }
    }
}

/// Lets a connection in, or turns it away.
fn admit_connection(
    house: &Arc<ServerState>,
    config: &Arc<Config>,
    stream: TcpStream,
    peer: SocketAddr,
) {
    let limits = house.limits();
    let mention = house.log_sampler.sample();
    let mut wire = LimitedStream::new(stream, &limits);
    let heard = Arc::clone(wire.handle().received());
    let now = std::time::Instant::now();
    match house.limiter.admit(peer.ip(), heard, &limits, now) {
        Ok(seat) => {
            let (stage, _) = watch::channel(Stage::Authenticating);
            let connection = Arc::new(Connection {
                id: house.next_connection_id(),
                peer,
                stream: wire.handle(),
                stage,
                log_decision: mention,
            });
            if mention == LogDecision::Log {
                tracing::info!(connection = connection.id, %peer, "connected");
            }
            let attended = serve_connection(
                Arc::clone(house),
                Arc::clone(config),
                connection,
                seat,
                wire,
            );
            tokio::spawn(attended);
        }
        Err(crowd) => {
            house.metrics.count_refusal(RefusalKind::Connection);
            if mention == LogDecision::Log {
                tracing::warn!(%peer, reason = %crowd, "connection refused");
            }
            tokio::spawn(async move {
                // RFC 4253, 4.2: lines may come before the version. Who does not read misses it.
                let line = format!("codeleaf: {crowd}\r\n");
                let goodbye = async {
                    wire.write_all(line.as_bytes()).await?;
                    wire.shutdown().await
                };
                let _ = tokio::time::timeout(ACCEPT_BACKOFF, goodbye).await;
            });
        }
    }
}

/// Watches over a connection until it ends.
async fn serve_connection(
    house: Arc<ServerState>,
    config: Arc<Config>,
    connection: Arc<Connection>,
    seat: ConnectionPermit,
    wire: LimitedStream,
) {
    let started = Instant::now();
    house.metrics.connections.inc();
    supervise_connection(&house, config, &connection, seat, wire, started).await;
    let line = &connection.stream;
    house.metrics.received.inc_by(line.received().get());
    house.metrics.sent.inc_by(line.sent().get());
    house.metrics.connections.dec();
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    if connection.is_log_suppressed() {
        return;
    }
    tracing::info!(
        connection = connection.id,
        milliseconds,
        received = line.received().get(),
        sent = line.sent().get(),
        "disconnected"
    );
}

async fn supervise_connection(
    house: &Arc<ServerState>,
    config: Arc<Config>,
    connection: &Arc<Connection>,
    seat: ConnectionPermit,
    wire: LimitedStream,
    started: Instant,
) {
    let login_time = house.limits().login_time;
    let turned_out = seat.evicted();
    tokio::pin!(turned_out);
    let handler = Handler::new(Arc::clone(house), Arc::clone(connection), seat);
    // The future is large while the versions are exchanged, and a pointer afterwards.
    let greeting = Box::pin(russh::server::run_stream(config, wire, handler));
    let greeted = tokio::select! {
        greeted = timeout_at(started + login_time, greeting) => greeted,
        () = &mut turned_out => return connection.log_evicted(),
    };
    let Ok(Ok(mut running)) = greeted else {
        return;
    };
    let mut stages = connection.stage.subscribe();
    let mut phase = house.phase.subscribe();
    let mut since = started;
    loop {
        let stage = *stages.borrow_and_update();
        let until = match stage {
            Stage::Authenticating | Stage::LoggedIn => Some(since + login_time),
            Stage::InSession => None,
            Stage::SessionEnded => Some(since + CLOSE_TIMEOUT),
        };
        let too_late = async {
            match until {
                Some(until) => sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        let ending = async {
            // The sender lives as long as the house.
            let _ = phase.wait_for(|phase| *phase == Phase::Draining).await;
            match stage {
                // A reader leaves by itself, and whoever is leaving may finish.
                Stage::InSession | Stage::SessionEnded => std::future::pending().await,
                Stage::Authenticating | Stage::LoggedIn => {}
            }
        };
        tokio::select! {
            ended = &mut running => {
                match ended {
                    Err(russh::Error::IO(error)) if error.kind() == io::ErrorKind::TimedOut => {
                        connection.log_write_timeout();
                    }
                    Err(error) => {
                        tracing::debug!(connection = connection.id, %error, "ended");
                    }
                    Ok(()) => {}
                }
                return;
            }
            changed = stages.changed() => {
                since = Instant::now();
                if changed.is_err() {
                    return;
                }
            }
            () = too_late => {
                if stage != Stage::SessionEnded && !connection.is_log_suppressed() {
                    let what = if stage == Stage::Authenticating { "login" } else { "request" };
                    tracing::info!(connection = connection.id, what, "waited for too long");
                }
                break;
            }
            () = ending => break,
            () = &mut turned_out => {
                connection.log_evicted();
                break;
            }
        }
    }
    connection.stream.shut_down();
    // How it ended was decided here.
    let _ = running.await;
}
