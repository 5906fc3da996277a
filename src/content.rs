//! The code document, and how it is read from TOML.
//!
//! A [`Document`] is about one code. It has sections of blocks of rows; a [`Row`] is the unit that
//! readers select, find, copy and cite. Typed tables of the file (`[[modifier]]`, `[[payer]]`, …)
//! are compiled into rows, so other rooms do not know the file format.

pub(crate) mod code;
pub(crate) mod date;
pub(crate) mod document;
pub(crate) mod keyword;
pub(crate) mod labels;
pub(crate) mod notice;
pub(crate) mod row;
pub(crate) mod shared;
pub(crate) mod source;
pub(crate) mod toml;

pub use code::{CodeError, CodeId, CodeSystem, ModifierCode};
pub use date::{AsOf, Date};
pub use document::{Block, BlockId, Document, RowPath, Section, SectionId, Shape, Status};
pub use notice::{CPT_NOTICE, FEE_NOTICE, SHORT_CPT_NOTICE, USE_NOTICE, notices};
pub use row::{Cell, Remark, Row, RowKey, Standing, Subject, Value, Visibility, Voice};
pub use source::{AbsenceReason, Source, SourceId, SourceKind, Unavailable};
pub(crate) use toml::compile::rows::{CODE_RELATIONS, DIAGNOSIS_RELATIONS, Relation};
pub use toml::locate::locate_row;
pub use toml::read::{MAX_BYTES, load_document, parse_document};
pub(crate) use toml::schema::{
    FieldKind, GUIDANCE, SCHEMA as FORMAT_VERSION, TableType, fields_of, is_row_table, table_names,
    table_type,
};
