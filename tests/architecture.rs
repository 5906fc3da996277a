//! Compares the table of rooms in `src/lib.rs` with the paths in the code.
//!
//! A *module* is a file under `src`. Module A uses module B if a path in A resolves to B; a path
//! through a re-export resolves to the file that holds the re-export. Test modules do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, Item, ItemMod, ItemUse, Macro, Token, UseTree};

/// Additions to `std`, which every room may use.
const STD_ADDITIONS: [&str; 2] = ["num", "sync"];

type Module = Vec<String>;
/// For each module, the modules that it uses, each with one path that shows it.
type Uses = BTreeMap<Module, BTreeMap<Module, String>>;

/// Collects the paths of one file that may lead to other modules of the crate.
struct Paths {
    module: Module,
    found: Vec<Vec<String>>,
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Mod(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => &Vec::new(),
        };
        if !is_test_only(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.add_use(Vec::new(), &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter();
        let segments: Vec<String> = segments.map(|segment| segment.ident.to_string()).collect();
        self.add(&segments);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        // Arguments of macros are bare tokens: "crate :: text :: width (title)".
        let text = call
            .tokens
            .to_token_stream()
            .to_string()
            .replace(" :: ", "::");
        let is_part = |c: char| c.is_alphanumeric() || "_:".contains(c);
        for word in text.split(|c| !is_part(c)) {
            self.add(&word.split("::").map(str::to_owned).collect::<Vec<_>>());
        }
        visit::visit_macro(self, call);
    }
}

impl Paths {
    fn add_use(&mut self, mut prefix: Vec<String>, tree: &UseTree) {
        match tree {
            UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.add_use(prefix, &path.tree);
            }
            UseTree::Name(name) => {
                prefix.push(name.ident.to_string());
                self.add(&prefix);
            }
            UseTree::Rename(rename) => {
                prefix.push(rename.ident.to_string());
                self.add(&prefix);
            }
            UseTree::Glob(_) => self.add(&prefix),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_use(prefix.clone(), tree);
                }
            }
        }
    }

    /// Adds a path, made absolute. A path without a keyword may begin with a child module.
    fn add(&mut self, path: &[String]) {
        let mut base = self.module.clone();
        let mut rest = path;
        match rest.first().map(String::as_str) {
            Some("crate") => {
                base.clear();
                rest = &rest[1..];
            }
            Some("self") => rest = &rest[1..],
            _ => {}
        }
        while let Some((first, after)) = rest.split_first()
            && first == "super"
        {
            base.pop();
            rest = after;
        }
        base.extend(rest.iter().cloned());
        self.found.push(base);
    }
}

fn is_test_only(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Path>()
                .is_ok_and(|path| path.is_ident("test"))
    })
}

fn source_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Parses the file of a module and the files of its child modules.
fn parse_modules(folder: &Path, module: &Module, files: &mut BTreeMap<Module, syn::File>) {
    let path = module
        .iter()
        .fold(folder.to_owned(), |path, name| path.join(name));
    let text = fs::read_to_string(path.with_extension("rs")).unwrap();
    let file = syn::parse_file(&text).unwrap();
    parse_children(folder, module, &file.items, files);
    files.insert(module.clone(), file);
}

/// Parses the files of the modules that some items declare. A module in braces has no file of its
/// own, but may declare modules that have.
fn parse_children(
    folder: &Path,
    module: &Module,
    items: &[Item],
    files: &mut BTreeMap<Module, syn::File>,
) {
    for item in items {
        let Item::Mod(child) = item else { continue };
        if is_test_only(&child.attrs) {
            continue;
        }
        let mut child_module = module.clone();
        child_module.push(child.ident.to_string());
        match &child.content {
            None => parse_modules(folder, &child_module, files),
            Some((_, items)) => parse_children(folder, &child_module, items, files),
        }
    }
}

/// Parses all modules of the crate. Also returns the text of `src/lib.rs`.
fn parse_crate() -> (BTreeMap<Module, syn::File>, String) {
    let folder = source_folder();
    let text = fs::read_to_string(folder.join("lib.rs")).unwrap();
    let mut files = BTreeMap::new();
    let rooms = syn::parse_file(&text).unwrap().items;
    parse_children(&folder, &Module::new(), &rooms, &mut files);
    (files, text)
}

/// Returns what each module of the crate uses, and the table of rooms in `src/lib.rs`.
fn read_crate() -> (Uses, BTreeMap<String, BTreeSet<String>>) {
    let (files, text) = parse_crate();
    let mut uses = Uses::new();
    for (module, file) in &files {
        let mut paths = Paths {
            module: module.clone(),
            found: Vec::new(),
        };
        paths.visit_file(file);
        let targets = uses.entry(module.clone()).or_default();
        for path in paths.found {
            let owner = (1..=path.len()).rev().map(|length| &path[..length]);
            let owner = owner
                .map(<[_]>::to_vec)
                .find(|owner| files.contains_key(owner));
            if let Some(owner) = owner
                && owner != *module
            {
                targets.entry(owner).or_insert_with(|| path.join("::"));
            }
        }
    }
    let mut table = BTreeMap::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("//! | ")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let names = |cell: &str| -> BTreeSet<String> {
            let quoted = cell.split('`').skip(1).step_by(2);
            quoted.map(str::to_owned).collect()
        };
        if let Some(room) = names(cells[0]).pop_first() {
            table.insert(room, names(cells[2]));
        }
    }
    (uses, table)
}

fn room(module: &Module) -> &str {
    &module[0]
}

#[test]
fn rooms_use_only_what_the_table_allows() {
    let (uses, table) = read_crate();
    let rooms: BTreeSet<&str> = uses.keys().map(room).collect();
    let listed: BTreeSet<&str> = table.keys().map(String::as_str).collect();
    assert_eq!(listed, rooms, "the table lists every room once");
    // What a room may use: its row, and what those rooms may use.
    let mut allowed = table.clone();
    for _ in 0..table.len() {
        for row in allowed.clone().values() {
            for (room, used) in allowed.clone() {
                if row.contains(&room) {
                    let entry = allowed.values_mut().filter(|other| other.contains(&room));
                    entry.for_each(|other| other.extend(used.iter().cloned()));
                }
            }
        }
    }
    let mut wrong = Vec::new();
    for (module, used) in &uses {
        for (other, path) in used {
            let is_allowed = room(module) == room(other)
                || STD_ADDITIONS.contains(&room(other))
                || allowed[room(module)].contains(room(other));
            if !is_allowed {
                wrong.push(format!("{} uses {path}", module.join("::")));
            }
        }
    }
    assert!(wrong.is_empty(), "not in the table:\n{}", wrong.join("\n"));
    for (name, row) in &table {
        for other in row {
            let is_used = uses
                .iter()
                .filter(|(module, _)| room(module) == name)
                .any(|(_, used)| used.keys().any(|module| room(module) == other));
            assert!(
                is_used,
                "the table says that `{name}` uses `{other}`; it does not"
            );
        }
    }
}

/// Returns the modules that a module uses, directly or through others.
fn reachable<'u>(uses: &'u Uses, module: &'u Module) -> BTreeSet<&'u Module> {
    let mut reached = BTreeSet::new();
    let mut waiting = vec![module];
    while let Some(next) = waiting.pop() {
        for used in uses[next].keys() {
            if reached.insert(used) {
                waiting.push(used);
            }
        }
    }
    reached
}

#[test]
fn modules_do_not_import_each_other_in_a_circle() {
    let (uses, _) = read_crate();
    let reached: BTreeMap<&Module, BTreeSet<&Module>> = uses
        .keys()
        .map(|module| (module, reachable(&uses, module)))
        .collect();
    let mut ties = Vec::new();
    for (module, used) in &uses {
        for (other, path) in used {
            if reached[other].contains(module) {
                ties.push(format!("{} uses {path}", module.join("::")));
            }
        }
    }
    assert!(ties.is_empty(), "circles:\n{}", ties.join("\n"));
}

/// The rooms of the reader's screens. Their texts are in `app::messages` and `content::labels`.
const SCREEN_ROOMS: [&str; 4] = ["layout", "app", "view", "session"];

/// The method that adds an error to the report on a user's file, with its own texts.
const REPORTING_METHOD: &str = "invalid";

/// Collects the texts of one file that a reader may see.
#[derive(Default)]
struct Texts(Vec<String>);

impl<'ast> Visit<'ast> for Texts {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !is_test_only(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if call.method != REPORTING_METHOD {
            visit::visit_expr_method_call(self, call);
        }
    }

    fn visit_lit_str(&mut self, literal: &'ast syn::LitStr) {
        self.0
            .extend(Some(literal.value()).filter(|text| is_text(text)));
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        // Macros with a syntax of their own have no texts.
        let arguments = Punctuated::<Expr, Token![,]>::parse_terminated;
        for argument in call.parse_body_with(arguments).iter().flatten() {
            Visit::visit_expr(self, argument);
        }
    }
}

/// Returns true for two words or more, one of them with letters. A placeholder is a word.
fn is_text(literal: &str) -> bool {
    let outside = literal.split('{').enumerate();
    let outside = outside.map(|(n, part)| match part.split_once('}') {
        Some((_, after)) if n > 0 => format!("0{after}"),
        _ => part.to_owned(),
    });
    let outside = outside.collect::<String>();
    let words: Vec<&str> = outside.split_whitespace().collect();
    words.len() > 1 && words.iter().any(|word| word.contains(char::is_alphabetic))
}

#[test]
fn texts_of_the_screens_are_in_one_place() {
    assert!(is_text("{count} rows") && is_text("No matches."));
    assert!(!is_text("{key} · {name}") && !is_text("record"));
    let mut misplaced = Vec::new();
    for (module, file) in &parse_crate().0 {
        let is_messages = module.starts_with(&["app".to_owned(), "messages".to_owned()]);
        if SCREEN_ROOMS.contains(&room(module)) && !is_messages {
            let mut texts = Texts::default();
            texts.visit_file(file);
            let place = module.join("::");
            misplaced.extend(texts.0.iter().map(|text| format!("{place}: {text:?}")));
        }
    }
    let misplaced = misplaced.join("\n");
    assert!(misplaced.is_empty(), "texts in code:\n{misplaced}");
}
