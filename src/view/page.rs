//! Lines of a laid-out page, and highlights of search terms in them.

use ratatui::layout::Rect;

use crate::layout::{Page, Span};
use crate::num::saturating_u16;
use crate::search::Highlighter;
use crate::text::width;
use crate::view::area::line_area;
use crate::view::canvas::Canvas;
use crate::view::theme::StyleRole;

/// Draws the lines of a page from line `top` on.
pub fn draw_page(
    canvas: &mut Canvas<'_>,
    page: &Page,
    top: usize,
    area: Rect,
    highlighter: Option<&Highlighter>,
) {
    let visible = page.lines.iter().skip(top).take(usize::from(area.height));
    for (n, line) in visible.enumerate() {
        let at = line_area(area, n);
        let mut links = page.links.iter();
        let link = links.find(|(lines, _)| lines.contains(&(top + n)));
        for span in &line.spans {
            if let Some((_, url)) = link {
                let columns = saturating_u16(width(&span.text));
                canvas.link(at, span.column, columns, url);
            }
            canvas.put(at, span.column, &span.text, StyleRole::Page(span.role));
            if let Some(highlighter) = highlighter {
                highlight_matches(canvas, at, span, highlighter);
            }
        }
    }
}

fn highlight_matches(canvas: &mut Canvas<'_>, at: Rect, span: &Span, highlighter: &Highlighter) {
    for range in highlighter.ranges(&span.text) {
        let before = saturating_u16(width(&span.text[..range.start]));
        let columns = saturating_u16(width(&span.text[range]));
        let column = span.column.saturating_add(before);
        canvas.restyle(at, column, columns, StyleRole::SearchMatch);
    }
}
