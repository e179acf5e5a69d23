//! Forms of the portal about images.

mod add;
mod delete;
mod edit;
#[cfg(not(target_family = "wasm"))]
mod receive;

pub use add::{Add, add};
pub use delete::{Delete, delete};
pub use edit::{Edit, edit};
