//! Reads a library for the first time: each file once, for the catalogue and for the index.

use std::io::Write;
use std::path::Path;

use foldhash::{HashMap, HashMapExt, HashSet};

use super::assemble::{Spike, Tables, assemble};
use super::build::SheetWriter;
use super::catalogue::pack;
use super::sheaf::Sheaf;
use crate::library::{FoundFile, Keepsake, Library, Origin, Record, Scan, all_listed, in_order};
use crate::sets::Sets;

/// How many files one task reads.
const BATCH: usize = 16;

/// How far the reading of files has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How many were read.
    pub done: usize,
    /// How many there are.
    pub total: usize,
}

/// What was read of a library.
pub(super) struct Harvest {
    pub(super) library: Library,
    pub(super) keepsake: Keepsake,
    pub(super) tables: Tables,
}

/// What a task brought in.
enum Yield {
    /// The codes of imported sets, and in which sheaf they are.
    Codes(u32, std::ops::Range<u32>),
    Files(Vec<Leaf>),
}

/// What was read of a file.
struct Leaf {
    record: Record,
    /// Where its document is.
    spike: Option<Spike>,
    sheets: Vec<u8>,
}

impl Harvest {
    /// Reads every file of a scan and every code of some sets, on some threads. Sheets are written
    /// as they come, in the order of the files; where that fails, there are none.
    pub(super) fn of<W: Write>(
        scan: &Scan,
        sets: Sets,
        threads: usize,
        sheets: &mut Option<SheetWriter<W>>,
        tell: &mut dyn FnMut(Progress),
    ) -> (Self, Option<std::io::Error>) {
        let files: Vec<&FoundFile> = scan.files().collect();
        let batches: Vec<&[&FoundFile]> = files.chunks(BATCH).collect();
        let mut failed = None;
        let mut records = Vec::with_capacity(files.len());
        let mut spikes: Vec<Option<Spike>> = Vec::with_capacity(files.len());
        let mut codes = (0, 0..0);
        let work = |(number, sheaf): &mut (u32, Sheaf), task: usize| match task.checked_sub(1) {
            // The longest task is begun first.
            None => {
                let first = count(sheaf);
                for listed in all_listed(&sets) {
                    sheaf.add_code(&listed.code, &listed.title, &listed.short);
                }
                Yield::Codes(*number, first..count(sheaf))
            }
            Some(batch) => {
                let read = |file: &&FoundFile| read(file, &sets, *number, sheaf);
                Yield::Files(batches[batch].iter().map(read).collect())
            }
        };
        let total = files.len();
        let make = |number| (u32::try_from(number).unwrap_or(u32::MAX), Sheaf::default());
        let states = in_order(threads, batches.len() + 1, make, work, |brought| {
            let leaves = match brought {
                Yield::Codes(sheaf, range) => {
                    codes = (sheaf, range);
                    return;
                }
                Yield::Files(leaves) => leaves,
            };
            for leaf in leaves {
                // The number of the file stands for that of the document, which nobody knows yet.
                let file = u32::try_from(records.len()).unwrap_or(u32::MAX);
                if let Some(error) = write(sheets, file, &leaf.sheets) {
                    failed = Some(error);
                }
                records.push(leaf.record);
                spikes.push(leaf.spike);
            }
            let done = records.len();
            tell(Progress { done, total });
        });
        let mut sheaves: Vec<Sheaf> = states.into_iter().map(|(_, sheaf)| sheaf).collect();
        let keepsake = Keepsake::of(scan, &records);
        let library = Library::of_records(scan, records).with_sets(sets);
        let own = count_of(&sheaves);
        sheaves.push(Sheaf::default());
        let mut order = Order::new(&files, &spikes);
        let mut built_in = own_documents(&library, own, &mut sheaves, files.len(), sheets);
        for entry in library.entries() {
            match &entry.origin {
                Origin::File(path) => order.add_file(path),
                Origin::BuiltIn => order.add(built_in.next()),
            }
        }
        order.number(sheets);
        let documents: HashSet<u64> = library.entries().iter().map(|e| pack(&e.code)).collect();
        let (sheaf, range) = codes;
        for at in range {
            let stalk = sheaves
                .get(sheaf as usize)
                .and_then(|s| s.stalk(at as usize));
            if stalk.is_some_and(|stalk| !documents.contains(&stalk.code())) {
                order.spikes.push(Spike { sheaf, at });
            }
        }
        let tables = assemble(&sheaves, &order.spikes, threads);
        let harvest = Self {
            library,
            keepsake,
            tables,
        };
        (harvest, failed)
    }
}

fn read(file: &FoundFile, sets: &Sets, number: u32, sheaf: &mut Sheaf) -> Leaf {
    let (record, document) = Record::read(file);
    let mut sheets = Vec::new();
    let spike = document.map(|mut document| {
        Library::enrich(sets, &mut document);
        let at = count(sheaf);
        sheaf.add(&document, Some(&mut sheets));
        Spike { sheaf: number, at }
    });
    Leaf {
        record,
        spike,
        sheets,
    }
}

/// Writes the sheets of a file; once that has failed, there are none.
fn write<W: Write>(
    to: &mut Option<SheetWriter<W>>,
    file: u32,
    sheets: &[u8],
) -> Option<std::io::Error> {
    let error = to.as_mut()?.add(file, sheets).err()?;
    *to = None;
    Some(error)
}

/// Adds the program's own documents, which were no files; returns where they are, by code. Their
/// sheets are numbered after those of the files.
fn own_documents<W: Write>(
    library: &Library,
    number: u32,
    sheaves: &mut [Sheaf],
    files: usize,
    sheets: &mut Option<SheetWriter<W>>,
) -> impl Iterator<Item = (Spike, u32)> + use<W> {
    let mut found = Vec::new();
    let own = library.entries().iter();
    for entry in own.filter(|entry| entry.origin == Origin::BuiltIn) {
        let (Ok(document), Some(sheaf)) = (library.document(&entry.code), sheaves.last_mut())
        else {
            continue;
        };
        let at = count(sheaf);
        let mut bytes = Vec::new();
        sheaf.add(&document, Some(&mut bytes));
        let file = u32::try_from(files).unwrap_or(u32::MAX).saturating_add(at);
        let _ = write(sheets, file, &bytes);
        found.push((Spike { sheaf: number, at }, file));
    }
    found.into_iter()
}

/// The documents in the order of the library, and the number that each had before.
struct Order<'f> {
    files: HashMap<&'f Path, (u32, Option<Spike>)>,
    spikes: Vec<Spike>,
    /// By the number that a document had before: the one that it has now.
    numbers: HashMap<u32, u32>,
}

impl<'f> Order<'f> {
    fn new(files: &[&'f FoundFile], spikes: &[Option<Spike>]) -> Self {
        let files = (0..).zip(files.iter().zip(spikes));
        let files = files.map(|(number, (file, spike))| (file.path.as_path(), (number, *spike)));
        Self {
            files: files.collect(),
            spikes: Vec::new(),
            numbers: HashMap::new(),
        }
    }

    fn add_file(&mut self, path: &Path) {
        let found = self.files.get(path).copied();
        self.add(found.and_then(|(number, spike)| Some((spike?, number))));
    }

    fn add(&mut self, found: Option<(Spike, u32)>) {
        if let Some((spike, before)) = found {
            let now = u32::try_from(self.spikes.len()).unwrap_or(u32::MAX);
            self.numbers.insert(before, now);
            self.spikes.push(spike);
        }
    }

    /// Gives sheets the numbers of their documents; those of a document that another stands before
    /// lie about unread.
    fn number<W: Write>(&self, sheets: &mut Option<SheetWriter<W>>) {
        let Some(sheets) = sheets else { return };
        sheets.spreads().retain_mut(|spread| {
            let now = self.numbers.get(&spread.doc);
            spread.doc = now.copied().unwrap_or(u32::MAX);
            now.is_some()
        });
    }
}

fn count(sheaf: &Sheaf) -> u32 {
    u32::try_from(sheaf.len()).unwrap_or(u32::MAX)
}

fn count_of(sheaves: &[Sheaf]) -> u32 {
    u32::try_from(sheaves.len()).unwrap_or(u32::MAX)
}
