//! Says how a cell looks: on a terminal, and as a frame asks for it.

use ratatui::buffer::{Buffer, Cell as FrameCell};

use crate::tty::capabilities::{Capabilities, Feature};
use crate::tty::screen::glyph::{Glyph, glyph_for_symbol};
use crate::tty::screen::style::{Attributes, CellStyle, TerminalColor};

/// A cell as it looks: its text, colours and attributes, as far as they are seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VisibleCell {
    text: String,
    style: CellStyle,
}

impl VisibleCell {
    /// Blanks look alike whatever their weight and, without a line or reverse, their colour. The
    /// emulator knows no crossed-out text.
    fn new(text: &str, pen: CellStyle) -> Self {
        let is_blank = text.is_empty() || text == " ";
        let pen = CellStyle {
            attributes: pen.attributes.without(Attributes::CROSSED_OUT),
            ..pen
        };
        Self {
            text: if is_blank { " " } else { text }.to_owned(),
            style: if is_blank {
                pen.visible_on_blank()
            } else {
                pen
            },
        }
    }
}

/// Returns how the cells of an emulator's screen look, row by row; the second half of a wide glyph
/// is none.
pub(crate) fn emulator_cells(screen: &vt100::Screen) -> Vec<Vec<Option<VisibleCell>>> {
    let (rows, columns) = screen.size();
    let cell = |row, column| {
        let cell = screen.cell(row, column).expect("the cell exists");
        let attributes = [
            (cell.bold(), Attributes::BOLD),
            (cell.dim(), Attributes::DIM),
            (cell.italic(), Attributes::ITALIC),
            (cell.underline(), Attributes::UNDERLINE),
            (cell.inverse(), Attributes::REVERSE),
        ];
        let pen = CellStyle {
            foreground: terminal_color(cell.fgcolor()),
            background: terminal_color(cell.bgcolor()),
            attributes: attributes
                .into_iter()
                .filter(|(is_on, _)| *is_on)
                .fold(Attributes::NONE, |all, (_, attribute)| all.with(attribute)),
        };
        (!cell.is_wide_continuation()).then(|| VisibleCell::new(cell.contents(), pen))
    };
    (0..rows.get())
        .map(|row| (0..columns.get()).map(|column| cell(row, column)).collect())
        .collect()
}

fn terminal_color(colour: vt100::Color) -> TerminalColor {
    match colour {
        vt100::Color::Default => TerminalColor::Default,
        vt100::Color::Idx(index) => TerminalColor::Indexed(index),
        vt100::Color::Rgb(red, green, blue) => TerminalColor::Rgb(red, green, blue),
    }
}

/// Returns how the cells of a frame are to look on a terminal.
pub(crate) fn expected_cells(
    frame: &Buffer,
    capabilities: Capabilities,
) -> Vec<Vec<Option<VisibleCell>>> {
    let columns = usize::from(frame.area.width);
    let look = |cell: &FrameCell| {
        let shown = glyph_for_symbol(cell.symbol(), capabilities.charset);
        let base = shown.base.to_string();
        VisibleCell::new(
            shown.cluster.unwrap_or(&base),
            CellStyle::from_cell(cell, capabilities),
        )
    };
    let mut looks: Vec<Vec<_>> = Vec::new();
    for line in frame.content().chunks(columns) {
        let mut row = Vec::new();
        while row.len() < columns {
            let cell = &line[row.len()];
            let is_wide = glyph_for_symbol(cell.symbol(), capabilities.charset).wide;
            if is_wide && row.len() + 1 == columns {
                row.push(Some(VisibleCell::new(
                    " ",
                    CellStyle::from_cell(cell, capabilities),
                )));
            } else {
                row.push(Some(look(cell)));
                row.extend(is_wide.then_some(None));
            }
        }
        looks.push(row);
    }
    if !capabilities.can(Feature::DeferredWrap) {
        let blank = Some(VisibleCell::new(
            Glyph::BLANK.base.to_string().as_str(),
            CellStyle::default(),
        ));
        if let Some([.., before, corner]) = looks.last_mut().map(Vec::as_mut_slice) {
            if corner.is_none() {
                before.clone_from(&blank);
            }
            *corner = blank;
        } else if let Some([corner]) = looks.last_mut().map(Vec::as_mut_slice) {
            *corner = blank;
        }
    }
    looks
}
