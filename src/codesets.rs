//! Imported code sets: public files that the user has imported, and lookups in them.
//!
//! A *set* is one edition of one public file, such as ICD-10-CM for fiscal year 2025. An import
//! reads the file once and writes a [`SetFile`] into the user's data folder. Its rows are sorted by
//! key and looked up with a few positioned reads, so an open set of 98,000 codes holds none of them
//! in memory.
//!
//! Published files are downloads, so they are checked: a reader rejects a file that violates its
//! layout, names the line, and leaves the store unchanged. Files of the store may be damaged, so every
//! page is verified against its checksum before anything in it is used.

pub(crate) mod amount;
pub(crate) mod diff;
pub(crate) mod edition;
pub(crate) mod error;
pub(crate) mod file;
pub(crate) mod hierarchy;
pub(crate) mod import;
pub(crate) mod indicators;
pub(crate) mod kind;
pub(crate) mod pfs;
pub(crate) mod row;
pub(crate) mod store;
pub(crate) mod stored_field;
pub(crate) mod tabular;
pub(crate) mod writer;

pub use amount::{Cents, Decimal};
pub use diff::{Change, FieldChange, diff, field_changes, shown_fields};
pub use edition::{EditTable, Edition, EditionError};
pub use error::{CorruptSet, ImportError, ParseError};
pub use file::{OriginalFile, Rows, SetFile, SetHeader};
pub use import::delimited::normalize_column_name;
pub use import::sink::ImportProgress;
pub use import::table::{FORMULA_STARTS, SheetRow, SheetTable};
pub use import::{ImportGroup, open_groups};
pub use indicators::{ModifierRule, Ruling};
pub use kind::SetKind;
pub use pfs::{PfsRow, Rvu};
pub use row::{
    ClfsRow, Coverage, HcpcsCode, HcpcsRow, IcdRow, MueRow, NuccRow, PlaceRow, PtpRow, SetRow,
};
pub use store::{ImportOutcome, ImportRequest, ImportedSets, SetStore};
pub use tabular::{Note, NoteKind, TabularRow};
