//! Hostile clients. They run in a separate process at the lowest priority: real ones would not use
//! the server's processor.

use std::future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::Ordering;
use std::time::Duration;

use russh::ChannelMsg;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{interval, sleep};

use crate::reader::{TestSession, dial};
use crate::support::ears::StallableStream;
use crate::support::raw_ssh::{kex_init, kexinit};

/// Silent connections per address.
const SILENT_CONNECTIONS: u8 = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attack {
    Unread,
    Escapes,
    Paste,
    Resizes,
    Silence,
    Crowd,
    KeyExchange,
    Rekey,
}

impl Attack {
    pub const ALL: [Self; 8] = [
        Self::Unread,
        Self::Escapes,
        Self::Paste,
        Self::Resizes,
        Self::Silence,
        Self::Crowd,
        Self::KeyExchange,
        Self::Rekey,
    ];

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unread => "deaf",
            Self::Escapes => "escapes",
            Self::Paste => "paste",
            Self::Resizes => "resizes",
            Self::Silence => "silence",
            Self::Crowd => "crowd",
            Self::KeyExchange => "kex",
            Self::Rekey => "rekey",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|attack| attack.name() == name)
    }

    pub const fn description(self) -> &'static str {
        match self {
            Self::Unread => "turns pages at 300x100, 20 a second, and reads nothing",
            Self::Escapes => "sends Esc as fast as it is taken",
            Self::Paste => "pastes without end, as fast as it is taken",
            Self::Resizes => "changes its size 50 times a second",
            Self::Silence => "500 connections from 5 addresses that send nothing",
            Self::Crowd => "500 connections from 250 addresses that send nothing",
            Self::KeyExchange => "20 connections from one address, exchanging keys without pause",
            Self::Rekey => "two logged-in clients that rekey without pause",
        }
    }

    /// The key exchanges are not stopped by penalties, so that their full cost is measured.
    pub const fn server_options(self) -> &'static [&'static str] {
        match self {
            Self::KeyExchange => &["--open", "--penalty-time", "off"],
            _ => &["--open"],
        }
    }

    /// Whether the attack is on other clients' logins.
    pub const fn is_about_logins(self) -> bool {
        matches!(
            self,
            Self::Silence | Self::Crowd | Self::KeyExchange | Self::Rekey
        )
    }

    /// Runs several attacks at once, forever.
    pub async fn run(self, address: SocketAddr, times: usize) {
        for _ in 0..times {
            match self {
                Self::Unread => drop(tokio::spawn(page_without_reading(address))),
                Self::Escapes => drop(tokio::spawn(flood_input(address, b"", b"\x1b"))),
                Self::Paste => drop(tokio::spawn(flood_input(
                    address,
                    b"/\x1b[200~",
                    b"modifier ",
                ))),
                Self::Resizes => drop(tokio::spawn(flood_resizes(address))),
                Self::Silence => hold_silent_connections(address, 5, SILENT_CONNECTIONS),
                Self::Crowd => hold_silent_connections(address, 250, 2),
                Self::KeyExchange => {
                    for _ in 0..20 {
                        tokio::spawn(exchange_keys(address));
                    }
                }
                Self::Rekey => {
                    for _ in 0..2 {
                        tokio::spawn(rekey(address));
                    }
                }
            }
        }
        future::pending::<()>().await;
    }
}

async fn page_without_reading(address: SocketAddr) {
    let stream = dial(Ipv4Addr::LOCALHOST.into(), address).await.unwrap();
    let (stream, stalled) = StallableStream::new(stream);
    let mut reader = TestSession::open(stream, 300, 100).await.unwrap();
    reader.wait_for_frame().await;
    stalled.store(true, Ordering::Relaxed);
    let mut time = interval(Duration::from_millis(50));
    for key in [b"\x1b[6~", b"\x1b[5~"].into_iter().cycle() {
        time.tick().await;
        // Ctrl-L redraws the whole screen.
        let keys = [key, &b"\x0c"[..]].concat();
        if reader.channel.data(&keys[..]).await.is_err() {
            return;
        }
    }
}

/// Sends `first`, then `more` forever.
async fn flood_input(address: SocketAddr, first: &[u8], more: &[u8]) {
    let stream = dial(Ipv4Addr::LOCALHOST.into(), address).await.unwrap();
    let TestSession {
        mut channel,
        connection,
    } = TestSession::open(stream, 80, 24).await.unwrap();
    channel.data(first).await.unwrap();
    let more = more.repeat(8192 / more.len());
    let mut writer = channel.make_writer();
    let writing = async { while writer.write_all(&more).await.is_ok() {} };
    let reading =
        async { while !matches!(channel.wait().await, None | Some(ChannelMsg::Close)) {} };
    tokio::join!(writing, reading);
    drop(connection);
}

async fn flood_resizes(address: SocketAddr) {
    let stream = dial(Ipv4Addr::LOCALHOST.into(), address).await.unwrap();
    let mut reader = TestSession::open(stream, 80, 24).await.unwrap();
    let mut time = interval(Duration::from_millis(20));
    for columns in (20..300).step_by(7).cycle() {
        tokio::select! {
            _ = time.tick() => {}
            () = reader.wait_for_frame() => continue,
        }
        let rows = columns / 3;
        let changed = reader.channel.window_change(columns, rows, 0, 0);
        if changed.await.is_err() {
            return;
        }
    }
}

/// Holds silent connections open from several addresses, and reconnects rejected ones.
fn hold_silent_connections(address: SocketAddr, addresses: u8, each: u8) {
    for from in 1..=addresses {
        for _ in 0..each {
            tokio::spawn(async move {
                loop {
                    let from = Ipv4Addr::new(127, 0, 1, from);
                    if let Ok(mut stream) = dial(from.into(), address).await {
                        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
                    }
                    sleep(Duration::from_secs(1)).await;
                }
            });
        }
    }
}

/// Requests key exchanges on one connection after another. The client itself computes nothing.
async fn exchange_keys(address: SocketAddr) {
    // An ML-KEM key, all of whose coefficients are 0, and the base point of Curve25519.
    let key = [&[0; 1184][..], &[9], &[0; 31]].concat();
    let packets = [
        b"SSH-2.0-attack\r\n".to_vec(),
        kexinit("mlkem768x25519-sha256"),
        kex_init(&key),
    ]
    .concat();
    loop {
        let from = Ipv4Addr::new(127, 0, 1, 1);
        let Ok(mut stream) = dial(from.into(), address).await else {
            continue;
        };
        // Of 1,778 bytes; the last packet has the server's key and signature.
        let mut reply = [0; 1700];
        if stream.write_all(&packets).await.is_err() || stream.read_exact(&mut reply).await.is_err()
        {
            // The server has rejected the connection.
            sleep(Duration::from_millis(1)).await;
        }
    }
}

async fn rekey(address: SocketAddr) {
    let stream = dial(Ipv4Addr::new(127, 0, 1, 1).into(), address)
        .await
        .unwrap();
    let mut reader = TestSession::open(stream, 80, 24).await.unwrap();
    reader.wait_for_frame().await;
    while reader.connection.rekey_soon().await.is_ok() {
        tokio::task::yield_now().await;
    }
}
