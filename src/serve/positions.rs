//! Keeps where each reader was, by the fingerprint of the key, and finds it again at the next login.

use std::path::PathBuf;

use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_blocking;

use crate::app::ReadingPosition;
use crate::user_data;

/// How many places wait to be written, after which new ones are dropped: a disk that hangs is to
/// cost no reader anything.
const QUEUE_CAPACITY: usize = 1024;

/// The places of all readers.
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
    /// Keeps places in a folder, one file a key. Needs a runtime.
    pub fn open(folder: PathBuf) -> Self {
        let (writer, mut tasks) = mpsc::channel(QUEUE_CAPACITY);
        tokio::spawn(async move {
            while let Some(task) = tasks.recv().await {
                match task {
                    WriteTask::Save(path, whereabouts) => {
                        // One at a time: two sessions of one key share a file.
                        let written =
                            spawn_blocking(move || user_data::save_position(&path, &whereabouts));
                        if let Ok(Err(error)) = written.await {
                            tracing::warn!(%error, "a reader's place was not kept");
                        }
                    }
                    // Nobody waits any more when this fails.
                    WriteTask::Flush(done) => drop(done.send(())),
                }
            }
        });
        Self { folder, writer }
    }

    /// Returns where the owner of a key was.
    pub async fn load(&self, fingerprint: &str) -> Option<ReadingPosition> {
        let path = self.file_for(fingerprint);
        let read = spawn_blocking(move || user_data::load_position(&path))
            .await
            .ok()?;
        read.unwrap_or_else(|error| {
            tracing::warn!(%error, "a reader's place was not found");
            None
        })
    }

    /// Keeps where the owner of a key is.
    pub fn save(&self, fingerprint: &str, whereabouts: ReadingPosition) {
        // What does not fit is written with the reader's next move.
        let _ = self
            .writer
            .try_send(WriteTask::Save(self.file_for(fingerprint), whereabouts));
    }

    /// Waits until everything is written.
    pub async fn flush(&self) {
        let (done, finished) = oneshot::channel();
        if self.writer.send(WriteTask::Flush(done)).await.is_ok() {
            // The writer is gone only when there is nothing left to write.
            let _ = finished.await;
        }
    }

    /// Returns the file of a key. Fingerprints are base64, whose `/` would name a folder.
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
        let places = PositionStore::open(folder.path().join("readers"));
        let here = |top| ReadingPosition {
            code: CodeId::new(CodeSystem::Cpt, "83950").unwrap(),
            row_path: None,
            top,
        };
        assert_eq!(places.load("SHA256:a/b+c").await, None);
        for top in 0..9 {
            places.save("SHA256:a/b+c", here(top));
        }
        places.save("SHA256:../../x", here(77));
        places.flush().await;
        assert_eq!(places.load("SHA256:a/b+c").await, Some(here(8)));
        assert_eq!(places.load("SHA256:../../x").await, Some(here(77)));
        let outside = folder.path().join("x.toml");
        assert!(!outside.exists());
        let files = std::fs::read_dir(folder.path().join("readers")).unwrap();
        assert_eq!(files.count(), 2);
    }
}
