//! Parses claim lines: codes, each with up to four modifiers, as billers type and paste them.

use crate::content::{CodeId, CodeSystem, ModifierCode};
use crate::search::query::code_ref::{parse_code_refs, parse_system};
use crate::search::query::stop_words::is_stop_word;

/// The most modifiers of a claim line, on the CMS-1500 form and in an 837 claim.
const MAX_MODIFIERS: usize = 4;

/// A code and its modifiers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimLine {
    /// The code in each system in which it is valid; never empty.
    pub codes: Vec<CodeId>,
    /// Without repetitions.
    pub modifiers: Vec<ModifierCode>,
}

/// Parses a text that consists of codes and modifiers only, separated by spaces, tabs, line ends,
/// commas, semicolons, quotes or hyphens. Code systems and the word `modifier` may precede them. Returns
/// `None` for other texts, and for a single code without a modifier.
///
/// ```
/// use codeleaf::search::parse_claim;
///
/// let parse = |text| -> Vec<String> {
///     let lines = parse_claim(text).unwrap_or_default().into_iter();
///     let written = |line: codeleaf::search::ClaimLine| {
///         let modifiers = line.modifiers.iter().map(|modifier| format!("-{modifier}"));
///         format!("{}{}", line.codes[0], modifiers.collect::<String>())
///     };
///     lines.map(written).collect()
/// };
/// assert_eq!(parse("CPT 83950, modifier 90"), ["cpt:83950-90"]);
/// assert_eq!(parse("83950-90-qw"), ["cpt:83950-90-QW"]);
/// assert_eq!(parse("E11.9, I10"), ["icd10cm:E11.9", "icd10cm:I10"]);
/// assert_eq!(parse("83950"), [""; 0]);
/// assert_eq!(parse("83950 reference lab"), [""; 0]);
/// ```
pub fn parse_claim(text: &str) -> Option<Vec<ClaimLine>> {
    let is_separator = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|' | '"');
    let is_hyphen = |c| matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{2013}');
    let mut lines: Vec<ClaimLine> = Vec::new();
    let mut system = None;
    for word in text.split(is_separator).filter(|word| !word.is_empty()) {
        let word = match word.split_once(':') {
            Some((name, rest)) => {
                system = Label::parse(name)?.system();
                rest
            }
            None => word.trim_end_matches('.'),
        };
        if let Some(label) = Label::parse(word) {
            system = label.system();
            continue;
        }
        for part in word.split(is_hyphen).filter(|part| !part.is_empty()) {
            let modifier = ModifierCode::new(part).ok().filter(|_| system.is_none());
            match (lines.last_mut(), modifier) {
                (Some(line), Some(modifier)) if line.takes_modifiers() => line.add(modifier),
                // The second modifier is being typed.
                (Some(line), None) if text.ends_with(part) && line.is_followed_by(part) => {}
                _ => lines.push(ClaimLine::parse(part, system.take())?),
            }
        }
    }
    let is_claim = lines.len() > 1 || lines.iter().any(|line| !line.modifiers.is_empty());
    is_claim.then_some(lines)
}

/// A word before a code or modifier.
enum Label {
    System(CodeSystem),
    /// `modifier`, `and`, `for`.
    Other,
}

impl Label {
    fn parse(word: &str) -> Option<Self> {
        let word = word.trim_end_matches(['\u{ae}', '.']).to_ascii_lowercase();
        match word.as_str() {
            "mod" | "mods" | "modifier" | "modifiers" => Some(Self::Other),
            // Modifiers that are written like words: assistant at surgery, acute treatment.
            "as" | "at" => None,
            word if is_stop_word(word) => Some(Self::Other),
            word => parse_system(word).map(Self::System),
        }
    }

    const fn system(&self) -> Option<CodeSystem> {
        match self {
            Self::System(system) => Some(*system),
            Self::Other => None,
        }
    }
}

impl ClaimLine {
    /// Parses a code; a modifier may follow it without a separator.
    fn parse(text: &str, system: Option<CodeSystem>) -> Option<Self> {
        let mut code_refs = match system {
            Some(system) => parse_code_refs(&format!("{}:{text}", system.id())),
            None => parse_code_refs(text),
        };
        code_refs.retain(|code_ref| code_ref.code.system() != CodeSystem::Modifier);
        // `S52501A` is rather a diagnosis than S5250 with modifier 1A.
        if code_refs.iter().any(|code_ref| code_ref.modifier.is_none()) {
            code_refs.retain(|code_ref| code_ref.modifier.is_none());
        }
        let modifiers = code_refs.first()?.modifier.clone().into_iter().collect();
        let codes = code_refs.into_iter().map(|code_ref| code_ref.code);
        Some(Self {
            codes: codes.collect(),
            modifiers,
        })
    }

    fn takes_modifiers(&self) -> bool {
        let mut codes = self.codes.iter();
        self.modifiers.len() < MAX_MODIFIERS && codes.any(|code| code.system().takes_modifiers())
    }

    fn is_followed_by(&self, part: &str) -> bool {
        part.len() == 1 && !self.modifiers.is_empty() && self.takes_modifiers()
    }

    fn add(&mut self, modifier: ModifierCode) {
        self.codes.retain(|code| code.system().takes_modifiers());
        if !self.modifiers.contains(&modifier) {
            self.modifiers.push(modifier);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Vec<String> {
        let lines = parse_claim(text).unwrap_or_default().into_iter();
        let written = |line: ClaimLine| {
            let codes: Vec<String> = line.codes.iter().map(ToString::to_string).collect();
            let modifiers = line.modifiers.iter().map(|modifier| format!("-{modifier}"));
            codes.join("|") + &modifiers.collect::<String>()
        };
        lines.map(written).collect()
    }

    #[test]
    fn claim_line_parses_in_every_spelling() {
        for text in [
            "83950-90-QW",
            "83950-90-qw",
            "83950 90 QW",
            "83950,90,QW",
            "83950\t90\tQW\n",
            "8395090 QW",
            "CPT 83950, modifiers 90 and QW",
            "CPT\u{ae} 83950 mod. 90 mod. qw",
            "cpt:83950-90-QW",
            "83950\u{2013}90\u{2013}QW",
            "83950-90-90-QW",
            "83950 modifier: 90, QW.",
            "\"83950-90-QW\"",
            "\"83950\" \"90\" qw",
        ] {
            assert_eq!(parsed(text), ["cpt:83950-90-QW"], "{text:?}");
        }
        assert_eq!(parsed("83950-26-59-90-QW"), ["cpt:83950-26-59-90-QW"]);
        assert_eq!(parsed("66984 as"), ["cpt:66984-AS"]);
        assert_eq!(parsed("98940-AT"), ["cpt:98940-AT"]);
    }

    #[test]
    fn list_of_codes_and_diagnoses_parses() {
        assert_eq!(
            parsed("99213-25, 83950 90; E11.9 i10"),
            [
                "cpt:99213-25",
                "cpt:83950-90",
                "icd10cm:E11.9",
                "icd10cm:I10"
            ]
        );
        assert_eq!(
            parsed("ICD-10-CM: E11.9 and I10"),
            ["icd10cm:E11.9", "icd10cm:I10"]
        );
        assert_eq!(parsed("dx G0439 83950"), ["icd10cm:G04.39", "cpt:83950"]);
        assert_eq!(
            parsed("S52501A S82001A"),
            ["icd10cm:S52.501A", "icd10cm:S82.001A"]
        );
        assert_eq!(
            parsed("G0439 J1885-JZ"),
            ["hcpcs:G0439|icd10cm:G04.39", "hcpcs:J1885-JZ"]
        );
        assert_eq!(parsed("99213-25 POS 22"), ["cpt:99213-25", "pos:22"]);
    }

    #[test]
    fn modifier_that_is_being_typed_is_ignored() {
        assert_eq!(parsed("83950-90-Q"), ["cpt:83950-90"]);
        assert_eq!(parsed("83950-9"), [""; 0]);
    }

    #[test]
    fn other_texts_are_not_claims() {
        for text in [
            "",
            "83950",
            "icd10cm:K92.2",
            "26",
            "modifier 26",
            "26 90",
            "83950 reference lab",
            "83950 in:coding",
            "E11.9 26",
            "83950-26-59-90-QW-XU",
            "her2 90",
            "83950 or",
        ] {
            assert_eq!(parsed(text), [""; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_parses_without_panic(text in "[A-Za-z0-9 ,.:;\\-\u{2013}é]{0,24}") {
            parse_claim(&text);
        }
    }
}
