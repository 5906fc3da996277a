//! The table of styles and clusters that cells refer to by index.

use std::sync::Arc;

use crate::tty::screen::cell::{ClusterId, MAX_CLUSTERS, MAX_STYLES, ScreenCell, StyleId, Symbol};
use crate::tty::screen::glyph::Glyph;
use crate::tty::screen::style::{CellStyle, LinkId};

/// The number of links for which a style has room.
const MAX_LINKS: usize = u8::MAX as usize;

/// Interned styles, clusters and links. Both are few: a theme has about a dozen styles, and most pages have
/// no clusters.
#[derive(Debug)]
pub(crate) struct StyleTable {
    styles: Vec<CellStyle>,
    clusters: Vec<Box<str>>,
    links: Vec<Arc<str>>,
}

impl Default for StyleTable {
    fn default() -> Self {
        Self {
            styles: vec![CellStyle::default()],
            clusters: Vec::new(),
            links: Vec::new(),
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

    /// Returns the address of a link; an empty text for none.
    pub(crate) fn link(&self, id: LinkId) -> Option<&Arc<str>> {
        self.links.get(usize::from(id.0).checked_sub(1)?)
    }

    /// Returns the ID of a link, or of none if the table is full.
    pub(crate) fn intern_link(&mut self, url: &Arc<str>) -> LinkId {
        let known = self.links.iter().position(|known| known == url);
        let at = known.unwrap_or(self.links.len());
        let Ok(id) = u8::try_from(at + 1) else {
            return LinkId::default();
        };
        if known.is_none() {
            self.links.push(Arc::clone(url));
        }
        LinkId(id)
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
        let is_small = self.styles.len() < MAX_STYLES / 4 * 3
            && self.clusters.len() < MAX_CLUSTERS / 4 * 3
            && self.links.len() < MAX_LINKS / 4 * 3;
        if is_small {
            return;
        }
        let old = std::mem::take(self);
        for cell in cells {
            let mut style = old.style(cell.style());
            let link = old.link(style.link);
            style.link = link.map_or(LinkId::default(), |url| self.intern_link(url));
            let style = self.intern_style(style);
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
