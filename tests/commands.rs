//! The command palette, codes typed over a document, copying, marks, and keys in text fields.

use std::collections::HashSet;
use std::sync::Arc;

use codeleaf::app::{Effect, Focus, Mode, PaletteItem};
use codeleaf::content::parse_document;
use codeleaf::layout::TableMode;
use codeleaf::library::Library;
use codeleaf::tty::Capabilities;
use insta::assert_snapshot;

use crate::lists::reader_with_set_codes;
use crate::support::reader::TestSession;

fn open_code(reader: &TestSession) -> String {
    let document = reader.session.app().document_view().document();
    document.code.value().to_owned()
}

#[test]
fn palette_lists_actions_with_their_keys_and_runs_the_selected_one() {
    let mut reader = TestSession::open(80, 16);
    let pages = "pagedown ".repeat(9);
    let all = reader.press(&format!(": {pages}")).screen();
    assert!(!all.contains("Payers"), "payers need a name: {all}");
    assert_snapshot!(reader.press("\"book\"").screen(), @r#"
: book
Actions · 2
▸ Bookmark the row, or remove its bookmark                                   b
  Your bookmarks and notes                                                   B











↑↓ select  Enter run  Esc back                                      CPT (c) AMA
"#);
    reader.press("enter");
    assert!(
        reader.screen().contains("Bookmarked"),
        "{}",
        reader.screen()
    );
    assert_eq!(reader.session.app().mode(), Mode::Document);
}

#[test]
fn palette_finds_codes_modifiers_and_payers_by_name() {
    let mut reader = reader_with_set_codes(30, (80, 24));
    for (words, value) in [
        ("a00.3", "A00.3"),
        ("wellness visit", "G0439"),
        ("-26", "26"),
    ] {
        reader.press(&format!(": \"{words}\" enter"));
        if matches!(reader.session.app().focus(), Focus::Palette(_)) {
            reader.press("enter");
        }
        assert_eq!(open_code(&reader), value, "{words}");
    }
    reader.press(": \"83950\" enter : \"blue shield\"");
    assert_snapshot!(reader.screen(), @r#"
: blue shield
Payers · 1
▸ Blue Cross Blue Shield




















↑↓ select  Enter run  Esc back                                      CPT (c) AMA
"#);
    reader.press("enter");
    assert!(
        reader
            .screen()
            .starts_with(" / payer:\"Blue Cross Blue Shield\""),
        "{}",
        reader.screen()
    );
    assert!(
        reader.screen().contains("› Payers › Blue Cross"),
        "{}",
        reader.screen()
    );
}

#[test]
fn palette_lists_each_row_once() {
    let mut reader = reader_with_set_codes(30, (80, 24));
    let mut hits = 0;
    for words in [
        "26",
        "83950",
        "her2",
        "an invented",
        "xe",
        "a00.3",
        "disease",
        // A claim line may name a row twice.
        "83950-26, 83950-26",
        "A00.3, A00.3, 83950",
    ] {
        reader.press(&format!(": \"{words}\""));
        let app = reader.session.app();
        let Focus::Palette(palette) = app.focus() else {
            panic!("{words}");
        };
        let mut seen = HashSet::new();
        for n in 0..palette.list.count() {
            if let Some(PaletteItem::Hit(hit)) = palette.item(n, app.keymap()) {
                let is_new = seen.insert((hit.code.clone(), hit.row_path.clone()));
                assert!(is_new, "{words}: {} {:?}", hit.code, hit.row_path);
                hits += 1;
            }
        }
        reader.press("esc");
    }
    assert!(hits > 20, "{hits}");
}

#[test]
fn help_lists_the_keys_of_its_pane_first_and_can_be_searched() {
    let mut reader = TestSession::open(80, 24);
    let f1 = b"\x1bOP";
    reader.press("/ \"26\"");
    let results = reader.screen();
    reader.send(f1);
    let help = reader.screen();
    let own = help
        .find("Billable diagnoses only")
        .unwrap_or_else(|| panic!("{help}"));
    assert!(!help[..own].contains("In other panes"), "{help}");
    reader.press("/ \"bookmark\"");
    assert_snapshot!(reader.screen(), @r#"
: bookmark
In other panes · 4
▸ Bookmark the row, or remove its bookmark                                   b
  Your bookmarks and notes                                                   B
  Delete the bookmark and its note                                    d Delete
  Restore the bookmark that was deleted last                                 u

















↑↓ select  Enter run  Esc back                                      CPT (c) AMA
"#);
    assert_eq!(
        reader.press("ctrl-c").screen(),
        results,
        "overlays return to the pane below"
    );
    let all = reader.press("esc ? / \"row\"").screen();
    let first = all.lines().nth(1).unwrap();
    assert!(first.starts_with(" Actions · "), "{all}");
}

#[test]
fn code_typed_over_a_document_opens_search() {
    let mut reader = TestSession::open(80, 24);
    reader.press("4 down");
    let before = reader.screen();
    reader.press("9 2 1");
    assert!(reader.screen().starts_with(" / 921"), "{}", reader.screen());
    assert_eq!(reader.press("esc").screen(), before);
    reader.press("E 1 1");
    assert!(reader.screen().starts_with(" / E11"), "{}", reader.screen());
    assert_eq!(reader.press("esc").screen(), before);
    reader.press("g 0 4");
    assert!(reader.screen().starts_with(" / g04"), "{}", reader.screen());
    assert_eq!(reader.press("esc").screen(), before);
}

#[test]
fn any_capital_letter_begins_a_code_over_a_document() {
    for (size, mode) in [((80, 24), Mode::Document), ((200, 60), Mode::Outline)] {
        let mut reader = TestSession::open(size.0, size.1);
        if mode == Mode::Outline {
            reader.press("left");
        }
        for letter in 'A'..='Z' {
            assert_eq!(reader.session.app().mode(), mode);
            let before = reader.session.app().reading_position();
            reader.press(&format!("{letter} 1 2"));
            let screen = reader.screen();
            assert!(screen.starts_with(&format!(" / {letter}12")), "{screen}");
            assert!(!screen.contains("Copied"), "{screen}");
            reader.press("esc");
            assert_eq!(reader.session.app().reading_position(), before);
            if mode == Mode::Outline {
                reader.press("left");
            }
        }
        assert!(reader.session.app().bookmarks().unwrap().entries.is_empty());
    }
}

#[test]
fn digit_long_after_a_letter_is_not_a_code() {
    let mut reader = TestSession::open(80, 24);
    reader.press("B");
    for _ in 0..20 {
        reader.rest();
    }
    reader.press("2 j 3");
    assert_eq!(reader.session.app().mode(), Mode::Bookmarks);
}

#[test]
fn five_codes_one_after_the_other_without_opening_the_search() {
    let mut reader = reader_with_set_codes(60, (80, 24));
    for code in ["A001", "A012", "A023", "A034", "A045"] {
        let keys: Vec<String> = code.chars().map(String::from).collect();
        reader.press(&keys.join(" ")).press("enter");
        assert_eq!(open_code(&reader).replace('.', ""), code);
    }
}

#[test]
fn unbound_key_names_the_help_key_once() {
    let mut reader = TestSession::open(80, 24);
    let before = reader.screen();
    assert!(
        reader.press("=").screen().contains("? shows the keys"),
        "{}",
        reader.screen()
    );
    assert_eq!(reader.press("=").screen(), before);
}

#[test]
fn ctrl_c_leaves_a_field_and_quits_elsewhere() {
    let mut reader = TestSession::open(80, 24);
    let before = reader.screen();
    for field in ["/ \"26\"", "o \"her\"", "a \"note\"", ": \"copy\""] {
        assert_eq!(
            reader.press(field).press("ctrl-c").screen(),
            before,
            "{field}"
        );
    }
    assert!(!reader.effects.contains(&Effect::Quit));
    reader.press("ctrl-c");
    assert!(reader.effects.contains(&Effect::Quit));
}

#[test]
fn readline_keys_work_in_fields() {
    let mut reader = TestSession::open(80, 24);
    reader.press("/ \"er2\" ctrl-a \"h\" ctrl-e \" x\" left ctrl-d backspace");
    assert!(
        reader.screen().starts_with(" / her2 "),
        "{}",
        reader.screen()
    );
    let first = reader.screen();
    assert_ne!(reader.press("ctrl-n").screen(), first);
    assert_eq!(reader.press("ctrl-p").screen(), first);
}

#[test]
fn copy_menu_offers_formats_and_swallows_its_keys() {
    let mut reader = TestSession::open(80, 24);
    reader.press("4");
    let before = reader.screen();
    assert_snapshot!(reader.press("y").screen(), @r#"
83950  HER2/neu serum tumor marker assay                    CPT · not reviewed
1 Summary  2 Overview  3 Clinical Context  4 Coding Specifications  5 Payers
                                                                           Top
  Clinical & Coding Specifications
  Coding Specifications

  Modifiers
  Modifier  Description             When to use
▸ 26        Professional Component  Use when billing only the professional
            ! disputed              interpretation/reporting component and the
                                    facility bills for technical component.
    | Medicare does not expect modifier 26 for 83950: status X, PC/TC
      indicator 9, no line with modifier 26. Other payers may accept it in
      writing.
      Conflicts with: CMS Physician Fee Schedule, relative value files, 2023
Copy
  1 Code
  2 Code and title
▸ 3 Row
  4 Row with standing, remarks, source and date
  5 Table for a spreadsheet (tabs)
  6 Table as Markdown
83950 › Coding › 26             publication, no date · conflicts with: CMS PFS
↑↓ select  Enter copy  Esc back  y row                              CPT (c) AMA
"#);
    assert_eq!(reader.press("q").screen(), before);
    assert_eq!(reader.press("y =").screen(), before);
    assert!(!reader.effects.contains(&Effect::Quit));
    for (keys, expected) in [
        ("y 1", "83950-26"),
        ("y 2", "83950-26 Professional Component"),
        ("y y", "26\tProfessional Component\tUse when billing only"),
        ("y 4", "CPT 83950-26 · CPT 83950: HER2/neu"),
        ("Y", "Medicare does not expect modifier 26"),
        (
            "y 5",
            "Modifier\tDescription\tWhen to use\n26\tProfessional",
        ),
        (
            "y 6",
            "| Modifier | Description | When to use |\n| --- | --- | --- |\n| 26 |",
        ),
    ] {
        let copied = reader.press(keys).copied();
        assert!(copied.contains(expected), "{keys}: {copied}");
        assert_eq!(reader.press("q").screen(), before, "{keys}");
    }
    assert!(!reader.effects.contains(&Effect::Quit));
}

#[test]
fn copied_cpt_content_ends_with_the_notice_of_the_ama() {
    let mut reader = reader_with_set_codes(30, (80, 24));
    for (code, has_notice) in [("83950", true), ("G0439", true), ("A00.3", false)] {
        reader.press(&format!("/ \"{code}\" enter"));
        for format in 1..=6 {
            let copied = reader.press(&format!("y {format}")).copied();
            let notices = copied.lines().filter(|line| *line == "CPT (c) AMA");
            // A code alone goes into a claim.
            let expected = usize::from(has_notice && format != 1);
            assert_eq!(notices.count(), expected, "{code}, {format}: {copied}");
            assert!(
                expected == 0 || copied.ends_with("\nCPT (c) AMA"),
                "{copied}"
            );
            reader.press("esc");
        }
    }
}

#[test]
fn copy_takes_all_marked_rows() {
    let mut reader = TestSession::open(80, 40);
    reader.press("4 down space up up space");
    let screen = reader.screen();
    assert!(screen.contains("2 rows marked"), "{screen}");
    assert_eq!(
        screen.lines().filter(|line| line.starts_with('+')).count(),
        2,
        "{screen}"
    );
    let copied = reader.press("y 1").copied();
    assert_eq!(copied.lines().count(), 2, "{copied}");
    assert!(copied.starts_with("83950-26\n"), "{copied}");
    reader.press("down");
    assert!(
        !reader.screen().lines().any(|line| line.starts_with('+')),
        "{}",
        reader.screen()
    );
    reader.press("space esc");
    assert_eq!(reader.session.app().document_view().marks(), []);
}

#[test]
fn left_in_an_opened_row_goes_out_and_tab_shows_the_next_row() {
    let mut reader = TestSession::open(80, 24);
    reader.press("4");
    let before = reader.screen();
    reader.press("enter tab");
    assert!(reader.screen().contains("83950-90"), "{}", reader.screen());
    reader.press("shift-tab left");
    assert_eq!(reader.screen(), before);
    reader.press("enter right");
    assert_eq!(open_code(&reader), "26");
}

#[test]
fn bookmark_is_deleted_and_restored() {
    let mut reader = TestSession::open(80, 24);
    reader.press("4 b down a \"ask first\" enter B");
    assert_eq!(reader.session.app().bookmarks().unwrap().entries.len(), 2);
    let listed = reader.screen();
    let dates = listed.matches("2026-11-25").count();
    assert_eq!(dates, 2, "{listed}");
    reader.press("end d");
    assert!(
        reader.screen().contains("Note deleted. u restores it"),
        "{}",
        reader.screen()
    );
    assert!(
        !reader.screen().contains("ask first"),
        "{}",
        reader.screen()
    );
    reader.press("u end home");
    assert_eq!(reader.screen(), listed);
}

#[test]
fn theme_changes_inside_and_is_saved() {
    let mut reader = TestSession::open(80, 24);
    assert!(
        reader.press("t").screen().contains("Theme: light"),
        "{}",
        reader.screen()
    );
    assert!(reader.effects.contains(&Effect::SaveTheme("light")));
    reader.press("t t t t");
    assert!(
        reader.screen().contains("Theme: dark"),
        "{}",
        reader.screen()
    );
}

#[test]
fn copied_table_has_the_marked_rows_only() {
    let mut reader = TestSession::open(80, 24);
    let all = reader.press("4 y 5").copied();
    assert!(all.contains("\n26\t") && all.contains("\n90\t"), "{all}");
    let marked = reader.press("esc space y 5").copied();
    assert!(marked.starts_with("Modifier\t"), "{marked}");
    assert!(
        marked.contains("\n26\t") && !marked.contains("\n90\t"),
        "{marked}"
    );
}

#[test]
fn markdown_table_escapes_bars_in_a_field() {
    let document = parse_document(
        "t.toml",
        b"schema = 1\n[code]\nsystem = \"cpt\"\nvalue = \"00001\"\ntitle = \"A made-up test\"\n\
          status = \"unverified\"\n[summary]\ntext = \"A text.\"\n\
          [[modifier]]\ncode = \"26\"\ndescription = \"one | other\"\nwhen = \"Always.\"\n",
    );
    let mut reader = TestSession::with_document(
        Arc::new(document.unwrap_or_else(|report| panic!("{report}"))),
        Arc::new(Library::built_in()),
        (80, 24),
        Capabilities::modern(),
        TableMode::Columns,
    );
    let table = reader.press("2 y 6").copied();
    assert!(table.contains("| one \\| other |"), "{table}");
}
