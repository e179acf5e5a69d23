//! Forms of the portal about files.

mod delete;
#[cfg(not(target_family = "wasm"))]
pub(crate) mod receive;
mod retry;
mod upload;

pub use delete::{Delete, delete};
pub use retry::{Retry, retry};
pub use upload::{Upload, upload};
