//! Defines how the author's typed rows become blocks: modifiers, payers, diagnoses, and so on.

use toml::Spanned;

use super::Compiler;
use super::block::{block, column, number, record};
use super::name::{Names, title_of};
use crate::content::format::{
    DiagnosisRow, Field, ModifierRow, NamedRow, NotThisRow, PayerRow, RelatedRow, StanceRow,
    SynonymRow, Text,
};
use crate::content::words::{join, quote};
use crate::content::{
    Block, Cell, ModifierCode, Row, RowKey, Shape, Standing, Subject, System, Value,
};

/// How a diagnosis bears on a code, as files say it and as readers see it.
const DIAGNOSIS: [(&str, &str); 3] = [
    ("covered", "covered"),
    ("not_covered", "not covered"),
    ("mentioned", "mentioned; no statement on coverage"),
];

/// How another code relates to this one, as files say it and as readers see it.
const RELATION: [(&str, &str); 5] = [
    ("same_purpose", "serves the same purpose"),
    ("bundled", "not paid together with this code"),
    ("panel", "part of a panel"),
    ("replaces", "was replaced by this code"),
    ("replaced_by", "replaces this code"),
];

fn typed(id: &str, shape: Shape, rows: Vec<Row>) -> Option<Block> {
    let title = title_of(id).map(str::to_owned);
    (!rows.is_empty()).then(|| block(id.to_owned(), title, shape, rows))
}

impl Compiler<'_, '_> {
    pub(super) fn modifiers(&mut self, rows: &[Spanned<ModifierRow>]) -> Option<Block> {
        let mut names = Names::default();
        let rows = rows.iter().map(|row| self.modifier(row, &mut names));
        let rows = rows.collect();
        typed("modifiers", Shape::Table, rows)
    }

    fn modifier(&mut self, row: &Spanned<ModifierRow>, names: &mut Names) -> Row {
        let at = row.span();
        let row = row.get_ref();
        let code = self.modifier_code(&at, row.code.as_ref(), names);
        let key = code.as_ref().map_or("", ModifierCode::as_str).to_owned();
        let mut cells = vec![
            column("Modifier", Value::Text(key.clone())),
            column(
                "Description",
                self.field(&at, "description", row.description.as_ref()),
            ),
            column("When to use", self.field(&at, "when", row.when.as_ref())),
        ];
        cells.extend(self.extra("When not to use", "not_when", row.not_when.as_ref()));
        cells.extend(self.extra(
            "Documentation needed",
            "documentation",
            row.documentation.as_ref(),
        ));
        // ICD-10-CM has no modifiers.
        let systems = [System::Cpt, System::Hcpcs];
        let system = row.system.as_ref();
        let system = system.and_then(|text| self.word("system", text, &systems, System::id));
        cells.extend(system.map(|s| record("Code system", Value::Text(s.name().to_owned()))));
        let standing = row.standing.as_ref();
        let standing =
            standing.and_then(|text| self.word("standing", text, &Standing::ALL, Standing::id));
        let against = row.against.iter();
        let against = against.filter_map(|text| self.source(Some(text))).collect();
        let said = self.said(row.source.as_ref(), None, &row.remark);
        let subject = code.map_or(Subject::Text, Subject::Modifier);
        Row {
            standing,
            against,
            ..said.row(RowKey(key), subject, cells)
        }
    }

    /// Returns the modifier that a table must name, once among its like.
    fn modifier_code(
        &mut self,
        table: &std::ops::Range<usize>,
        text: Option<&Text>,
        names: &mut Names,
    ) -> Option<ModifierCode> {
        let place = text.map(Text::span).unwrap_or_default();
        let text = self.required(table, "code", text);
        let code = ModifierCode::new(&text).ok();
        match &code {
            Some(code) => self.refuse_double(names, "modifier", code.as_str(), &place),
            None if text.is_empty() => {}
            None => self.problems.fault(
                place,
                format!("{} is no modifier", quote(&text)),
                "a modifier has two letters or digits; a leading zero counts",
            ),
        }
        code
    }

    /// Returns a field that only the opened row shows, where it is written.
    fn extra(&mut self, label: &str, name: &str, field: Option<&Spanned<Field>>) -> Option<Cell> {
        field.map(|field| record(label, self.value(name, field)))
    }

    /// Returns the payers, and what they say on modifiers.
    pub(super) fn payers(&mut self, rows: &[Spanned<PayerRow>]) -> [Option<Block>; 2] {
        let mut names = Names::default();
        let mut made = Vec::new();
        let mut stances = Vec::new();
        for row in rows {
            let at = row.span();
            let row = row.get_ref();
            let id = match &row.id {
                Some(id) => {
                    let name = self.name("id", id);
                    self.refuse_double(&mut names, "payer", &name, &id.span());
                    name
                }
                None => self.required(&at, "id", None),
            };
            let payer = self.required(&at, "name", row.name.as_ref());
            let cells = vec![
                column("Payer", Value::Text(payer.clone())),
                column("Plan", self.field(&at, "plan", row.plan.as_ref())),
                column("Policy", self.field(&at, "policy", row.policy.as_ref())),
                column("Rate", self.field(&at, "rate", row.rate.as_ref())),
            ];
            let said = self.said(row.source.as_ref(), None, &row.remark);
            let id = RowKey(id);
            let mut modifiers = Names::default();
            for stance in &row.modifier {
                stances.push(self.stance(&id, &payer, stance, &mut modifiers));
            }
            made.push(said.row(id, Subject::Payer, cells));
        }
        [
            typed("payers", Shape::Table, made),
            typed("payer-modifiers", Shape::Table, stances),
        ]
    }

    /// Returns what a payer says on a modifier. Who says so, and where it stands, is asked for
    /// unless it is said to be unknown: a rule of a payer that nobody can look up helps nobody.
    fn stance(
        &mut self,
        id: &RowKey,
        payer: &str,
        row: &Spanned<StanceRow>,
        names: &mut Names,
    ) -> Row {
        let at = row.span();
        let row = row.get_ref();
        let code = self.modifier_code(&at, row.code.as_ref(), names);
        let says = self.field(&at, "says", row.says.as_ref());
        let known: Vec<&str> = Standing::ALL.iter().map(|one| one.id()).collect();
        let is_said = matches!(&says, Value::Text(text) if !text.is_empty());
        if is_said && row.source.is_none() {
            let hint = "a payer's rule names who says so: source = \"...\"";
            self.missing(&at, "source", hint);
        }
        let standing = match &row.standing {
            Some(text) => self.word("standing", text, &Standing::ALL, Standing::id),
            None if is_said => {
                let hint = format!("write standing = \"...\" with one of {}", join(&known));
                self.missing(&at, "standing", &hint);
                None
            }
            None => None,
        };
        let cells = vec![
            column("Payer", Value::Text(payer.to_owned())),
            column(
                "Modifier",
                Value::Text(code.as_ref().map_or("", ModifierCode::as_str).to_owned()),
            ),
            column("What the payer says", says),
        ];
        let said = self.said(row.source.as_ref(), None, &row.remark);
        let (key, subject) = match code {
            Some(code) => (RowKey::of_stance(id, &code), Subject::Stance(code)),
            None => (RowKey(String::new()), Subject::Text),
        };
        Row {
            standing,
            ..said.row(key, subject, cells)
        }
    }

    pub(super) fn diagnoses(&mut self, rows: &[Spanned<DiagnosisRow>]) -> Option<Block> {
        let mut names = Names::default();
        let mut made = Vec::new();
        for row in rows {
            let at = row.span();
            let row = row.get_ref();
            let text = self.required(&at, "code", row.code.as_ref());
            let code = row.code.as_ref().filter(|_| !text.is_empty());
            let code = code.and_then(|text| self.code(System::Icd10cm, text));
            let (key, subject) = self.named(code, "diagnosis", row.code.as_ref(), &mut names);
            let relation = self.relation(&at, row.relation.as_ref(), &DIAGNOSIS);
            let mut cells = vec![
                column("Diagnosis", Value::Text(key.0.clone())),
                column(
                    "Description",
                    self.field(&at, "description", row.description.as_ref()),
                ),
                column("Relation", relation),
            ];
            cells.extend(self.extra("Basis", "basis", row.basis.as_ref()));
            let said = self.said(row.source.as_ref(), None, &row.remark);
            made.push(said.row(key, subject, cells));
        }
        typed("diagnoses", Shape::Table, made)
    }

    pub(super) fn related(&mut self, rows: &[Spanned<RelatedRow>]) -> Option<Block> {
        let mut names = Names::default();
        let mut made = Vec::new();
        for row in rows {
            let at = row.span();
            let row = row.get_ref();
            let code = self.required_code(&at, row.system.as_ref(), "code", row.code.as_ref());
            let system = code.as_ref().map(crate::content::CodeId::system);
            let (key, subject) = self.named(code, "related code", row.code.as_ref(), &mut names);
            let relation = self.relation(&at, row.relation.as_ref(), &RELATION);
            let mut cells = vec![
                column("Code", Value::Text(key.0.clone())),
                column(
                    "Description",
                    self.field(&at, "description", row.description.as_ref()),
                ),
                column("Relation", relation),
            ];
            cells.extend(system.map(|s| record("Code system", Value::Text(s.name().to_owned()))));
            let said = self.said(row.source.as_ref(), None, &row.remark);
            made.push(said.row(key, subject, cells));
        }
        typed("related", Shape::Table, made)
    }

    /// Returns the key and subject of a row about another code, which must not stand there twice.
    fn named(
        &mut self,
        code: Option<crate::content::CodeId>,
        what: &str,
        text: Option<&Text>,
        names: &mut Names,
    ) -> (RowKey, Subject) {
        let Some(code) = code else {
            return (RowKey(String::new()), Subject::Text);
        };
        let at = text.map(Text::span).unwrap_or_default();
        self.refuse_double(names, what, code.value(), &at);
        (RowKey(code.value().to_owned()), Subject::Code(code))
    }

    fn relation(
        &mut self,
        at: &std::ops::Range<usize>,
        text: Option<&Text>,
        all: &[(&'static str, &'static str)],
    ) -> Value {
        let word = self.required_word(at, "relation", text, all, |(id, _)| id);
        Value::Text(word.map_or("", |(_, words)| words).to_owned())
    }

    /// NUCC's codes: ten characters, of which the last is an X.
    pub(super) fn taxonomies(&mut self, rows: &[Spanned<NamedRow>]) -> Option<Block> {
        let is_right = |code: &str| {
            code.len() == 10
                && code.ends_with('X')
                && code
                    .bytes()
                    .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        };
        let hint = "a taxonomy code has ten characters, such as 291U00000X";
        let rows = self.coded(rows, "taxonomy", "Taxonomy", &Subject::Text, is_right, hint);
        typed("taxonomies", Shape::Table, rows)
    }

    /// CMS's place-of-service codes: two digits.
    pub(super) fn places(&mut self, rows: &[Spanned<NamedRow>]) -> Option<Block> {
        let is_right = |code: &str| code.len() == 2 && code.bytes().all(|b| b.is_ascii_digit());
        let hint = "a place of service has two digits, such as 11 or 02; a leading zero counts";
        let rows = self.coded(rows, "place", "Place", &Subject::Place, is_right, hint);
        typed("places", Shape::Table, rows)
    }

    fn coded(
        &mut self,
        rows: &[Spanned<NamedRow>],
        what: &str,
        label: &str,
        subject: &Subject,
        is_right: impl Fn(&str) -> bool,
        hint: &str,
    ) -> Vec<Row> {
        let mut names = Names::default();
        let mut made = Vec::new();
        for row in rows {
            let at = row.span();
            let row = row.get_ref();
            let code = self.required(&at, "code", row.code.as_ref());
            if let Some(text) = row.code.as_ref().filter(|_| !code.is_empty()) {
                if is_right(&code) {
                    self.refuse_double(&mut names, what, &code, &text.span());
                } else {
                    let message = format!("{} is no {what} code", quote(&code));
                    self.problems.fault(text.span(), message, hint);
                }
            }
            let cells = vec![
                column(label, Value::Text(code.clone())),
                column("Name", self.field(&at, "name", row.name.as_ref())),
            ];
            let said = self.said(row.source.as_ref(), None, &row.remark);
            made.push(said.row(RowKey(code), subject.clone(), cells));
        }
        made
    }

    pub(super) fn synonym_block(&mut self, rows: &[Spanned<SynonymRow>]) -> Option<Block> {
        let mut made = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            let at = row.span();
            let row = row.get_ref();
            let text = self.required(&at, "text", row.text.as_ref());
            let said = self.said(row.source.as_ref(), None, &row.remark);
            made.push(said.row(
                number(index),
                Subject::Text,
                vec![column("", Value::Text(text))],
            ));
        }
        typed("synonyms", Shape::List, made)
    }

    pub(super) fn not_this(&mut self, rows: &[Spanned<NotThisRow>]) -> Option<Block> {
        let mut made = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            let at = row.span();
            let row = row.get_ref();
            let mut cells = vec![column(
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
                cells.push(record("Code", Value::Text(text)));
            }
            let subject = code.map_or(Subject::Text, Subject::Code);
            let said = self.said(row.source.as_ref(), None, &row.remark);
            made.push(said.row(number(index), subject, cells));
        }
        typed("not-this", Shape::List, made)
    }
}
