//! Writes the sequence that puts text on the reader's clipboard.
//!
//! OSC 52 reaches the terminal that the reader sits at, wherever the program runs. Whether it is
//! obeyed nobody says: what was sent is "sent to your terminal", never "copied".

use crate::tty::capabilities::Multiplexer;

/// The most bytes of base64 that are sent: what a sequence of 100,000 bytes may hold in hterm and
/// other emulators that count. Some cut longer ones short without a word.
const LIMIT: usize = 74_994;

/// The most bytes between the marks of GNU screen's pass-through: its older versions hold 256.
const SCREEN_CHUNK: usize = 240;

/// Says that a text is too long for a terminal's clipboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{length} bytes are more than the {most} that terminals take")]
pub struct TooLong {
    /// The text's length in bytes.
    pub length: usize,
    /// The longest text's.
    pub most: usize,
}

/// Returns the bytes that put a text on the clipboard of the terminal at the other end.
///
/// tmux is sent the sequence twice, for it takes one or the other as its user has set it:
/// `set-clipboard on` obeys the first, `allow-passthrough on` hands the second to the terminal
/// outside.
pub fn copy_sequence(text: &str, multiplexer: Option<Multiplexer>) -> Result<Vec<u8>, TooLong> {
    let most = LIMIT / 4 * 3;
    if text.len() > most {
        return Err(TooLong {
            length: text.len(),
            most,
        });
    }
    let sequence = [b"\x1b]52;c;", base64(text.as_bytes()).as_slice(), b"\x07"].concat();
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

/// Encodes bytes as RFC 4648 says, with padding. Fifteen lines weigh less than a crate.
fn base64(bytes: &[u8]) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            out.push(if at <= chunk.len() {
                LETTERS[(bits >> (18 - 6 * at) & 63) as usize]
            } else {
                b'='
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_matches_rfc_4648() {
        let cases = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
            ("≥?>", "4omlPz4="),
        ];
        for (text, encoded) in cases {
            assert_eq!(base64(text.as_bytes()), encoded.as_bytes(), "{text}");
        }
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
        for piece in wrapped.split_inclusive(|&byte| byte == b'\\') {
            let inner = piece
                .strip_prefix(b"\x1bP")
                .and_then(|rest| rest.strip_suffix(b"\x1b\\"));
            let inner = inner.expect("each piece is marked");
            assert!(inner.len() <= SCREEN_CHUNK);
            joined.extend(inner);
        }
        assert_eq!(joined, plain);
    }

    #[test]
    fn too_long_text_is_rejected_not_truncated() {
        let longest = "x".repeat(LIMIT / 4 * 3);
        assert!(copy_sequence(&longest, None).is_ok_and(|bytes| bytes.len() <= LIMIT + 8));
        let refused = copy_sequence(&(longest + "x"), None).expect_err("it is too long");
        assert_eq!(
            refused.to_string(),
            "56245 bytes are more than the 56244 that terminals take"
        );
    }
}
