//! Reads colours by role: files of `assets/themes`, and the user's own.

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;
use toml::Spanned;

use crate::diagnostics::{Diagnostics, Report, did_you_mean};
use crate::layout::Role;

/// The themes that the program comes with: `assets/themes/*.toml`, read when the program is built.
const BUILT_IN: &[(&str, &[(&str, BuiltInStyle)])] =
    include!(concat!(env!("OUT_DIR"), "/themes.rs"));

/// The names of these in the order in which they are offered, the default first.
const NAMES: [&str; 4] = ["dark", "light", "high-contrast", "monochrome"];

/// The colours of a part in a theme that the program comes with.
struct BuiltInStyle {
    fg: Option<&'static str>,
    bg: Option<&'static str>,
    attributes: &'static [&'static str],
}

/// A part of the screen that has a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StyleRole {
    /// A piece of a page.
    Page(Role),
    /// The code in the header.
    Code,
    /// The title in the header.
    Title,
    /// How far the document can be relied on.
    ReviewStatus,
    /// A section's tab.
    Tab,
    /// The open section's tab.
    TabOpen,
    /// Where the reader is.
    Breadcrumb,
    /// Who says so.
    Source,
    /// Who disagrees.
    Conflict,
    /// Something to be said.
    Note,
    /// A key in the footer.
    Key,
    /// What it does.
    Hint,
    /// The short notice.
    Notice,
    /// The mark of the selected row.
    SelectionMark,
    /// The first field of the selected row.
    SelectedRow,
    /// The chosen item of a list.
    SelectedItem,
    /// A word that was searched for.
    SearchMatch,
    /// What is typed, and items of a list.
    Field,
    /// The text around a hit.
    Snippet,
}

impl StyleRole {
    /// Every part with the name that theme files use.
    const THEME_KEYS: [(&'static str, Self); 28] = [
        ("text", Self::Page(Role::Text)),
        ("heading", Self::Page(Role::Heading)),
        ("block", Self::Page(Role::Title)),
        ("label", Self::Page(Role::Label)),
        ("editor", Self::Page(Role::Editor)),
        ("unavailable", Self::Page(Role::Unavailable)),
        ("caution", Self::Page(Role::Caution)),
        ("conflict", Self::Page(Role::Conflict)),
        ("source", Self::Page(Role::Source)),
        ("notices", Self::Page(Role::Notice)),
        ("code", Self::Code),
        ("title", Self::Title),
        ("state", Self::ReviewStatus),
        ("tab", Self::Tab),
        ("tab-open", Self::TabOpen),
        ("trail", Self::Breadcrumb),
        ("trail-source", Self::Source),
        ("trail-conflict", Self::Conflict),
        ("note", Self::Note),
        ("key", Self::Key),
        ("hint", Self::Hint),
        ("notice", Self::Notice),
        ("mark", Self::SelectionMark),
        ("selected", Self::SelectedRow),
        ("chosen", Self::SelectedItem),
        ("found", Self::SearchMatch),
        ("field", Self::Field),
        ("snippet", Self::Snippet),
    ];
}

/// The colours of every part.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Theme {
    styles: BTreeMap<StyleRole, Style>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a line that an author writes"
)]
struct Colours {
    fg: Option<Spanned<String>>,
    bg: Option<Spanned<String>>,
    #[serde(default)]
    bold: bool,
    #[serde(default)]
    dim: bool,
    #[serde(default)]
    italic: bool,
    #[serde(default)]
    underline: bool,
    #[serde(default)]
    reverse: bool,
}

impl From<&BuiltInStyle> for Colours {
    fn from(preset: &BuiltInStyle) -> Self {
        let colour = |name: &str| Spanned::new(0..0, name.to_owned());
        let has = |attribute| preset.attributes.contains(&attribute);
        Self {
            fg: preset.fg.map(colour),
            bg: preset.bg.map(colour),
            bold: has("bold"),
            dim: has("dim"),
            italic: has("italic"),
            underline: has("underline"),
            reverse: has("reverse"),
        }
    }
}

impl Theme {
    /// Returns the names of the themes that the program comes with, the default first.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.into_iter()
    }

    /// Returns a theme that the program comes with.
    pub fn built_in(name: &str) -> Option<Result<Self, Report>> {
        let (_, parts) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
        let mut problems = Diagnostics::new("");
        let parts = parts.iter().map(|(part, preset)| {
            let part = Spanned::new(0..0, (*part).to_owned());
            (part, Colours::from(preset))
        });
        let theme = Self::from_entries(parts, &mut problems);
        let report = problems.into_result(&format!("assets/themes/{name}.toml"));
        Some(report.map(|()| theme))
    }

    /// Reads a theme file.
    ///
    /// # Errors
    ///
    /// Every unknown part, colour or field, with its line.
    pub fn parse(name: &str, text: &str) -> Result<Self, Report> {
        let mut problems = Diagnostics::new(text);
        let file: BTreeMap<Spanned<String>, Colours> = match toml::from_str(text) {
            Ok(file) => file,
            Err(error) => {
                let at = error.span().unwrap_or(0..0);
                problems.syntax_error(at, error.message().to_owned(), String::new());
                BTreeMap::new()
            }
        };
        let theme = Self::from_entries(file, &mut problems);
        problems.into_result(name).map(|()| theme)
    }

    /// Makes a theme; what is wrong with it is added to the problems.
    fn from_entries(
        parts: impl IntoIterator<Item = (Spanned<String>, Colours)>,
        problems: &mut Diagnostics<'_>,
    ) -> Self {
        let mut styles = BTreeMap::new();
        for (part, colours) in parts {
            let style = parse_style(&colours, problems);
            match StyleRole::THEME_KEYS
                .into_iter()
                .find(|(known, _)| *known == part.get_ref())
            {
                Some((_, part)) => {
                    styles.insert(part, style);
                }
                None => problems.invalid(
                    part.span(),
                    format!("unknown part of the screen `{}`", part.get_ref()),
                    did_you_mean(
                        part.get_ref(),
                        &StyleRole::THEME_KEYS.map(|(known, _)| known),
                    ),
                ),
            }
        }
        Self { styles }
    }

    /// Returns the style of a part; one that the theme does not name has the terminal's own.
    pub fn style(&self, part: StyleRole) -> Style {
        self.styles.get(&part).copied().unwrap_or_default()
    }
}

fn parse_style(colours: &Colours, problems: &mut Diagnostics<'_>) -> Style {
    let mut colour = |name: &Option<Spanned<String>>| {
        let name = name.as_ref()?;
        let colour = name.get_ref().parse::<Color>().ok();
        if colour.is_none() {
            problems.invalid(
                name.span(),
                format!("unknown colour `{}`", name.get_ref()),
                "write a name such as `cyan` or `light-red`, a number to 255, or `#rrggbb`",
            );
        }
        colour
    };
    let mut style = Style {
        fg: colour(&colours.fg),
        bg: colour(&colours.bg),
        ..Style::default()
    };
    let attributes = [
        (colours.bold, Modifier::BOLD),
        (colours.dim, Modifier::DIM),
        (colours.italic, Modifier::ITALIC),
        (colours.underline, Modifier::UNDERLINED),
        (colours.reverse, Modifier::REVERSED),
    ];
    for (_, attribute) in attributes.into_iter().filter(|(on, _)| *on) {
        style = style.add_modifier(attribute);
    }
    style
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_themes_match_their_files() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/themes");
        for name in Theme::names() {
            let theme = Theme::built_in(name)
                .unwrap()
                .unwrap_or_else(|report| panic!("{report}"));
            let text = std::fs::read_to_string(format!("{folder}/{name}.toml")).unwrap();
            assert_eq!(theme, Theme::parse(name, &text).unwrap(), "{name}");
            assert_ne!(
                theme.style(StyleRole::SearchMatch),
                theme.style(StyleRole::Field),
                "{name}"
            );
            assert_ne!(
                theme.style(StyleRole::TabOpen),
                theme.style(StyleRole::Tab),
                "{name}"
            );
        }
        assert_eq!(BUILT_IN.len(), NAMES.len());
    }

    #[test]
    fn unknown_part_and_color_are_both_reported() {
        let report = Theme::parse(
            "t.toml",
            "headng = { fg = 'cyan' }\ntext = { fg = 'cyam' }\n",
        )
        .unwrap_err();
        let words = report.to_string();
        assert!(
            words.contains("headng") && words.contains("cyam"),
            "{words}"
        );
    }
}
