//! Text that may be shown: sanitizing, character sets, display width and wrapping.

pub(crate) mod charset;
pub(crate) mod link;
pub(crate) mod number;
pub(crate) mod sanitize;
pub(crate) mod texts;
pub(crate) mod wrap;

pub use charset::Charset;
pub use link::{Link, web_address};
pub use number::with_thousands_separators;
pub use sanitize::{is_invisible, sanitize};
pub(crate) use texts::texts;
pub use wrap::{clip, width};
