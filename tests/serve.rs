//! End-to-end tests of `codeleaf serve`: OpenSSH's client against the built program, on loopback.

mod access;
mod algorithms;
mod authorized_keys;
mod client;
mod commands;
mod endings;
mod files;
mod hostile;
mod limits;
mod log;
mod logins;
#[cfg(target_os = "linux")]
mod manager;
mod refusals;
#[cfg(target_os = "linux")]
mod sandbox;
mod screens;
mod server;
