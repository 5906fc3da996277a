//! The pane that compares what documents say about a modifier or payer.

use std::sync::Arc;

use crate::app::action::Effect;
use crate::app::command::Movement;
use crate::app::messages::comparison::documents;
use crate::app::modes::library::LibraryList;
use crate::app::pane::{Pane, PaneContext};
use crate::app::scroll::ScrollView;
use crate::content::{CodeId, Document, RowPath};
use crate::layout::{LayoutOptions, Page, PageEnd};
use crate::library::ComparisonRequest;

/// Excerpts of one or more documents on the same subject.
#[derive(Clone, Debug)]
pub struct ComparisonView {
    request: ComparisonRequest,
    document: Arc<Document>,
    /// The row that the excerpts come from, if they come from a single one.
    row_path: Option<RowPath>,
    pub view: ScrollView,
    /// The list that the comparison was opened from.
    opened_from: LibraryList,
}

impl ComparisonView {
    pub(crate) fn new(
        request: ComparisonRequest,
        document: Arc<Document>,
        row_path: Option<RowPath>,
        opened_from: LibraryList,
        options: LayoutOptions,
    ) -> Self {
        Self {
            view: ScrollView::new(page(&document, options)),
            request,
            document,
            row_path,
            opened_from,
        }
    }

    /// The subject and the documents.
    pub fn title(&self) -> String {
        let documents = match (self.request.codes.as_slice(), self.request.left_out) {
            ([code], 0) => code.value().to_owned(),
            (codes, left_out) => documents(codes.len() + left_out),
        };
        format!("{} · {documents}", self.request.subject)
    }

    pub(crate) fn into_list(self) -> LibraryList {
        self.opened_from
    }

    /// The document and row that are shown, unless there are several documents.
    pub(crate) fn single_row(&self) -> Option<(CodeId, Option<RowPath>)> {
        match self.request.codes.as_slice() {
            [code] => Some((code.clone(), self.row_path.clone())),
            _ => None,
        }
    }
}

impl Pane for ComparisonView {
    fn relayout(&mut self, context: &mut PaneContext<'_>) {
        let page = page(&self.document, context.options);
        self.view.replace(page, context.list_area().height);
    }

    fn move_vertically(&mut self, movement: Movement, context: &mut PaneContext<'_>) {
        self.view.apply(movement, context.list_area().height);
    }

    /// Requests the comparison for the previous or next item of the list.
    fn move_horizontally(&mut self, by: isize, context: &mut PaneContext<'_>) -> Option<Effect> {
        let items = &mut self.opened_from;
        let height = context.list_area().height;
        let first = items.list.cursor;
        loop {
            let before = items.list.selected();
            items.list.move_by(by, height);
            let item = items.list.selected();
            if let Some(request) = items.comparison_request(item, context.library) {
                return (item != before).then_some(Effect::LoadComparison(request));
            }
            // Pages of modifiers have nothing to compare.
            if item == before {
                items.list.cursor = first;
                return None;
            }
        }
    }
}

fn page(document: &Document, options: LayoutOptions) -> Page {
    Page::from_section(document, 0, options, PageEnd::Notices)
}
