//! The user's `keymap.toml`, which replaces the keys of the commands that it names.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crokey::KeyCombination;
use serde::Deserialize;
use toml::Spanned;

use crate::app::command::Command;
use crate::app::keymap::{Binding, Keymap, normalized};
use crate::app::mode::Mode;
use crate::diagnostics::{Diagnostics, Report, did_you_mean};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeymapFile {
    #[serde(default)]
    key: Vec<BindingRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BindingRow {
    action: Spanned<String>,
    keys: Vec<Spanned<String>>,
    #[serde(default, rename = "in")]
    modes: Option<Vec<Spanned<String>>>,
    help: Option<String>,
    #[serde(default)]
    hint: BTreeMap<Spanned<String>, String>,
}

impl Keymap {
    /// Replaces the bindings of the commands that a file names. A key of the file is taken from
    /// any other command that has it in the same mode.
    ///
    /// # Errors
    ///
    /// Every unknown command, key, mode or field, and every duplicate key, with its line.
    pub fn with_overrides(mut self, name: &str, text: &str) -> Result<Self, Report> {
        let mut parser = RowParser {
            diagnostics: Diagnostics::new(text),
            commands: BTreeSet::new(),
            used_keys: Vec::new(),
        };
        match toml::from_str::<KeymapFile>(text) {
            Ok(file) => {
                for row in &file.key {
                    if let Some(binding) = parser.parse_row(row, &self.bindings) {
                        self.replace_binding(binding);
                    }
                }
            }
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                let message = error.message().to_owned();
                parser
                    .diagnostics
                    .syntax_error(span, message, String::new());
            }
        }
        parser.diagnostics.into_result(name)?;
        Ok(self)
    }

    fn replace_binding(&mut self, binding: Binding) {
        for other in &mut self.bindings {
            let shares_mode = other.modes.iter().any(|mode| binding.modes.contains(mode));
            if other.command != binding.command && shares_mode {
                other.keys.retain(|key| !binding.keys.contains(key));
            }
        }
        let mut bindings = self.bindings.iter_mut();
        match bindings.find(|other| other.command == binding.command) {
            Some(old) => *old = binding,
            None => self.bindings.push(binding),
        }
    }
}

/// A parser that reports errors and goes on.
struct RowParser<'t> {
    diagnostics: Diagnostics<'t>,
    /// The commands of the rows so far.
    commands: BTreeSet<Command>,
    /// The keys of the rows so far, with their modes and commands.
    used_keys: Vec<(KeyCombination, Vec<Mode>, String)>,
}

impl RowParser<'_> {
    /// Parses a row. Fields that it leaves out come from the command's current binding. `None` if
    /// the row has an error.
    fn parse_row(&mut self, row: &BindingRow, bindings: &[Binding]) -> Option<Binding> {
        let errors_before = self.diagnostics.count();
        let command = self.parse_command(&row.action);
        let old = bindings.iter().find(|old| Some(old.command) == command);
        let modes = match &row.modes {
            Some(names) => names
                .iter()
                .filter_map(|name| self.parse_mode(name))
                .collect(),
            None => old.map_or_else(|| Mode::ALL.to_vec(), |old| old.modes.clone()),
        };
        let mut hints = self.parse_hints(&row.hint);
        let keys = self.parse_keys(row, &modes);
        if self.diagnostics.count() > errors_before {
            return None;
        }
        if let (true, Some(old)) = (hints.is_empty(), old) {
            hints.clone_from(&old.hints);
        }
        let help = row.help.clone().map(Cow::from);
        Some(Binding {
            command: command?,
            keys,
            modes,
            help: help.or(old.map(|old| old.help.clone())).unwrap_or_default(),
            hints,
        })
    }

    fn parse_command(&mut self, name: &Spanned<String>) -> Option<Command> {
        let Some(command) = Command::from_id(name.get_ref()) else {
            self.diagnostics.invalid(
                name.span(),
                format!("unknown action `{}`", name.get_ref()),
                did_you_mean(name.get_ref(), &Command::ids()),
            );
            return None;
        };
        if !self.commands.insert(command) {
            self.diagnostics.invalid(
                name.span(),
                format!("action `{}` already has a row", name.get_ref()),
                "put all its keys into one row",
            );
        }
        Some(command)
    }

    fn parse_mode(&mut self, name: &Spanned<String>) -> Option<Mode> {
        let mode = Mode::from_id(name.get_ref());
        if mode.is_none() {
            self.diagnostics.invalid(
                name.span(),
                format!("unknown mode `{}`", name.get_ref()),
                did_you_mean(name.get_ref(), &Mode::ALL.map(Mode::id)),
            );
        }
        mode
    }

    fn parse_hints(
        &mut self,
        hints: &BTreeMap<Spanned<String>, String>,
    ) -> BTreeMap<Mode, Cow<'static, str>> {
        let hints = hints
            .iter()
            .filter_map(|(mode, hint)| Some((self.parse_mode(mode)?, hint.clone().into())));
        hints.collect()
    }

    fn parse_keys(&mut self, row: &BindingRow, modes: &[Mode]) -> Vec<KeyCombination> {
        let mut keys = Vec::new();
        for name in &row.keys {
            let Ok(key) = crokey::parse(name.get_ref()) else {
                self.diagnostics.invalid(
                    name.span(),
                    format!("unknown key `{}`", name.get_ref()),
                    "write `x`, `shift-x`, `ctrl-x`, `f1`, `pageup`, `left`, `space` ...",
                );
                continue;
            };
            let key = normalized(key);
            self.check_conflict(name, key, modes);
            let action = row.action.get_ref().clone();
            self.used_keys.push((key, modes.to_vec(), action));
            keys.push(key);
        }
        keys
    }

    fn check_conflict(&mut self, name: &Spanned<String>, key: KeyCombination, modes: &[Mode]) {
        let other = self.used_keys.iter().find(|(used, used_modes, _)| {
            *used == key && used_modes.iter().any(|mode| modes.contains(mode))
        });
        if let Some((.., action)) = other {
            self.diagnostics.invalid(
                name.span(),
                format!("key `{}` already belongs to `{action}`", name.get_ref()),
                "a key does one thing in each mode",
            );
        }
    }
}
