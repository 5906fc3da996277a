//! Gathers what every command starts from: the library, keys and colours.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::options::Options;
use crate::app::Keymap;
use crate::content::Charset;
use crate::keep::Folders;
use crate::library::Library;
use crate::search::{Cache, Collection, Progress, Recipe, Synonyms};
use crate::sets::{Sets, Store};
use crate::terminal::{Capabilities, Overrides, Painting};
use crate::view::Theme;

/// Returns an environment variable, where it is set and valid UTF-8.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Returns the folders of documents.
pub fn folders(content: &[PathBuf]) -> Vec<PathBuf> {
    crate::library::folders(content, |name| std::env::var_os(name))
}

/// Opens every document, and the imported code sets. Files that were read before and are still the
/// same are not read again.
pub fn library(options: &Options) -> Library {
    let folders = folders(&options.content);
    let cache = cache();
    let cache = cache.as_ref().filter(|_| !folders.is_empty());
    Recipe::of(&folders, cache).library(sets())
}

/// Begins with the documents: none of a folder is read before it is asked for.
pub fn begun(options: &Options) -> Library {
    let folders = folders(&options.content);
    if folders.is_empty() {
        return Library::built_in().with_sets(sets());
    }
    let kept = cache().and_then(|cache| cache.open(&folders));
    Library::begun(&folders, sets(), kept)
}

/// Opens every document, the imported code sets, and what search looks through.
pub fn collection(
    options: &Options,
    file: Option<&Path>,
    tell: &mut dyn FnMut(Progress),
) -> Collection {
    let (folders, cache) = (folders(&options.content), cache());
    let recipe = Recipe {
        file,
        ..Recipe::of(&folders, cache.as_ref())
    };
    recipe.collection(sets(), tell)
}

/// Returns where libraries are kept; nothing where the environment names no home.
pub fn cache() -> Option<Cache> {
    Folders::of_user().map(|folders| Cache::new(folders.cache))
}

fn sets() -> Sets {
    store().map(|store| store.open()).unwrap_or_default()
}

/// Returns what else readers call things, patched by the user's file where there is one.
pub fn synonyms() -> anyhow::Result<Option<Synonyms>> {
    let Some(path) = Folders::of_user().map(|folders| folders.config.join("synonyms.toml")) else {
        return Ok(None);
    };
    match text(&path)? {
        Some(text) => {
            let synonyms = Synonyms::built_in();
            Ok(Some(synonyms.patched(&path.display().to_string(), &text)?))
        }
        None => Ok(None),
    }
}

/// Returns the store of imported code sets; nothing where the environment names no home.
pub fn store() -> Option<Store> {
    Folders::of_user().map(|folders| Store::new(folders.data.join("sets")))
}

/// Returns the characters in which plain output is written.
pub fn charset(overrides: Overrides) -> Charset {
    match Capabilities::detect(&variable, overrides) {
        Painting::Full(capabilities) => capabilities.charset,
        Painting::Plain(charset) => charset,
    }
}

/// Returns the keys, patched by the user's file where there is one.
pub fn keymap() -> anyhow::Result<Keymap> {
    let keymap = Keymap::built_in();
    let Some(path) = Folders::of_user().map(|folders| folders.config.join("keymap.toml")) else {
        return Ok(keymap);
    };
    match text(&path)? {
        Some(text) => Ok(keymap.patched(&path.display().to_string(), &text)?),
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
    let own = Folders::of_user().map(|folders| folders.config.join(format!("themes/{name}.toml")));
    let paths = [Some(PathBuf::from(name)), own].into_iter().flatten();
    for path in paths {
        if let Some(text) = text(&path)? {
            return Ok(Theme::read(&path.display().to_string(), &text)?);
        }
    }
    let known: Vec<&str> = Theme::names().collect();
    bail!(
        "no theme `{name}`; known are {}, or give a file",
        known.join(", ")
    )
}

/// Reads a small text file; nothing where there is none.
fn text(path: &Path) -> anyhow::Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}
