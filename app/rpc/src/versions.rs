//! Forms and reads of the portal about versions.

mod admin_page;
mod approve;
mod create;
mod delete;
mod edit;
mod fields;
mod reopen;
mod send_back;
mod submit;

pub use admin_page::{AdminPage, admin_page};
pub use approve::{Approve, approve};
pub use create::{Create, create};
pub use delete::{Delete, delete};
pub use edit::{Edit, edit};
pub use reopen::{Reopen, reopen};
pub use send_back::{SendBack, send_back};
pub use submit::{Submit, submit};

pub use fields::VersionFields;
#[cfg(not(target_family = "wasm"))]
pub(crate) use fields::{key, read_reference};
