//! Says in words what a sighted reader sees at a glance, for `--plain-ui`.

use crate::app::{App, Focus, LibraryItem};
use crate::content::{Row, Subject};

/// Returns what has the keys and what is selected, in one line.
pub fn status(app: &App) -> String {
    let reading = app.document_view();
    match app.focus() {
        Focus::Document => {
            let sections = &reading.document().sections;
            let title = sections
                .get(reading.section())
                .map_or("", |section| section.title.as_str());
            let section = format!(
                "Section {} of {}, {title}",
                reading.section() + 1,
                sections.len()
            );
            let rows = reading.page().rows.len();
            match reading
                .row_path()
                .and_then(|place| reading.document().row(place))
            {
                Some((_, _, row)) => {
                    format!(
                        "{section}; row {} of {rows}{}",
                        reading.selected() + 1,
                        row_description(row)
                    )
                }
                None => section,
            }
        }
        Focus::RowDetail(_) => {
            let row = reading
                .row_path()
                .and_then(|place| reading.document().row(place));
            format!(
                "Row opened{}",
                row.map_or_else(String::new, |(_, _, row)| row_description(row))
            )
        }
        Focus::Search(searching) => match searching.selected_hit() {
            Some(hit) => format!(
                "Hit {} of {}{}: {} {}",
                searching.list.selected() + 1,
                searching.results.total,
                match searching.results.unverified {
                    0 => "",
                    _ => " or more",
                },
                hit.code.value(),
                hit.trail.join(", ")
            ),
            None if searching.input.text().is_empty() => {
                "Search: type words, a code or a modifier".to_owned()
            }
            None => {
                let nothing = match searching.results.unverified {
                    0 => "Nothing found",
                    _ => "Nothing found in the best rows",
                };
                match searching.selected_suggestion() {
                    Some(term) => {
                        format!(
                            "{nothing}; nearest {}: {term}",
                            searching.list.selected() + 1
                        )
                    }
                    None => nothing.to_owned(),
                }
            }
        },
        Focus::Library(listing) => {
            let chosen = listing.item(listing.list.selected(), app.library(), app.index());
            let chosen =
                chosen.map_or_else(|| "nothing".to_owned(), |listed| item_description(&listed));
            let group = listing.list.locate(listing.list.selected());
            let group = group.and_then(|(group, _)| listing.list.groups().get(group));
            let group = group.map_or("", |group| group.title.as_str());
            format!(
                "Library {}, {} of {}: {group}, {chosen}",
                listing.group_by.title(),
                listing.list.selected() + 1,
                listing.len()
            )
        }
        Focus::Comparison(beside) => format!("Side by side: {}", beside.title()),
        Focus::TextPanel(sheet) => sheet.title.clone(),
        Focus::Note(_) => "Your note: type it, Enter keeps it".to_owned(),
        Focus::Bookmarks(marks) => match app
            .bookmarks()
            .and_then(|own| own.entries.get(marks.list.selected()))
        {
            Some(mark) => format!(
                "Your mark {}: {} {}",
                marks.list.selected() + 1,
                mark.code.value(),
                mark.name
            ),
            None => "You have no bookmarks and no notes".to_owned(),
        },
    }
}

/// Says what an item of the library's lists is.
fn item_description(listed: &LibraryItem<'_>) -> String {
    match listed {
        LibraryItem::Document(entry) => format!("{} {}", entry.code.value(), entry.title),
        LibraryItem::Code { code, title, .. } => format!("{} {title}", code.value()),
        LibraryItem::BrokenFile(_) => "a file with errors".to_owned(),
        LibraryItem::Comparison(count) => format!("all {count} documents side by side"),
        LibraryItem::Row { entry, excerpt, .. } => {
            let standing = excerpt.and_then(|excerpt| excerpt.standing);
            let standing = standing.map_or("", |standing| standing.label());
            format!("{} {standing}", entry.code.value())
        }
    }
}

fn row_description(row: &Row) -> String {
    let name = match row.subject {
        Subject::Modifier(_)
        | Subject::PayerRule(_)
        | Subject::Code(_)
        | Subject::Payer
        | Subject::Place => row.name(),
        Subject::Text => row.cells.first().map_or("", |cell| cell.label.as_str()),
        Subject::Absence => "not available",
    };
    let standing = row.standing.map_or("", |standing| standing.label());
    let mut words = String::new();
    for part in [name, standing].into_iter().filter(|part| !part.is_empty()) {
        words += ", ";
        words += part;
    }
    words
}
