//! Draws the list of documents and of files that could not be read.

use ratatui::layout::{Position, Rect};

use super::Part;
use super::canvas::Canvas;
use super::page::line_area;
use crate::app::{Listed, Listing};
use crate::library::{Library, Origin};

/// Says what the list holds.
pub fn title(library: &Library) -> String {
    let documents = match library.entries().len() {
        1 => "1 document".to_owned(),
        n => format!("{n} documents"),
    };
    match library.broken().len() {
        0 => format!("Library · {documents}"),
        1 => format!("Library · {documents}, 1 file with errors"),
        n => format!("Library · {documents}, {n} files with errors"),
    }
}

/// Draws the list, and returns where the chosen line starts.
pub fn documents(
    canvas: &mut Canvas<'_>,
    library: &Library,
    listing: Listing,
    area: Rect,
) -> Position {
    let mut cursor = area.as_position();
    let listed = Listing::all(library)
        .enumerate()
        .skip(listing.top)
        .take(usize::from(area.height));
    for (line, (n, listed)) in listed.enumerate() {
        let at = line_area(area, line);
        let chosen = n == listing.chosen;
        if chosen {
            let column = u16::from(area.width >= 40);
            canvas.put(at, column, canvas.mark(), canvas.style(Part::Mark));
            cursor = Position {
                x: at.x + column,
                y: at.y,
            };
        }
        one(canvas, &listed, chosen, at);
    }
    cursor
}

fn one(canvas: &mut Canvas<'_>, listed: &Listed<'_>, chosen: bool, at: Rect) {
    let indent = if at.width < 40 { 1 } else { 3 };
    let lead = if chosen { Part::Chosen } else { Part::Field };
    match listed {
        Listed::Entry(entry) => {
            let origin = match &entry.origin {
                Origin::BuiltIn => "built in".to_owned(),
                Origin::File(path) => path.display().to_string(),
            };
            let hidden = if entry.hidden.is_empty() {
                ""
            } else {
                ", stands before another"
            };
            let column = canvas.put(at, indent, entry.code.value(), canvas.style(lead));
            let column = canvas.put_clipped(
                at,
                column.max(indent + 9),
                &entry.title,
                canvas.style(Part::Field),
            );
            let system = entry.code.system();
            let rest = format!("{system} · {} · {origin}{hidden}", entry.status.id());
            canvas.put_clipped(at, column + 2, &rest, canvas.style(Part::Source));
        }
        Listed::Broken(broken) => {
            let path = broken.path.display().to_string();
            let path = crate::content::sanitize(&path);
            let column = canvas.put(at, indent, "! ", canvas.style(Part::Conflict));
            let words = format!("{path}: could not be read; Enter shows why");
            canvas.put_clipped(at, column, &words, canvas.style(lead));
        }
    }
}
