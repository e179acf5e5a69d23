//! Reads tables as people send them: encodings, delimiters, preambles, columns, profiles.
//!
//! Everything reads the bytes from start to end, a piece at a time, and never changes them. [`build`] writes the file
//! that readers of the data are answered from.

mod build;
mod cells;
mod chart;
mod claim;
mod codes;
mod column;
mod compare;
mod compound;
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
mod sheet;
mod source;
mod table;
mod table_file;
mod write;

pub use build::{Built, Limits, build, build_as};
pub use chart::{chart, chart_as};
pub use claim::{check_ends, check_whole, is_read_whole};
pub use compare::{COMPARED_LAYOUT, Comparison, Work, compare};
pub use content::{Content, ENDS, sniff};
pub use options::options;
pub use preview::preview;
pub use profile::{MAX_COLUMNS, inspect, inspect_source};
pub use query::{OptionPage, Position, RowBatch, Rows, Sought};
pub use source::{Input, Refused, Source};
pub use table::{Table, TableError};
pub use table_file::TABLE_LAYOUT;
pub use write::{About, Chunks, IsStopped, MAX_SHEET_ROWS, Page, WRITTEN_LAYOUT, write, write_counted, write_page};

#[cfg(test)]
mod tests;
