//! The pages of modifiers: the shipped ones, and those of an imported HCPCS file.

use std::collections::BTreeSet;
use std::sync::Arc;

use codeleaf::content::{
    AsOf, CPT_NOTICE, CodeId, Document, ModifierCode, RowPath, Source, SourceId, SourceKind,
};
use codeleaf::export::{ExportFormat, ExportScope, PrintOptions};
use codeleaf::layout::{LayoutOptions, Medium, Page, TableMode};
use codeleaf::library::{ComparisonRequest, ExcerptSubject, Library};
use codeleaf::search::{Index, IndexBuilder, Query};
use codeleaf::text::Charset;

use crate::sets::StoreFixture;

/// Modifiers that laboratories, outpatient and professional billing meet every day.
const EVERYDAY: &str = "22 24 25 26 27 33 50 51 52 53 57 58 59 62 66 73 74 76 77 78 79 80 81 82 90 \
     91 92 93 95 99 AI AS AT CO CQ CR CS EY FQ FR FS FT FX FY G0 GA GC GE GG GN GO GP GQ GT GU GW \
     GX GY GZ JW JZ KX LT RT E1 E2 E3 E4 FA F1 F2 F3 F4 F5 F6 F7 F8 F9 TA T1 T2 T3 T4 T5 T6 T7 T8 \
     T9 LC LD LM RC RI PT Q0 Q1 QK QS QW QX QY QZ SA SG TC XE XP XS XU";

fn modifier(value: &str) -> CodeId {
    CodeId::from(&ModifierCode::new(value).unwrap())
}

fn shipped_pages() -> Vec<Arc<Document>> {
    let library = Library::built_in();
    let codes = library.entries().iter().map(|entry| &entry.code);
    let pages = codes.filter(|code| code.as_modifier().is_some());
    pages.map(|code| library.document(code).unwrap()).collect()
}

fn hits(index: &Index, query: &str) -> Vec<CodeId> {
    let results = index.search(&Query::parse(query), None, 20);
    results.hits.into_iter().map(|hit| hit.code).collect()
}

#[test]
fn every_everyday_modifier_has_a_page_with_the_notice() {
    let pages = shipped_pages();
    let shipped: BTreeSet<&str> = pages.iter().map(|page| page.code.value()).collect();
    for value in EVERYDAY.split_whitespace() {
        assert!(shipped.contains(value), "{value}");
    }
    for page in &pages {
        assert!(
            page.notices.contains(&CPT_NOTICE.to_owned()),
            "{}",
            page.code
        );
    }
}

#[test]
fn every_row_has_a_dated_source_and_no_statement_an_unverified_one() {
    let mut statements = 0;
    for page in shipped_pages() {
        let source = |id: Option<&SourceId>| -> Source {
            let source = id.and_then(|id| page.source(id));
            source
                .unwrap_or_else(|| panic!("{}: no source", page.code))
                .clone()
        };
        for (section, block, row) in page.rows() {
            if section.id.0 == "documents" {
                // Made from other documents.
                continue;
            }
            let at = format!("{} {}/{}", page.code, block.id.0, row.key.0);
            let remarks = row.remarks.iter().map(|remark| &remark.source);
            let cited = row.stated_by().chain(&row.disputed_by).chain(remarks);
            for source in cited.map(|id| source(Some(id))) {
                let is_dated = source.as_of != AsOf::Unknown || source.read != AsOf::Unknown;
                assert!(is_dated, "{at}: {}", source.title);
            }
            // What the editors say themselves: words to search by, links, and open questions.
            let is_statement = match block.id.0.as_str() {
                "synonyms" | "related" | "modifier-questions" => false,
                "facts" => true,
                id => {
                    assert!(id.starts_with("modifier-"), "{at}");
                    true
                }
            };
            let kind = source(row.source.as_ref()).kind;
            assert!(!is_statement || kind != SourceKind::InHouse, "{at}");
            statements += usize::from(is_statement);
        }
    }
    assert!(statements > 600, "only {statements}");
}

#[test]
fn secondary_source_is_named_on_screen() {
    let page = Library::built_in().document(&modifier("26")).unwrap();
    let text = codeleaf::export::document(
        &page,
        &ExportScope::Whole,
        ExportFormat::Text,
        PrintOptions {
            charset: Charset::Unicode,
            columns: 100,
        },
    );
    assert!(
        text.contains("— according to Noridian JE Part B, modifier 26, 2023-12-09"),
        "{text}"
    );
    assert!(
        text.contains("— CMS, Physician Fee Schedule relative value file"),
        "{text}"
    );
}

#[test]
fn every_output_names_each_of_several_sources_with_rank_and_date() {
    let page = Library::built_in().document(&modifier("59")).unwrap();
    let mut rows = page.rows();
    let (section, block, row) = rows
        .find(|(_, _, row)| !row.confirmed_by.is_empty())
        .unwrap();
    let path = RowPath::new(section, block, row);
    let sources: Vec<String> = row
        .stated_by()
        .map(|id| page.source(id).unwrap().attribution())
        .collect();
    assert_eq!(sources.len(), 2);
    assert!(sources[1].starts_with("according to Noridian"));
    assert!(sources[1].ends_with(", 2023-04-19"));
    let options = LayoutOptions {
        columns: 120,
        charset: Charset::Unicode,
        table_mode: TableMode::Columns,
        medium: Medium::Screen,
    };
    let lines = Page::from_row(&page, &path, options).lines;
    let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
    let opened = lines.join("\n");
    let print = |format| {
        let print = PrintOptions {
            charset: Charset::Unicode,
            columns: 120,
        };
        codeleaf::export::document(&page, &ExportScope::Whole, format, print)
    };
    let text = print(ExportFormat::Text);
    let markdown = print(ExportFormat::Markdown);
    for source in &sources {
        assert!(opened.contains(&format!("— {source}")), "{opened}");
        assert!(text.contains(&format!("— {source}")), "{text}");
        assert!(markdown.contains(&format!("\n— {source}")), "{markdown}");
    }
    let json: serde_json::Value = serde_json::to_value(row).unwrap();
    assert_eq!(json["source"], "o20");
    assert_eq!(json["confirmed_by"], serde_json::json!(["m24"]));
}

#[test]
fn comparison_lists_each_of_several_sources() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.toml");
    let source = |id: &str, title: &str| {
        format!("[sources.{id}]\ntitle = \"{title}\"\nkind = \"secondary\"\nas_of = 2026\n")
    };
    let text = format!(
        "schema = 1\n[code]\nsystem = \"cpt\"\nvalue = \"00001\"\ntitle = \"A made-up test\"\n\
         status = \"unverified\"\n{}{}[[modifier]]\ncode = \"59\"\ndescription = \"Separate\"\n\
         when = \"Nothing else fits.\"\nsource = [\"a\", \"b\"]\n",
        source("a", "First letter"),
        source("b", "Second letter"),
    );
    std::fs::write(&path, text).unwrap();
    let (library, code) = Library::built_in().with_file(&path).unwrap();
    let request = ComparisonRequest {
        subject: ExcerptSubject::Modifier(ModifierCode::new("59").unwrap()),
        codes: vec![code],
        left_out: 0,
    };
    let (comparison, _) = library.comparison(&request).unwrap();
    let (_, _, statement) = comparison.rows().next().unwrap();
    assert_eq!(statement.stated_by().count(), 2);
    let sources = comparison
        .rows()
        .filter(|(_, block, _)| block.id.0 == "sources");
    let titles: Vec<&str> = sources
        .filter_map(|(_, _, row)| row.cells[0].value.as_text())
        .collect();
    assert_eq!(titles, ["First letter, 2026", "Second letter, 2026"]);
}

#[test]
fn number_finds_the_page_first_in_every_spelling() {
    let library = Arc::new(Library::built_in());
    let index = IndexBuilder::index_library(&library);
    for value in EVERYDAY.split_whitespace() {
        for query in [
            value.to_owned(),
            value.to_lowercase(),
            format!("-{value}"),
            format!("mod {value}"),
            format!("modifier {value}"),
        ] {
            assert_eq!(
                hits(&index, &query).first(),
                Some(&modifier(value)),
                "{query}"
            );
        }
    }
}

#[test]
fn everyday_words_find_the_page() {
    let library = Arc::new(Library::built_in());
    let index = IndexBuilder::index_library(&library);
    for page in shipped_pages() {
        for words in page.synonyms.iter().chain([&page.title]) {
            assert!(
                hits(&index, words).contains(&page.code),
                "{words}: {}",
                page.code
            );
        }
    }
    for (words, value) in [
        ("waived", "QW"),
        ("left side", "LT"),
        ("right side", "RT"),
        ("bilateral", "50"),
        ("both sides", "50"),
        ("reading only", "26"),
        ("send-out", "90"),
        ("separate procedure", "59"),
        ("ABN signed", "GA"),
        ("left thumb", "FA"),
        ("big toe", "TA"),
        ("drug discarded", "JW"),
        ("phone visit", "93"),
        // The second source of a row.
        ("XIFIN", "GA"),
    ] {
        let top: Vec<CodeId> = hits(&index, words).into_iter().take(5).collect();
        assert!(top.contains(&modifier(value)), "{words}: {top:?}");
    }
}

/// Imports the published HCPCS file; `None` without the folder of published files.
fn library_with_hcpcs() -> Option<(StoreFixture, Arc<Library>)> {
    let Some(folder) = std::env::var_os("CODELEAF_DATA") else {
        println!("skipped: CODELEAF_DATA does not name a folder of published files");
        return None;
    };
    let fixture = StoreFixture::new();
    let file = std::path::Path::new(&folder).join("hcpcs-2019-anweb.txt");
    fixture.import_as(None, &file, None).unwrap();
    let library = Library::built_in().with_sets(fixture.store.open_sets());
    Some((fixture, Arc::new(library)))
}

#[test]
fn every_modifier_of_the_published_hcpcs_file_has_a_page() {
    let Some((_fixture, library)) = library_with_hcpcs() else {
        return;
    };
    let index = IndexBuilder::index_library(&library);
    let listed = library.codes_only_in_sets().map(|listed| listed.code);
    let listed: Vec<CodeId> = listed.filter(|code| code.as_modifier().is_some()).collect();
    assert!(listed.len() > 200, "{}", listed.len());
    for code in &listed {
        let page = library.document(code).unwrap();
        assert!(page.notices.contains(&CPT_NOTICE.to_owned()), "{code}");
        let query = format!("modifier {}", code.value());
        assert_eq!(hits(&index, &query).first(), Some(code), "{query}");
    }
    // Not shipped: found by its official description.
    assert!(library.entry(&modifier("BA")).is_none());
    assert_eq!(
        hits(&index, "enteral parenteral").first(),
        Some(&modifier("BA"))
    );
    for (words, value) in [
        ("waived", "QW"),
        ("left side", "LT"),
        ("XE", "XE"),
        ("TC", "TC"),
    ] {
        assert_eq!(
            hits(&index, words).first(),
            Some(&modifier(value)),
            "{words}"
        );
    }
}

#[test]
fn page_shows_the_official_description_and_the_documents() {
    let Some((_fixture, library)) = library_with_hcpcs() else {
        return;
    };
    let page = library.document(&modifier("QW")).unwrap();
    let official = page.rows().any(|(_, block, row)| {
        block.id.0 == "set-hcpcs"
            && row.cells.iter().any(|cell| {
                cell.value.as_text() == Some("Clia waived test") || cell.label == "Official text"
            })
    });
    assert!(official);
    let page = library.document(&modifier("90")).unwrap();
    let (_, _, row) = page
        .rows()
        .find(|(section, ..)| section.id.0 == "documents")
        .unwrap();
    assert_eq!(row.cells[0].value.as_text(), Some("83950"));
    assert!(row.standing.is_some());
}
