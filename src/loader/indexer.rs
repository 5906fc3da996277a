//! Reads a library for the first time: each file once, for the catalogue and for the index.

use std::io::Write;
use std::path::Path;

use foldhash::{HashMap, HashMapExt, HashSet};

use crate::codesets::ImportedSets;
use crate::library::catalog_cache::EncodedCatalog;
use crate::library::imported::enrich::enrich;
use crate::library::parallel::parallel_map_ordered;
use crate::library::{
    CatalogRecord, IndexingProgress, Library, Origin, Scan, ScannedFile, listed_codes,
};
use crate::search::build::merge::{DocAddress, merge_partials};
use crate::search::build::partial_index::PartialIndex;
use crate::search::build::store_writer::StoreWriter;
use crate::search::doc_table::pack_code;
use crate::search::format::IndexData;

/// How many files one task reads.
const FILES_PER_TASK: usize = 16;

/// What was read of a library.
pub(crate) struct IndexerOutput {
    pub(crate) library: Library,
    pub(crate) encoded_catalog: EncodedCatalog,
    pub(crate) data: IndexData,
}

/// What a task brought in.
enum TaskOutput {
    /// The codes of imported sets, and in which sheaf they are.
    Codes(u32, std::ops::Range<u32>),
    Files(Vec<IndexedFile>),
}

/// What was read of a file.
struct IndexedFile {
    record: CatalogRecord,
    /// Where its document is.
    address: Option<DocAddress>,
    stored_rows: Vec<u8>,
}

impl IndexerOutput {
    /// Reads every file of a scan and every code of some sets, on some threads. Sheets are written
    /// as they come, in the order of the files; where that fails, there are none.
    pub(crate) fn from_scan<W: Write>(
        scan: &Scan,
        sets: ImportedSets,
        threads: usize,
        sheets: &mut Option<StoreWriter<W>>,
        tell: &mut dyn FnMut(IndexingProgress),
    ) -> (Self, Option<std::io::Error>) {
        let files: Vec<&ScannedFile> = scan.files().collect();
        let batches: Vec<&[&ScannedFile]> = files.chunks(FILES_PER_TASK).collect();
        let mut failed = None;
        let mut records = Vec::with_capacity(files.len());
        let mut spikes: Vec<Option<DocAddress>> = Vec::with_capacity(files.len());
        let mut codes = (0, 0..0);
        let work =
            |(number, sheaf): &mut (u32, PartialIndex), task: usize| match task.checked_sub(1) {
                // The longest task is begun first.
                None => {
                    let first = doc_count(sheaf);
                    for listed in listed_codes(&sets) {
                        sheaf.add_code(&listed.code, &listed.title, &listed.short);
                    }
                    TaskOutput::Codes(*number, first..doc_count(sheaf))
                }
                Some(batch) => {
                    let read = |file: &&ScannedFile| index_file(file, &sets, *number, sheaf);
                    TaskOutput::Files(batches[batch].iter().map(read).collect())
                }
            };
        let total = files.len();
        let make = |number| {
            (
                u32::try_from(number).unwrap_or(u32::MAX),
                PartialIndex::default(),
            )
        };
        let states = parallel_map_ordered(threads, batches.len() + 1, make, work, |brought| {
            let leaves = match brought {
                TaskOutput::Codes(sheaf, range) => {
                    codes = (sheaf, range);
                    return;
                }
                TaskOutput::Files(leaves) => leaves,
            };
            for leaf in leaves {
                // The number of the file stands for that of the document, which nobody knows yet.
                let file = u32::try_from(records.len()).unwrap_or(u32::MAX);
                if let Some(error) = write_stored_rows(sheets, file, &leaf.stored_rows) {
                    failed = Some(error);
                }
                records.push(leaf.record);
                spikes.push(leaf.address);
            }
            let done = records.len();
            tell(IndexingProgress { done, total });
        });
        let mut sheaves: Vec<PartialIndex> = states.into_iter().map(|(_, sheaf)| sheaf).collect();
        let keepsake = EncodedCatalog::encode(scan, &records);
        let library = Library::from_records(scan, records).with_sets(sets);
        let own = partial_count(&sheaves);
        sheaves.push(PartialIndex::default());
        let mut order = DocOrder::new(&files, &spikes);
        let mut built_in =
            index_built_in_documents(&library, own, &mut sheaves, files.len(), sheets);
        for entry in library.entries() {
            match &entry.origin {
                Origin::File(path) => order.add_file(path),
                Origin::BuiltIn => order.add(built_in.next()),
            }
        }
        order.renumber_store(sheets);
        let documents: HashSet<u64> = library
            .entries()
            .iter()
            .map(|e| pack_code(&e.code))
            .collect();
        let (sheaf, range) = codes;
        for at in range {
            let stalk = sheaves.get(sheaf as usize).and_then(|s| s.doc(at as usize));
            if stalk.is_some_and(|stalk| !documents.contains(&stalk.ends.code)) {
                order.addresses.push(DocAddress {
                    partial: sheaf,
                    doc: at,
                });
            }
        }
        let tables = merge_partials(&sheaves, &order.addresses, threads);
        let harvest = Self {
            library,
            encoded_catalog: keepsake,
            data: tables,
        };
        (harvest, failed)
    }
}

fn index_file(
    file: &ScannedFile,
    sets: &ImportedSets,
    number: u32,
    sheaf: &mut PartialIndex,
) -> IndexedFile {
    let (record, document) = CatalogRecord::load(file);
    let mut sheets = Vec::new();
    let spike = document.map(|mut document| {
        enrich(sets, &mut document);
        let at = doc_count(sheaf);
        sheaf.add(&document, Some(&mut sheets));
        DocAddress {
            partial: number,
            doc: at,
        }
    });
    IndexedFile {
        record,
        address: spike,
        stored_rows: sheets,
    }
}

/// Writes the sheets of a file; once that has failed, there are none.
fn write_stored_rows<W: Write>(
    to: &mut Option<StoreWriter<W>>,
    file: u32,
    sheets: &[u8],
) -> Option<std::io::Error> {
    let error = to.as_mut()?.add(file, sheets).err()?;
    *to = None;
    Some(error)
}

/// Adds the program's own documents, which were no files; returns where they are, by code. Their
/// sheets are numbered after those of the files.
fn index_built_in_documents<W: Write>(
    library: &Library,
    number: u32,
    sheaves: &mut [PartialIndex],
    files: usize,
    sheets: &mut Option<StoreWriter<W>>,
) -> impl Iterator<Item = (DocAddress, u32)> + use<W> {
    let mut found = Vec::new();
    let own = library.entries().iter();
    for entry in own.filter(|entry| entry.origin == Origin::BuiltIn) {
        let (Ok(document), Some(sheaf)) = (library.document(&entry.code), sheaves.last_mut())
        else {
            continue;
        };
        let at = doc_count(sheaf);
        let mut bytes = Vec::new();
        sheaf.add(&document, Some(&mut bytes));
        let file = u32::try_from(files).unwrap_or(u32::MAX).saturating_add(at);
        let _ = write_stored_rows(sheets, file, &bytes);
        found.push((
            DocAddress {
                partial: number,
                doc: at,
            },
            file,
        ));
    }
    found.into_iter()
}

/// The documents in the order of the library, and the number that each had before.
struct DocOrder<'f> {
    files: HashMap<&'f Path, (u32, Option<DocAddress>)>,
    addresses: Vec<DocAddress>,
    /// By the number that a document had before: the one that it has now.
    new_doc_ids: HashMap<u32, u32>,
}

impl<'f> DocOrder<'f> {
    fn new(files: &[&'f ScannedFile], spikes: &[Option<DocAddress>]) -> Self {
        let files = (0..).zip(files.iter().zip(spikes));
        let files = files.map(|(number, (file, spike))| (file.path.as_path(), (number, *spike)));
        Self {
            files: files.collect(),
            addresses: Vec::new(),
            new_doc_ids: HashMap::new(),
        }
    }

    fn add_file(&mut self, path: &Path) {
        let found = self.files.get(path).copied();
        self.add(found.and_then(|(number, spike)| Some((spike?, number))));
    }

    fn add(&mut self, found: Option<(DocAddress, u32)>) {
        if let Some((spike, before)) = found {
            let now = u32::try_from(self.addresses.len()).unwrap_or(u32::MAX);
            self.new_doc_ids.insert(before, now);
            self.addresses.push(spike);
        }
    }

    /// Gives sheets the numbers of their documents; those of a document that another stands before
    /// lie about unread.
    fn renumber_store<W: Write>(&self, sheets: &mut Option<StoreWriter<W>>) {
        let Some(sheets) = sheets else { return };
        sheets.entries_mut().retain_mut(|spread| {
            let now = self.new_doc_ids.get(&spread.doc);
            spread.doc = now.copied().unwrap_or(u32::MAX);
            now.is_some()
        });
    }
}

fn doc_count(sheaf: &PartialIndex) -> u32 {
    u32::try_from(sheaf.len()).unwrap_or(u32::MAX)
}

fn partial_count(sheaves: &[PartialIndex]) -> u32 {
    u32::try_from(sheaves.len()).unwrap_or(u32::MAX)
}
