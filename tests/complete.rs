//! Nothing is hidden: every text of a document is in each export, and reachable on screen.
//!
//! The texts are read from the TOML file without the program's own types, so that a new field is
//! covered as soon as a fixture has it.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::LazyLock;

use codeleaf::content::{
    AbsenceReason, Block, Document, RowPath, SectionId, Shape, Source, SourceKind, Standing,
    Subject, Unavailable, Voice,
};
use codeleaf::export::{self, ExportFormat, ExportScope, PrintOptions};
use codeleaf::layout::{LayoutOptions, Medium, Page, PageEnd, PageLine, TableMode};
use codeleaf::text::Charset;
use toml::Value;

/// Names that other fields refer to, and fields whose text appears nowhere for a reason: the short
/// title of a section is an abbreviation for tabs, and `what` chooses the place of an absence.
const NAMES: [&str; 9] = [
    "schema",
    "id",
    "source",
    "against",
    "publication",
    "section",
    "what",
    "section.short",
    "system",
];

/// A text of a document, in the forms in which it may be displayed.
struct Expected {
    forms: Vec<String>,
    /// False for a keyword that JSON does not spell out.
    in_json: bool,
}

impl Expected {
    fn text(text: &str) -> Self {
        Self {
            forms: vec![normalize(text)],
            in_json: true,
        }
    }

    fn keyword(forms: &[&str]) -> Self {
        Self {
            forms: forms.iter().map(|form| normalize(form)).collect(),
            in_json: false,
        }
    }
}

/// Removes what a display may change: spaces, line ends, the dot and the case of a code.
fn normalize(text: &str) -> String {
    let kept = text.chars().filter(|c| !c.is_whitespace() && *c != '.');
    kept.flat_map(char::to_lowercase).collect()
}

/// Collects the texts below a value. `path` is the keys of the last two tables.
fn collect(value: &Value, path: &str, expected: &mut Vec<Expected>) {
    let key = path.rsplit('.').next().unwrap();
    if NAMES.contains(&key)
        && !value.is_table()
        && !value
            .as_array()
            .is_some_and(|all| all.iter().any(Value::is_table))
        || NAMES.contains(&path)
    {
        return;
    }
    match value {
        Value::Array(values) => values
            .iter()
            .for_each(|value| collect(value, path, expected)),
        Value::Table(table) => {
            for (name, value) in table {
                collect(value, &format!("{key}.{name}"), expected);
            }
        }
        Value::String(text) => expected.extend(expected_texts(key, text)),
        other => expected.push(Expected::text(&other.to_string())),
    }
}

fn expected_texts(key: &str, text: &str) -> Vec<Expected> {
    let keyword = match (key, text) {
        ("as_of", "unknown") => return vec![Expected::keyword(&["no date", "undated"])],
        ("effective" | "revised" | "next_review" | "checked", "unknown") | ("reviewed_by", "") => {
            return Vec::new();
        }
        ("status", "unverified") => "status not verified",
        ("relation", "same_purpose") => "serves the same purpose",
        ("relation", "bundled") => "bundled (NCCI)",
        ("relation", "not_covered") => "not covered",
        ("relation", "use_instead") => "more exact: use it where it fits",
        ("relation", "instead_of") => "less exact: use this one where it fits",
        ("status" | "kind" | "relation", word) => word,
        ("standing", word) => {
            let mut all = Standing::ALL.into_iter();
            all.find(|standing| standing.id() == word).unwrap().label()
        }
        ("reason", word) => {
            let mut all = AbsenceReason::STATED.into_iter();
            let absent = Unavailable::new(all.find(|reason| reason.id() == word).unwrap());
            return vec![Expected::keyword(&[&absent.text(), &absent.short_text()])];
        }
        _ => {
            let paragraphs = text.split("\n\n");
            let texts = paragraphs.filter(|text| !text.trim().is_empty());
            return texts.map(Expected::text).collect();
        }
    };
    vec![Expected::keyword(&[keyword])]
}

/// Every document of the repository, with its name and its texts.
fn documents() -> &'static [(String, Document, Vec<Expected>)] {
    static DOCUMENTS: LazyLock<Vec<(String, Document, Vec<Expected>)>> =
        LazyLock::new(read_documents);
    &DOCUMENTS
}

fn read_documents() -> Vec<(String, Document, Vec<Expected>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["content", "content/modifiers", "tests/fixtures/valid"];
    let folders = folders.map(|folder| root.join(folder));
    let files = folders.iter().flat_map(|folder| folder.read_dir().unwrap());
    let paths = files.map(|file| file.unwrap().path());
    let paths = paths.filter(|path| path.extension().is_some_and(|end| end == "toml"));
    let documents = paths.map(|path| {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().display().to_string();
        let document = codeleaf::content::parse_document(&name, text.as_bytes()).unwrap();
        let mut expected = Vec::new();
        collect(&Value::Table(text.parse().unwrap()), "", &mut expected);
        assert!(!expected.is_empty(), "{name}");
        (name, document, expected)
    });
    let documents: Vec<_> = documents.collect();
    assert!(documents.len() >= 5);
    documents
}

/// Printed lines in which texts are found although they wrap, in one column of several.
struct Grid {
    lines: Vec<Vec<char>>,
    /// The positions of each character at the start of a word.
    starts: HashMap<char, Vec<(usize, usize)>>,
}

impl Grid {
    fn new(text: &str) -> Self {
        let lines = text.lines().map(|line| {
            let lower = line.chars().map(|c| match c {
                c if c.is_ascii() => c.to_ascii_lowercase(),
                c => c.to_lowercase().next().unwrap(),
            });
            lower.collect()
        });
        let lines: Vec<Vec<char>> = lines.collect();
        let mut starts: HashMap<char, Vec<(usize, usize)>> = HashMap::new();
        for (n, line) in lines.iter().enumerate() {
            for (column, c) in line.iter().enumerate() {
                let before = column.checked_sub(1).map(|before| line[before]);
                if *c != ' ' && before.is_none_or(|c| !c.is_alphanumeric()) {
                    starts.entry(*c).or_default().push((n, column));
                }
            }
        }
        Self { lines, starts }
    }

    fn contains(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let starts = text.first().and_then(|first| self.starts.get(first));
        let mut starts = starts.into_iter().flatten();
        text.is_empty() || starts.any(|&(line, column)| self.matches(line, column, &text))
    }

    /// Returns true if a text starts at a position and continues in the lines below, at the same
    /// column or at the start of the line.
    fn matches(&self, line: usize, left: usize, text: &[char]) -> bool {
        let chars = self.lines.get(line).map_or(&[][..], Vec::as_slice);
        if chars.get(left).is_none_or(|c| *c == ' ') {
            return false;
        }
        let (mut at, mut done) = (left, 0);
        while done < text.len() {
            match chars.get(at) {
                Some(' ' | '.') => {
                    // The gap between two columns, or spaces in the text.
                    if chars.get(at + 1) == Some(&' ') && self.continues(line, left, &text[done..])
                    {
                        return true;
                    }
                    at += 1;
                }
                Some(c) if *c == text[done] => (at, done) = (at + 1, done + 1),
                _ => return done > 0 && self.continues(line, left, &text[done..]),
            }
        }
        true
    }

    fn continues(&self, line: usize, left: usize, rest: &[char]) -> bool {
        let Some(below) = self.lines.get(line + 1) else {
            return false;
        };
        let indent = below.iter().position(|c| *c != ' ').unwrap_or(0);
        self.matches(line + 1, left, rest)
            || (indent != left && self.matches(line + 1, indent, rest))
    }

    fn has(&self, expected: &Expected) -> bool {
        expected.forms.iter().any(|form| self.contains(form))
    }

    fn assert_has_all(&self, expected: &[Expected], place: &str) {
        for expected in expected {
            let (forms, text) = (&expected.forms, || self.text());
            assert!(self.has(expected), "{place}: no {forms:?} in\n{}", text());
        }
    }

    fn text(&self) -> String {
        let lines = self.lines.iter();
        lines
            .map(|line| line.iter().chain(&['\n']).collect::<String>())
            .collect()
    }
}

fn printed(document: &Document, scope: &ExportScope, format: ExportFormat, columns: u16) -> String {
    let charset = Charset::Unicode;
    export::document(document, scope, format, PrintOptions { charset, columns })
}

#[test]
fn text_has_every_text_of_a_document_at_every_width() {
    for (name, document, expected) in documents() {
        let mut last = String::new();
        for columns in 20..=200 {
            let text = printed(document, &ExportScope::Whole, ExportFormat::Text, columns);
            let longest = text.lines().map(codeleaf::text::width).max().unwrap();
            assert!(
                longest <= usize::from(columns),
                "{name}, {columns}: {longest}"
            );
            // From some width on, nothing wraps.
            if text != last {
                let place = format!("{name}, {columns} columns");
                Grid::new(&text).assert_has_all(expected, &place);
                last = text;
            }
        }
    }
}

#[test]
fn markdown_and_json_have_every_text_of_a_document() {
    for (name, document, expected) in documents() {
        let print = |format| printed(document, &ExportScope::Whole, format, 80);
        let markdown = normalize(&print(ExportFormat::Markdown).replace('\\', ""));
        let json = normalize(&print(ExportFormat::Json).replace("\\\"", "\""));
        for Expected { forms, in_json } in expected {
            let is_in = |output: &str| forms.iter().any(|form| output.contains(form));
            assert!(is_in(&markdown), "{name}: no {forms:?} in\n{markdown}");
            assert!(!in_json || is_in(&json), "{name}: no {forms:?} in\n{json}");
        }
    }
}

#[test]
fn text_of_a_row_has_everything_that_json_has() {
    for (name, document, _) in documents() {
        for (section, block, row) in document.rows() {
            let path = RowPath::new(section, block, row);
            let scope = ExportScope::Row(path.clone());
            let text = Grid::new(&printed(document, &scope, ExportFormat::Text, 80));
            let json = serde_json::to_value(row).unwrap();
            let mut expected: Vec<Expected> = row
                .sources()
                .map(|id| Expected::text(&document.source(id).unwrap().citation()))
                .collect();
            for text in cell_and_remark_texts(&json) {
                expected.push(Expected::text(text));
            }
            expected.extend(
                section
                    .headings
                    .iter()
                    .map(|heading| Expected::text(heading)),
            );
            expected.extend([&section.title, &document.title].map(|title| Expected::text(title)));
            text.assert_has_all(&expected, &format!("{name}, {path}"));
        }
    }
}

/// The texts in the JSON form of a row, whose other strings are names and keywords.
fn cell_and_remark_texts(row: &serde_json::Value) -> Vec<&str> {
    let mut texts = Vec::new();
    for field in ["cells", "remarks"] {
        collect_json(&row[field], &mut texts);
    }
    texts
}

fn collect_json<'v>(value: &'v serde_json::Value, texts: &mut Vec<&'v str>) {
    match value {
        serde_json::Value::Array(values) => {
            for value in values {
                collect_json(value, texts);
            }
        }
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    serde_json::Value::String(_)
                        if ["source", "reason", "reach"].contains(&name.as_str()) => {}
                    value => collect_json(value, texts),
                }
            }
        }
        serde_json::Value::String(text) => texts.push(text),
        _ => {}
    }
}

const fn screen(columns: u16, table_mode: TableMode) -> LayoutOptions {
    LayoutOptions {
        columns,
        charset: Charset::Unicode,
        table_mode,
        medium: Medium::Screen,
    }
}

fn section_pages(document: &Document, options: LayoutOptions) -> Vec<Page> {
    let last = document.sections.len() - 1;
    let page = |n| {
        let end = if n == last {
            PageEnd::About
        } else {
            PageEnd::Notices
        };
        Page::from_section(document, n, options, end)
    };
    (0..=last).map(page).collect()
}

/// The pages of the rows that a key opens. The key opens the document of the code if the row names one.
fn row_pages(document: &Document, options: LayoutOptions) -> Vec<Page> {
    let rows = document.rows();
    let rows = rows.filter(|(_, _, row)| !matches!(row.subject, Subject::Code(_)));
    let pages = rows.map(|(section, block, row)| {
        Page::from_row(document, &RowPath::new(section, block, row), options)
    });
    pages.collect()
}

/// Looks for texts on pages. Pages of many widths have the same lines, which are searched once.
struct Finder<'e> {
    expected: &'e [Expected],
    /// Which of the texts a page has, by its lines.
    known: HashMap<String, Vec<bool>>,
}

impl Finder<'_> {
    /// Returns for each text whether one of the pages has it.
    fn find(&mut self, pages: &[Page]) -> Vec<bool> {
        let mut found = vec![false; self.expected.len()];
        for page in pages {
            let on_page = self
                .known
                .entry(join_lines(page.lines.iter()))
                .or_insert_with_key(|lines| {
                    let grid = Grid::new(lines);
                    self.expected.iter().map(|text| grid.has(text)).collect()
                });
            for (is_found, is_on_page) in found.iter_mut().zip(on_page) {
                *is_found |= *is_on_page;
            }
        }
        found
    }
}

fn join_lines<'l>(lines: impl Iterator<Item = &'l PageLine>) -> String {
    let lines: Vec<String> = lines.map(PageLine::to_string).collect();
    lines.join("\n")
}

#[test]
fn every_text_of_a_document_is_reachable_on_screen_at_every_width() {
    for (name, document, expected) in documents() {
        let mut finder = Finder {
            expected,
            known: HashMap::new(),
        };
        for columns in 20..=200 {
            let in_rows = finder.find(&row_pages(document, screen(columns, TableMode::Columns)));
            for table_mode in [TableMode::Columns, TableMode::Linear] {
                let options = screen(columns, table_mode);
                let in_sections = finder.find(&section_pages(document, options));
                let found = in_rows
                    .iter()
                    .zip(in_sections)
                    .map(|(row, section)| *row || section);
                let missing = expected.iter().zip(found).filter(|(_, is_found)| !is_found);
                let missing: Vec<_> = missing.map(|(text, _)| &text.forms).collect();
                assert!(
                    missing.is_empty(),
                    "{name}, {columns}, {table_mode:?}: no {missing:?}"
                );
            }
        }
        // One page of an opened row is enough above: both modes have the same.
        for columns in [20, 60, 120, 200] {
            let pages = |table_mode| row_pages(document, screen(columns, table_mode));
            assert!(
                pages(TableMode::Columns) == pages(TableMode::Linear),
                "{name}, {columns}"
            );
        }
    }
}

/// A column takes its longest word before another takes more than it needs, and a table whose longest
/// words do not fit is laid out in records.
#[test]
fn no_column_breaks_a_word_at_any_width() {
    let is_break = |c: char| c.is_whitespace() || matches!(c, '/' | '-' | '–' | '—' | '\u{ad}');
    let is_whole_in = |part: &str, text: &str| {
        text.match_indices(part).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + part.len()..].chars().next();
            before.is_none_or(is_break)
                && (after.is_none_or(char::is_whitespace) || part.ends_with(is_break))
        })
    };
    let mut spans_seen = 0;
    for (name, document, _) in documents() {
        for (n, section) in document.sections.iter().enumerate() {
            let tables = section.blocks.iter();
            let tables = tables.filter(|block| block.shape == Shape::Table);
            let tables = tables.map(|block| (block, table_texts(document, block), HashSet::new()));
            let mut tables: Vec<(_, _, HashSet<String>)> = tables.collect();
            if tables.is_empty() {
                continue;
            }
            for columns in (40..=240).step_by(3) {
                let options = screen(columns, TableMode::Columns);
                let page = Page::from_section(document, n, options, PageEnd::Nothing);
                for (block, texts, whole) in &mut tables {
                    let rows = page.rows.iter().filter(|row| row.path.block == block.id);
                    let spans = rows.flat_map(|row| &page.lines[row.lines.clone()]);
                    let in_columns = spans.filter(|line| line.spans.len() > 1);
                    for span in in_columns.flat_map(|line| &line.spans) {
                        spans_seen += 1;
                        let part = span.text.trim();
                        if !whole.contains(part) {
                            assert!(
                                texts.iter().any(|text| is_whole_in(part, text)),
                                "{name}, {columns}: “{part}” is not whole"
                            );
                            whole.insert(part.to_owned());
                        }
                    }
                }
            }
        }
    }
    assert!(spans_seen > 10_000, "{spans_seen}");
}

/// The texts of the cells of a table, with all standings, with and without marks.
fn table_texts(document: &Document, block: &Block) -> Vec<String> {
    let mut texts = vec!["–".to_owned()];
    for row in &block.rows {
        for cell in &row.cells {
            texts.push(match &cell.value {
                codeleaf::content::Value::Text(text) => text.clone(),
                codeleaf::content::Value::Unavailable(absent) => absent.short_text(),
            });
        }
        texts.extend(row.standing.map(|standing| standing.label().to_owned()));
    }
    texts.extend(document.sources.iter().map(Source::attribution));
    let marked: Vec<String> = texts.iter().map(|text| format!("{text} ≠")).collect();
    texts.extend(marked);
    texts
}

#[test]
fn markdown_quotes_the_editors_only_next_to_a_publication() {
    for (name, document, _) in documents() {
        let print = PrintOptions {
            charset: Charset::Unicode,
            columns: 120,
        };
        let markdown = codeleaf::export::document(
            document,
            &ExportScope::Whole,
            ExportFormat::Markdown,
            print,
        );
        let has_remarks = document.rows().any(|(_, _, row)| !row.remarks.is_empty());
        let has_quotes = markdown.lines().any(|line| line.starts_with("> "));
        if document.has_one_voice() {
            assert_eq!(has_quotes, has_remarks, "{name}: {markdown}");
        } else if document
            .rows()
            .any(|(_, _, row)| row.voice == Voice::Editor)
        {
            assert!(has_quotes, "{name}: {markdown}");
        }
    }
}

/// A line between rows may name the source of those below it.
#[test]
fn row_with_a_secondary_source_says_so_on_screen_and_in_text() {
    let mut checked = 0;
    for (name, document, _) in documents() {
        for (medium, columns) in [(Medium::Screen, 200), (Medium::Print, 200)] {
            let options = LayoutOptions {
                columns,
                charset: Charset::Unicode,
                table_mode: TableMode::Linear,
                medium,
            };
            for (n, section) in document.sections.iter().enumerate() {
                let page = Page::from_section(document, n, options, PageEnd::Nothing);
                let in_a_row = |at: &usize| page.rows.iter().any(|row| row.lines.contains(at));
                for (path, row) in section.blocks.iter().flat_map(|block| {
                    let rows = block.rows.iter();
                    rows.map(move |row| (RowPath::new(section, block, row), row))
                }) {
                    let lines = &page.rows[page.row_index(&path).unwrap()].lines;
                    let own = normalize(&join_lines(page.lines[lines.clone()].iter()));
                    let between = (0..lines.start).filter(|at| !in_a_row(at));
                    let between: Vec<&PageLine> = between.map(|at| &page.lines[at]).collect();
                    // The last source above holds.
                    let named = between
                        .iter()
                        .rposition(|line| line.to_string().trim().starts_with('—'));
                    let named = named.map_or(&[][..], |at| &between[at..]);
                    let above = normalize(&join_lines(named.iter().copied()));
                    let is_quoted = row.voice == Voice::Publication;
                    for id in row.stated_by().skip(usize::from(is_quoted)) {
                        let source = document.source(id).unwrap();
                        if is_quoted || source.kind == SourceKind::Secondary {
                            let text = normalize(&source.attribution());
                            let is_said = own.contains(&text) || above.contains(&text);
                            assert!(is_said, "{name}, {path}: no {text} in\n{own}\n\n{above}");
                            checked += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(checked > 1000, "only {checked}");
}

#[test]
fn narrow_screen_marks_a_row_whose_remark_has_no_room() {
    let text = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/content/cpt-83950.toml"
    ));
    let document = codeleaf::content::parse_document("shipped", &text.unwrap()).unwrap();
    let (coding, _) = document.section(&SectionId("coding".to_owned())).unwrap();
    for (columns, has_room) in [(59, false), (60, true), (200, true)] {
        let options = screen(columns, TableMode::Columns);
        let page = Page::from_section(&document, coding, options, PageEnd::Nothing);
        let row = page.rows.iter().find(|row| row.path.row.0 == "26").unwrap();
        let text = join_lines(page.lines[row.lines.clone()].iter());
        assert!(text.contains("! disputed"), "{text}");
        assert_eq!(text.contains("PC/TC"), has_room, "{columns}:\n{text}");
        assert_eq!(text.contains("… more"), !has_room, "{columns}:\n{text}");
    }
}
