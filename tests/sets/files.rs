//! Small files in the published layouts, with invented texts.

use std::fmt::Write as _;

use codeleaf::codesets::SetKind;

/// Returns a file of every kind, with a name that states its edition if names of that kind do.
pub fn all() -> Vec<(SetKind, &'static str, Vec<u8>)> {
    vec![
        (SetKind::Icd10cm, "icd10cm-order-2025.txt", icd10cm()),
        (
            SetKind::Icd10cmTabular,
            "icd10cm-tabular-April-1-2026.xml",
            icd10cm_tabular(),
        ),
        (SetKind::Hcpcs, "HCPC2026_JAN_ANWEB.txt", hcpcs(293)),
        (SetKind::Clfs, "25CLABQ2.csv", clfs()),
        (SetKind::Pfs, "PPRRVU25_OCT.csv", pfs()),
        (SetKind::Nucc, "nucc_taxonomy_251.csv", nucc()),
        (
            SetKind::NcciMue,
            "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv",
            mue(),
        ),
        (SetKind::NcciPtp, "ccipra-v302r0-f1.txt", ptp()),
        (SetKind::PlaceOfService, "places-2025.csv", places()),
    ]
}

pub fn icd10cm_from_rows(rows: &[(&str, u8, &str)]) -> Vec<u8> {
    let mut out = String::new();
    for (order, (code, flag, long)) in (1..).zip(rows) {
        let short: String = long.chars().take(60).collect();
        write!(out, "{order:05} {code:<7} {flag} {short:<60} {long}\r\n").unwrap();
    }
    out.into_bytes()
}

pub const ICD10CM_ROWS: [(&str, u8, &str); 13] = [
    ("A00", 0, "Invented fever"),
    ("A000", 1, "Invented fever of the first kind"),
    ("A009", 1, "Invented fever, unspecified"),
    ("K92", 0, "Other invented diseases"),
    ("K920", 1, "Invented disease of the first kind"),
    ("K922", 1, "Invented hemorrhage, unspecified"),
    ("T36", 0, "Poisoning by invented drugs"),
    ("T360X1", 0, "Poisoning by invented drugs, accidental"),
    ("T360X1A", 1, "Poisoning by invented drugs, first encounter"),
    ("T360X1D", 1, "Poisoning by invented drugs, later encounter"),
    ("Z85", 0, "Personal history of invented disease"),
    (
        "Z853",
        1,
        "Personal history of invented disease of the breast",
    ),
    (
        "Z998",
        1,
        "Dependence on invented machines, of which there are so many that the words go on",
    ),
];

pub fn icd10cm() -> Vec<u8> {
    icd10cm_from_rows(&ICD10CM_ROWS)
}

/// Returns 26,000 rows, so that importing them takes a while.
pub fn large_icd10cm() -> Vec<u8> {
    let mut rows = Vec::new();
    for letter in 'A'..='Z' {
        for category in 0..100 {
            rows.push((format!("{letter}{category:02}"), 0));
            for code in 0..9 {
                rows.push((format!("{letter}{category:02}{code:02}"), 1));
            }
        }
    }
    let text = "Invented disease, which has as many words as the real ones have in the middle";
    let rows: Vec<(&str, u8, &str)> = rows.iter().map(|(c, f)| (c.as_str(), *f, text)).collect();
    icd10cm_from_rows(&rows)
}

/// Returns a tabular list with notes at each level.
pub fn icd10cm_tabular() -> Vec<u8> {
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<ICD10CM.tabular>\r\n\
     <version>2026</version>\r\n\
     <introduction>\r\n<introSection type=\"title\">\r\n<title>An invented list</title>\r\n\
     </introSection>\r\n</introduction>\r\n\
     <chapter>\r\n<name>11</name>\r\n<desc>Invented diseases (K00-K95)</desc>\r\n\
     <excludes2>\r\n<note>invented injuries (S00-T88, Z85.3)</note>\r\n</excludes2>\r\n\
     <sectionIndex>\r\n<sectionRef first=\"K90\" last=\"K95\" id=\"K90-K95\">\r\n\
     Other invented diseases\r\n</sectionRef>\r\n</sectionIndex>\r\n\
     <section id=\"K90-K95\">\r\n<desc>Other invented diseases (K90-K95)</desc>\r\n\
     <diag>\r\n<name>K92</name>\r\n<desc>Other invented diseases</desc>\r\n\
     <includes>\r\n<note>invented ulcer NOS</note>\r\n</includes>\
     <inclusionTerm><note>Invented gut trouble</note></inclusionTerm>\r\n\
     <excludes1>\r\n<note>neonatal kind (K92.2, U09)</note>\r\n</excludes1>\r\n\
     <sevenChrNote>\r\n<note>One of these is added</note>\r\n</sevenChrNote>\r\n\
     <sevenChrDef>\r\n<extension char=\"A\">first encounter &lt; one&#32;day</extension>\r\n\
     </sevenChrDef>\r\n\
     <diag>\r\n<name>K92.2</name>\r\n<desc>Invented hemorrhage,\r\n  unspecified</desc>\r\n\
     <inclusionTerm>\r\n<note>Gastric bleeding NOS</note>\r\n\
     <note>Intestinal oozing</note>\r\n</inclusionTerm>\r\n\
     <useAdditionalCode>\r\n<note>code for drugs (Z85.3)</note>\r\n</useAdditionalCode>\r\n\
     </diag>\r\n</diag>\r\n</section>\r\n</chapter>\r\n\
     <chapter>\r\n<name>22</name>\r\n<desc>Invented purposes (U00-U85)</desc>\r\n\
     <section id=\"U00-U49\">\r\n<desc>Invented (U00-U49)</desc>\r\n\
     <diag>\r\n<name>U09</name>\r\n<desc>Invented condition</desc>\r\n</diag>\r\n\
     </section>\r\n</chapter>\r\n</ICD10CM.tabular>"
        .as_bytes()
        .to_vec()
}

fn write_at_column(line: &mut [u8], from: usize, text: &[u8]) {
    line[from - 1..from - 1 + text.len()].copy_from_slice(text);
}

fn hcpcs_record(width: usize, code: &str, sequence: u32, kind: &str, long: &[u8]) -> Vec<u8> {
    let mut line = vec![b' '; width];
    write_at_column(
        &mut line,
        if code.len() == 2 { 4 } else { 1 },
        code.as_bytes(),
    );
    write_at_column(&mut line, 6, format!("{sequence:05}").as_bytes());
    write_at_column(&mut line, 11, kind.as_bytes());
    write_at_column(&mut line, 12, long);
    if matches!(kind, "3" | "7") {
        write_at_column(&mut line, 92, b"Short words");
        write_at_column(&mut line, 230, b"C");
        write_at_column(&mut line, 269, b"2010010120200101");
        write_at_column(&mut line, 293, b"N");
    }
    line
}

pub fn hcpcs(width: usize) -> Vec<u8> {
    let mut terminated = hcpcs_record(width, "G0103", 100, "3", b"Invented test, ended");
    write_at_column(&mut terminated, 285, b"20251231");
    let lines = [
        b"***Disclaimers\t\t".to_vec(),
        // A no-break space of ISO-8859-1.
        b"*Inclusion does not imply coverage.\xa0 ".to_vec(),
        Vec::new(),
        hcpcs_record(width, "GA", 100, "7", b"Invented waiver, individual"),
        hcpcs_record(width, "GA", 200, "8", b"case"),
        hcpcs_record(width, "QW", 100, "7", b"Invented waived test"),
        hcpcs_record(width, "A0021", 100, "3", b"Invented ambulance"),
        terminated,
        hcpcs_record(width, "G0439", 100, "3", b"Invented visit, includes a"),
        hcpcs_record(width, "G0439", 200, "4", b"plan of caf\xe9 visits"),
        hcpcs_record(width, "V5364", 100, "3", b"Invented screening"),
    ];
    let mut out = Vec::new();
    for line in lines {
        out.extend(line);
        out.extend(b"\r\n");
    }
    out
}

pub fn hcpcs_csv() -> Vec<u8> {
    b"HCPC,SEQNUM,RECID,LONG DESCRIPTION,SHORT DESCRIPTION,COV,ADD DT,ACT EFF DT,TERM DT,ACTION CD\r\n\
      GA,00100,7,\"Invented waiver, individual\",Short words,C,20100101,20200101,,N\r\n\
      GA,00200,8,case,,,,,,\r\n\
      G0439,00100,3,\"Invented visit, 5\"\" wide\",Short words,C,20100101,20200101,,N\r\n\
      V5364,00100,3,Invented screening,Short words,,20100101,20200101,20251231,D\r\n"
        .to_vec()
}

pub fn clfs() -> Vec<u8> {
    b"2025 Invented Fee Schedule ,,,,,,,,\r\n\
      \"Codes are copyright\xa0of their owner, who is invented.\",,,,,,,,\r\n\
      \"A notice, with a \x93quote\x94.\",,,,,,,,\r\n\
      ,,,,,,,,\r\n\
      YEAR,HCPCS,MOD,EFF_DATE,INDICATOR,RATE,SHORTDESC,LONGDESC,EXTENDED LONGDESC\r\n\
      2025,0001U,,20250101,N,00720.00,Owner's words,Owner's words,Owner's words\r\n\
      2025,80047,,20250101,N,13.7,,,\r\n\
      2025,80047,QW,20250401,N,00013.73,,,\r\n\
      2025,83950,,20250101,N,00064.41,,,\r\n\
      2025,G0103,,20250101,L,19,,,\r\n"
        .to_vec()
}

/// Code, modifier, status, work, expense outside a facility and in one, malpractice, PC/TC, global
/// days, and the indicators of multiple procedures, bilateral surgery, assistants, co-surgeons, teams.
type PfsRow = (
    &'static str,
    &'static str,
    char,
    [u64; 4],
    &'static str,
    &'static str,
    &'static str,
);

pub const PFS_ROWS: [PfsRow; 8] = [
    (
        "27447",
        "",
        'A',
        [1960, 1530, 1530, 398],
        "0",
        "090",
        "21210",
    ),
    ("71046", "", 'A', [22, 77, 77, 2], "1", "XXX", "00000"),
    ("71046", "26", 'A', [22, 8, 8, 1], "1", "XXX", "00000"),
    ("71046", "TC", 'A', [0, 69, 69, 1], "1", "XXX", "00000"),
    ("83950", "", 'X', [0, 0, 0, 0], "9", "XXX", "99999"),
    ("99213", "", 'A', [130, 135, 57, 10], "0", "XXX", "00000"),
    ("G0103", "", 'X', [0, 0, 0, 0], "9", "XXX", "99999"),
    ("V5364", "", 'N', [0, 0, 0, 0], "9", "XXX", "99999"),
];

fn pfs_fields(row: usize) -> [String; 23] {
    let (code, modifier, status, rvus, pc_tc, global, surgery) = PFS_ROWS[row];
    let number = |hundredths: u64| format!("{}.{:02}", hundredths / 100, hundredths % 100);
    let [work, outside, inside, malpractice] = rvus;
    let shares = if global == "090" {
        [10, 69, 21]
    } else {
        [0; 3]
    };
    let surgery: Vec<String> = surgery.chars().map(String::from).collect();
    [
        code.to_owned(),
        modifier.to_owned(),
        status.to_string(),
        number(work),
        number(outside),
        (if global == "090" { "NA" } else { "" }).to_owned(),
        number(inside),
        String::new(),
        number(malpractice),
        number(work + outside + malpractice),
        number(work + inside + malpractice),
        pc_tc.to_owned(),
        global.to_owned(),
        number(shares[0]),
        number(shares[1]),
        number(shares[2]),
        surgery[0].clone(),
        surgery[1].clone(),
        surgery[2].clone(),
        surgery[3].clone(),
        surgery[4].clone(),
        String::new(),
        "32.3465".to_owned(),
    ]
}

/// Returns the delimited relative value file, in the layout of October 2025.
pub fn pfs() -> Vec<u8> {
    let mut out = String::from(
        ",,2025 National Physician Fee Schedule Relative Value File October Release,,,,,,,,,,,,,,,,,,,,,,,,,,,,\r\n\
         ,,Codes are copyright of their owner.,,,,,,,,,,,,,,,,,,,,,,,,,,,,\r\n\
         ,,Other codes are copyright of another owner.,,,,,,,,,,,,,,,,,,,,,,,,,,,,\r\n\
         ,, ,,,,,,,,,,,,,,,,,,,,,,,,,,,,\r\n\
         ,,RELEASED 09/11/2025,,,,,,,,,,,,,,,,,,,,,,,,,,,,\r\n\
         ,, , ,,,,,,,,,,,,,,,,,,,,,,,,,NON-FACILITY,FACILITY,\r\n\
         ,,,,NOT USED,,,,,,,,,,,,,,,,,,,,,PHYSICIAN,,DIAGNOSTIC,PE USED,PE USED,MP USED\r\n\
         ,,,,FOR,,,NON-FAC,,FACILITY ,,,,,,,,,,,,,,,,SUPERVISION OF,,IMAGING,FOR OPPS,FOR OPPS,FOR OPPS\r\n\
         ,,,STATUS,MEDICARE ,WORK,NON-FAC,NA,FACILITY,NA,MP,NON-FACILITY,FACILITY,PCTC,GLOB,PRE,INTRA,POST,MULT,BILAT,ASST,CO-,TEAM,ENDO,CONV,DIAGNOSTIC,CALCULATION,FAMILY,PAYMENT,PAYMENT,PAYMENT\r\n\
         HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,PE RVU,INDICATOR,PE RVU,INDICATOR,RVU,TOTAL,TOTAL,IND,DAYS,OP,OP,OP,PROC,SURG,SURG,SURG,SURG,BASE,FACTOR,PROCEDURES,FLAG,INDICATOR,AMOUNT,AMOUNT,AMOUNT\r\n",
    );
    for row in 0..PFS_ROWS.len() {
        let fields = pfs_fields(row);
        let (names, rest) = fields.split_at(2);
        let (status, rest) = rest.split_at(1);
        let (names, status, rest) = (names.join(","), &status[0], rest.join(","));
        let line = format!("{names},Owner's words,{status},,{rest},09,0,99,0.00,0.00,0.00\r\n");
        out += &line;
    }
    out.into_bytes()
}

/// Returns the relative value file of fixed width, as the record layout describes it.
pub fn pfs_fixed_width() -> Vec<u8> {
    const STARTS: [usize; 23] = [
        1, 6, 58, 60, 67, 73, 76, 82, 85, 91, 97, 103, 104, 107, 110, 113, 116, 117, 118, 119, 120,
        128, 133,
    ];
    let mut out = b"HDR Codes are copyright of their owner.\r\n".to_vec();
    for row in 0..PFS_ROWS.len() {
        let mut line = vec![b' '; 200];
        write_at_column(&mut line, 8, b"Owner's words");
        for (index, (start, field)) in STARTS.into_iter().zip(pfs_fields(row)).enumerate() {
            let field = match index {
                // Right-aligned numbers, and shares without a zero before the point.
                3 | 4 | 6 | 9 | 10 => format!("{field:>6}"),
                8 => format!("{field:>5}"),
                13..=15 => field[1..].to_owned(),
                22 => format!("{field:>8}"),
                _ => field,
            };
            write_at_column(&mut line, start, field.as_bytes());
        }
        write_at_column(&mut line, 142, b"09099");
        write_at_column(&mut line, 146, b"99");
        out.extend(line);
        out.extend(b"\r\n");
    }
    out
}

pub fn nucc() -> Vec<u8> {
    "Code,Grouping,Classification,Specialization,Definition,Notes,Display Name,Section\r\n\
     999L00000X,Laboratories,Invented Laboratory,,\"With a comma, and \"\"quotes\"\".\",[new],Invented Laboratory,Non-Individual\r\n\
     9990P0000X,Physicians,Invented Physician,Pathology,\"With a\r\nline break — inside.\",,Invented Pathologist,Individual\r\n"
        .as_bytes()
        .to_vec()
}

pub fn mue() -> Vec<u8> {
    b"\"A notice\r\nover two lines\",,,\r\n\
      \"HCPCS/\r\nCPT Code\",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale\r\n\
      0001U,1,2 Date of Service Edit: Policy,Code Descriptor\r\n\
      83950,1,2 Date of Service Edit: Policy,Nature of Analyte\r\n"
        .to_vec()
}

pub fn ptp() -> Vec<u8> {
    ptp_from_rows(&[
        "0001U\t0028U\t\t20180701\t20180930\t1\tInvented reason".to_owned(),
        "83950\t86294\t\t20180701\t*\t1\tInvented reason".to_owned(),
        "83951\t83950\t\t20220101\t*\t0\tInvented reason".to_owned(),
    ])
}

pub fn ptp_from_rows(rows: &[String]) -> Vec<u8> {
    let mut out = String::from(
        "Codes are copyright of their owner.\t\t\t\t\t\t\r\n\
         Column1/Column2 Edits\t\t\t\t\t\t\r\n\
         Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n\
         \t\tprior to 1996\tDate\tDate\t0=not allowed\t\r\n\
         \t\t\t\t*=no data\t1=allowed\t\r\n\
         \t\t\t\t\t9=not applicable\t\r\n",
    );
    for row in rows {
        out += row;
        out += "\r\n";
    }
    out.into_bytes()
}

pub fn places() -> Vec<u8> {
    "pos_code,pos_type,pos_name,pos_description\n\
     11,Non-Facility,Invented Office,\"A room, invented.\"\n\
     81,Non-Facility,Invented Laboratory,A laboratory’s room.\n\
     99,Non-Facility,Other,Other.\n"
        .as_bytes()
        .to_vec()
}
