//! Starts, reloads and stops the server.

use std::borrow::Cow;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use russh::keys::{Algorithm, EcdsaCurve};
use russh::server::Config;
use russh::{MethodKind, MethodSet, Preferred, SshId, cipher, compression, kex, mac};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, timeout};

use crate::files::{self, FileError};
use crate::library::BrokenFile;
use crate::serve::auth::authorized_keys::{AuthorizedKeysFile, AuthorizedKeysFileError};
use crate::serve::auth::host_key::{HostKey, HostKeyError};
use crate::serve::auth::policy::AuthPolicy;
use crate::serve::command::Interpreter;
use crate::serve::content::ServedContent;
use crate::serve::listener;
use crate::serve::ops::log::{self, LogError};
use crate::serve::ops::metrics::{self, Metrics};
use crate::serve::ops::sd_notify::notify_manager;
use crate::serve::positions::PositionStore;
use crate::serve::sandbox::{FileAccess, Sandbox};
use crate::serve::settings::{Access, Limits, LogFormat, Settings, SettingsError};
use crate::serve::state::{Phase, ServerState};
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
        Algorithm::Ecdsa {
            curve: EcdsaCurve::NistP256,
        },
        Algorithm::Ecdsa {
            curve: EcdsaCurve::NistP384,
        },
        Algorithm::Ecdsa {
            curve: EcdsaCurve::NistP521,
        },
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
pub type ContentLoader = Arc<
    dyn Fn(&Settings, Option<&ServedContent>) -> Result<(ServedContent, Vec<BrokenFile>), String>
        + Send
        + Sync,
>;

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    AuthorizedKeys(#[from] AuthorizedKeysFileError),
    #[error(transparent)]
    HostKey(#[from] HostKeyError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error("{0}")]
    Content(String),
    #[error("cannot read the banner {}: {error}", path.display())]
    Banner { path: PathBuf, error: FileError },
    // The field is not named `source`: the message would be printed twice.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        address: SocketAddr,
        error: io::Error,
    },
    /// The system refuses threads, timers or signals.
    #[error("cannot start: {0}")]
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
    let log = log::init(format, metrics.dropped_log_lines.clone())?;
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
    let auth = match access {
        Access::Open => AuthPolicy::Open,
        Access::Keys(path) => AuthPolicy::Keys(AuthorizedKeysFile::open(path)?),
    };
    let (content, broken) =
        (options.load_content)(&options.settings, None).map_err(ServeError::Content)?;
    log_broken(&broken);
    let server = ServerState {
        banner: Mutex::new(read_banner(&options.settings)?),
        ..ServerState::new(auth, options.interpret, limits, content, metrics)
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(4)
        .build()?;
    let result = runtime.block_on(serve(options, server));
    // Does not wait for tasks that exceeded the drain timeout.
    runtime.shutdown_background();
    result
}

async fn serve(options: ServerOptions, mut server: ServerState) -> Result<(), ServeError> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let listener = listen(options.settings.listen_address()).await?;
    if let Some(address) = options.settings.metrics {
        let listener = listen(address).await?;
        tracing::info!(address = %listener.local_addr()?, "metrics");
        tokio::spawn(metrics::serve(Arc::clone(&server.metrics), listener));
    }
    let max_auth_tries = options.settings.max_auth_tries();
    let config = Arc::new(config(&options.host_key, &server.auth, max_auth_tries));
    if let AuthPolicy::Keys(_) = server.auth {
        server.positions = options.positions_folder.clone().map(PositionStore::open);
    }
    let server = Arc::new(server);
    tracing::info!(
        address = %listener.local_addr()?,
        fingerprint = options.host_key.fingerprint(),
        documents = server.content.borrow().library.entries().len(),
        "listening"
    );
    notify_manager("READY=1");
    let accepting = tokio::spawn(listener::accept(Arc::clone(&server), config, listener));
    let mut settings = options.settings.clone();
    let reloading = async {
        while hang_up.recv().await.is_some() {
            reload(&server, &options, &mut settings).await;
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
pub fn config(host_key: &HostKey, auth: &AuthPolicy, max_auth_tries: usize) -> Config {
    let methods: &[MethodKind] = match auth {
        AuthPolicy::Open => &[MethodKind::None, MethodKind::PublicKey],
        AuthPolicy::Keys(_) => &[MethodKind::PublicKey],
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
async fn reload(server: &Arc<ServerState>, options: &ServerOptions, settings: &mut Settings) {
    if let Err(error) = reload_settings(server, options, settings) {
        tracing::error!(error, "keeping the previous settings");
    }
    let state = Arc::clone(server);
    // Logs an error, if there is one.
    let _ = spawn_blocking(move || state.auth.reload()).await;
    server.reloads.send_replace(());
    let previous = Arc::clone(&server.content.borrow());
    let (load, settings) = (Arc::clone(&options.load_content), settings.clone());
    let loaded = spawn_blocking(move || load(&settings, Some(&previous))).await;
    match loaded.unwrap_or_else(|panic| Err(panic.to_string())) {
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
    let text = files::read(path, MAX_BANNER_SIZE).map_err(|error| ServeError::Banner {
        path: path.clone(),
        error,
    })?;
    let text = String::from_utf8_lossy(&text);
    let lines = text.lines().map(|line| format!("{}\n", sanitize(line)));
    Ok(Some(lines.collect()))
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
    server.phase.send_replace(Phase::Draining);
    while server.limiter.connections() > 0 && Instant::now() < deadline {
        sleep(Duration::from_millis(20)).await;
    }
    if let Some(positions) = &server.positions {
        // Positions that a slow disk does not take in time are lost.
        let _ = timeout(Duration::from_secs(1), positions.flush()).await;
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
