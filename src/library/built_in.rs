//! The built-in documents: every `content/*.toml`, listed by `build.rs`.

use crate::content::CodeId;

/// File names and texts, by name.
pub(crate) const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/built_in.rs"));

/// Finds the name and text of the file on a code by its name; a test checks the names.
pub(crate) fn file_for_code(code: &CodeId) -> Option<(&'static str, &'static str)> {
    let name = code.file_name();
    FILES.iter().copied().find(|(file, _)| *file == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::parse_document;

    #[test]
    fn every_file_is_valid_and_named_after_its_code() {
        assert!(!FILES.is_empty());
        for (name, text) in FILES {
            let document =
                parse_document(name, text.as_bytes()).unwrap_or_else(|report| panic!("{report}"));
            assert_eq!(document.code.file_name(), *name);
        }
    }
}
