//! Draws the library's lists: documents, codes, files with errors, and rows on modifiers and
//! payers.

use ratatui::layout::Rect;

use super::Part;
use super::canvas::Canvas;
use super::page::line_area;
use crate::app::{App, By, Heading, Line, Listed, Listing};
use crate::content::Standing;
use crate::library::{Entry, Excerpt};
use crate::page::{MEASURE, Role, width};

/// From how many columns on a line has what stands at its right.
const WIDE: u16 = 60;

/// Returns what stands before the filter.
pub fn prompt(listing: &Listing, columns: u16) -> String {
    match columns {
        40.. => format!("Library {}: ", listing.by().title()),
        _ => format!("{}: ", listing.by().title()),
    }
}

/// Says what the list holds.
pub fn count(app: &App, listing: &Listing) -> String {
    let groups = listing.groups().headings().len();
    let documents = app.library().entries().len();
    let files = app.library().broken().len();
    let all = app.index().len().max(documents);
    match (listing.by(), listing.text()) {
        (By::Modifier, _) => counted(groups, "modifier"),
        (By::Payer, _) => counted(groups, "payer"),
        (By::Code, "") => {
            let mut words = counted(documents, "document");
            if all > documents {
                words += &format!(", {}", counted(all - documents, "code"));
            }
            if files > 0 {
                let (number, files) = (files, if files == 1 { "file" } else { "files" });
                words += &format!(", {number} {files} with errors");
            }
            words
        }
        (By::Code, _) => {
            let found = listing.len() + listing.left_out();
            let words = format!("{} of {}", grouped(found), grouped(all + files));
            match listing.left_out() {
                0 => words,
                _ => format!("{words}, the best {} listed", grouped(listing.len())),
            }
        }
    }
}

/// Draws the list.
pub fn items(canvas: &mut Canvas<'_>, app: &App, listing: &Listing, area: Rect) {
    for line in 0..usize::from(area.height) {
        let at = line_area(area, line);
        match listing.groups().at(listing.top() + line, area.height) {
            Some(Line::Heading(group)) => heading(canvas, group, at),
            Some(Line::Item(n, part)) => {
                let Some(listed) = listing.item(n, app.library(), app.index()) else {
                    continue;
                };
                let chosen = n == listing.chosen();
                if part == 0 {
                    mark(canvas, at, chosen);
                    let item = Item {
                        listed: &listed,
                        chosen,
                        headed: listing.groups().is_headed(area.height),
                    };
                    first(canvas, &item, at);
                } else {
                    second(canvas, &listed, at);
                }
            }
            None => break,
        }
    }
    if listing.is_empty() {
        let words = match (listing.by(), listing.text()) {
            _ if app.is_reading_on() => "Nothing yet: the documents are still being read.",
            (By::Modifier, "") => "No document has a row on a modifier.",
            (By::Payer, "") => "No document has a row on a payer.",
            _ => "Nothing has these words. Erase some of them.",
        };
        canvas.put_clipped(line_area(area, 0), 3, words, canvas.style(Part::Note));
    }
}

/// Draws the heading of a group, with how much there is below it.
pub fn heading(canvas: &mut Canvas<'_>, group: &Heading, at: Rect) {
    let words = format!("{} · {}", group.title, grouped(group.said));
    let style = canvas.style(Part::Page(Role::Title));
    canvas.put_clipped(at, u16::from(at.width >= 40), &words, style);
}

/// Draws the mark of the chosen item.
pub fn mark(canvas: &mut Canvas<'_>, at: Rect, chosen: bool) {
    if chosen {
        let column = u16::from(at.width >= 40);
        canvas.put(at, column, canvas.mark(), canvas.style(Part::Mark));
    }
}

/// Returns the column at which an item begins.
pub const fn indent(area: Rect) -> u16 {
    if area.width < 40 { 1 } else { 3 }
}

/// An item that is drawn.
struct Item<'a> {
    listed: &'a Listed<'a>,
    chosen: bool,
    /// Whether a heading says what it is about.
    headed: bool,
}

/// Draws the first line of an item.
fn first(canvas: &mut Canvas<'_>, item: &Item<'_>, at: Rect) {
    let lead = if item.chosen {
        Part::Chosen
    } else {
        Part::Field
    };
    match item.listed {
        Listed::Entry(entry) => {
            let rest = format!("{} · {}", entry.status.id(), origins(entry));
            named(canvas, (entry.code.value(), &entry.title), &rest, lead, at);
        }
        Listed::Code { code, title, usage } => {
            let usage = usage.map_or("", |usage| usage.text.as_str());
            named(canvas, (code.value(), title), usage, lead, at);
        }
        Listed::Broken(broken) => {
            let path = broken.path.display().to_string();
            let path = crate::content::sanitize(&path);
            let column = canvas.put(at, indent(at), "! ", canvas.style(Part::Conflict));
            let words = format!("{path}: could not be read; Enter shows why");
            canvas.put_clipped(at, column, &words, canvas.style(lead));
        }
        Listed::Beside(count) => {
            // A long text in another style would cost twice as many bytes at every move.
            let column = canvas.put(at, indent(at), "All", canvas.style(lead));
            let words = format!(" {count} documents, side by side");
            canvas.put_clipped(at, column, &words, canvas.style(Part::Field));
        }
        Listed::Row {
            entry,
            about,
            excerpt,
        } => {
            let title = if item.headed {
                entry.title.clone()
            } else {
                about.to_string()
            };
            row(canvas, (entry.code.value(), &title), *excerpt, lead, at);
        }
    }
}

/// Draws what documents say, cut where the line ends; Enter shows it whole.
fn second(canvas: &mut Canvas<'_>, listed: &Listed<'_>, at: Rect) {
    let text = match listed {
        Listed::Row { excerpt, .. } => excerpt.map_or("", |excerpt| excerpt.text.as_str()),
        Listed::Beside(_) => "who says what, and where they differ",
        Listed::Entry(_) | Listed::Broken(_) | Listed::Code { .. } => "",
    };
    canvas.put_clipped(shy(at), indent(at) + 2, text, canvas.style(Part::Snippet));
}

/// Draws code and title, and what stands at the right of them where there is room for it.
fn named(canvas: &mut Canvas<'_>, (code, title): (&str, &str), rest: &str, lead: Part, at: Rect) {
    let column = canvas.put(at, indent(at), code, canvas.style(lead));
    let column = column.max(indent(at) + 8) + 1;
    let mut room = shy(at);
    if at.width >= WIDE && !rest.is_empty() {
        let most = usize::from(shy(at).width) / 2 - 4;
        let rest = crate::page::clip(rest, most, canvas.more());
        // Of a list that scrolls each line is sent, and another colour would be a fifth of it.
        let end = canvas.put_right(shy(at), &rest, canvas.style(Part::Field));
        room.width = end.saturating_sub(2);
    }
    canvas.put_clipped(room, column, title, canvas.style(Part::Field));
}

/// Draws the document that a row on a modifier or payer is in, and where the row stands.
fn row(
    canvas: &mut Canvas<'_>,
    (code, title): (&str, &str),
    excerpt: Option<&Excerpt>,
    lead: Part,
    at: Rect,
) {
    let standing = excerpt.and_then(|excerpt| excerpt.standing);
    let column = canvas.put(at, indent(at), code, canvas.style(lead));
    let mut room = shy(at);
    let mut column = column + 2;
    if let Some(standing) = standing {
        let style = canvas.style(part_of(standing));
        if at.width >= WIDE {
            let end = canvas.put_right(shy(at), standing.words(), style);
            room.width = end.saturating_sub(2);
        } else {
            column = canvas.put_clipped(shy(at), column, standing.words(), style) + 2;
        }
    }
    if usize::from(room.width) > usize::from(column) + width("…") {
        canvas.put_clipped(room, column, title, canvas.style(Part::Field));
    }
}

const fn part_of(standing: Standing) -> Part {
    match standing {
        Standing::Usual => Part::Field,
        Standing::Situational | Standing::NotExpected => Part::Page(Role::Caution),
        Standing::Disputed => Part::Conflict,
    }
}

/// Says where a document comes from, and before which others it stands.
fn origins(entry: &Entry) -> String {
    let mut words = entry.origin.to_string();
    for (n, hidden) in entry.hidden.iter().enumerate() {
        words += if n == 0 { " · before " } else { ", " };
        words += &hidden.to_string();
    }
    words
}

/// Leaves the last column free, and what is wider than text is set.
fn shy(area: Rect) -> Rect {
    let widest = MEASURE + indent(area);
    Rect {
        width: area.width.saturating_sub(1).min(widest),
        ..area
    }
}

fn counted(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {what}{plural}", grouped(number))
}

/// Returns a number with a comma before every three digits.
fn grouped(number: usize) -> String {
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
