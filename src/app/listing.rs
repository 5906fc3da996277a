//! Keeps the library's lists: by code, by modifier or by payer; what they are filtered by, which
//! line is chosen, and what is in sight.
//!
//! Of ten thousand documents and a hundred thousand codes a list keeps numbers at most. What a line
//! says beyond its name is asked for when it comes into sight ([`Listing::missing`]) and told by
//! whoever may read files ([`Listing::tell`]).

mod parts;

use std::collections::BTreeMap;
use std::sync::Arc;

use tui_input::{Input, InputRequest};

use super::groups::{Choice, Groups, Heading};
use super::{App, Effect, Focus, Sheet};
use crate::content::CodeId;
use crate::library::{About, Ask, Broken, Entry, Excerpt, Library, Topic};
use crate::search::Index;
use parts::{Part, Which};

/// How many documents are laid side by side; more would not be read.
const MOST_BESIDE: usize = 40;

/// How many answers are kept before those out of sight are let go.
const MOST_TOLD: usize = 512;

/// What the library is listed by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// Documents, broken files, and codes of imported sets, each by system.
    #[default]
    Code,
    /// Each modifier, with the documents that have a row on it.
    Modifier,
    /// Each payer, with the documents that say something of it.
    Payer,
}

impl By {
    const ALL: [Self; 3] = [Self::Code, Self::Modifier, Self::Payer];

    /// Returns what stands before the filter.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Code => "by code",
            Self::Modifier => "by modifier",
            Self::Payer => "by payer",
        }
    }

    /// Returns the lines of an item.
    const fn lines(self) -> u16 {
        match self {
            Self::Code => 1,
            Self::Modifier | Self::Payer => 2,
        }
    }
}

/// The library's lists, of which one is shown.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    by: By,
    filter: Input,
    parts: Vec<Part>,
    groups: Groups,
    choice: Choice,
    told: BTreeMap<Ask, Excerpt>,
    /// How many codes of imported sets pass the filter and are not listed.
    left_out: usize,
}

/// One item of a list.
#[derive(Clone, Debug)]
pub enum Listed<'a> {
    /// A document.
    Entry(&'a Entry),
    /// A file that could not be read.
    Broken(&'a Broken),
    /// A code of an imported set.
    Code {
        /// The code.
        code: CodeId,
        /// Its title.
        title: String,
        /// How it stands in its set, once that is known.
        usage: Option<&'a Excerpt>,
    },
    /// What a document says on a modifier or of a payer.
    Row {
        /// The document.
        entry: &'a Entry,
        /// What it is asked.
        about: &'a About,
        /// What it says, once that is known.
        excerpt: Option<&'a Excerpt>,
    },
    /// All documents on a modifier or payer, side by side: how many.
    Beside(usize),
}

impl Listing {
    /// Lists everything.
    pub(super) fn new(by: By, library: &Library, index: &Index) -> Self {
        let mut listing = Self {
            by,
            ..Self::default()
        };
        listing.filter(library, index);
        listing
    }

    /// Returns what is listed.
    pub const fn by(&self) -> By {
        self.by
    }

    /// Returns what it is filtered by.
    pub fn text(&self) -> &str {
        self.filter.value()
    }

    /// Returns the columns of the filter's text before the cursor.
    pub fn cursor(&self) -> usize {
        self.filter.visual_cursor()
    }

    /// Returns the number of the chosen item, from 0.
    pub const fn chosen(&self) -> usize {
        self.choice.item
    }

    /// Returns the number of the line that is shown first.
    pub const fn top(&self) -> usize {
        self.choice.top
    }

    /// Returns where items and headings stand.
    pub const fn groups(&self) -> &Groups {
        &self.groups
    }

    /// Returns how many items there are.
    pub fn len(&self) -> usize {
        self.groups.count()
    }

    /// Says whether nothing passes the filter.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns how many codes of imported sets pass the filter and are not listed.
    pub const fn left_out(&self) -> usize {
        self.left_out
    }

    /// Returns an item.
    pub fn item<'a>(&'a self, n: usize, library: &'a Library, index: &Index) -> Option<Listed<'a>> {
        let (part, within) = self.find(n)?;
        Some(match &part.which {
            Which::Entries(entries) => {
                let entry = library.entries().get(*entries.get(within)?)?;
                Listed::Entry(entry)
            }
            Which::Broken(broken) => Listed::Broken(library.broken().get(*broken.get(within)?)?),
            Which::Codes(_) | Which::Found(_) => {
                let number = part.code(within, index)?;
                let (code, title) = index.code(number)?;
                let ask = Ask {
                    code,
                    about: About::Listing,
                };
                Listed::Code {
                    usage: self.told.get(&ask),
                    code: ask.code,
                    title,
                }
            }
            Which::About(about, entries) => match part.entry(within) {
                None => Listed::Beside(entries.len()),
                Some(at) => {
                    let entry = library.entries().get(at)?;
                    let ask = Ask {
                        code: entry.code.clone(),
                        about: about.clone(),
                    };
                    Listed::Row {
                        entry,
                        about,
                        excerpt: self.told.get(&ask),
                    }
                }
            },
        })
    }

    /// Returns what is to be laid side by side for an item, where it is about such a thing.
    pub(super) fn topic(&self, n: usize, library: &Library) -> Option<Topic> {
        let (part, within) = self.find(n)?;
        let Which::About(about, entries) = &part.which else {
            return None;
        };
        let chosen = match part.entry(within) {
            Some(at) => vec![at],
            None => entries.iter().copied().take(MOST_BESIDE).collect(),
        };
        let left_out = match part.entry(within) {
            Some(_) => 0,
            None => entries.len().saturating_sub(MOST_BESIDE),
        };
        let codes = chosen
            .into_iter()
            .filter_map(|at| library.entries().get(at));
        Some(Topic {
            about: about.clone(),
            codes: codes.map(|entry| entry.code.clone()).collect(),
            left_out,
        })
    }

    /// Returns what has to be asked to show the lines in sight.
    pub(super) fn missing(&self, library: &Library, index: &Index, height: u16) -> Vec<Ask> {
        let asks = self.in_sight(height).filter_map(|n| {
            let (part, within) = self.find(n)?;
            Some(match &part.which {
                Which::Entries(_) | Which::Broken(_) => return None,
                Which::Codes(_) | Which::Found(_) => Ask {
                    code: index.code(part.code(within, index)?)?.0,
                    about: About::Listing,
                },
                Which::About(about, _) => Ask {
                    code: library.entries().get(part.entry(within)?)?.code.clone(),
                    about: about.clone(),
                },
            })
        });
        asks.filter(|ask| !self.told.contains_key(ask)).collect()
    }

    /// Takes answers in.
    pub(super) fn tell(&mut self, answers: Vec<(Ask, Excerpt)>) {
        if self.told.len() + answers.len() > MOST_TOLD {
            // Whatever of it is still in sight is asked for once more.
            self.told.clear();
        }
        self.told.extend(answers);
    }

    /// Lists what there is now: the library has changed. The choice stays where it was, since codes
    /// come after the documents when the index is there.
    pub(super) fn renew(&mut self, library: &Library, index: &Index) {
        let choice = self.choice;
        self.told.clear();
        self.filter(library, index);
        self.choice = choice;
    }

    fn in_sight(&self, height: u16) -> impl Iterator<Item = usize> {
        let lines = self.choice.top..self.choice.top + usize::from(height);
        let mut items: Vec<usize> = lines
            .filter_map(|line| match self.groups.at(line, height)? {
                super::groups::Line::Item(n, _) => Some(n),
                super::groups::Line::Heading(_) => None,
            })
            .collect();
        items.dedup();
        items.into_iter()
    }

    fn find(&self, n: usize) -> Option<(&Part, usize)> {
        let (part, within) = self.groups.find(n)?;
        Some((self.parts.get(part)?, within))
    }

    /// Chooses the first item that is about a code.
    pub(super) fn choose_code(&mut self, library: &Library, code: &CodeId) {
        let Some(at) = library
            .entries()
            .iter()
            .position(|entry| entry.code == *code)
        else {
            return;
        };
        let mut before = 0;
        for part in &self.parts {
            if let Some(within) = part.position(at) {
                self.choice.item = before + within;
                return;
            }
            before += part.len();
        }
    }

    /// Chooses by how far it is from the chosen one, and shows it in a list of some lines.
    pub(super) fn choose(&mut self, by: isize, lines: u16) {
        self.choice.step(by, &self.groups, lines);
    }

    /// Returns how many items a list of some lines shows.
    pub(super) fn visible(&self, lines: u16) -> usize {
        self.groups.visible(lines)
    }

    /// Turns to another list, around the ends.
    pub(super) fn turn(&mut self, by: isize, library: &Library, index: &Index) {
        let at = By::ALL.iter().position(|one| *one == self.by);
        let count = By::ALL.len();
        let at = at.unwrap_or_default().checked_add_signed(by);
        self.by = By::ALL[at.unwrap_or(count - 1) % count];
        self.filter(library, index);
    }

    /// Edits the filter; says whether its text has changed.
    pub(super) fn edit(&mut self, request: InputRequest, library: &Library, index: &Index) {
        let change = self.filter.handle(request);
        if change.is_some_and(|change| change.value) {
            self.filter(library, index);
        }
    }

    /// Puts text into the filter at the cursor.
    pub(super) fn insert(&mut self, text: &str, library: &Library, index: &Index) {
        for c in text.chars() {
            self.filter.handle(InputRequest::InsertChar(c));
        }
        self.filter(library, index);
    }

    /// Filters anew.
    pub(super) fn filter(&mut self, library: &Library, index: &Index) {
        let words = self.filter.value();
        (self.parts, self.left_out) = parts::passing(self.by, words, library, index);
        let headings = self.parts.iter().map(|part| Heading {
            title: part.title.clone(),
            count: part.len(),
            said: part.said(),
        });
        self.groups = Groups::new(headings, self.by.lines());
        self.choice = Choice::default();
    }
}

impl App {
    /// Opens the chosen item: a document, a report, or what documents say side by side.
    pub(super) fn open_listed(&mut self, listing: Listing) -> Option<Effect> {
        let (library, index) = (Arc::clone(&self.library), Arc::clone(&self.index));
        let chosen = listing.chosen();
        match listing.item(chosen, &library, &index) {
            Some(Listed::Entry(Entry { code, .. })) => {
                self.jump();
                Some(Effect::Load(code.clone(), None))
            }
            Some(Listed::Code { code, .. }) => {
                self.jump();
                Some(Effect::Load(code, None))
            }
            Some(Listed::Broken(broken)) => {
                self.focus = Focus::Text(Sheet::report(broken, &self.keymap, self.setting()));
                None
            }
            Some(Listed::Row { .. } | Listed::Beside(_)) | None => {
                let topic = listing.topic(chosen, &library);
                // The list stays until the answer is there, and is come back to.
                self.focus = Focus::Library(listing);
                topic.map(Effect::Compare)
            }
        }
    }

    /// Shows the library's lists, at the open document.
    pub(super) fn list(&mut self) {
        let mut listing = Listing::new(By::Code, &self.library, &self.index);
        listing.choose_code(&self.library, &self.reading.document().code);
        listing.choose(0, self.layout().list().1.height);
        self.focus = Focus::Library(listing);
    }
}
