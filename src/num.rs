//! Integer conversions that saturate, as an addition to [`std::num`].

/// Converts an unsigned integer; one that does not fit becomes `u32::MAX`.
pub fn saturating_u32(number: impl TryInto<u32>) -> u32 {
    number.try_into().unwrap_or(u32::MAX)
}

/// Converts an unsigned integer; one that does not fit becomes `u16::MAX`.
pub fn saturating_u16(number: impl TryInto<u16>) -> u16 {
    number.try_into().unwrap_or(u16::MAX)
}
