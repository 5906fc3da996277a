//! The file format: tables and their fields. `content/README.md` describes it for authors.
//!
//! Every field is optional here, so that [`crate::content::toml::compile`] can report all missing
//! fields at once.

use serde::Deserialize;
use toml::Spanned;

pub(crate) use crate::content::toml::date_field::DateField;
pub(crate) use crate::content::toml::field_value::{Field, Text};

/// The version of the format.
pub(crate) const SCHEMA: i64 = 1;

/// The tables of [`GuidanceRow`]s, which only documents on modifiers have.
pub(crate) const GUIDANCE: [&str; 8] = [
    "when",
    "not_when",
    "question",
    "applies_to",
    "documentation",
    "sequencing",
    "payment",
    "payer_rule",
];

#[derive(Debug, Default)]
pub(crate) struct DocumentFile {
    pub(crate) code: Option<Spanned<CodeTable>>,
    pub(crate) document: Option<Spanned<DocumentTable>>,
    pub(crate) sources: Vec<(Text, Spanned<SourceTable>)>,
    pub(crate) summary: Option<Spanned<SectionTable>>,
    pub(crate) overview: Option<Spanned<SectionTable>>,
    pub(crate) clinical: Option<Spanned<SectionTable>>,
    pub(crate) coding: Option<Spanned<SectionTable>>,
    pub(crate) payers: Option<Spanned<SectionTable>>,
    pub(crate) modifier: Vec<Spanned<ModifierRow>>,
    pub(crate) payer: Vec<Spanned<PayerRow>>,
    pub(crate) diagnosis: Vec<Spanned<DiagnosisRow>>,
    pub(crate) related: Vec<Spanned<RelatedRow>>,
    pub(crate) taxonomy: Vec<Spanned<NamedRow>>,
    pub(crate) place: Vec<Spanned<NamedRow>>,
    pub(crate) synonym: Vec<Spanned<SynonymRow>>,
    pub(crate) not_this: Vec<Spanned<NotThisRow>>,
    pub(crate) guidance: [Vec<Spanned<GuidanceRow>>; GUIDANCE.len()],
    pub(crate) absent: Vec<Spanned<AbsentRow>>,
    pub(crate) section: Vec<Spanned<SectionTable>>,
    pub(crate) notices: Option<Spanned<NoticesTable>>,
}

/// Declares tables. `Text`, `Date` and `Field` are optional; `[T]` is a list, empty by default.
macro_rules! tables {
    ($($(#[$doc:meta])* $table:ident { $($field:ident: $kind:tt,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub(crate) struct $table {
            $(pub(crate) $field: field_type!($kind),)*
        }
    )*};
}

macro_rules! field_type {
    (Text) => { Option<Text> };
    (Date) => { Option<Spanned<DateField>> };
    (Field) => { Option<Field> };
    ([Text]) => { Vec<Text> };
    ([$row:ty]) => { Vec<Spanned<$row>> };
}

tables! {
    /// `[code]`: the code of the document.
    CodeTable {
        system: Text, value: Text, title: Text, status: Text, effective: Date,
    }

    /// `[document]`: revision and review, and the source that is the publication.
    DocumentTable {
        revised: Date, reviewed_by: Text, next_review: Date, publication: Text,
    }

    /// `[sources.ID]`: a source of facts.
    SourceTable {
        title: Text, short: Text, kind: Text, as_of: Date, read: Date, url: Text,
    }

    /// `[summary]`, `[coding]`, … and `[[section]]`. Only the last has `id`, `title` and `short`.
    SectionTable {
        id: Text, title: Text, short: Text, headings: [Text], text: Text, source: Text,
        prose: [ProseTable], fact: [FactRow], list: [ListTable], table: [GridTable],
        remark: [RemarkRow],
    }

    /// `[[….prose]]`: further paragraphs.
    ProseTable {
        id: Text, title: Text, text: Text, source: Text,
    }

    /// `[[….fact]]`: a label and a value.
    FactRow {
        label: Text, value: Field, source: Text, remark: [RemarkRow],
    }

    /// `[[….list]]`: bullets.
    ListTable {
        id: Text, title: Text, items: [Text], source: Text,
    }

    /// `[[….table]]`: columns and rows.
    GridTable {
        id: Text, title: Text, columns: [Text], rows: [Vec<Field>], source: Text,
    }

    /// `[[….remark]]`: an editors' remark with its source.
    RemarkRow {
        text: Text, source: Text,
    }

    /// `[[modifier]]`.
    ModifierRow {
        code: Text, system: Text, description: Field, when: Field, not_when: Field,
        documentation: Field, standing: Text, source: Text, against: [Text],
        remark: [RemarkRow],
    }

    /// `[[payer]]`.
    PayerRow {
        id: Text, name: Text, plan: Field, policy: Field, rate: Field, modifier: [PayerRuleRow],
        source: Text, remark: [RemarkRow],
    }

    /// `[[payer.modifier]]`: the payer's rule on a modifier.
    PayerRuleRow {
        code: Text, says: Field, standing: Text, source: Text, remark: [RemarkRow],
    }

    /// `[[diagnosis]]`.
    DiagnosisRow {
        code: Text, description: Field, relation: Text, basis: Field, source: Text,
        remark: [RemarkRow],
    }

    /// `[[related]]`: another code.
    RelatedRow {
        code: Text, system: Text, description: Field, relation: Text, source: Text,
        remark: [RemarkRow],
    }

    /// `[[taxonomy]]` and `[[place]]`: a code with its name.
    NamedRow {
        code: Text, name: Field, source: Text, remark: [RemarkRow],
    }

    /// `[[synonym]]`: another name.
    SynonymRow {
        text: Text, source: Text, remark: [RemarkRow],
    }

    /// `[[not_this]]`: a service that the code is confused with, and the code of that, if any.
    NotThisRow {
        text: Text, code: Text, system: Text, source: Text, remark: [RemarkRow],
    }

    /// `[[when]]`, `[[payment]]`, …: a statement about the modifier. Only `[[payer_rule]]` has
    /// `payer`.
    GuidanceRow {
        payer: Text, text: Text, source: Text, against: [Text], remark: [RemarkRow],
    }

    /// `[[absent]]`: a block that readers expect and that has no content.
    AbsentRow {
        section: Text, what: Text, title: Text, reason: Text, stated: Text, source: Text,
        checked: Date, r#where: Text,
    }

    /// `[notices]`: texts that are always shown with the document.
    NoticesTable {
        cpt: Text, r#use: Text, fees: Text, more: [Text],
    }
}
