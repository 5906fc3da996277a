//! Defines the code document: what it is made of, and how it is read from TOML.
//!
//! A [`Document`] is about one code. Its sections hold blocks, and its blocks hold rows; a
//! [`Row`] is the unit that readers select, find, copy and cite. The author's typed tables
//! (`[[modifier]]`, `[[payer]]`, …) become rows when a file is read, so that nothing behind this
//! module needs to know how a fact was written down.

mod charset;
mod code;
mod compile;
mod date;
mod document;
mod format;
mod intake;
mod notice;
mod read;
mod report;
mod row;
mod sanitize;
mod source;
mod syntax;
mod words;

pub use charset::Charset;
pub use code::{CodeError, CodeId, CodeSystem, ModifierCode};
pub use date::{AsOf, Date};
pub use document::{Block, BlockId, Document, RowPath, Section, SectionId, Shape, Status};
pub use notice::notices;
pub use read::{MAX_BYTES, load_document, parse_document};
pub use report::{Diagnostic, Diagnostics, Report};
pub use row::{Cell, Remark, Row, RowKey, Standing, Subject, Value, Visibility, Voice};
pub use sanitize::{is_invisible, sanitize};
pub use source::{AbsenceReason, Source, SourceId, SourceKind, Unavailable};
pub use words::did_you_mean;
