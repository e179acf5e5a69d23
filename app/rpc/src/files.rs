//! Forms of the portal about files.

mod delete;
#[cfg(not(target_family = "wasm"))]
mod recall;
#[cfg(not(target_family = "wasm"))]
pub(crate) mod receive;
mod reinstate;
mod retry;
mod upload;
mod withdraw;

pub use delete::{Delete, delete};
pub use reinstate::{Reinstate, reinstate};
pub use retry::{Retry, retry};
pub use upload::{Upload, upload};
pub use withdraw::{Withdraw, withdraw};
