//! Draws what frames the content: header, sections, where the reader is, and hints.

use ratatui::layout::Rect;

use super::Part;
use super::canvas::Canvas;
use crate::app::{App, Focus, Room};
use crate::content::{AsOf, Document, Row, SourceId, Status, Subject, System, Value};
use crate::page::{Flow, clip, width};

/// The notice that stays on screen with every CPT code.
const SHORT_NOTICE: &str = "CPT (c) AMA";

/// Draws the code, the title, and how far both can be relied on.
pub fn header(canvas: &mut Canvas<'_>, app: &App, area: Option<Rect>) {
    let Some(area) = area else { return };
    let document = app.reading().document();
    let state = state(document);
    let code = document.code.value();
    let room = usize::from(area.width).saturating_sub(width(code) + 4);
    let mut area_left = area;
    if width(&document.title) + width(&state) + 2 <= room {
        let column = canvas.put_right(shy(area), &state, canvas.style(Part::State));
        area_left.width = column;
    }
    let column = canvas.put(area_left, 1, code, canvas.style(Part::Code));
    canvas.put_clipped(
        area_left,
        column + 2,
        &document.title,
        canvas.style(Part::Title),
    );
}

/// Draws a title of the program's own.
pub fn title(canvas: &mut Canvas<'_>, title: &str, area: Rect) {
    canvas.put_clipped(
        area,
        u16::from(area.width >= 40),
        title,
        canvas.style(Part::Title),
    );
}

fn state(document: &Document) -> String {
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
fn shy(area: Rect) -> Rect {
    Rect {
        width: area.width.saturating_sub(1),
        ..area
    }
}

/// Draws the sections.
pub fn tabs(canvas: &mut Canvas<'_>, app: &App, area: Option<Rect>) {
    let Some(area) = area else { return };
    let open = app.reading().section();
    let mut column = u16::from(area.width >= 40);
    for (n, label) in app.tabs(area.width).iter().enumerate() {
        let part = if n == open { Part::TabOpen } else { Part::Tab };
        column = canvas.put(area, column, label, canvas.style(part)) + 2;
    }
}

/// Draws where the reader is and who says so; or what there is to say.
pub fn trail(canvas: &mut Canvas<'_>, app: &App, area: Option<Rect>) {
    let Some(area) = area else { return };
    let column = u16::from(area.width >= 40);
    if let Some(note) = app.note() {
        canvas.put_clipped(area, column, note, canvas.style(Part::Note));
        return;
    }
    let reads = matches!(app.focus(), Focus::Reading | Focus::Record(_));
    if app.flow() == Flow::Linear {
        let end = canvas.put_clipped(
            area,
            column,
            &super::spoken::status(app),
            canvas.style(Part::Trail),
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
    let end = canvas.put_clipped(area, column, &whereabouts, canvas.style(Part::Trail));
    source(canvas, app, area, end);
}

/// Draws who says so, right of a column, where there is room for it.
fn source(canvas: &mut Canvas<'_>, app: &App, area: Rect, end: u16) {
    let Some((_, _, row)) = app
        .reading()
        .place()
        .and_then(|place| app.reading().document().row(place))
    else {
        return;
    };
    let source = said_by(app.reading().document(), row);
    let room = usize::from(area.width.saturating_sub(end + 3));
    if room >= 12 {
        let part = if row.against.is_empty() {
            Part::Source
        } else {
            Part::Conflict
        };
        let source = canvas.charset.text(&source);
        let source = clip(&source, room, canvas.more()).into_owned();
        canvas.put_right(shy(area), &source, canvas.style(part));
    }
}

/// Returns `83950 › Coding › 26`.
fn breadcrumb(canvas: &Canvas<'_>, app: &App, room: usize) -> String {
    let reading = app.reading();
    let document = reading.document();
    let mut parts = vec![document.code.value().to_owned()];
    if let Some(section) = document.sections.get(reading.section()) {
        parts.push(canvas.charset.text(&section.short).into_owned());
    }
    if let Some((_, _, row)) = reading.place().and_then(|place| document.row(place)) {
        parts.push(match crumb(row) {
            Some(name) => clip(&canvas.charset.text(name), 24, canvas.more()).into_owned(),
            None => format!("{}/{}", reading.selected() + 1, reading.page().rows.len()),
        });
    }
    let between = if room < 40 {
        canvas.between().trim()
    } else {
        canvas.between()
    };
    parts.join(between)
}

/// Returns the name of a row, where it has one: a paragraph has none.
fn crumb(row: &Row) -> Option<&str> {
    match row.subject {
        Subject::Modifier(_)
        | Subject::Stance(_)
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
fn said_by(document: &Document, row: &Row) -> String {
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
    for id in &row.against {
        words += &format!(" · {} disagrees", name(id));
    }
    words
}

/// Draws the hints that fit, and the short notice wherever CPT content is shown.
pub fn footer(canvas: &mut Canvas<'_>, app: &App, area: Option<Rect>) {
    let Some(area) = area else { return };
    let mut hints_area = area;
    if shows_cpt(app) {
        let column = canvas.put_right(area, SHORT_NOTICE, canvas.style(Part::Notice));
        hints_area.width = column.saturating_sub(u16::from(area.width >= 40) * 2);
    }
    let start = u16::from(area.width >= 40);
    let room = usize::from(hints_area.width.saturating_sub(start));
    let mut column = start;
    for (key, words) in hints(app, canvas, room) {
        column = canvas.put(hints_area, column, &key, canvas.style(Part::Key));
        if !words.is_empty() {
            column = canvas.put(hints_area, column + 1, &words, canvas.style(Part::Hint));
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
    let mut hints = app.keymap().hints(app.room(), canvas.charset);
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
    match app.room() {
        Room::Reading | Room::Record | Room::Note => {
            app.reading().document().code.system() != System::Icd10cm
        }
        Room::Search | Room::Library | Room::Beside | Room::Marks => true,
        Room::Text => false,
    }
}
