//! Which document overrides which: the order of the content folders, and the merge of their
//! catalogs.

use std::env::split_paths;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::diagnostics::Report;
use crate::library::built_in;
use crate::library::catalog_record::CatalogRecord;
use crate::library::entry::{BrokenFile, CatalogEntry, Origin};
use crate::library::interner::Interner;
use crate::library::scan::{Scan, ScannedFile};

/// Returns the folders of documents; a later one overrides an earlier one.
///
/// They are `content` in the user's data folder, then those of `CODELEAF_CONTENT` (separated by
/// colons), then the `explicit` ones. Only the first is left out if it does not exist, because the
/// user did not ask for it; the library reports the others.
pub fn content_folders(
    data_folder: Option<&Path>,
    variable: Option<&OsStr>,
    explicit: &[PathBuf],
) -> Vec<PathBuf> {
    let data = data_folder.map(|folder| folder.join("content"));
    let variable = variable.unwrap_or_default();
    let named = split_paths(variable).filter(|path| !path.as_os_str().is_empty());
    data.into_iter()
        .filter(|folder| folder.exists())
        .chain(named)
        .chain(explicit.iter().cloned())
        .collect()
}

/// Collects the layers of a catalog, lowest first.
///
/// A reader keeps its entries as long as it runs. Small temporary allocations between them would
/// leave holes in memory, so this code makes as few as possible.
#[derive(Debug, Default)]
pub(crate) struct CatalogBuilder {
    /// Sorted by code; each code occurs once.
    entries: Vec<CatalogEntry>,
    broken: Vec<BrokenFile>,
    interner: Interner,
}

impl CatalogBuilder {
    /// Adds the built-in documents and every layer of a scan, which has one record for each file.
    pub(crate) fn from_records(scan: &Scan, records: Vec<CatalogRecord>) -> Self {
        let mut catalog = Self::default();
        catalog.add_built_in();
        let mut records = records.into_iter();
        for layer in &scan.layers {
            match &layer.files {
                Ok(files) => catalog.add_layer(files, records.by_ref()),
                Err(report) => catalog.add_broken(&layer.folder, report.clone()),
            }
        }
        catalog
    }

    fn add_built_in(&mut self) {
        let files = built_in::FILES.iter();
        let mut layer: Vec<CatalogEntry> = files.filter_map(CatalogEntry::from_built_in).collect();
        layer.sort_by(|a, b| a.code.cmp(&b.code));
        self.push_layer(layer);
    }

    /// Adds the files of a folder, which override all that were added earlier.
    fn add_layer(&mut self, files: &[ScannedFile], records: impl Iterator<Item = CatalogRecord>) {
        let first_broken = self.broken.len();
        let mut layer = Vec::with_capacity(files.len());
        for (file, record) in files.iter().zip(records) {
            match record.outcome {
                Ok(entry) => layer.push(entry),
                Err(report) => self.add_broken(&file.path, report),
            }
        }
        // The sort is stable, so of several files about one code the first by name stays.
        layer.sort_by(|a, b| a.code.cmp(&b.code));
        layer.dedup_by(|again, first| {
            let is_duplicate = again.code == first.code;
            if is_duplicate
                && let (Origin::File(path), Origin::File(first_path)) =
                    (&again.origin, &first.origin)
            {
                self.broken.push(BrokenFile {
                    path: path.clone(),
                    report: duplicate_code_report(path, first),
                    duplicate_of: Some(first_path.clone()),
                });
            }
            is_duplicate
        });
        self.broken[first_broken..].sort_by(|a, b| a.path.cmp(&b.path));
        for entry in &mut layer {
            self.interner.intern(entry);
        }
        self.push_layer(layer);
    }

    /// Merges a layer, which is sorted by code, over the entries of lower layers.
    fn push_layer(&mut self, layer: Vec<CatalogEntry>) {
        let lower = std::mem::take(&mut self.entries);
        self.entries.reserve_exact(layer.len() + lower.len());
        let mut lower = lower.into_iter().peekable();
        for mut entry in layer {
            while let Some(other) = lower.next_if(|other| other.code < entry.code) {
                self.entries.push(other);
            }
            if let Some(other) = lower.next_if(|other| other.code == entry.code) {
                entry.shadow(&other);
            }
            self.entries.push(entry);
        }
        self.entries.extend(lower);
    }

    fn add_broken(&mut self, path: &Path, report: String) {
        self.broken.push(BrokenFile {
            path: path.to_owned(),
            report,
            duplicate_of: None,
        });
    }

    /// Returns the entries and the broken files.
    pub(crate) fn finish(self) -> (Vec<CatalogEntry>, Vec<BrokenFile>) {
        (self.entries, self.broken)
    }
}

/// Reports that a file is about a code that another file of its folder already describes.
fn duplicate_code_report(path: &Path, first: &CatalogEntry) -> String {
    let CatalogEntry { code, origin, .. } = first;
    let message = format!("{code} is already described by {origin}");
    let hint = "one file describes one code; remove or move one of the two";
    Report::whole_file(&path.to_string_lossy(), message, hint).to_string()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;

    use super::*;
    use crate::content::Status;
    use crate::library::scan::Layer;

    fn layer(folder: &str, names: &[&str]) -> Layer {
        let file = |name: &&str| ScannedFile {
            path: Path::new(folder).join(name),
            shared: Arc::default(),
            fingerprint: None,
        };
        Layer {
            folder: folder.into(),
            shared: [None; 2],
            files: Ok(names.iter().map(file).collect()),
        }
    }

    fn record(path: &str, code: &str) -> CatalogRecord {
        CatalogRecord {
            fingerprint: None,
            outcome: Ok(CatalogEntry {
                code: code.parse().unwrap(),
                title: path.to_owned(),
                status: Status::Active,
                origin: Origin::File(path.into()),
                shadowed: Vec::new(),
                modifiers: [].into(),
                payers: [].into(),
            }),
        }
    }

    fn broken_record(report: &str) -> CatalogRecord {
        CatalogRecord {
            fingerprint: None,
            outcome: Err(report.to_owned()),
        }
    }

    #[test]
    fn later_layer_overrides_earlier_ones_and_records_what_it_shadows() {
        let scan = Scan {
            layers: vec![
                layer("one", &["a", "b"]),
                layer("two", &["c"]),
                layer("three", &["d", "e"]),
            ],
        };
        let records = vec![
            record("one/a", "cpt:83950"),
            record("one/b", "cpt:80048"),
            record("two/c", "cpt:83950"),
            record("three/d", "cpt:83950"),
            record("three/e", "cpt:99999"),
        ];
        let (entries, broken) = CatalogBuilder::from_records(&scan, records).finish();
        assert!(broken.is_empty());
        let shown = |entry: &CatalogEntry| {
            let shadowed: Vec<String> = entry.shadowed.iter().map(ToString::to_string).collect();
            format!("{} {} [{}]", entry.code, entry.origin, shadowed.join(", "))
        };
        let of_files = |entry: &&CatalogEntry| entry.origin != Origin::BuiltIn;
        let shown: Vec<String> = entries.iter().filter(of_files).map(shown).collect();
        let expected = [
            "cpt:80048 one/b []",
            "cpt:83950 three/d [two/c, one/a, built in]",
            "cpt:99999 three/e []",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn duplicates_and_broken_files_are_reported_in_file_order() {
        let scan = Scan {
            layers: vec![
                layer("one", &["a", "b", "c", "d"]),
                Layer {
                    folder: "two".into(),
                    shared: [None; 2],
                    files: Err("no folder".to_owned()),
                },
            ],
        };
        let records = vec![
            record("one/a", "cpt:80048"),
            record("one/b", "cpt:80048"),
            broken_record("no document"),
            record("one/d", "cpt:80048"),
        ];
        let (entries, broken) = CatalogBuilder::from_records(&scan, records).finish();
        let origin = &entries[0].origin;
        assert_eq!(*origin, Origin::File("one/a".into()));
        assert!(entries[0].shadowed.is_empty());
        let broken: Vec<String> = broken
            .iter()
            .map(|broken| {
                let message = broken.report.lines().next().unwrap_or_default();
                format!("{}: {message}", broken.path.display())
            })
            .collect();
        let expected = [
            "one/b: error: one/b: cpt:80048 is already described by one/a",
            "one/c: no document",
            "one/d: error: one/d: cpt:80048 is already described by one/a",
            "two: no folder",
        ];
        assert_eq!(broken, expected);
    }

    #[test]
    fn data_folder_comes_first_and_explicit_folders_last() {
        let data = tempfile::tempdir().unwrap();
        let content = data.path().join("content");
        fs::create_dir_all(&content).unwrap();
        let explicit = ["/c".into(), "/a".into()];
        let expected: [PathBuf; 5] = [content, "/a".into(), "b".into(), "/c".into(), "/a".into()];
        let variable = Some(OsStr::new("/a::b"));
        assert_eq!(
            content_folders(Some(data.path()), variable, &explicit),
            expected
        );
    }

    #[test]
    fn missing_data_folder_is_left_out() {
        let nowhere = Some(Path::new("/nowhere/at/all"));
        assert!(content_folders(nowhere, None, &[]).is_empty());
        assert_eq!(
            content_folders(None, None, &["/missing".into()]),
            [PathBuf::from("/missing")]
        );
    }
}
