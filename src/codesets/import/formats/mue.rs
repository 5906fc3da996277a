//! NCCI's medically unlikely edits (MUE).
//!
//! Delimited: a quoted notice and a quoted header, both over several lines (`HCPCS/CPT Code`,
//! `Practitioner Services MUE Values`, `MUE Adjudication Indicator`, `MUE Rationale`), then code,
//! units, indicator and rationale.

use crate::codesets::edition::EditTable;
use crate::codesets::error::ReadError;
use crate::codesets::import::delimited::{ColumnSpec, optional, read_rows, required};
use crate::codesets::import::input::InputFile;
use crate::codesets::import::sink::{FileMetadata, RowSink};
use crate::codesets::row::{MueRow, SetRow};

const PRACTITIONER: &str = "PRACTITIONERSERVICESMUEVALUES";
const HOSPITAL: &str = "OUTPATIENTHOSPITALSERVICESMUEVALUES";
const SUPPLIER: &str = "DMESUPPLIERSERVICESMUEVALUES";

/// The name of the second column tells which of CMS's three tables it is.
const COLUMNS: [ColumnSpec; 4] = [
    required(&["HCPCSCPTCODE"]),
    required(&[PRACTITIONER, HOSPITAL, SUPPLIER, "MUEVALUES", "MUEVALUE"]),
    required(&["MUEADJUDICATIONINDICATOR"]),
    optional(&["MUERATIONALE"]),
];

pub(crate) fn read(input: &InputFile, sink: &mut RowSink<'_>) -> Result<FileMetadata, ReadError> {
    let mut metadata = FileMetadata::default();
    read_rows(input, &COLUMNS, sink, |row| {
        metadata.table = match row.column_name(1) {
            PRACTITIONER => Some(EditTable::Practitioner),
            HOSPITAL => Some(EditTable::Hospital),
            SUPPLIER => Some(EditTable::Supplier),
            _ => None,
        };
        let code = row.procedure_code(0)?;
        let units = row.parse(1, "a number of units", "a whole number")?;
        if !row.text(2).starts_with(['1', '2', '3']) {
            let expected = "one that begins with 1, 2 or 3";
            return Err(row.error(2, "an adjudication indicator", expected));
        }
        Ok(Some(SetRow::NcciMue(MueRow {
            code,
            units,
            indicator: row.string(2),
            rationale: row.string(3),
        })))
    })?;
    Ok(metadata)
}
