//! Defines a cell of a terminal's screen in 32 bits.

/// How many bits of a cell say what it shows: a scalar value of Unicode, or the number of a cluster
/// above all of those.
const SYMBOL_BITS: u32 = 21;
const SYMBOL_MASK: u32 = (1 << SYMBOL_BITS) - 1;
const FIRST_CLUSTER: u32 = char::MAX as u32 + 1;

/// How many pens a cell can tell apart.
pub(crate) const MAX_STYLES: usize = 1 << (32 - SYMBOL_BITS);

/// The most clusters that are kept at a time.
pub(crate) const MAX_CLUSTERS: usize = 4096;

/// The number of a pen in the screen's table of pens.
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

/// The number of a cluster in the screen's table of clusters.
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
    /// The second half of the glyph before it.
    Continuation,
}

/// A cell: what it shows, and with which pen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ScreenCell(u32);

impl ScreenCell {
    /// A blank that needs no pen: what erasing leaves behind.
    pub(crate) const BLANK: Self = Self(b' ' as u32);

    pub(crate) fn new(symbol: Symbol, pen: StyleId) -> Self {
        let symbol = match symbol {
            Symbol::Char(character) => u32::from(character),
            Symbol::Cluster(cluster) => FIRST_CLUSTER + cluster.0,
            Symbol::Continuation => 0,
        };
        Self(symbol | pen.0 << SYMBOL_BITS)
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

    pub(crate) const fn is_space(self) -> bool {
        self.0 & SYMBOL_MASK == b' ' as u32
    }

    pub(crate) const fn is_continuation(self) -> bool {
        self.0 & SYMBOL_MASK == 0
    }
}
