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
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

use crate::serve::channel::handler::Handler;
use crate::serve::channel::login_attempts::LoginAttempts;
use crate::serve::net::input_slot::InputSlot;
use crate::serve::net::limiter::{ConnectionPermit, Rejection};
use crate::serve::net::network::Network;
use crate::serve::net::stream::LimitedStream;
use crate::serve::ops::log_limiter::LogDecision;
use crate::serve::ops::metrics::RefusalKind;
use crate::serve::state::{Connection, Phase, ServerState, Stage};

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
    let slot = InputSlot::new(Arc::clone(&server.input_slot));
    let stream = LimitedStream::new(stream, &limits, slot);
    let handle = Arc::clone(&stream.handle);
    let received = Arc::clone(&handle.received);
    let now = std::time::Instant::now();
    let log_decision = server
        .log_limiter
        .decide(Network::of_client(peer.ip()), now);
    match server.limiter.admit(peer.ip(), received, &limits, now) {
        Ok(permit) => {
            let connection = Arc::new(Connection {
                id: server.connection_counter.fetch_add(1, Ordering::Relaxed) + 1,
                peer,
                stream: handle,
                stage: watch::channel(Stage::Authenticating).0,
                log_decision,
            });
            if log_decision == LogDecision::Log {
                tracing::info!(connection = connection.id, %peer, "connected");
            }
            let supervisor = ConnectionSupervisor {
                server: Arc::clone(server),
                connection,
                started: Instant::now(),
                login_time: limits.login_time,
            };
            tokio::spawn(supervisor.run(Arc::clone(config), permit, stream));
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

/// Runs one connection and ends it when a time limit, an eviction or a shutdown requires it.
struct ConnectionSupervisor {
    server: Arc<ServerState>,
    connection: Arc<Connection>,
    started: Instant,
    login_time: Duration,
}

impl ConnectionSupervisor {
    async fn run(self, config: Arc<Config>, permit: ConnectionPermit, stream: LimitedStream) {
        self.server.metrics.connections.inc();
        self.supervise(config, permit, stream).await;
        let (stream, metrics) = (&self.connection.stream, &self.server.metrics);
        let (received, sent) = (stream.received.get(), stream.sent.get());
        metrics.received.inc_by(received);
        metrics.sent.inc_by(sent);
        metrics.connections.dec();
        let milliseconds = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        if self.connection.is_logged() {
            tracing::info!(
                connection = self.connection.id,
                milliseconds,
                received,
                sent,
                "disconnected"
            );
        }
    }

    async fn supervise(
        &self,
        config: Arc<Config>,
        permit: ConnectionPermit,
        stream: LimitedStream,
    ) {
        let evicted = permit.evicted();
        tokio::pin!(evicted);
        let (server, connection) = (&self.server, &self.connection);
        let attempts = LoginAttempts::new(
            Arc::clone(server),
            Arc::clone(connection),
            permit,
            config.max_auth_attempts.saturating_sub(1),
        );
        let handler = Handler::new(Arc::clone(server), Arc::clone(connection), attempts);
        // The future is large during the exchange of versions, and a pointer afterwards.
        let handshake = Box::pin(russh::server::run_stream(config, stream, handler));
        let finished = tokio::select! {
            finished = timeout_at(self.started + self.login_time, handshake) => finished,
            () = &mut evicted => return self.connection.log_evicted(),
        };
        let Ok(Ok(mut protocol)) = finished else {
            return;
        };
        tokio::select! {
            result = &mut protocol => return self.log_end(result),
            stage = self.wait_for_timeout() => self.log_timeout(stage),
            () = self.wait_for_drain() => {}
            () = &mut evicted => self.connection.log_evicted(),
        }
        self.connection.stream.shut_down();
        // The reason is logged already.
        let _ = protocol.await;
    }

    /// Waits until the connection has been in one stage for too long, and returns that stage.
    async fn wait_for_timeout(&self) -> Stage {
        let mut stages = self.connection.stage.subscribe();
        let mut since = self.started;
        loop {
            let stage = *stages.borrow_and_update();
            let limit = match stage {
                Stage::Authenticating | Stage::LoggedIn => Some(self.login_time),
                Stage::InSession => None,
                Stage::SessionEnded => Some(CLOSE_TIMEOUT),
            };
            let too_late = async {
                match limit {
                    Some(limit) => sleep_until(since + limit).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                // The sender lives as long as the connection.
                _ = stages.changed() => since = Instant::now(),
                () = too_late => return stage,
            }
        }
    }

    /// Waits until the server stops, unless there is a session, which ends by itself.
    async fn wait_for_drain(&self) {
        let mut phase = self.server.phase.subscribe();
        // The sender lives as long as the server state.
        let _ = phase.wait_for(|phase| *phase == Phase::Draining).await;
        let stage = *self.connection.stage.borrow();
        if matches!(stage, Stage::InSession | Stage::SessionEnded) {
            std::future::pending::<()>().await;
        }
    }

    fn log_timeout(&self, stage: Stage) {
        let what = match stage {
            Stage::Authenticating => "login",
            Stage::LoggedIn => "request",
            Stage::InSession | Stage::SessionEnded => return,
        };
        if self.connection.is_logged() {
            tracing::info!(connection = self.connection.id, what, "timed out");
        }
    }

    fn log_end(&self, result: Result<(), russh::Error>) {
        match result {
            Err(russh::Error::IO(error)) if error.kind() == io::ErrorKind::TimedOut => {
                self.connection.log_write_timeout();
            }
            Err(error) => tracing::debug!(connection = self.connection.id, %error, "ended"),
            Ok(()) => {}
        }
    }
}
