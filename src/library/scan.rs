//! The scan: lists the files of a library with their fingerprints, without opening them.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;
use std::{fs, io};

use crate::content::shared::{SHARED_FILES, SharedEntries, is_shared_file};
use crate::content::toml::read::{folder_of, shared_entries, shared_entries_beside};
use crate::diagnostics::Report;
use crate::storage::Fingerprint;

/// The files of the content folders. A later layer overrides an earlier one.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    pub(crate) layers: Vec<Layer>,
}

/// The files of one folder, or a single file.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub(crate) folder: PathBuf,
    /// The fingerprints of the files with shared entries; `None` as in [`ScannedFile`].
    pub(crate) shared: [Option<Fingerprint>; SHARED_FILES.len()],
    /// Sorted by name; or the reason why the folder cannot be read, formatted for display.
    pub(crate) files: Result<Vec<ScannedFile>, String>,
}

/// A file that may be a document.
#[derive(Clone, Debug)]
pub struct ScannedFile {
    pub path: PathBuf,
    /// The entries that the documents of the folder share.
    pub(crate) shared: Arc<SharedEntries>,
    /// `None` if the file was changed so recently that another change may not show.
    pub fingerprint: Option<Fingerprint>,
}

impl Scan {
    /// Scans the folders. `file` becomes the top layer.
    pub fn new(folders: &[PathBuf], file: Option<&Path>) -> Self {
        let now = SystemTime::now();
        let fingerprint = |path: &Path| match fs::metadata(path) {
            Ok(metadata) => Fingerprint::if_stable(&metadata, now),
            Err(error) => Some(Fingerprint::from_error(&error)),
        };
        let scanned = |path: PathBuf, shared: &Arc<SharedEntries>| ScannedFile {
            fingerprint: fingerprint(&path),
            shared: Arc::clone(shared),
            path,
        };
        let mut layers: Vec<Layer> = dedup_keep_last(folders)
            .map(|folder| {
                let shared = Arc::new(shared_entries(folder));
                let scanned = |path| scanned(path, &shared);
                Layer {
                    folder: folder.clone(),
                    shared: SHARED_FILES.map(|name| fingerprint(&folder.join(name))),
                    files: match toml_files(folder) {
                        Ok(files) => Ok(files.into_iter().map(scanned).collect()),
                        Err(error) => Err(folder_error(folder, &error).to_string()),
                    },
                }
            })
            .collect();
        layers.extend(file.map(|file| {
            let shared = Arc::new(shared_entries_beside(file));
            Layer {
                folder: file.to_owned(),
                // A single file turns the cache off.
                shared: [None; SHARED_FILES.len()],
                files: Ok(vec![scanned(file.to_owned(), &shared)]),
            }
        }));
        Self { layers }
    }

    /// Returns every file, layer by layer.
    pub fn files(&self) -> impl Iterator<Item = &ScannedFile> {
        self.layers.iter().flat_map(|layer| &layer.files).flatten()
    }
}

/// Removes duplicates; keeps the last occurrence of each folder.
pub(crate) fn dedup_keep_last(folders: &[PathBuf]) -> impl DoubleEndedIterator<Item = &PathBuf> {
    folders
        .iter()
        .enumerate()
        .filter(|(index, folder)| !folders[index + 1..].contains(folder))
        .map(|(_, folder)| folder)
}

/// Returns the `*.toml` files of a folder that are documents and not hidden, sorted by name.
pub(crate) fn toml_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        let path = entry.path();
        let is_toml = path.extension().is_some_and(|it| it == "toml");
        if !is_hidden && is_toml && !is_shared_file(&path) {
            files.push(path);
        }
    }
    // Within one folder bytes sort as components do, and faster.
    files.sort_unstable_by(|a, b| a.as_os_str().cmp(b.as_os_str()));
    Ok(files)
}

/// Returns the files that paths name, each once: those of a folder, documents first, or the path
/// itself if it is not a folder.
pub(crate) fn content_files(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut seen = HashSet::new();
    let files_in = |path: &PathBuf| {
        let Ok(mut files) = toml_files(path) else {
            return vec![path.clone()];
        };
        let shared = SHARED_FILES.map(|name| path.join(name));
        files.extend(shared.into_iter().filter(|path| path.exists()));
        files
    };
    let mut files: Vec<PathBuf> = paths.iter().flat_map(files_in).collect();
    files.retain(|file| seen.insert(file.clone()));
    files
}

/// Returns the shared entries of each folder that has one of the files.
pub(crate) fn entries_by_folder(files: &[PathBuf]) -> HashMap<&Path, SharedEntries> {
    let mut shared = HashMap::new();
    for folder in files.iter().map(|file| folder_of(file)) {
        shared
            .entry(folder)
            .or_insert_with(|| shared_entries(folder));
    }
    shared
}

fn folder_error(folder: &Path, error: &io::Error) -> Report {
    let unreadable = format!("cannot read this folder: {error}");
    let (message, hint) = match error.kind() {
        io::ErrorKind::NotFound => ("folder not found", "check the name of this content folder"),
        io::ErrorKind::NotADirectory => (
            "this is a file, not a folder",
            "name the folder that contains it, or open the file by itself",
        ),
        io::ErrorKind::PermissionDenied => (
            "no permission to read this folder",
            "ask its owner for permission",
        ),
        _ => (
            unreadable.as_str(),
            "check that its disk or network folder is available",
        ),
    };
    Report::whole_file(&folder.to_string_lossy(), message, hint)
}
