//! Documents parsed from valid files: `tests/fixtures/valid/*.toml`.

use std::fmt::Write as _;
use std::fs;

use codeleaf::content::{Document, Value, Visibility, parse_document};

use super::{document, fixtures, stem, toml_files};

/// Renders a document as an outline with one line per row.
fn outline(document: &Document) -> String {
    let mut out = String::new();
    for section in &document.sections {
        let SectionNames { id, title, short } = SectionNames::from_section(section);
        writeln!(out, "{id}: {title} ({short}) {:?}", section.headings).unwrap();
        for block in &section.blocks {
            let title = block.title.as_deref().unwrap_or("-");
            writeln!(out, "  {}: {title} {:?}", block.id.0, block.shape).unwrap();
            for row in &block.rows {
                let cells: Vec<String> = row.cells.iter().map(cell).collect();
                writeln!(
                    out,
                    "    {} {:?} {}",
                    row.key.0,
                    row.voice,
                    cells.join(" | ")
                )
                .unwrap();
                for remark in &row.remarks {
                    writeln!(out, "      + {} [{}]", remark.text, remark.source.0).unwrap();
                }
            }
        }
    }
    out
}

struct SectionNames<'d> {
    id: &'d str,
    title: &'d str,
    short: &'d str,
}

impl<'d> SectionNames<'d> {
    fn from_section(section: &'d codeleaf::content::Section) -> Self {
        Self {
            id: &section.id.0,
            title: &section.title,
            short: &section.short,
        }
    }
}

fn cell(cell: &codeleaf::content::Cell) -> String {
    let value = match &cell.value {
        Value::Text(text) => text.clone(),
        Value::Unavailable(absence) => format!("<{}>", absence.reason.id()),
    };
    match (&*cell.label, cell.visibility) {
        ("", _) => value,
        (label, Visibility::Column) => format!("{label}={value}"),
        (label, Visibility::Line | Visibility::Record) => format!("({label}={value})"),
    }
}

#[test]
fn every_valid_file_parses() {
    for path in toml_files("valid") {
        let name = stem(&path);
        if let Err(report) = parse_document(name, &fs::read(&path).unwrap()) {
            panic!("{report}");
        }
    }
}

#[test]
fn minimal_file_has_required_notices() {
    let document = document("valid/minimal.toml");
    assert_eq!(document.code.to_string(), "hcpcs:G0439");
    assert_eq!(document.notices.len(), 1, "no AMA line without CPT content");
    assert_eq!(document.reviewed_by, None);
    assert_eq!(document.revised.to_string(), "no date");
    insta::assert_snapshot!(outline(&document), @r#"
    summary: Summary (Summary) []
      text: - Prose
        1 Editor A yearly visit.
    "#);
}

#[test]
fn every_field_reaches_the_document() {
    let document = document("valid/everything.toml");
    assert_eq!(document.synonyms, ["Invented assay", "IA-1"]);
    insta::assert_snapshot!(outline(&document), @r#"
    summary: Summary (Summary) ["Summary & Overview", "An invented test"]
      text: - Prose
        1 Publication The first paragraph, in two lines.
        2 Publication The second—with a dash.
      facts: - Facts
        service-type Publication Service type=Laboratory
        rate Editor Rate=<licence>
          + A remark on a fact. [house]
      uses: Uses List
        1 Editor One
        2 Editor Two
      units: Units Table
        1 Publication Setting=Office | Units=1
        2 Publication Setting=Hospital | Units=<source_silent>
      end: In the end Prose
        1 Editor The last words.
      remarks: Editor's remarks List
        1 Editor A remark on the section.
    overview: Overview (Overview) ["Names and places"]
      synonyms: Also known as List
        1 Publication Invented assay
          + A remark on a name. [house]
        2 Editor IA-1
      not-this: Not to be confused with List
        1 Editor Another invented test | (Code=CPT 0002U)
          + Its name differs in one letter. [house]
      places: Places of service Table
        02 Editor Place=02 | Name=Telehealth
    clinical: Clinical Context (Clinical) []
      text: - Prose
        1 Editor An invented patient.
    coding: Coding Specifications (Coding) ["How to bill it"]
      modifiers: Modifiers Table
        26 Publication Modifier=26 | Description=Professional component, as invented | When to use=When only the reading is billed. | (When not to use=When the laboratory bills it all.) | (Documentation needed=<source_silent>) | (Code system=CPT)
          + CMS has no such line. [cms]
          + Nor have we. [house]
        QW Editor Modifier=QW | Description=<source_silent> | When to use=Never. | (Code system=HCPCS)
      diagnoses: ICD-10 diagnoses Table
        Z85.3 Editor Diagnosis=Z85.3 | Description=Personal history, as invented | Relation=mentioned; no statement on coverage | (Basis=house)
          + A remark on a diagnosis. [house]
      related-absent: Related codes Prose
        related Publication <source_silent>
      related: Related codes, from the editors Table
        G0439 Editor Code=G0439 | Description=Another invented service | Relation=bundled (NCCI) | (Code system=HCPCS)
          + A remark on a related code. [house]
      taxonomies: Taxonomies Table
        291U00000X Editor Taxonomy=291U00000X | Name=Clinical medical laboratory
          + A remark on a taxonomy. [house]
    payers: Payers (Payers) ["Who pays"]
      payers: Payers Table
        plan-a Publication Payer=Plan A | Plan=Gold | Policy=<unpublished> | Rate=<not_loaded>
          + There are two of this name. [house]
      payer-modifiers: Modifier rules by payer Table
        plan-a-26 Editor Payer=Plan A | Modifier=26 | What the payer says=Accepted in writing, as invented.
          + Nobody ever wrote. [house]
        plan-a-QW Editor Payer=Plan A | Modifier=QW | What the payer says=<source_silent>
    appeals: Appeals (Appeals) []
      text: - Prose
        1 Editor How to appeal.
      second-level-appeals: Appeals of the second level Prose
        second-level-appeals Editor <not_applicable>
    "#);
    // Fields that the outline omits.
    let json = serde_json::to_string_pretty(&document).unwrap();
    insta::assert_snapshot!("everything", json);
}

#[test]
fn custom_sections_keep_file_order() {
    insta::assert_snapshot!(outline(&document("valid/own-sections.toml")), @r#"
    appeals: Appeals and deadlines (Appeals) ["When a claim is denied"]
      text: - Prose
        1 Editor First look at the remark codes. Then look at the policy.
        2 Editor A second paragraph.
      deadlines: Deadlines Table
        1 Editor Payer=A plan | Days=180 | Form=<not_applicable>
        2 Editor Payer=Another | Days=<unpublished> | Form=By letter
      what-to-send: What to send List
        1 Editor The denial
        2 Editor The order
      prose: - Prose
        1 Editor Text after the list.
      facts: - Facts
        contact Editor Contact=The billing office
        contact-2 Editor Contact=<not_loaded>
      later: What to send List
        1 Editor Nothing more
      remarks: Editor's remarks List
        1 Editor Ask before you appeal twice.
    log: Log (Log) []
      text: - Prose
        1 Editor Nothing happened yet.
      facts: - Facts
        fact Editor —=A label without a letter
      text-absent: text Prose
        text Editor <source_silent>
      absent: — Prose
        absent Editor <source_silent>
      remarks: Editor's remarks List
        1 Editor A remark on the log.
    "#);
}

#[test]
fn line_endings_and_bom_make_no_difference() {
    for path in toml_files("valid") {
        let text = fs::read_to_string(&path).unwrap();
        let plain = parse_document("a", text.as_bytes()).unwrap();
        let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        assert_eq!(
            parse_document("a", windows.as_bytes()).unwrap(),
            plain,
            "{}",
            path.display()
        );
    }
}

#[test]
fn all_text_is_sanitized_on_parsing() {
    let text = r#"
        schema = 1
        [code]
        system = "hcpcs"
        value = "G0439"
        title = "A\u001B[31m visit\u202E"
        status = "active"
        [sources.own]
        title = "Our\tnotes\u0007"
        kind = "house"
        as_of = "unknown"
        [summary]
        headings = ["A\u200Bheading"]
        text = "One\u2028two\u0000"
        [[summary.fact]]
        label = "La\u0008bel"
        value = { reason = "licence", stated = "No\u009Bt", source = "own", where = "the\u000Bweb" }
        [[summary.remark]]
        text = "A\u0085remark"
        source = "own"
        [notices]
        use = "Use\r\nwith care"
    "#;
    let document = parse_document("a", text.as_bytes()).unwrap();
    let shown = format!("{document:?}");
    assert_eq!(codeleaf::text::sanitize(&shown), shown);
    assert_eq!(document.title, "A[31m visit");
    assert_eq!(document.sources[0].title, "Our notes");
    assert_eq!(document.notices[0], "Use with care");
    assert_eq!(
        document.rows().next().unwrap().2.cells[0].value.as_text(),
        Some("One two")
    );
}

#[test]
fn both_spellings_of_the_license_reason_are_the_same() {
    let document = |reason: &str| {
        let text = fs::read_to_string(fixtures().join("valid/minimal.toml")).unwrap();
        let fact =
            format!("\n[[summary.fact]]\nlabel = \"Rate\"\nvalue = {{ reason = \"{reason}\" }}\n");
        parse_document("a", (text + &fact).as_bytes()).unwrap()
    };
    let shown = |reason| format!("{:?}", document(reason));
    assert_eq!(shown("license"), shown("licence"));
}
