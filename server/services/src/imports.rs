//! Many datasets' metadata at once, from a CSV, with what its lines say of versions and files that they name: rehearsed first, then
//! line by line.

mod cells;
mod files;
mod lines;
mod of_dataset;
mod of_version;
mod run;
mod told;

pub use files::Sent;
pub use lines::{MAX_BYTES, MAX_LINES};
pub use run::{carry_out, give_up, rehearse};
