//! Enrichment: adds blocks with rows of imported sets to a document.

use crate::codesets::{EditTable, ImportedSets, SetFile, SetKind};
use crate::content::{Block, CPT_NOTICE, Document, FEE_NOTICE, Section, Voice};
use crate::library::imported::builder::{SetCitation, source};
use crate::library::imported::pointers::{block_id, resolve_absences};
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
        let rows = match rows_from_set(set, &document.code, &references) {
            Ok(rows) if rows.is_empty() => continue,
            Ok(rows) => rows,
            // The document is useful without the set; the block shows the error.
            Err(damage) => {
                vec![SetCitation::new(set, Voice::Editor).paragraph("damaged", &damage.to_string())]
            }
        };
        match kind {
            SetKind::Clfs => add_notice(FEE_NOTICE, &mut document.notices),
            SetKind::NcciPtp => add_notice(CPT_NOTICE, &mut document.notices),
            _ => {}
        }
        document.sources.push(source(set.header()));
        let (section, after_block, title) = placement(kind);
        let edition = &set.header().edition;
        let title = format!(
            "{title}, {}{}",
            edition.label(),
            Validity::new(sets, set).remark()
        );
        let id = match edition.table() {
            None | Some(EditTable::Practitioner) => block_id(kind),
            Some(table) => format!("{}-{}", block_id(kind), table.id()),
        };
        let block = Block::from_rows(&id, Some(&title), rows);
        let section = find_or_add_section(&mut document.sections, section);
        insert_block(section, after_block, block);
    }
    resolve_absences(sets, document);
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

/// Returns where the block of a set belongs and its title: the section, the id of the block before it,
/// the title.
const fn placement(kind: SetKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        SetKind::Icd10cm => ("coding", "diagnoses", "ICD-10-CM texts"),
        SetKind::Hcpcs => ("coding", "modifiers", "HCPCS modifiers, official texts"),
        SetKind::Clfs => ("payers", "payers", "Medicare laboratory rate (CLFS)"),
        SetKind::Nucc => ("coding", "taxonomies", "NUCC taxonomy"),
        SetKind::NcciMue => ("coding", "related", "Most units a day (NCCI MUE)"),
        SetKind::NcciPtp => ("coding", "related", "Not paid together (NCCI PTP)"),
        SetKind::PlaceOfService => ("overview", "places", "Places of service"),
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
