//! The writer of a set's file. [`crate::codesets::file`] describes the format.

use std::fs::File;
use std::io;
use std::io::{BufWriter, Write};

use crate::codesets::file::{ENTRY_LEN, FORMAT, HEAD, KEYS, MAX_KEY_LEN, ROWS, SetHeader};
use crate::storage::container::{ContainerWriter, PAGE_SIZE};
use crate::storage::varint::write_text;

/// The longest row, in bytes, with a wide margin.
const MAX_ROW_LEN: usize = 1024 * 1024;

/// A writer that takes rows in the order of keys.
#[derive(Debug)]
pub(crate) struct SetWriter<'f> {
    out: ContainerWriter<BufWriter<&'f File>>,
    /// The length of the part `rows` so far.
    offset: u64,
    /// The first page of `rows` that the part `keys` does not know yet.
    next_page: u64,
    keys: Vec<u8>,
    row_count: u64,
    entry: Vec<u8>,
}

impl<'f> SetWriter<'f> {
    pub(crate) fn new(file: &'f File) -> io::Result<Self> {
        let out = BufWriter::with_capacity(256 * 1024, file);
        let mut out = ContainerWriter::new(out, FORMAT)?;
        out.begin_part(ROWS);
        Ok(Self {
            out,
            offset: 0,
            next_page: 0,
            keys: Vec::new(),
            row_count: 0,
            entry: Vec::new(),
        })
    }

    /// Writes a row. The row of a secondary key is empty and not counted.
    pub(crate) fn add(&mut self, key: &str, row: &str) -> io::Result<()> {
        if key.len() > MAX_KEY_LEN || row.len() > MAX_ROW_LEN {
            return Err(io::Error::other("a row is too long"));
        }
        let page = self.offset / PAGE_SIZE as u64;
        if page >= self.next_page {
            let keys = &mut self.keys;
            keys.extend(self.offset.to_le_bytes());
            keys.push(u8::try_from(key.len()).map_err(io::Error::other)?);
            keys.extend(key.as_bytes());
            keys.resize(keys.len() + MAX_KEY_LEN - key.len(), 0);
            self.next_page = page + 1;
        }
        self.entry.clear();
        write_text(&mut self.entry, key);
        write_text(&mut self.entry, row);
        self.out.write_all(&self.entry)?;
        self.offset += self.entry.len() as u64;
        self.row_count += u64::from(!row.is_empty());
        Ok(())
    }

    /// Ends the file. Returns the header with the number of rows.
    pub(crate) fn finish(mut self, header: SetHeader) -> io::Result<SetHeader> {
        let header = SetHeader {
            rows: self.row_count,
            ..header
        };
        self.out.write_part(KEYS, &self.keys)?;
        let head = serde_json::to_vec(&header).map_err(io::Error::other)?;
        self.out.write_part(HEAD, &head)?;
        self.out.finish()?;
        Ok(header)
    }
}

const _: () = assert!(PAGE_SIZE.is_multiple_of(ENTRY_LEN), "entries fill pages");
