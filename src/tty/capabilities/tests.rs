use crate::tty::capabilities::*;

/// Detects from variables written as `NAME=value NAME=value`.
fn detect(variables: &str, overrides: Overrides) -> DisplayMode {
    let variable = |name: &str| {
        variables
            .split_whitespace()
            .filter_map(|pair| pair.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.to_owned())
    };
    Capabilities::detect(&variable, overrides)
}

fn detect_capabilities(variables: &str) -> Capabilities {
    match detect(variables, Overrides::default()) {
        DisplayMode::Interactive(capabilities) => capabilities,
        DisplayMode::Plain(_) => panic!("{variables}: plain"),
    }
}

#[test]
fn dumb_or_missing_term_selects_plain_output() {
    for variables in ["", "TERM=", "TERM=dumb", "TERM=unknown", "TERM=vt52"] {
        let mode = detect(variables, Overrides::default());
        assert_eq!(mode, DisplayMode::Plain(Charset::Ascii), "{variables}");
    }
    let mode = detect("TERM=dumb LANG=en_US.UTF-8", Overrides::default());
    assert_eq!(mode, DisplayMode::Plain(Charset::Unicode));
}

#[test]
fn color_depth_follows_term_and_colorterm() {
    let cases = [
        ("TERM=xterm", ColorDepth::Ansi16),
        ("TERM=st-256color", ColorDepth::Ansi256),
        ("TERM=xterm-256color", ColorDepth::Ansi256),
        (
            "TERM=xterm-256color COLORTERM=truecolor",
            ColorDepth::TrueColor,
        ),
        ("TERM=xterm COLORTERM=24bit", ColorDepth::TrueColor),
        ("TERM=xterm-kitty", ColorDepth::TrueColor),
        ("TERM=alacritty", ColorDepth::TrueColor),
        ("TERM=xterm-direct", ColorDepth::TrueColor),
        ("TERM=linux COLORTERM=truecolor", ColorDepth::Ansi16),
        ("TERM=vt100 COLORTERM=truecolor", ColorDepth::None),
        ("TERM=vt220", ColorDepth::None),
        ("TERM=vt525", ColorDepth::None),
        ("TERM=xterm-mono", ColorDepth::None),
        ("TERM=screen", ColorDepth::Ansi16),
        (
            "TERM=screen-256color COLORTERM=truecolor",
            ColorDepth::Ansi256,
        ),
        (
            "TERM=screen-256color TMUX=/tmp/s COLORTERM=truecolor",
            ColorDepth::TrueColor,
        ),
        ("TERM=tmux-256color", ColorDepth::Ansi256),
        ("TERM=nonesuch", ColorDepth::Ansi16),
        ("TERM=newcomer-256color", ColorDepth::Ansi256),
    ];
    for (variables, depth) in cases {
        assert_eq!(
            detect_capabilities(variables).color_depth,
            depth,
            "{variables}"
        );
    }
}

#[test]
fn no_color_and_clicolor_are_honored() {
    let cases = [
        ("TERM=xterm NO_COLOR=1", ColorDepth::None),
        ("TERM=xterm NO_COLOR=", ColorDepth::Ansi16),
        ("TERM=xterm CLICOLOR=0", ColorDepth::None),
        ("TERM=xterm CLICOLOR=1", ColorDepth::Ansi16),
        ("TERM=xterm CLICOLOR=0 CLICOLOR_FORCE=1", ColorDepth::Ansi16),
        ("TERM=xterm CLICOLOR=0 CLICOLOR_FORCE=0", ColorDepth::None),
    ];
    for (variables, depth) in cases {
        assert_eq!(
            detect_capabilities(variables).color_depth,
            depth,
            "{variables}"
        );
    }
}

#[test]
fn charset_follows_locale_variables_in_setlocale_order() {
    let cases = [
        ("TERM=xterm", Charset::Ascii),
        ("TERM=xterm LANG=C", Charset::Ascii),
        ("TERM=xterm LANG=C.UTF-8", Charset::Unicode),
        ("TERM=xterm LANG=de_DE.utf8", Charset::Unicode),
        ("TERM=xterm LANG=de_DE.UTF-8 LC_ALL=C", Charset::Ascii),
        ("TERM=xterm LANG=C LC_CTYPE=UTF-8", Charset::Unicode),
        ("TERM=xterm LC_ALL= LC_CTYPE=C LANG=C.UTF-8", Charset::Ascii),
        ("TERM=vt100 LANG=C.UTF-8", Charset::Ascii),
        ("TERM=linux LANG=C.UTF-8", Charset::Unicode),
    ];
    for (variables, charset) in cases {
        assert_eq!(
            detect_capabilities(variables).charset,
            charset,
            "{variables}"
        );
    }
}

#[test]
fn command_line_overrides_the_environment() {
    let overrides = Overrides {
        color: ColorChoice::Always(ColorDepth::Ansi256),
        charset: Some(Charset::Unicode),
        ..Overrides::default()
    };
    let DisplayMode::Interactive(capabilities) = detect("TERM=vt100 NO_COLOR=1 LANG=C", overrides)
    else {
        panic!("plain")
    };
    assert_eq!(capabilities.color_depth, ColorDepth::Ansi256);
    assert_eq!(capabilities.charset, Charset::Unicode);
}

#[test]
fn text_is_appended_without_colors_on_every_terminal() {
    let overrides = Overrides {
        color: ColorChoice::Always(ColorDepth::Ansi256),
        appends_only: true,
        ..Overrides::default()
    };
    for (term, can_paste) in [("xterm-256color", true), ("linux", false), ("dumb", false)] {
        let variables = format!("TERM={term} LANG=C.UTF-8 COLORFGBG=0;15");
        let DisplayMode::Interactive(capabilities) = detect(&variables, overrides) else {
            panic!("{term}: plain")
        };
        assert!(capabilities.appends_only, "{term}");
        assert_eq!(capabilities.color_depth, ColorDepth::None, "{term}");
        assert_eq!(capabilities.background, None, "{term}");
        assert_eq!(
            capabilities.can(Feature::BracketedPaste),
            can_paste,
            "{term}"
        );
        assert!(!capabilities.can(Feature::AlternateScreen), "{term}");
    }
}

#[test]
fn each_family_has_the_features_of_its_terminals() {
    let cases = [
        ("vt100", Feature::ScrollRegion, true),
        ("vt100", Feature::EraseCharacters, false),
        ("vt100", Feature::AlternateScreen, false),
        ("vt100", Feature::HideCursor, false),
        ("vt100", Feature::ResetAttribute, false),
        ("vt100", Feature::BracketedPaste, false),
        ("vt220", Feature::EraseCharacters, true),
        ("vt220", Feature::LineAddress, false),
        ("linux", Feature::AlternateScreen, false),
        ("linux", Feature::Synchronized, false),
        ("linux", Feature::LineAddress, true),
        ("screen", Feature::Italic, false),
        ("screen", Feature::EraseCharacters, false),
        ("nonesuch", Feature::ScrollRegion, false),
        ("xterm", Feature::Synchronized, true),
        ("st-256color", Feature::Synchronized, false),
        ("st-256color", Feature::EraseCharacters, true),
        ("st", Feature::Synchronized, false),
        ("linux", Feature::BackgroundColor, false),
    ];
    for (term, feature, can) in cases {
        assert_eq!(
            detect_capabilities(&format!("TERM={term}")).can(feature),
            can,
            "{term} {feature:?}"
        );
    }
}

#[test]
fn multiplexers_are_detected() {
    let cases = [
        ("TERM=xterm", None),
        ("TERM=tmux-256color", Some(Multiplexer::Tmux)),
        ("TERM=screen TMUX=/tmp/s,1,0", Some(Multiplexer::Tmux)),
        ("TERM=screen.xterm-256color", Some(Multiplexer::Screen)),
    ];
    for (variables, multiplexer) in cases {
        assert_eq!(
            detect_capabilities(variables).multiplexer,
            multiplexer,
            "{variables}"
        );
    }
}
