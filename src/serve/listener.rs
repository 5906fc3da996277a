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

use super::gate::Seat;
use super::handler::Handler;
use super::house::{House, Phase};
use super::log::Mention;
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
    /// Whether the log has it that there is this connection.
    pub mention: Mention,
}

impl Connection {
    /// Says whether the log is to know nothing of it: it was one of too many, and did not log in.
    pub fn goes_unmentioned(&self) -> bool {
        self.mention == Mention::Spared && *self.stage.borrow() == Stage::Knocking
    }
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
                if stage != Stage::Done && !connection.goes_unmentioned() {
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
    if connection.goes_unmentioned() {
        return;
    }
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

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::AtomicU64;

    use russh::client::{self, Handle, Msg};
    use russh::keys::PublicKeyOrCertificate;
    use russh::{Channel, ChannelMsg};

    use super::*;
    use crate::app::Keymap;
    use crate::page::Flow;
    use crate::serve::entry::Entry;
    use crate::serve::reading::FAULT;
    use crate::serve::{Call, HostKey, Opening, Request, Settings, Stock};
    use crate::terminal::{Overrides, Painting};
    use crate::view::Theme;

    /// A log that can be read.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            io::Write::write(&mut *self.0.lock().unwrap(), bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Log {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    /// Opens the first document, whatever is asked for.
    fn interpret(call: &Call<'_>) -> Request {
        assert_ne!(call.line, "fault", "as a fault would");
        let library = &call.stock.library;
        let Painting::Full(capabilities) = call.client.painting(Overrides::default()) else {
            panic!("no terminal");
        };
        Request::Read(Box::new(Opening {
            document: library.document(&library.entries()[0].code).unwrap(),
            place: None,
            top: 0,
            flow: Flow::Columns,
            capabilities,
            theme: Arc::clone(&call.stock.theme),
        }))
    }

    /// Serves everybody on this thread.
    async fn serve() -> (Arc<House>, SocketAddr) {
        let theme = Theme::built_in("dark").unwrap().unwrap();
        let (stock, _) = Stock::open(&[], Keymap::built_in().unwrap(), theme, None);
        let house = Arc::new(House {
            entry: Entry::Everybody,
            interpret,
            limits: watch::channel(Settings::default().limits().unwrap()).0,
            stock: watch::channel(Arc::new(stock)).0,
            phase: watch::channel(Phase::Serving).0,
            reloads: watch::channel(()).0,
            places: None,
            gate: Arc::default(),
            metrics: Arc::default(),
            mentions: crate::serve::log::Mentions::default(),
            scratch: crate::serve::stock::Scratch::default(),
            connections: AtomicU64::new(0),
        });
        let folder = tempfile::tempdir().unwrap();
        let key = HostKey::open(&folder.path().join("key")).unwrap();
        let config = Arc::new(crate::serve::server::config(&key, &house.entry));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(accept(Arc::clone(&house), config, listener));
        (house, address)
    }

    struct AnyServer;

    impl client::Handler for AnyServer {
        type Error = russh::Error;

        async fn check_server_key(
            &mut self,
            _: &PublicKeyOrCertificate,
        ) -> Result<bool, russh::Error> {
            Ok(true)
        }
    }

    async fn ask(address: SocketAddr, line: &str) -> (Handle<AnyServer>, Channel<Msg>) {
        let config = Arc::new(client::Config::default());
        let mut connection = client::connect(config, address, AnyServer).await.unwrap();
        assert!(connection.authenticate_none("x").await.unwrap().success());
        let channel = connection.channel_open_session().await.unwrap();
        let pty = channel.request_pty(false, "xterm", 80, 24, 0, 0, &[]);
        pty.await.unwrap();
        channel.exec(false, line).await.unwrap();
        (connection, channel)
    }

    /// Returns all that is said until the end, and the exit status.
    async fn end(mut channel: Channel<Msg>) -> (String, Option<u32>) {
        let (mut said, mut status) = (Vec::new(), None);
        while let Some(message) = channel.wait().await {
            match message {
                ChannelMsg::Data { data } | ChannelMsg::ExtendedData { data, .. } => {
                    said.extend_from_slice(&data);
                }
                ChannelMsg::ExitStatus { exit_status } => status = Some(exit_status),
                _ => {}
            }
        }
        (String::from_utf8_lossy(&said).into_owned(), status)
    }

    async fn frame(channel: &mut Channel<Msg>) {
        while !matches!(channel.wait().await.unwrap(), ChannelMsg::Data { .. }) {}
    }

    #[tokio::test]
    async fn a_fault_ends_one_session_with_an_apology_and_no_other() {
        let log = Log::default();
        let writer = log.clone();
        let lines = tracing_subscriber::fmt()
            .with_writer(move || writer.clone())
            .finish();
        // Everything runs on this thread.
        let _guard = tracing::subscriber::set_default(lines);
        let (house, address) = serve().await;
        let (_other, mut other) = ask(address, "").await;
        frame(&mut other).await;
        for line in ["", "fault"] {
            let (_connection, mut failing) = ask(address, line).await;
            if line.is_empty() {
                frame(&mut failing).await;
                failing.data(&[b'j', FAULT][..]).await.unwrap();
            }
            let (said, status) = end(failing).await;
            assert!(said.contains("sorry, a fault ended this session"), "{said}");
            assert_eq!(status, Some(101));
            // The screen was given back, if there was one.
            assert_eq!(said.contains("\x1b[?1049l"), line.is_empty(), "{said}");
        }
        assert_eq!(house.metrics.panics.get(), 2);
        let faults = log.text().matches("a fault ended this session").count();
        assert_eq!(faults, 2, "{}", log.text());
        other.data(&b"j"[..]).await.unwrap();
        frame(&mut other).await;
        assert_eq!(house.metrics.sessions.get(), 1);
    }
}
