//! The fields of stored rows as text.

use crate::content::{AsOf, Date};

/// A field of a row. Its text form is stored, and shown where two editions are compared.
pub(crate) trait Field: Sized {
    fn to_text(&self) -> String;
    fn from_text(text: &str) -> Option<Self>;
}

macro_rules! fields {
    ($($type:ty: $to_text:expr, $from_text:expr;)*) => {$(
        impl Field for $type {
            fn to_text(&self) -> String {
                let to_text: fn(&Self) -> String = $to_text;
                to_text(self)
            }

            fn from_text(text: &str) -> Option<Self> {
                let from_text: fn(&str) -> Option<Self> = $from_text;
                from_text(text)
            }
        }
    )*};
}

fields! {
    String: Self::clone, |text| Some(text.to_owned());
    char: ToString::to_string, |text| text.parse().ok();
    u16: ToString::to_string, |text| text.parse().ok();
    u32: ToString::to_string, |text| text.parse().ok();
    bool: |is_set| (if *is_set { "yes" } else { "no" }).to_owned(), |text| Some(text == "yes");
    Date: ToString::to_string, |text| match text.parse() {
        Ok(AsOf::Day(date)) => Some(date),
        _ => None,
    };
}

impl<T: Field> Field for Option<T> {
    fn to_text(&self) -> String {
        self.as_ref().map(T::to_text).unwrap_or_default()
    }

    fn from_text(text: &str) -> Option<Self> {
        match text {
            "" => Some(None),
            text => T::from_text(text).map(Some),
        }
    }
}
