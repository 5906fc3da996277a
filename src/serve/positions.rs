//! The saved reading positions of users who log in with a key, one file per key.

use std::path::PathBuf;

use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_blocking;

use crate::app::ReadingPosition;
use crate::user_data;

/// The maximum number of queued positions. More are dropped, so that a disk that hangs does not
/// block sessions.
const QUEUE_CAPACITY: usize = 1024;

#[derive(Clone, Debug)]
pub struct PositionStore {
    folder: PathBuf,
    writer: mpsc::Sender<WriteTask>,
}

#[derive(Debug)]
enum WriteTask {
    Save(PathBuf, ReadingPosition),
    Flush(oneshot::Sender<()>),
}

impl PositionStore {
    /// Starts the writer task. Needs a runtime.
    pub fn open(folder: PathBuf) -> Self {
        let (writer, mut tasks) = mpsc::channel(QUEUE_CAPACITY);
        tokio::spawn(async move {
            while let Some(task) = tasks.recv().await {
                match task {
                    WriteTask::Save(path, position) => {
                        // One at a time: two sessions with the same key share a file.
                        let written =
                            spawn_blocking(move || user_data::save_position(&path, &position));
                        if let Ok(Err(error)) = written.await {
                            tracing::warn!(
                                error = error.to_string(),
                                "cannot save a user's position"
                            );
                        }
                    }
                    // Fails if the caller no longer waits.
                    WriteTask::Flush(done) => drop(done.send(())),
                }
            }
        });
        Self { folder, writer }
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
        let task = WriteTask::Save(self.file_for(fingerprint), position);
        let _ = self.writer.try_send(task);
    }

    /// Waits until all queued positions are written.
    pub async fn flush(&self) {
        let (done, finished) = oneshot::channel();
        if self.writer.send(WriteTask::Flush(done)).await.is_ok() {
            // Fails if the writer is gone: then the queue is empty.
            let _ = finished.await;
        }
    }

    /// The file of a key. Fingerprints are base64, in which `/` would be a path separator.
    fn file_for(&self, fingerprint: &str) -> PathBuf {
        let name: String = fingerprint
            .chars()
            .map(|c| match c {
                '/' => '_',
                '+' => '-',
                c if c.is_ascii_alphanumeric() => c,
                _ => '.',
            })
            .collect();
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
        let store = PositionStore::open(folder.path().join("readers"));
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
        store.flush().await;
        assert_eq!(store.load("SHA256:a/b+c").await, Some(position(8)));
        assert_eq!(store.load("SHA256:../../x").await, Some(position(77)));
        let outside = folder.path().join("x.toml");
        assert!(!outside.exists());
        let files = std::fs::read_dir(folder.path().join("readers")).unwrap();
        assert_eq!(files.count(), 2);
    }
}
