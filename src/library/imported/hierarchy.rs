//! The section with the codes above, below and beside a diagnosis, and the way back through its links.

use crate::content::{BlockId, Document, RowKey, RowPath};

pub(crate) const HIERARCHY: &str = "hierarchy";
/// The blocks of the section.
pub(crate) const PARENTS: &str = "parents";
pub(crate) const CHILDREN: &str = "children";
pub(crate) const NEIGHBORS: &str = "neighbours";

/// Returns the row that leads back in the document that a row of the hierarchy links to: below a
/// parent, the child on the way to this code; above a child and beside a neighbor, this code.
pub fn way_back(document: &Document, link: &RowPath) -> Option<RowPath> {
    let (section, block, _) = document.row(link)?;
    if section.id.0 != HIERARCHY {
        return None;
    }
    let own_key = RowKey(document.code.value().to_owned());
    let (back, key) = match &*block.id.0 {
        PARENTS => {
            let mut rows = block.rows.iter().map(|row| &row.key);
            rows.find(|key| **key == link.row)?;
            (CHILDREN, rows.next().cloned().unwrap_or(own_key))
        }
        CHILDREN => (PARENTS, own_key),
        _ => (NEIGHBORS, own_key),
    };
    Some(RowPath {
        section: link.section.clone(),
        block: BlockId(back.to_owned()),
        row: key,
    })
}
