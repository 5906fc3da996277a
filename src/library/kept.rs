//! Defines the parts of a flat file that keep a catalogue: what was read of each file, by stamp.
//!
//! ```text
//! made  what else the file depends on: the program, its own documents, the imported sets
//! file  layer by layer: the folder, and each file's name, stamp, and entry or report
//! find  by code: the file that its document is in
//! ```

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::scan::Scan;
use super::{Entry, FoundFile, Library, Origin, Record, Stamp, built_in};
use crate::content::{CodeId, ModifierCode, Status, System};
use crate::flat::packed::{
    read_byte, read_bytes, read_many, read_text, write_bytes, write_number, write_text,
};
use crate::flat::{Flat, FlatWriter, Name};
use crate::sets::Sets;

const MADE: Name = *b"made";
const FILES: Name = *b"file";
const FIND: Name = *b"find";

/// What was read of the files of a scan, as far as they are still the same.
#[derive(Debug)]
pub struct Kept {
    /// In the order of the scan.
    records: Vec<Option<Record>>,
    /// Whether the catalogue and all that was made of it are as they would be made now.
    is_current: bool,
}

impl Kept {
    /// Reads what a flat file has on the files of a scan; nothing where another program made it.
    pub fn read(flat: &Flat, scan: &Scan, sets: &Sets) -> Option<Self> {
        let made = flat.part(MADE)?;
        let mut made = &made[..];
        if read_bytes(&mut made)? != program() {
            return None;
        }
        let same_sets = read_bytes(&mut made)? == of_sets(sets);
        let files = flat.part(FILES)?;
        let mut reader = RecordReader::default();
        let layers = read_many(&mut &files[..], |bytes| reader.layer(bytes))?;
        let mut is_current = same_sets && layers.len() == scan.layers.len();
        let mut layers = layers.into_iter().peekable();
        let mut records = Vec::new();
        for layer in &scan.layers {
            let kept = layers.next_if(|kept| kept.folder == layer.folder);
            let Some(kept) = kept else {
                is_current = false;
                let files = layer.files.iter().flatten();
                records.extend(files.map(|_| None));
                continue;
            };
            match (&layer.files, kept.files) {
                (Ok(files), Ok(kept)) => is_current &= matched(files, kept, &mut records),
                (Err(now), Err(then)) => is_current &= *now == then,
                (Ok(files), Err(_)) => {
                    is_current = false;
                    records.extend(files.iter().map(|_| None));
                }
                (Err(_), Ok(_)) => is_current = false,
            }
        }
        Some(Self {
            records,
            is_current,
        })
    }

    /// Says whether nothing has changed, be it file, folder or set.
    pub const fn is_current(&self) -> bool {
        self.is_current
    }

    /// Returns how many files must be read again.
    pub fn missing(&self) -> usize {
        self.records.iter().filter(|one| one.is_none()).count()
    }

    pub(super) fn into_records(self) -> Vec<Option<Record>> {
        self.records
    }
}

/// Takes the records of files that are as they were; says whether that is all, and nothing went.
fn matched(
    files: &[FoundFile],
    kept: Vec<(PathBuf, Record)>,
    records: &mut Vec<Option<Record>>,
) -> bool {
    let mut is_current = files.len() == kept.len();
    let mut kept = kept.into_iter().peekable();
    for file in files {
        while kept.next_if(|(path, _)| *path < file.path).is_some() {}
        let record = kept
            .next_if(|(path, _)| *path == file.path)
            .map(|(_, record)| record)
            .filter(|record| file.stamp.is_some() && record.stamp == file.stamp);
        is_current &= record.is_some();
        records.push(record);
    }
    is_current
}

/// What was read of the files of a scan, packed to be kept.
#[derive(Debug)]
pub struct Keepsake(Vec<u8>);

impl Keepsake {
    /// Packs what was read of the files of a scan.
    pub fn of(scan: &Scan, records: &[Record]) -> Self {
        let mut bytes = Vec::new();
        let mut records = records.iter();
        write_number(&mut bytes, scan.layers.len() as u64);
        for layer in &scan.layers {
            write_path(&mut bytes, &layer.folder);
            match &layer.files {
                Err(report) => {
                    bytes.push(0);
                    write_text(&mut bytes, report);
                }
                Ok(files) => {
                    bytes.push(1);
                    write_number(&mut bytes, files.len() as u64);
                    for (file, record) in files.iter().zip(records.by_ref()) {
                        write_path(&mut bytes, file_name(&file.path));
                        write_record(&mut bytes, record);
                    }
                }
            }
        }
        Self(bytes)
    }

    /// Writes it, and where the documents of the library are that was made of it.
    pub fn write<W: io::Write>(self, library: &Library, out: &mut FlatWriter<W>) -> io::Result<()> {
        out.part(FILES, &self.0)?;
        let mut bytes = Vec::new();
        write_bytes(&mut bytes, &program());
        write_bytes(&mut bytes, &of_sets(&library.sets));
        out.part(MADE, &bytes)?;
        bytes.clear();
        for entry in &library.entries {
            write_code(&mut bytes, &entry.code);
            match &entry.origin {
                Origin::BuiltIn => bytes.push(0),
                Origin::File(path) => {
                    bytes.push(1);
                    write_path(&mut bytes, path);
                }
            }
        }
        out.part(FIND, &bytes)
    }
}

/// Returns where the document on a code is, going by a flat file; of no code, the first document.
/// The file may have changed since.
pub(super) fn find(flat: &Flat, wanted: Option<&CodeId>) -> Option<(CodeId, Origin)> {
    let made = flat.part(MADE)?;
    if read_bytes(&mut &made[..])? != program() {
        return None;
    }
    let bytes = flat.part(FIND)?;
    let mut bytes = &bytes[..];
    let value = wanted.map(CodeId::value);
    while !bytes.is_empty() {
        let (system, found) = (read_system(&mut bytes)?, read_text(&mut bytes)?);
        let path = match read_byte(&mut bytes)? {
            0 => None,
            _ => Some(read_bytes(&mut bytes)?),
        };
        let fits = wanted.is_none_or(|code| code.system() == system);
        if fits && value.is_none_or(|value| value == found) {
            let origin = path.map_or(Origin::BuiltIn, |path| Origin::File(path_of(path)));
            return Some((CodeId::new(system, found).ok()?, origin));
        }
    }
    None
}

/// Returns what tells one program from another, as far as it matters to what is kept.
fn program() -> Vec<u8> {
    let mut texts = crc32fast::Hasher::new();
    for (name, text) in built_in::FILES {
        texts.update(name.as_bytes());
        texts.update(text.as_bytes());
    }
    let mut program = env!("CARGO_PKG_VERSION").as_bytes().to_vec();
    program.extend(texts.finalize().to_le_bytes());
    program
}

/// Returns what tells imported sets from others: their names, the digests of what they were made
/// from, and where they are on the disk.
fn of_sets(sets: &Sets) -> Vec<u8> {
    let mut bytes = Vec::new();
    for set in sets.all() {
        let header = set.header();
        write_text(&mut bytes, &header.name());
        write_text(&mut bytes, &header.imported);
        for file in &header.files {
            write_text(&mut bytes, &file.sha256);
        }
        if let Some(stamp) = set.metadata().ok().map(|about| Stamp::of(&about)) {
            stamp.write(&mut bytes);
        }
    }
    bytes
}

/// A layer as it was kept.
struct KeptLayer {
    folder: PathBuf,
    files: Result<Vec<(PathBuf, Record)>, String>,
}

/// Reads records; lists that were met before are not read again.
#[derive(Default)]
struct RecordReader {
    lists: HashMap<Vec<u8>, Lists>,
}

type Lists = (Arc<[ModifierCode]>, Arc<[String]>);

impl RecordReader {
    fn layer(&mut self, bytes: &mut &[u8]) -> Option<KeptLayer> {
        let folder = path_of(read_bytes(bytes)?);
        let files = match read_byte(bytes)? {
            0 => Err(read_text(bytes)?.to_owned()),
            _ => Ok(read_many(bytes, |bytes| {
                let path = folder.join(OsStr::from_bytes(read_bytes(bytes)?));
                let record = self.record(bytes, &path)?;
                Some((path, record))
            })?),
        };
        Some(KeptLayer { folder, files })
    }

    fn record(&mut self, bytes: &mut &[u8], path: &Path) -> Option<Record> {
        let stamp = match read_byte(bytes)? {
            0 => None,
            _ => Some(Stamp::read(bytes)?),
        };
        let held = match read_byte(bytes)? {
            0 => Err(read_text(bytes)?.to_owned()),
            _ => Ok(self.entry(bytes, path)?),
        };
        Some(Record { stamp, held })
    }

    fn entry(&mut self, bytes: &mut &[u8], path: &Path) -> Option<Entry> {
        let (system, value) = (read_system(bytes)?, read_text(bytes)?);
        let code = CodeId::new(system, value).ok()?;
        let title = read_text(bytes)?.to_owned();
        let status = *Status::ALL.get(usize::from(read_byte(bytes)?))?;
        let packed = read_bytes(bytes)?;
        let (modifiers, payers) = if let Some(lists) = self.lists.get(packed) {
            lists.clone()
        } else {
            let lists = read_lists(packed)?;
            self.lists.insert(packed.to_vec(), lists.clone());
            lists
        };
        Some(Entry {
            code,
            title,
            status,
            origin: Origin::File(path.to_owned()),
            hidden: Vec::new(),
            modifiers,
            payers,
        })
    }
}

fn read_lists(mut bytes: &[u8]) -> Option<Lists> {
    let bytes = &mut bytes;
    let modifiers = read_many(bytes, |bytes| ModifierCode::new(read_text(bytes)?).ok())?;
    let payers = read_many(bytes, |bytes| read_text(bytes).map(str::to_owned))?;
    Some((modifiers.into(), payers.into()))
}

fn write_record(out: &mut Vec<u8>, record: &Record) {
    match &record.stamp {
        None => out.push(0),
        Some(stamp) => {
            out.push(1);
            stamp.write(out);
        }
    }
    match &record.held {
        Err(report) => {
            out.push(0);
            write_text(out, report);
        }
        Ok(entry) => {
            out.push(1);
            write_code(out, &entry.code);
            write_text(out, &entry.title);
            let status = Status::ALL.iter().position(|one| *one == entry.status);
            out.push(
                status
                    .and_then(|at| u8::try_from(at).ok())
                    .unwrap_or(u8::MAX),
            );
            let mut lists = Vec::new();
            write_number(&mut lists, entry.modifiers.len() as u64);
            for modifier in &*entry.modifiers {
                write_text(&mut lists, modifier.as_str());
            }
            write_number(&mut lists, entry.payers.len() as u64);
            for payer in &*entry.payers {
                write_text(&mut lists, payer);
            }
            write_bytes(out, &lists);
        }
    }
}

fn write_code(out: &mut Vec<u8>, code: &CodeId) {
    let system = System::ALL.iter().position(|one| *one == code.system());
    out.push(
        system
            .and_then(|at| u8::try_from(at).ok())
            .unwrap_or(u8::MAX),
    );
    write_text(out, code.value());
}

fn read_system(bytes: &mut &[u8]) -> Option<System> {
    System::ALL.get(usize::from(read_byte(bytes)?)).copied()
}

fn write_path(out: &mut Vec<u8>, path: &Path) {
    write_bytes(out, path.as_os_str().as_bytes());
}

fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(bytes))
}

fn file_name(path: &Path) -> &Path {
    path.file_name().map_or(path, Path::new)
}
