//! Reads documents for the reader on the local terminal, and finds their files.

use std::path::PathBuf;
use std::sync::Arc;

use crate::app::{Action, EditTarget, Effect, FileLine, InvalidVersion};
use crate::cli::library_handle::LibraryHandle;
use crate::content::{CodeId, RowPath, locate_row};
use crate::session::load;

/// The executor of effects that concern documents.
#[derive(Debug)]
pub struct DocumentReader {
    pub library: LibraryHandle,
    /// The file of the open document; it may have errors that the library does not know yet.
    open_file: Option<PathBuf>,
}

impl DocumentReader {
    pub const fn new(library: LibraryHandle) -> Self {
        Self {
            library,
            open_file: None,
        }
    }

    /// Finds the file of the document that the reader starts with.
    pub fn set_open_document(&mut self, code: &CodeId) {
        self.open_file = self.library.library().file(code);
    }

    pub fn perform(&mut self, effect: Effect) -> Option<Action> {
        match effect {
            Effect::ReloadDocument(code) => self.reload(&code),
            Effect::Locate(EditTarget::File(path)) => Some(locate(path, None)),
            Effect::Locate(EditTarget::Row(code, row)) => {
                // The editor may be done before the watcher reports its save.
                self.library.library().forget_documents();
                Some(match self.open_file.clone() {
                    Some(path) => locate(path, row.as_ref()),
                    None => Action::ShowMessage(format!(
                        "{code} has no file: it is built in or made from a code set"
                    )),
                })
            }
            effect => {
                let library = self.library.library();
                let answer = load(&library, effect);
                if let Some(Action::DocumentLoaded(document, _)) = &answer {
                    self.open_file = library.file(&document.code);
                }
                answer
            }
        }
    }

    /// Reads the open document again. A file with errors keeps its document on screen.
    fn reload(&mut self, code: &CodeId) -> Option<Action> {
        let library = self.library.library();
        let document = library.document(code);
        let file = library.file(code);
        if let Some(open) = &self.open_file
            && (document.is_err() || file != self.open_file)
        {
            if open.exists() {
                let is_outdated = || library.broken().iter().any(|file| file.path == *open);
                match library.read_file(open) {
                    Err(report) => {
                        let version = InvalidVersion::new(open, &report);
                        return Some(Action::DocumentInvalid(version));
                    }
                    // The library was loaded while the file had errors.
                    Ok(current)
                        if current.code == *code && (document.is_err() || is_outdated()) =>
                    {
                        return Some(Action::DocumentReloaded(Arc::new(current)));
                    }
                    Ok(_) => {}
                }
            } else if !library.is_fully_loaded() || file == self.open_file {
                // An editor is replacing the file, or the library will be loaded without it.
                return None;
            }
        }
        Some(match document {
            Ok(document) => {
                self.open_file = file;
                Action::DocumentReloaded(document)
            }
            Err(error) => Action::ShowMessage(error.to_string()),
        })
    }
}

fn locate(path: PathBuf, row: Option<&RowPath>) -> Action {
    match locate_row(&path, row) {
        Ok(line) => Action::Located(FileLine { path, line }),
        Err(report) => Action::ShowMessage(report.to_string()),
    }
}
