//! Generated documents for scrolling tests.

const WORDS: [&str; 16] = [
    "assay",
    "of",
    "serum",
    "tumor",
    "marker",
    "billed",
    "by",
    "the",
    "reference",
    "laboratory",
    "interpretation",
    "a",
    "claim",
    "professional",
    "component",
    "when",
];

/// A text of at most `columns` columns that depends only on its arguments.
fn words(number: usize, columns: usize) -> String {
    let mut text = format!("Item {number}:");
    let mut state = number * 7 + 3;
    loop {
        state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
        let word = WORDS[state / 65_536 % WORDS.len()];
        if text.len() + 1 + word.len() > columns {
            return text;
        }
        text.push(' ');
        text += word;
    }
}

const DOCUMENT_HEAD: &str = "schema = 1\n\n[code]\nsystem = \"cpt\"\nvalue = \"00001\"\n\
    title = \"A made-up document of 400 lines\"\nstatus = \"unverified\"\n\n\
    [document]\npublication = \"paper\"\n\n[sources.paper]\ntitle = \"A made-up paper\"\n\
    short = \"paper\"\nkind = \"secondary\"\nas_of = \"unknown\"\n\n[summary]\nsource = \"paper\"\n";

/// A document of 400 list items of 30 to 75 columns.
pub fn list() -> String {
    let mut text = format!(
        "{DOCUMENT_HEAD}text = \"A list.\"\n\n[[summary.list]]\nid = \"items\"\ntitle = \"Items\"\nitems = [\n"
    );
    for number in 0..400 {
        text += &format!("  \"{}\",\n", words(number, 30 + number * 29 % 46));
    }
    text + "]\nsource = \"paper\"\n"
}

/// A document of 80 paragraphs of about five lines each.
pub fn prose() -> String {
    let mut text = format!("{DOCUMENT_HEAD}text = \"\"\"\n");
    for number in 0..80 {
        text += &words(number, 300 + number * 37 % 130);
        text += "\n\n";
    }
    text + "\"\"\"\n"
}
