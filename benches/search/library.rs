//! Defines a made-up library: files of the shape of the one that is shipped, the same in every run.

use std::fmt::Write as _;

use crate::generate::SplitMix64;

/// What readers ask besides codes and titles.
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

/// The name and text of one file of a made-up library: a document of about 7 kB, of the shape of
/// the one that is shipped. Its words are those of `phrases`; which come how often follows from
/// them.
pub fn document_file(number: usize, phrases: &[String]) -> (String, String) {
    let mut chance = SplitMix64::new(number as u64 + 1);
    let code = 10_000 + number;
    let mut text = String::with_capacity(8192);
    let mut say = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    let mut some = |count: usize| -> String {
        let mut said = String::new();
        for at in 0..count {
            let phrase = phrases[chance.below(phrases.len())].as_str();
            let joint = [", or ", " with ", " after ", "; then ", " and "][chance.below(5)];
            let _ = write!(said, "{}{phrase}", if at == 0 { "" } else { joint });
        }
        said.replace(['"', '\\'], "")
    };
    say(format!(
        "schema = 1\n[code]\nsystem = \"cpt\"\nvalue = \"{code}\""
    ));
    say(format!(
        "title = \"Assay for {}\"\nstatus = \"active\"",
        some(1)
    ));
    say("effective = \"unknown\"\n[document]\npublication = \"pub\"\nrevised = 2026-01-02".into());
    say("[sources.pub]\ntitle = \"A made-up publication\"\nshort = \"publication\"".into());
    say("kind = \"secondary\"\nas_of = \"2026\"".into());
    for (section, paragraphs) in [("summary", 3), ("overview", 2), ("clinical", 2)] {
        say(format!("[{section}]\nsource = \"pub\"\ntext = \"\"\""));
        for _ in 0..paragraphs {
            say(format!(
                "CPT code {code} represents a laboratory assay for {}.",
                some(2)
            ));
            say(format!(
                "The test is relevant for patients with a prior diagnosis of {}.\n",
                some(2)
            ));
        }
        say("\"\"\"".into());
    }
    for label in ["Service type", "Typical site of service"] {
        say(format!(
            "[[overview.fact]]\nlabel = \"{label}\"\nvalue = \"Laboratory, {}\"",
            some(1)
        ));
    }
    say("[coding]\nsource = \"pub\"".into());
    for (code, name) in [
        ("26", "Professional Component"),
        ("90", "Reference (Outside) Laboratory"),
        ("91", "Repeat Clinical Diagnostic Laboratory Test"),
        ("QW", "CLIA Waived Test"),
    ] {
        say(format!(
            "[[modifier]]\ncode = \"{code}\"\nsystem = \"cpt\"\ndescription = \"{name}\""
        ));
        say(format!(
            "when = \"Use when the specimen is tested for {}.\"",
            some(1)
        ));
        say(format!("not_when = \"Not for {}.\"", some(1)));
        say("standing = \"usual\"\nsource = \"pub\"".into());
    }
    for (id, name) in [
        ("aetna", "Aetna"),
        ("bcbs", "Blue Cross Blue Shield"),
        ("cigna", "Cigna Health"),
        ("uhc", "UnitedHealthcare"),
        ("medicare", "Medicare"),
    ] {
        say(format!(
            "[[payer]]\nid = \"{id}\"\nname = \"{name}\"\nplan = \"All plans\""
        ));
        say(format!("policy = \"Covered for {}.\"", some(2)));
        say("rate = { reason = \"not_loaded\", source = \"pub\", checked = 2026-01-02 }".into());
        say("source = \"pub\"".into());
    }
    say(format!(
        "[[synonym]]\ntext = \"{}\"\nsource = \"pub\"",
        some(1)
    ));
    (format!("cpt-{code}.toml"), text)
}

/// Returns words that nobody uses, for a library without the real ones: syllables, the short words
/// often and the long ones seldom, as languages have them.
pub fn phrases(count: usize) -> Vec<String> {
    const SYLLABLES: [&str; 32] = [
        "ba", "car", "di", "en", "fol", "gra", "hy", "in", "jus", "ka", "lor", "me", "no", "os",
        "pa", "qua", "ri", "sta", "to", "ul", "vi", "xe", "yl", "zo", "ter", "mia", "itis", "oma",
        "gen", "phy", "cel", "ther",
    ];
    let mut chance = SplitMix64::new(7);
    let words: Vec<String> = (0..20_000)
        .map(|at: usize| {
            let syllables = 2 + (at + 1).ilog2() as usize / 5;
            (0..syllables).map(|_| *chance.pick(&SYLLABLES)).collect()
        })
        .collect();
    (0..count)
        .map(|_| {
            let many = 3 + chance.below(8);
            let word = |_| {
                let below = 1 + chance.below(words.len());
                words[chance.below(below)].clone()
            };
            (0..many).map(word).collect::<Vec<_>>().join(" ")
        })
        .collect()
}
