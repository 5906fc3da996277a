//! A screen as an SVG picture, with the text as text.

use std::fmt::Write as _;

use codeleaf::text::width;
use quick_xml::escape::escape;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};

/// The size of a cell. Most monospace fonts are 0.6 times as wide as high, so that the text of
/// [`FONT_SIZE`] has this width.
const CELL: (u16, u16) = (9, 19);
const FONT_SIZE: u16 = 15;
/// From the top of a cell to the baseline of its text.
const BASELINE: u16 = 14;
/// The space around the screen.
const PADDING: u16 = 9;

const FONTS: &str = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', \
                     'Liberation Mono', monospace";
const BACKGROUND: &str = "#161616";
const FOREGROUND: &str = "#d4d4d4";

/// Cells of one style that are side by side.
struct Run {
    column: u16,
    columns: u16,
    style: Style,
    text: String,
}

/// Draws a screen on a dark background.
pub fn draw(buffer: &Buffer, title: &str) -> String {
    let (columns, rows) = (buffer.area.width, buffer.area.height);
    let (width, height) = (columns * CELL.0 + 2 * PADDING, rows * CELL.1 + 2 * PADDING);
    let title = escape(title);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"{FONTS}\" font-size=\"{FONT_SIZE}\" \
         fill=\"{FOREGROUND}\">\n<title>{title}</title>\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"6\" fill=\"{BACKGROUND}\"/>\n"
    );
    for row in 0..rows {
        for run in runs(buffer, row) {
            draw_run(&mut svg, &run, PADDING + row * CELL.1);
        }
    }
    svg + "</svg>\n"
}

fn runs(buffer: &Buffer, row: u16) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut column = 0;
    while column < buffer.area.width {
        let cell = &buffer[(column, row)];
        let (symbol, style) = (cell.symbol(), cell.style());
        // A wide character covers the cell after it.
        let columns = columns(symbol).max(1);
        match runs.last_mut() {
            Some(run) if run.style == style => {
                run.columns += columns;
                run.text += symbol;
            }
            _ => runs.push(Run {
                column,
                columns,
                style,
                text: symbol.to_owned(),
            }),
        }
        column += columns;
    }
    runs
}

/// Draws the background of a run, and its text. Text after two spaces or more is an element of its
/// own, so that columns align in every font.
fn draw_run(svg: &mut String, run: &Run, top: u16) {
    let (background, attributes) = attributes(run.style);
    let x = |column: u16| PADDING + column * CELL.0;
    if let Some(background) = background {
        let (x, width, height) = (x(run.column), run.columns * CELL.0, CELL.1);
        writeln!(
            svg,
            "<rect x=\"{x}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" fill=\"{background}\"/>"
        )
        .unwrap();
    }
    let mut column = run.column;
    for part in run.text.split("  ") {
        let text = part.trim_start();
        let start = column + columns(part) - columns(text);
        let text = text.trim_end();
        if !text.is_empty() {
            let (x, y, length) = (x(start), top + BASELINE, columns(text) * CELL.0);
            let text = escape(text);
            writeln!(
                svg,
                "<text x=\"{x}\" y=\"{y}\" textLength=\"{length}\"{attributes}>{text}</text>"
            )
            .unwrap();
        }
        column += columns(part) + 2;
    }
}

/// Returns the color of the background, if it is not the screen's, and the attributes of the text.
fn attributes(style: Style) -> (Option<&'static str>, String) {
    let modifiers = style.add_modifier;
    let (mut foreground, mut background) = (hex(style.fg), hex(style.bg));
    if modifiers.contains(Modifier::REVERSED) {
        (foreground, background) = (
            background.or(Some(BACKGROUND)),
            foreground.or(Some(FOREGROUND)),
        );
    }
    let mut attributes = String::new();
    if let Some(color) = foreground {
        write!(attributes, " fill=\"{color}\"").unwrap();
    }
    let names = [
        (Modifier::BOLD, " font-weight=\"bold\""),
        (Modifier::ITALIC, " font-style=\"italic\""),
        (Modifier::UNDERLINED, " text-decoration=\"underline\""),
    ];
    for (_, name) in names.iter().filter(|(it, _)| modifiers.contains(*it)) {
        attributes += name;
    }
    (background, attributes)
}

/// Returns a color of the terminal in the picture. `None` for its default color.
fn hex(color: Option<Color>) -> Option<&'static str> {
    let hex = match color.unwrap_or_default() {
        Color::Reset => return None,
        Color::Black => "#000000",
        Color::Red => "#cd3131",
        Color::Green => "#0dbc79",
        Color::Yellow => "#e5e510",
        Color::Blue => "#2472c8",
        Color::Magenta => "#bc3fbc",
        Color::Cyan => "#11a8cd",
        Color::Gray => "#e5e5e5",
        Color::DarkGray => "#666666",
        Color::LightRed => "#f14c4c",
        Color::LightGreen => "#23d18b",
        Color::LightYellow => "#f5f543",
        Color::LightBlue => "#3b8eea",
        Color::LightMagenta => "#d670d6",
        Color::LightCyan => "#29b8db",
        Color::White => "#ffffff",
        color @ (Color::Rgb(..) | Color::Indexed(_)) => {
            panic!("{color} is not one of the terminal's 16 colors")
        }
    };
    Some(hex)
}

fn columns(text: &str) -> u16 {
    u16::try_from(width(text)).unwrap()
}

#[test]
fn text_is_escaped_and_keeps_its_columns() {
    let mut buffer = Buffer::with_lines(["  漢字 <b> & \"x\"   z", ""]);
    buffer.set_string(
        2,
        1,
        "ab cd",
        Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD),
    );
    buffer.set_string(7, 1, " ef", Style::new().fg(Color::Black).bg(Color::Yellow));
    let svg = draw(&buffer, "a < b");
    let mut reader = quick_xml::Reader::from_str(&svg);
    while reader.read_event().unwrap() != quick_xml::events::Event::Eof {}
    let (_, drawn) = svg.split_once("rx=").unwrap();
    insta::assert_snapshot!(format!("rx={drawn}"), @r##"
rx="6" fill="#161616"/>
<text x="27" y="23" textLength="126">漢字 &lt;b&gt; &amp; &quot;x&quot;</text>
<text x="180" y="23" textLength="9">z</text>
<text x="27" y="42" textLength="45" fill="#11a8cd" font-weight="bold">ab cd</text>
<rect x="72" y="28" width="27" height="19" fill="#e5e510"/>
<text x="81" y="42" textLength="18" fill="#000000">ef</text>
</svg>
"##);
    assert!(svg.contains("<title>a &lt; b</title>"), "{svg}");
}
