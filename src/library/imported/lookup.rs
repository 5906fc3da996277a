//! Lookup of codes in the imported sets that list them.

use std::collections::BTreeMap;

use crate::codesets::{
    CorruptSet, HcpcsCode, HcpcsRow, IcdRow, ImportedSets, Note, SetFile, SetKind, SetRow,
};
use crate::content::{CodeId, CodeSystem};

/// Returns the kinds of set that describe the codes of a system, the preferred one first.
const fn kinds_for_system(system: CodeSystem) -> &'static [SetKind] {
    match system {
        // The order file has every code with its seventh character, and says which are billable.
        CodeSystem::Icd10cm => &[SetKind::Icd10cm, SetKind::Icd10cmTabular],
        CodeSystem::Hcpcs | CodeSystem::Modifier => &[SetKind::Hcpcs],
        CodeSystem::PlaceOfService => &[SetKind::PlaceOfService],
        CodeSystem::Taxonomy => &[SetKind::Nucc],
        // The public files list no CPT descriptors.
        CodeSystem::Cpt => &[],
    }
}

/// The kinds of set that have figures on CPT and HCPCS codes, but no descriptions.
const KINDS_WITH_FIGURES: [SetKind; 4] = [
    SetKind::Pfs,
    SetKind::Clfs,
    SetKind::NcciMue,
    SetKind::NcciPtp,
];

/// Returns the edition in force that lists the codes of a system.
pub(crate) fn set_for_system(sets: &ImportedSets, system: CodeSystem) -> Option<&SetFile> {
    let mut kinds = kinds_for_system(system).iter();
    kinds.find_map(|kind| sets.in_force(*kind))
}

/// Returns the row of a code and the set that has it: preferably a set that describes it; the
/// edition in force, or else the one before it, or after it, that is nearest to it.
pub(crate) fn find_row<'s>(
    sets: &'s ImportedSets,
    code: &CodeId,
) -> Result<Option<(&'s SetFile, SetRow)>, CorruptSet> {
    let figures = KINDS_WITH_FIGURES.into_iter();
    let figures = figures.filter(|_| code.system().takes_modifiers());
    let describing = kinds_for_system(code.system()).iter().copied();
    for kind in describing.chain(figures) {
        let found = find_row_of_kind(sets, kind, code)?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Returns the row of a code in a set of one kind, as [`find_row`] does.
pub(crate) fn find_row_of_kind<'s>(
    sets: &'s ImportedSets,
    kind: SetKind,
    code: &CodeId,
) -> Result<Option<(&'s SetFile, SetRow)>, CorruptSet> {
    let key = match code.system() {
        CodeSystem::Modifier => format!("-{}", code.value()),
        _ => code.value().replace('.', ""),
    };
    let editions: Vec<&SetFile> = sets.editions(kind).collect();
    let in_force = sets.in_force(kind).map(|set| set.header().name());
    let at = editions
        .iter()
        .position(|set| Some(set.header().name()) == in_force);
    let (earlier, later) = editions.split_at(at.map_or(0, |at| at + 1));
    for set in earlier.iter().rev().chain(later) {
        let row = if KINDS_WITH_FIGURES.contains(&kind) {
            // The row of a code may have a modifier, or be the edit of a pair.
            set.first_rows_with_prefix(&key, 1)?.pop()
        } else {
            set.get(&key)?
        };
        if let Some(row) = row {
            return Ok(Some((set, row)));
        }
    }
    Ok(None)
}

/// A code of an imported set, for the search index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedCode {
    pub code: CodeId,
    /// The long description.
    pub title: String,
    /// The short description.
    pub short: String,
    /// The other names that the tabular list gives.
    pub aliases: Vec<String>,
}

/// Returns the codes of imported sets that open as documents, in the order of the sets. The list of
/// a damaged set ends at the damage; the documents of its codes show the error.
pub fn listed_codes(sets: &ImportedSets) -> impl Iterator<Item = ListedCode> {
    let described = |kind| rows_in_force(sets, kind).filter_map(described_code);
    described(SetKind::Hcpcs)
        .chain(diagnoses(sets))
        .chain(described(SetKind::PlaceOfService))
        .chain(described(SetKind::Nucc))
        .chain(codes_without_description(sets))
}

/// Returns the number of [`listed_codes`] without reading them. Codes that no set describes are not
/// counted.
pub fn listed_code_count(sets: &ImportedSets) -> u64 {
    let rows = |kind| {
        let tables = sets.tables_in_force(kind);
        tables.map(|set| set.header().rows).sum::<u64>()
    };
    let others = [SetKind::Hcpcs, SetKind::PlaceOfService, SetKind::Nucc].map(rows);
    let diagnoses = rows(SetKind::Icd10cm).max(rows(SetKind::Icd10cmTabular));
    diagnoses + others.iter().sum::<u64>()
}

/// Returns the rows of each table of a kind that is in force, up to the first damaged one.
fn rows_in_force(sets: &ImportedSets, kind: SetKind) -> impl Iterator<Item = SetRow> {
    let tables = sets.tables_in_force(kind);
    tables.flat_map(|set| set.rows().map_while(Result::ok))
}

/// Returns the codes of the order file and of the tabular list, in order, with what both say.
fn diagnoses(sets: &ImportedSets) -> impl Iterator<Item = ListedCode> {
    let rows = |kind| rows_in_force(sets, kind).peekable();
    let (mut order, mut tabular) = (rows(SetKind::Icd10cm), rows(SetKind::Icd10cmTabular));
    let codes = std::iter::from_fn(move || {
        let next = order.peek().into_iter().chain(tabular.peek());
        let first = next.map(SetRow::key).min()?;
        let is_first = |row: &SetRow| row.key() == first;
        Some((order.next_if(is_first), tabular.next_if(is_first)))
    });
    codes.filter_map(|(order, tabular)| {
        let aliases = match &tabular {
            Some(SetRow::Icd10cmTabular(row)) => {
                row.aliases().map(|note| note.text.clone()).collect()
            }
            _ => Vec::new(),
        };
        let listed = described_code(order.or(tabular)?)?;
        Some(ListedCode { aliases, ..listed })
    })
}

impl ListedCode {
    fn new(code: CodeId, title: String, short: String) -> Self {
        Self {
            code,
            title,
            short,
            aliases: Vec::new(),
        }
    }
}

/// Returns the code that a row describes; `None` for rows with figures only.
fn described_code(row: SetRow) -> Option<ListedCode> {
    let (system, value, title, short) = match row {
        SetRow::Icd10cm(row) => (CodeSystem::Icd10cm, row.code, row.long, row.short),
        SetRow::Icd10cmTabular(row) => (CodeSystem::Icd10cm, row.key, row.title, String::new()),
        SetRow::Hcpcs(HcpcsRow {
            code, long, short, ..
        }) => match code {
            HcpcsCode::Code(code) => (CodeSystem::Hcpcs, code, long, short),
            HcpcsCode::Modifier(code) => (CodeSystem::Modifier, code, long, short),
        },
        SetRow::PlaceOfService(row) => (
            CodeSystem::PlaceOfService,
            row.code,
            row.name,
            String::new(),
        ),
        SetRow::Nucc(row) => {
            let name = row.name();
            (CodeSystem::Taxonomy, row.code, name, row.grouping)
        }
        _ => return None,
    };
    let code = CodeId::new(system, &value).ok()?;
    Some(ListedCode::new(code, title, short))
}

/// Returns codes of a system whose values without dots begin with a prefix, with their titles, at
/// most `limit` of each set. The codes of a damaged set are left out.
pub(crate) fn codes_with_prefix(
    sets: &ImportedSets,
    system: CodeSystem,
    prefix: &str,
    limit: usize,
) -> Vec<(CodeId, String)> {
    let key = match system {
        CodeSystem::Modifier => format!("-{prefix}"),
        _ => prefix.to_owned(),
    };
    let figures = KINDS_WITH_FIGURES.into_iter();
    // Both codes of a PTP edit are in other sets, too.
    let figures = figures.filter(|kind| system.takes_modifiers() && *kind != SetKind::NcciPtp);
    let mut found: BTreeMap<CodeId, String> = BTreeMap::new();
    let describing = kinds_for_system(system).iter().copied();
    for kind in describing.chain(figures) {
        let rows = sets
            .in_force(kind)
            .map(|set| set.first_rows_with_prefix(&key, limit));
        for row in rows.and_then(Result::ok).unwrap_or_default() {
            let value = row.key().split('-').next().unwrap_or_default().to_owned();
            let of_figures = || {
                let code = procedure_code(&value)?;
                Some((code, format!("In {}", kind.short_title())))
            };
            let described = described_code(row).map(|it| (it.code, it.title));
            if let Some((code, title)) = described.or_else(of_figures) {
                found.entry(code).or_insert(title);
            }
        }
    }
    found.into_iter().collect()
}

fn procedure_code(value: &str) -> Option<CodeId> {
    let mut systems = [CodeSystem::Cpt, CodeSystem::Hcpcs].into_iter();
    systems.find_map(|system| CodeId::new(system, value).ok())
}

/// Returns the codes of which the sets have figures only; the title names the sets.
fn codes_without_description(sets: &ImportedSets) -> impl Iterator<Item = ListedCode> {
    let mut titles: BTreeMap<String, String> = BTreeMap::new();
    for kind in KINDS_WITH_FIGURES {
        for value in sets.tables_in_force(kind).flat_map(SetFile::codes) {
            let title = titles.entry(value).or_default();
            if !title.contains(kind.short_title()) {
                let separator = if title.is_empty() { "In " } else { ", " };
                *title = format!("{title}{separator}{}", kind.short_title());
            }
        }
    }
    for row in rows_in_force(sets, SetKind::Hcpcs) {
        titles.remove(&row.key());
    }
    titles.into_iter().filter_map(|(value, title)| {
        let code = procedure_code(&value)?;
        Some(ListedCode::new(code, title, String::new()))
    })
}

/// Returns the notes of the tabular list that give other names of a diagnosis.
pub(crate) fn aliases(sets: &ImportedSets, code: &CodeId) -> Result<Vec<Note>, CorruptSet> {
    let found = match code.system() {
        CodeSystem::Icd10cm => find_row_of_kind(sets, SetKind::Icd10cmTabular, code)?,
        _ => None,
    };
    Ok(match found {
        Some((_, SetRow::Icd10cmTabular(row))) => row.aliases().cloned().collect(),
        _ => Vec::new(),
    })
}

pub(crate) fn contains_code(sets: &ImportedSets, code: &CodeId) -> Result<bool, CorruptSet> {
    Ok(find_row(sets, code)?.is_some())
}

/// Describes the status of a code in the set that lists it: `billable · 2025`, `CMS PFS · 2025-10`.
pub(crate) fn code_status(sets: &ImportedSets, code: &CodeId) -> Result<String, CorruptSet> {
    let Some((set, row)) = find_row(sets, code)? else {
        let has_set = set_for_system(sets, code.system()).is_some();
        let status = if has_set {
            "no longer in its set"
        } else {
            "in no imported set"
        };
        return Ok(status.to_owned());
    };
    let status = match row {
        SetRow::Icd10cm(row) => billing_usage(&row).to_owned(),
        SetRow::Hcpcs(row) => match row.terminated {
            Some(date) => format!("terminated {date}"),
            None => "active".to_owned(),
        },
        _ => set.header().kind.short_title().to_owned(),
    };
    // The list of codes shows the name of the set in its heading.
    Ok(format!("{status} · {}", set.header().edition.name))
}

/// Returns whether a diagnosis code is valid on a claim, or a header of the codes below it.
pub(crate) const fn billing_usage(row: &IcdRow) -> &'static str {
    if row.billable { "billable" } else { "header" }
}
