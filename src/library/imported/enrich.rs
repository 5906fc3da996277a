//! Enrichment: adds blocks with rows of imported sets to a document.

use crate::codesets::{CorruptSet, EditTable, ImportedSets, SetFile, SetKind};
use crate::content::{Block, CPT_NOTICE, Document, FEE_NOTICE, Row, Section, Voice};
use crate::library::imported::builder::{SetCitation, source};
use crate::library::imported::pfs_rows::PfsLines;
use crate::library::imported::placement::{PFS_INDICATORS, PFS_MODIFIERS, Placement, placement};
use crate::library::imported::pointers::resolve_absences;
use crate::library::imported::references::References;
use crate::library::imported::set_rows::rows_from_set;
use crate::library::imported::validity::Validity;

/// The section for blocks whose section the document lacks.
const IMPORTED_SECTION: &str = "imported";

/// Adds a block for each imported set that has rows on the document's code or on codes that the
/// document refers to. Absences of facts that are now there point to them.
pub(crate) fn enrich(sets: &ImportedSets, document: &mut Document) {
    if sets.all().is_empty() {
        return;
    }
    let references = References::from_document(document);
    for set in SetKind::ALL
        .into_iter()
        .flat_map(|kind| tables_last_first(sets, kind))
    {
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
        let source = source(set.header());
        if document.source(&source.id).is_none() {
            document.sources.push(source);
        }
        let edition = &set.header().edition;
        let remark = Validity::new(sets, set).remark();
        for (placement, rows) in blocks {
            let title = format!("{}, {}{remark}", placement.title, edition.label());
            let id = match edition.table() {
                None | Some(EditTable::Practitioner) => placement.id.to_owned(),
                Some(table) => format!("{}-{}", placement.id, table.id()),
            };
            let block = match placement.shape {
                Some(shape) => Block::new(&id, Some(&title), shape, rows),
                None => Block::from_rows(&id, Some(&title), rows),
            };
            let section = find_or_add_section(&mut document.sections, placement.section);
            insert_block(section, placement.after_block, block);
        }
    }
    resolve_absences(sets, document);
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

/// Returns the edition of each table that is in force, the last table first: each block is inserted
/// before those of the same kind.
fn tables_last_first(sets: &ImportedSets, kind: SetKind) -> impl Iterator<Item = &SetFile> {
    let tables: Vec<&SetFile> = sets.tables_in_force(kind).collect();
    tables.into_iter().rev()
}

/// Adds a notice unless the document has one of its own that starts with the same two words.
fn add_notice(notice: &str, notices: &mut Vec<String>) {
    let start: Vec<&str> = notice.split_whitespace().take(2).collect();
    let start = start.join(" ");
    if !notices.iter().any(|other| other.starts_with(&start)) {
        notices.push(notice.to_owned());
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
        let (title, short) = ("Reference data", "Imported");
        sections.push(Section::new(IMPORTED_SECTION, title, short, Vec::new()));
        sections.len() - 1
    });
    &mut sections[at]
}
