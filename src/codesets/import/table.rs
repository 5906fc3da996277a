//! Tables that authors keep in spreadsheets: any columns, found by their names.

use std::path::Path;

use crate::codesets::error::{ImportError, ParseError};
use crate::codesets::import::archive;
use crate::codesets::import::delimited::{
    CsvRecord, CsvRecords, DELIMITERS, MAX_PREAMBLE_RECORDS, normalize_column_name,
};
use crate::codesets::import::field::clean;

/// The characters at the start of a cell that make it a formula in a spreadsheet.
pub const FORMULA_STARTS: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A table of a CSV file, or of a sheet of an XLSX file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetTable {
    /// The names of the columns as written.
    pub columns: Vec<String>,
    /// Rows that are not blank.
    pub rows: Vec<SheetRow>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetRow {
    /// The line of the file or the row of the sheet, from 1.
    pub line: u64,
    /// Cleaned texts. There may be fewer or more than columns.
    pub cells: Vec<String>,
}

impl SheetTable {
    /// Opens the first table with known columns. A title or a note may precede its header.
    ///
    /// `is_known` gets names as [`normalize_column_name`] writes them.
    pub fn open(path: &Path, is_known: &dyn Fn(&str) -> bool) -> Result<Self, ImportError> {
        let inputs = archive::open_inputs(path)?.inputs;
        // A table may have a single column that is known; one with more is the better match.
        for count in [2, 1] {
            for input in &inputs {
                let text = input.read_text();
                let text = text.map_err(|error| ImportError::from_read(path, path, error))?;
                let mut delimiters = DELIMITERS.into_iter();
                let table = delimiters.find_map(|it| Self::parse(&text, it, count, is_known));
                if let Some(table) = table {
                    return Ok(table);
                }
            }
        }
        let message = "no known column names in the first lines";
        Err(ImportError::Parse {
            path: path.to_owned(),
            error: ParseError::for_file(message, "the first row of a table has the column names"),
        })
    }

    fn parse(
        text: &str,
        delimiter: u8,
        count: usize,
        is_known: &dyn Fn(&str) -> bool,
    ) -> Option<Self> {
        let mut records = CsvRecords::new(text, delimiter);
        for _ in 0..MAX_PREAMBLE_RECORDS {
            let CsvRecord { fields, .. } = records.next()?;
            let known = fields
                .iter()
                .filter(|name| is_known(&normalize_column_name(name)));
            if known.count() >= count {
                let rows = std::iter::from_fn(|| records.next());
                return Some(Self {
                    columns: fields.iter().map(|name| clean(name)).collect(),
                    rows: rows.map(SheetRow::from).collect(),
                });
            }
        }
        None
    }
}

impl From<CsvRecord> for SheetRow {
    fn from(record: CsvRecord) -> Self {
        Self {
            line: record.line,
            cells: record.fields.iter().map(|text| clean(text)).collect(),
        }
    }
}
