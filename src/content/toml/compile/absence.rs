//! Defines how stated absences are translated: in a field, and as blocks of their own.

use std::ops::Range;

use toml::Spanned;

use crate::content::document::{Block, BlockId, SectionId, Shape};
use crate::content::row::{RowKey, Subject, Value};
use crate::content::source::{AbsenceReason, Unavailable};
use crate::content::toml::compile::Compiler;
use crate::content::toml::compile::block::column_cell;
use crate::content::toml::compile::name::{slug, typed_block_title};
use crate::content::toml::fields::{Absence, Text};
use crate::content::toml::schema::AbsentRow;
use crate::diagnostics::wording::{join_with_and, nearest, quote, unknown_message};

/// An absent item, and where it belongs.
pub(crate) struct AbsentItem {
    pub(crate) section: SectionId,
    pub(crate) block: Block,
    /// Where the file says so.
    pub(crate) span: Range<usize>,
}

impl Compiler<'_, '_> {
    /// Returns the absence that stands in a field's place.
    pub(crate) fn unavailable(&mut self, at: &Range<usize>, absence: &Absence) -> Unavailable {
        let reason = self.required_keyword(
            at,
            "reason",
            absence.reason.as_ref(),
            &AbsenceReason::ALL,
            AbsenceReason::id,
        );
        if let (Some(stated), None) = (&absence.stated, &absence.source) {
            self.diagnostics.missing(
                stated.span(),
                "`stated` repeats a source's own words, and no source is named",
                "add source = \"...\"",
            );
        }
        Unavailable {
            reason: reason.unwrap_or(AbsenceReason::SourceSilent),
            stated: self.optional("stated", absence.stated.as_ref()),
            source: self.source(absence.source.as_ref()),
            checked: self.date(absence.checked.as_ref()),
            find: self.optional("where", absence.r#where.as_ref()),
        }
    }

    /// Returns the block that an `[[absent]]` stands for.
    pub(crate) fn absent_item(&mut self, row: &Spanned<AbsentRow>) -> AbsentItem {
        let at = row.span();
        let row = row.get_ref();
        let section = self.required(&at, "section", row.section.as_ref());
        let what = self.required(&at, "what", row.what.as_ref());
        let title = match self.optional("title", row.title.as_ref()) {
            Some(title) => title,
            None => typed_block_title(&what).map_or(what.clone(), str::to_owned),
        };
        let absence = Absence {
            reason: row.reason.clone(),
            stated: row.stated.clone(),
            source: row.source.clone(),
            checked: row.checked.clone(),
            r#where: row.r#where.clone(),
        };
        let value = Value::Unavailable(self.unavailable(&at, &absence));
        let id = slug(&what, "absent");
        let said = self.attribution(row.source.as_ref(), None, &[]);
        let cell = column_cell("", value);
        AbsentItem {
            section: SectionId(section),
            block: Block {
                id: BlockId(id.clone()),
                title: Some(title),
                shape: Shape::Prose,
                rows: vec![said.into_row(RowKey(id), Subject::Absence, vec![cell])],
            },
            span: row.section.as_ref().map_or(at, Text::span),
        }
    }

    /// Notes absent items that belong to no section, and those that stand there twice.
    pub(crate) fn reject_misplaced_absences(&mut self, absent: &[AbsentItem], sections: &[&str]) {
        for (index, item) in absent.iter().enumerate() {
            let (section, block) = (&item.section.0, &item.block.id.0);
            if !section.is_empty() && !sections.contains(&section.as_str()) {
                self.report_unknown_section(item, sections);
            } else if let Some(first) = absent[..index]
                .iter()
                .find(|other| other.section == item.section && other.block.id == item.block.id)
            {
                let line = self.diagnostics.line_number(first.span.start);
                self.diagnostics.invalid(
                    item.span.clone(),
                    format!("{} is stated to be absent twice", quote(block)),
                    format!("line {line} says so already; take one out"),
                );
            }
        }
    }

    fn report_unknown_section(&mut self, item: &AbsentItem, sections: &[&str]) {
        let message = unknown_message(
            "section",
            &item.section.0,
            nearest(&item.section.0, sections),
        );
        let known = join_with_and(sections);
        self.diagnostics
            .missing(item.span.clone(), message, format!("sections are {known}"));
    }
}
