//! Defines the file format: the tables and rows that authors write, field by field.
//!
//! Every field is optional here and unknown ones are refused, so that a row is read whatever is
//! missing from it; [`crate::content::toml::compile`] asks for what a row needs and reports all of it at once.
//! `content/README.md` is the same for authors, in words.

use serde::Deserialize;
use toml::Spanned;

pub(crate) use crate::content::toml::fields::{DateField, FieldValue, Text};

/// The format's version, the value of `schema`.
pub(crate) const SCHEMA: i64 = 1;

/// A whole file.
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
    pub(crate) absent: Vec<Spanned<AbsentRow>>,
    pub(crate) section: Vec<Spanned<SectionTable>>,
    pub(crate) notices: Option<Spanned<NoticesTable>>,
}

/// `[code]`: which code the file is about.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CodeTable {
    pub(crate) system: Option<Text>,
    pub(crate) value: Option<Text>,
    pub(crate) title: Option<Text>,
    pub(crate) status: Option<Text>,
    pub(crate) effective: Option<Spanned<DateField>>,
}

/// `[document]`: who stands behind the file, and which source is the publication it carries.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DocumentTable {
    pub(crate) revised: Option<Spanned<DateField>>,
    pub(crate) reviewed_by: Option<Text>,
    pub(crate) next_review: Option<Spanned<DateField>>,
    pub(crate) publication: Option<Text>,
}

/// `[sources.ID]`: where facts come from.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SourceTable {
    pub(crate) title: Option<Text>,
    pub(crate) short: Option<Text>,
    pub(crate) kind: Option<Text>,
    pub(crate) as_of: Option<Spanned<DateField>>,
}

/// `[summary]`, `[coding]`, … and `[[section]]`, which alone has `id`, `title` and `short`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SectionTable {
    pub(crate) id: Option<Text>,
    pub(crate) title: Option<Text>,
    pub(crate) short: Option<Text>,
    pub(crate) headings: Vec<Text>,
    pub(crate) text: Option<Text>,
    pub(crate) source: Option<Text>,
    pub(crate) prose: Vec<Spanned<ProseTable>>,
    pub(crate) fact: Vec<Spanned<FactRow>>,
    pub(crate) list: Vec<Spanned<ListTable>>,
    pub(crate) table: Vec<Spanned<GridTable>>,
    pub(crate) remark: Vec<Spanned<RemarkRow>>,
}

/// `[[….prose]]`: further paragraphs.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ProseTable {
    pub(crate) id: Option<Text>,
    pub(crate) title: Option<Text>,
    pub(crate) text: Option<Text>,
    pub(crate) source: Option<Text>,
}

/// `[[….fact]]`: a label and what belongs to it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FactRow {
    pub(crate) label: Option<Text>,
    pub(crate) value: Option<Spanned<FieldValue>>,
    pub(crate) source: Option<Text>,
    pub(crate) remark: Vec<Spanned<RemarkRow>>,
}

/// `[[….list]]`: bullets.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ListTable {
    pub(crate) id: Option<Text>,
    pub(crate) title: Option<Text>,
    pub(crate) items: Vec<Text>,
    pub(crate) source: Option<Text>,
}

/// `[[….table]]`: columns and rows of the author's own.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct GridTable {
    pub(crate) id: Option<Text>,
    pub(crate) title: Option<Text>,
    pub(crate) columns: Vec<Text>,
    pub(crate) rows: Vec<Spanned<Vec<Spanned<FieldValue>>>>,
    pub(crate) source: Option<Text>,
}

/// `[[….remark]]`: what the editors add, with a source of its own.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RemarkRow {
    pub(crate) text: Option<Text>,
    pub(crate) source: Option<Text>,
}

/// `[[modifier]]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ModifierRow {
    pub(crate) code: Option<Text>,
    pub(crate) system: Option<Text>,
    pub(crate) description: Option<Spanned<FieldValue>>,
    pub(crate) when: Option<Spanned<FieldValue>>,
    pub(crate) not_when: Option<Spanned<FieldValue>>,
    pub(crate) documentation: Option<Spanned<FieldValue>>,
    pub(crate) standing: Option<Text>,
    pub(crate) source: Option<Text>,
    pub(crate) against: Vec<Text>,
    pub(crate) remark: Vec<Spanned<RemarkRow>>,
}

/// `[[payer]]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PayerRow {
    pub(crate) id: Option<Text>,
    pub(crate) name: Option<Text>,
    pub(crate) plan: Option<Spanned<FieldValue>>,
    pub(crate) policy: Option<Spanned<FieldValue>>,
    pub(crate) rate: Option<Spanned<FieldValue>>,
    pub(crate) modifier: Vec<Spanned<PayerRuleRow>>,
    pub(crate) source: Option<Text>,
    pub(crate) remark: Vec<Spanned<RemarkRow>>,
}

/// `[[payer.modifier]]`: what the payer says on a modifier.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PayerRuleRow {
    pub(crate) code: Option<Text>,
    pub(crate) says: Option<Spanned<FieldValue>>,
    pub(crate) standing: Option<Text>,
    pub(crate) source: Option<Text>,
    pub(crate) remark: Vec<Spanned<RemarkRow>>,
}

/// `[[diagnosis]]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DiagnosisRow {
    pub(crate) code: Option<Text>,
    pub(crate) description: Option<Spanned<FieldValue>>,
    pub(crate) relation: Option<Text>,
    pub(crate) basis: Option<Spanned<FieldValue>>,
    pub(crate) source: Option<Text>,
    pub(crate) remark: Vec<Spanned<RemarkRow>>,
}

/// `[[related]]`: another code.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RelatedRow {
    pub(crate) code: Option<Text>,
    pub(crate) system: Option<Text>,
    pub(crate) description: Option<Spanned<FieldValue>>,
    pub(crate) relation: Option<Text>,
    pub(crate) source: Option<Text>,
    pub(crate) remark: Vec<Spanned<RemarkRow>>,
}

/// `[[taxonomy]]` and `[[place]]`: a code with its name.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NamedRow {
    pub(crate) code: Option<Text>,
    pub(crate) name: Option<Spanned<FieldValue>>,
    pub(crate) source: Option<Text>,
    pub(crate) remark: Vec<Spanned<RemarkRow>>,
}

/// `[[synonym]]`: another name.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SynonymRow {
    pub(crate) text: Option<Text>,
    pub(crate) source: Option<Text>,
    pub(crate) remark: Vec<Spanned<RemarkRow>>,
}

/// `[[not_this]]`: what the code is mixed up with, and its code where it has one.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NotThisRow {
    pub(crate) text: Option<Text>,
    pub(crate) code: Option<Text>,
    pub(crate) system: Option<Text>,
    pub(crate) source: Option<Text>,
    pub(crate) remark: Vec<Spanned<RemarkRow>>,
}

/// `[[absent]]`: something that was promised and is not there.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AbsentRow {
    pub(crate) section: Option<Text>,
    pub(crate) what: Option<Text>,
    pub(crate) title: Option<Text>,
    pub(crate) reason: Option<Text>,
    pub(crate) stated: Option<Text>,
    pub(crate) source: Option<Text>,
    pub(crate) checked: Option<Spanned<DateField>>,
    pub(crate) r#where: Option<Text>,
}

/// `[notices]`: what must be shown with the document.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NoticesTable {
    pub(crate) cpt: Option<Text>,
    pub(crate) r#use: Option<Text>,
    pub(crate) fees: Option<Text>,
    pub(crate) more: Vec<Text>,
}
