//! The saved reading positions of users who log in with a key, one file per key.

use std::io;
use std::path::PathBuf;

use tokio::task::spawn_blocking;

use crate::app::ReadingPosition;
use crate::serve::ops::write_queue::WriteQueue;
use crate::user_data;

#[derive(Clone, Debug)]
pub struct PositionStore {
    folder: PathBuf,
    queue: WriteQueue<(PathBuf, ReadingPosition)>,
}

impl PositionStore {
    /// Starts the thread that writes. It writes one position at a time: two sessions with the same
    /// key share a file.
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        let queue = WriteQueue::start("positions", |(path, position): (PathBuf, _)| {
            if let Err(error) = user_data::save_position(&path, &position) {
                tracing::warn!(error = error.to_string(), "cannot save a user's position");
            }
        })?;
        Ok(Self { folder, queue })
    }

    pub async fn load(&self, fingerprint: &str) -> Option<ReadingPosition> {
        let path = self.file_for(fingerprint);
        let read = spawn_blocking(move || user_data::load_position(&path))
            .await
            .ok()?;
        read.unwrap_or_else(|error| {
            tracing::warn!(error = error.to_string(), "cannot load a user's position");
            None
        })
    }

    /// Queues a position. If the queue is full, the position is dropped; the next one replaces it.
    pub fn save(&self, fingerprint: &str, position: ReadingPosition) {
        self.queue.push((self.file_for(fingerprint), position));
    }

    /// Waits until the queued positions are written, as [`WriteQueue::flush`] does.
    pub fn flush(&self) -> bool {
        self.queue.flush()
    }

    /// The file of a key. Fingerprints are base64, in which `/` would be a path separator.
    fn file_for(&self, fingerprint: &str) -> PathBuf {
        let name = fingerprint.replace(
            |c: char| !c.is_ascii_alphanumeric() && !"/+".contains(c),
            ".",
        );
        let name = name.replace('/', "_").replace('+', "-");
        self.folder.join(format!("{name}.toml"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{CodeId, CodeSystem};

    #[tokio::test]
    async fn each_key_has_its_own_position() {
        let folder = tempfile::tempdir().unwrap();
        let store = PositionStore::open(folder.path().join("readers")).unwrap();
        let position = |top| ReadingPosition {
            code: CodeId::new(CodeSystem::Cpt, "83950").unwrap(),
            row_path: None,
            top,
        };
        assert_eq!(store.load("SHA256:a/b+c").await, None);
        for top in 0..9 {
            store.save("SHA256:a/b+c", position(top));
        }
        store.save("SHA256:../../x", position(77));
        while !store.flush() {}
        assert_eq!(store.load("SHA256:a/b+c").await, Some(position(8)));
        assert_eq!(store.load("SHA256:../../x").await, Some(position(77)));
        let outside = folder.path().join("x.toml");
        assert!(!outside.exists());
        let files = std::fs::read_dir(folder.path().join("readers")).unwrap();
        assert_eq!(files.count(), 2);
    }
}
