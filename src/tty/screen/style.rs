//! The style of a cell, in the colors and attributes of a terminal.

/// A color in the form in which it is sent to a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TerminalColor {
    /// The terminal's default foreground or background.
    #[default]
    Default,
    /// An index of xterm's palette.
    Indexed(u8),
    Rgb(u8, u8, u8),
}

/// A bit set of text attributes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attributes(u8);

impl Attributes {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const BOLD: Self = Self(1);
    pub(crate) const DIM: Self = Self(1 << 1);
    pub(crate) const ITALIC: Self = Self(1 << 2);
    pub(crate) const UNDERLINE: Self = Self(1 << 3);
    pub(crate) const REVERSE: Self = Self(1 << 4);
    pub(crate) const CROSSED_OUT: Self = Self(1 << 5);

    const VISIBLE_ON_BLANK: Self = Self(Self::UNDERLINE.0 | Self::REVERSE.0 | Self::CROSSED_OUT.0);

    pub(crate) const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// The number of an address in the style table, from 1; 0 for no link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LinkId(pub(crate) u8);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CellStyle {
    pub(crate) foreground: TerminalColor,
    pub(crate) background: TerminalColor,
    pub(crate) attributes: Attributes,
    pub(crate) link: LinkId,
}

impl CellStyle {
    pub(crate) fn without_link(self) -> Self {
        Self {
            link: LinkId::default(),
            ..self
        }
    }

    /// The part of the style that shows on a blank. Without underline, reverse and the like, it is
    /// the background.
    pub(crate) fn visible_on_blank(self) -> Self {
        if self.attributes.intersects(Attributes::VISIBLE_ON_BLANK) {
            self
        } else {
            Self {
                background: self.background,
                ..Self::default()
            }
        }
    }
}
