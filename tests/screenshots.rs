//! The pictures of the README: screens of the program, in files that a test compares with it.

mod svg;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::Path;

use codeleaf::view;
use codeleaf::view::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::support::reader::TestSession;

/// The folder of the pictures, below the root of the project.
const FOLDER: &str = "assets/screenshots";

/// Tells the test to write the pictures instead of comparing them.
const WRITE: &str = "CODELEAF_WRITE_SCREENSHOTS";

struct Picture {
    /// The file name without the extension.
    name: &'static str,
    /// The description for readers who do not see the picture.
    title: &'static str,
    size: (u16, u16),
    /// The keys that lead to the screen from the start of the shipped document.
    keys: &'static str,
}

const PICTURES: [Picture; 4] = [
    Picture {
        name: "document",
        title: "The document on CPT 83950. The row of modifier 26 is selected, and CMS disputes it. \
                A second pane shows the row in full.",
        size: (120, 36),
        keys: "4",
    },
    Picture {
        name: "search",
        title: "The results for “outside lab”. A second pane shows the document of the first one.",
        size: (120, 36),
        keys: "/ \"outside lab\"",
    },
    Picture {
        name: "modifier",
        title: "The page of modifier 91: when to use it, when not, and the source of each statement.",
        size: (120, 36),
        keys: ": \"91\" enter",
    },
    Picture {
        name: "comparison",
        title: "A comparison of what the publication, CMS and five payers state on modifier 26.",
        size: (200, 60),
        keys: "o right enter",
    },
];

#[test]
fn screenshots_show_the_screens_of_today() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    let theme = Theme::built_in("dark").unwrap().unwrap();
    let mut stale = Vec::new();
    for picture in PICTURES {
        let (columns, rows) = picture.size;
        let mut reader = TestSession::open(columns, rows);
        reader.press(picture.keys).rest();
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        view::draw(reader.session.app(), &theme, &mut buffer);
        let svg = svg::draw(&buffer, picture.title);
        let path = folder.join(picture.name).with_extension("svg");
        if env::var_os(WRITE).is_some() {
            fs::write(path, svg).unwrap();
        } else if fs::read_to_string(path).unwrap_or_default() != svg {
            stale.push(picture.name);
        }
    }
    assert!(
        stale.is_empty(),
        "out of date in {FOLDER}: {}. Write them with: {WRITE}=1 cargo test --test all screenshots. \
         Then look at them",
        stale.join(", ")
    );
}

#[test]
fn readme_shows_each_screenshot_with_its_description() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = fs::read_dir(root.join(FOLDER)).unwrap();
    let files: BTreeSet<String> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(files, PICTURES.map(|it| format!("{}.svg", it.name)).into());
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let readme = readme.split_whitespace().collect::<Vec<_>>().join(" ");
    for Picture { name, title, .. } in PICTURES {
        let image = format!("![{title}]({FOLDER}/{name}.svg)");
        assert!(readme.contains(&image), "no {image}");
    }
}
