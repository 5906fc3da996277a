//! The sandbox of a running server: the kernel denies access to everything that it does not need.
//!
//! Landlock (Linux 5.13 and later) applies to the calling thread and to threads that it starts, so
//! the sandbox is entered before any other thread exists. Each rule holds for a folder, because
//! editors replace files: a rule for a file would not hold for its replacement.

use std::fs;
use std::path::{Path, PathBuf};

use crate::files;

/// The files that a server uses after its start. Folders that do not exist are not included.
#[derive(Clone, Debug, Default)]
pub struct FileAccess {
    /// Files, and folders of files, that are read.
    pub read: Vec<PathBuf>,
    /// Folders that are read and written. They are created if they are missing.
    pub write: Vec<PathBuf>,
}

/// What the kernel enforces, for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sandbox {
    /// `none`, `partly` (the kernel knows some of the restrictions) or `fully`.
    pub enforced: &'static str,
    pub read: String,
    pub write: String,
}

impl Sandbox {
    /// Restricts this thread, and the threads that it starts, to the given files, and to listening
    /// on the given TCP ports. It starts no programs and connects to no network address.
    pub fn enter(files: &FileAccess, ports: &[u16]) -> Self {
        for folder in &files.write {
            // If this fails, writing to the folder will fail too, and the log will say so.
            let _ = files::create_folder(folder);
        }
        let read: Vec<PathBuf> = files
            .read
            .iter()
            .flat_map(|path| folders_of(path))
            .collect();
        Self {
            enforced: restrict(&read, &files.write, ports),
            read: join(&read),
            write: join(&files.write),
        }
    }
}

fn join(paths: &[PathBuf]) -> String {
    let mut paths: Vec<_> = paths.iter().map(|path| path.to_string_lossy()).collect();
    paths.sort();
    paths.dedup();
    paths.join(":")
}

/// The folders from which a file or a folder of files is read: of a file its parent, and for
/// symbolic links also the folders of their targets.
fn folders_of(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return file_folders(path);
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let links = entries.filter(|entry| entry.path().is_symlink());
    let targets = links.filter_map(|link| link.path().canonicalize().ok());
    let targets = targets.filter_map(|target| Some(target.parent()?.to_owned()));
    std::iter::once(path.to_owned()).chain(targets).collect()
}

fn file_folders(file: &Path) -> Vec<PathBuf> {
    let parent = |file: &Path| match file.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Some(PathBuf::from(".")),
        folder => folder.map(Path::to_owned),
    };
    let target = file.canonicalize().ok();
    let target = target.and_then(|target| parent(&target));
    parent(file).into_iter().chain(target).collect()
}

#[cfg(target_os = "linux")]
fn restrict(read: &[PathBuf], write: &[PathBuf], ports: &[u16]) -> &'static str {
    use landlock::{
        ABI, Access, AccessFs, AccessNet, NetPort, Ruleset, RulesetAttr, RulesetCreatedAttr,
        RulesetError, RulesetStatus, path_beneath_rules,
    };
    let restrict = || {
        let can_read = AccessFs::ReadFile | AccessFs::ReadDir;
        let can_write = can_read
            | AccessFs::WriteFile
            | AccessFs::Truncate
            | AccessFs::MakeReg
            | AccessFs::MakeDir
            | AccessFs::RemoveFile;
        let ports = ports
            .iter()
            .map(|port| Ok::<_, RulesetError>(NetPort::new(*port, AccessNet::BindTcp)));
        // What an older kernel does not know stays allowed.
        Ruleset::default()
            .handle_access(AccessFs::from_all(ABI::V5))?
            .handle_access(AccessNet::from_all(ABI::V5))?
            .create()?
            .add_rules(path_beneath_rules(read, can_read))?
            .add_rules(path_beneath_rules(write, can_write))?
            .add_rules(ports)?
            .restrict_self()
    };
    match restrict().map(|status| status.ruleset) {
        Ok(RulesetStatus::FullyEnforced) => "fully",
        Ok(RulesetStatus::PartiallyEnforced) => "partly",
        Ok(RulesetStatus::NotEnforced) | Err::<_, RulesetError>(_) => "none",
    }
}

#[cfg(not(target_os = "linux"))]
const fn restrict(_: &[PathBuf], _: &[PathBuf], _: &[u16]) -> &'static str {
    "none"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_from_their_folder_and_that_of_their_target() {
        assert_eq!(folders_of(Path::new("keys")), [PathBuf::from(".")]);
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().canonicalize().unwrap().join(name);
        for name in ["content", "docs"] {
            fs::create_dir(path(name)).unwrap();
        }
        fs::write(path("docs/a.toml"), "").unwrap();
        std::os::unix::fs::symlink(path("docs/a.toml"), path("content/a.toml")).unwrap();
        let both = [path("content"), path("docs")];
        assert_eq!(folders_of(&path("content")), both);
        assert_eq!(folders_of(&path("content/a.toml")), both);
        let missing = folders_of(&path("content/missing.toml"));
        assert_eq!(missing, [path("content")]);
    }
}
