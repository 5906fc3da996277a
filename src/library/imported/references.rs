//! References: the codes and modifiers that a document mentions, for which imported sets have
//! descriptions.
//!
//! Text is matched only where it is unambiguous: an ICD-10-CM code with its dot, and two characters
//! in a list after the word "modifier".

use std::collections::BTreeSet;

use crate::content::{CodeId, CodeSystem, Document, ModifierCode, Subject};

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct References {
    pub(crate) modifiers: BTreeSet<ModifierCode>,
    pub(crate) diagnoses: BTreeSet<CodeId>,
    pub(crate) taxonomies: BTreeSet<String>,
    pub(crate) places: BTreeSet<String>,
}

impl References {
    pub(crate) fn from_document(document: &Document) -> Self {
        let mut references = Self::default();
        for (_, block, row) in document.rows() {
            match &row.subject {
                Subject::Modifier(code) => references.modifiers.extend([code.clone()]),
                Subject::Code(code) if code.system() == CodeSystem::Icd10cm => {
                    references.diagnoses.extend([code.clone()]);
                }
                Subject::Place => references.places.extend([row.key.0.clone()]),
                _ if block.id.0 == "taxonomies" => {
                    references.taxonomies.extend([row.key.0.clone()]);
                }
                _ => {}
            }
            let cells = row.cells.iter().filter_map(|cell| cell.value.as_text());
            let remarks = row.remarks.iter().map(|remark| remark.text.as_str());
            for text in cells.chain(remarks) {
                references.scan_text(text);
            }
        }
        if let Some(modifier) = document.code.as_modifier() {
            // The text of such a document is full of other modifiers, which have their own pages.
            references.modifiers = BTreeSet::from([modifier]);
        }
        references
    }

    fn scan_text(&mut self, text: &str) {
        let mut is_listing = false;
        for word in text.split_whitespace() {
            let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
            let ends = word.ends_with(['.', ':', ';', ')']);
            if bare.contains('.') {
                self.diagnoses
                    .extend(CodeId::new(CodeSystem::Icd10cm, bare));
            }
            is_listing = match bare {
                "modifier" | "modifiers" | "Modifier" | "Modifiers" => true,
                "and" | "or" => is_listing,
                _ if is_listing && is_modifier(bare) => {
                    self.modifiers.extend(ModifierCode::new(bare));
                    !ends
                }
                _ => false,
            };
        }
    }
}

/// Returns true for two upper-case letters or digits; "is" and "in" are not modifiers.
fn is_modifier(word: &str) -> bool {
    let is_valid = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    word.len() == 2 && word.bytes().all(is_valid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references_in(text: &str) -> (Vec<String>, Vec<String>) {
        let mut references = References::default();
        references.scan_text(text);
        (
            references
                .modifiers
                .iter()
                .map(ToString::to_string)
                .collect(),
            references
                .diagnoses
                .iter()
                .map(ToString::to_string)
                .collect(),
        )
    }

    #[test]
    fn modifiers_are_found_only_after_the_word_modifier() {
        for (text, modifiers) in [
            (
                "Modifiers GA, GX, GY and GZ are relevant (ABN cases).",
                vec!["GA", "GX", "GY", "GZ"],
            ),
            (
                "Modifier TC does not apply (PC/TC indicator 9).",
                vec!["TC"],
            ),
            ("Modifiers 59 and XU are only for 86294.", vec!["59", "XU"]),
            ("Modifier 91: MUE 1 (MAI 2) means that", vec!["91"]),
            ("no line with modifier 26. TC stays", vec!["26"]),
            ("The modifier is in use, or QW", vec![]),
        ] {
            assert_eq!(references_in(text).0, modifiers, "{text}");
        }
    }

    #[test]
    fn diagnosis_codes_need_their_dot() {
        assert_eq!(
            references_in("see Z85.3, (C50.919) and K922; 15.2 ng").1,
            ["icd10cm:C50.919", "icd10cm:Z85.3"]
        );
    }
}
