//! Accepts connections, and watches over each until it ends.
//!
//! russh's own accept loop ends when accepting fails, as it does while the process has no file
//! descriptor left; and its connections end only when their clients do.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use russh::server::Config;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use super::gate::Place;
use super::handler::Handler;
use super::house::{House, Phase};
use super::metrics::What;
use super::wire::{Line, Wire};

/// How long accepting rests after it failed.
const REST: Duration = Duration::from_millis(100);

/// How long a client may take to go once its session has ended.
const FAREWELL: Duration = Duration::from_secs(5);

/// What is known of a connection.
#[derive(Debug)]
pub(super) struct Connection {
    /// Tells connections apart in the log.
    pub number: u64,
    pub peer: SocketAddr,
    pub line: Arc<Line>,
    pub stage: watch::Sender<Stage>,
}

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Not logged in.
    Knocking,
    /// Logged in, and nothing asked for.
    LoggedIn,
    /// Reading.
    Reading,
    /// The session has ended.
    Done,
}

/// Accepts connections for as long as the server runs.
pub(super) async fn accept(house: Arc<House>, config: Arc<Config>, listener: TcpListener) {
    let mut failing = false;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                failing = false;
                welcome(&house, &config, stream, peer);
            }
            Err(error) => {
                // Said once: it may go on for long, many times a second.
                if !failing {
                    tracing::error!(%error, "cannot accept connections; trying on");
                }
                failing = true;
                sleep(REST).await;
            }
        }
    }
}

/// Lets a connection in, or turns it away.
fn welcome(house: &Arc<House>, config: &Arc<Config>, stream: TcpStream, peer: SocketAddr) {
    let limits = house.limits();
    let mut wire = Wire::new(stream, &limits);
    let heard = Arc::clone(wire.line().received());
    let now = std::time::Instant::now();
    match house.gate.enter(peer.ip(), heard, &limits, now) {
        Ok(place) => {
            let (stage, _) = watch::channel(Stage::Knocking);
            let connection = Arc::new(Connection {
                number: house.next_number(),
                peer,
                line: wire.line(),
                stage,
            });
            tracing::info!(connection = connection.number, %peer, "connected");
            let attended = attend(
                Arc::clone(house),
                Arc::clone(config),
                connection,
                place,
                wire,
            );
            tokio::spawn(attended);
        }
        Err(crowd) => {
            house.metrics.refuse(What::Connection);
            tracing::warn!(%peer, reason = %crowd, "connection refused");
            tokio::spawn(async move {
                // RFC 4253, 4.2: lines may come before the version. Who does not read misses it.
                let line = format!("codeleaf: {crowd}\r\n");
                let goodbye = async {
                    wire.write_all(line.as_bytes()).await?;
                    wire.shutdown().await
                };
                let _ = tokio::time::timeout(REST, goodbye).await;
            });
        }
    }
}

/// Watches over a connection until it ends.
async fn attend(
    house: Arc<House>,
    config: Arc<Config>,
    connection: Arc<Connection>,
    place: Place,
    wire: Wire,
) {
    let started = Instant::now();
    house.metrics.connections.inc();
    converse(&house, config, &connection, place, wire, started).await;
    let line = &connection.line;
    let (received, sent) = (line.received().get(), line.sent().get());
    house.metrics.received.inc_by(received);
    house.metrics.sent.inc_by(sent);
    house.metrics.connections.dec();
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(
        connection = connection.number,
        milliseconds,
        received,
        sent,
        "disconnected"
    );
}

async fn converse(
    house: &Arc<House>,
    config: Arc<Config>,
    connection: &Arc<Connection>,
    place: Place,
    wire: Wire,
    started: Instant,
) {
    let login_time = house.limits().login_time;
    let turned_out = place.turned_out();
    tokio::pin!(turned_out);
    let handler = Handler::new(Arc::clone(house), Arc::clone(connection), place);
    // The future is large while the versions are exchanged, and a pointer afterwards.
    let greeting = Box::pin(russh::server::run_stream(config, wire, handler));
    let greeted = tokio::select! {
        greeted = timeout_at(started + login_time, greeting) => greeted,
        () = &mut turned_out => return log_turned_out(connection),
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
            Stage::Knocking | Stage::LoggedIn => Some(since + login_time),
            Stage::Reading => None,
            Stage::Done => Some(since + FAREWELL),
        };
        let too_late = async {
            match until {
                Some(until) => sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        let ending = async {
            // The sender lives as long as the house.
            let _ = phase.wait_for(|phase| *phase == Phase::Ending).await;
            match stage {
                // A reader leaves by itself, and whoever is leaving may finish.
                Stage::Reading | Stage::Done => std::future::pending().await,
                Stage::Knocking | Stage::LoggedIn => {}
            }
        };
        tokio::select! {
            ended = &mut running => {
                match ended {
                    Err(russh::Error::IO(error)) if error.kind() == io::ErrorKind::TimedOut => {
                        log_unread(connection);
                    }
                    Err(error) => {
                        tracing::debug!(connection = connection.number, %error, "ended");
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
                if stage != Stage::Done {
                    let what = if stage == Stage::Knocking { "login" } else { "request" };
                    tracing::info!(connection = connection.number, what, "waited for too long");
                }
                break;
            }
            () = ending => break,
            () = &mut turned_out => {
                log_turned_out(connection);
                break;
            }
        }
    }
    connection.line.cut();
    // How it ended was decided here.
    let _ = running.await;
}

fn log_turned_out(connection: &Connection) {
    tracing::info!(
        connection = connection.number,
        "made room for another login"
    );
}

/// Notes that a client was cut off.
pub(super) fn log_unread(connection: &Connection) {
    tracing::warn!(
        connection = connection.number,
        "the client reads nothing any more"
    );
}
