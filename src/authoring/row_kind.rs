//! The kinds of rows that can come from a spreadsheet, and the names of their columns.

use crate::codesets::{SheetTable, normalize_column_name};

/// A kind of row, and the columns that fill its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    Modifier,
    Payer,
    Diagnosis,
    Related,
}

/// A field, and the names of columns that have it, in upper case without spaces and punctuation. The
/// exports of this program use the first name or the field's.
pub(crate) struct FieldColumn {
    pub(crate) field: &'static str,
    names: &'static [&'static str],
}

const fn column(field: &'static str, names: &'static [&'static str]) -> FieldColumn {
    FieldColumn { field, names }
}

const DESCRIPTION: FieldColumn = column(
    "description",
    &["DESCRIPTION", "DESC", "DEFINITION", "MEANING", "TITLE"],
);
const SOURCE: FieldColumn = column("source", &["SOURCE", "REFERENCE", "CITATION", "SOURCEID"]);
const SYSTEM: FieldColumn = column("system", &["CODESYSTEM", "SYSTEM", "CODETYPE"]);

const MODIFIER: [FieldColumn; 8] = [
    column(
        "code",
        &["MODIFIER", "CODE", "MOD", "MODIFIERCODE", "MODCODE"],
    ),
    SYSTEM,
    DESCRIPTION,
    column("when", &["WHENTOUSE", "WHEN", "USE", "USAGE", "USEWHEN"]),
    column(
        "not_when",
        &["WHENNOTTOUSE", "NOTWHEN", "DONOTUSE", "DONOTUSEWHEN"],
    ),
    column(
        "documentation",
        &[
            "DOCUMENTATIONNEEDED",
            "DOCUMENTATION",
            "DOCUMENTATIONREQUIRED",
            "DOCS",
        ],
    ),
    column(
        "standing",
        &["STANDING", "STATUS", "APPROPRIATE", "APPROPRIATENESS"],
    ),
    SOURCE,
];

const PAYER: [FieldColumn; 6] = [
    column("id", &["ID", "PAYERID"]),
    column(
        "name",
        &[
            "PAYER",
            "NAME",
            "PAYERNAME",
            "INSURER",
            "INSURANCE",
            "CARRIER",
        ],
    ),
    column(
        "plan",
        &["PLAN", "PLANS", "PLANTYPE", "PRODUCT", "LINEOFBUSINESS"],
    ),
    column(
        "policy",
        &["POLICY", "POLICYNUMBER", "MEDICALPOLICY", "COVERAGEPOLICY"],
    ),
    column(
        "rate",
        &[
            "RATE",
            "FEE",
            "ALLOWED",
            "ALLOWEDAMOUNT",
            "ALLOWABLE",
            "REIMBURSEMENT",
        ],
    ),
    SOURCE,
];

const DIAGNOSIS: [FieldColumn; 5] = [
    column(
        "code",
        &[
            "DIAGNOSIS",
            "CODE",
            "ICD10",
            "ICD10CM",
            "ICD10CODE",
            "ICD10CMCODE",
            "DX",
            "DXCODE",
            "DIAGNOSISCODE",
        ],
    ),
    DESCRIPTION,
    column("relation", &["RELATION", "COVERAGE", "COVERED"]),
    column("basis", &["BASIS", "REASON", "LCD", "NCD"]),
    SOURCE,
];

const RELATED: [FieldColumn; 5] = [
    SYSTEM,
    column(
        "code",
        &[
            "CODE",
            "RELATEDCODE",
            "CPT",
            "CPTCODE",
            "HCPCS",
            "HCPCSCODE",
            "PROCEDURECODE",
        ],
    ),
    DESCRIPTION,
    column("relation", &["RELATION", "RELATIONSHIP"]),
    SOURCE,
];

impl RowKind {
    pub const ALL: [Self; 4] = [Self::Modifier, Self::Payer, Self::Diagnosis, Self::Related];

    /// The name of the table in a file.
    pub const fn table(self) -> &'static str {
        match self {
            Self::Modifier => "modifier",
            Self::Payer => "payer",
            Self::Diagnosis => "diagnosis",
            Self::Related => "related",
        }
    }

    /// The fields that columns fill, in the order of a file.
    pub(crate) const fn columns(self) -> &'static [FieldColumn] {
        match self {
            Self::Modifier => &MODIFIER,
            Self::Payer => &PAYER,
            Self::Diagnosis => &DIAGNOSIS,
            Self::Related => &RELATED,
        }
    }

    /// Returns true if a column with a name, as [`normalize_column_name`] writes it, fills a field.
    pub fn has_column(self, key: &str) -> bool {
        self.columns().iter().any(|column| column.is_named(key))
    }

    /// Returns the kind with the most fields among the columns of a table.
    pub fn of_table(table: &SheetTable) -> Self {
        let known = |kind: Self| {
            let columns = table.columns.iter();
            columns
                .filter(|name| kind.has_column(&normalize_column_name(name)))
                .count()
        };
        // The first of several kinds.
        let kinds = Self::ALL.into_iter().rev();
        kinds
            .max_by_key(|kind| known(*kind))
            .unwrap_or(Self::Modifier)
    }
}

impl FieldColumn {
    pub(crate) fn is_named(&self, key: &str) -> bool {
        self.names.contains(&key) || normalize_column_name(self.field) == key
    }
}
