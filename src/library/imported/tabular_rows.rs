//! The rows that the ICD-10-CM tabular list adds to the document on a diagnosis: its notes, with those
//! that it inherits, and the chapter and section above it.

use crate::codesets::{
    CorruptSet, ImportedSets, Note, NoteKind, SetFile, SetKind, SetRow, TabularRow,
};
use crate::content::{
    Block, BlockId, Cell, CodeId, CodeSystem, Document, Row, Section, Subject, Voice,
};
use crate::library::imported::builder::{SetCitation, diagnosis_name, source};
use crate::library::imported::hierarchy::{HIERARCHY, PARENTS};
use crate::library::imported::validity::Validity;

/// Adds a section with the notes on a diagnosis, and the chapter and section to those above it.
pub(crate) fn add_tabular_list(
    sets: &ImportedSets,
    document: &mut Document,
) -> Result<(), CorruptSet> {
    let Some(set) = sets.in_force(SetKind::Icd10cmTabular) else {
        return Ok(());
    };
    let key = document.code.value().replace('.', "");
    let notes = NoteRows {
        set,
        citation: SetCitation::new(set, Voice::Publication),
        lineage: set.lineage(&key)?,
        key,
    };
    if notes.lineage.is_empty() {
        return Ok(());
    }
    let header = set.header();
    let mut blocks = Vec::new();
    for (kind, id, title) in NoteKind::ALL {
        let rows = notes.of_kind(kind)?;
        if !rows.is_empty() {
            blocks.push(Block::from_rows(id, Some(title), rows));
        }
    }
    let source = source(header);
    if document.source(&source.id).is_none() {
        document.sources.push(source);
    }
    notes.add_place(document);
    if !blocks.is_empty() {
        let title = header.title() + Validity::new(sets, set).remark();
        let mut section = Section::new("notes", "Tabular list notes", "Notes", blocks);
        section.headings.push(title);
        document.sections.insert(1, section);
    }
    Ok(())
}

struct NoteRows<'s> {
    set: &'s SetFile,
    citation: SetCitation,
    /// The key of the code.
    key: String,
    /// The row that applies to the code, and those above it.
    lineage: Vec<TabularRow>,
}

impl NoteRows<'_> {
    /// Returns the notes of a kind, those of the code itself first, each with its origin. Inclusion
    /// terms are not inherited. Every code in a note has a row that links to it: the note, or one
    /// below it.
    fn of_kind(&self, kind: NoteKind) -> Result<Vec<Row>, CorruptSet> {
        let mut rows: Vec<Row> = Vec::new();
        for (n, row) in self.lineage.iter().enumerate() {
            let from = if row.key == self.key {
                "this code".to_owned()
            } else {
                diagnosis_name(&SetRow::Icd10cmTabular(row.clone()))
            };
            let applies = n == 0 || kind != NoteKind::InclusionTerm;
            let notes = row.notes.iter().filter(|note| note.kind == kind && applies);
            for Note { text, .. } in notes {
                let mut links = self.linked_codes(text)?.into_iter();
                let mut push = |text: &str, code: Option<CodeId>| {
                    let cells = vec![Cell::column("Note", text), Cell::column("From", &*from)];
                    let key = (rows.len() + 1).to_string();
                    let subject = code.map_or(Subject::Text, Subject::Code);
                    rows.push(self.citation.row(&key, subject, cells));
                };
                push(text, links.next().map(|(code, _)| code));
                for (code, title) in links {
                    push(&format!("… {} {title}", code.value()), Some(code));
                }
            }
        }
        Ok(rows)
    }

    /// Returns the codes that a note refers to, with their titles: `(E08.-)`, `(Z79.4)`, of a range
    /// such as `(I10-I1A)` both ends.
    fn linked_codes(&self, note: &str) -> Result<Vec<(CodeId, String)>, CorruptSet> {
        let mut codes: Vec<(CodeId, String)> = Vec::new();
        for code in mentioned_codes(note) {
            let row = self.set.get(&code.value().replace('.', ""))?;
            if let Some(SetRow::Icd10cmTabular(row)) = row
                && codes.iter().all(|(known, _)| *known != code)
            {
                codes.push((code, row.title));
            }
        }
        Ok(codes)
    }

    /// Adds the chapter and the section to the codes above the document's code.
    fn add_place(&self, document: &mut Document) {
        let rows = self.lineage.iter().rev().filter(|row| !row.is_code());
        let rows = rows.filter_map(|row| {
            let row = SetRow::Icd10cmTabular(row.clone());
            self.citation.diagnosis_row(&row)
        });
        let mut rows: Vec<Row> = rows.collect();
        let sections = document.sections.iter_mut();
        let mut hierarchy = sections.filter(|section| section.id.0 == HIERARCHY);
        let mut blocks = hierarchy.by_ref().flat_map(|section| &mut section.blocks);
        let Some(parents) = blocks.find(|block| block.id == BlockId(PARENTS.to_owned())) else {
            return;
        };
        let codes = parents.rows.drain(..);
        rows.extend(codes.filter(|row| row.subject != Subject::Absence));
        *parents = Block::from_rows(PARENTS, parents.title.as_deref(), rows);
    }
}

/// Returns the codes in a note: `E08.-`, `Z79.4`, of a range both ends.
///
/// Other words look like codes: `H1N1`, vitamin `B12`. Outside of parentheses, a code has a dot or is
/// a range.
fn mentioned_codes(note: &str) -> impl Iterator<Item = CodeId> {
    let mut is_inside = false;
    let words = note
        .split_inclusive([' ', ',', '(', ')'])
        .filter_map(move |part| {
            let word = part.trim_end_matches([' ', ',', '(', ')']);
            let was_inside = is_inside;
            is_inside = match part.chars().next_back() {
                Some('(') => true,
                Some(')') => false,
                _ => is_inside,
            };
            (was_inside || word.contains(['.', '-'])).then_some(word)
        });
    words.flat_map(|word| {
        let ends = word.split('-').map(|end| end.trim_end_matches('.'));
        ends.map_while(|end| CodeId::new(CodeSystem::Icd10cm, end).ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_in_notes_are_found_with_hyphens_and_in_ranges() {
        for (note, codes) in [
            ("gestational diabetes (O24.4-)", vec!["O24.4"]),
            ("due to underlying condition (E08.-)", vec!["E08"]),
            ("insulin (Z79.4)", vec!["Z79.4"]),
            ("hypertensive diseases (I10-I1A)", vec!["I10", "I1A"]),
            (
                "poisoning (T36-T50 with 5th character 5)",
                vec!["T36", "T50"],
            ),
            ("the anti-B12 kind", vec![]),
            ("the organism (B95, B96)", vec!["B95", "B96"]),
            (
                "diabetes (mellitus) due to (E10.-), or (E11.-)",
                vec!["E10", "E11"],
            ),
            ("conditions classified to A74.-", vec!["A74"]),
            ("deficiency of vitamin B12 and H1N1 influenza", vec![]),
            ("code to identify control using:", vec![]),
        ] {
            let found: Vec<CodeId> = mentioned_codes(note).collect();
            let found: Vec<&str> = found.iter().map(CodeId::value).collect();
            assert_eq!(found, codes, "{note}");
        }
    }
}
