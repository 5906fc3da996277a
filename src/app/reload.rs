//! Changes of the open document's file: the new version, errors in it, and the editor.

use std::path::Path;
use std::sync::Arc;

use crate::app::action::{EditTarget, Effect};
use crate::app::app::{App, Focus};
use crate::app::command::Command;
use crate::app::invalid_version::InvalidVersion;
use crate::app::messages::{status, text_panel};
use crate::app::modes::text_panel::TextPanel;
use crate::content::Document;
use crate::library::BrokenFile;

impl App {
    /// Replaces the open document by its version in the current library.
    pub(crate) fn replace_document(&mut self, document: Arc<Document>) {
        let open = self.document_view.document();
        if document.code != open.code {
            return;
        }
        if let Some(corrected) = self.invalid_version.take()
            && self.shows_report_on(&corrected.file.path)
        {
            self.close_overlay();
            self.message = None;
        }
        let open = self.document_view.document();
        if *document != *open {
            self.document_view.replace_document(document);
            self.with_pane(|pane, context| pane.relayout(context));
        }
    }

    /// Keeps the open document and reports the errors of its file.
    pub(crate) fn keep_document(&mut self, version: InvalidVersion) {
        let is_shown = self.shows_report_on(&version.file.path);
        self.invalid_version = Some(version);
        if is_shown {
            self.show_errors();
        }
    }

    fn shows_report_on(&self, path: &Path) -> bool {
        matches!(&self.focus, Focus::TextPanel(panel) if panel.file() == Some(path))
    }

    /// The errors of the open document's file, for the status line.
    pub fn invalid_version_message(&self) -> Option<String> {
        let version = self.invalid_version.as_ref()?;
        let key = self.key_label(Command::ShowErrors);
        Some(status::errors(key, &version.summary))
    }

    /// Shows the report on the open document's file.
    pub(crate) fn show_errors(&mut self) {
        match &self.invalid_version {
            Some(version) => self.show_report(&version.file.clone()),
            None => self.message = Some(status::NO_ERRORS.to_owned()),
        }
    }

    /// Shows the report on a file with errors, and the keys that copy it and edit the file.
    pub(crate) fn show_report(&mut self, file: &BrokenFile) {
        let report = TextPanel::error_report(file, self.layout_options(self.size.width));
        self.show_overlay(Focus::TextPanel(report));
        self.message = self.key_effects(&text_panel::REPORT_HINTS, ", ");
    }

    /// Copies the open report.
    pub(crate) fn copy_report(&mut self) -> Option<Effect> {
        let Focus::TextPanel(panel) = &self.focus else {
            return None;
        };
        let Some(text) = panel.report().map(str::to_owned) else {
            self.message = Some(text_panel::CANNOT_COPY_HELP.to_owned());
            return None;
        };
        Some(self.copy_text(text))
    }

    /// Requests the position of the selected row in its file, or of the first error of the file
    /// whose report is open, to edit it there.
    pub(crate) fn edit_file(&mut self) -> Option<Effect> {
        let target = if let Focus::TextPanel(panel) = &self.focus {
            let Some(path) = panel.file() else {
                self.message = Some(text_panel::CANNOT_EDIT_HELP.to_owned());
                return None;
            };
            EditTarget::File(path.to_owned())
        } else {
            let position = self.reading_position();
            EditTarget::Row(position.code, position.row_path)
        };
        Some(Effect::Locate(target))
    }
}
