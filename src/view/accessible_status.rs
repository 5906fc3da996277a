//! The status in words for `--plain-ui`: the current mode and the selected item, in one line.

use crate::app::messages::library::{COMPARE, compared_documents};
use crate::app::{
    App, Bookmark, Command, CopyFormat, DocumentView, Filter, Focus, GroupedList, LibraryItem,
    LibraryList, Palette, PaletteItem, SearchState, StartItem, key_name, messages,
};
use crate::search::{HitGroup, HitKind};
use crate::view::modes::search::billable_badge;
use crate::view::modes::{bookmarks, library};
use crate::view::row_text::{hit_text, row_count, row_description, selected_row};

pub fn status(app: &App) -> String {
    let (pane, view) = (app.focus().mode().heading(), app.document_view());
    match app.focus() {
        Focus::Document => document_status(view),
        Focus::Outline => format!("{pane}: {}", section_status(view)),
        Focus::RowDetail(_) => {
            let row = selected_row(view).map(row_description);
            pane + &row.unwrap_or_default()
        }
        Focus::Search(state) => search_status(app, state),
        Focus::Filter(field) => format!("{pane} {}: {}", field.input.text(), row_count(view)),
        Focus::Library(list) => library_status(app, list),
        Focus::Comparison(comparison) => format!("{pane}: {}", comparison.title()),
        Focus::TextPanel(panel) => panel.title.clone(),
        Focus::Note(_) => messages::bookmarks::spoken_note(app.key_label(Command::Open)),
        Focus::Palette(palette) => match palette_item(app, palette) {
            Some(item) => item_status(&pane, &palette.list, &item),
            None => messages::NO_MATCHES.to_owned(),
        },
        Focus::CopyMenu(menu) => {
            let title = menu.selected().map_or("", CopyFormat::title);
            item_status(&pane, &menu.list, title)
        }
        Focus::Bookmarks(list) => {
            let bookmarks = app.bookmarks().map(|bookmarks| &bookmarks.entries);
            match bookmarks.and_then(|entries| entries.get(list.list.selected())) {
                Some(bookmark) => item_status(&pane, &list.list, &bookmark_text(bookmark)),
                None => bookmarks::empty_text(app),
            }
        }
    }
}

/// Describes the position of the selected item, its group if that has a name, and the item.
fn item_status(pane: &str, list: &GroupedList, item: &str) -> String {
    let group = list.locate(list.selected());
    let group = group.and_then(|(group, _)| list.groups().get(group));
    let item = match group.filter(|group| !group.title.is_empty()) {
        Some(group) => format!("{}, {item}", group.title),
        None => item.to_owned(),
    };
    messages::spoken_item(pane, list.selected() + 1, list.count(), item)
}

fn palette_item(app: &App, palette: &Palette) -> Option<String> {
    let item = palette.item(palette.list.selected(), app.keymap())?;
    Some(match item {
        PaletteItem::Action(binding) => {
            let keys = binding.keys.iter().map(|key| key_name(*key, app.charset));
            format!("{}: {}", binding.help, keys.collect::<Vec<_>>().join(" "))
        }
        PaletteItem::Hit(hit) => hit_text(hit, ", "),
        PaletteItem::Payer(name) => name.to_owned(),
    })
}

fn section_status(view: &DocumentView) -> String {
    let sections = &view.document().sections;
    let title = sections.get(view.section());
    let title = title.map_or("", |section| section.title.as_str());
    messages::document::spoken_section(view.section() + 1, sections.len(), title)
}

fn document_status(view: &DocumentView) -> String {
    let section = section_status(view);
    let Some(row) = selected_row(view).map(row_description) else {
        return section;
    };
    let (number, count) = (view.selected() + 1, view.page().rows.len());
    messages::document::spoken_row(section, number, count, row)
}

fn search_status(app: &App, state: &SearchState) -> String {
    let pane = app.focus().mode().heading();
    let mut status = match state.start_item(state.list.selected(), app.search_history()) {
        Some(StartItem::Query(query)) => item_status(&pane, &state.list, query),
        Some(StartItem::Code(opened)) => {
            let item = format!("{} {}", opened.code.value(), opened.title);
            item_status(&pane, &state.list, &item)
        }
        Some(StartItem::Scope(scope, description)) => {
            messages::search::spoken_scope(scope, description)
        }
        None => result_status(app, state),
    };
    let labels = state.filter_labels(u16::MAX).into_iter();
    let active =
        labels.filter(|label| label.is_active && label.filter != Filter::Kind(HitKind::All));
    for label in active {
        status += &messages::search::spoken_filter(&label.text);
    }
    status
}

fn result_status(app: &App, state: &SearchState) -> String {
    let (number, results) = (state.list.selected() + 1, &state.results);
    let Some(hit) = state.selected_hit() else {
        let count = messages::search::count(results);
        return match state.selected_suggestion() {
            Some(term) => messages::search::spoken_suggestion(count, number, term),
            None => count,
        };
    };
    let (system, code, trail) = (hit.code.system(), hit.code.value(), hit.trail.join(", "));
    let location = format!("{system} {code} {trail}");
    let mut status = messages::search::spoken_result(number, results, &location);
    if let Some(badge) = billable_badge(app, hit) {
        status += &format!(", {badge}");
    }
    let is_similar = hit.group == HitGroup::Similar;
    let heading = is_similar.then(|| results.heading(hit.group, state.input.text()));
    for remark in results.missing.iter().chain(&heading) {
        status += &format!("; {remark}");
    }
    status
}

fn library_status(app: &App, list: &LibraryList) -> String {
    let item = list.item(list.list.selected(), app.library(), app.index());
    match item {
        Some(item) => {
            let title = messages::library::title(list.group_by.title());
            item_status(&title, &list.list, &item_text(&item))
        }
        None => library::empty_text(app, list).to_owned(),
    }
}

fn item_text(item: &LibraryItem<'_>) -> String {
    match item {
        LibraryItem::Document(entry) => format!("{} {}", entry.code.value(), entry.title),
        LibraryItem::Code { code, title, .. } => format!("{} {title}", code.value()),
        LibraryItem::BrokenFile(broken) => messages::library::broken_file(broken.path.display()),
        LibraryItem::Comparison(count) => format!("{COMPARE}{}", compared_documents(*count)),
        LibraryItem::Row { entry, excerpt, .. } => {
            let standing = excerpt.and_then(|excerpt| excerpt.standing);
            let standing = standing.map_or("", |standing| standing.label());
            format!("{} {standing}", entry.code.value())
        }
    }
}

fn bookmark_text(bookmark: &Bookmark) -> String {
    let date = bookmark.date.map(|date| format!(", {date}"));
    let code = bookmark.code.value();
    format!("{code} {}{}", bookmark.name, date.unwrap_or_default())
}
