//! Forms of the portal about files.

mod confirm;
mod delete;
mod newest;
mod read_as;
#[cfg(not(target_family = "wasm"))]
pub(crate) mod recall;
#[cfg(not(target_family = "wasm"))]
pub(crate) mod receive;
mod reinstate;
mod rename;
mod retry;
mod upload;
mod withdraw;

pub use confirm::{Confirm, confirm};
pub use delete::{Delete, delete};
pub use newest::{NewestFilesRead, newest_files_read};
pub use read_as::{ReadAs, read_as};
pub use reinstate::{Reinstate, reinstate};
pub use rename::{Rename, rename};
pub use retry::{Retry, retry};
pub use upload::{Upload, upload};
pub use withdraw::{Withdraw, withdraw};
