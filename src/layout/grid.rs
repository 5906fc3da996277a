//! The grid of payers and modifiers, with each payer's rule on each modifier.
//!
//! It takes the place of the table of rules where it fits. Its cells have the rules and their
//! standings or, if these are too wide or too tall, the standings alone, or only their signs. On a
//! narrow screen, the rules are records, below a grid of their signs.

use crate::content::labels::RULES_LEGEND;
use crate::content::{Block, ModifierCode, Row, RowPath, Section, Standing, Subject};
use crate::layout::builder::PageBuilder;
use crate::layout::page::{Medium, PageRow, Role, RowKind, TableMode, value_text};
use crate::layout::payer_values::DIFFERS;
use crate::layout::table::{COLUMN_SPACING, CellLine, ColumnNeeds, absence_notes, push_columns};
use crate::text::wrap::wrap;

/// The fewest columns of a page with a grid instead of records.
const MIN_COLUMNS: u16 = 96;

/// The most lines of a payer's rules in full. Grids are for comparing.
const MAX_ROW_LINES: usize = 8;

/// What a cell shows of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CellContent {
    Rule,
    Standing,
    Sign,
}

struct Grid<'r> {
    payers: Vec<&'r str>,
    modifiers: Vec<&'r ModifierCode>,
    rules: &'r [Row],
    /// For each modifier, the standing with which rules are compared.
    expected: Vec<Option<Standing>>,
}

/// Lays out a block of payers' rules as a grid. Returns false if the rules themselves are still to be
/// laid out: if the block is another one, the grid does not fit, or it has only the signs of rules that
/// a narrow screen shows as records.
pub fn layout_grid(builder: &mut PageBuilder<'_>, section: &Section, block: &Block) -> bool {
    let options = builder.options;
    let is_wide = options.columns >= MIN_COLUMNS;
    let grid = match (options.table_mode, options.medium) {
        (TableMode::Columns, Medium::Screen) => Grid::new(builder, block),
        _ => None,
    };
    let Some(grid) = grid else {
        return false;
    };
    let contents = if is_wide {
        &[CellContent::Rule, CellContent::Standing, CellContent::Sign][..]
    } else {
        &[CellContent::Sign]
    };
    let fitting = contents
        .iter()
        .copied()
        .find_map(|content| Some((content, grid.widths(builder, content)?)));
    let Some((content, widths)) = fitting else {
        return false;
    };
    let rows = grid.add(builder, (section, block), content, &widths);
    if is_wide {
        builder.page.rows.extend(rows);
        absence_notes(builder, block);
    } else {
        builder.blank_line();
    }
    is_wide
}

impl<'r> Grid<'r> {
    fn new(builder: &PageBuilder<'_>, block: &'r Block) -> Option<Self> {
        let (mut payers, mut modifiers) = (Vec::new(), Vec::new());
        for row in &block.rows {
            let Subject::PayerRule(modifier) = &row.subject else {
                return None;
            };
            if !payers.contains(&row.name()) {
                payers.push(row.name());
            }
            if !modifiers.contains(&modifier) {
                modifiers.push(modifier);
            }
        }
        let expected = modifiers.iter().map(|modifier| {
            let own = builder.document.modifier(modifier);
            let rules = block.rows.iter().filter(|row| is_on(row, modifier));
            let standings: Vec<Standing> = rules.filter_map(|row| row.standing).collect();
            Standing::expected(own.and_then(|(_, row)| row.standing), &standings)
        });
        let expected = expected.collect();
        (payers.len() > 1 && modifiers.len() > 1).then_some(Self {
            expected,
            payers,
            modifiers,
            rules: &block.rows,
        })
    }

    fn rule(&self, payer: usize, modifier: usize) -> Option<&'r Row> {
        let is_rule =
            |row: &&Row| row.name() == self.payers[payer] && is_on(row, self.modifiers[modifier]);
        self.rules.iter().find(is_rule)
    }

    fn differs(&self, rule: &Row, modifier: usize) -> bool {
        let (standing, expected) = (rule.standing, self.expected[modifier]);
        standing.is_some() && expected.is_some() && standing != expected
    }

    /// The paragraphs of a cell. The first column has the payers.
    fn cell(
        &self,
        builder: &PageBuilder<'_>,
        content: CellContent,
        (payer, column): (usize, usize),
    ) -> Vec<CellLine> {
        let charset = builder.options.charset;
        let line = |text: &str, role| (charset.transliterate(text).into_owned(), role);
        let Some(modifier) = column.checked_sub(1) else {
            return vec![line(self.payers[payer], Role::Text)];
        };
        let Some(rule) = self.rule(payer, modifier) else {
            return vec![line("–", Role::NoEntry)];
        };
        let value = rule.cells.last().map(|cell| &cell.value);
        let text = value.map(|value| value_text(value, builder.voice(rule), charset));
        let mark = if self.differs(rule, modifier) {
            format!(" {DIFFERS}")
        } else {
            String::new()
        };
        let Some(standing) = rule.standing else {
            return match content {
                CellContent::Sign => vec![line("–", Role::Unavailable)],
                CellContent::Rule | CellContent::Standing => text.into_iter().collect(),
            };
        };
        let color = match mark.as_str() {
            "" => Role::from_standing(standing),
            _ => Role::Conflict,
        };
        let label = format!("{}{mark}", standing.label());
        match content {
            CellContent::Rule => [line(&label, color)].into_iter().chain(text).collect(),
            CellContent::Standing => vec![line(&label, color)],
            CellContent::Sign => vec![line(&format!("{}{mark}", standing.sign()), color)],
        }
    }

    fn headers(&self) -> Vec<&'r str> {
        let modifiers = self.modifiers.iter().map(|modifier| modifier.as_str());
        ["Payer"].into_iter().chain(modifiers).collect()
    }

    /// The widths of the columns, or `None` if the grid does not fit.
    fn widths(&self, builder: &PageBuilder<'_>, content: CellContent) -> Option<Vec<usize>> {
        let headers = self.headers();
        let spacing = COLUMN_SPACING * (headers.len() - 1);
        let room = builder.options.table_width().checked_sub(spacing)?;
        let cell = |payer, column| self.cell(builder, content, (payer, column));
        let needs = ColumnNeeds::measure(builder, &headers, self.payers.len(), cell);
        let widths = needs.distribute(room)?;
        let height = |payer: usize| {
            let cells = widths.iter().enumerate().map(|(column, &width)| {
                let lines = cell(payer, column);
                let lines = lines.iter().map(|(text, _)| wrap(text, width).len());
                lines.sum::<usize>()
            });
            cells.max().unwrap_or(0)
        };
        let is_low = (0..self.payers.len()).all(|payer| height(payer) <= MAX_ROW_LINES);
        is_low.then_some(widths)
    }

    /// Adds the lines of the grid. Returns the rules with their lines.
    fn add(
        &self,
        builder: &mut PageBuilder<'_>,
        (section, block): (&Section, &Block),
        content: CellContent,
        widths: &[usize],
    ) -> Vec<PageRow> {
        let headers = self.headers().into_iter();
        let headers: Vec<Vec<CellLine>> = headers
            .map(|header| vec![(header.to_owned(), Role::Label)])
            .collect();
        push_columns(builder, &headers, widths);
        let mut rows = Vec::new();
        for payer in 0..self.payers.len() {
            if content == CellContent::Rule && payer > 0 {
                builder.blank_line();
            }
            let start = builder.page.lines.len();
            let cells = widths.iter().enumerate().map(|(column, &width)| {
                let paragraphs = self.cell(builder, content, (payer, column)).into_iter();
                let lines = paragraphs.flat_map(|(text, role)| {
                    let lines = wrap(&text, width).into_iter();
                    lines.map(move |line| (line, role))
                });
                lines.collect()
            });
            let cells: Vec<Vec<CellLine>> = cells.collect();
            push_columns(builder, &cells, widths);
            let lines = start..builder.page.lines.len();
            let gutter = builder.options.gutter();
            for span in &mut builder.page.lines[start].spans {
                span.is_first_field = span.column > gutter;
            }
            for (modifier, rule) in
                (0..self.modifiers.len()).filter_map(|n| Some((n, self.rule(payer, n)?)))
            {
                let before: usize = widths[..=modifier]
                    .iter()
                    .map(|it| it + COLUMN_SPACING)
                    .sum();
                let row = PageRow {
                    path: RowPath::new(section, block, rule),
                    lines: lines.clone(),
                    column: builder
                        .options
                        .span(before, String::new(), Role::Text)
                        .column,
                    kind: RowKind::Record,
                };
                rows.push((modifier, row));
            }
        }
        let all = self.rules.iter().filter_map(|row| row.standing);
        builder.blank_line();
        if content == CellContent::Sign {
            let mut standings: Vec<&str> = Vec::new();
            for standing in all {
                if !standings.contains(&standing.label()) {
                    standings.push(standing.label());
                }
            }
            builder.paragraph(&standings.join("  "), Role::Label, 0);
        }
        let is_on_any = |row: &Row| {
            let mut modifiers =
                (0..self.modifiers.len()).filter(|n| is_on(row, self.modifiers[*n]));
            modifiers.any(|modifier| self.differs(row, modifier))
        };
        if self.rules.iter().any(is_on_any) {
            builder.paragraph(RULES_LEGEND, Role::Label, 0);
        }
        // The cursor moves down the payers' rules on one modifier, then to the next modifier.
        rows.sort_by_key(|(modifier, _)| *modifier);
        rows.into_iter().map(|(_, row)| row).collect()
    }
}

fn is_on(row: &Row, modifier: &ModifierCode) -> bool {
    matches!(&row.subject, Subject::PayerRule(known) if known == modifier)
}
