//! Defines the catalogue while it is made: layers of files that were read, the later before the
//! earlier.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;
use std::path::Path;
use std::sync::Arc;

use super::cache::Cache;
use super::interner::Interner;
use super::scan::Scan;
use super::workers::{in_order, threads};
use super::{Broken, Entry, FoundFile, Origin, Stamp, built_in};
use crate::content::{CodeId, Document, Report, read, read_file};

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
    before.into_iter().flatten().collect()
}

/// The documents met so far.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    entries: BTreeMap<CodeId, Entry>,
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
                Ok(files) => catalogue.add_layer(files.iter().zip(records.by_ref())),
                Err(report) => catalogue.refuse(&layer.folder, report.clone()),
            }
        }
        catalogue
    }

    fn add_built_in(&mut self) {
        let mut layer = BTreeMap::new();
        for (name, text) in built_in::FILES {
            match read(name, text.as_bytes()) {
                Ok(document) => {
                    let entry = Entry::of(&document, Origin::BuiltIn);
                    layer.insert(entry.code.clone(), entry);
                    self.built_in.push(Arc::new(document));
                }
                Err(report) => self.refuse(Path::new(name), report.to_string()),
            }
        }
        self.stack(layer);
    }

    /// Adds the files of a folder, which stand before all that were added earlier.
    fn add_layer<'f>(&mut self, files: impl Iterator<Item = (&'f FoundFile, Record)>) {
        let mut layer = BTreeMap::new();
        for (file, record) in files {
            let mut entry = match record.held {
                Ok(entry) => entry,
                Err(report) => {
                    self.refuse(&file.path, report);
                    continue;
                }
            };
            self.lists.share(&mut entry);
            match layer.entry(entry.code.clone()) {
                Slot::Vacant(slot) => {
                    slot.insert(entry);
                }
                Slot::Occupied(first) => {
                    let message = format!(
                        "{} is already described by {}",
                        entry.code,
                        first.get().origin
                    );
                    let hint = "one file describes one code; remove or move one of the two";
                    let name = file.path.to_string_lossy();
                    let report = Report::whole_file(&name, message, hint);
                    self.refuse(&file.path, report.to_string());
                }
            }
        }
        self.stack(layer);
    }

    /// Puts a layer before those below.
    fn stack(&mut self, layer: BTreeMap<CodeId, Entry>) {
        for (code, mut entry) in layer {
            if let Some(below) = self.entries.get(&code) {
                entry.stand_before(below);
            }
            self.entries.insert(code, entry);
        }
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
            let entry = self.entries.get(&document.code);
            if entry.is_some_and(|entry| entry.origin == Origin::BuiltIn) {
                cache.put(document);
            }
        }
        (self.entries.into_values().collect(), self.broken, cache)
    }
}
