//! The relatives of a code: parents, children and siblings.
//!
//! The hierarchy of ICD-10-CM is in its codes: `K92.2` is below `K92`. The parent of a code is its
//! longest prefix that the set has. Prefixes that end in a placeholder (`T36.0X`) may be missing.

use crate::codesets::error::CorruptSet;
use crate::codesets::file::SetFile;
use crate::codesets::row::{HcpcsCode, HcpcsRow, SetRow};
use crate::codesets::tabular::TabularRow;

/// Sorts after every character of a code: `K92~` sorts after every code below `K92`.
const AFTER_ALL_CODES: char = '~';

/// The length of an ICD-10-CM category: `K92`.
const CATEGORY_LEN: usize = 3;

impl SetFile {
    /// Returns the codes above an ICD-10-CM code, the widest first. Codes have no dot here.
    pub fn ancestors(&self, code: &str) -> Result<Vec<SetRow>, CorruptSet> {
        let mut ancestors = Vec::new();
        for end in CATEGORY_LEN..code.len() {
            ancestors.extend(self.get(code.get(..end).unwrap_or_default())?);
        }
        Ok(ancestors)
    }

    /// Returns the row of the tabular list that applies to an ICD-10-CM code, and the rows above it up
    /// to the chapter. That is the code's own row, or that of the code without its seventh character.
    pub fn lineage(&self, code: &str) -> Result<Vec<TabularRow>, CorruptSet> {
        let mut next = match self.get(code)? {
            None => self.ancestors(code)?.pop(),
            own => own,
        };
        let mut lineage = Vec::new();
        while let Some(SetRow::Icd10cmTabular(row)) = next {
            next = self.get(&row.parent)?;
            lineage.push(row);
        }
        Ok(lineage)
    }

    /// Returns the codes directly below an ICD-10-CM code, in order.
    pub fn children(&self, code: &str) -> Result<Vec<SetRow>, CorruptSet> {
        // From the first possible child on, because the code itself has the prefix, too.
        self.top_level_with_prefix(code, &format!("{code}0"))
    }

    /// Returns the children of an ICD-10-CM code's parent, including the code itself. The siblings
    /// of a category are the categories that share its first two characters.
    pub fn siblings(&self, code: &str) -> Result<Vec<SetRow>, CorruptSet> {
        if let Some(parent) = self.ancestors(code)?.last() {
            return self.children(&parent.key());
        }
        let prefix = code.get(..CATEGORY_LEN - 1).unwrap_or_default();
        self.top_level_with_prefix(prefix, prefix)
    }

    /// Returns the codes with a prefix, from a key on, without the codes below them.
    fn top_level_with_prefix(&self, prefix: &str, from: &str) -> Result<Vec<SetRow>, CorruptSet> {
        let mut found: Vec<SetRow> = Vec::new();
        let mut from = from.to_owned();
        while let Some(row) = self.rows_from(&from)?.next().transpose()? {
            let code = row.key();
            if !code.starts_with(prefix) {
                break;
            }
            from = format!("{code}{AFTER_ALL_CODES}");
            found.push(row);
        }
        Ok(found)
    }

    /// Returns the HCPCS codes that share a code's first three characters, including the code
    /// itself.
    pub fn hcpcs_siblings(&self, code: &HcpcsCode) -> Result<Vec<HcpcsRow>, CorruptSet> {
        let prefix = match code {
            HcpcsCode::Code(code) => code.get(..3).unwrap_or(code).to_owned(),
            HcpcsCode::Modifier(modifier) => format!("-{}", modifier.get(..1).unwrap_or(modifier)),
        };
        let rows = self.rows_with_prefix(&prefix)?.into_iter();
        let codes = rows.filter_map(|row| match row {
            SetRow::Hcpcs(row) => Some(row),
            _ => None,
        });
        Ok(codes.collect())
    }
}
