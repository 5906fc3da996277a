//! The file watcher: reports changes of the files of a library while a reader uses it.
//!
//! It waits for the system's notifications and never polls. Editors save in several steps (write,
//! rename, set permissions), and a copied folder is thousands of changes, so a report waits for
//! [`SAVE_TIME`] and covers all changes until then.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

/// The time from the first change to its report, in which an editor completes a save.
const SAVE_TIME: Duration = Duration::from_millis(30);

/// The time without changes after which the library is worth loading again.
const SETTLE_TIME: Duration = Duration::from_millis(300);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Files were saved, renamed or removed.
    Files,
    /// The files have not changed for a moment.
    Settled,
}

/// Watches the content folders and the single document of a library.
#[derive(Debug)]
pub struct FileWatcher {
    watcher: RecommendedWatcher,
    /// Holds one signal at most, for any number of changes.
    signals: Receiver<()>,
    folders: Vec<WatchedFolder>,
}

#[derive(Debug)]
struct WatchedFolder {
    path: PathBuf,
    /// While the folder does not exist, the folders above it that are watched for its creation.
    parents: Vec<PathBuf>,
}

impl FileWatcher {
    /// Watches folders, and a single file through its folder: a save may replace it.
    ///
    /// Fails if the system's limit of watches is reached.
    pub fn new(folders: &[PathBuf], file: Option<&Path>) -> notify::Result<Self> {
        let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let file = file.map(absolute);
        let paths = folders.iter().map(|folder| absolute(folder));
        let mut paths: Vec<PathBuf> = paths.collect();
        paths.extend(
            file.as_ref()
                .and_then(|file| file.parent())
                .map(Path::to_owned),
        );
        let (sender, signals) = sync_channel(1);
        let filter = Filter {
            folders: paths.clone(),
            file,
        };
        let folders = paths.into_iter().map(|path| WatchedFolder {
            path,
            parents: Vec::new(),
        });
        let mut this = Self {
            watcher: notify::recommended_watcher(filter.into_handler(sender))?,
            signals,
            folders: folders.collect(),
        };
        for folder in &mut this.folders {
            folder.watch(&mut this.watcher)?;
        }
        Ok(this)
    }

    /// Reports changes until the process ends.
    pub fn run(mut self, mut report: impl FnMut(Change)) {
        let mut is_settled = true;
        loop {
            let signal = if is_settled {
                self.signals.recv().map_err(RecvTimeoutError::from)
            } else {
                self.signals.recv_timeout(SETTLE_TIME)
            };
            match signal {
                Ok(()) => {
                    thread::sleep(SAVE_TIME);
                    // Changes from here on are reported next.
                    let _ = self.signals.try_recv();
                    for folder in &mut self.folders {
                        // A folder that cannot be watched is in the library's list of broken files.
                        let _ = folder.watch(&mut self.watcher);
                    }
                    is_settled = false;
                    report(Change::Files);
                }
                Err(RecvTimeoutError::Timeout) => {
                    is_settled = true;
                    report(Change::Settled);
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }
}

impl WatchedFolder {
    /// Watches the folder or, if it does not exist, the nearest folder above it.
    fn watch(&mut self, watcher: &mut RecommendedWatcher) -> notify::Result<()> {
        loop {
            // A folder that was removed and created again needs a new watch.
            if self.path.is_dir() {
                watcher.watch(&self.path, RecursiveMode::NonRecursive)?;
                for parent in self.parents.drain(..) {
                    // Fails if the parent was removed, too.
                    let _ = watcher.unwatch(&parent);
                }
                return Ok(());
            }
            let mut above = self.path.ancestors().skip(1);
            let Some(parent) = above.find(|parent| parent.is_dir()) else {
                return Ok(());
            };
            watcher.watch(parent, RecursiveMode::NonRecursive)?;
            // The next folder may have been created before the watch.
            if self.parents.last().is_some_and(|last| last == parent) {
                return Ok(());
            }
            self.parents.push(parent.to_owned());
        }
    }
}

/// Decides which notifications are changes of a library.
struct Filter {
    folders: Vec<PathBuf>,
    file: Option<PathBuf>,
}

impl Filter {
    fn into_handler(self, signals: SyncSender<()>) -> impl FnMut(notify::Result<Event>) {
        move |event| {
            // After an error, notifications may be missing.
            if event.is_ok_and(|event| !self.is_change(&event)) {
                return;
            }
            // A signal that is waiting already reports this change, too.
            let _ = signals.try_send(());
        }
    }

    fn is_change(&self, event: &Event) -> bool {
        let is_complete = match event.kind {
            // Reading a file opens it.
            EventKind::Access(kind) => kind == AccessKind::Close(AccessMode::Write),
            // A file that is being written is followed by `Close`, which only Linux reports.
            EventKind::Modify(ModifyKind::Data(_)) => !cfg!(target_os = "linux"),
            _ => true,
        };
        is_complete && (event.need_rescan() || event.paths.iter().any(|path| self.covers(path)))
    }

    /// Returns true for a document, for a content folder and for a folder above one. Backups and
    /// temporary files of editors have other names.
    fn covers(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default();
        let is_document = path.extension() == Some(OsStr::new("toml"))
            && !name.as_encoded_bytes().starts_with(b".");
        is_document
            || self.file.as_deref() == Some(path)
            || self.folders.iter().any(|folder| folder.starts_with(path))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::mpsc::{Receiver, channel};

    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(20);

    /// Watches folders and files on a thread.
    fn changes(folders: &[PathBuf], file: Option<&Path>) -> Receiver<Change> {
        let (sender, changes) = channel();
        let watcher = FileWatcher::new(folders, file).unwrap();
        thread::spawn(move || {
            watcher.run(|change| {
                // Fails at the end of the test.
                let _ = sender.send(change);
            });
        });
        changes
    }

    /// Waits until the changes so far are reported.
    fn wait_until_settled(changes: &Receiver<Change>) {
        assert_eq!(changes.recv_timeout(TIMEOUT), Ok(Change::Files));
        while changes.recv_timeout(TIMEOUT).unwrap() != Change::Settled {}
    }

    #[test]
    fn saves_and_renames_are_changes_and_reads_and_backups_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a.toml"), "").unwrap();
        let changes = changes(&[folder.path().to_owned()], None);
        fs::write(path("a.toml"), "a").unwrap();
        wait_until_settled(&changes);
        fs::write(path("new"), "a").unwrap();
        fs::rename(path("new"), path("a.toml")).unwrap();
        wait_until_settled(&changes);
        fs::remove_file(path("a.toml")).unwrap();
        wait_until_settled(&changes);
        for name in ["a.toml~", ".a.toml.swp", "4913", ".a.toml"] {
            fs::write(path(name), "a").unwrap();
        }
        fs::read(path("a.toml~")).unwrap();
        let nothing = changes.recv_timeout(10 * SAVE_TIME);
        assert_eq!(nothing, Err(RecvTimeoutError::Timeout));
    }

    #[test]
    fn many_changes_are_one_report() {
        let folder = tempfile::tempdir().unwrap();
        let changes = changes(&[folder.path().to_owned()], None);
        for n in 0..10_000 {
            fs::write(folder.path().join(format!("{n}.toml")), "").unwrap();
        }
        let mut reports = 0;
        while changes.recv_timeout(TIMEOUT).unwrap() != Change::Settled {
            reports += 1;
        }
        // One for each `SAVE_TIME` that the loop took, on any machine.
        assert!((1..2_000).contains(&reports), "{reports}");
    }

    #[test]
    fn folder_that_is_removed_and_created_again_is_watched() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("ours/content");
        fs::create_dir_all(&folder).unwrap();
        let changes = changes(std::slice::from_ref(&folder), None);
        for _ in 0..2 {
            fs::remove_dir_all(root.path().join("ours")).unwrap();
            wait_until_settled(&changes);
            fs::create_dir_all(&folder).unwrap();
            wait_until_settled(&changes);
            fs::write(folder.join("a.toml"), "").unwrap();
            wait_until_settled(&changes);
        }
    }

    #[test]
    fn single_file_needs_no_extension() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("document");
        let changes = changes(&[], Some(&file));
        fs::write(folder.path().join("other"), "").unwrap();
        fs::write(&file, "").unwrap();
        wait_until_settled(&changes);
    }
}
