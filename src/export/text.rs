//! Writes plain text: the very lines that the reader shows.

use crate::content::Document;
use crate::export::{ExportScope, TEXT_WIDTH};
use crate::layout::{LayoutOptions, Notices, Page, TableMode};
use crate::library::{Library, Origin};
use crate::search::Results;
use crate::text::{Charset, width};

pub fn document(document: &Document, extent: &ExportScope, charset: Charset) -> String {
    let setting = LayoutOptions {
        columns: TEXT_WIDTH,
        charset,
        table_mode: TableMode::Columns,
    };
    let mut out = String::new();
    let mut pages: Vec<(Option<&str>, Page)> = Vec::new();
    for (n, section) in document.sections.iter().enumerate() {
        match extent {
            ExportScope::Section(id) if section.id != *id => {}
            ExportScope::Row(_) => {}
            ExportScope::Whole | ExportScope::Section(_) => {
                let page = Page::from_section(document, n, setting, Notices::Omit);
                pages.push((Some(&section.title), page));
            }
        }
    }
    if let ExportScope::Row(place) = extent {
        pages.push((
            None,
            Page::from_row(document, place, setting, Notices::Omit),
        ));
    } else {
        line(
            &mut out,
            &format!(
                "{}  {}",
                document.code.value(),
                charset.transliterate(&document.title)
            ),
        );
        line(&mut out, "");
    }
    for (title, page) in pages {
        if let Some(title) = title {
            let title = charset.transliterate(title);
            line(&mut out, &title);
            line(&mut out, &"=".repeat(width(&title)));
        }
        lines(&mut out, &page);
        line(&mut out, "");
    }
    lines(&mut out, &Page::from_notices(document, setting));
    out
}

pub fn list(library: &Library, notices: &[&str], charset: Charset) -> String {
    let mut out = String::new();
    for entry in library.entries() {
        let origin = match &entry.origin {
            Origin::BuiltIn => "built in".to_owned(),
            Origin::File(path) => path.display().to_string(),
        };
        let words = format!(
            "{}  {}  {} ({}; {origin})",
            entry.code.value(),
            entry.code.system(),
            entry.title,
            entry.status.id()
        );
        line(
            &mut out,
            &charset.transliterate(&crate::text::sanitize(&words)),
        );
    }
    for broken in library.broken() {
        let path = broken.path.display().to_string();
        let path = crate::text::sanitize(&path);
        line(
            &mut out,
            &format!(
                "! {}  could not be read; `codeleaf check` says why",
                charset.transliterate(&path)
            ),
        );
    }
    line(&mut out, "");
    for notice in notices {
        line(&mut out, &charset.transliterate(notice));
    }
    out
}

pub fn results(results: &Results, notices: &[String], charset: Charset) -> String {
    let mut out = String::new();
    let mut group = None;
    for hit in &results.hits {
        if group.replace(hit.group) != Some(hit.group) {
            let count = results.hits.iter().filter(|h| h.group == hit.group).count();
            if !out.is_empty() {
                line(&mut out, "");
            }
            line(&mut out, &format!("{} ({count})", hit.group.title()));
        }
        let mut trail = vec![hit.code.value()];
        trail.extend(hit.trail.iter().map(String::as_str));
        line(&mut out, &charset.transliterate(&trail.join(" > ")));
        line(
            &mut out,
            &format!("    {}", charset.transliterate(&hit.snippet.text)),
        );
    }
    if let Some(more) = crate::export::more_results_note(results) {
        line(&mut out, &more);
    }
    if !results.hits.is_empty() {
        line(&mut out, "");
        for notice in notices {
            line(&mut out, &charset.transliterate(notice));
        }
    }
    out
}

fn lines(out: &mut String, page: &Page) {
    for text in &page.lines {
        line(out, &text.to_string());
    }
}

fn line(out: &mut String, text: &str) {
    out.push_str(text.trim_end());
    out.push('\n');
}
