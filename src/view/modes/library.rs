//! Draws the library's lists: documents, codes, files with errors, and rows on modifiers and
//! payers.

use ratatui::layout::Rect;

use crate::app::{App, Group, GroupBy, LibraryItem, LibraryList, ListLine};
use crate::content::Standing;
use crate::layout::{MAX_TEXT_WIDTH, Role};
use crate::library::{CatalogEntry, Excerpt};
use crate::text::width;
use crate::view::canvas::Canvas;
use crate::view::modes::document::line_area;
use crate::view::theme::StyleRole;

/// From how many columns on a line has what stands at its right.
const MIN_COLUMNS_FOR_DETAILS: u16 = 60;

/// Returns what stands before the filter.
pub fn prompt(listing: &LibraryList, columns: u16) -> String {
    match columns {
        40.. => format!("Library {}: ", listing.group_by.title()),
        _ => format!("{}: ", listing.group_by.title()),
    }
}

/// Says what the list holds.
pub fn count_text(app: &App, listing: &LibraryList) -> String {
    let groups = listing.list.groups().len();
    let documents = app.library().entries().len();
    let files = app.library().broken().len();
    let all = app.index().len().max(documents);
    match (listing.group_by, listing.filter.text()) {
        (GroupBy::Modifier, _) => with_plural(groups, "modifier"),
        (GroupBy::Payer, _) => with_plural(groups, "payer"),
        (GroupBy::Code, "") => {
            let mut words = with_plural(documents, "document");
            if all > documents {
                words += &format!(", {}", with_plural(all - documents, "code"));
            }
            if files > 0 {
                let (number, files) = (files, if files == 1 { "file" } else { "files" });
                words += &format!(", {number} {files} with errors");
            }
            words
        }
        (GroupBy::Code, _) => {
            let found = listing.len() + listing.left_out;
            let words = format!(
                "{} of {}",
                with_thousands_separators(found),
                with_thousands_separators(all + files)
            );
            match listing.left_out {
                0 => words,
                _ => format!(
                    "{words}, the best {} listed",
                    with_thousands_separators(listing.len())
                ),
            }
        }
    }
}

/// Draws the list.
pub fn items(canvas: &mut Canvas<'_>, app: &App, listing: &LibraryList, area: Rect) {
    for line in 0..usize::from(area.height) {
        let at = line_area(area, line);
        match listing.list.line_at(listing.list.top() + line, area.height) {
            Some(ListLine::Heading(group)) => heading(canvas, group, at),
            Some(ListLine::Item(n, part)) => {
                let Some(listed) = listing.item(n, app.library(), app.index()) else {
                    continue;
                };
                let chosen = n == listing.list.selected();
                if part == 0 {
                    selection_mark(canvas, at, chosen);
                    let item = ItemLine {
                        item: &listed,
                        is_selected: chosen,
                        has_heading: listing.list.has_headings(area.height),
                    };
                    first_line(canvas, &item, at);
                } else {
                    second_line(canvas, &listed, at);
                }
            }
            None => break,
        }
    }
    if listing.is_empty() {
        let words = match (listing.group_by, listing.filter.text()) {
            _ if app.is_library_loading() => "Nothing yet: the documents are still being read.",
            (GroupBy::Modifier, "") => "No document has a row on a modifier.",
            (GroupBy::Payer, "") => "No document has a row on a payer.",
            _ => "Nothing has these words. Erase some of them.",
        };
        canvas.put_clipped(line_area(area, 0), 3, words, canvas.style(StyleRole::Note));
    }
}

/// Draws the heading of a group, with how much there is below it.
pub fn heading(canvas: &mut Canvas<'_>, group: &Group, at: Rect) {
    let words = format!(
        "{} · {}",
        group.title,
        with_thousands_separators(group.shown_count)
    );
    let style = canvas.style(StyleRole::Page(Role::Title));
    canvas.put_clipped(at, u16::from(at.width >= 40), &words, style);
}

/// Draws the mark of the chosen item.
pub fn selection_mark(canvas: &mut Canvas<'_>, at: Rect, chosen: bool) {
    if chosen {
        let column = u16::from(at.width >= 40);
        canvas.put(
            at,
            column,
            canvas.selection_mark(),
            canvas.style(StyleRole::SelectionMark),
        );
    }
}

/// Returns the column at which an item begins.
pub const fn indent(area: Rect) -> u16 {
    if area.width < 40 { 1 } else { 3 }
}

/// An item that is drawn.
struct ItemLine<'a> {
    item: &'a LibraryItem<'a>,
    is_selected: bool,
    /// Whether a heading says what it is about.
    has_heading: bool,
}

/// Draws the first line of an item.
fn first_line(canvas: &mut Canvas<'_>, item: &ItemLine<'_>, at: Rect) {
    let lead = if item.is_selected {
        StyleRole::SelectedItem
    } else {
        StyleRole::Field
    };
    match item.item {
        LibraryItem::Document(entry) => {
            let rest = format!("{} · {}", entry.status.id(), origin_text(entry));
            code_and_title(canvas, (entry.code.value(), &entry.title), &rest, lead, at);
        }
        LibraryItem::Code { code, title, usage } => {
            let usage = usage.map_or("", |usage| usage.text.as_str());
            code_and_title(canvas, (code.value(), title), usage, lead, at);
        }
        LibraryItem::BrokenFile(broken) => {
            let path = broken.path.display().to_string();
            let path = crate::text::sanitize(&path);
            let column = canvas.put(at, indent(at), "! ", canvas.style(StyleRole::Conflict));
            let words = format!("{path}: could not be read; Enter shows why");
            canvas.put_clipped(at, column, &words, canvas.style(lead));
        }
        LibraryItem::Comparison(count) => {
            // A long text in another style would cost twice as many bytes at every move.
            let column = canvas.put(at, indent(at), "All", canvas.style(lead));
            let words = format!(" {count} documents, side by side");
            canvas.put_clipped(at, column, &words, canvas.style(StyleRole::Field));
        }
        LibraryItem::Row {
            entry,
            subject: about,
            excerpt,
        } => {
            let title = if item.has_heading {
                entry.title.clone()
            } else {
                about.to_string()
            };
            document_row(canvas, (entry.code.value(), &title), *excerpt, lead, at);
        }
    }
}

/// Draws what documents say, cut where the line ends; Enter shows it whole.
fn second_line(canvas: &mut Canvas<'_>, listed: &LibraryItem<'_>, at: Rect) {
    let text = match listed {
        LibraryItem::Row { excerpt, .. } => excerpt.map_or("", |excerpt| excerpt.text.as_str()),
        LibraryItem::Comparison(_) => "who says what, and where they differ",
        LibraryItem::Document(_) | LibraryItem::BrokenFile(_) | LibraryItem::Code { .. } => "",
    };
    canvas.put_clipped(
        item_area(at),
        indent(at) + 2,
        text,
        canvas.style(StyleRole::Snippet),
    );
}

/// Draws code and title, and what stands at the right of them where there is room for it.
fn code_and_title(
    canvas: &mut Canvas<'_>,
    (code, title): (&str, &str),
    rest: &str,
    lead: StyleRole,
    at: Rect,
) {
    let column = canvas.put(at, indent(at), code, canvas.style(lead));
    let column = column.max(indent(at) + 8) + 1;
    let mut room = item_area(at);
    if at.width >= MIN_COLUMNS_FOR_DETAILS && !rest.is_empty() {
        let most = usize::from(item_area(at).width) / 2 - 4;
        let rest = crate::text::clip(rest, most, canvas.ellipsis());
        // Of a list that scrolls each line is sent, and another colour would be a fifth of it.
        let end = canvas.put_right(item_area(at), &rest, canvas.style(StyleRole::Field));
        room.width = end.saturating_sub(2);
    }
    canvas.put_clipped(room, column, title, canvas.style(StyleRole::Field));
}

/// Draws the document that a row on a modifier or payer is in, and where the row stands.
fn document_row(
    canvas: &mut Canvas<'_>,
    (code, title): (&str, &str),
    excerpt: Option<&Excerpt>,
    lead: StyleRole,
    at: Rect,
) {
    let standing = excerpt.and_then(|excerpt| excerpt.standing);
    let column = canvas.put(at, indent(at), code, canvas.style(lead));
    let mut room = item_area(at);
    let mut column = column + 2;
    if let Some(standing) = standing {
        let style = canvas.style(standing_role(standing));
        if at.width >= MIN_COLUMNS_FOR_DETAILS {
            let end = canvas.put_right(item_area(at), standing.label(), style);
            room.width = end.saturating_sub(2);
        } else {
            column = canvas.put_clipped(item_area(at), column, standing.label(), style) + 2;
        }
    }
    if usize::from(room.width) > usize::from(column) + width("…") {
        canvas.put_clipped(room, column, title, canvas.style(StyleRole::Field));
    }
}

const fn standing_role(standing: Standing) -> StyleRole {
    match standing {
        Standing::Usual => StyleRole::Field,
        Standing::Situational | Standing::NotExpected => StyleRole::Page(Role::Caution),
        Standing::Disputed => StyleRole::Conflict,
    }
}

/// Says where a document comes from, and before which others it stands.
fn origin_text(entry: &CatalogEntry) -> String {
    let mut words = entry.origin.to_string();
    for (n, hidden) in entry.shadowed.iter().enumerate() {
        words += if n == 0 { " · before " } else { ", " };
        words += &hidden.to_string();
    }
    words
}

/// Leaves the last column free, and what is wider than text is set.
fn item_area(area: Rect) -> Rect {
    let widest = MAX_TEXT_WIDTH + indent(area);
    Rect {
        width: area.width.saturating_sub(1).min(widest),
        ..area
    }
}

fn with_plural(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {what}{plural}", with_thousands_separators(number))
}

/// Returns a number with a comma before every three digits.
fn with_thousands_separators(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
