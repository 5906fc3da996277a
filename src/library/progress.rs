//! The progress of reading a library's files.

/// How many files of a library have been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexingProgress {
    pub done: usize,
    pub total: usize,
}
