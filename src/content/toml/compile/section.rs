//! Compiles sections, and decides the order of sections and blocks.

use toml::Spanned;

use crate::content::document::{Block, Section};
use crate::content::row::Voice;
use crate::content::toml::compile::absence::AbsentItem;
use crate::content::toml::compile::compiler::Compiler;
use crate::content::toml::compile::name::{UniqueNames, typed_block_rank};
use crate::content::toml::compile::rows::{PLACE, TAXONOMY};
use crate::content::toml::schema::{DocumentFile, SectionTable};

/// The typed sections in reading order: id, title, title for narrow tabs.
const SECTIONS: [(&str, &str, &str); 5] = [
    ("summary", "Summary", "Summary"),
    ("overview", "Overview", "Overview"),
    ("clinical", "Clinical Context", "Clinical"),
    ("coding", "Coding Specifications", "Coding"),
    ("payers", "Payers", "Payers"),
];

impl Compiler<'_, '_> {
    /// Compiles the sections in reading order: the typed ones, then the author's own.
    pub(crate) fn sections(&mut self, file: &DocumentFile) -> Vec<Section> {
        let absent = file.absent.iter().map(|row| self.absent_item(row));
        let mut absent: Vec<AbsentItem> = absent.collect();
        // The reading order of their blocks, so that each is inserted after the previous one.
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
            let section = Section::new(id, title, short, Vec::new());
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

    /// Makes an author's own section, without blocks.
    fn custom_section(
        &mut self,
        row: &Spanned<SectionTable>,
        id: &str,
        names: &mut UniqueNames,
    ) -> Section {
        let (at, table) = (row.span(), row.get_ref());
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
        Section::new(id, &title, short.as_ref().unwrap_or(&title), Vec::new())
    }

    /// Returns a typed section's table, and compiles the blocks of its typed rows.
    fn typed_blocks<'f>(
        &mut self,
        id: &str,
        file: &'f DocumentFile<'f>,
    ) -> (Option<&'f Spanned<SectionTable<'f>>>, Vec<Block>) {
        let (table, mut blocks) = match id {
            "summary" => (&file.summary, Vec::new()),
            "overview" => (
                &file.overview,
                vec![
                    self.synonym_block(&file.synonym),
                    self.not_this(&file.not_this),
                    self.named_rows(&file.place, &PLACE),
                ],
            ),
            "clinical" => (&file.clinical, Vec::new()),
            "coding" => (
                &file.coding,
                vec![
                    self.modifiers(&file.modifier),
                    self.diagnoses(&file.diagnosis),
                    self.related(&file.related),
                    self.named_rows(&file.taxonomy, &TAXONOMY),
                ],
            ),
            _ => (&file.payers, self.payers(&file.payer).into()),
        };
        blocks.splice(..0, self.guidance(id, &file.guidance));
        (table.as_ref(), blocks.into_iter().flatten().collect())
    }

    /// Adds the blocks of a section: those of its table, typed rows, remarks and absences.
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
                format!("the section `{id}` is empty"),
                format!("write text = \"...\", or a [[{name}.fact]], [[{name}.list]], ..."),
            );
        }
        section
    }

    /// Reports an id or title of a section whose names are fixed.
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
                    format!("`{field}` cannot be set in this section"),
                    format!("its title is always {title}; use headings = [\"...\"] for more"),
                );
            }
        }
    }
}

pub(crate) fn is_typed_section(id: &str) -> bool {
    SECTIONS.iter().any(|(typed, ..)| *typed == id)
}

fn custom_section_id(row: &Spanned<SectionTable>) -> String {
    let id = row.get_ref().id.as_ref();
    id.map(|id| id.get_ref().trim().to_owned())
        .unwrap_or_default()
}

/// Inserts an absence: before the block of the same name (which the editors added), else before the
/// next typed block, else at the end but before the remarks.
fn insert_absence(blocks: &mut Vec<Block>, mut absence: Block) {
    let rank = typed_block_rank(&absence.id.0).or_else(|| typed_block_rank("remarks"));
    let at = blocks
        .iter()
        .position(|block| typed_block_rank(&block.id.0) >= rank)
        .unwrap_or(blocks.len());
    if let Some(block) = blocks.get_mut(at).filter(|block| block.id == absence.id)
        && block.rows.iter().all(|row| row.voice == Voice::Editor)
        && let Some(title) = &mut block.title
    {
        title.push_str(", from the editors");
    }
    while blocks.iter().any(|block| block.id == absence.id) {
        absence.id.0.push_str("-absent");
    }
    blocks.insert(at, absence);
}
