//! The status in words for `--plain-ui`: the current mode and the selected item, in one line.

use crate::app::{
    App, Command, CopyFormat, DocumentView, Filter, Focus, LibraryItem, LibraryList, Palette,
    PaletteItem, SearchState, StartItem, key_name,
};
use crate::search::{HitGroup, HitKind};
use crate::view::row_text::{hit_text, row_description, selected_row};

pub fn status(app: &App) -> String {
    match app.focus() {
        Focus::Document => document_status(app.document_view()),
        Focus::Outline => format!("Outline: {}", section_status(app.document_view())),
        Focus::RowDetail(_) => {
            let row = selected_row(app.document_view()).map(row_description);
            format!("Row details{}", row.unwrap_or_default())
        }
        Focus::Search(state) => search_status(app, state),
        Focus::Filter(field) => {
            let view = app.document_view();
            format!("Filter {}: {}", field.input.text(), view.row_count())
        }
        Focus::Library(list) => library_status(app, list),
        Focus::Comparison(comparison) => format!("Comparison: {}", comparison.title()),
        Focus::TextPanel(panel) => panel.title.clone(),
        Focus::Note(_) => match app.key_label(Command::Open) {
            Some(key) => format!("Your note: type it, {key} saves it"),
            None => "Your note: type it".to_owned(),
        },
        Focus::Palette(palette) => palette_status(app, palette),
        Focus::CopyMenu(menu) => {
            let title = menu.selected().map_or("", CopyFormat::title);
            format!(
                "Copy menu, {} of {}: {title}",
                menu.list.selected() + 1,
                menu.list.count()
            )
        }
        Focus::Bookmarks(bookmarks) => bookmark_status(app, bookmarks.list.selected()),
    }
}

fn palette_status(app: &App, palette: &Palette) -> String {
    let selected = palette.list.selected();
    let item = match palette.item(selected, app.keymap()) {
        Some(PaletteItem::Action(binding)) => {
            let keys = binding.keys.iter().map(|key| key_name(*key, app.charset));
            format!("{}: {}", binding.help, keys.collect::<Vec<_>>().join(" "))
        }
        Some(PaletteItem::Hit(hit)) => hit_text(hit, ", "),
        Some(PaletteItem::Payer(name)) => format!("payer {name}"),
        None => return "Commands: no matches".to_owned(),
    };
    format!(
        "Commands, {} of {}: {item}",
        selected + 1,
        palette.list.count()
    )
}

fn section_status(view: &DocumentView) -> String {
    let sections = &view.document().sections;
    let title = sections.get(view.section());
    let title = title.map_or("", |section| section.title.as_str());
    format!(
        "Section {} of {}, {title}",
        view.section() + 1,
        sections.len()
    )
}

fn document_status(view: &DocumentView) -> String {
    let section = section_status(view);
    match selected_row(view) {
        Some(selected) => format!(
            "{section}; row {} of {}{}",
            view.selected() + 1,
            view.page().rows.len(),
            row_description(selected)
        ),
        None => section,
    }
}

fn search_status(app: &App, state: &SearchState) -> String {
    let selected = state.list.selected();
    let mut status = match state.start_item(selected, app.search_history()) {
        Some(StartItem::Query(query)) => format!("Search; earlier search: {query}"),
        Some(StartItem::Code(opened)) => {
            format!(
                "Search; code opened before: {} {}",
                opened.code.value(),
                opened.title
            )
        }
        Some(StartItem::Scope(..)) => "Search: type words, a code or a modifier".to_owned(),
        None => result_status(app, state),
    };
    let labels = state.filter_labels(u16::MAX).into_iter();
    let active =
        labels.filter(|label| label.is_active && label.filter != Filter::Kind(HitKind::All));
    for label in active {
        status += &format!("; filter: {}", label.text);
    }
    status
}

fn result_status(app: &App, state: &SearchState) -> String {
    let is_complete = state.results.unverified == 0;
    let number = state.list.selected() + 1;
    if let Some(hit) = state.selected_hit() {
        let mut status = format!(
            "Result {number} of {}{}: {} {} {}",
            state.results.total,
            if is_complete { "" } else { " or more" },
            hit.code.system(),
            hit.code.value(),
            hit.trail.join(", ")
        );
        match app.index().is_billable(&hit.code) {
            Some(true) => status += ", billable",
            Some(false) => status += ", not billable",
            None => {}
        }
        for missing in &state.results.missing {
            status += &format!("; {missing}");
        }
        if hit.group == HitGroup::Similar {
            let heading = state.results.heading(hit.group, state.input.text());
            status += &format!("; {heading}");
        }
        return status;
    }
    let no_results = if is_complete {
        "No results"
    } else {
        "No results in the best rows"
    };
    match state.selected_suggestion() {
        Some(value) if state.results.has_scope_values => format!("Value {number}: {value}"),
        Some(term) => format!("{no_results}; suggestion {number}: {term}"),
        None => no_results.to_owned(),
    }
}

fn library_status(app: &App, list: &LibraryList) -> String {
    let item = list.item(list.list.selected(), app.library(), app.index());
    let item = item.map_or_else(|| "nothing".to_owned(), |item| item_description(&item));
    let groups = &list.list;
    let group = groups.locate(list.list.selected());
    let group = group.and_then(|(group, _)| groups.groups().get(group));
    format!(
        "Library {}, {} of {}: {}, {item}",
        list.group_by.title(),
        list.list.selected() + 1,
        list.len(),
        group.map_or("", |group| group.title.as_str())
    )
}

fn item_description(item: &LibraryItem<'_>) -> String {
    match item {
        LibraryItem::Document(entry) => format!("{} {}", entry.code.value(), entry.title),
        LibraryItem::Code { code, title, .. } => format!("{} {title}", code.value()),
        LibraryItem::BrokenFile(_) => "a file with errors".to_owned(),
        LibraryItem::Comparison(count) => format!("comparison of {count} documents"),
        LibraryItem::Row { entry, excerpt, .. } => {
            let standing = excerpt.and_then(|excerpt| excerpt.standing);
            let standing = standing.map_or("", |standing| standing.label());
            format!("{} {standing}", entry.code.value())
        }
    }
}

fn bookmark_status(app: &App, selected: usize) -> String {
    let entries = app.bookmarks().map(|bookmarks| &bookmarks.entries);
    match entries.and_then(|entries| entries.get(selected)) {
        Some(bookmark) => format!(
            "Bookmark {}: {} {}{}",
            selected + 1,
            bookmark.code.value(),
            bookmark.name,
            bookmark
                .date
                .map_or(String::new(), |date| format!(", {date}"))
        ),
        None => "You have no bookmarks and no notes".to_owned(),
    }
}
