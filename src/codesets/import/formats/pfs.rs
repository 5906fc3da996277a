//! CMS's relative value file of the Physician Fee Schedule (PFS), delimited or of fixed width.
//!
//! Delimited: a preamble with the title and the notices of the AMA and the ADA, column names that
//! are stacked over four lines, and 31 columns. Fixed width: lines that begin with `HDR`, then 200
//! columns as in CMS's record layout. A code has a row for each of no modifier, 26, TC and 53.
//! Windows-1252, CRLF. Checked against the delimited file of October 2025; the fixed width follows
//! the record layout of that release.
//!
//! Shifted columns are detected by the totals, which are the sums of three other columns.

use crate::codesets::amount::Decimal;
use crate::codesets::error::{ParseError, ReadError};
use crate::codesets::import::delimited::{ColumnSpec, read_rows, required};
use crate::codesets::import::field::{clean, columns, is_procedure_code, quote};
use crate::codesets::import::input::InputFile;
use crate::codesets::import::sink::{FileMetadata, RowSink};
use crate::codesets::indicators::{
    ASSISTANT, BILATERAL, CO_SURGEONS, GLOBAL_DAYS, Indicator, MULTIPLE, PC_TC, STATUS, TEAM,
};
use crate::codesets::pfs::PfsRow;
use crate::codesets::row::SetRow;
use crate::content::{Date, ModifierCode};

/// A column: the name in a delimited file, and the first and last column of the fixed width.
type Column = (&'static [&'static str], (usize, usize));

const FIELDS: [Column; 23] = [
    (&["HCPCS"], (1, 5)),
    (&["MOD"], (6, 7)),
    (&["STATUSCODE"], (58, 58)),
    (&["WORKRVU"], (60, 65)),
    (&["NONFACPERVU"], (67, 72)),
    (&["NONFACNAINDICATOR"], (73, 74)),
    (&["FACILITYPERVU"], (76, 81)),
    (&["FACILITYNAINDICATOR"], (82, 83)),
    (&["MPRVU"], (85, 89)),
    (&["NONFACILITYTOTAL"], (91, 96)),
    (&["FACILITYTOTAL"], (97, 102)),
    (&["PCTCIND"], (103, 103)),
    (&["GLOBDAYS"], (104, 106)),
    (&["PREOP"], (107, 109)),
    (&["INTRAOP"], (110, 112)),
    (&["POSTOP"], (113, 115)),
    (&["MULTPROC"], (116, 116)),
    (&["BILATSURG"], (117, 117)),
    (&["ASSTSURG"], (118, 118)),
    (&["COSURG"], (119, 119)),
    (&["TEAMSURG"], (120, 120)),
    (&["ENDOBASE"], (128, 132)),
    (&["CONVFACTOR"], (133, 140)),
];

/// Returns true if a line has the fixed width: a code, and a conversion factor in its columns.
pub(crate) fn is_row(line: &str) -> bool {
    is_procedure_code(columns(line, 1, 5))
        && Decimal::<4>::parse(columns(line, 133, 140).trim()).is_some()
}

pub(crate) fn read(input: &InputFile, sink: &mut RowSink<'_>) -> Result<FileMetadata, ReadError> {
    let (last_line, last) = if input.any_head_line(is_row) {
        read_fixed_width(input, sink)?
    } else {
        read_delimited(input, sink)?
    };
    if !last.starts_with('V') {
        let message = format!("the last code is {last}");
        let expected = "expected a V code, which all releases end with: the file was cut short";
        return Err(ParseError::at_line(last_line, message, expected).into());
    }
    Ok(FileMetadata {
        latest_effective: input.head.lines().find_map(release),
        ..FileMetadata::default()
    })
}

/// Returns the last line and its code.
fn read_delimited(input: &InputFile, sink: &mut RowSink<'_>) -> Result<(u64, String), ReadError> {
    let specs: Vec<ColumnSpec> = FIELDS.iter().map(|(names, _)| required(names)).collect();
    let mut last = String::new();
    let last_line = read_rows(input, &specs, sink, |row| {
        let fields: Vec<&str> = (0..specs.len()).map(|index| row.text(index)).collect();
        let row = parse(&fields, &|index, what, expected| {
            row.error(index, what, expected)
        })?;
        last.clone_from(&row.code);
        Ok(Some(SetRow::Pfs(row)))
    })?;
    Ok((last_line, last))
}

/// Returns the last line and its code.
fn read_fixed_width(input: &InputFile, sink: &mut RowSink<'_>) -> Result<(u64, String), ReadError> {
    let mut last = String::new();
    let mut lines = input.lines()?;
    let mut last_line = 0;
    while let Some(line) = lines.next()? {
        sink.advance(line.byte_len);
        last_line = line.number;
        let text = &line.text;
        if text.trim().is_empty() || text.starts_with("HDR") {
            continue;
        }
        let fields = FIELDS.iter();
        let fields = fields.map(|(_, (from, to))| columns(text, *from, *to).trim());
        let fields: Vec<&str> = fields.collect();
        let error = |index: usize, what: &str, expected: &str| {
            let field = quote(fields[index]);
            ParseError::field(line.number, &field, what, expected).with_column(FIELDS[index].1.0)
        };
        let is_last = sink.bytes_in_file() >= input.size;
        let row = parse(&fields, &error).map_err(|error| {
            // A last row without a line end was cut short, whatever else is wrong with it.
            let truncated = input.check_complete(line.number).err();
            truncated.filter(|_| is_last).unwrap_or(error)
        })?;
        last.clone_from(&row.code);
        sink.push(line.number, &SetRow::Pfs(row))?;
    }
    input.check_complete(last_line)?;
    Ok((last_line, last))
}

/// Returns the first day of the quarter in the title: "2025 National Physician Fee Schedule Relative
/// Value File October Release".
fn release(line: &str) -> Option<Date> {
    let words: Vec<&str> = line.split([' ', ',']).collect();
    let at = words
        .windows(2)
        .position(|pair| pair == ["Value", "File"])?;
    let quarters = ["January", "April", "July", "October"].iter();
    let (_, month) = quarters
        .zip([1, 4, 7, 10])
        .find(|(name, _)| words.get(at + 2) == Some(*name))?;
    let year = words.iter().find_map(|word| word.parse().ok())?;
    Date::new(year, month, 1)
}

/// Makes the error of a field that is not, say, "a number".
type FieldError<'e> = dyn Fn(usize, &str, &str) -> ParseError + 'e;

/// Makes a row of the texts of [`FIELDS`].
fn parse(fields: &[&str], error: &FieldError<'_>) -> Result<PfsRow, ParseError> {
    let text = |index: usize| clean(fields[index]);
    let number = |index: usize| {
        let invalid = || {
            error(
                index,
                "a number",
                "at most two decimal places, such as 12.34",
            )
        };
        Decimal::<2>::parse(fields[index]).ok_or_else(invalid)
    };
    let indicator = |index: usize, indicator: &Indicator| {
        let mut values = indicator.values.iter();
        let value = values.find(|known| known.value == fields[index]);
        value.map(|known| known.value).ok_or_else(|| {
            let values: Vec<&str> = indicator.values.iter().map(|known| known.value).collect();
            let expected = format!("one of {}", values.join(", "));
            error(index, "an indicator of this column", &expected)
        })
    };
    let letter = |index: usize, of: &Indicator| -> Result<char, ParseError> {
        Ok(indicator(index, of)?.chars().next().unwrap_or_default())
    };
    let is_na = |index: usize| match fields[index] {
        "" => Ok(false),
        "NA" => Ok(true),
        _ => Err(error(index, "an NA indicator", "NA, or nothing")),
    };
    if !is_procedure_code(fields[0]) {
        return Err(error(0, "a CPT or HCPCS code", "five characters"));
    }
    let modifier = Some(fields[1]).filter(|modifier| !modifier.is_empty());
    let modifier = modifier.map(ModifierCode::new).transpose();
    let modifier = modifier.map_err(|_| error(1, "a modifier", "two letters or digits"))?;
    let factor = Decimal::<4>::parse(fields[22]);
    let factor = factor.filter(|factor| factor.0 > 0);
    let row = PfsRow {
        code: text(0),
        modifier: modifier.map(|modifier| modifier.as_str().to_owned()),
        status: letter(2, &STATUS)?,
        work: number(3)?,
        non_facility_expense: number(4)?,
        non_facility_na: is_na(5)?,
        facility_expense: number(6)?,
        facility_na: is_na(7)?,
        malpractice: number(8)?,
        non_facility_total: number(9)?,
        facility_total: number(10)?,
        pc_tc: letter(11, &PC_TC)?,
        global: indicator(12, &GLOBAL_DAYS)?.to_owned(),
        preoperative: number(13)?,
        intraoperative: number(14)?,
        postoperative: number(15)?,
        multiple: letter(16, &MULTIPLE)?,
        bilateral: letter(17, &BILATERAL)?,
        assistant: letter(18, &ASSISTANT)?,
        co_surgeons: letter(19, &CO_SURGEONS)?,
        team: letter(20, &TEAM)?,
        endoscopic_base: text(21),
        conversion_factor: factor
            .ok_or_else(|| error(22, "a conversion factor", "a number such as 32.3465"))?,
    };
    for (index, expense, total) in [
        (9, row.non_facility_expense, row.non_facility_total),
        (10, row.facility_expense, row.facility_total),
    ] {
        let sum = Decimal::<2>(
            row.work
                .0
                .saturating_add(expense.0)
                .saturating_add(row.malpractice.0),
        );
        if sum != total {
            let expected = format!("work, practice expense and malpractice: {sum}");
            return Err(error(index, "the sum of its parts", &expected));
        }
    }
    Ok(row)
}
