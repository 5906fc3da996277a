//! Defines the store: the folder of imported sets, how one gets in, and how one goes.
//!
//! A set is written to a temporary name, synced and renamed, so that a kill at any moment leaves
//! the old set or the new one.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::codesets::edition::Edition;
use crate::codesets::error::{CorruptSet, ImportError, ParseError, ReadError};
use crate::codesets::file::{OriginalFile, SetFile, SetHeader};
use crate::codesets::import;
use crate::codesets::import::input::InputFile;
use crate::codesets::import::sort::ExternalSorter;
use crate::codesets::import::{FileMetadata, RowSink};
use crate::codesets::kind::SetKind;
use crate::codesets::writer::SetWriter;
use crate::content::Date;
use crate::storage::{AtomicFile, remove_stale};

/// What the names of sets end in.
const EXTENSION: &str = "set";

/// The folder of imported sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetStore {
    folder: PathBuf,
}

/// What to import.
#[derive(Debug)]
pub struct ImportRequest<'i> {
    /// The kind; guessed from the content where there is none.
    pub kind: Option<SetKind>,
    /// The files that make up one edition; of most kinds, one.
    pub files: &'i [PathBuf],
    /// The edition as the user names it, before what the files state.
    pub edition: Option<Edition>,
    /// The day of the import.
    pub today: Date,
}

/// How far an import has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportProgress {
    /// How many bytes of the files were read.
    pub bytes: u64,
    /// How many bytes they have.
    pub total: u64,
    /// How many rows were read.
    pub rows: u64,
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportOutcome {
    /// The new set.
    pub header: SetHeader,
    /// The set of the same edition that it replaced.
    pub replaced: Option<SetHeader>,
    /// What the user should know, although it is no error.
    pub notes: Vec<String>,
}

/// The imported sets, open, and what cannot be used.
#[derive(Debug, Default)]
pub struct ImportedSets {
    /// By kind, then edition, the latest of each kind last.
    files: Vec<SetFile>,
    damaged: Vec<CorruptSet>,
}

impl SetStore {
    /// Returns the store in a folder, which need not exist yet.
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Opens every set. What is no set, or damaged, is listed instead.
    pub fn open_sets(&self) -> ImportedSets {
        let mut sets = ImportedSets::default();
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return sets;
        };
        for entry in entries.filter_map(Result::ok) {
            let path = entry.path();
            if path
                .extension()
                .is_none_or(|extension| extension != EXTENSION)
            {
                continue;
            }
            match SetFile::open(&path) {
                Ok(set) => sets.files.push(set),
                Err(damage) => sets.damaged.push(damage),
            }
        }
        sets.files.sort_by(|a, b| {
            let (a, b) = (a.header(), b.header());
            (a.kind, a.sort_key()).cmp(&(b.kind, b.sort_key()))
        });
        sets.damaged.sort_by(|a, b| a.path.cmp(&b.path));
        sets
    }

    /// Imports one edition. The same edition, imported before, is replaced.
    pub fn import(
        &self,
        import: &ImportRequest<'_>,
        progress: &mut dyn FnMut(ImportProgress),
    ) -> Result<ImportOutcome, ImportError> {
        let sources = import.files.iter().map(|path| InputFile::open(path));
        let sources = sources.collect::<Result<Vec<_>, _>>()?;
        let kind = resolve_kind(import.kind, &sources)?;
        let failed = |source| ImportError::Store {
            path: self.folder.clone(),
            source,
        };
        fs::create_dir_all(&self.folder).map_err(failed)?;
        remove_stale(&self.folder);
        let mut sorter = ExternalSorter::new(&self.folder);
        let facts = self.read_files(kind, &sources, &mut sorter, progress)?;
        let mut notes: Vec<String> = facts.iter().flat_map(|f| f.notes.clone()).collect();
        let edition = match &import.edition {
            Some(edition) => edition.clone(),
            None => resolve_edition(kind, &sources, &facts)?,
        };
        if !edition.stated {
            notes.push(
                "neither the file nor its name states an edition; --edition names it".to_owned(),
            );
        }
        let header = SetHeader {
            kind,
            edition,
            files: sources.iter().map(original_file).collect(),
            imported: import.today.to_string(),
            notice: kind.notice().to_owned(),
            rows: 0,
        };
        let path = self.path(&header.name());
        let replaced = SetFile::open(&path).ok().map(|set| set.header().clone());
        let header = self.write(&path, header, sorter, &sources)?;
        Ok(ImportOutcome {
            header,
            replaced,
            notes,
        })
    }

    /// Reads every file into the sorter.
    fn read_files(
        &self,
        kind: SetKind,
        sources: &[InputFile],
        sorter: &mut ExternalSorter,
        progress: &mut dyn FnMut(ImportProgress),
    ) -> Result<Vec<FileMetadata>, ImportError> {
        let mut seen = ImportProgress {
            total: sources.iter().map(|source| source.size).sum(),
            ..ImportProgress::default()
        };
        let mut facts = Vec::new();
        for (number, source) in (0..=u8::MAX).zip(sources) {
            let mut intake = RowSink::new(sorter, number, progress, seen);
            let read = import::read(kind, source, &mut intake);
            seen = intake.progress();
            facts.push(read.map_err(|stop| self.import_error(&source.path, stop))?);
        }
        Ok(facts)
    }

    fn import_error(&self, path: &Path, stop: ReadError) -> ImportError {
        let path = path.to_owned();
        match stop {
            ReadError::Parse(fault) => ImportError::Parse { path, error: fault },
            ReadError::Io(source) => ImportError::Read { path, source },
            ReadError::Spill(source) => ImportError::Store {
                path: self.folder.clone(),
                source,
            },
        }
    }

    /// Writes the sorted rows, and puts the file in its place.
    fn write(
        &self,
        path: &Path,
        header: SetHeader,
        sorter: ExternalSorter,
        sources: &[InputFile],
    ) -> Result<SetHeader, ImportError> {
        let failed = |source| ImportError::Store {
            path: path.to_owned(),
            source,
        };
        let temporary = AtomicFile::create(path).map_err(failed)?;
        let mut writer = SetWriter::new(temporary.file()).map_err(failed)?;
        let mut before: Option<(String, u8, u32)> = None;
        let outcome = sorter.finish(|row| {
            if let Some((key, file, line)) = &before
                && *key == row.key
            {
                return Err(WriteError::DuplicateKey {
                    first: (*file, *line),
                    second: (row.file_index, row.line),
                    key: row.key,
                });
            }
            writer.add(&row.key, &row.row)?;
            before = Some((row.key, row.file_index, row.line));
            Ok(())
        });
        outcome.map_err(|refusal| match refusal {
            WriteError::Io(error) => failed(error),
            WriteError::DuplicateKey {
                key,
                first,
                second: again,
            } => duplicate_key_error(sources, &key, first, again),
        })?;
        let header = writer.finish(header).map_err(failed)?;
        temporary.commit(path).map_err(failed)?;
        // Waits until the disk knows.
        fs::File::open(&self.folder)
            .and_then(|folder| folder.sync_all())
            .map_err(failed)?;
        Ok(header)
    }

    /// Removes a set, or a damaged file of this name; says whether it was there.
    pub fn remove(&self, name: &str) -> io::Result<bool> {
        if name.contains('/') {
            return Ok(false);
        }
        match fs::remove_file(self.path(name)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.{EXTENSION}"))
    }
}

impl ImportedSets {
    /// Returns every set, by kind and then edition.
    pub fn all(&self) -> &[SetFile] {
        &self.files
    }

    /// Returns the files of the store that cannot be used.
    pub fn damaged(&self) -> &[CorruptSet] {
        &self.damaged
    }

    /// Returns the latest edition of a kind: by the date as of which it speaks, then by name.
    pub fn latest(&self, kind: SetKind) -> Option<&SetFile> {
        self.editions(kind).last()
    }

    /// Returns every edition of a kind, the latest last.
    pub fn editions(&self, kind: SetKind) -> impl Iterator<Item = &SetFile> {
        self.files
            .iter()
            .filter(move |set| set.header().kind == kind)
    }

    /// Returns the set of a name, `icd10cm-2025`; a kind alone will do where there is one edition.
    pub fn find_by_name(&self, name: &str) -> Option<&SetFile> {
        let exact = |set: &&SetFile| set.header().name().eq_ignore_ascii_case(name);
        self.files.iter().find(exact).or_else(|| {
            let kind: SetKind = name.parse().ok()?;
            let mut of = self.editions(kind);
            of.next().filter(|_| of.next().is_none())
        })
    }
}

/// Why writing ended early.
enum WriteError {
    Io(io::Error),
    DuplicateKey {
        key: String,
        first: (u8, u32),
        second: (u8, u32),
    },
}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn duplicate_key_error(
    sources: &[InputFile],
    key: &str,
    first: (u8, u32),
    again: (u8, u32),
) -> ImportError {
    let path = |file: u8| sources.get(usize::from(file)).map(|s| s.path.clone());
    let key = key.replace('>', " and ").replace('@', " of ");
    let key = key.trim_start_matches('-');
    let line = first.1;
    let message = if first.0 == again.0 {
        format!("{key} is on line {line} already")
    } else {
        let name = sources.get(usize::from(first.0)).map(InputFile::name);
        format!(
            "{key} is in {} already, on line {line}",
            name.unwrap_or_default()
        )
    };
    let expected = "each may occur once: the file is damaged, or two were joined";
    ImportError::Parse {
        path: path(again.0).unwrap_or_default(),
        error: ParseError::at_line(u64::from(again.1), message, expected),
    }
}

/// Returns the kind of all files.
fn resolve_kind(asked: Option<SetKind>, sources: &[InputFile]) -> Result<SetKind, ImportError> {
    let mut kind = asked;
    for source in sources {
        let path = || source.path.clone();
        match (kind, source.detect_kind()) {
            (Some(asked), Some(found)) if asked != found => {
                return Err(ImportError::WrongKind {
                    path: path(),
                    asked,
                    found,
                });
            }
            (None, None) => return Err(ImportError::UnknownKind { path: path() }),
            (None, found) => kind = found,
            // A kind that was named reads the file, and says where it is not in the layout.
            (Some(_), _) => {}
        }
    }
    kind.ok_or_else(|| ImportError::UnknownKind {
        path: PathBuf::new(),
    })
}

/// Returns the edition that the files state.
fn resolve_edition(
    kind: SetKind,
    sources: &[InputFile],
    facts: &[FileMetadata],
) -> Result<Edition, ImportError> {
    let mut editions: Vec<Edition> = Vec::new();
    for (source, facts) in sources.iter().zip(facts) {
        let found = Edition::detect(
            kind,
            &source.name(),
            facts.year,
            facts.latest_effective,
            facts.table,
        );
        let edition = found.unwrap_or_else(|| Edition::unknown(&source.digest));
        if !editions.contains(&edition) {
            editions.push(edition);
        }
    }
    match editions.as_slice() {
        [edition] => Ok(edition.clone()),
        several => Err(ImportError::MixedEditions(
            several.iter().map(|e| e.name.clone()).collect(),
        )),
    }
}

fn original_file(source: &InputFile) -> OriginalFile {
    OriginalFile {
        name: source.name(),
        sha256: source.digest.clone(),
        size: source.size,
    }
}
