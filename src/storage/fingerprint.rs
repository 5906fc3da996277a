//! Defines the stamp of a file: what tells whether it is still the file that was read.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime};

use crate::storage::part_reader::PartReader;
use crate::storage::varint::write_varint;

/// How long ago a file must have been changed for its stamp to be believed. Clocks of files tick
/// slowly, on some disks every two seconds: a change within the same tick would not show.
const MIN_AGE: Duration = Duration::from_secs(2);

/// Size and times of a file, and where it is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    size: u64,
    /// When the content was changed, in nanoseconds since 1970.
    modified: i64,
    /// When anything of the file was, its name and owner included.
    changed: i64,
    inode: u64,
}

impl Fingerprint {
    /// Takes the stamp of a file; nothing where it was changed so lately that another change may
    /// not show.
    pub fn if_stable(about: &Metadata, now: SystemTime) -> Option<Self> {
        let modified = about.modified().ok()?;
        let age = match now.duration_since(modified) {
            Ok(age) => age,
            // A clock that is wrong is wrong the same way at the next look.
            Err(ahead) => ahead.duration(),
        };
        (age >= MIN_AGE).then(|| Self::from_metadata(about))
    }

    /// Takes the stamp of a file that is only ever replaced as a whole.
    pub fn from_metadata(about: &Metadata) -> Self {
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
    pub(crate) fn from_error(error: &io::Error) -> Self {
        Self {
            size: u64::MAX,
            modified: error.raw_os_error().unwrap_or_default().into(),
            changed: 0,
            inode: 0,
        }
    }

    /// Appends the stamp to a buffer.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        write_varint(out, self.size);
        out.extend(self.modified.to_le_bytes());
        out.extend(self.changed.to_le_bytes());
        write_varint(out, self.inode);
    }

    pub(crate) fn decode(part: &mut PartReader<'_>) -> Option<Self> {
        Some(Self {
            size: part.read_varint()?,
            modified: i64::from_le_bytes(part.read_array()?),
            changed: i64::from_le_bytes(part.read_array()?),
            inode: part.read_varint()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::fs::File;

    use super::*;
    use crate::storage::container::{Backing, Container, ContainerWriter};

    #[test]
    fn fingerprint_detects_a_change_and_skips_a_recent_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        fs::write(&path, "a").unwrap();
        let stamp = || Fingerprint::if_stable(&fs::metadata(&path).unwrap(), SystemTime::now());
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
    fn fingerprint_round_trips() {
        let stamp = Fingerprint {
            size: 7,
            modified: -3,
            changed: i64::MAX,
            inode: u64::MAX,
        };
        let mut bytes = Vec::new();
        stamp.encode(&mut bytes);
        let read = |bytes: &[u8]| {
            let mut out = ContainerWriter::new(Vec::new(), 1).unwrap();
            out.write_part(*b"part", bytes).unwrap();
            let flat = Container::open(Backing::Memory(out.finish().unwrap()), 1).unwrap();
            Fingerprint::decode(&mut flat.part_reader(*b"part").unwrap())
        };
        assert_eq!(read(&bytes), Some(stamp));
        for length in 0..bytes.len() {
            assert_eq!(read(&bytes[..length]), None);
        }
    }
}
