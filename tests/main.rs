//! Tests of codeleaf as a whole, in one binary so that it links once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod architecture;
mod authoring;
mod background;
mod bytes;
mod cache;
mod check;
mod cli;
mod commands;
mod complete;
mod content;
mod files;
mod grid;
mod hostile;
mod library;
mod links;
mod lists;
mod modifiers;
mod panes;
mod properties;
mod pty;
mod results;
mod screens;
mod screenshots;
mod search;
#[cfg(feature = "serve")]
mod serve;
mod sets;
mod sources;
mod ssh;
mod support;
mod tasks;
mod transcript;
