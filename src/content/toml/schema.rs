//! The file format: tables and their fields. `content/README.md` describes it for authors.
//!
//! Every field is optional here, so that [`crate::content::toml::compile`] can report all missing
//! fields at once.

use std::borrow::Cow;

use toml::Spanned;

use crate::content::toml::date_field::DateField;
use crate::content::toml::from_toml::{Expected, FieldError, FieldPlace, FromToml, Table};
use crate::content::toml::tree::{Text, TomlValue};
use crate::diagnostics::diagnostic::Span;

/// The version of the format.
pub const SCHEMA: i64 = 1;

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

/// The tables that a file has once, in single brackets.
const TABLES: [&str; 9] = [
    "code", "document", "sources", "summary", "overview", "clinical", "coding", "payers", "notices",
];

/// The rows of a file, in double brackets, besides [`GUIDANCE`].
const ROWS: [&str; 10] = [
    "modifier",
    "payer",
    "diagnosis",
    "related",
    "taxonomy",
    "place",
    "synonym",
    "not_this",
    "absent",
    "section",
];

/// The rows of tables and of other rows, in double brackets: `[[payer.modifier]]`.
pub(crate) const NESTED_ROWS: [&str; 6] = ["prose", "fact", "list", "table", "remark", "modifier"];

/// The fields that are dates.
pub(crate) const DATE_FIELDS: [&str; 6] = [
    "effective",
    "revised",
    "next_review",
    "as_of",
    "read",
    "checked",
];

/// The names of the tables and rows of a file.
pub(crate) fn table_names() -> impl Iterator<Item = &'static str> {
    TABLES.into_iter().chain(ROWS).chain(GUIDANCE)
}

/// Returns true for a path that is written in double brackets.
pub(crate) fn is_row_table(path: &str) -> bool {
    match path.rsplit_once('.') {
        Some((_, name)) => NESTED_ROWS.contains(&name),
        None => ROWS.contains(&path) || GUIDANCE.contains(&path),
    }
}

/// A type of tables.
#[derive(Debug)]
pub(crate) struct TableType {
    pub(crate) name: &'static str,
    pub(crate) doc: &'static str,
    /// The names of the fields in canonical order.
    pub(crate) names: &'static [&'static str],
    pub(crate) kinds: &'static [FieldKind],
}

/// The content of a field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FieldKind {
    Text,
    Date,
    /// A [`Field`].
    Value,
    Texts,
    /// One or several names of sources.
    Sources,
    /// Rows of [`Field`]s.
    Grid,
    Rows(&'static TableType),
}

/// Returns the fields of the table with a path: `code`, `payer.modifier`.
pub(crate) fn fields_of(path: &str) -> &'static [&'static str] {
    table_type(path).map_or(&[], |table| table.names)
}

/// Returns the type of the table with a path.
pub(crate) fn table_type(path: &str) -> Option<&'static TableType> {
    Some(match path.rsplit_once('.') {
        Some(("sources", _)) => &SourceTable::TYPE,
        Some((_, "remark")) => &RemarkRow::TYPE,
        Some((_, "modifier")) => &PayerRuleRow::TYPE,
        Some((_, "prose")) => &ProseTable::TYPE,
        Some((_, "fact")) => &FactRow::TYPE,
        Some((_, "list")) => &ListTable::TYPE,
        Some((_, "table")) => &GridTable::TYPE,
        Some(("payers", _)) => &SharedPayerTable::TYPE,
        Some(_) => return None,
        None => match path {
            "code" => &CodeTable::TYPE,
            "document" => &DocumentTable::TYPE,
            "summary" | "overview" | "clinical" | "coding" | "payers" | "section" => {
                &SectionTable::TYPE
            }
            "modifier" => &ModifierRow::TYPE,
            "payer" => &PayerRow::TYPE,
            "diagnosis" => &DiagnosisRow::TYPE,
            "related" => &RelatedRow::TYPE,
            "taxonomy" | "place" => &NamedRow::TYPE,
            "synonym" => &SynonymRow::TYPE,
            "not_this" => &NotThisRow::TYPE,
            "absent" => &AbsentRow::TYPE,
            "notices" => &NoticesTable::TYPE,
            _ if GUIDANCE.contains(&path) => &GuidanceRow::TYPE,
            _ => return None,
        },
    })
}

/// A field with its position in the file.
pub(crate) type Field<'t> = Spanned<FieldValue<'t>>;

/// A fact, or the reason why there is none.
#[derive(Debug)]
pub(crate) enum FieldValue<'t> {
    Text(Cow<'t, str>),
    Absent(Absence<'t>),
}

impl<'t> FromToml<'t> for FieldValue<'t> {
    fn from_toml(
        value: TomlValue<'t>,
        place: FieldPlace<'_>,
        errors: &mut Vec<FieldError>,
    ) -> Option<Self> {
        match value {
            TomlValue::Text(text) => Some(Self::Text(text)),
            TomlValue::Table(table) => {
                let absence = Absence::from_table(table, place.span.start, errors);
                Some(Self::Absent(absence))
            }
            other => place.reject(&other, Expected::Field, errors),
        }
    }
}

/// The names of a row's sources, the main one first: `"a"` or `["a", "b"]`.
#[derive(Debug)]
pub(crate) struct Sources<'t> {
    pub(crate) names: Vec<Text<'t>>,
    pub(crate) span: Span,
}

impl<'t> FromToml<'t> for Sources<'t> {
    fn from_toml(
        value: TomlValue<'t>,
        place: FieldPlace<'_>,
        errors: &mut Vec<FieldError>,
    ) -> Option<Self> {
        let span = place.span.clone();
        let names = match value {
            TomlValue::Text(name) => vec![Text::new(span.clone(), name)],
            list @ TomlValue::List(_) => Vec::from_toml(list, place, errors)?,
            other => return place.reject(&other, Expected::Sources, errors),
        };
        Some(Self { names, span })
    }
}

#[derive(Debug, Default)]
pub(crate) struct DocumentFile<'t> {
    pub(crate) code: Option<Spanned<CodeTable<'t>>>,
    pub(crate) document: Option<Spanned<DocumentTable<'t>>>,
    pub(crate) sources: Vec<(Text<'t>, Spanned<SourceTable<'t>>)>,
    pub(crate) summary: Option<Spanned<SectionTable<'t>>>,
    pub(crate) overview: Option<Spanned<SectionTable<'t>>>,
    pub(crate) clinical: Option<Spanned<SectionTable<'t>>>,
    pub(crate) coding: Option<Spanned<SectionTable<'t>>>,
    pub(crate) payers: Option<Spanned<SectionTable<'t>>>,
    pub(crate) modifier: Vec<Spanned<ModifierRow<'t>>>,
    pub(crate) payer: Vec<Spanned<PayerRow<'t>>>,
    pub(crate) diagnosis: Vec<Spanned<DiagnosisRow<'t>>>,
    pub(crate) related: Vec<Spanned<RelatedRow<'t>>>,
    pub(crate) taxonomy: Vec<Spanned<NamedRow<'t>>>,
    pub(crate) place: Vec<Spanned<NamedRow<'t>>>,
    pub(crate) synonym: Vec<Spanned<SynonymRow<'t>>>,
    pub(crate) not_this: Vec<Spanned<NotThisRow<'t>>>,
    pub(crate) guidance: [Vec<Spanned<GuidanceRow<'t>>>; GUIDANCE.len()],
    pub(crate) absent: Vec<Spanned<AbsentRow<'t>>>,
    pub(crate) section: Vec<Spanned<SectionTable<'t>>>,
    pub(crate) notices: Option<Spanned<NoticesTable<'t>>>,
}

/// The tables of `sources.toml` and `payers.toml`.
#[derive(Debug, Default)]
pub(crate) struct SharedFile<'t> {
    pub(crate) sources: Vec<(Text<'t>, Spanned<SourceTable<'t>>)>,
    pub(crate) payers: Vec<(Text<'t>, Spanned<SharedPayerTable<'t>>)>,
}

/// Declares tables. `Text`, `Date`, `Field` and `Sources` are optional; `[T]` is a list, empty by default.
macro_rules! tables {
    ($($(#[doc = $doc:literal])* $table:ident { $($field:ident: $kind:tt,)* })*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Default)]
        pub(crate) struct $table<'t> {
            $(pub(crate) $field: field_type!($kind),)*
        }

        impl<'t> Table<'t> for $table<'t> {
            const FIELDS: &'static [&'static str] = Self::TYPE.names;

            fn set(
                &mut self,
                value: TomlValue<'t>,
                place: FieldPlace<'_>,
                errors: &mut Vec<FieldError>,
            ) -> bool {
                match place.key {
                    $(field_name!($field) => {
                        let value = FromToml::from_toml(value, place, errors);
                        self.$field = value.unwrap_or_default();
                    })*
                    _ => return false,
                }
                true
            }
        }

        impl<'t> FromToml<'t> for $table<'t> {
            fn from_toml(
                value: TomlValue<'t>,
                place: FieldPlace<'_>,
                errors: &mut Vec<FieldError>,
            ) -> Option<Self> {
                match value {
                    TomlValue::Table(table) => {
                        Some(Self::from_table(table, place.span.start, errors))
                    }
                    other => place.reject(&other, Expected::Table, errors),
                }
            }
        }

        impl $table<'_> {
            const TYPE: TableType = TableType {
                name: stringify!($table),
                doc: concat!($($doc),*),
                names: &[$(field_name!($field)),*],
                kinds: &[$(field_kind!($kind)),*],
            };
        }
    )*};
}

macro_rules! field_name {
    (r#where) => {
        "where"
    };
    (r#use) => {
        "use"
    };
    ($field:ident) => {
        stringify!($field)
    };
}

macro_rules! field_kind {
    (Text) => {
        FieldKind::Text
    };
    (Date) => {
        FieldKind::Date
    };
    (Field) => {
        FieldKind::Value
    };
    (Sources) => {
        FieldKind::Sources
    };
    ([Text]) => {
        FieldKind::Texts
    };
    ([Vec<Field>]) => {
        FieldKind::Grid
    };
    ([$row:ident]) => {
        FieldKind::Rows(&$row::TYPE)
    };
}

macro_rules! field_type {
    (Text) => { Option<Text<'t>> };
    (Date) => { Option<Spanned<DateField<'t>>> };
    (Field) => { Option<Field<'t>> };
    (Sources) => { Option<Sources<'t>> };
    ([Text]) => { Vec<Text<'t>> };
    ([Vec<Field>]) => { Vec<Spanned<Vec<Field<'t>>>> };
    ([$row:ident]) => { Vec<Spanned<$row<'t>>> };
}

tables! {
    /// A stated absence: `{ reason = "source_silent", stated = "…" }`.
    Absence {
        reason: Text, stated: Text, source: Text, checked: Date, r#where: Text,
    }

    /// `[code]`: the code of the document.
    CodeTable {
        system: Text, value: Text, title: Text, status: Text, effective: Date,
    }

    /// `[document]`: revision and review, and the source that is the publication.
    DocumentTable {
        publication: Text, revised: Date, reviewed_by: Text, next_review: Date,
    }

    /// `[sources.ID]`: a source of facts.
    SourceTable {
        title: Text, short: Text, kind: Text, as_of: Date, read: Date, url: Text, section: Text,
    }

    /// `[payers.ID]` in `payers.toml`: a payer that documents share.
    SharedPayerTable {
        name: Text, aliases: [Text], parent: Text,
    }

    /// `[summary]`, `[coding]`, … and `[[section]]`. Only the last has `id`, `title` and `short`.
    SectionTable {
        id: Text, title: Text, short: Text, headings: [Text], source: Sources, text: Text,
        prose: [ProseTable], fact: [FactRow], list: [ListTable], table: [GridTable],
        remark: [RemarkRow],
    }

    /// `[[….prose]]`: further paragraphs.
    ProseTable {
        id: Text, title: Text, text: Text, source: Sources,
    }

    /// `[[….fact]]`: a label and a value.
    FactRow {
        label: Text, value: Field, source: Sources, remark: [RemarkRow],
    }

    /// `[[….list]]`: bullets.
    ListTable {
        id: Text, title: Text, items: [Text], source: Sources,
    }

    /// `[[….table]]`: columns and rows.
    GridTable {
        id: Text, title: Text, columns: [Text], rows: [Vec<Field>], source: Sources,
    }

    /// `[[….remark]]`: an editors' remark with its source.
    RemarkRow {
        text: Text, source: Text,
    }

    /// `[[modifier]]`.
    ModifierRow {
        code: Text, system: Text, description: Field, when: Field, not_when: Field,
        documentation: Field, standing: Text, source: Sources, against: [Text],
        remark: [RemarkRow],
    }

    /// `[[payer]]`.
    PayerRow {
        id: Text, name: Text, plan: Field, policy: Field, rate: Field, modifier: [PayerRuleRow],
        source: Sources, remark: [RemarkRow],
    }

    /// `[[payer.modifier]]`: the payer's rule on a modifier.
    PayerRuleRow {
        code: Text, says: Field, standing: Text, source: Sources, remark: [RemarkRow],
    }

    /// `[[diagnosis]]`.
    DiagnosisRow {
        code: Text, description: Field, relation: Text, basis: Field, source: Sources,
        remark: [RemarkRow],
    }

    /// `[[related]]`: another code.
    RelatedRow {
        system: Text, code: Text, description: Field, relation: Text, source: Sources,
        remark: [RemarkRow],
    }

    /// `[[taxonomy]]` and `[[place]]`: a code with its name.
    NamedRow {
        code: Text, name: Field, source: Sources, remark: [RemarkRow],
    }

    /// `[[synonym]]`: another name.
    SynonymRow {
        text: Text, source: Sources, remark: [RemarkRow],
    }

    /// `[[not_this]]`: a service that the code is confused with, and the code of that, if any.
    NotThisRow {
        text: Text, code: Text, system: Text, source: Sources, remark: [RemarkRow],
    }

    /// `[[when]]`, `[[payment]]`, …: a statement about the modifier. Only `[[payer_rule]]` has
    /// `payer`.
    GuidanceRow {
        payer: Text, text: Text, source: Sources, against: [Text], remark: [RemarkRow],
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
