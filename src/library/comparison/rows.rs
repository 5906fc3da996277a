//! The rows of one document in a comparison: a statement, its author and its source.

use crate::content::labels::NO_SOURCE;
use crate::content::{
    AbsenceReason, AsOf, Cell, Document, ModifierCode, Row, RowKey, SourceId, Standing, Subject,
    Value, Visibility, Voice,
};
use crate::library::imported::placement::PFS_MODIFIERS_BLOCK;

/// The block with the descriptions of modifiers from imported sets.
const OFFICIAL_TEXTS_BLOCK: &str = "set-hcpcs";
/// The block with Medicare's rates with and without modifiers.
const RATES_BLOCK: &str = "set-clfs";

/// A document, and the label of the column for its statements.
pub(crate) struct DocumentRows<'d> {
    document: &'d Document,
    label: String,
}

impl<'d> DocumentRows<'d> {
    /// Returns the document's own rule on a modifier, each payer's rule or the note that the document
    /// has none, and rows of imported sets.
    pub(crate) fn for_modifier(document: &'d Document, modifier: &ModifierCode) -> Vec<Row> {
        let label = format!("On {modifier}");
        let this = Self { document, label };
        let mut rows = this.own_rule(modifier);
        let mut payer_rules = this.payer_rules(modifier);
        mark_differences(rows.first(), &mut payer_rules);
        rows.extend(payer_rules);
        rows.extend(this.set_rows(modifier));
        rows
    }

    /// Returns each field of a payer, and its rule on each modifier.
    pub(crate) fn for_payer(document: &'d Document, name: &str) -> Vec<Row> {
        let label = "Policy".to_owned();
        let this = Self { document, label };
        let mut rows = Vec::new();
        for (_, _, row) in document.rows().filter(|(_, _, row)| row.name() == name) {
            match &row.subject {
                Subject::Payer => rows.extend(row.cells.iter().skip(1).map(|cell| {
                    let key = format!("{}-{}", row.key.0, cell.label);
                    this.statement(&key, &cell.label, cell.value.clone(), row)
                })),
                Subject::PayerRule(modifier) => {
                    let who = format!("Modifier {modifier}");
                    rows.push(Row {
                        standing: row.standing,
                        ..this.statement(&row.key.0, &who, last_value(row), row)
                    });
                }
                _ => continue,
            }
            rows.extend(this.remarks(row, None));
        }
        rows
    }

    fn own_rule(&self, modifier: &ModifierCode) -> Vec<Row> {
        let subject = Subject::Modifier(modifier.clone());
        let mut rows = self.document.rows();
        let own = rows
            .find(|(_, block, row)| row.subject == subject && block.id.0 != PFS_MODIFIERS_BLOCK);
        let Some((_, _, own)) = own else {
            return Vec::new();
        };
        let who = match own.voice {
            Voice::Publication => "The publication",
            Voice::Editor => "The editors",
        };
        let text = column_texts(own).join(": ");
        let mut rows = vec![Row {
            standing: own.standing,
            ..self.statement("own", who, text.into(), own)
        }];
        let conditions = own.cells.iter();
        let conditions = conditions.filter(|cell| cell.visibility == Visibility::Line);
        rows.extend(conditions.map(|cell| {
            let key = format!("own-{}", cell.label);
            self.statement(&key, &cell.label, cell.value.clone(), own)
        }));
        rows.extend(self.remarks(own, None));
        rows
    }

    fn payer_rules(&self, modifier: &ModifierCode) -> Vec<Row> {
        let mut rows = Vec::new();
        let payers = self.document.rows().map(|(_, _, row)| row);
        for payer in payers.filter(|row| row.subject == Subject::Payer) {
            let (key, name) = (payer.key.0.as_str(), payer.name());
            let Some((_, rule)) = self.document.payer_rule(&payer.key, modifier) else {
                rows.push(self.no_entry(key, name));
                continue;
            };
            rows.push(Row {
                standing: rule.standing,
                subject: Subject::PayerRule(modifier.clone()),
                ..self.statement(key, name, last_value(rule), rule)
            });
            rows.extend(self.remarks(rule, Some(name)));
        }
        rows
    }

    /// Returns the editors' remarks on a row, labeled with the payer they are about or else with
    /// the source they cite.
    fn remarks(&self, of: &Row, payer: Option<&str>) -> Vec<Row> {
        let about = payer.map(|payer| format!("{payer}, remark"));
        let rows = of.remarks.iter().zip(1..).map(|(remark, number)| {
            let source = self.document.source(&remark.source);
            let source = source.map_or(&*remark.source.0, |source| &source.short);
            let from = Row {
                source: Some(remark.source.clone()),
                confirmed_by: Vec::new(),
                ..of.clone()
            };
            let key = format!("{}-remark-{number}", of.key.0);
            let who = about.as_deref().unwrap_or(source);
            self.statement(&key, who, remark.text.clone().into(), &from)
        });
        rows.collect()
    }

    /// Returns the rows of imported sets on a modifier of this code.
    fn set_rows(&self, modifier: &ModifierCode) -> Vec<Row> {
        let line = format!("{}-{modifier}", self.document.code.value());
        let mut rows = Vec::new();
        for (_, block, row) in self.document.rows() {
            let (who, key) = match block.id.0.as_str() {
                OFFICIAL_TEXTS_BLOCK => ("Official text", modifier.as_str()),
                PFS_MODIFIERS_BLOCK => ("Medicare, by indicator", modifier.as_str()),
                RATES_BLOCK => ("Medicare CLFS rate", line.as_str()),
                _ => continue,
            };
            if row.key.0 == key {
                let text = column_texts(row).join(" · ");
                rows.push(self.statement(&block.id.0, who, text.into(), row));
            }
        }
        rows
    }

    /// Makes a row for a payer about which the document says nothing. It cites no source.
    fn no_entry(&self, key: &str, payer: &str) -> Row {
        let absent = Value::new_absence(AbsenceReason::NoEntry);
        let cells = vec![
            Cell::column("Who", payer),
            Cell::column(self.label.clone(), absent),
        ];
        let key = RowKey(key.to_owned());
        Row::new(key, Subject::Text, Voice::Publication, cells)
    }

    /// Makes a row of author, statement and source. The sources are those of `from`, unless the
    /// absence of a value has its own.
    fn statement(&self, key: &str, who: &str, mut value: Value, from: &Row) -> Row {
        let mut sources: Vec<&SourceId> = from.stated_by().collect();
        let absence = match &mut value {
            Value::Unavailable(absent) => absent.source.take(),
            Value::Text(_) => None,
        };
        if let Some(source) = &absence {
            sources = vec![source];
        }
        let qualified = |id: &&SourceId| qualified_source_id(self.document, id);
        let mut ids = sources.iter().map(qualified);
        let source = ids.next();
        let confirmed_by = ids.collect();
        if let Value::Unavailable(absent) = &mut value {
            absent.source.clone_from(&source);
        }
        let cited = match sources.first().and_then(|id| self.document.source(id)) {
            Some(source) => with_date(&source.short, source.as_of),
            None => NO_SOURCE.to_owned(),
        };
        let cells = vec![
            Cell::column("Who", who),
            Cell::column(self.label.clone(), value),
            Cell::column("Source", cited),
        ];
        let key = RowKey(key.to_owned());
        Row {
            source,
            confirmed_by,
            ..Row::new(key, Subject::Text, Voice::Publication, cells)
        }
    }
}

/// Marks the payers whose rule differs from the document's own, or from most payers' if that is
/// disputed or missing.
fn mark_differences(own: Option<&Row>, payer_rules: &mut [Row]) {
    let own_standing = own.and_then(|row| row.standing);
    let own_standing = own_standing.filter(|standing| *standing != Standing::Disputed);
    let standings: Vec<Standing> = payer_rules.iter().filter_map(|row| row.standing).collect();
    let Some(expected) = Standing::expected(own_standing, &standings) else {
        return;
    };
    let own = own.filter(|_| own_standing.is_some());
    let mut rules = own.into_iter().chain(&*payer_rules);
    let stated_by = rules.find(|row| row.standing == Some(expected));
    let source = stated_by.and_then(|row| row.source.clone());
    let source = source.unwrap_or_else(|| SourceId("unnamed".to_owned()));
    for row in payer_rules {
        if row.standing.is_some_and(|standing| standing != expected) {
            row.disputed_by = vec![source.clone()];
        }
    }
}

/// Returns the texts of a row's columns after the first.
fn column_texts(row: &Row) -> Vec<&str> {
    let cells = row.column_cells().skip(1);
    cells.filter_map(|cell| cell.value.as_text()).collect()
}

fn last_value(row: &Row) -> Value {
    let cell = row.cells.last();
    cell.map_or_else(
        || Value::new_absence(AbsenceReason::NoEntry),
        |cell| cell.value.clone(),
    )
}

/// Makes the id of a source unique among several documents.
pub(crate) fn qualified_source_id(document: &Document, id: &SourceId) -> SourceId {
    SourceId(format!("{}/{}", document.code, id.0))
}

pub(crate) fn with_date(name: &str, as_of: AsOf) -> String {
    format!("{name}, {as_of}")
}
