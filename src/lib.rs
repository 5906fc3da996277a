//! codeleaf, a terminal reference for medical billing codes.
//!
//! # One way through the house
//!
//! ```text
//! content/*.toml ─► Document ─► Library + Index       immutable, in Arcs, shared by every reader
//! public files ─► Store ─► Sets ──┘  └─► flat file    kept for the next start
//! Event ─► Decoder ─► Keymap ─► Action ─► App::update ─► Option<Effect>
//!                                App ─► view ─► Buffer ─► Screen ─► bytes
//! ```
//!
//! A *host* (the local terminal, one SSH channel, a test) supplies three things: a stream of
//! [`terminal::Event`]s, a writer for bytes, and hands that carry out an [`app::Effect`]. The same
//! [`terminal::Session`] runs under every host and says when it next wants to be woken.
//!
//! * Below [`view`] there is no clock, no global state, and no I/O but that of an index ("What is
//!   read when", below): what is on screen follows from [`app::App`] alone, and only `App::update`
//!   changes it.
//! * Layout is a pure function of area and state. `update` uses it to clamp scrolling exactly, and
//!   `view` uses it to draw, so nothing is learned at draw time and sent back.
//! * A list of documents or codes keeps numbers. What its lines in sight say is asked for
//!   ([`app::Effect::LoadExcerpts`]) and told by the host, who alone reads files; so it is with what documents
//!   say side by side ([`app::Effect::LoadComparison`]).
//! * The unit of everything is the [`content::Row`]: it is what is selected, found, copied, opened
//!   and cited. A document is sections of blocks of rows, whatever its author wrote them as.
//!
//! # What is read when
//!
//! The first frame waits for one document: the library has only begun, and finds it by the kept
//! catalogue or by its file's name. A thread then opens the whole ([`search::LibraryLoader`]): as it is
//! kept, where no file has changed; else every file is read once, for catalogue and index, by as
//! many threads as there are processors. The host hands it in as one event, and reads the open
//! document again for the reader.
//!
//! Of a large library only what a query walks through is in memory. Postings and what hits show are
//! read from the index's own file, and imported sets row by row from theirs: so a search, and the
//! question whether a code is known, do read files, a few pages at a time and checked. Documents
//! themselves are read by the host, except for the hits of a library so small that it is not kept.
//!
//! # Rooms
//!
//! | part | question it answers | may use |
//! | --- | --- | --- |
//! | [`content`] | what is a code document? | – |
//! | [`flat`] | how is what was worked out kept in a file and checked? | – |
//! | [`sets`] | which public code sets has the user imported? | `content`, `flat` |
//! | [`library`] | which documents are there? | `content`, `flat`, `sets` |
//! | [`page`] | what is a document at this width? | `content` |
//! | [`search`] | what matches these words? | `content`, `flat`, `library` |
//! | [`app`] | what is the reader doing? | `content`, `library`, `search`, `page` |
//! | [`view`] | what does it look like? | `app` and below |
//! | [`terminal`] | how do bytes become input, and a frame the fewest bytes? | `app`, `view` |
//! | [`keep`] | what does a reader find again at the next start? | `content`, `app` |
//! | `serve` | who may read from afar? | `terminal`, `keep` |
//! | [`export`] | how does a document leave? | `content`, `library`, `search`, `page` |
//! | [`cli`] | what did the user ask for? | all |

#[cfg(not(unix))]
compile_error!("codeleaf runs on Unix: it reads its input from a Unix terminal");

pub mod app;
pub mod cli;
pub mod content;
pub mod export;
pub mod flat;
pub mod keep;
pub mod library;
pub mod page;
pub mod search;
#[cfg(feature = "serve")]
pub mod serve;
pub mod sets;
pub mod terminal;
pub mod view;
