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

use super::connection::{Connection, Stage};
use super::gate::Seat;
use super::handler::Handler;
use super::house::{House, Phase};
use super::log::Mention;
use super::metrics::What;
use super::wire::Wire;

/// How long accepting rests after it failed.
const REST: Duration = Duration::from_millis(100);

/// How long a client may take to go once its session has ended.
const FAREWELL: Duration = Duration::from_secs(5);

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
    let mention = house.mentions.make();
    let mut wire = Wire::new(stream, &limits);
    let heard = Arc::clone(wire.line().received());
    let now = std::time::Instant::now();
    match house.gate.enter(peer.ip(), heard, &limits, now) {
        Ok(seat) => {
            let (stage, _) = watch::channel(Stage::Knocking);
            let connection = Arc::new(Connection {
                number: house.next_number(),
                peer,
                line: wire.line(),
                stage,
                mention,
            });
            if mention == Mention::Made {
                tracing::info!(connection = connection.number, %peer, "connected");
            }
            let attended = attend(
                Arc::clone(house),
                Arc::clone(config),
                connection,
                seat,
                wire,
            );
            tokio::spawn(attended);
        }
        Err(crowd) => {
            house.metrics.refuse(What::Connection);
            if mention == Mention::Made {
                tracing::warn!(%peer, reason = %crowd, "connection refused");
            }
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
    seat: Seat,
    wire: Wire,
) {
    let started = Instant::now();
    house.metrics.connections.inc();
    converse(&house, config, &connection, seat, wire, started).await;
    let line = &connection.line;
    house.metrics.received.inc_by(line.received().get());
    house.metrics.sent.inc_by(line.sent().get());
    house.metrics.connections.dec();
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    if connection.goes_unmentioned() {
        return;
    }
    tracing::info!(
        connection = connection.number,
        milliseconds,
        received = line.received().get(),
        sent = line.sent().get(),
        "disconnected"
    );
}

async fn converse(
    house: &Arc<House>,
    config: Arc<Config>,
    connection: &Arc<Connection>,
    seat: Seat,
    wire: Wire,
    started: Instant,
) {
    let login_time = house.limits().login_time;
    let turned_out = seat.turned_out();
    tokio::pin!(turned_out);
    let handler = Handler::new(Arc::clone(house), Arc::clone(connection), seat);
    // The future is large while the versions are exchanged, and a pointer afterwards.
    let greeting = Box::pin(russh::server::run_stream(config, wire, handler));
    let greeted = tokio::select! {
        greeted = timeout_at(started + login_time, greeting) => greeted,
        () = &mut turned_out => return connection.log_turned_out(),
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
                        connection.log_unread();
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
                if stage != Stage::Done && !connection.goes_unmentioned() {
                    let what = if stage == Stage::Knocking { "login" } else { "request" };
                    tracing::info!(connection = connection.number, what, "waited for too long");
                }
                break;
            }
            () = ending => break,
            () = &mut turned_out => {
                connection.log_turned_out();
                break;
            }
        }
    }
    connection.line.cut();
    // How it ended was decided here.
    let _ = running.await;
}

#[cfg(test)]
mod tests;
