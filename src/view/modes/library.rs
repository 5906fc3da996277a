//! The library pane: the filter, and below it documents, codes, broken files or rows about modifiers
//! and payers.

use ratatui::layout::{Position, Rect};

use crate::app::messages;
use crate::app::messages::library::{MODIFIER, OVERRIDES, PAYER};
use crate::app::messages::with_plural;
use crate::app::{App, Command, GroupBy, LibraryItem, LibraryList, ListLine};
use crate::content::Standing;
use crate::layout::{MIN_COLUMNS_FOR_MARGIN, Role};
use crate::library::{CatalogEntry, Excerpt};
use crate::text::{clip, sanitize, width};
use crate::view::area::{indent, item_area, line_area};
use crate::view::canvas::Canvas;
use crate::view::input_line::InputLine;
use crate::view::list::{heading, item_role, list_position, selection_mark};
use crate::view::theme::StyleRole;

/// The fewest columns in which a line has details at its right.
const MIN_COLUMNS_FOR_DETAILS: u16 = 60;

/// The columns that are reserved for a code.
const CODE_COLUMNS: u16 = 8;

/// Draws filter and list, and returns the cursor's position in the filter.
pub fn draw(
    canvas: &mut Canvas<'_>,
    app: &App,
    library: &LibraryList,
    (field, list): (Rect, Rect),
) -> Position {
    items(canvas, app, library, list);
    let title = if field.width < MIN_COLUMNS_FOR_MARGIN {
        library.group_by.title().to_owned()
    } else {
        messages::library::title(library.group_by.title())
    };
    let line = InputLine {
        prompt: &(title + ": "),
        input: &library.filter,
        count: &count_text(app, library),
        position: list_position(&library.list, list.height),
    };
    line.draw(canvas, field)
}

fn count_text(app: &App, list: &LibraryList) -> String {
    let groups = list.list.groups().len();
    let documents = app.library().code_documents();
    let files = app.library().broken().len();
    let all = app.index().code_count().max(documents);
    match (list.group_by, list.filter.text()) {
        (GroupBy::Modifier, _) => with_plural(groups, MODIFIER),
        (GroupBy::Payer, _) => with_plural(groups, PAYER),
        (GroupBy::Code, "") => {
            messages::library::documents_and_codes(documents, all - documents, files)
        }
        (GroupBy::Code, _) => messages::library::found(list.len(), list.left_out, all + files),
    }
}

fn items(canvas: &mut Canvas<'_>, app: &App, list: &LibraryList, area: Rect) {
    for line in 0..usize::from(area.height) {
        let at = line_area(area, line);
        match list.list.line_at(list.list.top() + line, area.height) {
            Some(ListLine::Heading(group)) => heading(canvas, group, at),
            Some(ListLine::Item(n, item_line)) => {
                let Some(item) = list.item(n, app.library(), app.index()) else {
                    continue;
                };
                if item_line > 0 {
                    second_line(canvas, &item, at);
                    continue;
                }
                let is_selected = n == list.list.selected();
                if is_selected {
                    selection_mark(canvas, at);
                }
                let has_heading = list.list.has_headings(area.height);
                let item = ItemLine {
                    item: &item,
                    role: item_role(is_selected),
                    has_heading,
                };
                item.draw(canvas, app, at);
            }
            None => break,
        }
    }
    if list.is_empty() {
        let text = empty_text(app, list);
        canvas.put_clipped(line_area(area, 0), 3, text, StyleRole::Note);
    }
}

/// The text of an empty list.
pub fn empty_text(app: &App, list: &LibraryList) -> &'static str {
    match (list.group_by, list.filter.text()) {
        _ if app.is_library_loading() => messages::status::LOADING,
        (GroupBy::Modifier, "") => messages::library::NO_MODIFIERS,
        (GroupBy::Payer, "") => messages::library::NO_PAYERS,
        _ => messages::NO_MATCHES,
    }
}

/// The first line of an item.
struct ItemLine<'a> {
    item: &'a LibraryItem<'a>,
    /// The style of its first word.
    role: StyleRole,
    /// Whether a heading names the subject.
    has_heading: bool,
}

impl ItemLine<'_> {
    fn draw(&self, canvas: &mut Canvas<'_>, app: &App, at: Rect) {
        match self.item {
            LibraryItem::Document(entry) => {
                let details = format!("{} · {}", entry.status.id(), origin_text(entry));
                self.code_and_title(canvas, (entry.code.value(), &entry.title), &details, at);
            }
            LibraryItem::Code { code, title, usage } => {
                let usage = usage.map_or("", |usage| usage.text.as_str());
                self.code_and_title(canvas, (code.value(), title), usage, at);
            }
            LibraryItem::BrokenFile(broken) => {
                let path = broken.path.display().to_string();
                let mut text = messages::library::broken_file(sanitize(&path));
                if let Some(key) = app.key_label(Command::Open) {
                    text = messages::library::broken_file_key(text, key);
                }
                let column = canvas.put(at, indent(at), "! ", StyleRole::Conflict);
                canvas.put_clipped(at, column, &text, self.role);
            }
            LibraryItem::Comparison(count) => {
                // Restyling a long text at every move would take twice as many bytes.
                let column = canvas.put(at, indent(at), messages::library::COMPARE, self.role);
                let documents = messages::library::compared_documents(*count);
                canvas.put_clipped(at, column, &documents, StyleRole::Field);
            }
            LibraryItem::Row {
                entry,
                subject,
                excerpt,
            } => {
                let title = if self.has_heading {
                    entry.title.clone()
                } else {
                    subject.to_string()
                };
                self.document_row(canvas, (entry.code.value(), &title), *excerpt, at);
            }
        }
    }

    /// Draws code and title, and details at the right if there is room.
    fn code_and_title(
        &self,
        canvas: &mut Canvas<'_>,
        (code, title): (&str, &str),
        details: &str,
        at: Rect,
    ) {
        let column = canvas.put(at, indent(at), code, self.role);
        let column = column.max(indent(at) + CODE_COLUMNS) + 1;
        let mut area = item_area(at);
        if at.width >= MIN_COLUMNS_FOR_DETAILS && !details.is_empty() {
            let details = clip(details, usize::from(area.width) / 2 - 4, canvas.ellipsis());
            // Another color would add a fifth to the bytes of a scrolled list.
            let start = canvas.put_right(area, &details, StyleRole::Field);
            area.width = start.saturating_sub(2);
        }
        canvas.put_clipped(area, column, title, StyleRole::Field);
    }

    /// Draws the document of a row on a modifier or payer, and the row's standing.
    fn document_row(
        &self,
        canvas: &mut Canvas<'_>,
        (code, title): (&str, &str),
        excerpt: Option<&Excerpt>,
        at: Rect,
    ) {
        let mut column = canvas.put(at, indent(at), code, self.role) + 2;
        let mut area = item_area(at);
        if let Some(standing) = excerpt.and_then(|excerpt| excerpt.standing) {
            let role = standing_role(standing);
            if at.width >= MIN_COLUMNS_FOR_DETAILS {
                let start = canvas.put_right(area, standing.label(), role);
                area.width = start.saturating_sub(2);
            } else {
                column = canvas.put_clipped(area, column, standing.label(), role) + 2;
            }
        }
        if usize::from(area.width) > usize::from(column) + width("…") {
            canvas.put_clipped(area, column, title, StyleRole::Field);
        }
    }
}

/// Draws an excerpt of what the document says. The pane that opens shows it whole.
fn second_line(canvas: &mut Canvas<'_>, item: &LibraryItem<'_>, at: Rect) {
    let text = match item {
        LibraryItem::Row { excerpt, .. } => excerpt.map_or("", |excerpt| excerpt.text.as_str()),
        LibraryItem::Comparison(_) => messages::library::COMPARED,
        LibraryItem::Document(_) | LibraryItem::BrokenFile(_) | LibraryItem::Code { .. } => "",
    };
    canvas.put_clipped(item_area(at), indent(at) + 2, text, StyleRole::Snippet);
}

const fn standing_role(standing: Standing) -> StyleRole {
    match standing {
        Standing::Usual => StyleRole::Field,
        Standing::Situational | Standing::NotExpected => StyleRole::Page(Role::Caution),
        Standing::Disputed => StyleRole::Conflict,
    }
}

/// The origin of a document, and those of the documents that it overrides.
fn origin_text(entry: &CatalogEntry) -> String {
    let mut text = entry.origin.to_string();
    for (n, shadowed) in entry.shadowed.iter().enumerate() {
        let separator = if n == 0 { OVERRIDES } else { ", " };
        text += separator;
        text += &shadowed.to_string();
    }
    text
}
