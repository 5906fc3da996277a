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
use crate::flat::packed::{read_many, read_text, write_bytes, write_number, write_text};
use crate::flat::{Flat, FlatWriter, Name, Stream};
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
        let mut made = flat.stream(MADE)?;
        if made.bytes()? != program() {
            return None;
        }
        let same_sets = made.bytes()? == of_sets(sets);
        let mut part = Records::new(flat.stream(FILES)?);
        let mut left = part.stream.number()?;
        let mut is_current = same_sets && left == scan.layers.len() as u64;
        let mut records = Vec::with_capacity(scan.files().count());
        let mut folder = None;
        for layer in &scan.layers {
            if folder.is_none() && left > 0 {
                left -= 1;
                folder = Some(path_of(&part.stream.bytes()?));
            }
            if folder.as_ref() != Some(&layer.folder) {
                is_current = false;
                records.extend(layer.files.iter().flatten().map(|_| None));
                continue;
            }
            is_current &= match (&layer.files, part.stream.byte()?) {
                (Err(now), 0) => *now == part.stream.text()?,
                (Ok(files), 0) => {
                    part.stream.text()?;
                    records.extend(files.iter().map(|_| None));
                    false
                }
                (Ok(files), _) => part.matched(files, &mut records)?,
                (Err(_), _) => {
                    part.matched(&[], &mut records)?;
                    false
                }
            };
            folder = None;
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
                        write_bytes(&mut bytes, file_name(&file.path).as_bytes());
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
    if flat.stream(MADE)?.bytes()? != program() {
        return None;
    }
    let mut part = flat.stream(FIND)?;
    let (mut value, mut path) = (Vec::new(), Vec::new());
    while part.left() > 0 {
        let system = read_system(&mut part)?;
        part.bytes_into(&mut value)?;
        let is_file = part.byte()? != 0;
        if is_file {
            part.bytes_into(&mut path)?;
        }
        let is_it = |code: &CodeId| code.system() == system && code.value().as_bytes() == value;
        if wanted.is_none_or(is_it) {
            let code = CodeId::new(system, std::str::from_utf8(&value).ok()?).ok()?;
            let origin = if is_file {
                Origin::File(path_of(&path))
            } else {
                Origin::BuiltIn
            };
            return Some((code, origin));
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

/// Reads records; lists that were met before are not read again.
struct Records<'f> {
    stream: Stream<'f>,
    /// The name that was read last.
    name: Vec<u8>,
    lists: HashMap<Vec<u8>, Lists>,
}

type Lists = (Arc<[ModifierCode]>, Arc<[String]>);

impl<'f> Records<'f> {
    fn new(stream: Stream<'f>) -> Self {
        Self {
            stream,
            name: Vec::new(),
            lists: HashMap::new(),
        }
    }

    /// Reads the records of a folder, and takes those of files that are as they were; says whether
    /// that is all, and nothing went.
    fn matched(&mut self, files: &[FoundFile], records: &mut Vec<Option<Record>>) -> Option<bool> {
        let count = self.stream.number()?;
        let mut is_current = count == files.len() as u64;
        let mut files = files.iter().peekable();
        for _ in 0..count {
            self.stream.bytes_into(&mut self.name)?;
            let name = OsStr::from_bytes(&self.name);
            while files.next_if(|file| file_name(&file.path) < name).is_some() {
                is_current = false;
                records.push(None);
            }
            let file = files.next_if(|file| file_name(&file.path) == name);
            let record = self.record(file.map_or(Path::new(""), |file| &file.path))?;
            if let Some(FoundFile { stamp, .. }) = file {
                let is_same = stamp.is_some() && *stamp == record.stamp;
                is_current &= is_same;
                records.push(is_same.then_some(record));
            }
        }
        for _ in files {
            is_current = false;
            records.push(None);
        }
        Some(is_current)
    }

    fn record(&mut self, path: &Path) -> Option<Record> {
        let stamp = match self.stream.byte()? {
            0 => None,
            _ => Some(Stamp::read(&mut self.stream)?),
        };
        let held = match self.stream.byte()? {
            0 => Err(self.stream.text()?),
            _ => Ok(self.entry(path)?),
        };
        Some(Record { stamp, held })
    }

    fn entry(&mut self, path: &Path) -> Option<Entry> {
        let part = &mut self.stream;
        let system = read_system(part)?;
        let code = CodeId::new(system, &part.text()?).ok()?;
        let title = part.text()?;
        let status = *Status::ALL.get(usize::from(part.byte()?))?;
        let packed = part.bytes()?;
        let (modifiers, payers) = if let Some(lists) = self.lists.get(&packed) {
            lists.clone()
        } else {
            let lists = read_lists(&packed)?;
            self.lists.insert(packed, lists.clone());
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

fn read_system(part: &mut Stream<'_>) -> Option<System> {
    System::ALL.get(usize::from(part.byte()?)).copied()
}

fn write_path(out: &mut Vec<u8>, path: &Path) {
    write_bytes(out, path.as_os_str().as_bytes());
}

fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(bytes))
}

fn file_name(path: &Path) -> &OsStr {
    path.file_name().unwrap_or(path.as_os_str())
}
