//! Whole sessions, served and read on one thread.

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
    let recipe = crate::search::Recipe::of(&[], None);
    let (stock, _) = Stock::open(&recipe, Keymap::built_in(), theme, None);
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

    async fn check_server_key(&mut self, _: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
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
