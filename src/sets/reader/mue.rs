//! Reads NCCI's medically unlikely edits: separated, a quoted notice over several lines, a quoted
//! header over several lines (`HCPCS/CPT Code`, `Practitioner Services MUE Values`, `MUE
//! Adjudication Indicator`, `MUE Rationale`), then code, units, indicator, rationale.

use super::table::{Table, Wanted, optional, required};
use super::{Facts, Intake, is_procedure};
use crate::sets::error::Stop;
use crate::sets::source::Source;
use crate::sets::{MueRow, SetRow};

const PRACTITIONER: &str = "PRACTITIONERSERVICESMUEVALUES";
const HOSPITAL: &str = "OUTPATIENTHOSPITALSERVICESMUEVALUES";
const SUPPLIER: &str = "DMESUPPLIERSERVICESMUEVALUES";

/// The three tables that CMS publishes, by the name of their second column.
const COLUMNS: [Wanted; 4] = [
    required(&["HCPCSCPTCODE"]),
    required(&[PRACTITIONER, HOSPITAL, SUPPLIER, "MUEVALUES", "MUEVALUE"]),
    required(&["MUEADJUDICATIONINDICATOR"]),
    optional(&["MUERATIONALE"]),
];

pub(super) fn read(source: &Source, intake: &mut Intake<'_>) -> Result<Facts, Stop> {
    let text = source.text()?;
    let mut table = Table::open(&text, &COLUMNS)?;
    let facts = Facts {
        table: table.name(1).and_then(|name| {
            let names = [
                (PRACTITIONER, "practitioner"),
                (HOSPITAL, "hospital"),
                (SUPPLIER, "supplier"),
            ];
            names.iter().find(|(n, _)| *n == name).map(|(_, t)| *t)
        }),
        ..Facts::default()
    };
    while let Some(cells) = table.next()? {
        intake.passed(cells.passed);
        let code = cells.text(0).to_owned();
        if !is_procedure(&code) {
            return Err(cells
                .fault(0, "CPT or HCPCS code", "five characters")
                .into());
        }
        let units = cells
            .text(1)
            .parse()
            .map_err(|_| cells.fault(1, "number of units", "a whole number"))?;
        let indicator = cells.text(2).to_owned();
        if !indicator.starts_with(['1', '2', '3']) {
            let expected = "one that begins with 1, 2 or 3";
            return Err(cells.fault(2, "adjudication indicator", expected).into());
        }
        let row = MueRow {
            code,
            units,
            indicator,
            rationale: cells.text(3).to_owned(),
        };
        intake.take(cells.line, &SetRow::NcciMue(row))?;
    }
    source.cut(table.line)?;
    Ok(facts)
}
