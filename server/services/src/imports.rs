//! Many datasets' metadata at once, from a CSV: rehearsed first, then each line a transaction of its own.

mod lines;
mod run;

pub use lines::{COLUMNS, MAX_BYTES, MAX_LINES};
pub use run::{carry_out, rehearse};
