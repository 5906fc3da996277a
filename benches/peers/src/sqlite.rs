//! SQLite with FTS5: all words, the last one as a beginning, ranked by bm25. It forgives no typo.

use std::path::Path;

use rusqlite::{Connection, params};

use codeleaf::app::MOST_HITS;

use crate::{SearchEngine, CorpusDocument};

struct Sqlite(Connection);

pub fn build(texts: &[CorpusDocument], at: &Path) -> anyhow::Result<Option<Box<dyn SearchEngine>>> {
    let mut connection = Connection::open(at)?;
    connection.execute_batch(
        "CREATE VIRTUAL TABLE texts USING fts5(code, title, body, prefix = '1 2 3')",
    )?;
    let transaction = connection.transaction()?;
    {
        let mut insert = transaction.prepare("INSERT INTO texts VALUES (?1, ?2, ?3)")?;
        for text in texts {
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
        let asked = words.join(" ") + "*";
        let rows = query.query_map(params![asked, i64::try_from(MOST_HITS)?], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
