//! Tests of codeleaf as a whole, in one binary so that it links once.

mod properties;
mod screens;
mod search;
mod support;
