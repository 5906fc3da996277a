//! Defines the code sets: which public files the user has imported, and what they say.
//!
//! A *set* is one edition of one public file: ICD-10-CM for fiscal year 2025, say. It is read once,
//! at import, and kept in one flat file of the user's data folder: rows sorted by key in blocks,
//! then a table of the blocks. Looking a code up is a binary search with positioned reads, so that
//! opening a set of 98,000 codes reads two kilobytes and holds nothing in memory.
//!
//! Files come from downloads and are checked as such: a reader refuses what is not in the layout,
//! with the line, and the store stays as it was. Files of the store may be damaged, cut or foreign;
//! checksums say so before anything of them is shown.

pub(crate) mod diff;
pub(crate) mod edition;
pub(crate) mod error;
pub(crate) mod file;
pub(crate) mod hierarchy;
pub(crate) mod import;
pub(crate) mod kind;
pub(crate) mod row;
pub(crate) mod store;
pub(crate) mod writer;

pub use diff::{Change, diff};
pub use edition::{Edition, EditionError};
pub use error::{CorruptSet, ImportError, ParseError};
pub use file::{OriginalFile, Rows, SetFile, SetHeader};
pub use import::input::detect_kind;
pub use kind::SetKind;
pub use row::{
    Cents, ClfsRow, Coverage, HcpcsCode, HcpcsRow, IcdRow, MueRow, NuccRow, PlaceRow, PtpRow,
    SetRow,
};
pub use store::{ImportOutcome, ImportProgress, ImportRequest, ImportedSets, SetStore};
