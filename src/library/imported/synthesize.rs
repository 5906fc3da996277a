//! Synthesis: makes a document from a code's row in an imported set.

use crate::codesets::{
    CorruptSet, Coverage, HcpcsCode, HcpcsRow, ImportedSets, NuccRow, PlaceRow, SetFile, SetRow,
};
use crate::content::{
    AsOf, Block, Cell, CodeId, CodeSystem, Date, Document, Row, Section, Shape, Status, Subject,
    Value, Voice, notices,
};
use crate::library::imported::builder::{SetCitation, source, terminated_cell};
use crate::library::imported::enrich::enrich;
use crate::library::imported::hierarchy::{CHILDREN, HIERARCHY, NEIGHBORS, PARENTS};
use crate::library::imported::lookup::{billing_usage, find_row};
use crate::library::imported::tabular_rows::add_tabular_list;
use crate::library::imported::validity::Validity;

/// The longest description that is used as a title, in characters. The short description replaces
/// longer ones.
const MAX_TITLE_CHARS: usize = 100;
/// How many adjacent codes are listed in each direction.
const MAX_NEIGHBORS: usize = 10;

/// Returns the document on a code, or `None` if no imported set lists the code.
pub(crate) fn synthesize(
    sets: &ImportedSets,
    code: &CodeId,
) -> Result<Option<Document>, CorruptSet> {
    let Some((set, row)) = find_row(sets, code)? else {
        return Ok(None);
    };
    let builder = DocumentBuilder {
        set,
        code,
        citation: SetCitation::new(set, Voice::Publication),
        validity: Validity::new(sets, set),
    };
    Ok(match row {
        SetRow::Icd10cm(_) | SetRow::Icd10cmTabular(_) => {
            let mut document = builder.diagnosis(&row)?;
            add_tabular_list(sets, &mut document)?;
            Some(document)
        }
        SetRow::Hcpcs(row) if code.system() == CodeSystem::Modifier => Some(builder.hcpcs(&row)?),
        SetRow::Hcpcs(row) => {
            let mut document = builder.hcpcs(&row)?;
            enrich(sets, &mut document);
            Some(document)
        }
        SetRow::PlaceOfService(row) => Some(builder.place(row)),
        SetRow::Nucc(row) => Some(builder.taxonomy(row)),
        _ => {
            let mut document = builder.without_description();
            enrich(sets, &mut document);
            Some(document)
        }
    })
}

struct DocumentBuilder<'a> {
    set: &'a SetFile,
    code: &'a CodeId,
    citation: SetCitation,
    validity: Validity,
}

impl DocumentBuilder<'_> {
    fn diagnosis(&self, row: &SetRow) -> Result<Document, CorruptSet> {
        let key = row.key();
        let (long, short, usage) = match row {
            SetRow::Icd10cm(row) => {
                let usage = match billing_usage(row) {
                    "header" => "Not billable: category code; use a more specific code",
                    billable => billable,
                };
                (row.long.as_str(), row.short.as_str(), usage)
            }
            SetRow::Icd10cmTabular(row) => (row.title.as_str(), "", ""),
            _ => ("", "", ""),
        };
        let text = |text: &str| self.citation.value(Some(text.to_owned()));
        let mut facts = vec![
            self.fact("code", "Code", self.code.value()),
            self.fact("use", "Billable?", text(usage)),
            self.fact("short", "Short description", text(short)),
        ];
        for label in ["Effective", "Terminated", "Coverage"] {
            let absent = self.citation.value(None);
            facts.push(self.fact(&label.to_lowercase(), label, absent));
        }
        let parents = self.set.ancestors(&key)?;
        let children = self.set.children(&key)?;
        let near = neighbors(self.set.siblings(&key)?, |other| other.key() == key);
        let table = |id, title, rows: &[SetRow]| {
            let rows = rows
                .iter()
                .filter_map(|row| self.citation.diagnosis_row(row));
            self.citation.table(id, title, rows.collect())
        };
        let hierarchy = Section::new(
            HIERARCHY,
            "Hierarchy",
            "Hierarchy",
            vec![
                table(PARENTS, "Parent", &parents),
                table(CHILDREN, "Subcodes", &children),
                table(NEIGHBORS, "Adjacent codes", &near),
            ],
        );
        let sections = vec![self.summary_section(long, facts), hierarchy];
        Ok(self.document(choose_title(long, short), sections))
    }

    fn hcpcs(&self, row: &HcpcsRow) -> Result<Document, CorruptSet> {
        let text = |text: &str| self.citation.value(Some(text.to_owned()));
        let date = |date: Option<Date>| self.citation.value(date.map(|date| date.to_string()));
        let coverage = row.coverage.map_or("", Coverage::label);
        let terminated = row.terminated.map_or_else(
            || "not terminated in this edition".to_owned(),
            |date| date.to_string(),
        );
        let facts = vec![
            self.fact("code", "Code", self.code.value()),
            self.fact("short", "Short description", text(&row.short)),
            self.fact("coverage", "Medicare coverage", text(coverage)),
            self.fact("added", "Added", date(row.added)),
            self.fact("effective", "Effective", date(row.effective)),
            self.fact("terminated", "Terminated", terminated),
            self.fact("action", "Last change", text(describe_action(&row.action))),
        ];
        let siblings = self.set.hcpcs_siblings(&row.code)?;
        let near = neighbors(siblings, |other| other.code == row.code);
        let rows = near.iter().filter_map(|row| self.neighbor_row(row));
        let (id, title) = ("neighbours", "Adjacent codes");
        let near = self.citation.table(id, title, rows.collect());
        let sections = vec![
            self.summary_section(&row.long, facts),
            Section::new("neighbours", "Neighbours", "Neighbours", vec![near]),
        ];
        let mut document = self.document(choose_title(&row.long, &row.short), sections);
        document.effective = row.effective.map_or(AsOf::Unknown, AsOf::Day);
        if row.terminated.is_some() {
            document.status = Status::Deleted;
        }
        Ok(document)
    }

    fn place(&self, row: PlaceRow) -> Document {
        let facts = [("Name", row.name.clone()), ("Setting", row.setting)];
        self.listing(row.name, &row.description, facts)
    }

    fn taxonomy(&self, row: NuccRow) -> Document {
        let name = row.name();
        let facts = [
            ("Name", name.clone()),
            ("Grouping", row.grouping),
            ("Classification", row.classification),
            ("Specialization", row.specialization),
            ("Section", row.section),
        ];
        self.listing(name, &row.definition, facts)
    }

    /// Makes a document of a description and facts.
    fn listing(
        &self,
        title: String,
        description: &str,
        facts: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Document {
        let mut rows = vec![self.fact("code", "Code", self.code.value())];
        rows.extend(facts.into_iter().map(|(label, text)| {
            let value = self.citation.value(Some(text));
            self.fact(&label.to_lowercase(), label, value)
        }));
        let text = if description.is_empty() {
            &title
        } else {
            description
        };
        let sections = vec![self.summary_section(text, rows)];
        self.document(title, sections)
    }

    /// Makes the document on a code of which the sets have figures only.
    fn without_description(&self) -> Document {
        let text = match self.code.system() {
            CodeSystem::Cpt => "CPT descriptors belong to the AMA and are not stored.",
            _ => "No imported set describes this code.",
        };
        let sections = vec![self.summary_section(text, Vec::new())];
        self.document("No description".to_owned(), sections)
    }

    fn document(&self, title: String, mut sections: Vec<Section>) -> Document {
        let header = self.set.header();
        let heading = match header.first_day() {
            Some(day) => format!("{}, in force from {day}", header.title()),
            None => header.title(),
        };
        for section in &mut sections {
            section.headings.push(heading.clone());
        }
        Document {
            edition: Some(header.edition.period().to_owned()),
            code: self.code.clone(),
            title,
            status: match self.validity {
                Validity::Ended { .. } => Status::Deleted,
                _ => Status::Active,
            },
            effective: AsOf::Unknown,
            revised: header.as_of(),
            reviewed_by: None,
            next_review: AsOf::Unknown,
            synonyms: Vec::new(),
            sources: vec![source(header)],
            sections,
            notices: notices([self.code.system()])
                .into_iter()
                .map(str::to_owned)
                .collect(),
        }
    }

    /// Makes the section with the long description, the facts and the source.
    fn summary_section(&self, long: &str, mut facts: Vec<Row>) -> Section {
        let header = self.set.header();
        let origin = format!("{}; imported on {}", source(header).title, header.imported);
        facts.push(self.fact("source", "Source", origin));
        let mut text = vec![self.citation.paragraph("1", long)];
        if let Some(note) = self.validity.note(header) {
            text.insert(0, self.citation.paragraph("validity", &note));
        }
        let blocks = vec![
            Block::new("text", None, Shape::Prose, text),
            Block::new("facts", None, Shape::Facts, facts),
        ];
        Section::new("summary", "Summary", "Summary", blocks)
    }

    fn neighbor_row(&self, row: &HcpcsRow) -> Option<Row> {
        let (HcpcsCode::Code(code) | HcpcsCode::Modifier(code)) = &row.code;
        let id = CodeId::new(self.code.system(), code).ok()?;
        let mut cells = vec![
            Cell::column("Code", code.as_str()),
            Cell::column("Description", row.long.as_str()),
        ];
        cells.extend(terminated_cell(row.terminated));
        Some(self.citation.row(code, Subject::Code(id), cells))
    }

    fn fact(&self, key: &str, label: &'static str, value: impl Into<Value>) -> Row {
        self.citation.fact(key, label, value)
    }
}

fn choose_title(long: &str, short: &str) -> String {
    let is_long = long.chars().count() > MAX_TITLE_CHARS && !short.is_empty();
    (if is_long { short } else { long }).to_owned()
}

/// Keeps the rows closest to a code's own row, which is removed.
fn neighbors<R>(mut rows: Vec<R>, is_own: impl Fn(&R) -> bool) -> Vec<R> {
    let Some(at) = rows.iter().position(is_own) else {
        return rows;
    };
    rows.remove(at);
    rows.truncate(at + MAX_NEIGHBORS);
    rows.drain(..at.saturating_sub(MAX_NEIGHBORS));
    rows
}

/// Describes an action code, from the record layout of the HCPCS file (field 30).
fn describe_action(letter: &str) -> &str {
    match letter {
        "A" => "added",
        "B" => "administrative data and long description changed",
        "C" => "long description changed",
        "D" => "discontinued",
        "F" => "administrative data changed",
        "N" => "no maintenance in this edition",
        "P" => "payment changed",
        "R" => "re-activated",
        "S" => "short description changed",
        "T" => "miscellaneous change",
        other => other,
    }
}
