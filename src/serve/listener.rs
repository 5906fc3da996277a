//! Accepts connections, and supervises each until it ends.
//!
//! russh's own accept loop ends when accepting fails, as it does when the process runs out of file
//! descriptors, and its connections end only when their clients do. This module replaces both.

#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use russh::server::Config;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::serve::channel::handler::Handler;
use crate::serve::channel::login_attempts::LoginAttempts;
use crate::serve::net::input_slot::InputSlot;
use crate::serve::net::limiter::{ConnectionPermit, Rejection};
use crate::serve::net::network::Network;
use crate::serve::net::stream::LimitedStream;
use crate::serve::ops::log::log_event;
use crate::serve::ops::log_limiter::LogDecision;
use crate::serve::ops::metrics::RefusalKind;
use crate::serve::state::{Connection, ServerState, Stage};

/// The pause after accepting failed.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);

/// How long a rejected client may take to read the reason.
const REJECT_TIMEOUT: Duration = Duration::from_millis(100);

/// How long a client may take to disconnect after its session.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Accepts connections until the task is aborted.
pub async fn accept(server: Arc<ServerState>, config: Arc<Config>, listener: TcpListener) {
    let mut failing = false;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                failing = false;
                admit_connection(&server, &config, stream, peer);
            }
            Err(error) => {
                // Logged once: it may fail many times per second.
                if !failing {
                    tracing::error!(
                        error = error.to_string(),
                        "cannot accept connections; retrying"
                    );
                }
                failing = true;
                sleep(ACCEPT_BACKOFF).await;
            }
        }
    }
}

fn admit_connection(
    server: &Arc<ServerState>,
    config: &Arc<Config>,
    stream: TcpStream,
    peer: SocketAddr,
) {
    let limits = server.limits();
    // An IPv4 client of an IPv6 socket has an address such as ::ffff:10.0.0.1.
    let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
    let slot = InputSlot::new(server.input_slot.clone());
    let stream = LimitedStream::new(stream, &limits, slot);
    let handle = Arc::clone(&stream.handle);
    let received = handle.received.clone();
    let now = std::time::Instant::now();
    let log_decision = server
        .log_limiter
        .decide(Network::of_client(peer.ip()), now);
    match server.limiter.admit(peer.ip(), received, &limits, now) {
        Ok(permit) => {
            let connection = Arc::new(Connection {
                server: Arc::clone(server),
                id: server.connection_counter.fetch_add(1, Ordering::Relaxed) + 1,
                peer,
                started: Instant::now(),
                stream: handle,
                stage: watch::channel(Stage::Authenticating).0,
                log_decision,
            });
            log_event!(connection => info, %peer, "connected");
            tokio::spawn(run(connection, Arc::clone(config), permit, stream));
        }
        Err(rejection) => {
            server.metrics.count_refusal(RefusalKind::Connection);
            if log_decision == LogDecision::Log {
                tracing::warn!(%peer, reason = rejection.to_string(), "connection refused");
            }
            tokio::spawn(reject(rejection, stream));
        }
    }
}

/// Sends the reason: RFC 4253, 4.2 allows lines before the version.
async fn reject(rejection: Rejection, mut stream: LimitedStream) {
    let line = format!("codeleaf: {rejection}\r\n");
    let write = async {
        stream.write_all(line.as_bytes()).await?;
        stream.shutdown().await
    };
    // A client that does not read misses the reason.
    let _ = timeout(REJECT_TIMEOUT, write).await;
}

/// Runs one connection, and counts and logs it.
async fn run(
    connection: Arc<Connection>,
    config: Arc<Config>,
    permit: ConnectionPermit,
    stream: LimitedStream,
) {
    let (handle, metrics) = (&connection.stream, &connection.server.metrics);
    metrics.connections.inc();
    supervise(&connection, config, permit, stream).await;
    let (received, sent) = (handle.received.get(), handle.sent.get());
    metrics.received.inc_by(received);
    metrics.sent.inc_by(sent);
    metrics.connections.dec();
    let milliseconds = u64::try_from(connection.started.elapsed().as_millis()).unwrap_or(u64::MAX);
    log_event!(connection => info, milliseconds, received, sent, "disconnected");
}

/// Ends the connection when a time limit, an eviction or a shutdown requires it.
async fn supervise(
    connection: &Arc<Connection>,
    config: Arc<Config>,
    permit: ConnectionPermit,
    stream: LimitedStream,
) {
    let evicted = permit.evicted();
    tokio::pin!(evicted);
    let max_refused = config.max_auth_attempts.saturating_sub(1);
    let attempts = LoginAttempts::new(Arc::clone(connection), permit, max_refused);
    let handler = Handler::new(Arc::clone(connection), attempts);
    // The future is large during the exchange of versions, and a pointer afterwards.
    let handshake = Box::pin(russh::server::run_stream(config, stream, handler));
    let login_time = connection.server.limits().login_time;
    let finished = tokio::select! {
        finished = timeout_at(connection.started + login_time, handshake) => finished,
        () = &mut evicted => return connection.log_evicted(),
    };
    let Ok(Ok(mut protocol)) = finished else {
        return;
    };
    tokio::select! {
        result = &mut protocol => return log_end(connection, result),
        () = wait_for_timeout(connection, login_time) => {}
        () = wait_for_drain(connection) => {}
        () = &mut evicted => connection.log_evicted(),
    }
    connection.stream.shut_down();
    // The reason is logged already.
    let _ = protocol.await;
}

/// Waits until the connection has been in one stage for too long, and logs what is missing.
async fn wait_for_timeout(connection: &Connection, login_time: Duration) {
    let mut stages = connection.stage.subscribe();
    let mut since = connection.started;
    loop {
        let stage = *stages.borrow_and_update();
        let (limit, missing) = match stage {
            Stage::Authenticating => (login_time, Some("login")),
            Stage::LoggedIn => (login_time, Some("request")),
            Stage::InSession => (Duration::MAX, None),
            Stage::SessionEnded => (CLOSE_TIMEOUT, None),
        };
        let left = limit.saturating_sub(since.elapsed());
        if timeout(left, stages.changed()).await.is_err() {
            if let Some(what) = missing {
                log_event!(connection => info, what, "timed out");
            }
            return;
        }
        since = Instant::now();
    }
}

/// Waits until the server stops, unless there is a session, which ends by itself.
async fn wait_for_drain(connection: &Connection) {
    connection.server.wait_for_drain().await;
    let stage = *connection.stage.borrow();
    if matches!(stage, Stage::InSession | Stage::SessionEnded) {
        std::future::pending::<()>().await;
    }
}

fn log_end(connection: &Connection, result: Result<(), russh::Error>) {
    if let Err(russh::Error::IO(error)) = result
        && error.kind() == io::ErrorKind::TimedOut
    {
        connection.log_write_timeout();
    }
}
