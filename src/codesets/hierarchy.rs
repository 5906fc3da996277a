//! Finds the relatives of a code: parents, children and neighbours.
//!
//! The hierarchy of ICD-10-CM is in its codes: `K92.2` is below `K92`. A code's nearest prefix that
//! is in the set is its parent; placeholders (`T36.0X1`) leave prefixes out.

use crate::codesets::error::CorruptSet;
use crate::codesets::file::SetFile;
use crate::codesets::row::{HcpcsCode, HcpcsRow, IcdRow, SetRow};

/// A character behind all of which codes consist: `K92~` is behind every code below `K92`.
const AFTER_ALL_CODES: char = '~';

/// The length of an ICD-10-CM category: `K92`.
const CATEGORY_LEN: usize = 3;

impl SetFile {
    /// Returns the codes above an ICD-10-CM code, written without dot, the widest first.
    pub fn ancestors(&self, code: &str) -> Result<Vec<IcdRow>, CorruptSet> {
        let mut parents = Vec::new();
        for end in CATEGORY_LEN..code.len() {
            if let Some(SetRow::Icd10cm(row)) = self.get(code.get(..end).unwrap_or_default())? {
                parents.push(row);
            }
        }
        Ok(parents)
    }

    /// Returns the codes directly below an ICD-10-CM code, in order.
    pub fn children(&self, code: &str) -> Result<Vec<IcdRow>, CorruptSet> {
        // The code itself is the first that starts with it.
        self.top_level_with_prefix(code, &format!("{code}0"))
    }

    /// Returns the codes directly below the parent of an ICD-10-CM code, itself among them; of a
    /// category, those that share its first two characters.
    pub fn siblings(&self, code: &str) -> Result<Vec<IcdRow>, CorruptSet> {
        if let Some(parent) = self.ancestors(code)?.last() {
            return self.children(&parent.code);
        }
        let stem = code.get(..CATEGORY_LEN - 1).unwrap_or_default();
        self.top_level_with_prefix(stem, stem)
    }

    /// Returns the codes that start with a stem, from a key on, without those below them.
    fn top_level_with_prefix(&self, stem: &str, from: &str) -> Result<Vec<IcdRow>, CorruptSet> {
        let mut found: Vec<IcdRow> = Vec::new();
        let mut from = from.to_owned();
        while let Some(SetRow::Icd10cm(row)) = self.rows_from(&from)?.next().transpose()? {
            if !row.code.starts_with(stem) {
                break;
            }
            from = format!("{}{AFTER_ALL_CODES}", row.code);
            found.push(row);
        }
        Ok(found)
    }

    /// Returns the HCPCS codes that share a code's first three characters, itself among them.
    pub fn hcpcs_siblings(&self, code: &str) -> Result<Vec<HcpcsRow>, CorruptSet> {
        let stem = code.get(..3).unwrap_or(code);
        let rows = self.rows_with_prefix(stem)?.into_iter();
        let codes = rows.filter_map(|row| match row {
            SetRow::Hcpcs(row) if matches!(row.code, HcpcsCode::Code(_)) => Some(row),
            _ => None,
        });
        Ok(codes.collect())
    }
}
