//! Reads tables as people send them: encodings, delimiters, preambles, columns, profiles.
//!
//! Everything reads the bytes from start to end, a piece at a time, and never changes them. [`build`] writes the file
//! that readers of the data are answered from.

mod build;
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
mod sheet;
mod source;
mod table_file;

pub use build::{Built, Limits, build};
pub use chart::chart;
pub use content::{Content, sniff};
pub use options::options;
pub use preview::preview;
pub use profile::{MAX_COLUMNS, inspect, inspect_source};
pub use source::{Input, Refused, Source};

#[cfg(test)]
mod tests;
