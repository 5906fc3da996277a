//! Writes the file of a set; [`crate::codesets::file_index`] says what is in it.

use std::fs::File;
use std::io;
use std::io::{BufWriter, Write};
use std::os::unix::fs::FileExt;

use crate::codesets::file::{
    ENTRY_LEN, MAGIC, MAX_BLOCK_LEN, MAX_KEY_LEN, PREAMBLE_LEN, SetHeader, VERSION,
};

/// How many bytes of rows a block gathers. A look-up reads one, so that larger ones cost time and
/// smaller ones a longer table.
const TARGET_BLOCK_LEN: usize = 4096;

/// A set on its way to disk: rows come in the order of keys.
#[derive(Debug)]
pub(crate) struct SetWriter<'f> {
    file: &'f File,
    out: BufWriter<&'f File>,
    offset: u64,
    block: Vec<u8>,
    first_key: String,
    first_row: u64,
    table: Vec<u8>,
    rows: u64,
}

impl<'f> SetWriter<'f> {
    /// Begins an empty file.
    pub(crate) fn new(file: &'f File) -> io::Result<Self> {
        let mut out = BufWriter::with_capacity(256 * 1024, file);
        // Zeros until all is written: a file that was left here is no set.
        out.write_all(&[0; PREAMBLE_LEN])?;
        Ok(Self {
            file,
            out,
            offset: PREAMBLE_LEN as u64,
            block: Vec::new(),
            first_key: String::new(),
            first_row: 0,
            table: Vec::new(),
            rows: 0,
        })
    }

    /// Adds a row; an empty one is a second key, which does not count.
    pub(crate) fn add(&mut self, key: &str, row: &str) -> io::Result<()> {
        if key.len() > MAX_KEY_LEN || row.len() > MAX_BLOCK_LEN - TARGET_BLOCK_LEN - ENTRY_LEN {
            return Err(io::Error::other("a row is too long"));
        }
        if self.block.is_empty() {
            key.clone_into(&mut self.first_key);
            self.first_row = self.rows;
        }
        let key_length = u8::try_from(key.len()).map_err(io::Error::other)?;
        let row_length = u32::try_from(row.len()).map_err(io::Error::other)?;
        self.block.push(key_length);
        self.block.extend(key.as_bytes());
        self.block.extend(row_length.to_le_bytes());
        self.block.extend(row.as_bytes());
        self.rows += u64::from(!row.is_empty());
        if self.block.len() >= TARGET_BLOCK_LEN {
            self.end_block()?;
        }
        Ok(())
    }

    fn end_block(&mut self) -> io::Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        let length = u32::try_from(self.block.len()).map_err(io::Error::other)?;
        let first_row = u32::try_from(self.first_row).map_err(io::Error::other)?;
        let mut entry = [0; ENTRY_LEN];
        entry[..8].copy_from_slice(&self.offset.to_le_bytes());
        entry[8..12].copy_from_slice(&length.to_le_bytes());
        entry[12..16].copy_from_slice(&crc32fast::hash(&self.block).to_le_bytes());
        entry[16..20].copy_from_slice(&first_row.to_le_bytes());
        let key = self.first_key.as_bytes();
        entry[20] = u8::try_from(key.len()).map_err(io::Error::other)?;
        entry[21..21 + key.len()].copy_from_slice(key);
        let crc = crc32fast::hash(&entry[..ENTRY_LEN - 4]);
        entry[ENTRY_LEN - 4..].copy_from_slice(&crc.to_le_bytes());
        self.table.extend(entry);
        self.out.write_all(&self.block)?;
        self.offset += u64::from(length);
        self.block.clear();
        Ok(())
    }

    /// Ends the file, and waits until the disk has it. Rows and table are filled in.
    pub(crate) fn finish(mut self, header: SetHeader) -> io::Result<SetHeader> {
        self.end_block()?;
        self.out.write_all(&self.table)?;
        let header = SetHeader {
            rows: self.rows,
            table_at: self.offset,
            blocks: (self.table.len() / ENTRY_LEN) as u64,
            ..header
        };
        let bytes = serde_json::to_vec(&header).map_err(io::Error::other)?;
        self.out.write_all(&bytes)?;
        self.out.flush()?;
        let header_at = self.offset + self.table.len() as u64;
        let header_length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        let mut preamble = [0; PREAMBLE_LEN];
        preamble[..8].copy_from_slice(MAGIC);
        preamble[8..12].copy_from_slice(&VERSION.to_le_bytes());
        preamble[12..20].copy_from_slice(&(header_at + bytes.len() as u64).to_le_bytes());
        preamble[20..28].copy_from_slice(&header_at.to_le_bytes());
        preamble[28..32].copy_from_slice(&header_length.to_le_bytes());
        preamble[32..36].copy_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
        let crc = crc32fast::hash(&preamble[..PREAMBLE_LEN - 4]);
        preamble[PREAMBLE_LEN - 4..].copy_from_slice(&crc.to_le_bytes());
        self.file.write_all_at(&preamble, 0)?;
        self.file.sync_all()?;
        Ok(header)
    }
}
