//! One record for each file of a catalog: its entry, or its errors.

use std::time::Instant;

use crate::content::Document;
use crate::content::toml::read::load_document_with;
use crate::library::entry::{CatalogEntry, Origin};
use crate::library::parallel::{parallel_map_ordered, thread_count};
use crate::library::progress::{OnProgress, Progress};
use crate::library::scan::ScannedFile;
use crate::storage::Fingerprint;

/// The batch size of tasks that read files.
pub(crate) const FILES_PER_TASK: usize = 16;
/// Up to this many files are read without starting threads.
const MAX_SINGLE_THREADED_FILES: usize = 64;

/// The result of reading one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogRecord {
    /// Taken before the file was read.
    pub(crate) fingerprint: Option<Fingerprint>,
    /// The entry, or the errors of the file, formatted for display.
    pub(crate) outcome: Result<CatalogEntry, String>,
}

impl CatalogRecord {
    /// Reads a file; returns its document too.
    pub fn load(file: &ScannedFile) -> (Self, Option<Document>) {
        let document = load_document_with(&file.path, &file.shared);
        let entry = |document| CatalogEntry::new(document, Origin::File(file.path.clone()));
        let record = Self {
            fingerprint: file.fingerprint,
            outcome: document.as_ref().map(entry).map_err(ToString::to_string),
        };
        (record, document.ok())
    }
}

/// Returns a record for each file, in order. Reads only files without a cached record.
pub(crate) fn load_records(
    files: &[&ScannedFile],
    mut cached: Vec<Option<CatalogRecord>>,
    on_progress: OnProgress<'_>,
) -> Vec<CatalogRecord> {
    cached.resize_with(files.len(), || None);
    let missing = (0..files.len()).filter(|at| cached[*at].is_none());
    let missing: Vec<usize> = missing.collect();
    let is_small = missing.len() <= MAX_SINGLE_THREADED_FILES;
    let threads = if is_small { 1 } else { thread_count() };
    let batches: Vec<&[usize]> = missing.chunks(FILES_PER_TASK).collect();
    let load = |at: &usize| CatalogRecord::load(files[*at]).0;
    let load_batch =
        |(): &mut (), batch: usize| -> Vec<_> { batches[batch].iter().map(load).collect() };
    let mut loaded = Vec::with_capacity(missing.len());
    let started = Instant::now();
    let collect = |batch| {
        loaded.extend(batch);
        on_progress(Progress {
            done: loaded.len() as u64,
            total: missing.len() as u64,
            unit: "files",
            elapsed: started.elapsed(),
        });
    };
    parallel_map_ordered(threads, batches.len(), |_| (), load_batch, collect);
    for (at, record) in missing.into_iter().zip(loaded) {
        cached[at] = Some(record);
    }
    // Every record is present now; this collects in place.
    let records = cached.into_iter().collect::<Option<_>>();
    records.unwrap_or_default()
}
