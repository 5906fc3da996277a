//! Tables of texts for users.

/// Defines texts, one a line: a constant or, if it has placeholders, a function of their values.
macro_rules! texts {
    ($($name:ident $(($($value:ident),+))? = $text:literal;)+) => {
        $($crate::text::texts!(@ $name $(($($value),+))? = $text);)+
    };
    (@ $name:ident = $text:literal) => {
        pub const $name: &str = $text;
    };
    (@ $name:ident($($value:ident),+) = $text:literal) => {
        pub fn $name($($value: impl std::fmt::Display),+) -> String {
            format!($text)
        }
    };
}

pub(crate) use texts;
