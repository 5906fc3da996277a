//! Enums whose values are keywords in content files.

/// Declares an enum, its values (`ALL`) and their keywords (`id`), which JSON also uses.
macro_rules! keywords {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $value:ident = $id:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $id)] $value,)*
        }

        impl $name {
            pub const ALL: [Self; [$($id),*].len()] = [$(Self::$value),*];

            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$value => $id,)*
                }
            }
        }
    };
}

pub(crate) use keywords;
