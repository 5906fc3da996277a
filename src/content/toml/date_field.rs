//! A date in a content file, as TOML presents it.
//!
//! [`crate::content::AsOf`] parses the text; `Compiler::date` reports one that is not a date.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use toml::value::Datetime;

/// What serde's messages call a [`DateField`]; `field_errors` recognizes it.
pub(crate) const EXPECTED_DATE: &str = "a date";

/// An unparsed date: a TOML date, a year as a number, or a text.
#[derive(Clone, Debug)]
pub(crate) struct DateField(pub(crate) String);

impl<'de> Deserialize<'de> for DateField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct DateVisitor;

        impl<'de> Visitor<'de> for DateVisitor {
            type Value = DateField;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(EXPECTED_DATE)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<DateField, E> {
                Ok(DateField(text.to_owned()))
            }

            fn visit_i64<E: Error>(self, year: i64) -> Result<DateField, E> {
                Ok(DateField(year.to_string()))
            }

            // `toml` presents a date as a map with one private key.
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<DateField, A::Error> {
                Datetime::deserialize(MapAccessDeserializer::new(map))
                    .map(|date| DateField(date.to_string()))
                    .map_err(|_| A::Error::custom(format_args!("expected {EXPECTED_DATE}")))
            }
        }

        deserializer.deserialize_any(DateVisitor)
    }
}
