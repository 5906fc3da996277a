//! Compiles the header of a file: code, document metadata, sources and notices.

use toml::Spanned;

use crate::content::code::CodeId;
use crate::content::document::{Document, Status};
use crate::content::notice::{CPT_NOTICE, USE_NOTICE};
use crate::content::shared::SharedPayer;
use crate::content::source::{Source, SourceId, SourceKind};
use crate::content::toml::compile::compiler::Compiler;
use crate::content::toml::compile::value::Keywords;
use crate::content::toml::schema::{
    DocumentFile, DocumentTable, NoticesTable, SharedPayerTable, SourceTable, SynonymRow,
};
use crate::content::toml::tree::Text;
use crate::diagnostics::diagnostic::{Span, WHOLE_FILE};

impl Compiler<'_, '_> {
    /// Compiles a document without sections. Sets [`Compiler::sources`], to which sections refer, and
    /// [`Compiler::publication`].
    pub(crate) fn header(&mut self, file: &DocumentFile) -> Option<Document> {
        self.collect_sources(&file.sources);
        let none = DocumentTable::default();
        let metadata = file.document.as_ref().map_or(&none, Spanned::get_ref);
        self.publication = self.source(metadata.publication.as_ref());
        // An empty name means that the document is not reviewed.
        let reviewer = metadata.reviewed_by.as_ref();
        let reviewer = reviewer.filter(|name| !name.get_ref().trim().is_empty());
        let reviewed_by = self.optional("reviewed_by", reviewer);
        let revised = self.date("revised", metadata.revised.as_ref());
        let next_review = self.date("next_review", metadata.next_review.as_ref());
        let Some(table) = &file.code else {
            if !self.diagnostics.is_suppressed(WHOLE_FILE, "code") {
                let hint = "write [code] with system, value, title and status";
                self.diagnostics.missing(0..0, "missing table [code]", hint);
            }
            return None;
        };
        let (at, table) = (table.span(), table.get_ref());
        let code = self.required_code(&at, table.system.as_ref(), "value", table.value.as_ref());
        let title = self.required(&at, "title", table.title.as_ref());
        let statuses = Keywords(&Status::ALL, Status::id);
        let status = self.required_keyword(&at, "status", table.status.as_ref(), statuses);
        let effective = self.date("effective", table.effective.as_ref());
        let (code, status) = (code?, status?);
        Some(Document {
            notices: self.notices(&code, file),
            code,
            title,
            edition: None,
            status,
            effective,
            revised,
            reviewed_by,
            next_review,
            synonyms: self.synonyms(&file.synonym),
            sources: Vec::new(),
            sections: Vec::new(),
        })
    }

    /// Compiles every `[sources.ID]` into [`Compiler::sources`]. The shared source with the same ID
    /// supplies missing fields.
    pub(crate) fn collect_sources(&mut self, tables: &[(Text, Spanned<SourceTable>)]) {
        for (id, table) in tables {
            let (at, table) = (table.span(), table.get_ref());
            let id = SourceId(self.name("source", id));
            let is_complete =
                table.title.is_some() && table.kind.is_some() && table.as_of.is_some();
            let shared = if is_complete {
                None
            } else {
                self.shared.source(&id).cloned()
            };
            let source = self.source_table(&at, table, id, shared);
            self.sources.push(source);
        }
    }

    fn source_table(
        &mut self,
        at: &Span,
        table: &SourceTable,
        id: SourceId,
        shared: Option<Source>,
    ) -> Source {
        let short = self.optional("short", table.short.as_ref());
        let kinds = Keywords(&SourceKind::ALL, SourceKind::id);
        let read = self.date("read", table.read.as_ref());
        let url = self.optional("url", table.url.as_ref());
        let section = self.optional("section", table.section.as_ref());
        if let Some(shared) = shared {
            let title = self.optional("title", table.title.as_ref());
            let as_of = self.date("as_of", table.as_of.as_ref());
            let kind = self.optional_keyword("kind", table.kind.as_ref(), kinds);
            return Source {
                id,
                title: title.unwrap_or(shared.title),
                short: short.unwrap_or(shared.short),
                kind: kind.unwrap_or(shared.kind),
                as_of: if table.as_of.is_some() {
                    as_of
                } else {
                    shared.as_of
                },
                read: if table.read.is_some() {
                    read
                } else {
                    shared.read
                },
                url: url.or(shared.url),
                section: section.or(shared.section),
            };
        }
        let title = self.required(at, "title", table.title.as_ref());
        let kind = self.required_keyword(at, "kind", table.kind.as_ref(), kinds);
        if table.as_of.is_none() {
            let hint = "write the date of the source, as precisely as the source states it: \
                        \"2026-04-01\", \"2026-04\", \"2026\" or \"unknown\"";
            self.missing_field(at, "as_of", hint);
        }
        Source {
            id,
            short: short.unwrap_or_else(|| title.clone()),
            title,
            kind: kind.unwrap_or(SourceKind::InHouse),
            as_of: self.date("as_of", table.as_of.as_ref()),
            read,
            url,
            section,
        }
    }

    /// Compiles every `[payers.ID]` of a file with shared entries.
    pub(crate) fn shared_payers(
        &mut self,
        tables: &[(Text, Spanned<SharedPayerTable>)],
    ) -> Vec<SharedPayer> {
        let payers = tables.iter().map(|(id, table)| {
            let (at, table) = (table.span(), table.get_ref());
            let aliases = table.aliases.iter();
            SharedPayer {
                id: self.name("payer", id),
                name: self.required(&at, "name", table.name.as_ref()),
                aliases: aliases.map(|text| self.text("aliases", text)).collect(),
                parent: self.optional("parent", table.parent.as_ref()),
            }
        });
        payers.collect()
    }

    fn synonyms(&mut self, rows: &[Spanned<SynonymRow>]) -> Vec<String> {
        rows.iter()
            .filter_map(|row| self.optional("text", row.get_ref().text.as_ref()))
            .collect()
    }

    /// Compiles the notices, and adds the required ones that the file does not supply.
    fn notices(&mut self, code: &CodeId, file: &DocumentFile) -> Vec<String> {
        let none = NoticesTable::default();
        let table = file.notices.as_ref().map_or(&none, Spanned::get_ref);
        let cpt = |text: &Option<Text>| text.as_ref().is_some_and(|t| t.get_ref().trim() == "cpt");
        let has_cpt = code.system().needs_cpt_notice()
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
