//! Turns bytes into input, and frames into the fewest bytes.
//!
//! A host hands [`Event`]s in and takes bytes out. [`Decoder`] makes keys of the bytes that a
//! terminal sends; [`Screen`] holds what a terminal shows and writes what differs from the next
//! frame, within what its [`Capabilities`] allow; [`Pacing`] says when the terminal is
//! ready for one; [`clipboard`] reaches the reader's own. [`Local`] is the host
//! on the reader's own terminal, and the only part that performs system calls.
//! A [`Session`] is one reader between the two.

mod capabilities;
pub mod clipboard;
mod decoder;
mod event;
mod host;
mod local;
mod pacing;
mod screen;
mod session;

pub use capabilities::{
    Capabilities, ColourChoice, ColourChoiceError, Colours, Feature, Multiplexer, Overrides,
    Painting,
};
pub use decoder::{Decoder, Input, Mouse, MouseKind};
pub use event::{Event, Reason, Size};
pub use host::{Ending, run};
pub use local::Local;
pub use pacing::{Pacing, Turn};
pub use screen::{MouseCapture, Screen};
pub use session::Session;
