//! Defines the code document: what it is made of, and how it is read from TOML.
//!
//! A [`Document`] is about one code. Its sections hold blocks, and its blocks hold rows; a
//! [`Row`] is the unit that readers select, find, copy and cite. The author's typed tables
//! (`[[modifier]]`, `[[payer]]`, …) become rows when a file is read, so that nothing behind this
//! module needs to know how a fact was written down.

pub(crate) mod code;
pub(crate) mod date;
pub(crate) mod document;
pub(crate) mod notice;
pub(crate) mod row;
pub(crate) mod source;
pub(crate) mod toml;

pub use code::{CodeError, CodeId, CodeSystem, ModifierCode};
pub use date::{AsOf, Date};
pub use document::{Block, BlockId, Document, RowPath, Section, SectionId, Shape, Status};
pub use notice::{CPT_NOTICE, FEE_NOTICE, USE_NOTICE, notices};
pub use row::{Cell, Remark, Row, RowKey, Standing, Subject, Value, Visibility, Voice};
pub use source::{AbsenceReason, Source, SourceId, SourceKind, Unavailable};
pub use toml::read::{MAX_BYTES, load_document, parse_document};
