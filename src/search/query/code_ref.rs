//! Parses a code with an optional modifier: `83950-90`, `83950 90`, `8395090`, `K92.2`.

use crate::content::{CodeId, CodeSystem, ModifierCode};

/// A code, and the modifier appended to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeRef {
    pub code: CodeId,
    pub modifier: Option<ModifierCode>,
}

/// Parses a text that consists of one code and perhaps a modifier. Case does not matter; the dot,
/// the separator before the modifier, and a system in front are optional.
///
/// Returns one reference for each system in which the text is a valid code: `G0439` is a HCPCS code
/// and an undotted ICD-10-CM code. Only procedure codes take modifiers. A modifier alone is a code of
/// [`CodeSystem::Modifier`].
///
/// ```
/// use codeleaf::search::parse_code_refs;
///
/// let parse = |text| -> Vec<String> {
///     parse_code_refs(text)
///         .iter()
///         .map(|code_ref| match &code_ref.modifier {
///             Some(modifier) => format!("{}-{modifier}", code_ref.code),
///             None => code_ref.code.to_string(),
///         })
///         .collect()
/// };
/// assert_eq!(parse("83950-90"), ["cpt:83950-90"]);
/// assert_eq!(parse("83950 90"), ["cpt:83950-90"]);
/// assert_eq!(parse("8395090"), ["cpt:83950-90"]);
/// assert_eq!(parse("k922"), ["icd10cm:K92.2"]);
/// assert_eq!(parse("G0439"), ["hcpcs:G0439", "icd10cm:G04.39"]);
/// assert_eq!(parse("icd10cm:G0439"), ["icd10cm:G04.39"]);
/// assert_eq!(parse("ICD E11.9"), ["icd10cm:E11.9"]);
/// assert_eq!(parse("modifier 59"), ["modifier:59"]);
/// assert_eq!(parse("pos 22"), ["pos:22"]);
/// assert_eq!(parse("recurrence"), [""; 0]);
/// ```
pub fn parse_code_refs(text: &str) -> Vec<CodeRef> {
    match split_system(text) {
        Some((system, rest)) => parse_in_system(system, rest.trim()).into_iter().collect(),
        None => CodeSystem::ALL
            .into_iter()
            .filter(|system| !system.must_be_named())
            .filter_map(|system| parse_in_system(system, text.trim()))
            .collect(),
    }
}

/// Splits off the code system before a colon or space.
pub(crate) fn split_system(text: &str) -> Option<(CodeSystem, &str)> {
    let text = text.trim_start();
    let (name, rest) = text.split_once([':', ' '])?;
    Some((parse_system(name.trim())?, rest))
}

/// Parses the name of a code system, as billers say it: diagnoses have several.
pub(crate) fn parse_system(name: &str) -> Option<CodeSystem> {
    match name.to_ascii_lowercase().as_str() {
        "icd" | "icd10" | "icd-10" | "dx" => Some(CodeSystem::Icd10cm),
        name => name.parse().ok(),
    }
}

fn parse_in_system(system: CodeSystem, text: &str) -> Option<CodeRef> {
    if let Ok(code) = CodeId::new(system, text) {
        let modifier = None;
        return Some(CodeRef { code, modifier });
    }
    match system {
        CodeSystem::Cpt | CodeSystem::Hcpcs => {}
        CodeSystem::Icd10cm | CodeSystem::PlaceOfService | CodeSystem::Taxonomy => return None,
        CodeSystem::Modifier => {
            let code = CodeId::new(system, strip_modifier_separator(text)).ok()?;
            let modifier = None;
            return Some(CodeRef { code, modifier });
        }
    }
    // Every procedure code has five characters.
    let (code, rest) = text.split_at_checked(5)?;
    Some(CodeRef {
        code: CodeId::new(system, code).ok()?,
        modifier: Some(ModifierCode::new(strip_modifier_separator(rest)).ok()?),
    })
}

/// Strips the separator between a code and its modifier: a space, a hyphen, or `mod`.
fn strip_modifier_separator(text: &str) -> &str {
    let text = text.trim_start();
    let text = text
        .strip_prefix(['-', '\u{2010}', '\u{2011}', '\u{2013}'])
        .unwrap_or(text)
        .trim();
    let after_keyword = ["modifier", "mod"].into_iter().find_map(|keyword| {
        let (start, rest) = text.split_at_checked(keyword.len())?;
        let is_keyword = start.eq_ignore_ascii_case(keyword) && rest.starts_with([' ', ':']);
        let rest = rest.trim_start_matches([' ', ':']);
        is_keyword.then(|| rest.trim_start_matches('-').trim())
    });
    after_keyword.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> Vec<String> {
        parse_code_refs(text)
            .into_iter()
            .map(|code_ref| match code_ref.modifier {
                Some(modifier) => format!("{}-{modifier}", code_ref.code),
                None => code_ref.code.to_string(),
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
            assert_eq!(parsed(text), ["cpt:83950-90"], "{text}");
        }
        assert_eq!(parsed("83950-xu"), ["cpt:83950-XU"]);
    }

    #[test]
    fn code_of_two_systems_yields_one_ref_each() {
        assert_eq!(parsed("g0439"), ["hcpcs:G0439", "icd10cm:G04.39"]);
        assert_eq!(parsed("G0439QW"), ["hcpcs:G0439-QW", "icd10cm:G04.39QW"]);
        assert_eq!(parsed("hcpcs:g0439-qw"), ["hcpcs:G0439-QW"]);
    }

    #[test]
    fn modifier_alone_parses_in_every_spelling() {
        for text in [
            "59",
            "-59",
            "mod 59",
            "Modifier 59",
            "modifier -59",
            "modifier:59",
        ] {
            assert_eq!(parsed(text), ["modifier:59"], "{text}");
        }
        for text in ["pos:22", "pos 22", "POS 22", "pos: 22"] {
            assert_eq!(parsed(text), ["pos:22"], "{text}");
        }
        assert_eq!(parsed("xe"), ["modifier:XE"]);
        assert_eq!(parsed("modifier"), [""; 0]);
    }

    #[test]
    fn diagnosis_code_takes_no_modifier() {
        assert_eq!(parsed("K92.2-26"), [""; 0]);
        assert_eq!(parsed("K92.2 26"), [""; 0]);
    }

    #[test]
    fn text_that_is_not_a_code_yields_no_refs() {
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
            assert_eq!(parsed(text), [""; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_parses_without_panic(text in any::<String>()) {
            parse_code_refs(&text);
        }
    }
}
