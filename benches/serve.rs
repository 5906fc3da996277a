//! Loads a server with readers and prints what each costs: `cargo bench --bench serve -- 100 1000`.
//!
//! The server is the built program, the readers are russh clients of this process, and both share
//! the machine, so that times are upper bounds. Connections go to loopback only. Per number of
//! readers: memory of the server's process a session, from connecting to the first frame, and from
//! a key to its frame, where 100 readers or fewer press ten keys a second each, and more of them
//! press 500 a second together.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]
#![expect(clippy::cast_precision_loss, reason = "what is printed is rounded")]

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use russh::client::{self, Config, Handle, Msg};
use russh::keys::PublicKeyOrCertificate;
use russh::{Channel, ChannelMsg};

/// How long keys are pressed.
const TYPING: Duration = Duration::from_secs(10);

/// How many readers connect at once.
const AT_ONCE: usize = 8;

/// The most readers; each takes a file descriptor on both sides.
const MOST: usize = 2_000;

struct AnyServer;

impl client::Handler for AnyServer {
    type Error = russh::Error;

    async fn check_server_key(&mut self, _: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
        Ok(true)
    }
}

struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("codeleaf-bench-{}", std::process::id()));
        let many = MOST.to_string();
        let mut child = Command::new(env!("CARGO_BIN_EXE_codeleaf"))
            .args([
                "serve",
                "--open",
                "--listen",
                "127.0.0.1:0",
                "--max-connections",
                &many,
            ])
            .args(["--max-logins", &many, "--max-logins-per-address", &many])
            .arg("--host-key")
            .arg(folder.join("key"))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, rest) = line.split_once("listening address=")?;
                rest.split(' ').next()?.parse().ok()
            })
            .unwrap();
        // A log that nobody reads would hold the server up.
        std::thread::spawn(move || lines.for_each(drop));
        std::fs::remove_dir_all(folder).unwrap();
        Self { child, address }
    }

    /// Returns the memory that the process has, in KiB.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Returns the time that the process has had, in ticks of 10 ms.
    fn ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let (_, rest) = stat.rsplit_once(") ").unwrap();
        let field = |n: usize| -> u64 { rest.split(' ').nth(n).unwrap().parse().unwrap() };
        field(11) + field(12)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

struct Reader {
    channel: Channel<Msg>,
    _connection: Handle<AnyServer>,
}

impl Reader {
    async fn connect(address: SocketAddr) -> (Self, Duration) {
        let started = Instant::now();
        let config = Config {
            nodelay: true,
            ..Config::default()
        };
        let mut connection = client::connect(Arc::new(config), address, AnyServer)
            .await
            .unwrap();
        assert!(
            connection
                .authenticate_none("load")
                .await
                .unwrap()
                .success()
        );
        let channel = connection.channel_open_session().await.unwrap();
        channel.set_env(false, "LANG", "en_US.UTF-8").await.unwrap();
        channel
            .request_pty(false, "xterm-256color", 80, 24, 0, 0, &[])
            .await
            .unwrap();
        channel.request_shell(false).await.unwrap();
        let mut reader = Self {
            channel,
            _connection: connection,
        };
        reader.frame().await;
        (reader, started.elapsed())
    }

    /// Waits for a frame, and answers as a terminal does.
    async fn frame(&mut self) {
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

    /// Presses keys in even time, and returns how long each took to show.
    async fn type_on(mut self, between: Duration, first: Duration) -> (Self, Vec<Duration>) {
        let mut times = Vec::new();
        let mut next = Instant::now() + first;
        let end = Instant::now() + TYPING;
        // Down and up again, so that every key moves something.
        let mut keys = [b"j", b"j", b"k", b"k"].into_iter().cycle();
        while next < end {
            tokio::time::sleep_until(next.into()).await;
            let pressed = Instant::now();
            self.channel.data(&keys.next().unwrap()[..]).await.unwrap();
            self.frame().await;
            times.push(pressed.elapsed());
            next += between;
        }
        (self, times)
    }
}

fn print(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    println!(
        "  {what}: p50 {:.2} ms, p95 {:.2} ms, p99 {:.2} ms, of {}",
        at(50),
        at(95),
        at(99),
        times.len()
    );
}

async fn load(readers: usize) {
    let server = Server::start();
    // What the first session brings along is not its own.
    drop(Reader::connect(server.address).await);
    tokio::time::sleep(Duration::from_millis(500)).await;
    let before = server.memory();
    println!("{readers} readers; the server alone has {before} KiB");
    let mut connected = Vec::new();
    let mut times = Vec::new();
    while connected.len() < readers {
        let more = AT_ONCE.min(readers - connected.len());
        let batch: Vec<_> = (0..more)
            .map(|_| tokio::spawn(Reader::connect(server.address)))
            .collect();
        for reader in batch {
            let (reader, time) = reader.await.unwrap();
            connected.push(reader);
            times.push(time);
        }
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let each = (server.memory() - before) as f64 / readers as f64;
    println!("  memory a session: {each:.1} KiB");
    print(
        &format!("connect to first frame ({AT_ONCE} at once)"),
        times,
    );
    let rest = server.ticks();
    tokio::time::sleep(TYPING).await;
    let idle = (server.ticks() - rest) as f64 / TYPING.as_secs_f64();
    println!("  idle: {idle:.2} % of a core");
    let between = if readers <= 100 {
        Duration::from_millis(100)
    } else {
        Duration::from_millis(2) * u32::try_from(readers).unwrap()
    };
    let busy = server.ticks();
    let typing: Vec<_> = connected
        .into_iter()
        .enumerate()
        .map(|(n, reader)| {
            let first = between * u32::try_from(n).unwrap() / u32::try_from(readers).unwrap();
            tokio::spawn(reader.type_on(between, first))
        })
        .collect();
    let mut times = Vec::new();
    let mut connected = Vec::new();
    for reader in typing {
        let (reader, some) = reader.await.unwrap();
        connected.push(reader);
        times.extend(some);
    }
    let keys = times.len() as f64 / TYPING.as_secs_f64();
    print(&format!("key to frame, {keys:.0} keys/s"), times);
    let busy = (server.ticks() - busy) as f64 / TYPING.as_secs_f64();
    println!("  typing: {busy:.1} % of a core");
    let each = (server.memory() - before) as f64 / readers as f64;
    println!("  memory a session after it: {each:.1} KiB");
}

fn main() {
    let numbers: Vec<usize> = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .map(|readers: usize| readers.clamp(1, MOST))
        .collect();
    let numbers = if numbers.is_empty() {
        vec![100]
    } else {
        numbers
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    for readers in numbers {
        runtime.block_on(load(readers));
    }
}
