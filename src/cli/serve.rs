//! The `serve` command: settings, host key, and the content to serve.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;

use crate::cli::arguments::ServeArgs;
use crate::cli::options::Options;
use crate::cli::output::print_output;
use crate::cli::{setup, ssh_command};
use crate::files;
use crate::loader::{IndexCache, LibraryLoader};
use crate::serve::{self, Appearance, FileAccess, HostKey, ServedContent, ServerOptions, Settings};
use crate::user_data::UserDirs;

/// Runs the server, or prints its host key.
pub fn serve(options: &Options, arguments: &ServeArgs) -> anyhow::Result<ExitCode> {
    let settings = load_settings(arguments)?;
    let host_key = HostKey::load_or_create(&host_key_path(&settings)?)?;
    if arguments.show_host_key {
        let lines = format!("{}\n{}\n", host_key.fingerprint(), host_key.public_key());
        return print_output(lines.as_bytes());
    }
    serve::run(ServerOptions {
        host_key,
        files: file_access(options, arguments, &settings),
        positions_folder: positions_folder(),
        interpret: ssh_command::interpret,
        reload_settings: {
            let arguments = arguments.clone();
            Box::new(move || load_settings(&arguments).map_err(|error| format!("{error:#}")))
        },
        load_content: {
            let options = options.clone();
            Box::new(move |settings, previous| {
                let keymap = setup::keymap(&options).map_err(|error| format!("{error:#}"))?;
                let theme = setup::theme(&options, None).map_err(|error| format!("{error:#}"))?;
                let appearance = Appearance {
                    theme: Arc::new(theme),
                    panes: options.panes.map(Into::into).unwrap_or_default(),
                };
                let folders = content_folders(&options, settings);
                let cache = cache_folder().map(IndexCache::new);
                let loader = LibraryLoader::new(&folders, cache.as_ref());
                Ok(ServedContent::load(&loader, keymap, appearance, previous))
            })
        },
        settings,
    })?;
    Ok(ExitCode::SUCCESS)
}

/// A later folder overrides an earlier one, so those of the command line come last.
fn content_folders(options: &Options, settings: &Settings) -> Vec<PathBuf> {
    let content = settings.content.iter().flatten();
    setup::content_folders(&Options {
        content: content.chain(&options.content).cloned().collect(),
        ..options.clone()
    })
}

fn positions_folder() -> Option<PathBuf> {
    Some(UserDirs::from_env()?.state.join("readers"))
}

/// What the server reads and writes after its start, also at a reload. The user's own folders are
/// created, so that files can be added to them while the server runs.
fn file_access(options: &Options, arguments: &ServeArgs, settings: &Settings) -> FileAccess {
    let own = UserDirs::from_env().map(|dirs| [dirs.data.join("content"), dirs.config]);
    for folder in own.iter().flatten() {
        // Read-only systems have no such folder, or an administrator creates it.
        let _ = crate::files::create_folder(folder);
    }
    let theme = options.theme.as_ref().map(PathBuf::from);
    let theme = theme.filter(|theme| theme.is_file());
    let files = [
        arguments.config.clone(),
        settings.authorized_keys.clone(),
        settings.banner.clone(),
        theme,
    ];
    let has_keys = settings.authorized_keys.is_some();
    let positions = positions_folder().filter(|_| has_keys);
    let read = content_folders(options, settings).into_iter();
    let read = read.chain(own.into_iter().flatten());
    FileAccess {
        read: read.chain(files.into_iter().flatten()).collect(),
        write: positions.into_iter().chain(cache_folder()).collect(),
    }
}

/// The folder of the server's cache: in the service's folder under systemd, or else in the user's.
/// It is not the user's own cache, since the server has no imported code sets.
fn cache_folder() -> Option<PathBuf> {
    let service = std::env::var_os("CACHE_DIRECTORY").map(PathBuf::from);
    let service = service.filter(|folder| folder.is_absolute());
    let user = || Some(UserDirs::from_env()?.cache.join("serve"));
    service.or_else(user)
}

/// Loads the settings. The command line overrides the configuration file.
fn load_settings(arguments: &ServeArgs) -> anyhow::Result<Settings> {
    let Some(path) = &arguments.config else {
        return Ok(arguments.settings.clone());
    };
    let name = path.display().to_string();
    let file = files::open_trusted(path);
    let bytes = file.and_then(|file| files::read_to_limit(&file, setup::MAX_CONFIG_BYTES));
    let bytes = bytes.with_context(|| format!("cannot read {name}"))?;
    let text = String::from_utf8(bytes).with_context(|| format!("cannot read {name}"))?;
    let file = Settings::from_toml(&name, &text)?;
    Ok(arguments.settings.clone().merge_over(file))
}

fn host_key_path(settings: &Settings) -> anyhow::Result<PathBuf> {
    if let Some(path) = &settings.host_key {
        return Ok(path.clone());
    }
    let dirs = UserDirs::from_env()
        .context("no folder for the host key: set HOME, or give a file with --host-key")?;
    Ok(dirs.state.join("host_ed25519"))
}
