//! The bindings of keys to commands, from `assets/keymap.toml` and the user's `keymap.toml`.

pub(crate) mod overrides;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crokey::KeyCombination;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::app::command::{Command, Host};
use crate::app::mode::Mode;
use crate::text::Charset;

/// `assets/keymap.toml` as a table, made by `build.rs`.
const BUILT_IN: &[BuiltInBinding] = include!(concat!(env!("OUT_DIR"), "/keymap.rs"));

struct BuiltInBinding {
    action: &'static str,
    keys: &'static [&'static str],
    modes: Option<&'static [&'static str]>,
    help: &'static str,
    hints: &'static [(&'static str, &'static str)],
}

/// The keys of all commands, in the order of `assets/keymap.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    bindings: Vec<Binding>,
    /// In secure mode, bindings whose keys lead to a message; help and footer omit them.
    refused: Vec<Binding>,
}

/// The keys of one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    pub command: Command,
    /// The footer shows the first one that works in its mode.
    pub keys: Vec<KeyCombination>,
    pub modes: Vec<Mode>,
    /// The line in the help text.
    pub help: Cow<'static, str>,
    /// The text in the footer, by mode.
    pub hints: BTreeMap<Mode, Cow<'static, str>>,
}

impl BuiltInBinding {
    /// `None` if the command is unknown. A test checks the file, so that nothing else is checked
    /// here.
    fn to_binding(&'static self) -> Option<Binding> {
        let modes = self
            .modes
            .map(|names| names.iter().filter_map(|name| Mode::from_id(name)));
        let keys = self.keys.iter().filter_map(|key| crokey::parse(key).ok());
        let hints = self.hints.iter();
        Some(Binding {
            command: Command::from_id(self.action)?,
            keys: keys.map(normalized).collect(),
            modes: modes.map_or_else(|| Mode::ALL.to_vec(), Iterator::collect),
            help: self.help.into(),
            hints: hints
                .filter_map(|&(mode, hint)| Some((Mode::from_id(mode)?, hint.into())))
                .collect(),
        })
    }
}

impl Binding {
    /// The name of the first key that works in a mode. In a mode with a text field, a key that
    /// types a character does not.
    fn first_key_label(&self, mode: Mode, charset: Charset) -> Option<String> {
        let works = |key: &&KeyCombination| {
            !mode.has_text_field() || !types_character(*key.codes.first(), key.modifiers)
        };
        Some(key_name(*self.keys.iter().find(works)?, charset))
    }
}

impl Keymap {
    pub fn built_in() -> Self {
        Self {
            bindings: BUILT_IN
                .iter()
                .filter_map(BuiltInBinding::to_binding)
                .collect(),
            refused: Vec::new(),
        }
    }

    /// The keymap without the commands that a host does not have, so that help and footer do not
    /// mention them. Shared if there is nothing to leave out.
    #[must_use]
    pub fn for_host(self: Arc<Self>, host: Host) -> Arc<Self> {
        let exists = |binding: &Binding| binding.command.is_available(host);
        if self.bindings.iter().all(exists) {
            return self;
        }
        let bindings = self.bindings.iter().cloned();
        let (bindings, mut refused): (Vec<_>, Vec<_>) = bindings.partition(exists);
        refused.retain(|_| host == Host::Secure);
        Arc::new(Self { bindings, refused })
    }

    pub fn is_refused(&self, command: Command) -> bool {
        self.refused
            .iter()
            .any(|binding| binding.command == command)
    }

    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// The command of a key in a mode. `None` for keys that type a character into a text field.
    pub fn command(&self, mode: Mode, key: KeyEvent) -> Option<Command> {
        if mode.has_text_field() && types_character(key.code, key.modifiers) {
            return None;
        }
        let key = normalized(KeyCombination::from(key));
        let bindings = self.bindings.iter().chain(&self.refused);
        bindings
            .filter(|binding| binding.modes.contains(&mode))
            .find_map(|binding| {
                let n = binding.keys.iter().position(|known| *known == key)?;
                Some(match binding.command {
                    Command::Section(_) => Command::Section(u8::try_from(n + 1).ok()?),
                    command => command,
                })
            })
    }

    /// The name of the first key that runs a command in a mode, for texts: `Enter`, `Ctrl-c`.
    ///
    /// `None` if no key does. The text then leaves out the sentence about the key.
    pub fn key_label(&self, command: Command, mode: Mode, charset: Charset) -> Option<String> {
        let mut bindings = self.bindings.iter();
        bindings
            .find(|binding| binding.command == command && binding.modes.contains(&mode))?
            .first_key_label(mode, charset)
    }

    /// The footer's hints for the commands of a mode, as keys and text. A command is useful if it has a
    /// mode whose words describe it. Bindings with the same text share one hint, with the first key of
    /// each.
    pub fn hints(
        &self,
        mode: Mode,
        charset: Charset,
        mode_of_words: impl Fn(Command) -> Option<Mode>,
    ) -> Vec<(String, String)> {
        let mut hints: Vec<(String, String)> = Vec::new();
        for binding in &self.bindings {
            let words = mode_of_words(binding.command).and_then(|mode| binding.hints.get(&mode));
            if let Some(text) = words
                && let Some(key) = binding.first_key_label(mode, charset)
            {
                match hints.iter_mut().find(|(_, known)| known == text) {
                    Some((keys, _)) => {
                        // Arrows need no separator.
                        if key.chars().count() > 1 {
                            keys.push('/');
                        }
                        keys.push_str(&key);
                    }
                    None => hints.push((key, text.to_string())),
                }
            }
        }
        hints
    }
}

/// The name of a key in help and footer: `↑`, `Enter`, `Ctrl-c`.
pub fn key_name(key: KeyCombination, charset: Charset) -> String {
    let (plain, modifiers) = (key.codes.first(), key.modifiers);
    match (plain, charset) {
        (KeyCode::Up, Charset::Unicode) => "↑".to_owned(),
        (KeyCode::Down, Charset::Unicode) => "↓".to_owned(),
        (KeyCode::Left, Charset::Unicode) => "←".to_owned(),
        (KeyCode::Right, Charset::Unicode) => "→".to_owned(),
        (KeyCode::BackTab, _) => "Shift-Tab".to_owned(),
        (KeyCode::Char(' '), _) => "Space".to_owned(),
        (KeyCode::Char(c), _)
            if !modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) =>
        {
            c.to_string()
        }
        (KeyCode::PageUp, _) => "PgUp".to_owned(),
        (KeyCode::PageDown, _) => "PgDn".to_owned(),
        _ => crokey::KeyCombinationFormat::default().to_string(key),
    }
}

fn types_character(code: KeyCode, modifiers: KeyModifiers) -> bool {
    let commands = KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SUPER;
    matches!(code, KeyCode::Char(_)) && !modifiers.intersects(commands)
}

/// The form in which keys are compared. Shift counts on letters only, because terminals send `?` and
/// not Shift-`?`.
fn normalized(key: KeyCombination) -> KeyCombination {
    let mut key = key.normalized();
    if let KeyCode::Char(c) = key.codes.first()
        && !c.is_alphabetic()
    {
        key.modifiers.remove(KeyModifiers::SHIFT);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_keys_match_keymap_file() {
        let bindings = Vec::new();
        let text = include_str!("../../assets/keymap.toml");
        let refused = Vec::new();
        let read = Keymap { bindings, refused }
            .with_overrides("keymap.toml", text)
            .unwrap_or_else(|report| panic!("{report}"));
        assert_eq!(read, Keymap::built_in());
    }

    #[test]
    fn key_label_is_the_first_key_that_works_in_the_mode() {
        let overrides = r#"
            [[key]]
            action = "open"
            keys = ["x", "f5"]

            [[key]]
            action = "bookmark"
            keys = []
        "#;
        let keymap = Keymap::built_in()
            .with_overrides("keymap.toml", overrides)
            .unwrap_or_else(|report| panic!("{report}"));
        let label = |command, mode| keymap.key_label(command, mode, Charset::Unicode);
        assert_eq!(label(Command::Open, Mode::Document).as_deref(), Some("x"));
        assert_eq!(label(Command::Open, Mode::Search).as_deref(), Some("F5"));
        assert_eq!(label(Command::Bookmark, Mode::Document), None);
        assert_eq!(label(Command::Copy, Mode::Search), None);
    }

    #[test]
    fn served_keymap_has_no_local_only_commands() {
        let own = Arc::new(Keymap::built_in());
        let local = Arc::clone(&own).for_host(Host::Local);
        assert!(Arc::ptr_eq(&own, &local));
        let served = own.for_host(Host::Served);
        assert!(
            served
                .bindings()
                .iter()
                .all(|b| b.command.is_available(Host::Served))
        );
        let suspend = KeyEvent::new(KeyCode::Char('z'), KeyModifiers::CONTROL);
        assert_eq!(
            local.command(Mode::Document, suspend),
            Some(Command::Suspend)
        );
        assert_eq!(served.command(Mode::Document, suspend), None);
        assert!(Arc::ptr_eq(
            &served,
            &Arc::clone(&served).for_host(Host::Served)
        ));
    }
}
