//! Defines the catalogue while it is made: layers of files that were read, the later before the
//! earlier.

use std::cmp::Ordering;
use std::path::Path;
use std::sync::Arc;

use super::cache::Cache;
use super::interner::Interner;
use super::scan::Scan;
use super::workers::{in_order, threads};
use super::{Broken, Entry, FoundFile, Origin, Stamp, built_in};
use crate::content::{Document, Report, read, read_file};

/// How many files one task reads.
pub(super) const BATCH: usize = 16;

/// How few files are read without further threads.
const FEW: usize = 64;

/// What was read of a file.
#[derive(Clone, Debug)]
pub struct Record {
    /// What told whether the file changes, before it was read.
    pub(super) stamp: Option<Stamp>,
    /// What it holds; or what is wrong with it, ready to show.
    pub(super) held: Result<Entry, String>,
}

impl Record {
    /// Reads a file, and returns the document as well.
    pub fn read(file: &FoundFile) -> (Self, Option<Document>) {
        let (held, document) = match read_file(&file.path) {
            Ok(document) => {
                let entry = Entry::of(&document, Origin::File(file.path.clone()));
                (Ok(entry), Some(document))
            }
            Err(report) => (Err(report.to_string()), None),
        };
        let stamp = file.stamp;
        (Self { stamp, held }, document)
    }
}

/// Reads files, those that were read before only where they changed; keeps their order.
pub(super) fn read_all(files: &[&FoundFile], mut before: Vec<Option<Record>>) -> Vec<Record> {
    before.resize_with(files.len(), || None);
    let missing: Vec<usize> = (0..files.len())
        .filter(|at| before[*at].is_none())
        .collect();
    let threads = if missing.len() <= FEW { 1 } else { threads() };
    let batches: Vec<&[usize]> = missing.chunks(BATCH).collect();
    let work = |(): &mut (), batch: usize| -> Vec<Record> {
        let batch = batches[batch].iter();
        batch.map(|at| Record::read(files[*at]).0).collect()
    };
    let mut read = Vec::with_capacity(missing.len());
    in_order(
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
pub(super) struct Catalogue {
    /// By code, each once.
    entries: Vec<Entry>,
    broken: Vec<Broken>,
    /// The built-in documents, which need not be parsed again when they are opened.
    built_in: Vec<Arc<Document>>,
    lists: Interner,
}

impl Catalogue {
    /// Makes the catalogue of the built-in documents and of the files of a scan, which were read
    /// in its order.
    pub(super) fn of(scan: &Scan, records: Vec<Record>) -> Self {
        let mut catalogue = Self::default();
        catalogue.add_built_in();
        let mut records = records.into_iter();
        for layer in &scan.layers {
            match &layer.files {
                Ok(files) => catalogue.add_layer(files, records.by_ref()),
                Err(report) => catalogue.refuse(&layer.folder, report.clone()),
            }
        }
        catalogue
    }

    fn add_built_in(&mut self) {
        let mut layer = Vec::new();
        for (name, text) in built_in::FILES {
            match read(name, text.as_bytes()) {
                Ok(document) => {
                    layer.push(Entry::of(&document, Origin::BuiltIn));
                    self.built_in.push(Arc::new(document));
                }
                Err(report) => self.refuse(Path::new(name), report.to_string()),
            }
        }
        layer.sort_by(|a, b| a.code.cmp(&b.code));
        self.stack(layer);
    }

    /// Adds the files of a folder, which stand before all that were added earlier.
    fn add_layer(&mut self, files: &[FoundFile], records: impl Iterator<Item = Record>) {
        let mut held: Vec<Result<Entry, String>> = records
            .take(files.len())
            .map(|record| record.held)
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
                    held[*at] = Err(described_already(&files[first], &files[*at], &held[*at]));
                }
                None => first = Some(*at),
            }
        }
        order.retain(|at| held[*at].is_ok());
        let mut entries: Vec<Option<Entry>> = Vec::with_capacity(held.len());
        for (file, held) in files.iter().zip(held) {
            match held {
                Ok(entry) => entries.push(Some(entry)),
                Err(report) => {
                    self.refuse(&file.path, report);
                    entries.push(None);
                }
            }
        }
        let mut layer = Vec::with_capacity(order.len());
        for mut entry in order.into_iter().filter_map(|at| entries[at].take()) {
            self.lists.share(&mut entry);
            layer.push(entry);
        }
        self.stack(layer);
    }

    /// Puts a layer, which is in order, before those below.
    fn stack(&mut self, layer: Vec<Entry>) {
        let below = std::mem::take(&mut self.entries);
        self.entries.reserve_exact(layer.len() + below.len());
        let mut below = below.into_iter().peekable();
        for mut entry in layer {
            while let Some(other) = below.next_if(|other| other.code < entry.code) {
                self.entries.push(other);
            }
            if let Some(other) = below.next_if(|other| other.code == entry.code) {
                entry.stand_before(&other);
            }
            self.entries.push(entry);
        }
        self.entries.extend(below);
    }

    fn refuse(&mut self, path: &Path, report: String) {
        self.broken.push(Broken {
            path: path.to_owned(),
            report,
        });
    }

    /// Returns the entries, by code, what could not be read, and the documents at hand already.
    pub(super) fn finish(self) -> (Vec<Entry>, Vec<Broken>, Cache) {
        let cache = Cache::default();
        for document in &self.built_in {
            let entry = self
                .entries
                .iter()
                .find(|entry| entry.code == document.code);
            if entry.is_some_and(|entry| entry.origin == Origin::BuiltIn) {
                cache.put(document);
            }
        }
        (self.entries, self.broken, cache)
    }
}

/// Says that a file is about a code that another file of its folder describes already.
fn described_already(first: &FoundFile, again: &FoundFile, held: &Result<Entry, String>) -> String {
    let code = held.as_ref().map(|entry| entry.code.to_string());
    let origin = Origin::File(first.path.clone());
    let message = format!(
        "{} is already described by {origin}",
        code.unwrap_or_default()
    );
    let hint = "one file describes one code; remove or move one of the two";
    Report::whole_file(&again.path.to_string_lossy(), message, hint).to_string()
}
