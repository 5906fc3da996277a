//! Compiles typed rows into blocks: modifiers, payers, diagnoses, and so on.

use toml::Spanned;

use crate::content::code::{CodeId, CodeSystem, ModifierCode};
use crate::content::document::{Block, Shape};
use crate::content::row::{Cell, PAYER_ALIASES, Row, RowKey, Standing, Subject, Value};
use crate::content::shared::PAYERS_FILE;
use crate::content::toml::compile::block::{text_cell, typed_block};
use crate::content::toml::compile::compiler::Compiler;
use crate::content::toml::compile::name::UniqueNames;
use crate::content::toml::compile::value::Keywords;
use crate::content::toml::schema::{
    DiagnosisRow, Field, ModifierRow, NamedRow, NotThisRow, PayerRow, PayerRuleRow, RelatedRow,
    SynonymRow,
};
use crate::content::toml::tree::Text;
use crate::diagnostics::diagnostic::Span;
use crate::diagnostics::wording::{nearest, quote, unknown_message};

/// The keyword of a relation, and its label.
pub(crate) type Relation = (&'static str, &'static str);

/// How a diagnosis relates to the code.
pub(crate) const DIAGNOSIS_RELATIONS: [Relation; 3] = [
    ("covered", "covered"),
    ("not_covered", "not covered"),
    ("mentioned", "mentioned; no statement on coverage"),
];

/// How another code relates to the code.
pub(crate) const CODE_RELATIONS: [Relation; 9] = [
    ("same_purpose", "serves the same purpose"),
    ("bundled", "bundled (NCCI)"),
    ("panel", "part of a panel"),
    ("replaces", "was replaced by this code"),
    ("replaced_by", "replaces this code"),
    ("use_instead", "more exact: use it where it fits"),
    ("instead_of", "less exact: use this one where it fits"),
    ("family", "same family"),
    ("see", "see also"),
];

const STANDINGS: Keywords<'static, Standing> = Keywords(&Standing::ALL, Standing::id);

/// A kind of row that has a code and a name.
pub(crate) struct NamedRowKind {
    block: &'static str,
    /// The kind in messages.
    what: &'static str,
    /// The label of the code's column.
    label: &'static str,
    subject: Subject,
    is_valid: fn(&str) -> bool,
    hint: &'static str,
}

/// NUCC taxonomy codes: ten characters, of which the last is an X.
pub(crate) const TAXONOMY: NamedRowKind = NamedRowKind {
    block: "taxonomies",
    what: "taxonomy",
    label: "Taxonomy",
    subject: Subject::Text,
    is_valid: |code| {
        let is_valid = |b: u8| b.is_ascii_digit() || b.is_ascii_uppercase();
        code.len() == 10 && code.ends_with('X') && code.bytes().all(is_valid)
    },
    hint: "a taxonomy code has ten characters, such as 291U00000X",
};

/// CMS place-of-service codes: two digits.
pub(crate) const PLACE: NamedRowKind = NamedRowKind {
    block: "places",
    what: "place",
    label: "Place",
    subject: Subject::Place,
    is_valid: |code| code.len() == 2 && code.bytes().all(|b| b.is_ascii_digit()),
    hint: "a place of service has two digits, such as 11 or 02; a leading zero counts",
};

impl Compiler<'_, '_> {
    pub(crate) fn modifiers(&mut self, rows: &[Spanned<ModifierRow>]) -> Option<Block> {
        let mut names = UniqueNames::default();
        let rows = rows.iter().map(|row| self.modifier(row, &mut names));
        typed_block("modifiers", Shape::Table, rows.collect())
    }

    fn modifier(&mut self, row: &Spanned<ModifierRow>, names: &mut UniqueNames) -> Row {
        let (at, row) = (row.span(), row.get_ref());
        let code = self.modifier_code(&at, row.code.as_ref(), names);
        let key = code.as_ref().map_or("", ModifierCode::as_str).to_owned();
        let description = self.field(&at, "description", row.description.as_ref());
        let when = self.field(&at, "when", row.when.as_ref());
        let mut cells = vec![
            Cell::column("Modifier", key.as_str()),
            Cell::column("Description", description),
            Cell::column("When to use", when),
        ];
        let not_when = self.optional_cell("When not to use", "not_when", row.not_when.as_ref());
        let documentation = row.documentation.as_ref();
        let documentation =
            self.optional_cell("Documentation needed", "documentation", documentation);
        // Only procedures have modifiers.
        let systems = Keywords(&[CodeSystem::Cpt, CodeSystem::Hcpcs], CodeSystem::id);
        let system = self.optional_keyword("system", row.system.as_ref(), systems);
        let system = system.map(|system| Cell::record("Code system", system.name()));
        cells.extend([not_when, documentation, system].into_iter().flatten());
        let standing = self.optional_keyword("standing", row.standing.as_ref(), STANDINGS);
        let against = row.against.iter();
        let disputed_by = against.filter_map(|text| self.source(Some(text))).collect();
        let subject = code.map_or(Subject::Text, Subject::Modifier);
        let attribution = self.attribution(row.source.as_ref(), &[], &row.remark);
        Row {
            standing,
            disputed_by,
            ..attribution.into_row(RowKey(key), subject, cells)
        }
    }

    /// Compiles the required modifier of a table, which must be unique among `names`.
    fn modifier_code(
        &mut self,
        table: &Span,
        text: Option<&Text>,
        names: &mut UniqueNames,
    ) -> Option<ModifierCode> {
        let at = text.map(Text::span).unwrap_or_default();
        let text = self.required(table, "code", text);
        let code = ModifierCode::new(&text).ok();
        match &code {
            Some(code) => self.reject_duplicate(names, "modifier", code.as_str(), &at),
            None if text.is_empty() => {}
            None => self.diagnostics.invalid(
                at,
                format!("{} is not a modifier", quote(&text)),
                "a modifier has two letters or digits; a leading zero counts",
            ),
        }
        code
    }

    /// Compiles a field that is shown in a line below the row, if it is there.
    fn optional_cell(
        &mut self,
        label: &'static str,
        name: &str,
        field: Option<&Field>,
    ) -> Option<Cell> {
        field.map(|field| Cell::line(label, self.value(name, field)))
    }

    /// Compiles the payers, and their rules on modifiers.
    pub(crate) fn payers(&mut self, rows: &[Spanned<PayerRow>]) -> [Option<Block>; 2] {
        let mut names = UniqueNames::default();
        let mut payers = Vec::new();
        let mut rules = Vec::new();
        for row in rows {
            let (at, row) = (row.span(), row.get_ref());
            let id = match &row.id {
                Some(id) => {
                    let name = self.name("id", id);
                    self.reject_duplicate(&mut names, "payer", &name, &id.span());
                    name
                }
                None => self.required(&at, "id", None),
            };
            let id = RowKey(id);
            let (payer, shared_cells) = self.payer_name(&at, row);
            let mut cells = vec![
                Cell::column("Payer", payer.as_str()),
                Cell::column("Plan", self.field(&at, "plan", row.plan.as_ref())),
                Cell::column("Policy", self.field(&at, "policy", row.policy.as_ref())),
                Cell::column("Rate", self.field(&at, "rate", row.rate.as_ref())),
            ];
            cells.extend(shared_cells);
            let attribution = self.attribution(row.source.as_ref(), &[], &row.remark);
            let mut modifiers = UniqueNames::default();
            for rule in &row.modifier {
                rules.push(self.payer_rule(&id, &payer, rule, &mut modifiers));
            }
            payers.push(attribution.into_row(id, Subject::Payer, cells));
        }
        [
            typed_block("payers", Shape::Table, payers),
            typed_block("payer-modifiers", Shape::Table, rules),
        ]
    }

    /// Returns the name of a payer: that of its row, or else that of the shared payer with its ID,
    /// with cells for the other names and the parent company of that.
    fn payer_name(&mut self, table: &Span, row: &PayerRow) -> (String, Vec<Cell>) {
        let own = |compiler: &mut Self| {
            let name = compiler.required(table, "name", row.name.as_ref());
            (name, Vec::new())
        };
        let (None, Some(id)) = (&row.name, &row.id) else {
            return own(self);
        };
        let (span, id) = (id.span(), id.get_ref().trim());
        if let Some(payer) = self.shared.payer(id) {
            let aliases = (!payer.aliases.is_empty()).then(|| payer.aliases.join(", "));
            let aliases = aliases.map(|names| Cell::record(PAYER_ALIASES, names));
            let parent = payer.parent.as_deref();
            let parent = parent.map(|name| Cell::record("Parent company", name));
            return (
                payer.name.clone(),
                aliases.into_iter().chain(parent).collect(),
            );
        }
        let shared = self.shared.entries();
        if shared.broken.contains(&PAYERS_FILE) {
            let message = format!(
                "the payer {} is not known: {PAYERS_FILE} has errors",
                quote(id)
            );
            let hint = format!("`codeleaf check {PAYERS_FILE}` shows them");
            self.diagnostics.missing(span, message, hint);
        } else if shared.payers.is_empty() {
            return own(self);
        } else {
            let known: Vec<&str> = shared
                .payers
                .iter()
                .map(|payer| payer.id.as_str())
                .collect();
            let message = unknown_message("payer", id, nearest(id, &known));
            let hint =
                format!("name a payer of {PAYERS_FILE}, or write name = \"...\" in this table");
            self.diagnostics.missing(span, message, hint);
        }
        (String::new(), Vec::new())
    }

    /// Compiles a payer's rule on a modifier. A rule needs a source and a standing, unless the rule
    /// itself is stated to be unknown.
    fn payer_rule(
        &mut self,
        id: &RowKey,
        payer: &str,
        row: &Spanned<PayerRuleRow>,
        names: &mut UniqueNames,
    ) -> Row {
        let (at, row) = (row.span(), row.get_ref());
        let code = self.modifier_code(&at, row.code.as_ref(), names);
        let says = self.field(&at, "says", row.says.as_ref());
        let is_known = matches!(&says, Value::Text(text) if !text.is_empty());
        if is_known && row.source.is_none() {
            let hint = "a payer's rule needs a source: source = \"...\"";
            self.missing_field(&at, "source", hint);
        }
        let standing = row.standing.as_ref();
        let standing = if is_known {
            self.required_keyword(&at, "standing", standing, STANDINGS)
        } else {
            self.optional_keyword("standing", standing, STANDINGS)
        };
        let modifier = code.as_ref().map_or("", ModifierCode::as_str);
        let cells = vec![
            Cell::column("Payer", payer),
            Cell::column("Modifier", modifier),
            Cell::column("What the payer says", says),
        ];
        let (key, subject) = match code {
            Some(code) => (RowKey::for_payer_rule(id, &code), Subject::PayerRule(code)),
            None => (RowKey(String::new()), Subject::Text),
        };
        let attribution = self.attribution(row.source.as_ref(), &[], &row.remark);
        Row {
            standing,
            ..attribution.into_row(key, subject, cells)
        }
    }

    pub(crate) fn diagnoses(&mut self, rows: &[Spanned<DiagnosisRow>]) -> Option<Block> {
        let mut names = UniqueNames::default();
        let rows = rows.iter().map(|row| {
            let (at, row) = (row.span(), row.get_ref());
            let text = self.required(&at, "code", row.code.as_ref());
            let code = row.code.as_ref().filter(|_| !text.is_empty());
            let code = code.and_then(|text| self.code(CodeSystem::Icd10cm, text));
            let (key, subject) =
                self.code_key_and_subject(code, "diagnosis", row.code.as_ref(), &mut names);
            let relation = self.relation(&at, row.relation.as_ref(), &DIAGNOSIS_RELATIONS);
            let description = self.field(&at, "description", row.description.as_ref());
            let mut cells = vec![
                Cell::column("Diagnosis", key.0.as_str()),
                Cell::column("Description", description),
                Cell::column("Relation", relation),
            ];
            cells.extend(self.optional_cell("Basis", "basis", row.basis.as_ref()));
            let attribution = self.attribution(row.source.as_ref(), &[], &row.remark);
            attribution.into_row(key, subject, cells)
        });
        typed_block("diagnoses", Shape::Table, rows.collect())
    }

    pub(crate) fn related(&mut self, rows: &[Spanned<RelatedRow>]) -> Option<Block> {
        let mut names = UniqueNames::default();
        let rows = rows.iter().map(|row| {
            let (at, row) = (row.span(), row.get_ref());
            let code = self.required_code(&at, row.system.as_ref(), "code", row.code.as_ref());
            if let (Some(code), Some(text)) = (&code, &row.code) {
                self.reject_self_reference(code, text);
            }
            let system = code.as_ref().map(CodeId::system);
            let (key, subject) =
                self.code_key_and_subject(code, "related code", row.code.as_ref(), &mut names);
            let relation = self.relation(&at, row.relation.as_ref(), &CODE_RELATIONS);
            let description = self.field(&at, "description", row.description.as_ref());
            let mut cells = vec![
                Cell::column("Code", key.0.as_str()),
                Cell::column("Description", description),
                Cell::column("Relation", relation),
            ];
            cells.extend(system.map(|system| Cell::line("Code system", system.name())));
            let attribution = self.attribution(row.source.as_ref(), &[], &row.remark);
            attribution.into_row(key, subject, cells)
        });
        typed_block("related", Shape::Table, rows.collect())
    }

    /// Reports a row that refers to the document itself.
    fn reject_self_reference(&mut self, code: &CodeId, text: &Text) {
        if self.code.as_ref() == Some(code) {
            self.diagnostics.invalid(
                text.span(),
                format!("this row names {code}, which the document itself is about"),
                "name another code, or remove the row",
            );
        }
    }

    /// Returns the key and subject of a row about another code, which must be unique among `names`.
    fn code_key_and_subject(
        &mut self,
        code: Option<CodeId>,
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

    fn relation(&mut self, table: &Span, text: Option<&Text>, all: &[Relation]) -> &'static str {
        let keywords = Keywords(all, |(keyword, _)| keyword);
        let relation = self.required_keyword(table, "relation", text, keywords);
        relation.map_or("", |(_, label)| label)
    }

    pub(crate) fn named_rows(
        &mut self,
        rows: &[Spanned<NamedRow>],
        kind: &NamedRowKind,
    ) -> Option<Block> {
        let mut names = UniqueNames::default();
        let rows = rows.iter().map(|row| {
            let (at, row) = (row.span(), row.get_ref());
            let code = self.required(&at, "code", row.code.as_ref());
            if let Some(text) = row.code.as_ref().filter(|_| !code.is_empty()) {
                if (kind.is_valid)(&code) {
                    self.reject_duplicate(&mut names, kind.what, &code, &text.span());
                } else {
                    let message = format!("{} is not a {} code", quote(&code), kind.what);
                    let meant = code.replace(['o', 'O'], "0");
                    let hint = if (kind.is_valid)(&meant) {
                        format!(
                            "letter O instead of zero? the {} code is \"{meant}\"",
                            kind.what
                        )
                    } else {
                        kind.hint.to_owned()
                    };
                    self.diagnostics.invalid(text.span(), message, hint);
                }
            }
            let cells = vec![
                Cell::column(kind.label, code.as_str()),
                Cell::column("Name", self.field(&at, "name", row.name.as_ref())),
            ];
            let attribution = self.attribution(row.source.as_ref(), &[], &row.remark);
            attribution.into_row(RowKey(code), kind.subject.clone(), cells)
        });
        typed_block(kind.block, Shape::Table, rows.collect())
    }

    pub(crate) fn synonym_block(&mut self, rows: &[Spanned<SynonymRow>]) -> Option<Block> {
        let rows = rows.iter().enumerate().map(|(index, row)| {
            let (at, row) = (row.span(), row.get_ref());
            let cells = text_cell(self.required(&at, "text", row.text.as_ref()));
            let attribution = self.attribution(row.source.as_ref(), &[], &row.remark);
            attribution.into_row(RowKey::from_index(index), Subject::Text, cells)
        });
        typed_block("synonyms", Shape::List, rows.collect())
    }

    pub(crate) fn not_this(&mut self, rows: &[Spanned<NotThisRow>]) -> Option<Block> {
        let rows = rows.iter().enumerate().map(|(index, row)| {
            let (at, row) = (row.span(), row.get_ref());
            let mut cells = text_cell(self.required(&at, "text", row.text.as_ref()));
            let has_code = row.code.is_some() || row.system.is_some();
            let code = has_code
                .then(|| self.required_code(&at, row.system.as_ref(), "code", row.code.as_ref()))
                .flatten();
            if let Some(code) = &code {
                let text = format!("{} {}", code.system(), code.value());
                cells.push(Cell::line("Code", text));
            }
            let subject = code.map_or(Subject::Text, Subject::Code);
            let attribution = self.attribution(row.source.as_ref(), &[], &row.remark);
            attribution.into_row(RowKey::from_index(index), subject, cells)
        });
        typed_block("not-this", Shape::List, rows.collect())
    }
}
