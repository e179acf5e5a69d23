//! Forms of the portal about images.

mod add;
mod delete;
mod edit;
#[cfg(not(target_family = "wasm"))]
mod recall;
#[cfg(not(target_family = "wasm"))]
mod receive;
mod reinstate;
mod withdraw;

pub use add::{Add, add};
pub use delete::{Delete, delete};
pub use edit::{Edit, edit};
pub use reinstate::{Reinstate, reinstate};
pub use withdraw::{Withdraw, withdraw};
