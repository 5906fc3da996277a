//! The rows that an imported set adds to a document.

use crate::codesets::{
    ClfsRow, CorruptSet, HcpcsCode, HcpcsRow, MueRow, NuccRow, PlaceRow, PtpRow, SetFile, SetKind,
    SetRow,
};
use crate::content::{Cell, CodeId, CodeSystem, Row, Subject, Voice};
use crate::library::imported::builder::{SetCitation, record_cell, terminated_cell};
use crate::library::imported::references::References;

/// How many PTP edits are shown; some codes have thousands.
const MAX_PTP_EDITS: usize = 5_000;

/// Returns the rows of a set on a code, or on the codes that its document refers to.
pub(crate) fn rows_from_set(
    set: &SetFile,
    code: &CodeId,
    references: &References,
) -> Result<Vec<Row>, CorruptSet> {
    let citation = SetCitation::new(set, Voice::Editor);
    let keys: Vec<String> = match set.header().kind {
        SetKind::Icd10cm => {
            let codes = references.diagnoses.iter();
            codes.map(|code| code.value().replace('.', "")).collect()
        }
        SetKind::Hcpcs => {
            let modifiers = references.modifiers.iter();
            modifiers.map(|modifier| format!("-{modifier}")).collect()
        }
        SetKind::Nucc => references.taxonomies.iter().cloned().collect(),
        SetKind::PlaceOfService => references.places.iter().cloned().collect(),
        // A diagnosis or modifier may be spelled like the start of a procedure: `A00`, `A0021`.
        SetKind::Clfs | SetKind::NcciMue | SetKind::NcciPtp if !code.system().takes_modifiers() => {
            Vec::new()
        }
        SetKind::NcciMue => vec![code.value().to_owned()],
        SetKind::Clfs => return citation.rate_rows(set, code),
        SetKind::NcciPtp => return citation.edit_rows(set, code),
        // See `pfs_rows` and `tabular_rows`.
        SetKind::Pfs | SetKind::Icd10cmTabular => return Ok(Vec::new()),
    };
    let mut rows = Vec::with_capacity(keys.len());
    for key in keys {
        rows.extend(match set.get(&key)? {
            Some(SetRow::Hcpcs(row)) => citation.modifier_row(&row),
            Some(SetRow::Nucc(row)) => Some(citation.taxonomy_row(&row)),
            Some(SetRow::PlaceOfService(row)) => Some(citation.place_row(&row)),
            Some(SetRow::NcciMue(row)) => Some(citation.units_row(&row)),
            Some(row) => citation.diagnosis_row(&row),
            None => None,
        });
    }
    Ok(rows)
}

impl SetCitation {
    fn modifier_row(&self, row: &HcpcsRow) -> Option<Row> {
        let HcpcsCode::Modifier(modifier) = &row.code else {
            return None;
        };
        let mut cells = vec![
            Cell::column("Modifier", modifier.as_str()),
            Cell::column("Official text", row.long.as_str()),
        ];
        cells.extend(record_cell("Short text", &row.short));
        let effective = row.effective.map(|date| date.to_string());
        cells.extend(effective.map(|date| Cell::record("Effective", date)));
        cells.extend(terminated_cell(row.terminated));
        Some(self.row(modifier, Subject::Text, cells))
    }

    fn taxonomy_row(&self, row: &NuccRow) -> Row {
        let mut cells = vec![
            Cell::column("Taxonomy", row.code.as_str()),
            Cell::column("Name", row.name()),
            Cell::column("Grouping", row.grouping.as_str()),
        ];
        cells.extend(record_cell("Definition", &row.definition));
        self.row(&row.code, Subject::Text, cells)
    }

    fn place_row(&self, row: &PlaceRow) -> Row {
        let mut cells = vec![
            Cell::column("Place", row.code.as_str()),
            Cell::column("Name", row.name.as_str()),
        ];
        cells.extend(record_cell("Setting", &row.setting));
        cells.extend(record_cell("Description", &row.description));
        self.row(&row.code, Subject::Text, cells)
    }

    fn units_row(&self, row: &MueRow) -> Row {
        let cells = vec![
            Cell::column("Code", row.code.as_str()),
            Cell::column("Units", row.units.to_string()),
            Cell::column("Indicator", row.indicator.as_str()),
            Cell::column("Rationale", row.rationale.as_str()),
        ];
        self.row(&row.code, Subject::Text, cells)
    }

    /// Returns the CLFS rates of a code, with each modifier.
    fn rate_rows(&self, set: &SetFile, code: &CodeId) -> Result<Vec<Row>, CorruptSet> {
        let mut rows = Vec::new();
        let mut has_waived = false;
        for row in set.rows_with_prefix(code.value())? {
            if let SetRow::Clfs(row) = row {
                has_waived |= row.modifier.as_deref() == Some("QW");
                rows.push(self.rate_row(&row));
            }
        }
        if !rows.is_empty() && !has_waived {
            let line = format!("{}-QW", code.value());
            let rate = Cell::column("Rate", "QW not listed on this CLFS");
            let cells = vec![Cell::column("Code", line.as_str()), rate];
            rows.push(self.row(&line, Subject::Text, cells));
        }
        Ok(rows)
    }

    fn rate_row(&self, row: &ClfsRow) -> Row {
        let line = match &row.modifier {
            Some(modifier) => format!("{}-{modifier}", row.code),
            None => row.code.clone(),
        };
        let indicator = match row.indicator.as_str() {
            "N" => "national",
            "L" => "local",
            other => other,
        };
        let cells = vec![
            Cell::column("Code", line.as_str()),
            Cell::column("Rate", row.rate.to_string()),
            Cell::column("Effective", row.effective.to_string()),
            Cell::column("Rate type", indicator),
        ];
        self.row(&line, Subject::Text, cells)
    }

    /// Returns the PTP edits of a code in either column, those in force first.
    fn edit_rows(&self, set: &SetFile, code: &CodeId) -> Result<Vec<Row>, CorruptSet> {
        let rows = set.rows_with_prefix(code.value())?.into_iter();
        let edits = rows.filter_map(|row| match row {
            SetRow::NcciPtp(row) => Some(row),
            _ => None,
        });
        let mut edits: Vec<PtpRow> = edits.collect();
        edits.sort_by_key(|row| row.deleted.is_some());
        let left_out = edits.len().saturating_sub(MAX_PTP_EDITS);
        edits.truncate(MAX_PTP_EDITS);
        let rows = edits.iter().map(|row| self.edit_row(row, code.value()));
        let mut rows: Vec<Row> = rows.collect();
        if left_out > 0 {
            let text = format!("{left_out} further pairs are not shown");
            let cells = vec![
                Cell::column("Column 1", "and more"),
                Cell::column("Column 2", text),
            ];
            rows.push(self.row("left-out", Subject::Text, cells));
        }
        Ok(rows)
    }

    /// Makes a row that links to the other code of the edit.
    fn edit_row(&self, row: &PtpRow, code: &str) -> Row {
        let modifier = match row.modifier_indicator.as_str() {
            "0" => "0: no modifier bypasses the edit",
            "1" => "1: a modifier may bypass the edit",
            _ => "9: not applicable",
        };
        let in_force = match row.deleted {
            None => format!("since {}", row.effective),
            Some(day) => format!("{} to {day}", row.effective),
        };
        let mut cells = vec![
            Cell::column("Column 1", row.column1.as_str()),
            Cell::column("Column 2", row.column2.as_str()),
            Cell::column("Modifier", modifier),
            Cell::column("In force", in_force),
        ];
        if !row.rationale.is_empty() {
            cells.push(Cell::line("Rationale", row.rationale.as_str()));
        }
        let is_first = row.column1 == code;
        let other = if is_first { &row.column2 } else { &row.column1 };
        let mut systems = [CodeSystem::Cpt, CodeSystem::Hcpcs].into_iter();
        let other = systems.find_map(|system| CodeId::new(system, other).ok());
        let key = format!("{}-{}-{}", row.column1, row.column2, row.effective);
        self.row(&key, other.map_or(Subject::Text, Subject::Code), cells)
    }
}
