//! Starts, reloads and stops the server.

use std::borrow::Cow;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use russh::keys::{Algorithm, EcdsaCurve};
use russh::server::Config;
use russh::{MethodKind, MethodSet, Preferred, SshId, cipher, compression, kex, mac};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use crate::files::{self, FileError};
use crate::library::BrokenFile;
use crate::serve::auth::authorized_keys::AuthorizedKeysFile;
use crate::serve::auth::host_key::{HostKey, HostKeyError};
use crate::serve::command::Interpreter;
use crate::serve::content::ServedContent;
use crate::serve::listener;
use crate::serve::ops::log;
use crate::serve::ops::metrics::{self, Metrics};
use crate::serve::ops::sd_notify::notify_manager;
use crate::serve::positions::PositionStore;
use crate::serve::sandbox::{FileAccess, Sandbox};
use crate::serve::settings::{Access, Limits, LogFormat, Settings, SettingsError};
use crate::serve::state::ServerState;
use crate::sync::lock;
use crate::text::sanitize;

/// How long sessions may take to end when the server stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// The algorithms that the server offers.
///
/// * Key exchange on Curve25519 only, with and without ML-KEM: Diffie-Hellman in russh's groups would
///   let one packet without a login take half a second of a processor.
/// * Authenticated encryption, or a MAC over the ciphertext.
/// * No compression (CVE-2026-46702).
const ALGORITHMS: Preferred = Preferred {
    kex: Cow::Borrowed(&[
        kex::MLKEM768X25519_SHA256,
        kex::CURVE25519,
        kex::CURVE25519_PRE_RFC_8731,
        kex::EXTENSION_SUPPORT_AS_SERVER,
        kex::EXTENSION_OPENSSH_STRICT_KEX_AS_SERVER,
    ]),
    // Of the host key, which is an ed25519 key, and of users' keys.
    key: Cow::Borrowed(&[
        Algorithm::Ed25519,
        ecdsa(EcdsaCurve::NistP256),
        ecdsa(EcdsaCurve::NistP384),
        ecdsa(EcdsaCurve::NistP521),
    ]),
    host_key_certificates: Cow::Borrowed(&[]),
    cipher: Cow::Borrowed(&[
        cipher::CHACHA20_POLY1305,
        cipher::AES_256_GCM,
        cipher::AES_256_CTR,
        cipher::AES_128_CTR,
    ]),
    mac: Cow::Borrowed(&[mac::HMAC_SHA512_ETM, mac::HMAC_SHA256_ETM]),
    compression: Cow::Borrowed(&[compression::NONE]),
};

const fn ecdsa(curve: EcdsaCurve) -> Algorithm {
    Algorithm::Ecdsa { curve }
}

/// The maximum size of a banner, in bytes.
const MAX_BANNER_SIZE: u64 = 64 * 1024;

/// The inputs of a server. A reload calls the functions again.
pub struct ServerOptions {
    pub settings: Settings,
    pub host_key: HostKey,
    /// What the server may read and write after its start.
    pub files: FileAccess,
    /// The folder of saved reading positions, used if users log in with a key.
    pub positions_folder: Option<PathBuf>,
    pub interpret: Interpreter,
    pub reload_settings: Box<dyn Fn() -> Result<Settings, String> + Send + Sync>,
    pub load_content: ContentLoader,
}

/// Loads documents, key bindings and theme. It gets the current content, if there is any, and
/// returns the broken files too.
pub type ContentLoader = Box<
    dyn Fn(&Settings, Option<&ServedContent>) -> Result<(ServedContent, Vec<BrokenFile>), String>
        + Send
        + Sync,
>;

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    HostKey(#[from] HostKeyError),
    #[error("cannot start the log: {0}")]
    Log(io::Error),
    #[error("{0}")]
    Content(String),
    // No field is named `source`: its message would be printed twice.
    #[error("cannot read the {what} {}: {error}", path.display())]
    File {
        what: &'static str,
        path: PathBuf,
        error: FileError,
    },
    #[error("cannot listen on {address}: {error}")]
    Listen {
        address: SocketAddr,
        error: io::Error,
    },
    /// The system refuses threads, timers or signals.
    #[error("cannot start")]
    Io(#[from] io::Error),
}

/// Serves until SIGTERM or SIGINT.
pub fn run(options: ServerOptions) -> Result<(), ServeError> {
    let access = options.settings.access()?;
    let limits = options.settings.limits()?;
    // Before any thread starts.
    let sandbox = Sandbox::enter(&options.files, &options.settings.ports());
    let metrics = Arc::new(Metrics::default());
    let format = options.settings.log_format.unwrap_or(LogFormat::Text);
    let log = log::init(format, metrics.dropped_log_lines.clone()).map_err(ServeError::Log)?;
    tracing::info!(
        enforced = sandbox.enforced,
        read = sandbox.read,
        write = sandbox.write,
        "sandbox"
    );
    raise_descriptor_limit();
    let result = start(options, &access, limits, metrics);
    log.finish();
    result
}

/// Loads keys, content and banner, and serves.
fn start(
    options: ServerOptions,
    access: &Access,
    limits: Limits,
    metrics: Arc<Metrics>,
) -> Result<(), ServeError> {
    let (authorized_keys, positions) = match access {
        Access::Open => (None, None),
        Access::Keys(path) => {
            let keys = AuthorizedKeysFile::open(path);
            let keys = keys.map_err(|error| unreadable("authorized keys", path, error))?;
            let folder = options.positions_folder.clone();
            (Some(keys), folder.map(PositionStore::open).transpose()?)
        }
    };
    let (content, broken) =
        (options.load_content)(&options.settings, None).map_err(ServeError::Content)?;
    log_broken(&broken);
    let server = ServerState {
        banner: Mutex::new(read_banner(&options.settings)?),
        positions,
        ..ServerState::new(authorized_keys, options.interpret, limits, content, metrics)
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(4)
        .build()?;
    let config = config(&options.host_key, access, options.settings.max_auth_tries());
    let result = runtime.block_on(serve(options, config, server));
    // Does not wait for tasks that exceeded the drain timeout.
    runtime.shutdown_background();
    result
}

async fn serve(
    options: ServerOptions,
    config: Config,
    server: ServerState,
) -> Result<(), ServeError> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let listener = listen(options.settings.listen_address()).await?;
    if let Some(address) = options.settings.metrics {
        let listener = listen(address).await?;
        tracing::info!(address = %listener.local_addr()?, "metrics");
        tokio::spawn(metrics::serve(Arc::clone(&server.metrics), listener));
    }
    let server = Arc::new(server);
    tracing::info!(
        address = %listener.local_addr()?,
        fingerprint = options.host_key.fingerprint(),
        documents = server.content.borrow().library.entries().len(),
        "listening"
    );
    notify_manager("READY=1");
    let accept = listener::accept(Arc::clone(&server), Arc::new(config), listener);
    let accepting = tokio::spawn(accept);
    let state = Arc::clone(&server);
    let settings = Mutex::new(options.settings.clone());
    let reload = Arc::new(move || reload(&state, &options, &mut lock(&settings)));
    let reloading = async {
        while hang_up.recv().await.is_some() {
            let reload = Arc::clone(&reload);
            // A slow disk blocks a thread without tasks.
            if let Err(panic) = spawn_blocking(move || reload()).await {
                tracing::error!(error = panic.to_string(), "keeping the previous documents");
            }
        }
    };
    // A slow reload does not delay the end.
    let name = tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
        () = reloading => "SIGHUP",
    };
    tracing::info!(signal = name, "stopping");
    notify_manager("STOPPING=1");
    accepting.abort();
    drain(&server).await;
    Ok(())
}

/// The configuration of russh. It differs from the defaults:
///
/// * methods: public keys, or none at all on an open server; no passwords and no
///   keyboard-interactive (CVE-2026-42189);
/// * algorithms: see [`ALGORITHMS`];
/// * a window of 64 KiB, since users send keys, and a queue of two events, so that little is
///   buffered for a client that does not read;
/// * keepalives every 30 s, of which three may stay unanswered, instead of an inactivity timer,
///   which any traffic resets: see `session_timers`;
/// * a rejection takes 250 ms, so that an agent with several keys reaches the right one in time;
/// * one rejection more than `max_auth_tries`, since clients begin with a request for the list of
///   methods, which russh counts.
pub fn config(host_key: &HostKey, access: &Access, max_auth_tries: usize) -> Config {
    let methods: &[MethodKind] = match access {
        Access::Open => &[MethodKind::None, MethodKind::PublicKey],
        Access::Keys(_) => &[MethodKind::PublicKey],
    };
    Config {
        server_id: SshId::Standard(Cow::Borrowed("SSH-2.0-codeleaf")),
        methods: MethodSet::from(methods),
        auth_rejection_time: Duration::from_millis(250),
        auth_rejection_time_initial: Some(Duration::ZERO),
        max_auth_attempts: max_auth_tries.saturating_add(1),
        keys: vec![host_key.private_key()],
        window_size: 64 * 1024,
        channel_buffer_size: 8,
        event_buffer_size: 2,
        preferred: ALGORITHMS,
        inactivity_timeout: None,
        keepalive_interval: Some(Duration::from_secs(30)),
        keepalive_max: 3,
        nodelay: true,
        ..Config::default()
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let failed = |error| ServeError::Listen { address, error };
    TcpListener::bind(address).await.map_err(failed)
}

/// Reads settings, keys and content again. Each stays as it is if its new version is broken.
fn reload(server: &ServerState, options: &ServerOptions, settings: &mut Settings) {
    if let Err(error) = reload_settings(server, options, settings) {
        tracing::error!(error, "keeping the previous settings");
    }
    if let Some(keys) = &server.authorized_keys {
        // Logs an error, if there is one.
        keys.current_keys();
    }
    server.reloads.send_replace(());
    let previous = Arc::clone(&server.content.borrow());
    match (options.load_content)(settings, Some(&previous)) {
        Ok((content, broken)) => {
            log_broken(&broken);
            let documents = content.library.entries().len();
            server.content.send_replace(Arc::new(content));
            tracing::info!(documents, "reloaded");
        }
        Err(error) => tracing::error!(error, "keeping the previous documents"),
    }
}

fn reload_settings(
    server: &ServerState,
    options: &ServerOptions,
    settings: &mut Settings,
) -> Result<(), String> {
    let new = (options.reload_settings)()?;
    let limits = new.limits().map_err(|error| error.to_string())?;
    let banner = read_banner(&new).map_err(|error| error.to_string())?;
    if needs_restart(&new, settings) {
        tracing::warn!(
            "changes of listen, metrics, host-key, log-format, max-auth-tries, open and \
             authorized-keys need a restart"
        );
    }
    server.limits.send_replace(Arc::new(limits));
    *lock(&server.banner) = banner;
    *settings = new;
    Ok(())
}

fn needs_restart(new: &Settings, old: &Settings) -> bool {
    (new.listen, new.metrics, &new.host_key, new.log_format)
        != (old.listen, old.metrics, &old.host_key, old.log_format)
        || new.max_auth_tries() != old.max_auth_tries()
        || new.access() != old.access()
}

/// Reads the text that clients show before the login, without control characters.
fn read_banner(settings: &Settings) -> Result<Option<String>, ServeError> {
    let Some(path) = &settings.banner else {
        return Ok(None);
    };
    let text = files::read(path, MAX_BANNER_SIZE);
    let text = text.map_err(|error| unreadable("banner", path, error))?;
    let text = String::from_utf8_lossy(&text);
    let lines = text.lines().map(|line| format!("{}\n", sanitize(line)));
    Ok(Some(lines.collect()))
}

fn unreadable(what: &'static str, path: &Path, error: FileError) -> ServeError {
    let path = path.to_owned();
    ServeError::File { what, path, error }
}

fn log_broken(broken: &[BrokenFile]) {
    for file in broken {
        let path = file.path.display().to_string();
        tracing::error!(
            path = &*sanitize(&path),
            report = file.report,
            "a document is broken; its last valid version stays, if there is one"
        );
    }
}

/// Ends every session, and waits until their connections are closed.
async fn drain(server: &Arc<ServerState>) {
    let deadline = Instant::now() + DRAIN_TIMEOUT;
    server.draining.send_replace(true);
    while server.limiter.connections() > 0 && Instant::now() < deadline {
        sleep(Duration::from_millis(20)).await;
    }
    if let Some(positions) = &server.positions
        && !positions.flush()
    {
        tracing::warn!("some reading positions were lost, because the disk was too slow");
    }
    let left = server.limiter.connections();
    tracing::info!(left, "stopped");
}

/// Raises the limit of file descriptors to the maximum: each connection takes one, and the usual
/// 1,024 are fewer than `max-connections` may be.
fn raise_descriptor_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // If this fails, accepting fails at the old limit and logs it.
    let _ = setrlimit(Resource::Nofile, limit);
}
