//! Collects pasted text.

/// The most bytes of one paste that are kept; what follows them is dropped. Pasted text goes into
/// a search field, which has no use for more.
pub(crate) const LIMIT: usize = 64 * 1024;

/// Pasted text as it arrives.
#[derive(Debug, Default)]
pub(crate) struct Paste {
    bytes: Vec<u8>,
}

impl Paste {
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        let room = LIMIT - self.bytes.len();
        self.bytes.extend(bytes.iter().take(room));
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Returns the text as one line: each control character is a space, a line's end is one space
    /// whatever it was written as, and bytes that are no UTF-8 are dropped.
    pub(crate) fn take(&mut self) -> String {
        let bytes = std::mem::take(&mut self.bytes);
        let mut text = String::with_capacity(bytes.len());
        let mut after_return = false;
        for character in bytes.utf8_chunks().flat_map(|chunk| chunk.valid().chars()) {
            if !(after_return && character == '\n') {
                text.push(if character.is_control() {
                    ' '
                } else {
                    character
                });
            }
            after_return = character == '\r';
        }
        text
    }
}
