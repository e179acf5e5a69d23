//! Many datasets' metadata at once, from a CSV, with files that its lines name: rehearsed first, then each line a transaction of its own.

mod files;
mod lines;
mod run;

pub use files::Sent;
pub use lines::{COLUMNS, MAX_BYTES, MAX_LINES};
pub use run::{carry_out, give_up, rehearse};
