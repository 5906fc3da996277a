//! Defines the scan: which files a library is made of, as they lie on the disk now.
//!
//! A scan opens no file. Its stamps say which of them were read before.

use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{fs, io};

use crate::diagnostics::Report;
use crate::storage::Fingerprint;

/// The files of some folders, layer upon layer: the later stands before the earlier.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    pub(crate) layers: Vec<Layer>,
}

/// The files of one folder.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub(crate) folder: PathBuf,
    /// By name; or why there are none, ready to show.
    pub(crate) files: Result<Vec<ScannedFile>, String>,
}

/// A file that may be a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScannedFile {
    /// Where it is.
    pub path: PathBuf,
    /// What tells whether it changes; nothing where a change may not show.
    pub fingerprint: Option<Fingerprint>,
}

impl Scan {
    /// Looks at the folders, and at a file of its own that stands before all of them.
    pub fn new(folders: &[PathBuf], file: Option<&Path>) -> Self {
        let now = SystemTime::now();
        let found = |path: PathBuf| ScannedFile {
            fingerprint: match fs::metadata(&path) {
                Ok(about) => Fingerprint::if_stable(&about, now),
                Err(error) => Some(Fingerprint::from_error(&error)),
            },
            path,
        };
        let mut layers: Vec<Layer> = dedup_keep_last(folders)
            .map(|folder| Layer {
                folder: folder.clone(),
                files: match toml_files(folder) {
                    Ok(files) => Ok(files.into_iter().map(found).collect()),
                    Err(error) => Err(folder_error(folder, &error).to_string()),
                },
            })
            .collect();
        layers.extend(file.map(|file| Layer {
            folder: file.to_owned(),
            files: Ok(vec![found(file.to_owned())]),
        }));
        Self { layers }
    }

    /// Returns every file, layer by layer.
    pub fn files(&self) -> impl Iterator<Item = &ScannedFile> {
        let files = self.layers.iter().flat_map(|layer| &layer.files);
        files.flatten()
    }
}

/// Returns each folder once: one that is named again stands where it is named last.
pub(crate) fn dedup_keep_last(folders: &[PathBuf]) -> impl DoubleEndedIterator<Item = &PathBuf> {
    folders
        .iter()
        .enumerate()
        .filter(|(index, folder)| !folders[index + 1..].contains(folder))
        .map(|(_, folder)| folder)
}

/// Returns the documents of a folder, by name.
pub(crate) fn toml_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
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
    // All are in one folder, so that their bytes say as much as their components, and sooner.
    files.sort_unstable_by(|a, b| a.as_os_str().cmp(b.as_os_str()));
    Ok(files)
}

fn folder_error(folder: &Path, error: &io::Error) -> Report {
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
