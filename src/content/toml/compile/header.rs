//! Compiles the header of a file: code, document metadata, sources and notices.

use toml::Spanned;

use crate::content::code::{CodeId, CodeSystem};
use crate::content::date::AsOf;
use crate::content::document::Status;
use crate::content::notice::{CPT_NOTICE, USE_NOTICE};
use crate::content::source::{Source, SourceId, SourceKind};
use crate::content::toml::compile::Compiler;
use crate::content::toml::compile::value::Keywords;
use crate::content::toml::fields::Text;
use crate::content::toml::schema::{
    CodeTable, DocumentFile, DocumentTable, NoticesTable, SourceTable, SynonymRow,
};

/// The content of `[code]`.
pub(crate) struct CodeHeader {
    pub(crate) code: CodeId,
    pub(crate) title: String,
    pub(crate) status: Status,
    pub(crate) effective: AsOf,
}

/// The content of `[document]`.
#[derive(Default)]
pub(crate) struct DocumentMetadata {
    pub(crate) revised: AsOf,
    pub(crate) reviewed_by: Option<String>,
    pub(crate) next_review: AsOf,
}

impl Compiler<'_, '_> {
    pub(crate) fn code_header(&mut self, table: &Spanned<CodeTable>) -> Option<CodeHeader> {
        let (at, table) = (table.span(), table.get_ref());
        let code = self.required_code(&at, table.system.as_ref(), "value", table.value.as_ref());
        let title = self.required(&at, "title", table.title.as_ref());
        let statuses = Keywords(&Status::ALL, Status::id);
        let status = self.required_keyword(&at, "status", table.status.as_ref(), statuses);
        let effective = self.date(table.effective.as_ref());
        Some(CodeHeader {
            code: code?,
            title,
            status: status?,
            effective,
        })
    }

    /// Compiles `[document]`, and sets [`Compiler::publication`].
    pub(crate) fn document_metadata(
        &mut self,
        table: Option<&Spanned<DocumentTable>>,
    ) -> DocumentMetadata {
        let Some(table) = table.map(Spanned::get_ref) else {
            return DocumentMetadata::default();
        };
        self.publication = self.source(table.publication.as_ref());
        // An empty name means that the document is not reviewed.
        let reviewer = table
            .reviewed_by
            .as_ref()
            .filter(|name| !name.get_ref().trim().is_empty());
        DocumentMetadata {
            revised: self.date(table.revised.as_ref()),
            reviewed_by: self.optional("reviewed_by", reviewer),
            next_review: self.date(table.next_review.as_ref()),
        }
    }

    /// Compiles every `[sources.ID]` into [`Compiler::sources`].
    pub(crate) fn collect_sources(&mut self, tables: &[(Text, Spanned<SourceTable>)]) {
        for (id, table) in tables {
            let (at, table) = (table.span(), table.get_ref());
            let id = SourceId(self.name("source", id));
            let title = self.required(&at, "title", table.title.as_ref());
            let short = self.optional("short", table.short.as_ref());
            let kinds = Keywords(&SourceKind::ALL, SourceKind::id);
            let kind = self.required_keyword(&at, "kind", table.kind.as_ref(), kinds);
            if table.as_of.is_none() {
                let hint = "write the date of the source, as precisely as the source states it: \
                            \"2026-04-01\", \"2026-04\", \"2026\" or \"unknown\"";
                self.missing_field(&at, "as_of", hint);
            }
            let as_of = self.date(table.as_of.as_ref());
            self.sources.push(Source {
                id,
                short: short.unwrap_or_else(|| title.clone()),
                title,
                kind: kind.unwrap_or(SourceKind::House),
                as_of,
            });
        }
    }

    pub(crate) fn synonyms(&mut self, rows: &[Spanned<SynonymRow>]) -> Vec<String> {
        rows.iter()
            .filter_map(|row| self.optional("text", row.get_ref().text.as_ref()))
            .collect()
    }

    /// Compiles the notices, and adds the required ones that the file does not supply.
    pub(crate) fn notices(&mut self, code: &CodeId, file: &DocumentFile) -> Vec<String> {
        let none = NoticesTable::default();
        let table = file.notices.as_ref().map_or(&none, Spanned::get_ref);
        let cpt = |text: &Option<Text>| text.as_ref().is_some_and(|t| t.get_ref().trim() == "cpt");
        let has_cpt = code.system() == CodeSystem::Cpt
            || file.modifier.iter().any(|row| cpt(&row.get_ref().system))
            || file.related.iter().any(|row| cpt(&row.get_ref().system))
            || file.not_this.iter().any(|row| cpt(&row.get_ref().system));
        let mut notices = Vec::new();
        match self.optional("cpt", table.cpt.as_ref()) {
            Some(text) => notices.push(text),
            None if has_cpt => notices.push(CPT_NOTICE.to_owned()),
            None => {}
        }
        let usage = self.optional("use", table.r#use.as_ref());
        notices.push(usage.unwrap_or_else(|| USE_NOTICE.to_owned()));
        notices.extend(self.optional("fees", table.fees.as_ref()));
        for text in &table.more {
            notices.push(self.text("more", text));
        }
        notices
    }
}
