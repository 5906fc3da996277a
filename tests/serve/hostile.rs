//! Clients that mean harm: what they cost the server, and the others.

use std::sync::Arc;
use std::time::{Duration, Instant};

use russh::client::{self, Config, Handle, Msg};
use russh::keys::PublicKeyOrCertificate;
use russh::{Channel, Error};

use super::client::Ssh;
use super::server::Server;

struct Hostile;

impl client::Handler for Hostile {
    type Error = Error;

    async fn check_server_key(&mut self, _: &PublicKeyOrCertificate) -> Result<bool, Error> {
        Ok(true)
    }
}

async fn connect(server: &Server) -> (Handle<Hostile>, Channel<Msg>) {
    let config = Arc::new(Config::default());
    let mut connection = client::connect(config, server.address, Hostile)
        .await
        .unwrap();
    assert!(connection.authenticate_none("x").await.unwrap().success());
    let channel = connection.channel_open_session().await.unwrap();
    channel
        .request_pty(false, "xterm", 80, 24, 0, 0, &[])
        .await
        .unwrap();
    channel.request_shell(false).await.unwrap();
    (connection, channel)
}

/// Sends something for some seconds without reading an answer, and returns how much was taken.
async fn flood(channel: &Channel<Msg>, what: &[u8]) -> usize {
    let mut sent = 0;
    let end = Instant::now() + Duration::from_secs(3);
    while Instant::now() < end {
        let message = what.repeat(8192 / what.len());
        let push = tokio::time::timeout(Duration::from_millis(200), channel.data(&message[..]));
        if push.await.is_ok() {
            sent += message.len();
        }
    }
    sent
}

#[test]
fn floods_stay_small_and_others_are_served() {
    let server = Server::open(&[]);
    let Some(ssh) = Ssh::find(server.folder()) else {
        return;
    };
    let mut reader = ssh.read(&server, &[], &[]);
    reader.expect("HER2/neu");
    let before = server.memory();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let floods: [&[u8]; 4] = [b"\x1b", b"jy", b"\x1b[200~endless", b"/\x15modifier"];
        let mut held = Vec::new();
        for what in floods {
            let (connection, channel) = connect(&server).await;
            held.push((
                connection,
                tokio::spawn(async move {
                    flood(&channel, what).await;
                    channel
                }),
            ));
        }
        let (connection, channel) = connect(&server).await;
        for turn in 0..500 {
            channel.window_change(turn, 500 - turn, 0, 0).await.unwrap();
        }
        held.push((connection, tokio::spawn(async { channel })));
        tokio::task::block_in_place(|| {
            reader.press("\x1b[C");
            reader.press("/26");
            reader.expect("Professional Component");
            assert!(ssh.ask(&server, &[], &["list"]).status.success());
        });
        for (_, flood) in held {
            drop(flood.await.unwrap());
        }
    });
    // Their connections end with the threads that keep them.
    runtime.shutdown_background();
    let grown = server.memory().saturating_sub(before);
    assert!(grown < 32 * 1024, "{grown} KiB for five clients");
    server.await_figure("codeleaf_sessions", 1.0);
    reader.press("\x03");
    assert_eq!(reader.ended(), 0);
}

#[test]
fn asking_for_what_is_refused_again_and_again_ends_the_connection() {
    let server = Server::open(&[]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let (connection, _channel) = connect(&server).await;
        for _ in 0..200 {
            let opened = connection.channel_open_direct_tcpip("127.0.0.1", 22, "127.0.0.1", 1);
            assert!(opened.await.is_err());
        }
    });
    server.await_figure("codeleaf_connections", 0.0);
    let refused = server.log_lines("refused").len();
    assert!(refused < 10, "{refused} lines");
}
