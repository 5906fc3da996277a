//! The state that the compilation of all tables shares.

use crate::content::code::CodeId;
use crate::content::source::{Source, SourceId};
use crate::diagnostics::diagnostic::Diagnostics;

/// Returns true if there is a page on a code. Modifiers that rows refer to are checked with it.
pub(crate) type KnownCodes<'a> = &'a dyn Fn(&CodeId) -> bool;

/// The state of one compilation. Other modules add methods for their tables.
pub(crate) struct Compiler<'d, 't> {
    pub(crate) diagnostics: &'d mut Diagnostics<'t>,
    pub(crate) is_known: KnownCodes<'d>,
    /// The code that the document is about, once it is known.
    pub(crate) code: Option<CodeId>,
    pub(crate) sources: Vec<Source>,
    /// The source whose rows have the publication's voice.
    pub(crate) publication: Option<SourceId>,
}
