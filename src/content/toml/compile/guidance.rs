//! Compiles the guidance of a document on a modifier: `[[when]]`, `[[payment]]`, and so on.
//!
//! Every statement has a source with a date. Statements that sources contradict are disputed.

use toml::Spanned;

use crate::content::code::{CodeId, CodeSystem};
use crate::content::date::AsOf;
use crate::content::document::{Block, Shape};
use crate::content::row::{Cell, Row, RowKey, Standing, Subject};
use crate::content::source::SourceId;
use crate::content::toml::compile::block::{text_cell, typed_block};
use crate::content::toml::compile::compiler::Compiler;
use crate::content::toml::schema::{GUIDANCE, GuidanceRow};
use crate::content::toml::tree::Text;
use crate::diagnostics::wording::quote;

/// For each table of [`GUIDANCE`], its section and its block.
const BLOCKS: [(&str, &str); GUIDANCE.len()] = [
    ("summary", "modifier-when"),
    ("summary", "modifier-not-when"),
    ("summary", "modifier-questions"),
    ("overview", "modifier-scope"),
    ("coding", "modifier-documentation"),
    ("coding", "modifier-sequencing"),
    ("payers", "modifier-payment"),
    ("payers", PAYER_RULES),
];

const PAYER_RULES: &str = "modifier-payers";

impl Compiler<'_, '_> {
    /// Compiles the blocks of one section.
    pub(crate) fn guidance(
        &mut self,
        section: &str,
        tables: &[Vec<Spanned<GuidanceRow>>; GUIDANCE.len()],
    ) -> Vec<Option<Block>> {
        let mut blocks = Vec::new();
        for ((name, rows), (of_section, block)) in GUIDANCE.iter().zip(tables).zip(BLOCKS) {
            if of_section == section {
                self.reject_guidance_on_codes(name, rows);
                let shape = match block {
                    PAYER_RULES => Shape::Table,
                    _ => Shape::List,
                };
                let rows = rows.iter().enumerate();
                let rows = rows.map(|(index, row)| self.guidance_row(block, index, row));
                blocks.push(typed_block(block, shape, rows.collect()));
            }
        }
        blocks
    }

    fn reject_guidance_on_codes(&mut self, name: &str, rows: &[Spanned<GuidanceRow>]) {
        let is_on_code = |system| system != CodeSystem::Modifier;
        let system = self.code.as_ref().map(CodeId::system);
        if let (Some(first), true) = (rows.first(), system.is_some_and(is_on_code)) {
            self.diagnostics.invalid(
                first.span(),
                format!("only a document on a modifier may have [[{name}]]"),
                "in a document on a code, write [[modifier]] with code, description and when",
            );
        }
    }

    fn guidance_row(&mut self, block: &str, index: usize, row: &Spanned<GuidanceRow>) -> Row {
        let (at, row) = (row.span(), row.get_ref());
        let text = self.required(&at, "text", row.text.as_ref());
        let cells = if block == PAYER_RULES {
            let payer = self.required(&at, "payer", row.payer.as_ref());
            vec![Cell::column("Payer", payer), Cell::column("Rule", text)]
        } else {
            if let Some(payer) = &row.payer {
                self.diagnostics.invalid(
                    payer.span(),
                    "`payer` cannot be set in this table",
                    "write [[payer_rule]] for the rule of a payer",
                );
            }
            text_cell(text)
        };
        if row.source.is_none() {
            let hint = "a statement on a modifier needs a source: source = \"...\"";
            self.missing_field(&at, "source", hint);
        }
        let attribution = self.attribution(row.source.as_ref(), &[], &row.remark);
        let against = row.against.iter();
        let disputed_by = against.filter_map(|text| self.source(Some(text)));
        let disputed_by: Vec<SourceId> = disputed_by.collect();
        let stated_by = row.source.iter().flat_map(|sources| &sources.names);
        for source in stated_by.chain(&row.against) {
            self.reject_undated(source);
        }
        let standing = (!disputed_by.is_empty()).then_some(Standing::Disputed);
        Row {
            standing,
            disputed_by,
            ..attribution.into_row(RowKey::from_index(index), Subject::Text, cells)
        }
    }

    /// Reports a source that has neither a date nor the day on which it was read.
    fn reject_undated(&mut self, source: &Text) {
        let id = source.get_ref().trim();
        let is_undated = |date| date == AsOf::Unknown;
        let mut sources = self.sources.iter();
        let known = sources.find(|known| known.id.0 == id);
        if known.is_some_and(|known| is_undated(known.as_of) && is_undated(known.read)) {
            self.diagnostics.invalid(
                source.span(),
                format!("the source {} has no date", quote(id)),
                format!("in [sources.{id}], write as_of, or read = the day on which you read it"),
            );
        }
    }
}
