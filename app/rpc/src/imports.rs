//! Importing many datasets' metadata: rehearsed first, then carried out.

mod files;
mod read;
#[cfg(not(target_family = "wasm"))]
mod receive;
mod send;

pub use files::{ImportFiles, import_files};
pub use read::{ImportRead, import_read};
pub use send::{CarryOut, Rehearse, carry_out, rehearse};

/// The name under which a report waits for the page that shows it.
#[cfg(not(target_family = "wasm"))]
pub(crate) const REPORT: &str = "report";
