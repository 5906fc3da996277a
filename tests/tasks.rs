//! The daily tasks of a biller at two screen sizes, with a key sequence for each. Every typed character
//! is a key, Enter included, and so is a paste. No task takes more keys than its goal, which is what the
//! best of `less`, `fzf`, lazygit and a web encoder need, or fewer.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use codeleaf::app::Effect;
use codeleaf::content::{Document, Value};
use codeleaf::library::Library;
use codeleaf::search::{Index, IndexBuilder};

use crate::grid::{MODIFIERS, PAYERS};
use crate::sets::{StoreFixture, data_folder};
use crate::support::program::{Home, Launch, text};
use crate::support::reader::TestSession;

const SIZES: [(u16, u16); 2] = [(80, 24), (200, 60)];

/// Published files that a biller has imported.
const FILES: [&str; 4] = [
    "icd10cm-order-2025.txt",
    "hcpcs-2019-anweb.txt",
    "clfs-2025-q2.csv",
    "place-of-service.csv",
];

const SHIPPED: &str = "cpt:83950";
/// The biller's own document.
const OWN: &str = "cpt:00003";

enum Answer {
    /// All texts are on the screen.
    Screen(&'static [&'static str]),
    /// The first result is on the screen, and has this text.
    FirstHit(&'static str),
    /// The texts are sent to the clipboard.
    Copied(&'static [&'static str]),
    /// Payers × modifiers in one table.
    Grid,
}

struct Task {
    number: u8,
    /// The open document.
    start: &'static str,
    /// The keys before the task.
    before: &'static str,
    /// The keys of the task on the narrow and on the wide screen.
    keys: [&'static str; 2],
    goal: usize,
    answer: Answer,
}

const fn task(
    number: u8,
    start: &'static str,
    keys: &'static str,
    goal: usize,
    answer: Answer,
) -> Task {
    Task {
        number,
        start,
        before: "",
        keys: [keys, keys],
        goal,
        answer,
    }
}

#[rustfmt::skip]
const TASKS: [Task; 33] = [
    task(1, OWN, r#""83950 26" enter"#, 10, Answer::Screen(&[
        "! disputed", "Medicare does not expect modifier 26 for 83950", "Conflicts with: CMS Physician Fee Schedule",
    ])),
    task(2, SHIPPED, r#"/ "GA""#, 3, Answer::FirstHit("Modifier GA")),
    task(3, SHIPPED, r#"/ "XE" enter"#, 4, Answer::Screen(&["XE  Separate encounter", "took place at another encounter"])),
    task(3, SHIPPED, r#"/ "25" enter"#, 4, Answer::Screen(&["25  ", "When to use"])),
    task(3, SHIPPED, r#"/ "AS" enter"#, 4, Answer::Screen(&["AS  Nonphysician assistant at surgery", "When to use"])),
    Task {
        keys: [r#""00003" enter 3 ctrl-d"#, r#""00003" enter 3"#],
        ..task(4, SHIPPED, "", 12, Answer::Grid)
    },
    Task { keys: ["3 ctrl-d", "3"], ..task(5, OWN, "", 5, Answer::Grid) },
    task(6, SHIPPED, "5", 1, Answer::Screen(&["$64.41"])),
    task(7, SHIPPED, r#""80053" enter 2"#, 7, Answer::Screen(&["CLFS rate", "$10.56"])),
    task(8, SHIPPED, r#"/ "hx of breast ca""#, 16, Answer::FirstHit("ICD-10-CM Z85.3")),
    task(9, SHIPPED, r#"/ "C50.9""#, 6, Answer::Screen(&["ICD-10-CM C50.9 ", " not billable", "ICD-10-CM C50.911 "])),
    task(10, SHIPPED, r#""E11" enter 2 down enter"#, 8, Answer::Screen(&["Subcodes", "E11.00", "E11.01"])),
    Task { before: "4", ..task(11, SHIPPED, "Y", 1, Answer::Copied(&[
        "26\tProfessional Component", "disputed", "CPT 83950-26 · ", "(publication), no date", "Medicare does not expect", "CPT (c) AMA",
    ])) },
    task(12, "icd10cm:E11.9", "Y", 1, Answer::Copied(&["E11.9", "Type 2 diabetes mellitus without complications", "ICD-10-CM, edition 2025"])),
    Task { before: "2 enter down enter", ..task(15, "icd10cm:E11", "backspace backspace", 2, Answer::Screen(&[" E11  Type 2 diabetes mellitus", "Hierarchy"])) },
    task(16, SHIPPED, r#"/ "22""#, 5, Answer::Screen(&["Place of service 22", "On Campus-Outpatient Hospital"])),
    task(16, SHIPPED, r#"/ "81""#, 5, Answer::Screen(&["Place of service 81", "Independent Laboratory"])),
    task(17, SHIPPED, r#"/ "diabetes""#, 9, Answer::FirstHit("ICD-10-CM E11.9")),
    task(17, SHIPPED, r#"/ "diabtes""#, 8, Answer::FirstHit("ICD-10-CM E11.9")),
    task(17, SHIPPED, r#"/ "UTI""#, 4, Answer::FirstHit("ICD-10-CM N39.0")),
    task(17, SHIPPED, r#"/ "COPD""#, 5, Answer::FirstHit("ICD-10-CM J44.9")),
    Task { before: r#"/ "assay" enter"#, ..task(18, SHIPPED, "esc", 1, Answer::Screen(&[" / assay", "results"])) },
    Task {
        before: "",
        ..task(21, SHIPPED, r#""80053" enter "E11.9" enter "G0439" enter "Z85.3" enter "00003" enter"#, 30,
            Answer::Screen(&[" 00003  An invented panel"]))
    },
    task(22, SHIPPED, r#"paste "83950-90-QW""#, 1, Answer::Screen(&["CPT 83950 › Coding › 90", "Modifier QW does not apply", "Modifier QW "])),
    task(22, SHIPPED, r#"paste "00003-90-QW""#, 1, Answer::Screen(&["CPT 00003 › Coding › 90", "CPT 00003 › Coding › QW"])),
    task(23, OWN, r#"paste "83950 26 90""#, 1, Answer::Screen(&["CPT 83950 › Coding › 26", "CPT 83950 › Coding › 90"])),
    task(24, OWN, r#"paste "83950,90""#, 1, Answer::Screen(&["CPT 83950 › Coding › 90"])),
    task(24, OWN, r#"paste "ICD E11.9""#, 1, Answer::FirstHit("ICD-10-CM E11.9")),
    task(24, OWN, r#"paste "E11.9, I10""#, 1, Answer::Screen(&["ICD-10-CM E11.9", "ICD-10-CM I10"])),
    task(25, OWN, r#"/ "83950 91""#, 9, Answer::Screen(&["Modifier 91 is for a medically needed repeat", "MUE 1 (MAI 2)"])),
    task(25, OWN, r#"/ "83950 QW""#, 9, Answer::Screen(&["Modifier QW does not apply"])),
    task(26, OWN, r#"/ "not covered" ctrl-t"#, 18, Answer::Screen(&["2 results", "› Z00.00 ›", "› Z12.31 ›"])),
    Task { before: "2 end up up up up up up up", ..task(27, OWN, "enter backspace", 3, Answer::Screen(&[" 00003  An invented panel"])) },
];

struct Imported {
    library: Arc<Library>,
    index: Arc<Index>,
    _store: StoreFixture,
}

/// The library with the published files and the biller's own document. `None` without the files.
static IMPORTED: LazyLock<Option<Imported>> = LazyLock::new(|| {
    let folder = data_folder()?;
    let store = StoreFixture::new();
    for file in FILES {
        store.import_as(None, &folder.join(file), None).unwrap();
    }
    let library = Library::open(&[own_folder()]).with_sets(store.store.open_sets());
    let library = Arc::new(library);
    Some(Imported {
        index: Arc::new(IndexBuilder::index_library(&library)),
        library,
        _store: store,
    })
});

fn own_folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tasks")
}

fn open(imported: &Imported, code: &str, size: (u16, u16)) -> TestSession {
    let document = imported.library.document(&code.parse().unwrap()).unwrap();
    TestSession::with_index(document, &imported.library, &imported.index, size)
}

/// Presses keys one by one and returns their number. Quoted text is typed or, after `paste`, pasted.
fn press(reader: &mut TestSession, keys: &str) -> usize {
    let mut count = 0;
    let mut is_pasted = false;
    for (n, part) in keys.split('"').enumerate() {
        if n % 2 == 0 {
            for key in part.split_whitespace() {
                is_pasted = key == "paste";
                if !is_pasted {
                    reader.press(key);
                    count += 1;
                }
            }
        } else if is_pasted {
            reader.send(format!("\x1b[200~{part}\x1b[201~").as_bytes());
            count += 1;
        } else {
            for c in part.chars() {
                reader.send(c.to_string().as_bytes());
                count += 1;
            }
        }
    }
    count
}

/// Why the answer is not there.
fn missing(answer: &Answer, reader: &TestSession) -> Vec<String> {
    let screen = reader.screen();
    let lacks = |text: &str, parts: &[&str]| {
        let parts = parts.iter().filter(|part| !text.contains(**part));
        parts.map(|part| (*part).to_owned()).collect()
    };
    match answer {
        Answer::Screen(parts) => lacks(&screen, parts),
        Answer::FirstHit(part) => lacks(&screen, &[&format!("▸ {part}")]),
        Answer::Copied(parts) => lacks(&reader.copied(), parts),
        Answer::Grid => {
            let has_all = |line: &str| MODIFIERS.iter().all(|modifier| line.contains(modifier));
            let lines: Vec<&str> = screen.lines().collect();
            let header = lines
                .iter()
                .position(|line| line.contains("Payer ") && has_all(line));
            let Some(header) = header else {
                return vec!["a header with all modifiers".to_owned()];
            };
            let is_on = |payer: &str| {
                let start = payer.split(' ').next().unwrap();
                lines[header..]
                    .iter()
                    .any(|line| line.contains(start) && line.contains(['+', '~', 'x']))
            };
            let absent = PAYERS.iter().filter(|payer| !is_on(payer));
            absent.map(|payer| (*payer).to_owned()).collect()
        }
    }
}

#[test]
fn every_task_takes_at_most_its_goal_of_keys() {
    let Some(imported) = &*IMPORTED else { return };
    let mut failures = Vec::new();
    for task in &TASKS {
        for (size, keys) in SIZES.into_iter().zip(task.keys) {
            let mut reader = open(imported, task.start, size);
            press(&mut reader, task.before);
            let count = press(&mut reader, keys);
            println!(
                "task {} at {size:?}: {count} of {} keys: {keys}",
                task.number, task.goal
            );
            let missing = missing(&task.answer, &reader);
            if count > task.goal || !missing.is_empty() {
                failures.push(format!(
                    "task {} at {size:?}: {keys} takes {count} of {} keys, and lacks {missing:?}:\n{}\n{}",
                    task.number, task.goal, reader.screen(), reader.copied(),
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn only_diagnoses_that_are_not_covered_answer_not_covered() {
    let Some(imported) = &*IMPORTED else { return };
    let mut reader = open(imported, OWN, SIZES[0]);
    press(&mut reader, r#"/ "not covered" ctrl-t"#);
    let screen = reader.screen();
    assert!(screen.contains("results"), "{screen}");
    for covered in ["E11.9", "C50.911", "Z85.3"] {
        assert!(!screen.contains(covered), "{covered}: {screen}");
    }
}

/// Tasks 13 and 14: 1 key for a bookmark, 0 to come back, 2 to remove it; 2 keys besides the text for a
/// note, and 5 to find it.
#[test]
fn bookmark_and_note_are_found_again_the_next_day() {
    let Some(imported) = &*IMPORTED else { return };
    for size in SIZES {
        let mut reader = open(imported, SHIPPED, size);
        reader.press("4");
        assert_eq!(press(&mut reader, "b"), 1);
        let written = "ask Anna";
        assert_eq!(
            press(&mut reader, &format!("a \"{written}\" enter")),
            2 + written.len()
        );
        assert_eq!(press(&mut reader, r#"/ "anna""#), 5);
        assert!(
            missing(&Answer::FirstHit("CPT 83950 › 26"), &reader).is_empty(),
            "{}",
            reader.screen()
        );
        assert!(
            reader.screen().contains("Your notes"),
            "{}",
            reader.screen()
        );
        press(&mut reader, "esc");

        let position = reader.session.app().reading_position();
        let bookmarks = reader.session.app().bookmarks().cloned().unwrap();
        let library = (&imported.library, &imported.index);
        let mut reader = TestSession::resume(library, &position, bookmarks, size);
        assert!(reader.cursor_line().contains("26"), "{}", reader.screen());
        assert_eq!(press(&mut reader, "B d"), 2);
        let removed = reader.effects.iter().rev().find_map(|effect| match effect {
            Effect::SaveBookmark(bookmark) => Some(bookmark.clone()),
            _ => None,
        });
        assert!(!removed.unwrap().is_bookmarked);
        assert!(reader.session.app().bookmarks().unwrap().entries.is_empty());
    }
}

/// What one command prints on the biller's own document.
fn print_own(arguments: &str) -> String {
    let folder = own_folder();
    let launch = Launch::codeleaf(&format!(
        "show 00003 --width 1000 --content {} {arguments}",
        folder.display()
    ));
    text(&launch.home(&Home::new()).run().stdout)
}

fn own_document() -> Arc<Document> {
    let library = Library::open(&[own_folder()]);
    library.document(&OWN.parse().unwrap()).unwrap()
}

/// Task 19: one command prints every field of every row, with dates.
#[test]
fn document_is_printed_whole_with_dates() {
    let squeeze = |text: &str| text.split_whitespace().collect::<String>();
    let printed = squeeze(&print_own(""));
    let document = own_document();
    let mut absent = 0;
    for cell in document.rows().flat_map(|(_, _, row)| &row.cells) {
        let text = match &cell.value {
            Value::Text(text) => text.clone(),
            Value::Unavailable(reason) => {
                absent += 1;
                reason.short_text()
            }
        };
        let text = squeeze(&text);
        assert!(
            !text.is_empty() && printed.contains(&text),
            "{text} is not in {printed}"
        );
    }
    assert_eq!(absent, PAYERS.len());
    for date in ["revised2026-11-23", "bulletin,2026-01"] {
        assert!(printed.contains(date), "{date} is not in {printed}");
    }
}

/// Task 20: one command, and no key in the reader, prints the modifiers for a spreadsheet.
#[test]
fn modifiers_are_printed_for_a_spreadsheet_by_one_command() {
    let printed = print_own("--section coding --format csv");
    let mut sheet = csv::Reader::from_reader(printed.as_bytes());
    let header = sheet.headers().unwrap().clone();
    let columns = ["Modifier", "Description", "When to use"].map(|name| {
        let column = header.iter().position(|column| column == name);
        column.unwrap_or_else(|| panic!("no {name} in {header:?}"))
    });
    let records = sheet.records().map(Result::unwrap);
    let records = records.map(|record| columns.map(|column| record[column].to_owned()));
    let in_sheet: Vec<[String; 3]> = records.filter(|cells| !cells[0].is_empty()).collect();
    let document = own_document();
    let rows = document
        .rows()
        .filter(|(_, block, _)| block.id.0 == "modifiers");
    let rows = rows.map(|(_, _, row)| {
        [0, 1, 2].map(|column| row.cells[column].value.as_text().unwrap().to_owned())
    });
    assert_eq!(in_sheet, rows.collect::<Vec<_>>());
    assert_eq!(in_sheet.len(), MODIFIERS.len());
}
