//! Input decoder: bytes from a terminal to keys, pasted text and mouse events.
//!
//! `termina`'s parser knows what each sequence means, but it waits forever for the rest of an
//! unfinished sequence, and it reports the tail of an unknown one as typed text. So
//! [`SequenceSplitter`] first splits the bytes into whole sequences. A timeout ends an unfinished
//! sequence, and every buffer is bounded.

pub(crate) mod input;
pub(crate) mod paste;
pub(crate) mod sequence_decoder;
pub(crate) mod sequence_splitter;
#[cfg(test)]
pub(crate) mod tests;

use std::time::{Duration, Instant};

use crate::tty::decoder::input::Input;
use crate::tty::decoder::sequence_splitter::{RawInput, SequenceSplitter};

/// How long the decoder waits for the rest of a sequence. After this, a lone Esc is the Esc key.
/// A sequence that a slow connection splits arrives within this time.
const SEQUENCE_TIMEOUT: Duration = Duration::from_millis(80);

/// How long the decoder waits for the rest of a paste. Later bytes count as keys, so this is
/// longer than the retransmission of a lost packet takes.
const PASTE_TIMEOUT: Duration = Duration::from_secs(2);

/// Decodes bytes into [`Input`], wherever the chunks of bytes begin and end.
#[derive(Debug, Default)]
pub struct Decoder {
    splitter: SequenceSplitter,
    parser: termina::Parser,
    deadline: Option<Instant>,
}

impl Decoder {
    /// Appends the input in `bytes`, which arrived at `now`.
    pub fn feed(&mut self, bytes: &[u8], now: Instant, out: &mut impl Extend<Input>) {
        for &byte in bytes {
            self.splitter
                .push(byte, &mut |raw| interpret(&mut self.parser, raw, out));
        }
        let timeout = if self.splitter.is_in_paste() {
            Some(PASTE_TIMEOUT)
        } else if self.splitter.is_in_sequence() {
            Some(SEQUENCE_TIMEOUT)
        } else {
            None
        };
        self.deadline = timeout.map(|timeout| now + timeout);
    }

    /// When to call [`Decoder::expire`] unless more bytes arrive.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Ends an unfinished sequence or paste if its deadline has passed. Feed all bytes that have
    /// arrived first: they may complete it.
    pub fn expire(&mut self, now: Instant, out: &mut impl Extend<Input>) {
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.splitter
                .finish(&mut |raw| interpret(&mut self.parser, raw, out));
            self.deadline = None;
        }
    }
}

fn interpret(parser: &mut termina::Parser, raw: RawInput<'_>, out: &mut impl Extend<Input>) {
    out.extend(match raw {
        RawInput::Ready => Some(Input::Ready),
        RawInput::Background(background) => Some(Input::Background(background)),
        RawInput::Paste(text) => Some(Input::Paste(text)),
        RawInput::Key(key) => Some(Input::Key(key)),
        RawInput::Sequence { bytes, modifiers } => {
            sequence_decoder::decode(parser, bytes, modifiers)
        }
    });
}
