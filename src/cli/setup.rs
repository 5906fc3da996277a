//! Opens what commands need: the library, key bindings, theme and synonyms.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::app::Keymap;
use crate::cli::options::Options;
use crate::codesets::{ImportedSets, SetStore};
use crate::library::{IndexingProgress, Library};
use crate::loader::{IndexCache, LibraryLoader, LoadedLibrary};
use crate::search::Synonyms;
use crate::text::Charset;
use crate::tty::{Capabilities, DisplayMode, Overrides};
use crate::user_data::UserDirs;
use crate::view::Theme;

pub fn env_var(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Returns the content folders, those of the command line last.
pub fn content_folders(content: &[PathBuf]) -> Vec<PathBuf> {
    let data = UserDirs::from_env().map(|dirs| dirs.data);
    let variable = std::env::var_os("CODELEAF_CONTENT");
    crate::library::content_folders(data.as_deref(), variable.as_deref(), content)
}

/// Opens the library with imported code sets. Unchanged files come from the cache.
pub fn library(options: &Options) -> Library {
    let folders = content_folders(&options.content);
    let cache = cache();
    let cache = cache.as_ref().filter(|_| !folders.is_empty());
    LibraryLoader::new(&folders, cache).load_library(imported_sets())
}

/// Opens the library without scanning its folders: documents are found one at a time.
pub fn lazy_library(options: &Options) -> Library {
    let folders = content_folders(&options.content);
    if folders.is_empty() {
        return Library::built_in().with_sets(imported_sets());
    }
    let cached = cache().and_then(|cache| cache.open(&folders));
    Library::lazy(&folders, imported_sets(), cached)
}

/// Opens the library, the imported code sets, and the search index.
pub fn library_with_index(
    options: &Options,
    file: Option<&Path>,
    report: &mut dyn FnMut(IndexingProgress),
) -> LoadedLibrary {
    let (folders, cache) = (content_folders(&options.content), cache());
    let loader = LibraryLoader {
        file,
        ..LibraryLoader::new(&folders, cache.as_ref())
    };
    loader.load(imported_sets(), report)
}

/// Returns the cache of libraries, or `None` if the environment names no home folder.
pub fn cache() -> Option<IndexCache> {
    UserDirs::from_env().map(|folders| IndexCache::new(folders.cache))
}

fn imported_sets() -> ImportedSets {
    set_store()
        .map(|store| store.open_sets())
        .unwrap_or_default()
}

/// Returns the synonyms with the user's file applied, or `None` if the user has no file.
pub fn synonyms() -> anyhow::Result<Option<Synonyms>> {
    let Some(path) = UserDirs::from_env().map(|folders| folders.config.join("synonyms.toml"))
    else {
        return Ok(None);
    };
    match read_optional(&path)? {
        Some(text) => {
            let synonyms = Synonyms::built_in();
            Ok(Some(synonyms.patched(&path.display().to_string(), &text)?))
        }
        None => Ok(None),
    }
}

/// Returns the store of imported code sets, or `None` if the environment names no home folder.
pub fn set_store() -> Option<SetStore> {
    UserDirs::from_env().map(|folders| SetStore::new(folders.data.join("sets")))
}

/// Returns the character set of plain output.
pub fn charset(overrides: Overrides) -> Charset {
    match Capabilities::detect(&env_var, overrides) {
        DisplayMode::FullScreen(capabilities) => capabilities.charset,
        DisplayMode::Plain(charset) => charset,
    }
}

/// Returns the key bindings with the user's file applied.
pub fn keymap() -> anyhow::Result<Keymap> {
    let keymap = Keymap::built_in();
    let Some(path) = UserDirs::from_env().map(|folders| folders.config.join("keymap.toml")) else {
        return Ok(keymap);
    };
    match read_optional(&path)? {
        Some(text) => Ok(keymap.with_overrides(&path.display().to_string(), &text)?),
        None => Ok(keymap),
    }
}

/// Returns the theme of `--theme`: a built-in one, a file, or one from the user's folder.
pub fn theme(options: &Options) -> anyhow::Result<Theme> {
    let name = options
        .theme
        .as_deref()
        .or_else(|| Theme::names().next())
        .unwrap_or_default();
    if let Some(theme) = Theme::built_in(name) {
        return Ok(theme?);
    }
    let user_theme =
        UserDirs::from_env().map(|folders| folders.config.join(format!("themes/{name}.toml")));
    let paths = [Some(PathBuf::from(name)), user_theme]
        .into_iter()
        .flatten();
    for path in paths {
        if let Some(text) = read_optional(&path)? {
            return Ok(Theme::parse(&path.display().to_string(), &text)?);
        }
    }
    let known: Vec<&str> = Theme::names().collect();
    bail!(
        "no theme `{name}`; use {}, or the path of a file",
        known.join(", ")
    )
}

/// Reads a text file, or returns `None` if it does not exist.
fn read_optional(path: &Path) -> anyhow::Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}
