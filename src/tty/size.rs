//! The size of a terminal.

/// The size of a terminal in cells, neither side of which is ever zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    columns: u16,
    rows: u16,
}

impl Size {
    /// What is taken for the size of a terminal that does not know its own.
    pub const DEFAULT: Self = Self {
        columns: 80,
        rows: 24,
    };

    /// Returns a size; a side of zero counts as one.
    pub const fn new(columns: u16, rows: u16) -> Self {
        Self {
            columns: if columns == 0 { 1 } else { columns },
            rows: if rows == 0 { 1 } else { rows },
        }
    }

    /// Returns the size that a terminal or an SSH client reports, where zero means "unknown":
    /// serial lines and `ssh -tt` without a terminal report 0×0, which becomes 80×24.
    pub const fn from_reported(columns: u16, rows: u16) -> Self {
        Self {
            columns: if columns == 0 {
                Self::DEFAULT.columns
            } else {
                columns
            },
            rows: if rows == 0 { Self::DEFAULT.rows } else { rows },
        }
    }

    /// Returns the size, cut to another: what a server grants a client that asks for more.
    #[must_use]
    pub fn at_most(self, limit: Self) -> Self {
        Self {
            columns: self.columns.min(limit.columns),
            rows: self.rows.min(limit.rows),
        }
    }

    /// Returns how many cells a row has.
    pub const fn columns(self) -> u16 {
        self.columns
    }

    /// Returns how many rows there are.
    pub const fn rows(self) -> u16 {
        self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_is_never_zero() {
        assert_eq!(Size::new(0, 0), Size::new(1, 1));
        assert_eq!(Size::from_reported(0, 0), Size::DEFAULT);
        assert_eq!(Size::from_reported(0, 50), Size::new(80, 50));
        assert_eq!(
            Size::new(500, 40).at_most(Size::new(300, 100)),
            Size::new(300, 40)
        );
    }
}
