//! Enrichment: adds blocks with rows of imported sets to a document.

use crate::codesets::{CorruptSet, ImportedSets, SetFile, SetKind};
use crate::content::{Block, CPT_NOTICE, Document, FEE_NOTICE, Row, Section, Shape, Voice};
use crate::library::imported::builder::{SetCitation, source};
use crate::library::imported::pfs_rows::PfsLines;
use crate::library::imported::references::References;
use crate::library::imported::set_rows::rows_from_set;

/// The block of what the fee schedule says on modifiers.
const PFS_MODIFIERS_BLOCK: &str = "set-pfs-modifiers";
/// The section for blocks whose section the document lacks.
const IMPORTED_SECTION: &str = "imported";

/// Adds a block for each imported set that has rows on the document's code or on codes that the
/// document refers to.
pub(crate) fn enrich(sets: &ImportedSets, document: &mut Document) {
    if sets.all().is_empty() {
        return;
    }
    let references = References::from_document(document);
    let kinds = SetKind::ALL.into_iter();
    for set in kinds.filter_map(|kind| sets.latest(kind)) {
        let kind = set.header().kind;
        let blocks = match blocks_from_set(set, document, &references) {
            Ok(blocks) => blocks,
            // The document is useful without the set; the block shows the error.
            Err(damage) => {
                let citation = SetCitation::new(set, Voice::Editor);
                let rows = vec![citation.paragraph("damaged", &damage.to_string())];
                vec![(placement(kind), rows)]
            }
        };
        if blocks.is_empty() {
            continue;
        }
        if matches!(kind, SetKind::Clfs | SetKind::Pfs) {
            add_notice(FEE_NOTICE, &mut document.notices);
        }
        if matches!(kind, SetKind::Pfs | SetKind::NcciPtp) {
            add_notice(CPT_NOTICE, &mut document.notices);
        }
        document.sources.push(source(set.header()));
        for (placement, rows) in blocks {
            let title = format!("{}, {}", placement.title, set.header().edition.label());
            let block = match placement.shape {
                Some(shape) => Block::new(placement.id, Some(&title), shape, rows),
                None => Block::from_rows(placement.id, Some(&title), rows),
            };
            let section = find_or_add_section(&mut document.sections, placement.section);
            insert_block(section, placement.after_block, block);
        }
    }
}

/// Returns the rows that a set adds to a document, and marks the document's own rows that the set
/// contradicts.
fn blocks_from_set(
    set: &SetFile,
    document: &mut Document,
    references: &References,
) -> Result<Vec<(Placement, Vec<Row>)>, CorruptSet> {
    let kind = set.header().kind;
    if kind != SetKind::Pfs {
        let rows = rows_from_set(set, &document.code, references)?;
        let is_empty = rows.is_empty();
        return Ok((!is_empty)
            .then_some((placement(kind), rows))
            .into_iter()
            .collect());
    }
    let Some(lines) = PfsLines::read(set, &document.code)? else {
        return Ok(Vec::new());
    };
    let citation = SetCitation::new(set, Voice::Editor);
    lines.mark_conflicts(&citation, document);
    Ok(vec![
        (PFS_MODIFIERS, lines.modifier_rows(&citation)),
        (PFS_INDICATORS, lines.indicator_rows(&citation)),
        (placement(kind), lines.amount_rows(&citation)),
    ])
}

/// Adds a notice unless the document has one of its own that starts with the same two words.
fn add_notice(notice: &str, notices: &mut Vec<String>) {
    let start: Vec<&str> = notice.split_whitespace().take(2).collect();
    let start = start.join(" ");
    if !notices.iter().any(|other| other.starts_with(&start)) {
        notices.push(notice.to_owned());
    }
}

/// Where a block of a set belongs, and its title.
#[derive(Clone, Copy)]
struct Placement {
    id: &'static str,
    section: &'static str,
    /// The id of the block before it.
    after_block: &'static str,
    title: &'static str,
    /// `None` for a table, or prose if its rows have one cell.
    shape: Option<Shape>,
}

const fn place(
    id: &'static str,
    section: &'static str,
    after_block: &'static str,
    title: &'static str,
) -> Placement {
    Placement {
        id,
        section,
        after_block,
        title,
        shape: None,
    }
}

const PFS_MODIFIERS: Placement = place(
    PFS_MODIFIERS_BLOCK,
    "coding",
    "modifiers",
    "Modifiers by Medicare indicator (PFS)",
);
const PFS_INDICATORS: Placement = Placement {
    shape: Some(Shape::Facts),
    ..place(
        "set-pfs-indicators",
        "coding",
        PFS_MODIFIERS_BLOCK,
        "Medicare indicators (PFS)",
    )
};

const fn placement(kind: SetKind) -> Placement {
    match kind {
        SetKind::Icd10cm => place("set-icd10cm", "coding", "diagnoses", "ICD-10-CM texts"),
        SetKind::Hcpcs => place(
            "set-hcpcs",
            "coding",
            "modifiers",
            "HCPCS modifiers, official texts",
        ),
        SetKind::Clfs => place(
            "set-clfs",
            "payers",
            "payers",
            "Medicare laboratory rate (CLFS)",
        ),
        SetKind::Pfs => place(
            "set-pfs",
            "payers",
            "payers",
            "Medicare national amounts before geographic adjustment (PFS)",
        ),
        SetKind::Nucc => place("set-nucc", "coding", "taxonomies", "NUCC taxonomy"),
        SetKind::NcciMue => place(
            "set-mue",
            "coding",
            "related",
            "Most units a day (NCCI MUE)",
        ),
        SetKind::NcciPtp => place(
            "set-ptp",
            "coding",
            "related",
            "Not paid together (NCCI PTP)",
        ),
        SetKind::PlaceOfService => place("set-pos", "overview", "places", "Places of service"),
    }
}

/// Inserts a block after another one. The block that states the absence of that one counts too.
fn insert_block(section: &mut Section, after_block: &str, block: Block) {
    let is_before = |id: &str| matches!(id.strip_prefix(after_block), Some("" | "-absent"));
    let blocks = &mut section.blocks;
    let before = blocks.iter().rposition(|block| is_before(&block.id.0));
    blocks.insert(before.map_or(blocks.len(), |at| at + 1), block);
}

fn find_or_add_section<'d>(sections: &'d mut Vec<Section>, id: &str) -> &'d mut Section {
    let find = |id: &str| sections.iter().position(|section| section.id.0 == id);
    let at = find(id).or_else(|| find(IMPORTED_SECTION));
    let at = at.unwrap_or_else(|| {
        let (title, short) = ("From imported sets", "Imported");
        sections.push(Section::new(IMPORTED_SECTION, title, short, Vec::new()));
        sections.len() - 1
    });
    &mut sections[at]
}
