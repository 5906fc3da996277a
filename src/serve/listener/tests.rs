//! Sessions of an in-process server and client on one thread.

use std::sync::Mutex;

use russh::client::{Handle, Msg};
use russh::keys::PublicKeyOrCertificate;
use russh::{Channel, ChannelMsg, client};

use super::*;
use crate::app::{Keymap, PaneVisibility};
use crate::layout::TableMode;
use crate::serve::auth::host_key::HostKey;
use crate::serve::channel::session_task::PANIC_BYTE;
use crate::serve::command::{CommandContext, Response, SessionOptions};
use crate::serve::content::{Appearance, ServedContent};
use crate::serve::ops::log::log_panic;
use crate::serve::settings::{Access, Settings};
use crate::tty::{DisplayMode, Overrides};
use crate::view::Theme;

#[derive(Clone, Default)]
struct CapturedLog(Arc<Mutex<Vec<u8>>>);

impl io::Write for CapturedLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::Write::write(&mut *self.0.lock().unwrap(), bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl CapturedLog {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// Opens the first document, whatever the command line.
fn interpret(command: &CommandContext<'_>) -> Response {
    assert_ne!(command.line, "panic", "panic for a test");
    let library = &command.content.library;
    let DisplayMode::Interactive(capabilities) = command.client.display_mode(Overrides::default())
    else {
        panic!("no terminal");
    };
    Response::Session(Box::new(SessionOptions {
        document: library.document(&library.entries()[0].code).unwrap(),
        row_path: None,
        top: 0,
        table_mode: TableMode::Columns,
        capabilities,
        appearance: command.content.appearance.clone(),
    }))
}

/// Starts an open server on this thread.
async fn start_server() -> (Arc<ServerState>, SocketAddr) {
    let theme = Theme::built_in("dark").unwrap().unwrap();
    let loader = crate::loader::library_loader::LibraryLoader::new(&[], None);
    let appearance = Appearance {
        theme: Arc::new(theme),
        panes: PaneVisibility::Auto,
    };
    let (content, _) = ServedContent::load(&loader, Keymap::built_in(), appearance, None);
    let limits = Settings::default().limits().unwrap();
    let metrics = Arc::default();
    let server = ServerState::new(None, interpret, limits, content, metrics);
    let server = Arc::new(server);
    let folder = tempfile::tempdir().unwrap();
    let key = HostKey::load_or_create(&folder.path().join("key")).unwrap();
    let config = Arc::new(crate::serve::server::config(&key, &Access::Open, 6));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(accept(Arc::clone(&server), config, listener));
    (server, address)
}

struct AnyServer;

impl client::Handler for AnyServer {
    type Error = russh::Error;

    async fn check_server_key(&mut self, _: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
        Ok(true)
    }
}

async fn exec(address: SocketAddr, line: &str) -> (Handle<AnyServer>, Channel<Msg>) {
    let config = Arc::new(client::Config::default());
    let mut connection = client::connect(config, address, AnyServer).await.unwrap();
    assert!(connection.authenticate_none("x").await.unwrap().success());
    let channel = connection.channel_open_session().await.unwrap();
    let pty = channel.request_pty(false, "xterm", 80, 24, 0, 0, &[]);
    pty.await.unwrap();
    channel.exec(false, line).await.unwrap();
    (connection, channel)
}

/// Reads all output and the exit status.
async fn read_to_end(mut channel: Channel<Msg>) -> (String, Option<u32>) {
    let (mut output, mut status) = (Vec::new(), None);
    while let Some(message) = channel.wait().await {
        match message {
            ChannelMsg::Data { data } | ChannelMsg::ExtendedData { data, .. } => {
                output.extend_from_slice(&data);
            }
            ChannelMsg::ExitStatus { exit_status } => status = Some(exit_status),
            _ => {}
        }
    }
    (String::from_utf8_lossy(&output).into_owned(), status)
}

async fn wait_for_frame(channel: &mut Channel<Msg>) {
    while !matches!(channel.wait().await.unwrap(), ChannelMsg::Data { .. }) {}
}

/// Presses a key, and waits for the frame.
async fn press(channel: &mut Channel<Msg>) {
    channel.data(&b"j"[..]).await.unwrap();
    wait_for_frame(channel).await;
}

#[tokio::test]
async fn panic_ends_one_of_fifty_sessions() {
    let log = CapturedLog::default();
    let writer = log.clone();
    let lines = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .finish();
    // Everything runs on this thread.
    let _guard = tracing::subscriber::set_default(lines);
    let previous = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        log_panic(panic);
        previous(panic);
    }));
    let (server, address) = start_server().await;
    let mut others = Vec::new();
    for _ in 0..49 {
        let (connection, mut channel) = exec(address, "").await;
        wait_for_frame(&mut channel).await;
        others.push((connection, channel));
    }
    for (line, panics) in [("", 1), ("panic", 2)] {
        let (connection, mut failing) = exec(address, line).await;
        if line.is_empty() {
            wait_for_frame(&mut failing).await;
            failing.data(&[b'j', PANIC_BYTE][..]).await.unwrap();
        }
        let (output, status) = read_to_end(failing).await;
        assert!(
            output.contains("sorry, an internal error ended this session"),
            "{output}"
        );
        assert_eq!(status, Some(101));
        // The screen is restored, if there was one.
        assert_eq!(output.contains("\x1b[?1049l"), line.is_empty(), "{output}");
        assert_eq!(server.metrics.panics.get(), panics);
        drop(connection);
        while server.limiter.connections() > others.len() {
            tokio::task::yield_now().await;
        }
        for (_, channel) in &mut others {
            press(channel).await;
        }
    }
    // One line per panic, with its connection and place.
    let log = log.text();
    let errors: Vec<&str> = log.lines().filter(|line| line.contains("ERROR")).collect();
    assert_eq!(errors.len(), 2, "{log}");
    for (error, connection) in errors.iter().zip([50, 51]) {
        let named = format!("panic connection={connection} place=");
        assert!(error.contains(&named), "{error}");
    }
    assert_eq!(server.metrics.sessions.get(), 49);
}
