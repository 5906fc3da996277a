//! The pane for texts that are not documents: help, the report on a broken file, copied text.

use crate::app::command::Movement;
use crate::app::keymap::{Keymap, key_name};
use crate::app::pane::{Pane, PaneContext};
use crate::app::scroll::ScrollView;
use crate::layout::{LayoutOptions, Page, Role};
use crate::library::BrokenFile;
use crate::text::sanitize;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextPanel {
    pub title: String,
    pub view: ScrollView,
    /// `None` for the list of keys.
    text: Option<String>,
}

impl TextPanel {
    pub(crate) fn help(keymap: &Keymap, options: LayoutOptions) -> Self {
        Self {
            title: "Help".to_owned(),
            view: ScrollView::new(help_page(keymap, options)),
            text: None,
        }
    }

    pub(crate) fn error_report(broken: &BrokenFile, options: LayoutOptions) -> Self {
        let title = sanitize(&broken.path.display().to_string()).into_owned();
        Self::with_text(title, broken.report.clone(), options)
    }

    /// The text that was sent to the terminal's clipboard. The reader can select it by hand if the
    /// terminal ignored it.
    pub(crate) fn copied(text: &str, options: LayoutOptions) -> Self {
        let title = "Copied. If it didn't paste, select it below:".to_owned();
        Self::with_text(title, text.replace('\t', "  "), options)
    }

    fn with_text(title: String, text: String, options: LayoutOptions) -> Self {
        Self {
            title,
            view: ScrollView::new(text_page(&text, options)),
            text: Some(text),
        }
    }
}

impl Pane for TextPanel {
    fn relayout(&mut self, context: &mut PaneContext<'_>) {
        let page = match &self.text {
            None => help_page(context.keymap, context.options),
            Some(text) => text_page(text, context.options),
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

fn help_page(keymap: &Keymap, options: LayoutOptions) -> Page {
    let bindings = keymap.bindings().iter().map(|binding| {
        let keys = binding.keys.iter();
        let keys: Vec<String> = keys.map(|key| key_name(*key, options.charset)).collect();
        (keys.join(" "), binding.help.to_string(), Role::Text)
    });
    let notice = "Reference only; no guarantee of coverage or payment.";
    let end = [("", Role::Text), (notice, Role::Notice)]
        .map(|(text, role)| (String::new(), text.to_owned(), role));
    Page::from_label_values(bindings.chain(end), options)
}
