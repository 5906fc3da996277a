//! codeleaf, a terminal reference for medical billing codes.
//!
//! # One way through the house
//!
//! ```text
//! content/*.toml ─► Document ─► Library (+ Index)        immutable, in an Arc, shared by every reader
//! public files ─► Store ─► Sets ──┘                      read row by row, never loaded
//! Event ─► Decoder ─► Keymap ─► Action ─► App::update ─► Option<Effect>
//!                                App ─► view ─► Buffer ─► Screen ─► bytes
//! ```
//!
//! A *host* (the local terminal, one SSH channel, a test) supplies three things: a stream of
//! [`terminal::Event`]s, a writer for bytes, and hands that carry out an [`app::Effect`]. The same
//! [`terminal::Session`] runs under every host and says when it next wants to be woken.
//!
//! * Below [`view`] there is no I/O, no clock and no global state: what is on screen follows from
//!   [`app::App`] alone, and only `App::update` changes it.
//! * Layout is a pure function of area and state. `update` uses it to clamp scrolling exactly, and
//!   `view` uses it to draw, so nothing is learned at draw time and sent back.
//! * A list of documents or codes keeps numbers. What its lines in sight say is asked for
//!   ([`app::Effect::Ask`]) and told by the host, who alone reads files; so it is with what documents
//!   say side by side ([`app::Effect::Compare`]).
//! * The unit of everything is the [`content::Row`]: it is what is selected, found, copied, opened
//!   and cited. A document is sections of blocks of rows, whatever its author wrote them as.
//!
//! # Rooms
//!
//! | part | question it answers | may use |
//! | --- | --- | --- |
//! | [`content`] | what is a code document? | – |
//! | [`sets`] | which public code sets has the user imported? | `content` |
//! | [`library`] | which documents are there? | `content`, `sets` |
//! | [`page`] | what is a document at this width? | `content` |
//! | [`search`] | what matches these words? | `content`, `library` |
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
pub mod keep;
pub mod library;
pub mod page;
pub mod search;
#[cfg(feature = "serve")]
pub mod serve;
pub mod sets;
pub mod terminal;
pub mod view;
