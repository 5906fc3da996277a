//! The end of a document: its title, its history, and its sources.

use crate::content::labels;
use crate::content::{AsOf, Document, Source};
use crate::layout::builder::PageBuilder;
use crate::layout::page::{LayoutOptions, Page, PageEnd, Role};

impl Page {
    /// Lays out the title and history of a document, some of its sources, and its notices.
    pub fn from_document(document: &Document, sources: &[&Source], options: LayoutOptions) -> Self {
        let mut builder = PageBuilder::new(document, options);
        builder.about(sources);
        builder.finish(PageEnd::Notices)
    }

    /// Lays out the code and title of a document.
    pub fn from_title(document: &Document, options: LayoutOptions) -> Self {
        let mut builder = PageBuilder::new(document, options);
        builder.title();
        builder.finish(PageEnd::Nothing)
    }

    /// Lays out what a document is about: its title, its history, and its first section.
    pub fn from_summary(document: &Document, options: LayoutOptions) -> Self {
        let mut builder = PageBuilder::new(document, options);
        builder.title();
        builder.paragraph(&document.history().join(" · "), Role::Source, 0);
        let titles = document.sections.iter().map(|section| &*section.title);
        let titles = titles.collect::<Vec<_>>().join(" · ");
        builder.paragraph(&titles, Role::Label, 0);
        let mut page = builder.finish(PageEnd::Nothing);
        page.append(Self::from_section(document, 0, options, PageEnd::Notices));
        page
    }

    pub fn from_notices(document: &Document, options: LayoutOptions) -> Self {
        PageBuilder::new(document, options).finish(PageEnd::Notices)
    }
}

impl PageBuilder<'_> {
    fn title(&mut self) {
        let document = self.document;
        let title = format!("{}  {}", document.code.value(), document.title);
        self.paragraph(&title, Role::Heading, 0);
    }

    pub(crate) fn about(&mut self, sources: &[&Source]) {
        let document = self.document;
        self.blank_line();
        self.paragraph(labels::ABOUT, Role::Title, 0);
        let (system, code) = (document.code.system(), document.code.value());
        self.paragraph(
            &format!("{system} {code}  {}", document.title),
            Role::Text,
            0,
        );
        self.paragraph(&document.history().join(" · "), Role::Text, 0);
        if sources.is_empty() {
            return;
        }
        self.blank_line();
        self.paragraph(labels::SOURCES, Role::Title, 0);
        for line in source_lines(document, sources) {
            self.hanging_paragraph("• ", &line, Role::Source, 0);
        }
    }
}

/// Describes sources: the short name if it differs from the title, title, date, authority, and
/// whether the document quotes it.
pub fn source_lines(document: &Document, sources: &[&Source]) -> Vec<String> {
    let quoted = document.quoted_sources();
    let lines = sources.iter().map(|source| {
        let mut line = source.citation();
        if source.short != source.title {
            line = format!("{}: {line}", source.short);
        }
        if source.as_of != AsOf::Unknown && source.read != AsOf::Unknown {
            line += &format!(", {}", labels::read(source.read));
        }
        line += &format!(" · {}", source.kind.id());
        if quoted.contains(&source.id) {
            line += &format!(" · {}", labels::QUOTED);
        }
        line.extend(source.url.iter().map(|url| format!(" · {url}")));
        line
    });
    lines.collect()
}
