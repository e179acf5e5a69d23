//! Reads tables as people send them: encodings, delimiters, preambles, columns, profiles.
//!
//! Everything reads the bytes once, from start to end, and never changes them.

mod cells;
mod chart;
mod column;
mod content;
mod encoding;
mod layout;
mod names;
mod options;
mod period;
mod preview;
mod profile;
mod records;
mod rows;

pub use chart::chart;
pub use content::{Content, sniff};
pub use options::options;
pub use preview::preview;
pub use profile::{MAX_COLUMNS, inspect};
