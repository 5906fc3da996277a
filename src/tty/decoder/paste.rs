//! The buffer for pasted text.

/// The longest paste, in bytes; the rest is dropped. Pasted text goes into a text field, which does
/// not need more.
pub(crate) const LIMIT: usize = 64 * 1024;

/// A paste that has not ended yet.
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

    /// Returns the text as one line and empties the buffer. Each control character and each line
    /// end (CR, LF or CR LF) becomes a space. Invalid UTF-8 is dropped.
    pub(crate) fn take(&mut self) -> String {
        let bytes = std::mem::take(&mut self.bytes);
        let mut text = String::with_capacity(bytes.len());
        let mut after_return = false;
        for character in bytes.utf8_chunks().flat_map(|chunk| chunk.valid().chars()) {
            if !(after_return && character == '\n') {
                let is_control = character.is_control();
                text.push(if is_control { ' ' } else { character });
            }
            after_return = character == '\r';
        }
        text
    }
}
