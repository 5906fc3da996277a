//! The page beside a list: the document of the selected hit, at its row, or the summary of the
//! selected item of the library.
//!
//! The host loads the document when the cursor rests ([`Effect::LoadPreview`]). The last one stays in
//! memory, and the open document needs no loading.

use std::sync::Arc;

use ratatui::layout::Rect;

use crate::app::action::Effect;
use crate::app::app::{App, Focus};
use crate::app::command::Movement;
use crate::app::detail_pane::{DetailPane, LoadedPreview};
use crate::app::modes::library::LibraryItem;
use crate::app::modes::search::SearchState;
use crate::app::modes::text_panel::text_page;
use crate::app::scroll::ScrollView;
use crate::content::{CodeId, Document, RowPath};
use crate::layout::{LayoutOptions, Page, PageEnd};
use crate::library::ExcerptSubject;
use crate::library::excerpt::subject_row_path;

/// What a preview shows.
enum PreviewContent<'a> {
    Document(CodeId, PreviewPart),
    /// The report on a file with errors.
    Report(&'a str),
}

/// The part of a document that a preview shows.
enum PreviewPart {
    Summary,
    Row(RowPath),
    /// The row on a modifier or payer.
    Subject(ExcerptSubject),
}

impl App {
    /// Lays out the page beside the list. If its document is not loaded, keeps the last page, and
    /// returns a request.
    pub(crate) fn update_preview(&mut self) -> Option<Effect> {
        let area = self.preview_area()?;
        let options = self.layout_options(area.width);
        let pane = match self.preview_content() {
            Some(PreviewContent::Document(code, part)) => {
                let Some(loaded) = self.preview_document(&code) else {
                    return Some(Effect::LoadPreview(code));
                };
                let document = loaded.document;
                document.map(|document| part.lay_out(&document, options, area.height))
            }
            Some(PreviewContent::Report(report)) => {
                let view = ScrollView::new(text_page(report, options));
                Some(DetailPane::from(view))
            }
            None => None,
        };
        let line = self.rows_top();
        let top = self.side_panes.detail.as_ref().map(|pane| pane.view.top);
        let scrolled_to = top.filter(|_| self.has_preview_focus());
        self.side_panes.detail = pane.map(|mut pane| {
            pane.line = line;
            if let Some(top) = scrolled_to {
                pane.view.scroll_to(top, area.height);
            }
            pane
        });
        None
    }

    /// The area of the page beside a list: below a line for filters and how far it is scrolled.
    pub fn preview_area(&self) -> Option<Rect> {
        let area = self.screen_layout().list_panes().1?;
        Some(SearchState::areas(area).1)
    }

    /// Returns true if a page is beside a list.
    pub(crate) fn has_preview(&self) -> bool {
        let is_list = matches!(self.focus, Focus::Search(_) | Focus::Library(_));
        is_list && self.preview_area().is_some() && self.side_panes.detail.is_some()
    }

    pub(crate) fn scroll_preview(&mut self, movement: Movement) {
        if let (Some(area), Some(pane)) = (self.preview_area(), &mut self.side_panes.detail) {
            pane.view.apply(movement, area.height);
        }
    }

    fn preview_content(&self) -> Option<PreviewContent<'_>> {
        let (code, part) = match &self.focus {
            Focus::Search(search) => {
                let hit = search.selected_hit()?;
                let part = hit.row_path.clone().map(PreviewPart::Row);
                (hit.code.clone(), part.unwrap_or(PreviewPart::Summary))
            }
            Focus::Library(list) => {
                let selected = list.list.selected();
                match list.item(selected, &self.library, &self.index)? {
                    LibraryItem::Document(entry) => (entry.code.clone(), PreviewPart::Summary),
                    LibraryItem::Code { code, .. } => (code, PreviewPart::Summary),
                    LibraryItem::Row { entry, subject, .. } => {
                        (entry.code.clone(), PreviewPart::Subject(subject.clone()))
                    }
                    LibraryItem::BrokenFile(broken) => {
                        return Some(PreviewContent::Report(&broken.report));
                    }
                    LibraryItem::Comparison(_) => return None,
                }
            }
            _ => return None,
        };
        Some(PreviewContent::Document(code, part))
    }

    /// The document of a preview, unless it has to be loaded first.
    fn preview_document(&self, code: &CodeId) -> Option<LoadedPreview> {
        let open = self.document_view.shared_document();
        if open.code == *code {
            return Some(LoadedPreview {
                code: code.clone(),
                document: Some(Arc::clone(open)),
            });
        }
        let loaded = self.side_panes.preview.as_ref();
        loaded.filter(|loaded| loaded.code == *code).cloned()
    }
}

impl PreviewPart {
    fn lay_out(self, document: &Document, options: LayoutOptions, height: u16) -> DetailPane {
        let path = match self {
            Self::Summary => None,
            Self::Row(path) => Some(path),
            Self::Subject(subject) => subject_row_path(document, &subject),
        };
        let section = path
            .as_ref()
            .and_then(|path| document.section(&path.section));
        let (Some(path), Some((section, _))) = (path, section) else {
            return ScrollView::new(Page::from_summary(document, options)).into();
        };
        let mut page = Page::from_title(document, options);
        let section = Page::from_section(document, section, options, PageEnd::Notices);
        // `append` adds an empty line.
        let start = page.lines.len() + 1;
        let row = section
            .row_index(&path)
            .map(|row| section.rows[row].clone());
        page.append(section);
        let mut view = ScrollView::new(page);
        let Some(mut row) = row else {
            return view.into();
        };
        row.lines = start + row.lines.start..start + row.lines.end;
        if row.lines.end > usize::from(height) {
            let above = usize::from(height) / 3;
            view.scroll_to(row.lines.start.saturating_sub(above), height);
        }
        DetailPane {
            selected: Some(row),
            ..view.into()
        }
    }
}
