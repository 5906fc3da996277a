//! The words of a document's page: first the texts, in the order in which they appear on it, then the
//! labels of statuses, standings, absences and sources.
//!
//! The titles of sections and blocks, the labels of columns and the relations of codes are next to
//! the tables of the file that they belong to, in [`crate::content::toml`].

use crate::content::date::AsOf;
use crate::content::document::{Document, Status};
use crate::content::row::Standing;
use crate::content::source::{AbsenceReason, Source, SourceKind, Unavailable};
use crate::text::texts;

texts! {
    edition(edition) = "edition {edition}";
    reviewed_by(name) = "reviewed by {name}";
    effective(date) = "effective {date}";
    revised(date) = "revised {date}";
    next_review(date) = "next review {date}";
    // Marks of a payer's rule, with explanations below the table.
    DIFFERS = "≠ differs";
    PAYER_VALUES_LEGEND = "≠ differs from most payers.";
    RULES_LEGEND = "≠ differs from the document's own rule; where that is disputed or missing, \
                    from what most payers say.";
    // A narrow row whose remarks are left to its details.
    MORE = "… more";
    REMARKS = "Editor's remarks";
    // The rows of an absence, if it is in all rows of a table.
    EVERY_ROW = "every row";
    checked(date) = "checked {date}";
    see(place) = "see: {place}";
    NO_SOURCE = "no source named";
    unknown_source(id) = "{id}, source unknown";
    conflict(source) = "Conflicts with: {source}";
    conflict_after_source(source) = " · conflicts with: {source}";
    // The end of the page.
    ABOUT = "About this document";
    SOURCES = "Sources";
    read(date) = "read {date}";
    QUOTED = "quoted word for word";
}

impl Document {
    /// Returns system and status, and the edition of an official code or the review of a document.
    pub fn review_status(&self) -> String {
        let status = Some(self.status.label()).filter(|_| self.status != Status::Active);
        let edition = self.edition.as_ref().map(edition);
        let review = edition.unwrap_or_else(|| self.review());
        let parts = [Some(self.code.system().name()), status, Some(&review)];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    /// Returns the status of the code, and when and by whom the document was revised and reviewed.
    pub fn history(&self) -> Vec<String> {
        let dated = |text: fn(AsOf) -> String, date| (date != AsOf::Unknown).then(|| text(date));
        let parts = [
            Some(self.status.label().to_owned()),
            dated(effective, self.effective),
            dated(revised, self.revised),
            Some(self.review()),
            dated(next_review, self.next_review),
        ];
        parts.into_iter().flatten().collect()
    }

    fn review(&self) -> String {
        let name = self.reviewed_by.as_ref();
        name.map_or_else(|| "not reviewed".to_owned(), reviewed_by)
    }
}

impl Status {
    const fn label(self) -> &'static str {
        match self {
            Self::Active | Self::Deleted => self.id(),
            Self::Unverified => "status not verified",
        }
    }
}

impl Standing {
    /// The label for display. Its symbol makes the states distinct without color.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Usual => "+ usual",
            Self::Situational => "~ conditional",
            Self::NotExpected => "x not appropriate",
            Self::Disputed => "! disputed",
        }
    }
}

impl Unavailable {
    /// The text in a table, where a sign tells it from a value.
    pub fn short_text(&self) -> String {
        let text = self.text_with(self.reason.short_label());
        match self.reason {
            AbsenceReason::Imported => text,
            AbsenceReason::NoEntry => format!("({text})"),
            _ => format!("– {text}"),
        }
    }

    /// The text in the row's details.
    pub fn text(&self) -> String {
        self.text_with(self.reason.label())
    }

    fn text_with(&self, label: &str) -> String {
        match (self.reason, &self.find) {
            (AbsenceReason::Imported | AbsenceReason::NotListed, Some(place)) => {
                format!("{label} {place}")
            }
            _ => label.to_owned(),
        }
    }
}

impl AbsenceReason {
    const fn short_label(self) -> &'static str {
        match self {
            Self::SourceSilent => "not stated",
            Self::NotLoaded => "not imported",
            Self::NotApplicable => "not applicable",
            Self::License => "not shipped",
            Self::Unpublished => "unpublished",
            Self::Imported | Self::NotListed | Self::NoEntry => self.label(),
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::SourceSilent => "not stated in source",
            Self::NotLoaded => "not imported · import the file to see it",
            Self::NotApplicable => "not applicable",
            Self::License => "not shipped · its owner's license forbids it",
            Self::Unpublished => "not published (contract rate)",
            Self::Imported => "see",
            Self::NotListed => "not listed in",
            Self::NoEntry => "no entry in this document",
        }
    }
}

impl Source {
    /// Formats the title, the section and the date: `CMS PFS relative value files, 2023`, `Noridian,
    /// modifier 90, undated, read 2026-11-25`.
    pub fn citation(&self) -> String {
        let title = match &self.section {
            Some(section) => format!("{}, {section}", self.title),
            None => self.title.clone(),
        };
        match (self.as_of, self.read) {
            (AsOf::Unknown, day) if day != AsOf::Unknown => {
                format!("{title}, undated, {}", read(day))
            }
            (as_of, _) => format!("{title}, {as_of}"),
        }
    }

    /// Formats the citation, with `according to` for a secondary source.
    pub fn attribution(&self) -> String {
        let rank = match self.kind {
            SourceKind::Secondary => "according to ",
            SourceKind::Primary | SourceKind::InHouse => "",
        };
        format!("{rank}{}", self.citation())
    }
}
