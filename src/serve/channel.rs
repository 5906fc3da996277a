//! The session channel of a connection: requests, input, and the task that runs the session.

pub mod client_terminal;
pub mod context;
pub mod handler;
pub mod input_buffer;
pub mod login_attempts;
pub mod refusals;
pub mod request;
pub mod session_task;
pub mod session_timers;
