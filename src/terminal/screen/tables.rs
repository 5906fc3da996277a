//! Keeps what the numbers in cells stand for.

use super::cell::{CLUSTERS, Cell, ClusterId, PENS, PenId, Symbol};
use super::glyph::Glyph;
use super::pen::Pen;

/// The pens and clusters that cells hold the numbers of. Both are few: a theme has some dozen
/// pens, and a page few clusters if any.
#[derive(Debug)]
pub(super) struct Tables {
    pens: Vec<Pen>,
    clusters: Vec<Box<str>>,
}

impl Default for Tables {
    fn default() -> Self {
        Self {
            pens: vec![Pen::default()],
            clusters: Vec::new(),
        }
    }
}

impl Tables {
    pub(super) fn pen(&self, id: PenId) -> Pen {
        self.pens.get(id.index()).copied().unwrap_or_default()
    }

    pub(super) fn cluster(&self, id: ClusterId) -> &str {
        self.clusters.get(id.index()).map_or(" ", |cluster| cluster)
    }

    /// Returns the number of a pen; when there is no number left, that of the terminal's own.
    pub(super) fn pen_id(&mut self, pen: Pen) -> PenId {
        if let Some(at) = self.pens.iter().position(|&known| known == pen) {
            return PenId::at(at);
        }
        if self.pens.len() == PENS {
            return PenId::default();
        }
        self.pens.push(pen);
        PenId::at(self.pens.len() - 1)
    }

    /// Returns the symbol of a glyph; when there is no number left for its cluster, without marks.
    pub(super) fn symbol(&mut self, glyph: Glyph<'_>) -> Symbol {
        let Some(cluster) = glyph.cluster else {
            return Symbol::Char(glyph.base);
        };
        if let Some(at) = self.clusters.iter().position(|known| **known == *cluster) {
            return Symbol::Cluster(ClusterId::at(at));
        }
        if self.clusters.len() == CLUSTERS {
            return Symbol::Char(glyph.base);
        }
        self.clusters.push(cluster.into());
        Symbol::Cluster(ClusterId::at(self.clusters.len() - 1))
    }

    /// Forgets what none of the cells uses any more, if the tables are nearly full, and numbers
    /// the cells anew.
    pub(super) fn compact(&mut self, cells: &mut [Cell]) {
        if self.pens.len() < PENS / 4 * 3 && self.clusters.len() < CLUSTERS / 4 * 3 {
            return;
        }
        let old = std::mem::take(self);
        for cell in cells {
            let pen = self.pen_id(old.pen(cell.pen()));
            let symbol = match cell.symbol() {
                Symbol::Cluster(id) => {
                    let cluster = old.cluster(id);
                    self.symbol(Glyph {
                        base: cluster.chars().next().unwrap_or(' '),
                        cluster: Some(cluster),
                        wide: false,
                    })
                }
                symbol => symbol,
            };
            *cell = Cell::new(symbol, pen);
        }
    }

    /// Returns how many pens and clusters there are.
    #[cfg(test)]
    pub(super) fn sizes(&self) -> (usize, usize) {
        (self.pens.len(), self.clusters.len())
    }
}
