//! Many datasets' metadata at once, from a CSV, with what its lines say of versions and files that they name: rehearsed first, then
//! line by line. What an import did is kept, so that it can be taken back.

mod cells;
mod files;
mod keep;
mod lines;
mod of_dataset;
mod of_version;
mod present;
mod run;
mod taking_back;
mod told;
mod undo;

pub use files::Sent;
pub(crate) use keep::{Did, keep};
pub use lines::{MAX_BYTES, MAX_LINES};
pub use run::{carry_out, give_up, rehearse};
pub use undo::{Undone, carried_out, look, page, undo};
