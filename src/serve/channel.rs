//! The session channel: what a client requests, and how its session runs.

pub mod client_terminal;
pub mod context;
pub mod handler;
pub mod input_buffer;
pub mod refusals;
pub mod request;
pub mod session_task;
pub mod session_timers;
