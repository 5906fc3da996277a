//! Opens and reads files whose kind, size and owner are checked.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::process::geteuid;

/// The permissions to write that a file's group and others may have.
const WRITABLE_BY_OTHERS: u32 = 0o022;
/// In a folder with this bit, others cannot replace a file that is not theirs.
const STICKY: u32 = 0o1000;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The path names a folder, a pipe, a socket or a device.
    #[error("this is {0}, not a file")]
    NotAFile(&'static str),
    /// The limit is in bytes.
    #[error("the file is larger than {} MiB", .0 >> 20)]
    TooLarge(u64),
    #[error(
        "{} can be written by others (mode {mode:04o}); run `chmod go-w {}`",
        path.display(),
        path.display()
    )]
    WritableByOthers { path: PathBuf, mode: u32 },
    #[error(
        "{} belongs to user {uid}, who is neither root nor the user of this program; \
         run `chown root {}`",
        path.display(),
        path.display()
    )]
    ForeignOwner { path: PathBuf, uid: u32 },
}

impl FileError {
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

/// Opens a regular file for reading. Does not wait for the other end of a pipe.
pub fn open(path: &Path) -> Result<File, FileError> {
    // Check first, because opening a device can have effects.
    require_regular(&path.metadata()?)?;
    // Check again after opening. Without NONBLOCK, opening a pipe would block.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty()).map_err(io::Error::from)?);
    require_regular(&file.metadata()?)?;
    Ok(file)
}

/// Opens a regular file as [`open`] does, and checks it with [`require_trusted`].
pub fn open_trusted(path: &Path) -> Result<File, FileError> {
    let file = open(path)?;
    require_trusted(path, &file)?;
    Ok(file)
}

/// Checks that only root and the user of this program can change or replace an open file: neither
/// its group nor others may write to it or to a folder above it (as with sshd's `StrictModes`).
pub fn require_trusted(path: &Path, file: &File) -> Result<(), FileError> {
    require_owned(path, &file.metadata()?)?;
    let path = path.canonicalize()?;
    for folder in path.ancestors().skip(1) {
        require_owned(folder, &folder.metadata()?)?;
    }
    Ok(())
}

/// Reads a regular file of at most `limit` bytes.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    read_to_limit(&open(path)?, limit)
}

/// Reads a regular file of at most `limit` bytes of UTF-8.
pub fn read_text(path: &Path, limit: u64) -> Result<String, FileError> {
    let text = String::from_utf8(read(path, limit)?);
    text.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.utf8_error()).into())
}

/// Reads the rest of an open file, which may have at most `limit` bytes.
pub fn read_to_limit(file: &File, limit: u64) -> Result<Vec<u8>, FileError> {
    // Checked first so that no memory is taken for a file that is too large.
    let size = file.metadata()?.len();
    if size > limit {
        return Err(FileError::TooLarge(limit));
    }
    // One byte more, so that the end is read without growing.
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
    // The file may have grown since, and files such as those of /proc have no size.
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(FileError::TooLarge(limit));
    }
    Ok(bytes)
}

fn require_regular(metadata: &Metadata) -> Result<(), FileError> {
    let kind = metadata.file_type();
    Err(FileError::NotAFile(match kind {
        _ if kind.is_file() => return Ok(()),
        _ if kind.is_dir() => "a folder",
        _ if kind.is_fifo() => "a pipe",
        _ if kind.is_socket() => "a socket",
        _ => "a device",
    }))
}

fn require_owned(path: &Path, metadata: &Metadata) -> Result<(), FileError> {
    let (uid, mode) = (metadata.uid(), metadata.mode() & 0o7777);
    let path = || path.to_owned();
    if uid != 0 && uid != geteuid().as_raw() {
        return Err(FileError::ForeignOwner { path: path(), uid });
    }
    let is_sticky = metadata.is_dir() && mode & STICKY != 0;
    if mode & WRITABLE_BY_OTHERS != 0 && !is_sticky {
        return Err(FileError::WritableByOthers { path: path(), mode });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::UnixListener;

    use rustix::fs::{CWD, FileType, mknodat};

    use super::*;

    #[test]
    fn only_regular_files_up_to_the_limit_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        mknodat(CWD, path("pipe"), FileType::Fifo, Mode::RUSR, 0).unwrap();
        let _socket = UnixListener::bind(path("socket")).unwrap();
        fs::write(path("file"), "12345678").unwrap();
        let error = |path: &Path| read(path, 8).unwrap_err().to_string();
        assert_eq!(error(&path("pipe")), "this is a pipe, not a file");
        assert_eq!(error(&path("socket")), "this is a socket, not a file");
        assert_eq!(error(folder.path()), "this is a folder, not a file");
        assert_eq!(
            error(Path::new("/dev/zero")),
            "this is a device, not a file"
        );
        assert!(read(&path("missing"), 8).unwrap_err().is_not_found());
        assert_eq!(read(&path("file"), 8).unwrap(), b"12345678");
        let too_large = read(&path("file"), 7);
        assert!(matches!(too_large, Err(FileError::TooLarge(7))));
    }

    #[test]
    fn limit_holds_for_files_that_state_no_size() {
        let status = Path::new("/proc/self/status");
        if !status.exists() {
            eprintln!("skipped: there is no /proc");
            return;
        }
        assert_eq!(status.metadata().unwrap().len(), 0);
        assert!(matches!(read(status, 10), Err(FileError::TooLarge(10))));
        assert!(!read(status, 1 << 20).unwrap().is_empty());
    }

    #[test]
    fn trusted_file_and_its_folders_are_not_writable_by_others() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).unwrap();
        let file = inner.join("keys");
        fs::write(&file, "").unwrap();
        let set_mode = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        for (file_mode, folder_mode, culprit) in [
            (0o644, 0o755, None),
            (0o664, 0o755, Some(&file)),
            (0o646, 0o755, Some(&file)),
            (0o644, 0o775, Some(&inner)),
            (0o644, 0o1777, None),
        ] {
            set_mode(&file, file_mode);
            set_mode(&inner, folder_mode);
            let error = open_trusted(&file).err().map(|error| error.to_string());
            let expected = culprit.map(|path| format!("run `chmod go-w {}`", path.display()));
            match (&error, &expected) {
                (None, None) => {}
                (Some(error), Some(expected)) => assert!(error.ends_with(expected), "{error}"),
                _ => panic!("{file_mode:o} {folder_mode:o}: {error:?}"),
            }
        }
        if geteuid().is_root() {
            set_mode(&inner, 0o755);
            std::os::unix::fs::chown(&file, Some(4321), None).unwrap();
            let error = open_trusted(&file).unwrap_err().to_string();
            assert!(error.contains("belongs to user 4321"), "{error}");
        }
    }
}
