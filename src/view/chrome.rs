//! The frame around the content: header, tabs, status line and footer.

use ratatui::layout::Rect;

use crate::app::messages::{self, document, status};
use crate::app::{App, Focus, Mode};
use crate::content::SHORT_CPT_NOTICE;
use crate::layout::{MIN_COLUMNS_FOR_MARGIN, TableMode};
use crate::text::{clip, width};
use crate::view::area::{margin, without_last_column};
use crate::view::canvas::Canvas;
use crate::view::row_text::{attribution, row_count, selected_row};
use crate::view::theme::StyleRole;

/// The longest row name in the breadcrumb, in columns.
const MAX_ROW_NAME: usize = 24;

/// The width of the progress bar, in columns.
const PROGRESS_STEPS: u64 = 10;

/// The fewest columns of the title of an official code.
const MIN_TITLE_COLUMNS: usize = 24;

/// The fewest columns in which the source is shown.
const MIN_SOURCE_COLUMNS: usize = 12;

/// Draws code, title and review status of the document.
pub fn header(canvas: &mut Canvas<'_>, app: &App, area: Option<Rect>) {
    let Some(mut area) = area else { return };
    let document = app.document_view().document();
    let status = document.review_status();
    let code = document.code.value();
    let room = usize::from(area.width).saturating_sub(width(code) + 4);
    // The edition decides what the page says, so it is shown even if the title is cut for it.
    let title_width = match document.edition {
        Some(_) => width(&document.title).min(MIN_TITLE_COLUMNS),
        None => width(&document.title),
    };
    if title_width + width(&status) + 2 <= room {
        area.width = canvas.put_right(without_last_column(area), &status, StyleRole::ReviewStatus);
    }
    let column = canvas.put(area, 1, code, StyleRole::Code);
    canvas.put_clipped(area, column + 2, &document.title, StyleRole::Title);
}

/// Draws the title of a pane other than the document, and how far the pane is scrolled.
pub fn title(canvas: &mut Canvas<'_>, title: &str, position: Option<String>, area: Rect) {
    let mut room = area;
    if let Some(position) = position {
        let column = canvas.put_right(without_last_column(area), &position, StyleRole::Hint);
        room.width = column.saturating_sub(1);
    }
    canvas.put_clipped(room, margin(area), title, StyleRole::Title);
}

/// Draws how far a pane is scrolled in the empty line above it. Low screens have no such line.
pub fn position(canvas: &mut Canvas<'_>, (top, lines): (usize, usize), area: Rect) {
    if let (Some(text), Some(y)) = (
        scroll_position(top, lines, area.height),
        area.y.checked_sub(1),
    ) {
        let line = Rect {
            y,
            height: 1,
            ..area
        };
        canvas.put_right(without_last_column(line), &text, StyleRole::Hint);
    }
}

/// Formats how far a pane of some height is scrolled, in three columns: `Top`, `42%` or `End`. `None`
/// if all lines are in view.
pub fn scroll_position(top: usize, lines: usize, height: u16) -> Option<String> {
    let hidden = lines
        .checked_sub(usize::from(height))
        .filter(|&hidden| hidden > 0)?;
    Some(match top {
        0 => messages::TOP.to_owned(),
        _ if top >= hidden => messages::END.to_owned(),
        _ => format!("{:>2}%", top * 100 / hidden),
    })
}

/// Draws the tabs of the sections.
pub fn tabs(canvas: &mut Canvas<'_>, app: &App, area: Option<Rect>) {
    let Some(area) = area else { return };
    let open = app.document_view().section();
    let mut column = margin(area);
    for (n, label) in app.tab_labels(area.width).iter().enumerate() {
        let role = if n == open {
            StyleRole::TabOpen
        } else {
            StyleRole::Tab
        };
        column = canvas.put(area, column, label, role) + 2;
    }
}

/// Draws the message if there is one, or else the position in the document and the source of the
/// selected row.
pub fn status_line(canvas: &mut Canvas<'_>, app: &App, area: Option<Rect>) {
    let Some(area) = area else { return };
    let column = margin(area);
    if let Some(message) = message(app) {
        canvas.put_clipped(area, column, &message, StyleRole::Note);
        return;
    }
    if !app.shows_document() {
        return;
    }
    let location = breadcrumb(canvas, app, area.width.saturating_sub(column));
    let end = canvas.put_clipped(area, column, &location, StyleRole::Breadcrumb);
    // The details have the source as well, and change less often.
    if app.side_panes().detail.is_none() {
        source(canvas, app, area, end);
    }
}

/// The message, or else the filter of the rows, the progress of loading, or the errors of the open
/// document's file.
pub fn message(app: &App) -> Option<String> {
    let message = app.message.clone().or_else(|| filter_message(app));
    let invalid = || {
        app.invalid_version_message()
            .filter(|_| app.shows_document())
    };
    message.or_else(|| loading_message(app)).or_else(invalid)
}

/// The filter of the open section, which hides rows.
fn filter_message(app: &App) -> Option<String> {
    let view = app.document_view();
    let is_filtered = !view.filter().is_empty() && matches!(app.focus(), Focus::Document);
    is_filtered.then(|| document::filter(view.filter(), row_count(view)))
}

/// The progress of indexing. While the library is loading, search and library have a message, too,
/// because they do not show everything yet.
fn loading_message(app: &App) -> Option<String> {
    // A screen reader would read every number.
    if let (Some(progress), TableMode::Columns) = (app.progress, app.table_mode) {
        let steps = progress.steps(PROGRESS_STEPS);
        let bar = (0..PROGRESS_STEPS).map(|step| if step < steps { '#' } else { '-' });
        return Some(status::indexing(bar.collect::<String>(), progress));
    }
    let is_incomplete = matches!(app.focus(), Focus::Search(_) | Focus::Library(_));
    (is_incomplete && app.is_library_loading()).then(|| status::LOADING.to_owned())
}

/// Draws the source of the selected row at the right, if there is room after column `end`.
fn source(canvas: &mut Canvas<'_>, app: &App, area: Rect, end: u16) {
    let room = usize::from(area.width.saturating_sub(end + 3));
    let selected = selected_row(app.document_view());
    let Some((_, row)) = selected.filter(|_| room >= MIN_SOURCE_COLUMNS) else {
        return;
    };
    let role = if row.disputed_by.is_empty() {
        StyleRole::Source
    } else {
        StyleRole::Conflict
    };
    let source = attribution(app.document_view().document(), row);
    let source = canvas.charset.transliterate(&source);
    let source = clip(&source, room, canvas.ellipsis());
    canvas.put_right(without_last_column(area), &source, role);
}

/// Returns the position in the document: `83950 › Coding › 26`.
fn breadcrumb(canvas: &Canvas<'_>, app: &App, room: u16) -> String {
    let view = app.document_view();
    let document = view.document();
    let mut parts = vec![document.code.value().to_owned()];
    if let Some(section) = document.sections.get(view.section()) {
        parts.push(canvas.charset.transliterate(&section.short).into_owned());
    }
    if let Some((block, row)) = selected_row(view) {
        let name = block.row_name(row).filter(|name| !name.is_empty());
        parts.push(match name {
            Some(name) => {
                let name = canvas.charset.transliterate(name);
                clip(&name, MAX_ROW_NAME, canvas.ellipsis()).into_owned()
            }
            None => format!("{}/{}", view.selected() + 1, view.page().rows.len()),
        });
    }
    let separator = canvas.breadcrumb_separator();
    if room < MIN_COLUMNS_FOR_MARGIN {
        parts.join(separator.trim())
    } else {
        parts.join(separator)
    }
}

/// Draws the key hints that fit, and the short notice if CPT content is shown.
pub fn footer(canvas: &mut Canvas<'_>, app: &App, area: Option<Rect>) {
    let Some(mut area) = area else { return };
    let start = margin(area);
    if shows_cpt(app) {
        let notice = canvas.put_right(area, SHORT_CPT_NOTICE, StyleRole::Notice);
        area.width = notice.saturating_sub(2 * start);
    }
    let room = area.width.saturating_sub(start);
    let gap = if room < MIN_COLUMNS_FOR_MARGIN { 1 } else { 2 };
    let hints = app.key_hints();
    let mut column = start;
    for (key, words) in fitting_hints(hints, usize::from(room), usize::from(gap)) {
        column = canvas.put(area, column, &key, StyleRole::Key);
        if !words.is_empty() {
            column = canvas.put(area, column + 1, &words, StyleRole::Hint);
        }
        column += gap;
    }
}

/// Shortens hints to a number of columns. First the words are dropped, from the last hint on, then
/// the keys that do not fit.
fn fitting_hints(mut hints: Vec<Hint>, room: usize, gap: usize) -> Vec<Hint> {
    let fits = |hints: &[Hint]| {
        let columns = |(key, words): &Hint| match width(words) {
            0 => width(key) + gap,
            columns => width(key) + 1 + columns + gap,
        };
        hints.iter().map(columns).sum::<usize>() <= room + gap
    };
    for n in (0..hints.len()).rev() {
        if fits(&hints) {
            return hints;
        }
        hints[n].1.clear();
    }
    let mut fitting = Vec::new();
    for hint in hints {
        fitting.push(hint);
        if !fits(&fitting) {
            fitting.pop();
        }
    }
    fitting
}

/// Keys and words.
type Hint = (String, String);

/// Returns true if CPT content may be on screen: in documents on procedures and modifiers, and in
/// every list.
pub fn shows_cpt(app: &App) -> bool {
    match app.mode() {
        Mode::Document
        | Mode::Outline
        | Mode::RowDetail
        | Mode::Filter
        | Mode::Note
        | Mode::CopyMenu => {
            let system = app.document_view().document().code.system();
            system.needs_short_cpt_notice()
        }
        Mode::Search
        | Mode::Library
        | Mode::Preview
        | Mode::Comparison
        | Mode::Bookmarks
        | Mode::Palette => true,
        Mode::TextPanel => false,
    }
}
