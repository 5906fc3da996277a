//! Limits on the number of connections and on the speed of each.

pub mod input_slot;
pub mod limiter;
pub mod network;
pub mod penalties;
pub mod rate_limiter;
pub mod stream;
