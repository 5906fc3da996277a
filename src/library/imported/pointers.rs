//! Pointers: an absence that names an imported set becomes a pointer to the row with the fact.

use crate::codesets::{ImportedSets, SetKind};
use crate::content::{AbsenceReason, Document, Row, Unavailable, Value};

/// The rows that a set has added to a document.
struct Import {
    kind: SetKind,
    /// The title of the set, for a fact that it does not list.
    set_title: String,
    rows: Vec<ImportedRow>,
}

struct ImportedRow {
    block_title: String,
    name: String,
    /// The one figure that the set has for a code.
    figure: Option<String>,
}

/// Replaces each absence that says to import a set by a pointer to the set's row, or, if the set has
/// none for the code, by the statement that it does not list the code.
pub(crate) fn resolve_absences(sets: &ImportedSets, document: &mut Document) {
    let kinds = SetKind::ALL.into_iter();
    let imports = kinds.filter_map(|kind| {
        Some(Import {
            kind,
            set_title: sets.in_force(kind)?.header().title(),
            rows: imported_rows(kind, document),
        })
    });
    let imports: Vec<Import> = imports.collect();
    let sections = document.sections.iter_mut();
    let blocks = sections.flat_map(|section| &mut section.blocks);
    for row in blocks.flat_map(|block| &mut block.rows) {
        let name = row.name().to_owned();
        for cell in &mut row.cells {
            if let Value::Unavailable(absent) = &mut cell.value {
                resolve(absent, &name, &imports);
            }
        }
    }
}

fn resolve(absent: &mut Unavailable, row_name: &str, imports: &[Import]) {
    let Some(find) = &absent.find else { return };
    if absent.reason != AbsenceReason::NotLoaded {
        return;
    }
    let mut imports = imports.iter();
    let Some(import) = imports.find(|import| mentions(find, import.kind)) else {
        return;
    };
    // A row about the same code or modifier, or else the first.
    let mut rows = import.rows.iter();
    let row = rows.find(|row| row.name == row_name);
    let (reason, find) = match row.or(import.rows.first()) {
        Some(row) => {
            let figure = row.figure.iter().map(|figure| format!(", {figure}"));
            let figure: String = figure.collect();
            let find = format!("{}: {}{figure}", row.block_title, row.name);
            (AbsenceReason::Imported, find)
        }
        None => (AbsenceReason::NotListed, import.set_title.clone()),
    };
    (absent.reason, absent.find) = (reason, Some(find));
}

fn imported_rows(kind: SetKind, document: &Document) -> Vec<ImportedRow> {
    let is_of_set = is_of_set(kind);
    let rows = document.rows();
    let rows = rows.filter(|(_, block, _)| is_of_set(&block.id.0));
    let figure = |row: &Row| match kind {
        SetKind::Clfs | SetKind::NcciMue => row.cells.get(1)?.value.as_text().map(str::to_owned),
        _ => None,
    };
    rows.map(|(_, block, row)| ImportedRow {
        block_title: block.title.clone().unwrap_or_default(),
        name: row.name().to_owned(),
        figure: figure(row),
    })
    .collect()
}

/// Returns the id of the block with the rows of a set. Several tables of a set have ids that begin
/// so.
pub(crate) fn block_id(kind: SetKind) -> String {
    format!("set-{}", kind.id().trim_start_matches("ncci-"))
}

/// Returns a test of whether a block with an id has rows of a set. `set-icd10cm-tabular` is another
/// set, not a table of `set-icd10cm`.
fn is_of_set(kind: SetKind) -> impl Fn(&str) -> bool {
    fn is_set_or_table(id: &str, set: &str) -> bool {
        let rest = id.strip_prefix(set);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }
    let own = block_id(kind);
    let mut others = SetKind::ALL.map(block_id).to_vec();
    others.retain(|other| *other != own && is_set_or_table(other, &own));
    move |id| is_set_or_table(id, &own) && !others.iter().any(|other| is_set_or_table(id, other))
}

/// Returns true if an author's text names a set: by its title, its short title or its id.
fn mentions(text: &str, kind: SetKind) -> bool {
    let text = text.to_lowercase();
    let has_title = |title: &str| text.contains(&title.to_lowercase());
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    has_title(kind.title()) || has_title(kind.short_title()) || words.any(|word| word == kind.id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_mentioned_by_title_or_id() {
        for (text, kind) in [
            (
                "CMS Clinical Laboratory Fee Schedule (CLFS) CSV (import)",
                SetKind::Clfs,
            ),
            ("the CLFS", SetKind::Clfs),
            ("NUCC taxonomy CSV (import)", SetKind::Nucc),
            ("import NCCI MUE", SetKind::NcciMue),
            ("pos", SetKind::PlaceOfService),
        ] {
            let found: Vec<SetKind> = SetKind::ALL
                .into_iter()
                .filter(|kind| mentions(text, *kind))
                .collect();
            assert_eq!(found, [kind], "{text}");
        }
        assert!(!mentions("our fee schedule, in the deposit", SetKind::Clfs));
        assert!(!mentions("the position", SetKind::PlaceOfService));
    }

    #[test]
    fn block_is_of_the_set_with_its_id_or_the_longest_beginning_of_it() {
        for (id, kind) in [
            ("set-mue", Some(SetKind::NcciMue)),
            ("set-mue-practitioner", Some(SetKind::NcciMue)),
            ("set-icd10cm", Some(SetKind::Icd10cm)),
            ("set-icd10cm-tabular", Some(SetKind::Icd10cmTabular)),
            ("set-muex", None),
            ("set-", None),
            ("modifiers", None),
        ] {
            for other in SetKind::ALL {
                assert_eq!(is_of_set(other)(id), Some(other) == kind, "{id}, {other:?}");
            }
        }
    }

    #[test]
    fn absence_points_to_the_row_of_its_name_or_else_to_the_first() {
        use AbsenceReason::{Imported, License, NotListed, NotLoaded};
        const TITLE: &str = "CLFS, edition 2025-q2";
        let resolved = |absence: (AbsenceReason, Option<&str>), row: &str, rows: &[&str]| {
            let imported = rows.iter().map(|name| ImportedRow {
                block_title: "Rate".to_owned(),
                name: (*name).to_owned(),
                figure: name.ends_with("QW").then(|| "$13.80".to_owned()),
            });
            let import = Import {
                kind: SetKind::Clfs,
                set_title: TITLE.to_owned(),
                rows: imported.collect(),
            };
            let (reason, find) = absence;
            let mut absent = Unavailable {
                find: find.map(str::to_owned),
                ..Unavailable::new(reason)
            };
            resolve(&mut absent, row, &[import]);
            (absent.reason, absent.find.unwrap_or_default())
        };
        let rows = ["83950", "83950-QW"];
        let clfs = (NotLoaded, Some("the CLFS"));
        for (absence, row, rows, expected) in [
            (
                clfs,
                "83950-QW",
                &rows[..],
                (Imported, "Rate: 83950-QW, $13.80"),
            ),
            (clfs, "Medicare", &rows[..], (Imported, "Rate: 83950")),
            (clfs, "83950", &[][..], (NotListed, TITLE)),
            // Absences that no imported set can fill.
            (
                (NotLoaded, Some("our fee schedule")),
                "83950",
                &rows[..],
                (NotLoaded, "our fee schedule"),
            ),
            (
                (NotLoaded, Some("NUCC taxonomy CSV")),
                "83950",
                &rows[..],
                (NotLoaded, "NUCC taxonomy CSV"),
            ),
            (
                (License, Some("the CLFS")),
                "83950",
                &rows[..],
                (License, "the CLFS"),
            ),
            ((NotLoaded, None), "83950", &rows[..], (NotLoaded, "")),
        ] {
            let found = resolved(absence, row, rows);
            assert_eq!((found.0, &*found.1), expected, "{absence:?} in {row}");
        }
    }
}
