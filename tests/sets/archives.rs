//! Archives and spreadsheets: what is found in them, and which are refused.

use std::io::{Cursor, Write};

use codeleaf::codesets::{SetKind, open_groups};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::commands::{decode_output, run};
use super::real::data_folder;
use super::{StoreFixture, files};

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        archive
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// Makes a spreadsheet of one sheet. Cells that are numbers are stored as numbers, unless an
/// apostrophe marks them as texts.
pub fn spreadsheet(rows: &[&[&str]]) -> Vec<u8> {
    workbook(rows, "")
}

/// Makes a spreadsheet whose days are counted from 1904, as old versions of Excel did on a Mac.
fn spreadsheet_from_1904(rows: &[&[&str]]) -> Vec<u8> {
    workbook(rows, "<workbookPr date1904=\"1\"/>")
}

fn workbook(rows: &[&[&str]], properties: &str) -> Vec<u8> {
    let mut sheet = String::new();
    for (number, row) in (1..).zip(rows) {
        sheet += &format!("<row r=\"{number}\">");
        for (column, text) in ('A'..).zip(*row) {
            let cell = format!("{column}{number}");
            let (number, text) = (text.parse::<f64>(), text.trim_start_matches('\''));
            sheet += &match (text.strip_prefix("day "), number) {
                _ if text.is_empty() => String::new(),
                (Some(serial), _) => format!("<c r=\"{cell}\" s=\"1\"><v>{serial}</v></c>"),
                (None, Ok(_)) => format!("<c r=\"{cell}\"><v>{text}</v></c>"),
                (None, Err(_)) => {
                    format!("<c r=\"{cell}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
                }
            };
        }
        sheet += "</row>";
    }
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let sheet = format!("<worksheet xmlns=\"{main}\"><sheetData>{sheet}</sheetData></worksheet>");
    let workbook = format!(
        "<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\">{properties}<sheets><sheet \
         name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let targets = format!(
        "<Relationships xmlns=\"{package}\"><Relationship Id=\"rId1\" Type=\"{relations}/worksheet\" \
         Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"{relations}/styles\" \
         Target=\"styles.xml\"/></Relationships>"
    );
    let root = format!(
        "<Relationships xmlns=\"{package}\"><Relationship Id=\"rId1\" \
         Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let styles = format!(
        "<styleSheet xmlns=\"{main}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/>\
         <xf numFmtId=\"14\"/></cellXfs></styleSheet>"
    );
    archive(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", targets.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

fn import(fixture: &StoreFixture, arguments: &[&str]) -> (i32, String, String) {
    decode_output(&run(fixture, &[&["import"], arguments].concat(), &[]))
}

fn set_names(fixture: &StoreFixture) -> Vec<String> {
    let sets = fixture.store.open_sets();
    sets.all().iter().map(|set| set.header().name()).collect()
}

const MUE_HEADER: [&str; 4] = [
    "HCPCS/\nCPT Code",
    "Practitioner Services MUE Values",
    "MUE Adjudication Indicator",
    "MUE Rationale",
];

fn mue_spreadsheet() -> Vec<u8> {
    spreadsheet(&[
        &["A notice"],
        &MUE_HEADER,
        &["83950", "2", "3 Date of Service Edit: Clinical"],
        &[
            "A4206",
            "300",
            "3 Date of Service Edit: Clinical",
            "Nature of Equipment",
        ],
    ])
}

#[test]
fn every_code_set_of_an_archive_is_imported() {
    let fixture = StoreFixture::new();
    let inner = archive(&[
        ("nested/25CLABQ2.csv", &files::clfs()),
        (
            "nested/25CLABQ2.xlsx",
            &spreadsheet(&[&["YEAR", "HCPCS", "MOD", "EFF_DATE", "RATE"]]),
        ),
    ]);
    let bytes = archive(&[
        ("guide.pdf", b"%PDF"),
        ("read me.txt", b"Invented words.\r\n"),
        ("a/b/icd10cm-order-2026.txt", &files::icd10cm()),
        (
            "ccipra-v302r0-f1.txt",
            &files::ptp_from_rows(&["83950\t86294\t\t20180701\t*\t1\tx".to_owned()]),
        ),
        (
            "ccipra-v302r0-f2.TXT",
            &files::ptp_from_rows(&["83951\t86294\t\t20180701\t*\t1\tx".to_owned()]),
        ),
        ("more.zip", &inner),
    ]);
    fixture.write_file("all.zip", &bytes);
    let (status, out, err) = import(&fixture, &["all.zip"]);
    assert_eq!((status, err.as_str()), (0, ""), "{out}");
    assert_eq!(
        set_names(&fixture),
        [
            "icd10cm-2026",
            "clfs-2025-q2",
            "ncci-ptp-practitioner-v302r0"
        ]
    );
    assert!(out.contains("edition v302r0, 2 rows"), "{out}");
    assert!(
        out.contains("from icd10cm-order-2026.txt, SHA-256"),
        "{out}"
    );
    // A kind in front chooses from the archive.
    let fixture = StoreFixture::new();
    fixture.write_file("all.zip", &bytes);
    assert_eq!(import(&fixture, &["clfs", "all.zip"]).0, 0);
    assert_eq!(set_names(&fixture), ["clfs-2025-q2"]);
}

#[test]
fn published_files_are_imported_from_an_archive() {
    let Some(folder) = data_folder() else { return };
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let fixture = StoreFixture::new();
    let bytes = archive(&[
        ("clfs/25CLABQ2.csv", &read("clfs-2025-q2.csv")),
        ("hcpcs-2019-anweb.txt", &read("hcpcs-2019-anweb.txt")),
        ("record layout.txt", &read("hcpcs-2019-record-layout.txt")),
    ]);
    fixture.write_file("two.zip", &bytes);
    let (status, out, err) = import(&fixture, &["two.zip"]);
    assert_eq!((status, err.as_str()), (0, ""), "{out}");
    let sets = fixture.store.open_sets();
    let rows: Vec<u64> = sets.all().iter().map(|set| set.header().rows).collect();
    assert_eq!(rows, [6800, 2105]);
}

#[test]
fn name_of_the_archive_tells_an_update_under_the_old_file_name() {
    let fixture = StoreFixture::new();
    for (name, text) in [
        ("2026-code-descriptions.zip", "Fever of October"),
        ("april-1-2026-code-descriptions.zip", "Fever of April"),
    ] {
        let mut rows = files::ICD10CM_ROWS.to_vec();
        rows[1].2 = text;
        let order = files::icd10cm_from_rows(&rows);
        fixture.write_file(name, &archive(&[("icd10cm-order-2026.txt", &order)]));
        let (status, _, err) = import(&fixture, &[name]);
        assert_eq!((status, err.as_str()), (0, ""));
    }
    assert_eq!(set_names(&fixture), ["icd10cm-2026", "icd10cm-2026-04"]);
}

#[test]
fn spreadsheet_is_read_as_a_table() {
    let fixture = StoreFixture::new();
    let name = "MCR_MUE_PractitionerServices_Eff_07-01-2026.xlsx";
    let imported = fixture.import(name, &mue_spreadsheet()).unwrap();
    assert_eq!(imported.header.name(), "ncci-mue-practitioner-2026-07-01");
    let sets = fixture.store.open_sets();
    let set = sets.in_force(SetKind::NcciMue).unwrap();
    let row = set.get("A4206").unwrap().unwrap();
    assert_eq!(row.fields()[1].1, "300");
    let ptp = spreadsheet(&[
        &["A notice"],
        &[
            "Column 1",
            "Column 2",
            "*=in existence",
            "Effective",
            "Deletion",
            "Modifier",
            "PTP Edit Rationale",
        ],
        &["", "", "prior to 1996", "Date", "Date", "0=not allowed"],
        &[
            "83950",
            "86294",
            "",
            "20180701",
            "*",
            "1",
            "Invented reason",
        ],
    ]);
    fixture.import("ccipra-v322r0-f1.xlsx", &ptp).unwrap();
    assert!(set_names(&fixture).contains(&"ncci-ptp-practitioner-v322r0".to_owned()));
}

#[test]
fn dates_of_a_spreadsheet_are_days_of_either_calendar_numbers_or_texts() {
    for (day, spreadsheet) in [
        ("day 46023", spreadsheet as fn(&[&[&str]]) -> Vec<u8>),
        ("day 44561", spreadsheet_from_1904),
    ] {
        let fixture = StoreFixture::new();
        let clfs = spreadsheet(&[
            &["YEAR", "HCPCS", "MOD", "EFF_DATE", "INDICATOR", "RATE"],
            &["2026", "83950", "", day, "N", "64.41"],
            &["2026", "80047", "QW", "20260401", "N", "$1,013.7"],
        ]);
        fixture.import("26CLABQ2.xlsx", &clfs).unwrap();
        let sets = fixture.store.open_sets();
        let set = sets.in_force(SetKind::Clfs).unwrap();
        let fields = |key: &str| {
            let row = set.get(key).unwrap().unwrap();
            let fields = row.fields().into_iter().map(|(_, text)| text);
            fields.collect::<Vec<_>>().join("|")
        };
        assert_eq!(fields("83950"), "83950||6441|2026-01-01|N|2026");
        assert_eq!(fields("80047-QW"), "80047|QW|101370|2026-04-01|N|2026");
    }
}

#[test]
fn ptp_edits_that_a_spreadsheet_saved_again_are_imported() {
    let table = |delimiter: &str, rows: &[[&str; 7]]| {
        let header = [
            "Column 1",
            "Column 2",
            "\"*=in existence\r\nprior to 1996\"",
            "Effective",
            "Deletion",
            "Modifier",
            "PTP Edit Rationale",
        ];
        let below = ["", "", "", "Date", "Date", "0=not allowed", ""];
        let lines = [header, below].into_iter().chain(rows.iter().copied());
        let lines = lines.map(|line| line.join(delimiter) + "\r\n");
        format!("Owner{}\r\n", delimiter.repeat(6)) + &lines.collect::<String>()
    };
    let row = |code, date| {
        [
            code,
            "86294",
            "",
            date,
            "*",
            "1",
            "\"Invented, with a comma\"",
        ]
    };
    for (delimiter, date) in [(",", "7/1/2018"), (",", "20180701"), ("\t", "20180701")] {
        let fixture = StoreFixture::new();
        let text = table(delimiter, &[row("83950", date)]);
        fixture
            .import("ccipra-v302r0-f1.csv", text.as_bytes())
            .unwrap();
        assert_eq!(set_names(&fixture), ["ncci-ptp-practitioner-v302r0"]);
        let sets = fixture.store.open_sets();
        let set = sets.in_force(SetKind::NcciPtp).unwrap();
        let row = set.get("83950>86294@2018-07-01").unwrap().unwrap();
        assert_eq!(row.fields()[5].1, "Invented, with a comma", "{delimiter:?}");
    }
    let refusal = |delimiter, rows: &[[&str; 7]]| {
        let fixture = StoreFixture::new();
        let text = table(delimiter, rows);
        let refused = fixture.import("ccipra-v302r0-f1.csv", text.as_bytes());
        refused.unwrap_err().to_string()
    };
    let rows = [row("100", "20180701"), row("83950", "20180701")];
    let refused = refusal(",", &rows);
    assert!(
        refused.contains("`100`") && refused.contains("removed the zeros in front"),
        "{refused}"
    );
    let refused = refusal(";", &[row("83950", "7/1/2018")]);
    assert!(refused.contains("`7/1/2018`"), "{refused}");
}

#[test]
fn unreadable_spreadsheet_in_an_archive_is_named() {
    let fixture = StoreFixture::new();
    let broken = archive(&[("xl/workbook.xml", b"<broken")]);
    let beside = archive(&[
        ("table.xlsx", &broken),
        ("icd10cm-order-2026.txt", &files::icd10cm()),
    ]);
    let path = fixture.write_file("x.zip", &beside);
    let (status, out, err) = import(&fixture, &[path.to_str().unwrap()]);
    assert_eq!(status, 0, "{err}");
    assert!(
        out.contains("x.zip/table.xlsx: the spreadsheet cannot be read"),
        "{out}"
    );
    let path = fixture.write_file("y.zip", &archive(&[("table.xlsx", &broken)]));
    let (status, _, err) = import(&fixture, &[path.to_str().unwrap()]);
    assert_eq!(status, 2);
    assert!(err.contains("the spreadsheet cannot be read"), "{err}");
}

#[test]
fn archive_without_code_sets_or_out_of_bounds_is_refused() {
    let fixture = StoreFixture::new();
    let refusal = |bytes: &[u8]| {
        let path = fixture.write_file("x.zip", bytes);
        let error = open_groups(None, &[path]).unwrap_err().to_string();
        let folder = format!("{}/", fixture.folder.path().display());
        error.replace(&folder, "")
    };
    assert!(refusal(&archive(&[("a.pdf", b"%PDF")])).starts_with("x.zip: this is none of"));
    let opps = b"HCPCS Code,Short Descriptor,SI,APC,Relative Weight,Payment Rate\r\n";
    let named = refusal(&archive(&[("b.csv", opps)]));
    assert!(
        named.starts_with("x.zip/b.csv: this is addendum B"),
        "{named}"
    );

    let bomb = archive(&[("order.txt", &vec![b' '; 64 << 20])]);
    assert!(bomb.len() < 100_000);
    let expected = "x.zip: the archive unpacks to far more than a code set has";
    assert_eq!(refusal(&bomb), expected);
    // A spreadsheet is checked before its sheets are read.
    let sheet = vec![b' '; 64 << 20];
    let bomb = archive(&[
        ("xl/workbook.xml", b"<workbook/>"),
        ("xl/worksheets/sheet1.xml", &sheet),
    ]);
    assert_eq!(refusal(&bomb), expected);
    let entries: Vec<String> = (0..1001).map(|n| format!("{n}.txt")).collect();
    let entries: Vec<(&str, &[u8])> = entries.iter().map(|name| (&**name, &b""[..])).collect();
    let many = refusal(&archive(&entries));
    assert_eq!(many, "x.zip: the archive has more than 1000 files");
    let mut nested = archive(&[("icd10cm-order-2026.txt", &files::icd10cm())]);
    for _ in 0..3 {
        nested = archive(&[("n.zip", &nested)]);
    }
    assert!(refusal(&nested).ends_with("archives are nested more than 3 deep"));

    let sound = archive(&[("icd10cm-order-2026.txt", &files::icd10cm())]);
    for end in 4..sound.len() {
        assert!(
            refusal(&sound[..end]).contains("the archive cannot be read"),
            "cut at {end}"
        );
    }
    let sheet = mue_spreadsheet();
    for at in 0..sheet.len() {
        let mut bytes = sheet.clone();
        bytes[at] ^= 0x55;
        let path = fixture.write_file("x.xlsx", &bytes);
        // A damaged spreadsheet is refused or read; it never panics.
        drop(open_groups(None, &[path]));
    }
}

#[test]
fn fee_schedule_is_read_from_a_spreadsheet_and_from_the_archive_of_a_quarter() {
    let csv = files::pfs();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(&*csv);
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    // Codes, modifiers, indicators and global days are texts, which keep their zeros.
    let cell = |(column, text): (usize, &str)| match (column, text) {
        (_, "") => String::new(),
        (5 | 6 | 8 | 10..=12 | 15..=17 | 24, text) => text.to_owned(),
        (_, text) => format!("'{text}"),
    };
    let rows = records
        .iter()
        .map(|record| record.iter().take(25).enumerate().map(cell).collect());
    let rows: Vec<Vec<String>> = rows.collect();
    let rows: Vec<Vec<&str>> = rows
        .iter()
        .map(|row| row.iter().map(String::as_str).collect())
        .collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let sheet = spreadsheet(&rows);
    let quarter = archive(&[
        ("RVU25D.docx", b"Invented words."),
        ("PPRRVU25_OCT.txt", &files::pfs_fixed_width()),
        ("PPRRVU25_OCT.csv", &csv),
        ("PPRRVU25_OCT.xlsx", &sheet),
        ("GPCI2025.csv", b"MAC,LOCALITY NUMBER,PW GPCI\r\n1,2,3\r\n"),
    ]);
    let stored = |name: &str, bytes: &[u8]| {
        let fixture = StoreFixture::new();
        fixture.write_file(name, bytes);
        let (status, out, err) = import(&fixture, &[name]);
        assert_eq!((status, err.as_str()), (0, ""), "{name}: {out}");
        assert_eq!(set_names(&fixture), ["pfs-2025-10"]);
        let sets = fixture.store.open_sets();
        let rows = sets.all()[0].rows().map(Result::unwrap);
        rows.collect::<Vec<_>>()
    };
    let expected = stored("PPRRVU25_OCT.csv", &csv);
    assert_eq!(expected.len(), files::PFS_ROWS.len());
    assert_eq!(stored("PPRRVU25_OCT.xlsx", &sheet), expected);
    assert_eq!(stored("rvu25d.zip", &quarter), expected);
}
