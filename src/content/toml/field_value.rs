//! Values in content files: texts, sources, and fields that are a text or an absence. `field_errors` reports
//! unknown and mistyped fields.

use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

use crate::content::toml::date_field::DateField;
use crate::diagnostics::diagnostic::Span;

/// What serde's messages call a [`FieldValue`]; `field_errors` recognizes it.
pub(crate) const EXPECTED_FIELD: &str = "a field";

/// The name of [`Sources`] in serde's messages; `field_errors` recognizes it.
pub(crate) const EXPECTED_SOURCES: &str = "a source or sources";

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

/// The names of a row's sources, the main one first: `"a"` or `["a", "b"]`.
#[derive(Debug)]
pub(crate) struct Sources {
    pub(crate) names: Vec<Text>,
    pub(crate) span: Span,
}

impl<'de> Deserialize<'de> for Sources {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Spanned::<SourcesValue>::deserialize(deserializer)?;
        let span = value.span();
        let names = match value.into_inner() {
            SourcesValue::One(name) => vec![Text::new(span.clone(), name)],
            SourcesValue::List(names) => names,
        };
        Ok(Self { names, span })
    }
}

enum SourcesValue {
    One(String),
    List(Vec<Text>),
}

impl<'de> Deserialize<'de> for SourcesValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SourcesVisitor;

        impl<'de> Visitor<'de> for SourcesVisitor {
            type Value = SourcesValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(EXPECTED_SOURCES)
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<SourcesValue, E> {
                Ok(SourcesValue::One(name.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<SourcesValue, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(SourcesValue::List)
            }
        }

        deserializer.deserialize_any(SourcesVisitor)
    }
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
