//! A generated library: documents like the built-in one, the same in every run.

use std::fmt::Write as _;

use crate::generate::SplitMix64;

/// What users search for besides codes and titles.
pub const READER_QUERIES: [&str; 18] = [
    "professional component",
    "outside lab",
    "her2/neu",
    "mod 26",
    "-26",
    "83950-90",
    "10234-90",
    "reccurence",
    "medicare policy",
    "laboratory test",
    "specimen is tested for",
    "clia waived",
    "payer:aetna covered",
    "in:coding specimen",
    "breast cancer",
    "heart attack",
    "diabetes with",
    "\"laboratory assay\"",
];

/// Returns the name and text of a document of about 7 kB. Its words, and how common they are, come
/// from `phrases`.
pub fn document_file(number: usize, phrases: &[String]) -> (String, String) {
    let mut random = SplitMix64::new(number as u64 + 1);
    let code = 10_000 + number;
    let mut text = String::with_capacity(8192);
    let mut write_line = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    let mut joined = |count: usize| -> String {
        let mut joined = String::new();
        for n in 0..count {
            let phrase = phrases[random.below(phrases.len())].as_str();
            let separator = [", or ", " with ", " after ", "; then ", " and "][random.below(5)];
            let _ = write!(joined, "{}{phrase}", if n == 0 { "" } else { separator });
        }
        joined.replace(['"', '\\'], "")
    };
    write_line(format!(
        "schema = 1\n[code]\nsystem = \"cpt\"\nvalue = \"{code}\""
    ));
    write_line(format!(
        "title = \"Assay for {}\"\nstatus = \"active\"",
        joined(1)
    ));
    write_line(
        "effective = \"unknown\"\n[document]\npublication = \"pub\"\nrevised = 2026-01-02".into(),
    );
    write_line("[sources.pub]\ntitle = \"A made-up publication\"\nshort = \"publication\"".into());
    write_line("kind = \"secondary\"\nas_of = \"2026\"".into());
    for (section, paragraphs) in [("summary", 3), ("overview", 2), ("clinical", 2)] {
        write_line(format!("[{section}]\nsource = \"pub\"\ntext = \"\"\""));
        for _ in 0..paragraphs {
            write_line(format!(
                "CPT code {code} represents a laboratory assay for {}.",
                joined(2)
            ));
            write_line(format!(
                "The test is relevant for patients with a prior diagnosis of {}.\n",
                joined(2)
            ));
        }
        write_line("\"\"\"".into());
    }
    for label in ["Service type", "Typical site of service"] {
        write_line(format!(
            "[[overview.fact]]\nlabel = \"{label}\"\nvalue = \"Laboratory, {}\"",
            joined(1)
        ));
    }
    write_line("[coding]\nsource = \"pub\"".into());
    for (code, name) in [
        ("26", "Professional Component"),
        ("90", "Reference (Outside) Laboratory"),
        ("91", "Repeat Clinical Diagnostic Laboratory Test"),
        ("QW", "CLIA Waived Test"),
    ] {
        write_line(format!(
            "[[modifier]]\ncode = \"{code}\"\nsystem = \"cpt\"\ndescription = \"{name}\""
        ));
        write_line(format!(
            "when = \"Use when the specimen is tested for {}.\"",
            joined(1)
        ));
        write_line(format!("not_when = \"Not for {}.\"", joined(1)));
        write_line("standing = \"usual\"\nsource = \"pub\"".into());
    }
    for (id, name) in [
        ("aetna", "Aetna"),
        ("bcbs", "Blue Cross Blue Shield"),
        ("cigna", "Cigna Health"),
        ("uhc", "UnitedHealthcare"),
        ("medicare", "Medicare"),
    ] {
        write_line(format!(
            "[[payer]]\nid = \"{id}\"\nname = \"{name}\"\nplan = \"All plans\""
        ));
        write_line(format!("policy = \"Covered for {}.\"", joined(2)));
        write_line(
            "rate = { reason = \"not_loaded\", source = \"pub\", checked = 2026-01-02 }".into(),
        );
        write_line("source = \"pub\"".into());
    }
    write_line(format!(
        "[[synonym]]\ntext = \"{}\"\nsource = \"pub\"",
        joined(1)
    ));
    (format!("cpt-{code}.toml"), text)
}

/// Returns phrases of invented words, in place of the titles of a code set. As in natural languages,
/// short words are common and long ones rare.
pub fn phrases(count: usize) -> Vec<String> {
    const SYLLABLES: [&str; 32] = [
        "ba", "car", "di", "en", "fol", "gra", "hy", "in", "jus", "ka", "lor", "me", "no", "os",
        "pa", "qua", "ri", "sta", "to", "ul", "vi", "xe", "yl", "zo", "ter", "mia", "itis", "oma",
        "gen", "phy", "cel", "ther",
    ];
    let mut random = SplitMix64::new(7);
    let words: Vec<String> = (0..20_000)
        .map(|rank: usize| {
            let syllables = 2 + (rank + 1).ilog2() as usize / 5;
            (0..syllables).map(|_| *random.pick(&SYLLABLES)).collect()
        })
        .collect();
    (0..count)
        .map(|_| {
            let length = 3 + random.below(8);
            let word = |_| {
                let bound = 1 + random.below(words.len());
                words[random.below(bound)].clone()
            };
            (0..length).map(word).collect::<Vec<_>>().join(" ")
        })
        .collect()
}
