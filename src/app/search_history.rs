//! The reader's earlier searches, and the codes that were opened recently or often.

use crate::content::CodeId;

const MAX_QUERIES: usize = 8;
const MAX_CODES: usize = 12;

/// Earlier searches and opened codes, the latest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchHistory {
    pub queries: Vec<String>,
    pub codes: Vec<OpenedCode>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedCode {
    pub code: CodeId,
    pub title: String,
    /// How many times the code was opened.
    pub count: u32,
}

impl SearchHistory {
    pub(crate) fn add_query(&mut self, query: &str) {
        let query = query.trim();
        self.queries.retain(|known| known != query);
        if !query.is_empty() {
            self.queries.insert(0, query.to_owned());
        }
        self.queries.truncate(MAX_QUERIES);
    }

    pub(crate) fn add_code(&mut self, code: &CodeId, title: &str) {
        let known = self.codes.iter().position(|opened| opened.code == *code);
        let count = known.map_or(0, |position| self.codes.remove(position).count);
        let opened = OpenedCode {
            code: code.clone(),
            title: title.to_owned(),
            count: count.saturating_add(1),
        };
        self.codes.insert(0, opened);
        self.drop_least_opened();
    }

    /// Adds what another session of the same reader has saved.
    pub fn merge(&mut self, saved: Self) {
        for query in saved.queries {
            if !self.queries.contains(&query) {
                self.queries.push(query);
            }
        }
        self.queries.truncate(MAX_QUERIES);
        for opened in saved.codes {
            match self
                .codes
                .iter_mut()
                .find(|known| known.code == opened.code)
            {
                Some(known) => known.count = known.count.max(opened.count),
                None => self.codes.push(opened),
            }
        }
        self.drop_least_opened();
    }

    /// Removes the codes opened least often, the oldest of them first, but never the latest.
    fn drop_least_opened(&mut self) {
        while self.codes.len() > MAX_CODES {
            let older = self.codes.iter().enumerate().skip(1).rev();
            let Some((position, _)) = older.min_by_key(|(_, opened)| opened.count) else {
                return;
            };
            self.codes.remove(position);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(n: usize) -> CodeId {
        format!("cpt:{n:05}").parse().unwrap()
    }

    #[test]
    fn codes_opened_often_outlast_those_opened_once() {
        let mut history = SearchHistory::default();
        history.add_code(&code(1), "often");
        history.add_code(&code(1), "often");
        for n in 2..40 {
            history.add_code(&code(n), "once");
        }
        assert_eq!(history.codes.len(), MAX_CODES);
        assert_eq!(history.codes[0].code, code(39));
        assert_eq!(history.codes[MAX_CODES - 1].code, code(1));
        assert_eq!(history.codes[MAX_CODES - 1].count, 2);
    }

    #[test]
    fn code_opened_last_stays_although_all_others_were_opened_more_often() {
        let mut history = SearchHistory::default();
        for n in 0..2 * MAX_CODES {
            history.add_code(&code(n % MAX_CODES), "twice");
        }
        history.add_code(&code(99), "once");
        assert_eq!(history.codes[0].code, code(99));
    }

    #[test]
    fn merge_keeps_both_and_prefers_this_session() {
        let mut history = SearchHistory::default();
        history.add_query("here");
        history.add_code(&code(1), "t");
        let mut saved = SearchHistory::default();
        saved.add_query("there");
        saved.add_query("here");
        saved.add_code(&code(2), "t");
        saved.add_code(&code(1), "t");
        saved.add_code(&code(1), "t");
        history.merge(saved);
        assert_eq!(history.queries, ["here", "there"]);
        let codes: Vec<_> = history.codes.iter().map(|opened| opened.count).collect();
        assert_eq!(codes, [2, 1]);
    }

    #[test]
    fn repeated_query_moves_to_the_front() {
        let mut history = SearchHistory::default();
        for query in ["a", "b", " a ", " "] {
            history.add_query(query);
        }
        assert_eq!(history.queries, ["a", "b"]);
    }
}
