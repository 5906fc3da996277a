//! Keeps a fault where it happens: others go on.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Says that something panicked. The panic itself is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PanicError;

/// Does something that must not take others down with it. What it worked on is to be given up when
/// this fails.
pub fn catch_panic<T>(work: impl FnOnce() -> T) -> Result<T, PanicError> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| PanicError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panic_becomes_an_error() {
        let caught = catch_panic(|| -> u8 { panic!("as a fault would") });
        assert_eq!(caught, Err(PanicError));
        assert_eq!(catch_panic(|| 7), Ok(7));
    }
}
