//! The file of settings that the reader has changed with keys: the theme and the panes.
//!
//! It has a word and its value on each line. It is not TOML, because it is read before the first frame;
//! see "Start-up shortcuts" in [the crate](crate). The file does not exist at the user's first start.

use std::path::Path;

use crate::app::{PaneSettings, PaneVisibility};
use crate::files::write_atomic;
use crate::user_data::dirs::{UserDataError, read_if_exists, write_error};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The name of the theme that was selected last.
    pub theme: Option<String>,
    pub panes: PaneSettings,
}

/// Returns `None` if the file does not exist. Unknown words and values are ignored.
pub fn load_settings(path: &Path) -> Result<Option<Settings>, UserDataError> {
    let Some(bytes) = read_if_exists(path)? else {
        return Ok(None);
    };
    let mut settings = Settings::default();
    for line in String::from_utf8_lossy(&bytes).lines() {
        match line.split_once(' ') {
            Some(("theme", name)) => settings.theme = Some(name.trim().to_owned()),
            Some(("panes", "off")) => settings.panes.visibility = PaneVisibility::Off,
            Some(("split", percent)) => {
                if let Ok(percent) = percent.trim().parse() {
                    settings.panes.set_left_percent(percent);
                }
            }
            _ => {}
        }
    }
    Ok(Some(settings))
}

/// Changes the settings in the file.
pub fn update_settings(
    path: &Path,
    change: impl FnOnce(&mut Settings),
) -> Result<(), UserDataError> {
    let mut settings = load_settings(path)?.unwrap_or_default();
    change(&mut settings);
    let theme = settings.theme.iter().map(|name| format!("theme {name}\n"));
    let mut text: String = theme.collect();
    text += match settings.panes.visibility {
        PaneVisibility::Auto => "panes auto\n",
        PaneVisibility::Off => "panes off\n",
    };
    text += &format!("split {}\n", settings.panes.left_percent());
    write_atomic(path, text.as_bytes()).map_err(|source| write_error(path, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_is_kept_when_another_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/settings");
        assert_eq!(load_settings(&path).unwrap(), None);
        update_settings(&path, |_| ()).unwrap();
        assert_eq!(load_settings(&path).unwrap(), Some(Settings::default()));
        update_settings(&path, |settings| settings.theme = Some("light".to_owned())).unwrap();
        let mut panes = PaneSettings::from(PaneVisibility::Off);
        panes.set_left_percent(42);
        update_settings(&path, |settings| settings.panes = panes).unwrap();
        let theme = Some("light".to_owned());
        assert_eq!(
            load_settings(&path).unwrap(),
            Some(Settings { theme, panes })
        );
    }

    #[test]
    fn unknown_words_and_values_are_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings");
        std::fs::write(&path, "split many\nsplit 65535\n\u{0}\npanes\ncolor red\n").unwrap();
        let settings = load_settings(&path).unwrap().unwrap();
        assert_eq!(settings.theme, None);
        assert_eq!(settings.panes.left_percent(), 78);
    }
}
