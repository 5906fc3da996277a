//! Defines how the author's typed rows become blocks: modifiers, payers, diagnoses, and so on.

use toml::Spanned;

use crate::content::code::{CodeSystem, ModifierCode};
use crate::content::document::{Block, Shape};
use crate::content::row::{Cell, Row, RowKey, Standing, Subject, Value};
use crate::content::toml::compile::Compiler;
use crate::content::toml::compile::block::{block, column_cell, numbered_key, record_cell};
use crate::content::toml::compile::name::{UniqueNames, typed_block_title};
use crate::content::toml::fields::{FieldValue, Text};
use crate::content::toml::schema::{
    DiagnosisRow, ModifierRow, NamedRow, NotThisRow, PayerRow, PayerRuleRow, RelatedRow, SynonymRow,
};
use crate::diagnostics::wording::{join_with_and, quote};

/// How a diagnosis bears on a code, as files say it and as readers see it.
const DIAGNOSIS_RELATIONS: [(&str, &str); 3] = [
    ("covered", "covered"),
    ("not_covered", "not covered"),
    ("mentioned", "mentioned; no statement on coverage"),
];

/// How another code relates to this one, as files say it and as readers see it.
const CODE_RELATIONS: [(&str, &str); 5] = [
    ("same_purpose", "serves the same purpose"),
    ("bundled", "not paid together with this code"),
    ("panel", "part of a panel"),
    ("replaces", "was replaced by this code"),
    ("replaced_by", "replaces this code"),
];

fn typed_block(id: &str, shape: Shape, rows: Vec<Row>) -> Option<Block> {
    let title = typed_block_title(id).map(str::to_owned);
    (!rows.is_empty()).then(|| block(id.to_owned(), title, shape, rows))
}

impl Compiler<'_, '_> {
    pub(crate) fn modifiers(&mut self, rows: &[Spanned<ModifierRow>]) -> Option<Block> {
        let mut names = UniqueNames::default();
        let rows = rows.iter().map(|row| self.modifier(row, &mut names));
        let rows = rows.collect();
        typed_block("modifiers", Shape::Table, rows)
    }

    fn modifier(&mut self, row: &Spanned<ModifierRow>, names: &mut UniqueNames) -> Row {
        let at = row.span();
        let row = row.get_ref();
        let code = self.modifier_code(&at, row.code.as_ref(), names);
        let key = code.as_ref().map_or("", ModifierCode::as_str).to_owned();
        let mut cells = vec![
            column_cell("Modifier", Value::Text(key.clone())),
            column_cell(
                "Description",
                self.field(&at, "description", row.description.as_ref()),
            ),
            column_cell("When to use", self.field(&at, "when", row.when.as_ref())),
        ];
        cells.extend(self.optional_record_cell(
            "When not to use",
            "not_when",
            row.not_when.as_ref(),
        ));
        cells.extend(self.optional_record_cell(
            "Documentation needed",
            "documentation",
            row.documentation.as_ref(),
        ));
        // ICD-10-CM has no modifiers.
        let systems = [CodeSystem::Cpt, CodeSystem::Hcpcs];
        let system = row.system.as_ref();
        let system = system.and_then(|text| self.keyword("system", text, &systems, CodeSystem::id));
        cells.extend(system.map(|s| record_cell("Code system", Value::Text(s.name().to_owned()))));
        let standing = row.standing.as_ref();
        let standing =
            standing.and_then(|text| self.keyword("standing", text, &Standing::ALL, Standing::id));
        let disputed_by = row.against.iter();
        let disputed_by = disputed_by
            .filter_map(|text| self.source(Some(text)))
            .collect();
        let said = self.attribution(row.source.as_ref(), None, &row.remark);
        let subject = code.map_or(Subject::Text, Subject::Modifier);
        Row {
            standing,
            disputed_by,
            ..said.into_row(RowKey(key), subject, cells)
        }
    }

    /// Returns the modifier that a table must name, once among its like.
    fn modifier_code(
        &mut self,
        table: &std::ops::Range<usize>,
        text: Option<&Text>,
        names: &mut UniqueNames,
    ) -> Option<ModifierCode> {
        let place = text.map(Text::span).unwrap_or_default();
        let text = self.required(table, "code", text);
        let code = ModifierCode::new(&text).ok();
        match &code {
            Some(code) => self.reject_duplicate(names, "modifier", code.as_str(), &place),
            None if text.is_empty() => {}
            None => self.diagnostics.invalid(
                place,
                format!("{} is no modifier", quote(&text)),
                "a modifier has two letters or digits; a leading zero counts",
            ),
        }
        code
    }

    /// Returns a field that only the opened row shows, where it is written.
    fn optional_record_cell(
        &mut self,
        label: &str,
        name: &str,
        field: Option<&Spanned<FieldValue>>,
    ) -> Option<Cell> {
        field.map(|field| record_cell(label, self.value(name, field)))
    }

    /// Returns the payers, and what they say on modifiers.
    pub(crate) fn payers(&mut self, rows: &[Spanned<PayerRow>]) -> [Option<Block>; 2] {
        let mut names = UniqueNames::default();
        let mut made = Vec::new();
        let mut stances = Vec::new();
        for row in rows {
            let at = row.span();
            let row = row.get_ref();
            let id = match &row.id {
                Some(id) => {
                    let name = self.name("id", id);
                    self.reject_duplicate(&mut names, "payer", &name, &id.span());
                    name
                }
                None => self.required(&at, "id", None),
            };
            let payer = self.required(&at, "name", row.name.as_ref());
            let cells = vec![
                column_cell("Payer", Value::Text(payer.clone())),
                column_cell("Plan", self.field(&at, "plan", row.plan.as_ref())),
                column_cell("Policy", self.field(&at, "policy", row.policy.as_ref())),
                column_cell("Rate", self.field(&at, "rate", row.rate.as_ref())),
            ];
            let said = self.attribution(row.source.as_ref(), None, &row.remark);
            let id = RowKey(id);
            let mut modifiers = UniqueNames::default();
            for stance in &row.modifier {
                stances.push(self.payer_rule(&id, &payer, stance, &mut modifiers));
            }
            made.push(said.into_row(id, Subject::Payer, cells));
        }
        [
            typed_block("payers", Shape::Table, made),
            typed_block("payer-modifiers", Shape::Table, stances),
        ]
    }

    /// Returns what a payer says on a modifier. Who says so, and where it stands, is asked for
    /// unless it is said to be unknown: a rule of a payer that nobody can look up helps nobody.
    fn payer_rule(
        &mut self,
        id: &RowKey,
        payer: &str,
        row: &Spanned<PayerRuleRow>,
        names: &mut UniqueNames,
    ) -> Row {
        let at = row.span();
        let row = row.get_ref();
        let code = self.modifier_code(&at, row.code.as_ref(), names);
        let says = self.field(&at, "says", row.says.as_ref());
        let known: Vec<&str> = Standing::ALL.iter().map(|one| one.id()).collect();
        let is_said = matches!(&says, Value::Text(text) if !text.is_empty());
        if is_said && row.source.is_none() {
            let hint = "a payer's rule names who says so: source = \"...\"";
            self.missing_field(&at, "source", hint);
        }
        let standing = match &row.standing {
            Some(text) => self.keyword("standing", text, &Standing::ALL, Standing::id),
            None if is_said => {
                let hint = format!(
                    "write standing = \"...\" with one of {}",
                    join_with_and(&known)
                );
                self.missing_field(&at, "standing", &hint);
                None
            }
            None => None,
        };
        let cells = vec![
            column_cell("Payer", Value::Text(payer.to_owned())),
            column_cell(
                "Modifier",
                Value::Text(code.as_ref().map_or("", ModifierCode::as_str).to_owned()),
            ),
            column_cell("What the payer says", says),
        ];
        let said = self.attribution(row.source.as_ref(), None, &row.remark);
        let (key, subject) = match code {
            Some(code) => (RowKey::for_payer_rule(id, &code), Subject::PayerRule(code)),
            None => (RowKey(String::new()), Subject::Text),
        };
        Row {
            standing,
            ..said.into_row(key, subject, cells)
        }
    }

    pub(crate) fn diagnoses(&mut self, rows: &[Spanned<DiagnosisRow>]) -> Option<Block> {
        let mut names = UniqueNames::default();
        let mut made = Vec::new();
        for row in rows {
            let at = row.span();
            let row = row.get_ref();
            let text = self.required(&at, "code", row.code.as_ref());
            let code = row.code.as_ref().filter(|_| !text.is_empty());
            let code = code.and_then(|text| self.code(CodeSystem::Icd10cm, text));
            let (key, subject) =
                self.code_key_and_subject(code, "diagnosis", row.code.as_ref(), &mut names);
            let relation = self.relation(&at, row.relation.as_ref(), &DIAGNOSIS_RELATIONS);
            let mut cells = vec![
                column_cell("Diagnosis", Value::Text(key.0.clone())),
                column_cell(
                    "Description",
                    self.field(&at, "description", row.description.as_ref()),
                ),
                column_cell("Relation", relation),
            ];
            cells.extend(self.optional_record_cell("Basis", "basis", row.basis.as_ref()));
            let said = self.attribution(row.source.as_ref(), None, &row.remark);
            made.push(said.into_row(key, subject, cells));
        }
        typed_block("diagnoses", Shape::Table, made)
    }

    pub(crate) fn related(&mut self, rows: &[Spanned<RelatedRow>]) -> Option<Block> {
        let mut names = UniqueNames::default();
        let mut made = Vec::new();
        for row in rows {
            let at = row.span();
            let row = row.get_ref();
            let code = self.required_code(&at, row.system.as_ref(), "code", row.code.as_ref());
            let system = code.as_ref().map(crate::content::code::CodeId::system);
            let (key, subject) =
                self.code_key_and_subject(code, "related code", row.code.as_ref(), &mut names);
            let relation = self.relation(&at, row.relation.as_ref(), &CODE_RELATIONS);
            let mut cells = vec![
                column_cell("Code", Value::Text(key.0.clone())),
                column_cell(
                    "Description",
                    self.field(&at, "description", row.description.as_ref()),
                ),
                column_cell("Relation", relation),
            ];
            cells.extend(
                system.map(|s| record_cell("Code system", Value::Text(s.name().to_owned()))),
            );
            let said = self.attribution(row.source.as_ref(), None, &row.remark);
            made.push(said.into_row(key, subject, cells));
        }
        typed_block("related", Shape::Table, made)
    }

    /// Returns the key and subject of a row about another code, which must not stand there twice.
    fn code_key_and_subject(
        &mut self,
        code: Option<crate::content::code::CodeId>,
        what: &str,
        text: Option<&Text>,
        names: &mut UniqueNames,
    ) -> (RowKey, Subject) {
        let Some(code) = code else {
            return (RowKey(String::new()), Subject::Text);
        };
        let at = text.map(Text::span).unwrap_or_default();
        self.reject_duplicate(names, what, code.value(), &at);
        (RowKey(code.value().to_owned()), Subject::Code(code))
    }

    fn relation(
        &mut self,
        at: &std::ops::Range<usize>,
        text: Option<&Text>,
        all: &[(&'static str, &'static str)],
    ) -> Value {
        let word = self.required_keyword(at, "relation", text, all, |(id, _)| id);
        Value::Text(word.map_or("", |(_, words)| words).to_owned())
    }

    /// NUCC's codes: ten characters, of which the last is an X.
    pub(crate) fn taxonomies(&mut self, rows: &[Spanned<NamedRow>]) -> Option<Block> {
        let is_right = |code: &str| {
            code.len() == 10
                && code.ends_with('X')
                && code
                    .bytes()
                    .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        };
        let hint = "a taxonomy code has ten characters, such as 291U00000X";
        let rows = self.coded_rows(rows, "taxonomy", "Taxonomy", &Subject::Text, is_right, hint);
        typed_block("taxonomies", Shape::Table, rows)
    }

    /// CMS's place-of-service codes: two digits.
    pub(crate) fn places(&mut self, rows: &[Spanned<NamedRow>]) -> Option<Block> {
        let is_right = |code: &str| code.len() == 2 && code.bytes().all(|b| b.is_ascii_digit());
        let hint = "a place of service has two digits, such as 11 or 02; a leading zero counts";
        let rows = self.coded_rows(rows, "place", "Place", &Subject::Place, is_right, hint);
        typed_block("places", Shape::Table, rows)
    }

    fn coded_rows(
        &mut self,
        rows: &[Spanned<NamedRow>],
        what: &str,
        label: &str,
        subject: &Subject,
        is_right: impl Fn(&str) -> bool,
        hint: &str,
    ) -> Vec<Row> {
        let mut names = UniqueNames::default();
        let mut made = Vec::new();
        for row in rows {
            let at = row.span();
            let row = row.get_ref();
            let code = self.required(&at, "code", row.code.as_ref());
            if let Some(text) = row.code.as_ref().filter(|_| !code.is_empty()) {
                if is_right(&code) {
                    self.reject_duplicate(&mut names, what, &code, &text.span());
                } else {
                    let message = format!("{} is no {what} code", quote(&code));
                    self.diagnostics.invalid(text.span(), message, hint);
                }
            }
            let cells = vec![
                column_cell(label, Value::Text(code.clone())),
                column_cell("Name", self.field(&at, "name", row.name.as_ref())),
            ];
            let said = self.attribution(row.source.as_ref(), None, &row.remark);
            made.push(said.into_row(RowKey(code), subject.clone(), cells));
        }
        made
    }

    pub(crate) fn synonym_block(&mut self, rows: &[Spanned<SynonymRow>]) -> Option<Block> {
        let mut made = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            let at = row.span();
            let row = row.get_ref();
            let text = self.required(&at, "text", row.text.as_ref());
            let said = self.attribution(row.source.as_ref(), None, &row.remark);
            made.push(said.into_row(
                numbered_key(index),
                Subject::Text,
                vec![column_cell("", Value::Text(text))],
            ));
        }
        typed_block("synonyms", Shape::List, made)
    }

    pub(crate) fn not_this(&mut self, rows: &[Spanned<NotThisRow>]) -> Option<Block> {
        let mut made = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            let at = row.span();
            let row = row.get_ref();
            let mut cells = vec![column_cell(
                "",
                Value::Text(self.required(&at, "text", row.text.as_ref())),
            )];
            let code = if row.code.is_some() || row.system.is_some() {
                self.required_code(&at, row.system.as_ref(), "code", row.code.as_ref())
            } else {
                None
            };
            if let Some(code) = &code {
                let text = format!("{} {}", code.system(), code.value());
                cells.push(record_cell("Code", Value::Text(text)));
            }
            let subject = code.map_or(Subject::Text, Subject::Code);
            let said = self.attribution(row.source.as_ref(), None, &row.remark);
            made.push(said.into_row(numbered_key(index), subject, cells));
        }
        typed_block("not-this", Shape::List, made)
    }
}
