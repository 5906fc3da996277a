//! The scope of an export.

use crate::content::{Block, Document, Row, RowPath, Section, SectionId};
use crate::search::Results;

/// The part of a document that is exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportScope {
    Whole,
    Section(SectionId),
    /// One row, with every field, remark and source.
    Row(RowPath),
}

impl ExportScope {
    /// The sections and blocks of a document that have rows in this scope, with those rows.
    pub(crate) fn sections<'d>(
        &'d self,
        document: &'d Document,
    ) -> impl Iterator<Item = (&'d Section, Vec<(&'d Block, Vec<&'d Row>)>)> {
        document.sections.iter().filter_map(|section| {
            let rows = |block: &'d Block| {
                let rows = block.rows.iter();
                let rows = rows.filter(|row| self.contains(section, block, row));
                let rows: Vec<&Row> = rows.collect();
                (!rows.is_empty()).then_some((block, rows))
            };
            let blocks: Vec<_> = section.blocks.iter().filter_map(rows).collect();
            (!blocks.is_empty()).then_some((section, blocks))
        })
    }

    fn contains(&self, section: &Section, block: &Block, row: &Row) -> bool {
        match self {
            Self::Whole => true,
            Self::Section(id) => section.id == *id,
            Self::Row(path) => RowPath::new(section, block, row) == *path,
        }
    }
}

/// A note on the results that are not exported; `None` if all are.
pub(crate) fn more_results_note(results: &Results) -> Option<String> {
    let more = results.total.saturating_sub(results.hits.len());
    Some(match (more, results.unverified) {
        (0, 0) => return None,
        (0, _) => "possibly more results".to_owned(),
        (_, 0) => format!("{more} more results"),
        (..) => format!("at least {more} more results"),
    })
}
