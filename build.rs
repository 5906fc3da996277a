//! Embeds the documents of `content/`, keys and themes as Rust tables, and synonyms and the names of
//! codes as lines.
//!
//! Parsing the keys and themes at every start would take a third of the time to first paint. See
//! "Start-up shortcuts" in `src/lib.rs`. Parsing synonyms and names would take 1.7 MB of memory.

#[path = "src/search/query/name_key.rs"]
mod name_key;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use toml::{Table, Value};

/// The folders of the built-in documents.
const CONTENT_FOLDERS: [&str; 2] = ["content", "content/modifiers"];

fn main() -> io::Result<()> {
    let variable = |name| env::var(name).map_err(io::Error::other);
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(variable("OUT_DIR")?);
    // Link GCC's unwinder statically, as `-static-libgcc` does, where `.cargo/link-static` is not used.
    // Loading libgcc_s takes a twentieth of the time to first paint.
    if variable("CARGO_CFG_TARGET_OS")? == "linux" && variable("CARGO_CFG_TARGET_ENV")? == "gnu" {
        println!("cargo::rustc-link-lib=gcc_eh");
    }
    for folder in [
        ".cargo",
        "content",
        "assets",
        "src/search/query/name_key.rs",
    ] {
        println!("cargo::rerun-if-changed={folder}");
    }
    let folders = CONTENT_FOLDERS.map(|folder| root.join(folder));
    fs::write(out.join("built_in.rs"), documents(&folders)?)?;
    let keys = fs::read_to_string(root.join("assets/keymap.toml"))?;
    fs::write(out.join("keymap.rs"), bindings(&parse_table(&keys)?)?)?;
    fs::write(out.join("themes.rs"), themes(&root.join("assets/themes"))?)?;
    let file = parse_table(&fs::read_to_string(root.join("assets/synonyms.toml"))?)?;
    fs::write(out.join("synonyms.tsv"), synonyms(&file)?)?;
    fs::write(out.join("code_names.tsv"), code_names(&file)?)
}

/// Generates a line for each entry: its table, `modifier`, `words` and `asked`. Phrases are separated
/// by `|`.
fn synonyms(file: &Table) -> io::Result<String> {
    let list = |value: Option<&Value>| {
        let phrases = value.map_or_else(|| Ok(Vec::new()), strings)?;
        if phrases
            .iter()
            .any(|phrase| phrase.contains(['|', '\t', '\n']))
        {
            return Err(invalid_asset(
                "a phrase has a separator of the generated lines",
            ));
        }
        Ok(phrases.join("|"))
    };
    let mut lines = format!("ignore\t\t{}\t\n", list(file.get("ignore"))?);
    for table in ["same", "also"] {
        for row in rows(file, table) {
            let modifier = row.get("modifier").map(|code| string(Some(code)));
            let modifier = modifier.transpose()?;
            _ = writeln!(
                lines,
                "{table}\t{}\t{}\t{}",
                modifier.unwrap_or_default(),
                list(row.get("words"))?,
                list(row.get("asked"))?,
            );
        }
    }
    Ok(lines)
}

/// Generates a line with key, system and code for each name of a code, sorted by key.
fn code_names(synonyms: &Table) -> io::Result<String> {
    let mut lines = Vec::new();
    let systems = synonyms.get("codes").and_then(Value::as_table);
    for (system, codes) in systems.into_iter().flatten() {
        let codes = codes.as_table();
        for (code, names) in codes.into_iter().flatten() {
            for name in strings(names)? {
                let words = name.split(|c: char| !c.is_ascii_alphanumeric());
                let words = words.filter(|word| !word.is_empty());
                lines.push(format!(
                    "{}\t{system}:{code}\n",
                    name_key::from_words(words)
                ));
            }
        }
    }
    lines.sort_by(|a, b| a.split('\t').next().cmp(&b.split('\t').next()));
    lines.dedup();
    Ok(lines.concat())
}

/// Generates the built-in documents and their checksum. A document is listed with what the catalog
/// has of it, so that it is parsed only when it is opened.
fn documents(folders: &[PathBuf]) -> io::Result<String> {
    let (mut list, mut texts) = ("&[\n".to_owned(), "&[\n".to_owned());
    let mut checksum = crc32fast::Hasher::new();
    for folder in folders {
        for (name, path) in toml_files(folder)? {
            let text = fs::read_to_string(&path)?;
            checksum.update(name.as_bytes());
            checksum.update(text.as_bytes());
            let path = path
                .to_str()
                .ok_or_else(|| invalid_asset("a path is not UTF-8"))?;
            let file = parse_table(&text)?;
            let code = file.get("code");
            let code = |field| string(code.and_then(|code| code.get(field)));
            let (mut modifiers, mut payers) = (Vec::new(), Vec::new());
            for payer in rows(&file, "payer") {
                payers.push(string(payer.get("name"))?);
            }
            let of_payers = rows(&file, "payer").filter_map(Value::as_table);
            let of_payers = of_payers.flat_map(|payer| rows(payer, "modifier"));
            for row in rows(&file, "modifier").chain(of_payers) {
                let modifier = string(row.get("code"))?;
                if !modifiers.contains(&modifier) {
                    modifiers.push(modifier);
                }
            }
            _ = writeln!(
                list,
                "    BuiltInFile {{ name: {name:?}, title: {:?}, status: {:?}, \
                 modifiers: &{modifiers:?}, payers: &{payers:?} }},",
                code("title")?,
                code("status")?,
            );
            _ = writeln!(texts, "    include_str!({path:?}),");
        }
    }
    let checksum = checksum.finalize();
    let (high, low) = (checksum >> 16, checksum & 0xffff);
    Ok(format!(
        "Built {{ checksum: 0x{high:04x}_{low:04x}, files: {list}], texts: {texts}] }}\n"
    ))
}

/// Returns the rows of an array of tables.
fn rows<'t>(table: &'t Table, name: &str) -> impl Iterator<Item = &'t Value> {
    let rows = table.get(name).and_then(Value::as_array);
    rows.into_iter().flatten()
}

/// Generates a list with a `BuiltInBinding` per action.
fn bindings(keymap: &Table) -> io::Result<String> {
    let mut list = "&[\n".to_owned();
    for row in keymap
        .get("key")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let row = row
            .as_table()
            .ok_or_else(|| invalid_asset("a key is not a table"))?;
        let modes = match row.get("in") {
            Some(modes) => format!("Some(&{:?})", strings(modes)?),
            None => "None".to_owned(),
        };
        let mut hints = Vec::new();
        for (mode, hint) in row
            .get("hint")
            .and_then(Value::as_table)
            .into_iter()
            .flatten()
        {
            hints.push((mode, string(Some(hint))?));
        }
        _ = writeln!(
            list,
            "    BuiltInBinding {{ action: {:?}, keys: &{:?}, modes: {modes}, help: {:?}, hints: &{hints:?} }},",
            string(row.get("action"))?,
            strings(row.get("keys").unwrap_or(&Value::Boolean(false)))?,
            string(row.get("help"))?,
        );
    }
    Ok(list + "]\n")
}

/// Generates a list of themes: names, and a style per role.
fn themes(folder: &Path) -> io::Result<String> {
    let mut list = "&[\n".to_owned();
    for (name, path) in toml_files(folder)? {
        let theme = parse_table(&fs::read_to_string(path)?)?;
        _ = writeln!(list, "    ({:?}, &[", name.trim_end_matches(".toml"));
        for (role, style) in &theme {
            let style = style
                .as_table()
                .ok_or_else(|| invalid_asset("a style is not a table"))?;
            let color = |key| style.get(key).map(|name| string(Some(name))).transpose();
            let mut attributes = Vec::new();
            for (name, value) in style {
                if value.as_bool() == Some(true) {
                    attributes.push(name);
                }
            }
            _ = writeln!(
                list,
                "        ({role:?}, BuiltInStyle {{ fg: {:?}, bg: {:?}, attributes: &{attributes:?} }}),",
                color("fg")?,
                color("bg")?,
            );
        }
        list += "    ]),\n";
    }
    Ok(list + "]\n")
}

/// Returns the names and paths of the TOML files in a folder, sorted by name.
fn toml_files(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name
            .ok_or_else(|| invalid_asset("a name is not UTF-8"))?
            .to_owned();
        if path.extension().is_some_and(|end| end == "toml") {
            files.push((name, path));
        }
    }
    files.sort();
    Ok(files)
}

fn parse_table(text: &str) -> io::Result<Table> {
    text.parse().map_err(io::Error::other)
}

fn string(value: Option<&Value>) -> io::Result<&str> {
    value
        .and_then(Value::as_str)
        .ok_or_else(|| invalid_asset("a string is missing or of another type"))
}

fn strings(value: &Value) -> io::Result<Vec<&str>> {
    let list = value
        .as_array()
        .ok_or_else(|| invalid_asset("a list is missing or of another type"))?;
    list.iter().map(|value| string(Some(value))).collect()
}

fn invalid_asset(message: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("in an asset, {message}"),
    )
}
