//! A screen cell, packed into 32 bits.

/// The bits for the symbol: a Unicode scalar value, or above those the number of a cluster.
const SYMBOL_BITS: u32 = 21;
const SYMBOL_MASK: u32 = (1 << SYMBOL_BITS) - 1;
const FIRST_CLUSTER: u32 = char::MAX as u32 + 1;

/// The number of styles for which a cell has room.
pub(crate) const MAX_STYLES: usize = 1 << (32 - SYMBOL_BITS);

pub(crate) const MAX_CLUSTERS: usize = 4096;

/// The index of a style in the style table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct StyleId(u32);

impl StyleId {
    pub(crate) fn from_index(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or_default())
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The index of a cluster in the style table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClusterId(u32);

impl ClusterId {
    pub(crate) fn from_index(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or_default())
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a cell shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Symbol {
    Char(char),
    /// A character with combining marks.
    Cluster(ClusterId),
    /// The second half of a wide glyph.
    Continuation,
}

/// A symbol and the index of its style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ScreenCell(u32);

impl ScreenCell {
    /// A blank in the default style, as erasing leaves it.
    pub(crate) const BLANK: Self = Self(b' ' as u32);

    pub(crate) fn new(symbol: Symbol, style: StyleId) -> Self {
        let symbol = match symbol {
            Symbol::Char(character) => u32::from(character),
            Symbol::Cluster(cluster) => FIRST_CLUSTER + cluster.0,
            Symbol::Continuation => 0,
        };
        Self(symbol | style.0 << SYMBOL_BITS)
    }

    pub(crate) fn symbol(self) -> Symbol {
        match self.0 & SYMBOL_MASK {
            0 => Symbol::Continuation,
            cluster @ FIRST_CLUSTER.. => Symbol::Cluster(ClusterId(cluster - FIRST_CLUSTER)),
            scalar => Symbol::Char(char::from_u32(scalar).unwrap_or(' ')),
        }
    }

    pub(crate) const fn style(self) -> StyleId {
        StyleId(self.0 >> SYMBOL_BITS)
    }

    /// Returns false if terminals may disagree about the cursor's column after the cell.
    pub(crate) const fn has_certain_width(self) -> bool {
        matches!(self.0 & SYMBOL_MASK, 1..FIRST_CLUSTER)
    }

    pub(crate) const fn is_space(self) -> bool {
        self.0 & SYMBOL_MASK == b' ' as u32
    }

    pub(crate) const fn is_continuation(self) -> bool {
        self.0 & SYMBOL_MASK == 0
    }
}
