//! Enrichment: adds blocks with rows of imported sets to a document.

use crate::codesets::{ImportedSets, SetKind};
use crate::content::{Block, CPT_NOTICE, Document, FEE_NOTICE, Section, SectionId, Shape};
use crate::library::imported::builder::{SetCitation, source};
use crate::library::imported::references::References;
use crate::library::imported::set_rows::rows_from_set;

/// The section for blocks whose section the document lacks.
const IMPORTED_SECTION: &str = "imported";

/// Adds a block for each imported set that has rows on the document's code or on codes that the
/// document refers to.
pub(crate) fn enrich(sets: &ImportedSets, document: &mut Document) {
    if sets.all().is_empty() {
        return;
    }
    let references = References::from_document(document);
    for kind in SetKind::ALL {
        let Some(set) = sets.latest(kind) else {
            continue;
        };
        let rows = match rows_from_set(set, &document.code, &references) {
            Ok(rows) if rows.is_empty() => continue,
            Ok(rows) => rows,
            // The document is useful without the set; the block shows the error.
            Err(damage) => {
                vec![SetCitation::by_editors(set).paragraph("damaged", &damage.to_string())]
            }
        };
        match kind {
            SetKind::Clfs => add_notice(FEE_NOTICE, &mut document.notices),
            SetKind::NcciPtp => add_notice(CPT_NOTICE, &mut document.notices),
            _ => {}
        }
        document.sources.push(source(set.header()));
        let placement = BlockPlacement::for_kind(kind);
        let title = format!("{}, {}", placement.title, set.header().edition.label());
        let is_table = rows.iter().all(|row| row.cells.len() > 1);
        let shape = if is_table { Shape::Table } else { Shape::Prose };
        let block = Block::new(placement.block_id, Some(&title), shape, rows);
        placement.insert(document, block);
    }
}

/// Adds a notice unless the document has one of its own that starts with the same two words.
fn add_notice(notice: &str, notices: &mut Vec<String>) {
    let start: Vec<&str> = notice.split_whitespace().take(2).collect();
    let start = start.join(" ");
    if !notices.iter().any(|other| other.starts_with(&start)) {
        notices.push(notice.to_owned());
    }
}

/// Where the block of a set belongs in a document.
struct BlockPlacement {
    section: &'static str,
    /// The id of the block before it. The block that states the absence of that one counts too.
    after_block: &'static str,
    block_id: &'static str,
    title: &'static str,
}

impl BlockPlacement {
    const fn for_kind(kind: SetKind) -> Self {
        let (section, after_block, block_id, title) = match kind {
            SetKind::Icd10cm => ("coding", "diagnoses", "set-icd10cm", "ICD-10-CM texts"),
            SetKind::Hcpcs => (
                "coding",
                "modifiers",
                "set-hcpcs",
                "HCPCS modifiers, official texts",
            ),
            SetKind::Clfs => (
                "payers",
                "payers",
                "set-clfs",
                "Medicare laboratory rate (CLFS)",
            ),
            SetKind::Nucc => ("coding", "taxonomies", "set-nucc", "NUCC taxonomy"),
            SetKind::NcciMue => (
                "coding",
                "related",
                "set-mue",
                "Most units a day (NCCI MUE)",
            ),
            SetKind::NcciPtp => (
                "coding",
                "related",
                "set-ptp",
                "Not paid together (NCCI PTP)",
            ),
            SetKind::PlaceOfService => ("overview", "places", "set-pos", "Places of service"),
        };
        Self {
            section,
            after_block,
            block_id,
            title,
        }
    }

    fn insert(&self, document: &mut Document, block: Block) {
        let section = self.find_or_add_section(&mut document.sections);
        let is_before = |id: &str| {
            let suffix = id.strip_prefix(self.after_block);
            matches!(suffix, Some("" | "-absent"))
        };
        let blocks = &mut section.blocks;
        let before = blocks.iter().rposition(|block| is_before(&block.id.0));
        blocks.insert(before.map_or(blocks.len(), |at| at + 1), block);
    }

    fn find_or_add_section<'d>(&self, sections: &'d mut Vec<Section>) -> &'d mut Section {
        let find = |sections: &[Section], id: &str| {
            let id = SectionId(id.to_owned());
            sections.iter().position(|section| section.id == id)
        };
        let at = find(sections, self.section).or_else(|| find(sections, IMPORTED_SECTION));
        let at = at.unwrap_or_else(|| {
            let (title, short) = ("From imported sets", "Imported");
            sections.push(Section::new(IMPORTED_SECTION, title, short, Vec::new()));
            sections.len() - 1
        });
        &mut sections[at]
    }
}
