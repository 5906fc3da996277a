//! Everyday questions: what a biller types, and the codes that answer it. A file of them has a
//! question and its acceptable codes on each line: `htn<TAB>I10`, `chf<TAB>I50|I50.9`.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use codeleaf::codesets::{ImportRequest, SetStore, open_groups};
use codeleaf::content::Date;
use codeleaf::library::Library;
use codeleaf::search::{Index, IndexBuilder, Query};

pub struct Question {
    pub text: String,
    pub codes: Vec<String>,
}

pub fn parse_questions(text: &str) -> Vec<Question> {
    let questions = text.lines().filter_map(|line| line.split_once('\t'));
    let questions = questions.map(|(text, codes)| Question {
        text: text.to_owned(),
        codes: codes.split('|').map(str::to_owned).collect(),
    });
    questions.collect()
}

/// Imports the ICD-10-CM and HCPCS files of a folder, and indexes them with the built-in documents.
pub fn index_with_sets(folder: &Path) -> anyhow::Result<Index> {
    let store = tempfile::tempdir()?;
    let sets = SetStore::new(store.path().to_owned());
    let request = ImportRequest {
        edition: None,
        replace: true,
        today: Date::new(2025, 1, 1).context("not a date")?,
    };
    for name in ["icd10cm-order-2025.txt", "hcpcs-2019-anweb.txt"] {
        for group in open_groups(None, &[folder.join(name)])? {
            sets.import(&group, &request, &mut |_| ())?;
        }
    }
    let library = Library::built_in().with_sets(sets.open_sets());
    Ok(IndexBuilder::index_library(&Arc::new(library)))
}

/// Returns the position of the first hit that answers a question, and the hits before it.
pub fn answer(index: &Index, question: &Question, limit: usize) -> (Option<usize>, Vec<String>) {
    let results = index.search(&Query::parse(&question.text), None, limit);
    let mut codes = results.hits.iter().map(|hit| hit.code.value().to_owned());
    let mut before = Vec::new();
    let found = codes.find_map(|code| {
        let is_answer = question.codes.contains(&code);
        let position = before.len();
        before.push(code);
        is_answer.then_some(position)
    });
    (found, before)
}
