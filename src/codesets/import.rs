//! The import of published files: which reader reads a file, and which kind and edition it is.
//!
//! [`input`] reads bytes and decodes them, [`delimited`] and [`field`] parse records and fields,
//! each module of [`formats`] reads one layout into a [`RowSink`], and [`detect`] tells the layouts
//! apart. The readers were checked against the files of CMS and the NUCC.

pub(crate) mod archive;
pub(crate) mod delimited;
pub(crate) mod detect;
pub(crate) mod field;
pub(crate) mod formats;
pub(crate) mod input;
pub(crate) mod sink;
pub(crate) mod sort;
pub(crate) mod stated_edition;
pub(crate) mod table;

use std::mem;
use std::path::{Path, PathBuf};

use crate::codesets::edition::Edition;
use crate::codesets::error::{ImportError, ParseError, ReadError};
use crate::codesets::import::archive::Unpacked;
use crate::codesets::import::formats::{
    clfs, hcpcs, icd10cm, icd10cm_tabular, mue, nucc, pfs, place_of_service, ptp,
};
use crate::codesets::import::input::InputFile;
use crate::codesets::import::sink::{FileMetadata, ImportProgress, RowSink};
use crate::codesets::import::sort::ExternalSorter;
use crate::codesets::import::stated_edition::{stated_edition, stated_table};
use crate::codesets::kind::SetKind;

/// Reads every file into the sorter.
pub(crate) fn read_files(
    kind: SetKind,
    inputs: &[InputFile],
    sorter: &mut ExternalSorter,
    on_progress: &mut dyn FnMut(ImportProgress),
) -> Result<Vec<FileMetadata>, ImportError> {
    let folder = sorter.folder.clone();
    let total = inputs.iter().map(|input| input.size).sum();
    let mut sink = RowSink::new(sorter, on_progress, total);
    let mut metadata = Vec::new();
    for (index, input) in (0..=u8::MAX).zip(inputs) {
        sink.begin_file(index);
        let read = read(kind, input, &mut sink);
        metadata.push(read.map_err(|error| ImportError::from_read(&input.path, &folder, error))?);
    }
    Ok(metadata)
}

fn read(
    kind: SetKind,
    input: &InputFile,
    sink: &mut RowSink<'_>,
) -> Result<FileMetadata, ReadError> {
    let metadata = match kind {
        SetKind::Icd10cm => icd10cm::read(input, sink),
        SetKind::Icd10cmTabular => icd10cm_tabular::read(input, sink),
        SetKind::Hcpcs => hcpcs::read(input, sink),
        SetKind::Clfs => clfs::read(input, sink),
        SetKind::Pfs => pfs::read(input, sink),
        SetKind::Nucc => nucc::read(input, sink),
        SetKind::NcciMue => mue::read(input, sink),
        SetKind::NcciPtp => ptp::read(input, sink),
        SetKind::PlaceOfService => place_of_service::read(input, sink),
    }?;
    input.check_unchanged()?;
    if sink.end_file(input.size) {
        Ok(metadata)
    } else {
        let expected = "the file was cut short, or is of another kind";
        Err(ParseError::for_file("the file has no rows", expected).into())
    }
}

/// Returns the kind of all files. A file that does not look like any kind is taken for one of the
/// requested kind, so that its reader reports the error.
pub(crate) fn resolve_kind(
    requested: Option<SetKind>,
    inputs: &[InputFile],
) -> Result<SetKind, ImportError> {
    let mut kind = requested;
    for input in inputs {
        let path = input.path.clone();
        match (kind, detect::detect(input)) {
            (Some(requested), Some(detected)) if requested != detected => {
                return Err(ImportError::WrongKind {
                    path,
                    requested,
                    detected,
                });
            }
            (None, None) => return Err(detect::unknown_kind(input)),
            (Some(_), None) if detect::known_file(input).is_some() => {
                return Err(detect::unknown_kind(input));
            }
            (None, detected) => kind = detected,
            (Some(_), _) => {}
        }
    }
    kind.ok_or_else(|| ImportError::UnknownKind {
        path: PathBuf::new(),
    })
}

/// Files of one kind that are imported together.
#[derive(Debug)]
pub struct ImportGroup {
    pub(crate) kind: SetKind,
    pub(crate) inputs: Vec<InputFile>,
    /// Remarks for the user on other files of the archive.
    pub(crate) notes: Vec<String>,
}

/// Opens files and the files in archives, and groups them. PTP edits come in several files; of
/// other kinds, each file is a group. `kind` overrides detection.
pub fn open_groups(
    kind: Option<SetKind>,
    paths: &[PathBuf],
) -> Result<Vec<ImportGroup>, ImportError> {
    let mut groups: Vec<ImportGroup> = Vec::new();
    for path in paths {
        let Unpacked { inputs, unreadable } = archive::open_inputs(path)?;
        let mut notes: Vec<String> = unreadable.iter().map(ToString::to_string).collect();
        for input in code_sets(kind, path, inputs, unreadable)? {
            let kind = resolve_kind(kind, std::slice::from_ref(&input))?;
            let table = |input: &InputFile| stated_table(kind, input, &FileMetadata::default());
            let joins = |group: &&mut ImportGroup| {
                let first = group.inputs.first();
                group.kind == kind && first.is_some_and(|first| table(first) == table(&input))
            };
            match groups
                .iter_mut()
                .find(joins)
                .filter(|_| kind == SetKind::NcciPtp)
            {
                Some(group) => {
                    group.inputs.push(input);
                    group.notes.append(&mut notes);
                }
                None => groups.push(ImportGroup {
                    kind,
                    inputs: vec![input],
                    notes: mem::take(&mut notes),
                }),
            }
        }
    }
    Ok(groups)
}

/// Leaves out the files of an archive that are not code sets, and further formats of a table that the
/// archive has as text: spreadsheets, and of several texts all but the first.
fn code_sets(
    kind: Option<SetKind>,
    path: &Path,
    inputs: Vec<InputFile>,
    unreadable: Vec<ImportError>,
) -> Result<Vec<InputFile>, ImportError> {
    if let [input] = inputs.as_slice()
        && input.path == path
    {
        return Ok(inputs);
    }
    let known = inputs
        .iter()
        .find(|input| detect::known_file(input).is_some());
    let known = known.map(detect::unknown_kind);
    let is_code_set = |input: &InputFile| {
        let detected = detect::detect(input);
        detected.is_some() && kind.is_none_or(|kind| detected == Some(kind))
    };
    let mut sets: Vec<InputFile> = inputs.into_iter().filter(is_code_set).collect();
    let is_spreadsheet = |path: &Path| {
        path.extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"))
    };
    let paths = sets.iter().map(|input| input.path.clone());
    let texts: Vec<PathBuf> = paths.filter(|path| !is_spreadsheet(path)).collect();
    sets.retain(|input| {
        let (path, mut texts) = (&input.path, texts.iter());
        if is_spreadsheet(path) {
            return !texts.any(|text| text.file_stem() == path.file_stem());
        }
        let is_format_of = |text: &&PathBuf| text.with_extension("") == path.with_extension("");
        texts.find(is_format_of) == Some(path)
    });
    if sets.is_empty() {
        let path = path.to_owned();
        let unreadable = unreadable.into_iter().next();
        return Err(unreadable
            .or(known)
            .unwrap_or(ImportError::UnknownKind { path }));
    }
    Ok(sets)
}

/// Returns the edition of all files: the one that the user names, or else the one that they state.
pub(crate) fn resolve_edition(
    requested: Option<&Edition>,
    kind: SetKind,
    inputs: &[InputFile],
    metadata: &[FileMetadata],
) -> Result<Edition, ImportError> {
    let mut editions: Vec<Edition> = Vec::new();
    for (input, file) in inputs.iter().zip(metadata) {
        let edition = match requested {
            Some(edition) => Some(edition.clone()),
            None => stated_edition(kind, input, file),
        };
        let edition = edition.unwrap_or_else(|| Edition::unknown(&input.digest));
        let edition = edition.with_table(stated_table(kind, input, file));
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
