//! Published files as older editions have them, and as spreadsheets save them.

use codeleaf::codesets::{SetKind, SetRow};

use super::{StoreFixture, files};

/// Imports a file and returns the fields of a row, joined.
fn row(name: &str, bytes: &[u8], key: &str) -> String {
    let fixture = StoreFixture::new();
    let imported = fixture.import(name, bytes).unwrap();
    let sets = fixture.store.open_sets();
    let row = sets.in_force(imported.header.kind).unwrap().get(key);
    let row: SetRow = row.unwrap().unwrap_or_else(|| panic!("no {key} in {name}"));
    let fields = row.fields().into_iter().map(|(_, text)| text);
    fields.collect::<Vec<_>>().join("|")
}

fn refusal(name: &str, bytes: &[u8]) -> String {
    let fixture = StoreFixture::new();
    let error = fixture.import(name, bytes).map(|_| ()).unwrap_err();
    assert_eq!(fixture.stored_files(), []);
    let folder = format!("{}/", fixture.folder.path().display());
    error.to_string().replace(&folder, "")
}

fn utf_16(text: &str, encode: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    units.flat_map(encode).collect()
}

#[test]
fn older_headers_and_copyright_rows_are_read() {
    let nucc = "Code,Type,Classification,Specialization,Definition,Notes\r\n\
                101Y00000X,Behavioral,Counselor,,x,y\r\n\
                ,,,,Copyright 2014 of its owner,\r\n";
    let preamble = format!("Copyright 2014 of its owner\r\n{nucc}");
    for text in [nucc, &preamble] {
        let row = row("nucc_taxonomy_151.csv", text.as_bytes(), "101Y00000X");
        assert_eq!(row, "101Y00000X|Behavioral|Counselor|||x|");
    }
    let clfs = b"YEAR,HCPCS,MOD,EFF_DATE,INDICATOR,RATE2018,SHORTDESC\r\n\
                 2018,85025,,20180101,N,00009.59,x\r\n";
    assert_eq!(
        row("CLAB2018v1.csv", clfs, "85025"),
        "85025||959|2018-01-01|N|2018"
    );
    let places = "Place of Service Code(s),Place of Service Name,Place of Service Description\r\n\
                  27,Outreach Site/ Street,A place.\r\n28-30,Unassigned,N/A\r\n99,Other,Other.\r\n";
    assert_eq!(
        row("pos.csv", places.as_bytes(), "27"),
        "27||Outreach Site/ Street|A place."
    );
    let range = places.replace("Unassigned", "Two places");
    assert!(refusal("pos.csv", range.as_bytes()).starts_with("pos.csv:3:1: `28-30` is not"));
}

#[test]
fn tables_that_a_spreadsheet_saved_are_read() {
    let saved = "YEAR,HCPCS,MOD,EFF_DATE,INDICATOR,RATE\r\n\
                 2026,83950,,1/1/2026,N,\"$1,064.40\"\r\n2026,0001U,,4/1/2026,N,$7.5\r\n";
    let tabs = saved
        .replace("\"$1,064.40\"", "$1064.40")
        .replace(',', "\t");
    for bytes in [
        saved.as_bytes().to_vec(),
        format!("\u{FEFF}{saved}").into_bytes(),
        tabs.as_bytes().to_vec(),
        utf_16(&tabs, u16::to_le_bytes),
        utf_16(saved, u16::to_be_bytes),
    ] {
        assert_eq!(
            row("26CLABQ2.csv", &bytes, "83950"),
            "83950||106440|2026-01-01|N|2026"
        );
        assert_eq!(
            row("26CLABQ2.csv", &bytes, "0001U"),
            "0001U||750|2026-04-01|N|2026"
        );
    }
    let hcpcs = String::from_utf8(files::hcpcs_csv()).unwrap();
    let hcpcs = hcpcs.replace("20251231", "12/31/2025");
    let row = row("HCPC2026_JAN_ANWEB.csv", hcpcs.as_bytes(), "V5364");
    assert!(row.ends_with("|2025-12-31|D"), "{row}");
}

#[test]
fn tables_from_another_region_are_read_or_refused_with_the_cause() {
    let saved = "YEAR;HCPCS;MOD;EFF_DATE;INDICATOR;RATE\r\n2026;83950;;1/1/2026;N;64.40\r\n";
    assert_eq!(
        row("c.csv", saved.as_bytes(), "83950"),
        "83950||6440|2026-01-01|N|2026"
    );
    assert_eq!(
        refusal("c.csv", saved.replace("1/1/", "1/4/").as_bytes()),
        "c.csv:2:4: `1/4/2026` is not a date; expected yyyymmdd, such as 20250401: in a file with \
         semicolons, day and month of other forms cannot be told apart"
    );
    assert_eq!(
        refusal("c.csv", saved.replace("64.40", "1.064,40").as_bytes()),
        "c.csv:2:6: `1.064,40` is not a rate; expected dollars and cents, such as 00064.41"
    );
    for rate in ["64,41", "1,0644", "$", "1064,400.1", ",400", "1.0,4"] {
        let row = saved.replace("64.40", rate);
        assert!(
            refusal("c.csv", row.as_bytes()).contains("is not a rate"),
            "{rate}"
        );
    }
    assert_eq!(
        refusal("c.csv", saved.replace("83950", "100").as_bytes()),
        "c.csv:2:2: `100` is not a CPT or HCPCS code; expected five characters: a spreadsheet \
         removed the zeros in front"
    );
}

#[test]
fn known_files_without_importer_are_named() {
    for (text, name) in [
        (
            "00001 001     0 Invented system, bypass                                      Invented system, bypass\r\n",
            "ICD-10-PCS",
        ),
        (
            "A000    Invented fever of the first kind\r\n",
            "icd10cm-order",
        ),
        (
            "A notice\r\nHCPCS Code,Short Descriptor,CI,SI,APC,Relative Weight,Payment Rate\r\n",
            "OPPS",
        ),
        (
            "A notice\nMAC,State,Locality Number,Locality Name,2025 PW GPCI,2025 PE GPCI\n",
            "GPCI",
        ),
        (
            "HCPCS Code,Short Description,HCPCS Code Dosage,Payment Limit\n",
            "ASP",
        ),
        ("\"LOINC_NUM\",\"COMPONENT\",\"PROPERTY\"\n", "LOINC"),
        ("MS-DRG,MDC,TYPE,MS-DRG Title,Weights\n", "MS-DRG"),
    ] {
        let message = refusal("x.txt", text.as_bytes());
        assert!(message.starts_with("x.txt: this is "), "{message}");
        assert!(
            message.contains(name) && message.contains("codeleaf does not import it"),
            "{message}"
        );
        let fixture = StoreFixture::new();
        let path = fixture.write_file("x.txt", text.as_bytes());
        for kind in SetKind::ALL {
            let error = fixture.import_as(Some(kind), &path, None).unwrap_err();
            assert!(error.to_string().contains(name), "{kind}: {error}");
        }
    }
}
