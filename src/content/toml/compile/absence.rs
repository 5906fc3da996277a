//! Compiles stated absences: in a field, and `[[absent]]` as a block.

use toml::Spanned;

use crate::content::document::{Block, SectionId, Shape};
use crate::content::row::{Cell, RowKey, Subject};
use crate::content::source::{AbsenceReason, Unavailable};
use crate::content::toml::compile::compiler::Compiler;
use crate::content::toml::compile::name::{slug, typed_block_title};
use crate::content::toml::compile::value::Keywords;
use crate::content::toml::schema::{Absence, AbsentRow};
use crate::content::toml::tree::Text;
use crate::diagnostics::diagnostic::Span;
use crate::diagnostics::wording::{join_with_and, nearest, quote, unknown_message};

/// The American spelling of [`AbsenceReason::License`].
const LICENSE: &str = "license";

/// A compiled `[[absent]]`.
pub(crate) struct AbsentItem {
    pub(crate) section: SectionId,
    pub(crate) block: Block,
    /// The position of its `section` in the file.
    pub(crate) span: Span,
}

impl Compiler<'_, '_> {
    /// Compiles an absence that is at `at` in the file.
    pub(crate) fn unavailable(&mut self, at: &Span, absence: &Absence) -> Unavailable {
        let reasons = Keywords(&AbsenceReason::STATED, AbsenceReason::id);
        let reason = match &absence.reason {
            Some(text) if text.get_ref().trim() == LICENSE => Some(AbsenceReason::License),
            reason => self.required_keyword(at, "reason", reason.as_ref(), reasons),
        };
        if let (Some(stated), None) = (&absence.stated, &absence.source) {
            self.diagnostics.missing(
                stated.span(),
                "`stated` quotes a source, but no source is named",
                "add source = \"...\"",
            );
        }
        Unavailable {
            reason: reason.unwrap_or(AbsenceReason::SourceSilent),
            stated: self.optional("stated", absence.stated.as_ref()),
            source: self.source(absence.source.as_ref()),
            checked: self.date("checked", absence.checked.as_ref()),
            find: self.optional("where", absence.r#where.as_ref()),
        }
    }

    pub(crate) fn absent_item(&mut self, row: &Spanned<AbsentRow>) -> AbsentItem {
        let (at, row) = (row.span(), row.get_ref());
        let section = self.required(&at, "section", row.section.as_ref());
        let what = self.required(&at, "what", row.what.as_ref());
        let title = match self.optional("title", row.title.as_ref()) {
            Some(title) => title,
            None => typed_block_title(&what).map_or(what.clone(), str::to_owned),
        };
        let section_span = row.section.as_ref().map_or(at.clone(), Text::span);
        let absence = Absence {
            reason: row.reason.clone(),
            stated: row.stated.clone(),
            source: row.source.clone(),
            checked: row.checked.clone(),
            r#where: row.r#where.clone(),
        };
        let absent = self.unavailable(&at, &absence);
        let id = slug(&what, "absent");
        let attribution = self.attribution(None, absent.source.as_slice(), &[]);
        let cells = vec![Cell::column("", absent)];
        let row_key = RowKey(id.clone());
        let rows = vec![attribution.into_row(row_key, Subject::Absence, cells)];
        AbsentItem {
            section: SectionId(section),
            block: Block::new(&id, Some(&title), Shape::Prose, rows),
            span: section_span,
        }
    }

    /// Reports absent items of unknown sections, and duplicates.
    pub(crate) fn reject_misplaced_absences(&mut self, absent: &[AbsentItem], sections: &[&str]) {
        for (index, item) in absent.iter().enumerate() {
            let (section, block) = (&item.section.0, &item.block.id.0);
            if !section.is_empty() && !sections.contains(&section.as_str()) {
                let message = unknown_message("section", section, nearest(section, sections));
                let hint = format!("sections are {}", join_with_and(sections));
                self.diagnostics.missing(item.span.clone(), message, hint);
            } else if let Some(first) = absent[..index]
                .iter()
                .find(|other| other.section == item.section && other.block.id == item.block.id)
            {
                let line = self.diagnostics.line_number(first.span.start);
                self.diagnostics.invalid(
                    item.span.clone(),
                    format!("{} is stated as absent twice", quote(block)),
                    format!("line {line} states it already; remove one"),
                );
            }
        }
    }
}
