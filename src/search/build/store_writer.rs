//! The writer of an index file, which starts with the stored rows: they are most of the file, and
//! are written while documents are still being read.

use std::io::{self, Write};

use crate::search::format::{FORMAT_VERSION, IndexData};
use crate::search::row_store::{STORE_ENTRIES, STORED_ROWS, StoreEntry};
use crate::storage::ContainerWriter;

#[derive(Debug)]
pub(crate) struct StoreWriter<W> {
    /// The container, to which parts after the stored rows may be added.
    pub(crate) out: ContainerWriter<W>,
    /// The caller may replace the document ids before [`StoreWriter::finish`].
    pub(crate) entries: Vec<StoreEntry>,
    offset: u64,
}

impl<W: Write> StoreWriter<W> {
    pub(crate) fn new(out: W) -> io::Result<Self> {
        let mut out = ContainerWriter::new(out, FORMAT_VERSION)?;
        out.begin_part(STORED_ROWS);
        Ok(Self {
            out,
            entries: Vec::new(),
            offset: 0,
        })
    }

    pub(crate) fn add(&mut self, doc: u32, rows: &[u8]) -> io::Result<()> {
        self.out.write_all(rows)?;
        self.entries.push(StoreEntry {
            doc,
            length: u32::try_from(rows.len()).map_err(io::Error::other)?,
            offset: self.offset,
        });
        self.offset += rows.len() as u64;
        Ok(())
    }

    /// Writes the tables of the index, and returns the finished file.
    pub(crate) fn finish(mut self, data: &IndexData) -> io::Result<W> {
        data.write(&mut self.out)?;
        self.entries.sort_unstable_by_key(|entry| entry.doc);
        let mut bytes = Vec::new();
        for entry in &self.entries {
            entry.encode(&mut bytes);
        }
        self.out.write_part(STORE_ENTRIES, &bytes)?;
        self.out.finish()
    }
}
