//! Values in content files: texts, dates, and fields that are a text or an absence.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use toml::Spanned;
use toml::value::Datetime;

/// What serde's messages name a [`DateField`]; `parse` recognizes it.
pub(crate) const EXPECTED_DATE: &str = "a date";
/// What serde's messages name a [`FieldValue`]; `parse` recognizes it.
pub(crate) const EXPECTED_FIELD: &str = "a field";

/// A text with its position in the file.
pub(crate) type Text = Spanned<String>;

/// A field with its position in the file.
pub(crate) type Field = Spanned<FieldValue>;

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

/// A fact, or the reason why there is none.
#[derive(Debug)]
pub(crate) enum FieldValue {
    Text(String),
    Absent(Absence),
}

/// A stated absence: `{ reason = "source_silent", stated = "…" }`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Absence {
    pub(crate) reason: Option<Text>,
    pub(crate) stated: Option<Text>,
    pub(crate) source: Option<Text>,
    pub(crate) checked: Option<Spanned<DateField>>,
    pub(crate) r#where: Option<Text>,
}

impl<'de> Deserialize<'de> for FieldValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldValueVisitor;

        impl<'de> Visitor<'de> for FieldValueVisitor {
            type Value = FieldValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(EXPECTED_FIELD)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<FieldValue, E> {
                Ok(FieldValue::Text(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FieldValue, A::Error> {
                Absence::deserialize(MapAccessDeserializer::new(map)).map(FieldValue::Absent)
            }
        }

        deserializer.deserialize_any(FieldValueVisitor)
    }
}
