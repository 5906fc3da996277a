//! The file format: tables and their fields. `content/README.md` describes it for authors.
//!
//! Every field is optional here, so that [`crate::content::toml::compile`] can report all missing
//! fields at once.

use serde::Deserialize;
use toml::Spanned;

pub(crate) use crate::content::toml::fields::{DateField, FieldValue, Text};

/// The version of the format.
pub(crate) const SCHEMA: i64 = 1;

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

/// `[code]`: the code of the document.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CodeTable {
    pub(crate) system: Option<Text>,
    pub(crate) value: Option<Text>,
    pub(crate) title: Option<Text>,
    pub(crate) status: Option<Text>,
    pub(crate) effective: Option<Spanned<DateField>>,
}

/// `[document]`: revision and review, and the source that is the publication.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DocumentTable {
    pub(crate) revised: Option<Spanned<DateField>>,
    pub(crate) reviewed_by: Option<Text>,
    pub(crate) next_review: Option<Spanned<DateField>>,
    pub(crate) publication: Option<Text>,
}

/// `[sources.ID]`: a source of facts.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SourceTable {
    pub(crate) title: Option<Text>,
    pub(crate) short: Option<Text>,
    pub(crate) kind: Option<Text>,
    pub(crate) as_of: Option<Spanned<DateField>>,
}

/// `[summary]`, `[coding]`, … and `[[section]]`. Only the last has `id`, `title` and `short`.
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

/// `[[….fact]]`: a label and a value.
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

/// `[[….table]]`: columns and rows.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct GridTable {
    pub(crate) id: Option<Text>,
    pub(crate) title: Option<Text>,
    pub(crate) columns: Vec<Text>,
    pub(crate) rows: Vec<Spanned<Vec<Spanned<FieldValue>>>>,
    pub(crate) source: Option<Text>,
}

/// `[[….remark]]`: an editors' remark with its source.
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

/// `[[payer.modifier]]`: the payer's rule on a modifier.
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

/// `[[not_this]]`: a service that the code is confused with, and the code of that, if any.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NotThisRow {
    pub(crate) text: Option<Text>,
    pub(crate) code: Option<Text>,
    pub(crate) system: Option<Text>,
    pub(crate) source: Option<Text>,
    pub(crate) remark: Vec<Spanned<RemarkRow>>,
}

/// `[[absent]]`: a block that readers expect and that has no content.
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

/// `[notices]`: texts that are always shown with the document.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NoticesTable {
    pub(crate) cpt: Option<Text>,
    pub(crate) r#use: Option<Text>,
    pub(crate) fees: Option<Text>,
    pub(crate) more: Vec<Text>,
}
