//! Keys in, picture out.

use crate::support::reader::Reader;

#[test]
fn look() {
    for (columns, rows, keys) in [
        (80, 24, ""),
        (80, 24, "right"),
        (80, 24, "4"),
        (80, 24, "4 enter"),
        (80, 24, "5"),
        (80, 24, "/ \"26\""),
        (80, 24, "/ \"reccurence\""),
        (80, 24, "/ \"zzzz\""),
        (80, 24, "o"),
        (80, 24, "?"),
        (20, 5, "4"),
        (20, 24, "4"),
        (40, 16, "4"),
        (200, 40, "4"),
    ] {
        let mut reader = Reader::open(columns, rows);
        let first = reader.frame;
        reader.press(keys);
        println!(
            "== {columns}x{rows} {keys} first {first}\n{}\n",
            reader.screen()
        );
    }
}
