//! Copying text to the reader's clipboard with OSC 52.
//!
//! The sequence reaches the terminal in front of the reader, wherever the program runs. Terminals
//! do not report whether they accepted it.

use base64ct::{Base64, Encoding as _};

use crate::tty::capabilities::family::Multiplexer;

/// The longest base64 text, in bytes. hterm and others accept sequences of up to 100,000 bytes, and
/// some terminals truncate longer ones silently.
const MAX_BASE64_LEN: usize = 74_994;

/// The longest chunk of GNU screen's pass-through, in bytes. Its older versions have room for 256.
const SCREEN_CHUNK: usize = 240;

/// The error for a text that is too long for a terminal's clipboard. Lengths are in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text has {length} bytes; terminals accept up to {most}")]
pub struct TooLong {
    pub length: usize,
    pub most: usize,
}

/// Returns the bytes that copy a text to the clipboard of the reader's terminal.
///
/// tmux receives the sequence twice, because it depends on the user's settings which one it
/// accepts: with `set-clipboard on` the first, with `allow-passthrough on` the second, which it
/// passes to the terminal outside.
pub fn copy_sequence(text: &str, multiplexer: Option<Multiplexer>) -> Result<Vec<u8>, TooLong> {
    let most = MAX_BASE64_LEN / 4 * 3;
    if text.len() > most {
        return Err(TooLong {
            length: text.len(),
            most,
        });
    }
    let sequence = format!("\x1b]52;c;{}\x07", Base64::encode_string(text.as_bytes())).into_bytes();
    Ok(match multiplexer {
        None => sequence,
        Some(Multiplexer::Tmux) => {
            let doubled = [b"\x1b", sequence.as_slice()].concat();
            [&sequence, b"\x1bPtmux;".as_slice(), &doubled, b"\x1b\\"].concat()
        }
        Some(Multiplexer::Screen) => sequence
            .chunks(SCREEN_CHUNK)
            .flat_map(|chunk| [b"\x1bP", chunk, b"\x1b\\"].concat())
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copy_sequence_holds_padded_base64() {
        assert_eq!(
            copy_sequence("≥?>f", None),
            Ok(b"\x1b]52;c;4omlPz5m\x07".to_vec())
        );
        assert_eq!(copy_sequence("f", None), Ok(b"\x1b]52;c;Zg==\x07".to_vec()));
    }

    #[test]
    fn copy_sequence_is_wrapped_for_multiplexers() {
        assert_eq!(
            copy_sequence("foo", None),
            Ok(b"\x1b]52;c;Zm9v\x07".to_vec())
        );
        assert_eq!(
            copy_sequence("foo", Some(Multiplexer::Tmux)),
            Ok(b"\x1b]52;c;Zm9v\x07\x1bPtmux;\x1b\x1b]52;c;Zm9v\x07\x1b\\".to_vec())
        );
        assert_eq!(
            copy_sequence("foo", Some(Multiplexer::Screen)),
            Ok(b"\x1bP\x1b]52;c;Zm9v\x07\x1b\\".to_vec())
        );
    }

    #[test]
    fn gnu_screen_sequence_is_split_into_chunks() {
        let text = "x".repeat(1000);
        let plain = copy_sequence(&text, None).expect("it is short");
        let wrapped = copy_sequence(&text, Some(Multiplexer::Screen)).expect("it is short");
        let mut joined: Vec<u8> = Vec::new();
        for chunk in wrapped.split_inclusive(|&byte| byte == b'\\') {
            let inner = chunk
                .strip_prefix(b"\x1bP")
                .and_then(|rest| rest.strip_suffix(b"\x1b\\"));
            let inner = inner.expect("each chunk is wrapped");
            assert!(inner.len() <= SCREEN_CHUNK);
            joined.extend(inner);
        }
        assert_eq!(joined, plain);
    }

    #[test]
    fn too_long_text_is_rejected_not_truncated() {
        let longest = "x".repeat(MAX_BASE64_LEN / 4 * 3);
        assert!(copy_sequence(&longest, None).is_ok_and(|bytes| bytes.len() <= MAX_BASE64_LEN + 8));
        let error = copy_sequence(&(longest + "x"), None).expect_err("it is too long");
        assert_eq!(
            error.to_string(),
            "the text has 56245 bytes; terminals accept up to 56244"
        );
    }
}
