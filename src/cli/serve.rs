//! Sets the server up: settings, host key, and what it serves.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;

use crate::cli::arguments::ServeArgs;
use crate::cli::options::Options;
use crate::cli::output::print_output;
use crate::cli::{setup, ssh_command};
use crate::loader::{IndexCache, LibraryLoader};
use crate::serve;
use crate::serve::{HostKey, ServedContent, ServerOptions, Settings};
use crate::user_data::UserDirs;

/// Serves, or shows the host key.
pub fn serve(options: &Options, serve: &ServeArgs) -> anyhow::Result<ExitCode> {
    let settings = load_settings(serve)?;
    let host_key = HostKey::load_or_create(&host_key_path(&settings)?)?;
    if serve.show_host_key {
        let lines = format!("{}\n{}\n", host_key.fingerprint(), host_key.public_key());
        return print_output(lines.as_bytes());
    }
    // Before anything is read, so that nobody waits for the question.
    settings.access()?;
    serve::run(ServerOptions {
        host_key,
        positions_folder: UserDirs::from_env().map(|folders| folders.state.join("readers")),
        interpret: ssh_command::interpret,
        reload_settings: {
            let serve = serve.clone();
            Box::new(move || {
                crate::cli::serve::load_settings(&serve).map_err(|error| format!("{error:#}"))
            })
        },
        load_content: {
            let options = options.clone();
            Arc::new(move |settings, before| {
                let content = configured_folders(&options, settings);
                let keymap = setup::keymap().map_err(|error| format!("{error:#}"))?;
                let theme = setup::theme(&options).map_err(|error| format!("{error:#}"))?;
                let (folders, cache) = (setup::content_folders(&content), server_cache());
                let recipe = LibraryLoader::new(&folders, cache.as_ref());
                Ok(ServedContent::load(&recipe, keymap, theme, before))
            })
        },
        settings,
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Returns where the server keeps its library: the folder that systemd makes for it, or one of its
/// user's. It has no imported sets, so that its library is not the one that its user reads.
fn server_cache() -> Option<IndexCache> {
    let of_service = std::env::var_os("CACHE_DIRECTORY").map(PathBuf::from);
    let of_user = || Some(UserDirs::from_env()?.cache.join("serve"));
    of_service
        .filter(|folder| folder.is_absolute())
        .or_else(of_user)
        .map(IndexCache::new)
}

/// Returns the settings of the command line before those of the file.
fn load_settings(serve: &ServeArgs) -> anyhow::Result<Settings> {
    let Some(path) = &serve.config else {
        return Ok(serve.settings.clone());
    };
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let file = Settings::from_toml(&path.display().to_string(), &text)?;
    Ok(serve.settings.clone().merge_over(file))
}

/// Returns the folders that are named, those of the command line last, which stand before others.
fn configured_folders(options: &Options, settings: &Settings) -> Vec<PathBuf> {
    let of_file = settings.content.iter().flatten();
    of_file.chain(&options.content).cloned().collect()
}

fn host_key_path(settings: &Settings) -> anyhow::Result<PathBuf> {
    if let Some(path) = &settings.host_key {
        return Ok(path.clone());
    }
    let folders = UserDirs::from_env()
        .context("nowhere to keep the host key: name a file with --host-key")?;
    Ok(Path::new(&folders.state).join("host_ed25519"))
}
