//! The `codeleaf` program.

fn main() {}
