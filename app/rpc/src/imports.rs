//! Importing many datasets' metadata: rehearsed first, then carried out, and undone where somebody wants that.

mod files;
mod read;
#[cfg(not(target_family = "wasm"))]
mod receive;
mod send;
mod undo;

pub use files::{ImportFiles, import_files};
pub use read::{ImportRead, ImportSheetRead, import_read, import_sheet_read};
pub use send::{CarryOut, Rehearse, carry_out, rehearse};
pub use undo::{UndoImport, undo_import};

/// The name under which a report waits for the page that shows it.
#[cfg(not(target_family = "wasm"))]
pub(crate) const REPORT: &str = "report";
