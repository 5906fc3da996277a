//! The store: a folder of imported sets.
//!
//! A set is written under a temporary name, synced and renamed, so that after a kill at any moment
//! the old set or the new one is there.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::codesets::edition::Edition;
use crate::codesets::error::{CorruptSet, ImportError, ParseError};
use crate::codesets::file::{OriginalFile, SetFile, SetHeader};
use crate::codesets::import::input::InputFile;
use crate::codesets::import::sink::ImportProgress;
use crate::codesets::import::sort::{ExternalSorter, KeyedRow};
use crate::codesets::import::{self, ImportGroup};
use crate::codesets::kind::SetKind;
use crate::codesets::writer::SetWriter;
use crate::content::Date;
use crate::files::{AtomicFile, create_folder, remove_stale};

const EXTENSION: &str = "set";

/// The folder of imported sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetStore {
    folder: PathBuf,
}

#[derive(Debug)]
pub struct ImportRequest {
    /// The edition that the user names; it overrides what the files state.
    pub edition: Option<Edition>,
    /// Whether to replace a set of the same edition that was made from other files.
    pub replace: bool,
    pub today: Date,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportOutcome {
    pub header: SetHeader,
    /// The header of the set of the same edition that was replaced.
    pub replaced: Option<SetHeader>,
    /// Remarks for the user that are not errors.
    pub notes: Vec<String>,
}

/// The imported sets, open, and the files of the store that cannot be used.
#[derive(Debug, Default)]
pub struct ImportedSets {
    /// By kind and table, then by the first day in force.
    files: Vec<SetFile>,
    damaged: Vec<CorruptSet>,
    /// The date of service for which sets answer; `None` for the latest edition of each.
    as_of: Option<Date>,
}

impl SetStore {
    /// Makes the store of a folder, which need not exist yet.
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Opens every set of the store.
    pub fn open_sets(&self) -> ImportedSets {
        let mut sets = ImportedSets::default();
        let entries = fs::read_dir(&self.folder).into_iter().flatten();
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        for path in paths.filter(|path| path.extension().is_some_and(|e| e == EXTENSION)) {
            match SetFile::open(&path) {
                Ok(set) => sets.files.push(set),
                Err(error) => sets.damaged.push(error),
            }
        }
        let (files, damaged) = (&mut sets.files, &mut sets.damaged);
        files.sort_by(|a, b| a.header().sort_key().cmp(&b.header().sort_key()));
        damaged.sort_by(|a, b| a.path.cmp(&b.path));
        sets
    }

    /// Imports one edition. It replaces an earlier import of the same edition and the same content;
    /// other content must be asked for, because CMS publishes two editions under one file name.
    pub fn import(
        &self,
        group: &ImportGroup,
        request: &ImportRequest,
        on_progress: &mut dyn FnMut(ImportProgress),
    ) -> Result<ImportOutcome, ImportError> {
        let ImportGroup {
            kind,
            inputs,
            notes,
        } = group;
        let kind = *kind;
        create_folder(&self.folder).map_err(|error| store_error(&self.folder, error))?;
        remove_stale(&self.folder);
        let mut sorter = ExternalSorter::new(&self.folder);
        let metadata = import::read_files(kind, inputs, &mut sorter, on_progress)?;
        let requested = request.edition.as_ref();
        let edition = import::resolve_edition(requested, kind, inputs, &metadata)?;
        let header = SetHeader {
            kind,
            edition,
            files: inputs.iter().map(original_file).collect(),
            imported: request.today.to_string(),
            notice: kind.notice().to_owned(),
            rows: 0,
        };
        let path = self.path(&header.name());
        let replaced = SetFile::open(&path).ok().map(|set| set.header().clone());
        if let Some(old) = replaced.as_ref().filter(|_| !request.replace) {
            check_same_content(old, &header)?;
        }
        Ok(ImportOutcome {
            header: Self::write(&path, header, sorter, inputs)?,
            replaced,
            notes: metadata
                .into_iter()
                .flat_map(|file| file.notes)
                .chain(notes.iter().cloned())
                .collect(),
        })
    }

    /// Writes the sorted rows to a new file and renames it to `path`. Returns the header with the
    /// number of rows.
    fn write(
        path: &Path,
        header: SetHeader,
        sorter: ExternalSorter,
        inputs: &[InputFile],
    ) -> Result<SetHeader, ImportError> {
        let failed = |error| store_error(path, error);
        let temporary = AtomicFile::create(path).map_err(failed)?;
        let mut writer = SetWriter::new(temporary.file()).map_err(failed)?;
        let mut previous: Option<KeyedRow> = None;
        let mut duplicate = None;
        let written = sorter.finish(|row| {
            if let Some(first) = previous.take_if(|previous| previous.key == row.key) {
                duplicate = Some(duplicate_key_error(inputs, &first, &row));
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            writer.add(&row.key, &row.row)?;
            previous = Some(row);
            Ok(())
        });
        written.map_err(|error| duplicate.unwrap_or_else(|| failed(error)))?;
        let header = writer.finish(header).map_err(failed)?;
        temporary.commit(path).map_err(failed)?;
        Ok(header)
    }

    /// Removes the file of a set, sound or damaged. Returns true if it was there.
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
    pub fn all(&self) -> &[SetFile] {
        &self.files
    }

    pub fn damaged(&self) -> &[CorruptSet] {
        &self.damaged
    }

    /// Makes the sets answer for a date of service.
    #[must_use]
    pub fn for_date(self, date: Date) -> Self {
        let as_of = Some(date);
        Self { as_of, ..self }
    }

    pub const fn as_of(&self) -> Option<Date> {
        self.as_of
    }

    /// Returns the edition of a kind that is in force; of a kind with several tables, of the first.
    pub fn in_force(&self, kind: SetKind) -> Option<&SetFile> {
        self.tables_in_force(kind).next()
    }

    /// Returns the edition of each table of a kind that is in force.
    ///
    /// Of a table without such an edition, that is the one that comes into force next, or else one
    /// of which no day is known.
    pub fn tables_in_force(&self, kind: SetKind) -> impl Iterator<Item = &SetFile> {
        let tables = self
            .files
            .chunk_by(|a, b| a.header().table_key() == b.header().table_key());
        let tables = tables.filter(move |editions| editions[0].header().kind == kind);
        tables.filter_map(|editions| {
            let Some(as_of) = self.as_of else {
                return editions.last();
            };
            let first_day = |set: &SetFile| set.header().first_day();
            let begun = editions
                .iter()
                .rfind(|set| first_day(set).is_some_and(|day| day <= as_of));
            let next = || editions.iter().find(|set| first_day(set).is_some());
            begun.or_else(next).or(editions.last())
        })
    }

    /// Returns every edition of a kind, by table and then by the first day in force.
    pub fn editions(&self, kind: SetKind) -> impl Iterator<Item = &SetFile> {
        let files = self.files.iter();
        files.filter(move |set| set.header().kind == kind)
    }

    /// Returns the set with a name such as `icd10cm-2025`. The name of a kind is enough if only one
    /// edition of it was imported.
    pub fn find_by_name(&self, name: &str) -> Option<&SetFile> {
        let has_name = |set: &&SetFile| set.header().name().eq_ignore_ascii_case(name);
        self.files.iter().find(has_name).or_else(|| {
            let mut editions = self.editions(name.parse().ok()?);
            editions.next().filter(|_| editions.next().is_none())
        })
    }
}

fn store_error(path: &Path, source: io::Error) -> ImportError {
    ImportError::Store {
        path: path.to_owned(),
        source,
    }
}

/// Returns an error if a set was made from other files than the one it is to replace.
fn check_same_content(old: &SetHeader, new: &SetHeader) -> Result<(), ImportError> {
    let digests = |header: &SetHeader| {
        let mut digests: Vec<String> = header.files.iter().map(|it| it.sha256.clone()).collect();
        digests.sort();
        digests
    };
    if digests(old) == digests(new) {
        return Ok(());
    }
    Err(ImportError::WouldReplace {
        set: new.name(),
        file: new
            .files
            .first()
            .map_or(String::new(), |file| file.name.clone()),
        imported: old.imported.clone(),
    })
}

fn duplicate_key_error(inputs: &[InputFile], first: &KeyedRow, second: &KeyedRow) -> ImportError {
    let input = |row: &KeyedRow| inputs.get(usize::from(row.file_index));
    let key = second.key.replace('>', " and ").replace('@', " of ");
    let (key, line) = (key.trim_start_matches('-'), first.line);
    let message = if first.file_index == second.file_index {
        format!("{key} is already on line {line}")
    } else {
        let name = input(first).map(InputFile::name).unwrap_or_default();
        format!("{key} is already in {name}, on line {line}")
    };
    let expected = "each may occur once: the file is damaged, or two files were joined";
    let path = input(second).map(|input| input.path.clone());
    ImportError::Parse {
        path: path.unwrap_or_default(),
        error: ParseError::at_line(second.line.into(), message, expected),
    }
}

fn original_file(input: &InputFile) -> OriginalFile {
    OriginalFile {
        name: input.name(),
        sha256: input.digest.clone(),
        size: input.size,
    }
}
