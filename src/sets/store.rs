//! Defines the store: the folder of imported sets, how one gets in, and how one goes.
//!
//! A set is written to a temporary name, synced and renamed, so that a kill at any moment leaves
//! the old set or the new one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::Stop;
use super::reader::{self, Facts, Intake};
use super::sort::Sorter;
use super::source::Source;
use super::write::Writer;
use super::{Damage, Edition, Fault, Header, ImportError, OriginalFile, SetFile, SetKind};
use crate::content::Date;
use crate::flat::{Temporary, tidy};

/// What the names of sets end in.
const SET: &str = "set";

/// The folder of imported sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    folder: PathBuf,
}

/// What to import.
#[derive(Debug)]
pub struct Import<'i> {
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
pub struct Progress {
    /// How many bytes of the files were read.
    pub bytes: u64,
    /// How many bytes they have.
    pub total: u64,
    /// How many rows were read.
    pub rows: u64,
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The new set.
    pub header: Header,
    /// The set of the same edition that it replaced.
    pub replaced: Option<Header>,
    /// What the user should know, although it is no error.
    pub notes: Vec<String>,
}

/// The imported sets, open, and what cannot be used.
#[derive(Debug, Default)]
pub struct Sets {
    /// By kind, then edition, the latest of each kind last.
    files: Vec<SetFile>,
    damaged: Vec<Damage>,
}

impl Store {
    /// Returns the store in a folder, which need not exist yet.
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Opens every set. What is no set, or damaged, is listed instead.
    pub fn open(&self) -> Sets {
        let mut sets = Sets::default();
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return sets;
        };
        for entry in entries.filter_map(Result::ok) {
            let path = entry.path();
            if path.extension().is_none_or(|extension| extension != SET) {
                continue;
            }
            match SetFile::open(&path) {
                Ok(set) => sets.files.push(set),
                Err(damage) => sets.damaged.push(damage),
            }
        }
        sets.files.sort_by(|a, b| {
            let (a, b) = (a.header(), b.header());
            (a.kind, a.rank()).cmp(&(b.kind, b.rank()))
        });
        sets.damaged.sort_by(|a, b| a.path.cmp(&b.path));
        sets
    }

    /// Imports one edition. The same edition, imported before, is replaced.
    pub fn import(
        &self,
        import: &Import<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Imported, ImportError> {
        let sources = import.files.iter().map(|path| Source::open(path));
        let sources = sources.collect::<Result<Vec<_>, _>>()?;
        let kind = kind_of(import.kind, &sources)?;
        let failed = |source| ImportError::Store {
            path: self.folder.clone(),
            source,
        };
        fs::create_dir_all(&self.folder).map_err(failed)?;
        tidy(&self.folder);
        let mut sorter = Sorter::new(&self.folder);
        let facts = self.read(kind, &sources, &mut sorter, progress)?;
        let mut notes: Vec<String> = facts.iter().flat_map(|f| f.notes.clone()).collect();
        let edition = match &import.edition {
            Some(edition) => edition.clone(),
            None => edition_of(kind, &sources, &facts)?,
        };
        if !edition.stated {
            notes.push(
                "neither the file nor its name states an edition; --edition names it".to_owned(),
            );
        }
        let header = Header {
            kind,
            edition,
            files: sources.iter().map(original).collect(),
            imported: import.today.to_string(),
            notice: kind.notice().to_owned(),
            rows: 0,
            table_at: 0,
            blocks: 0,
        };
        let path = self.path(&header.name());
        let replaced = SetFile::open(&path).ok().map(|set| set.header().clone());
        let header = self.write(&path, header, sorter, &sources)?;
        Ok(Imported {
            header,
            replaced,
            notes,
        })
    }

    /// Reads every file into the sorter.
    fn read(
        &self,
        kind: SetKind,
        sources: &[Source],
        sorter: &mut Sorter,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Vec<Facts>, ImportError> {
        let mut seen = Progress {
            total: sources.iter().map(|source| source.size).sum(),
            ..Progress::default()
        };
        let mut facts = Vec::new();
        for (number, source) in (0..=u8::MAX).zip(sources) {
            let mut intake = Intake::new(sorter, number, progress, seen);
            let read = reader::read(kind, source, &mut intake);
            seen = intake.seen();
            facts.push(read.map_err(|stop| self.stopped(&source.path, stop))?);
        }
        Ok(facts)
    }

    fn stopped(&self, path: &Path, stop: Stop) -> ImportError {
        let path = path.to_owned();
        match stop {
            Stop::Fault(fault) => ImportError::Fault { path, fault },
            Stop::Read(source) => ImportError::Read { path, source },
            Stop::Spill(source) => ImportError::Store {
                path: self.folder.clone(),
                source,
            },
        }
    }

    /// Writes the sorted rows, and puts the file in its place.
    fn write(
        &self,
        path: &Path,
        header: Header,
        sorter: Sorter,
        sources: &[Source],
    ) -> Result<Header, ImportError> {
        let failed = |source| ImportError::Store {
            path: path.to_owned(),
            source,
        };
        let temporary = Temporary::make(path).map_err(failed)?;
        let mut writer = Writer::new(temporary.file()).map_err(failed)?;
        let mut before: Option<(String, u8, u32)> = None;
        let outcome = sorter.finish(|row| {
            if let Some((key, file, line)) = &before
                && *key == row.key
            {
                return Err(Refusal::Double {
                    first: (*file, *line),
                    again: (row.file, row.line),
                    key: row.key,
                });
            }
            writer.add(&row.key, &row.row)?;
            before = Some((row.key, row.file, row.line));
            Ok(())
        });
        outcome.map_err(|refusal| match refusal {
            Refusal::Io(error) => failed(error),
            Refusal::Double { key, first, again } => double(sources, &key, first, again),
        })?;
        let header = writer.finish(header).map_err(failed)?;
        temporary.put(path).map_err(failed)?;
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
        self.folder.join(format!("{name}.{SET}"))
    }
}

impl Sets {
    /// Returns every set, by kind and then edition.
    pub fn all(&self) -> &[SetFile] {
        &self.files
    }

    /// Returns the files of the store that cannot be used.
    pub fn damaged(&self) -> &[Damage] {
        &self.damaged
    }

    /// Returns the latest edition of a kind: by the date as of which it speaks, then by name.
    pub fn latest(&self, kind: SetKind) -> Option<&SetFile> {
        self.of(kind).last()
    }

    /// Returns every edition of a kind, the latest last.
    pub fn of(&self, kind: SetKind) -> impl Iterator<Item = &SetFile> {
        self.files
            .iter()
            .filter(move |set| set.header().kind == kind)
    }

    /// Returns the set of a name, `icd10cm-2025`; a kind alone will do where there is one edition.
    pub fn named(&self, name: &str) -> Option<&SetFile> {
        let exact = |set: &&SetFile| set.header().name().eq_ignore_ascii_case(name);
        self.files.iter().find(exact).or_else(|| {
            let kind: SetKind = name.parse().ok()?;
            let mut of = self.of(kind);
            of.next().filter(|_| of.next().is_none())
        })
    }
}

/// Why writing ended early.
enum Refusal {
    Io(io::Error),
    Double {
        key: String,
        first: (u8, u32),
        again: (u8, u32),
    },
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn double(sources: &[Source], key: &str, first: (u8, u32), again: (u8, u32)) -> ImportError {
    let path = |file: u8| sources.get(usize::from(file)).map(|s| s.path.clone());
    let key = key.replace('>', " and ").replace('@', " of ");
    let key = key.trim_start_matches('-');
    let line = first.1;
    let message = if first.0 == again.0 {
        format!("{key} is on line {line} already")
    } else {
        let name = sources.get(usize::from(first.0)).map(Source::name);
        format!(
            "{key} is in {} already, on line {line}",
            name.unwrap_or_default()
        )
    };
    let expected = "each may occur once: the file is damaged, or two were joined";
    ImportError::Fault {
        path: path(again.0).unwrap_or_default(),
        fault: Fault::line(u64::from(again.1), message, expected),
    }
}

/// Returns the kind of all files.
fn kind_of(asked: Option<SetKind>, sources: &[Source]) -> Result<SetKind, ImportError> {
    let mut kind = asked;
    for source in sources {
        let path = || source.path.clone();
        match (kind, source.kind()) {
            (Some(asked), Some(found)) if asked != found => {
                return Err(ImportError::OtherKind {
                    path: path(),
                    asked,
                    found,
                });
            }
            (None, None) => return Err(ImportError::NoKind { path: path() }),
            (None, found) => kind = found,
            // A kind that was named reads the file, and says where it is not in the layout.
            (Some(_), _) => {}
        }
    }
    kind.ok_or_else(|| ImportError::NoKind {
        path: PathBuf::new(),
    })
}

/// Returns the edition that the files state.
fn edition_of(kind: SetKind, sources: &[Source], facts: &[Facts]) -> Result<Edition, ImportError> {
    let mut editions: Vec<Edition> = Vec::new();
    for (source, facts) in sources.iter().zip(facts) {
        let found = Edition::found(kind, &source.name(), facts.year, facts.latest, facts.table);
        let edition = found.unwrap_or_else(|| Edition::unknown(&source.digest));
        if !editions.contains(&edition) {
            editions.push(edition);
        }
    }
    match editions.as_slice() {
        [edition] => Ok(edition.clone()),
        several => Err(ImportError::Editions(
            several.iter().map(|e| e.name.clone()).collect(),
        )),
    }
}

fn original(source: &Source) -> OriginalFile {
    OriginalFile {
        name: source.name(),
        sha256: source.digest.clone(),
        size: source.size,
    }
}
