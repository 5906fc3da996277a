//! Turns bytes into input, and frames into the fewest bytes.
//!
//! A host hands [`Event`]s in and takes bytes out. [`Decoder`] makes keys of the bytes that a
//! terminal sends; [`Screen`] holds what a terminal shows and writes what differs from the next
//! frame, within what its [`Capabilities`] allow. A [`Session`] is one reader between the two, and
//! [`Local`] the host on the reader's own terminal, the only part that performs system calls.

mod capabilities;
mod decoder;
mod event;
mod host;
mod local;
mod screen;
mod session;

pub use capabilities::{
    Capabilities, ColourChoice, Colours, Feature, Multiplexer, Overrides, Painting,
};
pub use decoder::{Decoder, Input, Mouse, MouseKind};
pub use event::{Event, Reason, Size};
pub use host::{Ending, run};
pub use local::Local;
pub use screen::{MouseCapture, Screen};
pub use session::Session;
