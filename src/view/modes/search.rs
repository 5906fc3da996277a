//! The search pane: the text field, and below it hits, suggestions or scopes.

use ratatui::layout::{Position, Rect};

use crate::app::{ListLine, SCOPES, SearchState};
use crate::layout::MIN_COLUMNS_FOR_MARGIN;
use crate::num::saturating_u16;
use crate::search::Hit;
use crate::text::{clip, width};
use crate::view::area::{indent, line_area, without_last_column};
use crate::view::canvas::Canvas;
use crate::view::input_line::InputLine;
use crate::view::list::{heading, item_role, list_position, selection_mark, with_plural};
use crate::view::theme::StyleRole;

/// Draws field and list, and returns the cursor's position in the field.
pub fn draw(canvas: &mut Canvas<'_>, state: &SearchState, (field, list): (Rect, Rect)) -> Position {
    if state.input.text().trim().is_empty() {
        scopes(canvas, state, list);
    } else if state.results.hits.is_empty() {
        suggestions(canvas, state, list);
    } else {
        hits(canvas, state, list);
    }
    let line = InputLine {
        prompt: "/ ",
        text: state.input.text(),
        cursor: state.input.cursor(),
        count: &count_text(state),
        position: list_position(&state.list, list.height),
    };
    line.draw(canvas, field)
}

fn count_text(state: &SearchState) -> String {
    if state.input.text().is_empty() {
        return String::new();
    }
    let results = &state.results;
    let or_more = match results.unverified {
        0 => "",
        _ => " or more",
    };
    match (results.total, results.hits.len()) {
        (0, _) if results.has_scope_values => with_plural(results.suggestions.len(), "value"),
        (0, _) if results.unverified > 0 => {
            let unread = with_plural(results.unverified, "row");
            format!("no results; {unread} not read")
        }
        (0, _) => "no results".to_owned(),
        (total, _) if results.is_similar_only() => format!("{total} similar"),
        (total, _) if !results.missing.is_empty() => {
            format!("{total} found, {} without entry", results.missing.len())
        }
        (1, _) if results.unverified == 0 => "1 result".to_owned(),
        (total, hits @ 1..) if total > hits => format!("top {hits} of {total}{or_more} results"),
        (total, _) => format!("{total}{or_more} results"),
    }
}

fn hits(canvas: &mut Canvas<'_>, state: &SearchState, area: Rect) {
    for line in 0..usize::from(area.height) {
        let at = line_area(area, line);
        match state.list.line_at(state.list.top() + line, area.height) {
            Some(ListLine::Heading(group)) => heading(canvas, group, at),
            Some(ListLine::Item(n, item_line)) => {
                let Some(hit) = state.results.hits.get(n) else {
                    break;
                };
                if item_line == 0 {
                    hit_location(canvas, hit, n == state.list.selected(), at);
                } else {
                    snippet(canvas, hit, at, indent(at) + 2);
                }
            }
            None => break,
        }
    }
}

/// Draws the scopes that a search can be limited to, and examples.
fn scopes(canvas: &mut Canvas<'_>, state: &SearchState, area: Rect) {
    let visible = usize::from(area.height);
    let (top, selected) = (state.list.top(), state.list.selected());
    let scopes = SCOPES.iter().enumerate().skip(top).take(visible);
    for (line, (n, (scope, description))) in scopes.enumerate() {
        let at = line_area(area, line);
        let column = list_item(canvas, scope, n == selected, at);
        let column = column.max(indent(area) + 7) + 1;
        canvas.put_clipped(at, column, description, StyleRole::Hint);
    }
    let below = line_area(area, SCOPES.len() + 1);
    let examples = "Or type: 26, 83950-90, professional component, outside lab, reccurence";
    canvas.put_clipped(below, indent(area), examples, StyleRole::Hint);
}

fn suggestions(canvas: &mut Canvas<'_>, state: &SearchState, area: Rect) {
    let in_best_rows = match state.results.unverified {
        0 => "",
        _ => " in the best rows",
    };
    let suggestions = &state.results.suggestions;
    let question = if suggestions.is_empty() {
        ""
    } else {
        " Did you mean:"
    };
    let query = state.input.text();
    let text = if state.results.has_scope_values {
        format!(
            "“{}” takes one of these, or the start of one:",
            query.trim()
        )
    } else {
        format!("No results for “{query}”{in_best_rows}.{question}")
    };
    canvas.put_clipped(line_area(area, 0), 3, &text, StyleRole::Note);
    let visible = usize::from(area.height.saturating_sub(1)).max(1);
    let (top, selected) = (state.list.top(), state.list.selected());
    let terms = suggestions.iter().enumerate().skip(top).take(visible);
    for (line, (n, term)) in terms.enumerate() {
        list_item(canvas, term, n == selected, line_area(area, line + 1));
    }
}

/// Draws an item of one line, and returns the column after it.
fn list_item(canvas: &mut Canvas<'_>, text: &str, is_selected: bool, at: Rect) -> u16 {
    if is_selected {
        selection_mark(canvas, at);
    }
    canvas.put_clipped(at, indent(at), text, item_role(is_selected))
}

/// Draws the location of a hit, and the reason of the match.
fn hit_location(canvas: &mut Canvas<'_>, hit: &Hit, is_selected: bool, at: Rect) {
    let mut location = vec![hit.code.value()];
    location.extend(hit.trail.iter().map(String::as_str));
    let separator = canvas.breadcrumb_separator();
    let location = location.join(if at.width < MIN_COLUMNS_FOR_MARGIN {
        separator.trim()
    } else {
        separator
    });
    let role = if is_selected {
        selection_mark(canvas, at);
        StyleRole::SelectedItem
    } else {
        StyleRole::Breadcrumb
    };
    let end = canvas.put_clipped(at, indent(at), &location, role);
    let room = usize::from(at.width.saturating_sub(end + 3));
    let reason = hit.reason.to_string();
    if room >= width(&reason) {
        canvas.put_right(without_last_column(at), &reason, StyleRole::Source);
    }
}

/// Draws the text around the match. If the first match would be cut off, the text begins with it.
fn snippet(canvas: &mut Canvas<'_>, hit: &Hit, at: Rect, column: u16) {
    let text = hit.snippet.text.as_str();
    let highlights = &hit.snippet.highlights;
    let room = usize::from(at.width.saturating_sub(column));
    let start = match highlights.first() {
        Some(first) if width(&text[..first.end]) > room => first.start,
        _ => 0,
    };
    // Not transliterated: columns must stay the same, so that the highlights are in place.
    let shown = clip(&text[start..], room, canvas.ellipsis());
    canvas.put(at, column, &shown, StyleRole::Snippet);
    for range in highlights.iter().filter(|range| range.start >= start) {
        let before = width(&text[start..range.start]);
        let columns = width(&text[range.clone()]).min(room.saturating_sub(before));
        let first = column.saturating_add(saturating_u16(before));
        canvas.restyle(at, first, saturating_u16(columns), StyleRole::SearchMatch);
    }
}
