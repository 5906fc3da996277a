//! What else readers call things is theirs to say.

use super::furnish;
use crate::support::program::{Home, Launch, text};

#[test]
fn a_users_synonyms_are_added_to_the_programs() {
    let home = Home::new();
    furnish(&home);
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
fn a_mistake_in_a_users_synonyms_is_shown_with_its_place() {
    let home = Home::new();
    home.write(
        "config/codeleaf/synonyms.toml",
        "[[also]]\nasked = \"jumbo panel\"\nmodifier = \"26\"\n",
    );
    let output = Launch::codeleaf("search jumbo").home(&home).run();
    assert_eq!(output.status.code(), Some(2));
    let told = text(&output.stderr);
    assert!(told.contains("synonyms.toml:2:"), "{told}");
}
