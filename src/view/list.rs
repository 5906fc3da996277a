//! Draws the list of documents and of files that could not be read.

use ratatui::layout::Rect;

use super::Part;
use super::canvas::Canvas;
use super::page::line_area;
use crate::app::{Listed, Listing};
use crate::library::{Library, Origin};

/// Says what the list holds.
pub fn count(library: &Library, listing: &Listing) -> String {
    let files = match library.broken().len() {
        0 => String::new(),
        1 => ", 1 file with errors".to_owned(),
        n => format!(", {n} files with errors"),
    };
    let documents = library.entries().len();
    match listing.text() {
        "" if documents == 1 => format!("1 document{files}"),
        "" => format!("{documents} documents{files}"),
        _ => format!(
            "{} of {}",
            listing.len(),
            documents + library.broken().len()
        ),
    }
}

/// Draws the list.
pub fn documents(canvas: &mut Canvas<'_>, library: &Library, listing: &Listing, area: Rect) {
    for line in 0..usize::from(area.height) {
        let at = line_area(area, line);
        let n = listing.top() + line;
        let Some(listed) = listing.line(library, n) else {
            break;
        };
        let chosen = n == listing.chosen();
        if chosen {
            let column = u16::from(area.width >= 40);
            canvas.put(at, column, canvas.mark(), canvas.style(Part::Mark));
        }
        one(canvas, &listed, chosen, at);
    }
    if listing.is_empty() {
        let words = "Nothing has these words. Erase some of them.";
        canvas.put_clipped(line_area(area, 0), 3, words, canvas.style(Part::Note));
    }
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
