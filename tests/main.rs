//! Tests of codeleaf as a whole, in one binary so that it links once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod content;
mod library;
mod links;
mod properties;
mod screens;
mod search;
#[cfg(feature = "serve")]
mod serve;
mod support;
