//! Reads tables as people send them: encodings, delimiters, preambles, columns, profiles.
//!
//! Everything reads the bytes once, from start to end, and never changes them.

mod cells;
mod chart;
mod column;
mod compare;
mod content;
mod encoding;
mod layout;
mod names;
mod options;
mod period;
mod preview;
mod profile;
mod query;
mod records;
mod rows;
mod table;
mod write;

pub use chart::chart;
pub use compare::compare;
pub use content::{Content, sniff};
pub use options::options;
pub use preview::preview;
pub use profile::{MAX_COLUMNS, inspect};
pub use query::{OptionPage, Position, RowBatch, Rows};
pub use table::{Table, TableError};
pub use write::{About, Chunks, MAX_SHEET_ROWS, Page, write, write_page};
