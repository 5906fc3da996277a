//! Defines how a code with its modifier is read: `83950-90`, `83950 90`, `8395090`, `K92.2`.

use crate::content::{CodeId, CodeSystem, ModifierCode};

/// One thing that a reader may mean by a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeRef {
    /// The code.
    pub code: CodeId,
    /// The modifier appended to it.
    pub modifier: Option<ModifierCode>,
}

/// Reads a text that is a code and nothing else, with or without a modifier, in any case, with or
/// without dot, hyphen or space, and with its system before a colon or without.
///
/// Nothing is guessed: what fits two systems comes back twice (`G0439` is a HCPCS code and an
/// undotted ICD-10-CM code), and what is no code not at all. Only procedure codes take modifiers.
///
/// ```
/// use codeleaf::search::parse_code_refs;
///
/// let read = |text| -> Vec<String> {
///     parse_code_refs(text)
///         .iter()
///         .map(|read| match &read.modifier {
///             Some(modifier) => format!("{}-{modifier}", read.code),
///             None => read.code.to_string(),
///         })
///         .collect()
/// };
/// assert_eq!(read("83950-90"), ["cpt:83950-90"]);
/// assert_eq!(read("83950 90"), ["cpt:83950-90"]);
/// assert_eq!(read("8395090"), ["cpt:83950-90"]);
/// assert_eq!(read("k922"), ["icd10cm:K92.2"]);
/// assert_eq!(read("G0439"), ["hcpcs:G0439", "icd10cm:G04.39"]);
/// assert_eq!(read("icd10cm:G0439"), ["icd10cm:G04.39"]);
/// assert_eq!(read("recurrence"), [""; 0]);
/// ```
pub fn parse_code_refs(text: &str) -> Vec<CodeRef> {
    let text = text.trim();
    let (systems, text) = match split_system(text) {
        Some((system, rest)) => (vec![system], rest.trim()),
        None => (CodeSystem::ALL.to_vec(), text),
    };
    systems
        .into_iter()
        .filter_map(|system| parse_in_system(system, text))
        .collect()
}

/// Returns the system that a text names before a colon, and the rest of the text.
pub(crate) fn split_system(text: &str) -> Option<(CodeSystem, &str)> {
    let (name, rest) = text.split_once(':')?;
    Some((name.trim().parse().ok()?, rest))
}

/// Reads a text as a code of one system, whole or with a modifier at its end.
fn parse_in_system(system: CodeSystem, text: &str) -> Option<CodeRef> {
    if let Ok(code) = CodeId::new(system, text) {
        return Some(CodeRef {
            code,
            modifier: None,
        });
    }
    if system == CodeSystem::Icd10cm || !text.is_char_boundary(5) || text.len() <= 5 {
        return None;
    }
    let (code, rest) = text.split_at(5);
    Some(CodeRef {
        code: CodeId::new(system, code).ok()?,
        modifier: Some(ModifierCode::new(strip_modifier_separator(rest)).ok()?),
    })
}

/// Takes away what may stand between a code and its modifier.
pub(crate) fn strip_modifier_separator(text: &str) -> &str {
    let text = text.trim_start();
    let text = text
        .strip_prefix(['-', '\u{2010}', '\u{2011}', '\u{2013}'])
        .unwrap_or(text)
        .trim();
    let named = ["modifier", "mod"].into_iter().find_map(|name| {
        let rest = text.get(name.len()..)?;
        (text[..name.len()].eq_ignore_ascii_case(name) && rest.starts_with([' ', ':'])).then(|| {
            rest.trim_start_matches([' ', ':'])
                .trim_start_matches('-')
                .trim()
        })
    });
    named.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(text: &str) -> Vec<String> {
        parse_code_refs(text)
            .into_iter()
            .map(|read| match read.modifier {
                Some(modifier) => format!("{}-{modifier}", read.code),
                None => read.code.to_string(),
            })
            .collect()
    }

    #[test]
    fn code_with_modifier_parses_in_every_spelling() {
        for text in [
            "83950-90",
            "83950 90",
            "8395090",
            " 83950 - 90 ",
            "83950\u{2013}90",
            "83950 mod 90",
            "83950 modifier 90",
            "83950 modifier -90",
            "cpt:83950-90",
            "CPT: 83950 90",
        ] {
            assert_eq!(names(text), ["cpt:83950-90"], "{text}");
        }
        assert_eq!(names("83950-xu"), ["cpt:83950-XU"]);
    }

    #[test]
    fn code_of_two_systems_yields_one_ref_each() {
        assert_eq!(names("g0439"), ["hcpcs:G0439", "icd10cm:G04.39"]);
        assert_eq!(names("G0439QW"), ["hcpcs:G0439-QW", "icd10cm:G04.39QW"]);
        assert_eq!(names("hcpcs:g0439-qw"), ["hcpcs:G0439-QW"]);
    }

    #[test]
    fn a_diagnosis_takes_no_modifier() {
        assert_eq!(names("K92.2-26"), [""; 0]);
        assert_eq!(names("K92.2 26"), [""; 0]);
    }

    #[test]
    fn text_that_is_no_code_yields_nothing() {
        for text in [
            "",
            "-",
            "83950-",
            "83950-900",
            "8395",
            "839509",
            "her2 90",
            "foo:83950",
            "83950 of 90",
            "日本語日本語",
            "é3950-90",
        ] {
            assert_eq!(names(text), [""; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_parses_without_panic(text in any::<String>()) {
            parse_code_refs(&text);
        }
    }
}
