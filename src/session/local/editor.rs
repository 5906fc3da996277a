//! The user's editor, on the terminal of the reader.

use std::env;
use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};

use crate::app::FileLine;
use crate::app::messages::status;

/// Runs `$VISUAL` or `$EDITOR` at a line of a file, and waits until it ends.
///
/// A shell splits the variable, as in `git`, because it may contain options (`emacs -nw`).
pub(crate) fn run_editor(line: &FileLine, terminal: OwnedFd) -> io::Result<()> {
    let variable = |name| env::var_os(name).filter(|value| !value.is_empty());
    let Some(editor) = variable("VISUAL").or_else(|| variable("EDITOR")) else {
        return Err(io::Error::other(status::NO_EDITOR));
    };
    let mut script = editor.clone();
    script.push(" \"$@\"");
    let arguments = [
        "-c".into(),
        script,
        editor,
        format!("+{}", line.line).into(),
    ];
    let exit = Command::new("sh")
        .args::<[OsString; 4], OsString>(arguments)
        .arg(&line.path)
        .stdin(Stdio::from(terminal))
        .status()?;
    match exit.code() {
        Some(0) => Ok(()),
        Some(127) => Err(io::Error::other(status::EDITOR_NOT_FOUND)),
        Some(code) => Err(io::Error::other(status::editor_failed(code))),
        None => Err(io::Error::other(status::EDITOR_STOPPED)),
    }
}
