//! Reads CMS's HCPCS Level II file ("ANWEB"): fixed width of 320 (2019) or 293 columns (2026), or
//! separated, with a header.
//!
//! Of the record layout (2019): 1–5 code, a modifier in 4–5; 6–10 sequence; 11 record kind (3 and
//! 4 a code and its continuation, 7 and 8 a modifier and its own); 12–91 long description, 92–119
//! short; 230 coverage; 269–276 added, 277–284 effective, 285–292 terminated; 293 action.
//! Disclaimers precede the rows. ISO-8859-1 or UTF-8, CRLF.

use crate::codesets::error::{ParseError, ReadError};
use crate::codesets::import::delimited::{ColumnSpec, CsvTable, optional, required};
use crate::codesets::import::input::InputFile;
use crate::codesets::import::{FileMetadata, RowSink, clean, columns, parse_date, quote};
use crate::codesets::row::{Coverage, HcpcsCode, HcpcsRow, SetRow};
use crate::content::{CodeId, CodeSystem, ModifierCode};

/// The widths that CMS has used.
const WIDTHS: [usize; 2] = [320, 293];

/// The columns of the separated form.
const COLUMNS: [ColumnSpec; 10] = [
    required(&["HCPC"]),
    required(&["SEQNUM"]),
    required(&["RECID"]),
    required(&["LONGDESCRIPTION"]),
    optional(&["SHORTDESCRIPTION"]),
    optional(&["COV", "COVERAGE", "COVERAGECODE"]),
    optional(&["ADDDT", "ADDDATE", "ADDED"]),
    optional(&["ACTEFFDT", "ACTEFFDATE", "EFFECTIVE"]),
    optional(&["TERMDT", "TERMDATE", "TERMINATED"]),
    optional(&["ACTIONCD", "ACTIONCODE", "ACTION"]),
];

/// Where each of [`COLUMN_COUNT`] stands in the fixed form.
const FIXED_COLUMNS: [(usize, usize); 10] = [
    (1, 5),
    (6, 10),
    (11, 11),
    (12, 91),
    (92, 119),
    (230, 230),
    (269, 276),
    (277, 284),
    (285, 292),
    (293, 293),
];

/// Says whether a line is in the fixed layout.
pub(crate) fn is_row(line: &str) -> bool {
    has_width(line, &WIDTHS) && has_row_prefix(line)
}

fn has_width(line: &str, widths: &[usize]) -> bool {
    // An edition in UTF-8 may count its columns in characters or, as its tools do, in bytes.
    widths.contains(&line.chars().count()) || widths.contains(&line.len())
}

fn has_row_prefix(line: &str) -> bool {
    let sequence = columns(line, 6, 10);
    sequence.len() == 5
        && sequence.bytes().all(|b| b.is_ascii_digit())
        && matches!(columns(line, 11, 11), "3" | "4" | "7" | "8")
}

pub(crate) fn read(
    source: &InputFile,
    intake: &mut RowSink<'_>,
) -> Result<FileMetadata, ReadError> {
    if source.any_head_line(is_row) {
        read_fixed_width(source, intake)
    } else {
        read_csv(source, intake)
    }
}

fn read_fixed_width(
    source: &InputFile,
    intake: &mut RowSink<'_>,
) -> Result<FileMetadata, ReadError> {
    let mut lines = source.lines()?;
    let mut joiner = ContinuationJoiner::default();
    let mut width = None;
    let mut last = 0;
    let mut short = 0_u32;
    while let Some(line) = lines.next()? {
        intake.advance(line.byte_len);
        last = line.number;
        if width.is_none() {
            let chars = line.text.chars().count();
            width = is_row(&line.text).then(|| {
                let is = |w: &&usize| **w == chars || **w == line.text.len();
                WIDTHS.iter().find(is).copied().unwrap_or(chars)
            });
        }
        // What precedes the first row is the disclaimer.
        let Some(width) = width else { continue };
        if line.text.trim().is_empty() {
            continue;
        }
        let has = line.text.chars().count();
        let is_in_bytes = has != width && line.text.len() == width;
        if has < width && !is_in_bytes && has >= used_width(&line.text) {
            short += 1;
        } else if !has_width(&line.text, &[width]) {
            let message = format!("this row has {has} columns");
            let expected =
                format!("the layout has {width}: the row is damaged, or the file was cut short");
            return Err(ParseError::at_line(line.number, message, expected).into());
        }
        let field = |(from, to): (usize, usize)| {
            if is_in_bytes {
                let bytes = line.text.as_bytes();
                let bytes = bytes.get(from - 1..to.min(bytes.len())).unwrap_or_default();
                clean(&String::from_utf8_lossy(bytes))
            } else {
                clean(columns(&line.text, from, to))
            }
        };
        joiner.push(intake, line.number, &FIXED_COLUMNS.map(field), &|index| {
            FIXED_COLUMNS[index].0
        })?;
    }
    source.check_complete(last)?;
    let mut facts = joiner.finish(intake, last)?;
    if short > 0 {
        facts.notes.push(format!(
            "{short} of its lines lack columns of the layout, none of which is used"
        ));
    }
    Ok(facts)
}

/// Returns how many columns of a row are used. CMS's own file of 2019 has a continuation record
/// that is four columns short of its filler.
fn used_width(line: &str) -> usize {
    match columns(line, 11, 11) {
        "4" | "8" => FIXED_COLUMNS[3].1,
        _ => FIXED_COLUMNS[9].1,
    }
}

fn read_csv(source: &InputFile, intake: &mut RowSink<'_>) -> Result<FileMetadata, ReadError> {
    let text = source.read_text()?;
    let mut table = CsvTable::from_text(&text, &COLUMNS)?;
    let mut joiner = ContinuationJoiner::default();
    while let Some(cells) = table.next()? {
        intake.advance(cells.byte_len);
        let fields: [String; 10] = std::array::from_fn(|index| cells.text(index).to_owned());
        let column = |index: usize| cells.fields.get(index).map_or(0, |(_, column)| *column);
        joiner.push(intake, cells.line, &fields, &column)?;
    }
    source.check_complete(table.line)?;
    joiner.finish(intake, table.line)
}

/// A row whose continuation records may follow.
#[derive(Default)]
struct ContinuationJoiner {
    pending: Option<(u64, u32, HcpcsRow)>,
    has_v_codes: bool,
}

impl ContinuationJoiner {
    fn push(
        &mut self,
        intake: &mut RowSink<'_>,
        line: u64,
        fields: &[String; 10],
        column: &dyn Fn(usize) -> usize,
    ) -> Result<(), ReadError> {
        let fault = |index: usize, what: &str, expected: &str| {
            let message = format!("{} is no {what}", quote(&fields[index]));
            ParseError::at_line(line, message, format!("expected {expected}"))
                .with_column(column(index))
        };
        let sequence: u32 = fields[1]
            .parse()
            .map_err(|_| fault(1, "sequence number", "a number such as 00100"))?;
        let code = match fields[2].as_str() {
            "3" | "4" => CodeId::new(CodeSystem::Hcpcs, &fields[0])
                .map(|code| HcpcsCode::Code(code.value().to_owned()))
                .map_err(|_| fault(0, "HCPCS code", CodeSystem::Hcpcs.shape()))?,
            "7" | "8" => ModifierCode::new(&fields[0])
                .map(|code| HcpcsCode::Modifier(code.as_str().to_owned()))
                .map_err(|_| fault(0, "modifier", "two letters or digits"))?,
            _ => return Err(fault(2, "record kind", "3, 4, 7 or 8").into()),
        };
        if matches!(fields[2].as_str(), "4" | "8") {
            let open = self
                .pending
                .as_mut()
                .filter(|(_, last, row)| row.code == code && sequence > *last);
            let Some((_, last, row)) = open else {
                let message = format!("this record continues {}", fields[0]);
                let expected =
                    "the record before it is of another code: lines are missing or moved";
                return Err(ParseError::at_line(line, message, expected).into());
            };
            *last = sequence;
            if !fields[3].is_empty() {
                row.long.push(' ');
                row.long.push_str(&fields[3]);
            }
            return Ok(());
        }
        self.flush(intake)?;
        let day = |index: usize| {
            parse_date(&fields[index])
                .map_err(|()| fault(index, "date", "yyyymmdd, such as 20250101"))
        };
        let coverage = match fields[5].as_str() {
            "" => None,
            letter => Some(
                Coverage::from_letter(letter)
                    .ok_or_else(|| fault(5, "coverage code", "C, D, I, M, S or nothing"))?,
            ),
        };
        if fields[3].is_empty() {
            return Err(fault(3, "description", "a text").into());
        }
        let row = HcpcsRow {
            code,
            long: fields[3].clone(),
            short: fields[4].clone(),
            coverage,
            added: day(6)?,
            effective: day(7)?,
            terminated: day(8)?,
            action: fields[9].clone(),
        };
        self.has_v_codes |= matches!(&row.code, HcpcsCode::Code(code) if code.starts_with('V'));
        self.pending = Some((line, sequence, row));
        Ok(())
    }

    fn flush(&mut self, intake: &mut RowSink<'_>) -> Result<(), ReadError> {
        match self.pending.take() {
            Some((line, _, row)) => intake.push(line, &SetRow::Hcpcs(row)),
            None => Ok(()),
        }
    }

    fn finish(mut self, intake: &mut RowSink<'_>, last: u64) -> Result<FileMetadata, ReadError> {
        let any = self.pending.is_some();
        self.flush(intake)?;
        if any && !self.has_v_codes {
            let message = "the file ends here, and has no V codes";
            let expected = "HCPCS Level II ends with them: the file was cut short";
            return Err(ParseError::at_line(last, message, expected).into());
        }
        Ok(FileMetadata::default())
    }
}
