//! Says in words what a sighted reader sees at a glance, for `--plain-ui`.

use crate::app::{App, Focus, Listed};
use crate::content::{Row, Subject};

/// Returns what has the keys and what is selected, in one line.
pub fn status(app: &App) -> String {
    let reading = app.reading();
    match app.focus() {
        Focus::Reading => {
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
                .place()
                .and_then(|place| reading.document().row(place))
            {
                Some((_, _, row)) => {
                    format!(
                        "{section}; row {} of {rows}{}",
                        reading.selected() + 1,
                        named(row)
                    )
                }
                None => section,
            }
        }
        Focus::Record(_) => {
            let row = reading
                .place()
                .and_then(|place| reading.document().row(place));
            format!(
                "Row opened{}",
                row.map_or_else(String::new, |(_, _, row)| named(row))
            )
        }
        Focus::Search(searching) => match searching.hit() {
            Some(hit) => format!(
                "Hit {} of {}{}: {} {}",
                searching.chosen() + 1,
                searching.results().total,
                match searching.results().unread {
                    0 => "",
                    _ => " or more",
                },
                hit.code.value(),
                hit.trail.join(", ")
            ),
            None if searching.text().is_empty() => {
                "Search: type words, a code or a modifier".to_owned()
            }
            None => {
                let nothing = match searching.results().unread {
                    0 => "Nothing found",
                    _ => "Nothing found in the best rows",
                };
                match searching.nearest() {
                    Some(term) => format!("{nothing}; nearest {}: {term}", searching.chosen() + 1),
                    None => nothing.to_owned(),
                }
            }
        },
        Focus::Library(listing) => {
            let chosen = listing.item(listing.chosen(), app.library(), app.index());
            let chosen = chosen.map_or_else(|| "nothing".to_owned(), |listed| item(&listed));
            let group = listing.groups().find(listing.chosen());
            let group = group.and_then(|(group, _)| listing.groups().headings().get(group));
            let group = group.map_or("", |group| group.title.as_str());
            format!(
                "Library {}, {} of {}: {group}, {chosen}",
                listing.by().title(),
                listing.chosen() + 1,
                listing.len()
            )
        }
        Focus::Beside(beside) => format!("Side by side: {}", beside.title()),
        Focus::Text(sheet) => sheet.title.clone(),
        Focus::Note(_) => "Your note: type it, Enter keeps it".to_owned(),
        Focus::Marks(marks) => match app.own().and_then(|own| own.marks.get(marks.chosen)) {
            Some(mark) => format!(
                "Your mark {}: {} {}",
                marks.chosen + 1,
                mark.code.value(),
                mark.name
            ),
            None => "You have no bookmarks and no notes".to_owned(),
        },
    }
}

/// Says what an item of the library's lists is.
fn item(listed: &Listed<'_>) -> String {
    match listed {
        Listed::Entry(entry) => format!("{} {}", entry.code.value(), entry.title),
        Listed::Code { code, title, .. } => format!("{} {title}", code.value()),
        Listed::Broken(_) => "a file with errors".to_owned(),
        Listed::Beside(count) => format!("all {count} documents side by side"),
        Listed::Row { entry, excerpt, .. } => {
            let standing = excerpt.and_then(|excerpt| excerpt.standing);
            let standing = standing.map_or("", |standing| standing.words());
            format!("{} {standing}", entry.code.value())
        }
    }
}

fn named(row: &Row) -> String {
    let name = match row.subject {
        Subject::Modifier(_)
        | Subject::Stance(_)
        | Subject::Code(_)
        | Subject::Payer
        | Subject::Place => row.name(),
        Subject::Text => row.cells.first().map_or("", |cell| cell.label.as_str()),
        Subject::Absence => "not available",
    };
    let standing = row.standing.map_or("", |standing| standing.words());
    let mut words = String::new();
    for part in [name, standing].into_iter().filter(|part| !part.is_empty()) {
        words += ", ";
        words += part;
    }
    words
}
