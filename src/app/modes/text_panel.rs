//! Sets the texts of the program's own: help, and the report on a broken file.

use crate::app::keymap::Keymap;
use crate::layout::{LayoutOptions, Page, Role};
use crate::library::BrokenFile;
use crate::text::sanitize;

/// A text to scroll through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextPanel {
    /// What it is, for the header.
    pub title: String,
    /// The text.
    pub page: Page,
    /// The line shown first.
    pub top: usize,
    content: PanelContent,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum PanelContent {
    Help,
    Report(String),
    Copied(String),
}

impl TextPanel {
    /// Lists every action with its keys.
    pub(crate) fn help(keymap: &Keymap, setting: LayoutOptions) -> Self {
        Self::new("Help".to_owned(), PanelContent::Help, keymap, setting)
    }

    /// Shows what is wrong with a file.
    pub(crate) fn error_report(
        broken: &BrokenFile,
        keymap: &Keymap,
        setting: LayoutOptions,
    ) -> Self {
        let title = sanitize(&broken.path.display().to_string()).into_owned();
        let content = PanelContent::Report(broken.report.clone());
        Self::new(title, content, keymap, setting)
    }

    /// Shows what was handed to the terminal, to be selected by hand where it did not arrive.
    pub(crate) fn copied(text: String, keymap: &Keymap, setting: LayoutOptions) -> Self {
        let title = "Sent to your terminal. If it did not arrive, select it here:".to_owned();
        Self::new(title, PanelContent::Copied(text), keymap, setting)
    }

    fn new(title: String, content: PanelContent, keymap: &Keymap, setting: LayoutOptions) -> Self {
        let mut sheet = Self {
            title,
            page: Page::default(),
            top: 0,
            content,
        };
        sheet.relayout(keymap, setting);
        sheet
    }

    /// Sets the text anew, for a width that has changed.
    pub(crate) fn relayout(&mut self, keymap: &Keymap, setting: LayoutOptions) {
        self.page = match &self.content {
            PanelContent::Help => help_page(keymap, setting),
            PanelContent::Copied(text) => Page::from_label_values(
                text.lines()
                    .map(|line| (String::new(), line.replace('\t', "  "), Role::Text)),
                setting,
            ),
            PanelContent::Report(report) => Page::from_label_values(
                report
                    .lines()
                    .map(|line| (String::new(), line.to_owned(), Role::Text)),
                setting,
            ),
        };
    }

    /// Shows a line first, as far as the length allows.
    pub(crate) fn scroll_to(&mut self, top: usize, height: u16) {
        self.top = top.min(self.page.lines.len().saturating_sub(usize::from(height)));
    }
}

fn help_page(keymap: &Keymap, setting: LayoutOptions) -> Page {
    let rows = keymap.bindings().iter().map(|binding| {
        let keys: Vec<String> = binding
            .keys
            .iter()
            .map(|key| crate::app::keymap::key_name(*key, setting.charset))
            .collect();
        (keys.join(" "), binding.help.to_string(), Role::Text)
    });
    let own = [
        (String::new(), String::new(), Role::Text),
        (
            String::new(),
            "Reference only; no guarantee of coverage or payment.".to_owned(),
            Role::Notice,
        ),
    ];
    Page::from_label_values(rows.chain(own), setting)
}
