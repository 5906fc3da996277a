//! Finds the codes and modifiers that a document mentions, so that imported sets can say what they
//! stand for.
//!
//! Only what cannot be anything else counts: an ICD-10-CM code with its dot, and two characters in
//! the list that follows the word "modifier". Nothing is concluded from other words.

use std::collections::BTreeSet;

use crate::content::{CodeId, Document, ModifierCode, Subject, System};

/// What a document mentions.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Mentions {
    pub(super) modifiers: BTreeSet<ModifierCode>,
    pub(super) diagnoses: BTreeSet<CodeId>,
    pub(super) taxonomies: BTreeSet<String>,
    pub(super) places: BTreeSet<String>,
}

impl Mentions {
    pub(super) fn of(document: &Document) -> Self {
        let mut mentions = Self::default();
        for (_, block, row) in document.rows() {
            match &row.subject {
                Subject::Modifier(code) => {
                    mentions.modifiers.insert(code.clone());
                }
                Subject::Code(code) if code.system() == System::Icd10cm => {
                    mentions.diagnoses.insert(code.clone());
                }
                Subject::Place => {
                    mentions.places.insert(row.key.0.clone());
                }
                _ if block.id.0 == "taxonomies" => {
                    mentions.taxonomies.insert(row.key.0.clone());
                }
                _ => {}
            }
            let cells = row.cells.iter().filter_map(|cell| cell.value.text());
            let remarks = row.remarks.iter().map(|remark| remark.text.as_str());
            for text in cells.chain(remarks) {
                mentions.read(text);
            }
        }
        mentions
    }

    fn read(&mut self, text: &str) {
        let mut is_listing = false;
        for word in text.split_whitespace() {
            let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
            let ends = word.ends_with(['.', ':', ';', ')']);
            if bare.contains('.') {
                self.diagnoses.extend(CodeId::new(System::Icd10cm, bare));
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

/// Says whether a word is written as modifiers are: upper case, so that "is" and "in" are none.
fn is_modifier(word: &str) -> bool {
    word.len() == 2
        && word
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, Vec<String>) {
        let mut mentions = Mentions::default();
        mentions.read(text);
        (
            mentions.modifiers.iter().map(ToString::to_string).collect(),
            mentions.diagnoses.iter().map(ToString::to_string).collect(),
        )
    }

    #[test]
    fn only_the_list_after_the_word_counts() {
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
            assert_eq!(read(text).0, modifiers, "{text}");
        }
    }

    #[test]
    fn a_diagnosis_has_its_dot() {
        assert_eq!(
            read("see Z85.3, (C50.919) and K922; 15.2 ng").1,
            ["icd10cm:C50.919", "icd10cm:Z85.3"]
        );
    }
}
