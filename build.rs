//! Embeds what the program comes with: the documents under `content/`, so that a new file there is
//! in by itself, and keys and colours as tables. To read these from TOML at every start would take
//! a third of the time to the first frame. Links the unwinder in.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use toml::{Table, Value};

fn main() -> io::Result<()> {
    let variable = |name| env::var(name).map_err(io::Error::other);
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(variable("OUT_DIR")?);
    // The unwinder out of GCC's own library, as `-static-libgcc` has it: to load libgcc_s at every
    // start, which asks the processor what it can do, would take a twentieth of the time to the
    // first frame where the processor is a virtual one.
    if variable("CARGO_CFG_TARGET_OS")? == "linux" && variable("CARGO_CFG_TARGET_ENV")? == "gnu" {
        println!("cargo::rustc-link-lib=gcc_eh");
    }
    for folder in ["content", "assets/keymap.toml", "assets/themes"] {
        println!("cargo::rerun-if-changed={folder}");
    }
    fs::write(out.join("built_in.rs"), documents(&root.join("content"))?)?;
    let keys = fs::read_to_string(root.join("assets/keymap.toml"))?;
    fs::write(out.join("keymap.rs"), bindings(&parse_table(&keys)?)?)?;
    fs::write(out.join("themes.rs"), themes(&root.join("assets/themes"))?)
}

/// Lists the documents: their names, and their texts.
fn documents(folder: &Path) -> io::Result<String> {
    let mut list = "&[\n".to_owned();
    for (name, path) in toml_files(folder)? {
        let path = path
            .to_str()
            .ok_or_else(|| invalid_asset("a path is not UTF-8"))?;
        _ = writeln!(list, "    ({name:?}, include_str!({path:?})),");
    }
    Ok(list + "]\n")
}

/// Makes a table of the keys: a `BuiltInBinding` an action.
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
            .ok_or_else(|| invalid_asset("a key is no table"))?;
        let modes = match row.get("in") {
            Some(modes) => format!("Some(&{:?})", strings(modes)?),
            None => "None".to_owned(),
        };
        let mut hints = Vec::new();
        for (room, hint) in row
            .get("hint")
            .and_then(Value::as_table)
            .into_iter()
            .flatten()
        {
            hints.push((room, string(Some(hint))?));
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

/// Makes a table of the themes: each name, and the parts of the screen with their colours.
fn themes(folder: &Path) -> io::Result<String> {
    let mut list = "&[\n".to_owned();
    for (name, path) in toml_files(folder)? {
        let theme = parse_table(&fs::read_to_string(path)?)?;
        _ = writeln!(list, "    ({:?}, &[", name.trim_end_matches(".toml"));
        for (part, colours) in &theme {
            let colours = colours
                .as_table()
                .ok_or_else(|| invalid_asset("a colour is no table"))?;
            let colour = |end| colours.get(end).map(|name| string(Some(name))).transpose();
            let mut attributes = Vec::new();
            for (name, value) in colours {
                if value.as_bool() == Some(true) {
                    attributes.push(name);
                }
            }
            _ = writeln!(
                list,
                "        ({part:?}, BuiltInStyle {{ fg: {:?}, bg: {:?}, attributes: &{attributes:?} }}),",
                colour("fg")?,
                colour("bg")?,
            );
        }
        list += "    ]),\n";
    }
    Ok(list + "]\n")
}

/// Returns the TOML files of a folder, by name.
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
        .ok_or_else(|| invalid_asset("a text is missing, or is none"))
}

fn strings(value: &Value) -> io::Result<Vec<&str>> {
    let list = value
        .as_array()
        .ok_or_else(|| invalid_asset("a list is missing, or is none"))?;
    list.iter().map(|value| string(Some(value))).collect()
}

fn invalid_asset(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("in an asset, {what}"))
}
