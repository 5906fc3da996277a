//! The table of styles and clusters that cells refer to by index.

use crate::tty::screen::cell::{ClusterId, MAX_CLUSTERS, MAX_STYLES, ScreenCell, StyleId, Symbol};
use crate::tty::screen::glyph::Glyph;
use crate::tty::screen::style::CellStyle;

/// Interned styles and clusters. Both are few: a theme has about a dozen styles, and most pages have
/// no clusters.
#[derive(Debug)]
pub(crate) struct StyleTable {
    styles: Vec<CellStyle>,
    clusters: Vec<Box<str>>,
}

impl Default for StyleTable {
    fn default() -> Self {
        Self {
            styles: vec![CellStyle::default()],
            clusters: Vec::new(),
        }
    }
}

impl StyleTable {
    pub(crate) fn style(&self, id: StyleId) -> CellStyle {
        self.styles.get(id.index()).copied().unwrap_or_default()
    }

    pub(crate) fn cluster(&self, id: ClusterId) -> &str {
        self.clusters.get(id.index()).map_or(" ", |cluster| cluster)
    }

    /// Returns the ID of a style, or of the default style if the table is full.
    pub(crate) fn intern_style(&mut self, style: CellStyle) -> StyleId {
        if let Some(at) = self.styles.iter().position(|&known| known == style) {
            return StyleId::from_index(at);
        }
        if self.styles.len() == MAX_STYLES {
            return StyleId::default();
        }
        self.styles.push(style);
        StyleId::from_index(self.styles.len() - 1)
    }

    /// Returns the symbol of a glyph, without its combining marks if the table is full.
    pub(crate) fn intern_symbol(&mut self, glyph: Glyph<'_>) -> Symbol {
        let Some(cluster) = glyph.cluster else {
            return Symbol::Char(glyph.base);
        };
        if let Some(at) = self.clusters.iter().position(|known| **known == *cluster) {
            return Symbol::Cluster(ClusterId::from_index(at));
        }
        if self.clusters.len() == MAX_CLUSTERS {
            return Symbol::Char(glyph.base);
        }
        self.clusters.push(cluster.into());
        Symbol::Cluster(ClusterId::from_index(self.clusters.len() - 1))
    }

    /// If the table is nearly full, drops what no cell uses, and updates the IDs in the cells.
    pub(crate) fn compact(&mut self, cells: &mut [ScreenCell]) {
        if self.styles.len() < MAX_STYLES / 4 * 3 && self.clusters.len() < MAX_CLUSTERS / 4 * 3 {
            return;
        }
        let old = std::mem::take(self);
        for cell in cells {
            let style = self.intern_style(old.style(cell.style()));
            let symbol = match cell.symbol() {
                Symbol::Cluster(id) => {
                    let cluster = old.cluster(id);
                    self.intern_symbol(Glyph {
                        base: cluster.chars().next().unwrap_or(' '),
                        cluster: Some(cluster),
                        wide: false,
                    })
                }
                symbol => symbol,
            };
            *cell = ScreenCell::new(symbol, style);
        }
    }

    /// The number of styles, and of clusters.
    #[cfg(test)]
    pub(crate) fn sizes(&self) -> (usize, usize) {
        (self.styles.len(), self.clusters.len())
    }
}
