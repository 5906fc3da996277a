//! The state that the compilation of all tables shares.

use crate::content::code::CodeId;
use crate::content::date::AsOf;
use crate::content::shared::SharedEntries;
use crate::content::source::{Source, SourceId};
use crate::diagnostics::diagnostic::{Diagnostics, Span};

/// A date in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StatedDate {
    pub(crate) field: &'static str,
    pub(crate) span: Span,
    pub(crate) date: AsOf,
}

/// The state of one compilation. Other modules add methods for their tables.
pub(crate) struct Compiler<'d, 't> {
    pub(crate) diagnostics: &'d mut Diagnostics<'t>,
    /// The entries of the folder.
    pub(crate) shared: &'d SharedEntries,
    /// The code that the document is about, once it is known.
    pub(crate) code: Option<CodeId>,
    /// The sources of the file, and the shared ones that it refers to.
    pub(crate) sources: Vec<Source>,
    /// The source whose rows have the publication's voice.
    pub(crate) publication: Option<SourceId>,
    /// The dates that have been compiled.
    pub(crate) dates: Vec<StatedDate>,
}

impl<'d, 't> Compiler<'d, 't> {
    pub(crate) fn new(shared: &'d SharedEntries, diagnostics: &'d mut Diagnostics<'t>) -> Self {
        Self {
            diagnostics,
            shared,
            code: None,
            sources: Vec::new(),
            publication: None,
            dates: Vec::new(),
        }
    }
}
