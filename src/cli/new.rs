//! The `new` command: writes the first lines of a document, for its author to fill in.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::authoring::{Folder, add_rows, json_schema};
use crate::cli::output::{CommandOutput, INVALID_INPUT};
use crate::cli::rows::{left_out, open_sheet};
use crate::content::toml::read::shared_entries_beside;
use crate::content::{AsOf, CodeId, CodeSystem, Date, Document, Status};
use crate::files::AtomicFile;
use crate::library::Library;

const CODE_TEMPLATE: &str = include_str!("../../assets/templates/code.toml");
const MODIFIER_TEMPLATE: &str = include_str!("../../assets/templates/modifier.toml");

/// The file that the first line of a template names.
const SCHEMA_FILE: &str = "codeleaf.schema.json";

#[derive(Args, Debug)]
pub struct NewArgs {
    /// The code, with its system where several have it: `83950`, `hcpcs:G0439`.
    #[arg(value_name = "CODE")]
    code: String,
    /// The code system: cpt, hcpcs, icd10cm, modifier, pos or taxonomy.
    #[arg(long, value_name = "SYSTEM")]
    system: Option<CodeSystem>,
    /// The code is a modifier: the same as `--system modifier`.
    #[arg(long, conflicts_with = "system")]
    modifier: bool,
    /// Fill in the rows of a CSV or XLSX file, as `codeleaf rows` does.
    #[arg(long, value_name = "ROWS.csv")]
    from: Option<PathBuf>,
}

/// Writes a document into the current folder, unless its file exists.
pub fn new(arguments: &NewArgs, library: &Library, today: Option<Date>) -> CommandOutput {
    let code = match find_code(arguments, library) {
        Ok(code) => code,
        Err(message) => return CommandOutput::error(message, INVALID_INPUT),
    };
    let name = code.file_name();
    let mut text = fill_in(&code, library.imported(&code).as_ref(), today);
    let mut notes = String::new();
    if let Some(path) = &arguments.from {
        let added = open_sheet(path, None).and_then(|(kind, sheet)| {
            let is_known = |code: &CodeId| library.contains(code);
            let shared = shared_entries_beside(Path::new(&name));
            let folder = Folder {
                shared: &shared,
                is_known: &is_known,
            };
            let added = add_rows(&name, &text, (kind, &sheet), folder);
            added.map_err(|report| report.to_string())
        });
        match added {
            Ok(added) => {
                notes = left_out(path, &added);
                text = added.text;
            }
            Err(message) => return CommandOutput::error(message, INVALID_INPUT),
        }
    }
    match write_new(Path::new(&name), text.as_bytes()) {
        Ok(()) => {
            // Without the schema, an editor completes nothing. A file from earlier stays.
            let _ = write_new(Path::new(SCHEMA_FILE), json_schema().as_bytes());
            CommandOutput {
                err: notes,
                ..CommandOutput::success(format!(
                    "{name}: write its title and its summary, then run `codeleaf check {name}`\n"
                ))
            }
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let message = format!("{name} exists; `codeleaf new` overwrites no file");
            CommandOutput::error(message, INVALID_INPUT)
        }
        Err(error) => CommandOutput::error(format!("cannot write {name}: {error}"), INVALID_INPUT),
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let file = AtomicFile::create(path)?;
    file.file().write_all(bytes)?;
    file.commit_new(path)
}

/// Returns the code that the arguments name. Among several, it is the one that the library has.
fn find_code(arguments: &NewArgs, library: &Library) -> Result<CodeId, String> {
    let text = arguments.code.as_str();
    let modifier = arguments.modifier.then_some(CodeSystem::Modifier);
    if let Some(system) = arguments.system.or(modifier) {
        return CodeId::new(system, text).map_err(|error| error.to_string());
    }
    if text.contains(':') {
        return text
            .parse()
            .map_err(|error: crate::content::CodeError| error.to_string());
    }
    let candidates = CodeId::candidates(text);
    let mut known = candidates.iter().filter(|code| library.contains(code));
    match (candidates.as_slice(), known.next(), known.next()) {
        ([], ..) => Err(format!("`{text}` is not a code")),
        ([code], ..) | (_, Some(code), None) => Ok(code.clone()),
        _ => {
            let codes: Vec<String> = candidates.iter().map(ToString::to_string).collect();
            Err(format!(
                "matches more than one code; write {}",
                codes.join(" or ")
            ))
        }
    }
}

/// Fills in a template with what the imported sets state on the code.
fn fill_in(code: &CodeId, imported: Option<&Document>, today: Option<Date>) -> String {
    let template = match code.system() {
        CodeSystem::Modifier => MODIFIER_TEMPLATE,
        _ => CODE_TEMPLATE,
    };
    let status = imported.map_or(Status::Unverified, |document| document.status);
    let effective = match imported.map(|document| document.effective) {
        Some(date) if date != AsOf::Unknown => format!("effective = \"{date}\""),
        _ => "effective = \"unknown\"".to_owned(),
    };
    let today = today.map_or_else(|| "\"unknown\"".to_owned(), |today| today.to_string());
    let ids = imported.iter().flat_map(|document| &document.sources);
    let ids: Vec<&str> = ids.map(|source| source.id.0.as_str()).collect();
    let source = match ids.as_slice() {
        [] => "\"policy\"".to_owned(),
        ids => format!("[\"policy\", \"{}\"]", ids.join("\", \"")),
    };
    template
        .replace("{source}", &source)
        .replace("{sources}", &imported.map_or_else(String::new, sources))
        .replace("{code}", &code.to_string())
        .replace("{file}", &code.file_name())
        .replace("{system}", code.system().id())
        .replace("{value}", code.value())
        .replace("{status}", status.id())
        .replace("{effective}", &effective)
        .replace("{today}", &today)
}

/// The tables of the sources of an imported row.
fn sources(document: &Document) -> String {
    let tables = document.sources.iter().map(|source| {
        let text = |text: &str| toml::Value::from(text).to_string();
        let as_of = match source.as_of {
            AsOf::Unknown => "unknown".to_owned(),
            date => date.to_string(),
        };
        let (id, kind) = (&source.id.0, source.kind.id());
        let (title, short) = (text(&source.title), text(&source.short));
        format!(
            "[sources.{id}]\ntitle = {title}\nshort = {short}\nkind = \"{kind}\"\nas_of = \"{as_of}\"\n\n"
        )
    });
    tables.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authoring::format_document;
    use crate::content::parse_document;

    #[test]
    fn templates_are_valid_with_and_without_their_commented_rows() {
        let today = Date::from_days_since_1970(20_000);
        for code in [
            "cpt:83950",
            "hcpcs:G0439",
            "icd10cm:K92.2",
            "pos:11",
            "modifier:59",
        ] {
            let text = fill_in(&code.parse().unwrap(), None, today);

            assert_eq!(format_document(&text).unwrap(), text);
            let rows: Vec<&str> = text
                .lines()
                .map(|line| match line.strip_prefix('#') {
                    Some(field) if !field.starts_with([' ', '#', ':']) => field,
                    _ => line,
                })
                .collect();
            for text in [text.clone(), rows.join("\n")] {
                if let Err(report) = parse_document(code, text.as_bytes()) {
                    panic!("{report}");
                }
            }
        }
    }
}
