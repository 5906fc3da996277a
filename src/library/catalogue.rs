//! Defines the catalogue while it is made: layers of documents, the later before the earlier.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io, thread};

use super::cache::Cache;
use super::{Broken, Entry, Origin, built_in};
use crate::content::{CodeId, Document, Report, read, read_file};

/// How many threads read files. Reading a document takes well under a millisecond, so that two are
/// enough for ten thousand, and on a shared server the others are somebody else's.
const THREADS: usize = 2;

/// How few files are read without a second thread.
const FEW: usize = 64;

/// The documents met so far.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    entries: BTreeMap<CodeId, Entry>,
    broken: Vec<Broken>,
    built_in: Vec<Arc<Document>>,
}

impl Catalogue {
    /// Adds the documents that the program carries.
    pub(super) fn add_built_in(&mut self) {
        let mut layer = BTreeMap::new();
        for (name, text) in built_in::FILES {
            match read(name, text.as_bytes()) {
                Ok(document) => {
                    let entry = Entry::of(&document, Origin::BuiltIn);
                    layer.insert(entry.code.clone(), entry);
                    self.built_in.push(Arc::new(document));
                }
                Err(report) => self.refuse(Path::new(name), &report),
            }
        }
        self.stack(layer);
    }

    /// Adds the documents of a folder, which stand before all that were added earlier.
    pub(super) fn add_folder(&mut self, folder: &Path) {
        let files = match files(folder) {
            Ok(files) => files,
            Err(error) => return self.refuse(folder, &no_folder(folder, &error)),
        };
        let mut layer = BTreeMap::new();
        for (path, read) in read_all(&files) {
            let entry = match read {
                Ok(entry) => entry,
                Err(report) => {
                    self.refuse(path, &report);
                    continue;
                }
            };
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
                    let name = path.to_string_lossy();
                    self.refuse(path, &Report::whole_file(&name, message, hint));
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

    fn refuse(&mut self, path: &Path, report: &Report) {
        self.broken.push(Broken {
            path: path.to_owned(),
            report: report.to_string(),
        });
    }

    /// Returns the entries, by code, what could not be read, and a cache of what was read in
    /// passing: the program's own documents, unless others stand before them. The first one is
    /// wanted at once, and to read it again would take as long as to start.
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

/// Returns the documents of a folder, by name.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        let path = entry.path();
        if !is_hidden
            && path
                .extension()
                .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn no_folder(folder: &Path, error: &io::Error) -> Report {
    let (message, hint) = match error.kind() {
        io::ErrorKind::NotFound => (
            "there is no such folder".to_owned(),
            "check the name given with --content or in CODELEAF_CONTENT",
        ),
        io::ErrorKind::NotADirectory => (
            "this is a file, not a folder".to_owned(),
            "name the folder it is in, or open the file itself: codeleaf FILE.toml",
        ),
        io::ErrorKind::PermissionDenied => (
            "you may not read this folder".to_owned(),
            "ask its owner for leave to read it",
        ),
        _ => (
            format!("the folder cannot be read: {error}"),
            "check that its disk or network folder is there",
        ),
    };
    Report::whole_file(&folder.to_string_lossy(), message, hint)
}

/// Reads files, and keeps their order.
fn read_all(files: &[PathBuf]) -> Vec<(&Path, Result<Entry, Report>)> {
    let read_some = |files: &'_ [PathBuf]| -> Vec<Result<Entry, Report>> {
        let entry = |path: &PathBuf| {
            read_file(path).map(|document| Entry::of(&document, Origin::File(path.clone())))
        };
        files.iter().map(entry).collect()
    };
    let read = if files.len() <= FEW {
        read_some(files)
    } else {
        thread::scope(|scope| {
            let parts = files.chunks(files.len().div_ceil(THREADS));
            let parts: Vec<_> = parts
                .map(|part| (part, scope.spawn(move || read_some(part))))
                .collect();
            let joined = parts.into_iter().map(|(part, thread)| {
                // Reading does not panic; if it did, this thread would say so once more.
                thread.join().unwrap_or_else(|_| read_some(part))
            });
            joined.flatten().collect()
        })
    };
    files.iter().map(PathBuf::as_path).zip(read).collect()
}
