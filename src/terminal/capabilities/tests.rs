use super::*;

/// Detects from variables written as `NAME=value NAME=value`.
fn detect(variables: &str, overrides: Overrides) -> Painting {
    let variable = |name: &str| {
        variables
            .split_whitespace()
            .filter_map(|pair| pair.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.to_owned())
    };
    Capabilities::detect(&variable, overrides)
}

fn full(variables: &str) -> Capabilities {
    match detect(variables, Overrides::default()) {
        Painting::Full(capabilities) => capabilities,
        Painting::Plain(_) => panic!("{variables}: plain"),
    }
}

#[test]
fn a_dumb_or_missing_terminal_is_painted_plainly() {
    for variables in ["", "TERM=", "TERM=dumb", "TERM=unknown", "TERM=vt52"] {
        let painting = detect(variables, Overrides::default());
        assert_eq!(painting, Painting::Plain(Charset::Ascii), "{variables}");
    }
    let painting = detect("TERM=dumb LANG=en_US.UTF-8", Overrides::default());
    assert_eq!(painting, Painting::Plain(Charset::Unicode));
}

#[test]
fn colours_follow_term_and_colorterm() {
    let cases = [
        ("TERM=xterm", Colours::Ansi16),
        ("TERM=xterm-256color", Colours::Ansi256),
        ("TERM=xterm-256color COLORTERM=truecolor", Colours::True),
        ("TERM=xterm COLORTERM=24bit", Colours::True),
        ("TERM=xterm-kitty", Colours::True),
        ("TERM=alacritty", Colours::True),
        ("TERM=xterm-direct", Colours::True),
        ("TERM=linux COLORTERM=truecolor", Colours::Ansi16),
        ("TERM=vt100 COLORTERM=truecolor", Colours::None),
        ("TERM=vt220", Colours::None),
        ("TERM=vt525", Colours::None),
        ("TERM=xterm-mono", Colours::None),
        ("TERM=screen", Colours::Ansi16),
        ("TERM=screen-256color COLORTERM=truecolor", Colours::Ansi256),
        (
            "TERM=screen-256color TMUX=/tmp/s COLORTERM=truecolor",
            Colours::True,
        ),
        ("TERM=tmux-256color", Colours::Ansi256),
        ("TERM=nonesuch", Colours::Ansi16),
        ("TERM=newcomer-256color", Colours::Ansi256),
    ];
    for (variables, colours) in cases {
        assert_eq!(full(variables).colours, colours, "{variables}");
    }
}

#[test]
fn the_conventions_against_colour_are_kept() {
    let cases = [
        ("TERM=xterm NO_COLOR=1", Colours::None),
        ("TERM=xterm NO_COLOR=", Colours::Ansi16),
        ("TERM=xterm CLICOLOR=0", Colours::None),
        ("TERM=xterm CLICOLOR=1", Colours::Ansi16),
        ("TERM=xterm CLICOLOR=0 CLICOLOR_FORCE=1", Colours::Ansi16),
        ("TERM=xterm CLICOLOR=0 CLICOLOR_FORCE=0", Colours::None),
    ];
    for (variables, colours) in cases {
        assert_eq!(full(variables).colours, colours, "{variables}");
    }
}

#[test]
fn the_locale_decides_on_characters_in_the_order_of_setlocale() {
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
        assert_eq!(full(variables).charset, charset, "{variables}");
    }
}

#[test]
fn the_command_line_stands_before_the_environment() {
    let overrides = Overrides {
        colour: ColourChoice::Always(Colours::Ansi256),
        charset: Some(Charset::Unicode),
    };
    let Painting::Full(capabilities) = detect("TERM=vt100 NO_COLOR=1 LANG=C", overrides) else {
        panic!("plain")
    };
    assert_eq!(capabilities.colours, Colours::Ansi256);
    assert_eq!(capabilities.charset, Charset::Unicode);
}

#[test]
fn colours_are_chosen_by_a_word() {
    let cases = [
        ("auto", Ok(ColourChoice::Auto)),
        ("never", Ok(ColourChoice::Always(Colours::None))),
        ("16", Ok(ColourChoice::Always(Colours::Ansi16))),
        ("256", Ok(ColourChoice::Always(Colours::Ansi256))),
        ("true", Ok(ColourChoice::Always(Colours::True))),
        ("blue", Err(ColourChoiceError)),
    ];
    for (word, choice) in cases {
        assert_eq!(word.parse(), choice, "{word}");
    }
}

#[test]
fn old_terminals_are_sent_only_what_they_can_do() {
    let cases = [
        ("vt100", Feature::ScrollRegion, true),
        ("vt100", Feature::EraseCharacters, false),
        ("vt100", Feature::AlternateScreen, false),
        ("vt100", Feature::HideCursor, false),
        ("vt100", Feature::EndAttribute, false),
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
    ];
    for (term, feature, can) in cases {
        assert_eq!(
            full(&format!("TERM={term}")).can(feature),
            can,
            "{term} {feature:?}"
        );
    }
}

#[test]
fn multiplexers_are_noted() {
    let cases = [
        ("TERM=xterm", None),
        ("TERM=tmux-256color", Some(Multiplexer::Tmux)),
        ("TERM=screen TMUX=/tmp/s,1,0", Some(Multiplexer::Tmux)),
        ("TERM=screen.xterm-256color", Some(Multiplexer::Screen)),
    ];
    for (variables, multiplexer) in cases {
        assert_eq!(full(variables).multiplexer, multiplexer, "{variables}");
    }
}
