//! codeleaf's search.

use std::path::Path;

use anyhow::Context;
use codeleaf::app::MAX_HITS;
use codeleaf::content::{CodeId, CodeSystem, parse_document};
use codeleaf::search::{DocumentSource, Index, IndexBuilder, Query};

use crate::{CorpusDocument, SearchEngine};

struct Codeleaf(Index);

pub fn build(corpus: &[CorpusDocument], _: &Path) -> anyhow::Result<Option<Box<dyn SearchEngine>>> {
    let mut builder = if corpus.iter().any(|text| text.file.is_some()) {
        IndexBuilder::with_row_store()
    } else {
        IndexBuilder::new()
    };
    // Documents before listed codes, as in a library.
    for file in corpus.iter().filter_map(|text| text.file.as_deref()) {
        builder.add(&parse_document("generated.toml", file.as_bytes())?);
    }
    for text in corpus.iter().filter(|text| text.file.is_none()) {
        let code = CodeId::new(CodeSystem::Icd10cm, &text.code).context("not an ICD-10-CM code")?;
        builder.add_code(&code, &text.title, "");
    }
    Ok(Some(Box::new(Codeleaf(builder.finish(DocumentSource::default())))))
}

impl SearchEngine for Codeleaf {
    fn search(&self, text: &str) -> anyhow::Result<Vec<String>> {
        let results = self.0.search(&Query::parse(text), None, MAX_HITS);
        let codes = results.hits.iter().map(|hit| hit.code.value().to_owned());
        Ok(codes.collect())
    }
}
