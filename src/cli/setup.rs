//! Opens the library, key bindings, theme and synonyms for the commands.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail};

use crate::app::{Bookmarks, Keymap};
use crate::cli::options::Options;
use crate::cli::progress_bar::ProgressBar;
use crate::codesets::{ImportedSets, SetStore};
use crate::content::Date;
use crate::export::PrintOptions;
use crate::files;
use crate::library::{Library, OnProgress};
use crate::loader::{IndexCache, LibraryLoader, LoadedLibrary};
use crate::search::Synonyms;
use crate::session::stdout_size;
use crate::text::Charset;
use crate::tty::{Capabilities, DisplayMode, Overrides};
use crate::user_data::{self, Settings, UserDataError, UserDirs};
use crate::view::Theme;

/// The largest file of settings, keys, colors or synonyms that is read, in bytes.
pub const MAX_CONFIG_BYTES: u64 = 1 << 20;

pub fn env_var(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The user's folders. In secure mode the environment names no other than the home folder.
fn user_dirs(options: &Options) -> Option<UserDirs> {
    if options.secure {
        UserDirs::from_home()
    } else {
        UserDirs::from_env()
    }
}

/// The user's folders if the program may write there: not in secure mode.
pub fn writable_dirs(options: &Options) -> Option<UserDirs> {
    user_dirs(options).filter(|_| !options.secure)
}

/// The content folders in order of precedence; those of the command line come last.
pub fn content_folders(options: &Options) -> Vec<PathBuf> {
    let data = user_dirs(options).map(|dirs| dirs.data);
    let variable = std::env::var_os("CODELEAF_CONTENT").filter(|_| !options.secure);
    crate::library::content_folders(data.as_deref(), variable.as_deref(), &options.content)
}

/// Opens the library with imported code sets. Unchanged files come from the cache.
pub fn library(options: &Options) -> Library {
    let folders = content_folders(options);
    let cache = cache(options);
    let cache = cache.as_ref().filter(|_| !folders.is_empty());
    let bar = ProgressBar::new("Reading");
    let loader = LibraryLoader::new(&folders, cache);
    loader.load_library(imported_sets(options), &|progress| bar.show(progress))
}

/// Opens the library without scanning its folders: documents are found one at a time.
pub fn lazy_library(options: &Options) -> Library {
    let folders = content_folders(options);
    if folders.is_empty() {
        return Library::built_in().with_sets(imported_sets(options));
    }
    let cached = cache(options).and_then(|cache| cache.open(&folders));
    Library::lazy(&folders, imported_sets(options), cached)
}

/// Opens the library, the imported code sets, and the search index.
pub fn library_with_index(
    options: &Options,
    file: Option<&Path>,
    on_progress: OnProgress<'_>,
) -> LoadedLibrary {
    let (folders, cache) = (content_folders(options), cache(options));
    let loader = LibraryLoader {
        file,
        ..LibraryLoader::new(&folders, cache.as_ref())
    };
    loader.load(imported_sets(options), on_progress)
}

/// The user's index cache; `None` if the environment names no home folder.
fn cache(options: &Options) -> Option<IndexCache> {
    writable_dirs(options).map(|folders| IndexCache::new(folders.cache))
}

/// Opens the imported sets for the date of service.
pub fn imported_sets(options: &Options) -> ImportedSets {
    let sets = set_store(options).map(|store| store.open_sets());
    let sets = sets.unwrap_or_default();
    match options.as_of.or_else(today) {
        Some(date) => sets.for_date(date),
        None => sets,
    }
}

/// The date of service in `CODELEAF_AS_OF`.
pub fn as_of_variable() -> anyhow::Result<Option<Date>> {
    let date = env_var("CODELEAF_AS_OF").filter(|text| !text.is_empty());
    let date = date.map(|text| text.parse()).transpose();
    date.context("CODELEAF_AS_OF")
}

/// Today's date in UTC; `None` if the clock is outside the supported years.
pub fn today() -> Option<Date> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    Date::from_days_since_1970(seconds / 86_400)
}

/// Loads the user's bookmarks and notes; there are none in secure mode.
pub fn bookmarks(options: &Options) -> Result<Bookmarks, UserDataError> {
    let path = writable_dirs(options).map(|dirs| dirs.bookmarks_file());
    let loaded = path.map(|path| user_data::load_bookmarks(&path));
    Ok(loaded.transpose()?.unwrap_or_default())
}

/// Loads the synonyms with the user's file applied; `None` if the user has no file.
pub fn synonyms(options: &Options) -> anyhow::Result<Option<Synonyms>> {
    let file = read_user_file(options, "synonyms.toml")?;
    let patched = file.map(|(path, text)| Synonyms::built_in().patched(&path, &text));
    Ok(patched.transpose()?)
}

/// The user's store of imported code sets; `None` if the environment names no home folder.
pub fn set_store(options: &Options) -> Option<SetStore> {
    user_dirs(options).map(|folders| SetStore::new(folders.data.join("sets")))
}

/// The character set of plain output.
pub fn charset(overrides: Overrides) -> Charset {
    match Capabilities::detect(&env_var, overrides) {
        DisplayMode::Interactive(capabilities) => capabilities.charset,
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
pub fn keymap(options: &Options) -> anyhow::Result<Keymap> {
    let keymap = Keymap::built_in();
    Ok(match read_user_file(options, "keymap.toml")? {
        Some((path, text)) => keymap.with_overrides(&path, &text)?,
        None => keymap,
    })
}

/// Loads the settings. Returns `None` at the first start, and if this reader keeps no state.
pub fn settings(options: &Options) -> Result<Option<Settings>, UserDataError> {
    let path = writable_dirs(options).map(|dirs| dirs.settings_file());
    path.map_or(Ok(None), |path| user_data::load_settings(&path))
}

/// Loads the theme of `--theme`: a built-in one, a file, or one from the user's folder. Without the
/// option, loads the theme that was selected last.
pub fn theme(options: &Options, selected: Option<&str>) -> anyhow::Result<Theme> {
    let selected = selected.and_then(|name| Theme::names().find(|known| *known == name));
    let name = options
        .theme
        .as_deref()
        .or(selected)
        .or_else(|| Theme::names().next())
        .unwrap_or_default();
    if let Some(theme) = Theme::built_in(name) {
        return Ok(theme?);
    }
    let file = match read_optional(Path::new(name))? {
        None => read_user_file(options, &format!("themes/{name}.toml"))?,
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
fn read_user_file(options: &Options, name: &str) -> anyhow::Result<Option<(String, String)>> {
    match user_dirs(options) {
        Some(dirs) => read_optional(&dirs.config.join(name)),
        None => Ok(None),
    }
}

/// Returns the path and the text of a file, or `None` if the file does not exist.
fn read_optional(path: &Path) -> anyhow::Result<Option<(String, String)>> {
    let name = path.display().to_string();
    match files::read_text(path, MAX_CONFIG_BYTES) {
        Ok(text) => Ok(Some((name, text))),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {name}")),
    }
}
