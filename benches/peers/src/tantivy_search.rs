//! tantivy: matches every word exactly or with typos, the last one also as a prefix.

use std::path::Path;

use codeleaf::app::MAX_HITS;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, FuzzyTermQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, STORED, STRING, Schema, TEXT, Value};
use tantivy::{Index, IndexReader, TantivyDocument, Term, doc};

use crate::{CorpusDocument, SearchEngine};

struct Tantivy {
    reader: IndexReader,
    code: Field,
    title: Field,
    body: Field,
}

pub fn build(corpus: &[CorpusDocument], path: &Path) -> anyhow::Result<Option<Box<dyn SearchEngine>>> {
    let mut schema = Schema::builder();
    let code = schema.add_text_field("code", STRING | STORED);
    let title = schema.add_text_field("title", TEXT);
    let body = schema.add_text_field("body", TEXT);
    std::fs::create_dir(path)?;
    let index = Index::create_in_dir(path, schema.build())?;
    let mut writer = index.writer(100_000_000)?;
    for text in corpus {
        writer.add_document(doc!(
            code => text.code.to_lowercase(),
            title => text.title.as_str(),
            body => text.file.as_deref().unwrap_or_default(),
        ))?;
    }
    writer.commit()?;
    let reader = index.reader()?;
    Ok(Some(Box::new(Tantivy {
        reader,
        code,
        title,
        body,
    })))
}

impl Tantivy {
    /// Returns the query for a word: an exact match scores best, then a prefix, then a typo.
    fn word_query(&self, word: &str, is_last: bool) -> Box<dyn Query> {
        let mut alternatives: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        let typos = match word.chars().count() {
            0..4 => 0,
            4..7 => 1,
            _ => 2,
        };
        for (field, weight) in [(self.code, 9.0), (self.title, 4.0), (self.body, 1.0)] {
            let term = Term::from_field_text(field, word);
            let exact = TermQuery::new(term.clone(), IndexRecordOption::WithFreqs);
            let mut add = |query: Box<dyn Query>, weight| {
                alternatives.push((Occur::Should, Box::new(BoostQuery::new(query, weight))));
            };
            add(Box::new(exact), weight);
            if is_last {
                let prefix = FuzzyTermQuery::new_prefix(term.clone(), 0, true);
                add(Box::new(prefix), weight / 4.0);
            }
            if typos > 0 && field != self.code {
                let fuzzy = if is_last {
                    FuzzyTermQuery::new_prefix(term, typos, true)
                } else {
                    FuzzyTermQuery::new(term, typos, true)
                };
                add(Box::new(fuzzy), weight / 8.0);
            }
        }
        Box::new(BooleanQuery::new(alternatives))
    }
}

impl SearchEngine for Tantivy {
    fn search(&self, text: &str) -> anyhow::Result<Vec<String>> {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for (n, word) in words.iter().enumerate() {
            clauses.push((Occur::Must, self.word_query(word, n + 1 == words.len())));
        }
        let searcher = self.reader.searcher();
        let best = searcher.search(
            &BooleanQuery::new(clauses),
            &TopDocs::with_limit(MAX_HITS).order_by_score(),
        )?;
        let mut codes = Vec::with_capacity(best.len());
        for (_, address) in best {
            let document: TantivyDocument = searcher.doc(address)?;
            let code = document.get_first(self.code).and_then(|value| value.as_str());
            codes.push(code.unwrap_or_default().to_uppercase());
        }
        Ok(codes)
    }
}
