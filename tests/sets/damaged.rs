//! Damaged files are rejected with an exact message, and the store stays unchanged.

use codeleaf::codesets::SetKind;

use super::{StoreFixture, files};

/// Imports a file and returns the message, without its folder.
fn import_error(kind: Option<SetKind>, name: &str, bytes: &[u8]) -> String {
    let fixture = StoreFixture::new();
    let path = fixture.write_file(name, bytes);
    let error = fixture.import_as(kind, &path, None);
    let error = error
        .map(|imported| imported.header)
        .unwrap_err()
        .to_string();
    assert_eq!(fixture.stored_files(), []);
    error.replace(&format!("{}/", fixture.folder.path().display()), "")
}

fn replace_text(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    assert!(text.contains(from), "{from}");
    let text = text.replacen(from, to, 1);
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect()
}

#[test]
fn truncated_file_is_rejected_unless_it_ends_after_a_whole_row() {
    for (kind, name, bytes) in files::all() {
        let fixture = StoreFixture::new();
        fixture.import(name, &bytes).unwrap();
        let before = fixture.stored_files();
        let step = if bytes.len() > 1500 { 7 } else { 1 };
        for end in (0..bytes.len()).step_by(step) {
            let path = fixture.write_file(name, &bytes[..end]);
            // The end of these lists is not known, so a file may end after any row.
            let may_end = matches!(
                kind,
                SetKind::Clfs | SetKind::Nucc | SetKind::NcciMue | SetKind::NcciPtp
            ) && bytes[..end].ends_with(b"\n");
            match fixture.import_as(Some(kind), &path, None) {
                Ok(imported) => {
                    assert!(may_end, "{name} cut at {end} was imported");
                    assert!(imported.header.rows > 0);
                    fixture.import(name, &bytes).unwrap();
                }
                Err(_) => assert_eq!(fixture.stored_files(), before, "{name} cut at {end}"),
            }
        }
    }
}

#[test]
fn xml_that_is_not_the_published_list_is_refused() {
    let list = files::icd10cm_tabular();
    let nested = format!(
        "<introduction>{}\r\n",
        "<introSection>\r\n".repeat(1_000_000)
    );
    let layout = "expected CMS's tabular list of ICD-10-CM, an XML file with the root element \
                  `ICD10CM.tabular`";
    let damaged = "the file was damaged or cut short; download it again";
    for (from, to, expected) in [
        (
            "<version>2026",
            "<verzion>2026",
            format!("x.xml:3: an element `verzion` in `ICD10CM.tabular`; {layout}"),
        ),
        (
            "<version>2026",
            "<version>1.0",
            "x.xml:3: the version is `1.0`; expected a fiscal year, such as 2026".to_owned(),
        ),
        (
            "<ICD10CM.tabular>",
            "<ICD10PCS.tabular>",
            format!("x.xml:2: the root element is `ICD10PCS.tabular`; {layout}"),
        ),
        (
            "<ICD10CM.tabular>",
            "<!DOCTYPE a [<!ENTITY b \"c\">]><ICD10CM.tabular>",
            "x.xml:2: a DOCTYPE or CDATA section; the published file has none".to_owned(),
        ),
        (
            "Gastric",
            "&gastric;",
            "x.xml:42: the entity `gastric` is unknown; the five of XML are read; download the \
             file again"
                .to_owned(),
        ),
        (
            "<introduction>\r\n",
            &nested,
            format!("x.xml:26: elements are nested more than 24 levels deep; {layout}"),
        ),
        (
            "<name>K92.2<",
            "<name>K9-2<",
            format!("x.xml:37: `K9-2` is not an ICD-10-CM code; {layout}"),
        ),
        (
            "<name>K92.2<",
            "<name>K95.2<",
            format!("x.xml:37: `K952` is not part of `K92`; {layout}"),
        ),
        (
            "</excludes1>",
            "</excludes2>",
            format!("x.xml:30: `excludes2` ends, but `excludes1` is open; {damaged}"),
        ),
        (
            "<name>U09<",
            "<name>K92.2<",
            "x.xml:57: K922 is already on line 37; each may occur once: the file is damaged, or \
             two files were joined"
                .to_owned(),
        ),
    ] {
        let bytes = replace_text(&list, from, to);
        let error = import_error(Some(SetKind::Icd10cmTabular), "x.xml", &bytes);
        assert_eq!(error, expected);
    }
    let error = import_error(None, "x.xml", &list[..list.len() - 30]);
    assert_eq!(
        error,
        format!("x.xml:61: the file ends in the element `chapter`; {damaged}")
    );
}

#[test]
fn truncation_error_names_the_line() {
    let icd = files::icd10cm();
    let lines = |count: usize| -> Vec<u8> {
        let mut lines = icd.split_inclusive(|byte| *byte == b'\n').take(count);
        lines.by_ref().flatten().copied().collect()
    };
    for (bytes, expected) in [
        (
            icd[..icd.len() - 9].to_vec(),
            "icd.txt:13: the last line has no line end; the file was cut short; download it again \
             (if an editor removed the line end, add it)",
        ),
        (
            lines(12),
            "icd.txt:12: the last code is Z853; expected one of Z99 or U00-U85, where ICD-10-CM \
             ends: the file was cut short",
        ),
        (
            lines(4),
            "icd.txt:4: K92 is a header, and no code below it follows; lines are missing: the \
             file was cut short",
        ),
        (
            lines(1),
            "icd.txt:1: A00 is a header, and no code below it follows; lines are missing: the \
             file was cut short",
        ),
    ] {
        assert_eq!(import_error(None, "icd.txt", &bytes), expected);
    }
    let nucc = String::from_utf8(files::nucc()).unwrap();
    assert_eq!(
        import_error(
            None,
            "n.csv",
            nucc.split(",Invented Laboratory,Non")
                .next()
                .unwrap()
                .as_bytes()
        ),
        "n.csv:2: this row has 6 columns; the header has 8: the row is damaged, or the file was \
         cut short"
    );
    let open = replace_text(
        &files::places(),
        "\"A room, invented.\"",
        "\"A room, invented.",
    );
    assert_eq!(
        import_error(None, "p.csv", &open),
        "p.csv:2: a quoted field of this row is never closed; the file was cut short; download it \
         again"
    );
    let hcpcs = files::hcpcs(293);
    assert_eq!(
        import_error(None, "h.txt", &hcpcs[..hcpcs.len() - 40]),
        "h.txt:11: this row has 255 columns; the layout has 293: the row is damaged, or the file \
         was cut short"
    );
    assert_eq!(
        import_error(None, "h.txt", &hcpcs[..hcpcs.len() - 295]),
        "h.txt:10: the file ends here, and has no V codes; HCPCS Level II ends with them: the \
         file was cut short"
    );
}

#[test]
fn invalid_row_error_names_line_and_column() {
    for (bytes, name, expected) in [
        (
            replace_text(&files::clfs(), "00064.41", "64,41"),
            "c.csv",
            "c.csv:9: this row has 10 columns; the header has 9: the row is damaged, or the file \
             was cut short",
        ),
        (
            replace_text(&files::clfs(), "00064.41", "64.415"),
            "c.csv",
            "c.csv:9:6: `64.415` is not a rate; expected dollars and cents, such as 00064.41",
        ),
        (
            replace_text(&files::clfs(), "83950,,20250101", "83950,,20250231"),
            "c.csv",
            "c.csv:9:4: `20250231` is not a date; expected yyyymmdd, such as 20250401",
        ),
        (
            replace_text(&files::clfs(), ",RATE,", ",PRICE,"),
            "c.csv",
            "c.csv:5: this header has no column RATE; expected columns YEAR, HCPCS, MOD, EFFDATE, \
             INDICATOR, RATE",
        ),
        (
            replace_text(&files::mue(), "83950,1", "83950,one"),
            "m.csv",
            "m.csv:6:2: `one` is not a number of units; expected a whole number",
        ),
        (
            replace_text(&files::ptp(), "*\t0", "*\t7"),
            "t.txt",
            "t.txt:9:6: `7` is not a modifier indicator; expected 0, 1 or 9",
        ),
        (
            replace_text(&files::icd10cm(), "K922 ", "K9-2 "),
            "i.txt",
            "i.txt:6:7: `K9-2` is not an ICD-10-CM code; expected an ICD-10-CM order file: columns 1-5 \
             order, 7-13 code, 15 flag 0 or 1, 17-76 short description, from 78 long description",
        ),
        (
            replace_text(&files::icd10cm(), "00006 ", "00005 "),
            "i.txt",
            "i.txt:6:1: this row has order number 00005; expected 00006: lines are missing, \
             duplicated or moved",
        ),
        (
            replace_text(&files::icd10cm(), "00001 ", "00002 "),
            "i.txt",
            "i.txt:1:1: this row has order number 00002; expected 00001: lines are missing, \
             duplicated or moved",
        ),
        (
            replace_text(&files::hcpcs(293), "G043900200", "G043800200"),
            "h.txt",
            "h.txt:10: this record continues G0438; the record before it has another code: \
             lines are missing or moved",
        ),
        (
            replace_text(&files::hcpcs(293), "20251231", "2025123X"),
            "h.txt",
            "h.txt:8:285: `2025123X` is not a date; expected yyyymmdd, such as 20250401",
        ),
        (
            replace_text(&files::nucc(), "9990P0000X", "9990P0000"),
            "n.csv",
            "n.csv:3:1: `9990P0000` is not a taxonomy code; expected ten characters that end in X, \
             such as 291U00000X",
        ),
        (
            replace_text(&files::places(), "\n81,", "\n8,"),
            "p.csv",
            "p.csv:3:1: `8` is not a place of service; expected two digits; a leading zero counts",
        ),
    ] {
        let kind = None;
        assert_eq!(import_error(kind, name, &bytes), expected);
    }
}

#[test]
fn shifted_columns_of_the_fee_schedule_are_refused() {
    for (bytes, name, expected) in [
        (
            replace_text(&files::pfs(), "A,,0.22,0.77,,0.77", "A,0.22,0.77,,0.77,"),
            "p.csv",
            "p.csv:12:7: `` is not a number; expected at most two decimal places, such as 12.34",
        ),
        (
            replace_text(
                &files::pfs(),
                "0.22,0.77,,0.77,,0.02",
                "0.22,0.77,,0.02,,0.77",
            ),
            "p.csv",
            "p.csv:12:12: `1.01` is not the sum of its parts; expected work, practice expense and \
             malpractice: 1.76",
        ),
        (
            replace_text(&files::pfs(), "PCTC,GLOB", "GLOB,PCTC"),
            "p.csv",
            "p.csv:10: this header has no column PCTCIND; expected columns HCPCS, MOD, STATUSCODE, \
             WORKRVU, NONFACPERVU, NONFACNAINDICATOR, FACILITYPERVU, FACILITYNAINDICATOR, MPRVU, \
             NONFACILITYTOTAL, FACILITYTOTAL, PCTCIND, GLOBDAYS, PREOP, INTRAOP, POSTOP, MULTPROC, \
             BILATSURG, ASSTSURG, COSURG, TEAMSURG, ENDOBASE, CONVFACTOR",
        ),
        (
            replace_text(&files::pfs_fixed_width(), "71046TC", " 71046TC"),
            "p.txt",
            "p.txt:5:1: `7104` is not a CPT or HCPCS code; expected five characters",
        ),
        (
            replace_text(&files::pfs_fixed_width(), "9XXX", "79XX"),
            "p.txt",
            "p.txt:6:104: `9XX` is not an indicator of this column; expected one of 000, 010, 090, MMM, \
             XXX, YYY, ZZZ",
        ),
    ] {
        assert_eq!(import_error(None, name, &bytes), expected);
    }
}

#[test]
fn duplicate_key_error_names_both_lines() {
    for (bytes, name, expected) in [
        (
            replace_text(&files::clfs(), "G0103", "83950"),
            "c.csv",
            "c.csv:10: 83950 is already on line 9; each may occur once: the file is damaged, or \
             two files were joined",
        ),
        (
            replace_text(&files::icd10cm(), "K922 ", "K920 "),
            "i.txt",
            "i.txt:6: K920 is already on line 5; each may occur once: the file is damaged, or two \
             files were joined",
        ),
        (
            replace_text(
                &files::ptp(),
                "83951\t83950\t\t20220101",
                "83950\t86294\t\t20180701",
            ),
            "t.txt",
            "t.txt:9: 83950 and 86294 of 2018-07-01 is already on line 8; each may occur once: the \
             file is damaged, or two files were joined",
        ),
        (
            replace_text(&files::hcpcs(293), "   QW", "   GA"),
            "h.txt",
            "h.txt:6: GA is already on line 4; each may occur once: the file is damaged, or two \
             files were joined",
        ),
        (
            replace_text(&files::places(), "\n81,", "\n11,"),
            "p.csv",
            "p.csv:3: 11 is already on line 2; each may occur once: the file is damaged, or two \
             files were joined",
        ),
    ] {
        assert_eq!(import_error(None, name, &bytes), expected);
    }
}

#[test]
fn wrong_kind_error_names_the_actual_kind() {
    let all = files::all();
    for (requested, ..) in &all {
        for (detected, name, bytes) in &all {
            if requested != detected {
                let message = import_error(Some(*requested), name, bytes);
                let expected = format!("this is a file of kind {detected}, not {requested}");
                assert!(message.contains(&expected), "{message}");
            }
        }
    }
    for bytes in [&b""[..], b"hello\n", &[0xFF, 0xFE, 0, 0x41], &[0; 3000]] {
        let message = import_error(None, "x.bin", bytes);
        assert!(
            message.starts_with("x.bin: this is none of the files"),
            "{message}"
        );
        for (kind, ..) in &all {
            assert!(import_error(Some(*kind), "x.bin", bytes).starts_with("x.bin:"));
        }
    }
}

#[test]
fn importing_a_folder_or_missing_file_fails() {
    let fixture = StoreFixture::new();
    let message = |name: &str| {
        let path = fixture.folder.path().join(name);
        fixture
            .import_as(None, &path, None)
            .unwrap_err()
            .to_string()
    };
    assert!(message("").ends_with("this is a folder, not a file"));
    assert!(message("missing").contains("cannot be read"));
}
