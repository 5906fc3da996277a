//! The user's editor, on the terminal of the reader.

use std::env;
use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};

use crate::app::FileLine;

/// Runs `$VISUAL` or `$EDITOR` at a line of a file, and waits until it ends.
///
/// A shell splits the variable, as in `git`, because it may contain options (`emacs -nw`).
pub(crate) fn run_editor(line: &FileLine, terminal: OwnedFd) -> io::Result<()> {
    let variable = |name| env::var_os(name).filter(|value| !value.is_empty());
    let Some(editor) = variable("VISUAL").or_else(|| variable("EDITOR")) else {
        return Err(io::Error::other(
            "set VISUAL or EDITOR to the name of your editor",
        ));
    };
    let mut script = editor.clone();
    script.push(" \"$@\"");
    let arguments = [
        "-c".into(),
        script,
        editor,
        format!("+{}", line.line).into(),
    ];
    let status = Command::new("sh")
        .args::<[OsString; 4], OsString>(arguments)
        .arg(&line.path)
        .stdin(Stdio::from(terminal))
        .status()?;
    match status.code() {
        Some(0) => Ok(()),
        Some(127) => Err(io::Error::other(
            "the editor was not found; check VISUAL and EDITOR",
        )),
        Some(code) => Err(io::Error::other(format!(
            "the editor ended with status {code}"
        ))),
        None => Err(io::Error::other("the editor was stopped by a signal")),
    }
}
