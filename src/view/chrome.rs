//! Draws what frames the content: header, sections, where the reader is, and hints.

use ratatui::layout::Rect;

use crate::app::{App, Focus, Mode};
use crate::content::{AsOf, CodeSystem, Document, Row, SourceId, Status, Subject, Value};
use crate::layout::TableMode;
use crate::library::IndexingProgress;
use crate::text::{clip, width};
use crate::view::canvas::Canvas;
use crate::view::theme::StyleRole;

/// The notice that stays on screen with every CPT code.
const SHORT_NOTICE: &str = "CPT (c) AMA";

/// Draws the code, the title, and how far both can be relied on.
pub fn header(canvas: &mut Canvas<'_>, app: &App, area: Option<Rect>) {
    let Some(area) = area else { return };
    let document = app.document_view().document();
    let state = review_status(document);
    let code = document.code.value();
    let room = usize::from(area.width).saturating_sub(width(code) + 4);
    let mut area_left = area;
    if width(&document.title) + width(&state) + 2 <= room {
        let column = canvas.put_right(
            without_last_column(area),
            &state,
            canvas.style(StyleRole::ReviewStatus),
        );
        area_left.width = column;
    }
    let column = canvas.put(area_left, 1, code, canvas.style(StyleRole::Code));
    canvas.put_clipped(
        area_left,
        column + 2,
        &document.title,
        canvas.style(StyleRole::Title),
    );
}

/// Draws a title of the program's own.
pub fn title(canvas: &mut Canvas<'_>, title: &str, area: Rect) {
    canvas.put_clipped(
        area,
        u16::from(area.width >= 40),
        title,
        canvas.style(StyleRole::Title),
    );
}

fn review_status(document: &Document) -> String {
    let status = match document.status {
        Status::Active => "",
        Status::Deleted => " · deleted",
        Status::Unverified => " · status not verified",
    };
    let review = match &document.reviewed_by {
        Some(name) => format!("reviewed by {name}"),
        None => "not reviewed".to_owned(),
    };
    format!("{}{status} · {review}", document.code.system())
}

/// Leaves the last column free.
fn without_last_column(area: Rect) -> Rect {
    Rect {
        width: area.width.saturating_sub(1),
        ..area
    }
}

/// Draws the sections.
pub fn tabs(canvas: &mut Canvas<'_>, app: &App, area: Option<Rect>) {
    let Some(area) = area else { return };
    let open = app.document_view().section();
    let mut column = u16::from(area.width >= 40);
    for (n, label) in app.tab_labels(area.width).iter().enumerate() {
        let part = if n == open {
            StyleRole::TabOpen
        } else {
            StyleRole::Tab
        };
        column = canvas.put(area, column, label, canvas.style(part)) + 2;
    }
}

/// Says how far the library has been read, while that takes longer than a moment; who asks for
/// something meanwhile is told that there will be more.
fn loading_message(app: &App) -> Option<String> {
    if let Some(IndexingProgress { done, total }) = app.progress() {
        return Some(format!("indexing {done}/{total}"));
    }
    let asks = matches!(app.focus(), Focus::Search(_) | Focus::Library(_));
    (asks && app.is_library_loading()).then(|| "still reading the library".to_owned())
}

/// Draws where the reader is and who says so; or what there is to say.
pub fn status_line(canvas: &mut Canvas<'_>, app: &App, area: Option<Rect>) {
    let Some(area) = area else { return };
    let column = u16::from(area.width >= 40);
    if let Some(note) = app.message() {
        canvas.put_clipped(area, column, note, canvas.style(StyleRole::Note));
        return;
    }
    if let Some(words) = loading_message(app) {
        canvas.put_clipped(area, column, &words, canvas.style(StyleRole::Note));
        return;
    }
    let reads = matches!(app.focus(), Focus::Document | Focus::RowDetail(_));
    if app.table_mode() == TableMode::Linear {
        let end = canvas.put_clipped(
            area,
            column,
            &crate::view::accessible_status::status(app),
            canvas.style(StyleRole::Breadcrumb),
        );
        if reads {
            source(canvas, app, area, end);
        }
        return;
    }
    if !reads {
        return;
    }
    let room = usize::from(area.width.saturating_sub(column));
    let whereabouts = breadcrumb(canvas, app, room);
    let end = canvas.put_clipped(
        area,
        column,
        &whereabouts,
        canvas.style(StyleRole::Breadcrumb),
    );
    source(canvas, app, area, end);
}

/// Draws who says so, right of a column, where there is room for it.
fn source(canvas: &mut Canvas<'_>, app: &App, area: Rect, end: u16) {
    let Some((_, _, row)) = app
        .document_view()
        .row_path()
        .and_then(|place| app.document_view().document().row(place))
    else {
        return;
    };
    let source = attribution(app.document_view().document(), row);
    let room = usize::from(area.width.saturating_sub(end + 3));
    if room >= 12 {
        let part = if row.disputed_by.is_empty() {
            StyleRole::Source
        } else {
            StyleRole::Conflict
        };
        let source = canvas.charset.transliterate(&source);
        let source = clip(&source, room, canvas.ellipsis()).into_owned();
        canvas.put_right(without_last_column(area), &source, canvas.style(part));
    }
}

/// Returns `83950 › Coding › 26`.
fn breadcrumb(canvas: &Canvas<'_>, app: &App, room: usize) -> String {
    let reading = app.document_view();
    let document = reading.document();
    let mut parts = vec![document.code.value().to_owned()];
    if let Some(section) = document.sections.get(reading.section()) {
        parts.push(canvas.charset.transliterate(&section.short).into_owned());
    }
    if let Some((_, _, row)) = reading.row_path().and_then(|place| document.row(place)) {
        parts.push(match row_label(row) {
            Some(name) => {
                clip(&canvas.charset.transliterate(name), 24, canvas.ellipsis()).into_owned()
            }
            None => format!("{}/{}", reading.selected() + 1, reading.page().rows.len()),
        });
    }
    let between = if room < 40 {
        canvas.breadcrumb_separator().trim()
    } else {
        canvas.breadcrumb_separator()
    };
    parts.join(between)
}

/// Returns the name of a row, where it has one: a paragraph has none.
fn row_label(row: &Row) -> Option<&str> {
    match row.subject {
        Subject::Modifier(_)
        | Subject::PayerRule(_)
        | Subject::Code(_)
        | Subject::Payer
        | Subject::Place => Some(row.name()),
        Subject::Text => row
            .cells
            .first()
            .map(|cell| cell.label.as_str())
            .filter(|label| !label.is_empty()),
        Subject::Absence => None,
    }
}

/// Says who says so, as of when, and who disagrees.
fn attribution(document: &Document, row: &Row) -> String {
    let stated = row.cells.iter().find_map(|cell| match &cell.value {
        Value::Unavailable(absent) => absent.source.as_ref(),
        Value::Text(_) => None,
    });
    let name = |id: &SourceId| {
        document
            .source(id)
            .map_or(id.0.clone(), |source| source.short.clone())
    };
    let mut words = match row.source.as_ref().or(stated) {
        Some(id) => {
            let as_of = document
                .source(id)
                .map_or(AsOf::Unknown, |source| source.as_of);
            format!("{}, {as_of}", name(id))
        }
        None => "no source named".to_owned(),
    };
    for id in &row.disputed_by {
        words += &format!(" · {} disagrees", name(id));
    }
    words
}

/// Draws the hints that fit, and the short notice wherever CPT content is shown.
pub fn footer(canvas: &mut Canvas<'_>, app: &App, area: Option<Rect>) {
    let Some(area) = area else { return };
    let mut hints_area = area;
    if shows_cpt(app) {
        let column = canvas.put_right(area, SHORT_NOTICE, canvas.style(StyleRole::Notice));
        hints_area.width = column.saturating_sub(u16::from(area.width >= 40) * 2);
    }
    let start = u16::from(area.width >= 40);
    let room = usize::from(hints_area.width.saturating_sub(start));
    let mut column = start;
    for (key, words) in hints(app, canvas, room) {
        column = canvas.put(hints_area, column, &key, canvas.style(StyleRole::Key));
        if !words.is_empty() {
            column = canvas.put(
                hints_area,
                column + 1,
                &words,
                canvas.style(StyleRole::Hint),
            );
        }
        column += if room < 40 { 1 } else { 2 };
    }
}

/// Returns the hints for the room at hand: words go first, from the last hint on.
fn hints(app: &App, canvas: &Canvas<'_>, room: usize) -> Vec<(String, String)> {
    let between = if room < 40 { 1 } else { 2 };
    let fits = |hints: &[(String, String)]| {
        let columns = |(key, words): &(String, String)| {
            width(key)
                + if words.is_empty() {
                    0
                } else {
                    width(words) + 1
                }
        };
        hints
            .iter()
            .map(|hint| columns(hint) + between)
            .sum::<usize>()
            <= room + between
    };
    let mut hints = app.keymap().hints(app.mode(), canvas.charset);
    for n in (0..hints.len()).rev() {
        if fits(&hints) {
            return hints;
        }
        hints[n].1.clear();
    }
    // Then keys go that are too long for what is left, so that shorter ones find room.
    let mut kept = Vec::new();
    for hint in hints {
        kept.push(hint);
        if !fits(&kept) {
            kept.pop();
        }
    }
    kept
}

/// Says whether CPT codes or the publication's words about them are on screen.
fn shows_cpt(app: &App) -> bool {
    match app.mode() {
        Mode::Document | Mode::RowDetail | Mode::Note => {
            app.document_view().document().code.system() != CodeSystem::Icd10cm
        }
        Mode::Search | Mode::Library | Mode::Comparison | Mode::Bookmarks => true,
        Mode::TextPanel => false,
    }
}
