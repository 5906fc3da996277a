//! SQLite with FTS5: matches all words, the last one as a prefix, ranked by bm25. It corrects no typos.

use std::path::Path;

use codeleaf::app::MAX_HITS;
use rusqlite::{Connection, params};

use crate::{CorpusDocument, SearchEngine};

struct Sqlite(Connection);

pub fn build(corpus: &[CorpusDocument], path: &Path) -> anyhow::Result<Option<Box<dyn SearchEngine>>> {
    let mut connection = Connection::open(path)?;
    connection.execute_batch(
        "CREATE VIRTUAL TABLE texts USING fts5(code, title, body, prefix = '1 2 3')",
    )?;
    let transaction = connection.transaction()?;
    {
        let mut insert = transaction.prepare("INSERT INTO texts VALUES (?1, ?2, ?3)")?;
        for text in corpus {
            let body = text.file.as_deref().unwrap_or_default();
            insert.execute(params![text.code, text.title, body])?;
        }
    }
    transaction.commit()?;
    Ok(Some(Box::new(Sqlite(connection))))
}

impl SearchEngine for Sqlite {
    fn search(&self, text: &str) -> anyhow::Result<Vec<String>> {
        let words: Vec<String> = text
            .split_whitespace()
            .map(|word| format!("\"{}\"", word.replace('"', "")))
            .collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = self.0.prepare_cached(
            "SELECT code FROM texts WHERE texts MATCH ?1 ORDER BY bm25(texts, 9, 4, 1) LIMIT ?2",
        )?;
        let expression = words.join(" ") + "*";
        let rows = query.query_map(params![expression, i64::try_from(MAX_HITS)?], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
