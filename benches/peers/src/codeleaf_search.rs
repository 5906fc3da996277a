//! codeleaf's own search.

use std::path::Path;

use anyhow::Context;
use codeleaf::content::{CodeId, CodeSystem, parse_document};
use codeleaf::search::{Index, IndexBuilder, Query, DocumentSource};

use codeleaf::app::MOST_HITS;

use crate::{SearchEngine, CorpusDocument};

struct Codeleaf(Index);

pub fn build(texts: &[CorpusDocument], _: &Path) -> anyhow::Result<Option<Box<dyn SearchEngine>>> {
    let mut builder = if texts.iter().any(|text| text.file.is_some()) {
        IndexBuilder::with_row_store()
    } else {
        IndexBuilder::new()
    };
    // Documents first, as the reader does.
    for file in texts.iter().filter_map(|text| text.file.as_deref()) {
        builder.add(&parse_document("made-up.toml", file.as_bytes())?);
    }
    for text in texts.iter().filter(|text| text.file.is_none()) {
        let code = CodeId::new(CodeSystem::Icd10cm, &text.code).context("no ICD-10-CM code")?;
        builder.add_code(&code, &text.title, "");
    }
    Ok(Some(Box::new(Codeleaf(builder.finish(DocumentSource::default())))))
}

impl SearchEngine for Codeleaf {
    fn search(&self, text: &str) -> anyhow::Result<Vec<String>> {
        let results = self.0.search(&Query::parse(text), None, MOST_HITS);
        let codes = results.hits.iter().map(|hit| hit.code.value().to_owned());
        Ok(codes.collect())
    }
}
