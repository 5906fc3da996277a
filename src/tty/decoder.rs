//! Turns the bytes that a terminal sends into keys, pasted text and clicks.
//!
//! `termina`'s parser knows what each sequence means, but keeps an unfinished one for ever and
//! lets the tail of an unknown one pass as typed text. So bytes are first cut into whole sequences
//! here, where silence ends what is unfinished, and nothing grows without bound.

pub(crate) mod key;
pub(crate) mod paste;
pub(crate) mod sequence;
#[cfg(test)]
pub(crate) mod tests;

use std::time::{Duration, Instant};

use crossterm::event::KeyEvent;

use crate::tty::decoder::sequence::{RawInput, SequenceSplitter};

/// How long an unfinished sequence is waited for. A lone Esc is seen as a key after this; a
/// sequence that a slow line tears apart arrives whole within it.
const SEQUENCE_TIMEOUT: Duration = Duration::from_millis(80);

/// How long the rest of pasted text is waited for. What comes later is taken for keys, so this
/// outlasts a packet that had to be sent again.
const PASTE_TIMEOUT: Duration = Duration::from_secs(2);

/// What a reader did at the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key was pressed. Its modifiers are those that `crokey` gives the key's name.
    Key(KeyEvent),
    /// Text was pasted: one line, free of control characters.
    Paste(String),
    /// The mouse was used, where its capture is on.
    Mouse(MouseEvent),
    /// The terminal has read everything up to the last device-status query.
    Ready,
}

/// What was done with the mouse, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MouseEvent {
    /// What was done.
    pub kind: MouseKind,
    /// The column, counted from zero.
    pub column: u16,
    /// The row, counted from zero.
    pub row: u16,
}

/// What was done with the mouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MouseKind {
    /// The left button went down.
    Press,
    /// The wheel turned away from the reader.
    WheelUp,
    /// The wheel turned towards the reader.
    WheelDown,
}

/// Turns bytes into [`Input`], however they are cut.
#[derive(Debug, Default)]
pub struct Decoder {
    splitter: SequenceSplitter,
    parser: termina::Parser,
    deadline: Option<Instant>,
}

impl Decoder {
    /// Reads bytes that arrived at a moment and appends what they mean.
    pub fn feed(&mut self, bytes: &[u8], now: Instant, out: &mut impl Extend<Input>) {
        for &byte in bytes {
            self.splitter
                .push(byte, &mut |piece| interpret(&mut self.parser, piece, out));
        }
        let silence = if self.splitter.is_in_paste() {
            Some(PASTE_TIMEOUT)
        } else if self.splitter.is_in_sequence() {
            Some(SEQUENCE_TIMEOUT)
        } else {
            None
        };
        self.deadline = silence.map(|silence| now + silence);
    }

    /// Returns when [`Decoder::expire`] is to be called unless more bytes arrive.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Takes what is unfinished for all there will be, if its time is up. Bytes that have arrived
    /// by now are to be fed first: what they end is not unfinished.
    pub fn expire(&mut self, now: Instant, out: &mut impl Extend<Input>) {
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.splitter
                .finish(&mut |piece| interpret(&mut self.parser, piece, out));
            self.deadline = None;
        }
    }

    /// Returns how many bytes are kept for later.
    #[cfg(test)]
    fn pending(&self) -> usize {
        self.splitter.pending()
    }
}

fn interpret(parser: &mut termina::Parser, piece: RawInput<'_>, out: &mut impl Extend<Input>) {
    out.extend(match piece {
        RawInput::Ready => Some(Input::Ready),
        RawInput::Paste(text) => Some(Input::Paste(text)),
        RawInput::Key(key) => Some(Input::Key(key)),
        RawInput::Sequence { bytes, modifiers } => key::decode(parser, bytes, modifiers),
    });
}
