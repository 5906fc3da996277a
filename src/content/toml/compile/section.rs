//! Defines how sections are put together, and in which order they and their blocks stand.

use toml::Spanned;

use crate::content::document::{Block, Section, SectionId};
use crate::content::row::Voice;
use crate::content::toml::compile::Compiler;
use crate::content::toml::compile::absence::AbsentItem;
use crate::content::toml::compile::name::{UniqueNames, typed_block_rank};
use crate::content::toml::schema::{DocumentFile, SectionTable};

/// The sections that every file may have, in reading order: name, title, title for narrow tabs.
const SECTIONS: [(&str, &str, &str); 5] = [
    ("summary", "Summary", "Summary"),
    ("overview", "Overview", "Overview"),
    ("clinical", "Clinical Context", "Clinical"),
    ("coding", "Coding Specifications", "Coding"),
    ("payers", "Payers", "Payers"),
];

impl Compiler<'_, '_> {
    /// Returns the sections in reading order: the typed ones, then the author's own.
    pub(crate) fn sections(&mut self, file: &DocumentFile) -> Vec<Section> {
        let mut absent: Vec<AbsentItem> = file
            .absent
            .iter()
            .map(|row| self.absent_item(row))
            .collect();
        // In the order of the typed rows, so that each finds its place whatever the file's order.
        absent.sort_by_key(|item| typed_block_rank(&item.block.id.0).unwrap_or(usize::MAX));
        let own: Vec<String> = file.section.iter().map(custom_section_id).collect();
        let typed = SECTIONS.iter().map(|(id, ..)| *id);
        let known: Vec<&str> = typed.chain(own.iter().map(String::as_str)).collect();
        self.reject_misplaced_absences(&absent, &known);
        let mut sections = Vec::new();
        for (id, title, short) in SECTIONS {
            let (table, data) = self.typed_blocks(id, file);
            if let Some(table) = table {
                self.reject_names(table.get_ref(), title);
            }
            let section = empty_section(id, title.to_owned(), short.to_owned());
            let section = self.fill_section(section, table, data, &mut absent);
            if !section.blocks.is_empty() {
                sections.push(section);
            }
        }
        let mut names = UniqueNames::default();
        for (row, id) in file.section.iter().zip(&own) {
            let section = self.custom_section(row, id, &mut names);
            sections.push(self.fill_section(section, Some(row), Vec::new(), &mut absent));
        }
        sections
    }

    /// Returns a section of the author's own, yet to be filled.
    fn custom_section(
        &mut self,
        row: &Spanned<SectionTable>,
        id: &str,
        names: &mut UniqueNames,
    ) -> Section {
        let at = row.span();
        let table = row.get_ref();
        match &table.id {
            Some(text) if is_typed_section(id) => self.diagnostics.invalid(
                text.span(),
                format!("the section `{id}` has a table of its own"),
                format!("write [{id}] instead of [[section]]"),
            ),
            Some(text) => {
                self.name("id", text);
                self.reject_duplicate(names, "section", id, &text.span());
            }
            None => {
                self.required(&at, "id", None);
            }
        }
        let title = self.required(&at, "title", table.title.as_ref());
        let short = self.optional("short", table.short.as_ref());
        let short = short.unwrap_or_else(|| title.clone());
        empty_section(id, title, short)
    }

    /// Returns a typed section's table and the blocks that typed rows add to it.
    fn typed_blocks<'f>(
        &mut self,
        id: &str,
        file: &'f DocumentFile,
    ) -> (Option<&'f Spanned<SectionTable>>, Vec<Block>) {
        let (table, blocks) = match id {
            "summary" => (&file.summary, Vec::new()),
            "overview" => (
                &file.overview,
                vec![
                    self.synonym_block(&file.synonym),
                    self.not_this(&file.not_this),
                    self.places(&file.place),
                ],
            ),
            "clinical" => (&file.clinical, Vec::new()),
            "coding" => (
                &file.coding,
                vec![
                    self.modifiers(&file.modifier),
                    self.diagnoses(&file.diagnosis),
                    self.related(&file.related),
                    self.taxonomies(&file.taxonomy),
                ],
            ),
            _ => (&file.payers, self.payers(&file.payer).into()),
        };
        (table.as_ref(), blocks.into_iter().flatten().collect())
    }

    /// Fills a section: what its table says, then typed rows, absences, and remarks.
    fn fill_section(
        &mut self,
        mut section: Section,
        table: Option<&Spanned<SectionTable>>,
        data: Vec<Block>,
        absent: &mut Vec<AbsentItem>,
    ) -> Section {
        if let Some(table) = table.map(Spanned::get_ref) {
            for heading in &table.headings {
                section.headings.push(self.text("headings", heading));
            }
            section.blocks = self.section_blocks(table);
        }
        section.blocks.extend(data);
        if let Some(table) = table {
            let remarks = self.remarks_block(&table.get_ref().remark);
            section.blocks.extend(remarks);
        }
        let id = section.id.clone();
        for item in absent.extract_if(.., |item| item.section == id) {
            insert_absence(&mut section.blocks, item.block);
        }
        if let Some(table) = table
            && section.blocks.is_empty()
            && !self.diagnostics.has_suppressed(table.span().start)
        {
            let id = &section.id.0;
            let name = if is_typed_section(id) { id } else { "section" };
            self.diagnostics.missing(
                table.span(),
                format!("the section `{id}` has nothing in it"),
                format!("write text = \"...\", or a [[{name}.fact]], [[{name}.list]], ..."),
            );
        }
        section
    }

    /// Notes names on a section whose names are fixed.
    fn reject_names(&mut self, table: &SectionTable, title: &str) {
        let fields = [
            ("id", &table.id),
            ("title", &table.title),
            ("short", &table.short),
        ];
        for (field, text) in fields {
            if let Some(text) = text {
                self.diagnostics.invalid(
                    text.span(),
                    format!("`{field}` has no place in this section"),
                    format!("it is always called {title}; use headings = [\"...\"] for more"),
                );
            }
        }
    }
}

fn is_typed_section(id: &str) -> bool {
    SECTIONS.iter().any(|(typed, ..)| *typed == id)
}

/// Returns a section without content.
fn empty_section(id: &str, title: String, short: String) -> Section {
    Section {
        id: SectionId(id.to_owned()),
        title,
        short,
        headings: Vec::new(),
        blocks: Vec::new(),
    }
}

fn custom_section_id(row: &Spanned<SectionTable>) -> String {
    let id = row.get_ref().id.as_ref();
    id.map(|id| id.get_ref().trim().to_owned())
        .unwrap_or_default()
}

/// Puts an absence where its item belongs: before the rows that somebody else adds to the same
/// item, else before the typed rows that follow it, else after all but the remarks.
fn insert_absence(blocks: &mut Vec<Block>, mut absence: Block) {
    let own = typed_block_rank(&absence.id.0).or_else(|| typed_block_rank("remarks"));
    let at = blocks
        .iter()
        .position(|block| typed_block_rank(&block.id.0) >= own)
        .unwrap_or(blocks.len());
    if let Some(rows) = blocks.get_mut(at).filter(|block| block.id == absence.id)
        && rows.rows.iter().all(|row| row.voice == Voice::Editor)
        && let Some(title) = &mut rows.title
    {
        title.push_str(", from the editors");
    }
    while blocks.iter().any(|block| block.id == absence.id) {
        absence.id.0.push_str("-absent");
    }
    blocks.insert(at, absence);
}
