//! The command palette: a text field over actions with their keys, and codes.

use ratatui::layout::{Position, Rect};

use crate::app::messages::NO_MATCHES;
use crate::app::{App, Binding, ListLine, Palette, PaletteItem, key_name};
use crate::text::{clip, width};
use crate::view::area::{indent, item_area, line_area};
use crate::view::canvas::Canvas;
use crate::view::input_line::InputLine;
use crate::view::list::{heading, item_role, list_position, selection_mark};
use crate::view::row_text::hit_text;
use crate::view::theme::StyleRole;

/// Draws field and list, and returns the cursor's position in the field.
pub fn draw(
    canvas: &mut Canvas<'_>,
    app: &App,
    palette: &Palette,
    (field, list): (Rect, Rect),
) -> Position {
    for line in 0..usize::from(list.height) {
        let at = line_area(list, line);
        match palette.list.line_at(palette.list.top() + line, list.height) {
            Some(ListLine::Heading(group)) => heading(canvas, group, at),
            Some(ListLine::Item(n, _)) => {
                let is_selected = n == palette.list.selected();
                if is_selected {
                    selection_mark(canvas, at);
                }
                match palette.item(n, app.keymap()) {
                    Some(PaletteItem::Action(binding)) => {
                        action(canvas, binding, item_role(is_selected), item_area(at));
                    }
                    Some(PaletteItem::Hit(hit)) => {
                        let text = hit_text(hit, canvas.breadcrumb_separator());
                        canvas.put_clipped(at, indent(at), &text, item_role(is_selected));
                    }
                    Some(PaletteItem::Payer(name)) => {
                        canvas.put_clipped(at, indent(at), name, item_role(is_selected));
                    }
                    None => {}
                }
            }
            None => break,
        }
    }
    if palette.list.count() == 0 {
        canvas.put_clipped(line_area(list, 0), 3, NO_MATCHES, StyleRole::Note);
    }
    let line = InputLine {
        prompt: ": ",
        input: &palette.input,
        count: "",
        position: list_position(&palette.list, list.height),
    };
    line.draw(canvas, field)
}

/// Draws the name of an action, and its keys at the right.
fn action(canvas: &mut Canvas<'_>, binding: &Binding, role: StyleRole, at: Rect) {
    let keys = binding
        .keys
        .iter()
        .map(|key| key_name(*key, canvas.charset));
    let keys = keys.collect::<Vec<_>>().join(" ");
    let room = usize::from(at.width.saturating_sub(indent(at)));
    let room = room.saturating_sub(width(&keys) + 2);
    let name = clip(&binding.help, room, canvas.ellipsis()).into_owned();
    canvas.put_clipped(at, indent(at), &name, role);
    canvas.put_right(at, &keys, StyleRole::Key);
}
