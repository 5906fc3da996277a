//! The state that the compilation of all tables shares.

use crate::content::source::{Source, SourceId};
use crate::diagnostics::diagnostic::Diagnostics;

/// The state of one compilation. Other modules add methods for their tables.
pub(crate) struct Compiler<'d, 't> {
    pub(crate) diagnostics: &'d mut Diagnostics<'t>,
    pub(crate) sources: Vec<Source>,
    /// The source whose rows have the publication's voice.
    pub(crate) publication: Option<SourceId>,
}
