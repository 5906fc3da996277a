//! The texts of the reader, one module for each screen, in the order in which they appear on it.
//! Texts for screen readers are last.
//!
//! Some tables are elsewhere: the lines of the help and the hints of the footer in
//! `assets/keymap.toml`, the names of keys in [`key_name`](crate::app::key_name), the kinds and
//! groups of results in [`crate::search`], and the words of a document's page in
//! [`crate::content::labels`].

use crate::app::mode::Mode;
use crate::text::{texts, with_thousands_separators};

texts! {
    TOP = "Top";
    END = "End";
    // An empty list below a text field.
    NO_MATCHES = "No matches. Try fewer words.";
    // The heading of the keys that do not work in the pane below.
    OTHER_PANES = "In other panes";
    spoken_keys(keys) = ". Keys: {keys}";
    spoken_item(pane, n, count, item) = "{pane}, {n} of {count}: {item}";
}

impl Mode {
    /// The name of the pane.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Outline => "outline",
            Self::RowDetail => "row details",
            Self::Search => "search",
            Self::Filter => "filter",
            Self::Library => "library",
            Self::Comparison => "comparison",
            Self::TextPanel => "help and reports",
            Self::Note => "note",
            Self::Bookmarks => "bookmarks and notes",
            Self::Palette => "command palette",
            Self::CopyMenu => "copy menu",
            Self::Preview => "preview",
        }
    }

    /// The name at the start of a line.
    pub fn heading(self) -> String {
        let (first, rest) = self.title().split_at(1);
        first.to_ascii_uppercase() + rest
    }
}

/// Adds a sentence about a key, if there is one: `Note deleted. u restores it`.
fn with_key(text: &str, key: Option<String>, effect: &str) -> String {
    let sentence = key.map(|key| format!(". {key} {effect}"));
    text.to_owned() + &sentence.unwrap_or_default()
}

/// Formats a number of things, such as `1 document`.
pub fn with_plural(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", with_thousands_separators(number))
}

/// The status line, on every screen.
pub(crate) mod status {
    use super::texts;
    use crate::app::command::Command;

    /// The keys that a new reader needs.
    pub const FIRST_HINTS: [(Command, &str); 3] = [
        (Command::Search, "searches"),
        (Command::Palette, "lists all commands"),
        (Command::Help, "shows the keys"),
    ];

    texts! {
        LOADING = "Still loading the library";
        indexing(bar, progress) = "Indexing [{bar}] {progress}";
        unbound_key(help_key) = "This key does nothing here. {help_key} shows the keys";
        // Ends messages about what is refused.
        NOT_IN_SECURE_MODE = "not available in secure mode";
        START_OF_HISTORY = "Start of history";
        END_OF_HISTORY = "End of history";
        theme(name) = "Theme: {name}";
        ONE_PANE = "One pane";
        ONE_PANE_IN_PLAIN_UI = "--plain-ui shows one pane at a time";
        SEVERAL_PANES = "Several panes";
        panes_need_columns(columns) = "Several panes, on a screen of {columns} columns or more";
        MOUSE_RELEASED = "Mouse released: your terminal selects text again";
        NO_CLIPBOARD = "This terminal does not support the clipboard. Select the text instead";
        NO_ERRORS = "No errors in this document's file";
        cannot_suspend(error) = "Cannot suspend: {error}";
        NO_SHELL = "no shell can resume this program";
        cannot_edit(error) = "Cannot edit: {error}";
        NO_EDITOR = "set VISUAL or EDITOR to the name of your editor";
        EDITOR_NOT_FOUND = "the editor was not found; check VISUAL and EDITOR";
        editor_failed(status) = "the editor ended with status {status}";
        EDITOR_STOPPED = "the editor was stopped by a signal";
        // Before the first frame, on the command line.
        NO_TERMINAL = "standard output is not a terminal";
    }

    pub fn mouse_captured(key: Option<String>) -> String {
        let or_key = key.map_or(String::new(), |key| format!(" or press {key}"));
        format!("The mouse clicks and scrolls. To select text, hold Shift{or_key}")
    }

    /// The first error in a new version of the open document's file.
    pub fn errors(key: Option<String>, first: &str) -> String {
        let key = key.map_or(String::new(), |key| format!(" ({key} shows all)"));
        format!("Errors{key}: {first}")
    }
}

/// The open document: rows, outline, and the details of a row.
pub(crate) mod document {
    use super::{texts, with_key, with_plural};

    texts! {
        FILTER_PROMPT = "Filter: ";
        rows(shown, all) = "{shown} of {all} rows";
        filter(text, rows) = "“{text}”: {rows}";
        row_is_gone(name) = "{name} is no longer in this document";
        no_document(code) = "No document or code set has {code}";
        spoken_section(n, count, title) = "Section {n} of {count}, {title}";
        spoken_row(section, n, count, row) = "{section}; row {n} of {count}{row}";
        SPOKEN_ABSENCE = "not available";
    }

    pub fn rows_marked(count: usize, copy_key: Option<String>) -> String {
        let text = with_plural(count, "row") + " marked";
        with_key(&text, copy_key.filter(|_| count > 0), "opens the copy menu")
    }
}

pub(crate) mod search {
    use super::{texts, with_plural};
    use crate::search::Results;
    use crate::text::with_thousands_separators;

    /// The number of results, at the right of the field.
    pub fn count(results: &Results) -> String {
        let is_complete = results.unverified == 0;
        match results.total {
            0 if results.has_scope_values => with_plural(results.suggestions.len(), "value"),
            0 if is_complete => "no results".to_owned(),
            0 => none_in_top_rows(with_plural(results.unverified, "row")),
            total if results.is_similar_only() => format!("{total} similar"),
            total if !results.missing.is_empty() => {
                format!("{total} found, {} without entry", results.missing.len())
            }
            total if is_complete => with_plural(total, "result"),
            _ => total(results) + " results",
        }
    }

    fn total(results: &Results) -> String {
        let is_complete = results.unverified == 0;
        with_thousands_separators(results.total) + if is_complete { "" } else { " or more" }
    }

    /// The prefixes that limit a search: what to type, and its effect.
    pub const SCOPES: [(&str, &str); 6] = [
        ("mod:", "a modifier, in every document: mod:26"),
        ("payer:", "a payer, in every document: payer:aetna"),
        ("code:", "codes by their first characters: code:839"),
        ("pos:", "a place of service: pos:22"),
        ("in:", "one section: in:coding"),
        ("set:", "one code set: set:icd10cm"),
    ];

    texts! {
        none_in_top_rows(rows) = "no results; {rows} not read";
        // Filters, after the kinds of results.
        BILLABLE_ONLY = "Billable";
        in_document(code) = "In {code}";
        // Headings of the lists below an empty field, and the line below them. Its typo is intended:
        // a search finds misspelled words.
        EARLIER_SEARCHES = "Earlier searches";
        OPENED_CODES = "Codes opened before";
        SEARCH_WITHIN = "Search within";
        EXAMPLES = "Or type: 26, 83950-90, professional component, outside lab, reccurence";
        // At the right of a result.
        BILLABLE = "billable";
        NOT_BILLABLE = "not billable";
        MORE_RESULTS = "More results";
        opened_result(n, count, query) = "Result {n} of {count} for “{query}”";
        NO_SEARCH = "No search yet";
        no_search(key) = "No search yet. Press {key} to search";
        spoken_scope(scope, effect) = "Search: type words, a code or a modifier; {scope} {effect}";
        spoken_suggestion(count, n, term) = "{count}; suggestion {n}: {term}";
        spoken_filter(label) = "; filter: {label}";
    }

    /// The text above suggestions, or alone if there are none.
    pub fn no_results(results: &Results, query: &str, has_filters: bool) -> String {
        if results.has_scope_values {
            let scope = query.trim();
            return format!("After “{scope}”, type one of these or its first letters:");
        }
        let has_suggestions = !results.suggestions.is_empty();
        let part = |is_shown, text| if is_shown { text } else { "" };
        let in_top_rows = part(results.unverified > 0, " in the top rows");
        let with_filters = part(has_filters, " with these filters");
        let question = part(has_suggestions, " Did you mean:");
        format!("No results for “{query}”{in_top_rows}{with_filters}.{question}")
    }

    pub fn spoken_result(n: usize, results: &Results, location: &str) -> String {
        format!("Result {n} of {}: {location}", total(results))
    }
}

pub(crate) mod library {
    use super::{texts, with_plural};
    use crate::text::with_thousands_separators;

    texts! {
        title(group_by) = "Library {group_by}";
        BY_CODE = "by code";
        BY_MODIFIER = "by modifier";
        BY_PAYER = "by payer";
        // What is counted at the right of the field.
        MODIFIER = "modifier";
        PAYER = "payer";
        // An empty list.
        NO_MODIFIERS = "No document has a row on a modifier.";
        NO_PAYERS = "No document has a row on a payer.";
        // Headings of groups.
        documents(system) = "{system} documents";
        FILES_WITH_ERRORS = "Files with errors";
        codes(system) = "{system} codes";
        codes_of_edition(system, edition) = "{system} codes, {edition}";
        OVERRIDES = " · overrides ";
        broken_file(path) = "{path}: could not be read";
        broken_file_key(file, key) = "{file}; {key} shows why";
        // The comparison of all documents of a group.
        COMPARE = "Compare";
        COMPARED = "what each one says, and where they differ";
    }

    pub fn documents_and_codes(documents: usize, codes: usize, broken_files: usize) -> String {
        let mut text = with_plural(documents, "document");
        if codes > 0 {
            text += &format!(", {}", with_plural(codes, "code"));
        }
        if broken_files > 0 {
            text += &format!(", {} with errors", with_plural(broken_files, "file"));
        }
        text
    }

    /// The number of items that pass the filter, of which the list may leave some out.
    pub fn found(listed: usize, left_out: usize, all: usize) -> String {
        let numbers = [listed + left_out, listed, all];
        let [found, listed, all] = numbers.map(with_thousands_separators);
        match left_out {
            0 => format!("{found} of {all}"),
            _ => format!("{found} of {all}, top {listed} listed"),
        }
    }

    /// The objects of [`COMPARE`].
    pub fn compared_documents(count: usize) -> String {
        match count {
            2 => " both documents".to_owned(),
            _ => format!(" all {count} documents"),
        }
    }
}

pub(crate) mod comparison {
    use super::{texts, with_key};

    texts! {
        documents(count) = "{count} documents";
    }

    pub fn select_one(back_key: Option<String>) -> String {
        let text = "Several documents are compared";
        with_key(text, back_key, "goes back to select one")
    }
}

pub(crate) mod palette {
    use super::texts;

    texts! {
        ACTIONS = "Actions";
        CODES_AND_DOCUMENTS = "Codes and documents";
        PAYERS = "Payers";
        works_in(panes) = "Works in: {panes}";
    }
}

/// Help, and reports on files with errors.
pub(crate) mod text_panel {
    use super::texts;
    use crate::app::command::Command;

    texts! {
        help_title(mode) = "Help: keys in the {mode}";
        CANNOT_COPY_HELP = "Only reports on files can be copied";
        CANNOT_EDIT_HELP = "Help has no file to edit";
    }

    /// The keys below a report.
    pub const REPORT_HINTS: [(Command, &str); 2] = [
        (Command::Copy, "copies this report"),
        (Command::Edit, "edits the file"),
    ];
}

pub(crate) mod copy_menu {
    use super::texts;
    use crate::app::copy::CopyFormat;

    texts! {
        TITLE = "Copy";
        COPIED = "Copied. If it didn't paste, select it below:";
    }

    impl CopyFormat {
        pub const fn title(self) -> &'static str {
            match self {
                Self::Code => "Code",
                Self::CodeAndTitle => "Code and title",
                Self::Row => "Row",
                Self::CitedRow => "Row with standing, remarks, source and date",
                Self::TableAsTsv => "Table for a spreadsheet (tabs)",
                Self::TableAsMarkdown => "Table as Markdown",
                Self::Links => "Link to the source",
            }
        }
    }
}

/// Bookmarks and notes.
pub(crate) mod bookmarks {
    use super::{texts, with_key};

    texts! {
        TITLE = "Your bookmarks and notes";
        BOOKMARK_REMOVED = "Bookmark removed";
        NOTE_PROMPT = "Your note: ";
        NOTE_SAVED = "Note saved";
        NOTE_REMOVED = "Note removed";
        CANNOT_SAVE = "Notes and bookmarks cannot be saved here";
        // In the details of a row, and in results.
        NOTE_TITLE = "Your note";
        NOTE_FIELD = "Note";
    }

    /// An empty list, with the keys that add to it.
    pub fn empty_list(bookmark_key: Option<String>, note_key: Option<String>) -> String {
        let text = with_key("None yet", bookmark_key, "bookmarks the selected row");
        with_key(&text, note_key, "adds a note to it")
    }

    pub fn bookmarked(list_key: Option<String>) -> String {
        with_key("Bookmarked", list_key, "lists bookmarks and notes")
    }

    pub fn deleted(has_note: bool, undo_key: Option<String>) -> String {
        let what = if has_note { "Note" } else { "Bookmark" };
        with_key(&format!("{what} deleted"), undo_key, "restores it")
    }

    pub fn spoken_note(save_key: Option<String>) -> String {
        with_key("Your note: type it", save_key, "saves it")
    }
}
