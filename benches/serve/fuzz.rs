//! Memory of a server whose logged-in clients send random requests.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use russh::{Channel, Sig, client::Msg};
use tokio::time::{sleep, timeout};

use crate::reader::{NARROW, TestSession, dial};
use crate::server::Server;

/// The number of clients at once.
const CLIENTS: u64 = 8;

/// The number of requests of a connection.
const REQUESTS: usize = 200;

/// The number of times that the memory is printed.
const SAMPLES: u32 = 10;

/// Sends random requests for a time, and prints the server's memory.
pub async fn measure(all: Duration) {
    println!(
        "{CLIENTS} clients that send random requests for {} s",
        all.as_secs()
    );
    let server = Server::start(&["--open"]);
    let end = Instant::now() + all;
    for client in 1..=CLIENTS {
        let address = server.address;
        tokio::spawn(async move {
            let mut random = Random(client);
            while Instant::now() < end {
                let from = Ipv4Addr::new(127, 0, 2, u8::try_from(client).unwrap());
                if let Ok(stream) = dial(from.into(), address).await
                    && let Ok(session) = TestSession::open(stream, 80, 24).await
                {
                    send_requests(session, &mut random).await;
                }
            }
        });
    }
    for sample in 1..=SAMPLES {
        sleep(all / SAMPLES).await;
        println!(
            "  after {:3} %: {} KiB",
            sample * 100 / SAMPLES,
            server.memory_kib()
        );
    }
    // Fails if the server has ended.
    TestSession::connect(server.address, NARROW).await;
}

/// A xorshift generator, so that a run can be repeated.
struct Random(u64);

impl Random {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }

    fn size(&mut self) -> u32 {
        let bits = self.next(33);
        u32::try_from(self.next(1 << bits)).unwrap()
    }

    fn bytes(&mut self) -> Vec<u8> {
        let length = self.next(4096);
        (0..length)
            .map(|_| self.next(256).to_le_bytes()[0])
            .collect()
    }

    fn text(&mut self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }
}

/// Sends requests until the server has had enough. Errors are what such a client must expect.
async fn send_requests(mut session: TestSession, random: &mut Random) {
    for _ in 0..REQUESTS {
        let request = async {
            match random.next(6) {
                0 => send_connection_request(&session, random).await,
                _ => send_channel_request(&session.channel, random).await,
            }
        };
        let sent = timeout(Duration::from_millis(500), request).await;
        // The client's queue of messages is short.
        loop {
            match timeout(Duration::from_millis(1), session.channel.wait()).await {
                Ok(Some(_)) => {}
                Ok(None) => return,
                Err(_) => break,
            }
        }
        if matches!(sent, Ok(Err(russh::Error::SendError))) {
            return;
        }
    }
}

async fn send_connection_request(
    session: &TestSession,
    random: &mut Random,
) -> Result<(), russh::Error> {
    let connection = &session.connection;
    let text = random.text();
    match random.next(8) {
        0 => connection.channel_open_session().await.map(drop),
        1 => connection
            .channel_open_x11(text, random.size())
            .await
            .map(drop),
        2 => connection
            .channel_open_direct_tcpip(text, random.size(), "x", 1)
            .await
            .map(drop),
        3 => connection
            .channel_open_direct_streamlocal(text)
            .await
            .map(drop),
        4 => {
            let data = random.bytes();
            let sent = connection.send_global_request(text, &data, true);
            sent.await.map(drop)
        }
        5 => connection.send_keepalive(true).await,
        6 => connection.no_more_sessions(true).await,
        _ => connection.rekey_soon().await,
    }
}

async fn send_channel_request(
    channel: &Channel<Msg>,
    random: &mut Random,
) -> Result<(), russh::Error> {
    let (text, reply) = (random.text(), random.next(2) == 0);
    match random.next(16) {
        0 => channel.set_env(reply, text.clone(), text).await,
        1 => channel.exec(reply, random.bytes()).await,
        2 => channel.request_subsystem(reply, text).await,
        3 => channel.signal(Sig::Custom(text)).await,
        4 => {
            channel
                .request_x11(reply, true, text, "1", random.size())
                .await
        }
        5 => channel.agent_forward(reply).await,
        6 => {
            let (columns, rows) = (random.size(), random.size());
            channel
                .request_pty(reply, &text, columns, rows, 0, 0, &[])
                .await
        }
        7 => {
            let data = random.bytes();
            channel.extended_data(random.size(), &data[..]).await
        }
        8 => channel.request_shell(reply).await,
        9 if random.next(50) == 0 => channel.eof().await,
        10 if random.next(50) == 0 => channel.close().await,
        11 | 12 => {
            let (columns, rows) = (random.size(), random.size());
            channel.window_change(columns, rows, 0, 0).await
        }
        _ => channel.data(&random.bytes()[..]).await,
    }
}
