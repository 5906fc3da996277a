//! The file of earlier searches and opened codes.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::app::{OpenedCode, SearchHistory};
use crate::files::{create_folder, lock};
use crate::text::sanitize;
use crate::user_data::dirs::{UserDataError, damaged, read_if_exists, write_error, write_toml};

#[derive(Debug, Default, Serialize, Deserialize)]
struct HistoryFile {
    #[serde(default)]
    queries: Vec<String>,
    #[serde(default)]
    opened: Vec<OpenedRow>,
}

#[derive(Debug, Serialize, Deserialize)]
struct OpenedRow {
    code: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    count: u32,
}

/// Reads the history. Without a file, it is empty.
pub fn load_search_history(path: &Path) -> Result<SearchHistory, UserDataError> {
    let Some(bytes) = read_if_exists(path)? else {
        return Ok(SearchHistory::default());
    };
    let file: HistoryFile =
        toml::from_slice(&bytes).map_err(|error| damaged(path, error.message()))?;
    let opened = file.opened.into_iter().filter_map(|row| {
        Some(OpenedCode {
            code: row.code.parse().ok()?,
            title: sanitize(&row.title).into_owned(),
            count: row.count,
        })
    });
    let queries = file.queries.iter();
    Ok(SearchHistory {
        queries: queries.map(|query| sanitize(query).into_owned()).collect(),
        codes: opened.collect(),
    })
}

/// Writes a history, merged with what other sessions have saved meanwhile. A damaged file is
/// replaced.
pub fn save_search_history(path: &Path, mut history: SearchHistory) -> Result<(), UserDataError> {
    let failed = |source| write_error(path, source);
    if let Some(folder) = path.parent() {
        create_folder(folder).map_err(failed)?;
    }
    let _lock = lock(&path.with_extension("lock")).map_err(failed)?;
    history.merge(load_search_history(path).unwrap_or_default());
    let opened = history.codes.into_iter().map(|opened| OpenedRow {
        code: opened.code.to_string(),
        title: opened.title,
        count: opened.count,
    });
    let content = HistoryFile {
        queries: history.queries,
        opened: opened.collect(),
    };
    write_toml(path, &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_round_trips_and_keeps_what_others_saved() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/history.toml");
        assert_eq!(
            load_search_history(&path).unwrap(),
            SearchHistory::default()
        );
        let history = |query: &str, code: &str| SearchHistory {
            queries: vec![query.to_owned()],
            codes: vec![OpenedCode {
                code: code.parse().unwrap(),
                title: "\"A\" test".to_owned(),
                count: 1,
            }],
        };
        save_search_history(&path, history("her2", "cpt:83950")).unwrap();
        save_search_history(&path, history("k92", "icd10cm:K92.2")).unwrap();
        let saved = load_search_history(&path).unwrap();
        assert_eq!(saved.queries, ["k92", "her2"]);
        assert_eq!(saved.codes[1], history("", "cpt:83950").codes[0]);
    }

    #[test]
    fn damaged_history_is_reported_and_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.toml");
        std::fs::write(&path, "queries = 3").unwrap();
        assert!(matches!(
            load_search_history(&path),
            Err(UserDataError::Damaged { .. })
        ));
        save_search_history(&path, SearchHistory::default()).unwrap();
        assert!(load_search_history(&path).is_ok());
    }
}
