//! Opens the library, key bindings, theme and synonyms for the commands.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::app::Keymap;
use crate::cli::options::Options;
use crate::codesets::{ImportedSets, SetStore};
use crate::export::PrintOptions;
use crate::library::{IndexingProgress, Library};
use crate::loader::{IndexCache, LibraryLoader, LoadedLibrary};
use crate::search::Synonyms;
use crate::session::stdout_size;
use crate::text::Charset;
use crate::tty::{Capabilities, DisplayMode, Overrides};
use crate::user_data::UserDirs;
use crate::view::Theme;

pub fn env_var(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The content folders in order of precedence; those of the command line come last.
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

/// The user's index cache; `None` if the environment names no home folder.
pub fn cache() -> Option<IndexCache> {
    UserDirs::from_env().map(|folders| IndexCache::new(folders.cache))
}

fn imported_sets() -> ImportedSets {
    set_store()
        .map(|store| store.open_sets())
        .unwrap_or_default()
}

/// Loads the synonyms with the user's file applied; `None` if the user has no file.
pub fn synonyms() -> anyhow::Result<Option<Synonyms>> {
    let file = read_user_file("synonyms.toml")?;
    let patched = file.map(|(path, text)| Synonyms::built_in().patched(&path, &text));
    Ok(patched.transpose()?)
}

/// The user's store of imported code sets; `None` if the environment names no home folder.
pub fn set_store() -> Option<SetStore> {
    UserDirs::from_env().map(|folders| SetStore::new(folders.data.join("sets")))
}

/// The character set of plain output.
pub fn charset(overrides: Overrides) -> Charset {
    match Capabilities::detect(&env_var, overrides) {
        DisplayMode::FullScreen(capabilities) => capabilities.charset,
        DisplayMode::Plain(charset) => charset,
    }
}

/// How to print a document on standard output. `COLUMNS` overrides the width of the terminal.
pub fn print_options(options: &Options) -> PrintOptions {
    let columns = env_var("COLUMNS").and_then(|columns| columns.parse().ok());
    let terminal = || Some(stdout_size()?.columns());
    options.print_options(charset(options.overrides()), columns.or_else(terminal))
}

/// Loads the key bindings with the user's file applied.
pub fn keymap() -> anyhow::Result<Keymap> {
    let keymap = Keymap::built_in();
    Ok(match read_user_file("keymap.toml")? {
        Some((path, text)) => keymap.with_overrides(&path, &text)?,
        None => keymap,
    })
}

/// Loads the theme of `--theme`: a built-in one, a file, or one from the user's folder.
pub fn theme(options: &Options) -> anyhow::Result<Theme> {
    let name = options
        .theme
        .as_deref()
        .or_else(|| Theme::names().next())
        .unwrap_or_default();
    if let Some(theme) = Theme::built_in(name) {
        return Ok(theme?);
    }
    let file = match read_optional(Path::new(name))? {
        None => read_user_file(&format!("themes/{name}.toml"))?,
        file => file,
    };
    if let Some((path, text)) = file {
        return Ok(Theme::parse(&path, &text)?);
    }
    let known: Vec<&str> = Theme::names().collect();
    bail!(
        "no theme `{name}`; use {}, or the path of a file",
        known.join(", ")
    )
}

/// Reads a file of the user's configuration folder.
fn read_user_file(name: &str) -> anyhow::Result<Option<(String, String)>> {
    match UserDirs::from_env() {
        Some(dirs) => read_optional(&dirs.config.join(name)),
        None => Ok(None),
    }
}

/// Returns the path and the text of a file, or `None` if the file does not exist.
fn read_optional(path: &Path) -> anyhow::Result<Option<(String, String)>> {
    let name = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some((name, text))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {name}")),
    }
}
