//! Identifiers of codes: a code system and a value in canonical form.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::content::keyword::keywords;

keywords! {
    #[derive(PartialOrd, Ord, Hash)]
    CodeSystem {
        /// Current Procedural Terminology, of the American Medical Association.
        Cpt = "cpt",
        /// HCPCS Level II, of CMS.
        Hcpcs = "hcpcs",
        /// ICD-10-CM diagnoses.
        Icd10cm = "icd10cm",
        /// Modifiers, of CPT and of HCPCS Level II.
        Modifier = "modifier",
        /// Place of service codes, of CMS.
        PlaceOfService = "pos",
        /// The NUCC's taxonomy of provider specialties.
        Taxonomy = "taxonomy",
    }
}

impl CodeSystem {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpt => "CPT",
            Self::Hcpcs => "HCPCS",
            Self::Icd10cm => "ICD-10-CM",
            Self::Modifier => "Modifier",
            Self::PlaceOfService => "Place of service",
            Self::Taxonomy => "NUCC taxonomy",
        }
    }

    /// Returns true for the systems of procedures, supplies and drugs, whose codes take modifiers.
    pub const fn takes_modifiers(self) -> bool {
        matches!(self, Self::Cpt | Self::Hcpcs)
    }

    /// Returns true if a value is a code of this system only if the system is named: two digits
    /// alone are a modifier.
    pub(crate) const fn must_be_named(self) -> bool {
        matches!(self, Self::PlaceOfService)
    }

    /// The shape of a code, for error messages.
    pub const fn shape(self) -> &'static str {
        match self {
            Self::Cpt => "five characters: four digits, then a digit or one of A, F, M, T, U",
            Self::Hcpcs => "a letter and four digits",
            Self::Icd10cm => {
                "a letter, a digit, a letter or digit, then up to four more after a dot"
            }
            Self::Modifier => "two letters or digits",
            Self::PlaceOfService => "two digits",
            Self::Taxonomy => "ten letters and digits, the last of them X",
        }
    }

    /// Returns a code in canonical form: upper case, ICD-10-CM with its dot. `None` if the shape is
    /// wrong.
    fn canonical(self, text: &str) -> Option<String> {
        let text = text.trim().to_ascii_uppercase();
        let bytes = text.as_bytes();
        match self {
            Self::Cpt => (bytes.len() == 5
                && bytes[..4].iter().all(u8::is_ascii_digit)
                && (bytes[4].is_ascii_digit() || b"AFMTU".contains(&bytes[4])))
            .then_some(text),
            // No code begins with the letter O, which is one typed for a zero.
            Self::Hcpcs => (bytes.len() == 5
                && bytes[0].is_ascii_uppercase()
                && bytes[0] != b'O'
                && bytes[1..].iter().all(u8::is_ascii_digit))
            .then_some(text),
            Self::Icd10cm => canonical_icd10cm(&text),
            Self::Modifier => ModifierCode::new(&text).ok().map(|modifier| modifier.0),
            Self::PlaceOfService => {
                (bytes.len() == 2 && bytes.iter().all(u8::is_ascii_digit)).then_some(text)
            }
            Self::Taxonomy => (bytes.len() == 10
                && bytes.iter().all(u8::is_ascii_alphanumeric)
                && bytes.iter().any(u8::is_ascii_digit)
                && bytes.ends_with(b"X"))
            .then_some(text),
        }
    }
}

fn canonical_icd10cm(text: &str) -> Option<String> {
    let (head, tail) = match text.split_once('.') {
        Some((head, tail)) => (head, tail),
        None if text.len() > 3 && text.is_char_boundary(3) => text.split_at(3),
        None => (text, ""),
    };
    let h = head.as_bytes();
    let is_valid_head = h.len() == 3
        && h[0].is_ascii_uppercase()
        && (h[1].is_ascii_digit() || (head.starts_with("QA") && h[2].is_ascii_digit()))
        && h[2].is_ascii_alphanumeric();
    let is_valid_tail = tail.len() <= 4 && tail.bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_valid_head || !is_valid_tail {
        return None;
    }
    Some(if tail.is_empty() {
        head.to_owned()
    } else {
        format!("{head}.{tail}")
    })
}

impl fmt::Display for CodeSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for CodeSystem {
    type Err = CodeError;

    fn from_str(s: &str) -> Result<Self, CodeError> {
        Self::ALL
            .into_iter()
            .find(|system| {
                system.id().eq_ignore_ascii_case(s) || system.name().eq_ignore_ascii_case(s)
            })
            .ok_or_else(|| CodeError::UnknownSystem(s.to_owned()))
    }
}

/// A code of a system: `cpt:83950`.
///
/// The system is part of the identifier because a value alone is ambiguous: 471 values of the public
/// sets are both a HCPCS code and an ICD-10-CM code without its dot (`G0439`, `G04.39`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct CodeId {
    system: CodeSystem,
    value: String,
}

impl CodeId {
    /// Makes a code from a value in upper or lower case, with or without the dot.
    pub fn new(system: CodeSystem, value: &str) -> Result<Self, CodeError> {
        match system.canonical(value) {
            Some(value) => Ok(Self { system, value }),
            None => Err(CodeError::InvalidValue {
                system,
                value: value.to_owned(),
            }),
        }
    }

    /// Returns the codes with a value, of every system whose shape it has, in the order of
    /// [`CodeSystem::ALL`]; places of service must be named as such.
    pub fn candidates(value: &str) -> Vec<Self> {
        CodeSystem::ALL
            .into_iter()
            .filter(|system| !system.must_be_named())
            .filter_map(|system| Self::new(system, value).ok())
            .collect()
    }

    pub const fn system(&self) -> CodeSystem {
        self.system
    }

    /// Returns the modifier that this code is, if its system is [`CodeSystem::Modifier`].
    pub fn as_modifier(&self) -> Option<ModifierCode> {
        let is_modifier = self.system == CodeSystem::Modifier;
        is_modifier.then(|| ModifierCode(self.value.clone()))
    }

    /// Returns the value in canonical form: `83950`, `K92.2`.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns the file name of the code's document: `cpt-83950.toml`.
    pub fn file_name(&self) -> String {
        format!("{}-{}.toml", self.system.id(), self.value)
    }
}

impl From<&ModifierCode> for CodeId {
    fn from(modifier: &ModifierCode) -> Self {
        Self {
            system: CodeSystem::Modifier,
            value: modifier.0.clone(),
        }
    }
}

impl fmt::Display for CodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.system.id(), self.value)
    }
}

impl FromStr for CodeId {
    type Err = CodeError;

    /// Parses `system:value`.
    fn from_str(s: &str) -> Result<Self, CodeError> {
        let (system, value) = s
            .split_once(':')
            .ok_or_else(|| CodeError::MissingSystem(s.to_owned()))?;
        Self::new(system.parse()?, value)
    }
}

/// Two characters appended to a procedure code: `26`, `90`, `XU`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ModifierCode(String);

impl ModifierCode {
    /// Makes a modifier from two letters or digits in any case.
    pub fn new(text: &str) -> Result<Self, CodeError> {
        let text = text.trim();
        if text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            Ok(Self(text.to_ascii_uppercase()))
        } else {
            Err(CodeError::InvalidModifier(text.to_owned()))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ModifierCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is not a code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    #[error("`{value}` is not a valid {} code; a code has {}", .system.name(), .system.shape())]
    InvalidValue { system: CodeSystem, value: String },
    #[error(
        "`{0}` is not a code system; known are cpt, hcpcs, icd10cm, modifier, pos and taxonomy"
    )]
    UnknownSystem(String),
    #[error("`{0}` does not name its code system; write cpt:83950")]
    MissingSystem(String),
    #[error("`{0}` is not a modifier; a modifier has two letters or digits")]
    InvalidModifier(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dot_and_case_do_not_matter() {
        let dotted = CodeId::new(CodeSystem::Icd10cm, "K92.2").unwrap();
        assert_eq!(CodeId::new(CodeSystem::Icd10cm, "k922").unwrap(), dotted);
        assert_eq!(dotted.value(), "K92.2");
    }

    #[test]
    fn ambiguous_value_has_two_candidates_unless_dotted() {
        let names = |value| {
            CodeId::candidates(value)
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(names("g0439"), ["hcpcs:G0439", "icd10cm:G04.39"]);
        assert_eq!(names("G04.39"), ["icd10cm:G04.39"]);
        assert_eq!(names("83950"), ["cpt:83950"]);
        assert_eq!(names("3950"), [""; 0]);
        assert_eq!(names("xe"), ["modifier:XE"]);
        assert_eq!(names("22"), ["modifier:22"]);
        assert_eq!(names("207r00000x"), ["taxonomy:207R00000X"]);
    }

    #[test]
    fn invalid_codes_of_any_script_have_no_candidates() {
        for text in ["", "é", "日本語", "K9é", "8395O", "🦀0000"] {
            assert_eq!(CodeId::candidates(text), []);
        }
    }
}
