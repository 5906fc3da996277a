//! Terminal features that not every terminal has.

/// A feature that some terminals lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Feature {
    /// The alternate screen (private mode 1049).
    AlternateScreen,
    /// Scroll regions (DECSTBM), with line feed and reverse index (RI).
    ScrollRegion,
    /// Erasing characters in the middle of a row (ECH).
    EraseCharacters,
    /// Absolute moves to a column or a row (CHA, VPA).
    LineAddress,
    /// After a character in the last column, the cursor wraps only before the next character.
    DeferredWrap,
    /// Synchronized output (private mode 2026).
    Synchronized,
    /// Marking of pasted text (private mode 2004).
    BracketedPaste,
    /// Hiding the cursor (DECTCEM).
    HideCursor,
    /// Ending one attribute without the others (SGR 22, 24, 27).
    ResetAttribute,
    /// Codes for the bright colors (SGR 90 to 107).
    BrightColors,
    Dim,
    Italic,
    CrossedOut,
    /// Device status report (DSR 5), answered after everything before it has been read.
    DeviceStatus,
    /// Queries of the background color (OSC 11).
    BackgroundColor,
    /// Reporting of clicks and the wheel (private modes 1000 and 1006).
    Mouse,
    /// Writing to the reader's clipboard (OSC 52).
    Clipboard,
    /// Links (OSC 8).
    Hyperlinks,
}

/// A bit set of features.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Features(u32);

impl Features {
    pub(crate) const NONE: Self = Self(0);

    pub(crate) const fn with(self, features: &[Feature]) -> Self {
        let mut bits = self.0;
        let mut at = 0;
        while at < features.len() {
            bits |= 1 << features[at] as u8;
            at += 1;
        }
        Self(bits)
    }

    pub(crate) const fn without(self, feature: Feature) -> Self {
        Self(self.0 & !(1 << feature as u8))
    }

    /// Removes all features but those of another set.
    pub(crate) const fn only(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    pub(crate) const fn contains(self, feature: Feature) -> bool {
        self.0 & (1 << feature as u8) != 0
    }
}
