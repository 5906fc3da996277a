//! The user's synonyms file.

use super::install_user_library;
use crate::support::program::{Home, Launch, text};

#[test]
fn user_synonyms_are_added_to_built_in_ones() {
    let home = Home::new();
    install_user_library(&home);
    let search = Launch::codeleaf("search jumbo panel").home(&home);
    assert_eq!(search.run().status.code(), Some(1));
    home.write(
        "config/codeleaf/synonyms.toml",
        "[[also]]\nasked = [\"jumbo panel\"]\nmodifier = \"26\"\n",
    );
    let found = text(&search.run().stdout);
    assert!(found.contains("Professional Component"), "{found}");
}

#[test]
fn invalid_user_synonyms_are_reported_with_line() {
    let home = Home::new();
    home.write(
        "config/codeleaf/synonyms.toml",
        "[[also]]\nasked = \"jumbo panel\"\nmodifier = \"26\"\n",
    );
    let output = Launch::codeleaf("search jumbo").home(&home).run();
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    assert!(message.contains("synonyms.toml:2:"), "{message}");
}
