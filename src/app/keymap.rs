//! Reads which key does what, and where: rows of `assets/keymap.toml`, patched by the user's file.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crokey::KeyCombination;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use serde::Deserialize;
use toml::Spanned;

use crate::app::app::{Host, Mode};
use crate::app::command::Command;
use crate::diagnostics::{Diagnostics, Report, did_you_mean};
use crate::text::Charset;

/// The keys that the program comes with: `assets/keymap.toml`, read when the program is built.
const BUILT_IN: &[BuiltInBinding] = include!(concat!(env!("OUT_DIR"), "/keymap.rs"));

/// A row of the keys that the program comes with.
struct BuiltInBinding {
    action: &'static str,
    keys: &'static [&'static str],
    modes: Option<&'static [&'static str]>,
    help: &'static str,
    hints: &'static [(&'static str, &'static str)],
}

/// Which key does what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

/// One action with its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// What happens.
    pub command: Command,
    /// The keys, the one that the footer shows first.
    pub keys: Vec<KeyCombination>,
    /// Where the keys count.
    pub modes: Vec<Mode>,
    /// What help says.
    pub help: Cow<'static, str>,
    /// What the footer says, and where.
    pub hints: BTreeMap<Mode, Cow<'static, str>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    key: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    action: Spanned<String>,
    keys: Vec<Spanned<String>>,
    #[serde(default, rename = "in")]
    modes: Option<Vec<Spanned<String>>>,
    help: Option<String>,
    #[serde(default)]
    hint: BTreeMap<Spanned<String>, String>,
}

impl BuiltInBinding {
    /// Returns the binding; nothing for an action that there is not. Nothing else is checked: the
    /// file is, by a test.
    fn to_binding(&'static self) -> Option<Binding> {
        let rooms = self
            .modes
            .map(|names| names.iter().filter_map(|name| Mode::from_id(name)));
        let keys = self.keys.iter().filter_map(|key| crokey::parse(key).ok());
        let hints = self.hints.iter();
        Some(Binding {
            command: Command::from_id(self.action)?,
            keys: keys.map(normalized).collect(),
            modes: rooms.map_or_else(|| Mode::ALL.to_vec(), Iterator::collect),
            help: self.help.into(),
            hints: hints
                .filter_map(|&(room, hint)| Some((Mode::from_id(room)?, hint.into())))
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
    /// Returns the keys that the program comes with.
    pub fn built_in() -> Self {
        Self {
            bindings: BUILT_IN
                .iter()
                .filter_map(BuiltInBinding::to_binding)
                .collect(),
        }
    }

    /// Lets a user's file replace the keys of the actions that it names. A key that it takes away
    /// from another action no longer belongs to that one.
    ///
    /// # Errors
    ///
    /// Every unknown action, key, room or field, and every key given twice, with its line.
    pub fn with_overrides(mut self, name: &str, text: &str) -> Result<Self, Report> {
        self.apply_overrides(name, text)?;
        Ok(self)
    }

    /// Returns the keys as they are for a host: a command that it does not have has no key, and
    /// neither help nor footer mentions it. Where nothing is to be left out, they stay shared.
    #[must_use]
    pub fn for_host(self: Arc<Self>, host: Host) -> Arc<Self> {
        let exists = |binding: &Binding| host == Host::Local || !binding.command.is_local_only();
        if self.bindings.iter().all(exists) {
            return self;
        }
        let bindings = self.bindings.iter().filter(|binding| exists(binding));
        Arc::new(Self {
            bindings: bindings.cloned().collect(),
        })
    }

    /// Returns every action with its keys, in the order of the file.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// Returns what a key does in a room. In a field, a key that types a character does nothing
    /// else.
    pub fn command(&self, room: Mode, key: KeyEvent) -> Option<Command> {
        if room.has_text_field() && types_character(key.code, key.modifiers) {
            return None;
        }
        let key = normalized(KeyCombination::from(key));
        self.bindings
            .iter()
            .filter(|binding| binding.modes.contains(&room))
            .find_map(|binding| {
                let at = binding.keys.iter().position(|known| *known == key)?;
                Some(match binding.command {
                    Command::Section(_) => Command::Section(u8::try_from(at + 1).ok()?),
                    command => command,
                })
            })
    }

    /// The name of the first key that runs a command in a mode, for texts: `Enter`, `Ctrl-c`.
    ///
    /// `None` if no key does. The text then leaves out the sentence about the key.
    pub fn key_label(&self, command: Command, mode: Mode, charset: Charset) -> Option<String> {
        let bindings = self.bindings.iter();
        let binding = bindings
            .filter(|binding| binding.command == command)
            .find(|binding| binding.modes.contains(&mode))?;
        binding.first_key_label(mode, charset)
    }

    /// The footer's hints for a mode, as keys and words. Bindings with the same words share one
    /// hint, with the first key of each.
    pub fn hints(&self, mode: Mode, charset: Charset) -> Vec<(String, String)> {
        let mut hints: Vec<(String, String)> = Vec::new();
        for binding in &self.bindings {
            let Some(words) = binding.hints.get(&mode) else {
                continue;
            };
            let Some(key) = binding.first_key_label(mode, charset) else {
                continue;
            };
            match hints.iter_mut().find(|(_, known)| known == words) {
                Some((keys, _)) => keys.push_str(&key),
                None => hints.push((key, words.to_string())),
            }
        }
        hints
    }

    fn apply_overrides(&mut self, name: &str, text: &str) -> Result<(), Report> {
        let mut problems = Diagnostics::new(text);
        match toml::from_str::<File>(text) {
            Ok(file) => self.apply_rows(&file.key, &mut problems),
            Err(error) => {
                let at = error.span().unwrap_or(0..0);
                problems.syntax_error(at, error.message().to_owned(), String::new());
            }
        }
        problems.into_result(name)
    }

    /// Takes rows in; what is wrong with them is added to the problems.
    fn apply_rows(&mut self, rows: &[Row], problems: &mut Diagnostics<'_>) {
        let mut taken = Vec::new();
        let mut seen = BTreeSet::new();
        for row in rows {
            if let Some(binding) = self.parse_row(row, problems, &mut taken, &mut seen) {
                self.replace_binding(binding);
            }
        }
    }

    /// Reads one row; what is wrong with it is added to the problems.
    fn parse_row<'r>(
        &self,
        row: &'r Row,
        problems: &mut Diagnostics<'_>,
        taken: &mut Vec<(KeyCombination, Vec<Mode>, &'r str)>,
        seen: &mut BTreeSet<Command>,
    ) -> Option<Binding> {
        let before = problems.count();
        let action = row.action.get_ref();
        let command = Command::from_id(action);
        let known = command.and_then(|c| self.bindings.iter().find(|binding| binding.command == c));
        match command {
            None => problems.invalid(
                row.action.span(),
                format!("unknown action `{action}`"),
                did_you_mean(action, &Command::all().map(Command::id).collect::<Vec<_>>()),
            ),
            Some(command) if !seen.insert(command) => problems.invalid(
                row.action.span(),
                format!("action `{action}` has a row already"),
                "put all its keys into one row",
            ),
            Some(_) => {}
        }
        let mut room_named = |name: &Spanned<String>| {
            let room = Mode::from_id(name.get_ref());
            if room.is_none() {
                problems.invalid(
                    name.span(),
                    format!("`{}` is no place where keys count", name.get_ref()),
                    did_you_mean(name.get_ref(), &Mode::ALL.map(Mode::id)),
                );
            }
            room
        };
        let rooms: Vec<Mode> = match &row.modes {
            Some(names) => names.iter().filter_map(&mut room_named).collect(),
            None => known.map_or_else(|| Mode::ALL.to_vec(), |binding| binding.modes.clone()),
        };
        let mut hints: BTreeMap<Mode, Cow<'static, str>> = row
            .hint
            .iter()
            .filter_map(|(name, hint)| Some((room_named(name)?, hint.clone().into())))
            .collect();
        if let (true, Some(known)) = (hints.is_empty(), known) {
            hints.clone_from(&known.hints);
        }
        let mut keys = Vec::new();
        for name in &row.keys {
            let Ok(key) = crokey::parse(name.get_ref()) else {
                problems.invalid(
                    name.span(),
                    format!("unknown key `{}`", name.get_ref()),
                    "write `x`, `shift-x`, `ctrl-x`, `f1`, `pageup`, `left`, `space` ...",
                );
                continue;
            };
            let key = normalized(key);
            let other = taken.iter().find(|(known, places, _)| {
                *known == key && places.iter().any(|place| rooms.contains(place))
            });
            if let Some((.., other)) = other {
                problems.invalid(
                    name.span(),
                    format!("key `{}` belongs to `{other}` already", name.get_ref()),
                    "a key does one thing in one place",
                );
            }
            taken.push((key, rooms.clone(), action));
            keys.push(key);
        }
        let help = row
            .help
            .clone()
            .map(Cow::from)
            .or_else(|| known.map(|known| known.help.clone()))
            .unwrap_or_default();
        (problems.count() == before).then_some(())?;
        Some(Binding {
            command: command?,
            keys,
            modes: rooms,
            help,
            hints,
        })
    }

    /// Puts a binding in the place of its action's old one, and takes its keys from others.
    fn replace_binding(&mut self, binding: Binding) {
        for other in &mut self.bindings {
            if other.command != binding.command
                && other.modes.iter().any(|r| binding.modes.contains(r))
            {
                other.keys.retain(|key| !binding.keys.contains(key));
            }
        }
        match self
            .bindings
            .iter_mut()
            .find(|other| other.command == binding.command)
        {
            Some(old) => *old = binding,
            None => self.bindings.push(binding),
        }
    }
}

/// Returns the name of a key as help and footer show it: `↑`, `Enter`, `Ctrl-c`.
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

/// Brings a key into the form in which bindings are compared: Shift counts on letters only,
/// because terminals say `?` and not Shift-`?`.
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
        let read = Keymap { bindings }
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
        assert!(served.bindings().iter().all(|b| !b.command.is_local_only()));
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
