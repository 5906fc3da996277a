//! The command line without a terminal, the state that it saves between runs, and how the program is
//! linked.

mod linking;
mod secure;
mod state;

use std::io::Read;
use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::Value;

use crate::support::generated;
use crate::support::program::{Home, Launch, count, text};

/// Runs the program with arguments, separated by spaces.
fn run(arguments: &str) -> Output {
    Launch::codeleaf(arguments).run()
}

/// Runs the program, and returns its standard output and exit status.
fn run_stdout(arguments: &str) -> (String, Option<i32>) {
    let output = run(arguments);
    (text(&output.stdout), output.status.code())
}

fn run_json(arguments: &str) -> Value {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Asserts that a JSON object has these fields, and returns it.
fn assert_fields<'a>(value: &'a Value, fields: &str) -> &'a Value {
    let mut actual: Vec<&str> = value
        .as_object()
        .unwrap_or_else(|| panic!("not an object: {value}"))
        .keys()
        .map(String::as_str)
        .collect();
    let mut expected: Vec<&str> = fields.split(' ').collect();
    actual.sort_unstable();
    expected.sort_unstable();
    assert_eq!(actual, expected);
    value
}

/// Returns the number of documents in a list that are not on modifiers.
fn code_documents(listed: &Value) -> usize {
    let documents = listed["documents"].as_array().unwrap().iter();
    let on_codes = documents.filter(|document| document["code"]["system"] != "modifier");
    on_codes.count()
}

/// A document on a code, with a title.
fn document(code: &str, title: &str) -> String {
    generated::list()
        .replace("\"00001\"", &format!("{code:?}"))
        .replace("A made-up document of 400 lines", title)
}

#[test]
fn show_prints_a_document_a_section_or_a_row() {
    for format in ["text", "markdown"] {
        let (whole, status) = run_stdout(&format!("show 83950 --format {format}"));
        assert_eq!(status, Some(0));
        for words in [
            "Clinical Context",
            "Billing Code Overview",
            "Professional Component",
            "Blue Cross Blue Shield",
        ] {
            assert!(whole.contains(words), "{format}: {words}");
        }
        let (section, _) = run_stdout(&format!("show 83950 --section coding --format {format}"));
        assert!(section.contains("Professional Component") && !section.contains("Aetna"));
        let (row, _) = run_stdout(&format!("show 83950-90 --format {format}"));
        assert!(row.contains("outside reference") && !row.contains("Professional Component"));
        for printed in [whole, section, row] {
            assert!(
                printed
                    .trim_end()
                    .lines()
                    .rev()
                    .take(3)
                    .any(|line| line.contains("Fee schedules")),
                "{printed}"
            );
        }
    }
    assert_eq!(
        run_stdout("show 83950 --section Payers"),
        run_stdout("show 83950 --section payers")
    );
    let output = run("show 83950 --section nonesuch");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("coding"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn json_output_has_the_documented_fields() {
    for (arguments, sections) in [
        ("show 83950", 5),
        ("show 83950 --section coding", 1),
        ("show 83950-90", 1),
    ] {
        let shown = run_json(&format!("{arguments} --format json"));
        assert_fields(
            &shown,
            "schema code title status effective revised reviewed_by next_review synonyms sources sections notices",
        );
        assert_eq!(shown["schema"], 1);
        assert_fields(&shown["code"], "system value");
        assert_fields(
            &shown["sources"][0],
            "id title short kind as_of read section url",
        );
        assert_eq!(
            shown["sections"].as_array().unwrap().len(),
            sections,
            "{arguments}"
        );
        for section in shown["sections"].as_array().unwrap() {
            assert_fields(section, "id title headings blocks");
            for block in section["blocks"].as_array().unwrap() {
                assert_fields(block, "id title shape rows");
                for row in block["rows"].as_array().unwrap() {
                    assert_fields(
                        row,
                        "key place subject voice cells standing source confirmed_by against remarks",
                    );
                    for cell in row["cells"].as_array().unwrap() {
                        let value = &assert_fields(cell, "label value reach")["value"];
                        match value.get("unavailable") {
                            Some(absent) => {
                                assert_fields(absent, "reason stated source checked find");
                            }
                            None => {
                                assert_fields(value, "text");
                            }
                        }
                    }
                    for remark in row["remarks"].as_array().unwrap() {
                        assert_fields(remark, "text source");
                    }
                }
            }
        }
    }
    let found = run_json("search 26 --format json");
    assert_fields(
        &found,
        "schema query total unread hits missing nearest notices",
    );
    assert_eq!(found["schema"], 1);
    let hit = assert_fields(
        &found["hits"][0],
        "group code title place trail why snippet",
    );
    assert_eq!(hit["group"], "best");
    assert_eq!(hit["code"]["system"], "modifier");
    let hits = found["hits"].as_array().unwrap();
    let hit = hits.iter().find(|hit| hit["code"]["value"] == "83950");
    let hit = hit.unwrap();
    assert_eq!(hit["group"], "documents");
    assert_eq!(hit["place"], "coding/modifiers/26");
    let snippet = assert_fields(&hit["snippet"], "text marks");
    let mark = |n: usize| usize::try_from(snippet["marks"][0][n].as_u64().unwrap()).unwrap();
    assert_eq!(&snippet["text"].as_str().unwrap()[mark(0)..mark(1)], "26");
    let listed = run_json("list --format json");
    assert_fields(&listed, "schema documents broken notices");
    assert_fields(
        &listed["documents"][0],
        "code title status origin hidden modifiers payers",
    );
}

#[test]
fn search_prints_hits_or_the_nearest_words() {
    for words in [
        "26",
        "-26",
        "mod 26",
        "modifier 26",
        "professional component",
    ] {
        let output = Launch::codeleaf_with(&["search", words]).run();
        assert_eq!(output.status.code(), Some(0), "{words}");
        let printed = text(&output.stdout);
        let by_number = words.contains("26");
        let first = if by_number {
            "Best match (1)\n26 ("
        } else {
            "Documents ("
        };
        assert!(printed.starts_with(first), "{words}: {printed}");
        assert!(
            printed.contains(
                "
83950 > Coding > 26 > ! disputed ("
            ),
            "{words}: {printed}"
        );
    }
    let printed = text(&run("search reccurence --width 40").stdout);
    assert!(
        printed.starts_with("No results for “reccurence”. Did you\nmean: recurrence?"),
        "{printed}"
    );
    assert!(printed.contains("(text, 1 typo)"), "{printed}");
    for (arguments, columns) in [("search reccurence", 40), ("search 83950-26", 24)] {
        let printed = text(&run(&format!("{arguments} --width {columns}")).stdout);
        let mut lines = printed.lines();
        assert!(
            lines.all(|line| line.chars().count() <= columns),
            "{printed}"
        );
    }
    let output = run("search oncolozhizt");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("oncologist"),
        "{}",
        text(&output.stderr)
    );
    let output = run("search qqqqqq --format json");
    assert_eq!(output.status.code(), Some(1));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["total"], 0);
}

#[test]
fn search_finds_the_notes_of_the_user() {
    let home = Home::new();
    let search = |arguments: &[&str]| {
        let arguments = [&["search"], arguments].concat();
        let output = Launch::codeleaf_with(&arguments).home(&home).run();
        (text(&output.stdout), text(&output.stderr))
    };
    let file = home.bookmarks_file();
    let note = |code: &str, note: &str| {
        format!(
            "[[mark]]\ncode = \"{code}\"\nplace = \"coding/modifiers/90\"\nname = \"90\"\nnote = \
             \"{note}\"\n"
        )
    };
    let notes = note("cpt:83950", "Ask Anna about 83950-90, recurrence");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, notes + &note("cpt:84153", "Anna")).unwrap();
    let expected = "Your notes (2)\n83950 > 90 (note)\n    Ask Anna about 83950-90, \
                    recurrence\n84153 > 90 (note)\n    Anna\n\n";
    let (found, _) = search(&["anna"]);
    assert!(found.starts_with(expected), "{found}");
    // After the code that the query names, before documents.
    let (found, _) = search(&["83950-90"]);
    let at = |heading: &str| found.find(heading);
    assert!(at("Best match (") < at("\nYour notes (1)\n"), "{found}");
    let (found, _) = search(&["recurrence"]);
    assert!(found.starts_with("Your notes (1)\n"), "{found}");
    assert!(found.contains("\nDocuments ("), "{found}");
    let (found, _) = search(&["anna", "--limit", "1"]);
    assert!(
        found.contains("Your notes (1)\n") && found.contains("\n1 more result\n"),
        "{found}"
    );
    let (found, _) = search(&["recurrence", "--secure"]);
    assert!(!found.contains("Your notes"), "{found}");
    let (found, _) = search(&["anna", "--format", "json"]);
    let found: Value = serde_json::from_str(&found).unwrap();
    assert_eq!(found["hits"][0]["group"], "notes");
    assert_eq!(found["hits"][0]["place"], "coding/modifiers/90");
    std::fs::write(&file, "damaged").unwrap();
    let (found, err) = search(&["recurrence"]);
    assert!(found.starts_with("Documents ("), "{found}");
    assert!(err.contains("marks.toml"), "{err}");
}

#[test]
fn code_with_modifier_accepts_every_spelling() {
    let row = run_stdout("show 83950-90");
    assert_eq!(row.1, Some(0));
    for written in ["83950 90", "8395090", "cpt:83950-90"] {
        assert_eq!(run_stdout(&format!("show {written}")), row, "{written}");
        assert_eq!(run_stdout(written), row, "bare {written}");
    }
}

#[test]
fn claim_line_prints_each_row_and_names_what_is_missing() {
    let row = |written: &str| run_stdout(&format!("show {written}")).0;
    let rows = format!("{}\n{}", row("83950-26"), row("83950-90"));
    for written in [
        vec!["83950-26-90-QW"],
        vec!["83950", "26", "90", "qw"],
        vec!["CPT 83950, modifiers 26, 90 and QW"],
        vec!["83950\t26\t90\tQW\n"],
    ] {
        let output = Launch::codeleaf_with(&written).run();
        assert_eq!(output.status.code(), Some(0), "{written:?}");
        assert_eq!(text(&output.stdout), rows, "{written:?}");
        let missing = "no entry for modifier QW in the document on 83950; it lists 26, 90";
        assert!(text(&output.stderr).starts_with(missing), "{written:?}");
    }
    let output = run("search 83950-90-qw");
    assert_eq!(output.status.code(), Some(0));
    let out = text(&output.stdout);
    assert!(out.contains("83950 > Coding > 90 (code)\n"), "{out}");
    assert!(out.contains("\nno entry for modifier QW in"), "{out}");
    let found = run_json("search 83950-90-qw --format json");
    assert_eq!(found["missing"].as_array().unwrap().len(), 1);
    let (payers, status) = run_stdout("search payer:");
    assert_eq!(status, Some(0));
    assert!(payers.contains("payer:\"Aetna"), "{payers}");
}

#[test]
fn missing_target_exits_with_1_and_suggests_alternatives() {
    for (arguments, words) in [
        ("83950-51", "26, 90"),
        ("show 83950-51", "26, 90"),
        ("show 83951", "83950"),
        ("83951", "83950"),
        ("show nonesuch", "codeleaf search"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments}");
        assert_eq!(output.stdout, b"", "{arguments}");
        assert!(
            text(&output.stderr).contains(words),
            "{}",
            text(&output.stderr)
        );
    }
    // In a terminal, the program sends no escape sequence first.
    let mut terminal = Launch::codeleaf("83950-51").start();
    assert_eq!(terminal.wait_for_exit(), 1);
    terminal.wait_for("it lists 26, 90");
    assert_eq!(count(&terminal.bytes_since(0), b"\x1b"), 0);
}

#[test]
fn usage_error_exits_with_2() {
    for arguments in [
        "--nonesuch",
        "show",
        "search",
        "check",
        "show 83950 --format nonesuch",
        "--ascii --unicode",
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments}");
        assert!(!output.stderr.is_empty(), "{arguments}");
    }
    assert_eq!(run_stdout("--help").1, Some(0));
    assert_eq!(run_stdout("--version").1, Some(0));
}

#[test]
fn check_prints_every_error_and_exits_with_2() {
    let home = Home::new();
    home.write("sound/a.toml", document("00001", "Sound"));
    let broken = document("0002", "Broken").replace("kind =", "knid =");
    home.write("broken/b.toml", broken);
    let check = |paths: &str| {
        Launch::codeleaf(&format!("check {paths}"))
            .home(&home)
            .run()
    };
    let output = check("sound");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(
        text(&output.stdout).contains("a.toml"),
        "{}",
        text(&output.stdout)
    );
    assert!(text(&output.stdout).ends_with("1 file checked: no errors\n"));
    let summary = "2 files checked: 2 errors in 1 file\n";
    assert!(text(&check("sound broken").stdout).ends_with(summary));
    for paths in [
        "broken",
        "broken/b.toml",
        "sound broken",
        "nowhere",
        "sound/nowhere.toml",
    ] {
        let output = check(paths);
        assert_eq!(output.status.code(), Some(2), "{paths}");
        let message = text(&output.stderr);
        if paths.contains("broken") {
            assert!(
                message.contains("b.toml:5:9") && message.contains("kind"),
                "{message}"
            );
        } else {
            assert!(message.contains("nowhere"), "{message}");
        }
    }
    assert_eq!(
        run_stdout(&format!(
            "check {}",
            Path::new("content").canonicalize().unwrap().display()
        ))
        .1,
        Some(0)
    );
}

#[test]
fn new_writes_a_document_that_passes_check_and_overwrites_nothing() {
    let home = Home::new();
    let run = |arguments: &str| Launch::codeleaf(arguments).home(&home).run();
    for (arguments, name) in [
        ("new 99213", "cpt-99213.toml"),
        ("new hcpcs:g0439", "hcpcs-G0439.toml"),
        ("new K92.2 --system icd10cm", "icd10cm-K92.2.toml"),
        ("new --modifier gz", "modifier-GZ.toml"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(text(&output.stdout).starts_with(name), "{arguments}");
        let checked = run(&format!("check {name}"));
        assert_eq!(checked.status.code(), Some(0), "{}", text(&checked.stderr));
    }
    let path = home.write("cpt-99214.toml", "mine");
    let refused = run("new 99214");
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("cpt-99214.toml exists"));
    assert_eq!(std::fs::read_to_string(path).unwrap(), "mine");
    for (arguments, message) in [
        ("new G0439", "hcpcs:G0439 or icd10cm:G04.39"),
        ("new nonesuch", "`nonesuch` is not a code"),
        ("new 99213 --system hcpcs", "not a valid HCPCS code"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments}");
        assert!(
            text(&output.stderr).contains(message),
            "{}",
            text(&output.stderr)
        );
    }
}

#[test]
fn broken_file_argument_is_reported_before_the_screen_opens() {
    let home = Home::new();
    let path = home.write("broken.toml", "schema = 1\n[code]\nvlaue = 3\n");
    let launch = Launch::codeleaf_with(&[path]).home(&home);
    let mut terminal = launch.clone().start();
    assert_eq!(terminal.wait_for_exit(), 2);
    terminal.wait_for("vlaue");
    assert_eq!(count(&terminal.bytes_since(0), b"\x1b"), 0);
    assert!(terminal.has_initial_modes());
    let output = launch.run();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(output.stdout, b"");
    assert!(
        text(&output.stderr).contains("broken.toml:3:1"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn broken_file_in_a_folder_does_not_hide_the_others() {
    let home = Home::new();
    home.write("own/good.toml", document("00002", "A sound one"));
    home.write("own/broken.toml", "schema = 1\n[code]\nvlaue = 3\n");
    home.write("own/latin1.toml", b"title = \"\xe9\"\n");
    home.write("own/folder.toml/nothing", "");
    let launch =
        |arguments: &str| Launch::codeleaf(&format!("{arguments} --content own")).home(&home);
    let output = launch("list --format json").run();
    assert_eq!(output.status.code(), Some(0));
    let listed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(code_documents(&listed), 2);
    assert_eq!(listed["broken"].as_array().unwrap().len(), 3, "{listed:#}");
    for broken in listed["broken"].as_array().unwrap() {
        assert_fields(broken, "path report duplicate_of");
    }
    assert_eq!(launch("show 00002").run().status.code(), Some(0));
    let mut terminal = launch("00002").start();
    terminal.wait_for("A sound one");
    terminal
        .press("o")
        .wait_for("3 files with errors")
        .wait_for("broken.toml");
    terminal.press("end enter").wait_for("latin1.toml");
    terminal.press("q ctrl-c q");
    terminal.assert_exits_restored(0);
}

#[test]
fn content_option_overrides_all_other_folders() {
    let home = Home::new();
    for folder in ["data/codeleaf/content", "variable", "first", "second"] {
        home.write(
            &format!("{folder}/83950.toml"),
            document("83950", &format!("From {folder}")),
        );
    }
    let title = |arguments: &str, variable: bool| {
        let mut launch = Launch::codeleaf(&format!("show 83950 {arguments}")).home(&home);
        if variable {
            launch = launch.env("CODELEAF_CONTENT", home.path("variable"));
        }
        text(&launch.run().stdout)
            .lines()
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(title("", false), "83950  From data/codeleaf/content");
    assert_eq!(title("", true), "83950  From variable");
    assert_eq!(title("--content first", true), "83950  From first");
    assert_eq!(
        title("--content first --content second", true),
        "83950  From second"
    );
    let listed = Launch::codeleaf("list --format json --content first")
        .home(&home)
        .env("CODELEAF_CONTENT", "variable")
        .run();
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(code_documents(&listed), 1);
    assert_eq!(
        listed["documents"][0]["hidden"].as_array().unwrap().len(),
        3
    );
}

#[test]
fn file_arguments_need_a_slash_or_toml_and_commands_take_precedence() {
    let home = Home::new();
    home.write("83950.toml", document("00003", "A file"));
    home.write("83950", document("00004", "No ending"));
    home.write("list", document("00005", "Named as a command"));
    let first = |arguments: &str| {
        let output = Launch::codeleaf(arguments).home(&home).run();
        text(&output.stdout)
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(first("83950.toml"), "00003  A file");
    assert_eq!(first("./83950"), "00004  No ending");
    assert_eq!(first("83950"), "83950  HER2/neu serum tumor marker assay");
    assert_eq!(first("./list"), "00005  Named as a command");
    assert!(first("list").starts_with("83950  CPT"));
}

#[test]
fn closed_pipe_exits_quietly() {
    for arguments in [
        "83950",
        "show 83950 --format json",
        "list",
        "search 26",
        "man",
        "completions bash",
    ] {
        let mut child = Launch::codeleaf(arguments)
            .to_command()
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The pipe is closed before the program writes, or soon after.
        drop(child.stdout.take());
        let mut errors = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut errors)
            .unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments}");
        assert_eq!(errors, "", "{arguments}");
    }
    let script = r#""$@" | head -1"#;
    let output = Launch::codeleaf("show 83950").in_shell_script(script).run();
    assert_eq!(text(&output.stdout).lines().count(), 1);
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn output_has_no_escapes_and_follows_the_locale() {
    for arguments in [
        "",
        "83950",
        "83950-51",
        "show 83950",
        "show 83950 --format markdown",
        "show 83950 --format json",
        "show 83950-26",
        "list",
        "list --format markdown",
        "search recurrence",
        "search recurrence --format markdown",
        "search recurrence --format json",
        "search qqqqqq",
        "--help",
        "show --help",
        "--nonesuch",
        "man",
        "completions bash",
        "completions fish",
        "83950 --color true",
    ] {
        for (locale, color) in [("C", "0"), ("en_US.UTF-8", "1")] {
            let launch = Launch::codeleaf(arguments)
                .env("LANG", locale)
                .env("CLICOLOR_FORCE", color);
            let output = launch.run();
            for stream in [text(&output.stdout), text(&output.stderr)] {
                let odd = stream
                    .chars()
                    .find(|c| c.is_control() && !"\n\t".contains(*c));
                assert_eq!(odd, None, "{arguments}: {stream}");
                // JSON is UTF-8 in every locale.
                if locale == "C" && !arguments.contains("json") {
                    let odd = stream.lines().find(|line| !line.is_ascii());
                    assert_eq!(odd, None, "{arguments}");
                }
            }
        }
    }
}

#[test]
fn width_of_printed_documents_is_that_of_option_columns_or_terminal() {
    let longest = |output: &str| output.lines().map(codeleaf::text::width).max().unwrap();
    let (default, _) = run_stdout("show 83950");
    assert!((70..=80).contains(&longest(&default)), "{default}");
    for width in [20, 60, 132] {
        let (printed, _) = run_stdout(&format!("show 83950 --width {width}"));
        assert!(
            (width - 19..=width).contains(&longest(&printed)),
            "{printed}"
        );
        let columns = Launch::codeleaf("show 83950").env("COLUMNS", width.to_string());
        assert_eq!(text(&columns.run().stdout), printed);
    }
    for width in ["19", "1001", "wide"] {
        assert_eq!(
            run(&format!("show 83950 --width {width}")).status.code(),
            Some(2)
        );
    }
    let mut narrow = Launch::codeleaf("show 83950-26").size(60, 70).start();
    assert_eq!(narrow.wait_for_exit(), 0);
    let (printed, _) = run_stdout("show 83950-26 --width 60");
    assert_eq!(narrow.screen().trim_end(), printed.trim_end());
}

#[test]
fn options_may_precede_a_command() {
    for (before, after) in [
        ("--ascii list", "list --ascii"),
        (
            "--width 60 --color never show 83950",
            "show 83950 --color never --width 60",
        ),
        ("--unicode search outside", "search outside --unicode"),
    ] {
        assert_eq!(run_stdout(before), run_stdout(after), "{before}");
        assert_eq!(run_stdout(before).1, Some(0), "{before}");
    }
    // After a code, a command is none.
    let (_, status) = run_stdout("83950 list");
    assert_eq!(status, Some(1));
}

#[test]
fn every_command_and_option_has_a_man_page() {
    let page = |command: &str| run_stdout(&format!("man {command}")).0;
    // Every page that a page refers to exists.
    let mut waiting = vec![String::new()];
    let mut count = 0;
    while let Some(command) = waiting.pop() {
        let text = page(&command);
        let title = format!(".TH codeleaf-{} 1", command.replace(' ', "-"));
        assert!(
            text.contains(title.trim_end_matches("- 1")),
            "{title}: {text}"
        );
        count += 1;
        for reference in text.replace('\\', "").split_whitespace() {
            if let Some(name) = reference.strip_suffix("(1)") {
                let name = name.strip_prefix("codeleaf-").unwrap();
                waiting.push(name.replace('-', " "));
            }
        }
    }
    assert!(count > 10, "{count} pages");
    for (command, option) in [
        ("import", "edition"),
        ("serve", "listen"),
        ("show", "section"),
        ("show", "width"),
        ("sets diff", "format"),
    ] {
        assert!(page(command).contains(option), "{command}: {option}");
    }
    assert!(page("").contains(".SH KEYS"));
    assert_eq!(run("man nonesuch").status.code(), Some(2));
}

#[test]
fn check_rejects_modifiers_without_a_page_and_two_documents_on_one() {
    let home = Home::new();
    let page = |value: &str, related: &str| {
        format!(
            "schema = 1\n[code]\nsystem = \"modifier\"\nvalue = \"{value}\"\ntitle = \"Made up\"\n\
             status = \"active\"\n[sources.a]\ntitle = \"A\"\nkind = \"house\"\nas_of = \"2026\"\n\
             [[when]]\ntext = \"Never.\"\nsource = \"a\"\n\
             [[related]]\nsystem = \"modifier\"\ncode = \"{related}\"\n\
             description = \"Another\"\nrelation = \"use_instead\"\nsource = \"a\"\n"
        )
    };
    home.write("own/modifier-ZY.toml", page("ZY", "ZX"));
    home.write("own/modifier-ZX.toml", page("ZX", "ZY"));
    let check = |path: &str| Launch::codeleaf(&format!("check {path}")).home(&home).run();
    assert_eq!(check("own").status.code(), Some(0), "{:?}", check("own"));
    let alone = check("own/modifier-ZY.toml");
    let errors = text(&alone.stderr);
    assert_eq!(alone.status.code(), Some(2), "{errors}");
    assert!(errors.contains("no document on modifier ZX"), "{errors}");
    assert!(errors.contains("modifier-ZY.toml:16:8"), "{errors}");
    assert!(errors.contains("help: write modifier-ZX.toml"), "{errors}");
    home.write("own/zz.toml", page("zy", "ZX"));
    let twice = check("own");
    let errors = text(&twice.stderr);
    assert_eq!(twice.status.code(), Some(2), "{errors}");
    let already = "modifier:ZY is already described by own/modifier-ZY.toml";
    assert!(errors.contains(already), "{errors}");
    let list = Launch::codeleaf("list --content own").home(&home).run();
    let duplicate = "! own/zz.toml  duplicate of own/modifier-ZY.toml\n";
    assert!(text(&list.stdout).contains(duplicate), "{list:?}");
}
