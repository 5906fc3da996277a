//! Sets the server up: settings, host key, and what it serves.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;

use super::arguments::Serve;
use super::options::Options;
use super::{print, served, setup};
use crate::keep::Folders;
use crate::search::{Cache, Recipe};
use crate::serve::{self, HostKey, Plan, Settings, Stock};

/// Serves, or shows the host key.
pub fn serve(options: &Options, serve: &Serve) -> anyhow::Result<ExitCode> {
    let settings = settings(serve)?;
    let host_key = HostKey::open(&host_key_file(&settings)?)?;
    if serve.show_host_key {
        let lines = format!("{}\n{}\n", host_key.fingerprint(), host_key.public());
        return print(lines.as_bytes());
    }
    // Before anything is read, so that nobody waits for the question.
    settings.access()?;
    serve::run(Plan {
        host_key,
        places: Folders::of_user().map(|folders| folders.state.join("readers")),
        interpret: served::interpret,
        reread: {
            let serve = serve.clone();
            Box::new(move || self::settings(&serve).map_err(|error| format!("{error:#}")))
        },
        restock: {
            let options = options.clone();
            Arc::new(move |settings, before| {
                let content = content(&options, settings);
                let keymap = setup::keymap().map_err(|error| format!("{error:#}"))?;
                let theme = setup::theme(&options).map_err(|error| format!("{error:#}"))?;
                let (folders, cache) = (setup::folders(&content), cache());
                let recipe = Recipe::of(&folders, cache.as_ref());
                Ok(Stock::open(&recipe, keymap, theme, before))
            })
        },
        settings,
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Returns where the server keeps its library: the folder that systemd makes for it, or one of its
/// user's. It has no imported sets, so that its library is not the one that its user reads.
fn cache() -> Option<Cache> {
    let of_service = std::env::var_os("CACHE_DIRECTORY").map(PathBuf::from);
    let of_user = || Some(Folders::of_user()?.cache.join("serve"));
    of_service
        .filter(|folder| folder.is_absolute())
        .or_else(of_user)
        .map(Cache::new)
}

/// Returns the settings of the command line before those of the file.
fn settings(serve: &Serve) -> anyhow::Result<Settings> {
    let Some(path) = &serve.config else {
        return Ok(serve.settings.clone());
    };
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let file = Settings::read(&path.display().to_string(), &text)?;
    Ok(serve.settings.clone().over(file))
}

/// Returns the folders that are named, those of the command line last, which stand before others.
fn content(options: &Options, settings: &Settings) -> Vec<PathBuf> {
    let of_file = settings.content.iter().flatten();
    of_file.chain(&options.content).cloned().collect()
}

fn host_key_file(settings: &Settings) -> anyhow::Result<PathBuf> {
    if let Some(path) = &settings.host_key {
        return Ok(path.clone());
    }
    let folders =
        Folders::of_user().context("nowhere to keep the host key: name a file with --host-key")?;
    Ok(Path::new(&folders.state).join("host_ed25519"))
}
