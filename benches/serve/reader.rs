//! A well-behaved client: russh, with the replies of a terminal.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use russh::client::{self, Config, Handle, Msg};
use russh::keys::PublicKeyOrCertificate;
use russh::{Channel, ChannelMsg};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream};

use crate::figures::Times;
use crate::server::Server;

/// The number of clients that connect at once.
pub const AT_ONCE: usize = 8;

/// How long to wait for a frame; a slower one counts as this.
const FRAME_TIMEOUT: Duration = Duration::from_secs(5);

/// Columns and rows of a client's terminal.
pub type Size = (u32, u32);

/// The usual size, at which a reader has one pane.
pub const NARROW: Size = (80, 24);

/// A size at which a reader has three panes.
pub const WIDE: Size = (200, 60);

/// Accepts any host key.
pub struct AnyServer;

impl client::Handler for AnyServer {
    type Error = russh::Error;

    async fn check_server_key(&mut self, _: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
        Ok(true)
    }
}

pub struct TestSession {
    pub channel: Channel<Msg>,
    pub connection: Handle<AnyServer>,
}

/// Connects from a given local address.
pub async fn dial(from: IpAddr, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(from, 0))?;
    let stream = socket.connect(to).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

impl TestSession {
    /// Connects, waits for the first frame, and returns how long that took.
    pub async fn connect(address: SocketAddr, size: Size) -> (Self, Duration) {
        let started = Instant::now();
        let stream = dial(Ipv4Addr::LOCALHOST.into(), address).await.unwrap();
        let mut reader = Self::open(stream, size.0, size.1).await.unwrap();
        reader.wait_for_frame().await;
        (reader, started.elapsed())
    }

    pub async fn open(
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        columns: u32,
        rows: u32,
    ) -> Result<Self, russh::Error> {
        let config = Arc::new(Config::default());
        let mut connection = client::connect_stream(config, stream, AnyServer).await?;
        if !connection.authenticate_none("load").await?.success() {
            return Err(russh::Error::Disconnect);
        }
        let channel = connection.channel_open_session().await?;
        channel.set_env(false, "LANG", "en_US.UTF-8").await?;
        channel
            .request_pty(false, "xterm-256color", columns, rows, 0, 0, &[])
            .await?;
        channel.request_shell(false).await?;
        Ok(Self {
            channel,
            connection,
        })
    }

    /// Waits for a frame, and sends the status report that it requests.
    pub async fn wait_for_frame(&mut self) {
        loop {
            match self.channel.wait().await.unwrap() {
                ChannelMsg::Data { data } => {
                    if data.windows(4).any(|part| part == b"\x1b[5n") {
                        self.channel.data(&b"\x1b[0n"[..]).await.unwrap();
                    }
                    return;
                }
                ChannelMsg::Close | ChannelMsg::Eof => panic!("the server ended a session"),
                _ => {}
            }
        }
    }

    /// Presses keys at a fixed rate, and returns the time from each to its frame.
    async fn type_keys(
        mut self,
        between: Duration,
        first: Duration,
        all: Duration,
    ) -> (Self, Vec<Duration>) {
        let mut times = Vec::new();
        let end = Instant::now() + all;
        let mut next = Instant::now() + first;
        // Down and up, so that every key changes the screen.
        let mut keys = [b"j", b"j", b"k", b"k"].into_iter().cycle();
        while next < end {
            tokio::time::sleep_until(next.into()).await;
            let pressed = Instant::now();
            self.channel.data(&keys.next().unwrap()[..]).await.unwrap();
            // A frame that times out counts as [`FRAME_TIMEOUT`].
            let _ = tokio::time::timeout(FRAME_TIMEOUT, self.wait_for_frame()).await;
            times.push(pressed.elapsed());
            next = (next + between).max(pressed);
        }
        (self, times)
    }
}

/// Connects clients, [`AT_ONCE`] at a time, and measures each.
pub async fn connect(server: &Server, readers: usize, size: Size) -> (Vec<TestSession>, Times) {
    let mut connected = Vec::new();
    let mut times = Vec::new();
    while connected.len() < readers {
        let more = AT_ONCE.min(readers - connected.len());
        let batch: Vec<_> = (0..more)
            .map(|_| tokio::spawn(TestSession::connect(server.address, size)))
            .collect();
        for reader in batch {
            let (reader, time) = reader.await.unwrap();
            connected.push(reader);
            times.push(time);
        }
    }
    (connected, times.into_iter().collect())
}

/// Lets all clients press keys at a fixed rate, no two at once, and measures the time to each frame.
pub async fn type_keys(
    readers: Vec<TestSession>,
    between: Duration,
    all: Duration,
) -> (Vec<TestSession>, Times) {
    let count = u32::try_from(readers.len()).unwrap();
    let typing: Vec<_> = (0..)
        .zip(readers)
        .map(|(n, reader): (u32, _)| {
            tokio::spawn(reader.type_keys(between, between * n / count, all))
        })
        .collect();
    let mut times = Vec::new();
    let mut readers = Vec::new();
    for reader in typing {
        let (reader, measured) = reader.await.unwrap();
        readers.push(reader);
        times.extend(measured);
    }
    (readers, times.into_iter().collect())
}
