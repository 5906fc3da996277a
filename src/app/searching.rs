//! Keeps a search: the field, its answers, the one that is chosen, and the one gone to.

use tui_input::{Input, InputRequest};

use crate::content::CodeId;
use crate::search::{Hit, Index, Marker, Query, Results};

/// How many hits are listed at most. Each has its text read again at every keystroke; who wants
/// more is better served by another word.
const LIMIT: usize = 60;

/// The lines that one hit takes in the list: where, then what.
pub const HIT_LINES: u16 = 2;

/// What a search can be bounded to, for those who do not know the words for it: what to type, and
/// what it does.
pub const SCOPES: [(&str, &str); 5] = [
    ("mod:", "a modifier, in every document: mod:26"),
    ("payer:", "a payer, in every document: payer:aetna"),
    ("code:", "codes that begin so: code:839"),
    ("in:", "one section: in:coding"),
    ("set:", "one code set: set:icd10cm"),
];

/// The search field and its answers.
#[derive(Clone, Debug, Default)]
pub struct Searching {
    input: Input,
    results: Results,
    chosen: usize,
    top: usize,
}

impl Searching {
    /// Returns what has been typed.
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// Returns the columns of the field's text before the cursor.
    pub fn cursor(&self) -> usize {
        self.input.visual_cursor()
    }

    /// Returns the answers.
    pub const fn results(&self) -> &Results {
        &self.results
    }

    /// Returns the number of the chosen hit, or of the chosen nearest term where nothing matched.
    pub const fn chosen(&self) -> usize {
        self.chosen
    }

    /// Returns the number of the hit that is listed first.
    pub const fn top(&self) -> usize {
        self.top
    }

    /// Returns the chosen hit.
    pub fn hit(&self) -> Option<&Hit> {
        self.results.hits.get(self.chosen)
    }

    /// Returns the chosen one of the nearest terms, where nothing matched.
    pub fn nearest(&self) -> Option<&str> {
        let nearest = self.results.nearest.get(self.chosen);
        nearest
            .filter(|_| self.results.hits.is_empty())
            .map(String::as_str)
    }

    /// Searches anew for what stands in the field.
    pub(super) fn ask(&mut self, index: &Index, open: &CodeId) {
        let query = Query::parse(self.input.value());
        self.results = if query.is_empty() {
            Results::default()
        } else {
            index.search(&query, Some(open), LIMIT)
        };
        self.chosen = 0;
        self.top = 0;
    }

    /// Edits the field; says whether its text has changed.
    pub(super) fn edit(&mut self, request: InputRequest) -> bool {
        self.input
            .handle(request)
            .is_some_and(|change| change.value)
    }

    /// Puts text in at the cursor.
    pub(super) fn insert(&mut self, text: &str) {
        for c in text.chars() {
            self.edit(InputRequest::InsertChar(c));
        }
    }

    /// Puts another text into the field.
    pub(super) fn replace(&mut self, text: String) {
        self.input = Input::new(text);
    }

    /// Chooses a hit by how far it is from the chosen one, and shows it in a list of some lines.
    pub(super) fn choose(&mut self, by: isize, lines: u16) {
        let count = self.choices();
        self.chosen = self
            .chosen
            .saturating_add_signed(by)
            .min(count.saturating_sub(1));
        let visible = self.visible(lines);
        self.top = self
            .top
            .clamp(self.chosen.saturating_sub(visible - 1), self.chosen);
    }

    /// Returns how many hits a list of some lines shows.
    pub(super) fn visible(&self, lines: u16) -> usize {
        let each = if self.results.hits.is_empty() {
            1
        } else {
            HIT_LINES
        };
        usize::from(lines / each).max(1)
    }

    /// Returns the chosen one of [`SCOPES`], while nothing is typed.
    pub(super) fn scope(&self) -> Option<&'static str> {
        let (scope, _) = SCOPES.get(self.chosen)?;
        self.text().is_empty().then_some(scope)
    }

    fn choices(&self) -> usize {
        if self.text().is_empty() {
            return SCOPES.len();
        }
        match self.results.hits.len() {
            0 => self.results.nearest.len(),
            hits => hits,
        }
    }

    /// Ends the search at the chosen hit.
    pub(super) fn found(self) -> Option<Found> {
        let at = self.chosen;
        (at < self.results.hits.len()).then(|| Found {
            text: self.input.value().to_owned(),
            hits: self.results.hits,
            marker: self.results.marker,
            at,
        })
    }
}

/// A search whose hits the reader goes through.
#[derive(Clone, Debug)]
pub struct Found {
    /// What was asked for.
    pub text: String,
    /// The hits, best first; never empty.
    pub hits: Vec<Hit>,
    /// Marks the words that were found.
    pub marker: Marker,
    /// The number of the hit that the reader went to last.
    pub at: usize,
}
