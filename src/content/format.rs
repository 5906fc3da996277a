//! Defines the file format: the tables and rows that authors write, field by field.
//!
//! Every field is optional here and unknown ones are refused, so that a row is read whatever is
//! missing from it; [`super::compile`] asks for what a row needs and reports all of it at once.
//! `content/README.md` is the same for authors, in words.

mod field;

use serde::Deserialize;
use toml::Spanned;

pub(super) use field::{Absence, DateField, FieldValue, Text};

/// The format's version, the value of `schema`.
pub(super) const SCHEMA: i64 = 1;

/// A whole file.
#[derive(Debug, Default)]
pub(super) struct DocumentFile {
    pub(super) code: Option<Spanned<CodeTable>>,
    pub(super) document: Option<Spanned<DocumentTable>>,
    pub(super) sources: Vec<(Text, Spanned<SourceTable>)>,
    pub(super) summary: Option<Spanned<SectionTable>>,
    pub(super) overview: Option<Spanned<SectionTable>>,
    pub(super) clinical: Option<Spanned<SectionTable>>,
    pub(super) coding: Option<Spanned<SectionTable>>,
    pub(super) payers: Option<Spanned<SectionTable>>,
    pub(super) modifier: Vec<Spanned<ModifierRow>>,
    pub(super) payer: Vec<Spanned<PayerRow>>,
    pub(super) diagnosis: Vec<Spanned<DiagnosisRow>>,
    pub(super) related: Vec<Spanned<RelatedRow>>,
    pub(super) taxonomy: Vec<Spanned<NamedRow>>,
    pub(super) place: Vec<Spanned<NamedRow>>,
    pub(super) synonym: Vec<Spanned<SynonymRow>>,
    pub(super) not_this: Vec<Spanned<NotThisRow>>,
    pub(super) absent: Vec<Spanned<AbsentRow>>,
    pub(super) section: Vec<Spanned<SectionTable>>,
    pub(super) notices: Option<Spanned<NoticesTable>>,
}

/// `[code]`: which code the file is about.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct CodeTable {
    pub(super) system: Option<Text>,
    pub(super) value: Option<Text>,
    pub(super) title: Option<Text>,
    pub(super) status: Option<Text>,
    pub(super) effective: Option<Spanned<DateField>>,
}

/// `[document]`: who stands behind the file, and which source is the publication it carries.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct DocumentTable {
    pub(super) revised: Option<Spanned<DateField>>,
    pub(super) reviewed_by: Option<Text>,
    pub(super) next_review: Option<Spanned<DateField>>,
    pub(super) publication: Option<Text>,
}

/// `[sources.ID]`: where facts come from.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SourceTable {
    pub(super) title: Option<Text>,
    pub(super) short: Option<Text>,
    pub(super) kind: Option<Text>,
    pub(super) as_of: Option<Spanned<DateField>>,
}

/// `[summary]`, `[coding]`, … and `[[section]]`, which alone has `id`, `title` and `short`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SectionTable {
    pub(super) id: Option<Text>,
    pub(super) title: Option<Text>,
    pub(super) short: Option<Text>,
    pub(super) headings: Vec<Text>,
    pub(super) text: Option<Text>,
    pub(super) source: Option<Text>,
    pub(super) prose: Vec<Spanned<ProseTable>>,
    pub(super) fact: Vec<Spanned<FactRow>>,
    pub(super) list: Vec<Spanned<ListTable>>,
    pub(super) table: Vec<Spanned<GridTable>>,
    pub(super) remark: Vec<Spanned<RemarkRow>>,
}

/// `[[….prose]]`: further paragraphs.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ProseTable {
    pub(super) id: Option<Text>,
    pub(super) title: Option<Text>,
    pub(super) text: Option<Text>,
    pub(super) source: Option<Text>,
}

/// `[[….fact]]`: a label and what belongs to it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FactRow {
    pub(super) label: Option<Text>,
    pub(super) value: Option<Spanned<FieldValue>>,
    pub(super) source: Option<Text>,
    pub(super) remark: Vec<Spanned<RemarkRow>>,
}

/// `[[….list]]`: bullets.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ListTable {
    pub(super) id: Option<Text>,
    pub(super) title: Option<Text>,
    pub(super) items: Vec<Text>,
    pub(super) source: Option<Text>,
}

/// `[[….table]]`: columns and rows of the author's own.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct GridTable {
    pub(super) id: Option<Text>,
    pub(super) title: Option<Text>,
    pub(super) columns: Vec<Text>,
    pub(super) rows: Vec<Spanned<Vec<Spanned<FieldValue>>>>,
    pub(super) source: Option<Text>,
}

/// `[[….remark]]`: what the editors add, with a source of its own.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RemarkRow {
    pub(super) text: Option<Text>,
    pub(super) source: Option<Text>,
}

/// `[[modifier]]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ModifierRow {
    pub(super) code: Option<Text>,
    pub(super) system: Option<Text>,
    pub(super) description: Option<Spanned<FieldValue>>,
    pub(super) when: Option<Spanned<FieldValue>>,
    pub(super) not_when: Option<Spanned<FieldValue>>,
    pub(super) documentation: Option<Spanned<FieldValue>>,
    pub(super) standing: Option<Text>,
    pub(super) source: Option<Text>,
    pub(super) against: Vec<Text>,
    pub(super) remark: Vec<Spanned<RemarkRow>>,
}

/// `[[payer]]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PayerRow {
    pub(super) id: Option<Text>,
    pub(super) name: Option<Text>,
    pub(super) plan: Option<Spanned<FieldValue>>,
    pub(super) policy: Option<Spanned<FieldValue>>,
    pub(super) rate: Option<Spanned<FieldValue>>,
    pub(super) modifier: Vec<Spanned<PayerRuleRow>>,
    pub(super) source: Option<Text>,
    pub(super) remark: Vec<Spanned<RemarkRow>>,
}

/// `[[payer.modifier]]`: what the payer says on a modifier.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PayerRuleRow {
    pub(super) code: Option<Text>,
    pub(super) says: Option<Spanned<FieldValue>>,
    pub(super) standing: Option<Text>,
    pub(super) source: Option<Text>,
    pub(super) remark: Vec<Spanned<RemarkRow>>,
}

/// `[[diagnosis]]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct DiagnosisRow {
    pub(super) code: Option<Text>,
    pub(super) description: Option<Spanned<FieldValue>>,
    pub(super) relation: Option<Text>,
    pub(super) basis: Option<Spanned<FieldValue>>,
    pub(super) source: Option<Text>,
    pub(super) remark: Vec<Spanned<RemarkRow>>,
}

/// `[[related]]`: another code.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RelatedRow {
    pub(super) code: Option<Text>,
    pub(super) system: Option<Text>,
    pub(super) description: Option<Spanned<FieldValue>>,
    pub(super) relation: Option<Text>,
    pub(super) source: Option<Text>,
    pub(super) remark: Vec<Spanned<RemarkRow>>,
}

/// `[[taxonomy]]` and `[[place]]`: a code with its name.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct NamedRow {
    pub(super) code: Option<Text>,
    pub(super) name: Option<Spanned<FieldValue>>,
    pub(super) source: Option<Text>,
    pub(super) remark: Vec<Spanned<RemarkRow>>,
}

/// `[[synonym]]`: another name.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SynonymRow {
    pub(super) text: Option<Text>,
    pub(super) source: Option<Text>,
    pub(super) remark: Vec<Spanned<RemarkRow>>,
}

/// `[[not_this]]`: what the code is mixed up with, and its code where it has one.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct NotThisRow {
    pub(super) text: Option<Text>,
    pub(super) code: Option<Text>,
    pub(super) system: Option<Text>,
    pub(super) source: Option<Text>,
    pub(super) remark: Vec<Spanned<RemarkRow>>,
}

/// `[[absent]]`: something that was promised and is not there.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AbsentRow {
    pub(super) section: Option<Text>,
    pub(super) what: Option<Text>,
    pub(super) title: Option<Text>,
    pub(super) reason: Option<Text>,
    pub(super) stated: Option<Text>,
    pub(super) source: Option<Text>,
    pub(super) checked: Option<Spanned<DateField>>,
    pub(super) r#where: Option<Text>,
}

/// `[notices]`: what must be shown with the document.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct NoticesTable {
    pub(super) cpt: Option<Text>,
    pub(super) r#use: Option<Text>,
    pub(super) fees: Option<Text>,
    pub(super) more: Vec<Text>,
}
