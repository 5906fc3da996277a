//! Turns bytes into input, and frames into the fewest bytes.
//!
//! A host hands [`Event`]s in and takes bytes out. [`Decoder`] makes keys of the bytes that a
//! terminal sends; [`Screen`] holds what a terminal shows and writes what differs from the next
//! frame, within what its [`Capabilities`] allow; [`FramePacer`] says when the terminal is
//! ready for one; [`clipboard`] reaches the reader's own. [`LocalTerminal`] is the host
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
    Capabilities, ColorChoice, ColorChoiceError, ColorDepth, DisplayMode, Feature, Multiplexer,
    Overrides,
};
pub use decoder::{Decoder, Input, MouseEvent, MouseKind};
pub use event::{Event, ShutdownReason, Size};
pub use host::{Exit, run};
pub use local::LocalTerminal;
pub use pacing::{FrameDecision, FramePacer};
pub use screen::{MouseCapture, Screen};
pub use session::Session;
