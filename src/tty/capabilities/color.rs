//! Color depth: what a terminal shows, and what the user asked for.

/// The colors that are sent to a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColorDepth {
    /// No colors: bold, underline and reverse only.
    None,
    /// The eight colors of ECMA-48 and their bright versions.
    Ansi16,
    /// xterm's palette of 256 colors.
    Ansi256,
    /// 24-bit RGB.
    TrueColor,
}

/// The value of `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorChoice {
    /// The environment decides.
    #[default]
    Auto,
    /// This depth, whatever the environment says.
    Always(ColorDepth),
}
