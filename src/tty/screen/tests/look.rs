//! Visible cells: what an emulator shows, and what a frame expects.

use ratatui::buffer::{Buffer, Cell as FrameCell};

use crate::tty::capabilities::Capabilities;
use crate::tty::capabilities::feature::Feature;
use crate::tty::screen::glyph::{Glyph, glyph_for_symbol};
use crate::tty::screen::palette::supported_style;
use crate::tty::screen::style::{Attributes, CellStyle, LinkId, TerminalColor};

/// The visible part of a cell: text, colors and attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VisibleCell {
    text: String,
    style: CellStyle,
}

impl VisibleCell {
    /// Blanks look the same in every weight and, without underline or reverse, in every foreground.
    /// The emulator does not support crossed-out text.
    fn new(text: &str, style: CellStyle) -> Self {
        let is_blank = text.is_empty() || text == " ";
        let style = CellStyle {
            attributes: style.attributes.without(Attributes::CROSSED_OUT),
            ..style
        };
        Self {
            text: if is_blank { " " } else { text }.to_owned(),
            style: if is_blank {
                style.visible_on_blank()
            } else {
                style
            },
        }
    }
}

/// The cells of an emulator's screen, row by row. The second half of a wide glyph is `None`.
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
        let style = CellStyle {
            foreground: terminal_color(cell.fgcolor()),
            background: terminal_color(cell.bgcolor()),
            attributes: attributes
                .into_iter()
                .filter(|(is_on, _)| *is_on)
                .fold(Attributes::NONE, |all, (_, attribute)| all.with(attribute)),
            link: LinkId::default(),
        };
        (!cell.is_wide_continuation()).then(|| VisibleCell::new(cell.contents(), style))
    };
    (0..rows.get())
        .map(|row| (0..columns.get()).map(|column| cell(row, column)).collect())
        .collect()
}

fn terminal_color(color: vt100::Color) -> TerminalColor {
    match color {
        vt100::Color::Default => TerminalColor::Default,
        vt100::Color::Idx(index) => TerminalColor::Indexed(index),
        vt100::Color::Rgb(red, green, blue) => TerminalColor::Rgb(red, green, blue),
    }
}

/// The cells that a terminal should show for a frame.
pub(crate) fn expected_cells(
    frame: &Buffer,
    capabilities: Capabilities,
) -> Vec<Vec<Option<VisibleCell>>> {
    let columns = usize::from(frame.area.width);
    let visible = |cell: &FrameCell| {
        let shown = glyph_for_symbol(cell.symbol(), capabilities.charset);
        let base = shown.base.to_string();
        VisibleCell::new(
            shown.cluster.unwrap_or(&base),
            supported_style(cell, capabilities),
        )
    };
    let mut rows: Vec<Vec<_>> = Vec::new();
    for line in frame.content().chunks(columns) {
        let mut row = Vec::new();
        while row.len() < columns {
            let cell = &line[row.len()];
            let is_wide = glyph_for_symbol(cell.symbol(), capabilities.charset).wide;
            if is_wide && row.len() + 1 == columns {
                row.push(Some(VisibleCell::new(
                    " ",
                    supported_style(cell, capabilities),
                )));
            } else {
                row.push(Some(visible(cell)));
                row.extend(is_wide.then_some(None));
            }
        }
        rows.push(row);
    }
    if !capabilities.can(Feature::DeferredWrap) {
        let blank = Some(VisibleCell::new(
            Glyph::BLANK.base.to_string().as_str(),
            CellStyle::default(),
        ));
        if let Some([.., before, corner]) = rows.last_mut().map(Vec::as_mut_slice) {
            if corner.is_none() {
                before.clone_from(&blank);
            }
            *corner = blank;
        } else if let Some([corner]) = rows.last_mut().map(Vec::as_mut_slice) {
            *corner = blank;
        }
    }
    rows
}
