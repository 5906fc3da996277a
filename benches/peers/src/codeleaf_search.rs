//! codeleaf's own search.

use std::path::Path;

use anyhow::Context;
use codeleaf::content::{CodeId, System, read};
use codeleaf::search::{Index, IndexBuilder, Query, Texts};

use codeleaf::app::MOST_HITS;

use crate::{Peer, Text};

struct Own(Index);

pub fn make(texts: &[Text], _: &Path) -> anyhow::Result<Option<Box<dyn Peer>>> {
    let mut builder = if texts.iter().any(|text| text.file.is_some()) {
        IndexBuilder::for_many()
    } else {
        IndexBuilder::new()
    };
    // Documents first, as the reader does.
    for file in texts.iter().filter_map(|text| text.file.as_deref()) {
        builder.add(&read("made-up.toml", file.as_bytes())?);
    }
    for text in texts.iter().filter(|text| text.file.is_none()) {
        let code = CodeId::new(System::Icd10cm, &text.code).context("no ICD-10-CM code")?;
        builder.add_code(&code, &text.title, "");
    }
    Ok(Some(Box::new(Own(builder.finish(Texts::default())))))
}

impl Peer for Own {
    fn ask(&self, text: &str) -> anyhow::Result<Vec<String>> {
        let results = self.0.search(&Query::parse(text), None, MOST_HITS);
        let codes = results.hits.iter().map(|hit| hit.code.value().to_owned());
        Ok(codes.collect())
    }
}
