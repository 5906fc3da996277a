//! Hostile clients, and their cost to the server and to other users.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use russh::client::{self, Config, Handle, Msg};
use russh::keys::PublicKeyOrCertificate;
use russh::{Channel, ChannelMsg, Error};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::time::{sleep, timeout};

use super::client::Ssh;
use super::server::{Server, TIMEOUT};
use crate::support::ears::StallableStream;

/// Accepts any host key.
pub struct HostileClient;

impl client::Handler for HostileClient {
    type Error = Error;

    async fn check_server_key(&mut self, _: &PublicKeyOrCertificate) -> Result<bool, Error> {
        Ok(true)
    }
}

/// Logs in with a user name.
pub async fn connect(server: &Server, user: &str) -> Handle<HostileClient> {
    let stream = TcpStream::connect(server.address).await.unwrap();
    connect_over(stream, user).await
}

pub async fn connect_over(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    user: &str,
) -> Handle<HostileClient> {
    let config = Arc::new(Config::default());
    let mut connection = client::connect_stream(config, stream, HostileClient)
        .await
        .unwrap();
    assert!(connection.authenticate_none(user).await.unwrap().success());
    connection
}

pub async fn open(
    connection: &Handle<HostileClient>,
    term: &str,
    columns: u32,
    rows: u32,
) -> Channel<Msg> {
    let channel = connection.channel_open_session().await.unwrap();
    channel
        .request_pty(false, term, columns, rows, 0, 0, &[])
        .await
        .unwrap();
    channel.request_shell(false).await.unwrap();
    channel
}

/// Sends input for three seconds without reading. Returns how many bytes were sent.
async fn flood(channel: &Channel<Msg>, input: &[u8]) -> usize {
    let mut sent = 0;
    let end = Instant::now() + Duration::from_secs(3);
    while Instant::now() < end {
        let message = input.repeat(8192 / input.len());
        let push = timeout(Duration::from_millis(200), channel.data(&message[..]));
        if push.await.is_ok() {
            sent += message.len();
        }
    }
    sent
}

#[test]
fn floods_use_bounded_memory_and_others_are_served() {
    let server = Server::open(&[]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let mut reader = ssh.open_reader(&server, &[], &[]);
    reader.expect("HER2/neu");
    let before = server.memory_kib();
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let floods: [&[u8]; 4] = [b"\x1b", b"jy", b"\x1b[200~endless", b"/\x15modifier"];
        let mut held = Vec::new();
        for input in floods {
            let connection = connect(&server, "x").await;
            let channel = open(&connection, "xterm", 80, 24).await;
            held.push((
                connection,
                tokio::spawn(async move {
                    flood(&channel, input).await;
                    channel
                }),
            ));
        }
        let connection = connect(&server, "x").await;
        let channel = open(&connection, "xterm", 80, 24).await;
        for turn in 0..500 {
            channel.window_change(turn, 500 - turn, 0, 0).await.unwrap();
        }
        held.push((connection, tokio::spawn(async { channel })));
        tokio::task::block_in_place(|| {
            reader.press("\x1b[C");
            reader.press("/26");
            reader.expect("Professional Component");
            assert!(ssh.run(&server, &[], &["list"]).status.success());
        });
        for (_, flood) in held {
            drop(flood.await.unwrap());
        }
    });
    // Ends the connections.
    runtime.shutdown_background();
    let grown = server.memory_kib().saturating_sub(before);
    assert!(grown < 32 * 1024, "{grown} KiB for five clients");
    server.wait_for_metric("codeleaf_sessions", 1.0);
    reader.press("\x03\x03");
    assert_eq!(reader.wait_for_exit(), 0);
}

#[test]
fn repeated_refused_requests_end_the_connection() {
    let server = Server::open(&[]);
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let connection = connect(&server, "x").await;
        let mut refusals = 0;
        while !connection.is_closed() && refusals < 200 {
            let opened = connection.channel_open_direct_tcpip("127.0.0.1", 22, "127.0.0.1", 1);
            assert!(opened.await.is_err());
            refusals += 1;
        }
        assert!(connection.is_closed() && refusals >= 64, "{refusals}");
    });
    let refused = server.log_lines("refused").len();
    assert!(refused < 10, "{refused} lines");
}

#[test]
fn clients_that_never_read_are_disconnected() {
    let server = Server::open(&["--unread-time", "1s"]);
    Runtime::new().unwrap().block_on(async {
        let stream = TcpStream::connect(server.address).await.unwrap();
        let (stream, stalled) = StallableStream::new(stream);
        let connection = connect_over(stream, "x").await;
        let mut channel = open(&connection, "xterm", 300, 100).await;
        while !matches!(channel.wait().await, Some(ChannelMsg::Data { .. })) {}
        stalled.store(true, Ordering::Relaxed);
        let redraw = async {
            while server.log_lines("disconnected").is_empty() {
                // A client that does not read never learns that the connection is closed.
                let _ = channel.data(&b"\x0c"[..]).await;
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(TIMEOUT, redraw).await.unwrap();
    });
    server.wait_for_log("the client stopped reading");
    assert_eq!(
        server.wait_for_log("session ended")["reason"],
        "Disconnected"
    );
    server.wait_for_metric("codeleaf_sessions", 0.0);
}

#[test]
fn resize_storm_respects_the_frame_limit() {
    let server = Server::open(&["--max-frames", "5"]);
    Runtime::new().unwrap().block_on(async {
        let connection = connect(&server, "x").await;
        let mut channel = open(&connection, "xterm", 80, 24).await;
        while !matches!(channel.wait().await, Some(ChannelMsg::Data { .. })) {}
        // At 20 ms the session waits for the end of the drag, at 60 ms it does not.
        for pause in [20, 60] {
            let before = server.metric("codeleaf_frames_total");
            let started = Instant::now();
            for turn in 0..50 {
                channel
                    .window_change(60 + turn, 20 + turn, 0, 0)
                    .await
                    .unwrap();
                sleep(Duration::from_millis(pause)).await;
            }
            let drawn = server.metric("codeleaf_frames_total") - before;
            let limit = started.elapsed().as_secs_f64() * 5.0 + 2.0;
            assert!(drawn <= limit, "{drawn} frames, the limit is {limit}");
        }
    });
}
