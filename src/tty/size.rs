//! The size of a terminal.

/// A size in cells. Neither side is ever zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    columns: u16,
    rows: u16,
}

impl Size {
    /// The size of a terminal that does not report one.
    pub const DEFAULT: Self = Self {
        columns: 80,
        rows: 24,
    };

    /// A side of zero becomes one.
    pub const fn new(columns: u16, rows: u16) -> Self {
        Self {
            columns: if columns == 0 { 1 } else { columns },
            rows: if rows == 0 { 1 } else { rows },
        }
    }

    /// Converts the size that a terminal or an SSH client reports. Zero means "unknown": serial lines
    /// and `ssh -tt` without a terminal report 0×0, which becomes 80×24.
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

    /// Limits both sides.
    #[must_use]
    pub fn at_most(self, limit: Self) -> Self {
        Self {
            columns: self.columns.min(limit.columns),
            rows: self.rows.min(limit.rows),
        }
    }

    pub const fn columns(self) -> u16 {
        self.columns
    }

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
