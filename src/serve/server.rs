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

use super::entry::Entry;
use super::house::{House, Phase};
use super::log::Mentions;
use super::metrics::{self, Metrics};
use super::notify::notify;
use super::places::Places;
use super::roll::{Roll, RollError};
use super::stock::Scratch;
use super::{
    Access, HostKey, HostKeyError, Interpreter, Limits, LogError, LogFormat, Settings,
    SettingsError, Stock,
};
use crate::library::Broken;

/// How long readers have to leave when the server ends.
const DRAIN: Duration = Duration::from_secs(5);

/// What a server is to do. The closures read what the administrator can change while it runs.
pub struct Plan {
    /// What was set at the start.
    pub settings: Settings,
    /// The server's own key.
    pub host_key: HostKey,
    /// The folder for the places of readers, where they are known by their keys.
    pub places: Option<PathBuf>,
    /// Understands command lines.
    pub interpret: Interpreter,
    /// Reads the settings again.
    pub reread: Box<dyn Fn() -> Result<Settings, String> + Send + Sync>,
    /// Reads keys, colours and documents; where one is broken, the stock before is at hand.
    pub restock: Restock,
}

/// Reads keys, colours and documents, under settings that may name folders.
pub type Restock =
    Arc<dyn Fn(&Settings, Option<&Stock>) -> Result<(Stock, Vec<Broken>), String> + Send + Sync>;

/// Says why the server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The settings contradict themselves.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Nobody could be let in.
    #[error(transparent)]
    Roll(#[from] RollError),
    /// There is no host key.
    #[error(transparent)]
    HostKey(#[from] HostKeyError),
    /// There is no log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// There is nothing to serve.
    #[error("{0}")]
    Stock(String),
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
pub fn run(plan: Plan) -> Result<(), ServeError> {
    let access = plan.settings.access()?;
    let limits = plan.settings.limits()?;
    super::log::start(plan.settings.log_format.unwrap_or(LogFormat::Text))?;
    raise_descriptor_limit();
    let entry = match &access {
        Access::Open => Entry::Everybody,
        Access::Keys(path) => Entry::Keys(Roll::open(path)?),
    };
    let (stock, broken) = (plan.restock)(&plan.settings, None).map_err(ServeError::Stock)?;
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

async fn serve(plan: Plan, entry: Entry, limits: Limits, stock: Stock) -> Result<(), ServeError> {
    let mut signals = Signals::listen()?;
    let listener = listen(plan.settings.listen()).await?;
    let metrics = Arc::new(Metrics::default());
    if let Some(address) = plan.settings.metrics {
        let listener = listen(address).await?;
        tracing::info!(address = %listener.local_addr()?, "metrics");
        tokio::spawn(metrics::serve(Arc::clone(&metrics), listener));
    }
    let config = Arc::new(config(&plan.host_key, &entry));
    let known = matches!(entry, Entry::Keys(_));
    let house = Arc::new(House {
        entry,
        interpret: plan.interpret,
        limits: watch::channel(limits).0,
        stock: watch::channel(Arc::new(stock)).0,
        phase: watch::channel(Phase::Serving).0,
        reloads: watch::channel(()).0,
        places: plan.places.clone().filter(|_| known).map(Places::in_folder),
        gate: Arc::default(),
        metrics,
        mentions: Mentions::default(),
        scratch: Scratch::default(),
        connections: AtomicU64::new(0),
    });
    tracing::info!(
        address = %listener.local_addr()?,
        fingerprint = plan.host_key.fingerprint(),
        documents = house.stock.borrow().library.entries().len(),
        "listening"
    );
    tell("READY=1");
    let accepting = tokio::spawn(super::listener::accept(
        Arc::clone(&house),
        config,
        listener,
    ));
    let mut settings = plan.settings.clone();
    loop {
        match signals.next().await {
            Order::Reload => reload(&house, &plan, &mut settings).await,
            Order::End(name) => {
                tracing::info!(signal = name, "stopping");
                break;
            }
        }
    }
    tell("STOPPING=1");
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
pub(super) fn config(host_key: &HostKey, entry: &Entry) -> Config {
    let methods: &[MethodKind] = match entry {
        Entry::Everybody => &[MethodKind::None, MethodKind::PublicKey],
        Entry::Keys(_) => &[MethodKind::PublicKey],
    };
    Config {
        server_id: SshId::Standard(Cow::Borrowed("SSH-2.0-codeleaf")),
        methods: MethodSet::from(methods),
        auth_rejection_time: Duration::from_millis(250),
        auth_rejection_time_initial: Some(Duration::ZERO),
        keys: vec![host_key.private()],
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
enum Order {
    Reload,
    End(&'static str),
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Order {
        tokio::select! {
            _ = self.terminate.recv() => Order::End("SIGTERM"),
            _ = self.interrupt.recv() => Order::End("SIGINT"),
            _ = self.hang_up.recv() => Order::Reload,
        }
    }
}

/// Reads everything again; what is broken leaves what was read before in force.
async fn reload(house: &Arc<House>, plan: &Plan, settings: &mut Settings) {
    match (plan.reread)() {
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
    if let Entry::Keys(roll) = &house.entry {
        roll.current();
    }
    house.reloads.send_replace(());
    let before = Arc::clone(&house.stock.borrow());
    let (restock, under) = (Arc::clone(&plan.restock), settings.clone());
    match spawn_blocking(move || restock(&under, Some(&before))).await {
        Ok(Ok((stock, broken))) => {
            log_broken(&broken);
            let documents = stock.library.entries().len();
            house.stock.send_replace(Arc::new(stock));
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

fn log_broken(broken: &[Broken]) {
    for broken in broken {
        let path = broken.path.display().to_string();
        tracing::error!(
            path = %crate::content::sanitize(&path),
            report = broken.report,
            "a document is broken; its last good edition stays where there is one"
        );
    }
}

/// Has every reader leave, and waits until they have.
async fn drain(house: &Arc<House>) {
    let deadline = Instant::now() + DRAIN;
    house.phase.send_replace(Phase::Ending);
    while house.gate.connections() > 0 && Instant::now() < deadline {
        sleep(Duration::from_millis(20)).await;
    }
    if let Some(places) = &house.places {
        // What a disk does not take in time is lost.
        let _ = timeout(Duration::from_secs(1), places.finish()).await;
    }
    let left = house.gate.connections();
    tracing::info!(left, "stopped");
}

/// Tells the service manager; one that does not listen is no reason not to serve.
fn tell(state: &str) {
    if let Err(error) = notify(state) {
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
