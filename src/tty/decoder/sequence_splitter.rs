//! Splits the bytes from a terminal into whole characters and escape sequences.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::tty::capabilities::background::Background;
use crate::tty::decoder::paste::Paste;

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;

/// The longest sequence, in bytes. The longest useful one, a key with all fields of kitty's
/// protocol, has about 40.
const MAX_SEQUENCE_LEN: usize = 256;

/// A whole sequence, decoded as far as splitting decodes it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RawInput<'a> {
    /// A character or a sequence for the parser.
    Sequence {
        bytes: &'a [u8],
        /// Alt, if another ESC precedes the sequence.
        modifiers: KeyModifiers,
    },
    Key(KeyEvent),
    Paste(String),
    Ready,
    Background(Background),
}

/// The splitter's state: what the bytes so far have begun.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    /// In a multi-byte character.
    Utf8,
    /// After ESC.
    Escape,
    /// After ESC ESC.
    EscapeEscape,
    /// After ESC O.
    Ss3,
    /// After ESC [.
    Csi,
    /// In a control sequence of more than [`MAX_SEQUENCE_LEN`] bytes.
    CsiTooLong,
    /// After ESC [ [, the prefix of the Linux console's function keys.
    CsiLinux,
    /// After ESC [ M, the prefix of a mouse report of three bytes.
    CsiMouse,
    /// In a control string, such as ESC ] begins. Of those, only the answer to OSC 11 is expected.
    ControlString { empty: bool },
    /// After an ESC in a control string.
    ControlStringEscape,
    /// In pasted text.
    Paste,
}

/// A state machine that splits bytes into whole sequences.
#[derive(Debug, Default)]
pub(crate) struct SequenceSplitter {
    state: State,
    /// The unfinished sequence. In a paste, the bytes that may be the start of its end marker.
    bytes: Vec<u8>,
    /// Whether an ESC precedes the sequence.
    alt: bool,
    paste: Paste,
}

impl SequenceSplitter {
    pub(crate) fn is_in_paste(&self) -> bool {
        self.state == State::Paste
    }

    pub(crate) fn is_in_sequence(&self) -> bool {
        self.state != State::Ground
    }

    #[cfg(test)]
    pub(crate) fn pending(&self) -> usize {
        self.bytes.len() + self.paste.len()
    }

    /// Reads a byte, and passes what it completes to `sink`.
    pub(crate) fn push(&mut self, byte: u8, sink: &mut dyn FnMut(RawInput<'_>)) {
        match self.state {
            State::Ground => self.ground(byte, sink),
            State::Utf8 => self.utf8(byte, sink),
            State::Escape => self.escape(byte, sink),
            State::EscapeEscape => self.escape_escape(byte, sink),
            State::Ss3 => match byte {
                b' '..=b'~' => self.complete(byte, sink),
                _ => self.restart(byte, sink),
            },
            State::Csi => self.csi(byte, sink),
            State::CsiTooLong => match byte {
                b' '..=b'?' => {}
                b'@'..=b'~' => self.reset(),
                _ => self.restart(byte, sink),
            },
            State::CsiLinux => match byte {
                b'A'..=b'E' => self.complete(byte, sink),
                _ => self.restart(byte, sink),
            },
            State::CsiMouse => {
                if self.bytes.len() == 5 {
                    self.complete(byte, sink);
                } else {
                    self.bytes.push(byte);
                }
            }
            State::ControlString { .. } => match byte {
                BEL => self.end_control_string(sink),
                ESC => self.state = State::ControlStringEscape,
                0x00..=0x1f => self.restart(byte, sink),
                _ => {
                    self.state = State::ControlString { empty: false };
                    if self.bytes.len() < MAX_SEQUENCE_LEN {
                        self.bytes.push(byte);
                    }
                }
            },
            State::ControlStringEscape if byte == b'\\' => self.end_control_string(sink),
            State::ControlStringEscape => {
                self.reset();
                self.ground(ESC, sink);
                self.escape(byte, sink);
            }
            State::Paste => self.paste(byte, sink),
        }
    }

    /// Ends an unfinished sequence: no more bytes follow.
    pub(crate) fn finish(&mut self, sink: &mut dyn FnMut(RawInput<'_>)) {
        let unfinished = std::mem::take(&mut self.bytes);
        if self.alt {
            sink(RawInput::Key(escape_key()));
        }
        match (self.state, unfinished.as_slice()) {
            (State::Escape, _) => sink(RawInput::Key(escape_key())),
            (State::EscapeEscape, _) => {
                sink(RawInput::Key(escape_key()));
                sink(RawInput::Key(escape_key()));
            }
            // Alt with one of these characters sends the prefix of a sequence.
            (State::Ss3 | State::Csi | State::ControlString { empty: true }, &[ESC, byte]) => {
                sink(RawInput::Key(alt_key(char::from(byte))));
            }
            (State::Paste, held) => {
                self.paste.extend(held);
                sink(RawInput::Paste(self.paste.take()));
            }
            _ => {}
        }
        self.reset();
    }

    fn ground(&mut self, byte: u8, sink: &mut dyn FnMut(RawInput<'_>)) {
        match byte {
            ESC => {
                self.bytes.push(byte);
                self.state = State::Escape;
            }
            0x00..=0x7f => self.complete(byte, sink),
            _ => {
                self.bytes.push(byte);
                self.emit_complete_utf8(sink);
            }
        }
    }

    fn utf8(&mut self, byte: u8, sink: &mut dyn FnMut(RawInput<'_>)) {
        if (0x80..=0xbf).contains(&byte) {
            self.bytes.push(byte);
            self.emit_complete_utf8(sink);
        } else {
            self.restart(byte, sink);
        }
    }

    /// Emits the character if it is complete, and drops invalid UTF-8.
    fn emit_complete_utf8(&mut self, sink: &mut dyn FnMut(RawInput<'_>)) {
        let start = usize::from(self.bytes[0] == ESC);
        match std::str::from_utf8(&self.bytes[start..]) {
            Ok(_) => self.emit(sink),
            Err(error) if error.error_len().is_none() => self.state = State::Utf8,
            Err(_) => self.reset(),
        }
    }

    fn escape(&mut self, byte: u8, sink: &mut dyn FnMut(RawInput<'_>)) {
        self.state = match byte {
            ESC => State::EscapeEscape,
            b'[' => State::Csi,
            b'O' => State::Ss3,
            b']' | b'P' | b'X' | b'^' | b'_' => State::ControlString { empty: true },
            0x00..=0x7f => return self.complete(byte, sink),
            _ => {
                self.bytes.push(byte);
                return self.emit_complete_utf8(sink);
            }
        };
        self.bytes.push(byte);
    }

    fn escape_escape(&mut self, byte: u8, sink: &mut dyn FnMut(RawInput<'_>)) {
        match byte {
            b'[' | b'O' => self.alt = true,
            _ => sink(RawInput::Key(escape_key())),
        }
        if byte != ESC {
            self.bytes.pop();
            self.escape(byte, sink);
        }
    }

    fn csi(&mut self, byte: u8, sink: &mut dyn FnMut(RawInput<'_>)) {
        let first = self.bytes.len() == 2;
        match byte {
            b'M' if first => {
                self.bytes.push(byte);
                self.state = State::CsiMouse;
            }
            b'[' if first => {
                self.bytes.push(byte);
                self.state = State::CsiLinux;
            }
            b' '..=b'?' if self.bytes.len() < MAX_SEQUENCE_LEN => self.bytes.push(byte),
            b' '..=b'?' => self.state = State::CsiTooLong,
            b'@'..=b'~' => match (&self.bytes[2..], byte) {
                (b"0", b'n') => {
                    self.emit_escape(sink);
                    self.reset();
                    sink(RawInput::Ready);
                }
                (b"200", b'~') => {
                    self.emit_escape(sink);
                    self.reset();
                    self.state = State::Paste;
                }
                ([b'<', ..], _) => {
                    self.emit_escape(sink);
                    self.complete(byte, sink);
                }
                _ => self.complete(byte, sink),
            },
            _ => self.restart(byte, sink),
        }
    }

    fn end_control_string(&mut self, sink: &mut dyn FnMut(RawInput<'_>)) {
        let answer = self.bytes.strip_prefix(b"\x1b]");
        let background = answer.and_then(Background::from_osc);
        self.reset();
        if let Some(background) = background {
            sink(RawInput::Background(background));
        }
    }

    /// Emits a pending ESC as the Esc key. It does not mean Alt before something other than a key.
    fn emit_escape(&mut self, sink: &mut dyn FnMut(RawInput<'_>)) {
        if std::mem::take(&mut self.alt) {
            sink(RawInput::Key(escape_key()));
        }
    }

    /// Reads a byte of a paste. A terminal may answer a query in the middle of it.
    fn paste(&mut self, byte: u8, sink: &mut dyn FnMut(RawInput<'_>)) {
        const END: &[u8] = b"\x1b[201~";
        const ANSWER: &[u8] = b"\x1b[0n";
        self.bytes.push(byte);
        if self.bytes == END {
            let text = self.paste.take();
            self.reset();
            sink(RawInput::Paste(text));
        } else if self.bytes == ANSWER {
            self.bytes.clear();
            sink(RawInput::Ready);
        } else if !END.starts_with(&self.bytes) && !ANSWER.starts_with(&self.bytes) {
            self.bytes.pop();
            self.paste.extend(&self.bytes);
            self.bytes.clear();
            if byte == ESC {
                self.bytes.push(byte);
            } else {
                self.paste.extend(&[byte]);
            }
        }
    }

    fn complete(&mut self, byte: u8, sink: &mut dyn FnMut(RawInput<'_>)) {
        self.bytes.push(byte);
        self.emit(sink);
    }

    fn emit(&mut self, sink: &mut dyn FnMut(RawInput<'_>)) {
        sink(RawInput::Sequence {
            bytes: &self.bytes,
            modifiers: if self.alt {
                KeyModifiers::ALT
            } else {
                KeyModifiers::NONE
            },
        });
        self.reset();
    }

    /// Drops the unfinished sequence, and reads the byte that cannot continue it as a new start.
    fn restart(&mut self, byte: u8, sink: &mut dyn FnMut(RawInput<'_>)) {
        self.reset();
        self.ground(byte, sink);
    }

    fn reset(&mut self) {
        self.state = State::Ground;
        self.bytes.clear();
        self.alt = false;
    }
}

fn escape_key() -> KeyEvent {
    KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE)
}

fn alt_key(character: char) -> KeyEvent {
    let mut modifiers = KeyModifiers::ALT;
    modifiers.set(KeyModifiers::SHIFT, character.is_ascii_uppercase());
    KeyEvent::new(KeyCode::Char(character), modifiers)
}
