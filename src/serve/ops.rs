//! The log, the metrics, the notifications to the service manager, and the queue of writes.

pub mod log;
pub mod log_limiter;
pub mod metrics;
pub mod sd_notify;
pub mod write_queue;
