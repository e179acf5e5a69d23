//! Importing many datasets' metadata: rehearsed first, then carried out.

mod read;
mod send;

pub use read::{ImportRead, import_read};
pub use send::{CarryOut, Rehearse, carry_out, rehearse};

/// The name under which a report waits for the page that shows it.
#[cfg(not(target_family = "wasm"))]
pub(crate) const REPORT: &str = "report";
