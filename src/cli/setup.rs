//! Gathers what every command starts from: the library, keys and colours.

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

/// Returns an environment variable, where it is set and valid UTF-8.
pub fn env_var(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Returns the folders of documents.
pub fn content_folders(content: &[PathBuf]) -> Vec<PathBuf> {
    let data = UserDirs::from_env().map(|dirs| dirs.data);
    let variable = std::env::var_os("CODELEAF_CONTENT");
    crate::library::content_folders(data.as_deref(), variable.as_deref(), content)
}

/// Opens every document, and the imported code sets. Files that were read before and are still the
/// same are not read again.
pub fn library(options: &Options) -> Library {
    let folders = content_folders(&options.content);
    let cache = cache();
    let cache = cache.as_ref().filter(|_| !folders.is_empty());
    LibraryLoader::new(&folders, cache).load_library(imported_sets())
}

/// Begins with the documents: none of a folder is read before it is asked for.
pub fn lazy_library(options: &Options) -> Library {
    let folders = content_folders(&options.content);
    if folders.is_empty() {
        return Library::built_in().with_sets(imported_sets());
    }
    let kept = cache().and_then(|cache| cache.open(&folders));
    Library::lazy(&folders, imported_sets(), kept)
}

/// Opens every document, the imported code sets, and what search looks through.
pub fn library_with_index(
    options: &Options,
    file: Option<&Path>,
    tell: &mut dyn FnMut(IndexingProgress),
) -> LoadedLibrary {
    let (folders, cache) = (content_folders(&options.content), cache());
    let recipe = LibraryLoader {
        file,
        ..LibraryLoader::new(&folders, cache.as_ref())
    };
    recipe.load(imported_sets(), tell)
}

/// Returns where libraries are kept; nothing where the environment names no home.
pub fn cache() -> Option<IndexCache> {
    UserDirs::from_env().map(|folders| IndexCache::new(folders.cache))
}

fn imported_sets() -> ImportedSets {
    set_store()
        .map(|store| store.open_sets())
        .unwrap_or_default()
}

/// Returns what else readers call things, patched by the user's file where there is one.
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

/// Returns the store of imported code sets; nothing where the environment names no home.
pub fn set_store() -> Option<SetStore> {
    UserDirs::from_env().map(|folders| SetStore::new(folders.data.join("sets")))
}

/// Returns the characters in which plain output is written.
pub fn charset(overrides: Overrides) -> Charset {
    match Capabilities::detect(&env_var, overrides) {
        DisplayMode::FullScreen(capabilities) => capabilities.charset,
        DisplayMode::Plain(charset) => charset,
    }
}

/// Returns the keys, patched by the user's file where there is one.
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

/// Returns the theme that was asked for: one that the program comes with, one of the user's
/// folder, or a file.
pub fn theme(options: &Options) -> anyhow::Result<Theme> {
    let name = options
        .theme
        .as_deref()
        .or_else(|| Theme::names().next())
        .unwrap_or_default();
    if let Some(theme) = Theme::built_in(name) {
        return Ok(theme?);
    }
    let own =
        UserDirs::from_env().map(|folders| folders.config.join(format!("themes/{name}.toml")));
    let paths = [Some(PathBuf::from(name)), own].into_iter().flatten();
    for path in paths {
        if let Some(text) = read_optional(&path)? {
            return Ok(Theme::parse(&path.display().to_string(), &text)?);
        }
    }
    let known: Vec<&str> = Theme::names().collect();
    bail!(
        "no theme `{name}`; known are {}, or give a file",
        known.join(", ")
    )
}

/// Reads a small text file; nothing where there is none.
fn read_optional(path: &Path) -> anyhow::Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}
