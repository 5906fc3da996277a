//! Tests of codeleaf as a whole, in one binary so that it links once.

mod screens;
mod search;
mod sets;
mod support;
