//! The log, the metrics and the notifications to the service manager.

pub mod log;
pub mod log_limiter;
pub mod metrics;
pub mod sd_notify;
