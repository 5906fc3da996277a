//! The indexer: reads every file of a library once, for both the catalog and the search index.

use std::io;
use std::io::Write;
use std::ops::Range;
use std::path::Path;
use std::time::Instant;

use foldhash::{HashMap, HashMapExt, HashSet};

use crate::codesets::ImportedSets;
use crate::content::Document;
use crate::library::catalog_cache::EncodedCatalog;
use crate::library::catalog_record::{CatalogRecord, FILES_PER_TASK};
use crate::library::imported::enrich::enrich;
use crate::library::parallel::parallel_map_ordered;
use crate::library::{
    Library, OnProgress, Origin, Progress, Scan, ScannedFile, listed_code_count, listed_codes,
};
use crate::num::saturating_u32;
use crate::search::build::merge::{DocAddress, merge_partials};
use crate::search::build::partial_index::PartialIndex;
use crate::search::build::store_writer::StoreWriter;
use crate::search::doc_table::pack_code;
use crate::search::format::IndexData;

/// The writer of stored rows, `None` if there is no file to write to, or the error of a write.
pub(crate) type Store<W> = io::Result<Option<StoreWriter<W>>>;

/// The number of codes between two reports of progress.
const CODES_PER_REPORT: u64 = 512;

/// Indexes the files of a scan and the codes of imported sets.
pub(crate) struct Indexer<'s, W> {
    pub(crate) scan: &'s Scan,
    pub(crate) sets: ImportedSets,
    pub(crate) threads: usize,
    pub(crate) store: Store<W>,
}

pub(crate) struct IndexerOutput<W> {
    pub(crate) library: Library,
    pub(crate) encoded_catalog: EncodedCatalog,
    pub(crate) data: IndexData,
    pub(crate) store: Store<W>,
}

/// The files and codes that were read, in the order of the scan.
struct ReadOutput {
    records: Vec<CatalogRecord>,
    /// For each file, the address of its document if it is valid.
    addresses: Vec<Option<DocAddress>>,
    partials: Vec<PartialIndex>,
    codes: CodeRange,
}

/// The documents of a partial index that are the codes of imported sets.
#[derive(Clone, Default)]
struct CodeRange {
    partial: u32,
    docs: Range<u32>,
}

enum TaskOutput {
    Codes(CodeRange),
    Files(Vec<IndexedFile>),
}

struct IndexedFile {
    record: CatalogRecord,
    address: Option<DocAddress>,
    stored_rows: Vec<u8>,
}

impl<W: Write> Indexer<'_, W> {
    /// Reads everything on several threads, orders the documents as the catalog does, and merges
    /// the index.
    ///
    /// Stored rows are written in the order of the files while others are still being read. After
    /// an error no more are written.
    pub(crate) fn run(mut self, on_progress: OnProgress<'_>) -> IndexerOutput<W> {
        let files: Vec<&ScannedFile> = self.scan.files().collect();
        let mut read = self.read(&files, on_progress);
        let encoded_catalog = EncodedCatalog::encode(self.scan, &read.records);
        let records = std::mem::take(&mut read.records);
        let sets = std::mem::take(&mut self.sets);
        let library = Library::from_records(self.scan, records).with_sets(sets);
        let order = self.order(&files, &library, &mut read);
        let data = merge_partials(&read.partials, &order, self.threads);
        IndexerOutput {
            library,
            encoded_catalog,
            data,
            store: self.store,
        }
    }

    fn read(&mut self, files: &[&ScannedFile], on_progress: OnProgress<'_>) -> ReadOutput {
        let sets = &self.sets;
        let started = Instant::now();
        let report = |done, total, unit| {
            on_progress(Progress {
                done,
                total,
                unit,
                elapsed: started.elapsed(),
            });
        };
        let batches: Vec<&[&ScannedFile]> = files.chunks(FILES_PER_TASK).collect();
        let run_task = |worker: &mut Worker, task: usize| match task.checked_sub(1) {
            // The longest task starts first.
            None => TaskOutput::Codes(
                worker.index_codes(sets, |done, total| report(done, total, "codes")),
            ),
            Some(batch) => {
                let files = batches[batch].iter();
                TaskOutput::Files(files.map(|file| worker.index_file(file, sets)).collect())
            }
        };
        let mut records = Vec::with_capacity(files.len());
        let mut addresses = Vec::with_capacity(files.len());
        let mut codes = CodeRange::default();
        let collect = |output: TaskOutput| match output {
            TaskOutput::Codes(range) => codes = range,
            TaskOutput::Files(indexed) => {
                for file in indexed {
                    // The number of the file is replaced by a document id in `order`.
                    let number = saturating_u32(records.len());
                    write_rows(&mut self.store, number, &file.stored_rows);
                    records.push(file.record);
                    addresses.push(file.address);
                }
                report(records.len() as u64, files.len() as u64, "files");
            }
        };
        let tasks = batches.len() + 1;
        let workers = parallel_map_ordered(self.threads, tasks, Worker::new, run_task, collect);
        ReadOutput {
            records,
            addresses,
            partials: workers.into_iter().map(|worker| worker.partial).collect(),
            codes,
        }
    }

    /// Returns the addresses of all documents in the order of the catalog, then of the codes that
    /// have no document. Indexes the built-in documents, which are not files.
    fn order(
        &mut self,
        files: &[&ScannedFile],
        library: &Library,
        read: &mut ReadOutput,
    ) -> Vec<DocAddress> {
        let files_by_path: HashMap<&Path, (u32, Option<DocAddress>)> = (0..)
            .zip(files.iter().zip(&read.addresses))
            .map(|(number, (file, address))| (file.path.as_path(), (number, *address)))
            .collect();
        let mut built_in = Worker::new(read.partials.len());
        let mut order: Vec<DocAddress> = Vec::new();
        let mut doc_ids: HashMap<u32, u32> = HashMap::new();
        for entry in library.entries() {
            let (number, address) = match &entry.origin {
                Origin::File(path) => match files_by_path.get(path.as_path()) {
                    Some((number, Some(address))) => (*number, *address),
                    _ => continue,
                },
                Origin::BuiltIn => {
                    let Ok(document) = library.document_without_uses(&entry.code) else {
                        continue;
                    };
                    let (address, rows) = built_in.index_document(&document);
                    let number = saturating_u32(files.len()).saturating_add(address.doc);
                    write_rows(&mut self.store, number, &rows);
                    (number, address)
                }
            };
            doc_ids.insert(number, saturating_u32(order.len()));
            order.push(address);
        }
        read.partials.push(built_in.partial);
        if let Ok(Some(store)) = &mut self.store {
            // The rows of shadowed documents remain in the file without an entry.
            store.entries.retain_mut(|entry| {
                let id = doc_ids.get(&entry.doc);
                entry.doc = id.copied().unwrap_or(u32::MAX);
                id.is_some()
            });
        }
        let entries = library.entries().iter();
        let documents: HashSet<u64> = entries.map(|entry| pack_code(&entry.code)).collect();
        let CodeRange { partial, docs } = read.codes.clone();
        if let Some(codes) = read.partials.get(partial as usize) {
            order.extend(docs.filter_map(|doc| {
                let code = codes.doc(doc as usize)?.ends.code;
                (!documents.contains(&code)).then_some(DocAddress { partial, doc })
            }));
        }
        order
    }
}

/// One thread's share of the index.
struct Worker {
    number: u32,
    partial: PartialIndex,
}

impl Worker {
    fn new(number: usize) -> Self {
        Self {
            number: saturating_u32(number),
            partial: PartialIndex::default(),
        }
    }

    fn doc_count(&self) -> u32 {
        saturating_u32(self.partial.len())
    }

    fn index_codes(&mut self, sets: &ImportedSets, report: impl Fn(u64, u64)) -> CodeRange {
        let first = self.doc_count();
        let total = listed_code_count(sets);
        for (done, listed) in (0_u64..).zip(listed_codes(sets)) {
            if done.is_multiple_of(CODES_PER_REPORT) {
                report(done, total.max(done));
            }
            self.partial.add_code(&listed);
        }
        CodeRange {
            partial: self.number,
            docs: first..self.doc_count(),
        }
    }

    fn index_file(&mut self, file: &ScannedFile, sets: &ImportedSets) -> IndexedFile {
        let (record, document) = CatalogRecord::load(file);
        let indexed = document.map(|mut document| {
            enrich(sets, &mut document);
            self.index_document(&document)
        });
        let (address, stored_rows) = indexed.unzip();
        IndexedFile {
            record,
            address,
            stored_rows: stored_rows.unwrap_or_default(),
        }
    }

    fn index_document(&mut self, document: &Document) -> (DocAddress, Vec<u8>) {
        let address = DocAddress {
            partial: self.number,
            doc: self.doc_count(),
        };
        let mut stored_rows = Vec::new();
        self.partial.add(document, Some(&mut stored_rows));
        (address, stored_rows)
    }
}

fn write_rows<W: Write>(store: &mut Store<W>, doc: u32, rows: &[u8]) {
    if let Ok(Some(writer)) = store
        && let Err(error) = writer.add(doc, rows)
    {
        *store = Err(error);
    }
}
