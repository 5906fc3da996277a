//! Whole sequences to keys and mouse events, in the types of `crossterm` and `crokey`.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use termina::event::{
    KeyCode as ParsedCode, KeyEvent as ParsedKey, KeyEventKind as ParsedKind,
    Modifiers as ParsedModifiers, MouseButton, MouseEventKind,
};
use termina::{Event as Parsed, Parser};

use crate::tty::decoder::input::{Input, MouseEvent, MouseKind};

/// Decodes one whole character or sequence. Returns `None` if the program has no use for it.
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
        Parsed::Key(key) => normalize_key(key, modifiers).map(Input::Key),
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
/// At an unexpected byte, the parser drops what it has read and reports the rest as typed text.
/// Sequences that it is known to misread are not passed to it, and if it reports several events,
/// all of them are dropped.
fn parse(parser: &mut Parser, bytes: &[u8]) -> Option<Parsed> {
    if let [0x1b, b'[', first, _, ..] = bytes
        && !matches!(first, b'0'..=b'9' | b'<' | b'[' | b'M')
    {
        return None;
    }
    parser.parse(bytes, false);
    let first = parser.pop();
    if first.is_none() || parser.pop().is_some() {
        // It waits for more bytes, or it reported several events.
        *parser = Parser::default();
        return None;
    }
    first
}

/// Decodes the bytes that the parser reads as other keys.
fn legacy_key(byte: u8) -> Option<KeyEvent> {
    Some(match byte {
        // Backspace sends either byte, depending on the terminal's settings.
        0x08 | 0x7f => KeyEvent::new(KeyCode::Backspace, KeyModifiers::NONE),
        b'\n' => KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE),
        // Ctrl-\ to Ctrl-_. The parser reports Ctrl-4 to Ctrl-7.
        0x1c..=0x1f => {
            let character = char::from(byte + 0x40);
            KeyEvent::new(KeyCode::Char(character), KeyModifiers::CONTROL)
        }
        _ => return None,
    })
}

/// Gives a key the modifiers that `crokey` gives when it parses the key's name: a capital letter
/// has Shift, and any other character never has, because it depends on the keyboard which
/// characters need Shift.
fn normalize_key(parsed: ParsedKey, extra: KeyModifiers) -> Option<KeyEvent> {
    if parsed.kind == ParsedKind::Release {
        return None;
    }
    let mut modifiers = convert_modifiers(parsed.modifiers) | extra;
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

/// The uppercase form of a letter, if it is a single character.
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
