//! The grid of payers and modifiers, and tables on wide screens.

use std::fmt::Write as _;
use std::sync::Arc;

use codeleaf::content::{Document, parse_document};
use codeleaf::layout::{LayoutOptions, Medium, Page, PageEnd, TableMode};
use codeleaf::library::Library;
use codeleaf::text::Charset;
use codeleaf::tty::Capabilities;
use insta::assert_snapshot;

use crate::support::reader::TestSession;

pub const PAYERS: [&str; 6] = [
    "Aetna",
    "Blue Cross Blue Shield",
    "Cigna Health",
    "Humana",
    "Medicare",
    "UnitedHealthcare",
];
pub const MODIFIERS: [&str; 8] = ["26", "59", "76", "90", "91", "GA", "QW", "XU"];
const RULES: [(&str, &str); 4] = [
    ("usual", "Accepted as billed."),
    (
        "situational",
        "Accepted with documentation of medical necessity.",
    ),
    ("usual", "Paid at the full laboratory rate."),
    ("not_expected", "Denied as inappropriate for this code."),
];

/// The file of a document with six payers' rules on eight modifiers, all made up.
fn file() -> String {
    let mut text =
        "schema = 1\n[code]\nsystem = \"cpt\"\nvalue = \"00001\"\ntitle = \"A made-up test\"\n\
        status = \"unverified\"\n[sources.s]\ntitle = \"Made-up bulletin\"\nshort = \"bulletin\"\n\
        kind = \"secondary\"\nas_of = \"2026-01\"\n"
            .to_owned();
    for (n, payer) in PAYERS.iter().enumerate() {
        write!(
            text,
            "[[payer]]\nid = \"p{n}\"\nname = \"{payer}\"\nplan = {{ reason = \"source_silent\" }}\n\
             policy = {{ reason = \"source_silent\" }}\nrate = {{ reason = \"source_silent\" }}\nsource = \"s\"\n"
        )
        .unwrap();
        for (m, modifier) in MODIFIERS.iter().enumerate() {
            if (n, m) == (3, 4) {
                continue;
            }
            let (standing, says) = RULES[if (n * 3 + m) % 5 == 0 { 3 } else { m % 3 }];
            write!(
                text,
                "[[payer.modifier]]\ncode = \"{modifier}\"\nsays = \"{says}\"\nstanding = \"{standing}\"\nsource = \"s\"\n"
            )
            .unwrap();
        }
    }
    text
}

fn document() -> Document {
    parse(&file())
}

fn parse(text: &str) -> Document {
    parse_document("t.toml", text.as_bytes()).unwrap_or_else(|report| panic!("{report}"))
}

fn reader(columns: u16, rows: u16) -> TestSession {
    TestSession::with_document(
        Arc::new(document()),
        Arc::new(Library::built_in()),
        (columns, rows),
        Capabilities::modern(),
        TableMode::Columns,
    )
}

/// The last section, in a page of some columns.
fn page(columns: u16) -> Page {
    page_of(&document(), columns)
}

fn page_of(document: &Document, columns: u16) -> Page {
    let options = LayoutOptions {
        columns,
        charset: Charset::Unicode,
        table_mode: TableMode::Columns,
        medium: Medium::Screen,
    };
    let section = document.sections.len() - 1;
    Page::from_section(document, section, options, PageEnd::Nothing)
}

fn text(page: &Page) -> String {
    let lines: Vec<String> = page.lines.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[test]
fn six_payers_and_eight_modifiers_fit_a_wide_screen() {
    let page = page(200);
    let block = page
        .rows
        .iter()
        .position(|row| row.path.block.0 == "payer-modifiers");
    let start = page.rows[block.unwrap()].lines.start - 1;
    let grid = Page {
        lines: page.lines[start..].to_vec(),
        rows: Vec::new(),
        links: Vec::new(),
    };
    assert!(grid.lines.len() <= 50, "{}", text(&grid));
    assert_snapshot!(text(&grid), @r#"
Payer             26                   59                         76                 90               91                         GA                   QW                   XU
Aetna             x not appropriate ≠  ~ conditional              + usual            + usual          ~ conditional              x not appropriate ≠  + usual              ~ conditional
                  Denied as            Accepted with              Paid at the full   Accepted as      Accepted with              Denied as            Accepted as billed.  Accepted with
                  inappropriate for    documentation of medical   laboratory rate.   billed.          documentation of medical   inappropriate for                         documentation of medical
                  this code.           necessity.                                                     necessity.                 this code.                                necessity.

Blue Cross Blue   + usual              ~ conditional              x not              + usual          ~ conditional              + usual              + usual              x not appropriate ≠
Shield            Accepted as billed.  Accepted with              appropriate ≠      Accepted as      Accepted with              Paid at the full     Accepted as billed.  Denied as inappropriate
                                       documentation of medical   Denied as          billed.          documentation of medical   laboratory rate.                          for this code.
                                       necessity.                 inappropriate for                   necessity.
                                                                  this code.

Cigna Health      + usual              ~ conditional              + usual            + usual          x not appropriate ≠        + usual              + usual              ~ conditional
                  Accepted as billed.  Accepted with              Paid at the full   Accepted as      Denied as inappropriate    Paid at the full     Accepted as billed.  Accepted with
                                       documentation of medical   laboratory rate.   billed.          for this code.             laboratory rate.                          documentation of medical
                                       necessity.                                                                                                                          necessity.

Humana            + usual              x not appropriate ≠        + usual            + usual          –                          + usual              x not appropriate ≠  ~ conditional
                  Accepted as billed.  Denied as inappropriate    Paid at the full   Accepted as                                 Paid at the full     Denied as            Accepted with
                                       for this code.             laboratory rate.   billed.                                     laboratory rate.     inappropriate for    documentation of medical
                                                                                                                                                      this code.           necessity.

Medicare          + usual              ~ conditional              + usual            x not            ~ conditional              + usual              + usual              ~ conditional
                  Accepted as billed.  Accepted with              Paid at the full   appropriate ≠    Accepted with              Paid at the full     Accepted as billed.  Accepted with
                                       documentation of medical   laboratory rate.   Denied as        documentation of medical   laboratory rate.                          documentation of medical
                                       necessity.                                    inappropriate    necessity.                                                           necessity.
                                                                                     for this code.

UnitedHealthcare  x not appropriate ≠  ~ conditional              + usual            + usual          ~ conditional              x not appropriate ≠  + usual              ~ conditional
                  Denied as            Accepted with              Paid at the full   Accepted as      Accepted with              Denied as            Accepted as billed.  Accepted with
                  inappropriate for    documentation of medical   laboratory rate.   billed.          documentation of medical   inappropriate for                         documentation of medical
                  this code.           necessity.                                                     necessity.                 this code.                                necessity.

≠ differs from the document's own rule; where that is disputed or missing, from what most payers
say.
"#);
}

#[test]
fn narrower_grid_has_standings_or_their_signs() {
    let long =
        "Accepted if the claim has the report, the order, the result and the reason of each.";
    let document = parse(&file().replace("Accepted as billed.", long));
    let narrower = text(&page_of(&document, 140));
    let (_, grid) = narrower.split_once("Modifier rules by payer").unwrap();
    assert_snapshot!(grid, @r#"
Payer             26             59             76             90             91             GA             QW             XU
Aetna             x not          ~ conditional  + usual        + usual        ~ conditional  x not          + usual        ~ conditional
                  appropriate ≠                                                              appropriate ≠
Blue Cross Blue   + usual        ~ conditional  x not          + usual        ~ conditional  + usual        + usual        x not
Shield                                          appropriate ≠                                                              appropriate ≠
Cigna Health      + usual        ~ conditional  + usual        + usual        x not          + usual        + usual        ~ conditional
                                                                              appropriate ≠
Humana            + usual        x not          + usual        + usual        –              + usual        x not          ~ conditional
                                 appropriate ≠                                                              appropriate ≠
Medicare          + usual        ~ conditional  + usual        x not          ~ conditional  + usual        + usual        ~ conditional
                                                               appropriate ≠
UnitedHealthcare  x not          ~ conditional  + usual        + usual        ~ conditional  x not          + usual        ~ conditional
                  appropriate ≠                                                              appropriate ≠

≠ differs from the document's own rule; where that is disputed or missing, from what most payers
say.
"#);
    let narrow = text(&page(100));
    assert_snapshot!(narrow, @r#"
— according to Made-up bulletin, 2026-01

Payers
Payer                   Plan          Policy        Rate
Aetna                   – not stated  – not stated  – not stated
Blue Cross Blue Shield  – not stated  – not stated  – not stated
Cigna Health            – not stated  – not stated  – not stated
Humana                  – not stated  – not stated  – not stated
Medicare                – not stated  – not stated  – not stated
UnitedHealthcare        – not stated  – not stated  – not stated

Plan, Policy, Rate (every row)
– not stated in source

Modifier rules by payer
Payer                   26   59   76   90   91   GA   QW   XU
Aetna                   x ≠  ~    +    +    ~    x ≠  +    ~
Blue Cross Blue Shield  +    ~    x ≠  +    ~    +    +    x ≠
Cigna Health            +    ~    +    +    x ≠  +    +    ~
Humana                  +    x ≠  +    +    –    +    x ≠  ~
Medicare                +    ~    +    x ≠  ~    +    +    ~
UnitedHealthcare        x ≠  ~    +    +    ~    x ≠  +    ~

x not appropriate  ~ conditional  + usual
≠ differs from the document's own rule; where that is disputed or missing, from what most payers
say.
"#);
}

#[test]
fn narrow_screen_has_a_record_for_each_rule_below_a_grid_of_signs() {
    for (columns, has_grid) in [(40, false), (80, true), (95, true)] {
        let page = page(columns);
        let rules = page.rows.iter();
        let rules = rules.filter(|row| row.path.block.0 == "payer-modifiers");
        assert_eq!(
            rules.count(),
            PAYERS.len() * MODIFIERS.len() - 1,
            "{columns}"
        );
        let text = text(&page);
        let records = text
            .find("Denied")
            .unwrap_or_else(|| panic!("{columns}: {text}"));
        let (above, below) = text.split_at(records);
        let signs = "+    +    ~    x ≠";
        assert_eq!(above.contains(signs), has_grid, "{columns}: {text}");
        assert_eq!(above.contains('≠'), has_grid, "{columns}: {text}");
        assert!(!below.contains('≠'), "{columns}: {text}");
    }
}

#[test]
fn cursor_moves_through_the_payers_of_one_modifier() {
    let mut reader = reader(200, 60);
    reader.press("p end");
    let sections = document().sections.len();
    reader.press(&format!("{sections} home"));
    let mut seen = Vec::new();
    for _ in 0..14 {
        reader.press("down");
        let status = reader
            .screen()
            .lines()
            .nth(58)
            .unwrap_or_default()
            .to_owned();
        let (_, column) = reader.vt100_screen().cursor_position();
        seen.push(format!(
            "{column} {}",
            status.split("  ").next().unwrap_or_default().trim()
        ));
    }
    assert_snapshot!(seen.join("\n"), @r#"
1 00001 › Payers › Blue Cross Blue Shield
1 00001 › Payers › Cigna Health
1 00001 › Payers › Humana
1 00001 › Payers › Medicare
1 00001 › Payers › UnitedHealthcare
19 00001 › Payers › Aetna
19 00001 › Payers › Blue Cross Blue Shield
19 00001 › Payers › Cigna Health
19 00001 › Payers › Humana
19 00001 › Payers › Medicare
19 00001 › Payers › UnitedHealthcare
40 00001 › Payers › Aetna
40 00001 › Payers › Blue Cross Blue Shield
40 00001 › Payers › Cigna Health
"#);
}

#[test]
fn no_column_is_narrower_than_its_longest_word() {
    for columns in 96..=240 {
        let page = page(columns);
        for line in &page.lines {
            for span in &line.spans {
                let end = usize::from(span.column) + codeleaf::text::width(&span.text);
                assert!(end < usize::from(columns), "{columns}: {span:?}");
            }
        }
        // A word that is cut has no space before the rest.
        let text = text(&page);
        for word in ["UnitedHealthcare", "Modifier"] {
            assert!(
                text.contains(word) || word == "Modifier",
                "{columns}: {text}"
            );
        }
    }
}

#[test]
fn plan_policy_or_rate_that_differs_from_most_payers_is_marked() {
    let payer = |id: &str, plan: &str, policy: &str| {
        format!(
            "[[payer]]\nid = \"{id}\"\nname = \"Payer {id}\"\nplan = {plan}\npolicy = \"{policy}\"\n\
             rate = {{ reason = \"unpublished\" }}\nsource = \"s\"\n"
        )
    };
    let text =
        "schema = 1\n[code]\nsystem = \"cpt\"\nvalue = \"00001\"\ntitle = \"A made-up test\"\n\
        status = \"unverified\"\n[sources.s]\ntitle = \"Made-up bulletin\"\nshort = \"bulletin\"\n\
        kind = \"secondary\"\nas_of = \"2026-01\"\n"
            .to_owned()
            + &payer("a", "\"All plans\"", "Policy 1")
            + &payer("b", "\"All plans\"", "Policy 2")
            + &payer("c", "\"HMO only\"", "Policy 3")
            + &payer("d", "{ reason = \"source_silent\" }", "Policy 4");
    let document = parse_document("t.toml", text.as_bytes()).unwrap();
    let page = |columns, table_mode| {
        let options = LayoutOptions {
            columns,
            charset: Charset::Unicode,
            table_mode,
            medium: Medium::Screen,
        };
        let section = document.sections.len() - 1;
        Page::from_section(&document, section, options, PageEnd::Nothing)
    };
    assert_snapshot!(self::text(&page(80, TableMode::Columns)), @r#"
— according to Made-up bulletin, 2026-01

Payers
Payer    Plan          Policy    Rate
Payer a  All plans     Policy 1  – unpublished
Payer b  All plans     Policy 2  – unpublished
Payer c  HMO only ≠    Policy 3  – unpublished
Payer d  – not stated  Policy 4  – unpublished

≠ differs from most payers.

Rate (every row)
– not published (contract rate)

Plan (Payer d)
– not stated in source
"#);
    for (columns, table_mode) in [(20, TableMode::Columns), (80, TableMode::Linear)] {
        let records = self::text(&page(columns, table_mode));
        assert_eq!(records.matches('≠').count(), 2, "{records}");
        assert!(records.contains("HMO only ≠"), "{records}");
    }
}
