//! Counts what happens, and hands the figures to Prometheus.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// Upper bounds of the latency histogram, in seconds.
const LATENCY_BUCKETS: [f64; 11] = [
    0.000_25, 0.000_5, 0.001, 0.002, 0.004, 0.008, 0.016, 0.05, 0.1, 0.5, 2.0,
];

/// How long a scrape may take.
const SCRAPE_TIMEOUT: Duration = Duration::from_secs(5);

/// The longest request that is read, in bytes.
const MAX_REQUEST_SIZE: usize = 8 * 1024;

/// What is counted.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Connections at the moment.
    pub connections: Gauge,
    /// Readers at the moment.
    pub sessions: Gauge,
    /// Logins.
    pub logins: Counter,
    /// What was refused.
    pub refused: Family<RefusalLabels, Counter>,
    /// Commands answered without a reader.
    pub answers: Counter,
    /// Frames sent.
    pub frames: Counter,
    /// From the arrival of input to the frame's leaving, in seconds.
    pub latency: Histogram,
    /// Bytes from clients, once their connections ended.
    pub received: Counter,
    /// Bytes to clients, once their connections ended.
    pub sent: Counter,
    /// Sessions that a fault ended.
    pub panics: Counter,
}

/// What was refused.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RefusalLabels {
    /// What.
    pub what: RefusalKind,
}

/// What can be refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
pub enum RefusalKind {
    /// A connection too many.
    Connection,
    /// A login.
    Login,
    /// A second channel, or one of another kind.
    Channel,
    /// A request: forwarding, a subsystem, an agent.
    Request,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("codeleaf"),
            connections: Gauge::default(),
            sessions: Gauge::default(),
            logins: Counter::default(),
            refused: Family::default(),
            answers: Counter::default(),
            frames: Counter::default(),
            latency: Histogram::new(LATENCY_BUCKETS),
            received: Counter::default(),
            sent: Counter::default(),
            panics: Counter::default(),
        };
        let registry = &mut metrics.registry;
        registry.register(
            "connections",
            "Connections at the moment",
            metrics.connections.clone(),
        );
        registry.register(
            "sessions",
            "Readers at the moment",
            metrics.sessions.clone(),
        );
        registry.register("logins", "Logins", metrics.logins.clone());
        registry.register("refused", "What was refused", metrics.refused.clone());
        registry.register(
            "answers",
            "Commands answered in text",
            metrics.answers.clone(),
        );
        registry.register("frames", "Frames sent", metrics.frames.clone());
        registry.register(
            "key_to_frame_seconds",
            "From the arrival of input to the leaving of its frame",
            metrics.latency.clone(),
        );
        registry.register(
            "received_bytes",
            "From ended connections",
            metrics.received.clone(),
        );
        registry.register("sent_bytes", "To ended connections", metrics.sent.clone());
        registry.register(
            "panics",
            "Sessions that a fault ended",
            metrics.panics.clone(),
        );
        metrics
    }
}

impl Metrics {
    /// Counts a refusal.
    pub fn count_refusal(&self, what: RefusalKind) {
        self.refused.get_or_create(&RefusalLabels { what }).inc();
    }

    /// Returns the figures in the OpenMetrics text format.
    pub fn encode(&self) -> String {
        let mut out = String::new();
        // Writing to a string does not fail.
        let _ = text::encode(&mut out, &self.registry);
        out
    }
}

/// Answers scrapes, one after the other, for as long as the server runs.
///
/// One path over HTTP/1.1, each connection once: a server framework would weigh more than all of
/// this module.
pub async fn serve(metrics: Arc<Metrics>, listener: TcpListener) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // A scraper that leaves early misses its answer.
                let _ = timeout(SCRAPE_TIMEOUT, answer_scrape(&metrics, stream)).await;
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn answer_scrape(metrics: &Metrics, mut stream: TcpStream) -> io::Result<()> {
    let mut request = Vec::new();
    let ended = |request: &[u8]| request.windows(4).any(|bytes| bytes == b"\r\n\r\n");
    while !ended(&request) && request.len() < MAX_REQUEST_SIZE {
        if stream.read_buf(&mut request).await? == 0 {
            break;
        }
    }
    let (status, body) = if request.starts_with(b"GET /metrics ") {
        ("200 OK", metrics.encode())
    } else {
        ("404 Not Found", "the figures are at /metrics\n".to_owned())
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/openmetrics-text; version=1.0.0; \
         charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_use_the_openmetrics_text_format() {
        let metrics = Metrics::default();
        metrics.sessions.inc();
        metrics.count_refusal(RefusalKind::Login);
        metrics.latency.observe(0.003);
        let text = metrics.encode();
        for line in [
            "codeleaf_sessions 1",
            "codeleaf_refused_total{what=\"Login\"} 1",
            "codeleaf_key_to_frame_seconds_bucket{le=\"0.004\"} 1",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }
}
