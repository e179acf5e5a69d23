//! Forms and reads of the portal about versions.

mod add_alert;
mod admin_page;
mod approve;
mod archive;
mod comment;
mod create;
mod delete;
mod edit;
mod fields;
mod reopen;
mod restore;
mod review;
mod send_back;
mod submit;
mod waiting;
mod withdraw_alert;

pub use add_alert::{AddAlert, add_alert};
pub use admin_page::{AdminPage, admin_page};
pub use approve::{Approve, approve};
pub use archive::{Archive, archive};
pub use comment::{Comment, comment};
pub use create::{Create, create};
pub use delete::{Delete, delete};
pub use edit::{Edit, edit};
pub use reopen::{Reopen, reopen};
pub use restore::{Restore, restore};
pub use review::{Review, review};
pub use send_back::{SendBack, send_back};
pub use submit::{Submit, submit};
pub use waiting::{Waiting, waiting};
pub use withdraw_alert::{WithdrawAlert, withdraw_alert};

pub use create::BeginFields;
pub use fields::{AlertFields, VersionFields};
#[cfg(not(target_family = "wasm"))]
pub(crate) use fields::{key, page_of, read_reference};
