//! Secure mode, as `less` has it with `LESSSECURE`: for people who get the reader instead of a
//! shell, as a forced command of sshd, a login shell or a kiosk.
//!
//! Nothing is written, and nothing is read but the documents, sets and settings in the folders
//! below the home folder. [`crate::app::Host::Secure`] refuses keys.

use crate::app::messages::status::NOT_IN_SECURE_MODE;
use crate::cli::arguments::{Arguments, CliCommand};
use crate::cli::target;
use crate::view::Theme;

/// Returns true if the environment turns on secure mode.
pub fn is_set_in_env() -> bool {
    let value = std::env::var_os("CODELEAF_SECURE");
    value.is_some_and(|value| !value.is_empty() && value != "0")
}

/// Rejects arguments that would open a path, write a file or start a server.
pub fn check_allowed(arguments: &Arguments) -> Result<(), String> {
    let (options, no_target) = (&arguments.options, Vec::new());
    let (command, target) = match &arguments.command {
        None => (None, &arguments.target),
        Some(CliCommand::Show(show)) => (None, &show.target),
        Some(CliCommand::New(_)) => (Some("new"), &no_target),
        Some(CliCommand::Check(_)) => (Some("check"), &no_target),
        Some(CliCommand::Rows(_)) => (Some("rows"), &no_target),
        Some(CliCommand::Fmt(_)) => (Some("fmt"), &no_target),
        Some(CliCommand::Import(_)) => (Some("import"), &no_target),
        #[cfg(feature = "serve")]
        Some(CliCommand::Serve(_)) => (Some("serve"), &no_target),
        Some(CliCommand::Sets(sets)) if sets.is_removal() => (Some("sets remove"), &no_target),
        Some(_) => (None, &no_target),
    };
    let theme = options.theme.as_deref();
    let refused = if !options.content.is_empty() {
        "--content"
    } else if theme.is_some_and(|name| Theme::built_in(name).is_none()) {
        "a theme of your own"
    } else if let Some(command) = command {
        command
    } else if target::file_argument(target).is_some() {
        "opening a file"
    } else {
        return Ok(());
    };
    Err(format!("{refused} is {NOT_IN_SECURE_MODE}"))
}
