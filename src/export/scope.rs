//! The scope of an export, and the form of its lines.

use std::collections::BTreeSet;

use crate::content::{Block, Document, Row, RowPath, Section, SectionId, Source, SourceId};
use crate::search::Results;
use crate::text::Charset;

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

    /// The sources that the rows in this scope cite; for a whole document, all of its sources.
    pub(crate) fn sources<'d>(&'d self, document: &'d Document) -> Vec<&'d Source> {
        let sections = self.sections(document);
        let rows = sections.flat_map(|(_, blocks)| blocks.into_iter().flat_map(|(_, rows)| rows));
        let cited: BTreeSet<&SourceId> = rows.flat_map(Row::sources).collect();
        let sources = document.sources.iter();
        let is_cited = |source: &&Source| *self == Self::Whole || cited.contains(&source.id);
        sources.filter(is_cited).collect()
    }

    fn contains(&self, section: &Section, block: &Block, row: &Row) -> bool {
        match self {
            Self::Whole => true,
            Self::Section(id) => section.id == *id,
            Self::Row(path) => RowPath::new(section, block, row) == *path,
        }
    }
}

/// The lines that the output may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrintOptions {
    pub charset: Charset,
    /// The width of a document as plain text.
    pub columns: u16,
}

/// A note on the results that are not exported; `None` if all are.
pub(crate) fn more_results_note(results: &Results) -> Option<String> {
    let more = results.total.saturating_sub(results.hits.len());
    Some(match (more, results.unverified) {
        (0, 0) => return None,
        (0, _) => "possibly more results".to_owned(),
        (1, 0) => "1 more result".to_owned(),
        (_, 0) => format!("{more} more results"),
        (..) => format!("at least {more} more results"),
    })
}
