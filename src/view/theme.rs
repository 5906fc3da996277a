//! Themes: the style of each role, from `assets/themes` or a user's file.

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;
use toml::Spanned;

use crate::diagnostics::{Diagnostics, Report, did_you_mean};
use crate::layout::Role;

/// The built-in themes: the tables that `build.rs` makes of `assets/themes/*.toml`.
const BUILT_IN: &[(&str, &[(&str, BuiltInStyle)])] =
    include!(concat!(env!("OUT_DIR"), "/themes.rs"));

/// The theme until the background is known.
const ANY_BACKGROUND: &str = "auto";

/// The names of the built-in themes, the default first.
const NAMES: [&str; 5] = [
    ANY_BACKGROUND,
    "dark",
    "light",
    "high-contrast",
    "monochrome",
];

/// The style of a role in a built-in theme.
struct BuiltInStyle {
    fg: Option<&'static str>,
    bg: Option<&'static str>,
    attributes: &'static [&'static str],
}

/// The role of a text on screen, which decides its style.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StyleRole {
    /// A role in a laid-out page.
    Page(Role),
    /// The code in the header.
    Code,
    /// The title in the header.
    Title,
    ReviewStatus,
    Tab,
    /// The tab of the open section.
    TabOpen,
    /// The position in the document.
    Breadcrumb,
    /// The source of the selected row.
    Source,
    /// A source that others disagree with.
    Conflict,
    /// A message in the status line, or a reader's note.
    Note,
    /// A key in the footer.
    Key,
    /// The words for a key in the footer, and other hints.
    Hint,
    /// The short copyright notice.
    Notice,
    SelectionMark,
    /// The first field of the selected row.
    SelectedRow,
    /// The selected item of a list.
    SelectedItem,
    SearchMatch,
    /// Typed text, and the items of a list.
    Field,
    /// The text around a search match.
    Snippet,
}

impl StyleRole {
    /// All roles, with their names in theme files.
    const THEME_KEYS: [(&'static str, Self); 29] = [
        ("text", Self::Page(Role::Text)),
        ("heading", Self::Page(Role::Heading)),
        ("block", Self::Page(Role::Title)),
        ("label", Self::Page(Role::Label)),
        ("editor", Self::Page(Role::Editor)),
        ("unavailable", Self::Page(Role::Unavailable)),
        ("no-entry", Self::Page(Role::NoEntry)),
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

/// A style for each role.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Theme {
    depends_on_background: bool,
    styles: BTreeMap<StyleRole, Style>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a line that an author writes"
)]
struct StyleEntry {
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

impl From<&BuiltInStyle> for StyleEntry {
    fn from(style: &BuiltInStyle) -> Self {
        let color = |name: &str| Spanned::new(0..0, name.to_owned());
        let has = |attribute| style.attributes.contains(&attribute);
        Self {
            fg: style.fg.map(color),
            bg: style.bg.map(color),
            bold: has("bold"),
            dim: has("dim"),
            italic: has("italic"),
            underline: has("underline"),
            reverse: has("reverse"),
        }
    }
}

impl Theme {
    /// The names of the built-in themes, the default first.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.into_iter()
    }

    pub fn built_in(name: &str) -> Option<Result<Self, Report>> {
        let (_, styles) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
        let mut diagnostics = Diagnostics::new("");
        let entries = styles.iter().map(|(key, style)| {
            let key = Spanned::new(0..0, (*key).to_owned());
            (key, StyleEntry::from(style))
        });
        let theme = Self::from_entries(entries, &mut diagnostics);
        let report = diagnostics.into_result(&format!("assets/themes/{name}.toml"));
        let depends_on_background = name == ANY_BACKGROUND;
        Some(report.map(|()| Self {
            depends_on_background,
            ..theme
        }))
    }

    /// The built-in theme after this one, with its name. A theme of the user's own is followed by the
    /// default.
    pub fn next_built_in(&self) -> Option<(&'static str, Self)> {
        let themes: Vec<(&'static str, Self)> = NAMES
            .into_iter()
            .filter_map(|name| Some((name, Self::built_in(name)?.ok()?)))
            .collect();
        let current = themes.iter().position(|(_, theme)| theme == self);
        let next = current.map_or(0, |n| (n + 1) % themes.len());
        themes.into_iter().nth(next)
    }

    /// Parses a theme file. The report has every unknown role, color and field.
    pub fn parse(name: &str, text: &str) -> Result<Self, Report> {
        let mut diagnostics = Diagnostics::new(text);
        let file: BTreeMap<Spanned<String>, StyleEntry> = match toml::from_str(text) {
            Ok(file) => file,
            Err(error) => {
                let at = error.span().unwrap_or(0..0);
                diagnostics.syntax_error(at, error.message().to_owned(), String::new());
                BTreeMap::new()
            }
        };
        let theme = Self::from_entries(file, &mut diagnostics);
        diagnostics.into_result(name).map(|()| theme)
    }

    fn from_entries(
        entries: impl IntoIterator<Item = (Spanned<String>, StyleEntry)>,
        diagnostics: &mut Diagnostics<'_>,
    ) -> Self {
        let mut styles = BTreeMap::new();
        for (key, entry) in entries {
            let style = parse_style(&entry, diagnostics);
            let mut roles = StyleRole::THEME_KEYS.into_iter();
            match roles.find(|(known, _)| known == key.get_ref()) {
                Some((_, role)) => {
                    styles.insert(role, style);
                }
                None => diagnostics.invalid(
                    key.span(),
                    format!("unknown part of the screen `{}`", key.get_ref()),
                    did_you_mean(
                        key.get_ref(),
                        &StyleRole::THEME_KEYS.map(|(known, _)| known),
                    ),
                ),
            }
        }
        Self {
            depends_on_background: false,
            styles,
        }
    }

    /// Returns true if another built-in theme replaces this one once the background is known.
    pub const fn depends_on_background(&self) -> bool {
        self.depends_on_background
    }

    /// The style of a role; the terminal's default style if the theme does not name the role.
    pub fn style(&self, role: StyleRole) -> Style {
        self.styles.get(&role).copied().unwrap_or_default()
    }
}

fn parse_style(entry: &StyleEntry, diagnostics: &mut Diagnostics<'_>) -> Style {
    let mut color = |name: &Option<Spanned<String>>| {
        let name = name.as_ref()?;
        let color = name.get_ref().parse::<Color>().ok();
        if color.is_none() {
            diagnostics.invalid(
                name.span(),
                format!("unknown color `{}`", name.get_ref()),
                "write a name such as `cyan` or `light-red`, a number to 255, or `#rrggbb`",
            );
        }
        color
    };
    let mut style = Style {
        fg: color(&entry.fg),
        bg: color(&entry.bg),
        ..Style::default()
    };
    let attributes = [
        (entry.bold, Modifier::BOLD),
        (entry.dim, Modifier::DIM),
        (entry.italic, Modifier::ITALIC),
        (entry.underline, Modifier::UNDERLINED),
        (entry.reverse, Modifier::REVERSED),
    ];
    for (_, attribute) in attributes.into_iter().filter(|(on, _)| *on) {
        style = style.add_modifier(attribute);
    }
    style
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tty::ColorDepth;
    use crate::tty::screen::palette::{Rgb, shown_rgb};

    #[test]
    fn built_in_themes_match_their_files() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/themes");
        for name in Theme::names() {
            let theme = Theme::built_in(name)
                .unwrap()
                .unwrap_or_else(|report| panic!("{report}"));
            let text = std::fs::read_to_string(format!("{folder}/{name}.toml")).unwrap();
            assert_eq!(
                theme.styles,
                Theme::parse(name, &text).unwrap().styles,
                "{name}"
            );
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

    /// The contrast of two colors, as WCAG 2 defines it.
    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let linear = |component: u8| match f64::from(component) / 255.0 {
            low if low <= 0.039_28 => low / 12.92,
            high => ((high + 0.055) / 1.055).powf(2.4),
        };
        let luminance = |(red, green, blue)| {
            0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
        };
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        a.max(b) / a.min(b)
    }

    #[test]
    fn text_is_readable_on_the_backgrounds_of_each_theme() {
        const BLACK: Rgb = (0, 0, 0);
        const WHITE: Rgb = (255, 255, 255);
        let cases: [(&str, &[Rgb]); 5] = [
            ("auto", &[BLACK, WHITE]),
            ("dark", &[BLACK]),
            ("light", &[WHITE]),
            ("high-contrast", &[BLACK, WHITE]),
            ("monochrome", &[BLACK, WHITE]),
        ];
        // AA. The sixteen colors differ between terminals, so that this is the nearest to it.
        for (depth, least) in [(ColorDepth::Ansi256, 4.5), (ColorDepth::Ansi16, 4.4)] {
            for (name, backgrounds) in cases {
                let theme = Theme::built_in(name).unwrap().unwrap();
                for (key, role) in StyleRole::THEME_KEYS {
                    let style = theme.style(role);
                    assert!(!style.add_modifier.contains(Modifier::DIM), "{name} {key}");
                    let rgb = |color: Option<Color>| shown_rgb(color.unwrap_or_default(), depth);
                    for &background in backgrounds {
                        let text = contrast(background, BLACK) < 4.5;
                        let default = if text { WHITE } else { BLACK };
                        let foreground = rgb(style.fg).unwrap_or(default);
                        let behind = rgb(style.bg).unwrap_or(background);
                        let contrast = contrast(foreground, behind);
                        assert!(contrast >= least, "{name} {key} {depth:?}: {contrast:.2}");
                    }
                }
            }
        }
    }

    #[test]
    fn unknown_part_and_color_are_both_reported() {
        let report = Theme::parse(
            "t.toml",
            "headng = { fg = 'cyan' }\ntext = { fg = 'cyam' }\n",
        )
        .unwrap_err();
        let text = report.to_string();
        assert!(text.contains("headng") && text.contains("cyam"), "{text}");
    }
}
