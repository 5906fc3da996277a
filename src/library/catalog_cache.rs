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

use crate::codesets::ImportedSets;
use crate::content::{CodeId, CodeSystem, ModifierCode, Status};
use crate::library::scan::Scan;
use crate::library::{CatalogEntry, CatalogRecord, Library, Origin, ScannedFile, built_in};
use crate::storage::varint::{read_list, read_text, write_bytes, write_text, write_varint};
use crate::storage::{Container, ContainerWriter, Fingerprint, PartReader, PartTag};

const DEPENDENCIES_PART: PartTag = *b"made";
const FILES_PART: PartTag = *b"file";
const LOCATIONS_PART: PartTag = *b"find";

/// What was read of the files of a scan, as far as they are still the same.
#[derive(Debug)]
pub struct CachedCatalog {
    /// In the order of the scan.
    records: Vec<Option<CatalogRecord>>,
    /// Whether the catalogue and all that was made of it are as they would be made now.
    is_current: bool,
}

impl CachedCatalog {
    /// Reads what a flat file has on the files of a scan; nothing where another program made it.
    pub fn load(flat: &Container, scan: &Scan, sets: &ImportedSets) -> Option<Self> {
        let mut made = flat.part_reader(DEPENDENCIES_PART)?;
        if made.read_bytes()? != program_key() {
            return None;
        }
        let same_sets = made.read_bytes()? == sets_key(sets);
        let mut part = RecordDecoder::new(flat.part_reader(FILES_PART)?);
        let mut left = part.reader.read_varint()?;
        let mut is_current = same_sets && left == scan.layers.len() as u64;
        let mut records = Vec::with_capacity(scan.files().count());
        let mut folder = None;
        for layer in &scan.layers {
            if folder.is_none() && left > 0 {
                left -= 1;
                folder = Some(path_from_bytes(&part.reader.read_bytes()?));
            }
            if folder.as_ref() != Some(&layer.folder) {
                is_current = false;
                records.extend(layer.files.iter().flatten().map(|_| None));
                continue;
            }
            is_current &= match (&layer.files, part.reader.read_byte()?) {
                (Err(now), 0) => *now == part.reader.read_text()?,
                (Ok(files), 0) => {
                    part.reader.read_text()?;
                    records.extend(files.iter().map(|_| None));
                    false
                }
                (Ok(files), _) => part.match_files(files, &mut records)?,
                (Err(_), _) => {
                    part.match_files(&[], &mut records)?;
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

    pub(crate) fn into_records(self) -> Vec<Option<CatalogRecord>> {
        self.records
    }
}

/// What was read of the files of a scan, packed to be kept.
#[derive(Debug)]
pub struct EncodedCatalog(Vec<u8>);

impl EncodedCatalog {
    /// Packs what was read of the files of a scan.
    pub fn encode(scan: &Scan, records: &[CatalogRecord]) -> Self {
        let mut bytes = Vec::new();
        let mut records = records.iter();
        write_varint(&mut bytes, scan.layers.len() as u64);
        for layer in &scan.layers {
            write_path(&mut bytes, &layer.folder);
            match &layer.files {
                Err(report) => {
                    bytes.push(0);
                    write_text(&mut bytes, report);
                }
                Ok(files) => {
                    bytes.push(1);
                    write_varint(&mut bytes, files.len() as u64);
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
    pub fn write<W: io::Write>(
        self,
        library: &Library,
        out: &mut ContainerWriter<W>,
    ) -> io::Result<()> {
        out.write_part(FILES_PART, &self.0)?;
        let mut bytes = Vec::new();
        write_bytes(&mut bytes, &program_key());
        write_bytes(&mut bytes, &sets_key(&library.sets));
        out.write_part(DEPENDENCIES_PART, &bytes)?;
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
        out.write_part(LOCATIONS_PART, &bytes)
    }
}

/// Returns where the document on a code is, going by a flat file; of no code, the first document.
/// The file may have changed since.
pub(crate) fn locate_document(
    flat: &Container,
    wanted: Option<&CodeId>,
) -> Option<(CodeId, Origin)> {
    if flat.part_reader(DEPENDENCIES_PART)?.read_bytes()? != program_key() {
        return None;
    }
    let mut part = flat.part_reader(LOCATIONS_PART)?;
    let (mut value, mut path) = (Vec::new(), Vec::new());
    while part.remaining() > 0 {
        let system = read_system(&mut part)?;
        part.read_bytes_into(&mut value)?;
        let is_file = part.read_byte()? != 0;
        if is_file {
            part.read_bytes_into(&mut path)?;
        }
        let is_it = |code: &CodeId| code.system() == system && code.value().as_bytes() == value;
        if wanted.is_none_or(is_it) {
            let code = CodeId::new(system, std::str::from_utf8(&value).ok()?).ok()?;
            let origin = if is_file {
                Origin::File(path_from_bytes(&path))
            } else {
                Origin::BuiltIn
            };
            return Some((code, origin));
        }
    }
    None
}

/// Returns what tells one program from another, as far as it matters to what is kept.
fn program_key() -> Vec<u8> {
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
fn sets_key(sets: &ImportedSets) -> Vec<u8> {
    let mut bytes = Vec::new();
    for set in sets.all() {
        let header = set.header();
        write_text(&mut bytes, &header.name());
        write_text(&mut bytes, &header.imported);
        for file in &header.files {
            write_text(&mut bytes, &file.sha256);
        }
        set.fingerprint().encode(&mut bytes);
    }
    bytes
}

/// Reads records; lists that were met before are not read again.
struct RecordDecoder<'f> {
    reader: PartReader<'f>,
    /// The name that was read last.
    last_name: Vec<u8>,
    lists: HashMap<Vec<u8>, EntryLists>,
}

type EntryLists = (Arc<[ModifierCode]>, Arc<[String]>);

impl<'f> RecordDecoder<'f> {
    fn new(stream: PartReader<'f>) -> Self {
        Self {
            reader: stream,
            last_name: Vec::new(),
            lists: HashMap::new(),
        }
    }

    /// Reads the records of a folder, and takes those of files that are as they were; says whether
    /// that is all, and nothing went.
    fn match_files(
        &mut self,
        files: &[ScannedFile],
        records: &mut Vec<Option<CatalogRecord>>,
    ) -> Option<bool> {
        let count = self.reader.read_varint()?;
        let mut is_current = count == files.len() as u64;
        let mut files = files.iter().peekable();
        for _ in 0..count {
            self.reader.read_bytes_into(&mut self.last_name)?;
            let name = OsStr::from_bytes(&self.last_name);
            while files.next_if(|file| file_name(&file.path) < name).is_some() {
                is_current = false;
                records.push(None);
            }
            let file = files.next_if(|file| file_name(&file.path) == name);
            let record = self.read_record(file.map_or(Path::new(""), |file| &file.path))?;
            if let Some(ScannedFile {
                fingerprint: stamp, ..
            }) = file
            {
                let is_same = stamp.is_some() && *stamp == record.fingerprint;
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

    fn read_record(&mut self, path: &Path) -> Option<CatalogRecord> {
        let stamp = match self.reader.read_byte()? {
            0 => None,
            _ => Some(Fingerprint::decode(&mut self.reader)?),
        };
        let held = match self.reader.read_byte()? {
            0 => Err(self.reader.read_text()?),
            _ => Ok(self.read_entry(path)?),
        };
        Some(CatalogRecord {
            fingerprint: stamp,
            outcome: held,
        })
    }

    fn read_entry(&mut self, path: &Path) -> Option<CatalogEntry> {
        let part = &mut self.reader;
        let system = read_system(part)?;
        let code = CodeId::new(system, &part.read_text()?).ok()?;
        let title = part.read_text()?;
        let status = *Status::ALL.get(usize::from(part.read_byte()?))?;
        let packed = part.read_bytes()?;
        let (modifiers, payers) = if let Some(lists) = self.lists.get(&packed) {
            lists.clone()
        } else {
            let lists = read_lists(&packed)?;
            self.lists.insert(packed, lists.clone());
            lists
        };
        Some(CatalogEntry {
            code,
            title,
            status,
            origin: Origin::File(path.to_owned()),
            shadowed: Vec::new(),
            modifiers,
            payers,
        })
    }
}

fn read_lists(mut bytes: &[u8]) -> Option<EntryLists> {
    let bytes = &mut bytes;
    let modifiers = read_list(bytes, |bytes| ModifierCode::new(read_text(bytes)?).ok())?;
    let payers = read_list(bytes, |bytes| read_text(bytes).map(str::to_owned))?;
    Some((modifiers.into(), payers.into()))
}

fn write_record(out: &mut Vec<u8>, record: &CatalogRecord) {
    match &record.fingerprint {
        None => out.push(0),
        Some(stamp) => {
            out.push(1);
            stamp.encode(out);
        }
    }
    match &record.outcome {
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
            write_varint(&mut lists, entry.modifiers.len() as u64);
            for modifier in &*entry.modifiers {
                write_text(&mut lists, modifier.as_str());
            }
            write_varint(&mut lists, entry.payers.len() as u64);
            for payer in &*entry.payers {
                write_text(&mut lists, payer);
            }
            write_bytes(out, &lists);
        }
    }
}

fn write_code(out: &mut Vec<u8>, code: &CodeId) {
    let system = CodeSystem::ALL.iter().position(|one| *one == code.system());
    out.push(
        system
            .and_then(|at| u8::try_from(at).ok())
            .unwrap_or(u8::MAX),
    );
    write_text(out, code.value());
}

fn read_system(part: &mut PartReader<'_>) -> Option<CodeSystem> {
    CodeSystem::ALL.get(usize::from(part.read_byte()?)).copied()
}

fn write_path(out: &mut Vec<u8>, path: &Path) {
    write_bytes(out, path.as_os_str().as_bytes());
}

fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(bytes))
}

fn file_name(path: &Path) -> &OsStr {
    path.file_name().unwrap_or(path.as_os_str())
}
