//! Defines the stamp of a file: what tells whether it is still the file that was read.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime};

use crate::flat::Stream;
use crate::flat::packed::write_number;

/// How long ago a file must have been changed for its stamp to be believed. Clocks of files tick
/// slowly, on some disks every two seconds: a change within the same tick would not show.
const SETTLED: Duration = Duration::from_secs(2);

/// Size and times of a file, and where it is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    size: u64,
    /// When the content was changed, in nanoseconds since 1970.
    modified: i64,
    /// When anything of the file was, its name and owner included.
    changed: i64,
    inode: u64,
}

impl Stamp {
    /// Takes the stamp of a file; nothing where it was changed so lately that another change may
    /// not show.
    pub fn settled(about: &Metadata, now: SystemTime) -> Option<Self> {
        let modified = about.modified().ok()?;
        let age = match now.duration_since(modified) {
            Ok(age) => age,
            // A clock that is wrong is wrong the same way at the next look.
            Err(ahead) => ahead.duration(),
        };
        (age >= SETTLED).then(|| Self::of(about))
    }

    /// Takes the stamp of a file that is only ever replaced as a whole.
    pub fn of(about: &Metadata) -> Self {
        let nanoseconds =
            |seconds: i64, more: i64| seconds.saturating_mul(1_000_000_000).saturating_add(more);
        Self {
            size: about.len(),
            modified: nanoseconds(about.mtime(), about.mtime_nsec()),
            changed: nanoseconds(about.ctime(), about.ctime_nsec()),
            inode: about.ino(),
        }
    }

    /// Stands for the stamp of a file that cannot be looked at; it changes with the reason.
    pub(super) fn of_error(error: &io::Error) -> Self {
        Self {
            size: u64::MAX,
            modified: error.raw_os_error().unwrap_or_default().into(),
            changed: 0,
            inode: 0,
        }
    }

    /// Appends the stamp to a buffer.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        write_number(out, self.size);
        out.extend(self.modified.to_le_bytes());
        out.extend(self.changed.to_le_bytes());
        write_number(out, self.inode);
    }

    pub(super) fn read(part: &mut Stream<'_>) -> Option<Self> {
        Some(Self {
            size: part.number()?,
            modified: i64::from_le_bytes(part.array()?),
            changed: i64::from_le_bytes(part.array()?),
            inode: part.number()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use super::*;
    use crate::flat::{Flat, FlatWriter, Source};

    #[test]
    fn a_change_shows_and_one_of_just_now_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        fs::write(&path, "a").unwrap();
        let stamp = || Stamp::settled(&fs::metadata(&path).unwrap(), SystemTime::now());
        assert_eq!(stamp(), None);
        let age = |seconds| {
            let file = File::options().write(true).open(&path).unwrap();
            let then = SystemTime::now() - Duration::from_secs(seconds);
            file.set_modified(then).unwrap();
        };
        age(60);
        let first = stamp();
        assert!(first.is_some());
        assert_eq!(stamp(), first);
        age(50);
        assert_ne!(stamp(), first);
    }

    #[test]
    fn a_stamp_comes_back_as_it_was() {
        let stamp = Stamp {
            size: 7,
            modified: -3,
            changed: i64::MAX,
            inode: u64::MAX,
        };
        let mut bytes = Vec::new();
        stamp.write(&mut bytes);
        let read = |bytes: &[u8]| {
            let mut out = FlatWriter::new(Vec::new(), 1).unwrap();
            out.part(*b"part", bytes).unwrap();
            let flat = Flat::open(Source::Memory(out.finish().unwrap()), 1).unwrap();
            Stamp::read(&mut flat.stream(*b"part").unwrap())
        };
        assert_eq!(read(&bytes), Some(stamp));
        for length in 0..bytes.len() {
            assert_eq!(read(&bytes[..length]), None);
        }
    }
}
