//! Whether the edition that answers is in force on the date of service.

use crate::codesets::{ImportedSets, SetFile, SetHeader};
use crate::content::Date;

/// How an edition relates to the date of service and to the edition in force on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Validity {
    InForce,
    /// The publisher's next edition is not imported.
    Outdated {
        last_day: Date,
        as_of: Date,
    },
    /// No imported edition is in force yet.
    NotYet {
        as_of: Date,
    },
    /// The edition in force no longer has the code.
    Ended {
        deleted_in: String,
        last_day: Option<Date>,
    },
    /// The edition in force does not have the code yet.
    Later {
        missing_in: String,
    },
}

impl Validity {
    /// Describes the edition that answers for a code.
    pub(crate) fn new(sets: &ImportedSets, set: &SetFile) -> Self {
        let header = set.header();
        let Some(in_force) = sets
            .tables_in_force(header.kind)
            .find(|it| it.header().table_key() == header.table_key())
        else {
            return Self::InForce;
        };
        let in_force = in_force.header();
        if in_force.edition != header.edition {
            return if header.sort_key() < in_force.sort_key() {
                Self::ended(sets, header, in_force)
            } else {
                let missing_in = in_force.edition.label();
                Self::Later { missing_in }
            };
        }
        let Some(as_of) = sets.as_of() else {
            return Self::InForce;
        };
        match (header.first_day(), header.last_day()) {
            (Some(first_day), _) if as_of < first_day => Self::NotYet { as_of },
            (_, Some(last_day)) if last_day < as_of => Self::Outdated { last_day, as_of },
            _ => Self::InForce,
        }
    }

    /// The last day is known if the edition that follows is imported.
    fn ended(sets: &ImportedSets, header: &SetHeader, in_force: &SetHeader) -> Self {
        let mut editions = sets.editions(header.kind).map(SetFile::header);
        let next = editions.find(|next| {
            next.table_key() == header.table_key() && next.first_day() > header.first_day()
        });
        let next = next.unwrap_or(in_force);
        let last_day = next.first_day().and_then(Date::previous_day);
        let follows = header.last_day() >= last_day;
        Self::Ended {
            deleted_in: next.edition.period().to_owned(),
            last_day: last_day.filter(|_| follows),
        }
    }

    /// Returns what readers must know before they use the edition.
    pub(crate) fn note(&self, header: &SetHeader) -> Option<String> {
        let label = header.edition.label();
        Some(match self {
            Self::InForce => return None,
            Self::Outdated { last_day, as_of } => format!(
                "Outdated on {as_of}: {label} was in force until {last_day}. Import a later one."
            ),
            Self::NotYet { as_of } => {
                format!("No imported edition is in force on {as_of}; {label} is the next one.")
            }
            Self::Ended {
                deleted_in,
                last_day: Some(last_day),
            } => {
                format!("Valid until {last_day}; deleted in {deleted_in}.")
            }
            Self::Ended {
                deleted_in,
                last_day: None,
            } => {
                format!("In {}, not in {deleted_in}.", header.edition.period())
            }
            Self::Later { missing_in } => match header.first_day() {
                Some(day) => format!("Valid from {day}; not in {missing_in}."),
                None => format!("In {label}, not in {missing_in}."),
            },
        })
    }

    /// Returns a short remark for a heading, or an empty text.
    pub(crate) const fn remark(&self) -> &'static str {
        match self {
            Self::InForce | Self::Ended { .. } | Self::Later { .. } => "",
            Self::Outdated { .. } => " (outdated)",
            Self::NotYet { .. } => " (not yet in force)",
        }
    }
}
