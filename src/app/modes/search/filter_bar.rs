//! The filters of the search pane, and their line, which can be clicked.

use ratatui::layout::{Position, Rect};

use crate::app::messages::search::{BILLABLE_ONLY, in_document};
use crate::layout;
use crate::num::saturating_u16;
use crate::search::HitKind;
use crate::text::width;

/// The reader's filters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    pub kind: HitKind,
    /// Billable diagnoses only.
    pub billable_only: bool,
    /// The open document only.
    pub this_document: bool,
}

/// A filter that the reader can select.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    Kind(HitKind),
    Billable,
    ThisDocument,
}

/// The blank columns between two labels.
const LABEL_GAP: usize = 2;

/// The label of a filter, and its place in the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterLabel {
    pub filter: Filter,
    pub text: String,
    pub column: u16,
    pub is_active: bool,
}

impl Filters {
    /// Selects a kind of hits, or turns another filter on or off.
    pub(crate) const fn apply(&mut self, filter: Filter) {
        match filter {
            Filter::Kind(kind) => self.kind = kind,
            Filter::Billable => self.billable_only = !self.billable_only,
            Filter::ThisDocument => self.this_document = !self.this_document,
        }
    }

    /// The next kind of hits or, if `by` is -1, the previous one, around the ends.
    pub(crate) fn kind_after(self, by: isize) -> HitKind {
        let kinds = HitKind::ALL;
        let at = kinds.iter().position(|kind| *kind == self.kind);
        let at = at.unwrap_or_default().checked_add_signed(by);
        kinds[at.unwrap_or(kinds.len() - 1) % kinds.len()]
    }

    /// The labels of the active filters, and of the others as far as they fit. `document` is the code
    /// of the open document.
    pub fn labels(self, document: &str, columns: u16) -> Vec<FilterLabel> {
        let kinds = HitKind::ALL.map(|kind| (Filter::Kind(kind), kind.title().to_owned()));
        let others = [
            (Filter::Billable, BILLABLE_ONLY.to_owned()),
            (Filter::ThisDocument, in_document(document)),
        ];
        let mut shown: Vec<_> = kinds.into_iter().chain(others).collect();
        let margin = layout::margin(columns);
        let room = usize::from(columns.saturating_sub(margin + 1)) + LABEL_GAP;
        let needed = |labels: &[(Filter, String)]| -> usize {
            labels.iter().map(|(_, text)| width(text) + LABEL_GAP).sum()
        };
        while needed(&shown) > room
            && let Some(last) = shown
                .iter()
                .rposition(|(filter, _)| !self.is_active(*filter))
        {
            shown.remove(last);
        }
        let mut column = margin;
        let labels = shown.into_iter().map(|(filter, text)| {
            let start = column;
            column = column.saturating_add(saturating_u16(width(&text) + LABEL_GAP));
            FilterLabel {
                filter,
                text,
                column: start,
                is_active: self.is_active(filter),
            }
        });
        labels.collect()
    }

    fn is_active(self, filter: Filter) -> bool {
        match filter {
            Filter::Kind(kind) => kind == self.kind,
            Filter::Billable => self.billable_only,
            Filter::ThisDocument => self.this_document,
        }
    }

    /// The filter at a position in the line.
    pub(crate) fn filter_at(self, document: &str, at: Position, area: Rect) -> Option<Filter> {
        let column = at.x.checked_sub(area.x)?;
        let labels = self.labels(document, area.width).into_iter();
        let mut hit = labels.filter(|label| {
            let end = label
                .column
                .saturating_add(saturating_u16(width(&label.text)));
            (label.column..end).contains(&column)
        });
        hit.next().map(|label| label.filter)
    }
}
