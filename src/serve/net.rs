//! Limits on the number of connections and on the speed of each.

pub mod limiter;
pub mod network;
pub mod penalties;
pub mod stream;
