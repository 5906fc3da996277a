//! The canonical layout of a content file.
//!
//! Tables have the order in which a reader meets their rows, fields the order of the format. Each
//! table has an empty line above it. Comments stay with the table or field below them, and values
//! as they are written.

use toml_edit::{Decor, DocumentMut, Item, Key, RawString, Table, TomlError};

use crate::content::{GUIDANCE, fields_of, is_row_table};

/// The tables above and below the statements of a document on a modifier, which follow its summary.
const ABOVE_GUIDANCE: [&str; 4] = ["code", "document", "sources", "summary"];
const BELOW_GUIDANCE: [&str; 15] = [
    "overview",
    "not_this",
    "place",
    "clinical",
    "coding",
    "modifier",
    "diagnosis",
    "taxonomy",
    "related",
    "synonym",
    "payers",
    "payer",
    "section",
    "absent",
    "notices",
];

/// Returns the tables of a file in canonical order.
fn table_order() -> impl Iterator<Item = &'static str> {
    ABOVE_GUIDANCE
        .into_iter()
        .chain(GUIDANCE)
        .chain(BELOW_GUIDANCE)
}

/// Returns the place of a table in the canonical order.
pub(crate) fn table_rank(name: &str) -> usize {
    table_order()
        .position(|known| known == name)
        .unwrap_or(usize::MAX)
}

/// A table with a line in brackets.
pub(crate) struct HeaderTable<'t> {
    pub(crate) path: Vec<&'t str>,
    /// The order in the file.
    pub(crate) position: isize,
    is_row: bool,
    table: &'t Table,
}

/// Returns the tables of a file in its order.
pub(crate) fn header_tables(root: &Table) -> Vec<HeaderTable<'_>> {
    let mut tables = Vec::new();
    collect(root, &[], &mut tables);
    tables.sort_by_key(|table| table.position);
    tables
}

fn collect<'t>(table: &'t Table, path: &[&'t str], tables: &mut Vec<HeaderTable<'t>>) {
    for (key, item) in table {
        let mut path = path.to_vec();
        path.push(key);
        let rows: Vec<&Table> = match item {
            Item::Table(table) if table.is_dotted() => continue,
            Item::Table(table) => vec![table],
            Item::ArrayOfTables(rows) => rows.iter().collect(),
            Item::Value(_) | Item::None => continue,
        };
        for table in rows {
            if !table.is_implicit() {
                tables.push(HeaderTable {
                    path: path.clone(),
                    position: table.position().unwrap_or(isize::MAX),
                    is_row: item.is_array_of_tables(),
                    table,
                });
            }
            collect(table, &path, tables);
        }
    }
}

/// Formats a file. The file must be a valid document.
pub fn format_document(text: &str) -> Result<String, TomlError> {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let file: DocumentMut = text.parse()?;
    let mut out = Output::default();
    out.fields(file.as_table(), "");
    let tables = header_tables(file.as_table());
    let mut rows = 0;
    let ordered = tables.iter().map(|table| {
        let is_nested = table.path.len() > 1;
        rows += usize::from(table.is_row && !is_nested);
        // Tables in a row follow it.
        let row = if is_row_table(table.path[0]) { rows } else { 0 };
        ((table_rank(table.path[0]), row, is_nested), table)
    });
    let mut ordered: Vec<_> = ordered.collect();
    ordered.sort_by_key(|(key, _)| *key);
    for (_, table) in ordered {
        out.table(table);
    }
    let trailing = file.trailing().as_str().unwrap_or_default().trim();
    if !trailing.is_empty() {
        out.comments(&format!("{trailing}\n"), true);
    }
    Ok(out.text)
}

#[derive(Default)]
struct Output {
    text: String,
}

impl Output {
    fn table(&mut self, table: &HeaderTable<'_>) {
        let decor = table.table.decor();
        self.comments(prefix(decor), true);
        let keys = table.path.iter();
        let keys = keys.map(|key| Key::new(*key).display_repr().into_owned());
        let path = keys.collect::<Vec<_>>().join(".");
        let header = if table.is_row {
            format!("[[{path}]]")
        } else {
            format!("[{path}]")
        };
        self.line(&header, suffix(decor));
        self.fields(table.table, &table.path.join("."));
    }

    /// Writes the fields of a table in canonical order.
    fn fields(&mut self, table: &Table, path: &str) {
        let order = fields_of(path);
        let mut fields: Vec<_> = table.get_values().into_iter().enumerate().collect();
        fields.sort_by_key(|(_, (keys, _))| {
            let name = keys.first().map_or("", |key| key.get());
            let place = order.iter().position(|known| *known == name);
            place.unwrap_or(order.len())
        });
        for (place, (old_place, (keys, value))) in fields.into_iter().enumerate() {
            let above = keys.last().map(|key| prefix(key.leaf_decor()));
            let above = above.unwrap_or_default();
            // An empty line below the heading goes.
            let is_first = place == 0 || old_place == 0;
            self.comments(if is_first { above.trim_start() } else { above }, false);
            let names = keys.iter().map(|key| key.display_repr().into_owned());
            let name = names.collect::<Vec<_>>().join(".");
            let mut bare = value.clone();
            bare.decor_mut().clear();
            self.line(&format!("{name} = {bare}"), suffix(value.decor()));
        }
    }

    fn line(&mut self, text: &str, suffix: &str) {
        self.text += text;
        self.text += suffix.trim_end();
        self.text.push('\n');
    }

    /// Writes whole lines of comments, with one empty line where there are any.
    fn comments(&mut self, text: &str, mut is_gap: bool) {
        // The last line is the indentation of what follows.
        let lines = text.rsplit_once('\n').map(|(lines, _)| lines.split('\n'));
        for line in lines.into_iter().flatten().map(str::trim) {
            if line.is_empty() {
                is_gap = true;
                continue;
            }
            self.gap(is_gap);
            is_gap = false;
            self.text += line;
            self.text.push('\n');
        }
        self.gap(is_gap);
    }

    /// Ends a paragraph, unless the file begins.
    fn gap(&mut self, is_gap: bool) {
        if is_gap && !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }
}

fn prefix(decor: &Decor) -> &str {
    let prefix = decor.prefix().and_then(RawString::as_str);
    prefix.unwrap_or_default()
}

fn suffix(decor: &Decor) -> &str {
    let suffix = decor.suffix().and_then(RawString::as_str);
    suffix.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::table_names;

    const MESSY: &str = r#"# The file.



schema = 1
[summary]
text = '''
a '''

# About sources.


[sources.b]   # first

  as_of=2026
  # The name.
  title  =   "B" # b  
[[payer]]
id = "one"
[[modifier]]
when = "a"

code = "26"
[[payer.modifier]]
code = "26"
[payer.plan]
reason = "licence"
[sources.a]
[[payer]]
id = "two"
[code]


#[[absent]]

"#;

    const CANONICAL: &str = r#"# The file.

schema = 1

[code]

# About sources.

[sources.b]   # first
# The name.
title = "B" # b
as_of = 2026

[sources.a]

[summary]
text = '''
a '''

[[modifier]]
code = "26"
when = "a"

[[payer]]
id = "one"

[[payer.modifier]]
code = "26"

[payer.plan]
reason = "licence"

[[payer]]
id = "two"

#[[absent]]
"#;

    #[test]
    fn every_table_has_a_place() {
        let mut names: Vec<&str> = table_names().collect();
        let mut placed = table_order().collect::<Vec<_>>();
        names.sort_unstable();
        placed.sort_unstable();
        assert_eq!(placed, names);
    }

    #[test]
    fn tables_and_fields_are_ordered_and_comments_stay() {
        for text in [MESSY, CANONICAL, &MESSY.replace('\n', "\r\n")] {
            assert_eq!(format_document(text).unwrap(), CANONICAL);
        }
    }
}
