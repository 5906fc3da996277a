//! Runs the server from its first log line to its last.

use std::borrow::Cow;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use russh::server::Config;
use russh::{MethodKind, MethodSet, Preferred, SshId, compression};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, timeout};

use crate::library::BrokenFile;
use crate::serve::auth::authorized_keys::{AuthorizedKeysFile, AuthorizedKeysFileError};
use crate::serve::auth::host_key::{HostKey, HostKeyError};
use crate::serve::auth::policy::AuthPolicy;
use crate::serve::command::Interpreter;
use crate::serve::content::{BufferPool, ServedContent};
use crate::serve::ops::log::{LogError, LogSampler};
use crate::serve::ops::metrics;
use crate::serve::ops::metrics::Metrics;
use crate::serve::ops::sd_notify::sd_notify;
use crate::serve::positions::PositionStore;
use crate::serve::settings::{Access, Limits, LogFormat, Settings, SettingsError};
use crate::serve::state::{Phase, ServerState};

/// How long readers have to leave when the server ends.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// What a server is to do. The closures read what the administrator can change while it runs.
pub struct ServerOptions {
    /// What was set at the start.
    pub settings: Settings,
    /// The server's own key.
    pub host_key: HostKey,
    /// The folder for the places of readers, where they are known by their keys.
    pub positions_folder: Option<PathBuf>,
    /// Understands command lines.
    pub interpret: Interpreter,
    /// Reads the settings again.
    pub reload_settings: Box<dyn Fn() -> Result<Settings, String> + Send + Sync>,
    /// Reads keys, colours and documents; where one is broken, the stock before is at hand.
    pub load_content: ContentLoader,
}

/// Reads keys, colours and documents, under settings that may name folders.
pub type ContentLoader = Arc<
    dyn Fn(&Settings, Option<&ServedContent>) -> Result<(ServedContent, Vec<BrokenFile>), String>
        + Send
        + Sync,
>;

/// Says why the server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The settings contradict themselves.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Nobody could be let in.
    #[error(transparent)]
    AuthorizedKeys(#[from] AuthorizedKeysFileError),
    /// There is no host key.
    #[error(transparent)]
    HostKey(#[from] HostKeyError),
    /// There is no log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// There is nothing to serve.
    #[error("{0}")]
    Content(String),
    /// Something else listens there, or nobody may.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The system refuses threads, timers or signals.
    #[error("cannot start: {0}")]
    Io(#[from] io::Error),
}

/// Serves until SIGTERM or SIGINT.
pub fn run(plan: ServerOptions) -> Result<(), ServeError> {
    let access = plan.settings.access()?;
    let limits = plan.settings.limits()?;
    crate::serve::ops::log::init(plan.settings.log_format.unwrap_or(LogFormat::Text))?;
    raise_descriptor_limit();
    let entry = match &access {
        Access::Open => AuthPolicy::Open,
        Access::Keys(path) => AuthPolicy::Keys(AuthorizedKeysFile::open(path)?),
    };
    let (stock, broken) = (plan.load_content)(&plan.settings, None).map_err(ServeError::Content)?;
    log_broken(&broken);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(4)
        .build()?;
    let served = runtime.block_on(serve(plan, entry, limits, stock));
    // What still runs has had its time.
    runtime.shutdown_background();
    served
}

async fn serve(
    plan: ServerOptions,
    entry: AuthPolicy,
    limits: Limits,
    stock: ServedContent,
) -> Result<(), ServeError> {
    let mut signals = Signals::register()?;
    let listener = listen(plan.settings.listen_address()).await?;
    let metrics = Arc::new(Metrics::default());
    if let Some(address) = plan.settings.metrics {
        let listener = listen(address).await?;
        tracing::info!(address = %listener.local_addr()?, "metrics");
        tokio::spawn(metrics::serve(Arc::clone(&metrics), listener));
    }
    let config = Arc::new(config(&plan.host_key, &entry));
    let known = matches!(entry, AuthPolicy::Keys(_));
    let house = Arc::new(ServerState {
        auth: entry,
        interpret: plan.interpret,
        limits: watch::channel(limits).0,
        content: watch::channel(Arc::new(stock)).0,
        phase: watch::channel(Phase::Serving).0,
        reloads: watch::channel(()).0,
        positions: plan
            .positions_folder
            .clone()
            .filter(|_| known)
            .map(PositionStore::open),
        limiter: Arc::default(),
        metrics,
        log_sampler: LogSampler::default(),
        buffers: BufferPool::default(),
        connection_counter: AtomicU64::new(0),
    });
    tracing::info!(
        address = %listener.local_addr()?,
        fingerprint = plan.host_key.fingerprint(),
        documents = house.content.borrow().library.entries().len(),
        "listening"
    );
    notify_manager("READY=1");
    let accepting = tokio::spawn(crate::serve::listener::accept(
        Arc::clone(&house),
        config,
        listener,
    ));
    let mut settings = plan.settings.clone();
    loop {
        match signals.next().await {
            ServerSignal::Reload => reload(&house, &plan, &mut settings).await,
            ServerSignal::Stop(name) => {
                tracing::info!(signal = name, "stopping");
                break;
            }
        }
    }
    notify_manager("STOPPING=1");
    accepting.abort();
    drain(&house).await;
    Ok(())
}

/// Returns the protocol's settings. What differs from russh's defaults:
///
/// * methods: keys only, or none at all where everybody is let in; no passwords, and no
///   keyboard-interactive (CVE-2026-42189);
/// * no compression (CVE-2026-46702);
/// * a window of 64 KiB, since a reader sends keys, and a queue of two events, so that what a
///   client does not read stays small;
/// * keepalives every 30 s, of which three may go unanswered, instead of an inactivity timer,
///   which any traffic resets: see `idleness`;
/// * rejections after 250 ms: with ten keys in an agent the right one comes within the login time.
pub(super) fn config(host_key: &HostKey, entry: &AuthPolicy) -> Config {
    let methods: &[MethodKind] = match entry {
        AuthPolicy::Open => &[MethodKind::None, MethodKind::PublicKey],
        AuthPolicy::Keys(_) => &[MethodKind::PublicKey],
    };
    Config {
        server_id: SshId::Standard(Cow::Borrowed("SSH-2.0-codeleaf")),
        methods: MethodSet::from(methods),
        auth_rejection_time: Duration::from_millis(250),
        auth_rejection_time_initial: Some(Duration::ZERO),
        keys: vec![host_key.private_key()],
        window_size: 64 * 1024,
        channel_buffer_size: 8,
        event_buffer_size: 2,
        preferred: Preferred {
            compression: Cow::Borrowed(&[compression::NONE]),
            ..Preferred::default()
        },
        inactivity_timeout: None,
        keepalive_interval: Some(Duration::from_secs(30)),
        keepalive_max: 3,
        nodelay: true,
        ..Config::default()
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let failed = |source| ServeError::Listen { address, source };
    TcpListener::bind(address).await.map_err(failed)
}

/// What a signal asks for.
enum ServerSignal {
    Reload,
    Stop(&'static str),
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    fn register() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> ServerSignal {
        tokio::select! {
            _ = self.terminate.recv() => ServerSignal::Stop("SIGTERM"),
            _ = self.interrupt.recv() => ServerSignal::Stop("SIGINT"),
            _ = self.hang_up.recv() => ServerSignal::Reload,
        }
    }
}

/// Reads everything again; what is broken leaves what was read before in force.
async fn reload(house: &Arc<ServerState>, plan: &ServerOptions, settings: &mut Settings) {
    match (plan.reload_settings)() {
        Ok(new) => match new.limits() {
            Ok(limits) => {
                if needs_restart(&new, settings) {
                    tracing::warn!(
                        "listen, metrics, host-key, log-format and who is let in change with a \
                         restart only"
                    );
                }
                house.limits.send_replace(limits);
                *settings = new;
            }
            Err(error) => tracing::error!(%error, "the settings read before stay in force"),
        },
        Err(error) => tracing::error!(error, "the settings read before stay in force"),
    }
    if let AuthPolicy::Keys(roll) = &house.auth {
        roll.current_keys();
    }
    house.reloads.send_replace(());
    let before = Arc::clone(&house.content.borrow());
    let (restock, under) = (Arc::clone(&plan.load_content), settings.clone());
    match spawn_blocking(move || restock(&under, Some(&before))).await {
        Ok(Ok((stock, broken))) => {
            log_broken(&broken);
            let documents = stock.library.entries().len();
            house.content.send_replace(Arc::new(stock));
            tracing::info!(documents, "reloaded");
        }
        Ok(Err(error)) => tracing::error!(error, "the documents read before stay in force"),
        Err(error) => tracing::error!(%error, "the documents read before stay in force"),
    }
}

/// Says whether something changed that only a new process can take up.
fn needs_restart(new: &Settings, old: &Settings) -> bool {
    (new.listen, new.metrics, &new.host_key, new.log_format)
        != (old.listen, old.metrics, &old.host_key, old.log_format)
        || new.access() != old.access()
}

fn log_broken(broken: &[BrokenFile]) {
    for broken in broken {
        let path = broken.path.display().to_string();
        tracing::error!(
            path = %crate::text::sanitize(&path),
            report = broken.report,
            "a document is broken; its last good edition stays where there is one"
        );
    }
}

/// Has every reader leave, and waits until they have.
async fn drain(house: &Arc<ServerState>) {
    let deadline = Instant::now() + DRAIN_TIMEOUT;
    house.phase.send_replace(Phase::Draining);
    while house.limiter.connections() > 0 && Instant::now() < deadline {
        sleep(Duration::from_millis(20)).await;
    }
    if let Some(places) = &house.positions {
        // What a disk does not take in time is lost.
        let _ = timeout(Duration::from_secs(1), places.flush()).await;
    }
    let left = house.limiter.connections();
    tracing::info!(left, "stopped");
}

/// Tells the service manager; one that does not listen is no reason not to serve.
fn notify_manager(state: &str) {
    if let Err(error) = sd_notify(state) {
        tracing::warn!(%error, state, "the service manager was not told");
    }
}

/// Allows as many descriptors as the system lets a process have: each connection takes one, and
/// the usual 1,024 are fewer than a server may be set to have.
fn raise_descriptor_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Where this fails the old limit stays, and accepting says so when it is reached.
    let _ = setrlimit(Resource::Nofile, limit);
}
