//! Keeps a fault where it happens: others go on.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Says that something panicked. The panic itself is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Panicked;

/// Does something that must not take others down with it. What it worked on is to be given up when
/// this fails.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| Panicked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_what_it_happened_in_and_nothing_else() {
        let caught = guarded(|| -> u8 { panic!("as a fault would") });
        assert_eq!(caught, Err(Panicked));
        assert_eq!(guarded(|| 7), Ok(7));
    }
}
