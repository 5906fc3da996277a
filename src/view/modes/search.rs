//! Draws the search field and its hits.

use ratatui::layout::Rect;

use crate::app::{ListLine, SCOPES, SearchState};
use crate::search::{Hit, MatchReason};
use crate::text::{clip, width};
use crate::view::canvas::Canvas;
use crate::view::modes::document::line_area;
use crate::view::modes::library;
use crate::view::modes::library::{indent, selection_mark};
use crate::view::theme::StyleRole;

/// Says how many places were found.
pub fn count_text(searching: &SearchState) -> String {
    if searching.input.text().is_empty() {
        return String::new();
    }
    let results = &searching.results;
    let or_more = match results.unverified {
        0 => "",
        _ => " or more",
    };
    match (results.total, results.hits.len()) {
        (0, _) if results.unverified > 0 => {
            format!("no place; {} rows not read", results.unverified)
        }
        (0, _) => "no place".to_owned(),
        (1, _) if results.unverified == 0 => "1 place".to_owned(),
        (total, hits @ 1..) if total > hits => {
            format!("the best {hits} of {total}{or_more} places")
        }
        (total, _) => format!("{total}{or_more} places"),
    }
}

/// Draws the hits; where there are none, what comes nearest; where nothing is asked for, what can
/// be.
pub fn list(canvas: &mut Canvas<'_>, searching: &SearchState, area: Rect) {
    if searching.input.text().trim().is_empty() {
        scopes(canvas, searching, area);
    } else if searching.results.hits.is_empty() {
        suggestions(canvas, searching, area);
    } else {
        for line in 0..usize::from(area.height) {
            let at = line_area(area, line);
            match searching
                .list
                .line_at(searching.list.top() + line, area.height)
            {
                Some(ListLine::Heading(group)) => library::heading(canvas, group, at),
                Some(ListLine::Item(n, part)) => {
                    let Some(found) = searching.results.hits.get(n) else {
                        break;
                    };
                    if part == 0 {
                        hit_location(canvas, found, n == searching.list.selected(), at);
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
fn scopes(canvas: &mut Canvas<'_>, searching: &SearchState, area: Rect) {
    let visible = usize::from(area.height);
    for (line, (n, (scope, words))) in SCOPES
        .iter()
        .enumerate()
        .skip(searching.list.top())
        .take(visible)
        .enumerate()
    {
        let at = line_area(area, line);
        let chosen = n == searching.list.selected();
        selection_mark(canvas, at, chosen);
        let part = if chosen {
            StyleRole::SelectedItem
        } else {
            StyleRole::Field
        };
        let column = canvas.put(at, indent(area), scope, canvas.style(part));
        canvas.put_clipped(
            at,
            column.max(indent(area) + 7) + 1,
            words,
            canvas.style(StyleRole::Hint),
        );
    }
    let below = line_area(area, SCOPES.len() + 1);
    let words = "Or type: 26, 83950-90, professional component, outside lab, reccurence";
    canvas.put_clipped(below, indent(area), words, canvas.style(StyleRole::Hint));
}

fn suggestions(canvas: &mut Canvas<'_>, searching: &SearchState, area: Rect) {
    let nothing = match searching.results.unverified {
        0 => "Nothing has",
        _ => "None of the best rows has",
    };
    let words = format!(
        "{nothing} “{}”. What comes nearest:",
        searching.input.text()
    );
    canvas.put_clipped(line_area(area, 0), 3, &words, canvas.style(StyleRole::Note));
    let nearest = searching.results.suggestions.iter().enumerate();
    let visible = usize::from(area.height.saturating_sub(1)).max(1);
    for (line, (n, term)) in nearest.skip(searching.list.top()).take(visible).enumerate() {
        let at = line_area(area, line + 1);
        let chosen = n == searching.list.selected();
        selection_mark(canvas, at, chosen);
        let part = if chosen {
            StyleRole::SelectedItem
        } else {
            StyleRole::Field
        };
        canvas.put_clipped(at, indent(area), term, canvas.style(part));
    }
}

/// Draws where a hit is, and why it is one.
fn hit_location(canvas: &mut Canvas<'_>, hit: &Hit, chosen: bool, at: Rect) {
    selection_mark(canvas, at, chosen);
    let mut whereabouts = vec![hit.code.value()];
    whereabouts.extend(hit.trail.iter().map(String::as_str));
    let between = canvas.breadcrumb_separator();
    let whereabouts = whereabouts.join(if at.width < 40 {
        between.trim()
    } else {
        between
    });
    let part = if chosen {
        StyleRole::SelectedItem
    } else {
        StyleRole::Breadcrumb
    };
    let end = canvas.put_clipped(at, indent(at), &whereabouts, canvas.style(part));
    let room = usize::from(at.width.saturating_sub(end + 3));
    let why = match_reason(&hit.reason);
    if room >= width(&why) {
        canvas.put_right(
            Rect {
                width: at.width - 1,
                ..at
            },
            &why,
            canvas.style(StyleRole::Source),
        );
    }
}

/// Draws the text around the match. Where the line is too short for it, the text starts nearer to
/// the first matched word.
fn snippet(canvas: &mut Canvas<'_>, hit: &Hit, at: Rect, column: u16) {
    let text = hit.snippet.text.as_str();
    let room = usize::from(at.width.saturating_sub(column));
    let first = hit.snippet.highlights.first().map_or(0, |mark| mark.start);
    let last = hit.snippet.highlights.first().map_or(0, |mark| mark.end);
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
        &clip(shown, room, canvas.ellipsis()),
        canvas.style(StyleRole::Snippet),
    );
    for range in hit
        .snippet
        .highlights
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
            canvas.style(StyleRole::SearchMatch),
        );
    }
}

/// Says why a hit is an answer.
fn match_reason(why: &MatchReason) -> String {
    match why {
        MatchReason::Code => "code".to_owned(),
        MatchReason::Modifier => "modifier".to_owned(),
        MatchReason::Synonym {
            query_words: asked,
            synonym: found,
        } => format!("{asked} = {found}"),
        MatchReason::Words { field, typos: 0 } => field.to_lowercase(),
        MatchReason::Words { field, typos: 1 } => format!("{}, 1 typo", field.to_lowercase()),
        MatchReason::Words { field, typos } => format!("{}, {typos} typos", field.to_lowercase()),
    }
}
