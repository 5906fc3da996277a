//! Sets the texts of the program's own: help, and the report on a broken file.

use super::Keymap;
use crate::content::sanitize;
use crate::library::Broken;
use crate::page::{Page, Role, Setting};

/// A text to scroll through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// What it is, for the header.
    pub title: String,
    /// The text.
    pub page: Page,
    /// The line shown first.
    pub top: usize,
    content: Content,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Content {
    Help,
    Report(String),
    Copied(String),
}

impl Sheet {
    /// Lists every action with its keys.
    pub(super) fn help(keymap: &Keymap, setting: Setting) -> Self {
        Self::new("Help".to_owned(), Content::Help, keymap, setting)
    }

    /// Shows what is wrong with a file.
    pub(super) fn report(broken: &Broken, keymap: &Keymap, setting: Setting) -> Self {
        let title = sanitize(&broken.path.display().to_string()).into_owned();
        let content = Content::Report(broken.report.clone());
        Self::new(title, content, keymap, setting)
    }

    /// Shows what was handed to the terminal, to be selected by hand where it did not arrive.
    pub(super) fn copied(text: String, keymap: &Keymap, setting: Setting) -> Self {
        let title = "Sent to your terminal. If it did not arrive, select it here:".to_owned();
        Self::new(title, Content::Copied(text), keymap, setting)
    }

    fn new(title: String, content: Content, keymap: &Keymap, setting: Setting) -> Self {
        let mut sheet = Self {
            title,
            page: Page::default(),
            top: 0,
            content,
        };
        sheet.set(keymap, setting);
        sheet
    }

    /// Sets the text anew, for a width that has changed.
    pub(super) fn set(&mut self, keymap: &Keymap, setting: Setting) {
        self.page = match &self.content {
            Content::Help => help(keymap, setting),
            Content::Copied(text) => Page::of_pairs(
                text.lines()
                    .map(|line| (String::new(), line.replace('\t', "  "), Role::Text)),
                setting,
            ),
            Content::Report(report) => Page::of_pairs(
                report
                    .lines()
                    .map(|line| (String::new(), line.to_owned(), Role::Text)),
                setting,
            ),
        };
    }

    /// Shows a line first, as far as the length allows.
    pub(super) fn scroll_to(&mut self, top: usize, height: u16) {
        self.top = top.min(self.page.lines.len().saturating_sub(usize::from(height)));
    }
}

fn help(keymap: &Keymap, setting: Setting) -> Page {
    let rows = keymap.bindings().iter().map(|binding| {
        let keys: Vec<String> = binding
            .keys
            .iter()
            .map(|key| super::key_name(*key, setting.charset))
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
    Page::of_pairs(rows.chain(own), setting)
}
