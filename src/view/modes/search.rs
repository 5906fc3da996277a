//! The search pane: the text field, and below it hits, suggestions or scopes.

use ratatui::layout::{Position, Rect};

use crate::app::messages;
use crate::app::{App, ListLine, SearchState, StartItem};
use crate::layout::MIN_COLUMNS_FOR_MARGIN;
use crate::num::saturating_u16;
use crate::search::Hit;
use crate::text::{clip, width};
use crate::view::area::{indent, line_area, without_last_column};
use crate::view::canvas::Canvas;
use crate::view::input_line::InputLine;
use crate::view::list::{heading, item_role, list_position, selection_mark};
use crate::view::theme::StyleRole;

/// Draws field, filters and list, and returns the cursor's position in the field.
pub fn draw(
    canvas: &mut Canvas<'_>,
    app: &App,
    state: &SearchState,
    (field, body): (Rect, Rect),
) -> Position {
    let (filters, list) = SearchState::areas(body);
    if let Some(area) = filters {
        filter_bar(canvas, state, area);
    }
    if state.has_no_text() {
        start_items(canvas, app, state, list);
    } else if state.results.hits.is_empty() {
        suggestions(canvas, state, list);
    } else {
        hits(canvas, app, state, list);
    }
    let has_text = !state.input.text().is_empty();
    let count = has_text.then(|| messages::search::count(&state.results));
    let line = InputLine {
        prompt: "/ ",
        input: &state.input,
        count: &count.unwrap_or_default(),
        position: list_position(&state.list, list.height),
    };
    line.draw(canvas, field)
}

fn filter_bar(canvas: &mut Canvas<'_>, state: &SearchState, area: Rect) {
    for label in state.filter_labels(area.width) {
        let role = if label.is_active {
            StyleRole::TabOpen
        } else {
            StyleRole::Tab
        };
        canvas.put(area, label.column, &label.text, role);
    }
}

fn hits(canvas: &mut Canvas<'_>, app: &App, state: &SearchState, area: Rect) {
    for line in 0..usize::from(area.height) {
        let at = line_area(area, line);
        match state.list.line_at(state.list.top() + line, area.height) {
            Some(ListLine::Heading(group)) => heading(canvas, group, at),
            Some(ListLine::Item(n, item_line)) => {
                let Some(hit) = state.hit(n) else {
                    continue;
                };
                if item_line == 0 {
                    let badge = billable_badge(app, hit);
                    hit_location(canvas, (hit, badge), n == state.list.selected(), at);
                } else {
                    snippet(canvas, hit, at, indent(at) + 2);
                }
            }
            None => break,
        }
    }
}

/// Draws earlier searches, codes opened before, the scopes of a search, and examples.
fn start_items(canvas: &mut Canvas<'_>, app: &App, state: &SearchState, area: Rect) {
    let mut end = 0;
    for line in 0..usize::from(area.height) {
        let at = line_area(area, line);
        match state.list.line_at(state.list.top() + line, area.height) {
            Some(ListLine::Heading(group)) => heading(canvas, group, at),
            Some(ListLine::Item(n, _)) => {
                let (text, description) = match state.start_item(n, app.search_history()) {
                    Some(StartItem::Query(query)) => (query, ""),
                    Some(StartItem::Code(opened)) => (opened.code.value(), opened.title.as_str()),
                    Some(StartItem::Scope(scope, description)) => (scope, description),
                    None => break,
                };
                let column = list_item(canvas, text, n == state.list.selected(), at);
                let column = column.max(indent(area) + 7) + 1;
                canvas.put_clipped(at, column, description, StyleRole::Hint);
            }
            None => break,
        }
        end = line + 1;
    }
    canvas.put_clipped(
        line_area(area, end + 1),
        indent(area),
        messages::search::EXAMPLES,
        StyleRole::Hint,
    );
}

fn suggestions(canvas: &mut Canvas<'_>, state: &SearchState, area: Rect) {
    let results = &state.results;
    let text = messages::search::no_results(results, state.input.text(), state.has_filters());
    canvas.put_clipped(line_area(area, 0), 3, &text, StyleRole::Note);
    let visible = usize::from(area.height.saturating_sub(1)).max(1);
    let (top, selected) = (state.list.top(), state.list.selected());
    let terms = results.suggestions.iter().enumerate();
    let terms = terms.skip(top).take(visible);
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

/// Whether the code of a hit is billable. `None` for codes that are not diagnoses.
pub fn billable_badge(app: &App, hit: &Hit) -> Option<&'static str> {
    let is_billable = app.index().is_billable(&hit.code)?;
    Some(if is_billable {
        messages::search::BILLABLE
    } else {
        messages::search::NOT_BILLABLE
    })
}

/// Draws the location of a hit, whether its code is billable, and the reason of the match.
fn hit_location(
    canvas: &mut Canvas<'_>,
    (hit, badge): (&Hit, Option<&str>),
    is_selected: bool,
    at: Rect,
) {
    let is_narrow = at.width < MIN_COLUMNS_FOR_MARGIN;
    let code = if is_narrow {
        hit.code.value().to_owned()
    } else {
        format!("{} {}", hit.code.system(), hit.code.value())
    };
    let mut location = vec![code.as_str()];
    location.extend(hit.trail.iter().map(String::as_str));
    let separator = canvas.breadcrumb_separator();
    let location = location.join(if is_narrow {
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
    let both = badge.map(|badge| format!("{badge} · {reason}"));
    let texts = [both.as_deref(), badge, Some(reason.as_str())];
    let mut fitting = texts
        .into_iter()
        .flatten()
        .filter(|text| width(text) <= room);
    if let Some(text) = fitting.next() {
        canvas.put_right(without_last_column(at), text, StyleRole::Source);
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
