//! Tests of codeleaf as a whole, in one binary so that it links once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod screens;
mod search;
mod sets;
mod support;
