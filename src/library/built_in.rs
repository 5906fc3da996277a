//! The built-in documents: every `content/*.toml` and `content/modifiers/*.toml`, listed by
//! `build.rs`.

use crate::content::CodeId;

/// What the catalog has of a built-in document.
pub(crate) struct BuiltInFile {
    /// Made from the code; a test checks it.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) status: &'static str,
    pub(crate) modifiers: &'static [&'static str],
    pub(crate) payers: &'static [&'static str],
}

struct Built {
    checksum: u32,
    files: &'static [BuiltInFile],
    /// In the order of the files. The texts have a list of their own, so that the names and titles
    /// are next to each other in the program file.
    texts: &'static [&'static str],
}

const BUILT: Built = include!(concat!(env!("OUT_DIR"), "/built_in.rs"));

/// The documents, the files of each folder by name.
pub(crate) const FILES: &[BuiltInFile] = BUILT.files;

/// The checksum of all names and texts.
pub(crate) const CHECKSUM: u32 = BUILT.checksum;

/// Returns name and text of the file on a code.
pub(crate) fn file_for_code(code: &CodeId) -> Option<(&'static str, &'static str)> {
    let name = code.file_name();
    let names = FILES.iter().map(|file| file.name);
    let mut files = names.zip(BUILT.texts.iter().copied());
    files.find(|(other, _)| *other == name)
}

/// Inverts [`CodeId::file_name`].
pub(crate) fn code_from_file_name(name: &str) -> Option<CodeId> {
    let (system, value) = name.strip_suffix(".toml")?.split_once('-')?;
    CodeId::new(system.parse().ok()?, value).ok()
}
