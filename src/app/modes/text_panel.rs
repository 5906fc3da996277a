//! The pane for texts that are not documents: help, the report on a broken file, copied text.

use std::path::Path;

use crate::app::command::Movement;
use crate::app::keymap::{Binding, Keymap, key_name};
use crate::app::messages::{OTHER_PANES, text_panel};
use crate::app::mode::Mode;
use crate::app::pane::{Pane, PaneContext};
use crate::app::scroll::ScrollView;
use crate::content::USE_NOTICE;
use crate::layout::{LayoutOptions, Page, Role};
use crate::library::BrokenFile;
use crate::text::sanitize;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextPanel {
    pub title: String,
    pub view: ScrollView,
    content: PanelContent,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum PanelContent {
    /// The list of keys, for the mode that it was opened from.
    Help(Mode),
    Report(BrokenFile),
}

impl TextPanel {
    /// The list of keys, those of a mode first.
    pub(crate) fn help(keymap: &Keymap, mode: Mode, options: LayoutOptions) -> Self {
        Self {
            title: text_panel::help_title(mode.title()),
            view: ScrollView::new(help_page(keymap, mode, options)),
            content: PanelContent::Help(mode),
        }
    }

    pub(crate) const fn is_help(&self) -> bool {
        matches!(self.content, PanelContent::Help(_))
    }

    pub(crate) fn error_report(broken: &BrokenFile, options: LayoutOptions) -> Self {
        let title = sanitize(&broken.path.display().to_string()).into_owned();
        Self {
            title,
            view: ScrollView::new(text_page(&broken.report, options)),
            content: PanelContent::Report(broken.clone()),
        }
    }

    const fn broken_file(&self) -> Option<&BrokenFile> {
        match &self.content {
            PanelContent::Report(broken) => Some(broken),
            PanelContent::Help(_) => None,
        }
    }

    /// The file that the panel reports on.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.broken_file().map(|broken| broken.path.as_path())
    }

    pub(crate) fn report(&self) -> Option<&str> {
        self.broken_file().map(|broken| broken.report.as_str())
    }
}

impl Pane for TextPanel {
    fn relayout(&mut self, context: &mut PaneContext<'_>) {
        let page = match &self.content {
            PanelContent::Help(mode) => help_page(context.keymap, *mode, context.options),
            PanelContent::Report(broken) => text_page(&broken.report, context.options),
        };
        self.view.replace(page, context.list_area().height);
    }

    fn move_vertically(&mut self, movement: Movement, context: &mut PaneContext<'_>) {
        self.view.apply(movement, context.list_area().height);
    }
}

pub(crate) fn text_page(text: &str, options: LayoutOptions) -> Page {
    let lines = text.lines().map(str::to_owned);
    Page::from_label_values(lines.map(|line| (String::new(), line, Role::Text)), options)
}

fn help_page(keymap: &Keymap, mode: Mode, options: LayoutOptions) -> Page {
    let (here, elsewhere): (Vec<_>, Vec<_>) = keymap
        .bindings()
        .iter()
        .partition(|binding| binding.modes.contains(&mode));
    let line = |binding: &Binding| {
        let keys = binding.keys.iter();
        let keys: Vec<String> = keys.map(|key| key_name(*key, options.charset)).collect();
        (keys.join(" "), binding.help.to_string(), Role::Text)
    };
    let heading = |text: &str| (String::new(), text.to_owned(), Role::Title);
    let here = here.into_iter().map(line);
    let elsewhere = elsewhere.into_iter().map(line);
    let bindings = here
        .chain([heading(""), heading(OTHER_PANES)])
        .chain(elsewhere);
    let end = [("", Role::Text), (USE_NOTICE, Role::Notice)]
        .map(|(text, role)| (String::new(), text.to_owned(), role));
    Page::from_label_values(bindings.chain(end), options)
}
