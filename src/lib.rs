//! codeleaf, a terminal reference for medical billing codes.
//!
//! # Data flow
//!
//! ```text
//! content/*.toml ─► Document ─► Library + Index          immutable, in Arcs, shared by every reader
//! public files ─► codesets ─────┘
//! bytes ─► Decoder ─► Keymap ─► Action ─► App::update ─► Option<Effect>
//!                               App ─► view ─► Buffer ─► Screen ─► bytes
//!                                          └─► Transcript ────────► bytes      --plain-ui
//! ```
//!
//! A *host* (the local terminal, one SSH channel, a test) supplies three things: a stream of
//! events, a writer for bytes, and an executor for each [`app::Effect`]. The same
//! [`session::Session`] runs under every host and tells it when it next wants to wake up.
//!
//! * [`app::App`] is the whole state of one reader. Only `App::update` changes it, and `view` draws
//!   from it alone: there is no clock and no global state below [`view`].
//! * Layout is a pure function of area and state. `update` uses it to clamp scrolling, `view` uses
//!   it to draw, and nothing is learned while drawing.
//! * A wide screen has several panes. Those beside the rows follow the cursor when it rests
//!   ([`app::Action::Rest`]), so that a held arrow sends what it sends with one pane.
//! * The smallest unit of content is the [`content::Row`]. A row is what is
//!   selected, found, copied, opened and cited.
//! * Keys are data (`assets/keymap.toml`), and colors are roles (`assets/themes/*.toml`).
//! * The texts of the screens are in `app::messages`, those of a document's page in
//!   `content::labels`. `tests/architecture.rs` finds texts elsewhere in these rooms.
//!
//! # What is read, and when
//!
//! The first frame needs one document only. The library is lazy at that point: it finds the
//! document through the cached catalog or by file name. A background thread then opens the whole
//! library and its index ([`loader::LibraryLoader`]): from the cache if no file has changed,
//! otherwise by reading every file once, on all processors. The host receives the result as one
//! event and reloads the open document.
//!
//! On the local terminal, a thread then watches the content folders ([`loader::FileWatcher`]). After
//! a save, the open document is read again at once, and when the files have settled, the library is
//! loaded again as at start. A document whose file has errors keeps its last version.
//!
//! Only a small part of a large library is in memory. A search reads postings and stored rows from
//! the index file, and the rows of code sets from their own files, a few kilobytes at a time, and
//! compares their checksums. The host reads whole documents. A list of documents or codes holds ids
//! only; the host answers requests for the text of visible lines ([`app::Effect::LoadExcerpts`]),
//! for the document beside a list ([`app::Effect::LoadPreview`]) and for comparisons
//! ([`app::Effect::LoadComparison`]).
//!
//! # Start-up shortcuts
//!
//! First paint takes about 1.2 times as long as `less`. Without the
//! following five shortcuts it would take 1.9 times as long:
//!
//! * `build.rs` turns `assets/keymap.toml` and the themes into tables, so that no TOML is parsed
//!   for them at start. A test compares the tables with the files.
//! * Arguments that are one code or nothing bypass clap. A test checks that clap agrees.
//! * The signal thread starts when the terminal is first waited for. Signals that arrive earlier
//!   wait in their pipe.
//! * A term dictionary of a few thousand words is a sorted list. An `fst` map would allocate
//!   960 KB.
//! * The C library is linked statically (`.cargo/link-static`), because loading shared libraries costs a
//!   fifth of the time to first paint.
//!
//! # Rooms
//!
//! Each folder answers one question. A room may use the rooms in its row and everything that those
//! rooms may use; every room may use `num` and `sync`. There are no import cycles.
//! `tests/architecture.rs` compares this table with the code.
//!
//! | room | question it answers | may use |
//! | --- | --- | --- |
//! | [`num`] | which integer conversions do we add to `std`? | – |
//! | [`sync`] | how do we lock? | – |
//! | [`text`] | what may be shown, and how wide is it? | – |
//! | [`files`] | how are files opened, read and replaced? | – |
//! | [`diagnostics`] | what is wrong with a user's file, and where? | `text` |
//! | [`storage`] | how are derived files laid out and checked? | – |
//! | [`content`] | what is a code document? | `text`, `files`, `diagnostics` |
//! | [`codesets`] | which public code sets has the user imported? | `content`, `storage` |
//! | [`authoring`] | how are content files edited? | `content`, `codesets` |
//! | [`library`] | which documents are there? | `content`, `codesets`, `storage` |
//! | [`search`] | what does the index hold, and which rows match? | `library` |
//! | [`loader`] | how do library and index open, from cache or from files? | `library`, `search` |
//! | [`check`] | what is wrong with documents that can be read? | `library` |
//! | [`layout`] | how is a document laid out at a width? | `content` |
//! | [`app`] | what is the reader doing? | `library`, `search`, `layout` |
//! | [`view`] | what does it look like? | `app` |
//! | [`tty`] | how do bytes become input, and frames the fewest bytes? | `text` |
//! | [`session`] | how does one reader run on one host? | `app`, `view`, `tty` |
//! | [`user_data`] | what survives a restart? | `app`, `files` |
//! | `serve` | who may read over SSH? | `session`, `user_data`, `loader` |
//! | [`export`] | how does a document leave the program? | `content`, `library`, `search`, `layout` |
//! | [`cli`] | what did the user ask for? | `authoring`, `serve`, `check`, `export`, `session`, `user_data`, `loader` |

#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

#[cfg(not(unix))]
compile_error!("codeleaf runs on Unix only: it reads its input from a Unix terminal");

pub mod app;
pub mod authoring;
pub mod check;
pub mod cli;
pub mod codesets;
pub mod content;
pub mod diagnostics;
pub mod export;
pub mod files;
pub mod layout;
pub mod library;
pub mod loader;
pub mod num;
pub mod search;
#[cfg(feature = "serve")]
pub mod serve;
pub mod session;
pub mod storage;
pub mod sync;
pub mod text;
pub mod tty;
pub mod user_data;
pub mod view;
