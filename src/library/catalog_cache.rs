//! The catalog cache: the records of a scan in three parts of a container.
//!
//! ```text
//! made  what else the records depend on: the program, its documents, the imported sets
//! file  by layer: the folder, the fingerprints of the files with shared entries, and each file's
//!       name, fingerprint, and entry or report
//! find  by code: the file that has the document
//! ```

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io;
use std::iter::repeat_with;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::codesets::{ImportedSets, SetKind};
use crate::content::{CodeId, CodeSystem, ModifierCode, Status};
use crate::library::built_in;
use crate::library::catalog_record::CatalogRecord;
use crate::library::entry::{CatalogEntry, Origin};
use crate::library::imported::validity::Validity;
use crate::library::scan::{Layer, Scan, ScannedFile};
use crate::storage::varint::{read_list, read_text, write_bytes, write_text, write_varint};
use crate::storage::{Container, ContainerWriter, Fingerprint, PartReader, PartTag};

const DEPENDENCIES_PART: PartTag = *b"made";
const FILES_PART: PartTag = *b"file";
const LOCATIONS_PART: PartTag = *b"find";

/// The cached records of the files of a scan that have not changed.
#[derive(Debug)]
pub struct CachedCatalog {
    /// One for each file of the scan, in order.
    pub(crate) records: Vec<Option<CatalogRecord>>,
    /// Whether neither files nor folders nor sets have changed.
    pub(crate) is_current: bool,
}

impl CachedCatalog {
    /// Reads the records of the files of a scan. Returns `None` if another version of the program
    /// wrote the container, or if it is damaged.
    pub fn load(container: &Container, scan: &Scan, sets: &ImportedSets) -> Option<Self> {
        let mut dependencies = container.part_reader(DEPENDENCIES_PART)?;
        if dependencies.read_bytes()? != program_key() {
            return None;
        }
        let has_same_sets = dependencies.read_bytes()? == sets_key(sets);
        let mut decoder = CatalogDecoder::new(container.part_reader(FILES_PART)?, scan)?;
        for layer in &scan.layers {
            decoder.match_layer(layer)?;
        }
        Some(Self {
            records: decoder.records,
            is_current: decoder.is_current && has_same_sets,
        })
    }
}

/// The encoded records of a scan.
#[derive(Debug)]
pub struct EncodedCatalog(Vec<u8>);

impl EncodedCatalog {
    /// Encodes one record for each file of a scan.
    pub fn encode(scan: &Scan, records: &[CatalogRecord]) -> Self {
        let mut bytes = Vec::new();
        let mut records = records.iter();
        write_varint(&mut bytes, scan.layers.len() as u64);
        for layer in &scan.layers {
            write_path(&mut bytes, &layer.folder);
            for fingerprint in &layer.shared {
                write_fingerprint(&mut bytes, fingerprint.as_ref());
            }
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

    /// Writes the records, and the locations of the entries that were made of them.
    pub fn write<W: io::Write>(
        self,
        entries: &[CatalogEntry],
        sets: &ImportedSets,
        out: &mut ContainerWriter<W>,
    ) -> io::Result<()> {
        out.write_part(FILES_PART, &self.0)?;
        let mut bytes = Vec::new();
        write_bytes(&mut bytes, &program_key());
        write_bytes(&mut bytes, &sets_key(sets));
        out.write_part(DEPENDENCIES_PART, &bytes)?;
        bytes.clear();
        for entry in entries {
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

/// Returns the cached location of the document on a code, or of the first document. The file may
/// have changed since.
pub(crate) fn locate_document(
    container: &Container,
    wanted: Option<&CodeId>,
) -> Option<(CodeId, Origin)> {
    if container.part_reader(DEPENDENCIES_PART)?.read_bytes()? != program_key() {
        return None;
    }
    let mut part = container.part_reader(LOCATIONS_PART)?;
    // The buffers are reused: the search may pass ten thousand documents before the first frame.
    let (mut value, mut path) = (Vec::new(), Vec::new());
    while part.remaining() > 0 {
        let system = read_system(&mut part)?;
        part.read_bytes_into(&mut value)?;
        let is_file = part.read_byte()? != 0;
        if is_file {
            part.read_bytes_into(&mut path)?;
        }
        let matches = |code: &CodeId| code.system() == system && code.value().as_bytes() == value;
        if wanted.is_none_or(matches) {
            let code = CodeId::new(system, std::str::from_utf8(&value).ok()?).ok()?;
            let file = is_file.then(|| Origin::File(path_from_bytes(&path)));
            return Some((code, file.unwrap_or(Origin::BuiltIn)));
        }
    }
    None
}

/// Identifies the program by its version and its built-in documents.
fn program_key() -> Vec<u8> {
    let mut program = env!("CARGO_PKG_VERSION").as_bytes().to_vec();
    program.extend(built_in::CHECKSUM.to_le_bytes());
    program
}

/// Identifies imported sets by name, digests of their source files, and fingerprint, and those of
/// them that are in force.
fn sets_key(sets: &ImportedSets) -> Vec<u8> {
    let mut bytes = Vec::new();
    for set in sets.all() {
        let header = set.header();
        write_text(&mut bytes, &header.name());
        write_text(&mut bytes, &header.imported);
        for file in &header.files {
            write_text(&mut bytes, &file.sha256);
        }
        set.fingerprint.encode(&mut bytes);
    }
    for set in SetKind::ALL
        .into_iter()
        .flat_map(|kind| sets.tables_in_force(kind))
    {
        write_text(&mut bytes, &set.header().name());
        write_text(&mut bytes, Validity::new(sets, set).remark());
    }
    bytes
}

/// Reads the layers of [`FILES_PART`] and matches them with those of a scan.
struct CatalogDecoder<'c> {
    reader: PartReader<'c>,
    /// How many cached layers have not been read.
    layers_left: u64,
    /// The folder of the cached layer that has been read up to its files.
    folder: Option<PathBuf>,
    /// The lists of entries by their encoded bytes, which are decoded once.
    lists: HashMap<Vec<u8>, EntryLists>,
    records: Vec<Option<CatalogRecord>>,
    /// False as soon as a layer or file differs.
    is_current: bool,
}

type EntryLists = (Arc<[ModifierCode]>, Arc<[String]>);

impl<'c> CatalogDecoder<'c> {
    fn new(mut reader: PartReader<'c>, scan: &Scan) -> Option<Self> {
        let layers_left = reader.read_varint()?;
        Some(Self {
            reader,
            layers_left,
            folder: None,
            lists: HashMap::new(),
            records: Vec::with_capacity(scan.files().count()),
            is_current: layers_left == scan.layers.len() as u64,
        })
    }

    /// Adds a record for each file of a scanned layer.
    fn match_layer(&mut self, layer: &Layer) -> Option<()> {
        let files = layer.files.as_deref().unwrap_or_default();
        if self.folder.is_none() && self.layers_left > 0 {
            self.layers_left -= 1;
            self.folder = Some(path_from_bytes(&self.reader.read_bytes()?));
        }
        if self.folder.as_ref() != Some(&layer.folder) {
            self.is_current = false;
            self.push_missing(files.len());
            return Some(());
        }
        self.folder = None;
        let cached = self.read_fingerprints()?;
        let has_same_entries = layer.shared == cached && !cached.contains(&None);
        let cached_error = match self.reader.read_byte()? {
            0 => Some(self.reader.read_text()?),
            _ => None,
        };
        self.is_current &= cached_error.as_ref() == layer.files.as_ref().err();
        match cached_error {
            Some(_) => self.push_missing(files.len()),
            None => self.match_files(files, has_same_entries)?,
        }
        Some(())
    }

    /// Adds a record for each file of a folder, unless the entries that they share have changed. Both
    /// lists are sorted by name.
    fn match_files(&mut self, files: &[ScannedFile], has_same_entries: bool) -> Option<()> {
        let count = self.reader.read_varint()?;
        self.is_current &= count == files.len() as u64;
        let mut files = files.iter().peekable();
        let mut name = Vec::new();
        for _ in 0..count {
            self.reader.read_bytes_into(&mut name)?;
            let name = OsStr::from_bytes(&name);
            while files.next_if(|file| file_name(&file.path) < name).is_some() {
                self.push_missing(1);
            }
            let file = files.next_if(|file| file_name(&file.path) == name);
            let record = self.read_record(file.map_or(Path::new(""), |file| &file.path))?;
            match file.map(|file| file.fingerprint) {
                Some(current)
                    if has_same_entries && current.is_some() && current == record.fingerprint =>
                {
                    self.records.push(Some(record));
                }
                Some(_) => self.push_missing(1),
                None => {}
            }
        }
        self.push_missing(files.count());
        Some(())
    }

    /// Adds files that must be read.
    fn push_missing(&mut self, count: usize) {
        self.records.extend(repeat_with(|| None).take(count));
        self.is_current &= count == 0;
    }

    fn read_record(&mut self, path: &Path) -> Option<CatalogRecord> {
        let [fingerprint] = self.read_fingerprints()?;
        let outcome = match self.reader.read_byte()? {
            0 => Err(self.reader.read_text()?),
            _ => Ok(self.read_entry(path)?),
        };
        Some(CatalogRecord {
            fingerprint,
            outcome,
        })
    }

    /// Reads fingerprints, some of which may be missing.
    fn read_fingerprints<const N: usize>(&mut self) -> Option<[Option<Fingerprint>; N]> {
        let mut fingerprints = [None; N];
        for fingerprint in &mut fingerprints {
            if self.reader.read_byte()? != 0 {
                *fingerprint = Some(Fingerprint::decode(&mut self.reader)?);
            }
        }
        Some(fingerprints)
    }

    fn read_entry(&mut self, path: &Path) -> Option<CatalogEntry> {
        let part = &mut self.reader;
        let system = read_system(part)?;
        let code = CodeId::new(system, &part.read_text()?).ok()?;
        let title = part.read_text()?;
        let status = *Status::ALL.get(usize::from(part.read_byte()?))?;
        let encoded = part.read_bytes()?;
        let (modifiers, payers) = if let Some(lists) = self.lists.get(&encoded) {
            lists.clone()
        } else {
            let lists = read_lists(&encoded)?;
            self.lists.insert(encoded, lists.clone());
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
    write_fingerprint(out, record.fingerprint.as_ref());
    match &record.outcome {
        Err(report) => {
            out.push(0);
            write_text(out, report);
        }
        Ok(entry) => {
            out.push(1);
            write_code(out, &entry.code);
            write_text(out, &entry.title);
            out.push(ordinal(&Status::ALL, &entry.status));
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

fn write_fingerprint(out: &mut Vec<u8>, fingerprint: Option<&Fingerprint>) {
    out.push(u8::from(fingerprint.is_some()));
    if let Some(fingerprint) = fingerprint {
        fingerprint.encode(out);
    }
}

fn write_code(out: &mut Vec<u8>, code: &CodeId) {
    out.push(ordinal(&CodeSystem::ALL, &code.system()));
    write_text(out, code.value());
}

fn read_system(part: &mut PartReader<'_>) -> Option<CodeSystem> {
    CodeSystem::ALL.get(usize::from(part.read_byte()?)).copied()
}

/// Returns the position of a variant in the list of all, as it is written to the file.
fn ordinal<T: PartialEq>(all: &[T], variant: &T) -> u8 {
    let mut numbered = (0..).zip(all);
    let found = numbered.find(|(_, other)| *other == variant);
    found.map_or(u8::MAX, |(number, _)| number)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::catalog_record::load_records;
    use crate::library::layers::CatalogBuilder;
    use crate::storage::Backing;

    fn write_document(folder: &Path, name: &str, code: &str) {
        let text = format!(
            "schema = 1\n[code]\nsystem = \"cpt\"\nvalue = \"{code}\"\ntitle = \"A {code}\"\n\
             status = \"active\"\n[summary]\ntext = \"A text.\"\n\
             [[modifier]]\ncode = \"26\"\ndescription = \"Professional\"\nwhen = \"Always.\"\n"
        );
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        let then = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
        file.set_modified(then).unwrap();
    }

    fn read_all(scan: &Scan) -> Vec<CatalogRecord> {
        load_records(&scan.files().collect::<Vec<_>>(), Vec::new(), &|_| ())
    }

    fn write_cache(scan: &Scan) -> Container {
        let records = read_all(scan);
        let encoded = EncodedCatalog::encode(scan, &records);
        let (entries, ..) = CatalogBuilder::from_records(scan, records).finish();
        let mut out = ContainerWriter::new(Vec::new(), 1).unwrap();
        let sets = ImportedSets::default();
        encoded.write(&entries, &sets, &mut out).unwrap();
        Container::open(Backing::Memory(out.finish().unwrap()), 1).unwrap()
    }

    fn load(container: &Container, scan: &Scan) -> CachedCatalog {
        CachedCatalog::load(container, scan, &ImportedSets::default()).unwrap()
    }

    #[test]
    fn records_round_trip_and_only_changed_files_are_missing() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("content");
        std::fs::create_dir(&folder).unwrap();
        for (name, code) in [
            ("a.toml", "80048"),
            ("b.toml", "80050"),
            ("d.toml", "80053"),
        ] {
            write_document(&folder, name, code);
        }
        write_document(&folder, "c.toml", "not a code");
        let folders = [root.path().join("missing"), folder.clone()];
        let scan = || Scan::new(&folders, None);
        let container = write_cache(&scan());
        let cached = load(&container, &scan());
        assert!(cached.is_current);
        let cached: Vec<CatalogRecord> = cached.records.into_iter().flatten().collect();
        assert_eq!(cached, read_all(&scan()));
        assert_eq!(cached.iter().filter(|it| it.outcome.is_err()).count(), 1);

        // One file is new, one has changed, and one is gone.
        write_document(&folder, "aa.toml", "80051");
        write_document(&folder, "b.toml", "80055");
        std::fs::remove_file(folder.join("d.toml")).unwrap();
        let cached = load(&container, &scan());
        assert!(!cached.is_current);
        let found: Vec<bool> = cached.records.iter().map(Option::is_some).collect();
        assert_eq!(found, [true, false, false, true], "a, aa, b, c");
    }

    #[test]
    fn other_folders_are_not_matched() {
        let folders = ["one", "two"].map(|_| tempfile::tempdir().unwrap());
        // A hard link has the fingerprint of the other file.
        write_document(folders[0].path(), "a.toml", "80048");
        let [first, second] = folders
            .each_ref()
            .map(|folder| folder.path().join("a.toml"));
        std::fs::hard_link(first, second).unwrap();
        let scan = |at: usize| Scan::new(&[folders[at].path().to_owned()], None);
        let container = write_cache(&scan(0));
        assert!(load(&container, &scan(0)).is_current);
        let other = load(&container, &scan(1));
        assert!(!other.is_current);
        assert_eq!(other.records, [None]);
    }

    #[test]
    fn documents_are_located_by_code() {
        let folder = tempfile::tempdir().unwrap();
        write_document(folder.path(), "a.toml", "80048");
        write_document(folder.path(), "b.toml", "80050");
        let scan = Scan::new(&[folder.path().to_owned()], None);
        let container = write_cache(&scan);
        let locate = |code: &str| locate_document(&container, Some(&code.parse().unwrap()));
        let file = |name: &str| Origin::File(folder.path().join(name));
        assert_eq!(locate("cpt:80050").unwrap().1, file("b.toml"));
        assert_eq!(locate("cpt:83950").unwrap().1, Origin::BuiltIn);
        assert_eq!(locate("cpt:80053"), None);
        let first = locate_document(&container, None).unwrap();
        assert_eq!(first, ("cpt:80048".parse().unwrap(), file("a.toml")));
    }
}
