//! Reads NCCI's medically unlikely edits: separated, a quoted notice over several lines, a quoted
//! header over several lines (`HCPCS/CPT Code`, `Practitioner Services MUE Values`, `MUE
//! Adjudication Indicator`, `MUE Rationale`), then code, units, indicator, rationale.

use crate::codesets::error::ReadError;
use crate::codesets::import::delimited::{ColumnSpec, CsvTable, optional, required};
use crate::codesets::import::input::InputFile;
use crate::codesets::import::{FileMetadata, RowSink, is_procedure_code};
use crate::codesets::row::{MueRow, SetRow};

const PRACTITIONER: &str = "PRACTITIONERSERVICESMUEVALUES";
const HOSPITAL: &str = "OUTPATIENTHOSPITALSERVICESMUEVALUES";
const SUPPLIER: &str = "DMESUPPLIERSERVICESMUEVALUES";

/// The three tables that CMS publishes, by the name of their second column.
const COLUMNS: [ColumnSpec; 4] = [
    required(&["HCPCSCPTCODE"]),
    required(&[PRACTITIONER, HOSPITAL, SUPPLIER, "MUEVALUES", "MUEVALUE"]),
    required(&["MUEADJUDICATIONINDICATOR"]),
    optional(&["MUERATIONALE"]),
];

pub(crate) fn read(
    source: &InputFile,
    intake: &mut RowSink<'_>,
) -> Result<FileMetadata, ReadError> {
    let text = source.read_text()?;
    let mut table = CsvTable::from_text(&text, &COLUMNS)?;
    let facts = FileMetadata {
        table: table.column_name(1).and_then(|name| {
            let names = [
                (PRACTITIONER, "practitioner"),
                (HOSPITAL, "hospital"),
                (SUPPLIER, "supplier"),
            ];
            names.iter().find(|(n, _)| *n == name).map(|(_, t)| *t)
        }),
        ..FileMetadata::default()
    };
    while let Some(cells) = table.next()? {
        intake.advance(cells.byte_len);
        let code = cells.text(0).to_owned();
        if !is_procedure_code(&code) {
            return Err(cells
                .field_error(0, "CPT or HCPCS code", "five characters")
                .into());
        }
        let units = cells
            .text(1)
            .parse()
            .map_err(|_| cells.field_error(1, "number of units", "a whole number"))?;
        let indicator = cells.text(2).to_owned();
        if !indicator.starts_with(['1', '2', '3']) {
            let expected = "one that begins with 1, 2 or 3";
            return Err(cells
                .field_error(2, "adjudication indicator", expected)
                .into());
        }
        let row = MueRow {
            code,
            units,
            indicator,
            rationale: cells.text(3).to_owned(),
        };
        intake.push(cells.line, &SetRow::NcciMue(row))?;
    }
    source.check_complete(table.line)?;
    Ok(facts)
}
