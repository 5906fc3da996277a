//! The modes of the reader, by which keys are bound.

/// The name of a pane in `keymap.toml` and in key lookups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    Document,
    Outline,
    RowDetail,
    Search,
    Filter,
    Library,
    Comparison,
    TextPanel,
    Note,
    Bookmarks,
    Palette,
    CopyMenu,
    /// The page beside a list.
    Preview,
}

impl Mode {
    pub const ALL: [Self; 13] = [
        Self::Document,
        Self::Outline,
        Self::RowDetail,
        Self::Search,
        Self::Filter,
        Self::Library,
        Self::Comparison,
        Self::TextPanel,
        Self::Note,
        Self::Bookmarks,
        Self::Palette,
        Self::CopyMenu,
        Self::Preview,
    ];

    /// The name in `keymap.toml`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Document => "reading",
            Self::Outline => "outline",
            Self::RowDetail => "record",
            Self::Search => "search",
            Self::Filter => "filter",
            Self::Library => "library",
            Self::Comparison => "beside",
            Self::TextPanel => "text",
            Self::Note => "note",
            Self::Bookmarks => "marks",
            Self::Palette => "palette",
            Self::CopyMenu => "copy",
            Self::Preview => "preview",
        }
    }

    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.id() == id)
    }

    /// Returns true if keys that type a character edit a text.
    pub const fn has_text_field(self) -> bool {
        matches!(
            self,
            Self::Search | Self::Filter | Self::Library | Self::Note | Self::Palette
        )
    }
}
