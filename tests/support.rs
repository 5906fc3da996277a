//! What the tests share: a reader whose terminal is a parser, a program in a pty, and skips.

use std::io::Write as _;

#[cfg(feature = "serve")]
pub mod ears;
pub mod generated;
pub mod keys;
pub mod program;
#[cfg(feature = "serve")]
pub mod raw_ssh;
pub mod reader;
pub mod sequences;
pub mod sshd;

/// Prints why a test is skipped; with `CODELEAF_E2E=require`, fails.
pub fn skip(reason: &str) {
    let is_required = std::env::var_os("CODELEAF_E2E").is_some_and(|mode| mode == "require");
    assert!(!is_required, "required, but cannot run: {reason}");
    // `eprintln!` is captured unless the test fails.
    let _ = writeln!(std::io::stderr(), "skipped: {reason}");
}
