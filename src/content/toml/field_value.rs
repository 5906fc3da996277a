//! Values in content files: texts, and fields that are a text or an absence. `field_errors` reports
//! unknown and mistyped fields.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use toml::Spanned;

use crate::content::toml::date_field::DateField;

/// What serde's messages call a [`FieldValue`]; `field_errors` recognizes it.
pub(crate) const EXPECTED_FIELD: &str = "a field";

/// A text with its position in the file.
pub(crate) type Text = Spanned<String>;

/// A field with its position in the file.
pub(crate) type Field = Spanned<FieldValue>;

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
