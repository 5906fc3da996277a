//! Says what a whole sequence means, in the words of `crossterm` and `crokey`.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use termina::event::{
    KeyCode as ParsedCode, KeyEvent as ParsedKey, KeyEventKind as ParsedKind,
    Modifiers as ParsedModifiers, MouseButton, MouseEventKind,
};
use termina::{Event as Parsed, Parser};

use crate::tty::decoder::{Input, MouseEvent, MouseKind};

/// Returns what a whole character or sequence means, if it means anything to a reader.
pub(crate) fn decode(parser: &mut Parser, bytes: &[u8], modifiers: KeyModifiers) -> Option<Input> {
    let modifiers = match bytes {
        [0x1b, byte, ..] if !matches!(byte, b'[' | b'O') => modifiers | KeyModifiers::ALT,
        _ => modifiers,
    };
    let legacy = match *bytes {
        [byte] | [0x1b, byte] => legacy_key(byte),
        _ => None,
    };
    if let Some(mut key) = legacy {
        key.modifiers |= modifiers;
        return Some(Input::Key(key));
    }
    match parse(parser, bytes)? {
        Parsed::Key(key) => crate::tty::decoder::key::normalize_key(key, modifiers).map(Input::Key),
        Parsed::Mouse(mouse) => {
            let kind = match mouse.kind {
                MouseEventKind::Down(MouseButton::Left) => MouseKind::Press,
                MouseEventKind::ScrollUp => MouseKind::WheelUp,
                MouseEventKind::ScrollDown => MouseKind::WheelDown,
                _ => return None,
            };
            Some(Input::Mouse(MouseEvent {
                kind,
                column: mouse.column,
                row: mouse.row,
            }))
        }
        _ => None,
    }
}

/// Parses one whole sequence.
///
/// At a byte that it does not expect, the parser forgets what came before and takes what follows
/// for typed text; such sequences are kept from it, or what it makes of them is dropped.
fn parse(parser: &mut Parser, bytes: &[u8]) -> Option<Parsed> {
    if let [0x1b, b'[', first, _, ..] = bytes
        && !matches!(first, b'0'..=b'9' | b'<' | b'[' | b'M')
    {
        return None;
    }
    parser.parse(bytes, false);
    let first = parser.pop();
    if first.is_none() || parser.pop().is_some() {
        // It kept the sequence, or made several things of it.
        *parser = Parser::default();
        return None;
    }
    first
}

/// Returns what a byte means that the parser takes otherwise.
fn legacy_key(byte: u8) -> Option<KeyEvent> {
    Some(match byte {
        // Terminals are set to either of the two for Backspace.
        0x08 | 0x7f => KeyEvent::new(KeyCode::Backspace, KeyModifiers::NONE),
        b'\n' => KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE),
        // As named by the keys that send them, where the parser says Ctrl-4 to Ctrl-7.
        0x1c..=0x1f => {
            let character = char::from(byte + 0x40);
            KeyEvent::new(KeyCode::Char(character), KeyModifiers::CONTROL)
        }
        _ => return None,
    })
}

/// Returns a key with the modifiers that `crokey` gives it when it parses its name: a capital
/// letter has Shift, another character never has, since which characters need it depends on the
/// keyboard.
fn normalize_key(parsed: ParsedKey, more: KeyModifiers) -> Option<KeyEvent> {
    if parsed.kind == ParsedKind::Release {
        return None;
    }
    let mut modifiers = crate::tty::decoder::key::convert_modifiers(parsed.modifiers) | more;
    let shift = modifiers.contains(KeyModifiers::SHIFT);
    let code = match convert_code(parsed.code)? {
        KeyCode::Char(character) if character.is_control() => return None,
        KeyCode::Char(character) if character.is_alphabetic() => {
            let character = if shift { capital(character) } else { character };
            modifiers.set(KeyModifiers::SHIFT, character.is_uppercase());
            KeyCode::Char(character)
        }
        KeyCode::Char(character) => {
            modifiers.remove(KeyModifiers::SHIFT);
            KeyCode::Char(character)
        }
        KeyCode::Tab if shift => KeyCode::BackTab,
        KeyCode::BackTab => {
            modifiers.insert(KeyModifiers::SHIFT);
            KeyCode::BackTab
        }
        other => other,
    };
    Some(KeyEvent::new(code, modifiers))
}

/// Returns the capital of a letter that has one of a single character.
fn capital(character: char) -> char {
    let mut capitals = character.to_uppercase();
    match (capitals.next(), capitals.next()) {
        (Some(capital), None) => capital,
        _ => character,
    }
}

fn convert_modifiers(parsed: ParsedModifiers) -> KeyModifiers {
    let pairs = [
        (ParsedModifiers::SHIFT, KeyModifiers::SHIFT),
        (ParsedModifiers::ALT, KeyModifiers::ALT),
        (ParsedModifiers::CONTROL, KeyModifiers::CONTROL),
        (ParsedModifiers::SUPER, KeyModifiers::SUPER),
        (ParsedModifiers::HYPER, KeyModifiers::HYPER),
        (ParsedModifiers::META, KeyModifiers::META),
    ];
    pairs
        .into_iter()
        .filter(|(theirs, _)| parsed.contains(*theirs))
        .fold(KeyModifiers::NONE, |all, (_, ours)| all | ours)
}

fn convert_code(parsed: ParsedCode) -> Option<KeyCode> {
    Some(match parsed {
        ParsedCode::Char(character) => KeyCode::Char(character),
        ParsedCode::Enter => KeyCode::Enter,
        ParsedCode::Backspace => KeyCode::Backspace,
        ParsedCode::Tab => KeyCode::Tab,
        ParsedCode::Escape => KeyCode::Esc,
        ParsedCode::Left => KeyCode::Left,
        ParsedCode::Right => KeyCode::Right,
        ParsedCode::Up => KeyCode::Up,
        ParsedCode::Down => KeyCode::Down,
        ParsedCode::Home => KeyCode::Home,
        ParsedCode::End => KeyCode::End,
        ParsedCode::BackTab => KeyCode::BackTab,
        ParsedCode::PageUp => KeyCode::PageUp,
        ParsedCode::PageDown => KeyCode::PageDown,
        ParsedCode::Insert => KeyCode::Insert,
        ParsedCode::Delete => KeyCode::Delete,
        ParsedCode::Function(number) => KeyCode::F(number),
        ParsedCode::KeypadBegin
        | ParsedCode::CapsLock
        | ParsedCode::ScrollLock
        | ParsedCode::NumLock
        | ParsedCode::PrintScreen
        | ParsedCode::Pause
        | ParsedCode::Menu
        | ParsedCode::Null
        | ParsedCode::Modifier(_)
        | ParsedCode::Media(_) => return None,
    })
}
