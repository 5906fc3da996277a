//! The reader as lines that are appended, for `--plain-ui`. Written lines never change.
//!
//! A screen reader speaks appended text, and a braille display follows it, on every terminal. Each
//! change is written once: the pane with its keys when it opens, the reader's position, and the lines of
//! the selected row with everything since the row before it, or those that scroll into view.

use std::ops::Range;

use crate::app::messages::copy_menu::COPIED;
use crate::app::messages::spoken_keys;
use crate::app::{App, Focus, Mode};
use crate::layout::Page;
use crate::text::sanitize;
use crate::view::accessible_status::status;
use crate::view::chrome;

/// The height of the app's screen, in lines: how far a key scrolls.
pub const SCREEN_LINES: u16 = 100;

/// The state that was written last.
#[derive(Debug, Default)]
pub struct Transcript {
    written: Scene,
}

/// The state of the screen, in words.
#[derive(Debug, Default)]
struct Scene {
    /// The name of the pane, with its keys.
    pane: String,
    status: String,
    text: SceneText,
    message: Option<String>,
    /// The text that was just copied, below a title.
    copied: Vec<String>,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum SceneText {
    #[default]
    Nothing,
    /// The text of the selected item.
    Item(Vec<String>),
    /// The lines in view of a page that scrolls, with their numbers.
    Window(Vec<(usize, String)>),
}

impl Transcript {
    /// Returns the lines for everything that has changed since the last call.
    pub fn update(&mut self, app: &App) -> Vec<String> {
        let scene = Scene::new(app);
        let written = std::mem::take(&mut self.written);
        let mut lines = Vec::new();
        let is_new = scene.pane != written.pane;
        if is_new {
            lines.push(scene.pane.clone());
        }
        let has_moved = is_new || scene.status != written.status;
        if has_moved {
            lines.push(scene.status.clone());
        }
        lines.extend(scene.text.since(&written.text, has_moved));
        if scene.message != written.message {
            lines.extend(scene.message.clone());
        }
        if scene.copied != written.copied {
            lines.extend(scene.copied.iter().cloned());
        }
        self.written = scene;
        let lines = lines.iter().map(|line| {
            let line = app.charset.transliterate(line);
            sanitize(line.trim()).into_owned()
        });
        lines.collect()
    }
}

impl Scene {
    fn new(app: &App) -> Self {
        Self {
            pane: pane(app),
            status: status(app),
            text: SceneText::new(app),
            message: chrome::message(app),
            copied: copied(app),
        }
    }
}

fn copied(app: &App) -> Vec<String> {
    let text = app.copied_text();
    let title = text.map(|_| COPIED);
    let lines = title.into_iter().chain(text.unwrap_or_default().lines());
    lines.map(str::to_owned).collect()
}

/// Names the pane, or code and title of the document, and the keys that the footer has.
fn pane(app: &App) -> String {
    let mut text = match app.mode() {
        Mode::Document => {
            let document = app.document_view().document();
            let review = document.review_status();
            format!("{} {}. {review}", document.code.value(), document.title)
        }
        mode => mode.heading(),
    };
    let hints = app.key_hints().into_iter();
    let hints: Vec<String> = hints.map(|(key, words)| format!("{key} {words}")).collect();
    text += &spoken_keys(hints.join(", "));
    if chrome::shows_cpt(app) {
        text += ". ";
        text += crate::content::SHORT_CPT_NOTICE;
    }
    text
}

impl SceneText {
    fn new(app: &App) -> Self {
        let view = app.document_view();
        let height = usize::from(SCREEN_LINES);
        let window = |page: &Page, top: usize| Self::Window(lines_of(page, top..top + height));
        match app.focus() {
            Focus::Document | Focus::Outline | Focus::Filter(_) => {
                let page = view.page();
                match view.selected_row() {
                    Some(row) => {
                        let at = view.selected();
                        let before = at.checked_sub(1).map_or(0, |n| page.rows[n].lines.end);
                        let is_last = at + 1 == page.rows.len();
                        let end = if is_last {
                            page.lines.len()
                        } else {
                            row.lines.end
                        };
                        let lines = lines_of(page, before.min(row.lines.start)..end);
                        Self::Item(lines.into_iter().map(|(_, line)| line).collect())
                    }
                    None => window(page, view.top()),
                }
            }
            Focus::RowDetail(detail) => window(&detail.view.page, detail.view.top),
            Focus::Comparison(comparison) => window(&comparison.view.page, comparison.view.top),
            Focus::TextPanel(panel) => window(&panel.view.page, panel.view.top),
            Focus::Search(search) => {
                let hit = search.selected_hit();
                let text = hit.map(|hit| hit.snippet.text.clone());
                Self::Item(text.into_iter().collect())
            }
            Focus::Library(_)
            | Focus::Note(_)
            | Focus::Bookmarks(_)
            | Focus::Palette(_)
            | Focus::CopyMenu(_) => Self::Nothing,
        }
    }

    /// The lines that were not written yet; all of them at another position.
    fn since(&self, written: &Self, has_moved: bool) -> Vec<String> {
        match (self, written) {
            (Self::Nothing, _) => Vec::new(),
            (Self::Item(lines), written) => {
                if has_moved || self != written {
                    lines.clone()
                } else {
                    Vec::new()
                }
            }
            (Self::Window(lines), written) => {
                let written = match written {
                    Self::Window(written) if !has_moved => &written[..],
                    _ => &[],
                };
                let lines = lines.iter().filter(|line| !written.contains(line));
                lines.map(|(_, line)| line.clone()).collect()
            }
        }
    }
}

/// The lines of a range that have text, with their numbers.
fn lines_of(page: &Page, range: Range<usize>) -> Vec<(usize, String)> {
    let lines = page.lines.iter().enumerate();
    let lines = lines.skip(range.start).take(range.len());
    let lines = lines.map(|(n, line)| (n, line.to_string()));
    lines.filter(|(_, line)| !line.trim().is_empty()).collect()
}
