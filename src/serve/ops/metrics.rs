//! Prometheus metrics, and the HTTP endpoint that serves them.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelValue, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// Upper bounds of the latency histogram, in seconds.
const LATENCY_BUCKETS: [f64; 11] = [
    0.000_25, 0.000_5, 0.001, 0.002, 0.004, 0.008, 0.016, 0.05, 0.1, 0.5, 2.0,
];

/// The maximum number of scrapes at once. A new one replaces the oldest.
const MAX_SCRAPES: usize = 16;

const SCRAPE_TIMEOUT: Duration = Duration::from_secs(5);

/// The maximum size of a request, in bytes.
const MAX_REQUEST_SIZE: usize = 8 * 1024;

/// The metrics of a server; the help texts are in [`Metrics::default`].
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    pub connections: Gauge,
    pub sessions: Gauge,
    pub logins: Counter,
    pub refused: Family<[(&'static str, RefusalKind); 1], Counter>,
    pub answers: Counter,
    pub frames: Counter,
    pub latency: Histogram,
    pub received: Counter,
    pub sent: Counter,
    pub panics: Counter,
    pub dropped_log_lines: Counter,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
pub enum RefusalKind {
    /// A connection over the limit.
    Connection,
    Login,
    /// A second session, or a forwarding channel.
    Channel,
    /// A request for forwarding, an agent or a subsystem.
    Request,
}

impl Default for Metrics {
    fn default() -> Self {
        fn add<M: Metric + Clone + Default>(all: &mut Registry, name: &str, help: &str) -> M {
            let metric = M::default();
            all.register(name, help, metric.clone());
            metric
        }
        let mut registry = Registry::with_prefix("codeleaf");
        let all = &mut registry;
        let latency = Histogram::new(LATENCY_BUCKETS);
        let help = "Time from input to its frame";
        all.register("key_to_frame_seconds", help, latency.clone());
        Self {
            connections: add(all, "connections", "Open connections"),
            sessions: add(all, "sessions", "Open sessions"),
            logins: add(all, "logins", "Logins"),
            refused: add(all, "refused", "Refused requests"),
            answers: add(all, "answers", "Commands answered with text"),
            frames: add(all, "frames", "Frames sent"),
            latency,
            received: add(
                all,
                "received_bytes",
                "Bytes received on closed connections",
            ),
            sent: add(all, "sent_bytes", "Bytes sent on closed connections"),
            panics: add(all, "panics", "Sessions ended by a panic"),
            dropped_log_lines: add(all, "dropped_log_lines", "Log lines that were not written"),
            registry,
        }
    }
}

impl Metrics {
    pub fn count_refusal(&self, what: RefusalKind) {
        self.refused.get_or_create(&[("what", what)]).inc();
    }

    /// Encodes the metrics in the OpenMetrics text format.
    pub fn encode(&self) -> String {
        let mut out = String::new();
        // Writing to a string does not fail.
        let _ = text::encode(&mut out, &self.registry);
        out
    }
}

/// Serves scrapes until the runtime stops.
///
/// It answers one path over HTTP/1.1 and closes the connection: a server framework would weigh more
/// than this module.
pub async fn serve(metrics: Arc<Metrics>, listener: TcpListener) {
    let mut scrapes = VecDeque::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let metrics = Arc::clone(&metrics);
                let answer = async move { answer_scrape(&metrics, stream).await };
                let scrape = tokio::spawn(timeout(SCRAPE_TIMEOUT, answer));
                scrapes.push_back(scrape.abort_handle());
                if scrapes.len() > MAX_SCRAPES
                    && let Some(oldest) = scrapes.pop_front()
                {
                    // It has most likely been answered already.
                    oldest.abort();
                }
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn answer_scrape(metrics: &Metrics, mut stream: TcpStream) -> io::Result<()> {
    let mut request = Vec::new();
    let is_complete = |request: &[u8]| request.windows(4).any(|bytes| bytes == b"\r\n\r\n");
    while !is_complete(&request) && request.len() < MAX_REQUEST_SIZE {
        if stream.read_buf(&mut request).await? == 0 {
            break;
        }
    }
    let (status, body) = if request.starts_with(b"GET /metrics ") {
        ("200 OK", metrics.encode())
    } else {
        ("404 Not Found", "the metrics are at /metrics\n".to_owned())
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
