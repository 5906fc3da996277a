//! Defines the catalogue while it is made: layers of files that were read, the later before the
//! earlier.

use std::cmp::Ordering;
use std::path::Path;
use std::sync::Arc;

use crate::content::{Document, load_document, parse_document};
use crate::diagnostics::Report;
use crate::library::built_in;
use crate::library::document_cache::DocumentCache;
use crate::library::interner::Interner;
use crate::library::library::{BrokenFile, CatalogEntry, Origin};
use crate::library::parallel::{parallel_map_ordered, thread_count};
use crate::library::scan::{Scan, ScannedFile};
use crate::storage::Fingerprint;

/// How many files one task reads.
pub(crate) const FILES_PER_TASK: usize = 16;

/// How few files are read without further threads.
const MAX_SINGLE_THREADED_FILES: usize = 64;

/// What was read of a file.
#[derive(Clone, Debug)]
pub struct CatalogRecord {
    /// What told whether the file changes, before it was read.
    pub(crate) fingerprint: Option<Fingerprint>,
    /// What it holds; or what is wrong with it, ready to show.
    pub(crate) outcome: Result<CatalogEntry, String>,
}

impl CatalogRecord {
    /// Reads a file, and returns the document as well.
    pub fn load(file: &ScannedFile) -> (Self, Option<Document>) {
        let (held, document) = match load_document(&file.path) {
            Ok(document) => {
                let entry = CatalogEntry::new(&document, Origin::File(file.path.clone()));
                (Ok(entry), Some(document))
            }
            Err(report) => (Err(report.to_string()), None),
        };
        let stamp = file.fingerprint;
        (
            Self {
                fingerprint: stamp,
                outcome: held,
            },
            document,
        )
    }
}

/// Reads files, those that were read before only where they changed; keeps their order.
pub(crate) fn load_records(
    files: &[&ScannedFile],
    mut before: Vec<Option<CatalogRecord>>,
) -> Vec<CatalogRecord> {
    before.resize_with(files.len(), || None);
    let missing: Vec<usize> = (0..files.len())
        .filter(|at| before[*at].is_none())
        .collect();
    let threads = if missing.len() <= MAX_SINGLE_THREADED_FILES {
        1
    } else {
        thread_count()
    };
    let batches: Vec<&[usize]> = missing.chunks(FILES_PER_TASK).collect();
    let work = |(): &mut (), batch: usize| -> Vec<CatalogRecord> {
        let batch = batches[batch].iter();
        batch.map(|at| CatalogRecord::load(files[*at]).0).collect()
    };
    let mut read = Vec::with_capacity(missing.len());
    parallel_map_ordered(
        threads,
        batches.len(),
        |_| (),
        work,
        |batch| {
            read.extend(batch);
        },
    );
    for (at, record) in missing.into_iter().zip(read) {
        before[at] = Some(record);
    }
    // In the place where they are: nothing is missing any more.
    before
        .into_iter()
        .collect::<Option<_>>()
        .unwrap_or_default()
}

/// The documents met so far.
///
/// A reader keeps its entries for as long as it runs, so that nothing small is made here that goes
/// again: it would leave holes in memory between them.
#[derive(Debug, Default)]
pub(crate) struct CatalogBuilder {
    /// By code, each once.
    entries: Vec<CatalogEntry>,
    broken: Vec<BrokenFile>,
    /// The built-in documents, which need not be parsed again when they are opened.
    built_in: Vec<Arc<Document>>,
    interner: Interner,
}

impl CatalogBuilder {
    /// Makes the catalogue of the built-in documents and of the files of a scan, which were read
    /// in its order.
    pub(crate) fn from_records(scan: &Scan, records: Vec<CatalogRecord>) -> Self {
        let mut catalogue = Self::default();
        catalogue.add_built_in();
        let mut records = records.into_iter();
        for layer in &scan.layers {
            match &layer.files {
                Ok(files) => catalogue.add_layer(files, records.by_ref()),
                Err(report) => catalogue.add_broken(&layer.folder, report.clone()),
            }
        }
        catalogue
    }

    fn add_built_in(&mut self) {
        let mut layer = Vec::new();
        for (name, text) in built_in::FILES {
            match parse_document(name, text.as_bytes()) {
                Ok(document) => {
                    layer.push(CatalogEntry::new(&document, Origin::BuiltIn));
                    self.built_in.push(Arc::new(document));
                }
                Err(report) => self.add_broken(Path::new(name), report.to_string()),
            }
        }
        layer.sort_by(|a, b| a.code.cmp(&b.code));
        self.merge_layer(layer);
    }

    /// Adds the files of a folder, which stand before all that were added earlier.
    fn add_layer(&mut self, files: &[ScannedFile], records: impl Iterator<Item = CatalogRecord>) {
        let mut held: Vec<Result<CatalogEntry, String>> = records
            .take(files.len())
            .map(|record| record.outcome)
            .collect();
        let mut order: Vec<usize> = (0..held.len()).filter(|at| held[*at].is_ok()).collect();
        // Of files about one code the first by name comes first.
        order.sort_by(|a, b| match (&held[*a], &held[*b]) {
            (Ok(a), Ok(b)) => a.code.cmp(&b.code),
            _ => Ordering::Equal,
        });
        let mut first = None;
        for at in &order {
            let code = held[*at].as_ref().ok().map(|entry| &entry.code);
            match first
                .filter(|first: &usize| held[*first].as_ref().ok().map(|entry| &entry.code) == code)
            {
                Some(first) => {
                    held[*at] = Err(duplicate_code_report(
                        &files[first],
                        &files[*at],
                        &held[*at],
                    ));
                }
                None => first = Some(*at),
            }
        }
        order.retain(|at| held[*at].is_ok());
        let mut entries: Vec<Option<CatalogEntry>> = Vec::with_capacity(held.len());
        for (file, held) in files.iter().zip(held) {
            match held {
                Ok(entry) => entries.push(Some(entry)),
                Err(report) => {
                    self.add_broken(&file.path, report);
                    entries.push(None);
                }
            }
        }
        let mut layer = Vec::with_capacity(order.len());
        for mut entry in order.into_iter().filter_map(|at| entries[at].take()) {
            self.interner.intern(&mut entry);
            layer.push(entry);
        }
        self.merge_layer(layer);
    }

    /// Puts a layer, which is in order, before those below.
    fn merge_layer(&mut self, layer: Vec<CatalogEntry>) {
        let below = std::mem::take(&mut self.entries);
        self.entries.reserve_exact(layer.len() + below.len());
        let mut below = below.into_iter().peekable();
        for mut entry in layer {
            while let Some(other) = below.next_if(|other| other.code < entry.code) {
                self.entries.push(other);
            }
            if let Some(other) = below.next_if(|other| other.code == entry.code) {
                entry.shadow(&other);
            }
            self.entries.push(entry);
        }
        self.entries.extend(below);
    }

    fn add_broken(&mut self, path: &Path, report: String) {
        self.broken.push(BrokenFile {
            path: path.to_owned(),
            report,
        });
    }

    /// Returns the entries, by code, what could not be read, and the documents at hand already.
    pub(crate) fn finish(self) -> (Vec<CatalogEntry>, Vec<BrokenFile>, DocumentCache) {
        let cache = DocumentCache::default();
        for document in &self.built_in {
            let entry = self
                .entries
                .iter()
                .find(|entry| entry.code == document.code);
            if entry.is_some_and(|entry| entry.origin == Origin::BuiltIn) {
                cache.insert(document);
            }
        }
        (self.entries, self.broken, cache)
    }
}

/// Says that a file is about a code that another file of its folder describes already.
fn duplicate_code_report(
    first: &ScannedFile,
    again: &ScannedFile,
    held: &Result<CatalogEntry, String>,
) -> String {
    let code = held.as_ref().map(|entry| entry.code.to_string());
    let origin = Origin::File(first.path.clone());
    let message = format!(
        "{} is already described by {origin}",
        code.unwrap_or_default()
    );
    let hint = "one file describes one code; remove or move one of the two";
    Report::whole_file(&again.path.to_string_lossy(), message, hint).to_string()
}
