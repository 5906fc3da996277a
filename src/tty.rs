//! Terminal input and output: bytes to input events, and frames to the fewest bytes.
//!
//! [`Decoder`] turns the bytes that a terminal sends into keys. [`Screen`] knows what the terminal
//! shows and writes the difference to the next frame, within the terminal's [`Capabilities`].
//! [`FramePacer`] decides when the terminal is ready for a frame; [`clipboard`] copies text with
//! OSC 52. Nothing here performs a system call.

pub(crate) mod capabilities;
pub mod clipboard;
pub(crate) mod decoder;
pub(crate) mod pacer;
pub(crate) mod screen;
pub(crate) mod size;

pub use capabilities::background::Background;
pub use capabilities::color::{ColorChoice, ColorDepth};
pub use capabilities::family::Multiplexer;
pub use capabilities::feature::Feature;
pub use capabilities::{Capabilities, DisplayMode, Overrides};
pub use decoder::Decoder;
pub use decoder::input::{Input, MouseEvent, MouseKind, PendingReply};
pub use pacer::{FrameDecision, FramePacer};
pub use screen::{MouseCapture, Screen};
pub use size::Size;
