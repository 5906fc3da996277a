//! Lists the documents under `content/`, so that a new file there is embedded by itself.

use std::io::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=content");
    let variable = |name| env::var(name).map_err(io::Error::other);
    let folder = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("content");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
    files.sort();
    let mut list = fs::File::create(Path::new(&variable("OUT_DIR")?).join("built_in.rs"))?;
    writeln!(list, "&[")?;
    for path in files {
        let name = path.file_name().and_then(|name| name.to_str());
        let (name, path) = name
            .zip(path.to_str())
            .ok_or_else(|| io::Error::other("a path that is not UTF-8"))?;
        writeln!(list, "    ({name:?}, include_str!({path:?})),")?;
    }
    writeln!(list, "]")
}
