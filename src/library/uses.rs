//! The documents that use a modifier, for the page of the modifier.

use crate::content::{Block, Cell, ModifierCode, Row, RowKey, Section, Shape, Subject, Voice};
use crate::library::excerpt::rule_excerpt;
use crate::library::library::Library;

/// The most documents that are read for a page; the library lists all of them by modifier.
const MAX_DOCUMENTS: usize = 40;

impl Library {
    /// Makes a section with the rows on a modifier of documents and of their payers. `None` if no
    /// document uses it.
    pub(crate) fn uses_of_modifier(&self, modifier: &ModifierCode) -> Option<Section> {
        let mut own = Vec::new();
        let mut by_payers = Vec::new();
        let uses_it = self.entries.iter();
        let mut uses_it = uses_it.filter(|entry| entry.modifiers.contains(modifier));
        for entry in uses_it.by_ref().take(MAX_DOCUMENTS) {
            let Ok(document) = self.document_unenriched(&entry.code) else {
                continue;
            };
            for (_, _, row) in document.rows() {
                let (rows, says, who) = match &row.subject {
                    Subject::Modifier(of) if of == modifier => {
                        (&mut own, rule_excerpt(row).text, None)
                    }
                    Subject::PayerRule(of) if of == modifier => {
                        let says = row.cells.last().and_then(|cell| cell.value.as_text());
                        (
                            &mut by_payers,
                            says.unwrap_or_default().to_owned(),
                            Some(row.name()),
                        )
                    }
                    _ => continue,
                };
                let value = document.code.value();
                let mut cells = vec![Cell::column("Code", value), Cell::column("Rule", says)];
                cells.extend(who.map(|payer| Cell::column("Payer", payer)));
                let key = RowKey(format!("{value}-{}", row.key.0));
                let subject = Subject::Code(document.code.clone());
                rows.push(Row {
                    standing: row.standing,
                    ..Row::new(key, subject, Voice::Editor, cells)
                });
            }
        }
        let left_out = uses_it.count();
        if left_out > 0 {
            let text =
                format!("{left_out} more documents use it; the library lists them by modifier");
            let cells = vec![Cell::column("Code", "and"), Cell::column("Rule", text)];
            own.push(Row::new(
                RowKey("left-out".to_owned()),
                Subject::Text,
                Voice::Editor,
                cells,
            ));
        }
        let tables = [
            ("documents", "Documents with this modifier", own),
            (
                "document-payers",
                "Rules of payers, from documents",
                by_payers,
            ),
        ];
        let tables = tables.into_iter().filter(|(_, _, rows)| !rows.is_empty());
        let tables =
            tables.map(|(id, title, rows)| Block::new(id, Some(title), Shape::Table, rows));
        let blocks: Vec<Block> = tables.collect();
        let (title, short) = ("Documents with this modifier", "Documents");
        (!blocks.is_empty()).then(|| Section::new("documents", title, short, blocks))
    }
}
