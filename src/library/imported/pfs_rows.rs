//! The rows that the Physician Fee Schedule adds to a document: amounts, indicators, and what these
//! say on modifiers.

use crate::codesets::{CorruptSet, ModifierRule, PfsRow, Rvu, SetFile, SetRow};
use crate::content::{
    Cell, CodeId, CodeSystem, Document, ModifierCode, Remark, Row, Standing, Subject,
};
use crate::library::imported::builder::{SetCitation, record_cell};

/// The lines of a code in the fee schedule: without a modifier, and with 26, TC or 53.
pub(crate) struct PfsLines {
    /// The name of the edition.
    edition: String,
    /// The line without a modifier, or else the first.
    main: PfsRow,
    /// All lines, sorted by modifier.
    lines: Vec<PfsRow>,
}

impl PfsLines {
    /// Reads the lines of a code; `None` if the set does not have it.
    pub(crate) fn read(set: &SetFile, code: &CodeId) -> Result<Option<Self>, CorruptSet> {
        // A diagnosis or modifier may be spelled like the start of a procedure: `A00`, `A0021`.
        if !matches!(code.system(), CodeSystem::Cpt | CodeSystem::Hcpcs) {
            return Ok(None);
        }
        let rows = set.rows_with_prefix(code.value())?.into_iter();
        let lines = rows.filter_map(|row| match row {
            SetRow::Pfs(row) => Some(row),
            _ => None,
        });
        let lines: Vec<PfsRow> = lines.collect();
        let edition = set.header().edition.name.clone();
        Ok(lines.first().cloned().map(|main| Self {
            edition,
            main,
            lines,
        }))
    }

    fn line(&self, modifier: &str) -> Option<&PfsRow> {
        let mut lines = self.lines.iter();
        lines.find(|line| line.modifier.as_deref() == Some(modifier))
    }

    /// Returns the rules on modifiers. A modifier with a line of its own follows the indicators of
    /// that line, which may differ.
    fn rules(&self) -> Vec<ModifierRule> {
        let mut rules = self.main.modifier_rules();
        for rule in &mut rules {
            let own = self.line(rule.modifier).map(PfsRow::modifier_rules);
            let own = own.unwrap_or_default().into_iter();
            if let Some(own) = own.into_iter().find(|own| own.modifier == rule.modifier) {
                *rule = own;
            }
        }
        rules
    }

    /// Returns the row of each modifier that the indicators decide on, and of modifier 53.
    pub(crate) fn modifier_rows(&self, citation: &SetCitation) -> Vec<Row> {
        let rules = self.rules().into_iter();
        let rules = rules.map(|rule| (rule.modifier, rule.ruling, self.reason(&rule)));
        let discontinued = self.main.discontinued_rule(self.line("53").is_some());
        let discontinued = discontinued
            .map(|(ruling, reason)| ("53", ruling, format!("PFS {}, {reason}", self.edition)));
        let rows = rules.chain(discontinued).map(|(modifier, ruling, reason)| {
            let mut cells = vec![
                Cell::column("Modifier", modifier),
                Cell::column("Medicare", ruling.label()),
                Cell::column("Because", reason),
            ];
            cells.extend(record_cell("Code status", &self.status()));
            let code = ModifierCode::new(modifier);
            citation.row(
                modifier,
                code.map_or(Subject::Text, Subject::Modifier),
                cells,
            )
        });
        rows.collect()
    }

    /// Formats an indicator and its meaning: `PFS 2025-10, PC/TC indicator 9: the concept …`.
    fn reason(&self, rule: &ModifierRule) -> String {
        let (name, value) = (rule.indicator.name, rule.value.value);
        let (edition, meaning) = (&self.edition, rule.value.meaning);
        let mut reason = format!("PFS {edition}, {name} indicator {value}: {meaning}");
        let share = match rule.modifier {
            "54" => self.main.intraoperative,
            "55" => self.main.postoperative,
            "56" => self.main.preoperative,
            _ => Rvu::default(),
        };
        if share > Rvu::default() {
            reason += &format!(" (share {}%)", share.0);
        }
        reason
    }

    /// Formats the status and its meaning: `X (statutory exclusion: …)`.
    fn status(&self) -> String {
        let indicators = self.main.indicators();
        let status = indicators.first();
        status.map_or_else(String::new, |(_, status)| {
            format!("{} ({})", status.value, status.meaning)
        })
    }

    /// Returns a fact for each indicator, the shares of the global package, and the conversion factor.
    pub(crate) fn indicator_rows(&self, citation: &SetCitation) -> Vec<Row> {
        let row = &self.main;
        let indicators = row.indicators().into_iter();
        let facts = indicators.map(|(indicator, value)| {
            let text = format!("{}: {}", value.value, value.meaning);
            citation.fact(&indicator.name.to_lowercase(), indicator.name, text)
        });
        let mut facts: Vec<Row> = facts.collect();
        if row.intraoperative > Rvu::default() {
            let (before, during, after) = (row.preoperative, row.intraoperative, row.postoperative);
            let text = format!(
                "{}% before, {}% during, {}% after the operation",
                before.0, during.0, after.0
            );
            facts.push(citation.fact("shares", "Global package", text));
        }
        if !row.endoscopic_base.is_empty() {
            let base = row.endoscopic_base.as_str();
            facts.push(citation.fact("base", "Endoscopic base", base));
        }
        let factor = format!("${} for each RVU", row.conversion_factor);
        facts.push(citation.fact("factor", "Conversion factor", factor));
        facts
    }

    /// Returns the amounts of each line.
    pub(crate) fn amount_rows(&self, citation: &SetCitation) -> Vec<Row> {
        let rows = self.lines.iter().map(|row| {
            let amount = |total, is_na: bool| {
                let amount = row.amount(total);
                let amount = amount.map_or_else(|| "no amount".to_owned(), |it| it.to_string());
                let rarely = if is_na {
                    " (NA: rarely or never here)"
                } else {
                    ""
                };
                amount + rarely
            };
            let setting = |expense: Rvu, total: Rvu| {
                format!(
                    "work {} + practice expense {expense} + malpractice {} = {total}",
                    row.work, row.malpractice
                )
            };
            let outside = amount(row.non_facility_total, row.non_facility_na);
            let inside = amount(row.facility_total, row.facility_na);
            let cells = vec![
                Cell::column("Code", row.line()),
                Cell::column("Non-facility", outside),
                Cell::column("Facility", inside),
                Cell::column(
                    "Total RVUs",
                    format!("{} / {}", row.non_facility_total, row.facility_total),
                ),
                Cell::record(
                    "Non-facility RVUs",
                    setting(row.non_facility_expense, row.non_facility_total),
                ),
                Cell::record(
                    "Facility RVUs",
                    setting(row.facility_expense, row.facility_total),
                ),
                Cell::record("Conversion factor", row.conversion_factor.to_string()),
                Cell::record("Status", row.status.to_string()),
            ];
            citation.row(&row.line(), Subject::Text, cells)
        });
        rows.collect()
    }

    /// Marks the document's own rows on modifiers that Medicare's indicators contradict.
    pub(crate) fn mark_conflicts(&self, citation: &SetCitation, document: &mut Document) {
        let rules = self.rules();
        let blocks = document
            .sections
            .iter_mut()
            .flat_map(|section| &mut section.blocks);
        for row in blocks.flat_map(|block| &mut block.rows) {
            let modifier = match &row.subject {
                Subject::Modifier(modifier) => modifier,
                Subject::PayerRule(modifier) if row.name() == "Medicare" => modifier,
                _ => continue,
            };
            let mut rules = rules.iter();
            let rule = rules.find(|rule| rule.modifier == modifier.as_str());
            let is_claimed = row.standing != Some(Standing::NotExpected);
            let Some(rule) = rule.filter(|rule| rule.ruling.is_negative() && is_claimed) else {
                continue;
            };
            row.remarks.push(Remark {
                text: format!(
                    "Medicare: {}-{modifier} {}. {}. Status {}.",
                    self.main.code,
                    rule.ruling.label(),
                    self.reason(rule),
                    self.status()
                ),
                source: citation.source().clone(),
            });
            row.standing = Some(Standing::Disputed);
            row.disputed_by.push(citation.source().clone());
        }
    }
}
