//! Draws the search field and its hits.

use ratatui::layout::Rect;

use super::Part;
use super::canvas::Canvas;
use super::list::{self, indent, mark};
use super::page::line_area;
use crate::app::{Line, SCOPES, Searching};
use crate::page::{clip, width};
use crate::search::{Hit, Why};

/// Says how many places were found.
pub fn count(searching: &Searching) -> String {
    if searching.text().is_empty() {
        return String::new();
    }
    let results = searching.results();
    let or_more = match results.unread {
        0 => "",
        _ => " or more",
    };
    match (results.total, results.hits.len()) {
        (0, _) if results.unread > 0 => format!("no place; {} rows not read", results.unread),
        (0, _) => "no place".to_owned(),
        (1, _) if results.unread == 0 => "1 place".to_owned(),
        (total, hits @ 1..) if total > hits => {
            format!("the best {hits} of {total}{or_more} places")
        }
        (total, _) => format!("{total}{or_more} places"),
    }
}

/// Draws the hits; where there are none, what comes nearest; where nothing is asked for, what can
/// be.
pub fn list(canvas: &mut Canvas<'_>, searching: &Searching, area: Rect) {
    if searching.text().trim().is_empty() {
        scopes(canvas, searching, area);
    } else if searching.results().hits.is_empty() {
        nearest(canvas, searching, area);
    } else {
        for line in 0..usize::from(area.height) {
            let at = line_area(area, line);
            match searching.groups().at(searching.top() + line, area.height) {
                Some(Line::Heading(group)) => list::heading(canvas, group, at),
                Some(Line::Item(n, part)) => {
                    let Some(found) = searching.results().hits.get(n) else {
                        break;
                    };
                    if part == 0 {
                        whereabouts(canvas, found, n == searching.chosen(), at);
                    } else {
                        snippet(canvas, found, at, indent(at) + 2);
                    }
                }
                None => break,
            }
        }
    }
}

/// Draws what can be asked for, and the words that bound a search.
fn scopes(canvas: &mut Canvas<'_>, searching: &Searching, area: Rect) {
    let visible = usize::from(area.height);
    for (line, (n, (scope, words))) in SCOPES
        .iter()
        .enumerate()
        .skip(searching.top())
        .take(visible)
        .enumerate()
    {
        let at = line_area(area, line);
        let chosen = n == searching.chosen();
        mark(canvas, at, chosen);
        let part = if chosen { Part::Chosen } else { Part::Field };
        let column = canvas.put(at, indent(area), scope, canvas.style(part));
        canvas.put_clipped(
            at,
            column.max(indent(area) + 7) + 1,
            words,
            canvas.style(Part::Hint),
        );
    }
    let below = line_area(area, SCOPES.len() + 1);
    let words = "Or type: 26, 83950-90, professional component, outside lab, reccurence";
    canvas.put_clipped(below, indent(area), words, canvas.style(Part::Hint));
}

fn nearest(canvas: &mut Canvas<'_>, searching: &Searching, area: Rect) {
    let nothing = match searching.results().unread {
        0 => "Nothing has",
        _ => "None of the best rows has",
    };
    let words = format!("{nothing} “{}”. What comes nearest:", searching.text());
    canvas.put_clipped(line_area(area, 0), 3, &words, canvas.style(Part::Note));
    let nearest = searching.results().nearest.iter().enumerate();
    let visible = usize::from(area.height.saturating_sub(1)).max(1);
    for (line, (n, term)) in nearest.skip(searching.top()).take(visible).enumerate() {
        let at = line_area(area, line + 1);
        let chosen = n == searching.chosen();
        mark(canvas, at, chosen);
        let part = if chosen { Part::Chosen } else { Part::Field };
        canvas.put_clipped(at, indent(area), term, canvas.style(part));
    }
}

/// Draws where a hit is, and why it is one.
fn whereabouts(canvas: &mut Canvas<'_>, hit: &Hit, chosen: bool, at: Rect) {
    mark(canvas, at, chosen);
    let mut whereabouts = vec![hit.code.value()];
    whereabouts.extend(hit.trail.iter().map(String::as_str));
    let between = canvas.between();
    let whereabouts = whereabouts.join(if at.width < 40 {
        between.trim()
    } else {
        between
    });
    let part = if chosen { Part::Chosen } else { Part::Trail };
    let end = canvas.put_clipped(at, indent(at), &whereabouts, canvas.style(part));
    let room = usize::from(at.width.saturating_sub(end + 3));
    let why = why(&hit.why);
    if room >= width(&why) {
        canvas.put_right(
            Rect {
                width: at.width - 1,
                ..at
            },
            &why,
            canvas.style(Part::Source),
        );
    }
}

/// Draws the text around the match. Where the line is too short for it, the text starts nearer to
/// the first matched word.
fn snippet(canvas: &mut Canvas<'_>, hit: &Hit, at: Rect, column: u16) {
    let text = hit.snippet.text.as_str();
    let room = usize::from(at.width.saturating_sub(column));
    let first = hit.snippet.marks.first().map_or(0, |mark| mark.start);
    let last = hit.snippet.marks.first().map_or(0, |mark| mark.end);
    let start = if width(&text[..last]) <= room {
        0
    } else {
        first
    };
    // One column a character, so that the marks stand where the words do.
    let shown = &text[start..];
    canvas.put(
        at,
        column,
        &clip(shown, room, canvas.more()),
        canvas.style(Part::Snippet),
    );
    for range in hit
        .snippet
        .marks
        .iter()
        .filter(|range| range.start >= start)
    {
        let before = width(&text[start..range.start]);
        let columns = width(&text[range.clone()]).min(room.saturating_sub(before));
        let at_column = column.saturating_add(u16::try_from(before).unwrap_or(u16::MAX));
        canvas.restyle(
            at,
            at_column,
            u16::try_from(columns).unwrap_or(0),
            canvas.style(Part::Found),
        );
    }
}

/// Says why a hit is an answer.
fn why(why: &Why) -> String {
    match why {
        Why::Code => "code".to_owned(),
        Why::Modifier => "modifier".to_owned(),
        Why::Synonym { asked, found } => format!("{asked} = {found}"),
        Why::Words { field, typos: 0 } => field.to_lowercase(),
        Why::Words { field, typos: 1 } => format!("{}, 1 typo", field.to_lowercase()),
        Why::Words { field, typos } => format!("{}, {typos} typos", field.to_lowercase()),
    }
}
