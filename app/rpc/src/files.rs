//! Forms of the portal about files.

mod delete;
#[cfg(not(target_family = "wasm"))]
mod receive;
mod upload;

pub use delete::{Delete, delete};
pub use upload::{Upload, upload};
