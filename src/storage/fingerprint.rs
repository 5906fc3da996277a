//! The fingerprint of a file: metadata that changes whenever the file does.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime};

use crate::storage::part_reader::PartReader;
use crate::storage::varint::write_varint;

/// The minimum age of a file for a reliable fingerprint. Some file systems record times in steps of
/// two seconds, so a second change within one step would not show.
const MIN_AGE: Duration = Duration::from_secs(2);

/// The size, times and inode of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    size: u64,
    /// The last change of the content (mtime), in nanoseconds since 1970.
    modified: i64,
    /// The last change of content, name or owner (ctime), in nanoseconds since 1970.
    changed: i64,
    inode: u64,
}

impl Fingerprint {
    /// Makes a fingerprint; `None` if the file changed so recently that another change may not show.
    pub fn if_stable(metadata: &Metadata, now: SystemTime) -> Option<Self> {
        let modified = metadata.modified().ok()?;
        let age = match now.duration_since(modified) {
            Ok(age) => age,
            // A time in the future comes from a wrong clock.
            Err(ahead) => ahead.duration(),
        };
        (age >= MIN_AGE).then(|| Self::from_metadata(metadata))
    }

    /// Makes a fingerprint of a file that is only ever replaced, never changed in place.
    pub fn from_metadata(metadata: &Metadata) -> Self {
        let nanoseconds =
            |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
        Self {
            size: metadata.len(),
            modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
        }
    }

    /// Makes the fingerprint of a file that cannot be examined; it depends on the error.
    pub(crate) fn from_error(error: &io::Error) -> Self {
        Self {
            size: u64::MAX,
            modified: error.raw_os_error().unwrap_or_default().into(),
            changed: 0,
            inode: 0,
        }
    }

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
        let fingerprint =
            || Fingerprint::if_stable(&fs::metadata(&path).unwrap(), SystemTime::now());
        assert_eq!(fingerprint(), None);
        let set_age = |seconds| {
            let file = File::options().write(true).open(&path).unwrap();
            let then = SystemTime::now() - Duration::from_secs(seconds);
            file.set_modified(then).unwrap();
        };
        set_age(60);
        let first = fingerprint();
        assert!(first.is_some());
        assert_eq!(fingerprint(), first);
        set_age(50);
        assert_ne!(fingerprint(), first);
    }

    #[test]
    fn fingerprint_round_trips() {
        let fingerprint = Fingerprint {
            size: 7,
            modified: -3,
            changed: i64::MAX,
            inode: u64::MAX,
        };
        let mut bytes = Vec::new();
        fingerprint.encode(&mut bytes);
        let read = |bytes: &[u8]| {
            let mut out = ContainerWriter::new(Vec::new(), 1).unwrap();
            out.write_part(*b"part", bytes).unwrap();
            let container = Container::open(Backing::Memory(out.finish().unwrap()), 1).unwrap();
            Fingerprint::decode(&mut container.part_reader(*b"part").unwrap())
        };
        assert_eq!(read(&bytes), Some(fingerprint));
        for length in 0..bytes.len() {
            assert_eq!(read(&bytes[..length]), None);
        }
    }
}
